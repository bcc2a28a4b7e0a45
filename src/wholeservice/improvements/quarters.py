"""
Gap closed per quarter, and whether it closes faster than the quarter before.

A quarter counts for a need where four of its weeks, or one of its months, were measured. What a need closed is how much nearer
its mean came to the target of the start than in the quarter before, in points, with noise that may last (`interrupted`);
together it is the mean over needs that were measured in both. Needs of one service may move together, so their noise is not
taken to cancel out; that of different services is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wholeservice.improvements.interrupted import Change, contrast_of
from wholeservice.improvements.needs import NeedSeries
from wholeservice.improvements.series import MONTH, Measured, Split, periods_of
from wholeservice.periods import civil
from wholeservice.uncertainty import Z_95

LEAST_WEEKS, LEAST_MONTHS, LEAST_FREE = 4, 1, 3


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year, 1 to 4."""

    year: int
    quarter: int

    @property
    def before(self) -> Quarter:
        return Quarter(self.year - 1, 4) if self.quarter == 1 else Quarter(self.year, self.quarter - 1)

    @property
    def words(self) -> str:
        return f"{self.year}-Q{self.quarter}"


@dataclass(frozen=True, slots=True)
class Closed:
    """How much of the gap was closed in a quarter against the one before, in points; of so many needs."""

    quarter: Quarter
    by: float
    low: float
    high: float
    n_needs: int


@dataclass(frozen=True, slots=True)
class Pace:
    """The quarters, oldest first; and by how much more the newest closed than the one before it (None: fewer than three)."""

    quarters: tuple[Closed, ...]
    faster: Closed | None


Told = tuple[NeedSeries, Mapping[Quarter, list[Measured]]]


def pace_of(series: Sequence[NeedSeries], zone: str) -> Pace:
    """Return how much of their gap needs closed in each quarter."""
    told = [(each, _groups(each, zone)) for each in series]
    every = sorted({quarter for _, groups in told for quarter in groups})
    found = tuple(one for each in every if (one := _together(told, {each.before: -1.0, each: 1.0}, each, zone)))
    newest = found[-1].quarter if found else None
    faster = None
    if newest is not None:
        weights = {newest.before.before: 1.0, newest.before: -2.0, newest: 1.0}
        faster = _together(told, weights, newest, zone)
    return Pace(found, faster)


def _groups(series: NeedSeries, zone: str) -> Mapping[Quarter, list[Measured]]:
    found: dict[Quarter, list[Measured]] = {}
    for each in series.series.periods:
        on = civil(each.cell.from_at, zone) + dt.timedelta(days=series.series.days // 2)  # a week is of where its middle is
        found.setdefault(Quarter(on.year, (on.month + 2) // 3), []).append(each)
    least = LEAST_MONTHS if series.series.days >= MONTH else LEAST_WEEKS
    return {quarter: each for quarter, each in found.items() if len(each) >= least}


def _together(told: Sequence[Told], weights: Mapping[Quarter, float], quarter: Quarter, zone: str) -> Closed | None:
    by_service: dict[str, list[Change]] = {}
    for series, groups in told:
        change = _change(series, groups, weights, zone)
        if change is not None:
            by_service.setdefault(series.need.service, []).append(change)
    n = sum(map(len, by_service.values()))
    if not n:
        return None
    by = sum(each.by for changes in by_service.values() for each in changes) / n
    errors = (sum((each.high - each.low) / 2 / Z_95 for each in changes) / n for changes in by_service.values())
    half = Z_95 * sum(error**2 for error in errors) ** 0.5
    return Closed(quarter, by, by - half, by + half, n)


def _change(
    series: NeedSeries, groups: Mapping[Quarter, list[Measured]], weights: Mapping[Quarter, float], zone: str
) -> Change | None:  # fmt: skip
    """The weighed sum of quarterly means of one need in points, positive for the better; None where one is not measured."""
    if not all(each in groups for each in weights):
        return None
    known = sorted(groups)
    periods = tuple(each for quarter in known for each in groups[quarter])
    if len(periods) - len(known) < LEAST_FREE:
        return None
    of = tuple(at for at, quarter in enumerate(known) for _ in groups[quarter])
    found = contrast_of(
        periods_of(series.series, Split(periods, ()), zone), of, tuple(weights.get(each, 0.0) for each in known)
    )
    ends = sorted((series.points * found.low, series.points * found.high))
    return Change(series.points * found.by, ends[0], ends[1], found.chance)


def telling(series: Iterator[NeedSeries]) -> tuple[NeedSeries, ...]:
    """Keep the needs of which enough was counted to tell anything."""
    return tuple(each for each in series if each.why_not is None)
