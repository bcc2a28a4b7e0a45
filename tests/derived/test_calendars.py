"""Working time: between any two instants it is what looking at the wall clock minute by minute adds up to."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.derived.calendars import (
    ALWAYS,
    SECOND,
    Calendar,
    Shift,
    has_hours,
    idle_until,
    laid_out,
    weekly,
    worked_until,
)

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
AMSTERDAM = "Europe/Amsterdam"
MINUTE = 60 * SECOND


def at(text: str, zone: str = AMSTERDAM) -> int:
    instant = dt.datetime.fromisoformat(text)
    return (instant.replace(tzinfo=ZoneInfo(zone)) - EPOCH) // dt.timedelta(microseconds=1)


def minutes_worked(calendar: Calendar, *instants: int) -> float:
    low, high = worked_until(laid_out(calendar, *instants), np.array(instants))
    return (high - low) / MINUTE


def by_the_clock(calendar: Calendar, from_at: int, to_at: int) -> int:
    """Count the minutes at which the wall clock is in a shift of its day, or in one of the day before that goes on."""
    zone, found = ZoneInfo(calendar.zone), 0
    for minute in range(from_at // MINUTE, to_at // MINUTE):
        local = (EPOCH + dt.timedelta(minutes=minute)).astimezone(zone).replace(tzinfo=None)
        days = [(local.date() - dt.timedelta(days=back), local.hour * 60 + local.minute + 1440 * back) for back in (0, 1)]
        found += any(
            shift.weekday == day.weekday() and shift.from_minute <= clock < shift.to_minute and day not in calendar.holidays
            for day, clock in days
            for shift in calendar.shifts
        )
    return found


quarters = st.integers(0, 95).map(lambda quarter: quarter * 15).filter(lambda minute: not 120 < minute < 180)
shifts = st.builds(Shift, st.integers(0, 6), quarters, st.one_of(quarters, st.sampled_from([1440, 1500, 1560, 1740, 2040])))
days = st.sampled_from(["2026-03-27", "2026-10-23", "2026-06-05"])


@settings(max_examples=40)
@given(st.lists(shifts, min_size=1, max_size=6), days, st.integers(0, 700), st.integers(0, 4000), st.booleans())
def test_working_time_is_what_the_clock_on_the_wall_shows(
    given_shifts: list[Shift], day: str, after: int, lasted: int, is_holiday: bool
):
    """Over both changes of the clocks, with shifts that overlap, go past midnight or end before they begin, and a holiday."""
    holidays = frozenset({dt.date.fromisoformat(day) + dt.timedelta(days=1)} if is_holiday else ())
    calendar = Calendar(AMSTERDAM, tuple(given_shifts), holidays)
    begins = at(f"{day}T12:00") + after * MINUTE
    if has_hours(calendar):
        assert minutes_worked(calendar, begins, begins + lasted * MINUTE) == by_the_clock(
            calendar, begins, begins + lasted * MINUTE
        )


def test_a_night_is_an_hour_longer_or_shorter_when_the_clocks_change():
    """From 22:00 to 6:00: eight hours, nine in the night in which 2:00 to 3:00 comes twice, seven where it is skipped."""
    nights = weekly(AMSTERDAM, [(22 * 60, 30 * 60)], [5])
    spans = [("2026-06-06", "2026-06-07"), ("2026-10-24", "2026-10-25"), ("2026-03-28", "2026-03-29")]
    assert [minutes_worked(nights, *(at(f"{day}T12:00") for day in span)) / 60 for span in spans] == [8, 9, 7]


def test_a_shift_may_begin_or_end_where_the_clocks_change():
    """2:30 comes twice in October: the first begins a shift, the second ends one. In March it is when 3:00 came."""
    sundays = {name: weekly(AMSTERDAM, [hours], [6]) for name, hours in (("until", (60, 150)), ("from", (150, 240)))}
    october, march = (at(f"2026-{day}T00:00") for day in ("10-25", "03-29"))
    assert [minutes_worked(each, october, october + 600 * MINUTE) for each in sundays.values()] == [150, 150]
    assert [minutes_worked(each, march, march + 600 * MINUTE) for each in sundays.values()] == [60, 60]


def test_days_far_from_greenwich_are_local_days():
    """Monday in Auckland begins on Sunday in London, and a holiday is the day of the place."""
    monday = weekly("Pacific/Auckland", [(0, 1440)], [0])
    assert minutes_worked(monday, at("2026-06-07T11:00", "UTC"), at("2026-06-07T13:00", "UTC")) == 60
    closed = Calendar(monday.zone, monday.shifts, frozenset({dt.date(2026, 6, 8)}))
    assert minutes_worked(closed, at("2026-06-07T11:00", "UTC"), at("2026-06-07T13:00", "UTC")) == 0


def test_a_calendar_without_working_time_is_said():
    """No shift, or none with a length: an error that says which calendar, not an endless search for the next working hour."""
    for hours in ([], [(600, 600)], [(700, 600)]):
        with pytest.raises(ValueError, match="a calendar of Europe/Amsterdam has no working time"):
            laid_out(weekly(AMSTERDAM, hours), 0, 10)


def test_a_time_in_which_nobody_happens_to_work_has_no_working_time():
    """Office hours over a weekend: nothing is worked, and all of it is idle; without a calendar none of it is."""
    low, high = at("2026-06-06T00:00"), at("2026-06-08T00:00")
    working = laid_out(weekly(AMSTERDAM, [(540, 1020)]), low, high)
    assert worked_until(working, np.array([low, high])).tolist() == [0, 0]
    before, after = (idle_until([working], np.array([0, ALWAYS]), np.array([end, end])) for end in (low, high))
    assert (after - before).tolist() == [2880 * MINUTE, 0]


def test_each_instant_is_measured_by_its_own_calendar():
    """Three calendars asked for in turn give what each gives by itself."""
    low = at("2026-06-05T00:00")
    calendars = [
        laid_out(weekly(AMSTERDAM, [hours]), low, low + 5000 * MINUTE) for hours in ((540, 1020), (0, 60), (1200, 1440))
    ]
    chance = np.random.default_rng(1)
    which, when = chance.integers(-1, 3, 200), low + chance.integers(0, 5000, 200) * MINUTE
    each = [0 if number == ALWAYS else int(instant - worked_until(calendars[number], np.array([instant]))[0])
            for number, instant in zip(which.tolist(), when.tolist(), strict=True)]  # fmt: skip
    assert idle_until(calendars, which, when).tolist() == each
