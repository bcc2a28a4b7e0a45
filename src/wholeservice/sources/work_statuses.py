"""What the statuses of a tracker mean: the stage of the value stream, and the state that work is in there.

A declared status wins; then what the tool itself says of the status (Jira's category); then words that everybody uses. Of any
other the stay is kept, with the status as its stage and the state `unknown`, and how many there were is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.sources.base import unknown_keys
from wholeservice.sources.xes_lifecycle import ACTIVE, BLOCKED, DONE, QUEUED, RETURNED, STATES, STATUSES

UNKNOWN = "unknown"
ENDED = (DONE, RETURNED)
N_NAMED = 8
_KEYS = {"stage": "the stage of the value stream", "state": ", ".join(STATES), "team": "who works or waits there"}
_USUAL: dict[str, str] = {
    **STATUSES, "to do": QUEUED, "todo": QUEUED, "backlog": QUEUED, "selected for development": QUEUED, "ready": QUEUED,
    "doing": ACTIVE, "blocked": BLOCKED, "done": DONE, "rejected": RETURNED, "declined": RETURNED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Status:
    """What a status means."""

    stage: str | None
    state: str
    team: str | None = None


@dataclass(slots=True)
class Statuses:
    """The statuses of one reading: what is declared (small letters), where, and what the tool itself says of each."""

    declared: Mapping[str, Status]
    place: Place
    usual: dict[str, Status] = field(default_factory=dict)
    named: tuple[str, ...] = ()
    met: set[str] = field(default_factory=set)
    unclear: Counter[str] = field(default_factory=Counter)

    def of(self, name: str) -> Status:
        """Return what a status means; its stage is its own name where nothing else is said.

        >>> Statuses({}, Place("x")).of("In Progress"), Statuses({}, Place("x")).of("Limbo")
        (Status(stage='In Progress', state='active', team=None), Status(stage='Limbo', state='unknown', team=None))
        """
        key = lowered(name)
        found = self.declared.get(key) or self.usual.get(key) or Status(None, _USUAL.get(key, UNKNOWN))
        return found if found.stage else Status(name, found.state, found.team)

    def count(self, name: str, state: str) -> None:
        """Note one stay in a status, which is in *state*."""
        self.met.add(lowered(name))
        if state == UNKNOWN:
            self.unclear[name] += 1

    def told(self) -> Iterator[Problem]:
        """Yield a warning for all statuses that no state is known of, and one for each declared one that nothing was in."""
        if self.unclear:
            some = ", ".join(f"'{name[:60]}' {n:,}" for name, n in self.unclear.most_common(N_NAMED))
            more = " ..." if len(self.unclear) > N_NAMED else ""
            yield Problem("SRC233", f"{self.unclear.total():,} stays are in statuses of which no stage is said: {some}{more}",
                          self.place, "statuses: {NAME: {stage: STAGE, state: queued}}",
                          next_step="say under statuses: what each means", severity="warning")  # fmt: skip
        for name in self.named if self.met else ():
            if lowered(name) not in self.met:
                yield Problem("SRC234", f"nothing was ever in the status '{name}'", self.place, "a status of the export",
                              suggest(name, self.met), "correct the name, if it is misspelt", severity="warning")  # fmt: skip


def lowered(name: str) -> str:
    return name.strip().lower()


def load_statuses(node: Node | None) -> tuple[dict[str, Status], tuple[str, ...], list[Problem]]:
    """Return what is declared by small letters, the names as they are written, and what is wrong with it."""
    found: dict[str, Status] = {}
    problems: list[Problem] = []
    for name, each in (node.mapping if node else {}).items():
        fields = each.mapping
        state = fields.get("state") if fields else each
        if fields:
            problems += unknown_keys(each, _KEYS, "a status")
        if state is None or state.text not in STATES:
            said = (state.text if state else None) or "nothing"
            problems.append(Problem("SRC232", f"the status '{name}' puts work into '{said}'", each.place,
                                    f"state: {', '.join(STATES)}", suggest(said, STATES),
                                    "write { stage: STAGE, state: STATE }, or the state alone"))  # fmt: skip
            continue
        text = {key: fields[key].text for key in ("stage", "team") if key in fields}
        found[lowered(name)] = Status(text.get("stage"), state.text or "", text.get("team"))
    return found, tuple(node.mapping if node else {}), problems
