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


@dataclass(frozen=True, slots=True)
class Written:
    """One query: its text, the columns of each table it reads, and those it gives."""

    text: str
    reads: Mapping[str, str]
    gives: pa.Schema


class Queries(dict[str, Written]):
    """Queries by their names."""


@runtime_checkable
class WritesDown(Protocol):
    """An engine that runs queries which it wrote down earlier."""

    def written(self, expression: IbisTable) -> Written:
        """Write an expression down."""

    def run_written(self, query: Written) -> pa.Table:
        """Compute what was written down."""


def to_arrow(queries: Queries) -> pa.Table:
    """Return queries as a table, to be stored."""
    import pyarrow as pa

    rows = [
        {"name": name, "text": each.text, "reads": json.dumps(each.reads), "gives": each.gives.serialize().to_pybytes()}
        for name, each in queries.items()
    ]
    text = ("name", "text", "reads")
    schema = pa.schema([*((each, pa.string()) for each in text), ("gives", pa.binary())], metadata={"by": _versions()})
    return pa.Table.from_pylist(rows, schema=schema)


def from_arrow(table: pa.Table) -> Queries:
    """Return stored queries; none where other versions wrote them."""
    import pyarrow as pa

    if (table.schema.metadata or {}).get(b"by") != _versions().encode():
        return Queries()
    rows = table.to_pylist()
    return Queries(
        (each["name"], Written(each["text"], json.loads(each["reads"]), pa.ipc.read_schema(pa.py_buffer(each["gives"]))))
        for each in rows
    )


def _versions() -> str:
    from importlib.metadata import version

    return " ".join(f"{name} {version(name)}" for name in ("ibis-framework", "duckdb", "sqlglot"))
