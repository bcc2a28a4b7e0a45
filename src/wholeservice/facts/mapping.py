"""What a mapping is: how the raw rows of a table become facts, as declared in wholeservice.yaml. Data only.

One rule of spelling: in a fact's field, text is itself and a name in braces is a column, `"{Abbr}/{Name of service}"`.
Where only a column can stand (`record:`, `where:`, `column:`, `each:`) its name stands bare, or its position from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wholeservice.errors import Place
from wholeservice.tables import TABLES, Table

KINDS: dict[str, Table] = {table.row.__name__.lower(): table for table in TABLES}
"""How a declaration names a fact: the singular, `tally` for a row of `tallies`."""

ISO, EPOCH, EPOCH_MS = "iso", "epoch", "epoch-ms"
REFUSE, KEEP, MISSING = "refuse", "keep", "missing"  # what to do with a value that `map:` does not name
SECONDS_PER = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}

SOURCE_KEYS: dict[str, str] = {
    "kind": "the kind of source; without it `table`",
    "facts": "the facts that each row gives: a list of KIND: {FIELD: VALUE}",
    "record": "the columns that together tell one record from another; without it a row is known by its whole content",
    "absent": "`delete`: a record that the file no longer has is taken out; without it, it stays (`keep`)",
    "where": "only rows for which this holds: {COLUMN: TEXT, LIST or condition}",
    "missing": "texts that mean that there is no value, besides the blank cell",
    "each": "for tables with one column per period: one entry per period, {NAME: column or text}; each gives its own facts",
    "zone": "time zone of civil times in this source; without it the workspace's",
    "decimal": "the decimal mark of numbers that are text: `.` or `,`",
}
VALUE_KEYS: dict[str, str] = {
    "column": "the column to read, by name, position or name bound under each:",
    "text": "instead of column: a text with columns in braces",
    "missing": "more texts that mean no value, for this field",
    "map": "{what stands in the cell: what it means}",
    "otherwise": "for cells that map: does not name: refuse (default), keep or missing",
    "format": "of a date or instant: iso (default), epoch, epoch-ms, or like %d/%m/%Y; a list is tried in turn",
    "zone": "time zone of this field's civil times",
    "decimal": "the decimal mark of this field: `.` or `,`",
    "unit": "of a duration: ms, s (default), min, h or d",
    "plus": "of a date or instant: civil days to add, as 1d, 7d or 1w",
}
FACT_KEYS: dict[str, str] = {"where": "only rows for which this holds"}
SAME = "same"
FIELDS_KEY = "fields"


@dataclass(frozen=True, slots=True)
class Ref:
    """A column: its name, its position from 1 as text, or a name bound under `each:`."""

    name: str


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
    plus_days: int = 0


@dataclass(frozen=True, slots=True)
class Value:
    """What a field is made of: texts and columns in turn, and how to read the result."""

    parts: tuple[str | Ref, ...]
    reading: Reading
    place: Place

    @property
    def literal(self) -> str | None:
        """The text when no column is in it."""
        return "".join(str(part) for part in self.parts) if not any(isinstance(part, Ref) for part in self.parts) else None


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one column: `kind` is in, not-in, present, missing or matches."""

    column: Ref
    kind: str
    texts: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Bound:
    """What a name under `each:` stands for in one entry: a column's position or name, or else a text."""

    text: str
    place: Place


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
        values = [part for each in self.fields.values() for value in each for part in value.parts]
        return {part.name for part in values if isinstance(part, Ref)} | {each.column.name for each in self.where}


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How one source's rows become facts."""

    source: str
    facts: tuple[FactMapping, ...]
    record: tuple[Value, ...]
    where: tuple[Condition, ...]
    each: tuple[Mapping[str, Bound], ...]
    is_all: bool
    reading: Reading
    place: Place
