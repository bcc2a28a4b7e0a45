"""
Deployment rework rate: the share of deployments to production that nobody had planned, because something had gone wrong.

Formula   deployments that were a reaction to harm / deployments of which it is said whether they were. A reaction is one that
          says that it was not planned, or that is linked to an incident it mends (`fixes`)
Unit      share            Grain  one row per entity and period
Counts    production deployments, by when they were made, whatever came of them; each once
Leaves out  deployments of which nobody says whether they were planned, and that mend no incident
Interval  Wilson; each deployment counts for itself
Source    dora.dev, Accelerate State of DevOps 2024 (rework rate) and DORA's software delivery performance metrics, 2026
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
    """Deployments of which it is known why they were made."""
    import ibis

    d = by_holder(facts, facts.deliveries, "delivery")
    d = d.filter(d.is_rework.notnull())
    rows = d.mutate(unit_at=d.deployed_at, cluster=d.delivery, hit=d.is_rework.ifelse(1.0, 0.0), weight=ibis.literal(1.0))
    return (Units(DELIVERIES, rows),)


MEASURE = Measure(
    name="deployment-rework-rate", title="Deployments that mended something", unit=SHARE, better="lower", needs=(DELIVERIES,),
    units=units, finish=finish_share, patch=None, words=("rework-rate",),
)  # fmt: skip
