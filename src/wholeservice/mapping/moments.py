"""Dates and instants: ISO, epochs, Excel's days, periods such as `2026-Q3`, and the codes of Python's strptime."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from wholeservice.mapping.base import EPOCH, EPOCH_MS, EXCEL, ISO, PERIOD, Length, Reading
from wholeservice.mapping.formats import read_format, twins
from wholeservice.mapping.lengths import days_of
from wholeservice.mapping.numbers import bare_numbers
from wholeservice.mapping.read import (
    Read,
    Why,
    all_refused,
    by_distinct,
    cast,
    none_of,
    null_where,
    refused_where_lost,
)  # fmt: skip
from wholeservice.tables import NUMBER, Column

if TYPE_CHECKING:
    import pyarrow as pa

_WITH_ZONE = r"(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$"
_ISO = r"^[1-9]\d{3}-\d{2}-\d{2}(?:[T ]\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)?\s*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?)?$"
_FIRST_MICROS, _LAST_MICROS = -30_610_224_000e6, 253_402_300_799e6  # the years 1000 to 9999
_EXCEL_DAY_ZERO, _EXCEL_FIRST, _EXCEL_LAST = -25_569.0, 61.0, 2_958_466.0  # before March 1900 Excel counts a day too many
_MICROS_PER_DAY = 86_400_000_000
ELAPSED = Column("elapsed_s", NUMBER, required=False, meaning="time between two instants", unit="s")


def read_instant(values: pa.Array, reading: Reading) -> Read:
    """Read cells as instants in UTC; civil times are in the zone of *reading*, a date alone is its first instant."""
    import pyarrow as pa

    kind, utc = values.type, pa.timestamp("us", "UTC")
    if pa.types.is_timestamp(kind):
        exact = values.cast(pa.timestamp("us", kind.tz), safe=False)
        return Read(_later(exact.cast(utc), reading) if kind.tz else _placed(exact, reading), none_of(len(values)))
    if pa.types.is_date(kind):
        return Read(_placed(values.cast(pa.timestamp("us")), reading), none_of(len(values)))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _from_numbers(values, reading)
    return _from_texts(values, reading) if pa.types.is_string(kind) else all_refused(values, utc)


def read_date(values: pa.Array, reading: Reading) -> Read:
    """Read cells as civil days in the zone of *reading*."""
    import pyarrow as pa

    if pa.types.is_date(values.type):
        civil = add_length(values.cast(pa.timestamp("us")), reading.plus)
        return Read(civil.cast(pa.date32()), none_of(len(values)))
    read = read_instant(values, reading)
    return Read(_civil(read.values, reading.zone).cast(pa.date32()), read.refused, read.why)


def add_length(civil: pa.Array, length: Length) -> pa.Array:
    """Return civil times a stretch of the calendar later; a month after the 31st is the last day of the month."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not length.months and not length.days:
        return civil
    micros = civil.cast(pa.timestamp("us")).cast(pa.int64())
    moments = pc.fill_null(micros, 0).to_numpy(zero_copy_only=False).view("M8[us]")
    if length.months:
        months, days = moments.astype("M8[M]"), moments.astype("M8[D]")
        first = months + np.timedelta64(length.months, "M")
        n_days = ((first + np.timedelta64(1, "M")).astype("M8[D]") - first.astype("M8[D]")).astype(np.int64)
        day = np.minimum((days - months.astype("M8[D]")).astype(np.int64), n_days - 1)
        moments = first.astype("M8[D]") + day.astype("m8[D]") + (moments - days)
    later = moments.astype("M8[us]") + np.timedelta64(length.days, "D")
    return null_where(pc.is_null(civil), pa.array(later.view(np.int64)).cast(pa.timestamp("us")))


