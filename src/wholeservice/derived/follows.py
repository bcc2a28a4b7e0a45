"""What follows what: how often one activity comes directly after another in a case, and how long that took.

Rows are sorted by case, then by time, so that what follows directly is the row below; all counts are sums that can be added up.
A length of time is counted in a bucket that the caller numbers (`measures.durations.buckets_of`), so that the counts of any two
logs may be added and quantiles read off the sum. Pure NumPy, no strings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]


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


def steps(case: Numbers, activity: Numbers, at: Numbers) -> Steps:
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
    n = int(activity.max(initial=-1)) + 1
    return Steps((activity[:-1].astype(np.int64) * n + activity[1:])[is_next], np.diff(at)[is_next], n)


def counted(found: Steps, bucket: Numbers, n_buckets: int) -> Follows:
    """
    Count the steps of each pair in each bucket.

    Shape    bucket: one number of a bucket for each step, below n_buckets

    >>> import numpy as np
    >>> each = counted(Steps(np.array([1, 1, 2]), np.array([4, 9, 4]), 2), np.array([0, 0, 1]), 2)
    >>> list(zip(each.source.tolist(), each.target.tolist(), each.bucket.tolist(), each.n.tolist()))
    [(0, 1, 0, 2), (1, 0, 1, 1)]
    """
    import numpy as np

    key = found.pair * n_buckets + bucket
    n_keys = found.n_activities**2 * n_buckets
    if n_keys <= 4 * len(key) + 1024:
        n = np.bincount(key, minlength=1)
        keys = np.flatnonzero(n)
        n = n[keys]
    else:
        keys, n = np.unique(key, return_counts=True)
    pair, bucket = keys // n_buckets, keys % n_buckets
    return Follows(pair // max(1, found.n_activities), pair % max(1, found.n_activities), bucket, n)


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
