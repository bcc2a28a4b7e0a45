"""What was seen of a table's columns: collected batch by batch, within bounds, whatever the size of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wholeservice.mapping.fingerprints import hash_texts, scramble
from wholeservice.mapping.values import as_text
from wholeservice.sources.base import Batch

if TYPE_CHECKING:
    import pyarrow as pa

MAX_ALL_VALUES = 2_000_000  # different values that are kept of all columns together
MAX_VALUES = 20_000  # and of one column
MAX_LETTERS = 2_000  # of one value
MAX_ALL_LETTERS = 200_000_000
N_SAMPLED = 200  # rows of each batch that are still looked at once a column has too many values
N_HASHED = 200_000  # rows among which is tested what tells rows apart
MAX_HASHED_COLUMNS = 400  # the first ones: what names a row stands there
_PLAIN = r"^-?\d{1,18}(?:\.\d{1,18})?$"

TEXT, NUMBER, FLAG, INSTANT, DATE, LIST = "text", "number", "flag", "instant", "date", "list"


@dataclass(slots=True)
class Seen:
    """One column so far. `values` counts its different values as text, all of them when `is_whole`; else the first ones, and
    the first and the last of all the rows, as text and as numbers."""

    name: str
    position: int
    n_filled: int = 0
    is_whole: bool = True
    values: Counter[str] = field(default_factory=Counter)
    kinds: set[str] = field(default_factory=set)
    hashes: list[Any] = field(default_factory=list)


class Look:
    """A table while it is read: its columns, and how many rows there were."""

    def __init__(self) -> None:
        self.columns: dict[tuple[str, int], Seen] = {}
        self.n_rows = 0
        self.is_open = False
        self.is_all = True  # False: the reading stopped before the end of the file
        self.n_letters = 0
        self._n_hashed = 0

    def add(self, batch: Batch) -> None:
        """Take in the rows of a batch."""
        header = batch.header
        self.is_open = self.is_open or header.is_open
        n = len(batch.numbers)
        is_hashed = self._n_hashed < N_HASHED
        for position, name in enumerate(header.names):
            seen = self._column(name, position)
            self._take(seen, batch.columns[position], is_hashed=is_hashed and position < MAX_HASHED_COLUMNS)
        self.n_rows += n
        self._n_hashed += n if is_hashed else 0

    @property
    def n_tested(self) -> int:
        """How many rows were tested for what tells them apart."""
        return self._n_hashed

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in the order in which they came."""
        return tuple(each.name for each in self.columns.values())

    def is_unique(self, columns: Iterable[Seen]) -> bool:
        """Say whether no two rows (of those that were tested) have the same values in these columns."""
        n = self.n_different(columns)
        return n is not None and n == self._n_hashed

    def n_different(self, columns: Iterable[Seen]) -> int | None:
        """Return how many different values rows (of those that were tested) have in these columns; None: not tested."""
        import numpy as np

        together = None
        for each in columns:
            hashes = np.concatenate(each.hashes) if each.hashes else np.zeros(0, np.uint64)
            if len(hashes) < self._n_hashed or not len(hashes):
                return None
            together = hashes if together is None else scramble(together ^ scramble(hashes))
        return None if together is None else len(np.unique(together))

    def _column(self, name: str, position: int) -> Seen:
        key = (name, 0 if self.is_open else position)
        if key not in self.columns:
            self.columns[key] = Seen(name, position)
        return self.columns[key]

    def _take(self, seen: Seen, cells: pa.Array, *, is_hashed: bool) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        if pa.types.is_null(cells.type):
            texts = pa.nulls(len(cells), pa.string())
        else:
            seen.kinds.add(_kind(cells.type))
            texts = pc.utf8_trim_whitespace(_as_text(cells))
        if is_hashed:
            seen.hashes.append(hash_texts(pc.fill_null(texts, "")))
        filled = texts.filter(pc.fill_null(pc.not_equal(texts, ""), False))
        seen.n_filled += len(filled)
        self._count(seen, filled)

    def _count(self, seen: Seen, filled: pa.Array) -> None:
        import pyarrow.compute as pc

        room = min(MAX_VALUES, MAX_ALL_VALUES // max(1, len(self.columns)))
        if seen.is_whole and len(filled) > room and pc.count_distinct(filled).as_py() > room:
            seen.is_whole = False
        looked_at = filled if seen.is_whole else filled[: N_SAMPLED if seen.values else room]
        for each in pc.value_counts(pc.utf8_slice_codeunits(looked_at, 0, MAX_LETTERS)).to_pylist():
            value, n = each["values"], each["counts"]
            if value in seen.values:
                seen.values[value] += n
            elif len(seen.values) < room and self.n_letters < MAX_ALL_LETTERS:
                seen.values[value] = n
                self.n_letters += len(value)
            else:
                seen.is_whole = False
        if not seen.is_whole:
            for each in _ends(filled):
                seen.values.setdefault(each, 1)


def _ends(texts: pa.Array) -> list[str]:
    """Return the first and last of the texts that begin as a date or number does, and the least and largest plain number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_slice_codeunits(texts.filter(pc.match_substring_regex(texts, r"^[-+]?\d")), 0, MAX_LETTERS)
    plain = texts.filter(pc.match_substring_regex(texts, _PLAIN))
    ends = [*pc.min_max(texts).as_py().values()]
    if len(plain):
        numbers = plain.cast(pa.float64())
        least, most = pc.min_max(numbers).as_py().values()
        ends += [plain[pc.index(numbers, each).as_py()].as_py() for each in (least, most)]
    return [each for each in ends if each is not None]


def _as_text(cells: pa.Array) -> pa.Array:
    """Return any cells as text, instants and days without a detour over Python."""
    import pyarrow as pa

    kind = cells.type
    is_plain = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
    return (cells if is_plain else as_text(cells)).cast(pa.string())


def _kind(kind: pa.DataType) -> str:
    import pyarrow as pa

    if pa.types.is_boolean(kind):
        return FLAG
    if pa.types.is_timestamp(kind):
        return INSTANT
    if pa.types.is_date(kind):
        return DATE
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return NUMBER
    return LIST if pa.types.is_nested(kind) else TEXT
