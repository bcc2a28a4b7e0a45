"""The lines of a log that is only ever appended to: whole entries, and those that were cut off while they were written. Pure.

    {"record": "12", "rows": [{"row": "item", ...}, {"row": "judgement", ...}], ...}

An entry is one line that ends with a line feed. What a crash leaves is a part of a line, which is no JSON, for its last brace
is missing; whoever writes next ends that line first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wholeservice.errors import Place, Problem

ROWS, RECORD = "rows", "record"
TORN, STRANGE = "SRC245", "SRC246"
_KINDS = ("item", "judgement", "link")


@dataclass(frozen=True, slots=True)
class Line:
    """One line, from 1. `entry` is None where it holds none; `is_torn`: it was cut off, else it is something strange."""

    number: int
    entry: Mapping[str, Any] | None
    is_torn: bool = False

    def problem(self, file: str) -> Problem | None:
        """Return what to say of a line that holds no entry: a warning where it was cut off. Its text is not shown."""
        if self.entry is not None:
            return None
        place = Place(file, self.number)
        if self.is_torn:
            return Problem(TORN, "an entry was cut off while it was being written", place,
                           next_step="say it again: nobody was told that it is kept", severity="warning")  # fmt: skip
        return Problem(STRANGE, "this is no entry of an improvement log", place, "a line as `wholeservice improve add` writes",
                       next_step="see whether this is the right file")  # fmt: skip


def lines_in(content: bytes) -> Iterator[Line]:
    r"""
    Yield every line of a log in order; empty ones are none.

    >>> [(each.number, each.is_torn) for each in lines_in(b'{"record": "1", "rows": []}\n{"record": "2", "ro')]
    [(1, False), (2, True)]
    """
    for number, text in enumerate(content.split(b"\n"), 1):
        if text.strip():
            yield _line(number, text)


def _line(number: int, text: bytes) -> Line:
    try:
        found = json.loads(text.decode())
    except (ValueError, RecursionError):
        return Line(number, None, is_torn=text.startswith(b"{") or not text.strip(b"\x00"))
    return Line(number, found if _is_entry(found) else None)


def _is_entry(found: Any) -> bool:
    if not isinstance(found, dict) or not isinstance(found.get(RECORD), str):
        return False
    rows = found.get(ROWS)
    return isinstance(rows, list) and all(isinstance(row, dict) and row.get("row") in _KINDS for row in rows)
