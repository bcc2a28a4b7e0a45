"""The measures of experience against the same numbers computed another way, from the answers themselves."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import Counter, defaultdict
from math import comb
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import pytest
from scipy import stats

from measures.given import engine_with, organisation, prepared, service
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Statistics, Value
from wholeservice.measures.compute import compute
from wholeservice.measures.finish import finish_hundred, finish_net
from wholeservice.uncertainty import clustered_net

BY_NAME = {each.name: each for each in MEASURES}
JANUARY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
N = 240
CHANNELS, STEPS = ("web", "desk"), ("find", "pay")


def sums_of(name: str, facts: dict[str, list[dict[str, Any]]], **where: Any) -> Statistics:
    """Return the sums of one measure of the shop in January 2026."""
    measure, known = BY_NAME[name], organisation(service("shop", "find pay"))
    engine = prepared(engine_with(**facts), known, measure.needs)
    place = {"step": None, "channel": None, "segment": None, **where}
    rows = compute(engine, known, zone="UTC", source_order=(), measures=[measure])
    (found,) = [
        sums
        for cell, sums in rows
        if cell.entity == "shop" and cell.from_at == JANUARY and cell.to_at.day == 1
        and all(getattr(cell, key) == value for key, value in place.items())
    ]  # fmt: skip
    engine.close()
    return found


def value_of(name: str, facts: dict[str, list[dict[str, Any]]], **where: Any) -> Value:
    return BY_NAME[name].finish(sums_of(name, facts, **where))


@pytest.fixture(scope="module")
def lived() -> dict[str, list[dict[str, Any]]]:
    """A month of attempts: some met a failed call, those are left more often, and the unhappy answer more."""
    draw = random.Random(8)
    facts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number in range(N):
        at = JANUARY + dt.timedelta(hours=3 * number)
        name, channel, fails = f"t{number}", draw.choice(CHANNELS), draw.random() < 0.3
        is_done = draw.random() > (0.6 if fails else 0.2)
        who = f"p{number // 2}"  # each person tries twice
        base = {"service": "shop", "consumer": who, "attempt": name, "channel": channel}
        for step in STEPS[: 2 if is_done else 1]:
            facts["interactions"].append({**base, "happened_at": at, "step": step})
        call = {"trace": name, "span": name, "service": "shop", "step": "find", "started_at": at, "failed": fails}
        facts["calls"].append(call)
        answers = draw.random() < (0.5 if is_done else 0.9)
        score = min(5, max(1, round(draw.gauss(4.2 if is_done else 2.6, 0.9))))
        facts["answers"].append(
            {**base, "asked_at": at, "score": score if answers else None, "scale_min": 1, "scale_max": 5, "instrument": "csat",
             "expected": draw.choice((3, 4, 5)), "is_done": is_done, "fails": fails}
        )  # fmt: skip
    over = {"happened_at": JANUARY + dt.timedelta(days=30, hours=20), "service": "shop", "attempt": "now", "step": "find"}
    facts["interactions"].append(over)  # too young to judge; all others are not
    return facts


def stored(lived: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The facts without what only the test knows."""
    told = [{key: value for key, value in row.items() if key not in ("is_done", "fails")} for row in lived["answers"]]
    return {**lived, "answers": told}


def test_what_answers_say_is_what_counting_by_hand_says(lived):
    """CSAT, the gap to what was expected and who answered, each from the list of answers alone."""
    given = [row for row in lived["answers"] if row["score"] is not None]
    only = {"answers": stored(lived)["answers"]}
    csat, gap, rate = (value_of(name, only) for name in ("csat", "expectation-gap", "response-rate"))
    assert csat.value == pytest.approx(mean(row["score"] in (4, 5) for row in given))
    assert gap.value == pytest.approx(mean((row["score"] - row["expected"]) / 4 for row in given))
    assert rate.value == pytest.approx(len(given) / N)
    assert csat.n == gap.n == len(given) != rate.n == N


