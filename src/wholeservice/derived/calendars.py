"""Working time: how much of the time between two instants lies in somebody's working hours.

Hours are of the wall clock of a zone, so that a shift keeps its beginning when the clocks change, and is an hour longer or
shorter where they change within it. They are laid out once as instants over the time that the data speaks of; the working time
until any instant is then one search in a running sum.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

SECOND = 1_000_000
"""Instants are whole microseconds since 1970, UTC."""
DAY = dt.timedelta(days=1)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
ALWAYS = -1
"""The number of a calendar that has no other hours than all of them."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours of one weekday (0 is Monday), in minutes of the wall clock since its midnight; from 1440 on of the next day."""

    weekday: int
    from_minute: int
    to_minute: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Weekly hours in a zone. No shift begins on a holiday. Shifts may overlap: time counts once."""

    zone: str
    shifts: tuple[Shift, ...]
    holidays: frozenset[dt.date] = frozenset()


@dataclass(frozen=True, slots=True)
class Working:
    """Working hours laid out: stretches that do not touch, and how much was worked before each of them."""

    from_at: Numbers
    to_at: Numbers
    before: Numbers


def weekly(zone: str, hours: Sequence[tuple[int, int]], weekdays: Sequence[int] = range(5)) -> Calendar:
    """
    Return the same hours, in minutes since midnight, on several weekdays; Monday to Friday if they are not said.

    >>> weekly("Europe/Amsterdam", [(540, 1020)], [0]).shifts
    (Shift(weekday=0, from_minute=540, to_minute=1020),)
    """
    return Calendar(zone, tuple(Shift(day, begins, ends) for day in weekdays for begins, ends in hours))


def has_hours(calendar: Calendar) -> bool:
    """
    Say whether any shift has a length.

    >>> has_hours(weekly("UTC", [(540, 1020)])), has_hours(weekly("UTC", [(540, 540)])), has_hours(weekly("UTC", []))
    (True, False, False)
    """
    return any(shift.to_minute > shift.from_minute for shift in calendar.shifts)


def laid_out(calendar: Calendar, from_at: int, to_at: int) -> Working:
    """
    Lay working hours out from one instant to another.

    Unit     microseconds
    Errors   ValueError where no shift has any length (`has_hours`): nobody would ever work, and all waiting would be for that

    >>> day = 86_400 * SECOND
    >>> found = laid_out(weekly("UTC", [(600, 660), (630, 720)], range(7)), 0, day)
    >>> (found.from_at // SECOND).tolist(), (found.to_at // SECOND).tolist()
    ([36000], [43200])
    """
    import numpy as np

    if not has_hours(calendar):
        raise ValueError(f"a calendar of {calendar.zone} has no working time: {calendar.shifts or 'no shift at all'}")
    shifts = [shift for shift in calendar.shifts if shift.to_minute > shift.from_minute]
    zone = ZoneInfo(calendar.zone)
    longest = max(shift.to_minute for shift in shifts) // 1440 + 2
    first = (EPOCH + dt.timedelta(microseconds=int(from_at))).date() - longest * DAY
    n_days = (int(to_at) - int(from_at)) // (86_400 * SECOND) + longest + 4
    days = [day for day in (first + n * DAY for n in range(n_days)) if day not in calendar.holidays]
    each = [(day, shift) for day in days for shift in shifts if shift.weekday == day.weekday()]
    begins = np.array([_instant(day, shift.from_minute, zone) for day, shift in each], np.int64)
    ends = np.array([_instant(day, shift.to_minute, zone, is_end=True) for day, shift in each], np.int64)
    return _joined(np.clip(begins, from_at, to_at), np.clip(ends, from_at, to_at))


def worked_until(working: Working, at: Numbers) -> Numbers:
    """
    Return how much working time lies before each instant, from where the hours are laid out.

    Unit     microseconds; the working time between two instants is the difference

    >>> import numpy as np
    >>> working = laid_out(weekly("UTC", [(600, 720)], range(7)), 0, 86_400 * SECOND)
    >>> worked_until(working, np.array([0, 39_600 * SECOND])).tolist()
    [0, 3600000000]
    """
    import numpy as np

    if not len(working.from_at):
        return np.zeros(len(at), np.int64)
    last = np.searchsorted(working.from_at, at, side="right") - 1
    within = np.minimum(at, working.to_at[last]) - working.from_at[last]
    return np.where(last < 0, 0, working.before[last] + within)


def idle_until(calendars: Sequence[Working], which: Numbers, at: Numbers) -> Numbers:
    """
    Return how much time of each instant's calendar that is no working time lies before it; 0 where `which` is `ALWAYS`.

    Shape    which and at of one length; the idle time between two instants of one calendar is the difference
    Unit     microseconds
    """
    import numpy as np

    found = np.zeros(len(at), np.int64)
    order = np.argsort(which, kind="stable")
    edges = np.searchsorted(which[order], np.arange(len(calendars) + 1))
    for working, low, high in zip(calendars, edges[:-1], edges[1:], strict=True):
        mine = order[low:high]
        found[mine] = at[mine] - worked_until(working, at[mine])
    return found


def _joined(begins: Numbers, ends: Numbers) -> Working:
    """Join stretches that overlap or touch."""
    import numpy as np

    kept = ends > begins
    order = np.argsort(begins[kept], kind="stable")
    begins, ends = begins[kept][order], np.maximum.accumulate(ends[kept][order])
    is_new = np.append(True, begins[1:] > ends[:-1])[: len(begins)]
    starts = np.flatnonzero(is_new)
    stops = np.append(starts[1:], len(begins))[: len(starts)] - 1
    from_at, to_at = begins[starts], ends[stops]
    lengths = to_at - from_at
    return Working(from_at, to_at, np.cumsum(lengths) - lengths)


def _instant(day: dt.date, minute: int, zone: ZoneInfo, *, is_end: bool = False) -> int:
    """
    The instant of a minute of the wall clock, in microseconds.

    One that the clock shows twice begins a shift the first time and ends it the second; one that it skips is the instant at
    which the clock was put forward.
    """
    clock = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute)
    early, late = (_microseconds(clock.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if early <= late:  # the same, or shown twice
        return late if is_end else early
    low, high = late, early  # skipped: the old offset, read too long, comes out after the change; the new one before it
    new = _offset(high, zone)
    while high - low > SECOND:
        middle = (low + high) // (2 * SECOND) * SECOND
        low, high = (low, middle) if _offset(middle, zone) == new else (middle, high)
    return high


def _microseconds(instant: dt.datetime) -> int:
    return (instant - EPOCH) // dt.timedelta(microseconds=1)


def _offset(at: int, zone: ZoneInfo) -> dt.timedelta | None:
    return (EPOCH + dt.timedelta(microseconds=at)).astimezone(zone).utcoffset()
