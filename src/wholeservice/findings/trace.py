"""From what was seen of attempts to a loss map: read the organisation as wiring, attempts as patterns, and draw up.

Linked evidence first: an attempt whose trace carries the states of the parts. What no call is linked to is joined by time to
the hours in which a part was worse than usual (`joined_in_time`). A unit is one attempt of a service, lost when it
ended in a failure or was left before a legitimate end; or one visit that called a part, lost when the call failed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from wholeservice.derived.exposures import NO_STEP
from wholeservice.findings.ends import failures_that_start
from wholeservice.findings.interfaces import BETWEEN, NEITHER_SIDE, through_interfaces, with_interfaces
from wholeservice.findings.interfaces import title_of as interface_title
from wholeservice.findings.joined_in_time import Timed, join_in_time
from wholeservice.findings.ledger import Pattern
from wholeservice.findings.left_over import fit_what_is_left
from wholeservice.findings.losses import LossMap, Observations, Place, draw_up
from wholeservice.findings.propagation import ABSORBED, Dependency, Plan, SeenCall
from wholeservice.findings.supplied import as_supplied, contract_words
from wholeservice.organisation.graph import Organisation, Target, steps
from wholeservice.units import SHARE, write

if TYPE_CHECKING:
    from wholeservice.derived.drivers import Drivers
    from wholeservice.derived.exposures import Observed
    from wholeservice.derived.faults import Hours

ABSORBED_SHARE = 0.2  # an undeclared dependency whose failures its caller survives this often is taken for optional
MIN_ABSORBED = 5
MIN_SAMPLED = 10  # recorded lost attempts: fewer never stand for others

Key = tuple[frozenset[SeenCall], str | None, bool, float]
"""What was seen, the box lost at, whether any call was recorded, attempts that each one stands for."""

Cell = tuple[str | None, str | None]
"""(step an attempt was lost at, None when it was not; channel)."""


@dataclass(frozen=True, slots=True)
class _Met:
    """One part met from one caller. `absorbed`: its caller did not fail for it."""

    caller: str | None  # None: the calling span was not recorded
    part: str
    failed_any: bool
    failed_last: bool
    absorbed: bool
    n_failed: int
    n_callers: int


@dataclass(frozen=True, slots=True)
class _Visit:
    """One attempt at one step: what it met there."""

    attempt: str
    step: str
    box: str  # of the step
    met: tuple[_Met, ...]


def trace(
    asked: LossMap, organisation: Organisation, observed: Observed, hours: Hours | None = None, drivers: Drivers | None = None
) -> LossMap:
    """
    Draw up the map of one missed target from the calls that attempts made, and from when parts were worse than usual.

    Shape    asked: target, value, gap, n and period; observed: what `derived.exposures` saw of the same entity and period. A
             service with a journey loses attempts at its steps; any other entity loses the calls made to it. *hours*: what
             `derived.faults` saw beside the attempts that no call is linked to; *drivers*: what `derived.drivers` knows of
             the attempts, for what is left over
    Errors   none: where nothing can be said the map says why (`why_no_map`)
    """
    if not observed.units["lost_step"].drop_null():
        return replace(asked, why_no_map="nothing was seen to be lost in this period")
    seen = observations(asked, organisation, observed, hours)
    drawn = draw_up(asked, seen)
    has_steps = bool(steps(organisation, asked.entity))
    return fit_what_is_left(drawn, observed, seen, seen.pattern_of, drivers) if drivers and has_steps else drawn


def observations(asked: LossMap, organisation: Organisation, observed: Observed, hours: Hours | None = None) -> Observations:
    """Return what `losses` must know of the attempts behind one target, at least one of them lost; arguments as of `trace`."""
    titles = {box_of(asked.entity, step.id): step.title for step in steps(organisation, asked.entity)}
    observed = with_interfaces(as_supplied(observed, organisation, asked.entity))
    visits = list(_visits(observed, asked.entity))
    wiring = _wiring(organisation, titles, visits)
    lost = {
        row["attempt"]: _lost_box(row, asked.entity, titles)
        for row in observed.units.to_pylist()
        if row["lost_step"] is not None
    }
    patterns, consumers, pattern_of = _patterns(observed, visits, lost, wiring)
    used = observed.used.to_pydict()
    n_used = dict(zip(used["part"], map(float, used["n"]), strict=True))
    places = dict(_places(organisation, titles, wiring, lost.values() if titles else ()))
    n_units, roots = float(observed.units.num_rows), _roots(asked.entity, titles, lost.values())
    is_lone = any(each.lost_at and not each.is_linked for each in patterns)
    boxes = {step: box_of(asked.entity, step) for step in hours.passed["step"].unique().to_pylist()} if hours else {}
    timed = join_in_time(hours, asked.period, wiring, boxes) if hours and is_lone else Timed()
    return Observations(patterns, wiring, places, n_used, consumers, n_units, roots, timed, pattern_of)


def met_by(organisation: Organisation, entity: str, observed: Observed) -> dict[str, dict[str, str]]:
    """Return what failed by itself in each attempt, whether it was lost for it or not: attempt -> part -> claim."""
    titles = {box_of(entity, step.id): step.title for step in steps(organisation, entity)}
    visits = list(_visits(with_interfaces(as_supplied(observed, organisation, entity)), entity))
    wiring = _wiring(organisation, titles, visits)
    plan, retried = Plan(wiring, frozenset(titles)), _retried(wiring)
    at_step = {box: frozenset(each.to for each in uses) for box, uses in wiring.items()}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    seen = [_seen(visit, retried, at_step.get(visit.box, frozenset())) for visit in visits]
    for visit, starting in zip(visits, failures_that_start(seen, plan), strict=True):
        for box, claim in starting.items():
            found[visit.attempt][box] = max(claim, found[visit.attempt].get(box, claim))  # "at or below" gives way
    return dict(found)


def _retried(wiring: Mapping[str, tuple[Dependency, ...]]) -> set[tuple[str, str]]:
    return {(box, each.to) for box, uses in wiring.items() for each in uses if each.how == "retry"}


def _roots(entity: str, titles: Mapping[str, str], lost: Iterable[str]) -> tuple[str, ...]:
    """Return where losses are first felt: the steps of the journey, and what else a source names, also where it names none."""
    return (*titles, *sorted(set(lost) - set(titles))) if titles else (entity,)


def _lost_box(row: Mapping[str, Any], entity: str, titles: Mapping[str, str]) -> str:
    return box_of(entity, row["lost_step"]) if titles else entity


def box_of(service: str, step: str) -> str:
    """Return the id of a step's box: `book-and-stay.pay`."""
    return step if step.startswith(service + ".") else f"{service}.{step}"


