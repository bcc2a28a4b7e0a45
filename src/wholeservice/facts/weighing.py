"""Supersession of any number of records in little memory: rows are dealt into heaps by their record, then heap by heap weighed.

`supersede.weigh` says what a change means; here it is asked about one heap after the other. The rows of one record lie in
one heap, so that the answers add up. What is kept for all rows is one bit each: whether it enters or leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wholeservice.facts.row_marks import RowMarks
from wholeservice.facts.supersede import Change, imprint, weigh
from wholeservice.mapping.fingerprints import hash_texts
from wholeservice.tables import DIGEST, RECORD, SOURCE

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ROWS_PER_HEAP = 2**20
MAX_HEAPS = 256  # each is three open files while rows are dealt
FEW = 2**21  # records that fit into memory as hashes, to leave aside at once what a small change does not speak of
_ROW = "row"


@dataclass(frozen=True, slots=True)
class File:
    """A Parquet file of a fact table, its number of rows, and the number of its first row among all rows."""

    table: str
    path: Path
    n_rows: int
    first: int

    @property
    def end(self) -> int:
        """The number of the row after its last."""
        return self.first + self.n_rows


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says, on disk. `records` yields the record of each raw row that could be read."""

    source: str
    files: tuple[File, ...]
    records: Callable[[], Iterator[pa.Array]]
    n_records: int
    n_empty: int
    is_all: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a change does: counts of raw rows, which new rows go in (None: all) and which old rows come out."""

    kept: int
    known: int
    superseded: int
    deleted: int
    enter: RowMarks | None
    leave: RowMarks


def numbered(files: Iterable[tuple[str, Path, int]]) -> tuple[File, ...]:
    """Return files with the number of their first row, in this order."""
    found: list[File] = []
    first = 0
    for table, path, n_rows in files:
        found.append(File(table, path, n_rows, first))
        first += n_rows
    return tuple(found)


def verdict(said: Said, before: tuple[File, ...], folder: Path) -> Verdict:
    """
    Compare what a source says with the files that may hold rows of it.

    *folder*   where rows may be put down in between
    """
    leave = RowMarks(_n_rows(before))
    if not said.n_empty and not before:
        return Verdict(said.n_records, 0, 0, 0, None, leave)
    if _is_repeat(said, before):
        return Verdict(0, said.n_records, 0, 0, RowMarks(_n_rows(said.files)), leave)
    weighing = _Weighing(said, RowMarks(_n_rows(said.files)), leave)
    for heap in _heaps(said, before, folder):
        weighing.add(heap)
    return weighing.verdict()


def _is_repeat(said: Said, before: tuple[File, ...]) -> bool:
    """Say whether all rows together say what they said, the usual case: seen without dealing them out."""
    if _n_rows(said.files) != _n_rows(before):  # files may hold rows of other sources too: then they are dealt out
        return False
    new = (batch.select([RECORD, DIGEST]) for batch in _rows(said.files, None, None))
    old = (batch.select([RECORD, DIGEST]) for batch in _rows(before, said.source, None))
    return imprint(new) == imprint(old)


@dataclass(frozen=True, slots=True)
class _Heap:
    """Rows of some records: new and old ones with record, digest and number, and the records of raw rows."""

    new: pa.Table
    old: pa.Table
    raw: pa.ChunkedArray


class _Weighing:
    """The answers so far."""

    def __init__(self, said: Said, enter: RowMarks, leave: RowMarks) -> None:
        self._said, self._enter, self._leave = said, enter, leave
        self._totals = [0, 0, 0, 0]

    def add(self, heap: _Heap) -> None:
        change = Change(self._said.source, {"": heap.new}, heap.raw, heap.new, n_empty=self._said.n_empty,
                        is_all=self._said.is_all)  # fmt: skip
        found = weigh(change, [heap.old])
        counts = (found.kept, found.known, found.superseded, found.deleted)
        self._totals = [total + n for total, n in zip(self._totals, counts, strict=True)]
        self._enter.add(_numbers(heap.new, found.enter))
        self._leave.add(_numbers(heap.old, found.leave))

    def verdict(self) -> Verdict:
        kept, known, superseded, deleted = self._totals
        return Verdict(kept, known, superseded, deleted, self._enter, self._leave)


def _numbers(rows: pa.Table, records: pa.Array | None) -> np.ndarray:
    """Return the numbers of the rows of some records; None stands for all records."""
    import numpy as np
    import pyarrow.compute as pc

    found = rows if records is None else rows.filter(pc.is_in(rows[RECORD], records))
    return np.asarray(found[_ROW].to_numpy())


def _n_rows(files: Sequence[File]) -> int:
    return sum(file.n_rows for file in files)


# rows --------------------------------------------------------------------------------------------------------------------


def _heaps(said: Said, before: tuple[File, ...], folder: Path) -> Iterator[_Heap]:
    """Yield heaps of a bearable size: one in memory when all is small, else several that were dealt out on disk."""
    n_said = _n_rows(said.files) + said.n_records
    spoken_of = _spoken_of(said) if n_said <= FEW and not said.is_all else None
    n_rows = n_said + (0 if spoken_of is not None else _n_rows(before))
    n_heaps = min(MAX_HEAPS, 1 << (n_rows // ROWS_PER_HEAP).bit_length())
    deal = [_Dealt(folder / f"{what}-{{}}.arrow", n_heaps) for what in ("new", "old", "raw")]
    try:
        new, old, raw = deal
        new.take(_rows(said.files, None, None))
        old.take(_rows(before, said.source, spoken_of))
        raw.take(_raw(said.records()))
        for number in range(n_heaps):
            yield _Heap(new.heap(number), old.heap(number), raw.heap(number)[RECORD])
    finally:
        for each in deal:
            each.close()


def _spoken_of(said: Said) -> np.ndarray:
    """Return the hashes of all records that a small change speaks of, sorted."""
    import numpy as np

    hashes = [hash_texts(each) for each in said.records()]
    hashes += [hash_texts(batch.column(0)) for file in said.files for batch in _batches(file.path, [RECORD])]
    return np.unique(np.concatenate(hashes)) if hashes else np.zeros(0, np.uint64)


def _rows(files: Iterable[File], source: str | None, spoken_of: np.ndarray | None) -> Iterator[pa.RecordBatch]:
    """Yield record, digest and number of rows: those of one source, of records that are spoken of."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    for file in files:
        first = file.first
        for batch in _batches(file.path, [RECORD, DIGEST, *([SOURCE] if source is not None else [])]):
            numbers = pa.array(np.arange(first, first + batch.num_rows, dtype=np.int64))
            first += batch.num_rows
            rows = pa.record_batch([batch[RECORD], batch[DIGEST], numbers], names=[RECORD, DIGEST, _ROW])
            if source is not None:
                rows = rows.filter(pc.equal(batch[SOURCE], source))
            yield rows if spoken_of is None else rows.filter(pa.array(_among(hash_texts(rows[RECORD]), spoken_of)))


