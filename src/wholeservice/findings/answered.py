"""The loss map of a score: what people met who were less satisfied than others like them.

A unit is an answer (or anything of which a number is the mean), its loss how far it is below the best there is. What its
attempt met is known by the link between the two: parts that failed in it, the step it was lost at. How much of the score goes
with that is measured beside answers that met none of it, all at once with what else is known of the attempt (`fitted`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wholeservice.findings.cases import cases_of_units, flag
from wholeservice.findings.fit_rest import moved, with_fitted
from wholeservice.findings.fitted import MIN_UNITS, Cases, Fitted, FittedLoss, fit
from wholeservice.findings.losses import LINKED, RUNGS, UNTRACED, Box, LossMap, MissingData, Ribbon
from wholeservice.findings.propagation import AT_OR_BELOW
from wholeservice.findings.told_apart import MIN_LEVEL, Driver
from wholeservice.organisation.graph import Organisation, steps
from wholeservice.uncertainty import Interval
from wholeservice.units import ENDS, Unit

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.derived.drivers import Drivers

ROUNDING = 1e-6  # of the value: a mean of units that is further off is another number
MET, LOST = "met:", "lost:"
MOST_TOGETHER = 3
NO_MEAN = "the number is more than the mean of single units of this service, so none of them can be followed"
BESIDE = "what others like them answered who met no failure there"


@dataclass(frozen=True, slots=True)
class Answered:
    """Units behind one number, as `measures.mean_form` has them; what is known of their attempts, and what failed in each."""

    units: pa.Table
    drivers: Drivers
    met: Mapping[str, Mapping[str, str]]


def trace_answers(asked: LossMap, organisation: Organisation, seen: Answered) -> LossMap:
    """
    Draw up the map of a missed target that is a mean of units, most often of answers.

    Shape    asked: target, value, gap, n and period. The first column is the step that was asked about, or the service
    Unit     that of the target
    Errors   none: where nothing can be said the map says why (`why_no_map`)
    """
    rows = seen.units.to_pylist()
    weight = sum(row["weight"] for row in rows)
    mean = sum(row["hit"] * row["weight"] for row in rows) / weight if weight else 0.0
    if not rows or abs(mean - asked.value) > ROUNDING * max(1.0, abs(asked.value)):
        return replace(asked, why_no_map=NO_MEAN)
    best = _best(asked.unit, asked.direction, [row["hit"] for row in rows])
    losses = [asked.direction * (best - row["hit"]) for row in rows]
    titles = {step.id: step.title for step in steps(organisation, asked.entity)}
    roots = [_root(asked.entity, row["step"], titles) for row in rows]
    known = {row["attempt"]: row for row in seen.drivers.attempts.to_pylist()}
    found = cases_of_units(rows, losses, roots, (known, seen.drivers))
    cases = replace(found, drivers=(*_met(rows, seen.met, known, asked.entity, organisation), *found.drivers))
    drawn = _untraced(asked, organisation, cases, weight)
    fitted = fit(cases)
    return _told(drawn, organisation, fitted, (seen, losses, rows, weight))


def _best(unit: Unit, direction: int, hits: Sequence[float]) -> float:
    """The best that one unit can be."""
    if unit in ENDS:
        return ENDS[unit][1 if direction > 0 else 0]
    if unit.kind == "share":
        return 1.0 if direction > 0 else 0.0
    return max(hits) if direction > 0 else min(hits)


def _root(entity: str, step: str | None, titles: Mapping[str, str]) -> str:
    return f"{entity}.{step}" if step in titles or step is not None else entity


def _met(
    rows: Sequence[Mapping[str, Any]], met: Mapping[str, Mapping[str, str]], known: Mapping[str, Mapping[str, Any]],
    entity: str, organisation: Organisation,
) -> Iterator[Driver]:  # fmt: skip
    """A yes or no for each part that failed in the attempts, and for each step at which one was lost though nothing failed."""
    failed = [met.get(row["attempt"] or "", {}) for row in rows]
    lost = [
        None if row["attempt"] not in known or failures else known[row["attempt"]]["lost_step"]
        for row, failures in zip(rows, failed, strict=True)
    ]
    is_known = [row["attempt"] in known for row in rows]
    parts = Counter(part for each in failed for part in each)
    for part in sorted(part for part, n in parts.items() if n >= MIN_LEVEL):
        title = organisation.entities[part].title if part in organisation.entities else part
        yield flag(MET + part, title, [part in each if there else None for each, there in zip(failed, is_known, strict=True)])
    at = Counter(each for each in lost if each is not None)
    for step in sorted(step for step, n in at.items() if n >= MIN_LEVEL):
        flags = [each == step if there else None for each, there in zip(lost, is_known, strict=True)]
        yield flag(f"{LOST}{entity}.{step}", f"lost at {step}", flags)


def _untraced(asked: LossMap, organisation: Organisation, cases: Cases, weight: float) -> LossMap:
    """The map before anything is explained: what was lost where it was asked about."""
    titles = {f"{asked.entity}.{step.id}": step.title for step in steps(organisation, asked.entity)}
    boxes = []
    for at, root in enumerate(cases.roots):
        mine = cases.root == at
        size = float((cases.loss[mine] * cases.weight[mine]).sum()) / weight
        kind = "service" if root == asked.entity else "step"
        entity = organisation.entities.get(root)
        title = titles.get(root) or (entity.title if entity else root.rpartition(".")[2])
        boxes.append(Box(root, kind, title, 0, size, 0.0, size, AT_OR_BELOW, reference="the best there is", observed=1.0))
    rungs = tuple((rung, float(rung == UNTRACED)) for rung in RUNGS)
    gap = asked.gap
    return replace(asked, boxes=tuple(boxes), by_rung=rungs, unexplained=max(0.0, gap), headroom=max(0.0, -gap))


_Seen = tuple[Answered, Sequence[float], Sequence[Mapping[str, Any]], float]


def _told(drawn: LossMap, organisation: Organisation, fitted: Fitted, seen: _Seen) -> LossMap:
    answered, losses, rows, weight = seen
    linked = [each for each in fitted.losses if each.driver.id.startswith((MET, LOST))]
    others = [each for each in fitted.losses if each not in linked]
    with_linked = _with_linked(drawn, organisation, linked, (answered, fitted.critical, weight))
    result = with_fitted(with_linked, replace(fitted, losses=tuple(others)), weight)
    top = _top(linked, others, fitted.critical)
    boxes = tuple(replace(box, is_top=top == (box.id,)) for box in result.boxes)
    missing = tuple(_missing(result, losses, rows, (answered, weight)))
    return replace(result, boxes=boxes, top=top, missing=missing)


def _box_id(each: FittedLoss) -> str:
    """A part keeps its own name; a step at which people were lost stands behind the one they were asked about."""
    kind, _, name = each.driver.id.partition(":")
    return name if kind == MET[:-1] and not each.driver.parts else each.driver.id


def _with_linked(
    drawn: LossMap, organisation: Organisation, linked: Sequence[FittedLoss], known: tuple[Answered, float, float]
) -> LossMap:
    """Move what goes with parts that failed, and with steps that were not passed, from where it was asked about to them."""
    answered, critical, weight = known
    rest = {box.id: box.not_traced for box in drawn.boxes}
    named = [each for each in linked if each.is_named]
    asked: dict[str, float] = defaultdict(float)
    for each in named:
        asked[each.root] += each.size / weight
    kept = {root: min(1.0, rest[root] / size) for root, size in asked.items()}
    by_box: dict[str, list[FittedLoss]] = defaultdict(list)
    for each in named:
        by_box[_box_id(each)].append(each)
    new = [_origin(drawn.entity, organisation, some, answered, (kept, critical, weight)) for some in by_box.values()]
    boxes = [replace(box, not_traced=max(0.0, box.not_traced - asked[box.id] * kept.get(box.id, 1.0))) for box in drawn.boxes]
    ribbons = [Ribbon(each.root, _box_id(each), each.size * kept[each.root] / weight, LINKED) for each in named]
    whole = sum(ribbon.size for ribbon in ribbons)
    residual = drawn.unexplained - drawn.headroom - whole
    return replace(
        drawn, boxes=(*boxes, *new), ribbons=(*drawn.ribbons, *ribbons), by_rung=moved(drawn, LINKED, whole),
        unexplained=max(0.0, residual), headroom=max(0.0, -residual),
    )  # fmt: skip


def _origin(
    entity: str, organisation: Organisation, some: Sequence[FittedLoss], answered: Answered,
    scale: tuple[Mapping[str, float], float, float],
) -> Box:  # fmt: skip
    kept, critical, weight = scale
    size = sum(each.size * kept[each.root] for each in some) / weight
    half = critical * sum((each.error * kept[each.root]) ** 2 for each in some) ** 0.5 / weight
    kind, _, name = some[0].driver.id.partition(":")
    claims = Counter(claims[name] for claims in answered.met.values() if name in claims)
    claim = claims.most_common(1)[0][0] if claims and not some[0].driver.parts else AT_OR_BELOW
    here = size if claim != AT_OR_BELOW else 0.0
    found = organisation.entities.get(name)
    step = next((each.title for each in steps(organisation, entity) if f"{entity}.{each.id}" == name), name.rpartition(".")[2])
    title = found.title if found else f"Lost at {step}, and nothing failed" if kind == LOST[:-1] else some[0].driver.title
    as_kind = found.kind if found else "part" if kind == MET[:-1] else "step"
    return Box(
        _box_id(some[0]), as_kind, title, 1, size, here, size - here, claim,
        interval=Interval(max(0.0, size - half), size + half, "simultaneous over all drivers"), alone=size, last=size,
        reference=BESIDE, observed=1.0, is_named=True,
    )  # fmt: skip


def _top(linked: Sequence[FittedLoss], others: Sequence[FittedLoss], critical: float) -> tuple[str, ...]:
    """One place, or a few, that stand clear of all others and of all that the loss merely goes with."""
    sums: dict[str, tuple[float, float, bool]] = {}
    for each in (*linked, *others):
        size, variance, is_named = sums.get(_box_id(each), (0.0, 0.0, False))
        sums[_box_id(each)] = (size + each.size, variance + each.error**2, is_named or each.is_named)
    origins = {_box_id(each) for each in linked if each.is_named}
    if not origins:
        return ()
    first = max(origins, key=lambda box: (sums[box][0], box))
    near = [
        box for box, (size, variance, _) in sums.items()
        if box != first and sums[first][0] - size <= critical * (sums[first][1] + variance) ** 0.5
    ]  # fmt: skip
    if any(not box.startswith((LOST,)) and box not in origins for box in near) or len(near) >= MOST_TOGETHER:
        return ()
    return (first, *sorted(near, key=lambda box: -sums[box][0])) if set(near) <= origins else ()


def _missing(
    drawn: LossMap, losses: Sequence[float], rows: Sequence[Mapping[str, Any]], known: tuple[Answered, float]
) -> Iterator[MissingData]:
    """What would tell more: answers that name no attempt, attempts of which no call is known, and more answers."""
    answered, weight = known
    attempts = set(answered.drivers.attempts["attempt"].to_pylist())
    alone = sum(loss * row["weight"] for loss, row in zip(losses, rows, strict=True) if row["attempt"] not in attempts) / weight
    whole = sum(box.flow_in for box in drawn.boxes if box.layer == 0)
    if alone > ROUNDING:
        traced = sum(share for rung, share in drawn.by_rung if rung != UNTRACED) * whole
        usual = traced / (whole - alone) * alone if whole - alone > ROUNDING and traced else None
        yield MissingData("which attempt an answer is about", alone, usual)
    if len(rows) < MIN_UNITS:
        yield MissingData(f"more answers: of {len(rows)} nothing can be told apart, it takes {MIN_UNITS}", whole)
