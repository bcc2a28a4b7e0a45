"""Dates in other spellings: Excel's days, periods, day and month, months on the calendar; never a guess."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.mapping.base import Length, Reading
from wholeservice.mapping.formats import twins
from wholeservice.mapping.lengths import days_of, later, parse_length
from wholeservice.mapping.values import read
from wholeservice.tables import DATE, INSTANT, Column

REFUSED = "refused"


def reads(cells, type_=DATE, **how):
    found = read(cells if isinstance(cells, pa.Array) else pa.array(cells), Column("x", type_, False, ""), Reading(**how))
    values = zip(found.values.to_pylist(), found.refused.to_pylist(), strict=True)
    return [REFUSED if refused else value for value, refused in values]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026", "2026-01-01", "2027-01-01"), ("2026-03", "2026-03-01", "2026-04-01"),
        ("2026-03-31", "2026-03-31", "2026-04-01"), ("Mar 2026", "2026-03-01", "2026-04-01"),
        ("march, 2026", "2026-03-01", "2026-04-01"), ("Sept. 2026", "2026-09-01", "2026-10-01"),
        ("2026 Dec", "2026-12-01", "2027-01-01"), ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("Q1 2026", "2026-01-01", "2026-04-01"), ("2026Q2", "2026-04-01", "2026-07-01"),
        ("2026-W01", "2025-12-29", "2026-01-05"), ("2026-W53", "2026-12-28", "2027-01-04"),
    ],
)  # fmt: skip
def test_periods_as_people_write_them(text, first, after):
    """A period is its first day and the day after its last; week 1 of 2026 starts in 2025."""
    assert days_of(f" {text} ") == (day(first), day(after))
    assert reads([text], formats=("period",)) == [day(first)]


@pytest.mark.parametrize(
    "text", ["2026-13", "2025-W53", "Q5 2026", "March", "Marching 2026", "12 2026", "2026-02-30", "26-Q1", ""]
)
def test_what_is_no_period(text):
    """Neither a month that does not exist, nor a label with more in it."""
    assert days_of(text) is None


def test_excel_counts_days_and_parts_of_them():
    """46112 is 31 March 2026; the half of a day is noon; before March 1900 Excel counts a day that never was."""
    cells = ["46112", "46112.5", "60", "61", "2958465", "2958466", "x"]
    at = [dt.datetime(2026, 3, 30, 23, tzinfo=dt.UTC), dt.datetime(2026, 3, 31, 11, tzinfo=dt.UTC)]
    found = reads(cells, INSTANT, formats=("excel",), zone="Europe/London")
    assert found[:2] == at
    assert [each == REFUSED for each in found] == [False, False, True, False, False, True, True]
    assert reads([46112.0, 60.0], formats=("excel",)) == [day("2026-03-31"), REFUSED]


def test_numbers_that_are_digits_of_a_date():
    """20260331 is a date where the format says so, whether it is text, a whole number or one of a workbook."""
    for cells in (["20260331"], [20260331], [20260331.0]):
        assert reads(cells, formats=("%Y%m%d",)) == [day("2026-03-31")]
    assert reads([20260331.5, 99999999.0], formats=("%Y%m%d",)) == [REFUSED, REFUSED]


def test_day_and_month_that_can_be_read_both_ways_are_refused():
    """Only a day after the 12th, or one equal to its month, is beyond doubt; the reason says both formats."""
    cells = ["7/1/2026", "13/1/2026", "1/13/2026", "5/5/2026", "2/30/2026"]
    both = ("%d/%m/%Y", "%m/%d/%Y")
    assert reads(cells, formats=both) == [REFUSED, day("2026-01-13"), day("2026-01-13"), day("2026-05-05"), REFUSED]
    found = read(pa.array(cells), Column("x", DATE, False, ""), Reading(formats=both))
    assert [(each.words, each.rows.to_pylist()) for each in found.why] == [
        ("is one day by %d/%m/%Y and another by %m/%d/%Y", [True, False, False, False, False])
    ]
    assert reads(cells, formats=both[1:]) == [day("2026-07-01"), REFUSED, day("2026-01-13"), day("2026-05-05"), REFUSED]


def test_formats_that_differ_in_more_are_tried_in_turn():
    """Points and slashes cannot be confused; two digits of a year are those of 1969 to 2068."""
    assert twins(("%d.%m.%Y", "%m/%d/%Y", "iso")) == []
    assert twins(("%m-%d-%y", "%d-%m-%y")) == [("%m-%d-%y", "%d-%m-%y")]
    assert reads(["1.2.2026", "1/2/2026"], formats=("%d.%m.%Y", "%m/%d/%Y")) == [day("2026-02-01"), day("2026-01-02")]
    assert reads(["1/2/68", "1/2/69"], formats=("%d/%m/%y",)) == [day("2068-02-01"), day("1969-02-01")]


@pytest.mark.parametrize(
    ("cell", "plus", "value"),
    [
        ("2026-01-31", "1m", "2026-02-28"),
        ("2024-01-31", "1m", "2024-02-29"),
        ("2026-11-15", "1q", "2027-02-15"),
        ("2024-02-29", "1y", "2025-02-28"),
        ("2026-12-31", "1w", "2027-01-07"),
        ("1969-12-31", "2m", "1970-02-28"),
    ],
)
def test_what_is_added_is_added_on_the_calendar(cell, plus, value):
    """A month after the 31st is the last day of the month; text, native dates and plain Python agree."""
    length = parse_length(plus)
    assert reads([cell], plus=length) == reads([day(cell)], plus=length) == [later(day(cell), length)] == [day(value)]


def test_months_are_added_before_the_zone():
    """Midnight in London in March is an hour earlier in UTC in April; the time of day stays."""
    assert reads(["2026-03-01", "2026-03-01T10:30:00Z", None], INSTANT, plus=Length(months=1), zone="Europe/London") == [
        dt.datetime(2026, 3, 31, 23, tzinfo=dt.UTC), dt.datetime(2026, 4, 1, 9, 30, tzinfo=dt.UTC), None,
    ]  # fmt: skip


FORMATS = ["%d/%m/%Y", "%m/%d/%Y %H:%M", "%Y%m%d", "%d%m%Y", "%Y-%m-%dT%H:%M:%S", "%H:%M %d.%m.%Y", "%Y", "%m %Y"]


@settings(deadline=None)
@given(st.sampled_from(FORMATS), st.lists(st.text(alphabet="0123456789/:-. T", max_size=20), min_size=1))
def test_formats_of_numbers_agree_with_python_on_any_text(format_, texts):
    """They are read a whole column at a time, and give what strptime gives for each."""
    for text, value in zip(texts, reads(texts, INSTANT, formats=(format_,)), strict=True):
        try:
            expected = dt.datetime.strptime(text.strip(), format_).replace(tzinfo=dt.UTC) if text.strip() else None
        except ValueError:
            expected = REFUSED
        assert value == expected


@settings(deadline=None)
@given(st.sampled_from(FORMATS), st.lists(st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(9999, 1, 1)), min_size=1))  # noqa: DTZ001
def test_formats_of_numbers_agree_with_python_on_dates(format_, moments):
    """Written by Python, read back the same, with and without the zeros in front."""
    texts = [moment.strftime(format_) for moment in moments]
    expected = [dt.datetime.strptime(text, format_).replace(tzinfo=dt.UTC) for text in texts]
    assert reads(texts, INSTANT, formats=(format_,)) == expected
    if "/" in format_:
        bare = [text.replace("/0", "/").removeprefix("0") for text in texts]
        assert reads(bare, INSTANT, formats=(format_,)) == expected


ISO = ["2026-03-01", "2026-03-01 10:00", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.5+02:00", "soon", "0999-01-01",
       "2026-03-01T10", "", "2026-03-01 10:00:00 Z"]  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(ISO), min_size=1))
def test_iso_does_not_depend_on_its_neighbours(texts):
    """A column that is ISO all through is read in another way than a mixed one, with the same result."""
    together = reads(texts, INSTANT, zone="Europe/London")
    assert together == [reads([text], INSTANT, zone="Europe/London")[0] for text in texts]
