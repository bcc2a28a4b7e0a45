"""Columns are sorted together, whether or not they fit into one number."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wholeservice.derived.sorting import sorted_together

number = st.one_of(st.integers(-3, 3), st.integers(-(2**40), 2**40))
some_rows = st.lists(st.tuples(number, number, number), min_size=1, max_size=20)


@given(some_rows)
def test_columns_are_sorted_as_rows_are(rows: list[tuple[int, int, int]]):
    """As Python sorts tuples: small numbers are packed into one, large ones are not, and negative ones stay so."""
    columns = sorted_together(*(np.array(column) for column in zip(*rows, strict=True)))
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == sorted(rows)


def test_sixty_three_bits_still_fit():
    """At the last width that is packed, and one bit beyond it, the order is the same."""
    for most in (2**31 - 1, 2**31):
        columns = [np.array([most, 0, 0]), np.array([0, 2**32 - 1, 0])]
        assert [column.tolist() for column in sorted_together(*columns)] == [[0, 0, most], [0, 2**32 - 1, 0]]


def test_no_rows_stay_none():
    """Nothing is sorted into nothing."""
    assert [len(column) for column in sorted_together(np.empty(0, np.int64), np.empty(0, np.int64))] == [0, 0]
