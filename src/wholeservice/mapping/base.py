"""What a mapping is: how the raw rows of a table become facts, as declared in wholeservice.yaml. Data only.

One rule of spelling: in a fact's field, text is itself and a name in braces is a column, `"{Abbr}/{Name of service}"`.
Where only a column can stand (`record:`, `where:`, `column:`, `each:`) its name stands bare, or its position from 1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wholeservice.errors import Place
from wholeservice.tables import MONEY, TABLES, TALLIES, Money, Table, Tally

KINDS: dict[str, Table] = {table.row.__name__.lower(): table for table in TABLES}
"""How a declaration names a fact: the singular, `tally` for a row of `tallies`."""

ISO, EPOCH, EPOCH_MS, EXCEL, PERIOD = "iso", "epoch", "epoch-ms", "excel", "period"
FORMATS = (ISO, EPOCH, EPOCH_MS, EXCEL, PERIOD)
REFUSE, KEEP, MISSING = "refuse", "keep", "missing"  # what to do with a value that `map:` does not name
SECONDS_PER = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
FROM, TO = "from", "to"  # the names under `each:` of the ends of a window, and how a pattern names a period in a header

SOURCE_KEYS: dict[str, str] = {
    "kind": "the kind of source; without it `table`",
    "facts": "the facts that each row gives: a list of KIND: {FIELD: VALUE}",
    "record": "the columns that together tell one record from another; without it a row is known by its whole content",
    "absent": "`delete`: a record that the file no longer has is taken out; without it, it stays (`keep`)",
    "where": "only rows for which this holds: {COLUMN: TEXT, LIST or condition}",
    "missing": "texts that mean that there is no value, besides the blank cell",
    "may-lack": "columns that the file may do without; any other that it lacks is a mistake",
    "each": "for tables with one column per period: a rule over the header, or a list with one entry per period",
    "each-of": "{NAME: list in a cell}: facts that use the name are made once per value",
    "zone": "time zone of civil times in this source; without it the workspace's",
    "decimal": "the decimal mark of numbers that are text: `.` or `,`",
}
VALUE_KEYS: dict[str, str] = {
    "column": "the column to read, by name, position or name bound under each: or each-of:",
    "or": "of a date or instant: further columns, of which the first that has a value stands in where the column has none",
    "text": "instead of column: a text with columns in braces",
    "missing": "more texts that mean no value, for this field",
    "default": "the text that stands for a missing cell; never for a number",
    "split": "what stands between the pieces of a cell; take: says which piece",
    "take": "which piece: 1 is the first, -1 the last",
    "extract": "a pattern (RE2): what its bracket matches is the value, or all that it matches",
    "map": "{what stands in the cell: what it means}",
    "otherwise": "for cells that map:, take: or extract: do not understand: refuse (default), keep or missing",
    "format": "of a date or instant: iso (default), epoch, epoch-ms, excel, period, or like %d/%m/%Y; a list is tried in turn",
    "zone": "time zone of this field's civil times",
    "decimal": "the decimal mark of this field: `.` or `,`",
    "times": "what a number is multiplied by, such as 1000 in a table in thousands",
    "unit": "of a duration that is a bare number: ms, s (default), min, h or d",
    "plus": "of a date or instant: what to add on the calendar, as 1d, 1w, 1m, 1q or 1y",
    "after": "of an instant: the duration that had passed since, as '{took}' or {column: took, unit: min}",
    "before": "of an instant: the duration that was still to pass",
}
EACH_KEYS: dict[str, str] = {
    "columns": "{NAME: header with the period in braces, such as '{from} visits'; or a range of positions, 3..242}",
    "from": "of a range: the first day of its first column, such as 2006-01-01",
    "lasts": "how long each window is, as 1d, 1w, 1m, 1q or 1y; without it as long as the header says",
    "every": "of a range: how far apart the windows start; without it as long as they last",
}
FACT_KEYS: dict[str, str] = {"where": "only rows for which this holds"}
SAME = "same"
FIELDS_KEY = "fields"


def _names(first: Any, second: Any) -> tuple[str, str]:
    """Return the names of two columns given as attributes of their dataclass."""
    return first.__name__, second.__name__


CURRENCY_OF: dict[str, tuple[str, str]] = {
    MONEY.name: _names(Money.currency, Money.amount),  # type: ignore[misc]
    TALLIES.name: _names(Tally.currency, Tally.value),  # type: ignore[misc]
}
"""Table -> (its currency, the amount that may name it: `€ 12`)."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A column: its name, its position from 1 as text, or a name bound under `each:` or `each-of:`."""

    name: str


