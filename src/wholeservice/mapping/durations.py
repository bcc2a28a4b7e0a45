"""Durations as people and computers write them: `1h 30m`, `90 min`, `PT1H30M`, `01:30:00`; a bare number is in `unit:`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wholeservice.mapping.base import SECONDS_PER, Reading
from wholeservice.mapping.numbers import bare_numbers, read_number
from wholeservice.mapping.read import Read, by_distinct, none_of, refused_where_lost

if TYPE_CHECKING:
    import pyarrow as pa

_MAX_LENGTH = 100
_UNITS = {
    "ms": 0.001, "msec": 0.001, "millisecond": 0.001, "s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0,
    "minute": 60.0, "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "d": 86400.0, "day": 86400.0, "w": 604800.0, "wk": 604800.0,
    "week": 604800.0,
}  # fmt: skip
_PART = r"(\d+(?:[.,]\d+)?)\s*([a-z]+)\.?"
_WORDS = re.compile(rf"{_PART}(?:(?:\s*,\s*|\s+and\s+|\s*){_PART})*", re.IGNORECASE)
_ONE_PART = re.compile(_PART, re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d+) days?,? )?(\d{1,6}):([0-5]\d):([0-5]\d(?:[.,]\d+)?)")
_NUMBER = r"(?:(\d+(?:[.,]\d+)?)"
_ISO = re.compile(rf"P{_NUMBER}W)?{_NUMBER}D)?(?:T{_NUMBER}H)?{_NUMBER}M)?{_NUMBER}S)?)?")
_ISO_SECONDS = (604800.0, 86400.0, 3600.0, 60.0, 1.0)


def read_duration(values: pa.Array, reading: Reading) -> Read:
    """Read cells as seconds: a bare number is in the unit of *reading*, other spellings say their own."""
    import pyarrow as pa
    import pyarrow.compute as pc

    seconds = SECONDS_PER[reading.unit]
    if pa.types.is_duration(values.type):
        micros = values.cast(pa.duration("us"), safe=False).cast(pa.int64()).cast(pa.float64())
        return Read(pc.divide(micros, 1e6), none_of(len(values)))
    if not pa.types.is_string(values.type):
        read = read_number(values, reading)
        return read if seconds == 1.0 else Read(pc.multiply(read.values, seconds), read.refused)
    numbers = bare_numbers(values, reading.decimal)
    found = numbers if seconds * reading.times == 1.0 else pc.multiply(numbers, seconds * reading.times)
    if found.null_count > values.null_count:
        is_left = pc.is_null(found)
        words = pc.if_else(is_left, values, pa.scalar(None, pa.string()))
        found = pc.coalesce(found, by_distinct(words, lambda text: seconds_of(text, reading.decimal), pa.float64()))
    return refused_where_lost(values, found)


def seconds_of(text: str | None, decimal: str = ".") -> float | None:
    """
    Return the seconds of a duration that says its own units, None when it does not.

    `01:30` is none: it may be hours and minutes, or minutes and seconds. Months and years are none: they have no length.

    >>> seconds_of("1h 30m"), seconds_of("90 min"), seconds_of("PT1H30M"), seconds_of("01:30:00"), seconds_of("1 day, 0:00:10")
    (5400.0, 5400.0, 5400.0, 5400.0, 86410.0)
    >>> seconds_of("01:30"), seconds_of("P1M"), seconds_of("1h 30"), seconds_of("1 min 1 min"), seconds_of("soon")
    (None, None, None, None, None)
    """
    if text is None or len(text) > _MAX_LENGTH:
        return None
    if match := _CLOCK.fullmatch(text):
        days, hours, minutes, rest = (_number(part or "0") for part in match.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + rest
    if (match := _ISO.fullmatch(text)) and any(match.groups()) and not text.endswith("T"):
        return sum(_number(part or "0") * each for part, each in zip(match.groups(), _ISO_SECONDS, strict=True))
    if not _WORDS.fullmatch(text):
        return None
    return _in_words(_ONE_PART.findall(text), decimal)


def _in_words(parts: list[tuple[str, str]], decimal: str) -> float | None:
    """Add up the parts; each unit once, and the decimal mark is the declared one."""
    units = [_UNITS.get(word.lower()) or _UNITS.get(word.lower().removesuffix("s")) for _, word in parts]
    wrong_mark = "," if decimal == "." else "."
    if None in units or len(set(units)) < len(units) or any(wrong_mark in number for number, _ in parts):
        return None
    return sum(_number(number) * (unit or 0.0) for (number, _), unit in zip(parts, units, strict=True))


def _number(text: str) -> float:
    return float(text.replace(",", "."))
