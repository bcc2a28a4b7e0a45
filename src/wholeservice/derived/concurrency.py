"""What may run in parallel, and so from when on each stay could have begun: when the last that it had to wait for had ended.

Parallel work is not waiting: two activities that run side by side do not wait for each other. Two oracles say which pairs do:

    by_order     each of the two follows the other often enough, and not because the work goes back and forth between them
    by_overlap   where one follows the other, they are under way at the same time often enough

A stay is enabled by the stay of its case that ended last before it started, of an activity that is not parallel to its own.
Pure NumPy, no strings; cases and activities are numbers from 0 on.

Source   by_order: the heuristics miner (Weijters & Ribeiro 2011) with the thresholds of Lashkevich et al. 2022
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

NOBODY = -1
SURE = 0.9
"""How far one order of two activities, or a loop of them, must outweigh before it is more than chance."""


@dataclass(frozen=True, slots=True)
class Stays:
    """Arrays over the stays, in any order; case and activity are numbers from 0 on."""

    case: Numbers
    activity: Numbers
    start_at: Numbers
    end_at: Numbers


@dataclass(frozen=True, slots=True)
class Parallel:
    """Pairs of different activities, both ways round, as `one * n_activities + other`, sorted."""

    pairs: Numbers
    n_activities: int


@dataclass(frozen=True, slots=True)
class Enabled:
    """Arrays over the stays: from when on each could begin, and the place of the stay that it had to wait for; -1 for none."""

    at: Numbers
    by: Numbers


NEVER: Any = None
"""In place of `Parallel`: all work of a case comes one after another."""


def by_order(stays: Stays, *, sure: float = SURE) -> Parallel:
    """
    Return the pairs of activities that follow each other both ways, neither way nor a loop outweighing the other.

    Shape    with ab for how often b follows directly on a: both ways happen, |ab - ba| / (ab + ba + 1) < sure, and with aba for
             how often a comes again after one b in between (aba + bab) / (aba + bab + 1) < sure

    >>> import numpy as np
    >>> both_ways = Stays(*(np.array(each) for each in ([0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 2, 1], [1, 2, 3] * 2, [2, 3, 4] * 2)))
    >>> by_order(both_ways).pairs.tolist()  # 1 and 2 come in either order, after 0
    [5, 7]
    """
    import numpy as np

    order = np.lexsort((stays.end_at, stays.start_at, stays.case))
    case, activity, n = stays.case[order], stays.activity[order], _n_activities(stays)
    after = case[1:] == case[:-1]
    pairs, counts = np.unique((activity[:-1] * n + activity[1:])[after], return_counts=True)
    again = (case[2:] == case[:-2]) & (activity[2:] == activity[:-2])
    loops, n_loops = np.unique((activity[:-2] * n + activity[1:-1])[again], return_counts=True)
    back = _turned(pairs, n)
    there, returned = counts, _looked_up(pairs, counts, back)
    looped = _looked_up(loops, n_loops, pairs) + _looked_up(loops, n_loops, back)
    is_loop = looped >= sure * (looped + 1)
    is_loop &= ~(_repeats(pairs, counts, n, sure)[pairs // n] | _repeats(pairs, counts, n, sure)[pairs % n])
    is_one_way = np.abs(there - returned) >= sure * (there + returned + 1)
    is_parallel = (pairs != back) & (returned > 0) & ~is_loop & ~is_one_way
    return Parallel(pairs[is_parallel], n)


def by_overlap(stays: Stays, *, share: float = 0.5) -> Parallel:
    """
    Return the pairs of activities that overlap in at least a share of the times that one of them follows directly on the other.

    >>> import numpy as np
    >>> side_by_side = Stays(*(np.array(each) for each in ([0, 0, 1, 1], [0, 1, 1, 0], [0, 2, 0, 5], [3, 9, 6, 9])))
    >>> by_overlap(side_by_side).pairs.tolist(), by_overlap(side_by_side, share=1.1).pairs.tolist()
    ([1, 2], [])
    """
    import numpy as np

    order = np.lexsort((stays.end_at, stays.start_at, stays.case))
    case, activity, n = stays.case[order], stays.activity[order], _n_activities(stays)
    one, other = activity[:-1], activity[1:]
    is_pair = (case[1:] == case[:-1]) & (one != other)
    is_overlapping = (stays.start_at[order][1:] < stays.end_at[order][:-1])[is_pair]
    pairs, which = np.unique((np.minimum(one, other) * n + np.maximum(one, other))[is_pair], return_inverse=True)
    found = pairs[np.bincount(which, is_overlapping, len(pairs)) >= share * np.bincount(which, minlength=len(pairs))]
    return Parallel(np.sort(np.concatenate([found, _turned(found, n)])), n)


def enabled(stays: Stays, parallel: Parallel | None = NEVER) -> Enabled:
    """
    Return from when on each stay could begin: when the last it had to wait for had ended; when it started, where none did.

    Shape    stays that were under way when it started, and those of activities parallel to its own, it did not wait for.
             Of several that ended at one instant, the one that started last

    >>> import numpy as np
    >>> stays = Stays(*(np.array(each) for each in ([0, 0, 0], [0, 1, 2], [0, 4, 9], [3, 6, 10])))
    >>> enabled(stays).at.tolist(), enabled(stays, Parallel(np.array([5, 7]), 3)).at.tolist()
    ([0, 3, 6], [0, 3, 3])
    """
    import numpy as np

    n = len(stays.case)
    by_end = np.lexsort((stays.start_at, stays.end_at, stays.case))
    case, activity = stays.case[by_end], stays.activity[by_end]
    place = np.empty(n, np.int64)
    place[by_end] = np.arange(n)
    last = np.minimum(_n_ended(stays, by_end), place) - 1
    asked = np.flatnonzero(last >= 0)
    asked = asked[_is_parallel(parallel, stays.activity[asked], activity[last[asked]])]
    for one in np.unique(stays.activity[asked]).tolist():  # looked up for all of one activity at once
        mine = asked[stays.activity[asked] == one]
        is_other = ~_is_parallel(parallel, np.full(n, one), activity)
        last[mine] = np.maximum.accumulate(np.where(is_other, np.arange(n), NOBODY))[last[mine]]
    has_one = (last >= 0) & (case[last] == stays.case) if n else np.zeros(0, dtype=bool)
    by = np.where(has_one, by_end[last], NOBODY)
    return Enabled(np.where(has_one, stays.end_at[by], stays.start_at), by)


def _n_ended(stays: Stays, by_end: Numbers) -> Numbers:
    """How many stays, in the order of cases and ends, lie before each case or had ended when the stay started."""
    import numpy as np

    n = len(by_end)
    of = np.concatenate([stays.case[by_end], stays.case])
    at = np.concatenate([stays.end_at[by_end], stays.start_at])
    asks = np.repeat([0, 1], n)  # at one instant, what ended comes first
    order = np.lexsort((asks, at, of))
    so_far = np.cumsum(asks[order] == 0)
    found = np.empty(2 * n, np.int64)
    found[order] = so_far
    return found[n:]


def _is_parallel(parallel: Parallel | None, one: Numbers, other: Numbers) -> Any:
    import numpy as np

    if parallel is None or not len(parallel.pairs):
        return np.zeros(len(one), dtype=bool)
    asked = one * parallel.n_activities + other
    place = np.minimum(np.searchsorted(parallel.pairs, asked), len(parallel.pairs) - 1)
    return parallel.pairs[place] == asked


def _repeats(pairs: Numbers, counts: Numbers, n: int, sure: float) -> Any:
    """Say of each activity whether it surely follows on itself: then it is in no loop of two."""
    import numpy as np

    own = pairs // n == pairs % n
    again = np.zeros(n, np.int64)
    again[pairs[own] % n] = counts[own]
    return again >= sure * (again + 1)


def _looked_up(names: Numbers, counts: Numbers, asked: Numbers) -> Numbers:
    """The counts of some names; 0 for those that have none."""
    import numpy as np

    if not len(names):
        return np.zeros(len(asked), np.int64)
    place = np.minimum(np.searchsorted(names, asked), len(names) - 1)
    return np.where(names[place] == asked, counts[place], 0)


def _turned(pairs: Numbers, n: int) -> Numbers:
    return pairs % n * n + pairs // n


def _n_activities(stays: Stays) -> int:
    return int(stays.activity.max(initial=0)) + 1