def test_the_gap_is_a_paired_t(lived):
    """Where everybody answers once, the interval is that of a paired t test."""
    given = [row for row in stored(lived)["answers"] if row["score"] is not None]
    once = [{**row, "consumer": f"q{number}"} for number, row in enumerate(given)]
    interval = value_of("expectation-gap", {"answers": once}).interval
    pairs = [[row[key] / 4 for row in given] for key in ("score", "expected")]
    expected = stats.ttest_rel(*pairs).confidence_interval()
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_the_bias_is_the_weighted_mean_less_the_plain_one(lived):
    """Weighed by how many of a channel and outcome tried; what it says of itself is what drawing people again says."""
    tried = Counter((row["channel"], row["is_done"]) for row in lived["answers"])
    given = [row for row in lived["answers"] if row["score"] is not None]

    def bias(rows: list[dict[str, Any]]) -> float:
        said: dict[tuple[str, bool], list[float]] = defaultdict(list)
        for row in rows:
            said[row["channel"], row["is_done"]].append((row["score"] - 1) / 4)
        weight = sum(tried[group] for group in said)
        return sum(tried[group] * mean(scores) for group, scores in said.items()) / weight - mean(
            each for scores in said.values() for each in scores
        )

    found = value_of("response-bias", stored(lived))
    assert found.value == pytest.approx(bias(given), abs=2e-5)
    assert found.value > 0.05  # the unhappy answer more: all would be kinder
    by_person: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in given:
        by_person[row["consumer"]].append(row)
    draw, people = random.Random(1), list(by_person.values())
    again = [bias([row for person in draw.choices(people, k=len(people)) for row in person]) for _ in range(300)]
    assert (found.interval.high - found.interval.low) / 4 == pytest.approx(np.std(again), rel=0.2)


def test_failure_is_held_against_those_beside(lived):
    """The mean of those who met one less the mean of the others, week by week and channel by channel."""
    groups: dict[tuple[Any, ...], dict[bool, list[float]]] = defaultdict(lambda: {True: [], False: []})
    for row in lived["answers"]:
        if row["score"] is not None:
            week = row["asked_at"].date() - dt.timedelta(days=row["asked_at"].weekday())
            groups[week, row["channel"]][row["fails"]].append((row["score"] - 1) / 4)
    both = [(each[True], each[False]) for each in groups.values() if each[True] and each[False]]
    expected = sum(len(met) * (mean(met) - mean(beside)) for met, beside in both) / sum(len(met) for met, _ in both)
    found = value_of("experience-in-failure", stored(lived))
    assert found.value == pytest.approx(expected, abs=2e-5)
    assert found.interval.low < found.value < found.interval.high
    web = value_of("experience-in-failure", stored(lived), channel="web")
    assert web.n < found.n


def test_usability_is_scored_as_the_books_say():
    """SUS by its published rule and UX-Lite in a straight line, for responses drawn at random, in any order of rows."""
    draw = random.Random(3)
    responses = [[draw.randint(1, 5) for _ in range(10)] for _ in range(40)]
    rows = [
        {"asked_at": JANUARY, "service": "shop", "consumer": f"p{who}", "instrument": f"sus-{at + 1}", "score": score,
         "scale_min": 1, "scale_max": 5}
        for who, response in enumerate(responses) for at, score in enumerate(response)
    ]  # fmt: skip
    draw.shuffle(rows)
    scores = [2.5 * (20 + sum(response[0::2]) - sum(response[1::2])) for response in responses]
    found = value_of("sus", {"answers": rows})
    expected = stats.t.interval(0.95, 39, mean(scores), stats.sem(scores))
    assert found.value == pytest.approx(mean(scores))
    assert (found.interval.low, found.interval.high) == pytest.approx(expected)
    two = [{**row, "instrument": {"sus-1": "ux-lite-useful", "sus-2": "ux-lite-easy"}.get(row["instrument"])} for row in rows]
    lite = value_of("ux-lite", {"answers": [row for row in two if row["instrument"]]})
    assert lite.value == pytest.approx(mean((a - 1 + b - 1) / 8 * 100 for a, b, *_ in responses))


def test_scores_to_a_hundred_have_the_interval_of_those_to_one():
    """Few answers are drawn again on the scale itself: 100 times the interval from 0 to 1, within its ends."""
    few = Statistics(
        n=4, numerator=350, denominator=4, squares=31250, clusters=4, cluster_aa=31250, cluster_ab=350, cluster_bb=4,
        histogram=(0, 0, 0, 2, 2),
    )  # fmt: skip
    found = finish_hundred(few)
    assert found.value == 87.5
    assert (found.interval.low, found.interval.high, found.interval.method) == (75.0, 100.0, "BCa")


def net(for_it: int, between: int, against: int, *, clusters: float | None = None) -> Value:
    n, both, difference = for_it + between + against, for_it + against, for_it - against
    times = n / (clusters or n)
    return finish_net(
        Statistics(
            n=n, numerator=100 * difference, denominator=n, squares=100**2 * both, clusters=n / times,
            cluster_aa=100**2 * both * times, cluster_ab=100 * difference * times, cluster_bb=n * times,
        )
    )  # fmt: skip


