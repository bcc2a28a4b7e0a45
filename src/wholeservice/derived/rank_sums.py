"""Sums over a stretch of those below a bound, and the k-th least of what covers a point: for millions of questions at once.

All numbers are split by their highest bit, each half by the next one, and so on, the order within a half kept. Where a stretch
lies after a split is read off a running count, so every question goes down the bits with a few look-ups: n log n steps in all,
however long the stretches are and however many ranges lie on top of one another. Pure NumPy, no strings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Ranges:
    """Arrays over ranges of points: from begins up to, not including, ends; none where they are the same or turned round."""

    begins: Numbers
    ends: Numbers
    rank: Numbers


def sums_below(values: Numbers, weights: Numbers, low: Numbers, high: Numbers, bound: Numbers) -> Numbers:
    """
    Return for each question the sum of the weights from *low* up to, not including, *high* whose value lies below *bound*.

    Shape    values at least 0; low, high and bound are of one length

    >>> import numpy as np
    >>> values, weights = np.array([3, 0, 2, 5]), np.array([10, 20, 30, 40])
    >>> sums_below(values, weights, np.array([0, 1, 0]), np.array([4, 4, 3]), np.array([3, 9, 0])).tolist()
    [50, 90, 0]
    """
    import numpy as np

    top = max(int(values.max(initial=0)), int(bound.max(initial=0)))
    found = np.zeros(len(bound), np.int64)
    for bit in range(top.bit_length() - 1, -1, -1):
        is_low = (values >> bit) & 1 == 0
        before, lighter = _running(is_low), _running(np.where(is_low, weights, 0))
        goes_on = (bound >> bit) & 1 == 1
        found += np.where(goes_on, lighter[high] - lighter[low], 0)
        low, high = _moved(low, before, goes_on), _moved(high, before, goes_on)
        values, weights = _halved(values, is_low), _halved(weights, is_low)
    return found


def kth_covering(ranges: Ranges, n_points: int, k: Numbers) -> Numbers:
    """
    Return for each point the k-th least rank of the ranges that cover it; -1 where fewer than k do.

    Shape    ranks at least 0, two ranges may have the same; k of each point, at least 1

    >>> import numpy as np
    >>> ranges = Ranges(np.array([0, 1, 1]), np.array([4, 3, 2]), np.array([7, 4, 9]))
    >>> kth_covering(ranges, 5, np.array([1, 1, 1, 1, 1])).tolist(), kth_covering(ranges, 5, np.array([2, 2, 2, 2, 2])).tolist()
    ([7, 4, 4, 7, -1], [-1, 7, 7, -1, -1])
    """
    import numpy as np

    is_long = ranges.ends > ranges.begins
    sides = [_side(ranges.begins[is_long], ranges.rank[is_long]), _side(ranges.ends[is_long], ranges.rank[is_long])]
    until = [np.searchsorted(at, np.arange(n_points), side="right") for at, _ in sides]
    asked = np.flatnonzero(until[0] - until[1] >= k)
    left, found = k[asked], np.zeros(len(asked), np.int64)
    until = [each[asked] for each in until]
    since = [np.zeros(len(asked), np.int64) for _ in sides]
    ranks = [rank for _, rank in sides]
    for bit in range(int(ranges.rank.max(initial=0)).bit_length() - 1, -1, -1):
        is_low = [(rank >> bit) & 1 == 0 for rank in ranks]
        before = [_running(each) for each in is_low]
        n_low = [before[side][until[side]] - before[side][since[side]] for side in (0, 1)]
        covering = n_low[0] - n_low[1]
        goes_on = covering < left
        left = np.where(goes_on, left - covering, left)
        found |= goes_on.astype(np.int64) << bit
        until = [_moved(until[side], before[side], goes_on) for side in (0, 1)]
        since = [_moved(since[side], before[side], goes_on) for side in (0, 1)]
        ranks = [_halved(ranks[side], is_low[side]) for side in (0, 1)]
    of_points = np.full(n_points, -1, np.int64)
    of_points[asked] = found
    return of_points


def _side(at: Numbers, rank: Numbers) -> tuple[Numbers, Numbers]:
    """One end of the ranges, sorted by where it lies."""
    import numpy as np

    order = np.argsort(at, kind="stable")
    return at[order], rank[order]


def _running(counted: Numbers) -> Numbers:
    """The sum of all before each place, and of all."""
    import numpy as np

    running = np.zeros(len(counted) + 1, np.int64)
    np.cumsum(counted, out=running[1:])
    return running


def _moved(place: Numbers, before: Numbers, goes_on: Any) -> Numbers:
    """Where a place lies after the split: among the low ones, or behind all of them."""
    import numpy as np

    low = before[place]
    return np.where(goes_on, before[-1] + place - low, low)


def _halved(values: Numbers, is_low: Any) -> Numbers:
    import numpy as np

    return np.concatenate([values[is_low], values[~is_low]])
