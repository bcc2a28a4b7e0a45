"""What is odd in an event log but costs nothing: counted per kind, and told once per file with the first place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from wholeservice.errors import Place, Problem

SAME_NAME, NO_NAME, DISORDER, NO_KEY, NOT_EVERYWHERE = "SRC164", "SRC165", "SRC166", "SRC167", "SRC168"

_SAYS: dict[str, tuple[str, str, str]] = {
    SAME_NAME: (
        "{n} traces have the name of one before them; the first is {example}, and is called '{example} (2)' here",
        "a name of its own for every case", "if they are one case, join them in the export",
    ),
    NO_NAME: (
        "{n} traces have no concept:name; the first is called '{example}' here",
        "concept:name in every trace", "name the cases in the export, else one that changes is a new one",
    ),
    DISORDER: (
        "{n} traces have events that are not in the order of their times; the first is {example}. They were put in order",
        "events in order", "see whether the clocks of the systems behind the log agree",
    ),
    NO_KEY: ("{n} attributes have no key, so nobody knows what they say", "a key in every attribute", "mend the export"),
    NOT_EVERYWHERE: (
        "the log says that every event has '{example}', but {n} have not",
        "what <global> promises", "nothing, if it may be missing",
    ),
}  # fmt: skip


@dataclass(slots=True)
class Notes:
    """The notes of one file."""

    file: str
    _found: dict[tuple[str, str], tuple[int, int | None, str]] = field(default_factory=dict)

    def add(self, code: str, n: int, *, line: int | None = None, example: str = "", each: str = "") -> None:
        """Count *n* more of a kind; the first line and example are kept. Kinds may be counted for *each* of something."""
        if n:
            before, first_line, first = self._found.get((code, each), (0, line, example))
            self._found[code, each] = (before + n, first_line, first)

    def problems(self) -> Iterator[Problem]:
        """Yield one warning per kind."""
        for (code, _), (n, line, example) in self._found.items():
            what, expected, next_step = _SAYS[code]
            said = what.format(n=f"{n:,}", example=example)
            yield Problem(code, said, Place(self.file, line), expected, next_step=next_step, severity="warning")
