"""One commit: what every source says is weighed against what stands, then the tables that change get one new version each.

A file whose rows all stay is not touched, one whose rows all leave is left out, and of one that loses some the rest is
written anew. A new file whose rows all enter is moved into its table as it was staged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice import tables
from wholeservice.facts import delta_log, durable, staging, weighing
from wholeservice.facts.delta_log import DataFile
from wholeservice.facts.row_marks import RowMarks
from wholeservice.facts.runs import Run
from wholeservice.facts.staging import Disk, Folder, Staged, StagedFile, Writer
from wholeservice.facts.supersede import Change, imprint
from wholeservice.mapping import quarantine
from wholeservice.mapping.columns import arrow_schema
from wholeservice.tables import KNOWN_AT, SOURCE

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from deltalake import DeltaTable

NAMES = (*tables.BY_NAME, quarantine.NAME)


@dataclass(frozen=True, slots=True)
class Old:
    """A data file that stands, and between which sources its rows are by name."""

    path: Path
    n_rows: int
    sources: tuple[str, str] | None

    def may_hold(self, source: str) -> bool:
        """Say whether rows of a source may be in it."""
        return self.sources is None or self.sources[0] <= source <= self.sources[1]


class Before:
    """What stands: the files of the newest run."""

    def __init__(self, path: Path, run: Run | None, table: Callable[[str, int], DeltaTable]) -> None:
        self.run = run
        self._path = path
        self._table = table
        self._files: dict[str, tuple[Old, ...]] = {}

    def files(self, name: str) -> tuple[Old, ...]:
        """Return the files of a table."""
        if self.run is None or name not in self.run.versions:
            return ()
        if name not in self._files:
            table = self._table(name, self.run.versions[name])
            self._files[name] = tuple(_old_files(table, self._path / name))
        return self._files[name]

    def schema(self, name: str) -> pa.Schema | None:
        """Return the columns of a table as the log has them; None when there is no table."""
        import pyarrow as pa

        if self.run is None or name not in self.run.versions:
            return None
        return pa.schema(self._table(name, self.run.versions[name]).schema().to_arrow())

    def ticket(self, source: str) -> int:
        """Return the ticket of a source's reading that stands, 0 when there is none."""
        return self.run.readings.get(source, 0) if self.run else 0


@dataclass(slots=True)
class _Table:
    """What becomes of one table: files that come, rows of files that go."""

    whole: list[tuple[str, StagedFile]] = field(default_factory=list)  # with their source
    partly: list[tuple[str, StagedFile, np.ndarray | None]] = field(default_factory=list)  # with flags of rows that enter
    leaving: dict[Path, np.ndarray] = field(default_factory=dict)  # flags of rows that leave, by file


class Committing:
    """Collects what a commit changes; `write` then does it."""

    def __init__(self, path: Path, before: Before, folder: Folder, moment: dt.datetime, reached: Callable[[str], None]) -> None:
        self._path, self._before, self._folder, self._moment, self._reached = path, before, folder, moment, reached
        self._tables = {name: _Table() for name in NAMES}
        self.stale: set[str] = set()
        self.readings: dict[str, int] = {}

    @property
    def is_change(self) -> bool:
        """Say whether anything changed."""
        return any(each.whole or each.partly or each.leaving for each in self._tables.values())

    def weigh(self, change: Change | Staged, extra: Mapping[str, object]) -> Mapping[str, object]:
        """Weigh what a source says; return what to note of it."""
        staged = change if isinstance(change, Staged) else staging.stage(change, self._folder, self._moment)
        if self._before.ticket(staged.source) > staged.ticket:
            # Another process began to read this source later and was done first: what we read is older than what stands.
            self.stale.add(staged.source)
            return _counted(staged, (0, staged.n_records, 0, 0), extra)
        self.readings[staged.source] = staged.ticket
        new = [(name, file) for name, files in staged.files.items() for file in files]
        old = [(name, file) for name in tables.BY_NAME for file in self._before.files(name) if file.may_hold(staged.source)]
        said = weighing.Said(
            staged.source,
            weighing.numbered((name, file.path, file.n_rows) for name, file in new),
            lambda: staging.records_of(staged),
            n_records=staged.n_records,
            n_empty=staged.n_empty,
            is_all=staged.is_all,
        )
        before = weighing.numbered((name, file.path, file.n_rows) for name, file in old)
        found = weighing.verdict(said, before, self._folder.path)
        for file in said.files:
            self._enter(staged, file, found.enter)
        for file in before:
            self._leave(file, found.leave)
        self._weigh_quarantine(staged)
        return _counted(staged, (found.kept, found.known, found.superseded, found.deleted), extra)

    def write(self) -> dict[str, int]:
        """Give every table that changes its next version, durably; return table -> version."""
        changed = {name: each for name, each in self._tables.items() if each.whole or each.partly or each.leaving}
        return {name: self._write(name, each) for name, each in changed.items()}

    # weighing ------------------------------------------------------------------------------------------------------

    def _enter(self, staged: Staged, file: weighing.File, marks: RowMarks | None) -> None:
        n_entering = file.n_rows if marks is None else marks.count(file.first, file.end)
        if not n_entering:
            return
        is_whole, here = n_entering == file.n_rows, StagedFile(file.path, file.n_rows)
        if is_whole and staged.known_at == self._moment:
            self._tables[file.table].whole.append((staged.source, here))
        else:
            flags = None if is_whole or marks is None else marks.between(file.first, file.end)
            self._tables[file.table].partly.append((staged.source, here, flags))

    def _leave(self, file: weighing.File, marks: RowMarks) -> None:
        self._take_out(file.table, file.path, marks.between(file.first, file.end))

    def _take_out(self, name: str, path: Path, flags: np.ndarray) -> None:
        leaving = self._tables[name].leaving
        if flags.any():
            leaving[path] = leaving[path] | flags if path in leaving else flags

    def _weigh_quarantine(self, staged: Staged) -> None:
        """What a source's latest reading refused replaces what the one before refused."""
        old = [file for file in self._before.files(quarantine.NAME) if file.may_hold(staged.source)]
        new = list(staged.quarantine)
        if imprint(_refused(old, staged.source)) == imprint(_refused(new, staged.source)):
            return
        for file in weighing.numbered((quarantine.NAME, each.path, each.n_rows) for each in new):
            self._enter(staged, file, None)
        for each in old:
            self._take_out(quarantine.NAME, each.path, _is_of(each.path, staged.source))

    # writing -------------------------------------------------------------------------------------------------------

    def _write(self, name: str, change: _Table) -> int:
        there = self._before.schema(name)
        schema = _union(there, table_schema(name))
        files = [((source, source), file) for source, file in change.whole] + self._rewritten(name, change, schema)
        self._reached(f"wrote the rows of {name}")
        folder = self._path / name
        durable.make_folder(folder)
        for _, file in files:
            file.path.rename(folder / file.path.name)
        durable.settle_folder(folder)
        self._reached(f"moved the files of {name}")
        version = delta_log.append(
            folder, int(self._moment.timestamp() * 1000),
            add=[_data_file(folder / file.path.name, file.n_rows, sources) for sources, file in files],
            remove=[path.name for path in change.leaving],
            schema=None if there is not None and there.names == schema.names else schema,
        )  # fmt: skip
        self._reached(f"wrote the log of {name}")
        return version

    def _rewritten(self, name: str, change: _Table, schema: pa.Schema) -> list[tuple[tuple[str, str] | None, StagedFile]]:
        """Write anew what stays of files that lose rows, and what enters of files of which not all does; apart by source."""
        sources = {file.path: file.sources for file in self._before.files(name)}
        writers: dict[tuple[str, str] | None, Writer] = {}

        def writer(of: tuple[str, str] | None) -> Writer:
            return writers.setdefault(of, Writer(self._folder, disk))

        with Disk(self._folder.path) as disk:
            for path, leaving in change.leaving.items():
                for rows in _picked(path, ~leaving):
                    writer(sources[path]).add(staging.with_schema(rows, schema))
            for source, file, entering in change.partly:
                for rows in _picked(file.path, entering):
                    writer((source, source)).add(staging.stamped(staging.with_schema(rows, schema), self._moment))
            return [(of, file) for of, each in writers.items() for file in each.close()]


