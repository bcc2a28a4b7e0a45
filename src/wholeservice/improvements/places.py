"""Where an improvement is, as a reference: `part:checkout`, `step:book-and-stay.pay`, `stream:look-to-stay`. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.errors import suggest
from wholeservice.facts.known_steps import known_steps
from wholeservice.organisation import graph, kinds
from wholeservice.organisation.graph import Organisation

STREAM, STEP = "stream", kinds.STEP
PLACES = (kinds.SERVICE, kinds.PART, STEP, kinds.POLICY, STREAM, kinds.TEAM, kinds.SUPPLIER, kinds.UNIT)
"""What may stand before the colon."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a reference points to: the kind in its words, the entity (of a step: its service), and what people call it."""

    kind: str
    entity: str
    title: str
    step: str | None = None


def reference_of(organisation: Organisation, words: str) -> str | None:
    """
    Return the reference that somebody means: by id, alias or title, `SERVICE.STEP` or `SERVICE @ STEP`, with or without kind.

    Shape    None where it stands for nothing, or is of another kind than was said
    """
    kind, _, name = words.strip().rpartition(":")
    kind = kinds.STREAM if kind == STREAM else kind
    found = graph.resolve(organisation, name) if kind != STEP else None
    if found is not None and kind in ("", organisation.entities[found].kind):
        of = organisation.entities[found].kind
        return f"{STREAM if of == kinds.STREAM else of}:{found}"
    return _step(organisation, name) if kind in ("", STEP) else None


def _step(organisation: Organisation, name: str) -> str | None:
    for mark in ("@", "."):
        service, _, step = (each.strip() for each in name.partition(mark))
        entity = graph.resolve(organisation, service) if service and step else None
        known = known_steps(organisation).get(entity) if entity else None
        found = known.step(step) if known else None
        if found is not None:
            return f"{STEP}:{entity}.{found}"
    return None


def nearest_place(organisation: Organisation, words: str) -> str | None:
    """Return the name that comes nearest to one that stands for nothing."""
    name = words.strip().rpartition(":")[2]
    service, mark, step = (each.strip() for each in name.partition("@" if "@" in name else "."))
    entity = graph.resolve(organisation, service) if mark else None
    known = known_steps(organisation).get(entity) if entity else None
    near = known.nearest(step) if known else None
    return f"{entity}.{near}" if near else suggest(name, [*organisation.aliases, *organisation.entities])


def place_at(organisation: Organisation, reference: str) -> Place | None:
    """Return what a reference points to; None where that is not declared (any more)."""
    kind, _, name = reference.partition(":")
    if kind == STEP:
        service, _, step = name.rpartition(".")
        entity = organisation.entities.get(service)
        title = _step_title(organisation, service, step)
        return Place(kind, service, f"{entity.title}: {title}", step) if entity and title else None
    entity = organisation.entities.get(name)
    return Place(kind, name, entity.title) if entity else None


def _step_title(organisation: Organisation, service: str, step: str) -> str | None:
    found = (each for each in graph.steps(organisation, service) if each.id.removeprefix(f"{service}.") == step)
    return next((each.title for each in found), None)
