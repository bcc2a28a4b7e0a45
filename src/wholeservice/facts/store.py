"""The store: Delta tables and pinned runs. A run commits every table and, last, one row that pins all versions.

A data file holds the rows of one source, and every key is a column in it, so a reader needs nothing but the list of
files. Readers pin one run and never look again; what a run pins is never changed. A writer that dies leaves tables whose
newest version no run pins: the next commit puts them back first. One writer at a time, held by a file lock.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.errors import InputError, OutsideError, Problem, suggest
from wholeservice.facts import quarantine
from wholeservice.facts.columns import arrow_schema
from wholeservice.facts.supersede import DIGEST, KNOWN_AT, RECORD, SOURCE, Change, Weighed, weigh, with_records

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable

RUNS, LOCK = "runs", "lock"

CODES = {
    "STO101": "Another ingest is writing to this store. One writes at a time; wait until it is done. If the process that is"
    " named is gone, the lock is free already: try again.",
    "STO102": "There is no run of that name in this store. `wholeservice ingest` makes runs; each names a state that can be"
    " read again.",
    "STO103": "The store cannot be read or written: the disk, its permissions, or a damaged file. Everything in it can be made"
    " again from the sources: move the folder away and ingest, or put a backup back.",
    "STO104": "The store cannot lie in a folder with a percent sign in its name: the table format reads it as percent code.",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One committed ingest: what it pinned and counted. `id` names the snapshot; readers pin one run and never look again."""

    id: str
    committed_at: dt.datetime
    versions: Mapping[str, int]  # table -> Delta version
    cursors: Mapping[str, str]  # source -> cursor, as the source wrote it
    counts: tuple[Mapping[str, object], ...]  # per source: read, kept, known, superseded, refused, resolved, names


@dataclass(frozen=True, slots=True)
class _Write:
    """One table, one source: rows to append, or (is_new_content) everything the source has in this table from now on."""

    table: str
    source: str
    rows: pa.Table
    is_new_content: bool


