"""Formats of dates with the codes of Python's strptime; those of numbers only are read a whole column at a time."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from wholeservice.mapping.read import null_where

if TYPE_CHECKING:
    import pyarrow as pa

# as strptime reads them: the same digits, in the same order of trying
_CODES = {
    "d": ("day", r"3[01]|[12]\d|0[1-9]|[1-9]"), "m": ("month", r"1[0-2]|0[1-9]|[1-9]"), "Y": ("year", r"\d\d\d\d"),
    "H": ("hour", r"2[0-3]|[01]\d|\d"), "M": ("minute", r"[0-5]\d|\d"), "S": ("second", r"[0-5]\d|\d"),
}  # fmt: skip
_TOKEN = re.compile(r"%(.)|(\s+)|([^%\s]+)", re.DOTALL)


def read_format(values: pa.Array, format_: str) -> tuple[pa.Array, pa.Array | None]:
    """
    Read texts in one format, which refuses 31 February.

    Shape    (civil times, instants of texts with an offset); None for the latter when there is none
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    civil = _whole(values, format_)
    if civil.null_count == values.null_count:
        return civil, None
    left = null_where(pc.is_valid(civil), values).dictionary_encode()
    parsed = [_parsed(text, format_) for text in left.dictionary.to_pylist()]
    others = pa.array([None if each is None or each.tzinfo else each for each in parsed], pa.timestamp("us"))
    aware = pa.array([each if each and each.tzinfo else None for each in parsed], pa.timestamp("us", "UTC"))
    return pc.coalesce(civil, others.take(left.indices)), aware.take(left.indices)


def twins(formats: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the pairs of formats that differ by day and month only, so that many a day can be read in both ways.

    >>> twins(("iso", "%d/%m/%Y", "%m/%d/%Y")), twins(("iso", "%d/%m/%Y", "%d.%m.%Y"))
    ([('%d/%m/%Y', '%m/%d/%Y')], [])
    """
    swap = {"%d": "%m", "%m": "%d"}
    swapped = {re.sub("%[dm]", lambda match: swap[match[0]], each): each for each in formats if "%d" in each and "%m" in each}
    return [(swapped[each], each) for n, each in enumerate(formats) if each in swapped and swapped[each] in formats[:n]]


def _whole(values: pa.Array, format_: str) -> pa.Array:
    """Read a column in a format of numbers only; null where the format has other codes, or a text does not fit."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    pattern = _pattern(format_)
    if pattern is None:
        return pa.nulls(len(values), pa.timestamp("us"))
    parts = pc.extract_regex(values, pattern)

    def number(name: str, default: int) -> np.ndarray:
        if f"<{name}>" not in pattern:
            return np.full(len(values), default)
        digits = pc.fill_null(pc.struct_field(parts, name), str(default))
        return np.asarray(pc.if_else(pc.equal(digits, ""), str(default), digits).cast(pa.int64()))

    year, month, day = number("year", 1900), number("month", 1), number("day", 1)
    months = ((year - 1970) * 12 + month - 1).astype("M8[M]")
    days = months.astype("M8[D]") + (day - 1)
    seconds = (number("hour", 0) * 60 + number("minute", 0)) * 60 + number("second", 0)
    micros = days.astype("M8[us]").view(np.int64) + seconds * 1_000_000
    is_day = pa.array((days.astype("M8[M]") == months) & (year > 0))
    is_read = pc.and_(pc.is_valid(parts), is_day)
    return null_where(pc.invert(is_read), pa.array(micros).cast(pa.timestamp("us")))


def _pattern(format_: str) -> str | None:
    """Return the RE2 pattern of a format of numbers only, None for another one."""
    made, names = "", set()
    for match in _TOKEN.finditer(format_):
        if match[1] is not None:
            if match[1] not in _CODES or match[1] in names:
                return None
            names.add(match[1])
            name, digits = _CODES[match[1]]
            made += f"(?P<{name}>{digits})"
        else:
            made += r"\s+" if match[2] else re.escape(match[3])
    return f"^{made}$" if names else None


def _parsed(text: str | None, format_: str) -> dt.datetime | None:
    try:
        return None if text is None else dt.datetime.strptime(text, format_)  # noqa: DTZ007  (the zone is added to what has none)
    except (ValueError, OverflowError):
        return None
