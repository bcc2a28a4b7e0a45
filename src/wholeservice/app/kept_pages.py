"""Pages that were printed already, as they travel: a page of one snapshot at one address is always the same.

Kept are the newest answers of one snapshot, up to a number of bytes, those that nobody asked for longest going first. With
another snapshot all of them go, and what is still being printed of the one before is not kept: an older number never comes
back.
"""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

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


class KeptPages:
    """Answers by tag. Safe for threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._size = most_bytes, 0
        self._of: object = None
        self._answers: OrderedDict[str, Printed] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, of: object, tag: str) -> Printed | None:
        """Return the answer with this tag; *of* is the snapshot it is made of. Another one than before: all are forgotten."""
        with self._lock:
            if self._of is not of:
                self._answers.clear()
                self._of, self._size = of, 0
            if tag in self._answers:
                self._answers.move_to_end(tag)
            return self._answers.get(tag)

    def put(self, of: object, tag: str, answer: Printed) -> None:
        """Keep an answer, unless it is of a snapshot that is no longer shown, or takes more than a quarter of the room."""
        with self._lock:
            if self._of is not of or tag in self._answers or answer.size > self._most / 4:
                return
            self._answers[tag] = answer
            self._size += answer.size
            while self._size > self._most:
                self._size -= self._answers.popitem(last=False)[1].size
