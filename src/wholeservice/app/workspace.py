"""What a command asks of a workspace: ingest, and the current results.

`current_data` gives what is stored when it is fresh, else it is computed and stored first.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice.app import derived_store, stored_results
from wholeservice.app.as_of import known_at_of
from wholeservice.app.declared import context, declarations, declared_organisation, declared_sources
from wholeservice.app.improvement_log import log_mark, with_entries
from wholeservice.app.printing import progress, say
from wholeservice.app.secret import guards_of
from wholeservice.app.settings import Settings
from wholeservice.app.time_left import TOOK
from wholeservice.errors import InputError, Problem
from wholeservice.organisation.graph import Organisation
from wholeservice.organisation.load import FOLDER
from wholeservice.pages.base import Data

if TYPE_CHECKING:
    from wholeservice.facts.ingest import Report
    from wholeservice.facts.store import Run, Store

STORE, WORLDS = "store", "worlds"
FULL_VARIABLE = "WHOLESERVICE_FULL"
Reached = Callable[[str], None]
COMPUTING = ("organisation/*.py", "facts/*.py", "derived/*.py", "measures/*.py", "findings/*.py", "engines/*.py",
             "improvements/*.py", "app/loss_maps.py", "app/open_times.py", "app/incremental.py")  # fmt: skip


def store_of(settings: Settings, reached: Reached = lambda step: None, *, world: str | None = None) -> Store:
    """
    Return the store of what was observed, or that of a simulated *world*: each world has its own.

    *reached*   is called after each durable step of a commit
    Errors      InputError STO106 for a world whose name cannot be that of a folder
    """
    from wholeservice.facts.store import Store
    from wholeservice.facts.store_problems import check_world

    if world is None:
        return Store(settings.state / STORE, reached=reached)
    check_world(world)
    return Store(settings.state / WORLDS / world / STORE, world=world, reached=reached)


def results_folder(settings: Settings) -> Path:
    """Return where the results of the workspace are kept."""
    return settings.state / stored_results.FOLDER


def ingest_workspace(
    settings: Settings, only: str | None = None, *, known_on: str | None = None, reached: Reached = lambda step: None
) -> Report:
    """
    Read the declared sources, or *only* one, and commit what they say as one run.

    *known_on*  the day on which it was known, when that is not now
    """
    from wholeservice.facts.ingest import ingest

    declared = declared_sources(settings)
    store = store_of(settings, reached)
    now = dt.datetime.now(dt.UTC)
    known_at = known_at_of(known_on, settings.zone, store.latest(), now) if known_on is not None else now
    with progress("Reading", took=settings.state / TOOK) as doing:
        store.waiting = doing
        return ingest(
            declared, store, context(settings), known_at, only=only, guards=guards_of(settings, store),
            progress=lambda source, n_rows: doing(source, f"{n_rows:,} rows"),
        )  # fmt: skip


def current_data(settings: Settings) -> Data:
    """Return the results of the newest run and of the organisation as it is declared now; compute what is not stored."""
    found = refresh(settings) or _stored(settings, stored_results.current(results_folder(settings)) or "")
    return with_entries(settings, found)


def data_in_full(settings: Settings) -> Data:
    """Derive and measure everything of the newest run again, whatever was kept, and store that in place of what is stored."""
    run, declared = _newest_run(settings), declared_organisation(settings)
    snapshot = stored_results.snapshot_name(run.id, declared.hash, definitions())
    return with_entries(settings, _compute(settings, run, declared, snapshot, is_current=True, is_full=True))


def data_as_of(settings: Settings, as_of: str | None) -> Data:
    """
    Return the results of the run that was the newest on a day, or that has a name; of the newest one without *as_of*.

    The organisation is the one declared now: what changes is what was known, not how it is counted.
    """
    if as_of is None:
        return current_data(settings)
    run = store_of(settings).as_of(as_of, settings.zone)
    declared = declared_organisation(settings)
    snapshot = stored_results.snapshot_name(run.id, declared.hash, definitions())
    if stored_results.is_stored(results_folder(settings), snapshot):
        return _stored(settings, snapshot)
    return _compute(settings, run, declared, snapshot, is_current=False)


def refresh(settings: Settings) -> Data | None:
    """Make the stored results those of the newest run and of what is declared now; None when they were that already."""
    run = _newest_run(settings)
    declared = declared_organisation(settings)
    snapshot = stored_results.snapshot_name(run.id, declared.hash, definitions())
    results = results_folder(settings)
    if stored_results.is_stored(results, snapshot):
        stored_results.make_current(results, snapshot)
        return None
    return _compute(settings, run, declared, snapshot, is_current=True)


def _compute(
    settings: Settings, run: Run, declared: Organisation, snapshot: str, *, is_current: bool, is_full: bool = False
) -> Data:
    """Compute and store the results of a run."""
    from wholeservice.app.snapshots import Pinned, compute_snapshot

    order = tuple(settings.sources.mapping) if settings.sources else ()
    with progress("Measuring everything" if is_full else "Measuring", took=settings.state / TOOK) as doing:
        # What was asked for as of an earlier run is no base of the next snapshot.
        derived = settings.state / derived_store.FOLDER if is_current else None
        pinned = Pinned(store_of(settings), run, declared, settings.zone, order, settings.engine, derived,
                        is_full or _is_always_full())  # fmt: skip
        data, rows = compute_snapshot(pinned, snapshot, doing)
        if is_full:
            stored_results.remove(results_folder(settings), snapshot)
        stored_results.save(results_folder(settings), data, rows, settings.folder / FOLDER, is_current=is_current)
    if rows.share_again is not None:
        say(f"recomputed {rows.share_again:.1%} of attempts; full run: --full")
    return _with_settings(settings, data)


def _with_settings(settings: Settings, data: Data) -> Data:
    """Return results with what only the workspace knows: where sources are declared, rows behind numbers, older needs."""
    from wholeservice.app.known_before import needs_then, seen_first
    from wholeservice.app.rows_behind import rows_behind

    order = tuple(settings.sources.mapping) if settings.sources else ()
    rows = rows_behind(data, store_of(settings), settings.state / derived_store.FOLDER, order)
    then = needs_then(results_folder(settings), data.snapshot)
    seen = seen_first(results_folder(settings))
    return replace(data, declarations=declarations(settings), rows=rows, needs_then=then, seen_first=seen)


def _is_always_full() -> bool:
    """Say whether everything is to be derived and measured again, whatever was kept: WHOLESERVICE_FULL=1."""
    return os.environ.get(FULL_VARIABLE, "") not in ("", "0")


def _stored(settings: Settings, snapshot: str) -> Data:
    """Load the results of a snapshot; where each source is declared is said by the settings of now."""
    from wholeservice.measures import MEASURES

    return _with_settings(settings, stored_results.load(results_folder(settings), snapshot, MEASURES))


def newest_stored(settings: Settings, *, is_open: bool = False) -> Callable[[], Data]:
    """
    Return a function that gives the newest stored results, and reads them only when they are newer than what it has.

    Whoever finds newer ones first reads them; until they are read, everybody else gets those there were. What was written to
    the log since is added at once. *is_open*: whoever reads them may write to it.
    Errors   the function raises InputError RES001 while nothing is stored
    """
    results, one_reads = results_folder(settings), threading.Lock()
    known: list[Data] = []  # the newest one, once there is any
    told: list[Data] = []  # the same, with what was written to the log since

    def load_data() -> Data:
        snapshot = stored_results.current(results)
        if snapshot is None:
            raise InputError(_nothing_measured(settings))
        if not known or known[0].snapshot != snapshot:
            if not one_reads.acquire(blocking=not known):
                return told[0]
            try:
                if not known or known[0].snapshot != snapshot:
                    found = replace(_stored(settings, snapshot), is_open=is_open)
                    told[:], known[:] = [with_entries(settings, found)], [found]  # whoever sees the second has the first
            finally:
                one_reads.release()
        if told[0].log_mark != log_mark(settings):
            with one_reads:
                told[:] = [with_entries(settings, known[0])]
        return told[0]

    return load_data


def definitions() -> str:
    """Return the version of all definitions: it changes whenever the same facts could give another result.

    That is the names and versions of measures, the rules, and the code that computes and judges: in a checkout a rule may
    change without anybody raising a version.
    """
    from wholeservice.findings import RULES
    from wholeservice.measures import MEASURES

    package = Path(__file__).resolve().parents[1]
    code = sorted(path for pattern in COMPUTING for path in package.glob(pattern))
    said = [hashlib.sha256(path.read_bytes()).hexdigest() for path in code]
    return stored_results.definitions_version(MEASURES, [*(rule.code for rule in RULES), *said])


def _newest_run(settings: Settings) -> Run:
    run = store_of(settings).latest()
    if run is None:
        raise InputError(_nothing_measured(settings))
    return run


def _nothing_measured(settings: Settings) -> Problem:
    return Problem("RES001", f"nothing was ingested into {settings.name} yet", expected="at least one ingest",
                   next_step="wholeservice ingest")  # fmt: skip
