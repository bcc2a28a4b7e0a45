"""The plain reading of how failures travel: every box behind an unseen one is walked, one by one. Held beside the quick one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wholeservice.findings.propagation import AT_OR_BELOW, STARTS_HERE, SeenCall, Wiring
from wholeservice.findings.shapley import any_unhealed, coalitions


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


class _Explanation:
    """Terms are alternatives that each suffice; a term with several boxes needs all of them to have failed."""

    __slots__ = ("dark", "terms")  # made a million times in one map: a plain class

    def __init__(self) -> None:
        self.terms: list[tuple[str, ...]] = []
        self.dark: list[str] = []


class Plan:
    """Wiring sorted out once for many attempts: box -> what it must have, and groups of which any will do."""

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
        self._behind: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {}

    def behind(self, box: str) -> tuple[frozenset[str], tuple[str, ...]]:
        """Return the boxes that could explain *box* (itself among them), and those nobody saw when none of them called."""
        if box not in self._behind:
            unseen = Attempt(frozenset(), self)
            dark = tuple(dict.fromkeys([box, *unseen.explain(box).dark]))
            self._behind[box] = (frozenset(unseen.asked()), dark)
        return self._behind[box]


class Attempt:
    """What was seen of one kind of attempt, with the plan to read it by."""

    __slots__ = ("_known", "calls", "felt", "plan")

    def __init__(self, seen: frozenset[SeenCall], plan: Plan) -> None:
        self.plan = plan
        self.calls: dict[str | None, dict[str, bool]] = {}
        self.felt: set[str | None] = set()  # callers of a failed call
        for caller, box, failed in seen:
            mine = self.calls.get(caller)
            if mine is None:
                mine = self.calls[caller] = {}
            if failed:
                mine[box] = True
                self.felt.add(caller)
            else:
                mine.setdefault(box, False)
        self._known: dict[str, _Explanation] = {}

    def explain(self, box: str) -> _Explanation:
        """Return what explains the failure of *box*, and what it uses that nobody saw."""
        known = self._known.get(box)
        if known is None:
            known = self._known[box] = _Explanation()  # what (through dark boxes) uses itself explains nothing: filled below
            self._fill(box, known)
        return known

    def _fill(self, box: str, result: _Explanation) -> None:
        mine = self.calls.get(box, _NOTHING)
        if None in self.calls:  # a call of unknown caller counts for any
            mine = self.calls[None] | mine
        for to in self.plan.needs.get(box, ()):
            state = mine.get(to)
            if state:
                result.terms.append((to,))
            elif state is None and not (box in self.plan.steps and self._was_seen(to)):
                self._look_behind(to, result)
        for members in self.plan.groups.get(box, ()):
            states = [mine.get(to) for to in members]
            if all(states):
                result.terms.append(members)
            elif False not in states:
                result.dark += [to for to, state in zip(members, states, strict=True) if state is None]

    def _look_behind(self, box: str, result: _Explanation) -> None:
        """Nobody saw the call to *box*: something seen to fail behind it explains its caller as well."""
        if self.calls and None not in self.calls:  # the plan itself asks with nothing seen
            reachable, dark = self.plan.behind(box)
            if reachable.isdisjoint(self.felt):
                result.dark += dark
                return
        beyond = self.explain(box)
        if beyond.terms:
            result.terms.append((box,))
        else:
            result.dark += [box, *beyond.dark]

    def _was_seen(self, box: str) -> bool:
        """A step need not call a part itself that another part of it was seen to call."""
        return any(box in mine for mine in self.calls.values())

    def asked(self) -> Iterable[str]:
        """Return the boxes whose failure was asked about."""
        return self._known

    def failures_that_start(self) -> set[str]:
        """Return the boxes that failed with nothing to explain it, whether or not the attempt was lost."""
        failed = {box for mine in self.calls.values() for box, is_failed in mine.items() if is_failed}
        return {box for box in failed if not self.explain(box).terms}


_NOTHING: dict[str, bool] = {}


LostAt = tuple[tuple[str, ...], ...]
"""Where an attempt was lost: any one group suffices; within a group (choices, tries) every step had to fail."""


def follow(attempt: Attempt, lost_at: LostAt) -> Trail:
    """Follow a lost attempt from the steps where it was lost to where the failures start."""
    walk = _Walk(attempt)
    for step in dict.fromkeys(step for group in lost_at for step in group):
        walk.visit(step)
    still_lost = walk.still_lost(lost_at)
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
