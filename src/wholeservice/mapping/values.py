"""Read whole columns of cells as numbers, instants, dates, flags or text; what cannot be read is marked, never guessed.

Arrow does the work on whole columns. A cell that Arrow refuses is found by halving, so that one bad cell among millions
costs little. Text is trimmed first; a blank cell is missing, and so is one that holds a declared marker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice.mapping.base import KEEP, MISSING, Reading
from wholeservice.mapping.durations import read_duration
from wholeservice.mapping.literals import FALSE, TRUE
from wholeservice.mapping.moments import read_date, read_instant
from wholeservice.mapping.numbers import read_number
from wholeservice.mapping.pieces import pick
from wholeservice.mapping.read import Read, Why, any_of, none_of, null_where, refused_where_lost
from wholeservice.tables import DATE, FLAG, INSTANT, INTEGER, NUMBER, NUMBERS, TEXT, Column

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_FIRST_VISIBLE, _LAST_VISIBLE = 0x21, 0x7E  # of ASCII


def read(cells: pa.Array, column: Column, reading: Reading) -> Read:
    """
    Read cells as the type of *column*.

    Shape    as many values as cells; a missing cell gives null, a cell that cannot be read gives null and is refused
    Unit     durations in seconds whatever `reading.unit`; instants in UTC; a percentage as a share
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    given = _given(cells, reading)
    if pa.types.is_null(given.values.type):
        return Read(pa.nulls(len(cells), _arrow_type(column)), none_of(len(cells)))
    typed = _typed(given.values, column, reading)
    if not any_of(given.refused):
        return typed
    return Read(typed.values, pc.or_(typed.refused, given.refused), (*given.why, *typed.why), typed.currency)


def trimmed(cells: pa.Array, missing: frozenset[str]) -> pa.Array:
    """Return text cells without outer blanks, null where blank or a marker of missing; other types as they are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(cells.type):
        return _numbers_marked(cells, missing)
    if _is_trim(cells):
        return null_where(pc.is_in(cells, pa.array(sorted(missing), pa.string())), cells) if missing else cells
    plain = pc.utf8_trim_whitespace(cells)
    return null_where(pc.is_in(plain, pa.array(sorted(missing | {""}), pa.string())), plain)


def _is_trim(texts: pa.Array) -> bool:
    """Say whether all texts surely start and end with something visible: what is beyond ASCII may be blank."""
    import numpy as np

    if texts.null_count or not len(texts):
        return not len(texts)
    _, offset_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    if data_buffer is None or (offsets[1:] == offsets[:-1]).any():
        return False
    data = np.frombuffer(data_buffer, np.uint8)
    return _is_visible(data[offsets[:-1]]) and _is_visible(data[offsets[1:] - 1])


def _is_visible(letters: np.ndarray) -> bool:
    return bool(letters.min() >= _FIRST_VISIBLE and letters.max() <= _LAST_VISIBLE)


def _numbers_marked(cells: pa.Array, missing: frozenset[str]) -> pa.Array:
    """Numbers can be markers too: -99 in a column of numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not missing or not (pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type)):
        return cells
    marks = [float(each) for each in missing if each.lstrip("-").replace(".", "", 1).isdigit()]
    if not marks:
        return cells
    is_marker = pc.is_in(cells.cast(pa.float64(), safe=False), pa.array(marks, pa.float64()))
    return null_where(pc.fill_null(is_marker, False), cells)


def as_text(cells: pa.Array) -> pa.Array:
    """Return any cells as text: whole numbers without a point, flags as true and false, instants in ISO."""
    import pyarrow as pa

    if pa.types.is_string(cells.type):
        return cells
    if pa.types.is_temporal(cells.type) or pa.types.is_nested(cells.type):
        values = [None if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
                  for value in cells.to_pylist()]  # fmt: skip
        return pa.array(values, pa.string())
    return cells.cast(pa.string())


def _given(cells: pa.Array, reading: Reading) -> Read:
    """Trim, take out missing markers, pick the part that is meant, and put mapped values in place of what stands there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = trimmed(cells, reading.missing)
    read = Read(plain, none_of(len(cells)))
    if reading.piece is not None:
        read = pick(as_text(plain), reading.piece, reading.otherwise)
        read = Read(trimmed(read.values, reading.missing), read.refused, read.why)
    if reading.map is not None:
        mapped = _mapped(as_text(read.values), reading)
        read = Read(mapped.values, pc.or_(mapped.refused, read.refused), (*read.why, *mapped.why))
    if reading.default is None:
        return read
    filled = pc.coalesce(as_text(read.values), pa.scalar(reading.default))
    return Read(null_where(read.refused, filled), read.refused, read.why)


def _mapped(text: pa.Array, reading: Reading) -> Read:
    import pyarrow as pa
    import pyarrow.compute as pc

    keys, meanings = zip(*reading.map, strict=True) if reading.map else ((), ())
    at = pc.index_in(text, pa.array(keys, pa.string()))
    mapped = pa.array(meanings, pa.string()).take(at)
    is_unknown = pc.and_(pc.is_null(at), pc.is_valid(text))
    if reading.otherwise == KEEP:
        return Read(pc.if_else(is_unknown, text, mapped), none_of(len(text)))
    if reading.otherwise == MISSING:
        return Read(mapped, none_of(len(text)))
    return Read(mapped, is_unknown, (Why(is_unknown, "is not named in map:", f"one of: {', '.join(keys)}"),))


def _typed(values: pa.Array, column: Column, reading: Reading) -> Read:
    if column.unit == "s":
        return read_duration(values, reading)
    readers = {TEXT: _text, NUMBER: read_number, NUMBERS: read_number, INTEGER: read_number, FLAG: _flag,
               INSTANT: read_instant, DATE: read_date}  # fmt: skip
    return readers[column.type](values, reading)


def _text(values: pa.Array, reading: Reading) -> Read:
    return Read(as_text(values), none_of(len(values)))


def _flag(values: pa.Array, reading: Reading) -> Read:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_boolean(values.type):
        return Read(values, none_of(len(values)))
    words = pc.utf8_lower(as_text(values))
    is_true, is_false = (pc.is_in(words, pa.array(known)) for known in (TRUE, FALSE))
    flags = null_where(pc.invert(pc.or_(is_true, is_false)), is_true)
    return refused_where_lost(values, flags)


def _arrow_type(column: Column) -> Any:
    import pyarrow as pa

    types = {TEXT: pa.string(), INSTANT: pa.timestamp("us", "UTC"), DATE: pa.date32(), FLAG: pa.bool_()}
    return types.get(column.type, pa.float64())
