"""Who feels it when something stops, and how many a day; what is planned for that; which losses already pass through it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.findings.riding import Hit, plan_of
from wholeservice.organisation import graph, kinds
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import listed, when
from wholeservice.units import difference_unit, write

NO_PLAN = "No plan is declared for the day it stops."


@dataclass(frozen=True, slots=True)
class Felt:
    """A missed need of a whole service whose loss passes through it or starts there: a way back up to who feels it."""

    title: str
    address: str
    says: str
    passes: str
    starts: str | None


def felt_through(data: Data, entity: str) -> Iterator[Felt]:
    """Yield the maps of other services on which loss passes through *entity*, the largest first."""
    known = data.organisation.entities
    maps = [each for (of, _), each in data.loss_maps.items() if of != entity and of in known and not each.why_no_map]
    found = [(box, each) for each in maps for box in each.boxes if box.id == entity and box.flow_in > 0]
    needs = {(each.service, each.id): each.says for each in data.organisation.needs}
    for box, each in sorted(found, key=lambda pair: (-pair[0].flow_in, pair[1].entity, pair[1].need)):
        unit, starts = difference_unit(each.unit), box.starts_here + box.not_traced
        says = needs.get((each.entity, each.need), each.need)
        to, passes = f"{address('service', each.entity)}#losses", write(box.flow_in, unit)
        yield Felt(known[each.entity].title, to, says, passes, write(starts, unit) if starts > 0 else None)


def a_day_words(data: Data, hit: tuple[Hit, ...]) -> tuple[str, ...]:
    """Say, for each whole service that loses steps, how many people a day come to them."""
    return tuple(_a_day(data, each) for each in hit)


def _a_day(data: Data, hit: Hit) -> str:
    titles = {each.id: each.title for each in graph.steps(data.organisation, hit.service)}
    lost = f"{data.organisation.entities[hit.service].title} loses {listed([titles[each] for each in hit.steps])}"
    if hit.a_day is None or hit.period is None:
        return f"{lost}; how many come there a day is not counted"
    return f"{lost}; about {hit.a_day:,.0f} attempts a day come to {titles[hit.step or '']} ({when(data, hit.period)})"


def first_words(data: Data, hit: tuple[Hit, ...]) -> str | None:
    """Say who feels it first: those at the earliest step of a journey."""
    if not hit:
        return None
    first = min(hit, key=lambda each: (each.position, -(each.a_day or 0.0), each.service))
    titles = {each.id: each.title for each in graph.steps(data.organisation, first.service)}
    where = f"{titles[first.steps[0]]}, step {first.position} of {first.n_steps}"
    return f"It is felt first at {where} of {data.organisation.entities[first.service].title}."


def plan_words(data: Data, entity: str) -> str:
    """Say what is planned for the day it stops, and how old that is; or that nothing is."""
    planned = plan_of(data.organisation, entity)
    known = data.organisation.entities.get(entity)
    if planned is None:
        suppliers = [edge.from_id for edge in graph.edges_in(data.organisation, entity, "provides")]
        if suppliers and plan_of(data.organisation, suppliers[0]):
            return plan_words(data, suppliers[0])
        return "" if known is not None and known.kind in (kinds.TEAM, kinds.POLICY) else NO_PLAN
    says, dated = planned
    written = f" (written {dated:%-d %b %Y})" if isinstance(dated, dt.date) else " (nobody says when that was written)"
    return f"The day it stops: {says}{written}."
