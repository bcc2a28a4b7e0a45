"""What follows what: how often one activity comes directly after another in a case, and how long that took.

Rows are sorted by case, then by time, so that what follows directly is the row below; all counts are sums that can be added up.
A length of time is counted in a bucket that the caller numbers (`measures.durations.buckets_of`), so that the counts of any two
logs may be added and quantiles read off the sum. Pure NumPy, no strings.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

AT_ONCE = 1 << 19
"""Rows that stay near the processor while they are counted."""
N_THREADS = 2


@dataclass(frozen=True, slots=True)
class Steps:
    """Arrays over the steps from one row to the next of its case; `pair` is `source * n_activities + target`."""

    pair: Numbers
    lasted: Numbers
    n_activities: int


@dataclass(frozen=True, slots=True)
class Follows:
    """Arrays over pairs and buckets of time, sorted: how often the target follows the source in so much time, where it does."""

    source: Numbers
    target: Numbers
    bucket: Numbers
    n: Numbers


def follows(
    case: Numbers, activity: Numbers, at: Numbers, *, bucket_of: Callable[[Numbers], Numbers], n_buckets: int
) -> Follows:
    """
    Count what follows what, by how long it took.

    Shape    rows sorted by case, then by time. *bucket_of* numbers the buckets of many lengths of time, below n_buckets

    >>> import numpy as np
    >>> rows = np.array([1, 1, 1, 2, 2]), np.array([0, 1, 0, 0, 1]), np.array([5, 8, 17, 3, 5])
    >>> each = follows(*rows, bucket_of=lambda lasted: lasted // 5, n_buckets=4)
    >>> list(zip(each.source.tolist(), each.target.tolist(), each.bucket.tolist(), each.n.tolist()))
    [(0, 1, 0, 2), (1, 0, 1, 1)]
    """
    import numpy as np

    n_activities = int(activity.max(initial=-1)) + 1

    def keys_of(low: int) -> tuple[Numbers, Numbers]:
        piece = slice(low, low + AT_ONCE + 1)  # and the row after it
        found = steps(case[piece], activity[piece], at[piece], n_activities=n_activities)
        return _counts(found.pair * n_buckets + bucket_of(found.lasted), n_activities**2 * n_buckets)

    with ThreadPoolExecutor(N_THREADS) as pool:
        parts = [(np.empty(0, np.int64),) * 2, *pool.map(keys_of, range(0, len(case), AT_ONCE))]
    keys, place = np.unique(np.concatenate([part for part, _ in parts]), return_inverse=True)
    n = np.zeros(len(keys), np.int64)
    np.add.at(n, place, np.concatenate([part for _, part in parts]))
    pair, bucket = keys // n_buckets, keys % n_buckets
    return Follows(pair // max(1, n_activities), pair % max(1, n_activities), bucket, n)


def steps(case: Numbers, activity: Numbers, at: Numbers, *, n_activities: int | None = None) -> Steps:
    """
    Return each step from one row to the next of the same case.

    Shape    rows sorted by case, then by time

    >>> import numpy as np
    >>> found = steps(np.array([1, 1, 1, 2]), np.array([0, 1, 1, 0]), np.array([5, 8, 9, 3]))
    >>> found.pair.tolist(), found.lasted.tolist(), found.n_activities
    ([1, 3], [3, 1], 2)
    """
    import numpy as np

    is_next = case[1:] == case[:-1]
    n = int(activity.max(initial=-1)) + 1 if n_activities is None else n_activities
    return Steps((activity[:-1].astype(np.int64) * n + activity[1:])[is_next], np.diff(at)[is_next], n)


def _counts(keys: Numbers, n_keys: int) -> tuple[Numbers, Numbers]:
    """The different keys and how often each comes; looked up in a table where that is not far larger than the keys."""
    import numpy as np

    if n_keys > 4 * len(keys) + 1024:
        return np.unique(keys, return_counts=True)
    n = np.bincount(keys, minlength=1)
    found = np.flatnonzero(n)
    return found, n[found]


def ends_of_cases(case: Numbers, activity: Numbers) -> tuple[Numbers, Numbers]:
    """
    Return how many cases begin, and how many end, with each activity.

    >>> import numpy as np
    >>> [each.tolist() for each in ends_of_cases(np.array([1, 1, 2]), np.array([0, 1, 1]))]
    [[1, 1], [0, 2]]
    """
    import numpy as np

    is_new = np.append(True, np.diff(case) != 0)[: len(case)]
    is_last = np.append(is_new[1:], True)[: len(case)]
    n = int(activity.max(initial=-1)) + 1
    return np.bincount(activity[is_new], minlength=n), np.bincount(activity[is_last], minlength=n)


def quantiles(found: Steps, share: float) -> tuple[Numbers, Numbers]:
    """
    Return the pairs, and of each how long the *share* of its steps that took least time took at most, exactly.

    Shape    the k-th shortest of n, k the smallest number of them that is at least share · n; no interpolation

    >>> import numpy as np
    >>> [each.tolist() for each in quantiles(Steps(np.array([3, 1, 3, 3]), np.array([9, 4, 2, 5]), 2), 0.5)]
    [[1, 3], [4, 5]]
    """
    import numpy as np

    order = np.lexsort((found.lasted, found.pair))
    pairs, first, n = np.unique(found.pair[order], return_index=True, return_counts=True)
    kth = np.maximum(1, np.ceil(share * n * (1 - 1e-12)).astype(np.int64))
    return pairs, found.lasted[order][first + kth - 1]
