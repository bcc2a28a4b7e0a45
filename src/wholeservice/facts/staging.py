"""Facts on their way into the store: written to the disk as they are read, so that memory does not grow with their number.

Each reading has a folder of its own in `staging/`, with a lock file that it holds; when the process dies the lock is free, and
the next writer takes the folder away. A commit moves the files into the tables. Equal numbers of rows make a file, so that
a later revision of a few records rewrites a few files.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.facts import durable, lock
from wholeservice.facts.runs import Run, newest_ticket
from wholeservice.facts.store_problems import readable
from wholeservice.facts.supersede import Change
from wholeservice.mapping import quarantine
from wholeservice.mapping.columns import arrow_schema
from wholeservice.tables import DIGEST, KNOWN_AT, RECORD, WHERE_FROM

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

FOLDER, LOCK = "staging", "lock"
ROWS_PER_FILE = 2**20
ROWS_PER_GROUP = 2**17
BYTES_PER_GROUP = 2**26  # in memory; fewer rows make a group where they are long
SAMPLE = 2**12  # rows by which it is seen how varied a column is
MAX_WAITING = 2  # groups of rows that wait for the disk


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A Parquet file that is complete and on the disk, in no table yet."""

    path: Path
    n_rows: int


@dataclass(slots=True)
class Folder:
    """The folder of one reading. `ticket` says in which order readings began, whatever the clock says."""

    path: Path
    ticket: int
    n_files: int = 0

    def shelve(self, values: np.ndarray) -> Callable[[], np.ndarray]:
        """Put numbers on disk; return how to have them again, mapped into memory as long as they are used."""
        path, kind = self.new_path().with_suffix(".numbers"), values.dtype

        def opened() -> np.ndarray:
            import numpy as np

            return np.memmap(path, kind, "r")

        with readable(self.path):
            values.tofile(path)
        return opened

    def new_path(self) -> Path:
        """Return a name that no file of any table has: the folder's own is in it."""
        self.n_files += 1
        return self.path / f"{self.path.name}-{self.n_files}.parquet"


@contextlib.contextmanager
def opened(store: Path, latest: Callable[[], Run | None]) -> Iterator[Folder]:
    """
    Make the folder of a reading, hold it, and take it away in the end.

    *latest*   gives the newest run; asked after looking at the folders, so that the ticket is higher than any before

    When the reading fails an empty folder stays, by whose name the next writer knows what to sweep up (`sweep`).
    """
    with readable(store):
        durable.make_folder(store / FOLDER)
        for path in abandoned(store):
            with lock.taken(path / LOCK) as is_dead:  # it may be one that was just made, and is about to be held
                if is_dead:
                    _clear(path)
        ticket = 1 + max([*_tickets(store), newest_ticket(latest())])
        path, descriptor = _held_folder(store / FOLDER, ticket)
    try:
        yield Folder(path, ticket)
    except BaseException:
        _clear(path)
        raise
    else:
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)


def abandoned(store: Path) -> list[Path]:
    """Return the folders of readings whose process died, or that failed."""
    folder = store / FOLDER
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in paths if path.is_dir() and lock.is_free(path / LOCK)]


def sweep(store: Path, dead: list[Path], live: Mapping[str, set[str]]) -> None:
    """Take away abandoned folders, and files of theirs in the tables that are not *live*: table -> names. Hold the lock."""
    for folder in store.iterdir():
        for file in folder.glob("*.parquet"):
            is_theirs = any(file.name.startswith(f"{path.name}-") for path in dead)
            if is_theirs and file.name not in live.get(folder.name, ()):
                file.unlink()
    for path in dead:
        with lock.taken(path / LOCK) as is_dead:  # else it was just made when we looked, and somebody reads into it now
            if is_dead:
                shutil.rmtree(path, ignore_errors=True)


def _clear(path: Path) -> None:
    """Give back the disk space at once."""
    for file in path.glob("*.*"):
        file.unlink(missing_ok=True)


def _tickets(store: Path) -> list[int]:
    return [int(path.name.partition("-")[0]) for path in (store / FOLDER).iterdir() if path.name[:1].isdigit()]


