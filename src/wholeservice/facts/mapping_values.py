"""Read whole columns of cells as numbers, instants, dates, flags or text; what cannot be read is marked, never guessed.

Arrow does the work on whole columns. A cell that Arrow refuses is found by halving, so that one bad cell among millions
costs little. Text is trimmed first; a blank cell is missing, and so is one that holds a declared marker.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.facts.mapping import EPOCH, EPOCH_MS, ISO, KEEP, MISSING, SECONDS_PER, Reading
from wholeservice.facts.mapping_literals import FALSE, TRUE
from wholeservice.tables import DATE, FLAG, INSTANT, INTEGER, NUMBER, NUMBERS, TEXT, Column

if TYPE_CHECKING:
    import pyarrow as pa

_GROUPS = {".": r"[,' \x{a0}\x{202f}\x{2019}]", ",": r"[.' \x{a0}\x{202f}\x{2019}]"}
_CURRENCY = r"(?:[A-Z]{3}|[£$€¥])"
_WITH_ZONE = r"(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$"
_FIRST_MICROS, _LAST_MICROS = -30_610_224_000e6, 253_402_300_799e6  # the years 1000 to 9999
_ISO = r"^[1-9]\d{3}-\d{2}-\d{2}(?:[T ]\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)?\s*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?)?$"
_MINUS = "−"  # as typographers write it


@dataclass(frozen=True, slots=True)
class Read:
    """A column as read: `values` in the column's type, and which cells were refused (they are null in `values`)."""

    values: pa.Array
    refused: pa.Array  # flags, never null


def read(cells: pa.Array, column: Column, reading: Reading) -> Read:
    """
    Read cells as the type of *column*.

    Shape    as many values as cells; a missing cell gives null, a cell that cannot be read gives null and is refused
    Unit     durations in seconds whatever `reading.unit`; instants in UTC; a percentage as a share
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    given = _given(cells, reading)
    if given.refused is not None:
        typed = _typed(given.values, column, reading)
        return Read(typed.values, pc.or_(typed.refused, given.refused))
    if pa.types.is_null(given.values.type):
        return Read(pa.nulls(len(cells), _arrow_type(column)), _none(len(cells)))
    return _typed(given.values, column, reading)


@dataclass(frozen=True, slots=True)
class _Given:
    values: pa.Array
    refused: pa.Array | None


def trimmed(cells: pa.Array, missing: frozenset[str]) -> pa.Array:
    """Return text cells without outer blanks, null where blank or a marker of missing; other types as they are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(cells.type):
        return _numbers_marked(cells, missing)
    plain = pc.utf8_trim_whitespace(cells)
    markers = pa.array(sorted(missing | {""}), pa.string())
    return pc.if_else(pc.fill_null(pc.is_in(plain, markers), False), pa.scalar(None, pa.string()), plain)


def _numbers_marked(cells: pa.Array, missing: frozenset[str]) -> pa.Array:
    """Numbers can be markers too: -99 in a column of numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not missing or not (pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type)):
        return cells
    marks = [float(each) for each in missing if each.lstrip("-").replace(".", "", 1).isdigit()]
    if not marks:
        return cells
    is_marker = pc.is_in(cells.cast(pa.float64(), safe=False), pa.array(marks, pa.float64()))
    return pc.if_else(pc.fill_null(is_marker, False), pa.scalar(None, cells.type), cells)


def as_text(cells: pa.Array) -> pa.Array:
    """Return any cells as text: whole numbers without a point, flags as true and false, instants in ISO."""
    import pyarrow as pa

    if pa.types.is_string(cells.type):
        return cells
    if pa.types.is_temporal(cells.type) or pa.types.is_nested(cells.type):
        values = [None if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
                  for value in cells.to_pylist()]  # fmt: skip
        return pa.array(values, pa.string())
    return cells.cast(pa.string())


def _given(cells: pa.Array, reading: Reading) -> _Given:
    """Trim, take out missing markers, and put mapped values in place of what stands there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = trimmed(cells, reading.missing)
    if reading.map is None:
        return _Given(plain, None)
    text = as_text(plain)
    keys, meanings = zip(*reading.map, strict=True) if reading.map else ((), ())
    at = pc.index_in(text, pa.array(keys, pa.string()))
    mapped = pa.array(meanings, pa.string()).take(at)
    is_unknown = pc.and_(pc.is_null(at), pc.is_valid(text))
    if reading.otherwise == KEEP:
        return _Given(pc.if_else(is_unknown, text, mapped), None)
    return _Given(mapped, None if reading.otherwise == MISSING else is_unknown)


