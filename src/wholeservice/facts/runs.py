"""The runs of a store: one row each, which pins the version of every table. Written last; without it nothing happened."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wholeservice.errors import InputError, Problem, suggest
from wholeservice.facts import delta_log, durable
from wholeservice.facts.delta_log import DataFile
from wholeservice.periods import instant

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "runs"
MAX_FILES = 32  # then the next run writes all rows into one file: thousands of files of one row are slow to open
_NEXT = "wholeservice ingest makes a run"


@dataclass(frozen=True, slots=True)
class Run:
    """One committed ingest: what it pinned and counted. `id` names the snapshot; readers pin one run and never look again."""

    id: str
    committed_at: dt.datetime
    versions: Mapping[str, int]  # table -> Delta version
    cursors: Mapping[str, str]  # source -> cursor, as the source wrote it
    counts: tuple[Mapping[str, object], ...]  # per source: read, kept, known, superseded, refused, resolved, names
    readings: Mapping[str, int] = field(default_factory=dict)  # source -> ticket of its reading: in which order they began
    is_new: bool = field(default=False, compare=False)  # made by the call that returned it; not stored

    @property
    def number(self) -> int:
        """The place of the run in the order of all runs, from 1."""
        return int(self.id.partition("-")[0])


def following(before: Run | None, versions: Mapping[str, int], at: dt.datetime, **said: Any) -> Run:
    """Return the run after *before* with these versions of some tables; the others, and what is not said, are as before."""
    number = before.number + 1 if before else 1
    all_versions = {**(before.versions if before else {}), **versions}
    content = json.dumps([number, all_versions, at.isoformat()], sort_keys=True)
    return Run(
        id=f"{number:04d}-{hashlib.sha256(content.encode()).hexdigest()[:8]}",
        committed_at=at,
        versions=all_versions,
        cursors={**(before.cursors if before else {}), **said.get("cursors", {})},
        counts=tuple(said.get("counts", ())),
        readings={**(before.readings if before else {}), **said.get("readings", {})},
        is_new=True,
    )


def load(rows: Sequence[Mapping[str, Any]]) -> tuple[Run, ...]:
    """Return the runs that stand in rows of the table, oldest first."""
    return tuple(_run(row) for row in sorted(rows, key=lambda row: int(row["number"])))


def schema() -> pa.Schema:
    """Return the columns of the table of runs."""
    import pyarrow as pa

    return pa.schema([("number", pa.int64()), ("id", pa.string()), ("at", pa.timestamp("us", "UTC")), ("pinned", pa.string())])


def add(store: Path, run: Run, there: pa.Table | None, files: Sequence[str]) -> None:
    """Write the row of a run, durably. *there*: all rows so far, which lie in *files*."""
    import pyarrow as pa

    is_crowded = there is not None and len(files) >= MAX_FILES
    row = pa.Table.from_pylist([row_of(run)], schema=schema())
    rows = pa.concat_tables([there.select(schema().names).cast(schema()), row]) if is_crowded and there is not None else row
    _write(store / NAME, rows, run, remove=files if is_crowded else ())


def rewrite(store: Path, kept: Sequence[Run], files: Sequence[str]) -> None:
    """Replace the table of runs (rows in *files*) by these runs, durably: for what forgets or drops runs. Hold the lock."""
    import pyarrow as pa

    rows = pa.Table.from_pylist([row_of(run) for run in kept], schema=schema())
    _write(store / NAME, rows, kept[-1], remove=files)


def _write(folder: Path, rows: pa.Table, run: Run, remove: Sequence[str]) -> None:
    import pyarrow.parquet as pq

    durable.make_folder(folder)
    version = delta_log.newest(folder)
    path = folder / f"{run.id}-{0 if version is None else version + 1}.parquet"
    pq.write_table(rows, path)
    durable.settle([path])
    at = int(run.committed_at.timestamp() * 1000)
    new_columns = schema() if version is None else None
    delta_log.append(folder, at, add=[DataFile(path.name, path.stat().st_size, rows.num_rows)], remove=remove,
                     schema=new_columns)  # fmt: skip


def row_of(run: Run) -> dict[str, Any]:
    """Return a run as a row of the table of runs."""
    pinned = {"versions": run.versions, "cursors": run.cursors, "counts": run.counts, "readings": run.readings}
    return {"number": run.number, "id": run.id, "at": run.committed_at, "pinned": json.dumps(pinned, sort_keys=True)}


def _run(row: Mapping[str, Any]) -> Run:
    pinned = json.loads(row["pinned"])
    counts = tuple(pinned["counts"])
    return Run(row["id"], row["at"], pinned["versions"], pinned["cursors"], counts, pinned.get("readings", {}))


def newest_ticket(run: Run | None) -> int:
    """Return the highest ticket of a reading that a run knows, 0 when there is none."""
    return max(run.readings.values(), default=0) if run else 0


def as_of(runs: Sequence[Run], text: str, zone: str) -> Run:
    """Return the run that *text* names, see `Store.as_of`; *runs* oldest first."""
    by_id = {each.id: each for each in runs}
    if text in by_id:
        return by_id[text]
    end = _end(text, zone)
    if end is None:
        raise InputError(Problem("STO102", f"no run '{text}' in the store", None, "the id of a run, a date or an instant",
                                 suggest(text, by_id), _NEXT))  # fmt: skip
    found = [each for each in runs if each.committed_at < end]
    if found:
        return found[-1]
    what = f"nothing was known yet as of {text}"
    if not runs:
        raise InputError(Problem("STO102", what, None, "a store with a run", None, _NEXT))
    first_at = runs[0].committed_at.astimezone(ZoneInfo(zone))
    raise InputError(Problem("STO102", what, None, f"{first_at:%Y-%m-%d %H:%M} or later", runs[0].id, _NEXT))


def _end(text: str, zone: str) -> dt.datetime | None:
    """Return the instant before which a run counts as committed; None when the text is no date and no instant."""
    try:
        if len(text) <= len("2026-03-31"):
            return instant(dt.date.fromisoformat(text) + dt.timedelta(days=1), zone)
        found = dt.datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(dt.UTC) + dt.timedelta(microseconds=1)
