"""Fingerprints of rows: tell a repeat from a revision, and give a row without an identity one made of its content.

Whole columns at once, so that twenty million rows take seconds. Each value is mixed with the name of its column and the
mixes are added up, so that a missing value adds nothing: a table that gains a column keeps all its fingerprints. Not
meant to withstand somebody who wants two rows to collide.

Source   the mixer is splitmix64's (Steele, Lea & Flood 2014, OOPSLA, figure 17)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-"
_N_LETTERS = 11  # 66 bits hold one lane of 64
_WORD = 8  # bytes hashed at a time
_SECOND_LANE = "second lane"


def fingerprints(columns: Mapping[str, pa.Array]) -> np.ndarray:
    """
    Hash rows given as named columns of equal length.

    Shape    one unsigned 64-bit number per row; the order of the columns does not matter, their names do
    """
    import numpy as np

    total: np.ndarray | None = None
    for name, values in columns.items():
        part = scramble(_column(values) ^ _salt(name))
        part[_is_null(values)] = 0
        total = part if total is None else total + part
    return total if total is not None else np.zeros(0, np.uint64)


def names_of(columns: Mapping[str, pa.Array]) -> pa.Array:
    """Return one text of 22 letters per row that names its content (two lanes: 128 bits)."""
    import pyarrow.compute as pc

    second = {f"{name}/{_SECOND_LANE}": values for name, values in columns.items()}
    return pc.binary_join_element_wise(written(fingerprints(columns)), written(fingerprints(second)), "")


def written(lane: np.ndarray) -> pa.Array:
    """Write each number as 11 letters.

    >>> import numpy as np
    >>> written(np.array([0, 63, 2**64 - 1], np.uint64)).to_pylist()
    ['00000000000', '0000000000-', 'F----------']
    """
    import numpy as np
    import pyarrow as pa

    shifts = np.arange(_N_LETTERS - 1, -1, -1, dtype=np.uint64) * np.uint64(6)
    letters = np.frombuffer(_LETTERS, np.uint8)[(lane[:, None] >> shifts) & np.uint64(63)]
    offsets = np.arange(0, (len(lane) + 1) * _N_LETTERS, _N_LETTERS, dtype=np.int32)
    return pa.StringArray.from_buffers(len(lane), pa.py_buffer(offsets), pa.py_buffer(letters.tobytes()))


def hash_texts(values: pa.Array) -> np.ndarray:
    """Hash an Arrow array of text, eight bytes at a time; missing text hashes like an empty one."""
    import numpy as np
    import pyarrow as pa

    texts = values.cast(pa.large_binary())
    if not len(texts):
        return np.zeros(0, np.uint64)
    _, offset_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer else np.zeros(0, np.uint8)
    lengths = np.diff(offsets)
    n_words = np.maximum(1, (lengths + _WORD - 1) // _WORD)
    first_word = np.concatenate(([0], np.cumsum(n_words)[:-1]))
    position = np.arange(int(n_words.sum())) - np.repeat(first_word, n_words)
    words = _words(data, np.repeat(offsets[:-1], n_words) + position * _WORD)
    left = np.clip(np.repeat(lengths, n_words) - position * _WORD, 0, _WORD)
    words &= _MASKS()[left]
    mixed = scramble(words ^ scramble(position.astype(np.uint64) + np.uint64(1)))
    return scramble(np.add.reduceat(mixed, first_word) ^ lengths.astype(np.uint64))


class Occurrences:
    """Counts how often each hash was seen so far, over many batches: the second of two equal rows is number 2."""

    def __init__(self) -> None:
        import numpy as np

        self._seen = np.zeros(0, np.uint64)
        self._counts = np.zeros(0, np.int64)

    def number(self, hashes: np.ndarray) -> np.ndarray:
        """Return the running number of each hash, from 1, in the order of the rows.

        >>> import numpy as np
        >>> seen = Occurrences()
        >>> seen.number(np.array([7, 9, 7], np.uint64)).tolist(), seen.number(np.array([7], np.uint64)).tolist()
        ([1, 1, 2], [3])
        """
        import numpy as np

        if not len(hashes):
            return np.zeros(0, np.int64)
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        counts = np.diff(np.append(starts, len(ordered)))
        before = self._add(ordered[starts], counts)
        numbers = np.empty(len(hashes), np.int64)
        numbers[order] = np.arange(len(hashes)) - np.repeat(starts - before, counts) + 1
        return numbers

    def _add(self, values: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Add sorted distinct values to those seen; return how often each was seen before."""
        import numpy as np

        at = np.searchsorted(self._seen, values)
        is_old = np.zeros(len(values), bool)
        inside = at < len(self._seen)
        is_old[inside] = self._seen[at[inside]] == values[inside]
        before = np.zeros(len(values), np.int64)
        before[is_old] = self._counts[at[is_old]]
        self._counts[at[is_old]] += counts[is_old]
        self._seen = np.insert(self._seen, at[~is_old], values[~is_old])
        self._counts = np.insert(self._counts, at[~is_old], counts[~is_old])
        return before


def _column(values: pa.Array) -> np.ndarray:
    """Return one number per row for an Arrow array of any type a column may have."""
    import numpy as np
    import pyarrow as pa

    kind = values.type
    if pa.types.is_dictionary(kind):
        return _column(values.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return hash_texts(values.cast(pa.string()))
    if pa.types.is_list(kind):
        return _lists(values)
    if pa.types.is_floating(kind):
        numbers = values.cast(pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False) + 0.0  # −0.0 becomes 0.0
        return np.asarray(scramble(numbers.view(np.uint64)))
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return scramble(values.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False).view(np.uint64))
    if pa.types.is_temporal(kind) and not pa.types.is_duration(kind):
        as_numbers = values.cast(pa.int32()).cast(pa.int64()) if pa.types.is_date32(kind) else values.view(pa.int64())
        return scramble(as_numbers.fill_null(0).to_numpy(zero_copy_only=False).view(np.uint64))
    return hash_texts(values.cast(pa.string()))


def _lists(values: pa.Array) -> np.ndarray:
    import numpy as np

    flat = _column(values.flatten())
    lengths = values.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])) if len(lengths) else lengths
    position = (np.arange(len(flat)) - np.repeat(starts, lengths)).astype(np.uint64)
    sums = np.concatenate(([np.uint64(0)], np.cumsum(scramble(flat ^ scramble(position + np.uint64(1))), dtype=np.uint64)))
    return scramble(sums[starts + lengths] - sums[starts] + lengths.astype(np.uint64))


def _is_null(values: pa.Array) -> np.ndarray:
    import numpy as np

    return np.asarray(values.is_null().to_numpy(zero_copy_only=False), bool)


def _words(data: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the eight bytes at each start as one number; beyond the end there are zeros."""
    import numpy as np

    padded = np.concatenate([data, np.zeros(_WORD, np.uint8)])
    view: Any = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, strides=(1,))
    return np.asarray(view[np.minimum(starts, len(view) - 1)], np.uint64)


def _MASKS() -> np.ndarray:  # noqa: N802  (a constant that must not import numpy with the module)
    import numpy as np

    return np.array([(1 << (8 * n)) - 1 for n in range(_WORD + 1)], np.uint64)


def _salt(name: str) -> np.ndarray:
    import pyarrow as pa

    return hash_texts(pa.array([name]))


def scramble(numbers: np.ndarray) -> np.ndarray:
    """Mix each number so that no sum of the results tells of a sum of the numbers."""
    import numpy as np

    with np.errstate(over="ignore"):
        mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(mixed ^ (mixed >> np.uint64(31)))
