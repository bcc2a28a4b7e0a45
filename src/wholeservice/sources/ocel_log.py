"""An object-centric event log as both formats of OCEL 2.0 say it, before anything is checked or computed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.files import File

_EXPECTED = {
    "SRC171": "an ISO 8601 instant such as 2026-03-01T10:15:00+01:00",
    "SRC172": "the id of something in the log",
    "SRC174": "an id and a type, and every id once",
}

Relation = tuple[str, str | None]
"""(the id of an object, what it is to the one that relates to it)"""


@dataclass(frozen=True, slots=True)
class OcelEvent:
    """One event, the objects that took part, and its attributes."""

    id: str
    type: str
    time: str | None
    attributes: dict[str, Any]
    relations: list[Relation]


@dataclass(frozen=True, slots=True)
class OcelObject:
    """One object. `values` are its attributes as (name, since when, value); `relations` the objects it relates to."""

    id: str
    type: str
    values: list[tuple[str, str | None, Any]]
    relations: list[Relation]


@dataclass(slots=True)
class OcelLog:
    """A whole log. The types map to the attributes that they declare; `refused` could not be understood."""

    event_types: dict[str, frozenset[str]] = field(default_factory=dict)
    object_types: dict[str, frozenset[str]] = field(default_factory=dict)
    events: list[OcelEvent] = field(default_factory=list)
    objects: list[OcelObject] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)

    def refuse(self, code: str, what: str, file: File, text: object = None) -> None:
        """Note a row that cannot be read."""
        raw = None if text is None else str(text)[:2000]
        self.refused.append(Problem(code, what, Place(file.name, text=raw), _EXPECTED[code]))


def no_ocel(file: File, what: str) -> InputError:
    """Return the error that the content is something else."""
    expected = "OCEL as JSON or SQLite"
    return InputError(Problem("SRC170", what, Place(file.name), expected, next_step="export it as OCEL 2.0 JSON or SQLite"))
