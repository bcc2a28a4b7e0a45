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

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from wholeservice.findings.closure import closures, members
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


class _Explanation:
    """Terms are alternatives that each suffice; a term with several boxes needs all of them to have failed."""

    __slots__ = ("dark", "terms")  # made a million times in one map: a plain class

    def __init__(self) -> None:
        self.terms: list[tuple[str, ...]] = []
        self.dark = 0  # bit table of boxes that nobody saw


@dataclass(frozen=True, slots=True)
class _Alike:
    """What the calls of one box say by themselves, kept for all attempts in which they are the same. Never changed."""

    terms: list[tuple[str, ...]]
    dark: int
    behind: int  # table of all that is behind what it was not seen to call
    is_explained: bool  # something that it must have was seen to fail


_Key = tuple[str, frozenset[str], frozenset[SeenCall], frozenset[str]]
"""(box, what failed for it, calls by which it would be seen to work and that were not seen, what others were seen to call)."""


class Plan:
    """Wiring sorted out once for many attempts: box -> what it must have, and groups of which any will do.

    `bit` gives the bit of a box in all tables; `reach` the boxes whose failure could explain a box, itself among them; `unseen`
    it and all behind it that nobody saw when none of them called.
    """

    def __init__(self, wiring: Wiring, steps: frozenset[str] = frozenset()) -> None:
        self.steps = steps
        self.needs: dict[str, tuple[str, ...]] = {}
        self.groups: dict[str, tuple[tuple[str, ...], ...]] = {}
        self.well: dict[str, frozenset[SeenCall]] = {}  # the calls of a box by which all that it relies on is seen to work
        self.alike: dict[_Key, _Alike] = {}
        for box, uses in wiring.items():
            groups: dict[str, list[str]] = {}
            for each in uses:
                if each.how == "any":
                    groups.setdefault(each.group or each.to, []).append(each.to)
            self.needs[box] = tuple(each.to for each in uses if each.how not in ("any", "optional"))
            self.well[box] = frozenset((box, each.to, False) for each in uses if each.how != "optional")
            if groups:
                self.groups[box] = tuple(map(tuple, groups.values()))
        self.must = {box: frozenset(needs) for box, needs in self.needs.items()}
        named = dict.fromkeys(box for box, uses in wiring.items() for box in (box, *(each.to for each in uses)))
        self.names = tuple(named)
        self.bit = {box: at for at, box in enumerate(self.names)}
        self.flag = {box: 1 << at for box, at in self.bit.items()}
        self._reach: dict[str, int] | None = None
        self._unseen: dict[str, int] = {}
        self._users: dict[str, int] = {}

    @property
    def reach(self) -> dict[str, int]:
        if self._reach is None:
            self._reach = closures(self.needs, self.bit)
        return self._reach

    def unseen(self, box: str) -> int:
        """Return the table of *box* and what is behind it, a spare among it, but nothing behind a spare."""
        if not self._unseen:
            spares = {user: self.table(to for group in groups for to in group) for user, groups in self.groups.items()}
            own = {each: 1 << at | spares.get(each, 0) for each, at in self.bit.items()}
            self._unseen = closures(self.needs, self.bit, own) if spares else self.reach
        return self._unseen[box]

    def users(self, box: str) -> int:
        """Return the table of what needs *box*, or may use it."""
        if not self._users:
            used = [(user, to) for user, needs in self.needs.items() for to in needs]
            used += [(user, to) for user, groups in self.groups.items() for group in groups for to in group]
            for user, to in used:
                self._users[to] = self._users.get(to, 0) | 1 << self.bit[user]
        return self._users.get(box, 0)

    def failing(self, stopped: Iterable[str]) -> set[str]:
        """Return what fails when these do, themselves among it: what needs one of them, or has lost all of its spares."""
        failed, waiting = set(stopped), list(stopped)
        while waiting:
            for at in members(self.users(waiting.pop())):
                user = self.names[at]
                is_lost = not failed.isdisjoint(self.needs.get(user, ())) or any(
                    failed.issuperset(spares) for spares in self.groups.get(user, ())
                )
                if is_lost and user not in failed:
                    failed.add(user)
                    waiting.append(user)
        return failed

    def table(self, boxes: Iterable[Any]) -> int:
        table = 0
        for box in boxes:
            table |= self.flag[box]
        return table

    def named(self, table: int) -> tuple[str, ...]:
        """Return the boxes whose bits are set."""
        return tuple(self.names[at] for at in members(table))


