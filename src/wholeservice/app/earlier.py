"""What was known earlier, for the pages: the stored results of an earlier run, read when they are asked for.

A run that nobody measured is not computed here: that takes minutes, and a page never runs a query. `measure --as-of` does it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wholeservice.app import stored_results
from wholeservice.app.declared import declarations
from wholeservice.app.workspace import results_folder
from wholeservice.measures import MEASURES
from wholeservice.pages.base import Data

if TYPE_CHECKING:
    from wholeservice.app.settings import Settings

MOST = 2
"""So many earlier snapshots stay in memory: the one somebody looks at, and the one beside it."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """How earlier results are had: those of a run (None: never measured), and which runs have any."""

    load: Callable[[str], Data | None] = lambda run: None
    measured: Callable[[], frozenset[str]] = frozenset


def earlier_of(settings: Settings) -> Earlier:
    """Return how the earlier results of a workspace are had. Loading raises OutsideError RES002 for damaged ones."""
    results = results_folder(settings)
    known: dict[str, Data] = {}  # the one used last stands last
    one_at_a_time = threading.Lock()

    def load(run: str) -> Data | None:
        with one_at_a_time:
            snapshot = stored_results.of_run(results, run)
            if snapshot is None:
                return None
            data = known.pop(snapshot, None)
            if data is None:
                data = replace(stored_results.load(results, snapshot, MEASURES), declarations=declarations(settings))
            while len(known) >= MOST:
                known.pop(next(iter(known)))
            known[snapshot] = data
            return data

    return Earlier(load, lambda: stored_results.runs_stored(results))
