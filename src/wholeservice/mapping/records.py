"""Which record a row belongs to: by the columns under `record:`, else by its whole content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.mapping.cells import Cells
from wholeservice.mapping.fingerprints import Occurrences, hash_texts, names_of
from wholeservice.mapping.guarded import Guarding
from wholeservice.mapping.plan import Cell
from wholeservice.mapping.values import as_text
from wholeservice.tables import RECORD

if TYPE_CHECKING:
    import pyarrow as pa

_SEPARATOR, _ESCAPE = "|", "\\"
IDENTITY = tables.Column(RECORD, tables.TEXT, required=True, meaning="identity of a record")


def named_records(
    record: tuple[Cell, ...], cells: Cells, occurrences: Occurrences, guarding: Guarding | None = None
) -> tuple[pa.Array, pa.Array | None]:
    """Return the record of each row, and which row of its record it is: "", "#2", ...; None when each has one row so far."""
    import pyarrow.compute as pc

    texts = [as_text(cells.cell(cell, IDENTITY).values) for cell in record]
    if guarding:
        texts = [guarding.record(cell, text) for cell, text in zip(record, texts, strict=True)]
    if len(texts) == 1:
        records = texts[0]
    else:
        escaped = [_escaped(each) for each in texts]
        records = pc.binary_join_element_wise(*escaped, _SEPARATOR, null_handling="emit_null")
    return records, _suffix(occurrences.number(hash_texts(records)), "#")


def records_by_content(
    names: tuple[str, ...], cells: Cells, occurrences: Occurrences, guarding: Guarding | None = None
) -> pa.Array:
    """Return the record of each row, made of the content of the columns with these names; of equal rows each is its own."""
    import pyarrow.compute as pc

    columns = _named(names, cells)
    salted = {f"{name}{guarding.guard.salt}": values for name, values in columns.items()} if guarding else columns
    fingerprint, content = names_of(salted)
    suffix = _suffix(occurrences.number(fingerprint), "-")
    return content if suffix is None else pc.binary_join_element_wise(content, suffix, "")


def _escaped(texts: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    doubled = pc.replace_substring(texts, _ESCAPE, _ESCAPE * 2)
    return pc.replace_substring(doubled, _SEPARATOR, _ESCAPE + _SEPARATOR)


def _named(names: tuple[str, ...], cells: Cells) -> dict[str, Any]:
    """Return the columns under names that are all different; numbers as text, since whether a JSON or workbook column is
    whole numbers, numbers or text depends on its other rows, and the identity of a row must not."""
    import pyarrow as pa

    named: dict[str, Any] = {} if names else {"": pa.nulls(cells.n, pa.string())}  # rows that say nothing are rows
    for position, name in enumerate(names):
        values = cells.column(position)
        is_temporal = pa.types.is_temporal(values.type) or pa.types.is_nested(values.type)
        named[name if name and name not in named else f"{name}#{position}"] = values if is_temporal else as_text(values)
    return named


def _suffix(numbers: Any, mark: str) -> pa.Array | None:
    """Return "" for the first and, say, "-2" for the second; None when all are the first."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (numbers > 1).any():
        return None
    number = pa.array(numbers)
    text = pc.binary_join_element_wise(pa.scalar(mark), number.cast(pa.string()), "")
    return pc.if_else(pc.greater(number, 1), text, pa.scalar(""))