def _visits(observed: Observed, service: str) -> Iterator[_Visit]:
    """Yield the troubled visits; the table is ordered by attempt and step."""
    for (attempt, step), rows in groupby(observed.edges.to_pylist(), key=lambda row: (row["attempt"], row["step"])):
        yield _Visit(attempt, step, box_of(service, step), tuple(_met(row, box_of(service, step)) for row in rows))


def _met(row: Mapping[str, Any], box: str) -> _Met:
    caller = box if row["is_root"] else row["caller"]
    absorbed = row["caller_failed"] is False
    failures = (row["failed_any"], row["failed_last"])
    return _Met(caller, row["part"], *failures, absorbed, row["n_failed"], row["n_callers"])


def _survived(visits: Iterable[_Visit]) -> frozenset[tuple[str, str]]:
    """Return the (caller, part) pairs whose failures the caller often survives: seen to be optional."""
    failed: Counter[tuple[str, str]] = Counter()
    fine: Counter[tuple[str, str]] = Counter()
    for visit in visits:
        for met in visit.met:
            if met.failed_last and met.caller is not None:
                failed[met.caller, met.part] += 1
                fine[met.caller, met.part] += met.absorbed
    return frozenset(pair for pair, n in failed.items() if n >= MIN_ABSORBED and fine[pair] >= ABSORBED_SHARE * n)


