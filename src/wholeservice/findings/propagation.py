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
from dataclasses import dataclass
from typing import Any, Protocol

from wholeservice.findings.closure import inner_first, members
from wholeservice.findings.shapley import any_unhealed, coalitions

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
    dark       origin or untraced step -> table (`Plan.named`) of boxes behind it that nobody saw in this attempt
    """

    origins: tuple[tuple[str, str], ...]
    still_lost: int
    untraced: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    order: tuple[str, ...]
    dark: Mapping[str, int]


class Explanation:
    """Terms are alternatives that each suffice; a term with several boxes needs all of them to have failed."""

    __slots__ = ("dark", "terms")

    def __init__(self, terms: list[tuple[str, ...]], dark: int) -> None:
        self.terms = terms
        self.dark = dark  # bit table of boxes that nobody saw


class Readable(Protocol):
    """What was seen of one attempt, ready to be asked what explains a failure."""

    @property
    def plan(self) -> Any: ...

    def explain(self, box: str) -> Any: ...


class Plan:
    """Wiring sorted out once for many attempts: box -> what it must have, and groups of which any will do.

    `bit` gives the bit of a box in all tables; what ends in `_at` tells boxes by their bits. `inner_first` has each box after
    all it uses, `outer_first` before; where boxes use each other in a circle (`has_circle`) that holds for all others.
    """

    def __init__(self, wiring: Wiring, steps: frozenset[str] = frozenset()) -> None:
        self.steps = steps
        self.needs: dict[str, tuple[str, ...]] = {}
        self.groups: dict[str, tuple[tuple[str, ...], ...]] = {}
        for box, uses in wiring.items():
            groups: dict[str, list[str]] = {}
            for each in uses:
                if each.how == "any":
                    groups.setdefault(each.group or each.to, []).append(each.to)
            self.needs[box] = tuple(each.to for each in uses if each.how not in ("any", "optional"))
            if groups:
                self.groups[box] = tuple(map(tuple, groups.values()))
        named = dict.fromkeys(box for box, uses in wiring.items() for box in (box, *(each.to for each in uses)))
        self.names = list(named | dict.fromkeys(sorted(steps)))
        self.bit = {box: at for at, box in enumerate(self.names)}
        self.needs_at = [self._at(self.needs.get(box, ())) for box in self.names]
        self.groups_at = {self.bit[box]: tuple(map(self._at, groups)) for box, groups in self.groups.items()}
        self.steps_at = frozenset(self.bit[box] for box in steps)
        self.step_needs = frozenset(to for box in self.steps_at for to in self.needs_at[box])
        used = {
            at: (*needs, *(to for group in self.groups_at.get(at, ()) for to in group))
            for at, needs in enumerate(self.needs_at)
        }
        self.inner_first, self.has_circle = inner_first(used, used)
        self.outer_first = self.inner_first[::-1]
        self._users: dict[int, dict[int, None]] = {}
        for user, boxes in used.items():
            for to in boxes:
                self._users.setdefault(to, {})[user] = None

    def _at(self, boxes: Iterable[str]) -> tuple[int, ...]:
        return tuple(self.bit[box] for box in boxes)

    def know(self, boxes: Iterable[str]) -> None:
        """Take in boxes that may be new: they use nothing, and nothing uses them."""
        for box in boxes:
            if box not in self.bit:
                at = self.bit[box] = len(self.names)
                self.names.append(box)
                self.needs_at.append(())
                self.inner_first.append(at)
                self.outer_first.append(at)

    def users_at(self, box: int) -> Iterable[int]:
        """Return what needs *box*, or may use it."""
        return self._users.get(box, ())

    def failing(self, stopped: Iterable[str]) -> set[str]:
        """Return what fails when these do, themselves among it: what needs one of them, or has lost all of its spares."""
        failed, waiting = set(stopped), list(stopped)
        while waiting:
            stop = self.bit.get(waiting.pop())
            for user in [self.names[at] for at in self._users.get(stop, ())] if stop is not None else ():
                is_lost = not failed.isdisjoint(self.needs.get(user, ())) or any(
                    failed.issuperset(spares) for spares in self.groups.get(user, ())
                )
                if is_lost and user not in failed:
                    failed.add(user)
                    waiting.append(user)
        return failed

    def named(self, table: int) -> tuple[str, ...]:
        """Return the boxes whose bits are set."""
        return tuple(self.names[at] for at in members(table))


LostAt = tuple[tuple[str, ...], ...]
"""Where an attempt was lost: any one group suffices; within a group (choices, tries) every step had to fail."""


def starts_of(lost_at: LostAt) -> tuple[str, ...]:
    """Return the steps where an attempt was lost, each once."""
    return tuple(dict.fromkeys(step for group in lost_at for step in group))


def follow(attempt: Readable, lost_at: LostAt) -> Trail:
    """Follow a lost attempt, way by way, from the steps where it was lost to where the failures start."""
    walk = _Walk(attempt)
    for step in starts_of(lost_at):
        walk.visit(step)
    still_lost = walk.still_lost(lost_at)
    ends = [box for box, _ in walk.origins] + walk.untraced
    dark = {box: attempt.explain(box).dark for box in ends}
    return Trail(tuple(walk.origins), still_lost, tuple(walk.untraced), tuple(walk.edges), tuple(walk.order), dark)


class _Walk:
    """Depth first over the boxes that explain one another; `order` ends up with causes before effects."""

    def __init__(self, attempt: Readable) -> None:
        self.attempt = attempt
        self.origins: list[tuple[str, str]] = []
        self.untraced: list[str] = []
        self.edges: list[tuple[str, str]] = []
        self.order: list[str] = []
        self.visited: set[str] = set()
        self.has_groups = False

    def visit(self, box: str) -> None:
        if box in self.visited:
            return
        self.visited.add(box)
        explanation = self.attempt.explain(box)
        for term in explanation.terms:
            self.has_groups = self.has_groups or len(term) > 1
            for cause in term:
                self.edges.append((box, cause))
                self.visit(cause)
        if not explanation.terms:
            if box in self.attempt.plan.steps:
                self.untraced.append(box)
            else:
                self.origins.append((box, AT_OR_BELOW if explanation.dark else STARTS_HERE))
        self.order.append(box)

    def still_lost(self, lost_at: LostAt) -> int:
        """Return the bit table of the coalitions in which the attempt is lost all the same."""
        asked = coalitions(len(self.origins))
        if not self.has_groups and not self.untraced and all(len(group) == 1 for group in lost_at):
            return any_unhealed(len(self.origins))  # every origin by itself loses the attempt
        tables = {box: asked.unhealed[i] for i, (box, _) in enumerate(self.origins)}
        tables |= dict.fromkeys(self.untraced, asked.everything)
        for box in self.order:
            if box not in tables:
                tables[box] = _any_term(self.attempt.explain(box).terms, tables, asked.everything)
        return _any_term(lost_at, tables, asked.everything)


def _any_term(terms: Iterable[tuple[str, ...]], tables: Mapping[str, int], everything: int) -> int:
    """Return the table of "any term holds", a term being "all its boxes fail"."""
    fails = 0
    for term in terms:
        together = everything
        for cause in term:
            together &= tables.get(cause, 0)  # a cause that is its own effect (a cycle) adds nothing
        fails |= together
    return fails