def shifted(moments: Read, seconds: Read, sign: int) -> Read:
    """
    Return instants that many seconds later (earlier for a negative *sign*).

    Missing where either is; refused where either is, where a duration is negative, and beyond the years 1000 to 9999.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    micros = pc.round(pc.multiply(seconds.values, sign * 1e6))
    ends = pc.add(moments.values.cast(pa.int64()).cast(pa.float64()), micros)
    is_wrong = pc.or_(pc.less(seconds.values, 0.0), pc.or_(pc.less(ends, _FIRST_MICROS), pc.greater(ends, _LAST_MICROS)))
    wrong = pc.or_(seconds.refused, pc.fill_null(is_wrong, False))
    exact = null_where(wrong, micros).cast(pa.int64())
    values = pc.add(moments.values.cast(pa.int64()), exact).cast(moments.values.type)
    why = Why(wrong, "comes with something that is no duration", "a duration under after: or before:, such as 90 or 1h 30m")
    return Read(values, pc.or_(moments.refused, wrong), (*moments.why, why))


# what the cells are ------------------------------------------------------------------------------------------------------


def _from_numbers(values: pa.Array, reading: Reading) -> Read:
    """Numbers are days or seconds where the format says so, else the digits of a format such as %Y%m%d."""
    import pyarrow as pa
    import pyarrow.compute as pc

    first = reading.formats[0]
    if first in (EPOCH, EPOCH_MS):
        return refused_where_lost(values, _epoch(values, first, reading))
    if first == EXCEL:
        return refused_where_lost(values, _excel(values, reading))
    if first == ISO:
        return all_refused(values, pa.timestamp("us", "UTC"))
    digits = values
    if pa.types.is_floating(values.type):  # a workbook has no whole numbers
        is_whole = pc.and_(pc.less(pc.abs(values), 2.0**53), pc.equal(values, pc.round(values)))
        digits = null_where(pc.fill_null(pc.invert(is_whole), True), values).cast(pa.int64())
    read = _from_texts(digits.cast(pa.string()), reading)
    return Read(read.values, refused_where_lost(values, read.values).refused, read.why)


def _from_texts(values: pa.Array, reading: Reading) -> Read:
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pa.nulls(len(values), pa.timestamp("us", "UTC"))
    by_format: dict[str, pa.Array] = {}
    both_ways = twins(reading.formats)
    for each in reading.formats:
        if found.null_count > values.null_count or any(each in pair for pair in both_ways):
            by_format[each] = _one_format(values, each, reading)
            found = pc.coalesce(found, by_format[each])
    why = tuple(_two_ways(by_format, *pair) for pair in both_ways)
    for two_ways in why:
        found = null_where(two_ways.rows, found)
    return Read(found, refused_where_lost(values, found).refused, why)


def _two_ways(by_format: dict[str, pa.Array], one: str, other: str) -> Why:
    """Say which cells two formats of the list read as different days: nobody can know which is meant."""
    import pyarrow.compute as pc

    differs = pc.fill_null(pc.not_equal(by_format[one], by_format[other]), False)
    return Why(differs, f"is one day by {one} and another by {other}", "a date that can be read in one way only", "SRC149")


def _one_format(values: pa.Array, format_: str, reading: Reading) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if format_ in (EPOCH, EPOCH_MS):
        return _epoch(bare_numbers(values, "."), format_, reading)
    if format_ == EXCEL:
        return _excel(bare_numbers(values, "."), reading)
    if format_ == ISO:
        return _iso(values, reading)
    if format_ == PERIOD:
        civil = by_distinct(values, _first_day, pa.date32())
        return _placed(civil.cast(pa.timestamp("us")), reading)
    naive, aware = read_format(values, format_)
    placed = _placed(naive, reading)
    return placed if aware is None else pc.coalesce(_later(aware, reading), placed)


def _first_day(text: str | None) -> dt.date | None:
    days = days_of(text) if text is not None else None
    return days[0] if days else None


def _iso(values: pa.Array, reading: Reading) -> pa.Array:
    """Read ISO 8601 dates and times, with or without an offset; one without is civil time in the zone of *reading*."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = _plain_iso(values, reading)
    if plain is not None:
        return plain
    null = pa.scalar(None, pa.string())
    text = pc.if_else(pc.match_substring_regex(values, _ISO), values, null)
    text = pc.replace_substring_regex(text, r"([.,]\d{6})\d+", r"\1")
    text = pc.replace_substring_regex(text, r"(:\d{2}),(\d)", r"\1.\2")
    has_zone = pc.match_substring_regex(text, r"\d\s*" + _WITH_ZONE)
    has_zone = pc.and_(has_zone, pc.match_substring_regex(text, r"^.{10}[T ]"))
    zoned = pc.replace_substring_regex(pc.if_else(has_zone, text, null), r"\s+([Zz+-])", r"\1")
    aware = cast(zoned, zoned, pa.timestamp("us", "UTC")).values
    civil = pc.if_else(has_zone, null, text)
    return pc.coalesce(_later(aware, reading), _placed(cast(civil, civil, pa.timestamp("us")).values, reading))


