"""Adding up what others counted: rolling windows and incomplete months never pass for whole ones."""

from __future__ import annotations

import datetime as dt

import pytest

from wholeservice.measures import MEASURES
from wholeservice.measures.add_up import add_up
from wholeservice.measures.base import Cell, Statistics

VOLUME, SATISFACTION = (next(each for each in MEASURES if each.name == name) for name in ("volume", "satisfaction"))


def day(number: int, month: int = 4) -> dt.datetime:
    return dt.datetime(2026, month, 1, tzinfo=dt.UTC) + dt.timedelta(days=number)


TEN = Statistics(n=10.0, numerator=10.0)


def daily(measure: str, days: range, *, window: str = "calendar", sums: Statistics = TEN):
    return [(Cell(measure, "shop", day(number), day(number + 1), window), sums) for number in days]


def added(measure, rows, windows=()):
    found = add_up(measure, rows, windows, "UTC")
    return {(cell.from_at, cell.to_at, cell.window): sums for cell, sums in found}


def test_days_that_fill_a_month_make_a_month():
    """Thirty days of April of ten each are 300 in April."""
    month = added(VOLUME, daily("volume", range(30)))[day(0), day(30), "calendar"]
    assert (month.numerator, month.reporting) == (300.0, 1.0)


def test_a_month_with_a_day_missing_is_no_month_of_volume():
    """Twenty-nine days of thirty would look like a fall of 3 %: no number instead."""
    rows = [row for row in daily("volume", range(30)) if row[0].from_at != day(11)]
    assert added(VOLUME, rows) == {}


def test_a_score_is_of_the_days_there_are_when_they_are_most():
    """Twenty of thirty days give April a score; ten do not."""
    sums = Statistics(n=4.0, histogram=(1.0, 0.0, 0.0, 0.0, 3.0))
    twenty = added(SATISFACTION, daily("satisfaction", range(20), sums=sums))
    assert twenty[day(0), day(30), "calendar"].histogram == (20.0, 0.0, 0.0, 0.0, 60.0)
    assert added(SATISFACTION, daily("satisfaction", range(10), sums=sums)) == {}


def test_rolling_windows_are_never_added():
    """Thirty rolling windows are not a month, whatever their sum."""
    assert added(VOLUME, daily("volume", range(30), window="rolling"), (30,)) == {}


def test_numbers_with_consumers_of_their_own_are_left_to_the_events():
    """What was computed from events has its own months; adding its days would count a person of several days several times."""
    assert added(SATISFACTION, daily("satisfaction", range(30), sums=Statistics(n=1.0, clusters=1.0))) == {}


@pytest.mark.parametrize(("days", "n_windows"), [(10, 3), (30, 1), (31, 0)])
def test_windows_of_a_target_end_where_the_counts_end(days, n_windows):
    """Thirty days hold three windows of ten, one of thirty, and none of thirty-one."""
    found = added(VOLUME, daily("volume", range(30)), (days,))
    rolling = [key for key in found if key[2] == "rolling"]
    assert len(rolling) == n_windows
    assert all((day(30) - to_at).days % days == 0 for _, to_at, _ in rolling)


def hourly(measure: str, hours: range):
    moments = [day(0) + dt.timedelta(hours=hour) for hour in hours]
    return [(Cell(measure, "shop", at, at + dt.timedelta(hours=1), "calendar"), TEN) for at in moments]


def test_hours_that_fill_a_day_make_a_day_and_days_make_a_month():
    """Seven hundred and twenty hours of ten are thirty days of 240 and an April of 7,200."""
    found = added(VOLUME, hourly("volume", range(720)))
    assert found.pop((day(0), day(30), "calendar")).numerator == 7200
    assert {sums.numerator for sums in found.values()} == {240}
    assert len(found) == 30


@pytest.mark.parametrize("n_missing", [1, 2])
def test_a_day_and_a_month_with_an_hour_missing_are_none(n_missing):
    """Without an hour of the 30th there is neither that day nor the month; the 29 days before it stay."""
    found = added(VOLUME, hourly("volume", range(720 - n_missing)))
    assert (len(found), {sums.numerator for sums in found.values()}) == (29, {240})


def test_hours_beside_their_day_are_not_added_to_it():
    """A day counted as 200 stays 200 beside its hours, and stands in the month once: 29 of 240 and one of 200."""
    counted = (Cell("volume", "shop", day(3), day(4), "calendar"), Statistics(n=200.0, numerator=200.0))
    found = added(VOLUME, [*hourly("volume", range(720)), counted])
    assert (day(3), day(4), "calendar") not in found
    assert found[day(0), day(30), "calendar"].numerator == 29 * 240 + 200


def test_a_civil_day_of_23_hours_is_whole():
    """On 29 March 2026 Amsterdam has 23 hours, and 230 of ten is the whole day."""
    start = dt.datetime(2026, 3, 28, 23, tzinfo=dt.UTC)
    moments = [start + dt.timedelta(hours=hour) for hour in range(23)]
    rows = [(Cell("volume", "shop", at, at + dt.timedelta(hours=1), "calendar"), TEN) for at in moments]
    (found,) = add_up(VOLUME, rows, (), "Europe/Amsterdam")
    assert (found[0].from_at, found[0].to_at, found[1].numerator) == (start, moments[-1] + dt.timedelta(hours=1), 230)
