"""What stands behind each step of a journey, sorted into the lanes of a service blueprint, each thing once.

A part that serves a step faces people, and so stands in front, if it has channels of its own, or if at one of its steps no
other part uses it. Other parts are back stage. Internal services and what suppliers provide are support. A rule that binds a
step is met by people there, and stands in front.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wholeservice.organisation import graph, kinds
from wholeservice.organisation.graph import Organisation

FRONT, BACK, SUPPORT = "front", "back", "support"
MOST_IN_CELL = 4  # things of one lane under one step: more make the picture so wide that nobody sees both ends


@dataclass(frozen=True, slots=True)
class Placed:
    """One thing in its lane, under the first step (from 0) that needs it."""

    entity: str
    lane: str
    step: int


@dataclass(frozen=True, slots=True)
class Wire:
    """A step (`service.step`) or thing rests on another; `is_seen`: facts say so, nobody declared it."""

    from_id: str
    to_id: str
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """All that is drawn behind the steps of a service, how it hangs together, and what there was no room for."""

    placed: tuple[Placed, ...]
    wires: tuple[Wire, ...]
    left_out: tuple[str, ...]


def behind(org: Organisation, service: str, steps: tuple[str, ...], weight: Callable[[str], float]) -> Behind:
    """Return what stands behind these *steps*; where there is no room, what weighs least is left out."""
    serving = {step: tuple(each for each in graph.parts_at(org, service, step) if each != service) for step in steps}
    wires = tuple(_wires(org, service, serving))
    first = _first_steps(serving, wires, service)
    fronts = {each for each in first if _faces_people(org, each, serving)}
    every = [Placed(each, _lane(org, each, fronts), at) for each, at in first.items()]
    kept = tuple(_that_fit(every, weight))
    named = {each.entity for each in kept} | {f"{service}.{step}" for step in steps}
    return Behind(
        kept, tuple(each for each in wires if {each.from_id, each.to_id} <= named),
        tuple(each.entity for each in every if each not in kept),
    )  # fmt: skip


def _wires(org: Organisation, service: str, serving: dict[str, tuple[str, ...]]) -> Iterator[Wire]:
    """From each step to what serves or binds it, then on along what that uses, each thing once."""
    queue: list[str] = []
    for step, parts in serving.items():
        word = f"{service}.{step}"
        at = [(each.from_id, each.basis == graph.SEEN) for each in graph.edges_in(org, word, "at")]
        binding = [each.from_id for each in graph.edges_in(org, word, "binds") if each.from_id in org.entities]
        for each in (*parts, *binding):
            yield Wire(word, each, dict(at).get(each, False))
        queue += parts
    queue = list(dict.fromkeys(queue))
    known = set(queue)
    for each in queue:  # grows while it is walked
        for edge in graph.uses(org, each):
            if edge.to_id in org.entities and edge.to_id != service:
                yield Wire(each, edge.to_id, edge.basis == graph.SEEN)
                if edge.to_id not in known:
                    known.add(edge.to_id)
                    queue.append(edge.to_id)


def _first_steps(serving: dict[str, tuple[str, ...]], wires: tuple[Wire, ...], service: str) -> dict[str, int]:
    """The first step that needs each thing: one it serves, else that of the first thing which uses it."""
    first: dict[str, int] = {}
    numbers = {f"{service}.{step}": at for at, step in enumerate(serving)}
    for wire in wires:
        if wire.from_id in numbers:
            first.setdefault(wire.to_id, numbers[wire.from_id])
    for wire in wires:  # those nearer to the steps come first
        if wire.from_id not in numbers:
            first.setdefault(wire.to_id, first[wire.from_id])
    return first


def _faces_people(org: Organisation, entity: str, serving: dict[str, tuple[str, ...]]) -> bool:
    """Whether people meet it; what nothing stands before at one of its steps is met there."""
    if org.entities[entity].kind == kinds.POLICY:
        return True
    at = [parts for parts in serving.values() if entity in parts]
    if at and org.entities[entity].channels:
        return True
    users = set(graph.used_by(org, entity))
    return any(users.isdisjoint(parts) for parts in at)


def _lane(org: Organisation, entity: str, fronts: set[str]) -> str:
    if entity in fronts:
        return FRONT
    is_supplied = bool(graph.edges_in(org, entity, "provides"))
    return BACK if org.entities[entity].kind == kinds.PART and not is_supplied else SUPPORT


def _that_fit(every: list[Placed], weight: Callable[[str], float]) -> Iterator[Placed]:
    cells: dict[tuple[str, int], list[Placed]] = {}
    for each in every:
        cells.setdefault((each.lane, each.step), []).append(each)
    for cell in cells.values():
        heaviest = sorted(cell, key=lambda each: -weight(each.entity))[:MOST_IN_CELL]
        yield from (each for each in cell if each in heaviest)