def _wiring(organisation: Organisation, titles: Mapping[str, str], visits: list[_Visit]) -> dict[str, tuple[Dependency, ...]]:
    """Return what each step and part uses: as declared, and where undeclared as it was seen."""
    uses: dict[str, dict[str, Dependency]] = defaultdict(dict)
    providers = {edge.to_id: edge.from_id for edge in organisation.edges if edge.relation == "provides"}
    for edge in organisation.edges:
        if edge.relation == "uses":
            to_id = providers.get(edge.to_id, edge.to_id)
            uses[edge.from_id].setdefault(to_id, Dependency(to_id, edge.how, edge.group))
        elif edge.relation == "at" and edge.to_id in titles:
            uses[edge.to_id].setdefault(edge.from_id, Dependency(edge.from_id))
    survived = _survived(visits)
    for caller, part in sorted({(met.caller, met.part) for visit in visits for met in visit.met if met.caller is not None}):
        how = "optional" if (caller, part) in survived else "all"
        uses[caller].setdefault(part, Dependency(part, how))
    return through_interfaces({box: tuple(dependencies.values()) for box, dependencies in uses.items()})


def _patterns(
    observed: Observed, visits: list[_Visit], lost: Mapping[str, str], wiring: Mapping[str, tuple[Dependency, ...]]
) -> tuple[list[Pattern], list[tuple[tuple[int, ...], float]], dict[str, int]]:
    """Fold visits into patterns with counts, and say which of them each consumer met, and of which each lost attempt is."""
    units = observed.units.to_pylist()
    lost_step = {row["attempt"]: row["lost_step"] for row in units}
    stands_for = _stands_for(units)
    retried = _retried(wiring)
    declared = defaultdict(frozenset, {box: frozenset(each.to for each in uses) for box, uses in wiring.items()})
    counts: Counter[Key] = Counter()
    lost_as: dict[str, Key] = {}
    for visit in visits:
        is_lost = visit.attempt in lost and lost_step[visit.attempt] == visit.step
        weight = stands_for[visit.attempt] or 1.0
        key = (_seen(visit, retried, declared[visit.box]), lost[visit.attempt] if is_lost else None, True, weight)
        counts[key] += 1
        if is_lost:
            lost_as[visit.attempt] = key
    for row in units:
        attempt, weight = row["attempt"], stands_for[row["attempt"]]
        if attempt in lost and attempt not in lost_as and weight:
            lost_as[attempt] = (frozenset(), lost[attempt], row["weight"] is not None, weight)
            counts[lost_as[attempt]] += 1
    keys = sorted(counts, key=lambda key: (str(key[1]), sorted(map(str, key[0])), key[2:]))
    patterns = [Pattern(key[0], ((key[1],),) if key[1] else (), counts[key] * key[3], key[2], key[3]) for key in keys]
    index = {key: at for at, key in enumerate(keys)}
    return patterns, _by_consumer(units, lost_as, index), {attempt: index[key] for attempt, key in lost_as.items()}


