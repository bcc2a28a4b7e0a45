"""Where lost attempts end: the boxes at which their failures start, or the steps at which nothing explains them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wholeservice.findings.closure import members, table_of
from wholeservice.findings.numbered import Numbered, numbered
from wholeservice.findings.propagation import (
    AT_OR_BELOW,
    STARTS_HERE,
    Explanation,
    LostAt,
    Plan,
    SeenCall,
    Trail,
    follow,
    starts_of,
)
from wholeservice.findings.shapley import MAX_EXACT, any_unhealed, coalitions
from wholeservice.findings.side_by_side import Reading, Table, bits

CHUNK = 8_192
"""Attempts read side by side: more would take more memory, fewer more time."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Of one kind of lost attempt: the same as `Trail` says, and the untraced steps of which not all was seen.

    Attempts that end at one box, as most do, share one of these.
    """

    origins: tuple[tuple[str, str], ...]
    still_lost: int
    untraced: tuple[str, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """Kinds of lost attempts that were read: the ends of each, and for each box the attempts that end there.

    here     box -> attempts that end there, and nowhere else
    dark     of these: something that the box uses was seen by nobody
    several  attempts with several ends
    """

    reading: Reading
    ends: list[Ends]
    here: dict[int, Table]
    dark: dict[int, Table]
    several: Table


def read_lost(seen: Numbered, lost_at: Sequence[LostAt], plan: Plan) -> Read:
    """
    Read kinds of lost attempts side by side.

    Shape    seen, lost_at: of CHUNK of them at most, each lost somewhere; the ends follow their order
    """
    reading = Reading(seen, plan, _starts(lost_at, plan))
    ended, several, once = dict(reading.ends()), 0, 0
    for table in ended.values():
        several |= once & table
        once |= table
    read = Read(reading, [_NOWHERE] * len(lost_at), {}, {}, several)
    found: dict[int, list[tuple[str, bool, bool]]] = {at: [] for at in members(several)}
    for box, table in ended.items():
        dark = reading.is_dark(box, table)
        name, is_step = plan.names[box], box in plan.steps_at
        for is_dark, each in ((False, table & ~dark), (True, dark)):
            ends = _end(name, is_step=is_step, is_dark=is_dark)
            for at in members(each & ~several):
                read.ends[at] = ends
            for at in members(each & several):
                found[at].append((name, is_step, is_dark))
        read.here[box], read.dark[box] = table & ~several, dark & ~several
    spared = set(members(reading.spared & several))
    for at, mine in found.items():
        read.ends[at] = _ends(reading, at, mine, lost_at[at], at in spared)
    return read


def _starts(lost_at: Sequence[LostAt], plan: Plan) -> dict[int, Table]:
    by_place: dict[LostAt, int] = {}
    for bit, place in zip(bits(len(lost_at)), lost_at, strict=True):
        by_place[place] = by_place.get(place, 0) | bit
    starts: dict[int, Table] = {}
    for place, table in by_place.items():
        plan.know(starts_of(place))
        for step in starts_of(place):
            starts[plan.bit[step]] = starts.get(plan.bit[step], 0) | table
    return starts


def _end(box: str, *, is_step: bool, is_dark: bool) -> Ends:
    """Mending the only origin saves the attempt, whatever stood in for what; at a step nothing does."""
    if is_step:
        return Ends((), coalitions(0).everything, (box,), (box,) if is_dark else ())
    return Ends(((box, AT_OR_BELOW if is_dark else STARTS_HERE),), any_unhealed(1), (), ())


def _ends(reading: Reading, at: int, found: list[tuple[str, bool, bool]], lost_at: LostAt, is_spared: bool) -> Ends:
    untraced = tuple(box for box, is_step, _ in found if is_step)
    hidden = tuple(box for box, is_step, is_dark in found if is_step and is_dark)
    origins = tuple((box, AT_OR_BELOW if is_dark else STARTS_HERE) for box, is_step, is_dark in found if not is_step)
    is_plain = not is_spared and all(len(group) == 1 for group in lost_at)
    if is_plain and len(origins) <= MAX_EXACT:
        still_lost = coalitions(len(origins)).everything if untraced else any_unhealed(len(origins))
        return Ends(origins, still_lost, untraced, hidden)
    trail = follow(_One(reading, at), lost_at)
    return Ends(trail.origins, trail.still_lost, trail.untraced, tuple(box for box in trail.untraced if trail.dark[box]))


_NOWHERE = Ends((), 0, (), ())


class _One:
    """One attempt of a reading. Its `dark` has only what a box itself was not seen to use."""

    def __init__(self, reading: Reading, at: int) -> None:
        self.plan, self._reading, self._bit = reading.plan, reading, 1 << at
        self._known: dict[str, Explanation] = {}

    def explain(self, box: str) -> Explanation:
        known = self._known.get(box)
        if known is None:
            known = self._known[box] = self._explain(self.plan.bit[box])
        return known

    def _explain(self, box: int) -> Explanation:
        reading, names, bit = self._reading, self.plan.names, self._bit
        needed = [to for to, _ in reading.needed(box, bit)]
        needed.sort(key=lambda to: not reading.has_failed(box, to) & bit)  # what was seen to fail comes first
        terms = [(to,) for to in needed] + [group for group, _ in reading.lost_spares(box, bit)]
        dark = 0
        for to, _, _ in reading.unseen(box, bit) if not terms else ():
            dark |= 1 << to
        return Explanation([tuple(names[to] for to in term) for term in terms], dark)


def trail_of(seen: frozenset[SeenCall], lost_at: LostAt, plan: Plan) -> Trail:
    """Return the trail of one lost attempt, with every way it may have come and all that nobody saw behind its ends."""
    plan.know(starts_of(lost_at))
    reading = Reading(numbered([seen]), plan, {plan.bit[step]: 1 for step in starts_of(lost_at)})
    trail = follow(_One(reading, 0), lost_at)
    dark = {box: table_of(reading.behind({plan.bit[box]: 1})) for box in trail.dark}
    return replace(trail, dark=dark)


def failures_that_start(attempts: Sequence[frozenset[SeenCall]], plan: Plan) -> list[dict[str, str]]:
    """Return, for each attempt, the boxes that failed with nothing to explain it, lost or not, and the claim of each."""
    found: list[dict[str, str]] = []
    for first in range(0, len(attempts), CHUNK):
        some = attempts[first : first + CHUNK]
        plan.know(box for seen in some for _, box, has_failed in seen if has_failed)
        reading, starting = Reading(numbered(some), plan), [dict[str, str]() for _ in some]
        for box, table in reading.calls.all_failed().items():
            here = table & ~reading.explained[box]
            dark = reading.is_dark(box, here)
            for claim, among in ((STARTS_HERE, here & ~dark), (AT_OR_BELOW, dark)):
                for at in members(among):
                    starting[at][plan.names[box]] = claim
        found += starting
    return found
