"""How a proposal is spelled: a column as the value of a field, with the reasons beside it, as text of a declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wholeservice import tables
from wholeservice.mapping.base import ISO, Length
from wholeservice.proposal.columns import DURATION, FLAG, IDENTITY, LONG, MOMENT, NUMBER, PERSON, Column
from wholeservice.proposal.words import likeness, words_of

N_SHOWN = 3  # values that a comment names
MAX_SHOWN = 24  # letters of one value in a comment
MAX_MAPPED = 40  # values under map:
_PLAIN = re.compile(r"[A-Za-z_](?:[\w ./:+-]*[\w/+])?")
_WORDS_OF_YAML = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"})
_LENGTHS = {1: "1m", 3: "1q", 12: "1y"}
_WORDS_OF_UNITS = {
    "ms": "ms millis milliseconds msec", "s": "s sec secs seconds sekunden seconden", "min": "min mins minutes minuten minutos",
    "h": "h hours hrs stunden uren horas", "d": "d days tage dagen dias"
}  # fmt: skip
_UNITS = {word: unit for unit, words in _WORDS_OF_UNITS.items() for word in words.split()}
_SMALL_UNITS = {"us": "0.000001", "micros": "0.000001", "microseconds": "0.000001", "ns": "0.000000001", "nanos": "0.000000001",
                "nano": "0.000000001", "nanoseconds": "0.000000001"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a proposal: KEY: VALUE, why, and whether that is sure. One that is not `is_active` is commented out."""

    key: str
    value: str
    why: str = ""
    is_sure: bool = True
    is_active: bool = True
    parts: tuple[tuple[str, str], ...] = ()  # of a mapping that stands on a line per key


@dataclass(frozen=True, slots=True)
class Base:
    """What holds for the whole file: the decimal mark, and the zone of civil times."""

    decimal: str = "."
    zone: str = "UTC"
    has_missing: frozenset[str] = frozenset()


