"""Why work waits: the time from when a stay could have begun until it did, split into five causes that add up to it exactly.

A stay waits for a pool: one person, or a team of so many people of whom perhaps only the team is known. The causes, each taking
what those before it left:

    batching         others of its batch were still to come
    contention       all of the pool were busy, with work that was enabled before it was ready
    prioritisation   all of the pool were busy, some of them with work that was enabled later
    unavailability   it was outside of the pool's working hours
    unaccounted      somebody was free, and nothing in the data says why it waited

Work is ready when it is enabled; work of a batch when the last of the batch is (or it started before that). Within a batch what
was enabled first is first in line. A person who does several things at once is busy with the first in line of them.

So a full pool of c people is contention when the c-th in line of what they are busy with is ahead. That is one line through
time for each pool (`pool_lines`), and the waiting of a stay is a sum over a stretch of it of what lies below a bound
(`rank_sums`). What its own batch is busy with meanwhile is set right by a second such sum: n log n in all, however many wait.

Source   Lashkevich, Milani, Chapela-Campa, Suvorau, Dumas 2022: Why am I waiting? (arXiv 2212.01392), who know pools of one
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.derived.batching import NONE
from wholeservice.derived.calendars import ALWAYS, Working, idle_until
from wholeservice.derived.pool_lines import Busy, Line, Pools, Queue, Visits, kth_busy, laid_along
from wholeservice.derived.rank_sums import sums_below

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

BATCHING, CONTENTION, PRIORITISATION, UNAVAILABILITY, UNACCOUNTED = range(5)
CAUSES = ("batching", "contention", "prioritisation", "unavailability", "unaccounted")


@dataclass(frozen=True, slots=True)
class Causes:
    """Arrays over the stays, in their order: microseconds of waiting. The five causes add up to `waited` exactly."""

    waited: Numbers
    batching: Numbers
    contention: Numbers
    prioritisation: Numbers
    unavailability: Numbers
    unaccounted: Numbers


@dataclass(frozen=True, slots=True)
class WaitTiles:
    """Arrays over the pieces of waiting: the place of the stay, from, to, and the place of the cause in `CAUSES`."""

    visit: Numbers
    from_at: Numbers
    to_at: Numbers
    cause: Numbers


def causes(visits: Visits, pools: Pools, calendars: Sequence[Working]) -> Causes:
    """
    Split the waiting of every stay into its causes.

    >>> import numpy as np
    >>> enabled, start, end = np.array([0, 1, 2, 3]), np.array([0, 8, 4, 9]), np.array([4, 9, 8, 10])
    >>> one = Pools(np.array([1]), np.array([ALWAYS]))
    >>> found = causes(Visits(np.zeros(4, int), enabled, start, end), one, [])
    >>> found.contention.tolist(), found.prioritisation.tolist()  # the third overtook the second
    ([0, 3, 2, 6], [0, 4, 0, 0])
    """
    import numpy as np

    line, queue, busy = laid_along(visits, pools)
    kth = kth_busy(line, busy)
    contention = _below(line, kth, queue.from_point, queue.to_point, queue.ahead) - _own_batch(line, queue, busy, kth)
    full = np.flatnonzero(kth >= 0)
    begins, ends = line.at[full], line.at[full + 1]
    low, high = np.searchsorted(full, queue.from_point), np.searchsorted(full, queue.to_point)
    occupied = _total(ends - begins, low, high)
    began, ready, calendar = np.maximum(visits.enabled_at, visits.start_at), queue.ready_at, pools.calendar[visits.pool]
    idle = idle_until(calendars, calendar, began) - idle_until(calendars, calendar, ready)
    of_full = pools.calendar[line.pool[full]]
    idle_full = idle_until(calendars, of_full, ends) - idle_until(calendars, of_full, begins)
    unavailability = idle - _total(idle_full, low, high)
    rest = began - ready - occupied - unavailability
    waited = began - visits.enabled_at
    return Causes(waited, ready - visits.enabled_at, contention, occupied - contention, unavailability, rest)


def tiles_of(chosen: Numbers, visits: Visits, pools: Pools, calendars: Sequence[Working]) -> WaitTiles:
    """
    Cut the waiting of some stays into pieces of one cause each, in time: to draw them.

    Shape    in the order of *chosen*, then in time; only what the pools of those stays did is looked at. A long wait for a busy
             pool has as many pieces as the pool had stays in it, so ask for few

    >>> import numpy as np
    >>> enabled, start, end = np.array([0, 1, 2]), np.array([0, 8, 4]), np.array([4, 9, 8])
    >>> one = Pools(np.array([1]), np.array([ALWAYS]))
    >>> found = tiles_of(np.array([1]), Visits(np.zeros(3, int), enabled, start, end), one, [])
    >>> [(*span, CAUSES[cause]) for *span, cause in zip(*(each.tolist() for each in (found.from_at, found.to_at, found.cause)))]
    [(1, 4, 'contention'), (4, 8, 'prioritisation')]
    """
    import numpy as np

    near = np.flatnonzero(np.isin(visits.pool, visits.pool[chosen]))
    columns = (visits.pool, visits.enabled_at, visits.start_at, visits.end_at, visits.worker, visits.batch)
    some = Visits(*(None if column is None else column[near] for column in columns))  # type: ignore[arg-type]
    line, queue, busy = laid_along(some, pools)
    laid = _Laid(line, queue, busy, kth_busy(line, busy), kth_busy(line, busy, more=1))
    found = []
    for visit, place in zip(chosen.tolist(), np.searchsorted(near, chosen).tolist(), strict=True):
        number = int(pools.calendar[visits.pool[visit]])
        working = None if number == ALWAYS else calendars[number]
        edges, cause = _cut(laid, place, int(visits.enabled_at[visit]), working)
        found.append((np.full(len(cause), visit), edges[:-1], edges[1:], cause))
    nothing = (np.empty(0, np.int64),) * 4
    return WaitTiles(*(np.concatenate(each) for each in zip(nothing, *found, strict=True)))


def _own_batch(line: Line, queue: Queue, busy: Busy, kth: Numbers) -> Numbers:
    """
    What lies below the bound and still is no contention: its own batch is busy with what was enabled after it.

    Of each piece in which somebody is busy with a batch, the time in which no more than all of the pool are ahead of the batch;
    then for each stay the sum over those pieces of its batch that are not ahead of it.
    """
    import numpy as np

    found = np.zeros(len(queue.batch), np.int64)
    mine = np.flatnonzero(queue.batch != NONE)
    if not len(mine):
        return found
    of_rank = np.full(int(queue.rank.max()) + 1, NONE)
    of_rank[queue.rank] = queue.batch
    piece = np.flatnonzero(of_rank[busy.rank] != NONE)
    piece = piece[np.argsort(of_rank[busy.rank[piece]], kind="stable")]
    begins, rank = busy.begins[piece], busy.rank[piece]
    bound = np.zeros(int(queue.batch.max()) + 1, np.int64)
    np.maximum.at(bound, queue.batch[mine], queue.ahead[mine])
    span = (begins, busy.ends[piece], bound[of_rank[rank]])
    just_full = _below(line, kth, *span) - _below(line, kth_busy(line, busy, more=1), *span)
    key, n = of_rank[rank] * len(line.at) + begins, len(line.at)
    low, high = (np.searchsorted(key, queue.batch[mine] * n + at[mine]) for at in (queue.from_point, queue.to_point))
    found[mine] = _total(just_full, low, high) - sums_below(rank, just_full, low, high, queue.ahead_in_batch[mine])
    return found


def _below(line: Line, kth: Numbers, from_point: Numbers, to_point: Numbers, bound: Numbers) -> Numbers:
    """How long, between two points each, the k-th in line lies below a bound."""
    import numpy as np

    full = np.flatnonzero(kth >= 0)
    low, high = np.searchsorted(full, from_point), np.searchsorted(full, to_point)
    return sums_below(kth[full], line.at[full + 1] - line.at[full], low, high, bound)


def _total(lengths: Numbers, low: Numbers, high: Numbers) -> Numbers:
    import numpy as np

    running: Numbers = np.append(0, np.cumsum(lengths))
    return running[high] - running[low]


@dataclass(frozen=True, slots=True)
class _Laid:
    """The line of some pools, and what the last person who makes a pool full, and one more, is busy with."""

    line: Line
    queue: Queue
    busy: Busy
    kth: Numbers
    one_more: Numbers


def _cut(laid: _Laid, visit: int, enabled: int, working: Working | None) -> tuple[Numbers, Numbers]:
    """Return the edges of the pieces of one wait, and the cause of each piece."""
    import numpy as np

    at, first, last = laid.line.at, int(laid.queue.from_point[visit]), int(laid.queue.to_point[visit])
    shifts = np.empty(0, np.int64) if working is None else np.concatenate([working.from_at, working.to_at])
    edges = np.unique(np.concatenate([[enabled], at[first : last + 1], shifts]))
    edges = edges[(edges >= enabled) & (edges <= at[last])]
    begins = edges[:-1]
    point = first + np.maximum(0, np.searchsorted(at[first : last + 1], begins, side="right") - 1)
    busy = np.where(_is_ahead(laid, visit, point), CONTENTION, PRIORITISATION)
    free = np.where(_is_idle(working, begins), UNAVAILABILITY, UNACCOUNTED)
    cause = np.where(begins < at[first], BATCHING, np.where(laid.kth[point] >= 0, busy, free))
    is_new = np.append(True, np.diff(cause) != 0)[: len(cause)]
    return np.append(begins[is_new], edges[-1:]), cause[is_new]


def _is_ahead(laid: _Laid, visit: int, point: Numbers) -> Any:
    """Say of each piece of the line whether all of the pool are ahead of a stay."""
    import numpy as np

    queue, busy, ahead = laid.queue, laid.busy, laid.queue.ahead[visit]
    is_ahead = laid.kth[point] < ahead
    if queue.batch[visit] == NONE:
        return is_ahead
    his = np.flatnonzero(busy.hand == queue.hand[visit])
    place = np.searchsorted(busy.begins[his], point, side="right") - 1
    ends, rank = np.append(busy.ends[his], 0), np.append(busy.rank[his], NONE)  # at -1, before all of them, stands nothing
    behind = queue.rank[(queue.batch == queue.batch[visit]) & (queue.rank >= queue.ahead_in_batch[visit])]
    is_behind = (ends[place] > point) & np.isin(rank[place], behind)
    is_more = (laid.one_more[point] >= 0) & (laid.one_more[point] < ahead)
    return is_ahead & (is_more | ~is_behind)


def _is_idle(working: Working | None, at: Numbers) -> Any:
    """Say of each instant whether no working hours cover it."""
    import numpy as np

    if working is None:
        return np.zeros(len(at), dtype=bool)
    return np.searchsorted(working.from_at, at, side="right") == np.searchsorted(working.to_at, at, side="right")
