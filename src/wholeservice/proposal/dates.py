"""Dates in pieces: a column for the year and one for the month, or a day and a time of day, put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from wholeservice.mapping.base import ISO, PERIOD, Length
from wholeservice.mapping.lengths import DAY, MONTH, QUARTER
from wholeservice.proposal.columns import MOMENT, NUMBER, WORD, Column
from wholeservice.proposal.moments import Moments, moments_as

_YEAR, _MONTH = {"year", "jahr", "jaar", "annee", "ano", "yr"}, {"month", "monat", "maand", "mois", "mes", "mth"}
_DAY, _QUARTER = {"day", "tag", "dag", "jour", "dia", "dayofmonth"}, {"quarter", "quartal", "kwartaal", "trimestre", "qtr"}
_HOUR, _MINUTE = {"hour", "stunde", "uur", "heure", "hora", "hr"}, {"minute", "minuut", "minuto", "min"}
_TIME = {"time", "zeit", "uhrzeit", "tijd", "heure", "hora"}
_MONTH_FORMATS = ("%Y-%m", "%Y-%B", "%Y-%b")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
N_TRIED = 60  # values of each piece


def whole_dates(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return columns with pieces of a date replaced by the date that they make, or left out where one has all of it."""
    usable = [each for each in columns if each.ref is not None and "{" not in each.ref]
    year = next((each for each in usable if _YEAR & set(each.words) and _is_year(each)), None)
    pieces = _pieces(usable, year) if year is not None else {}
    if year is None or not {"month", "quarter"} & set(pieces):
        return _with_clock(columns, usable)
    inside = [year, *pieces.values()]
    left = tuple(each for each in columns if not any(each is piece for piece in inside))
    if any(_covers(each, year) for each in left):
        return left
    together = _together(year, pieces)
    return columns if together is None else (together, *left)  # type: ignore[return-value]


def _pieces(columns: Sequence[Column], year: Column) -> dict[str, Column]:
    """Return the columns that are pieces, such as `hour`, by which one; each is called like it and by hardly more."""
    said = {"month": (_MONTH, 12), "quarter": (_QUARTER, 4), "day": (_DAY, 31), "hour": (_HOUR, 24), "minute": (_MINUTE, 60)}
    found: dict[str, Column] = {}
    for name, (words, most) in said.items():
        fitting = [each for each in columns if words & set(each.words) and each.kind in (NUMBER, WORD) and each is not year
                   and each.n_distinct <= most and (each.high or 0) <= most]  # fmt: skip
        if fitting:
            found[name] = min(fitting, key=lambda each: len(each.words))
    return found


def _covers(column: Column, year: Column) -> bool:
    """Say whether a column has whole dates of the same years."""
    if column.kind != MOMENT or column.moments is None or column.moments.lasts is not None:
        return False
    years = [int(text) for text in year.texts]
    return column.moments.low.year - min(years) in (-1, 0, 1) and column.moments.high.year - max(years) in (-1, 0, 1)


def _together(year: Column, pieces: dict[str, Column]) -> Column | None:
    month, day, hour, minute = (pieces.get(each) for each in ("month", "day", "hour", "minute"))
    if month is None:
        quarter = pieces["quarter"]
        return _made(PERIOD, "{}-{}", QUARTER, year, quarter) or _made(PERIOD, "{}-Q{}", QUARTER, year, quarter)
    if day is None:
        return _first("", "{}-{}", MONTH, year, month)
    if hour is None:
        return _first("-%d", "{}-{}-{}", DAY, year, month, day)
    if minute is None:
        return _first("-%d %H", "{}-{}-{} {}", DAY, year, month, day, hour)
    return _first("-%d %H:%M", "{}-{}-{} {}:{}", DAY, year, month, day, hour, minute)


def _first(rest: str, pattern: str, lasts: Length, *parts: Column) -> Column | None:
    return next((made for each in _MONTH_FORMATS if (made := _made(f"{each}{rest}", pattern, lasts, *parts))), None)


def _is_year(column: Column) -> bool:
    return all(text.isdecimal() and len(text) == 4 and text[:2] in ("19", "20") for text in column.texts)


def _made(format_: str, pattern: str, lasts: Length, *parts: Column) -> Column | None:
    """Return the columns as one date where all that they can make together is one."""
    n_each = N_TRIED if len(parts) < 4 else 8
    texts = [pattern.format(*some) for some in product(*(each.texts[:n_each] for each in parts))]
    moments = moments_as(dict.fromkeys(texts, 1), format_, None)
    if moments is None or moments.share < (1.0 if lasts != DAY else 0.9):
        return None
    return _joined(pattern, texts, _lasting(moments, lasts, has_time="%H" in format_), parts)


def _joined(pattern: str, texts: Sequence[str], moments: Moments, parts: tuple[Column, ...]) -> Column:
    ref = pattern.format(*(f"{{{each.ref}}}" for each in parts))
    name, n_filled = _name(moments), min(each.n_filled for each in parts)
    return replace(parts[-1], name=name, ref=ref, kind=MOMENT, n_filled=n_filled, values=tuple((text, 1) for text in texts),
                   moments=moments, parts=parts, is_typed=False, is_unique=False, missing=())  # fmt: skip


def _name(moments: Moments) -> str:
    """Return what a column of whole dates would be called."""
    if moments.has_time:
        return "timestamp"
    return "month" if moments.lasts == MONTH else "quarter" if moments.lasts == QUARTER else "date"


def _lasting(moments: Moments, lasts: Length, *, has_time: bool) -> Moments:
    return replace(moments, lasts=lasts if lasts != DAY else None, rhythm=lasts, has_time=has_time)


def _with_clock(columns: Sequence[Column], usable: Sequence[Column]) -> tuple[Column, ...]:
    """Put a day and a time of day together, `Date` and `Time`, where there is one of each."""
    days = [each for each in usable if each.moments and not each.moments.has_time and each.moments.lasts is None]
    clocks = [each for each in usable if _TIME & set(each.words) and _is_clock(each)]
    if len(days) != 1 or len(clocks) != 1 or len(days[0].moments.formats if days[0].moments else ()) != 1:
        return tuple(columns)
    (day,), (clock,), moments = days, clocks, days[0].moments
    if moments is None or day.is_typed or clock.is_typed:
        return tuple(columns)
    date_format = "%Y-%m-%d" if moments.formats == (ISO,) else moments.formats[0]
    time_format = "%H:%M:%S" if clock.texts[0].count(":") == 2 else "%H:%M"
    formats = (f"{date_format} {time_format}",)
    others = tuple(f"{each} {time_format}" for each in moments.others)
    if not date_format.startswith("%"):
        return tuple(columns)  # an epoch, or a day of Excel
    both = _joined("{} {}", (), replace(moments, formats=formats, others=others, has_time=True), (day, clock))
    return (both, *(each for each in columns if each is not day and each is not clock))


def _is_clock(column: Column) -> bool:
    return all(_CLOCK.fullmatch(text) for text in column.texts) and len({text.count(":") for text in column.texts}) == 1
