"""Targets for so many of all (p95, median) are judged by the durations of their whole window, and by nothing else."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right

import pytest

from findings.cases import cell_of
from simulation.as_product import arrow_rows
from wholeservice import tables
from wholeservice.app.loss_maps import loss_maps
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.findings import target_missed, unmeasured_need
from wholeservice.findings.base import Facts
from wholeservice.findings.target_result import result_of
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Statistics
from wholeservice.measures.compute import prepare
from wholeservice.measures.durations import LAST, edges_of
from wholeservice.measures.results import Results
from wholeservice.organisation.load import load_texts
from wholeservice.tables import Call

BEGINS = [edges_of(bucket)[0] for bucket in range(LAST + 1)]
TEXT = """
org: { name: Shop, purpose: Sell, north-star: people who come back }
services:
  shop:
    journey: [find, pay]
    needs: { quick: { says: Be quick, targets: [ %s ] } }
"""


def lasting(*durations: float) -> Statistics:
    n = float(len(durations))
    counts: dict[int, float] = {}
    for each in durations:
        bucket = bisect_right(BEGINS, each) - 1
        counts[bucket] = counts.get(bucket, 0.0) + 1
    found = tuple((bucket, counts[bucket], 0.0) for bucket in sorted(counts))
    return Statistics(n, n, n, clusters=n, cluster_aa=n, cluster_ab=n, cluster_bb=n, durations=found)


def facts_of(target: str, *rows) -> Facts:
    organisation, _ = load_texts({"organisation/x.yaml": TEXT % target})
    return Facts(organisation, Results(MEASURES, rows), "UTC", dt.datetime(2026, 3, 1, tzinfo=dt.UTC), {})


def calls(period: str, *durations: float, measure: str = "response-time"):
    return cell_of(measure, "shop", period), lasting(*durations)


SLOW = [0.1] * 900 + [2.0] * 100  # half are quick; one in ten is not


def test_p95_is_missed_where_the_median_is_met():
    """One call in ten takes 2 s: the median is far below 800 ms, 95 of 100 are not, and the share that is longer is said."""
    (found,) = target_missed.check(facts_of("p95 response-time < 800ms over 28d", calls("2026-02", *SLOW)))
    assert found.size == pytest.approx(2.0 - 0.8, rel=0.05)
    assert found.people is None  # the gap is a time, not so many people
    assert "How long calls take, 95 of 100: 2.03 s" in found.title
    assert found.title.endswith("the target is less than 800 ms")
    assert "10.0% took longer than 800 ms; the target allows 5.0%" in [each.says for each in found.evidence]
    assert list(target_missed.check(facts_of("median response-time < 800ms over 28d", calls("2026-02", *SLOW)))) == []
    assert list(target_missed.check(facts_of("response-time < 800ms over 28d", calls("2026-02", *SLOW)))) == []


def test_the_window_is_the_targets_own_and_quantiles_are_not_averaged():
    """Of four weeks three were quick and the busiest was slow: over 28 days one call in six is slow, as the window says."""
    weeks = [calls(f"2026-02-{day:02}..2026-02-{day + 7:02}", *[0.1] * 100) for day in (1, 8, 15)]
    busy = calls("2026-02-22..2026-03-01", *[2.0] * 60)
    facts = facts_of("p95 response-time < 800ms over 28d", *weeks, busy, calls("2026-02", *[0.1] * 300, *[2.0] * 60))
    found = result_of(facts.results, facts.organisation.needs[0], facts.organisation.needs[0].targets[0], "UTC")
    assert found.point.value.value == pytest.approx(2.03125)  # the mean of the four would be 0.58 s


def test_few_calls_cannot_miss_a_p95():
    """Of forty calls the upper end of what 95 of 100 stay below was not seen: nothing is called missed."""
    few = calls("2026-02", *[2.0] * 40)
    assert list(target_missed.check(facts_of("p95 response-time < 800ms over 28d", few))) == []
    assert len(list(target_missed.check(facts_of("median response-time < 800ms over 28d", few)))) == 1


def test_days_are_held_against_days():
    """Half take three days where two were promised."""
    slow = calls("2026-02", *[3 * 86400.0] * 50, measure="time-to-convert")
    (found,) = target_missed.check(facts_of("median time-to-convert < 2d over 28d", slow))
    assert found.title.endswith("the target is less than 2 d")
    assert found.size == pytest.approx(86400, rel=0.05)


def test_what_has_no_quantile_is_still_not_measured():
    """p95 of a share means nothing: F105 says why; p95 of a duration without a number says where there is none."""
    share = (cell_of("completion", "shop", "2026-02"), lasting(1.0))
    (found,) = unmeasured_need.check(facts_of("p95 completion > 90% over 28d", share))
    assert "is spread, only its total" in found.evidence[0].says
    (found,) = unmeasured_need.check(facts_of("p95 response-time < 800ms over 28d", share))
    assert "“How long calls take” has no number for it" in found.evidence[0].says
    assert list(unmeasured_need.check(facts_of("p95 response-time < 800ms over 28d", calls("2026-02", 0.1)))) == []


def traced_calls(*durations):
    """One call of the shop each, a day's worth apart, all but a tenth of a second of it spent in the bank."""
    begins, told = dt.datetime(2026, 2, 2, tzinfo=dt.UTC), []
    for nth, lasted_s in enumerate(durations):
        at, name = begins + dt.timedelta(minutes=30 * nth), f"t{nth}"
        for span, parent, part, took_s in (("1", None, "shop", lasted_s), ("2", "1", "bank", lasted_s - 0.1)):
            keys = {"source": "test", "record": name + span, "part": "0", "where_from": "test", "digest": name}
            told.append(Call(**keys, known_at=at, trace=name, span=span, parent=parent, service=part, started_at=at,
                             duration_s=took_s, failed=False))  # fmt: skip
    return told


def test_where_time_is_lost_is_traced_along_the_calls():
    """One in ten calls took longer than 800 ms where one in twenty may: the map splits that share, the seconds beside it."""
    durations = [0.3] * 900 + [2.0] * 100
    facts = facts_of("p95 response-time < 800ms over 28d", calls("2026-02", *durations))
    engine = DuckdbEngine()
    engine.add("calls", arrow_rows(tables.CALLS, traced_calls(*durations)))
    prepare(engine, facts.organisation)
    (found,) = loss_maps(engine, facts.organisation, facts.results, "UTC").values()
    engine.close()
    assert (found.value, found.level, found.direction) == (pytest.approx(0.1), pytest.approx(0.05), -1)
    assert found.beside == "2.03 s instead of 800 ms"  # the middle of its bucket
    assert [(box.id, round(box.starts_here, 3)) for box in found.boxes] == [("shop", 0.0), ("bank", 0.1)]
    assert found.gap == pytest.approx(0.05)
    assert found.headroom == pytest.approx(0.05)
