"""Numbers, money and durations as people write them; a currency is told and never guessed."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.mapping.base import Reading
from wholeservice.mapping.currencies import CODES, SIGNS, clash, codes_of, read_currency
from wholeservice.mapping.durations import seconds_of
from wholeservice.mapping.values import read
from wholeservice.tables import NUMBER, Column

REFUSED = "refused"


def numbers(cells, column_unit: str | None = None, **how):
    found = read(pa.array(cells), Column("x", NUMBER, False, "", column_unit), Reading(**how))
    values = zip(found.values.to_pylist(), found.refused.to_pylist(), strict=True)
    return [REFUSED if refused else value for value, refused in values]


def amounts(cells):
    return read(pa.array(cells), Column("x", NUMBER, False, ""), Reading())


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12k", 12_000.0), ("12 K", 12_000.0), ("1.2M", 1_200_000.0), ("3bn", 3e9), ("3 Billion", 3e9),
        ("1.5 mio", 1_500_000.0),
        ("2 thousand", 2000.0), ("1.1 GB", 1.1e9), ("5 GiB", 5.0 * 2**30), ("100 B", 100.0), ("€1.2k", 1200.0),
        ("1.2k €", 1200.0), ("(£1.2M)", -1_200_000.0), ("1 234 567", 1_234_567.0), ("1'234.5", 1234.5),
        ("1\u2009234", 1234.0), ("57 %", 0.57), ("-€2", -2.0), ("€-2", -2.0), ("R$ 1,000", 1000.0),
        ("5m", REFUSED), ("5 b", REFUSED), ("1e3k", REFUSED), ("12 FOO", REFUSED), ("12 EUR USD", REFUSED),
        ("€ 12 EUR", REFUSED), ("12% EUR", REFUSED), ("-(12)", REFUSED), ("(12", REFUSED), ("12)", REFUSED), ("k", REFUSED),
    ],
)  # fmt: skip
def test_scales_and_currencies(cell, value):
    """What stands behind a number says how much it is; what may mean two things is refused."""
    assert numbers([cell]) == [value]


def test_a_scale_is_exact():
    """1.1 thousand million is 1 100 000 000, to the last bit, and 57 % is 0.57."""
    assert numbers(["1.1bn", "2.3M", "57%", "0.1k"]) == [1_100_000_000.0, 2_300_000.0, 0.57, 100.0]


@pytest.mark.parametrize(
    ("cells", "times", "values"),
    [
        (["57", "3"], 0.01, [0.57, 0.03]),
        ([57], 1000.0, [57_000.0]),
        (["1.5", ""], 1000.0, [1500.0, None]),
        (["2"], -1.0, [-2.0]),
    ],
)
def test_times_multiplies_and_a_hundredth_is_exact(cells, times, values):
    """A table in thousands, percent without a sign: multiplying by 0.01 would give 0.5700000000000001."""
    assert numbers(cells, times=times) == values


def test_the_currency_that_a_cell_names():
    """A code and a clear sign are a code; a sign that several share stays itself; a refused cell names none."""
    assert amounts(["€ 12", "12 USD", "£3", "$4", "kr. 5", "7", "12 FOO", None]).currency.to_pylist() == [
        "EUR", "USD", "GBP", "$", "kr.", None, None, None,
    ]  # fmt: skip
    assert amounts(["1", "2.5"]).currency is None


def test_signs_mean_known_codes():
    """Every sign stands for codes of ISO 4217, and every token is read as itself."""
    assert {code for meant in SIGNS.values() for code in meant} <= CODES
    tokens = [*SIGNS, *CODES]
    assert codes_of(pa.array(tokens)).null_count == 0


def test_a_currency_that_is_needed_is_refused_where_it_is_not_clear():
    """`$` belongs to many; a bare number names none; a missing amount needs none."""
    amount = amounts(["€ 1", "$ 2", "3", None])
    needed = read_currency(amount, is_needed=True)
    assert needed.values.to_pylist() == ["EUR", None, None, None]
    assert needed.refused.to_pylist() == [False, True, True, False]
    assert read_currency(amount, is_needed=False).refused.to_pylist() == [False, True, False, False]


def test_a_declared_currency_and_another_in_the_cell_clash():
    """`$` may be the declared Canadian dollar; pounds may not."""
    declared = pa.array(["CAD"] * 4)
    assert clash(amounts(["$ 1", "CAD 2", "£ 3", "4"]), declared).rows.to_pylist() == [False, False, True, False]
    assert clash(amounts(["$ 1", "4"]), pa.array(["CAD", "CAD"])) is None


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("90", 5400.0), ("1h 30m", 5400.0), ("1 h, 30 min", 5400.0), ("1 hour and 30 minutes", 5400.0), ("90 min", 5400.0),
        ("PT1H30M", 5400.0), ("P1DT0.5S", 86_400.5), ("P2W", 1_209_600.0), ("01:30:00", 5400.0), ("100:00:00.5", 360_000.5),
        ("1 day, 0:10:00", 87_000.0), ("0 days 00:00:01", 1.0), ("500ms", 0.5), ("1.5h", 5400.0),
        ("01:30", REFUSED), ("P1M", REFUSED), ("P", REFUSED), ("PT", REFUSED), ("1h 30", REFUSED), ("1 min 2 min", REFUSED),
        ("1:60:00", REFUSED), ("1,5h", REFUSED), ("2 months", REFUSED), ("1k", REFUSED), ("3 EUR", REFUSED), ("", None),
    ],
)  # fmt: skip
def test_durations_say_their_unit_or_have_the_declared_one(cell, seconds):
    """A bare number is in minutes here; what has no length, or two meanings, is refused."""
    assert numbers([cell], "s", unit="min") == [seconds]


def test_durations_with_a_decimal_comma_and_of_an_own_type():
    """The declared mark holds inside of words too; a native duration is what it is."""
    assert numbers(["1,5 h", "1.5 h", "2,5"], "s", decimal=",") == [5400.0, REFUSED, 2.5]
    assert numbers(pa.array([1_500_000, None], pa.duration("us")), "s", unit="h") == [1.5, None]


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 59), st.integers(0, 59))
def test_a_duration_is_the_same_in_every_spelling(hours, minutes, seconds):
    """Clock, ISO 8601 and words agree."""
    total = hours * 3600 + minutes * 60 + seconds
    clock = f"{hours}:{minutes:02}:{seconds:02}"
    assert (
        seconds_of(clock)
        == seconds_of(f"PT{hours}H{minutes}M{seconds}S")
        == seconds_of(f"{hours}h {minutes}m {seconds}s")
        == total
    )


@settings(deadline=None)
@given(st.lists(st.text(alphabet="0123456789.,' €$kMGBi%()-+eEUR", max_size=10), min_size=1), st.sampled_from([".", ","]))
def test_a_number_does_not_depend_on_its_neighbours(texts, decimal):
    """A whole column of plain numbers is read in another way than a mixed one, with the same result."""
    assert numbers(texts, decimal=decimal) == [numbers([text], decimal=decimal)[0] for text in texts]
