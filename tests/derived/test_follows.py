"""What follows what: counts, times and ends, against loops over the rows and against the figures of another tool."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeservice.derived.follows import Steps, counted, ends_of_cases, quantiles, steps
from wholeservice.derived.sorting import sorted_together
from wholeservice.measures.durations import LAST, buckets_of, edges_of, quantile

rows_of = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(0, 3)), max_size=30).map(sorted)


def columns(rows: list[tuple[int, int, int]]) -> list[np.ndarray]:
    case, at, activity = (np.array([row[column] for row in rows], np.int64) for column in range(3))
    return [case, activity, at]


@given(rows_of)
def test_counts_agree_with_a_loop_over_the_rows(rows: list[tuple[int, int, int]]):
    """Pairs by how long they took, and the first and last of each case."""
    case, activity, at = columns(rows)
    found = counted(steps(case, activity, at), steps(case, activity, at).lasted // 2, 5)
    expected = Counter((one[2], other[2], (other[1] - one[1]) // 2) for one, other in pairwise(rows) if one[0] == other[0])
    told = zip(*(each.tolist() for each in (found.source, found.target, found.bucket, found.n)), strict=True)
    assert [(source, target, bucket, n) for source, target, bucket, n in told] == [
        (*key, expected[key]) for key in sorted(expected)
    ]
    first, last = ends_of_cases(case, activity)
    by_case = [[row[2] for row in rows if row[0] == each] for each in sorted({row[0] for row in rows})]
    assert first.tolist() == [sum(each[0] == name for each in by_case) for name in range(len(first))]
    assert last.tolist() == [sum(each[-1] == name for each in by_case) for name in range(len(last))]


def test_few_steps_among_many_pairs_are_counted_alike():
    """A thousand activities have a million pairs: only those that happen are kept."""
    found = counted(Steps(np.array([999_999, 5, 999_999]), np.array([1, 2, 3]), 1000), np.array([7, 7, 7]), 1250)
    assert (found.source.tolist(), found.target.tolist(), found.n.tolist()) == ([0, 999], [5, 999], [1, 2])


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50)), min_size=1, max_size=40),
    st.sampled_from([0.05, 0.5, 0.85, 0.95, 1.0]),
)
def test_exact_quantiles_are_the_kth_shortest(rows: list[tuple[int, int]], share: float):
    """And the one read off the buckets lies in the bucket of it."""
    pair, lasted = (np.array([row[column] for row in rows]) for column in (0, 1))
    found = Steps(pair, lasted, 2)
    names, values = quantiles(found, share)
    for name, value in zip(names.tolist(), values.tolist(), strict=True):
        mine = sorted(row[1] for row in rows if row[0] == name)
        assert value == mine[math.ceil(round(share * len(mine), 9)) - 1]
        each = counted(found, buckets_of(lasted.astype(float)), LAST + 1)
        here = each.source * 2 + each.target == name
        spread = [(int(bucket), float(n), 0.0) for bucket, n in zip(each.bucket[here], each.n[here], strict=True)]
        read = quantile(spread, share)
        assert read is not None
        assert value == 0 if read == 0 else edges_of(int(buckets_of(np.array([read]))[0]))[0] <= value


def test_no_row_has_no_step():
    """Nothing in, nothing out."""
    nothing = np.array([], np.int64)
    found = counted(steps(nothing, nothing, nothing), nothing, 5)
    assert len(found.n) == 0
    assert [len(each) for each in (*ends_of_cases(nothing, nothing), *quantiles(Steps(nothing, nothing, 0), 0.5))] == [
        0,
        0,
        0,
        0,
    ]


@pytest.mark.real_data
def test_the_published_graph_is_met(real_data: Path, real_peers: Path):
    """Every pair of a known log with its count and mean time, and what cases begin and end with."""
    with (real_data / "process-small" / "running-example.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    theirs = json.loads((real_peers / "pm4py" / "expected.json").read_text(encoding="utf-8"))["running-example"]
    names = sorted({row["concept:name"] for row in rows})
    case = np.array([int(row["case:concept:name"]) for row in rows])
    at = np.array([int(dt.datetime.fromisoformat(row["time:timestamp"]).timestamp()) for row in rows])
    case, at, activity = sorted_together(case, at, np.array([names.index(row["concept:name"]) for row in rows]))
    found = steps(case, activity, at)
    each = counted(found, np.zeros(len(found.pair), np.int64), 1)
    pairs = [f"{names[one]} -> {names[other]}" for one, other in zip(each.source, each.target, strict=True)]
    assert dict(zip(pairs, each.n.tolist(), strict=True)) == theirs["dfg"]
    total = np.bincount(found.pair, found.lasted)
    mean = [total[one * len(names) + other] / n for one, other, n in zip(each.source, each.target, each.n, strict=True)]
    assert dict(zip(pairs, mean, strict=True)) == pytest.approx(theirs["performance_dfg_mean_s"])
    first, last = ends_of_cases(case, activity)
    assert {name: n for name, n in zip(names, first.tolist(), strict=True) if n} == theirs["start"]
    assert {name: n for name, n in zip(names, last.tolist(), strict=True) if n} == theirs["end"]