class Store:
    """The Delta tables of one workspace under *path*. `reached` is called after each durable step; tests stop there."""

    def __init__(self, path: Path, *, reached: Callable[[str], None] = lambda step: None) -> None:
        self.path = Path(path)
        self._reached = reached

    def runs(self) -> tuple[Run, ...]:
        """Return every committed run, oldest first."""
        with _readable(self.path):
            table = self._delta(RUNS)
            rows = table.to_pyarrow_table().to_pylist() if table else []
        return tuple(_run(row) for row in sorted(rows, key=lambda row: int(row["number"])))

    def latest(self) -> Run | None:
        """Return the newest run, None when nothing was ever ingested."""
        runs = self.runs()
        return runs[-1] if runs else None

    def run(self, run_id: str) -> Run:
        """Return the run of that id. Raises InputError with the nearest id."""
        runs = {each.id: each for each in self.runs()}
        if run_id not in runs:
            raise InputError(Problem("STO102", f"no run '{run_id}' in the store", expected=f"one of its {len(runs)} runs",
                                     nearest=suggest(run_id, runs), next_step="wholeservice ingest makes a run"))  # fmt: skip
        return runs[run_id]

    def files(self, run: Run) -> dict[str, list[str]]:
        """Return fact table -> Parquet files as *run* pinned them. A table without rows is left out."""
        with _readable(self.path):
            found = {name: self._pinned(run, name).file_uris() for name in tables.BY_NAME if name in run.versions}
        # The library writes the folder's name in percent code; the names of the files themselves are plain.
        here = self.path.absolute()
        return {name: sorted(str(here / name / uri.rpartition("/")[2]) for uri in uris) for name, uris in found.items() if uris}

    def read(self, run: Run, table: str) -> pa.Table:
        """Return the rows of a fact table (or of the quarantine) as *run* pinned them, with every column it has today."""
        schema = quarantine.schema() if table == quarantine.NAME else arrow_schema(tables.BY_NAME[table])
        if table not in run.versions:
            return schema.empty_table()
        with _readable(self.path):
            return _with_schema(self._pinned(run, table).to_pyarrow_table(), schema)

    def commit(
        self, changes: Sequence[Change], cursors: Mapping[str, str], counts: Mapping[str, Mapping[str, object]],
        known_at: dt.datetime,
    ) -> Run:  # fmt: skip
        """
        Commit what the sources say now as one run; all of it or nothing.

        Shape    *counts*: per source, what to note beside kept, known, superseded and refused
        Errors   OutsideError when another process holds the lock, or the disk fails

        When nothing changed no run is written: the run that stands is returned, with the counts of this time.
        """
        with self._lock(), _readable(self.path):
            before = self.latest()
            # A clock that was set back must not make what we learn now older than what we knew.
            moment = max(known_at, before.committed_at) if before else known_at
            weighed = [(change, self._weigh(change, before)) for change in changes]
            noted = tuple(_counted(change, each, counts.get(change.source, {})) for change, each in weighed)
            writes = [write for change, each in weighed for write in self._writes(change, each, before, moment)]
            if before and not writes and {**before.cursors, **cursors} == before.cursors:
                return replace(before, counts=noted)
            versions = self._write_all(writes, before)
            return self._pin(before, versions, cursors=cursors, counts=noted, moment=moment)

    # what is there -------------------------------------------------------------------------------------------------

    def _delta(self, name: str, version: int | None = None) -> DeltaTable | None:
        from deltalake import DeltaTable

        path = str(self.path / name)
        return DeltaTable(path, version=version) if DeltaTable.is_deltatable(path) else None

    def _pinned(self, run: Run, name: str) -> DeltaTable:
        table = self._delta(name, run.versions[name])
        if table is None:
            raise FileNotFoundError(self.path / name)
        return table

    def _of_source(self, before: Run | None, table: str, source: str, columns: list[str] | None = None) -> pa.Table | None:
        if before is None or table not in before.versions:
            return None
        import pyarrow.dataset as ds

        return self._pinned(before, table).to_pyarrow_dataset().to_table(columns=columns, filter=ds.field(SOURCE) == source)

    # what changes --------------------------------------------------------------------------------------------------

    def _weigh(self, change: Change, before: Run | None) -> Weighed:
        keys = [self._of_source(before, name, change.source, [RECORD, DIGEST]) for name in tables.BY_NAME]
        return weigh(change, [each for each in keys if each is not None])

    def _writes(self, change: Change, weighed: Weighed, before: Run | None, moment: dt.datetime) -> Iterator[_Write]:
        for name, table in tables.BY_NAME.items():
            added = with_records(change.rows[name], weighed.enter, keep=True) if name in change.rows else None
            kept, n_removed = self._staying(name, change.source, weighed, before)
            if not n_removed and not (added and added.num_rows):
                continue
            rows = [_known(added, moment)] if added is not None else []
            schema = arrow_schema(table)
            together = _concat([*([kept] if kept is not None else []), *rows], schema)
            yield _Write(name, change.source, together, is_new_content=bool(n_removed))
        yield from self._quarantine_writes(change, before, moment)

    def _staying(self, table: str, source: str, weighed: Weighed, before: Run | None) -> tuple[pa.Table | None, int]:
        """Return what stays of a source's rows when some are taken out, and how many are."""
        old = self._of_source(before, table, source) if len(weighed.leave) else None
        if old is None:
            return None, 0
        staying = with_records(old, weighed.leave, keep=False)
        n_removed = old.num_rows - staying.num_rows
        return (staying, n_removed) if n_removed else (None, 0)

    def _quarantine_writes(self, change: Change, before: Run | None, moment: dt.datetime) -> Iterator[_Write]:
        """What a source's latest reading refused replaces what the one before refused."""
        old = self._of_source(before, quarantine.NAME, change.source)
        n_old = old.num_rows if old is not None else 0
        is_same = (
            old is not None
            and n_old == change.quarantine.num_rows
            and _told(_with_schema(old, quarantine.schema())) == _told(change.quarantine)
        )
        if is_same or not (n_old or change.quarantine.num_rows):
            return
        yield _Write(quarantine.NAME, change.source, _known(change.quarantine, moment), is_new_content=bool(n_old))

    # writing -------------------------------------------------------------------------------------------------------

    def _write_all(self, writes: list[_Write], before: Run | None) -> dict[str, int]:
        self.path.mkdir(parents=True, exist_ok=True)
        versions: dict[str, int] = {}
        for write in writes:
            if write.table not in versions:
                self._restore(write.table, before)
            versions[write.table] = self._write(write)
            self._reached(f"{write.table} of {write.source}")
        return versions

    def _restore(self, name: str, before: Run | None) -> None:
        """Put back a table that a writer moved without living to pin it."""
        table = self._delta(name)
        pinned = before.versions.get(name) if before else None
        if table is None or table.version() == pinned:
            return
        if pinned is None:
            table.delete()
        else:
            table.restore(pinned)
        self._reached(f"restored {name}")

    def _write(self, write: _Write) -> int:
        from deltalake import write_deltalake

        path, predicate = str(self.path / write.table), f"{SOURCE} = '{write.source.replace(chr(39), chr(39) * 2)}'"
        is_there = self._delta(write.table) is not None
        if is_there and write.is_new_content and not write.rows.num_rows:
            self._delta(write.table).delete(predicate)  # type: ignore[union-attr]
        elif is_there and write.is_new_content:
            write_deltalake(path, write.rows, mode="overwrite", predicate=predicate, schema_mode="merge")
        else:
            write_deltalake(path, write.rows, mode="append", schema_mode="merge")
        return int(self._delta(write.table).version())  # type: ignore[union-attr]

    def _pin(
        self, before: Run | None, versions: Mapping[str, int], *, cursors: Mapping[str, str],
        counts: tuple[Mapping[str, object], ...], moment: dt.datetime,
    ) -> Run:  # fmt: skip
        """Write the one row that makes the run exist."""
        import pyarrow as pa
        from deltalake import write_deltalake

        number = int(before.id.partition("-")[0]) + 1 if before else 1
        all_versions = {**(before.versions if before else {}), **versions}
        content = json.dumps([number, all_versions, moment.isoformat()], sort_keys=True)
        run = Run(
            id=f"{number:04d}-{hashlib.sha256(content.encode()).hexdigest()[:8]}",
            committed_at=moment,
            versions=all_versions,
            cursors={**(before.cursors if before else {}), **cursors},
            counts=counts,
        )
        schema = pa.schema(
            [("number", pa.int64()), ("id", pa.string()), ("at", pa.timestamp("us", "UTC")), ("pinned", pa.string())]
        )
        pinned = json.dumps({"versions": run.versions, "cursors": run.cursors, "counts": run.counts}, sort_keys=True)
        row = {"number": number, "id": run.id, "at": moment, "pinned": pinned}
        self._reached("before the run is pinned")
        write_deltalake(str(self.path / RUNS), pa.Table.from_pylist([row], schema=schema), mode="append", schema_mode="merge")
        self._reached("the run is pinned")
        return run

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        import fcntl

        with _readable(self.path):
            if "%" in str(self.path.absolute()):  # the library takes it for percent code and looks elsewhere
                raise OutsideError(_percent(self.path))
            self.path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise OutsideError(_locked(self.path, os.pread(descriptor, 100, 0).decode(errors="replace"))) from None
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(descriptor)  # closing frees the lock, and so does dying


