"""
Coupling: the share of deployments to production that another service or part had to go along with.

Formula   coordinated deployments / deployments of which it is known what they deliver. Coordinated is one that reached several
          services or parts itself, or within an hour of which another service or part was given the same change, or a change
          that fixes, or is part of, the same item
Unit      share            Grain  one row per entity and period
Counts    production deployments, by when they were made, whatever came of them; each once
Leaves out  deployments that are linked to no change (`delivers`); all of them where only one service or part is ever
          deployed; what was agreed on and not linked, and what moved together on purpose more than an hour apart: it is at
          least so much
Interval  Wilson; each deployment counts for itself
Source    dora.dev, Loosely coupled teams; the hour is ours
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.streams import by_holder
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables

DELIVERIES = "deliveries"


def units(facts: FactTables) -> tuple[Units, ...]:
    """Deployments of which it is known what they deliver."""
    import ibis

    d = by_holder(facts, facts.deliveries, "delivery")
    d = d.filter(d.is_coordinated.notnull())
    hit = d.is_coordinated.ifelse(1.0, 0.0)
    return (Units(DELIVERIES, d.mutate(unit_at=d.deployed_at, cluster=d.delivery, hit=hit, weight=ibis.literal(1.0))),)


MEASURE = Measure(
    name="coupling", title="Deployments that others had to go along with", unit=SHARE, better="lower", needs=(DELIVERIES,),
    units=units, finish=finish_share, patch=None,
)  # fmt: skip
