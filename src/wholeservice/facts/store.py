"""The store: Delta tables and pinned runs. A run commits every table and, last, one row that pins all versions.

A data file holds the rows of one source, and every key is a column in it, so a reader needs nothing but the list of
files. Readers pin one run and never look again; what a run pins is never changed. A writer that dies leaves versions that
no run pins: the next writer takes them out first. One writer at a time, held by a file lock; the next one waits.
docs/store.md says it for whoever keeps a store.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice import tables
from wholeservice.errors import InputError, OurBug, OutsideError, Problem, suggest
from wholeservice.facts import delta_log, durable, lock, runs, staging, store_problems
from wholeservice.facts.committing import Before, Committing, table_schema
from wholeservice.facts.runs import Run
from wholeservice.facts.staging import Staged
from wholeservice.facts.store_problems import CODES, readable
from wholeservice.facts.supersede import Change
from wholeservice.mapping import quarantine

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable

__all__ = ["CODES", "LOCK", "RUNS", "Run", "Store"]

RUNS, LOCK, WORLD = runs.NAME, "lock", "world"
OBSERVED = "observed"
WAIT_S = 60.0


class Store:
    """
    The Delta tables of one workspace under *path*.

    *world*     the name of a simulated world whose facts these are; None for what was observed. The two are never mixed
    *wait_s*    how long a writer waits for another one, in seconds
    *waiting*   called with a line for people while it waits
    *reached*   called after each durable step; tests stop there
    """

    def __init__(
        self, path: Path, *, world: str | None = None, wait_s: float = WAIT_S,
        waiting: lock.Waiting = lambda line: None, reached: Callable[[str], None] = lambda step: None,
    ) -> None:  # fmt: skip
        self.path = Path(path)
        self.world = world
        self.wait_s = wait_s
        self.waiting = waiting
        self.reached = reached
        self._is_locked = False

    # reading -------------------------------------------------------------------------------------------------------

    def runs(self) -> tuple[Run, ...]:
        """Return every committed run, oldest first."""
        with readable(self.path):
            return runs.load(self._run_rows()[0].to_pylist())

    def latest(self) -> Run | None:
        """Return the newest run, None when nothing was ever ingested."""
        import pyarrow.compute as pc

        with readable(self.path):
            rows, _ = self._run_rows()
            newest = rows.filter(pc.equal(rows["number"], pc.max(rows["number"]))) if rows.num_rows else rows
            return next(iter(runs.load(newest.to_pylist())), None)

    def run(self, run_id: str) -> Run:
        """Return the run of that id. Raises InputError with the nearest id."""
        found = {each.id: each for each in self.runs()}
        if run_id not in found:
            raise InputError(Problem("STO102", f"no run '{run_id}' in the store", expected=f"one of its {len(found)} runs",
                                     nearest=suggest(run_id, found), next_step="wholeservice ingest makes a run"))  # fmt: skip
        return found[run_id]

    def as_of(self, text: str, zone: str = "UTC") -> Run:
        """
        Return the run that *text* names: an id, a date or an instant. Raises InputError with the nearest run.

        A date means the end of that day in *zone*; of a date or instant it is the newest run committed at or before it.
        """
        return runs.as_of(self.runs(), text, zone)

    def files(self, run: Run) -> dict[str, list[str]]:
        """Return fact table -> Parquet files as *run* pinned them. A table without rows is left out."""
        with readable(self.path):
            found = {name: _names(self.table(name, run.versions[name])) for name in tables.BY_NAME if name in run.versions}
        here = self.path.absolute()
        return {name: sorted(str(here / name / each) for each in names) for name, names in found.items() if names}

    def read(self, run: Run, table: str) -> pa.Table:
        """Return the rows of a fact table (or of the quarantine) as *run* pinned them, with every column it has today."""
        schema = table_schema(table)
        if table not in run.versions:
            return schema.empty_table()
        with readable(self.path):
            return staging.with_schema(
                delta_log.dataset(self.table(table, run.versions[table]), self.path / table).to_table(), schema
            )

    def table(self, name: str, version: int | None = None) -> DeltaTable:
        """
        Return the Delta table of a fact table, of the quarantine or of `runs`; *version*: as a run pinned it.

        What is written through it is seen by nobody until `pin` says so. Raises FileNotFoundError when there is no such table.
        """
        from deltalake import DeltaTable

        path = str(self.path / name)
        if not DeltaTable.is_deltatable(path):
            raise FileNotFoundError(self.path / name)
        return DeltaTable(path, version=version)

    # writing -------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def locked(self, wait_s: float | None = None) -> Iterator[Run | None]:
        """
        Hold the store for writing; wait for another writer at most *wait_s* seconds. Yields the newest run.

        Whatever writers that died left behind is taken out first: the newest version of every table is the one that the
        newest run pins. Errors: OutsideError STO101 when the other writer is not done in time, STO103 when the disk fails;
        InputError STO105 when the store is of another world.
        """
        path = self._checked_path()
        patience = self.wait_s if wait_s is None else wait_s
        try:
            with lock.held(path / LOCK, patience, self.waiting):
                self._is_locked = True
                with readable(self.path):
                    before = self.latest()
                    if before:  # a writer that died may have named its run, and not brought the name to the disk
                        durable.settle_folder(self.path / RUNS / delta_log.FOLDER)
                    self._claim_world(before)
                    self._tidy(before)
                yield before
        except lock.Held as held:
            raise OutsideError(store_problems.locked(self.path, held.holder, patience)) from None
        finally:
            self._is_locked = False

    def pin(
        self, versions: Mapping[str, int], known_at: dt.datetime, *, cursors: Mapping[str, str] | None = None,
        counts: Sequence[Mapping[str, object]] = (), readings: Mapping[str, int] | None = None,
    ) -> Run:  # fmt: skip
        """
        Commit a run in which some tables stand at other versions; the rest is as in the newest run. Within `locked` only.

        Shape    *versions*: table -> version that is written already, by whomever; *counts*, *readings*: see `Run`

        Everything that these versions added is brought to the disk before the row of the run is written: after this the
        run survives a power failure. The run is never dated before the newest one, whatever the clock says.
        """
        if not self._is_locked:
            raise OurBug(Problem("BUG001", "a run was pinned without holding the store"))
        with readable(self.path):
            before = self.latest()
            at = max(known_at, before.committed_at) if before else known_at
            for name, version in versions.items():
                delta_log.settle(self.path / name, before.versions.get(name) if before else None, version)
            run = runs.following(before, versions, at, cursors=cursors or {}, counts=counts, readings=readings or {})
            self.reached("before the run is pinned")
            runs.add(self.path, run, *self._run_rows())
            self.reached("the run is pinned")
            self._sum_up(versions)
            return run

    def commit(
        self, changes: Sequence[Change | Staged], cursors: Mapping[str, str], counts: Mapping[str, Mapping[str, object]],
        known_at: dt.datetime,
    ) -> Run:  # fmt: skip
        """
        Commit what the sources say now as one run; all of it or nothing.

        Shape    *counts*: per source, what to note beside kept, known, superseded and refused
        Errors   OutsideError when another process holds the lock too long, or the disk fails

        When nothing changed no run is written: the run that stands is returned, with the counts of this time.
        """
        with self.locked() as before, readable(self.path), staging.opened(self.path, self.latest) as folder:
            # A clock that was set back must not make what we learn now older than what we knew.
            moment = max(known_at, before.committed_at) if before else known_at
            doing = Committing(self.path, Before(self.path, before, self.table), folder, moment, self.reached)
            noted = tuple(doing.weigh(each, counts.get(each.source, {})) for each in changes)
            new_cursors = {name: text for name, text in cursors.items() if name not in doing.stale}
            if before and not doing.is_change and {**before.cursors, **new_cursors} == before.cursors:
                return replace(before, counts=noted, is_new=False)
            return self.pin(doing.write(), moment, cursors=new_cursors, counts=noted, readings=doing.readings)

    # ---------------------------------------------------------------------------------------------------------------

    def _run_rows(self) -> tuple[pa.Table, list[str]]:
        """Return the rows of the table of runs, and the names of its files."""
        try:
            table = self.table(RUNS)
        except FileNotFoundError:
            return runs.schema().empty_table(), []
        return delta_log.dataset(table, self.path / RUNS).to_table(), _names(table)

    def _sum_up(self, versions: Mapping[str, int]) -> None:
        """Keep the logs quick to read. One that is not summed up is only slower, so that no failure may undo the run."""
        own = delta_log.newest(self.path / RUNS) or 0
        due = {name: version for name, version in {**versions, RUNS: own}.items() if delta_log.is_due(version)}
        if not due:
            return
        with contextlib.suppress(OutsideError), readable(self.path), staging.opened(self.path, self.latest) as folder:
            for name, version in due.items():
                delta_log.checkpoint(self.path / name, version, folder.path / name)

    def _checked_path(self) -> Path:
        with readable(self.path):
            if "%" in str(self.path.absolute()):  # the library takes it for percent code and looks elsewhere
                raise OutsideError(store_problems.percent(self.path))
            durable.make_folder(self.path)
        return self.path

    def _claim_world(self, before: Run | None) -> None:
        """Say in a file whose facts these are; a store without one is of a version that knew no other worlds."""
        marker, wanted = self.path / WORLD, f"world {self.world}" if self.world else OBSERVED
        is_marked = marker.is_file()
        there = marker.read_text(encoding="utf-8").strip() if is_marked else OBSERVED if before else wanted
        if there != wanted:
            raise InputError(store_problems.other_world(self.path, there, wanted))
        if not is_marked:
            durable.publish(marker, f"{wanted}\n".encode())

    def _tidy(self, before: Run | None) -> None:
        """Take out what writers that died left behind: versions that no run pins, and their files."""
        pinned = before.versions if before else {}
        for name in (*tables.BY_NAME, quarantine.NAME):
            newest, wanted = delta_log.newest(self.path / name), pinned.get(name)
            if newest == wanted:
                continue
            if wanted is not None and (newest is None or newest < wanted):
                raise OSError(f"the log of {name} ends before version {wanted}, which run {before.id if before else ''} pins")
            if wanted is not None:
                delta_log.drop_after(self.path / name, wanted)
            else:
                delta_log.append(self.path / name, 0, remove=_names(self.table(name)))
            self.reached(f"put {name} back")
        dead = staging.abandoned(self.path)
        if dead:
            staging.sweep(self.path, dead, {name: set(_names(self.table(name, each))) for name, each in pinned.items()})
            self.reached("swept up")


def _names(table: DeltaTable) -> list[str]:
    """Return the names of a table's files. The library writes the folder before them in percent code; they are plain."""
    return [uri.rpartition("/")[2] for uri in table.file_uris()]
