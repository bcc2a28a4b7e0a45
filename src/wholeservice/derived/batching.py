"""Batches: what one person did of one activity without a pause, all of it enabled before the first of it was begun.

Whoever came first waited for the last one to come: the batch was not ready before that. The stays of one person and activity
are gone through in the order in which they started. One joins the batch when it was enabled before the batch began and starts
no more than a gap after all in it have ended, else it begins the next. A queue that is worked off without a pause looks like a
batch as well: nothing in a log tells the two apart.

Source   Lashkevich et al. 2022: Why am I waiting?, and the batch discovery that they use
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

NONE = -1


def batches_of(who: Numbers, enabled_at: Numbers, start_at: Numbers, end_at: Numbers, *, gap: int = 0) -> Numbers:
    """
    Return for each stay the number of its batch, -1 where it is in none.

    Shape    who: a number for each person and activity together, below 0 where it is not known who did it. Instants are whole
             numbers of one unit, the gap too

    >>> import numpy as np
    >>> who, enabled, start = np.array([1, 1, 1, 1]), np.array([0, 5, 6, 15]), np.array([10, 12, 14, 16])
    >>> batches_of(who, enabled, start, start + 2).tolist()  # the last was enabled after the first had started
    [0, 0, 0, -1]
    """
    import numpy as np

    order = np.lexsort((end_at, start_at, who))
    order = order[who[order] >= 0]
    n = len(order)
    batch = np.full(len(who), NONE, np.int64)
    if not n:
        return batch
    begins = np.append(True, np.diff(who[order]) != 0)
    next_one = np.append(np.flatnonzero(begins), n)[np.cumsum(begins)]  # where the next person or activity begins
    enabled, start, end = enabled_at[order], start_at[order], np.maximum(start_at, end_at)[order]
    next_one = np.minimum(next_one, first_above(enabled, np.arange(n), start))
    still_on = n - 1 - first_above(end[::-1], n - 1 - np.arange(n), start - gap - 1)  # the last before that had not ended
    next_one = np.minimum(next_one, first_above(-still_on, np.arange(n), -np.arange(n)))
    number = np.cumsum(_reached(np.flatnonzero(begins), next_one)) - 1
    sizes = np.bincount(number)
    kept = np.cumsum(sizes > 1) - 1
    batch[order] = np.where(sizes[number] > 1, kept[number], NONE)
    return batch


def first_above(values: Numbers, after: Numbers, bound: Numbers) -> Numbers:
    """
    Return for each question the first place after *after* whose value lies above *bound*; the length where there is none.

    >>> import numpy as np
    >>> first_above(np.array([5, 1, 2, 9, 3]), np.array([0, 0, 3]), np.array([1, 5, 2])).tolist()
    [2, 3, 4]
    """
    import numpy as np

    n = len(values)
    most = [np.append(values, np.iinfo(np.int64).max)]
    while 1 << len(most) <= n:
        half = 1 << (len(most) - 1)
        most.append(np.maximum(most[-1], most[-1][np.minimum(np.arange(n + 1) + half, n)]))
    place = np.minimum(after + 1, n)
    for power in range(len(most) - 1, -1, -1):
        place = np.where(most[power][place] <= bound, np.minimum(place + (1 << power), n), place)
    return place


def _reached(starts: Numbers, next_one: Numbers) -> Any:
    """Say of each place whether some start leads to it by going on and on; each round goes twice as far as the one before."""
    import numpy as np

    n = len(next_one)
    is_reached = np.zeros(n + 1, dtype=bool)
    is_reached[starts] = True
    jump = np.append(next_one, n)
    while (jump[:-1] < n).any():
        is_reached[jump[np.flatnonzero(is_reached)]] = True
        jump = jump[jump]
    return is_reached[:n]
