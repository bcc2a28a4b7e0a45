"""The rows behind the numbers of a snapshot: the facts that its run pinned, opened when somebody first asks for a row.

One connection, and one question at a time: a question takes a fraction of a second, and the next one waits. The facts are
those of the snapshot, whatever was ingested since. From `derived_store.LEAST_ROWS` rows on, the derived tables are those that
were kept of it; below that they are made again, once.
"""

from __future__ import annotations

import shutil
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice.app import derived_store, incremental
from wholeservice.errors import InputError, Problem
from wholeservice.pages.base import Data, RowsBehind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wholeservice.app.derived_store import Files, Kept
    from wholeservice.engines.base import Engine
    from wholeservice.engines.with_views import WithViews
    from wholeservice.facts.store import Store
    from wholeservice.measures.base import Cell
    from wholeservice.measures.behind import Ground
    from wholeservice.measures.behind_rows import Behind


def rows_behind(data: Data, store: Store, derived: Path, source_order: tuple[str, ...]) -> RowsBehind:
    """
    Return a function that gives the rows behind a number of *data*.

    Shape    *derived*: where derived tables are kept
    Errors   the function raises InputError RES004 where the run is gone, or the derived tables of many facts were not kept
    """
    from wholeservice.measures.behind import behind

    one_at_a_time = threading.Lock()
    opened: list[Ground] = []

    def rows(cells: Sequence[Cell], first: int, most: int) -> Behind:
        with one_at_a_time:
            if not opened:
                opened.append(_opened(data, _files(store, data.snapshot), derived, source_order))
            return behind(opened[0], data.measures[cells[0].measure], cells, first=first, most=most)

    return rows


def _files(store: Store, snapshot: str) -> Files:
    """Return the files that the run of a snapshot pinned, per fact table."""
    named = snapshot.partition(".")[0]
    run = next((each for each in store.runs() if each.id == named), None)
    if run is None:
        raise InputError(Problem("RES004", f"the facts of run {named} are no longer in the store",
                                 next_step="wholeservice measure"))  # fmt: skip
    return store.files(run)


def _opened(data: Data, files: Files, derived: Path, source_order: tuple[str, ...]) -> Ground:
    from wholeservice.engines.duckdb_engine import DuckdbEngine
    from wholeservice.measures.behind import Ground
    from wholeservice.measures.roll_up import Tree

    is_kept = derived_store.n_rows(files) >= derived_store.LEAST_ROWS
    kept = derived_store.lent(derived, data.snapshot) if is_kept else None
    if is_kept and kept is None:
        raise InputError(Problem("RES004", "the rows of this snapshot are too many to be put in order while you wait",
                                 next_step="wholeservice measure --full"))  # fmt: skip
    engine = DuckdbEngine()
    if kept is not None:
        weakref.finalize(engine, shutil.rmtree, kept.folder, ignore_errors=True)
    for name, paths in files.items():
        engine.add(name, paths)
    made = _prepared(engine, data, kept, files)
    return Ground(made, Tree(data.organisation), data.zone, source_order)


def _prepared(engine: Engine, data: Data, kept: Kept | None, files: Files) -> WithViews:
    """Return the engine with names resolved, derived tables and periods."""
    from wholeservice.engines.with_views import WithViews
    from wholeservice.measures.compute import add_periods, prepare, windows_of

    if kept is not None:
        return incremental.tables_again(engine, data.organisation, data.zone, kept, files)[0]
    prepare(engine, data.organisation, data.zone)
    add_periods(engine, windows_of(data.organisation), data.zone)
    return WithViews(engine)
