"""The loss map: how a missed target splits over what the loss starts from. See `docs/loss_map.md`."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.periods import Period
from wholeservice.uncertainty import Interval
from wholeservice.units import Unit

LINKED, TIMED, FITTED, ASSUMED = "linked", "timed", "fitted", "assumed"
STARTS_HERE, AT_OR_BELOW, PASSES_ON = "starts here", "at or below", "passes on"
HEALTHY, NOT_OBSERVED = "healthy", "not observed"


@dataclass(frozen=True, slots=True)
class Box:
    """One place of the map; sizes are in the unit of the target (share of attempts), positive = lost.

    flow_in = starts_here + not_traced + what goes out over ribbons. `alone`: won back by mending only this; `last`: what
    remains if only this is left. Advice and ranking use `alone`, never the share.
    """

    id: str
    kind: str  # step, part, service, supplier, policy, wait, interface
    title: str
    layer: int  # 0 is the step, growing away from the consumer
    flow_in: float
    starts_here: float
    not_traced: float
    claim: str  # STARTS_HERE, AT_OR_BELOW, PASSES_ON, HEALTHY or NOT_OBSERVED
    interval: Interval | None = None  # of starts_here + not_traced
    alone: float | None = None
    last: float | None = None
    reference: str = ""  # "no failures", "its own target (99.5% of calls succeed)"
    observed: float = 0.0  # share of the attempts that used it in which it was seen
    is_named: bool = False  # lower bound above 0, all origins taken together
    is_top: bool = False  # named and separated from every other


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Loss that flows from a box nearer the consumer to one further behind; size 0 is a healthy dependency."""

    from_id: str
    to_id: str
    size: float
    rung: str = LINKED


@dataclass(frozen=True, slots=True)
class MissingData:
    """Data that is not there and how much of the loss it could explain, in the unit of the target."""

    what: str
    could_explain: float


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
    top: tuple[str, ...] = ()  # one id: named alone; several: "A, B or C"; none: nothing named
    missing: tuple[MissingData, ...] = ()
    people_per_day: float | None = None
    why_no_map: str | None = None