def table_schema(name: str) -> pa.Schema:
    """Return the columns that a fact table, or the quarantine, has today."""
    return quarantine.schema() if name == quarantine.NAME else arrow_schema(tables.BY_NAME[name])


def _counted(staged: Staged, found: tuple[int, int, int, int], extra: Mapping[str, object]) -> Mapping[str, object]:
    kept, known, superseded, deleted = found
    counted = {"kept": kept, "known": known, "superseded": superseded, "refused": staged.n_refused}
    return {SOURCE: staged.source, "read": sum(counted.values()), **counted, "deleted": deleted, **extra}


def _old_files(table: DeltaTable, folder: Path) -> Iterator[Old]:
    """Yield the files of a table as its log describes them; what the log does not say is not known."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for each in pa.table(table.get_add_actions(flatten=True)).to_pylist():
        path = folder / each["path"].rpartition("/")[2]
        first, last = each.get(f"min.{SOURCE}"), each.get(f"max.{SOURCE}")
        n_rows = each.get("num_records")
        n_known = pq.read_metadata(path).num_rows if n_rows is None else n_rows
        yield Old(path, n_known, (first, last) if first and last else None)


def _data_file(path: Path, n_rows: int, sources: tuple[str, str] | None) -> DataFile:
    return DataFile(path.name, path.stat().st_size, n_rows, sources)


def _union(there: pa.Schema | None, today: pa.Schema) -> pa.Schema:
    """Return the columns of today, and after them those that a newer version put there."""
    for each in there or ():
        today = today.append(each) if each.name not in today.names else today
    return today


def _picked(path: Path, flags: np.ndarray | None) -> Iterator[pa.Table]:
    """Yield the rows of a file that are flagged, None for all, in batches."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    start = 0
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=staging.ROWS_PER_GROUP):
            rows = pa.Table.from_batches([batch])
            yield rows if flags is None else rows.filter(pa.array(flags[start : start + batch.num_rows]))
            start += batch.num_rows


def _refused(files: Sequence[Old | StagedFile], source: str) -> Iterator[pa.RecordBatch]:
    """Yield what files of the quarantine say of a source, without when it was learned."""
    import pyarrow.compute as pc

    names = [name for name in quarantine.COLUMNS if name != KNOWN_AT]
    for each in files:
        for rows in _picked(each.path, None):
            own = rows.filter(pc.equal(rows[SOURCE], source))
            yield from staging.with_schema(own, quarantine.schema()).select(names).to_batches()


def _is_of(path: Path, source: str) -> np.ndarray:
    import numpy as np
    import pyarrow.parquet as pq

    return np.array([each == source for each in pq.read_table(path, columns=[SOURCE])[SOURCE].to_pylist()], bool)
