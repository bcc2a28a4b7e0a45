"""What breaks when something stops: followed through the same plan of who needs what that a loss map is drawn by.

A box fails when anything it needs fails, or all of several that stand in for each other; what is optional fails nothing. What a
team runs stops with the team, what a supplier provides with the supplier, what a policy binds with the policy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wholeservice.findings.propagation import Dependency, Plan
from wholeservice.measures.results import Results
from wholeservice.organisation import graph, kinds
from wholeservice.organisation.graph import Organisation
from wholeservice.periods import Period

VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Hit:
    """One whole service whose steps are lost: which steps, in the order of the journey, and how many come to them a day."""

    service: str
    steps: tuple[str, ...]
    position: int  # of the first of them in the journey, from 1
    n_steps: int  # of the journey
    a_day: float | None  # attempts a day that come to the one of these steps that most come to; None: not counted
    step: str | None = None  # the step they come to
    period: Period | None = None


def hits(organisation: Organisation, results: Results, entity: str) -> tuple[Hit, ...]:
    """
    Return the whole services that lose steps when *entity* stops, the one that most people a day come to first.

    Unit     attempts a day, of the newest period in which they were counted
    Errors   none: a service whose steps nobody counted has None
    """
    failed, named = failing(organisation, entity), _plan(organisation)[1]
    found: dict[str, list[str]] = defaultdict(list)
    for box, (service, step) in named.items():
        if box in failed:
            found[service].append(step)
    told = [_hit(organisation, results, service, steps) for service, steps in found.items()]
    return tuple(sorted(told, key=lambda each: (-(each.a_day or 0.0), each.position, each.service)))


def failing(organisation: Organisation, entity: str) -> set[str]:
    """Return all that fails when *entity* stops: parts, services and steps (`service.step`)."""
    return _plan(organisation)[0].failing(stops_with(organisation, entity))


def stops_with(organisation: Organisation, entity: str) -> frozenset[str]:
    """Return what stands still when *entity* does: itself, what a team runs, what a policy binds."""
    known = organisation.entities.get(entity)
    if known is None:
        return frozenset()
    if known.kind == kinds.TEAM:
        return frozenset(each for each in organisation.entities if graph.team_of(organisation, each) == entity)
    bound = (edge.to_id for edge in graph.edges_out(organisation, entity, "binds"))
    return frozenset((entity, *bound))


def _plan(organisation: Organisation) -> tuple[Plan, dict[str, tuple[str, str]]]:
    memo = graph.index_of(organisation).memo
    if "riding" not in memo:
        named = {
            f"{service.id}.{step.id}": (service.id, step.id)
            for service in organisation.entities.values() for step in graph.leaves(service.journey)
        }  # fmt: skip
        uses: dict[str, list[Dependency]] = defaultdict(list)
        for box, each in _needs(organisation, named):
            uses[box].append(each)
        memo["riding"] = Plan({box: tuple(each) for box, each in uses.items()}, frozenset(named)), named
    found: tuple[Plan, dict[str, tuple[str, str]]] = memo["riding"]
    return found


def _needs(organisation: Organisation, steps: Iterable[str]) -> Iterator[tuple[str, Dependency]]:
    placed = {edge.from_id for edge in organisation.edges if edge.relation == "at"}
    used = {edge.to_id for edge in organisation.edges if edge.relation == "uses"}
    for edge in organisation.edges:
        if edge.relation == "uses":
            yield edge.from_id, Dependency(edge.to_id, edge.how, edge.group)
        elif edge.relation == "provides" or (edge.relation == "at" and edge.to_id in steps):
            yield edge.to_id, Dependency(edge.from_id)
    for each in organisation.entities.values():  # what nothing uses, at no step, is a piece of what it is inside of
        if each.kind == kinds.PART and each.parent and each.id not in placed and each.id not in used:
            yield each.parent, Dependency(each.id)


def _hit(organisation: Organisation, results: Results, service: str, lost: list[str]) -> Hit:
    order = [step.id for step in graph.steps(organisation, service)]
    steps = tuple(sorted(lost, key=order.index))
    points = [(step, results.latest(VOLUME, service, step=step)) for step in steps]
    counted = [
        (point.value.value / point.period.days, step, point.period)
        for step, point in points if point and point.value.value and point.period.days
    ]  # fmt: skip
    a_day, step, period = max(counted, key=lambda each: each[0]) if counted else (None, None, None)
    return Hit(service, steps, order.index(steps[0]) + 1, len(order), a_day, step, period)


def plan_of(organisation: Organisation, entity: str) -> tuple[str, object] | None:
    """Return what is planned for the day it stops, and when that was written (None: undated); None: no plan is declared."""
    said = organisation.entities[entity].fields.get("plan") if entity in organisation.entities else None
    return (str(said["says"]), said.get("dated")) if said and said.get("says") else None