def scalar(text: str) -> str:
    """
    Return a text as YAML, quoted where it must be; it may stand in brackets.

    >>> scalar("web"), scalar("no"), scalar("{day}"), scalar('say "a: b"'), scalar("a\\tb")
    ('web', '"no"', '"{day}"', '"say \\\\"a: b\\\\""', '"a\\\\tb"')
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML and ": " not in text and not text.endswith(":"):
        return text
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter.isprintable():
        return letter
    n = ord(letter)
    named = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}.get(letter)
    return named or (f"\\x{n:02x}" if n < 256 else f"\\u{n:04x}" if n < 65_536 else f"\\U{n:08x}")


def braces(column: Column) -> str:
    """Return a column as the whole value of a field."""
    return scalar(f"{{{column.ref}}}")


def flow(pairs: Mapping[str, str]) -> str:
    """Return a mapping on one line; the values are YAML already."""
    return "{ " + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + " }"


def flow_list(texts: list[str]) -> str:
    """Return a list on one line."""
    return f"[{', '.join(map(scalar, texts))}]"


def length_text(length: Length) -> str:
    """Write a stretch of the calendar.

    >>> length_text(Length(months=3)), length_text(Length(days=7)), length_text(Length(days=1))
    ('1q', '1w', '1d')
    """
    if length.months:
        return _LENGTHS.get(length.months, f"{length.months}m")
    return "1w" if length.days == 7 else f"{length.days}d"


def value_of(column: Column, wanted: tables.Column, base: Base, *, plus: Length | None = None) -> str:
    """Return a column as the value of a field: its name in braces, or the long form where it says how to read it."""
    said = reading_of(column, wanted, base, plus=plus)
    key = "text" if column.parts else "column"
    return flow({key: scalar(str(column.ref)), **said}) if said else braces(column)


def reading_of(column: Column, wanted: tables.Column, base: Base, *, plus: Length | None = None) -> dict[str, str]:
    """Return how the cells of a column are to be read for a field, as keys of the long form."""
    said: dict[str, str] = {}
    if wanted.type in (tables.INSTANT, tables.DATE) and column.moments:
        said = _moment(column)
    elif wanted.unit == "s":
        said = _duration(column, base)
    elif wanted.type in (tables.NUMBER, tables.NUMBERS):
        said = _number(column, base)
    if plus is not None:
        said["plus"] = length_text(plus)
    return said


def _moment(column: Column) -> dict[str, str]:
    moments, said = column.moments, dict[str, str]()
    if moments is None or column.is_typed:
        return said
    if moments.extract:
        said["extract"] = scalar(moments.extract)
    if moments.formats != (ISO,):
        said["format"] = scalar(moments.formats[0]) if len(moments.formats) == 1 else flow_list(list(moments.formats))
    if moments.fillers:
        said["missing"] = flow_list(list(moments.fillers[:5]))
    return said


def _number(column: Column, base: Base) -> dict[str, str]:
    said = {"decimal": scalar(column.decimal)} if column.decimal and column.decimal != base.decimal else {}
    is_percent = "%" in column.name or "percent" in column.words or "pct" in column.words
    if is_percent and not column.is_percent and (column.high or 0) > 1:
        said["times"] = "0.01"
    return said


def _duration(column: Column, base: Base) -> dict[str, str]:
    said = {"decimal": scalar(column.decimal)} if column.decimal and column.decimal != base.decimal else {}
    if column.kind != NUMBER:
        return said
    if small := next((_SMALL_UNITS[each] for each in column.words if each in _SMALL_UNITS), None):
        return {**said, "times": small}
    unit = unit_of(column)
    return {**said, "unit": unit} if unit and unit != "s" else said


def unit_of(column: Column) -> str | None:
    """Return the unit of time that the name of a column says, None when it says none."""
    words = column.words[1:] if len(column.words) > 1 else ()
    return next((_UNITS[each] for each in reversed(words) if each in _UNITS), "s" if set(words) & set(_SMALL_UNITS) else None)


def mapped(column: Column, wanted: tables.Column, lexicon: Mapping[str, str]) -> tuple[str, list[str]]:
    """
    Return a column whose values are translated, and the values that the lexicon does not know.

    They stay as they are, so that nothing is lost while somebody looks at them.
    """
    texts = list(column.texts)[:MAX_MAPPED]
    pairs = {text: lexicon[text.lower()] for text in texts if text.lower() in lexicon}
    unknown = [text for text in texts if text.lower() not in lexicon]
    own = {text: meaning for text, meaning in pairs.items() if text != meaning}
    if not own:
        return braces(column), unknown
    said = {"column": scalar(str(column.ref)), "map": flow({scalar(text): scalar(meaning) for text, meaning in pairs.items()})}
    if unknown or len(column.texts) > MAX_MAPPED:
        said["otherwise"] = "missing" if wanted.type == tables.FLAG else "keep"
    return flow(said), unknown


def about(column: Column, *, is_name: bool = False) -> str:
    """
    Say what stands in a column, short: how much of it is filled, and what with. Of people no value is ever named.

    *is_name*   its numbers name something, and count nothing
    """
    parts = [filled(column)]
    if column.kind == PERSON:
        parts.append(f"{column.person}es" if column.person and column.person.endswith("s") else f"{column.person}s")
    elif column.moments:
        parts.append(_span(column))
    elif column.kind in (NUMBER, DURATION) and not is_name:
        parts.append(_range(column))
    elif column.kind != LONG and not column.is_personal:
        parts.append(values_of(column, shows=column.kind not in (IDENTITY, NUMBER)))
    return ", ".join(part for part in parts if part)


def filled(column: Column) -> str:
    """Say which share of a column is filled.

    >>> from wholeservice.proposal.columns import Column
    >>> filled(Column("a", "a", "word", 1000, 999, 2, True, ())), filled(Column("a", "a", "word", 4, 1, 1, True, ()))
    ('> 99 % filled', '25 % filled')
    >>> filled(Column("a", "a", "word", 4, 4, 1, True, (), is_all_read=False))
    'all filled in the rows looked at'
    """
    percent = 100 * column.share
    share = "all" if percent == 100 else "> 99 %" if percent > 99 else "< 1 %" if percent < 1 else f"{percent:.0f} %"
    return f"{share} filled" if column.is_all_read else f"{share} filled in the rows looked at"


def values_of(column: Column, *, shows: bool = True) -> str:
    """Name the values of a column of few, else say how many there are."""
    n = f"{column.n_distinct:,}" if column.is_whole else f"over {column.n_distinct:,}"
    if column.is_unique:
        return "all different"
    if not shows or (not column.has_few and column.n_distinct > N_SHOWN):
        return f"{n} value{'' if column.n_distinct == 1 else 's'}"
    shown = [f"{text[:MAX_SHOWN]}…" if len(text) > MAX_SHOWN else text for text in column.texts[:N_SHOWN]]
    more = ", …" if column.n_distinct > N_SHOWN else ""
    return f"{n} value{'' if column.n_distinct == 1 else 's'}: {', '.join(shown)}{more}"


def _span(column: Column) -> str:
    moments = column.moments
    if moments is None:
        return ""
    first, last = moments.low.date().isoformat(), moments.high.date().isoformat()
    return _between(column, first, last)


def _range(column: Column) -> str:
    if column.low is None or column.high is None:
        return ""
    return _between(column, f"{column.low:,g}", f"{column.high:,g}")


def _between(column: Column, low: str, high: str) -> str:
    """Write the least and the largest value; that there may be others beyond them is said."""
    if low == high:
        return low if column.is_range_of_all else f"{low} among others"
    return f"{low} to {high}" if column.is_range_of_all else f"at least {low} to {high}"


def is_called(column: Column, *phrases: str) -> bool:
    """Say whether a column's name is, or holds, one of these phrases."""
    return any(likeness(column.words, words_of(phrase)) for phrase in phrases)


def typed_as(column: Column) -> str:
    """Name what a column holds, for people."""
    names = {MOMENT: "instants" if column.moments and column.moments.has_time else "days", NUMBER: "numbers", FLAG: "yes or no"}
    return names.get(column.kind, column.kind)
