"""A column of cells as it was read: its values, which cells were refused, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Why:
    """Why some of the refused cells were, in words that follow the value: `is not named in map:`."""

    rows: pa.Array  # flags
    words: str
    expected: str | None = None
    code: str = "SRC154"


@dataclass(frozen=True, slots=True)
class Read:
    """A column as read: `values` in the column's type, and which cells were refused (they are null in `values`).

    `why` tells of cells whose refusal is more than being no number, date ... `currency` is what the cells of an amount
    name: a code, or a sign that several currencies share; None where no cell names one.
    """

    values: pa.Array
    refused: pa.Array  # flags, never null
    why: tuple[Why, ...] = ()
    currency: pa.Array | None = None


def cast(text: pa.Array, given: pa.Array, to: pa.DataType) -> Read:
    """Cast text; what was given but is null afterwards is refused."""
    return refused_where_lost(given, _cast_good(text, to))


def _cast_good(text: pa.Array, to: pa.DataType) -> pa.Array:
    """Cast what can be cast, null for the rest: halve until the bad cells stand alone."""
    import pyarrow as pa

    try:
        return text.cast(to)
    except pa.ArrowInvalid:
        if len(text) == 1:
            return pa.nulls(1, to)
        middle = len(text) // 2
        return pa.concat_arrays([_cast_good(text.slice(0, middle), to), _cast_good(text.slice(middle), to)])


def refused_where_lost(given: pa.Array, values: pa.Array) -> Read:
    """Return the values, refused where a cell was given and there is no value."""
    import pyarrow.compute as pc

    return Read(values, pc.and_(pc.is_valid(given), pc.is_null(values)))


def all_refused(values: pa.Array, to: Any) -> Read:
    """Refuse every cell that is there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return Read(pa.nulls(len(values), to), pc.is_valid(values))


def only(is_good: pa.Array, values: pa.Array, is_missing: pa.Array) -> Read:
    """Keep the good values; the others are refused, or missing."""
    import pyarrow.compute as pc

    return Read(null_where(pc.invert(is_good), values), pc.and_not(pc.invert(is_good), is_missing))


def null_where(mask: pa.Array, values: pa.Array) -> pa.Array:
    """Return the values, null where *mask* holds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(mask, pa.scalar(None, values.type), values) if any_of(mask) else values


def any_of(mask: pa.Array) -> bool:
    """Say whether a mask holds anywhere.

    >>> import pyarrow as pa
    >>> any_of(pa.array([None, True])), any_of(pa.array([False])), any_of(pa.array([], pa.bool_()))
    (True, False, False)
    """
    return bool(mask.true_count)


def none_of(n: int) -> pa.Array:
    """Return a mask of *n* rows that holds nowhere."""
    import numpy as np
    import pyarrow as pa

    return pa.array(np.zeros(n, bool))


def by_distinct(texts: pa.Array, reader: Any, to: pa.DataType) -> pa.Array:
    """Read each distinct text once with a function from text to a value or None."""
    import pyarrow as pa

    encoded = texts.dictionary_encode()
    return pa.array([reader(text) for text in encoded.dictionary.to_pylist()], to).take(encoded.indices)
