"""What each pool of people is busy with, as one line through time: the half of `waiting` that does not depend on who waits.

At any instant a person is busy with the first in line of what they do: that which was enabled first. A pool of c people is
full when c of them are busy; what matters then is the c-th in line of what they are busy with. The pools lie one after another
on one line, which is cut at every instant at which anything is ready, begins or ends. Pure NumPy, no strings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.derived.batching import NONE
from wholeservice.derived.rank_sums import Ranges, kth_covering

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

UNKNOWN = 0
"""The number of people of a pool of which it is not known: it is never said to be full."""
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Visits:
    """
    Arrays over the stays of activities, in any order; instants in whole microseconds.

    A stay that starts before it is enabled has not waited; one that ends before it starts keeps nobody busy. `worker` is a
    number for who in the pool did it; None, or below 0, where that is not known: then each such stay has somebody of its own.
    `batch` is the number of its batch, -1 for none (`batching.batches_of`); None where no batches are known. It is looked at
    only where one person did it: in a pool of one, or where the worker is known.
    """

    pool: Numbers
    enabled_at: Numbers
    start_at: Numbers
    end_at: Numbers
    worker: Numbers | None = None
    batch: Numbers | None = None


@dataclass(frozen=True, slots=True)
class Pools:
    """Arrays over the pools: how many people each has (`UNKNOWN`: 0), and the place of its calendar (-1 for none)."""

    n_people: Numbers
    calendar: Numbers


@dataclass(frozen=True, slots=True)
class Line:
    """The pools one after another: the pool and the instant of each point, and how many people that pool has."""

    pool: Numbers
    at: Numbers
    n_people: Numbers


@dataclass(frozen=True, slots=True)
class Queue:
    """
    Arrays over the stays: who does it, its batch (-1: none), when it is ready, and its place in line.

    `rank` numbers what was enabled at one instant in one batch, by the instant. Ranks below `ahead` were enabled no later than
    the stay was ready; below `ahead_in_batch`, no later than it was enabled. `from_point` and `to_point` are where on the line
    it is ready and where it has started.
    """

    hand: Numbers
    batch: Numbers
    ready_at: Numbers
    rank: Numbers
    ahead: Numbers
    ahead_in_batch: Numbers
    from_point: Numbers
    to_point: Numbers


@dataclass(frozen=True, slots=True)
class Busy:
    """Arrays over the pieces in which a person is busy: who, from which point of the line to which, the rank of the first."""

    hand: Numbers
    begins: Numbers
    ends: Numbers
    rank: Numbers


def laid_along(visits: Visits, pools: Pools) -> tuple[Line, Queue, Busy]:
    """
    Put all that happens in the pools on one line.

    Shape    `Busy` sorted by who, then in time; the pieces of one person do not overlap
    """
    import numpy as np

    n = len(visits.pool)
    hand, batch = _hands(visits, pools)
    ready, begun = ready_at(visits, batch), np.maximum(visits.enabled_at, visits.start_at)
    rank, ahead, ahead_in_batch = _ranks(visits.enabled_at, batch, ready)
    ends = np.maximum(visits.start_at, visits.end_at)
    pool, at, point = points_of(np.tile(visits.pool, 4), np.concatenate([ready, begun, visits.start_at, ends]))
    queue = Queue(hand, batch, ready, rank, ahead, ahead_in_batch, point[:n], point[n : 2 * n])
    who, where, place = points_of(np.tile(hand, 4), point)
    least = kth_covering(Ranges(place[2 * n : 3 * n], place[3 * n :], rank), len(where), np.ones(len(where), np.int64))
    begins = np.flatnonzero(least >= 0)  # never the last point of a person: nothing covers it
    return Line(pool, at, pools.n_people[pool]), queue, Busy(who[begins], where[begins], where[begins + 1], least[begins])


def kth_busy(line: Line, busy: Busy, *, more: int = 0) -> Numbers:
    """
    Return for the piece after each point the rank of what the c-th person in line is busy with, c and so many *more* people.

    Shape    -1 where fewer than that are busy
    """
    import numpy as np

    n_people = np.where(line.n_people == UNKNOWN, len(busy.hand) + 1, line.n_people + more)
    return kth_covering(Ranges(busy.begins, busy.ends, busy.rank), len(line.at), n_people)


def ready_at(visits: Visits, batch: Numbers) -> Numbers:
    """
    Return when each stay was ready: when it was enabled, or when the last of its batch was; at its start at the latest.

    >>> import numpy as np
    >>> at = np.array([1, 4, 2]), np.array([5, 6, 3]), np.array([6, 7, 4])
    >>> ready_at(Visits(np.zeros(3, int), *at), np.array([0, 0, -1])).tolist()
    [4, 4, 2]
    """
    import numpy as np

    mine = np.flatnonzero(batch != NONE)
    complete = np.full(int(batch.max(initial=NONE)) + 1, np.iinfo(np.int64).min)
    np.maximum.at(complete, batch[mine], visits.enabled_at[mine])
    ready = visits.enabled_at.copy()
    ready[mine] = np.clip(complete[batch[mine]], ready[mine], np.maximum(ready[mine], visits.start_at[mine]))
    return ready


def points_of(group: Numbers, at: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return the different instants of each group in order: the group and the instant of each, and the place of each row."""
    import numpy as np

    order = np.lexsort((at, group))
    is_new = np.append(True, (np.diff(group[order]) != 0) | (np.diff(at[order]) != 0))[: len(order)]
    point = np.empty(len(order), np.int64)
    point[order] = np.cumsum(is_new) - 1
    return group[order][is_new], at[order][is_new], point


def _hands(visits: Visits, pools: Pools) -> tuple[Numbers, Numbers]:
    """Number who does each stay, and its batch: of one person only, and none where nobody knows who did it."""
    import numpy as np

    n = len(visits.pool)
    none = np.full(n, NOBODY)
    worker = np.where(pools.n_people[visits.pool] == 1, 0, none if visits.worker is None else visits.worker)
    is_known = worker >= 0
    row = np.where(is_known, NOBODY, np.arange(n))
    _, _, hand = points_of(visits.pool, np.where(is_known, worker, int(worker.max(initial=0)) + 1 + row))
    given = none if visits.batch is None else np.where(is_known, visits.batch, NONE)
    batch, mine = np.full(n, NONE), np.flatnonzero(given >= 0)
    _, _, batch[mine] = points_of(hand[mine], given[mine])
    return hand, batch


def _ranks(enabled: Numbers, batch: Numbers, ready: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    import numpy as np

    since, _, rank = points_of(enabled, batch)
    return rank, np.searchsorted(since, ready, side="right"), np.searchsorted(since, enabled, side="right")
