"""Needs over time, held against the targets they had at the start of a period: one that was changed meanwhile moves nothing.

Numbers of different needs are put on one scale, points: percentage points of a share; of anything else the hundredth part of
its target at the start, or of its mean where that is larger, so that a time eleven times its target does not drown the rest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from wholeservice.findings.target_result import asked_measure, result_of
from wholeservice.improvements.base import Number
from wholeservice.improvements.series import Series, series_of
from wholeservice.measures.base import Measure
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Need, Organisation, Target

A_YEAR_DAYS, FEW, LEAST_PERIODS = 366, 30, 6
DAYS_OF_A_QUARTER = 91.3125


@dataclass(frozen=True, slots=True)
class NeedSeries:
    """One target of a need: its level at the start in the measure's unit, how many points one unit is, and its series."""

    need: Need
    target: Target
    level: float
    points: float  # per unit of the measure, positive = better
    series: Series
    is_changed: bool  # the target is another one now

    @property
    def n(self) -> float:
        return sum(each.n for each in self.series.periods)

    @property
    def is_met(self) -> bool:
        """The newest period lies on the right side of the target at the start."""
        newest = self.series.periods[-1].value
        return self.target.direction * (newest - self.level) >= 0

    @property
    def why_not(self) -> str | None:
        """Why no rate can be told of it; None where one can."""
        if self.n < FEW:
            return f"{self.n:,.0f} answer{'' if self.n == 1 else 's'}, at least {FEW} needed"
        n = len(self.series.periods)
        return f"{n} periods measured, at least {LEAST_PERIODS} needed" if n < LEAST_PERIODS else None


@dataclass(frozen=True, slots=True)
class Then:
    """The needs as they were declared at the start of the period; `known_at` None: nothing older than now is kept."""

    needs: tuple[Need, ...] = ()
    known_at: dt.datetime | None = None


NOTHING_OLDER = Then()


def needs_of(org: Organisation, then: Then) -> Iterator[tuple[Need, Target, bool]]:
    """Yield each target as it was at the start, of the needs that were there then and still are, and whether it was changed.

    A target is the same one where its need, measure, step, channel and kind of consumer are.
    """
    now = {_key(need, target): target for need in org.needs for target in need.targets}
    for need in then.needs if then.known_at else org.needs:
        for target in need.targets:
            still = now.get(_key(need, target))
            if still is not None:
                yield need, target, (still.level, still.op) != (target.level, target.op)


def _key(need: Need, target: Target) -> tuple[str | float | None, ...]:
    return (need.service, need.id, target.measure, target.quantile, target.step, target.channel, target.consumer)


def need_series(results: Results, org: Organisation, zone: str, then: Then, from_at: dt.datetime) -> Iterator[NeedSeries]:
    """Yield the series of each matched need from an instant on; needs of which nothing was measured are not there."""
    for need, target, is_changed in needs_of(org, then):
        measure, judged = asked_measure(results, target), result_of(results, need, replace(target, from_on=None), zone)
        if measure is None or judged is None:
            continue
        number = Number(measure.name, need.service, target.step, target.channel)
        series = series_of(results, number, zone, measure=measure, segment=target.consumer)
        periods = tuple(each for each in series.periods if each.cell.from_at >= from_at) if series else ()
        if series and periods and (scale := _scale(measure, judged.level, [each.value for each in periods])):
            yield NeedSeries(need, target, judged.level, target.direction * scale, replace(series, periods=periods), is_changed)


def _scale(measure: Measure, level: float, values: Sequence[float]) -> float | None:
    """How many points one unit is; None where everything is 0."""
    if measure.unit.kind == "share":
        return 100.0
    largest = max(abs(level), sum(map(abs, values)) / len(values))
    return 100.0 / largest if largest else None


def newest_end(results: Results, entities: Collection[str]) -> dt.datetime | None:
    """Return when the newest measured period of any of these ends."""
    known = frozenset(entities)
    ends = (cell.to_at for name in results.measures for cell, _ in results.every(name) if cell.entity in known)
    return max(ends, default=None)
