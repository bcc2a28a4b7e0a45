"""How much is under way, against going through every instant, and against a published log."""

from __future__ import annotations

import csv
import datetime as dt
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeservice.measures.in_progress import covered, mean_in_progress

spans = st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 30), st.integers(-5, 30)), max_size=12)


def columns(rows: list[tuple[int, int, int]]) -> list[np.ndarray]:
    return [np.array([row[column] for row in rows], np.int64) for column in range(3)]


@given(spans, st.lists(st.integers(-8, 33), min_size=2, max_size=6, unique=True).map(sorted))
def test_the_mean_is_what_each_instant_adds_up_to(rows: list[tuple[int, int, int]], edges: list[int]):
    """Over stretches of any length, with spans that reach beyond them on either side or end before they begin."""
    _, low, high = columns(rows)
    expected = [
        sum(begins <= at < ends for _, begins, ends in rows for at in range(one, other)) / (other - one)
        for one, other in pairwise(edges)
    ]
    assert mean_in_progress(low, high, np.array(edges)) == pytest.approx(expected)


@given(spans)
def test_time_in_which_several_are_under_way_counts_once(rows: list[tuple[int, int, int]]):
    """Every instant of each group that anything covers, once."""
    found = covered(*columns(rows)).tolist()
    expected = [
        len({at for group, low, high in rows if group == each for at in range(low, high)}) for each in range(len(found))
    ]
    assert found == expected
    assert len(found) == max((row[0] for row in rows), default=-1) + 1


def test_a_span_within_another_adds_nothing():
    """[0, 10], [0, 4] and [6, 8] cover 10; adding up what is new in each against the one before it would give 12."""
    assert covered(np.zeros(3, int), np.array([0, 0, 6]), np.array([10, 4, 8])).tolist() == [10]


def test_microseconds_of_a_million_groups_do_not_overflow():
    """Far apart in time and number: the length is still exact."""
    group, low = np.array([0, 10**6, 10**6]), np.array([0, 1_800_000_000_000_000, 1_800_000_000_000_001])
    assert covered(group, low, low + 3)[[0, 10**6]].tolist() == [3, 4]


@pytest.mark.real_data
def test_the_published_hourly_load_is_met(real_peers: Path):
    """Five hours of a small log, to four digits."""
    with (real_peers / "log-distance" / "test_event_log_4.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    low, high = (
        np.array([dt.datetime.fromisoformat(row[name]).timestamp() for row in rows]) for name in ("start_time", "end_time")
    )
    first = low.min() // 3600 * 3600
    found = mean_in_progress(low, high, first + 3600 * np.arange(6))
    assert [round(each, 4) for each in found.tolist()] == [0.8333, 3.8167, 5.0833, 2.7167, 0.7167]


@pytest.mark.real_data
def test_the_published_times_of_cases_are_met(real_peers: Path):
    """Mean service and sojourn of 1,266 cases; their service adds up activities at once, what is covered is less."""
    with (real_peers / "pm4py" / "interval_event_log.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = sorted({row["case:concept:name"] for row in rows})
    places = {name: place for place, name in enumerate(names)}
    case = np.array([places[row["case:concept:name"]] for row in rows])
    low, high = (np.array([int(dt.datetime.fromisoformat(row[name]).timestamp()) for row in rows])
                 for name in ("start_timestamp", "time:timestamp"))  # fmt: skip
    first, last = np.full(len(names), low.max()), np.zeros(len(names), np.int64)
    np.minimum.at(first, case, low)
    np.maximum.at(last, case, high)
    assert (len(names), round((high - low).sum() / len(names), 1)) == (1266, 9172.3)
    assert round((last - first).mean(), 1) == 2_105_012.4
    assert round(covered(case, low, high).mean(), 1) == 9147.8