def _plain_iso(values: pa.Array, reading: Reading) -> pa.Array | None:
    """Read a column that is ISO all through, and all with an offset or all without; None when it is not."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
        try:
            moments = values.cast(kind)
        except pa.ArrowInvalid:
            continue
        earliest = pc.min(moments.cast(pa.int64())).as_py()
        if earliest is not None and earliest < _FIRST_MICROS:
            return None
        return _later(moments, reading) if kind.tz else _placed(moments, reading)
    return None


def _epoch(numbers: pa.Array, format_: str, reading: Reading) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    micros = pc.round(pc.multiply(numbers.cast(pa.float64(), safe=False), 1_000.0 if format_ == EPOCH_MS else 1_000_000.0))
    is_sane = pc.and_(pc.greater(micros, _FIRST_MICROS), pc.less(micros, _LAST_MICROS))
    kept = null_where(pc.fill_null(pc.invert(is_sane), True), micros)
    return _later(kept.cast(pa.int64()).cast(pa.timestamp("us", "UTC")), reading)


def _excel(numbers: pa.Array, reading: Reading) -> pa.Array:
    """Read Excel's days, 1 January 1900 being 1; the part of a day is its time, to the millisecond."""
    import pyarrow as pa
    import pyarrow.compute as pc

    days = numbers.cast(pa.float64(), safe=False)
    is_sane = pc.and_(pc.greater_equal(days, _EXCEL_FIRST), pc.less(days, _EXCEL_LAST))
    millis = pc.round(pc.multiply(pc.add(days, _EXCEL_DAY_ZERO), _MICROS_PER_DAY / 1000))
    kept = null_where(pc.fill_null(pc.invert(is_sane), True), millis).cast(pa.int64())
    return _placed(kept.cast(pa.timestamp("ms")).cast(pa.timestamp("us")), reading)


# civil times in a zone -----------------------------------------------------------------------------------------------------


def _placed(civil: pa.Array, reading: Reading) -> pa.Array:
    """Return the instants of civil times; an hour that comes twice is its first, one that is left out its later neighbour.

    What `plus:` says is added before the zone is applied: the day after a day of 23 hours starts at its own midnight.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    later = add_length(civil, reading.plus)
    if reading.zone == "UTC":
        return later.cast(pa.timestamp("us", "UTC"))
    placed = pc.assume_timezone(later, reading.zone, ambiguous="earliest", nonexistent="latest")
    return placed.cast(pa.timestamp("us", "UTC"))


def _later(instants: pa.Array, reading: Reading) -> pa.Array:
    """Return instants that came with their own offset, what `plus:` says later on the calendar of the zone."""
    if reading.plus == Length():
        return instants
    return _placed(_civil(instants, reading.zone), reading)


def _civil(instants: pa.Array, zone: str) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.local_timestamp(instants.cast(pa.timestamp("us", zone)))
