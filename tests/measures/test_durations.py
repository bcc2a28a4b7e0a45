"""How long things last: buckets that every engine finds alike, and quantiles and waits read off them, against other ways."""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from itertools import pairwise
from pathlib import Path
from random import Random

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.measures.base import Statistics
from wholeservice.measures.durations import (
    AFTER,
    FIRST,
    LAST,
    bucket_of,
    buckets_of,
    edges_of,
    middle_of,
    quantile,
    quantile_interval,
    share_longer,
    still_without,
    waiting_median,
)
from wholeservice.measures.finish import finish_durations, finish_waiting
from wholeservice.uncertainty import quantile_ranks

BEGINS = [edges_of(bucket)[0] for bucket in range(LAST + 1)]
seconds = st.floats(1e-4, 1e10)


def counted(*durations: float, lasting: tuple[float, ...] = ()) -> tuple[tuple[int, float, float], ...]:
    """Count durations in buckets, found by looking for the last edge that is not above."""
    counts: dict[int, list[float]] = {}
    for side, each in ((0, durations), (1, lasting)):
        for one in each:
            counts.setdefault(bisect_right(BEGINS, one) - 1, [0.0, 0.0])[side] += 1
    return tuple((bucket, *counts[bucket]) for bucket in sorted(counts))


def test_buckets_are_narrow_and_leave_nothing_out():
    """From 1 ms to 17 years each bucket begins where the last one ends, and is 1.6 to 3.1 % wide."""
    assert sorted(BEGINS) == BEGINS
    for bucket in range(1, LAST):
        low, high = edges_of(bucket)
        assert high == BEGINS[bucket + 1]
        assert 0.0156 <= (high - low) / high < (high - low) / low < 0.0313
    assert (BEGINS[1], BEGINS[LAST]) == (2.0**FIRST, 2.0**AFTER)


def test_arrays_find_the_bucket_that_the_edges_say():
    """At every edge, and just below and above it, as an engine does."""
    asked = [near for edge in BEGINS for near in (edge, math.nextafter(edge, 0), math.nextafter(edge, 1e18))] + [1e15]
    assert buckets_of(np.array(asked)).tolist() == [bisect_right(BEGINS, one) - 1 for one in asked]


def test_an_engine_finds_the_bucket_that_the_edges_say():
    """Edges themselves, the numbers just below them and thousands in between: floor(log(x) / log(1.05)) errs on such."""
    draw = Random(5)
    numbers = [0.0, *BEGINS, *(math.nextafter(each, 0) for each in BEGINS[1:]), 1e12]
    numbers += [math.exp(draw.uniform(-8, 21)) for _ in range(3000)]
    engine = DuckdbEngine()
    engine.add("t", pa.table({"lasted": numbers}))
    t = engine.table("t")
    rows = engine.run(t.select(t.lasted, bucket=bucket_of(t.lasted))).to_pylist()
    assert {row["lasted"]: row["bucket"] for row in rows} == {each: bisect_right(BEGINS, each) - 1 for each in numbers}


@given(st.lists(seconds, min_size=1, max_size=60), st.lists(seconds, max_size=60), st.sampled_from((0.25, 0.5, 0.9, 0.95)))
def test_a_quantile_of_added_counts_is_that_of_all(one: list[float], other: list[float], share: float):
    """Two services added are at most 1.6 % from the quantile of all their durations together; a mean of the two is not."""
    both = Statistics(durations=counted(*one)) + Statistics(durations=counted(*other))
    exact = float(np.quantile([*one, *other], share, method="inverted_cdf"))
    found = quantile(both.durations, share)
    if 2.0**FIRST <= exact < 2.0**AFTER:
        assert found == pytest.approx(exact, rel=0.0157)
    assert (both - Statistics(durations=counted(*other))).durations == counted(*one)


def test_quantiles_are_not_averaged():
    """Ninety quick calls of one and ten slow ones of another: 95 of 100 stay below 10 s; the mean of both p95 is 5 s."""
    quick, slow = (Statistics(durations=counted(*each)) for each in ([0.1] * 90, [10.0] * 10))
    assert quantile((quick + slow).durations, 0.95) == pytest.approx(10, rel=0.0157)
    assert quantile((quick + slow).durations, 0.9) == pytest.approx(0.1, rel=0.0157)


@pytest.mark.real_data
def test_posthog_time_to_convert(real_peers: Path):
    """The three conversions of PostHog's own test: their median, their mean, and as many in each of its bins."""
    peer = json.loads((real_peers / "experience.json").read_text(encoding="utf-8"))["posthog_time_to_convert"]
    durations = counted(*peer["samples"])
    assert quantile(durations, 0.5) == pytest.approx(sorted(peer["samples"])[1], rel=0.0157)
    total = sum(middle_of(bucket) * ended for bucket, ended, _ in durations)
    assert total / 3 == pytest.approx(peer["mean"], rel=0.0157)
    longer = [3 * share_longer(durations, begins * 0.95) for begins, _ in (*peer["auto_bins"], (math.inf, 0))]
    counts = [a - b for a, b in pairwise(longer)]
    assert counts == pytest.approx([count for _, count in peer["auto_bins"]])


