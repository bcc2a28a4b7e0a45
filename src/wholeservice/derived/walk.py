"""The walk along a journey: which rows reach a step, for all attempts at once.

Step by step rather than row by row: the rows of one step are set against those that reached its base, by a search in sorted
numbers. No loop runs over rows, so it costs some passes over the rows of each step, whatever the attempts look like.

    ordered   the newest row that reached the base lies before; its start is the latest there is, so that a later start fills
              what an earlier one came too soon for
    strict    and between the two lies nothing but what may (`derived.funnel_rules`)
    any       the step and all its bases lie in one window, in whatever order; the step is reached by the last of them
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.organisation import kinds
from wholeservice.organisation.funnel import NINETY_DAYS_S

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

MANY = 1 << 20
"""Rows that are worth two threads."""
NOWHERE = -1
"""The number of a step that no journey has, and the base of a step that begins one."""


@dataclass(frozen=True, slots=True)
class Journey:
    """The steps of one journey, each after its base: number -> number of the base. *passable* is read where it is strict."""

    bases: Mapping[int, int]
    order: str = kinds.IN_ORDER
    within_s: float = NINETY_DAYS_S
    per_step: bool = False
    passable: Mapping[int, frozenset[int]] | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """
    What happened, sorted by attempt, then by its place in it.

    Shape    one number a row: the attempt, the step, whole seconds. Where one event may fill several steps it has a row for
             each; *events* then numbers the events, rising, and no event fills two steps. In any order there is one row each
    """

    attempts: Numbers
    steps: Numbers
    seconds: Numbers
    events: Numbers | None = None


def reach(rows: Rows, journey: Journey) -> tuple[Numbers, Numbers]:
    """
    Return which steps of a journey were reached, and the row by which, the first time in each attempt.

    Shape    two columns of one length: row, step; step by step, then in the order of the rows

    >>> import numpy as np
    >>> rows = Rows(*(np.array(each) for each in ([1, 1, 1, 1], [0, 1, 0, 1], [0, 900, 1000, 1200])))
    >>> [each.tolist() for each in reach(rows, Journey({0: -1, 1: 0}, within_s=300))]
    [[0, 3], [0, 1]]
    """
    import numpy as np

    nothing, n = np.empty(0, np.int64), len(rows.attempts)
    if n < MANY:
        found = _reached(rows, journey)
    else:  # two halves at once, cut where an attempt ends
        middle = int(np.searchsorted(rows.attempts, rows.attempts[n // 2]))
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(lambda span: _reached(_between(rows, *span), journey), ((0, middle), (middle, n)))
        found = [(step, np.append(at, second_at + middle)) for (step, at), (_, second_at) in zip(first, second, strict=True)]
    at = np.concatenate([nothing, *(each for _, each in found)])
    return at, np.repeat(np.array([step for step, _ in found], np.int64), [len(each) for _, each in found])


def _reached(rows: Rows, journey: Journey) -> list[tuple[int, Numbers]]:
    """Return each step and the rows by which it was reached, the first time in each attempt."""
    walk = _any_order if journey.order == kinds.ANY_ORDER else _in_order
    return [(step, at[_is_first(rows.attempts[at])]) for step, at in walk(rows, journey)]


def _between(rows: Rows, low: int, high: int) -> Rows:
    events = None if rows.events is None else rows.events[low:high]
    return Rows(rows.attempts[low:high], rows.steps[low:high], rows.seconds[low:high], events)


def _in_order(rows: Rows, journey: Journey) -> Iterator[tuple[int, Numbers]]:
    """Yield each step with the rows that reach it after its base, in the window."""
    import numpy as np

    reached: dict[int, tuple[Numbers, Numbers]] = {}  # step -> the rows that reach it, and the second the window counts from
    for step, base in journey.bases.items():
        here = np.flatnonzero(rows.steps == step)
        since = rows.seconds[here]
        if base != NOWHERE:
            before, starts = reached[base]
            last = np.searchsorted(_place(rows, before), _place(rows, here)) - 1
            here, last = here[last >= 0], last[last >= 0]
            since = starts[last]
            is_in = rows.attempts[before[last]] == rows.attempts[here]
            is_in &= rows.seconds[here] - since <= journey.within_s
            if journey.order == kinds.STRICT:
                is_in &= ~_is_broken(rows, journey, step, before[last], here)
            here, since = here[is_in], since[is_in]
        reached[step] = here, rows.seconds[here] if journey.per_step else since
        yield step, here


def _is_broken(rows: Rows, journey: Journey, step: int, before: Numbers, here: Numbers) -> Any:
    """Say of each pair of rows of one attempt whether an event that may not come between them does."""
    import numpy as np

    is_passable = _is_one_of(rows.steps, (journey.passable or {}).get(step, frozenset()))
    if rows.events is None:
        breaking = np.flatnonzero(~is_passable)
    else:
        is_event_passable = np.zeros(rows.events[-1:].sum() + 1, dtype=bool)
        is_event_passable[rows.events[is_passable]] = True
        breaking = np.flatnonzero(~is_event_passable)
    last = np.searchsorted(breaking, _place(rows, here)) - 1
    return np.append(breaking, NOWHERE)[last] > _place(rows, before)  # at -1, where none lies before, stands NOWHERE


def _any_order(rows: Rows, journey: Journey) -> Iterator[tuple[int, Numbers]]:
    """Yield each step with the rows at which it and all its bases have come, within the window of the first of them."""
    import numpy as np

    starts = np.flatnonzero(_is_one_of(rows.steps, journey.bases))
    until: dict[int, Numbers] = {NOWHERE: starts}  # step -> the row by which all up to it have come after each start
    for step, base in journey.bases.items():
        here, n = np.flatnonzero(rows.steps == step), len(rows.steps)
        following = np.append(here, n)[np.searchsorted(here, starts)]
        until[step] = np.maximum(until[base], following)
        is_in = until[step] < n
        begun, done = starts[is_in], until[step][is_in]
        is_in = rows.attempts[begun] == rows.attempts[done]
        is_in &= rows.seconds[done] - rows.seconds[begun] <= journey.within_s
        yield step, done[is_in]


def _place(rows: Rows, index: Numbers) -> Numbers:
    """The events of some rows; where none are numbered each row is one."""
    return index if rows.events is None else rows.events[index]


def _is_first(attempts: Numbers) -> Any:
    import numpy as np

    is_first = np.ones(len(attempts), dtype=bool)
    is_first[1:] = attempts[1:] != attempts[:-1]
    return is_first


def _is_one_of(steps: Numbers, some: Iterable[int]) -> Any:
    """Say of each step whether it is among *some*, by looking it up; NOWHERE never is."""
    import numpy as np

    is_one = np.zeros(max(steps.max(initial=0), *some, 0) + 2, dtype=bool)  # the last one stands for NOWHERE
    is_one[list(some)] = True
    return is_one[steps]