def _held_folder(folder: Path, ticket: int) -> tuple[Path, int]:
    """Make a folder and hold its lock; again when a writer that tidies up was faster."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=f"{ticket}-", dir=folder))
        with contextlib.suppress(FileNotFoundError):
            descriptor = lock.hold(path / LOCK)
            if descriptor is not None:
                return path, descriptor


@dataclass(frozen=True, slots=True)
class Staged:
    """
    What one source says now, on disk; as `supersede.Change`, but of any size.

    files         fact table name -> its rows, with every column of the table, known_at included
    records       Arrow file of the record of each raw row that could be read; None when there are none
    """

    source: str
    ticket: int
    known_at: dt.datetime
    files: Mapping[str, tuple[StagedFile, ...]]
    records: Path | None
    n_records: int
    quarantine: tuple[StagedFile, ...]
    n_refused: int = 0
    n_empty: int = 0
    is_all: bool = False


class Stage:
    """What one source says, while it is read. `close` it within the life of the folder."""

    def __init__(self, folder: Folder, disk: Disk, source: str, known_at: dt.datetime) -> None:
        self._folder, self._disk, self._source, self._known_at = folder, disk, source, known_at
        self._writers: dict[str, Writer] = {}
        self._records: Any = None
        self._records_path = folder.new_path().with_suffix(".arrow")
        self._n_records = 0

    def add(self, table: str, rows: pa.Table) -> None:
        """Take rows of a fact table, or of the quarantine."""
        if table not in self._writers:
            self._writers[table] = Writer(self._folder, self._disk)
        self._writers[table].add(stamped(rows, self._known_at))

    def add_records(self, records: pa.Array) -> None:
        """Take the record of each raw row that could be read."""
        self._n_records += len(records)
        if len(records):
            self._disk.do(self._write_records, records)

    def close(self, **counts: Any) -> Staged:
        """Complete all files; *counts*: n_refused, n_empty and is_all of `Staged`."""
        files = {name: writer.close() for name, writer in self._writers.items()}
        if self._records is not None:
            self._disk.do(self._records.close)
        self._disk.wait()
        return Staged(
            source=self._source,
            ticket=self._folder.ticket,
            known_at=self._known_at,
            files={name: files[name] for name in tables.BY_NAME if files.get(name)},
            records=self._records_path if self._records is not None else None,
            n_records=self._n_records,
            quarantine=files.get(quarantine.NAME, ()),
            **counts,
        )

    def _write_records(self, records: pa.Array) -> None:
        import pyarrow as pa

        batch = pa.record_batch([records], names=[RECORD])
        if self._records is None:
            self._records = pa.ipc.new_file(str(self._records_path), batch.schema)
        self._records.write_batch(batch)


def stage(change: Change, folder: Folder, known_at: dt.datetime) -> Staged:
    """Write down a change that is in memory."""
    with Disk(folder.path) as disk:
        made = Stage(folder, disk, change.source, known_at)
        for name, rows in change.rows.items():
            made.add(name, with_schema(rows, arrow_schema(tables.BY_NAME[name])))
        made.add(quarantine.NAME, change.quarantine)
        for each in change.records.chunks:
            made.add_records(each)
        return made.close(n_refused=change.n_refused, n_empty=change.n_empty, is_all=change.is_all)


def records_of(staged: Staged) -> Iterator[pa.Array]:
    """Yield the record of each raw row that could be read, in batches."""
    import pyarrow as pa

    if staged.records is None:
        return
    with pa.OSFile(str(staged.records)) as file:
        reader = pa.ipc.open_file(file)
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number).column(0)


def stamped(rows: pa.Table, known_at: dt.datetime) -> pa.Table:
    """Return the rows as known at that instant."""
    import pyarrow as pa

    index = rows.schema.get_field_index(KNOWN_AT)
    values = pa.repeat(pa.scalar(known_at, rows.schema.field(index).type), rows.num_rows)
    return rows.set_column(index, rows.schema.field(index), values)


def with_schema(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the rows with exactly these columns; one that an older version did not have is missing in every row."""
    import pyarrow as pa

    columns = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


