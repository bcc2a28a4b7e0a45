"""What a command asks of a workspace: ingest, and the current results.

`current_data` gives what is stored when it is fresh, else it is computed and stored first.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice.app import stored_results
from wholeservice.app.declared import context, declared_organisation, declared_sources
from wholeservice.app.printing import progress
from wholeservice.app.settings import Settings
from wholeservice.errors import InputError, Problem
from wholeservice.organisation.load import FOLDER
from wholeservice.pages.base import Data

if TYPE_CHECKING:
    from wholeservice.facts.ingest import Report
    from wholeservice.facts.store import Run, Store

STORE, RESULTS = "store", "results"
COMPUTING = ("organisation/*.py", "facts/*.py", "derived/*.py", "measures/*.py", "findings/*.py", "app/loss_maps.py")


def store_of(settings: Settings) -> Store:
    """Return the store of the workspace."""
    from wholeservice.facts.store import Store

    return Store(settings.state / STORE)


def results_folder(settings: Settings) -> Path:
    """Return where the results of the workspace are kept."""
    return settings.state / RESULTS


def ingest_workspace(settings: Settings, only: str | None = None) -> Report:
    """Read the declared sources, or *only* one, and commit what they say as one run."""
    from wholeservice.facts.ingest import ingest

    declared = declared_sources(settings)
    now = dt.datetime.now(dt.UTC)
    with progress("Reading") as doing:
        return ingest(
            declared, store_of(settings), context(settings), now, only=only,
            progress=lambda source, n_rows: doing(f"{source}, {n_rows:,} rows"),
        )  # fmt: skip


def current_data(settings: Settings) -> Data:
    """Return the results of the newest run and of the organisation as it is declared now; compute what is not stored."""
    from wholeservice.measures import MEASURES

    computed = refresh(settings)
    results = results_folder(settings)
    return computed or stored_results.load(results, stored_results.current(results) or "", MEASURES)


def refresh(settings: Settings) -> Data | None:
    """Make the stored results those of the newest run and of what is declared now; None when they were that already."""
    run = _newest_run(settings)
    declared = declared_organisation(settings)
    snapshot = stored_results.snapshot_name(run.id, declared.hash, definitions())
    results = results_folder(settings)
    if stored_results.is_stored(results, snapshot):
        stored_results.make_current(results, snapshot)
        return None
    from wholeservice.app.snapshots import Pinned, compute_snapshot

    order = tuple(settings.sources.mapping) if settings.sources else ()
    with progress("Measuring") as doing:
        pinned = Pinned(store_of(settings), run, declared, settings.zone, order)
        data, rows = compute_snapshot(pinned, snapshot, doing)
        stored_results.save(results, data, rows, settings.folder / FOLDER)
    return data


def newest_stored(settings: Settings) -> Callable[[], Data]:
    """
    Return a function that gives the newest stored results, and reads them only when they are newer than what it has.

    Errors   the function raises InputError RES001 while nothing is stored
    """
    results = results_folder(settings)
    known: dict[str, Data] = {}

    def load_data() -> Data:
        from wholeservice.measures import MEASURES

        snapshot = stored_results.current(results)
        if snapshot is None:
            raise InputError(_nothing_measured(settings))
        if snapshot not in known:
            newest = stored_results.load(results, snapshot, MEASURES)
            known.clear()
            known[snapshot] = newest
        return known[snapshot]

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
