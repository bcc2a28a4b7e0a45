"""Results as a reader asked to see them: over one period, beside another, and nothing standing in for what has no number."""

from __future__ import annotations

import datetime as dt

import pytest

from wholeservice.measures.asked import number_at, over, periods_of, unasked
from wholeservice.measures.base import SAMPLE, Cell, Measure, Statistics, Value
from wholeservice.measures.results import Results
from wholeservice.periods import CALENDAR, ROLLING, Period, parse_period
from wholeservice.uncertainty import wilson
from wholeservice.units import SHARE


def finish(sums: Statistics) -> Value:
    """A share; nothing counted is no number."""
    if not sums.denominator:
        return Value(None, None, 0, "nothing was counted")
    return Value(sums.numerator / sums.denominator, wilson(sums.numerator, sums.denominator), sums.n)


DONE = Measure("done", "Done", SHARE, "higher", ("visits",), lambda facts: (), finish, SAMPLE)
JANUARY, FEBRUARY, MARCH, APRIL = (parse_period(f"2026-0{month}") for month in (1, 2, 3, 4))


def row(period: Period, hits: float, n: float, window: str = CALENDAR, step: str | None = None) -> tuple[Cell, Statistics]:
    return Cell("done", "stay", period.from_at, period.to_at, window, step), Statistics(n, hits, n)


def week(day: int) -> Period:
    first = dt.datetime(2026, 3, day, tzinfo=dt.UTC)
    return Period(first, first + dt.timedelta(days=7))


@pytest.fixture
def results() -> Results:
    """Months and more weeks than months; February also as 28 days that roll; March of a step counted nobody."""
    return Results([DONE], [
        row(JANUARY, 10, 20), row(FEBRUARY, 15, 20), row(FEBRUARY, 99, 100, ROLLING), row(MARCH, 2, 4),
        *(row(week(day), 50, 100) for day in (2, 9, 16, 23)), row(JANUARY, 3, 6, step="pay"), row(MARCH, 0, 0, step="pay"),
    ])  # fmt: skip


def test_a_period_is_shown_after_its_like(results):
    """Asked for February the series is of months, not of the more usual weeks, and ends with the calendar one."""
    assert len(results.series("done", "stay")) == 4
    points = over(results, FEBRUARY).series("done", "stay")
    assert [(each.value.value, each.is_asked) for each in points] == [(0.5, False), (0.75, True)]


def test_what_has_no_number_for_the_period_gets_no_other(results):
    """April has none; at the step March counted nobody and February has none, so that January never stands in."""
    assert over(results, APRIL).series("done", "stay") == ()
    assert over(results, APRIL).rows("done", "stay") == ()
    assert over(results, MARCH).series("done", "stay", step="pay") == ()
    assert over(results, FEBRUARY).series("done", "stay", step="pay") == ()
    assert number_at(over(results, JANUARY), MARCH, "done", "stay", step="pay") is None
    assert number_at(over(results, MARCH), JANUARY, "done", "stay", step="pay").value.value == 0.5


def test_the_sums_are_of_that_period_alone(results):
    """A sum over all windows would count February twice."""
    assert [sums.n for _, sums in over(results, FEBRUARY).rows("done", "stay")] == [20]
    assert len(results.rows("done", "stay")) == 8


def test_asking_changes_nothing_for_others(results):
    """The results one started from stay as they were, and are found again from what was asked."""
    asked = over(results, FEBRUARY, against=JANUARY)
    assert (asked.period, asked.against, unasked(asked)) == (FEBRUARY, JANUARY, results)
    assert (results.period, results.against, unasked(results)) == (None, None, results)
    assert over(asked, None).series("done", "stay") == results.series("done", "stay")


def test_periods_are_named_newest_first_and_once(results):
    """Those of everything, and those of one entity."""
    found = periods_of(results, ("stay", None))
    assert found == periods_of(over(results, JANUARY))
    assert len(found) == len(set(found)) == 8
    assert found[0] == MARCH
    assert periods_of(results, ("nobody", None)) == ()
    assert periods_of(results, ("stay", "pay")) == (MARCH, JANUARY)
