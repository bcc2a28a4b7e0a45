"""From one snapshot to the next without a wait: the one before is shown until what readers asked for is printed of the newer.

With few pages kept the newer one is shown at once: printing them takes no time that anybody notices. So is one that differs
only by what somebody wrote to the log: whoever wrote wants to see it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from wholeservice.app.kept_pages import Again, KeptPages, Printed
from wholeservice.pages.base import Data

MANY = 20  # pages kept
PRINTER = "prints the newer snapshot"
MOST_S, PAUSE_S = 60.0, 0.01  # the longest that an older snapshot is shown; between two pages readers go first


class Turning:
    """Gives the snapshot to show. Safe for threads."""

    def __init__(self, load: Callable[[], Data], kept: KeptPages, shelf_of: Callable[[Data], Any]) -> None:
        self._load, self._kept, self._shelf_of = load, kept, shelf_of
        self._shown: Data | None = None
        self._next: Data | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Data:
        """Return the newest snapshot, or the one before it while many pages are being printed of the newest."""
        newest = self._load()
        with self._lock:
            if newest is self._shown:
                self._next = None
            elif newest is not self._next:
                agains = self._kept.agains()
                if self._shown is None or len(agains) < MANY or newest.snapshot == self._shown.snapshot:
                    self._show(newest, [])
                else:
                    self._next = newest
                    threading.Thread(target=self._print, args=(newest, agains), name=PRINTER, daemon=True).start()
            return self._shown or newest

    def _print(self, newest: Data, agains: list[Again]) -> None:
        shelf, ready, began = self._shelf_of(newest), [], time.monotonic()
        for again in agains:
            if self._next is not newest or time.monotonic() - began > MOST_S:
                break
            with suppress(Exception):  # whoever asks for that page is told what is wrong
                if made := again(shelf):
                    ready.append((*made, again))
            time.sleep(PAUSE_S)
        with self._lock:
            if self._next is newest:  # else a still newer one came meanwhile, and is being printed
                self._show(newest, ready)

    def _show(self, newest: Data, ready: list[tuple[str, Printed, Again]]) -> None:
        self._kept.turn(newest)
        for tag, answer, again in reversed(ready):
            self._kept.put(newest, tag, answer, again)
        self._shown, self._next = newest, None
