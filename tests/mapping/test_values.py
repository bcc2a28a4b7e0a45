"""Cells become numbers, instants, flags and words; what cannot be read is refused, never guessed."""

from __future__ import annotations

import datetime as dt
import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeservice.mapping.base import Length, Reading
from wholeservice.mapping.values import read, trimmed
from wholeservice.tables import DATE, FLAG, INSTANT, NUMBER, TEXT, Column

REFUSED = "refused"


def reads(cells, type_: str, column_unit: str | None = None, **how):
    """Return what each cell is read as: a value, None for missing, or REFUSED."""
    cells = cells if isinstance(cells, pa.Array) else pa.array(cells)
    found = read(cells, Column("x", type_, False, "", column_unit), Reading(**how))
    values = zip(found.values.to_pylist(), found.refused.to_pylist(), strict=True)
    return [REFUSED if refused else value for value, refused in values]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("40,000", 40000.0), (" 12 ", 12.0), ("1,234,567.5", 1234567.5), ("£3.50", 3.5), ("5 EUR", 5.0), ("EUR 5", 5.0),
        ("-£2", -2.0),
        ("(1,200)", -1200.0), ("−7", -7.0), ("45%", 0.45), ("1e3", 1000.0), (".5", 0.5), ("1 234", 1234.0), ("0", 0.0),
        ("", None), ("   ", None), ("-", None), ("#REF!", None),
        ("1,5", REFUSED), ("1,2345", REFUSED), ("12,34", REFUSED), ("abc", REFUSED), ("nan", REFUSED),
        ("inf", REFUSED), ("1.2.3", REFUSED),
        ("0x10", REFUSED), ("1_000", REFUSED), ("12 kg", REFUSED), ("--1", REFUSED), (",", REFUSED),
        ("%", REFUSED), ("£", REFUSED),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(cell, value):
    """Separators only where they can stand; a word is no number and a marker is no value."""
    assert reads([cell], NUMBER, missing=frozenset({"-", "#REF!"})) == [value]


@pytest.mark.parametrize(
    ("cell", "value"), [("1.234,56", 1234.56), ("3,5", 3.5), ("€ 1.000", 1000.0), ("1,234.5", REFUSED), ("12,5%", 0.125)]
)
def test_numbers_with_a_decimal_comma(cell, value):
    """`3,5` is three and a half only where the mapping says so."""
    assert reads([cell], NUMBER, decimal=",") == [value]


def test_numbers_that_are_numbers_already():
    """Native numbers stay; a number can be a marker of missing; NaN is how data frames write missing."""
    assert reads([1, None, -99], NUMBER, missing=frozenset({"-99"})) == [1.0, None, None]
    assert reads([1.5, math.nan, math.inf], NUMBER) == [1.5, None, REFUSED]
    assert reads([True], NUMBER) == [REFUSED]


def test_durations_are_seconds():
    """The unit of the field is said once; the fact is in seconds."""
    assert reads(["250", ""], NUMBER, "s", unit="ms") == [0.25, None]
    assert reads([2], NUMBER, "s", unit="min") == [120.0]


def at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2014-01-01", at(2014, 1, 1)),
        ("2014-07-01", at(2014, 6, 30, 23)),  # midnight in London is 23:00 UTC in summer
        ("2014-07-01 10:00", at(2014, 7, 1, 9)),
        ("2014-07-01T10:00:00Z", at(2014, 7, 1, 10)),
        ("2014-07-01T10:00:00.1234567+02:00", at(2014, 7, 1, 8, 0, 0, 123456)),
        ("2014-10-26 01:30", at(2014, 10, 26, 0, 30)),  # comes twice; the first is meant
        ("2014-03-30 01:30", at(2014, 3, 30, 1, 0)),  # never came; the clock went from 01:00 to 02:00
        ("2014-02-30", REFUSED), ("2014-13-01", REFUSED), ("01/02/2014", REFUSED), ("soon", REFUSED),
        ("0000-01-01", REFUSED), ("", None),
    ],
)  # fmt: skip
def test_instants_in_iso(cell, value):
    """Without an offset it is civil time in the zone; a day that does not exist is refused."""
    assert reads([cell], INSTANT, zone="Europe/London") == [value]


def test_instants_in_other_formats():
    """Formats are tried in turn; 31 February is refused and not the 3rd of March."""
    formats = ("%d/%m/%Y", "%d %b %Y %H:%M %z", "epoch")
    cells = ["01/07/2014", "31/02/2014", "1 Jul 2014 10:00 +0200", "1400000000", "2014-07-01"]
    found = reads(cells, INSTANT, formats=formats, zone="Europe/London")
    assert found == [at(2014, 6, 30, 23), REFUSED, at(2014, 7, 1, 8), at(2014, 5, 13, 16, 53, 20), REFUSED]


def test_instants_that_are_instants_or_numbers_already():
    """Native instants keep their moment, naive ones are in the zone; a bare number says nothing without a format."""
    naive = dt.datetime(2014, 7, 1, 10)  # noqa: DTZ001
    assert reads([naive], INSTANT, zone="Europe/London") == [at(2014, 7, 1, 9)]
    assert reads(pa.array([at(2014, 7, 1)], pa.timestamp("ns", "Asia/Tokyo")), INSTANT) == [at(2014, 7, 1)]
    assert reads([dt.date(2014, 7, 1)], INSTANT, zone="Europe/London") == [at(2014, 6, 30, 23)]
    assert reads([1400000000], INSTANT) == [REFUSED]
    assert reads([1400000000.5], INSTANT, formats=("epoch",)) == [at(2014, 5, 13, 16, 53, 20, 500000)]
    assert reads([10**18, -(10**15)], INSTANT, formats=("epoch-ms",)) == [REFUSED, REFUSED]


