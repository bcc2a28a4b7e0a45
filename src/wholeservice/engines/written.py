"""Queries written down: building and compiling an expression takes longer than running it over few rows, so it is done once.

What is written down is the text that Ibis made, with the columns of the tables it reads; nothing in the data is part of it. It
is right for the versions of Ibis and of the engine that made it only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

FORMAT = 2  # grows when what is written down, or what a name stands for, is another


@dataclass(frozen=True, slots=True)
class Written:
    """One query: its text, the columns of each table it reads, and those it gives."""

    text: str
    reads: Mapping[str, str]
    gives: pa.Schema
    is_plain: bool  # the engine gives those types by itself, so that what it gives need not be cast


class Queries(dict[str, Written]):
    """Queries by their names."""


@runtime_checkable
class WritesDown(Protocol):
    """An engine that runs queries which it wrote down earlier."""

    def written(self, expression: IbisTable) -> Written:
        """Write an expression down."""

    def run_written(self, query: Written) -> pa.Table:
        """Compute what was written down."""

    def add_written(self, name: str, query: Written) -> None:
        """Compute it, once, as a table."""


def to_arrow(queries: Queries) -> pa.Table:
    """Return queries as a table, to be stored."""
    import pyarrow as pa

    rows = [
        {
            "name": name, "text": each.text, "reads": json.dumps(each.reads),
            "gives": each.gives.serialize().to_pybytes(), "is_plain": each.is_plain,
        }
        for name, each in queries.items()
    ]  # fmt: skip
    text = [(name, pa.string()) for name in ("name", "text", "reads")]
    schema = pa.schema([*text, ("gives", pa.binary()), ("is_plain", pa.bool_())], metadata={"by": _versions()})
    return pa.Table.from_pylist(rows, schema=schema)


def from_arrow(table: pa.Table) -> Queries:
    """Return stored queries; none where other versions wrote them."""
    import pyarrow as pa

    if (table.schema.metadata or {}).get(b"by") != _versions().encode():
        return Queries()
    found = Queries()
    for each in table.to_pylist():
        gives = pa.ipc.read_schema(pa.py_buffer(each["gives"]))
        found[each["name"]] = Written(each["text"], json.loads(each["reads"]), gives, each["is_plain"])
    return found


def _versions() -> str:
    from importlib.metadata import version

    return f"{FORMAT} " + " ".join(f"{name} {version(name)}" for name in ("ibis-framework", "duckdb", "sqlglot"))