class Attempt:
    """What was seen of one kind of attempt, with the plan to read it by."""

    __slots__ = ("_followed", "_known", "_orphans", "_seen_boxes", "_starts", "_touched", "failed", "plan", "seen")

    def __init__(self, seen: frozenset[SeenCall], plan: Plan) -> None:
        self.plan, self.seen = plan, seen
        self.failed: dict[str | None, set[str]] = {}  # caller -> what failed for it
        for caller, box in [(caller, box) for caller, box, failed in seen if failed]:
            if caller in self.failed:
                self.failed[caller].add(box)
            else:
                self.failed[caller] = {box}
        self._orphans = {box: box in self.failed.get(None, ()) for caller, box, _ in seen if caller is None}
        self._starts: tuple[str, ...] = ()
        self._touched: int | None = None
        self._followed: int | None = None
        self._seen_boxes: set[str] | None = None
        self._known: dict[str, _Explanation] = {}

    def follow_seen(self, starts: Iterable[str]) -> None:
        """Note where the failure is felt: no way to what it reaches over calls that were seen needs to be guessed."""
        self._starts = tuple(starts)

    def _met(self, *, is_explained: bool = False) -> int:
        """Return the table of boxes by which a failed call, or one of unknown caller, could be met behind what nobody saw.

        Most attempts never ask. Where a failure is explained already, what is on its way over calls that were seen is left out.
        """
        if self._touched is None:
            self._touched = self._table_touched()
        if not is_explained or not self._touched:
            return self._touched
        if self._followed is None:
            self._followed = self._table_followed()
        return self._touched & ~self._followed

    def _table_touched(self) -> int:
        plan = self.plan
        touched = plan.table(caller for caller in self.failed if caller in plan.flag)
        if self._orphans:  # what was seen of others besides may be what is behind a box that nobody saw
            touched |= plan.table({caller for caller, _, _ in self.seen if caller in plan.flag})
        for box in self._orphans:
            touched |= plan.users(box)
        return touched

    def _table_followed(self) -> int:
        plan = self.plan
        waiting, reached = list(self._starts), set[str]()
        while waiting:
            box = waiting.pop()
            if box not in reached and box in plan.flag:
                reached.add(box)
                waiting += [to for to in self.failed.get(box, ()) if to in plan.must.get(box, ())]
        return plan.table(reached)

    def explain(self, box: str) -> _Explanation:
        """Return what explains the failure of *box*, and what it uses that nobody saw."""
        known = self._known.get(box)
        if known is None:
            known = self._known[box] = _Explanation()  # what (through dark boxes) uses itself explains nothing: filled below
            self._fill(box, known)
        return known

    def _fill(self, box: str, result: _Explanation) -> None:
        plan = self.plan
        well = plan.well.get(box)
        if well is None:
            return
        failed, not_well = self.failed.get(box, _NOTHING), well - self.seen
        if not failed and not not_well:
            return
        if self._orphans:
            self._read(box, failed, result)
            return
        elsewhere = self._called_by_others(not_well) if not_well and box in plan.steps else _NOTHING
        key = box, frozenset(failed), not_well, elsewhere
        alike = plan.alike.get(key)
        if alike is None:
            alike = plan.alike[key] = self._read_alone(box, failed, elsewhere)
        if alike.behind and alike.behind & self._met() and alike.behind & self._met(is_explained=alike.is_explained):
            self._read(box, failed, result)
        else:
            result.terms, result.dark = alike.terms, alike.dark

    def _called_by_others(self, calls: frozenset[SeenCall]) -> frozenset[str]:
        return frozenset(to for _, to, _ in calls if self._was_seen(to))

    def _read_alone(self, box: str, failed: Set[str], elsewhere: Set[str]) -> _Alike:
        """Read the calls of one box by themselves, as if nothing behind what it did not call had failed."""
        behind, needs = 0, self.plan.needs.get(box, ())
        for to in needs:
            behind |= self.plan.reach[to] if to not in elsewhere and self._state(box, to) is None else 0
        touched, result = self._touched, _Explanation()
        self._touched = 0
        self._read(box, failed, result)
        self._touched = touched
        return _Alike(result.terms, result.dark, behind, any(to in failed for to in needs))

    def _read(self, box: str, failed: Set[str], result: _Explanation) -> None:
        plan = self.plan
        needs = plan.needs.get(box)
        if needs:
            self._fill_needs(box, needs, failed, result)
        for members_of in plan.groups.get(box, ()):
            states = [self._state(box, to) for to in members_of]
            if all(states):
                result.terms.append(members_of)
            elif False not in states:
                result.dark |= plan.table(to for to, state in zip(members_of, states, strict=True) if state is None)

    def _fill_needs(self, box: str, needs: tuple[str, ...], failed: Set[str], result: _Explanation) -> None:
        if self._orphans:
            states = {to: self._state(box, to) for to in needs}
            unsettled = [to for to in needs if states[to] is not False]
            failed = {to for to in needs if states[to]}
        else:
            not_well = {to for _, to, _ in self.plan.well[box] - self.seen} | failed
            unsettled = [to for to in needs if to in not_well]
        result.terms += [(to,) for to in unsettled if to in failed]
        is_explained, is_step = bool(result.terms), box in self.plan.steps
        for to in unsettled:
            if to not in failed and not (is_step and self._was_seen(to)):
                self._look_behind(to, self._met(is_explained=is_explained), result)

    def _state(self, box: str, to: str) -> bool | None:
        """Whether the call of *box* to *to* failed; a call of unknown caller counts for any; None when none was seen."""
        if to in self.failed.get(box, _NOTHING):
            return True
        if (box, to, False) in self.seen:
            return False
        return self._orphans.get(to)

    def _look_behind(self, box: str, met: int, result: _Explanation) -> None:
        """Nobody saw the call to *box*: something seen to fail behind it, among *met*, explains its caller as well."""
        if not self.plan.reach[box] & met:
            result.dark |= self.plan.unseen(box)
            return
        beyond = self.explain(box)
        if beyond.terms:
            result.terms.append((box,))
        else:
            result.dark |= self.plan.flag[box] | beyond.dark

    def _was_seen(self, box: str) -> bool:
        """A step need not call a part itself that another part of it was seen to call."""
        if self._seen_boxes is None:
            self._seen_boxes = {called for _, called, _ in self.seen}
        return box in self._seen_boxes

    def failures_that_start(self) -> set[str]:
        """Return the boxes that failed with nothing to explain it, whether or not the attempt was lost."""
        failed = {box for boxes in self.failed.values() for box in boxes}
        return {box for box in failed if not self.explain(box).terms}


_NOTHING: frozenset[str] = frozenset()


LostAt = tuple[tuple[str, ...], ...]
"""Where an attempt was lost: any one group suffices; within a group (choices, tries) every step had to fail."""


def follow(attempt: Attempt, lost_at: LostAt) -> Trail:
    """Follow a lost attempt from the steps where it was lost to where the failures start."""
    walk = _Walk(attempt)
    starts = list(dict.fromkeys(step for group in lost_at for step in group))
    attempt.follow_seen(starts)
    for step in starts:
        walk.visit(step)
    still_lost = walk.still_lost(lost_at)
    ends = [box for box, _ in walk.origins] + walk.untraced
    dark = {box: attempt.explain(box).dark for box in ends}
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