def test_a_date_is_the_civil_day_in_the_zone():
    """Half past eleven in the evening UTC is the next day in summer London."""
    assert reads(["2014-07-01", "2014-07-01T23:30:00Z"], DATE, zone="Europe/London") == [
        dt.date(2014, 7, 1),
        dt.date(2014, 7, 2),
    ]


def test_flags_and_words():
    """Yes and no in the usual words; a word that map: does not name is refused, kept or missing, as declared."""
    assert reads(["Yes", "0", "x", ""], FLAG) == [True, False, REFUSED, None]
    pairs = (("e", "digital"), ("x", None))
    assert reads(["e", "x", "p"], TEXT, map=pairs) == ["digital", None, REFUSED]
    assert reads(["e", "p"], TEXT, map=pairs, otherwise="keep") == ["digital", "p"]
    assert reads(["e", "p"], TEXT, map=pairs, otherwise="missing") == ["digital", None]
    assert reads([1, 2], TEXT, map=(("1", "one"), ("2", "two"))) == ["one", "two"]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_a_number_written_out_is_read_exactly(numbers):
    """Text and back gives the same number, to the last bit."""
    assert reads([repr(number) for number in numbers], NUMBER) == numbers


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1))
def test_thousands_separators_change_nothing(numbers):
    """As written by Python with commas."""
    assert reads([f"{number:,}" for number in numbers], NUMBER) == [float(number) for number in numbers]


@given(st.lists(st.text(max_size=12), min_size=1), st.sampled_from([NUMBER, INSTANT, DATE, FLAG, TEXT]))
def test_no_text_gives_a_traceback(texts, type_):
    """Every cell is a value, missing or refused; one cell's reading does not depend on its neighbours."""
    together = reads(texts, type_)
    assert together == [reads([text], type_)[0] for text in texts]


@given(st.lists(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2100, 1, 1)), min_size=1))  # noqa: DTZ001
def test_iso_agrees_with_python(moments):
    """Any instant written by Python in UTC is read as itself."""
    aware = [moment.replace(tzinfo=dt.UTC) for moment in moments]
    assert reads([moment.isoformat() for moment in aware], INSTANT, zone="Asia/Tokyo") == aware


LONDON, SAO_PAULO = "Europe/London", "America/Sao_Paulo"


@pytest.mark.parametrize(
    ("cell", "zone", "days", "value"),
    [
        ("2026-03-28", LONDON, 1, dt.datetime(2026, 3, 29, tzinfo=dt.UTC)),
        ("2026-03-29", LONDON, 1, dt.datetime(2026, 3, 29, 23, tzinfo=dt.UTC)),  # 23 hours, not 24
        ("2026-10-25", LONDON, 7, dt.datetime(2026, 11, 1, tzinfo=dt.UTC)),
        ("2018-11-04", SAO_PAULO, 1, dt.datetime(2018, 11, 5, 2, tzinfo=dt.UTC)),  # that day starts at 01:00
        ("2026-03-29T00:00:00Z", LONDON, 1, dt.datetime(2026, 3, 29, 23, tzinfo=dt.UTC)),
    ],
)
def test_added_days_are_civil_days(cell, zone, days, value):
    """`plus:` goes from midnight to midnight in the zone, however long the day between is; text and native dates alike."""
    assert reads([cell], INSTANT, zone=zone, plus=Length(days=days)) == [value]
    if len(cell) == 10:
        assert reads([dt.date.fromisoformat(cell)], INSTANT, zone=zone, plus=Length(days=days)) == [value]
        after = dt.date.fromisoformat(cell) + dt.timedelta(days=days)
        assert reads([cell], DATE, zone=zone, plus=Length(days=days)) == [after]
        assert reads([dt.date.fromisoformat(cell)], DATE, zone=zone, plus=Length(days=days)) == [after]


def test_added_days_with_other_formats():
    """The days are added once, whichever format reads the cell; a missing cell stays missing."""
    formats = ("%d/%m/%Y", "epoch")
    assert reads(["29/03/2026", "1774742400", None], INSTANT, zone=LONDON, plus=Length(days=1), formats=formats) == [
        dt.datetime(2026, 3, 29, 23, tzinfo=dt.UTC), dt.datetime(2026, 3, 29, 23, tzinfo=dt.UTC), None,
    ]  # fmt: skip


BLANKS = st.sampled_from([" ", "\t", "\n", "\u00a0", "\u2003", "\u3000", "\x1f", ""])


@given(st.lists(st.tuples(BLANKS, st.sampled_from(["web", "-", "é", "the app", ""]), BLANKS).map("".join), max_size=6))
def test_outer_blanks_go_whatever_stands_beside_them(texts):
    """A column in which nothing needs trimming takes a shorter way; a single blank cell or blank letter must not."""
    cells = pa.array(["", *texts, "x"]).slice(1)
    expected = [text if (text := each.strip()) not in ("", "-") else None for each in [*texts, "x"]]
    assert trimmed(cells, frozenset("-")).to_pylist() == expected
