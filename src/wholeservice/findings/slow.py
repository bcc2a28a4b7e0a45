"""The loss map of a time: a target such as "p95 below 800 ms" asks of each unit whether it took longer, and of 100 five may.

Percentiles are never split. A unit that took longer is lost; where its time went is known from its calls (one after another
they add up, side by side the longest counts, a further try is added; `timing`) or from when its attempt came to each step. The
reference is what is usual: what half of the units within the limit took there at most. The seconds stand beside the map.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from wholeservice.findings.called_times import call_trees
from wholeservice.findings.confidence import Certainty, judge
from wholeservice.findings.losses import LINKED, PASSES_ON, RUNGS, STARTS_HERE, UNTRACED, Box, LossMap, MissingData, Ribbon
from wholeservice.findings.propagation import AT_OR_BELOW
from wholeservice.findings.shapley import MAX_EXACT, Split, split_sum
from wholeservice.findings.timing import TimedCall, slow_boxes, split_time
from wholeservice.organisation.graph import Organisation, steps
from wholeservice.uncertainty import Interval
from wholeservice.units import SECONDS, SHARE, write

if TYPE_CHECKING:
    import pyarrow as pa

MIN_USUAL = 8
MICRO = 1_000_000
USUAL = "what half of those within the limit took there at most"
CALLS, AT_STEPS = "the calls it made", "the time at each step"


@dataclass(frozen=True, slots=True)
class _Unit:
    """One unit with what it was lost in: (box, way to it from the root), split in that order. `over`: it took too long."""

    cluster: str
    weight: float
    over: bool
    ways: tuple[tuple[str, ...], ...] = ()
    split: Split | None = None
    has_times: bool = True


@dataclass(slots=True)
class _Sums:
    share: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    alone: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    last: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    flow: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    ribbons: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    by_cluster: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    layer: dict[str, int] = field(default_factory=dict)
    untraced: float = 0.0
    dark: float = 0.0
    lost: float = 0.0


def as_share(asked: LossMap, units: pa.Table, quantile: float) -> LossMap:
    """
    Put a target for a quantile of time as the share of units that took longer; the seconds stay beside it.

    Shape    units as `measures.mean_form` has them, with lasted_s. "95 of 100 within 800 ms" allows 5 of 100 to take longer
    """
    from wholeservice.uncertainty import clustered_share

    rows = [row for row in units.to_pylist() if row["lasted_s"] is not None]
    by_cluster: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        by_cluster[row["cluster"]][0] += row["weight"] * (row["lasted_s"] > asked.level)
        by_cluster[row["cluster"]][1] += row["weight"]
    longer, whole = (sum(each[at] for each in by_cluster.values()) for at in (0, 1))
    aa, ab, bb = (sum(each[i] * each[j] for each in by_cluster.values()) for i, j in ((0, 0), (0, 1), (1, 1)))
    level, value, clusters = 1.0 - quantile, longer / whole, float(len(by_cluster))
    spread = clustered_share(longer, whole, n=float(len(rows)), clusters=clusters, aa=aa, ab=ab, bb=bb)
    gap = Interval(spread.low - level, spread.high - level, spread.method, spread.of, spread.level) if spread else None
    beside = f"{write(asked.value, SECONDS)} instead of {write(asked.level, SECONDS)}"
    return replace(
        asked, unit=SHARE, direction=-1, level=level, value=value, gap=value - level, gap_interval=gap, n=float(len(rows)),
        beside=beside, people_per_day=None,
    )  # fmt: skip


def trace_steps_times(asked: LossMap, organisation: Organisation, units: pa.Table, came: pa.Table, limit_s: float) -> LossMap:
    """
    Draw up where attempts that took too long were longer than usual.

    Shape    asked as `as_share` gives it; came: attempt, step and waited_s (since it came to the step before), as
             `derived.drivers` has it
    """
    lengths = _lengths(came)
    rows = [row for row in units.to_pylist() if row["lasted_s"] is not None]
    usual = _usual([lengths.get(row["attempt"], {}) for row in rows if row["lasted_s"] <= limit_s])
    found = [_step_unit(row, lengths.get(row["attempt"], {}), usual, limit_s) for row in rows]
    titles = {step.id: step.title for step in steps(organisation, asked.entity)}
    places = {f"{asked.entity}.{step}": ("step", title) for step, title in titles.items()}
    root = organisation.entities[asked.entity]
    return _drawn(asked, found, places | {asked.entity: ("service", root.title)}, frozenset(), AT_STEPS)


def _lengths(came: pa.Table) -> dict[str, dict[str, float]]:
    """How long each attempt was at each step: from when it first came there until it came to the next."""
    by_attempt: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in came.to_pylist():
        by_attempt[row["attempt"]].append(row)
    result = {}
    for attempt, rows in by_attempt.items():
        order = sorted(rows, key=lambda row: (row["at_s"], row["waited_s"] is not None, row["waited_s"] or 0))
        result[attempt] = {
            before["step"]: float(row["waited_s"]) for before, row in pairwise(order) if row["waited_s"] is not None
        }
    return result


def _usual(lengths: Sequence[Mapping[str, float]]) -> dict[str, float]:
    known: dict[str, list[float]] = defaultdict(list)
    for each in lengths:
        for place, seconds in each.items():
            known[place].append(seconds)
    return {place: median(seconds) for place, seconds in known.items() if len(seconds) >= MIN_USUAL}


def _step_unit(row: Mapping[str, Any], lengths: Mapping[str, float], usual: Mapping[str, float], limit_s: float) -> _Unit:
    over = row["lasted_s"] - limit_s
    if over <= 0:
        return _Unit(row["cluster"], row["weight"], False)
    longer = {step: seconds - usual.get(step, 0.0) for step, seconds in sorted(lengths.items())}
    kept = {step: max(1, round(more * MICRO)) for step, more in longer.items() if more > 0}
    split = split_sum(max(1, round(over * MICRO)), tuple(kept.values()))
    return _Unit(row["cluster"], row["weight"], True, tuple((step,) for step in kept), split, bool(lengths))


def trace_calls_times(asked: LossMap, organisation: Organisation, units: pa.Table, calls: pa.Table, limit_s: float) -> LossMap:
    """
    Draw up in which parts calls that took too long were longer than usual.

    Shape    asked as `as_share` gives it; calls: as `derived.timed_calls` reads them, of the traces of these units
    """
    rows = [row for row in units.to_pylist() if row["lasted_s"] is not None]
    trees = call_trees(calls)
    known = [(row, trees.get((row["trace"], row["span"]))) for row in rows]
    usual = _usual_own([tree for row, tree in known if tree and row["lasted_s"] <= limit_s])
    found = [_call_unit(row, tree, usual, limit_s) for row, tree in known]
    kinds = {each.id: (each.kind, each.title) for each in organisation.entities.values()}
    return _drawn(asked, found, kinds, _wholly_seen(organisation, [tree for _, tree in known if tree]), CALLS)


def _wholly_seen(organisation: Organisation, trees: Sequence[TimedCall]) -> frozenset[str]:
    """Boxes of which everything they are declared to use was timed as well: only there a loss may be said to start."""
    timed = {box for tree in trees for box in _boxes_of(tree)}
    needs = [edge for edge in organisation.edges if edge.relation == "uses" and edge.how != "optional"]
    return frozenset(timed - {edge.from_id for edge in needs if edge.to_id not in timed})


def _boxes_of(tree: TimedCall) -> Iterator[str]:
    if tree.box:
        yield tree.box
    for each in tree.calls:
        yield from _boxes_of(each)


def _usual_own(trees: Sequence[TimedCall]) -> dict[str, float]:
    known: dict[str, list[float]] = defaultdict(list)

    def note(tree: TimedCall) -> None:
        if tree.box:
            known[tree.box].append(tree.own_s)
        for each in tree.calls:
            note(each)

    for tree in trees:
        note(tree)
    return {box: median(seconds) for box, seconds in known.items() if len(seconds) >= MIN_USUAL}


def _referred(tree: TimedCall, usual: Mapping[str, float]) -> TimedCall:
    """The same call with what is usual beside it; of a box of which nobody knows what is usual, nothing is too long."""
    reference = usual.get(tree.box, tree.own_s) if tree.box else 0.0
    return replace(tree, reference_s=reference, calls=tuple(_referred(each, usual) for each in tree.calls))


def _call_unit(row: Mapping[str, Any], tree: TimedCall | None, usual: Mapping[str, float], limit_s: float) -> _Unit:
    is_over = row["lasted_s"] > limit_s
    if not is_over or tree is None:
        return _Unit(row["cluster"], row["weight"], is_over, has_times=tree is not None)
    referred = _referred(tree, usual)
    if len(slow_boxes(referred)) > MAX_EXACT:
        return _Unit(row["cluster"], row["weight"], True)
    boxes, split = split_time(referred, limit_s)
    ways = dict(_ways(referred, ()))
    return _Unit(row["cluster"], row["weight"], True, tuple(ways[box] for box in boxes), split)


def _ways(tree: TimedCall, way: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each box with the way to it, the longest last, so that the first is kept by whoever makes a dict of the reverse."""
    here = (*way, tree.box) if tree.box and tree.box not in way else way
    for each in tree.calls:
        yield from _ways(each, here)
    if tree.box:
        yield tree.box, here


