"""Lists in a cell: `a; b; c`, a JSON list, or a list of Parquet; one row becomes one row per value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wholeservice.mapping.cells import Cells, Columns, View
from wholeservice.mapping.pieces import CODE, MAX_VALUES, values_of
from wholeservice.mapping.plan import Cell
from wholeservice.mapping.read import Read, Why, none_of, null_where
from wholeservice.mapping.values import as_text, trimmed

if TYPE_CHECKING:
    import pyarrow as pa


def view_of_list(cells: Cells, cell: Cell) -> tuple[View, Read]:
    """
    Make one row of each value of the lists in a cell; blank values are left out.

    Shape    (the view, the lists of the batch's rows; what could not be read as a list is refused there and has no values)
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    lists = _lists(cells.raw(cell), cell)
    lengths = pc.fill_null(pc.list_value_length(lists.values), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    row = pa.array(np.repeat(np.arange(cells.n), lengths))
    first = np.cumsum(lengths) - lengths
    number = pa.array(np.arange(int(lengths.sum())) - np.repeat(first, lengths) + 1)
    values = trimmed(_plain(lists.values.flatten()), cell.reading.missing)
    is_there = pc.is_valid(values)
    row, number, values = row.filter(is_there), number.filter(is_there), values.filter(is_there)
    columns = Columns(cells.columns, lambda column: column.take(row))
    return View(Cells(columns, len(row), values), row, number), lists


def _lists(raw: pa.Array, cell: Cell) -> Read:
    """Return one list per row, null where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_list(raw.type) or pa.types.is_large_list(raw.type):
        return Read(raw, none_of(len(raw)))
    texts = as_text(trimmed(raw, cell.reading.missing))
    piece = cell.reading.piece
    if piece is not None and piece.split is not None:
        split = pc.split_pattern(texts, piece.split)
        is_long = pc.fill_null(pc.greater(pc.list_value_length(split), MAX_VALUES), False)
        return Read(
            null_where(is_long, split), is_long, (Why(is_long, "has too many values", f"at most {MAX_VALUES:,}", CODE),)
        )
    encoded = texts.dictionary_encode()
    values = pa.array([values_of(text) for text in encoded.dictionary.to_pylist()], pa.list_(pa.string()))
    found = values.take(encoded.indices)
    lost = pc.and_(pc.is_valid(texts), pc.is_null(found))
    expected = f'a list such as ["a", "b"], of at most {MAX_VALUES:,}; else say split:'
    return Read(found, lost, (Why(lost, "is no JSON list", expected, CODE),))


def _plain(values: pa.Array) -> pa.Array:
    """Return objects inside a list as JSON, so that a path leads into them; other values as they are."""
    import pyarrow as pa

    if not pa.types.is_nested(values.type):
        return values.cast(pa.string()) if pa.types.is_large_string(values.type) else values
    return pa.array([None if each is None else json.dumps(each, default=str) for each in values.to_pylist()], pa.string())
