"""Which measured number a target is held against, and how far it lies from it. Pure: results in, one comparison out.

A target says "over 28 days". A rolling window of that length is taken where there is one; else the longest period that
is not longer; else, for numbers that others counted, the shortest period the source has. The choice is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from wholeservice.measures.base import Cell, Measure, Statistics, Value
from wholeservice.measures.results import Point, Results
from wholeservice.organisation.graph import Need, Target
from wholeservice.periods import ROLLING, civil, instant
from wholeservice.uncertainty import Interval
from wholeservice.units import Amount, Unit, money

SLACK = 1.05  # a quarter serves a target over 90 days, a month one over 30
DAYS_IN_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class TargetResult:
    """A target beside the number it is held against. `level` is in the measure's unit; `gap` is positive when it is missed."""

    target: Target
    measure: Measure
    point: Point
    level: float
    is_own_window: bool  # the number has the window the target asks for

    @property
    def unit(self) -> Unit:
        return unit_of(self.measure, self.point.cell)

    @property
    def gap(self) -> float | None:
        value = self.point.value.value
        return None if value is None else self.target.direction * (self.level - value)

    @property
    def gap_interval(self) -> Interval | None:
        """The gap could be from low to high; None when nothing is known about the number's spread."""
        spread = self.point.value.interval
        if spread is None:
            return None
        ends = sorted(self.target.direction * (self.level - end) for end in (spread.low, spread.high))
        return Interval(ends[0], ends[1], spread.method, spread.of, spread.level)

    @property
    def is_missed(self) -> bool:
        """The whole interval lies on the wrong side; touching the target is not missing it, and few answers cannot tell."""
        gap = self.gap_interval
        return gap is not None and gap.low > 0 and not self.point.value.is_few


def unit_of(measure: Measure, cell: Cell) -> Unit:
    """Return the unit of one number: money is in the currency of its cell."""
    return money(cell.currency) if measure.unit.kind == "money" and cell.currency else measure.unit


def measure_of(results: Results, target: Target) -> Measure | None:
    """Return the measure a target means, by its name or one of its other words; it need not have the quantile asked for."""
    word = plain_word(target.measure)
    named = (each for each in results.measures.values() if word in (plain_word(each.name), *map(plain_word, each.words)))
    return next(named, None)


def asked_measure(results: Results, target: Target) -> Measure | None:
    """
    Return the measure as a target asks for it: of p95, the one that finishes as what 95 of 100 stay below.

    Shape    None where a quantile is asked of a measure that has none: a mean held against p95 would be wrong in silence
    """
    measure = measure_of(results, target)
    if measure is None or target.quantile is None:
        return measure
    if measure.at is None:
        return None
    return replace(
        measure, title=f"{measure.title}, {of_so_many(target.quantile)}", finish=partial(_at, measure.at, target.quantile)
    )


def _at(at: Callable[[Statistics, float], Value], share: float, sums: Statistics) -> Value:
    return at(sums, share)


def of_so_many(share: float) -> str:
    """Say in plain words of how many of them a quantile speaks.

    >>> of_so_many(0.95), of_so_many(0.5), of_so_many(0.999)
    ('95 of 100', 'half of them', '999 of 1,000')
    """
    if share == 0.5:
        return "half of them"
    of = next((each for each in (100, 1000) if abs(share * each - round(share * each)) < 1e-6), 10_000)
    return f"{share * of:.0f} of {of:,}"


def rows_of(results: Results, need: Need, target: Target) -> tuple[tuple[Cell, Statistics], ...]:
    """Return all results a target could be held against, of every window, oldest first."""
    measure = asked_measure(results, target)
    if measure is None:
        return ()
    rows = results.rows(measure.name, need.service, step=target.step, channel=target.channel, segment=target.consumer)
    return tuple(row for row in rows if measure.finish(row[1]).value is not None)


def result_of(results: Results, need: Need, target: Target, zone: str) -> TargetResult | None:
    """Return the newest number of the target's window beside the target; None when the target cannot be judged.

    Shape    only windows that lie wholly after the target's `from` count
    """
    measure, rows = asked_measure(results, target), rows_of(results, need, target)
    since_at = instant(target.from_on, zone) if target.from_on else None
    cells = [cell for cell, _ in rows if since_at is None or cell.from_at >= since_at]
    if measure is None or not cells:
        return None
    newest = _newest_of_window(cells, target.window_days, zone)
    point = _finished(results, newest, measure)
    level = _level_in(unit_of(measure, newest), target.level)
    if point is None or level is None:
        return None
    return TargetResult(target, measure, point, level, _is_window(newest, target.window_days, zone))


def _newest_of_window(cells: list[Cell], window_days: int, zone: str) -> Cell:
    rolling = [cell for cell in cells if cell.window == ROLLING and _is_window(cell, window_days, zone)]
    within = [cell for cell in cells if _length(cell, zone) <= window_days * SLACK]
    longest = max((_length(cell, zone) for cell in within), default=None)
    length = longest or min(_length(cell, zone) for cell in cells)
    fitting = rolling or [cell for cell in cells if abs(_length(cell, zone) - length) <= 1]
    return max(fitting, key=lambda cell: cell.to_at)


def _is_window(cell: Cell, window_days: int, zone: str) -> bool:
    return abs(_length(cell, zone) - window_days) <= 1


def _length(cell: Cell, zone: str) -> float:
    """Length in days; whole months all count as 30.4 days, so that February is no shorter than March."""
    first, after = civil(cell.from_at, zone), civil(cell.to_at, zone)
    if first.day == after.day == 1:
        return ((after.year - first.year) * 12 + after.month - first.month) * DAYS_IN_A_MONTH
    return (after - first).days


def _finished(results: Results, cell: Cell, measure: Measure) -> Point | None:
    if measure is not results.measures[cell.measure]:  # a quantile, which has no variation between periods
        rows = results.rows(cell.measure, cell.entity, step=cell.step, channel=cell.channel, segment=cell.segment)
        return next((Point(cell, sums, measure.finish(sums)) for each, sums in rows if each == cell), None)
    days = (cell.to_at - cell.from_at) / dt.timedelta(days=1)
    series = results.series(
        cell.measure, cell.entity, step=cell.step, channel=cell.channel, segment=cell.segment, days=days, window=cell.window
    )
    return next((point for point in series if point.cell == cell), None)


def _level_in(unit: Unit, level: Amount) -> float | None:
    """Put a target's level into the unit of the number; None when the two cannot be compared."""
    if level.top is not None:  # a score on a scale from 1, as a share of the scale or as it is
        on_scale = (level.number - 1) / (level.top - 1) if level.top > 1 else None
        return {"share": on_scale, "points": level.number}.get(unit.kind)
    is_bare = level.unit.kind in ("count", "points")
    return level.number if is_bare or level.unit == unit or level.unit.kind == unit.kind != "money" else None


def plain_word(word: str) -> str:
    """Return a measure word in the one form in which words are compared."""
    return word.strip().lower().replace("-", " ").replace("_", " ")