@pytest.mark.parametrize(("share", "n"), [(0.5, 20), (0.5, 121), (0.95, 300), (0.1, 80)])
def test_the_ranks_hold_the_quantile_nineteen_times_in_twenty(share: float, n: int):
    """Coverage by adding up the binomial chances one by one, not by any library; one rank less at either end is too few."""
    low, high = quantile_ranks(share, n)

    def covered(low: int, high: int) -> float:
        return sum(math.comb(n, hits) * share**hits * (1 - share) ** (n - hits) for hits in range(low, high))

    assert covered(low, high) >= 0.95
    assert min(covered(low + 1, high), covered(low, high - 1)) < 0.975


def test_the_longest_of_few_says_nothing_of_the_longest_of_all():
    """Of forty calls the upper end of what 95 of 100 stay below was not seen; the shortest needs no such end."""
    assert quantile_ranks(0.95, 40) is None
    assert quantile_interval(counted(*range(1, 41)), 0.95, 40) is None
    assert finish_durations(sums(range(1, 41)), 0.95).interval is None
    assert quantile_interval(counted(*range(1, 41)), 0.05, 40).low == 0.0


def sums(durations, per_cluster: int = 1) -> Statistics:
    n = len(list(durations))
    return Statistics(
        n=n, numerator=n, denominator=n, clusters=n / per_cluster, cluster_bb=n * per_cluster, durations=counted(*durations)
    )


def test_attempts_of_one_person_are_not_many_opinions():
    """A hundred attempts of ten people are worth ten: the median lies between ranks 20 and 90 of 100, not 40 and 61."""
    alone, by_ten = (finish_durations(sums(range(1, 101), each)).interval for each in (1, 10))
    assert (alone.low, alone.high) == pytest.approx((40, 61), rel=0.05)
    assert (by_ten.low, by_ten.high) == pytest.approx((20, 90), rel=0.05)


def kaplan_meier(times: list[tuple[float, bool]]) -> list[tuple[float, float]]:
    """The share still without after each time at which somebody got there: Efron's way of passing on mass, one by one."""
    order = sorted(times, key=lambda each: (each[0], not each[1]))
    mass, share, found = [1 / len(order)] * len(order), 1.0, []
    for place, (time, is_there) in enumerate(order):
        rest = len(order) - place - 1
        if is_there:
            share -= mass[place]
            found.append((time, share))
        elif rest:  # who is lost from sight shares out what they stand for over those who are still seen
            for later in range(place + 1, len(order)):
                mass[later] += mass[place] / rest
    return found


@given(st.lists(st.tuples(st.integers(1, 28).map(lambda each: 2.0**each * 1.01), st.booleans()), min_size=1, max_size=40))
def test_waiting_is_that_of_mass_passed_on(times: list[tuple[float, bool]]):
    """Kaplan and Meier's product equals Efron's redistribution to the right, worked out person by person."""
    durations = counted(*(time for time, there in times if there), lasting=tuple(time for time, there in times if not there))
    last = dict(kaplan_meier(times))
    assert [share for _, share, _ in still_without(durations)] == pytest.approx(list(last.values()), abs=1e-9)
    median = next((time for time, share in last.items() if share <= 0.5 + 1e-9), None)
    assert waiting_median(durations)[0] == (None if median is None else pytest.approx(median, rel=0.0157))


def test_those_who_still_wait_count():
    """Three took a minute and five wait for an hour: half are not there yet; without them it would be a minute."""
    waiting = Statistics(n=8, durations=counted(60, 60, 60, lasting=(3600,) * 5))
    assert quantile(waiting.durations, 0.5) == pytest.approx(60, rel=0.0157)
    assert finish_waiting(waiting).value is None
    assert finish_waiting(waiting).why_missing == "fewer than half have got there yet"
    early = Statistics(n=8, durations=counted(60, 60, 60, lasting=(30,) * 5))  # they left before: nobody knows of them
    assert finish_waiting(early).value == pytest.approx(60, rel=0.0157)


def test_the_spread_of_waiting_is_greenwoods():
    """Of ten, four got there at 2 s and two are lost at 3 s, one got there at 5 s: 4/(10·6) + 1/(4·3), by hand."""
    (_, first, one), (_, second, two) = still_without(counted(2, 2, 2, 2, 5, lasting=(3, 3, 9, 9, 9)))
    assert (first, second) == pytest.approx((0.6, 0.45))
    assert (one, two) == pytest.approx((4 / 60, 4 / 60 + 1 / 12))


def test_waiting_intervals_hold_the_median():
    """Of 300 draws of 60 people whose half is at 100 s, a third lost from sight, the interval holds it in 92 to 98 of 100."""
    draw, held = np.random.default_rng(3), 0
    for _ in range(300):
        took, seen = draw.exponential(100 / math.log(2), 60), draw.exponential(300, 60)
        there = took <= seen
        interval = waiting_median(counted(*took[there], lasting=tuple(seen[~there])))[1]
        held += interval is not None and interval.covers(100)
    assert 0.92 <= held / 300 <= 0.99


def test_ibis_is_only_asked_for_what_both_engines_do():
    """The expression is comparisons, multiplications and floor: no logarithm, whose last bit differs between engines."""
    sql = str(ibis.to_sql(ibis.table({"lasted": "float64"}, name="t").select(b=bucket_of(ibis._.lasted)), dialect="duckdb"))
    assert "LN(" not in sql.upper()
    assert "LOG" not in sql.upper()
