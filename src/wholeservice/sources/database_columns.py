"""Values as database drivers give them, as Arrow columns: what is a number, an instant or a flag there is one here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wholeservice.sources.nested import column as plain_column

if TYPE_CHECKING:
    import pyarrow as pa


def column(values: list[Any]) -> pa.Array:
    """
    Return the cells of one column.

    Shape    decimals stay exact; instants with an offset become UTC, those without stay civil; intervals are seconds;
             bytes are hexadecimal, JSON is its text; a column of several types is text

    >>> from decimal import Decimal
    >>> column([Decimal("10.50"), None]).to_pylist(), column([b"\\x01", None]).to_pylist(), column([{"a": 1}]).to_pylist()
    ([Decimal('10.50'), None], ['01', None], ['{"a": 1}'])
    """
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds == {Decimal}:
        return _decimals(values)
    if kinds == {dt.datetime}:
        return _instants(values)
    if kinds == {dt.date}:
        return pa.array(values, pa.date32())
    if kinds and kinds <= {str, int, float, bool}:
        return plain_column(values)
    return plain_column([_simple(value) for value in values]) if kinds else pa.nulls(len(values), pa.string())


def _decimals(values: list[Any]) -> pa.Array:
    """Exact, as wide as they need; text where there is no such width, or a NaN."""
    import pyarrow as pa

    try:
        return pa.array(values)
    except pa.ArrowInvalid:
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _instants(values: list[Any]) -> pa.Array:
    import pyarrow as pa

    zoned = {value.tzinfo is not None for value in values if value is not None}
    if zoned == {True}:
        return pa.array([value and value.astimezone(dt.UTC) for value in values], pa.timestamp("us", "UTC"))
    if zoned == {False}:
        return pa.array(values, pa.timestamp("us"))
    return pa.array([None if value is None else value.isoformat() for value in values], pa.string())


def _simple(value: Any) -> Any:
    """Return a value of any other type as a number or a text."""
    for kind, simplified in _SIMPLE:
        if isinstance(value, kind):
            return simplified(value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


_SIMPLE: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (dt.timedelta, lambda value: value.total_seconds()),
    ((dt.datetime, dt.date, dt.time), lambda value: value.isoformat()),
    ((bytes, bytearray, memoryview), lambda value: bytes(value).hex()),
    ((dict, list, tuple), lambda value: json.dumps(value, ensure_ascii=False, default=str)),
    (Decimal, lambda value: format(value, "f")),
)
