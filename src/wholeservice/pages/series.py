"""Measured series as pages draw them: like periods in order, the periods without a number kept as gaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from wholeservice.draw.spark import Spark
from wholeservice.draw.trend import Trend, TrendPoint
from wholeservice.measures.asked import number_at
from wholeservice.measures.base import Cell, Measure, Statistics
from wholeservice.measures.results import Point, Results
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import possible, unit_of, when
from wholeservice.periods import Period, civil, instant
from wholeservice.units import Unit

MOST_GAPS = 60  # a hole longer than this is drawn this long


@dataclass(frozen=True, slots=True)
class Slot:
    """One like period of a series; `point` None is a period without a number."""

    period: Period
    point: Point | None


def slots_of(points: tuple[Point, ...], zone: str) -> tuple[Slot, ...]:
    """Put points on their even grid: the usual distance between ends is one step, what is skipped becomes a gap."""
    if len(points) < 2:
        return tuple(Slot(each.period, each) for each in points)
    step = _usual_step(points)
    slots: list[Slot] = []
    for point in points:
        while slots and len(slots) < 4000 and point.cell.to_at - slots[-1].period.to_at > 1.5 * step:
            missing = _shifted(slots[-1].period, step, zone)
            if _n_trailing_gaps(slots) >= MOST_GAPS:
                break
            slots.append(Slot(missing, None))
        slots.append(Slot(point.period, point))
    return tuple(slots)


def _usual_step(points: tuple[Point, ...]) -> dt.timedelta:
    """The shortest common distance: half of the steps are no shorter than it."""
    steps = sorted(after.cell.to_at - before.cell.to_at for before, after in pairwise(points))
    steps = [step for step in steps if step > dt.timedelta(0)]
    return steps[len(steps) // 4] if steps else dt.timedelta(days=1)


def _shifted(period: Period, step: dt.timedelta, zone: str) -> Period:
    """The period one step later; months, quarters and years move by whole months."""
    first, after = civil(period.from_at, zone), civil(period.to_at, zone)
    n_months = round(step.days / 30.44)
    if first.day == after.day == 1 and n_months:
        return Period(instant(_later(first, n_months), zone), instant(_later(after, n_months), zone), period.window)
    return Period(period.from_at + step, period.to_at + step, period.window)


def _later(day: dt.date, n_months: int) -> dt.date:
    months = day.year * 12 + day.month - 1 + n_months
    return dt.date(months // 12, months % 12 + 1, 1)


def _n_trailing_gaps(slots: list[Slot]) -> int:
    count = 0
    for slot in reversed(slots):
        if slot.point is not None:
            break
        count += 1
    return count


def trend_of(
    data: Data, measure: Measure, points: tuple[Point, ...], *, id_: str, title: str, target: float | None = None
) -> Trend:
    """Return a trend with its gaps; *points* must hold at least one measured value."""
    unit, measured = unit_of(measure, points[-1]), tuple(each for each in points if each.value.value is not None)
    drawn = tuple(_trend_point(data, slot, unit) for slot in slots_of(measured, data.zone))
    return Trend(id_, title, unit, drawn, target)


def _trend_point(data: Data, slot: Slot, unit: Unit) -> TrendPoint:
    words = when(data, slot.period)
    if slot.point is None:
        return TrendPoint(words, None)
    value = slot.point.value
    interval = possible(value.interval, unit)
    low, high = (interval.low, interval.high) if interval else (None, None)
    return TrendPoint(words, value.value, low, high, value.n, value.is_few)


def spark_of(data: Data, measure: Measure, points: tuple[Point, ...]) -> Spark:
    """Return a spark with its gaps; *points* must not be empty."""
    slots = slots_of(points, data.zone)
    values = tuple(slot.point.value.value if slot.point else None for slot in slots)
    return Spark(unit_of(measure, points[-1]), values, when(data, slots[0].period), when(data, slots[-1].period))


def added_up(measure: Measure, rows: Sequence[tuple[Cell, Statistics]]) -> Point:
    """Return the point of several periods in a row, from the sums behind them."""
    sums = rows[0][1]
    for _, each in rows[1:]:
        sums = sums + each
    n = len(rows)  # those who report are as many as in one period, not in all of them together
    sums = replace(sums, reporting=sums.reporting / n, expected=sums.expected / n)
    cell = replace(rows[0][0], to_at=rows[-1][0].to_at)
    return Point(cell, sums, measure.finish(sums))


def latest_apart(points: tuple[Point, ...]) -> tuple[Point, Point] | None:
    """Return the point to show (`newest_of`), and the newest one on more than few that ends before it begins."""
    measured = [each for each in points if each.value.value is not None]
    now = newest_of(tuple(measured)) if measured else None
    if now is None or (now.value.is_few and not now.is_asked):
        return None
    apart = (each for each in reversed(measured) if not each.value.is_few and each.cell.to_at <= now.cell.from_at)
    before = next(apart, None)
    return (before, now) if before else None


def compared(
    results: Results, measure: str, entity: str, *, step: str | None = None, segment: str | None = None,
    channel: str | None = None,
) -> tuple[Point, Point] | None:  # fmt: skip
    """
    Return the two points of a measure that are compared, the one to compare with first; None where one is missing.

    Shape    as a reader asked; asked for one to compare with only: the newest like it; for nothing: see `latest_apart`
    """
    if results.against is None:
        return latest_apart(results.series(measure, entity, step=step, channel=channel, segment=segment))
    before = number_at(results, results.against, measure, entity, step=step, channel=channel, segment=segment)
    if before is None:
        return None
    if results.period is not None:
        now = number_at(results, results.period, measure, entity, step=step, channel=channel, segment=segment)
        return (before, now) if now else None
    like = results.series(
        measure, entity, step=step, channel=channel, segment=segment, days=before.period.days, window=before.cell.window
    )
    measured = tuple(each for each in like if each.value.value is not None)
    now = newest_of(measured) if measured else None
    return (before, now) if now and now.cell != before.cell else None


def newest_of(points: tuple[Point, ...]) -> Point:
    """Return the point that was asked for, else the newest that stands on more than few, else the newest: a period just
    begun is no headline."""
    asked = next((each for each in points if each.is_asked), None)
    return asked or next((each for each in reversed(points) if not each.value.is_few), points[-1])


def measured_points(results: Results, measure: str, entity: str) -> tuple[Point, ...]:
    """Return the points of a whole entity that have a value, oldest first."""
    return tuple(point for point in results.series(measure, entity) if point.value.value is not None)