def _typed(values: pa.Array, column: Column, reading: Reading) -> Read:
    readers = {TEXT: _text, NUMBER: _number, NUMBERS: _number, INTEGER: _number, FLAG: _flag, INSTANT: _instant, DATE: _date}
    read = readers[column.type](values, reading)
    if column.unit == "s" and reading.unit != "s":
        import pyarrow.compute as pc

        return Read(pc.multiply(read.values, SECONDS_PER[reading.unit]), read.refused)
    return read


def _text(values: pa.Array, reading: Reading) -> Read:
    return Read(as_text(values), _none(len(values)))


# numbers -----------------------------------------------------------------------------------------------------------------


def _number(values: pa.Array, reading: Reading) -> Read:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_boolean(values.type) or pa.types.is_temporal(values.type) or pa.types.is_nested(values.type):
        return _all_refused(values, pa.float64())
    if not pa.types.is_string(values.type):
        numbers = values.cast(pa.float64(), safe=False)
        is_nan = pc.fill_null(pc.is_nan(numbers), False)  # how data frames write a missing number
        return _only(
            pc.fill_null(pc.is_finite(numbers), True), pc.if_else(is_nan, pa.scalar(None, pa.float64()), numbers), is_nan
        )
    plain = _plain_numbers(values, reading.decimal)
    is_percent = pc.fill_null(pc.match_substring_regex(values, r"%\s*\)?$"), False)
    read = _cast(plain, values, pa.float64())
    if pc.any(pc.is_inf(read.values)).as_py():  # 1e999 is a number that no number can hold
        read = _only(pc.fill_null(pc.is_finite(read.values), True), read.values, _none(len(values)))
    if not pc.any(is_percent).as_py():
        return read
    return Read(pc.if_else(is_percent, pc.divide(read.values, 100.0), read.values), read.refused)