@dataclass(frozen=True, slots=True)
class Length:
    """A stretch of the calendar: `1m` is a month, however many days it has."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """Which part of a text is the value: a piece between separators, then what a pattern matches."""

    split: str | None = None
    take: int | None = None
    extract: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How the text of a cell becomes a value."""

    missing: frozenset[str] = frozenset()
    map: tuple[tuple[str, str | None], ...] | None = None
    otherwise: str = REFUSE
    formats: tuple[str, ...] = (ISO,)
    zone: str = "UTC"
    decimal: str = "."
    unit: str = "s"
    plus: Length = Length()
    times: float = 1.0
    default: str | None = None
    piece: Piece | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What a field is made of: texts and columns in turn, and how to read the result. An instant may be said as the one that
    is a duration after, or before, another."""

    parts: tuple[str | Ref, ...]
    reading: Reading
    place: Place
    after: Value | None = None
    before: Value | None = None
    otherwise: tuple[Value, ...] = ()  # the first of these that is there, where it is missing

    @property
    def literal(self) -> str | None:
        """The text when no column is in it."""
        return "".join(str(part) for part in self.parts) if not any(isinstance(part, Ref) for part in self.parts) else None

    @property
    def refs(self) -> set[str]:
        """The names it reads."""
        own = {part.name for part in self.parts if isinstance(part, Ref)}
        return own.union(*(each.refs for each in (self.after, self.before, *self.otherwise) if each))


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one column: `kind` is in, not-in, present, missing, matches, a comparison, from, after or before."""

    column: Ref
    kind: str
    texts: tuple[str, ...]
    place: Place
    reading: Reading = Reading()


@dataclass(frozen=True, slots=True)
class Bound:
    """What a name under `each:` stands for in one entry: a column's position or name, or else a text.

    `position` is set where the header decided already: a column counted from 0 (ABSENT of `plan`: there is none).
    `is_text`: never a column, whatever its text.
    """

    text: str
    place: Place
    position: int | None = None
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Wide:
    """A rule for columns that are periods: what the columns of each name are called, or where they stand."""

    columns: Mapping[str, Bound]
    place: Place
    first_on: dt.date | None = None
    lasts: Length | None = None
    every: Length | None = None


@dataclass(frozen=True, slots=True)
class FactMapping:
    """One entry under `facts:`. A field of a list type has several values, every other one. `is_same`: columns of the
    file that are called like fields of the table are those fields."""

    table: Table
    fields: Mapping[str, tuple[Value, ...]]
    where: tuple[Condition, ...]
    is_same: bool
    reading: Reading
    place: Place

    @property
    def refs(self) -> set[str]:
        """The names it reads."""
        names = {each.column.name for each in self.where}
        return names.union(*(value.refs for each in self.fields.values() for value in each))


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How one source's rows become facts. Periods are listed in `each`, or follow from the header by `wide`."""

    source: str
    facts: tuple[FactMapping, ...]
    record: tuple[Value, ...]
    where: tuple[Condition, ...]
    each: tuple[Mapping[str, Bound], ...]
    is_all: bool
    reading: Reading
    place: Place
    wide: Wide | None = None
    each_of: Mapping[str, Value] = field(default_factory=dict)
    may_lack: frozenset[str] = frozenset()
