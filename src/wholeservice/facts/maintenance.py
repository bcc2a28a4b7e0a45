"""Keep a store in order: what it holds, merging small files, taking away what nobody needs, and checking that all is there.

Each may be killed at any moment: the newest run stays whole, and doing it again finishes it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice.errors import Problem
from wholeservice.facts import durable, runs, staging
from wholeservice.facts.committing import NAMES, Old
from wholeservice.facts.pinned import PinnedFile, files_of_runs, pinned_files
from wholeservice.facts.rewriting import Rewriting, batches
from wholeservice.facts.runs import Run
from wholeservice.facts.store_problems import readable

if TYPE_CHECKING:
    from wholeservice.facts.store import Store

SMALL = 2  # a file is small when so many of them fit into a full one

CODES = {
    "STO120": "A file of the store is missing, damaged, or does not hold the rows that the log says. Runs that need it cannot"
    " be read. Put a backup back (`wholeservice store restore`), or move the store away and ingest again.",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One run: what it pins, and how many bytes no other run needs."""

    run: Run
    n_rows: int | None  # of facts; None where an old log does not say
    n_files: int
    n_bytes: int
    n_bytes_own: int


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """What a vacuum took away, or would: runs, and files with their bytes."""

    dropped: tuple[Run, ...]
    n_files: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compaction did: the run that stands now, and how many files its tables had before and have."""

    run: Run | None
    n_before: int
    n_after: int


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was looked at, and what is wrong with it."""

    n_runs: int
    n_files: int
    n_rows: int
    problems: tuple[Problem, ...]


def list_runs(store: Store) -> tuple[Kept, ...]:
    """Return what each run holds, oldest first."""
    with readable(store.path):
        kept = store.runs()
        pinned = pinned_files(store, kept)
    needed: dict[tuple[str, str], int] = {}
    for files in pinned.values():
        for each in files:
            needed[each.table, each.name] = needed.get((each.table, each.name), 0) + 1
    return tuple(_kept(run, pinned[run.id], needed) for run in kept)


def compact(store: Store) -> Compacted:
    """
    Merge the small files of each source and pin them as a new run of the same content; without any, nothing is written.

    It knows what the run before it knew, and has its date. Readers of earlier runs keep their files: the space comes back
    only with `vacuum`.
    """
    with store.locked() as before, readable(store.path):
        if before is None:
            return Compacted(None, 0, 0)
        n_before = _n_files(store, before)
        with staging.opened(store.path, store.latest) as folder:
            doing = Rewriting(store, before, folder)
            merging = {name: [each for group in small_groups(doing.files(name)) for each in group] for name in NAMES}
            versions = {name: doing.replace(name, files) for name, files in merging.items() if files}
            run = store.pin(versions, before.committed_at) if versions else before
        return Compacted(run, n_before, _n_files(store, run))


def small_groups(files: Iterable[Old]) -> list[list[Old]]:
    """Return groups of small files that would be fewer when merged; only files of the same sources lie in one group."""
    groups: dict[tuple[str, str] | None, list[Old]] = {}
    for each in files:
        if each.n_rows * SMALL <= staging.ROWS_PER_FILE:
            groups.setdefault(each.sources, []).append(each)
    return [
        group for group in groups.values() if math.ceil(sum(each.n_rows for each in group) / staging.ROWS_PER_FILE) < len(group)
    ]


def vacuum(
    store: Store, *, keep: Callable[[Sequence[Run]], Sequence[Run]] = lambda kept: kept, is_dry: bool = False
) -> Vacuumed:
    """
    Drop the runs that *keep* does not return, and take away every file that no run pins any more. Never the newest run.

    First the runs are dropped, durably; then the files go. *is_dry*: only say what would go.
    """
    with store.locked(), readable(store.path):
        everything = store.runs()
        if not everything:
            return Vacuumed((), 0, 0)
        staying = {each.id for each in (*keep(everything), everything[-1])}
        kept = [each for each in everything if each.id in staying]
        dropped = tuple(each for each in everything if each.id not in staying)
        if dropped and not is_dry:
            drop_runs(store, kept)
        return _swept(store, kept, dropped, is_dry=is_dry)


