"""The loss map: how a missed target splits over what the loss starts from. See `docs/loss_map.md`."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from wholeservice.findings.circles import circles, join_calls, join_timed, join_wiring
from wholeservice.findings.confidence import Certainty, judge
from wholeservice.findings.inseparable import Together, always_together, with_others
from wholeservice.findings.joined_in_time import Timed
from wholeservice.findings.ledger import Ledger, Pattern, account, enter_timed, failure_rates, losses_of_one
from wholeservice.findings.propagation import AT_OR_BELOW as AT_OR_BELOW
from wholeservice.findings.propagation import STARTS_HERE as STARTS_HERE
from wholeservice.findings.propagation import Plan, Wiring
from wholeservice.findings.would_tell import MissingData as MissingData
from wholeservice.findings.would_tell import what_would_tell
from wholeservice.periods import Period
from wholeservice.uncertainty import Interval
from wholeservice.units import Unit

LINKED, TIMED, FITTED, ASSUMED = "linked", "timed", "fitted", "assumed"
UNTRACED = "untraced"
RUNGS = (LINKED, TIMED, FITTED, ASSUMED, UNTRACED)
PASSES_ON, HEALTHY, NOT_OBSERVED = "passes on", "healthy", "not observed"
GOES_WITH, TAKEN_FOR_GRANTED = "goes with", "assumed"
"""What is said of a box that is no origin: loss was seen to go with it, or somebody declared that some does."""
DRIVER = "driver"
WAIT, WORK, INTERVAL, UNRECORDED, CHANNEL, SEVERAL = "wait", "work", "interval", "unrecorded", "channel", "several"
TIMES = (WAIT, WORK, INTERVAL, UNRECORDED)
"""Kinds of boxes that are pieces of time in the life of an item: see `fulfilment`."""
UNTIL = "Until "  # begins the title of a piece of time of which only the end is known
CIRCLE = "circle"
ATTEMPTS, ITEMS = "attempts", "items"
LINKED_ENOUGH = 0.5  # of the lost attempts: with fewer, what nobody saw behind a step is most of what is usually lost


@dataclass(frozen=True, slots=True)
class Box:
    """One place of the map; sizes are in the unit of the target (share of attempts), positive = lost.

    flow_in = starts_here + not_traced + what goes out over ribbons. `alone`: won back by mending only this; `last`: what
    remains if only this is left. Advice and ranking use `alone`, never the share.
    """

    id: str
    kind: str  # step, part, service, supplier, policy, interface, driver; or of `fulfilment`
    title: str
    layer: int  # 0 is the step, growing away from the consumer
    flow_in: float
    starts_here: float
    not_traced: float
    claim: str  # STARTS_HERE, AT_OR_BELOW, PASSES_ON, HEALTHY, NOT_OBSERVED; GOES_WITH or TAKEN_FOR_GRANTED: no origin
    interval: Interval | None = None  # of starts_here + not_traced
    alone: float | None = None
    last: float | None = None
    reference: str = ""  # "no failures", "its own target (99.5% of calls succeed)"
    observed: float = 0.0  # share of the attempts that used it in which it was seen
    is_named: bool = False  # lower bound above 0, all origins taken together
    is_top: bool = False  # named and separated from every other
    note: str = ""  # what else is to be known of it, such as a contract
    about: str = ""  # the entity that could act there, where the box is none itself
    by_team: tuple[tuple[str | None, float], ...] = ()  # who it was with, and how much of the loss; None: nobody wrote it down
    by_level: tuple[tuple[str, float], ...] = ()  # of a driver: with which of its values, and how much of the loss

    @property
    def said(self) -> str:
        """The title within a sentence: a place of its own keeps its name, a piece of time begins small."""
        if self.kind == INTERVAL and self.title.startswith(UNTIL):
            return f"the time until {self.title.removeprefix(UNTIL)} was recorded"
        return self.title[:1].lower() + self.title[1:] if self.kind in TIMES else self.title


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Loss that flows from a box nearer the consumer to one further behind; size 0 is a healthy dependency."""

    from_id: str
    to_id: str
    size: float
    rung: str = LINKED


