"""How a failure travels through the typed graph of one attempt: who explains whom, and where the trail ends.

Given which calls of an attempt were seen and which failed, every failed box is either *explained* by what it uses or an
*origin*. An origin may be named only if everything it uses was seen in that attempt and healthy; otherwise the loss is
"at or below" it. Looks through boxes that nobody observes, by the declared edges.

    all        what it uses must work: any failure fails it            (sequence, parallel)
    any        redundancy: it fails only if every member of the group does
    retry      the last try counts: the caller of `exposures` passes its final state
    optional   never fails it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wholeservice.findings.shapley import Coalitions, coalitions

STARTS_HERE, AT_OR_BELOW = "starts here", "at or below"

ABSORBED = ""  # the caller of a failed call whose failure went no further: it explains nothing

SeenCall = tuple[str | None, str, bool]
"""(caller box, None when it is not known, ABSORBED when it did not mind; box called; failed)."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """One thing that a box uses. Dependencies of one `group` stand in for each other."""

    to: str
    how: str = "all"
    group: str | None = None


Wiring = Mapping[str, tuple[Dependency, ...]]
"""Box (step or part) -> what it uses, declared and seen together."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Where the losses of one kind of attempt start.

    origins    (box, claim): the players, in index order
    still_lost bit table over coalitions(len(origins)): is the attempt lost when these are mended
    untraced   steps whose failure nothing explains
    edges      (box, box that explains it), nearest the consumer first
    order      boxes, each after everything that explains it
    dark       origin or untraced step -> boxes behind it that nobody saw in this attempt
    """

    origins: tuple[tuple[str, str], ...]
    still_lost: int
    untraced: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    order: tuple[str, ...]
    dark: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class _Explanation:
    """Terms are alternatives that each suffice; a term with several boxes needs all of them to have failed."""

    terms: list[tuple[str, ...]] = field(default_factory=list)
    dark: list[str] = field(default_factory=list)


class Attempt:
    """What was seen of one kind of attempt, with the wiring to read it by."""

    def __init__(self, seen: frozenset[SeenCall], wiring: Wiring, steps: frozenset[str] = frozenset()) -> None:
        self.wiring, self.steps = wiring, steps
        self.calls: dict[tuple[str | None, str], bool] = {}
        for caller, box, failed in seen:
            self.calls[caller, box] = self.calls.get((caller, box), False) or failed
        self.seen = {box for _, box in self.calls}
        self.failed = {box for (_, box), failed in self.calls.items() if failed}
        self._known: dict[str, _Explanation] = {}

    def explain(self, box: str) -> _Explanation:
        """Return what explains the failure of *box*, and what it uses that nobody saw."""
        if box not in self._known:
            self._known[box] = _Explanation()  # a box that (through dark boxes) uses itself explains nothing
            self._known[box] = self._explain(box)
        return self._known[box]

    def _explain(self, box: str) -> _Explanation:
        result = _Explanation()
        groups: dict[str, list[str]] = {}
        for dependency in self.wiring.get(box, ()):
            if dependency.how == "any":
                groups.setdefault(dependency.group or dependency.to, []).append(dependency.to)
            elif dependency.how != "optional":
                self._add_one(box, dependency.to, result)
        for members in groups.values():
            self._add_group(box, members, result)
        return result

    def _state(self, caller: str, box: str) -> bool | None:
        """Return whether the call failed; None when nobody saw it. A call of unknown caller counts for any."""
        state = self.calls.get((caller, box))
        return self.calls.get((None, box)) if state is None else state

    def _add_one(self, caller: str, box: str, result: _Explanation) -> None:
        state = self._state(caller, box)
        if state:
            result.terms.append((box,))
        elif state is None and not (caller in self.steps and box in self.seen):
            beyond = self.explain(box)  # a step need not call a part itself that another part of it was seen to call
            if beyond.terms:
                result.terms.append((box,))
            else:
                result.dark += [box, *beyond.dark]

    def _add_group(self, caller: str, members: list[str], result: _Explanation) -> None:
        states = {box: self._state(caller, box) for box in members}
        if all(states.values()):
            result.terms.append(tuple(members))
        elif False not in states.values():
            result.dark += [box for box, state in states.items() if state is None]

    def failures_that_start(self) -> set[str]:
        """Return the boxes that failed with nothing to explain it, whether or not the attempt was lost."""
        return {box for box in self.failed if not self.explain(box).terms}


LostAt = tuple[tuple[str, ...], ...]
"""Where an attempt was lost: any one group suffices; within a group (choices, tries) every step had to fail."""


def follow(attempt: Attempt, lost_at: LostAt) -> Trail:
    """Follow a lost attempt from the steps where it was lost to where the failures start."""
    walk = _Walk(attempt)
    for step in dict.fromkeys(step for group in lost_at for step in group):
        walk.visit(step)
    asked = coalitions(len(walk.origins))
    tables = walk.tables(asked)
    still_lost = _any_term(lost_at, tables, asked.everything)
    ends = [box for box, _ in walk.origins] + walk.untraced
    dark = {box: tuple(dict.fromkeys(attempt.explain(box).dark)) for box in ends}
    return Trail(tuple(walk.origins), still_lost, tuple(walk.untraced), tuple(walk.edges), tuple(walk.order), dark)


class _Walk:
    """Depth first over the boxes that explain one another; `order` ends up with causes before effects."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.origins: list[tuple[str, str]] = []
        self.untraced: list[str] = []
        self.edges: list[tuple[str, str]] = []
        self.order: list[str] = []
        self.visited: set[str] = set()

    def visit(self, box: str) -> None:
        if box in self.visited:
            return
        self.visited.add(box)
        explanation = self.attempt.explain(box)
        for term in explanation.terms:
            for cause in term:
                self.edges.append((box, cause))
                self.visit(cause)
        if not explanation.terms:
            if box in self.attempt.steps:
                self.untraced.append(box)
            else:
                self.origins.append((box, AT_OR_BELOW if explanation.dark else STARTS_HERE))
        self.order.append(box)

    def tables(self, asked: Coalitions) -> dict[str, int]:
        """Return, for each box, the bit table of the coalitions in which it still fails."""
        tables = {box: asked.unhealed[i] for i, (box, _) in enumerate(self.origins)}
        tables |= dict.fromkeys(self.untraced, asked.everything)
        for box in self.order:
            if box not in tables:
                tables[box] = _any_term(self.attempt.explain(box).terms, tables, asked.everything)
        return tables


def _any_term(terms: Iterable[tuple[str, ...]], tables: Mapping[str, int], everything: int) -> int:
    """Return the table of "any term holds", a term being "all its boxes fail"."""
    fails = 0
    for term in terms:
        together = everything
        for cause in term:
            together &= tables.get(cause, 0)  # a cause that is its own effect (a cycle) adds nothing
        fails |= together
    return fails
