"""Put what was fitted on a loss map: it takes its part of what is not traced further, and never the place of an origin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wholeservice.findings.fitted import NOT_RECORDED, Fitted, FittedLoss
from wholeservice.findings.losses import DRIVER, FITTED, GOES_WITH, UNTRACED, Box, LossMap, MissingData, Ribbon
from wholeservice.uncertainty import Interval

LEAST = 0.9  # of what a driver takes: with these levels its name tells the most of it
MOST_LEVELS = 2
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class _Claim:
    """All that goes with one driver, at all roots, in the unit of the map."""

    id: str
    title: str
    by_root: Mapping[str, float]
    half: float
    by_level: tuple[tuple[str, float], ...]
    baseline: str


def with_fitted(drawn: LossMap, fitted: Fitted, n: float) -> LossMap:
    """
    Return the map with a box for each driver that loss goes with beyond chance.

    Shape    n: units behind the map. What a driver takes is taken off "not traced further" at the steps where it was fitted,
             and never more than that. It is no origin: it is not named, not the top, and says nothing of what mending it wins
    """
    claims = _claims(drawn, fitted, n)
    checked = tuple((title, why) for title, why in fitted.not_identified)
    if not claims:
        return replace(drawn, not_identified=checked, missing=(*drawn.missing, *_unrecorded(drawn, fitted, 0.0)))
    taken: dict[str, float] = defaultdict(float)
    for claim in claims:
        for root, size in claim.by_root.items():
            taken[root] += size
    boxes = [
        replace(box, not_traced=max(0.0, box.not_traced - taken[box.id])) if box.id in taken else box for box in drawn.boxes
    ]
    ribbons = [Ribbon(root, each.id, size, FITTED) for each in claims for root, size in each.by_root.items()]
    whole = sum(taken.values())
    residual = drawn.unexplained - drawn.headroom - whole
    return replace(
        drawn, boxes=(*boxes, *(_box(each) for each in claims)), ribbons=(*drawn.ribbons, *ribbons),
        by_rung=moved(drawn, FITTED, whole), unexplained=max(0.0, residual), headroom=max(0.0, -residual),
        not_identified=checked, missing=(*drawn.missing, *_unrecorded(drawn, fitted, whole)),
    )  # fmt: skip


def _unrecorded(drawn: LossMap, fitted: Fitted, whole: float) -> list[MissingData]:
    """What nobody wrote down of anybody could explain all that is left; nothing says how much of it."""
    absent = [title.lower() for title, why in fitted.not_identified if why == NOT_RECORDED]
    left = sum(box.not_traced for box in drawn.boxes if box.layer == 0) - whole
    return [MissingData(f"of each attempt: {', '.join(absent)}", left)] if absent and left > ROUNDING else []


def moved(drawn: LossMap, rung: str, size: float) -> tuple[tuple[str, float], ...]:
    """Return the shares of the rungs when so much of the loss goes from untraced to a rung."""
    lost = sum(box.flow_in for box in drawn.boxes if box.layer == 0)
    share = size / lost if lost > 0 else 0.0
    change = {rung: share, UNTRACED: -share}
    return tuple((name, max(0.0, old + change.get(name, 0.0))) for name, old in drawn.by_rung)


def _claims(drawn: LossMap, fitted: Fitted, n: float) -> list[_Claim]:
    rest = {box.id: box.not_traced for box in drawn.boxes if box.layer == 0}
    named = [each for each in fitted.losses if each.is_named and rest.get(each.root, 0.0) > ROUNDING]
    asked: dict[str, float] = defaultdict(float)
    for each in named:
        asked[each.root] += each.size / n
    kept = {root: min(1.0, rest[root] / size) for root, size in asked.items()}
    by_driver: dict[str, list[FittedLoss]] = defaultdict(list)
    for each in named:
        by_driver[each.driver.id].append(each)
    claims = [_claim(some, kept, n, fitted.critical) for some in by_driver.values()]
    return sorted(claims, key=lambda each: (-sum(each.by_root.values()), each.id))


def _claim(some: Sequence[FittedLoss], kept: Mapping[str, float], n: float, critical: float) -> _Claim:
    by_level: dict[str, float] = defaultdict(float)
    for each in some:
        for level, size in each.by_level:
            by_level[level] += size * kept[each.root] / n
    levels = tuple(sorted(((level, size) for level, size in by_level.items() if size > 0), key=lambda one: (-one[1], one[0])))
    half = critical * sum((each.error * kept[each.root]) ** 2 for each in some) ** 0.5 / n
    baselines = " or ".join(dict.fromkeys(each.baseline for each in some))
    by_root = {each.root: each.size * kept[each.root] / n for each in some}
    return _Claim(f"driver:{some[0].driver.id}", some[0].driver.title, by_root, half, levels, baselines)


def _box(claim: _Claim) -> Box:
    size = sum(claim.by_root.values())
    return Box(
        claim.id, DRIVER, _title(claim), 1, size, size, 0.0, GOES_WITH,
        interval=Interval(max(0.0, size - claim.half), size + claim.half, "simultaneous over all drivers"),
        reference=f"what was lost with {claim.baseline}", observed=1.0, by_level=claim.by_level,
    )  # fmt: skip


def _title(claim: _Claim) -> str:
    """Name the driver, and the levels that take nearly all of it where they are few: a yes needs no saying."""
    whole, told = sum(size for _, size in claim.by_level), 0.0
    names = []
    for level, size in claim.by_level[:MOST_LEVELS]:
        names.append(level)
        told += size
        if told >= LEAST * whole:
            return claim.title if names == ["yes"] else f"{claim.title}: {', '.join(names)}"
    return claim.title