class Writer:
    """Writes the rows of one table into Parquet files, in another thread. Use `close` or nothing is complete."""

    def __init__(self, folder: Folder, disk: Disk) -> None:
        self._folder, self._disk = folder, disk
        self._buffer: list[pa.Table] = []
        self._n_buffered = self._n_bytes = 0
        self._open: Any = None
        self._path: Path | None = None
        self._n_rows = 0
        self._files: list[StagedFile] = []

    def add(self, rows: pa.Table) -> None:
        """Take rows; they are written when there are enough for a group."""
        if not rows.num_rows:
            return
        self._buffer.append(rows)
        self._n_buffered += rows.num_rows
        self._n_bytes += rows.nbytes
        if self._n_buffered >= ROWS_PER_GROUP or self._n_bytes >= BYTES_PER_GROUP:
            self._flush()

    def close(self) -> tuple[StagedFile, ...]:
        """Write the rest; return the files, each complete and on the disk."""
        if self._buffer:
            self._flush()
        self._disk.do(self._finish)
        self._disk.wait()
        return tuple(self._files)

    def _flush(self) -> None:
        import pyarrow as pa

        rows = pa.concat_tables(self._buffer)
        self._buffer, self._n_buffered, self._n_bytes = [], 0, 0
        self._disk.do(self._write, rows)

    def _write(self, rows: pa.Table) -> None:
        start = 0
        while start < rows.num_rows:
            if self._open is None:
                self._path = self._folder.new_path()
                self._open = parquet_writer(self._path, rows)
            part = rows.slice(start, ROWS_PER_FILE - self._n_rows)
            self._open.write_table(part, row_group_size=ROWS_PER_GROUP)
            start, self._n_rows = start + part.num_rows, self._n_rows + part.num_rows
            if self._n_rows >= ROWS_PER_FILE:
                self._finish()

    def _finish(self) -> None:
        if self._open is None or self._path is None:
            return
        self._open.close()
        durable.settle_file(self._path)
        self._files.append(StagedFile(self._path, self._n_rows))
        self._open, self._path, self._n_rows = None, None, 0


class Disk:
    """One thread that writes while the next rows are read. What it could not do is raised by the next call: STO103."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Disk:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def do(self, what: Callable[..., None], *arguments: object) -> None:
        """Do it after what was asked before; wait while too much is waiting."""
        while len(self._waiting) >= MAX_WAITING:
            self._next()
        self._waiting.append(self._thread.submit(what, *arguments))

    def wait(self) -> None:
        """Wait until all is done."""
        while self._waiting:
            self._next()

    def _next(self) -> None:
        with readable(self._path):
            self._waiting.popleft().result()


def parquet_writer(path: Path, rows: pa.Table) -> Any:
    """
    Open a Parquet file for writing as the store writes all of its files; *rows*: the first of those that it will hold.

    Names that count up and instants are written as differences, what is always the same or one of few as a number in a
    list, and other texts as they are: a third of the size, in half the time.
    """
    import pyarrow as pa

    encoding = {each.name: "DELTA_BINARY_PACKED" for each in rows.schema if pa.types.is_timestamp(each.type)}
    encoding |= {each.name: "DELTA_LENGTH_BYTE_ARRAY" for each in rows.schema if _is_varied(rows[each.name])}
    encoding |= {name: "DELTA_BYTE_ARRAY" for name in (RECORD, WHERE_FROM) if name in rows.schema.names}
    others = [each.name for each in rows.schema if each.name not in encoding and not pa.types.is_nested(each.type)]
    useful = [each.name for each in rows.schema if each.name not in (WHERE_FROM, DIGEST)]  # nobody looks for a range of these
    how = {"compression": "zstd", "compression_level": 1, "use_dictionary": others, "column_encoding": encoding,
           "write_statistics": useful}  # fmt: skip
    return _writer_class()(path, rows.schema, **how)


@cache
def _writer_class() -> Any:
    """A writer that is given up without a word: whoever wrote to a full disk was told already, by STO103."""
    import pyarrow.parquet as pq

    class GivenUp(pq.ParquetWriter):  # type: ignore[misc]
        def __del__(self) -> None:
            with contextlib.suppress(OSError):
                super().__del__()

    return GivenUp


def _is_varied(values: pa.ChunkedArray) -> bool:
    """Say whether texts are mostly different, going by the first of them: then a list of all would only cost time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    first = values.slice(0, SAMPLE)
    return pa.types.is_string(values.type) and bool(2 * pc.count_distinct(first).as_py() > len(first))
