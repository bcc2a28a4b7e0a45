"""Fingerprints of rows: tell a repeat from a revision, and give a row without an identity one made of its content.

Whole columns at once, so that twenty million rows take seconds. Each value is mixed with the name of its column and the
mixes are added up, so that a missing value adds nothing: a table that gains a column keeps all its fingerprints. Not
meant to withstand somebody who wants two rows to collide.

Source   the mixer is splitmix64's (Steele, Lea & Flood 2014, OOPSLA, figure 17)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-"
_N_LETTERS = 11  # 66 bits hold one lane of 64
_WORD = 8  # bytes hashed at a time
_SECOND_LANE = "second lane"
_SAMPLE, _FEW = 1024, 32  # where so many values hold so few different ones, each is hashed once
_N_BITS = 28  # of a hash, by which it is marked as seen
_N_FRESH = 2**21  # hashes that wait in memory


def fingerprints(columns: Mapping[str, pa.Array]) -> np.ndarray:
    """
    Hash rows given as named columns of equal length.

    Shape    one unsigned 64-bit number per row; the order of the columns does not matter, their names do
    """
    return lanes(columns, "")[0]


def names_of(columns: Mapping[str, pa.Array]) -> tuple[np.ndarray, pa.Array]:
    """Return the fingerprint of each row, and a text of 22 letters that names its content (two lanes: 128 bits)."""
    import pyarrow.compute as pc

    first, second = lanes(columns, "", f"/{_SECOND_LANE}")
    return first, pc.binary_join_element_wise(written(first), written(second), "")


def lanes(columns: Mapping[str, pa.Array], *marks: str) -> list[np.ndarray]:
    """Hash rows once for each mark behind the names of the columns; each column is read only once."""
    import numpy as np

    n = max((len(values) for values in columns.values()), default=0)
    totals = [np.zeros(n, np.uint64) for _ in marks]
    for name, values in columns.items():
        if values.null_count == len(values):
            continue
        hashed = _column(values)
        for total, mark in zip(totals, marks, strict=True):
            part = scramble(hashed ^ _salt(name + mark))
            if values.null_count:
                part = np.where(_is_null(values), np.uint64(0), part)
            total += part
    return totals


def written(lane: np.ndarray) -> pa.Array:
    """Write each number as 11 letters.

    >>> import numpy as np
    >>> written(np.array([0, 63, 2**64 - 1], np.uint64)).to_pylist()
    ['00000000000', '0000000000-', 'F----------']
    """
    import numpy as np
    import pyarrow as pa

    pairs = np.empty((len(lane), 6), np.uint16)  # the first of the twelve letters is always the same, and left out
    for number in range(6):
        pairs[:, number] = _pairs()[(lane >> np.uint64(60 - 12 * number)) & np.uint64(0xFFF)]
    letters = pairs.view(np.uint8)[:, 1:]
    offsets = np.arange(0, (len(lane) + 1) * _N_LETTERS, _N_LETTERS, dtype=np.int32)
    return pa.StringArray.from_buffers(len(lane), pa.py_buffer(offsets), pa.py_buffer(letters.tobytes()))


def hash_texts(values: pa.Array) -> np.ndarray:
    """Hash an Arrow array of text, eight bytes at a time; missing text hashes like an empty one."""
    import numpy as np

    if not len(values):
        return np.zeros(0, np.uint64)
    hashed = _hashed(values)
    return hashed if len(hashed) == len(values) else np.repeat(hashed, len(values))


def _hashed(values: pa.Array) -> np.ndarray:
    """Hash texts, at least one; a single hash when all are the same."""
    import numpy as np
    import pyarrow as pa

    texts = values.cast(pa.large_binary())
    _, offset_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer else np.zeros(0, np.uint8)
    lengths = np.diff(offsets)
    shortest, longest = int(lengths.min()), int(lengths.max())
    if len(lengths) > 1 and shortest == longest and _repeats(data[offsets[0] : offsets[-1]], longest):
        return _hash_bytes(data, offsets[:1], lengths[:1])
    if longest <= _WORD:
        words = _words(data, offsets[:-1]) & _MASKS()[lengths]
        return scramble(scramble(words ^ scramble(np.ones(1, np.uint64))) ^ lengths.astype(np.uint64))
    return _hash_bytes(data, offsets[:-1], lengths)


def _repeats(data: np.ndarray, length: int) -> bool:
    """Say whether texts of one length that follow one another are all the same."""
    return bool((data[length:] == data[: len(data) - length]).all())


def _hash_bytes(data: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Hash texts of any length that lie in *data*."""
    import numpy as np

    n_words = np.maximum(1, (lengths + _WORD - 1) // _WORD)
    first_word = np.concatenate(([0], np.cumsum(n_words)[:-1]))
    position = np.arange(int(n_words.sum())) - np.repeat(first_word, n_words)
    words = _words(data, np.repeat(starts, n_words) + position * _WORD)
    left = np.clip(np.repeat(lengths, n_words) - position * _WORD, 0, _WORD)
    words &= _MASKS()[left]
    mixed = scramble(words ^ scramble(position.astype(np.uint64) + np.uint64(1)))
    return scramble(np.add.reduceat(mixed, first_word) ^ lengths.astype(np.uint64))


_Run = tuple["np.ndarray", "np.ndarray | None"]
"""Sorted different hashes, and how often each came; None: once each."""
Opened = Callable[[], "np.ndarray"]
Shelve = Callable[["np.ndarray"], Opened]
"""Puts an array away, and returns how it is had again: on disk, so that it costs no memory."""


def _keep(values: np.ndarray) -> Opened:
    return lambda: values


class Occurrences:
    """Counts how often each hash was seen so far, over many batches: the second of two equal rows is number 2.

    Memory is bounded whatever the number of rows: 32 MB of bits tell most new hashes at once, some sorted runs of hashes wait
    in memory, and all others are shelved, 8 bytes per row (16 where rows repeat), and looked up only where the bits say maybe.
    """

    def __init__(self, shelve: Shelve = _keep) -> None:
        import numpy as np

        self._shelve = shelve
        self._bits = np.zeros(1 << (_N_BITS - 3), np.uint8)  # pages that are never touched cost nothing
        self._fresh: list[_Run] = []
        self._shelved: list[tuple[Opened, Opened | None]] = []

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
        ordered = np.sort(hashes)
        if (ordered[1:] != ordered[:-1]).all():
            before = self._add(ordered, None)
            return before[np.searchsorted(ordered, hashes)] + 1 if before.any() else np.ones(len(hashes), np.int64)
        order = np.argsort(hashes, kind="stable")
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        counts = np.diff(np.append(starts, len(ordered)))
        before = self._add(ordered[starts], counts.astype(np.int32))
        numbers = np.empty(len(hashes), np.int64)
        numbers[order] = np.arange(len(hashes)) - np.repeat(starts - before, counts) + 1
        return numbers

    def _add(self, values: np.ndarray, counts: np.ndarray | None) -> np.ndarray:
        """Add sorted different hashes to those seen; return how often each was seen before."""
        import numpy as np

        before = np.zeros(len(values), np.int64)
        maybe = np.flatnonzero(self._mark(values))
        if len(maybe):
            wanted = values[maybe]
            before[maybe] = sum(_counted(wanted, *run) for run in self._runs())
        self._fresh.append((values, counts))
        if sum(len(each) for each, _ in self._fresh) >= _N_FRESH:
            values, counts = _merged(self._fresh)
            self._shelved.append((self._shelve(values), None if counts is None else self._shelve(counts)))
            self._fresh = []
        return before

    def _runs(self) -> Iterator[_Run]:
        yield from self._fresh
        for values, counts in self._shelved:
            yield values(), counts() if counts else None

    def _mark(self, values: np.ndarray) -> np.ndarray:
        """Mark hashes as seen; return which may have been seen before. The others surely were not."""
        import numpy as np

        at = values >> np.uint64(64 - _N_BITS)
        byte, bit = (at >> np.uint64(3)).view(np.int64), np.uint8(1) << (at & np.uint64(7)).astype(np.uint8)
        was = (self._bits[byte] & bit) != 0
        first = np.flatnonzero(np.concatenate(([True], byte[1:] != byte[:-1])))
        self._bits[byte[first]] |= np.bitwise_or.reduceat(bit, first)
        return np.asarray(was)


def _counted(wanted: np.ndarray, values: np.ndarray, counts: np.ndarray | None) -> np.ndarray:
    """Return how often each wanted hash is in a run."""
    import numpy as np

    at = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
    is_there = values[at] == wanted
    return is_there.astype(np.int64) if counts is None else np.where(is_there, counts[at], 0).astype(np.int64)


def _merged(runs: list[_Run]) -> _Run:
    import numpy as np

    values = np.concatenate([each for each, _ in runs])
    if all(counts is None for _, counts in runs):
        ordered = np.sort(values)
        if (ordered[1:] != ordered[:-1]).all():
            return ordered, None
    counts = np.concatenate([np.ones(len(each), np.int32) if counts is None else counts for each, counts in runs])
    order = np.argsort(values)
    values = values[order]
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    return values[starts], np.add.reduceat(counts[order], starts)


def _column(values: pa.Array) -> np.ndarray:
    """Return one number per row for an Arrow array of any type a column may have; a single one when all texts are the same."""
    import numpy as np
    import pyarrow as pa

    kind = values.type
    if pa.types.is_dictionary(kind):
        return _column(values.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return _texts(values.cast(pa.string()))
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


def _texts(values: pa.Array) -> np.ndarray:
    """Hash texts; where they are few that come again and again, each once. A single hash when all are the same."""
    import numpy as np
    import pyarrow.compute as pc

    if not len(values):
        return np.zeros(0, np.uint64)
    first = values.slice(0, _SAMPLE)
    if values.null_count or len(values) <= _SAMPLE or not 1 < pc.count_distinct(first).as_py() <= _FEW:
        return _hashed(values)
    coded = values.dictionary_encode()
    return np.asarray(hash_texts(coded.dictionary)[coded.indices.to_numpy()])


def _lists(values: pa.Array) -> np.ndarray:
    import numpy as np

    flat = np.broadcast_to(_column(values.flatten()), len(values.flatten()))
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

    first = int(starts.min())
    last = min(int(starts.max()), len(data))
    padded = np.concatenate([data[first : last + _WORD], np.zeros(_WORD, np.uint8)])
    view: Any = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, strides=(1,))
    return np.asarray(view[np.minimum(starts - first, len(view) - 1)], np.uint64)


@cache
def _pairs() -> np.ndarray:
    """Every pair of letters, as one number, by the twelve bits that it writes."""
    import numpy as np

    letters = np.frombuffer(_LETTERS, np.uint8)
    return np.stack([np.repeat(letters, 64), np.tile(letters, 64)], axis=1).view(np.uint16).ravel()


@cache
def _MASKS() -> np.ndarray:  # noqa: N802  (a constant that must not import numpy with the module)
    import numpy as np

    return np.array([(1 << (8 * n)) - 1 for n in range(_WORD + 1)], np.uint64)


@cache
def _salt(name: str) -> np.ndarray:
    import pyarrow as pa

    return hash_texts(pa.array([name]))


def scramble(numbers: np.ndarray) -> np.ndarray:
    """Mix each number so that no sum of the results tells of a sum of the numbers."""
    import numpy as np

    with np.errstate(over="ignore"):
        mixed = np.atleast_1d(numbers + np.uint64(0x9E3779B97F4A7C15))
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed ^= mixed >> np.uint64(shift)
            mixed *= np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    return mixed if np.ndim(numbers) else mixed[0]
