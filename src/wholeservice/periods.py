"""Periods of time: civil in the workspace's zone, instants in UTC; the end is always exclusive.

A `calendar` window may be added to its neighbours; a `rolling` one overlaps them and never is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

CALENDAR, ROLLING = "calendar", "rolling"

_QUARTER = re.compile(r"^(\d{4})-Q([1-4])$")
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_YEAR = re.compile(r"^(\d{4})$")
_DAYS = {"d": 1, "w": 7}
_LENGTH = re.compile(r"^(\d+)(d|w)$")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From an instant to an instant (exclusive), both UTC."""

    from_at: dt.datetime
    to_at: dt.datetime
    window: str = CALENDAR

    @property
    def days(self) -> float:
        return (self.to_at - self.from_at).total_seconds() / 86400


def instant(day: dt.date, zone: str) -> dt.datetime:
    """Return the UTC instant at which the civil *day* starts in *zone*."""
    start = dt.datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return start.astimezone(dt.UTC)


def civil(moment: dt.datetime, zone: str) -> dt.date:
    """Return the civil day of an instant in *zone*."""
    return moment.astimezone(ZoneInfo(zone)).date()


def parse_days(words: str) -> int | None:
    """Read a window length, `28d` or `4w`, as days; None when it is not one.

    >>> parse_days("28d"), parse_days("4w"), parse_days("soon")
    (28, 28, None)
    """
    match = _LENGTH.match(words.strip())
    return int(match[1]) * _DAYS[match[2]] if match else None


def parse_period(words: str, zone: str = "UTC") -> Period | None:
    """Read `2026`, `2026-Q3`, `2026-09` or `2026-09-01..2026-10-01` (end exclusive); None when it is none of them.

    >>> parse_period("2026-Q3").from_at.isoformat()
    '2026-07-01T00:00:00+00:00'
    """
    days = _civil_bounds(words.strip())
    return Period(instant(days[0], zone), instant(days[1], zone)) if days else None


def period_word(period: Period, zone: str) -> str | None:
    """Write a period so that `parse_period` reads it; None where it does not begin and end with a day.

    >>> period_word(parse_period("2026-Q3"), "UTC"), period_word(parse_period("2026-08-03..2026-08-10"), "UTC")
    ('2026-Q3', '2026-08-03..2026-08-10')
    """
    first, after = civil(period.from_at, zone), civil(period.to_at, zone)
    if (instant(first, zone), instant(after, zone)) != (period.from_at, period.to_at):
        return None
    months = (after.year - first.year) * 12 + after.month - first.month if first.day == after.day == 1 else 0
    if months == 1:
        return f"{first:%Y-%m}"
    if months == 3 and first.month % 3 == 1:
        return f"{first.year}-Q{(first.month + 2) // 3}"
    return f"{first.year}" if months == 12 and first.month == 1 else f"{first}..{after}"


def _civil_bounds(words: str) -> tuple[dt.date, dt.date] | None:
    try:
        if match := _QUARTER.match(words):
            return _months(int(match[1]), 3 * int(match[2]) - 2, 3)
        if match := _MONTH.match(words):
            return _months(int(match[1]), int(match[2]), 1)
        if match := _YEAR.match(words):
            return _months(int(match[1]), 1, 12)
        first, _, last = words.partition("..")
        return (dt.date.fromisoformat(first), dt.date.fromisoformat(last)) if last else None
    except ValueError:
        return None


def _months(year: int, month: int, n_months: int) -> tuple[dt.date, dt.date]:
    last = month - 1 + n_months
    return dt.date(year, month, 1), dt.date(year + last // 12, last % 12 + 1, 1)


def months_between(from_at: dt.datetime, to_at: dt.datetime, zone: str) -> Iterator[Period]:
    """Yield the calendar months that touch [from_at, to_at), oldest first."""
    day = civil(from_at, zone).replace(day=1)
    while instant(day, zone) < to_at:
        first, after = _months(day.year, day.month, 1)
        yield Period(instant(first, zone), instant(after, zone))
        day = after


def weeks_between(from_at: dt.datetime, to_at: dt.datetime, zone: str) -> Iterator[Period]:
    """Yield the ISO weeks (Monday first) that touch [from_at, to_at), oldest first."""
    day = civil(from_at, zone)
    day -= dt.timedelta(days=day.weekday())
    while instant(day, zone) < to_at:
        after = day + dt.timedelta(days=7)
        yield Period(instant(day, zone), instant(after, zone))
        day = after


def windows_before(to_at: dt.datetime, from_at: dt.datetime, n_days: int) -> Iterator[Period]:
    """Yield whole windows of *n_days* that end at *to_at* and step back to *from_at*, newest first; not overlapping."""
    length = dt.timedelta(days=n_days)
    while to_at - length >= from_at:
        yield Period(to_at - length, to_at, ROLLING)
        to_at -= length


def label(period: Period, zone: str) -> str:
    """Write a period for people, in the workspace's zone.

    >>> label(parse_period("2026-Q3"), "UTC"), label(parse_period("2026-09"), "UTC")
    ('Jul to Sep 2026', 'Sep 2026')
    """
    first = civil(period.from_at, zone)
    last = civil(period.to_at - dt.timedelta(seconds=1), zone)
    if first == last:
        return f"{first.day} {first:%b %Y}"
    whole_months = first.day == 1 and (last + dt.timedelta(days=1)).day == 1
    if whole_months and (first.year, first.month) == (last.year, last.month):
        return f"{first:%b %Y}"
    start = f"{first:%b}" if whole_months else f"{first.day} {first:%b}"
    if first.year != last.year:
        start += f" {first.year}"
    end = f"{last:%b %Y}" if whole_months else f"{last.day} {last:%b %Y}"
    return f"{start} to {end}"