def _plain_numbers(values: pa.Array, decimal: str) -> pa.Array:
    """Return numbers as Arrow writes them; null where the text is no number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if decimal == "." and not len(values.filter(pc.invert(pc.match_substring_regex(values, r"^-?\d+(?:\.\d+)?$")))):
        return values
    group, mark = _GROUPS[decimal], "." if decimal == "." else ","
    text = pc.replace_substring(values, _MINUS, "-")
    text = pc.replace_substring_regex(text, rf"^([-+(]?)\s*{_CURRENCY}\s*(?P<rest>[-+]?[\d.,])", r"\1\2")
    text = pc.replace_substring_regex(text, rf"(\d[.,]?)\s*(?:{_CURRENCY}|%)\s*(\)?)$", r"\1\2")
    text = pc.replace_substring_regex(text, r"^\((.*)\)$", r"-\1")
    shape = rf"^[-+]?(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)?(?:\{mark}\d*)?(?:[eE][-+]?\d+)?$"
    has_digit = pc.match_substring_regex(text, r"^[-+]?\D?\d")
    is_number = pc.and_(pc.match_substring_regex(text, shape), has_digit)
    text = pc.replace_substring_regex(text, group, "")
    if mark == ",":
        text = pc.replace_substring(text, ",", ".")
    return pc.if_else(is_number, text, pa.scalar(None, pa.string()))


# flags -------------------------------------------------------------------------------------------------------------------


def _flag(values: pa.Array, reading: Reading) -> Read:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_boolean(values.type):
        return Read(values, _none(len(values)))
    words = pc.utf8_lower(as_text(values))
    is_true, is_false = (pc.is_in(words, pa.array(known)) for known in (TRUE, FALSE))
    flags = pc.if_else(pc.or_(is_true, is_false), is_true, pa.scalar(None, pa.bool_()))
    return _refused_where_lost(values, flags)


# dates and instants --------------------------------------------------------------------------------------------------------


def _instant(values: pa.Array, reading: Reading) -> Read:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind, utc = values.type, pa.timestamp("us", "UTC")
    if pa.types.is_timestamp(kind):
        exact = values.cast(pa.timestamp("us", kind.tz), safe=False)
        return Read(_later(exact.cast(utc), reading) if kind.tz else _placed(exact, reading), _none(len(values)))
    if pa.types.is_date(kind):
        return Read(_placed(values.cast(pa.timestamp("us")), reading), _none(len(values)))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _epoch(values, reading) if reading.formats[0] in (EPOCH, EPOCH_MS) else _all_refused(values, utc)
    if not pa.types.is_string(kind):
        return _all_refused(values, utc)
    found = pa.nulls(len(values), utc)
    for each in reading.formats:
        if found.null_count:
            found = pc.coalesce(found, _one_format(values, each, reading))
    return _refused_where_lost(values, found)


def _date(values: pa.Array, reading: Reading) -> Read:
    import pyarrow as pa

    if pa.types.is_date(values.type):
        return Read(_days_later(values.cast(pa.timestamp("us")), reading).cast(pa.date32()), _none(len(values)))
    read = _instant(values, reading)
    return Read(read.values.cast(pa.timestamp("us", reading.zone)).cast(pa.date32()), read.refused)


def _one_format(values: pa.Array, format_: str, reading: Reading) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if format_ in (EPOCH, EPOCH_MS):
        numbers = _cast(_plain_numbers(values, "."), values, pa.float64()).values
        return _epoch(numbers, reading).values
    if format_ == ISO:
        return _iso(values, reading)
    naive, aware = _strptime(values, format_)
    return pc.coalesce(_later(aware, reading), _placed(naive.cast(pa.timestamp("us")), reading))


def _iso(values: pa.Array, reading: Reading) -> pa.Array:
    """Read ISO 8601 dates and times, with or without an offset; one without is civil time in the zone of *reading*."""
    import pyarrow as pa
    import pyarrow.compute as pc

    null = pa.scalar(None, pa.string())
    text = pc.if_else(pc.match_substring_regex(values, _ISO), values, null)
    text = pc.replace_substring_regex(text, r"([.,]\d{6})\d+", r"\1")
    text = pc.replace_substring_regex(text, r"(:\d{2}),(\d)", r"\1.\2")
    has_zone = pc.match_substring_regex(text, r":?\d{2}\s*" + _WITH_ZONE)
    has_zone = pc.and_(has_zone, pc.match_substring_regex(text, r"^.{10}[T ]"))
    zoned = pc.replace_substring_regex(pc.if_else(has_zone, text, null), r"\s+([Zz+-])", r"\1")
    aware = _cast(zoned, zoned, pa.timestamp("us", "UTC")).values
    civil = pc.if_else(has_zone, null, text)
    return pc.coalesce(_later(aware, reading), _placed(_cast(civil, civil, pa.timestamp("us")).values, reading))


def _strptime(values: pa.Array, format_: str) -> tuple[pa.Array, pa.Array]:
    """Read each distinct text with Python's strptime, which refuses 31 February. Shape  (civil times, instants)."""
    import pyarrow as pa

    encoded = values.dictionary_encode()
    parsed = [_parsed(text, format_) for text in encoded.dictionary.to_pylist()]
    civil = pa.array([None if each is None or each.tzinfo else each for each in parsed], pa.timestamp("us"))
    aware = pa.array([each if each and each.tzinfo else None for each in parsed], pa.timestamp("us", "UTC"))
    return civil.take(encoded.indices), aware.take(encoded.indices)


