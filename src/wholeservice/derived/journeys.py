"""Journeys as a table: each step with its place, the step it is measured against, and whether it ends the journey.

A step is measured against the last step everybody had to pass before it. An optional step, and each way of a choice, is
measured against what came before it and never becomes the base of the next: skipping it is no loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.derived.attempt_rules import add_attempt_rules
from wholeservice.derived.eligible import ELIGIBLE, eligible_table
from wholeservice.derived.funnel_rules import add_funnel_rules
from wholeservice.derived.streams import add_streams
from wholeservice.facts.identity import leaf_steps, local_id

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.engines.base import Engine
    from wholeservice.organisation.graph import Organisation, Step

JOURNEYS, ENDS = "journeys", "ends"


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of a flattened journey. `base` is the step it is measured against, None at the start."""

    step: str
    position: int
    base: str | None
    is_end: bool


def flatten(journey: tuple[Step, ...]) -> tuple[Stop, ...]:
    """Return the steps of a journey in order.

    >>> from wholeservice.organisation.graph import Step
    >>> stops = flatten((Step("a", "A"), Step("b", "B", "optional"), Step("c", "C")))
    >>> [(stop.step, stop.base, stop.is_end) for stop in stops]
    [('a', None, False), ('b', 'a', False), ('c', 'a', True)]
    """
    bases = dict(_bases(journey, None))
    ends = set(_ends(journey))
    return tuple(Stop(step, position, base, step in ends) for position, (step, base) in enumerate(bases.items()))


def add_journeys(engine: Engine, organisation: Organisation, zone: str = "UTC") -> None:
    """
    Add what is declared as tables: `journeys` (one row per step of a service), `ends` (one row per legitimate end), `eligible`
    (how many people a service is for), those of the rules and those of value streams.
    """
    journeys = journeys_table(organisation)
    engine.add(JOURNEYS, journeys)
    engine.add(ENDS, ends_table(organisation))
    engine.add(ELIGIBLE, eligible_table(organisation))
    add_attempt_rules(engine, organisation, zone)
    add_funnel_rules(engine, organisation, journeys)
    add_streams(engine, organisation, zone)


def journeys_table(organisation: Organisation) -> pa.Table:
    """Return entity_id, step_id, step_no (unique over all journeys), position, base_id, base_no and is_end."""
    import pyarrow as pa

    rows: list[dict[str, Any]] = []
    for entity in organisation.entities.values():
        first = len(rows)
        stops = flatten(entity.journey)
        places = {stop.step: first + stop.position for stop in stops}
        locals_ = {step.id: local_id(entity, step) for step in leaf_steps(entity.journey)}
        rows += [
            {
                "entity_id": entity.id, "step_id": locals_[stop.step], "step_no": places[stop.step],
                "position": stop.position, "base_id": locals_.get(stop.base or ""),
                "base_no": places.get(stop.base or "", -1), "is_end": stop.is_end,
            }
            for stop in stops
        ]  # fmt: skip
    text, whole = pa.string(), pa.int64()
    fields = {"entity_id": text, "step_id": text, "step_no": whole, "position": whole, "base_id": text, "base_no": whole}
    return pa.Table.from_pylist(rows, schema=pa.schema([*fields.items(), ("is_end", pa.bool_())]))


def ends_table(organisation: Organisation) -> pa.Table:
    """Return entity_id, end_name (lower case): the legitimate ends besides the last step."""
    import pyarrow as pa

    named = {(each.id, end.strip().lower()) for each in organisation.entities.values() for end in each.ends}
    rows = [{"entity_id": entity, "end_name": end} for entity, end in sorted(named)]
    return pa.Table.from_pylist(rows, schema=pa.schema([("entity_id", pa.string()), ("end_name", pa.string())]))


def _bases(nodes: tuple[Step, ...], base: str | None) -> Iterator[tuple[str, str | None]]:
    for node in nodes:
        ways = [(child,) for child in node.children] if node.kind in ("choice", "parallel") else [node.children]
        if not node.children:
            yield node.id, base
        for way in ways:
            yield from _bases(way, base)
        base = _last_required(node) or base


def _last_required(node: Step) -> str | None:
    """The step everybody has passed who is through with the node; None when it can be passed by another way."""
    if node.kind in ("optional", "choice"):
        return None
    if not node.children:
        return node.id
    return next((found for child in reversed(node.children) if (found := _last_required(child))), None)


def _ends(nodes: tuple[Step, ...]) -> Iterator[str]:
    """The steps at which a journey is through: those of its last node that cannot be left out."""
    last = next((node for node in reversed(nodes) if node.kind != "optional"), None)
    if last is None:
        return
    if not last.children:
        yield last.id
    elif last.kind == "choice":
        for child in last.children:
            yield from _ends((child,))
    else:
        yield from _ends(last.children)