def _drawn(
    asked: LossMap, units: Sequence[_Unit], places: Mapping[str, tuple[str, str]], seen: frozenset[str], what: str
) -> LossMap:
    sums = _summed(asked.entity, units, is_calls=what == CALLS)
    if not sums.lost:
        return replace(asked, why_no_map="nothing was seen to take too long in this period")
    n = sum(unit.weight for unit in units)
    certain = judge(sums.share, [(each, 1.0) for each in sums.by_cluster.values()])
    order = sorted(sums.flow, key=lambda each: (sums.layer[each], -sums.flow[each], each))
    boxes = tuple(
        _box(asked.entity, box, (sums, certain, n), places.get(box, ("part", box)), is_start=box in seen) for box in order
    )
    ribbons = tuple(Ribbon(*way, size / n) for way, size in sorted(sums.ribbons.items(), key=lambda each: (-each[1], each[0])))
    linked = sum(sums.share.values()) / sums.lost
    residual = asked.gap - linked * sums.lost / n
    rungs = tuple((rung, {LINKED: linked, UNTRACED: max(0.0, 1.0 - linked)}.get(rung, 0.0)) for rung in RUNGS)
    missing = (MissingData(what, sums.dark / n, linked * sums.dark / n if linked else None),) if sums.dark else ()
    return replace(
        asked, boxes=boxes, ribbons=ribbons, unexplained=max(0.0, residual), headroom=max(0.0, -residual),
        by_rung=rungs, top=certain.top, missing=missing,
    )  # fmt: skip


