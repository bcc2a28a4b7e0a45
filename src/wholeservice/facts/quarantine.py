"""What could not be read, kept with its place and reason, so that bad input never costs data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

MAX_RAW = 2000  # characters of the raw text that are kept
NAME = "quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One cell or row that could not be read. `code` has a help page; `raw` is the text as it stood, cut where very long."""

    source: str
    place: str
    code: str
    reason: str
    raw: str | None
    known_at: dt.datetime


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
    6
    """
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=schema())
