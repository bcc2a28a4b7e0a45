"""Many attempts read side by side: one bit an attempt, so that what holds for thousands of them is one operation.

What explains a box in an attempt (`propagation` says the rules) hangs on what it uses there, and on that alone. So the boxes
are gone through once, each after all it uses, and each asks of all attempts at once: in which of them is it explained? Then
once the other way, each after all that use it: in which of them does the loss come here, and from whom? No way through boxes
that nobody saw is ever walked by itself, however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from wholeservice.findings.numbered import Numbered
from wholeservice.findings.propagation import Plan

Table = int
"""One bit an attempt."""


@lru_cache(maxsize=4)
def bits(n: int) -> tuple[Table, ...]:
    """Return the tables of one attempt each."""
    return tuple(1 << at for at in range(n))


class Calls:
    """What was seen in some attempts, by caller and box called. Calls of a caller that is not known count for any.

    called, failed  calls of known callers, and those of them that failed
    loose, spoilt   box called -> attempts in which a call of unknown caller was seen, and those in which one failed
    touched         box -> attempts in which a failed call, or one of unknown caller, could be met there
    anywhere        box that a step needs -> attempts in which anybody was seen to call it
    """

    def __init__(self, attempts: Numbered, plan: Plan) -> None:
        self.called: dict[int, dict[int, Table]] = defaultdict(dict)
        self.failed: dict[int, dict[int, Table]] = defaultdict(dict)
        self.loose: dict[int, Table] = {}
        self.spoilt: dict[int, Table] = {}
        self.touched: dict[int, Table] = defaultdict(int)
        self.anywhere: dict[int, Table] = defaultdict(int)
        self._failed: dict[int, Table] = defaultdict(int)
        tables, bit, with_loose = list(attempts.tables()), plan.bit, 0
        for (caller, _, _), table in tables:
            with_loose |= table if caller is None else 0
        for (caller, box, has_failed), table in tables:
            to = bit.get(box)
            if to is not None and to in plan.step_needs:
                self.anywhere[to] |= table
            if has_failed and to is not None:
                self._failed[to] |= table
            if caller is None:
                if to is not None:
                    self._enter_loose(to, table, has_failed, plan)
            elif caller in bit:
                self._enter(bit[caller], to, table, has_failed, with_loose)

    def _enter(self, caller: int, to: int | None, table: Table, has_failed: bool, with_loose: Table) -> None:
        if has_failed or table & with_loose:  # what was seen of others may be what is behind a box that nobody saw
            self.touched[caller] |= table if has_failed else table & with_loose
        if to is None:
            return
        called = self.called[caller]
        called[to] = called.get(to, 0) | table
        if has_failed:
            failed = self.failed[caller]
            failed[to] = failed.get(to, 0) | table

    def _enter_loose(self, to: int, table: Table, has_failed: bool, plan: Plan) -> None:
        self.loose[to] = self.loose.get(to, 0) | table
        if has_failed:
            self.spoilt[to] = self.spoilt.get(to, 0) | table
        for user in plan.users_at(to):
            self.touched[user] |= table

    def all_failed(self) -> dict[int, Table]:
        """Return the boxes that failed for anybody, and in which attempts."""
        return self._failed


class Reading:
    """Some attempts, read by one plan. Boxes are told by their bit in the plan, attempts by their place.

    explained  box -> attempts in which its failure would be explained by what it uses
    reached    box -> attempts in which the loss comes there, from *starts*
    felt       box -> (box that it explains, in which attempts)
    """

    def __init__(self, attempts: Numbered, plan: Plan, starts: Mapping[int, Table] | None = None) -> None:
        self.plan, self.calls = plan, Calls(attempts, plan)
        n = len(plan.names)
        self.explained: list[Table] = [0] * n
        self._through: list[Table] = [0] * n  # attempts in which a box explains one that was not seen to call it
        self._met: list[Table] = [0] * n  # attempts in which a failed call is met there or behind, off the ways that were seen
        self.reached: list[Table] = [0] * n
        self.spared: Table = 0  # attempts in which the loss went past several that stand in for each other
        self.felt: list[list[tuple[int, Table]]] = [[] for _ in range(n)]
        self._until_still(self.explained, self._explain)
        if starts:
            followed = self._followed(starts)
            self._until_still(self._met, lambda: self._meet(followed))
            for box, table in starts.items():
                self.reached[box] = table
            self._until_still(self.reached, self._reach)

    def _until_still(self, tables: list[Table], sweep: Callable[[], None]) -> None:
        """Go through all boxes once; where boxes use each other in a circle, until nothing changes."""
        before: list[Table] | None = None
        while tables != before:
            before = list(tables) if self.plan.has_circle else tables
            sweep()

    def _explain(self) -> None:
        plan, calls, explained, through = self.plan, self.calls, self.explained, self._through
        due = set(calls.failed).union(calls.spoilt, *map(plan.users_at, calls.spoilt))  # nothing explains any other box
        due.update(*(plan.users_at(box) for box, table in enumerate(explained) if table))
        for box in plan.inner_first:
            if box not in due:
                continue
            table = 0
            if box in calls.called or box in plan.steps_at:
                for _, sure, behind in self._needs(box):
                    table |= sure | behind
            else:
                for to in plan.needs_at[box]:
                    table |= through[to]
            for group in plan.groups_at.get(box, ()):
                table |= self._all_failed(box, group)
            explained[box] = table
            through[box] = table & ~calls.loose[box] | calls.spoilt.get(box, 0) if box in calls.loose else table
            if table or through[box]:
                due.update(plan.users_at(box))

    def _needs(self, box: int) -> Iterator[tuple[int, Table, Table]]:
        """Yield what the box must have, attempts in which it was seen to fail, and in which something behind it explains it.

        What did neither in any attempt is left out.
        """
        calls, explained = self.calls, self.explained
        called, failed = calls.called.get(box, _NONE), calls.failed.get(box, _NONE)
        is_step = box in self.plan.steps_at
        for to in self.plan.needs_at[box]:
            sure, behind = failed.get(to, 0), explained[to]
            if not (sure or behind or to in calls.spoilt):
                continue
            settled = called.get(to, 0)
            if to in calls.spoilt:
                sure |= calls.spoilt[to] & ~settled
            behind = behind and behind & ~settled
            if behind and to in calls.loose:
                behind &= ~calls.loose[to]
            if is_step and behind:  # a step need not call a part itself that another part of it was seen to call
                behind &= ~calls.anywhere.get(to, 0)
            yield to, sure, behind

    def has_failed(self, box: int, to: int) -> Table:
        """Return the attempts in which *box* was seen to fail at *to*, or may have been the caller for whom it failed."""
        calls = self.calls
        sure = calls.failed.get(box, _NONE).get(to, 0)
        if to not in calls.spoilt:
            return sure
        return sure | calls.spoilt[to] & ~calls.called.get(box, _NONE).get(to, 0)

    def _all_failed(self, box: int, group: tuple[int, ...]) -> Table:
        table = self.has_failed(box, group[0])
        for to in group[1:]:
            table = table and table & self.has_failed(box, to)
        return table

    def _followed(self, starts: Mapping[int, Table]) -> dict[int, Table]:
        """Return the boxes that failed calls of what a box must have lead to from the starts."""
        failed, needs, found = self.calls.failed, self.plan.needs_at, dict(starts)
        before = None
        while found != before:
            before = dict(found) if self.plan.has_circle else found
            for box in self.plan.outer_first:
                if box in found and box in failed:
                    for to, table in failed[box].items():
                        if to in needs[box]:
                            _add(found, to, table & found[box])
        return found

    def _meet(self, followed: Mapping[int, Table]) -> None:
        met, touched, needs = self._met, self.calls.touched, self.plan.needs_at
        due = set(touched).union(*(self.plan.users_at(box) for box, table in enumerate(met) if table))
        for box in self.plan.inner_first:
            if box not in due:
                continue
            table = touched.get(box, 0)
            if table and box in followed:
                table &= ~followed[box]
            for to in needs[box]:
                table |= met[to]
            met[box] = table
            if table:
                due.update(self.plan.users_at(box))

    def _reach(self) -> None:
        reached, felt = self.reached, self.felt
        for each in felt:
            each.clear()
        for box in self.plan.outer_first:
            among = reached[box]
            if among:
                for to, table in self.needed(box, among):
                    reached[to] |= table
                    felt[to].append((box, table))
                for group, table in self.lost_spares(box, among):
                    self.spared |= table if len(group) > 1 else 0
                    for to in group:
                        reached[to] |= table
                        felt[to].append((box, table))

    def needed(self, box: int, among: Table) -> Iterator[tuple[int, Table]]:
        """Yield what explains a box that must have it, and in which of the attempts."""
        calls, needs, through, known = self.calls, self.plan.needs_at[box], self._through, 0
        if not among & self.explained[box]:
            return
        if box in calls.called or box in self.plan.steps_at or any(to in calls.spoilt for to in needs):
            found = list(self._needs(box))
            for _, sure, _ in found:
                known |= sure & among
            for to, sure, behind in found:  # where it is explained already, no other way to what was seen is guessed
                table = among & (sure | (behind & (~known | self._met[to]) if known else behind))
                if table:
                    yield to, table
        else:
            for to in needs:
                table = among & through[to]
                if table:
                    yield to, table

    def lost_spares(self, box: int, among: Table) -> Iterator[tuple[tuple[int, ...], Table]]:
        """Yield what stands in for each other and failed together, and in which of the attempts."""
        for group in self.plan.groups_at.get(box, ()):
            table = among & self._all_failed(box, group)
            if table:
                yield group, table

    def ends(self) -> Iterator[tuple[int, Table]]:
        """Yield the boxes that the loss comes to and that nothing explains there, and in which attempts."""
        for box, table in enumerate(self.reached):
            here = table and table & ~self.explained[box]
            if here:
                yield box, here

    def unseen(self, box: int, among: Table) -> Iterator[tuple[int, Table, bool]]:
        """Yield what an unexplained box uses that nobody saw, in which attempts, and whether it is a spare."""
        calls, plan = self.calls, self.plan
        called, is_step = calls.called.get(box, _NONE), box in plan.steps_at
        for to in plan.needs_at[box]:
            table = among & ~called.get(to, 0) & ~calls.loose.get(to, 0)
            table &= ~calls.anywhere.get(to, 0) if is_step else table
            if table:
                yield to, table, False
        for group in plan.groups_at.get(box, ()):
            open_in = among
            dark = [(to, among & ~called.get(to, 0) & ~calls.loose.get(to, 0)) for to in group]
            for to, table in dark:
                open_in &= table | self.has_failed(box, to)
            for to, table in dark:
                if table & open_in:
                    yield to, table & open_in, True

    def is_dark(self, box: int, among: Table) -> Table:
        """Return the attempts in which something that an unexplained box uses was seen by nobody."""
        dark = 0
        for _, table, _ in self.unseen(box, among):
            dark |= table
        return dark

    def behind(self, ends: Mapping[int, Table]) -> dict[int, Table]:
        """Return all that nobody saw behind *ends*, and in which attempts.

        Behind what no failed call and no call of unknown caller could be met at, nothing was seen: all of it is taken.
        """
        plan, touched = self.plan, [0] * len(self.plan.names)
        self._until_still(touched, lambda: self._close(touched))
        walked, whole = dict(ends), dict[int, Table]()
        dark: dict[int, Table] = defaultdict(int)
        before = None
        while (walked, whole) != before:
            before = (dict(walked), dict(whole)) if plan.has_circle else (walked, whole)
            for box in plan.outer_first:
                if box in walked:
                    for to, table, is_spare in self.unseen(box, walked[box]):
                        if is_spare:
                            dark[to] |= table
                            continue
                        met = table & touched[to]
                        _add(walked, to, met)
                        dark[to] |= met
                        _add(whole, to, table & ~met)
                if box in whole:
                    self._take_all(box, whole, dark)
        return dark

    def _close(self, touched: list[Table]) -> None:
        for box in self.plan.inner_first:
            table = self.calls.touched.get(box, 0)
            for to in self.plan.needs_at[box]:
                table |= touched[to]
            touched[box] = table

    def _take_all(self, box: int, whole: dict[int, Table], dark: dict[int, Table]) -> None:
        table = whole[box]
        dark[box] |= table
        for to in self.plan.needs_at[box]:
            _add(whole, to, table)
        for group in self.plan.groups_at.get(box, ()):
            for to in group:
                dark[to] |= table


_NONE: Mapping[int, Table] = {}


def _add(tables: dict[int, Table], box: int, table: Table) -> None:
    if table:
        tables[box] = tables.get(box, 0) | table