def _box(entity: str, box: str, known: tuple[_Sums, Certainty, float], place: tuple[str, str], *, is_start: bool) -> Box:
    sums, certain, n = known
    size, stays = sums.share.get(box, 0.0) / n, sums.untraced / n if box == entity else 0.0
    error = certain.standard_error.get(box)
    half = certain.critical * error / n if error is not None else None
    return Box(
        box, place[0], place[1], sums.layer[box], sums.flow[box] / n,
        size if is_start else 0.0, stays + (0.0 if is_start else size),
        STARTS_HERE if is_start and size >= stays else AT_OR_BELOW if size + stays else PASSES_ON,
        interval=None if half is None else Interval(max(0.0, size - half), size + half, "simultaneous over all boxes"),
        alone=sums.alone[box] / n if box in sums.alone else None, last=sums.last[box] / n if box in sums.last else None,
        reference=USUAL, observed=1.0, is_named=box in certain.named, is_top=certain.top == (box,),
    )  # fmt: skip


def _summed(entity: str, units: Sequence[_Unit], *, is_calls: bool) -> _Sums:
    sums = _Sums()
    for unit in (each for each in units if each.over):
        sums.lost += unit.weight
        sums.dark += 0.0 if unit.has_times else unit.weight
        shares = unit.split.share if unit.split else ()
        for at, way in enumerate(unit.ways):
            path = way if is_calls else (f"{entity}.{way[0]}",)
            size = unit.weight * shares[at]
            sums.share[path[-1]] += size
            sums.alone[path[-1]] += unit.weight * unit.split.alone[at] if unit.split else 0.0
            sums.last[path[-1]] += unit.weight * unit.split.last[at] if unit.split else 0.0
            sums.by_cluster[unit.cluster][path[-1]] += size
            _send(sums, path, size)
        stays = unit.weight * (1.0 - sum(shares))
        if stays > 1e-9:
            sums.untraced += stays
            _send(sums, (entity,), stays)
    return sums


def _send(sums: _Sums, path: Sequence[str], size: float) -> None:
    sums.layer.setdefault(path[0], 0)
    sums.flow[path[0]] += size
    for layer, (user, used) in enumerate(pairwise(path), 1):
        sums.ribbons[user, used] += size
        sums.flow[used] += size
        sums.layer[used] = max(sums.layer.get(used, 0), layer)