def drop_runs(store: Store, kept: Sequence[Run]) -> None:
    """Leave only these runs in the table of runs, durably; hold the lock. Their files stay until a vacuum."""
    _, there = max(files_of_runs(store).items())
    runs.rewrite(store.path, kept, [each.name for each in there])
    store.reached("dropped runs")


def newest_runs(n: int) -> Callable[[Sequence[Run]], Sequence[Run]]:
    """Keep the newest *n* runs."""
    return lambda kept: kept[-n:] if n else kept[-1:]


def runs_since(at: dt.datetime) -> Callable[[Sequence[Run]], Sequence[Run]]:
    """Keep the runs that stood at *at* or later: those committed since, and the one before them."""

    def chosen(kept: Sequence[Run]) -> Sequence[Run]:
        before = [each for each in kept if each.committed_at <= at]
        return [*before[-1:], *(each for each in kept if each.committed_at > at)]

    return chosen


def verify(store: Store) -> Verified:
    """Read every file that a run pins, from its first byte to its last, and compare it with what the log says of it."""
    with readable(store.path):
        kept = store.runs()
        pinned = pinned_files(store, kept)
    files = {(each.table, each.name): each for of_run in pinned.values() for each in of_run}
    runs_of: dict[tuple[str, str], list[str]] = {}
    for run in kept:
        for each in pinned[run.id]:
            runs_of.setdefault((each.table, each.name), []).append(run.id)
    n_rows, problems = 0, list[Problem]()
    for key, each in files.items():
        found, wrong = _checked(store.path / each.table / each.name, each)
        n_rows += found
        if wrong:
            what = f"{each.table}/{each.name}: {wrong}; {len(runs_of[key])} runs need it, the newest is {runs_of[key][-1]}"
            problems.append(Problem("STO120", what, expected=f"{each.n_rows} rows in {each.n_bytes} bytes",
                                    next_step="put a backup back, or move the store away and ingest again"))  # fmt: skip
    return Verified(len(kept), len(files), n_rows, tuple(problems))


def _kept(run: Run, files: tuple[PinnedFile, ...], needed: dict[tuple[str, str], int]) -> Kept:
    rows = [each.n_rows for each in files if each.table in NAMES[:-1]]
    known = [each for each in rows if each is not None]
    return Kept(
        run, sum(known) if len(known) == len(rows) else None, len(files), sum(each.n_bytes for each in files),
        sum(each.n_bytes for each in files if needed[each.table, each.name] == 1),
    )  # fmt: skip


def _n_files(store: Store, run: Run) -> int:
    return len(pinned_files(store, [run])[run.id])


def _swept(store: Store, kept: Sequence[Run], dropped: tuple[Run, ...], *, is_dry: bool) -> Vacuumed:
    needed = {(each.table, each.name) for files in pinned_files(store, kept).values() for each in files}
    needed |= {(each.table, each.name) for files in files_of_runs(store).values() for each in files}
    unneeded = [path for path in data_files(store.path) if (path.parent.name, path.name) not in needed]
    n_bytes = sum(path.stat().st_size for path in unneeded)
    for path in [] if is_dry else unneeded:
        path.unlink()
        store.reached(f"took away {path.name}")
    for folder in {path.parent for path in unneeded}:
        durable.settle_folder(folder)
    return Vacuumed(dropped, len(unneeded), n_bytes)


def data_files(store: Path) -> Iterator[Path]:
    """Yield every data file in the tables of a store."""
    for name in (*NAMES, runs.NAME):
        yield from sorted((store / name).glob("*.parquet"))


def _checked(path: Path, file: PinnedFile) -> tuple[int, str | None]:
    """Return how many rows a file holds, and what is wrong with it."""
    import pyarrow as pa

    try:
        n_bytes = path.stat().st_size
        n_rows = sum(rows.num_rows for rows in batches(path))
    except FileNotFoundError:
        return 0, "it is missing"
    except (OSError, pa.ArrowException) as error:
        return 0, f"it cannot be read: {str(error).splitlines()[0][:200]}"
    if n_bytes != file.n_bytes:
        return n_rows, f"it has {n_bytes} bytes"
    return n_rows, f"it holds {n_rows} rows" if file.n_rows is not None and n_rows != file.n_rows else None
