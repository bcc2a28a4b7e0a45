"""How much is under way: the mean number at once in each stretch of time, and how long anything is at all. Pure NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]


def mean_in_progress(from_at: Numbers, to_at: Numbers, edges: Numbers) -> Numbers:
    """
    Return how many are under way on average between each edge and the next.

    Shape    edges rising; one number fewer than edges. One that ends before it begins counts as none
    Unit     a number of items; instants of any one unit

    >>> import numpy as np
    >>> mean_in_progress(np.array([0, 5, 9]), np.array([10, 15, 2]), np.array([0, 10, 20])).tolist()
    [1.5, 0.5]
    """
    import numpy as np

    is_real = to_at > from_at
    began, in_first = _within(from_at[is_real], edges)
    ended, in_last = _within(to_at[is_real], edges)
    there = np.cumsum(began - ended) - (began - ended)
    found: Numbers = there + (in_first - in_last) / np.diff(edges)
    return found


def _within(instants: Numbers, edges: Numbers) -> tuple[Numbers, Numbers]:
    """How many instants lie in each stretch, and what is left of it after them; those before the first edge count as on it."""
    import numpy as np

    n, instants = len(edges) - 1, np.maximum(instants, edges[0])
    stretch = np.searchsorted(edges, instants, side="right") - 1
    inside = stretch < n
    left = edges[stretch[inside] + 1] - instants[inside]
    return np.bincount(stretch[inside], minlength=n), np.bincount(stretch[inside], left, n)


def covered(group: Numbers, from_at: Numbers, to_at: Numbers) -> Numbers:
    """
    Return for how long anything of each group is under way, time in which several are counted once.

    Shape    groups are numbers from 0 on; one length for each, up to the highest

    >>> import numpy as np
    >>> covered(np.array([0, 0, 0, 2]), np.array([0, 0, 6, 1]), np.array([10, 4, 8, 3])).tolist()
    [10, 0, 2]
    """
    import numpy as np

    order = np.lexsort((from_at, group))
    group, from_at, to_at = group[order], from_at[order], np.maximum(from_at, to_at)[order]
    ends, rank = np.unique(to_at, return_inverse=True)
    latest = ends[np.maximum.accumulate(group * len(ends) + rank) - group * len(ends)]  # the last end so far in each group
    before = np.append(from_at[:1], np.where(group[1:] == group[:-1], latest[:-1], from_at[1:]))
    found = np.zeros(int(group.max(initial=-1)) + 1, to_at.dtype)
    np.add.at(found, group, np.maximum(0, to_at - np.maximum(from_at, before)))
    return found