def _parsed(text: str, format_: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, format_)  # noqa: DTZ007  (the zone is added to what has none)
    except ValueError:
        return None


def _placed(civil: pa.Array, reading: Reading) -> pa.Array:
    """Return the instants of civil times; an hour that comes twice is its first, one that is left out its later neighbour.

    Days of `plus:` are added before the zone is applied: the day after a day of 23 hours starts at its own midnight.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    later = _days_later(civil, reading)
    placed = pc.assume_timezone(later, reading.zone, ambiguous="earliest", nonexistent="latest")
    return placed.cast(pa.timestamp("us", "UTC"))


def _later(instants: pa.Array, reading: Reading) -> pa.Array:
    """Return instants that came with their own offset, the civil days of `plus:` later."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not reading.plus_days:
        return instants
    return _placed(pc.local_timestamp(instants.cast(pa.timestamp("us", reading.zone))), reading)


def _days_later(civil: pa.Array, reading: Reading) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.add(civil, pa.scalar(dt.timedelta(days=reading.plus_days))) if reading.plus_days else civil


def _epoch(numbers: pa.Array, reading: Reading) -> Read:
    import pyarrow as pa
    import pyarrow.compute as pc

    per_second = 1_000.0 if EPOCH_MS in reading.formats else 1_000_000.0
    micros = pc.round(pc.multiply(numbers.cast(pa.float64(), safe=False), per_second))
    is_sane = pc.fill_null(pc.and_(pc.greater(micros, _FIRST_MICROS), pc.less(micros, _LAST_MICROS)), True)
    kept = pc.if_else(is_sane, micros, pa.scalar(None, pa.float64()))
    return Read(_later(kept.cast(pa.int64()).cast(pa.timestamp("us", "UTC")), reading), pc.invert(is_sane))


# casting -------------------------------------------------------------------------------------------------------------------


def _cast(text: pa.Array, given: pa.Array, to: pa.DataType) -> Read:
    """Cast text; what was given but is null afterwards is refused."""
    return _refused_where_lost(given, _cast_good(text, to))


def _cast_good(text: pa.Array, to: pa.DataType) -> pa.Array:
    """Cast what can be cast, null for the rest: halve until the bad cells stand alone."""
    import pyarrow as pa

    try:
        return text.cast(to)
    except pa.ArrowInvalid:
        if len(text) == 1:
            return pa.nulls(1, to)
        middle = len(text) // 2
        return pa.concat_arrays([_cast_good(text.slice(0, middle), to), _cast_good(text.slice(middle), to)])


def _refused_where_lost(given: pa.Array, values: pa.Array) -> Read:
    import pyarrow.compute as pc

    return Read(values, pc.and_(pc.is_valid(given), pc.is_null(values)))


def _only(is_good: pa.Array, values: pa.Array, is_missing: pa.Array) -> Read:
    import pyarrow as pa
    import pyarrow.compute as pc

    kept = pc.if_else(is_good, values, pa.scalar(None, values.type))
    return Read(kept, pc.and_not(pc.invert(is_good), is_missing))


def _all_refused(values: pa.Array, to: Any) -> Read:
    import pyarrow as pa
    import pyarrow.compute as pc

    return Read(pa.nulls(len(values), to), pc.is_valid(values))


def _none(n: int) -> pa.Array:
    import pyarrow as pa

    return pa.repeat(pa.scalar(False), n)


def _arrow_type(column: Column) -> Any:
    import pyarrow as pa

    types = {TEXT: pa.string(), INSTANT: pa.timestamp("us", "UTC"), DATE: pa.date32(), FLAG: pa.bool_()}
    return types.get(column.type, pa.float64())
