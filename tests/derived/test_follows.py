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

from wholeservice.derived import follows as kernel
from wholeservice.derived.follows import Steps, ends_of_cases, follows, quantiles, steps
from wholeservice.derived.sorting import sorted_together
from wholeservice.measures.durations import buckets_of, quantile

rows_of = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(0, 3)), max_size=30).map(sorted)


def columns(rows: list[tuple[int, int, int]]) -> list[np.ndarray]:
    case, at, activity = (np.array([row[column] for row in rows], np.int64) for column in range(3))
    return [case, activity, at]


@given(rows_of)
def test_counts_agree_with_a_loop_over_the_rows(rows: list[tuple[int, int, int]]):
    """Pairs by how long they took, and the first and last of each case."""
    case, activity, at = columns(rows)
    found = follows(case, activity, at, bucket_of=lambda lasted: lasted // 2, n_buckets=5)
    expected = Counter((one[2], other[2], (other[1] - one[1]) // 2) for one, other in pairwise(rows) if one[0] == other[0])
    told = zip(*(each.tolist() for each in (found.source, found.target, found.bucket, found.n)), strict=True)
    assert [(source, target, bucket, n) for source, target, bucket, n in told] == [
        (*key, expected[key]) for key in sorted(expected)
    ]
    first, last = ends_of_cases(case, activity)
    by_case = [[row[2] for row in rows if row[0] == each] for each in sorted({row[0] for row in rows})]
    assert first.tolist() == [sum(each[0] == name for each in by_case) for name in range(len(first))]
    assert last.tolist() == [sum(each[-1] == name for each in by_case) for name in range(len(last))]


@given(rows_of, st.integers(1, 4))
def test_counting_piece_by_piece_adds_up(rows: list[tuple[int, int, int]], at_once: int):
    """Cases that reach over the edge of a piece are counted whole, and no step twice."""
    whole = follows(*columns(rows), bucket_of=lambda lasted: lasted, n_buckets=10)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kernel, "AT_ONCE", at_once)
        pieces = follows(*columns(rows), bucket_of=lambda lasted: lasted, n_buckets=10)
    for name in ("source", "target", "bucket", "n"):
        assert getattr(pieces, name).tolist() == getattr(whole, name).tolist()


def test_few_steps_among_many_pairs_are_counted_alike():
    """A thousand activities have a million pairs: only those that happen are kept."""
    rows = np.array([1, 1, 2, 2, 3, 3]), np.array([999, 999, 0, 5, 999, 999]), np.array([0, 1, 0, 2, 0, 3])
    found = follows(*rows, bucket_of=lambda lasted: np.full(len(lasted), 7), n_buckets=1250)
    assert (found.source.tolist(), found.target.tolist(), found.n.tolist()) == ([0, 999], [5, 999], [1, 2])


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50)), min_size=1, max_size=40),
    st.sampled_from([0.05, 0.5, 0.85, 0.95, 1.0]),
)
def test_exact_quantiles_are_the_kth_shortest(rows: list[tuple[int, int]], share: float):
    """And the one that is read off the buckets stands for the bucket in which it lies."""
    pair, lasted = (np.array([row[column] for row in rows]) for column in (0, 1))
    found = Steps(pair, lasted, 2)
    names, values = quantiles(found, share)
    for name, value in zip(names.tolist(), values.tolist(), strict=True):
        mine = sorted(row[1] for row in rows if row[0] == name)
        assert value == mine[math.ceil(round(share * len(mine), 9)) - 1]
        spread = [(int(bucket), 1.0, 0.0) for bucket in np.sort(buckets_of(lasted[pair == name]))]
        read = quantile(spread, share)
        assert read is not None
        assert buckets_of(np.array([read])) == buckets_of(np.array([value]))


def test_no_row_has_no_step():
    """Nothing in, nothing out."""
    nothing = np.array([], np.int64)
    found = follows(nothing, nothing, nothing, bucket_of=lambda lasted: lasted, n_buckets=5)
    assert len(found.n) == 0
    others = (*ends_of_cases(nothing, nothing), *quantiles(Steps(nothing, nothing, 0), 0.5))
    assert [len(each) for each in others] == [0, 0, 0, 0]


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
    each = follows(case, activity, at, bucket_of=lambda lasted: lasted * 0, n_buckets=1)
    pairs = [f"{names[one]} -> {names[other]}" for one, other in zip(each.source, each.target, strict=True)]
    assert dict(zip(pairs, each.n.tolist(), strict=True)) == theirs["dfg"]
    total = np.bincount(found.pair, found.lasted)
    mean = [total[one * len(names) + other] / n for one, other, n in zip(each.source, each.target, each.n, strict=True)]
    assert dict(zip(pairs, mean, strict=True)) == pytest.approx(theirs["performance_dfg_mean_s"])
    first, last = ends_of_cases(case, activity)
    assert {name: n for name, n in zip(names, first.tolist(), strict=True) if n} == theirs["start"]
    assert {name: n for name, n in zip(names, last.tolist(), strict=True) if n} == theirs["end"]