@dataclass(frozen=True, slots=True)
class LossMap:
    """gap = sum of shares + unexplained - headroom, exactly. `why_no_map` is set when there is nothing to draw."""

    entity: str
    need: str
    target: str  # as declared
    unit: Unit
    direction: int
    level: float
    value: float
    gap: float
    gap_interval: Interval | None
    n: float
    period: Period
    boxes: tuple[Box, ...] = ()
    ribbons: tuple[Ribbon, ...] = ()
    unexplained: float = 0.0  # the part of the gap that no origin claims (>= 0)
    headroom: float = 0.0  # how far below the tolerated loss mending everything would get (>= 0)
    by_rung: tuple[tuple[str, float], ...] = ()  # (linked | timed | fitted | assumed | untraced, share of the loss 0-1)
    together: tuple[Together, ...] = ()  # origins that nobody can tell apart
    top: tuple[str, ...] = ()  # one id: named alone; several: "A, B or C"; none: nothing named
    missing: tuple[MissingData, ...] = ()
    people_per_day: float | None = None
    why_no_map: str | None = None
    of: str = ATTEMPTS  # what the units are
    beside: str = ""  # the number as it was declared, where the map counts something else: the milliseconds of a quantile
    not_identified: tuple[tuple[str, str], ...] = ()  # (driver, why it can neither be blamed nor cleared)


def precedence(loss_map: LossMap) -> tuple[bool, float, bool, float, str]:
    """Return what maps are ordered by: one that can be drawn first, then most people a day, a named origin, the gap.

    Gaps of different measures are not of one size: 20 points of satisfaction are not more than 12 points of completion.
    """
    is_named, people = bool(loss_map.top), loss_map.people_per_day or 0.0
    return loss_map.why_no_map is not None, -people, not is_named, -loss_map.gap, loss_map.need


@dataclass(frozen=True, slots=True)
class Place:
    """What the map must know of a box besides its losses. `tolerated` is its own target as a failure rate, 0 to 1."""

    kind: str
    title: str
    tolerated: float = 0.0
    reference: str = "no failures"
    note: str = ""  # what else is to be known of it, such as a contract


@dataclass(frozen=True, slots=True)
class Observations:
    """All that was seen of the attempts behind one target.

    n_used: box -> attempts that were seen to use it. `consumers`: (indexes of patterns one consumer met, how many consumers);
    left empty, every attempt is taken for a consumer of its own.
    """

    patterns: Sequence[Pattern]
    wiring: Wiring
    places: Mapping[str, Place]
    n_used: Mapping[str, float]
    consumers: Sequence[tuple[tuple[int, ...], float]] = ()
    n_units: float | None = None  # attempts or visits behind the patterns, lost or not; none: as many as `asked.n`
    roots: tuple[str, ...] = ()  # boxes that losses are first felt at; none: every step
    timed: Timed = Timed()  # what time joins to the attempts that no call was recorded of
    pattern_of: Mapping[str, int] = field(default_factory=dict)  # lost attempt -> index of its pattern


def draw_up(asked: LossMap, seen: Observations) -> LossMap:
    """
    Split the gap of *asked* over the boxes of *observed*.

    Shape    asked: a map with the target, value, gap, n and period, and no boxes yet; attempts lost are 0 or 1
    Unit     that of the target: share of attempts
    Source   docs/loss_map.md; gap = sum of shares + unexplained - headroom
    """
    with _collector_paused():
        return _drawn(asked, *ledger_of(seen))