def _run(row: Mapping[str, Any]) -> Run:
    pinned = json.loads(row["pinned"])
    return Run(row["id"], row["at"], pinned["versions"], pinned["cursors"], tuple(pinned["counts"]))


def _counted(change: Change, weighed: Weighed, extra: Mapping[str, object]) -> Mapping[str, object]:
    counted = {"kept": weighed.kept, "known": weighed.known, "superseded": weighed.superseded, "refused": change.n_refused}
    return {"source": change.source, "read": sum(counted.values()), **counted, "deleted": weighed.deleted, **extra}


def _known(rows: pa.Table, moment: dt.datetime) -> pa.Table:
    import pyarrow as pa

    index = rows.schema.get_field_index(KNOWN_AT)
    values = pa.repeat(pa.scalar(moment, rows.schema.field(index).type), rows.num_rows)
    return rows.set_column(index, rows.schema.field(index), values)


def _told(refused: pa.Table) -> list[tuple[object, ...]]:
    """Return what a quarantine says, without when: to see whether it says anything new."""
    names = [name for name in quarantine.COLUMNS if name != KNOWN_AT]
    return sorted(zip(*(refused[name].to_pylist() for name in names), strict=True), key=repr)


def _concat(parts: list[pa.Table], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables([_with_schema(part, schema) for part in parts]) if parts else schema.empty_table()


def _with_schema(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the rows with exactly these columns; one that an older version did not have is missing in every row."""
    import pyarrow as pa

    columns = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _locked(path: Path, holder: str) -> Problem:
    who = f"process {holder.strip()}" if holder.strip().isdigit() else "another process"
    return Problem("STO101", f"{who} is writing to the store {path}", expected="one writer at a time",
                   next_step="wait until it is done, then ingest again")  # fmt: skip


def _percent(path: Path) -> Problem:
    return Problem("STO104", f"the folder {path.absolute()} has a percent sign in its name", expected="a folder without one",
                   next_step="rename the folder, or move the workspace")  # fmt: skip


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say what a failing disk or a damaged table means, instead of a traceback."""
    from deltalake.exceptions import DeltaError

    try:
        yield
    except (OSError, DeltaError) as error:
        first_line = str(error).strip().partition("\n")[0][:300]
        raise OutsideError(
            Problem("STO103", f"the store {path} cannot be used: {first_line}",
                    next_step="see to the disk, or move the folder away and ingest again")
        ) from error  # fmt: skip
