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

    *period*    each series is then of periods like this one and marks its number; without a number for it there is none
    *against*   the period beside which numbers are compared; it is only carried along
    """
    found = copy(results.whole)
    found.period, found.against = period, against
    return found


def number_at(
    results: Results, period: Period, measure: str, entity: str, *, step: str | None = None, channel: str | None = None,
    segment: str | None = None,
) -> Point | None:  # fmt: skip
    """Return the number of one very period, None when it has none."""
    points = over(results, period).series(measure, entity, step=step, channel=channel, segment=segment)
    return next((each for each in points if each.is_asked), None)


Found = Mapping[str | None, tuple[Period, ...]]
_FOUND: WeakKeyDictionary[Results, Found] = WeakKeyDictionary()


def periods_of(results: Results, entity: str | None = None) -> tuple[Period, ...]:
    """Return every period with sums, of one entity or of anything, newest first; worked out once for a snapshot."""
    if results.whole not in _FOUND:
        _FOUND[results.whole] = _periods(results)
    return _FOUND[results.whole].get(entity, ())


def _periods(results: Results) -> Found:
    found: dict[str | None, set[Period]] = {None: set()}
    for measure in results.measures:
        for cell, _ in results.every(measure):
            found.setdefault(cell.entity, set()).add(Period(cell.from_at, cell.to_at, cell.window))
    found[None] = set().union(*found.values())
    return {
        entity: tuple(sorted(periods, key=lambda each: (each.to_at, each.from_at), reverse=True))
        for entity, periods in found.items()
    }
