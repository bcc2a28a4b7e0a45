"""Why work waits: the kernel agrees with going through every instant, for people and teams, with calendars and batches."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from derived.plain_waits import CAUSES, Pool, Stay, plain_batches, plain_causes, plain_tiles
from wholeservice.derived.batching import batches_of, first_above
from wholeservice.derived.calendars import ALWAYS, Working
from wholeservice.derived.pool_lines import UNKNOWN, Pools, Visits
from wholeservice.derived.rank_sums import Ranges, kth_covering, sums_below
from wholeservice.derived.waiting import causes, tiles_of

HOURS = [(2, 5), (6, 8), (11, 15), (19, 24)]
SHIFTS = Working(*(np.array(each) for each in ([2, 6, 11, 19], [5, 8, 15, 24], [0, 3, 5, 9])))


def is_working(at: int) -> bool:
    return any(begins <= at < ends for begins, ends in HOURS)


def arrays(stays: Sequence[Stay]) -> Visits:
    columns = ("pool", "enabled", "start", "end", "worker", "batch")
    return Visits(*(np.array([getattr(stay, column) for stay in stays], np.int64) for column in columns))


def split(stays: Sequence[Stay], pools: Sequence[Pool]) -> list[dict[str, int]]:
    found = causes(arrays(stays), pools_of(pools), [SHIFTS])
    rows = [{cause: int(getattr(found, cause)[row]) for cause in CAUSES} for row in range(len(stays))]
    assert [sum(row.values()) for row in rows] == found.waited.tolist()
    return rows


def pools_of(pools: Sequence[Pool]) -> Pools:
    calendar = [0 if pool.is_working is is_working else ALWAYS for pool in pools]
    return Pools(np.array([pool.n_people for pool in pools], np.int64), np.array(calendar, np.int64))


def told(row: dict[str, int]) -> dict[str, int]:
    return {cause: lasted for cause, lasted in row.items() if lasted}


instants = st.integers(0, 24)
stays_of = st.builds(Stay, st.integers(0, 2), instants, instants, instants, st.integers(-1, 2), st.integers(-1, 2))
some_pools = st.lists(st.builds(Pool, st.integers(0, 4), st.sampled_from([is_working, lambda _: True])), min_size=3, max_size=3)


@settings(max_examples=300)
@given(st.lists(stays_of, max_size=14), some_pools)
def test_the_kernel_agrees_with_going_through_every_instant(stays: list[Stay], pools: list[Pool]):
    """Three pools of 0 to 4 people, known or not, any batches, ties, overlaps, and stays that end before they start."""
    assert split(stays, pools) == plain_causes(stays, pools)


@settings(max_examples=100)
@given(st.lists(stays_of, min_size=1, max_size=10), some_pools)
def test_the_tiles_are_the_instants_of_each_cause(stays: list[Stay], pools: list[Pool]):
    """Asked for in any order, the pieces cover the waiting without gap, and no piece goes on in the next one."""
    chosen = np.arange(len(stays))[::-1]
    found = tiles_of(chosen, arrays(stays), pools_of(pools), [SHIFTS])
    rows = list(zip(*(each.tolist() for each in (found.visit, found.from_at, found.to_at, found.cause)), strict=True))
    for visit, expected in enumerate(plain_tiles(stays, pools)):
        mine = [row[1:] for row in rows if row[0] == visit]
        assert [(at, CAUSES[cause]) for low, high, cause in mine for at in range(low, high)] == expected
        assert all(one[2] != other[2] for one, other in pairwise(mine))
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), reverse=True)


def test_many_waits_of_large_pools_agree_too():
    """A thousand stays of two teams, one of 25 people: counts and bounds far from the least."""
    chance = np.random.default_rng(4)
    enabled = chance.integers(0, 300, 400)
    start = enabled + chance.integers(0, 60, 400)
    rows = zip(*(chance.integers(0, 2, 400), enabled, start, start + chance.integers(0, 40, 400)), strict=True)
    stays = [Stay(*(int(each) for each in row), worker=int(chance.integers(-1, 30))) for row in rows]
    pools = [Pool(25), Pool(7)]
    found = split(stays, pools)
    assert found == plain_causes(stays, pools)
    assert all(sum(row[cause] for row in found) > 100 for cause in ("contention", "prioritisation", "unaccounted"))


def test_a_team_is_busy_when_all_of_it_are():
    """Of two people one is free until 4; then both work on what came before, from 6 on one of them on what came after."""
    stays = [Stay(0, 0, 0, 6), Stay(0, 1, 4, 9), Stay(0, 3, 6, 9), Stay(0, 2, 8, 9)]
    assert told(split(stays, [Pool(2)])[3]) == {"unaccounted": 2, "contention": 2, "prioritisation": 2}
    assert told(split(stays, [Pool(1)])[3]) == {"contention": 6}  # the first to ask who is ahead finds one always
    assert told(split(stays, [Pool(3)])[3]) == {"unaccounted": 6}


def test_one_person_who_does_two_things_is_one_busy_person():
    """Both stays are of person 1, so the other of two people is free; with the people unknown both would be busy."""
    known = [Stay(0, 0, 0, 9, worker=1), Stay(0, 0, 0, 9, worker=1), Stay(0, 0, 9, 10)]
    unknown = [Stay(0, 0, 0, 9), Stay(0, 0, 0, 9), Stay(0, 0, 9, 10)]
    assert told(split(known, [Pool(2)])[2]) == {"unaccounted": 9}
    assert told(split(unknown, [Pool(2)])[2]) == {"contention": 9}


def test_a_team_of_unknown_size_is_never_said_to_be_busy():
    """Nobody said how many they are: the waiting stays unaccounted for, outside of working hours unavailable."""
    stays = [Stay(0, 0, 0, 20), Stay(0, 1, 20, 21)]
    assert told(split(stays, [Pool(UNKNOWN, is_working)])[1]) == {"unavailability": 7 + 1 + 1, "unaccounted": 3 + 2 + 4 + 1}


def test_working_late_is_contention_and_not_absence():
    """Busy outside of the calendar from 15 to 17; from 17 to 19 nobody is there."""
    stays = [Stay(0, 0, 14, 17), Stay(0, 13, 20, 21)]
    found = split(stays, [Pool(1, is_working)])[1]
    assert told(found) == {"unaccounted": 1 + 1, "contention": 3, "unavailability": 2}


def test_a_batch_is_ready_when_its_last_is():
    """Enabled at 0, 4 and 2, done from 6 on: the first waits 4 for its batch; while the third is done the second goes first."""
    batch = [Stay(0, 0, 8, 9, batch=0), Stay(0, 4, 6, 7, batch=0), Stay(0, 2, 7, 8, batch=0)]
    assert [told(row) for row in split(batch, [Pool(1)])] == [
        {"batching": 4, "prioritisation": 2, "unaccounted": 2},
        {"unaccounted": 2},
        {"batching": 2, "prioritisation": 1, "unaccounted": 2},
    ]


def test_of_what_is_ready_at_once_the_first_enabled_goes_first():
    """Two that are enabled at the same instant keep each other waiting by contention, whichever goes first."""
    assert told(split([Stay(0, 3, 3, 8), Stay(0, 3, 8, 9)], [Pool(1)])[1]) == {"contention": 5}


def test_the_example_of_the_docs():
    """Claim A of `docs/waits.md` waits 290 minutes for five causes, each in its time."""
    clock = {name: np.array([hour * 60 + minute for hour, minute in each]) for name, each in {
        "enabled": [(9, 10), (9, 30), (10, 0), (9, 0)], "start": [(14, 0), (13, 0), (13, 30), (10, 0)],
        "end": [(15, 0), (13, 30), (14, 0), (12, 0)], "from": [(9, 0), (13, 0)], "to": [(12, 30), (17, 0)],
    }.items()}  # fmt: skip
    batch = batches_of(np.array([0, 0, 0, 1]), clock["enabled"], clock["start"], clock["end"])
    visits = Visits(np.zeros(4, np.int64), clock["enabled"], clock["start"], clock["end"], batch=batch)
    hours = Working(clock["from"], clock["to"], np.array([0, 210]))
    pools = Pools(np.array([1]), np.array([0]))
    found = tiles_of(np.array([0]), visits, pools, [hours])
    minutes = (found.to_at - found.from_at).tolist()
    assert [(lasted, CAUSES[cause]) for lasted, cause in zip(minutes, found.cause.tolist(), strict=True)] == [
        (50, "batching"), (120, "contention"), (30, "unaccounted"), (30, "unavailability"), (60, "prioritisation"),
    ]  # fmt: skip
    summed = causes(visits, pools, [hours])
    assert [getattr(summed, cause)[0] for cause in CAUSES] == [50, 120, 60, 30, 30]


def test_no_stay_is_no_wait():
    """Nothing in, nothing out."""
    assert split([], [Pool(1)]) == []
    assert len(tiles_of(np.array([], np.int64), arrays([]), pools_of([Pool(1)]), []).visit) == 0


rows_of = st.lists(st.tuples(st.integers(-1, 2), instants, instants, instants), max_size=20)


@settings(max_examples=300)
@given(rows_of, st.integers(0, 3))
def test_batches_agree_with_going_through_the_rows(rows: list[tuple[int, int, int, int]], gap: int):
    """Each stay is set against the batch before it, whose beginning depends on all that came before."""
    columns = [np.array([row[column] for row in rows], np.int64) for column in range(4)]
    assert batches_of(*columns, gap=gap).tolist() == plain_batches(rows, gap)


@settings(max_examples=100)
@given(st.lists(st.integers(-5, 5), max_size=20), st.lists(st.tuples(st.integers(0, 19), st.integers(-6, 6)), max_size=5))
def test_the_first_above_is_the_first_above(values: list[int], asked: list[tuple[int, int]]):
    """Looked for one after another."""
    asked = [(after, bound) for after, bound in asked if after < len(values)]
    expected = [next((at for at in range(after + 1, len(values)) if values[at] > bound), len(values)) for after, bound in asked]
    after, bound = (np.array([each[part] for each in asked], np.int64) for part in (0, 1))
    assert first_above(np.array(values, np.int64), after, bound).tolist() == expected


@settings(max_examples=100)
@given(st.data(), st.lists(st.tuples(st.integers(0, 70), st.integers(-3, 9)), max_size=20))
def test_sums_below_are_added_up_one_by_one(data: Any, weighed: list[tuple[int, int]]):
    """Any stretch, also an empty one, and any bound, also one above all values."""
    places = st.integers(0, len(weighed))
    drawn = data.draw(st.lists(st.tuples(places, places, st.integers(0, 99)), max_size=6))
    asked = [(*sorted(pair), bound) for *pair, bound in drawn]
    values, weights = (np.array([each[part] for each in weighed], np.int64) for part in (0, 1))
    low, high, bound = (np.array([each[part] for each in asked], np.int64) for part in range(3))
    expected = [sum(weight for value, weight in weighed[one:other] if value < top) for one, other, top in asked]
    assert sums_below(values, weights, low, high, bound).tolist() == expected


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 40)), max_size=15), st.integers(1, 5))
def test_the_kth_covering_is_found_by_sorting(ranges: list[tuple[int, int, int]], k: int):
    """Each point by itself, all that cover it sorted by rank."""
    covering = [sorted(rank for begins, ends, rank in ranges if begins <= point < ends) for point in range(10)]
    expected = [each[k - 1] if len(each) >= k else -1 for each in covering]
    columns = Ranges(*(np.array([each[part] for each in ranges], np.int64) for part in range(3)))
    assert kth_covering(columns, 10, np.full(10, k)).tolist() == expected
