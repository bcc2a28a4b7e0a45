"""Pages that were printed already, as they travel: a page of one snapshot at one address is always the same.

Kept are the newest answers of one snapshot, up to a number of bytes, those that nobody asked for longest going first. With
another snapshot all of them go, and what is still being printed of the one before is not kept: an older number never comes
back.
"""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 64 * 2**20
LEAST_TO_PACK = 1024  # below, packing saves nothing


@dataclass(frozen=True, slots=True)
class Printed:
    """One answer: its body plain and packed (None: too short to pack), and its headers."""

    plain: bytes
    packed: bytes | None
    headers: Mapping[str, str]

    @property
    def size(self) -> int:
        """How many bytes of memory it takes, about."""
        return len(self.plain) + len(self.packed or b"") + 1024


def printed(body: bytes, headers: Mapping[str, str]) -> Printed:
    """Return an answer, packed once for everybody."""
    kept = {name: value for name, value in headers.items() if name.lower() != "content-length"}
    packed = gzip.compress(body, 6, mtime=0) if len(body) >= LEAST_TO_PACK else None
    return Printed(body, packed, kept)


Again = Callable[[Any], "tuple[str, Printed] | None"]
"""How to print a page again: what gives the snapshots -> its tag and the answer; None where there is no such page any more."""


class KeptPages:
    """Answers by tag. Safe for threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._size = most_bytes, 0
        self._of: object = None
        self._answers: OrderedDict[str, tuple[Printed, Again | None]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, of: object, tag: str) -> Printed | None:
        """Return the answer with this tag; *of* is the snapshot it is made of. None for any other than the one shown now."""
        with self._lock:
            if self._of is not of or tag not in self._answers:
                return None
            self._answers.move_to_end(tag)
            return self._answers[tag][0]

    def put(self, of: object, tag: str, answer: Printed, again: Again | None = None) -> None:
        """Keep an answer, unless it is of a snapshot that is no longer shown, or takes more than a quarter of the room."""
        with self._lock:
            if self._of is not of or tag in self._answers or answer.size > self._most / 4:
                return
            self._answers[tag] = (answer, again)
            self._size += answer.size
            while self._size > self._most:
                self._size -= self._answers.popitem(last=False)[1][0].size

    def agains(self) -> list[Again]:
        """Return how to print again what is kept, that which was asked for last first."""
        with self._lock:
            return [again for _, again in reversed(self._answers.values()) if again is not None]

    def turn(self, of: object) -> None:
        """Forget all, and keep answers of this snapshot from now on."""
        with self._lock:
            self._answers.clear()
            self._of, self._size = of, 0
