"""The columns of a fact table as Arrow types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice import tables

if TYPE_CHECKING:
    import pyarrow as pa


def arrow_schema(table: tables.Table) -> pa.Schema:
    """Return the Arrow schema of a fact table; a required column is not nullable.

    >>> arrow_schema(tables.LINKS).field("from_ref")
    pyarrow.Field<from_ref: string not null>
    """
    import pyarrow as pa

    types = {
        tables.TEXT: pa.string(),
        tables.INSTANT: pa.timestamp("us", tz="UTC"),
        tables.DATE: pa.date32(),
        tables.NUMBER: pa.float64(),
        tables.INTEGER: pa.int64(),
        tables.FLAG: pa.bool_(),
        tables.NUMBERS: pa.list_(pa.float64()),
    }
    return pa.schema([pa.field(each.name, types[each.type], nullable=not each.required) for each in table.columns])
