"""Who is served worst: who is named, who is not, and how sure that is, computed another way."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from scipy import stats

from wholeservice.measures import MEASURES
from wholeservice.measures.against_others import Group, chance_of
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Entity, Organisation
from wholeservice.pages.base import Data
from wholeservice.pages.served_part import ServedPart, served_part
from wholeservice.periods import ROLLING

BY_NAME = {each.name: each for each in MEASURES}
FIRST = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
KNOWN = Organisation(
    "Small",
    "",
    "",
    {"stay": Entity("stay", "service", "Stay"), "guest": Entity("guest", "consumer", "Guests")},
    (),
    (),
    {},
    "0",
)
SHARE, NET = (0.0, 1.0), (-100.0, 100.0)


def sums(*values: float, each: int = 1) -> Statistics:
    """Return the sums of some units, each person giving *each* of them in a row."""
    people = [values[start : start + each] for start in range(0, len(values), each)]
    return Statistics(
        n=len(values), numerator=sum(values), denominator=len(values), squares=sum(value**2 for value in values),
        clusters=len(people), cluster_aa=sum(sum(some) ** 2 for some in people),
        cluster_ab=sum(sum(some) * len(some) for some in people), cluster_bb=sum(len(some) ** 2 for some in people),
    )  # fmt: skip


def of(hits: int, n: int) -> Statistics:
    """Return so many who finished, each of them once."""
    return Statistics(
        n=n, numerator=hits, denominator=n, squares=hits, clusters=n, cluster_aa=hits, cluster_ab=hits, cluster_bb=n
    )


def part(*rows: tuple[dict[str, Any], Statistics], measure: str = "completion", days: int = 28) -> ServedPart | None:
    """Return what is said of the service by these sums; a row without a kind is of everybody."""
    to_at = FIRST + dt.timedelta(days=days)
    cells = [(Cell(measure, "stay", FIRST, to_at, ROLLING, **where), each) for where, each in rows]
    return served_part(Data(KNOWN, Results(MEASURES, cells), (), {}, BY_NAME, (), "s", "UTC"), "stay")


def named(found: ServedPart | None) -> list[tuple[str, str, str, float]]:
    assert found
    return [(each.who, each.number.written, each.others, each.number.n) for one in found.measures for each in one.worse]


@pytest.mark.parametrize("ends", [SHARE, NET])
def test_the_chance_is_that_of_welch_with_a_worst_and_a_best_answer_more(ends: tuple[float, float]):
    """Where each person counts once it is what scipy says of the answers themselves."""
    draw = random.Random(3)
    own, others = ([draw.choice(ends) for _ in range(n)] for n in (40, 90))
    expected = stats.ttest_ind([*own, *ends], [*others, *ends], equal_var=False, alternative="less").pvalue
    assert chance_of(Group(sums(*own), sums(*others), sums(*own, *others)), ends) == pytest.approx(expected)


def test_those_who_tried_ten_times_are_no_ten_people():
    """The same answers given by a tenth of the people, all of one mind, are much less sure."""
    own, others = [0.0] * 300 + [1.0] * 300, [0.0] * 400 + [1.0] * 600
    once, often = (
        chance_of(Group(sums(*own, each=each), sums(*others, each=each), sums(*own, *others, each=each)), SHARE)
        for each in (1, 10)
    )
    assert once < 1e-4 < 0.05 < often


def test_who_is_surely_served_worse_is_named_worst_first():
    """61% on the phone against 74% by the web; the evening against all other hours; laptops are as good as the rest."""
    found = part(
        ({}, of(1350, 2000)), ({"channel": "phone"}, of(610, 1000)), ({"channel": "web"}, of(740, 1000)),
        ({"segment": "hour:19"}, of(100, 200)), ({"segment": "hour:09"}, of(600, 860)), ({"segment": "hour:10"}, of(650, 940)),
        ({"segment": "device:laptop"}, of(680, 1000)), ({"segment": "device:tablet"}, of(670, 1000)),
    )  # fmt: skip
    assert named(found) == [("at 19 h to 20 h", "50.0%", "69.4%", 200), ("by phone", "61.0%", "74.0%", 1000)]
    assert found
    assert found.title == "Served worst: at 19 h to 20 h and by phone"
    assert found.not_recorded == "Nobody recorded which kind of consumer they are (“segment”)."


def test_few_are_never_named_however_badly_they_fare():
    """None of 29 finish: no word; none of 30: the worst there is. Kinds of consumers have their title."""
    everybody = ({}, of(900, 1000))
    few, enough = (part(everybody, ({"segment": "guest"}, of(0, n)), ({"segment": "host"}, of(900, 970))) for n in (29, 30))
    assert named(few) == []
    assert few
    assert few.measures[0].says == "No two kinds of people are known of whom 30 or more were counted."
    assert named(enough) == [("Guests", "0.0%", "92.8%", 30)]


def test_the_worst_of_many_hours_is_no_surer_for_being_looked_for():
    """36 of 60 against 75% alone would be sure; among 24 hours one such is to be expected."""
    hours = {f"hour:{hour:02}": of(36 if hour == 7 else 45, 60) for hour in range(24)}
    two = [({"segment": "hour:07"}, hours["hour:07"]), ({"segment": "hour:08"}, of(23 * 45, 23 * 60))]
    every = [({"segment": name}, each) for name, each in hours.items()]
    whole = ({}, of(23 * 45 + 36, 24 * 60))
    assert [each[0] for each in named(part(whole, *two))] == ["at 7 h to 8 h"]
    found = part(whole, *every)
    assert named(found) == []
    assert found
    assert found.title == "Nobody is surely served worse than the others"
    assert found.measures[0].says == "No kind of people is surely served worse than the others; 24 were compared."


def test_where_all_are_served_alike_hardly_anybody_is_ever_named():
    """Of 300 services with 24 hours and 4 channels each, all alike, at most one in twenty names somebody."""
    draw, wrong = random.Random(11), 0
    for _ in range(300):
        hours = [sum(draw.random() < 0.7 for _ in range(50)) for _ in range(24)]
        by = [sum(draw.random() < 0.7 for _ in range(60)) for _ in range(4)]
        rows = [({"segment": f"hour:{hour:02}"}, of(hits, 50)) for hour, hits in enumerate(hours)]
        rows += [({"channel": f"by-{place}"}, of(hits, 60)) for place, hits in enumerate(by)]
        wrong += bool(named(part(({}, of(sum(hours), 1200)), *rows)))
    assert wrong <= 15


def test_without_a_number_there_is_no_part_and_counts_of_others_are_not_compared():
    """Tallies say nothing of people; a service without numbers has no such part."""
    told = Statistics(n=1000, numerator=100, denominator=1000)
    found = part(
        ({}, told), ({"channel": "web"}, told), ({"channel": "app"}, Statistics(n=900, numerator=800, denominator=900))
    )
    assert found
    assert found.title == "Nobody knows who is served worst"
    assert part() is None
