"""What can go wrong, said for people: where, what, expected, nearest, next step.

    WholeserviceError
    ├── InputError      your input: a file, an option, a name (exit code 2)
    ├── OutsideError    the outside world: a disk, a missing file, a lock (exit code 3)
    └── OurBug          our mistake; please report it (exit code 70)

A `Problem` is data, so that all problems of a file are collected before anything stops. Bottom layer: imports nothing of ours.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EXIT_OK = 0
EXIT_PROBLEMS = 1
EXIT_INPUT = 2
EXIT_OUTSIDE = 3
EXIT_BUG = 70

_SECRET = re.compile(r"(://[^\s:/@]*:|\bpassword: *)((?!\$\{)[^\s@,}]+)")
"""A password in a line that is shown: in a URL, or after its key. `${name}` is none."""


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file. Lines and columns count from 1; `None` means the whole file. `text` is the source line."""

    file: str
    line: int | None = None
    column: int | None = None
    length: int = 1
    text: str | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, with all a person needs to mend it. `severity` is "error" or "warning"."""

    code: str
    what: str
    place: Place | None = None
    expected: str | None = None
    nearest: str | None = None
    next_step: str | None = None
    severity: str = "error"


class WholeserviceError(Exception):
    """Root of everything we raise on purpose. Carries the problems that caused it, never a bare sentence."""

    exit_code = EXIT_BUG

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(describe(problem) for problem in problems))


class InputError(WholeserviceError):
    """Something you gave us cannot be used as it is."""

    exit_code = EXIT_INPUT


class OutsideError(WholeserviceError):
    """A file, disk or other program did not do what we need."""

    exit_code = EXIT_OUTSIDE


class OurBug(WholeserviceError):
    """We made a mistake; your data is safe."""

    exit_code = EXIT_BUG


def suggest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word closest to *word*, or None when nothing is close.

    >>> suggest("paymnts", ["payments", "rooms"])
    'payments'
    """
    lowered = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else None


def describe(problem: Problem) -> str:
    """Render one problem as text: headline, source line with caret, then expected / nearest / next.

    >>> print(describe(Problem("ORG012", "unknown team 'x'", Place("a.yaml", 1, 7, 1, "team: x"), next_step="declare it")))
    a.yaml:1:7  ORG012  unknown team 'x'
        1 | team: x
          |       ^
      next      declare it
    """
    head = "  ".join(str(part) for part in (problem.place, problem.code, problem.what) if part)
    return "\n".join([head, *_excerpt(problem.place), *_advice(problem)])


def describe_all(problems: Sequence[Problem]) -> str:
    """Render problems in file order, an empty line between them."""
    return "\n\n".join(describe(problem) for problem in sorted(problems, key=_position))


def _position(problem: Problem) -> tuple[str, int, int]:
    place = problem.place
    return (place.file, place.line or 0, place.column or 0) if place else ("", 0, 0)


def _excerpt(place: Place | None) -> list[str]:
    if place is None or place.text is None or place.line is None:
        return []
    caret = " " * ((place.column or 1) - 1) + "^" * max(1, place.length)
    return [f"{place.line:>5} | {_SECRET.sub(_stars, place.text)}", f"      | {caret}"]


def _stars(secret: re.Match[str]) -> str:
    return secret[1] + "*" * len(secret[2])


def _advice(problem: Problem) -> list[str]:
    nearest = f"'{problem.nearest}'" if problem.nearest else None
    rows = (("expected", problem.expected), ("nearest", nearest), ("next", problem.next_step))
    return [f"  {label:<9} {value}" for label, value in rows if value]