def _among(hashes: np.ndarray, known: np.ndarray) -> np.ndarray:
    import numpy as np

    if not len(known):
        return np.zeros(len(hashes), bool)
    return np.asarray(known[np.minimum(np.searchsorted(known, hashes), len(known) - 1)] == hashes)


def _raw(records: Iterator[pa.Array]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for each in records:
        yield pa.record_batch([each], names=[RECORD])


def _batches(path: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, pre_buffer=False) as file:
        yield from file.iter_batches(columns=columns, batch_size=2**17)


class _Dealt:
    """Rows dealt into heaps by the hash of their record: in memory when there is one heap, else a file for each."""

    def __init__(self, path: Path, n_heaps: int) -> None:
        self._path, self._n_heaps = str(path), n_heaps
        self._only: list[pa.RecordBatch] = []
        self._open: list[Any] = [None] * n_heaps

    def take(self, batches: Iterator[pa.RecordBatch]) -> None:
        """Deal out rows."""
        self._schema: Any = None
        for batch in batches:
            self._schema = batch.schema
            if self._n_heaps == 1:
                self._only.append(batch)
            elif batch.num_rows:
                self._deal(batch)
        for each in self._open:
            if each is not None:
                each.close()

    def heap(self, number: int) -> pa.Table:
        """Return the rows of one heap."""
        import pyarrow as pa

        if self._n_heaps == 1:
            return pa.Table.from_batches(self._only) if self._only else _nothing()
        if self._open[number] is None:
            return _nothing()
        with pa.memory_map(self._path.format(number)) as file:
            return pa.ipc.open_file(file).read_all()

    def close(self) -> None:
        """Take the files away."""
        for number, each in enumerate(self._open):
            if each is not None:
                Path(self._path.format(number)).unlink(missing_ok=True)

    def _deal(self, batch: pa.RecordBatch) -> None:
        import numpy as np
        import pyarrow as pa

        to = hash_texts(batch[RECORD]) & np.uint64(self._n_heaps - 1)
        order = np.argsort(to, kind="stable")
        ends = np.cumsum(np.bincount(to.astype(np.int64), minlength=self._n_heaps))
        dealt = batch.take(pa.array(order))
        for number, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
            if end > start:
                self._file(number, batch.schema).write_batch(dealt.slice(start, end - start))

    def _file(self, number: int, schema: pa.Schema) -> Any:
        import pyarrow as pa

        if self._open[number] is None:
            self._open[number] = pa.ipc.new_file(self._path.format(number), schema)
        return self._open[number]


def _nothing() -> pa.Table:
    import pyarrow as pa

    return pa.schema([(RECORD, pa.string()), (DIGEST, pa.string()), (_ROW, pa.int64())]).empty_table()
