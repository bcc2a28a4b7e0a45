"""The plain reading of one attempt: every box behind an unseen one is walked, one by one; `follow` takes it as well."""

from collections.abc import Iterable

from wholeservice.findings.propagation import SeenCall, Wiring


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

    def follow_seen(self, starts: Iterable[str]) -> None:
        """Nothing is worked out beforehand."""

    def asked(self) -> Iterable[str]:
        """Return the boxes whose failure was asked about."""
        return self._known

    def failures_that_start(self) -> set[str]:
        """Return the boxes that failed with nothing to explain it, whether or not the attempt was lost."""
        failed = {box for mine in self.calls.values() for box, is_failed in mine.items() if is_failed}
        return {box for box in failed if not self.explain(box).terms}


_NOTHING: dict[str, bool] = {}
