"""Add what others counted per hour, day or week up to days, months and the windows that targets ask for.

Only calendar windows are added: rolling ones overlap. A full count is added only where the counts fill the period without
a gap, since a sum over some of the days is no month; a share or a score also over the days there are, if they are most.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from wholeservice.measures.base import FULL_COUNT, Cell, Measure, Statistics
from wholeservice.measures.rows import Row
from wholeservice.periods import CALENDAR, Period, civil, instant, months_between, windows_before

LONGEST_DAYS = 27.0  # months are not added to months
DAY = 0.95  # a day may last 23 hours; what is shorter is added up to days first
MOST = 0.5  # of the days of a period must have been counted


def add_up(measure: Measure, rows: Iterable[Row], windows: Iterable[int], zone: str) -> Iterator[Row]:
    """
    Yield the sums of short calendar counts over whole months and over rolling windows of so many days; of hours, over days.

    Shape    rows: of one measure, each cell once; only those without consumers of their own (counted by others) are added
    """
    short: dict[Cell, list[Row]] = {}
    for cell, sums in rows:
        if cell.window == CALENDAR and not sums.clusters and _is_short(cell):
            short.setdefault(replace(cell, from_at=_EPOCH, to_at=_EPOCH), []).append((cell, sums))
    lengths = sorted(set(windows))
    for series in short.values():
        in_order = sorted(series, key=lambda row: row[0].from_at)
        days = list(_days_of_hours(measure, in_order, zone))
        yield from days
        longer = [row for row in in_order if _days(row[0]) >= DAY]
        yield from _added(measure, sorted([*longer, *days], key=lambda row: row[0].from_at), lengths, zone)


def made_of(measure: Measure, rows: Iterable[Row], cell: Cell, zone: str) -> list[Row]:
    """Return those of the short counts of one series that `add_up` adds to that of *cell*; hours stand for their days."""
    short = [row for row in rows if row[0].window == CALENDAR and not row[1].clusters and _is_short(row[0])]
    inside = sorted((row for row in short if _is_within(row[0], cell)), key=lambda row: row[0].from_at)
    days = {civil(day.from_at, zone) for day, _ in _days_of_hours(measure, inside, zone) if day != cell}
    is_day = DAY <= _days(cell) < 1 / DAY
    return [row for row in inside if is_day or _days(row[0]) >= DAY or civil(row[0].from_at, zone) in days]


def _is_within(cell: Cell, whole: Cell) -> bool:
    return whole.from_at <= cell.from_at and cell.to_at <= whole.to_at


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _days_of_hours(measure: Measure, series: Sequence[Row], zone: str) -> Iterator[Row]:
    """Yield the civil days that counts shorter than a day fill; not those that were counted as days already."""
    given = {(cell.from_at, cell.to_at) for cell, _ in series}
    by_day: dict[dt.date, list[Row]] = {}
    for row in series:
        if _days(row[0]) < DAY:
            by_day.setdefault(civil(row[0].from_at, zone), []).append(row)
    for day, hours in by_day.items():
        period = Period(instant(day, zone), instant(day + dt.timedelta(days=1), zone))
        if (period.from_at, period.to_at) not in given:
            yield from _over(measure, hours, period)


def _added(measure: Measure, series: Sequence[Row], lengths: Sequence[int], zone: str) -> Iterator[Row]:
    if not series:
        return
    from_at, to_at = series[0][0].from_at, max(cell.to_at for cell, _ in series)
    periods = [*months_between(from_at, to_at, zone), *_windows(from_at, to_at, lengths, zone)]
    for period in periods:
        yield from _over(measure, series, period)


def _over(measure: Measure, series: Sequence[Row], period: Period) -> Iterator[Row]:
    inside = [row for row in series if period.from_at <= row[0].from_at and row[0].to_at <= period.to_at]
    if len(inside) > 1 and _is_enough(measure, inside, period):
        cell = replace(inside[0][0], from_at=period.from_at, to_at=period.to_at, window=period.window)
        yield cell, _sum(inside)


def _windows(from_at: dt.datetime, to_at: dt.datetime, lengths: Sequence[int], zone: str) -> Iterator[Period]:
    """Yield civil windows that end where the counts end; a day of 23 or 25 hours is a day."""
    begins, ends = (dt.datetime.combine(civil(each, zone), dt.time(), dt.UTC) for each in (from_at, to_at))
    for days in lengths:
        # A first day without a count is still a day of the window.
        for each in windows_before(ends, begins - dt.timedelta(days=max(0, days - 1)), days):
            yield replace(each, from_at=instant(each.from_at.date(), zone), to_at=instant(each.to_at.date(), zone))


def _is_enough(measure: Measure, inside: Sequence[Row], period: Period) -> bool:
    counted = sum(_days(cell) for cell, _ in inside)
    if measure.basis == FULL_COUNT:
        shortest = min(_days(cell) for cell, _ in inside)
        return abs(counted - period.days) < min(0.1, shortest / 2) and not _overlap(inside)
    return counted >= MOST * period.days and not _overlap(inside)


def _overlap(inside: Sequence[Row]) -> bool:
    return any(before[0].to_at > after[0].from_at for before, after in pairwise(inside))


def _sum(inside: Sequence[Row]) -> Statistics:
    total = inside[0][1]
    for _, sums in inside[1:]:
        total = total + sums
    return replace(total, reporting=1.0, expected=1.0)


def _is_short(cell: Cell) -> bool:
    return _days(cell) <= LONGEST_DAYS


def _days(cell: Cell) -> float:
    return (cell.to_at - cell.from_at).total_seconds() / 86400
