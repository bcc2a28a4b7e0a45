"""What could not be read, kept with its place and reason, so that bad input never costs data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

MAX_RAW = 2000  # characters of the raw text that are kept
MAX_SHOWN = 80  # of these are shown within the reason
NAME = "quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One cell or row that could not be read. `code` has a help page; `raw` is the text as it stood, cut where very long."""

    source: str
    place: str
    code: str
    reason: str
    raw: str | None
    expected: str | None = None
    known_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """Why cells or rows of a source were refused: how many, one of them as an example, and what to do about it."""

    code: str
    n: int
    what: str
    place: str
    value: str | None
    expected: str | None
    next_step: str


WITHHELD = "PRV110"

NEXT_STEPS: dict[str, str] = {
    "SRC150": "mend the row in the source, or see whether delimiter: is right",
    "SRC151": "quote the text that holds the delimiter, or see whether delimiter: is right",
    "SRC152": "nothing, unless rows are lacking",
    "SRC153": "see whether encoding: is right",
    "SRC154": "say in the mapping how it is read (format:, decimal:, map:), name it under missing:, or mend the cell",
    "SRC155": "give the row its identity, or name other columns under record:",
    "SRC156": "mend the line in the source",
    "SRC157": "close the quote in the source",
    WITHHELD: "map the column to consumer: or resource: if it names a person, else leave it out of the mapping",
    "SRC158": "write the day after the last; where the file has only the day: { column: DAY, plus: 1d }",
    "SRC147": "say currency: in the entry, or take it out so that the cells say it",
    "SRC148": "correct take:, extract: or the path, say otherwise: missing or keep, or mend the cell",
    "SRC149": "keep the one format: that the file uses; two files that differ are two sources",
}

COLUMNS: tuple[str, ...] = tuple(each.name for each in fields(Refused))


def schema() -> pa.Schema:
    """Return the Arrow schema of the quarantine."""
    import pyarrow as pa

    types = {name: pa.string() for name in COLUMNS}
    types[COLUMNS[-1]] = pa.timestamp("us", tz="UTC")
    return pa.schema(list(types.items()))


def quarantined(rows: list[dict[str, object]]) -> pa.Table:
    """Return rows with the columns of `Refused` as a table; what a row lacks is null.

    >>> quarantined([{"place": "a.csv:3", "reason": "too short"}]).num_columns
    7
    """
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=schema())


def reasons(refused: pa.Table, source: str) -> tuple[Reason, ...]:
    """Return why cells and rows of a source were refused, the commonest first; each reason once, with its first example."""
    found = Reasons(source)
    found.add(refused)
    return found.all()


class Reasons:
    """Why cells and rows of a source were refused, collected from any number of tables of refused ones."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: dict[tuple[str, str, str | None], tuple[int, Mapping[str, Any]]] = {}  # how many, the first of them

    def add(self, refused: pa.Table) -> None:
        """Take in refused cells and rows."""
        for row in refused.to_pylist():
            if row["source"] != self._source:
                continue
            is_withheld = row["code"] == WITHHELD  # then there is no value in the reason
            what = row["reason"] if is_withheld else _without_value(row["reason"], row["raw"])
            key = (row["code"], what or "", row["expected"] if what else None)
            n, first = self._found.get(key, (0, row))
            self._found[key] = n + 1, min(first, row, key=lambda each: _in_order(each["place"]))

    def all(self) -> tuple[Reason, ...]:
        """Return each reason once, the commonest first, with its first example."""
        found = [_reason(code, what, n, first) for (code, what, _), (n, first) in self._found.items()]
        return tuple(sorted(found, key=lambda each: (-each.n, each.code, each.what)))


def _reason(code: str, what: str, n: int, first: Mapping[str, Any]) -> Reason:
    said, _, expected = first["reason"].partition("; expected ")
    return Reason(code, n, what or said, first["place"], first["raw"], first["expected"] or expected or None,
                  NEXT_STEPS.get(code, f"wholeservice explain {code}"))  # fmt: skip


def _without_value(reason: str, raw: str | None) -> str | None:
    """Return a reason that names its value, without it: `column 'cost' is no number`; None when it names none."""
    value = f": '{(raw or '')[:MAX_SHOWN]}'"
    return reason.replace(value, "", 1) if value in reason else None


def _in_order(place: str) -> tuple[str, tuple[int, ...]]:
    """Return a place as lines are counted: a.csv:9 comes before a.csv:10."""
    file, *numbers = place.split(":")
    return file, tuple(int(each) for each in numbers if each.isdecimal())