def _stands_for(units: list[dict[str, Any]]) -> dict[str, float]:
    """Return how many attempts each one stands for; 0 when recorded ones stand for it.

    Where traces are sampled (weights above 1), the recorded attempts lost at a step in a channel stand for all that were lost
    there, each by its weight, so that a sample which favours failures does no harm. Where none was recorded in a channel, those
    of the step stand for its lost attempts. Without weights, or where hardly any lost attempt was recorded, each stands for
    itself.
    """
    sampled = sum(row["lost_step"] is not None and row["weight"] is not None for row in units)
    if sampled < MIN_SAMPLED or not any((row["weight"] or 1.0) > 1.0 for row in units):
        return {row["attempt"]: 1.0 for row in units}
    n_all: Counter[Cell] = Counter()
    recorded: dict[Cell, float] = defaultdict(float)
    for row in units:
        n_all[_cell(row)] += 1
        recorded[_cell(row)] += row["weight"] or 0.0
    at_step: dict[str | None, float] = defaultdict(float)
    alone: Counter[str | None] = Counter()  # lost in a channel of which none was recorded
    for cell, n in n_all.items():
        at_step[cell[0]] += recorded[cell]
        alone[cell[0]] += 0 if recorded[cell] else n
    result = {}
    for row in units:
        step, weight = row["lost_step"], row["weight"] or 0.0
        if weight:
            result[row["attempt"]] = weight * (n_all[_cell(row)] / recorded[_cell(row)] + alone[step] / at_step[step])
        else:
            result[row["attempt"]] = float(not at_step[step])
    return result


def _cell(row: Mapping[str, Any]) -> Cell:
    return row["lost_step"], row["channel"]


def _seen(visit: _Visit, retried: set[tuple[str, str]], at_step: frozenset[str]) -> frozenset[SeenCall]:
    """Keep what tells where a failure starts: failed calls, what the step or a failed part called, the step's own parts.

    A part counts as seen healthy behind a failed caller only if every failed call of that caller was seen to use it: one
    that recorded nothing because it broke down would look healthy otherwise.
    """
    n_failed: Counter[str] = Counter()
    for met in visit.met:
        n_failed[met.part] += met.n_failed
    states: set[SeenCall] = set()
    for met in visit.met:
        is_failed = met.failed_last if (met.caller, met.part) in retried else met.failed_any
        if met.absorbed:
            states |= {(ABSORBED, met.part, is_failed)} if is_failed or met.part in at_step else set()
        elif is_failed or met.caller in (None, visit.box) or met.n_callers >= n_failed[met.caller or ""]:
            states.add((met.caller, met.part, is_failed))
    return frozenset(states)


def _by_consumer(
    units: list[dict[str, Any]], lost_as: Mapping[str, Key], index: Mapping[Key, int]
) -> list[tuple[tuple[int, ...], float]]:
    met: dict[str, list[int]] = defaultdict(list)
    for row in units:
        if row["attempt"] in lost_as:
            met[row["consumer"] or f"attempt {row['attempt']}"].append(index[lost_as[row["attempt"]]])
    folded = Counter(tuple(sorted(indexes)) for indexes in met.values())
    return [(indexes, float(n)) for indexes, n in sorted(folded.items())]


def _places(
    organisation: Organisation, titles: Mapping[str, str], wiring: Mapping[str, tuple[Dependency, ...]], lost: Iterable[str]
) -> Iterator[tuple[str, Place]]:
    for box, title in titles.items():
        yield box, Place("step", title)
    for box in sorted(set(lost) - set(titles)):  # a source may name steps that the journey lacks, or none
        name = box.rpartition(".")[2]
        yield box, Place("step", name.capitalize() if name == NO_STEP else name)
    own_targets = {
        need.service: target for need in organisation.needs for target in need.targets if target.measure == "success"
    }
    for box in sorted({each.to for uses in wiring.values() for each in uses} | set(wiring)):
        entity = organisation.entities.get(box)
        if entity is not None:
            place = _place(entity.kind, entity.title, own_targets.get(box))
            yield box, replace(place, note=contract_words(organisation, entity))
        elif BETWEEN in box:
            yield box, Place("interface", interface_title(organisation, box), note=NEITHER_SIDE)


def _place(kind: str, title: str, target: Target | None) -> Place:
    if target is None:
        return Place(kind, title)
    return Place(
        kind, title, 1.0 - target.level.number, f"its own target: {write(target.level.number, SHARE)} of its calls succeed"
    )
