"""A policy: why it is so, what it binds, and whose work waits for it. Nobody uses a rule; it is there or it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.improvements.places import STEP, place_at
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Entity, edges_out
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data
from wholeservice.pages.entries import address_of
from wholeservice.pages.flow_part import window_words
from wholeservice.pages.holdings_part import Thing
from wholeservice.pages.numbers import listed
from wholeservice.pages.stream_map_part import Waiter, waiters_of


@dataclass(frozen=True, slots=True)
class PolicyPart:
    """What is declared of a rule, and what was seen to wait for it. `basis` None: why it is so is not written down."""

    title: str
    basis: str | None
    binds: tuple[Thing, ...]
    waiters: tuple[Waiter, ...]
    seen: str | None  # in which days work was seen


def policy_part(data: Data, entity: Entity) -> PolicyPart | None:
    """Return what there is to know of a policy; None of anything else."""
    if entity.kind != kinds.POLICY:
        return None
    binds, basis = tuple(_bound(data, entity)), entity.fields.get("basis")
    title = f"It binds {listed([each.title for each in binds])}" if binds else "What it binds is not written down"
    waiters = waiters_of(data, frozenset((entity.id,)))
    waiting = (each for each in data.flows if any(cause.on_entity == entity.id for cause in each.causes))
    seen = next(map(window_words, waiting), None) if waiters else None
    return PolicyPart(title, str(basis) if basis else None, binds, waiters, seen)


def _bound(data: Data, entity: Entity) -> Iterator[Thing]:
    """What a rule binds, in the order declared; a step is named with its service."""
    for edge in edges_out(data.organisation, entity.id, "binds"):
        known = data.organisation.entities.get(edge.to_id)
        if known is not None:
            yield Thing(known.kind, known.title, address_of(known), known.kind.replace("-", " "))
        elif place := place_at(data.organisation, f"{STEP}:{edge.to_id}"):
            yield Thing(STEP, place.title, address("service", place.entity, "step", place.step or ""), "step")