def _drawn(asked: LossMap, seen: Observations, ledger: Ledger) -> LossMap:
    n = seen.n_units or asked.n
    lost = sum(pattern.n for pattern in seen.patterns if pattern.lost_at)
    linked = sum(pattern.n for pattern in seen.patterns if pattern.lost_at and pattern.is_linked)
    is_dark = linked < LINKED_ENOUGH * lost
    tolerated = n * (1.0 - asked.level if asked.direction > 0 else asked.level) * (1.0 - linked / lost) if is_dark else 0.0
    certainty = judge(_sizes(ledger, seen.timed, tolerated), _per_consumer(ledger, seen))
    together = always_together(n, ledger, seen.patterns, [each.together for each in seen.timed.losses])
    residual, layers = asked.gap - sum(ledger.share.values()) / n, _layers(seen)
    return replace(
        asked,
        boxes=tuple(_boxes(n, ledger, seen, certainty, layers)),
        ribbons=tuple(_ribbons(n, ledger, seen, layers)),
        unexplained=max(0.0, residual),
        headroom=max(0.0, -residual),
        by_rung=_by_rung(ledger),
        together=together,
        top=with_others(certainty.top, together),
        missing=tuple(what_would_tell(n, ledger, seen.patterns, _recordable(seen))),
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Let no memory be searched for circles of references: a map makes none, and each search goes through all facts again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def ledger_of(seen: Observations, rates: Mapping[str, float] | None = None) -> tuple[Observations, Ledger]:
    """
    Split every lost attempt over its origins; boxes that use each other in a circle are one in what is returned.

    Shape    rates: how often each box fails, where that is known from another period (`rates_of`); a box with a target of its
             own loses what exceeds it
    """
    seen = _without_circles(seen)
    steps = frozenset(box for box, place in seen.places.items() if place.kind == "step")
    known = rates_of(seen) if rates is None else rates
    ledger = account(seen.patterns, Plan(seen.wiring, steps), lambda box: _healing(seen.places.get(box), known.get(box)))
    enter_timed(ledger, seen.timed)
    return seen, ledger


def rates_of(seen: Observations) -> dict[str, float]:
    """Return how often each box fails, where any has a target of its own that its failures are held against."""
    if not any(place.tolerated for place in seen.places.values()):
        return {}
    seen = _without_circles(seen)
    return failure_rates(seen.patterns, seen.n_used, seen.wiring)


def _recordable(seen: Observations) -> dict[str, str]:
    """What calls can be recorded of, by its title; an interface is told by both its sides."""
    return {box: place.title for box, place in seen.places.items() if place.kind != "interface"}


def _without_circles(seen: Observations) -> Observations:
    joint = circles(seen.wiring)
    if not joint:
        return seen
    places, n_used = dict(seen.places), defaultdict(float, seen.n_used)
    for box, name in joint.items():
        members = [seen.places[each].title for each in joint if joint[each] == name and each in seen.places]
        places[name] = Place(CIRCLE, " + ".join(members))
        n_used[name] = max(n_used[name], n_used.pop(box, 0.0))
    patterns = tuple(replace(each, seen=join_calls(each.seen, joint)) for each in seen.patterns)
    timed = join_timed(seen.timed, joint)
    return replace(seen, patterns=patterns, wiring=join_wiring(seen.wiring, joint), places=places, n_used=n_used, timed=timed)


def _healing(place: Place | None, rate: float | None) -> float:
    """Chance that a failure would not have happened had the box been at its reference."""
    if place is None or not place.tolerated or not rate:
        return 1.0
    return max(0.0, 1.0 - place.tolerated / rate)


def _sizes(ledger: Ledger, timed: Timed, tolerated: float) -> dict[str, float]:
    """Return what each box may have lost. Of parts that time cannot tell apart, each may have lost what all of them did.

    What nobody saw behind a step may be larger than all that was traced. Where hardly any call is linked that is all the rest,
    most of it usual: its share of what the target tolerates is then taken off before it is set beside what stands out.
    """
    sizes: dict[str, float] = defaultdict(float)
    for (box, _), share in ledger.share.items():
        sizes[box] += share
    for box, together in timed.as_one.items():
        if ledger.timed.get(box):
            sizes[box] += max(0.0, together - ledger.timed[box])
    hidden = sum(ledger.hidden.values())
    beyond = max(0.0, 1.0 - tolerated / hidden) if hidden > 0 else 1.0
    for step, size in ledger.hidden.items():
        sizes[step] += size * beyond
    return sizes


def _per_consumer(ledger: Ledger, seen: Observations) -> Iterator[tuple[Mapping[str, float], float]]:
    """Yield what one consumer lost where. Failures within a box's reference count too: they are chance as well.

    A loss joined by time varies from day to day, not from consumer to consumer: each placebo stands for one more of them.
    """
    yield from ((each, 1.0) for each in seen.timed.chance)
    if not seen.consumers:
        yield from losses_of_one(ledger, seen.patterns)
        return
    for indexes, count in seen.consumers:
        total: dict[str, float] = defaultdict(float)
        for index in indexes:
            for box, loss in ledger.contributions[index].items():
                total[box] += loss * seen.patterns[index].weight
        yield total, count


def _boxes(n: float, ledger: Ledger, seen: Observations, certainty: Certainty, layers: Mapping[str, int]) -> Iterator[Box]:
    for box in sorted(layers, key=lambda each: (layers[each], -ledger.flow_in.get(each, 0.0), each)):
        place = seen.places.get(box, Place("part", box))
        here = ledger.share.get((box, STARTS_HERE), 0.0)
        below = ledger.share.get((box, AT_OR_BELOW), 0.0) + ledger.hidden.get(box, 0.0)
        error = certainty.standard_error.get(box)
        half = certainty.critical * error / n if error is not None else None
        size = (here + below) / n
        yield Box(
            id=box,
            kind=place.kind,
            title=place.title,
            layer=layers[box],
            flow_in=ledger.flow_in.get(box, 0.0) / n,
            starts_here=here / n,
            not_traced=(ledger.share.get((box, AT_OR_BELOW), 0.0) + ledger.untraced.get(box, 0.0)) / n,
            claim=_claim(here, below, ledger.flow_in.get(box, 0.0), place.kind == "step" or box in seen.n_used),
            interval=Interval(max(0.0, size - half), size + half, "simultaneous over all boxes") if half is not None else None,
            alone=ledger.alone[box] / n if box in ledger.alone else None,
            last=ledger.last[box] / n if box in ledger.last else None,
            reference=place.reference,
            note=place.note,
            observed=_observed(box, ledger, seen),
            is_named=box in certainty.named,
            is_top=certainty.top == (box,),
        )


def _claim(here: float, below: float, flow: float, was_seen: bool) -> str:
    if here + below > 0:
        return STARTS_HERE if here >= below else AT_OR_BELOW
    if flow > 0:
        return PASSES_ON
    return HEALTHY if was_seen else NOT_OBSERVED


def _observed(box: str, ledger: Ledger, seen: Observations) -> float:
    """Share of the lost attempts that concern the box in which it was seen; 1 or 0 where none concern it."""
    unseen, felt = ledger.dark.get(box, 0.0), ledger.flow_in.get(box, 0.0)
    if unseen + felt > 0:
        return felt / (unseen + felt) if box in seen.n_used or box in ledger.untraced else 0.0
    return 1.0 if box in seen.n_used else 0.0


def _layers(seen: Observations) -> dict[str, int]:
    """Return the column of every box behind the steps: one further than the furthest box that uses it."""
    starts = list(seen.roots) or [box for box, place in seen.places.items() if place.kind == "step"]
    order, forward = _sorted_from(starts, seen.wiring)
    layers = dict.fromkeys(starts, 0)
    for box in order:
        for to in forward[box]:
            layers[to] = max(layers.get(to, 0), layers.get(box, 0) + 1)
    return layers


def _sorted_from(starts: Sequence[str], wiring: Wiring) -> tuple[list[str], dict[str, list[str]]]:
    """Sort the boxes behind *starts* so that users come before the used; the edge that closes a circle is left out."""
    done: dict[str, bool] = {}  # False while the box is being walked
    order: list[str] = []
    forward: dict[str, list[str]] = {}
    for start in starts:
        stack = [(start, iter(wiring.get(start, ())))] if start not in done else []
        if stack:
            done[start], forward[start] = False, []
        while stack:
            box, remaining = stack[-1]
            for dependency in remaining:
                if done.get(dependency.to) is not False:
                    forward[box].append(dependency.to)
                if dependency.to not in done:
                    done[dependency.to], forward[dependency.to] = False, []
                    stack.append((dependency.to, iter(wiring.get(dependency.to, ()))))
                    break
            else:
                done[box] = True
                order.append(box)
                stack.pop()
    return order[::-1], forward


def _ribbons(n: float, ledger: Ledger, seen: Observations, layers: Mapping[str, int]) -> Iterator[Ribbon]:
    drawn = set()
    for (from_id, to_id), size in sorted(ledger.ribbons.items(), key=lambda each: (-each[1], each[0])):
        drawn.add((from_id, to_id))
        yield Ribbon(from_id, to_id, size / n, TIMED if ledger.timed_ribbons.get((from_id, to_id), 0.0) > size / 2 else LINKED)
    for box in sorted(layers):
        for dependency in seen.wiring.get(box, ()):
            if (box, dependency.to) not in drawn:
                drawn.add((box, dependency.to))
                yield Ribbon(box, dependency.to, 0.0)


def _by_rung(ledger: Ledger) -> tuple[tuple[str, float], ...]:
    if not ledger.lost:
        return ()
    timed = sum(ledger.timed.values()) / ledger.lost
    linked = sum(ledger.share.values()) / ledger.lost - timed
    tolerated = max(0.0, ledger.lost - ledger.mended - sum(ledger.untraced.values())) / ledger.lost
    untraced = sum(ledger.untraced.values()) / ledger.lost
    rows = (
        (LINKED, linked),
        (TIMED, timed),
        (FITTED, 0.0),
        (ASSUMED, 0.0),
        ("within reference", tolerated),
        (UNTRACED, untraced),
    )
    return tuple(row for row in rows if row[0] != "within reference" or row[1] > 1e-12)