def test_the_net_score_of_others_is_ours(real_peers: Path):
    """PostHog's worked example with its interval, and Formbricks' scores, but for those who dismissed the question."""
    peers = json.loads((real_peers / "experience.json").read_text(encoding="utf-8"))
    worked = peers["posthog_docs_nps"]
    found = net(worked["promoters"], worked["passives"], worked["detractors"])
    assert found.value == worked["nps"]
    assert [round(found.interval.low, 2), round(found.interval.high, 2)] == worked["adjusted_wald_95"]
    for case in peers["formbricks_nps_rating"]["nps"]:
        ours = net(case["promoters"], case.get("passives", 0), case.get("detractors", 0))
        assert ours.value == case.get("our_score", case.get("score"))


def test_the_interval_of_a_net_score_covers_what_it_should():
    """Of all samples of 25 that a population can give, weighed by how likely they are, 93 of 100 intervals or more hold it."""
    n = 25
    for promoters, detractors in ((0.6, 0.15), (0.3, 0.3), (0.9, 0.02)):
        others, covered = 1 - promoters - detractors, 0.0
        for up in range(n + 1):
            for down in range(n + 1 - up):
                chance = comb(n, up) * comb(n - up, down) * promoters**up * detractors**down * others ** (n - up - down)
                covered += chance * net(up, n - up - down, down).interval.covers(100 * (promoters - detractors))
        assert covered > 0.93, (promoters, detractors)


def test_answers_of_one_person_are_not_many_opinions():
    """Each of 50 people answering twice the same tells no more than 50 answers, and never less than the number itself."""
    twice, once = net(60, 20, 20, clusters=50).interval, net(30, 10, 10).interval
    assert twice.high - twice.low == pytest.approx(once.high - once.low, rel=0.05)
    assert twice.high - twice.low > 1.3 * (net(60, 20, 20).interval.high - net(60, 20, 20).interval.low)
    assert net(1, 0, 0).interval.high == 100
    assert clustered_net(2, 1, 3, n=3, clusters=3, aa=1, ab=2, bb=3) is None  # more net than there were: impossible


def test_a_net_score_just_above_nothing_may_lie_below_it(lived):
    """Points are not cut at nothing, as a share or a count is."""
    from wholeservice.measures.base import Cell
    from wholeservice.measures.results import Results

    cell = Cell("nps", "shop", JANUARY, JANUARY + dt.timedelta(days=31), "calendar")
    sums = Statistics(
        n=10, numerator=100, denominator=10, squares=70000, clusters=10, cluster_aa=70000, cluster_ab=100, cluster_bb=10
    )
    point = Results([BY_NAME["nps"]], [(cell, sums)]).latest("nps", "shop")
    assert point.value.value == 10
    assert point.value.interval.low < 0


def test_what_no_measure_counts_is_told_with_the_reason():
    """Each answer is counted by a measure or told with its reason, once; what was not answered is neither."""
    from wholeservice.facts.identity import FactTables
    from wholeservice.measures.left_out import left_out

    five = {"scale_min": 1, "scale_max": 5}
    given = [
        {"instrument": "thumbs", "score": 1, "scale_min": 0, "scale_max": 1}, {"instrument": "csat", "score": 7, **five},
        {"instrument": "csat", "score": 4}, {"instrument": "nps", "score": 3}, {"instrument": "nps", "score": 4, **five},
        {"instrument": "nps", "score": 6.5}, {"instrument": "sus", "score": 4, **five}, {"instrument": "csat", **five},
        {"instrument": "ux-lite-easy", "score": 4, **five}, {"score": 0, **five}, {"score": 3, **five},
        *({"consumer": "a", "instrument": f"sus-{at}", "score": 2, **five} for at in range(1, 11)),
        *({"consumer": "b", "instrument": f"sus-{at}", "score": 2, **five} for at in range(1, 10)),
    ]  # fmt: skip
    rows = [{"asked_at": JANUARY, "service": "shop", "where_from": f"a.csv:{at:02}", **each} for at, each in enumerate(given)]
    engine = prepared(engine_with(answers=rows), organisation(service("shop")), ("answers",))
    found = engine.run(left_out(FactTables(engine))).to_pylist()
    engine.close()
    assert sorted((each["why"], each["instrument"] or "", each["n"], each["where_from"]) for each in found) == [
        ("no scale", "csat", 1, "a.csv:02"), ("not whole", "sus", 9, "a.csv:21"), ("not whole", "ux-lite", 1, "a.csv:08"),
        ("off the scale", "", 1, "a.csv:09"), ("off the scale", "csat", 1, "a.csv:01"), ("off the scale", "nps", 2, "a.csv:04"),
        ("off the scale", "sus", 1, "a.csv:06"), ("unknown instrument", "thumbs", 1, "a.csv:00"),
    ]  # fmt: skip
