"""Measured sums as rows of a table: how queries give them, and how they are stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from wholeservice.measures.base import Cell, Statistics

if TYPE_CHECKING:
    import pyarrow as pa

Row = tuple[Cell, Statistics]
_CELL = tuple(each.name for each in fields(Cell))
_SUMS = tuple(each.name for each in fields(Statistics))
_INSTANTS, _COUNTS, _LASTED = ("from_at", "to_at"), "histogram", "durations"


def to_arrow(rows: Iterable[Row]) -> pa.Table:
    """Return rows as a table, to be stored: the columns of `Cell` and `Statistics`."""
    import pyarrow as pa

    kinds = {**dict.fromkeys(_INSTANTS, pa.timestamp("us", tz="UTC")), _COUNTS: pa.list_(pa.float64())}
    kinds[_LASTED] = pa.list_(pa.list_(pa.float64()))
    schema = [(name, kinds.get(name, pa.string())) for name in _CELL] + [
        (name, kinds.get(name, pa.float64())) for name in _SUMS
    ]
    given = list(rows)
    halves = [(0, name) for name in _CELL] + [(1, name) for name in _SUMS]
    columns = [[getattr(row[half], name) for row in given] for half, name in halves]
    return pa.Table.from_arrays(
        [pa.array(column, kind) for column, (_, kind) in zip(columns, schema, strict=True)], schema=pa.schema(schema)
    )


def from_arrow(table: pa.Table) -> list[Row]:
    """Return stored rows; the opposite of `to_arrow`."""
    return list(rows_of(table))


def rows_of(table: pa.Table, measure: str | None = None) -> Iterator[Row]:
    """Yield the cell and the sums of each row; a column that is not there is null in a cell, and 0 in a sum.

    *measure* names the measure where the table does not.
    """
    cells = [_column(table, name) for name in _CELL]
    if measure is not None:
        cells[0] = [measure] * table.num_rows
    sums = [
        [0.0 if value is None else value for value in _column(table, name)] for name in _SUMS if name not in (_COUNTS, _LASTED)
    ]
    histograms = [tuple(counts or ()) for counts in _column(table, _COUNTS)]
    durations = [_durations(counts) if counts else () for counts in _column(table, _LASTED)]
    yield from zip(map(Cell, *cells), map(Statistics, *sums, histograms, durations), strict=True)


def _durations(counts: list[list[float]]) -> tuple[tuple[int, float, float], ...]:
    """Engines give buckets in no order."""
    return tuple(sorted((int(bucket), ended, lasting) for bucket, ended, lasting in counts))


def sources_of(table: pa.Table) -> list[str | None]:
    """Return the source each row was computed from; None where it is from events."""
    return _column(table, "source")


def _column(table: pa.Table, name: str) -> list[Any]:
    if name not in table.column_names:
        return [None] * table.num_rows
    column = table.column(name).combine_chunks()
    if name in _INSTANTS:  # a few instants, many rows: read each once
        coded = column.dictionary_encode()
        instants = [each.astimezone(dt.UTC) for each in coded.dictionary.to_pylist()]
        return [instants[code] for code in coded.indices.to_pylist()]
    return list(column.to_pylist())
