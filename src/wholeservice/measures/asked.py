"""Results as a reader asked to see them: over one period, beside another one; and which periods there are."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from weakref import WeakKeyDictionary

from wholeservice.measures.results import Point, Results
from wholeservice.periods import Period


def over(results: Results, period: Period | None, against: Period | None = None) -> Results:
    """
    Return the same results as a reader asked to see them.

    *period*    each series is then of periods like this one and ends with it; without a number for it there is none
    *against*   the period beside which numbers are compared; it is only carried along
    """
    found = copy(results)
    found.period, found.against, found.unasked = period, against, unasked(results)
    return found


def unasked(results: Results) -> Results:
    """Return the same results as nobody asked for a period."""
    return results.unasked or results


def number_at(
    results: Results, period: Period, measure: str, entity: str, *, step: str | None = None, channel: str | None = None,
    segment: str | None = None,
) -> Point | None:  # fmt: skip
    """Return the number of one very period, None when it has none."""
    points = over(results, period).series(measure, entity, step=step, channel=channel, segment=segment)
    return next((each for each in points if each.is_asked), None)


Of = tuple[str | None, str | None]
"""An entity and one of its steps; None is any of them."""
Found = Mapping[Of, tuple[Period, ...]]
_FOUND: WeakKeyDictionary[Results, Found] = WeakKeyDictionary()


def periods_of(results: Results, of: Of = (None, None)) -> tuple[Period, ...]:
    """Return every period with sums, of an entity, a step or anything, newest first; worked out once for a snapshot."""
    every = unasked(results)
    if every not in _FOUND:
        _FOUND[every] = _periods(every)
    return _FOUND[every].get(of, ())


def _periods(results: Results) -> Found:
    found: dict[Of, set[Period]] = {}
    for measure in results.measures:
        for cell, _ in results.every(measure):
            period = Period(cell.from_at, cell.to_at, cell.window)
            for of in {(None, None), (cell.entity, None), (cell.entity, cell.step)}:
                found.setdefault(of, set()).add(period)
    return {
        of: tuple(sorted(periods, key=lambda each: (each.to_at, each.from_at), reverse=True)) for of, periods in found.items()
    }
