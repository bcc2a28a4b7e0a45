"""
Failed deployment detection time: how long it takes at most, for half of them, until anybody notices that a deployment did harm.

Formula   detected − deployed, detected is when the first incident that is linked to it (`caused-by`) was noticed; the median.
          It is a part of `failed-deployment-recovery-time`, told apart, since another change makes it shorter
Unit      seconds          Grain  one row per entity and period
Counts    production deployments that an incident is linked to, by when it was noticed
Leaves out  deployments that say themselves that they failed: that is noticed at once; incidents of which nobody says when
          they were noticed, or that were before the deployment
Interval  order statistics; each deployment counts for itself
Source    dora.dev, DORA's software delivery performance metrics, 2026; David & Nagaraja 2003, 7.1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import seconds_between
from wholeservice.derived.streams import by_holder
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_durations
from wholeservice.measures.units import Units
from wholeservice.units import SECONDS

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables

DELIVERIES = "deliveries"


def units(facts: FactTables) -> tuple[Units, ...]:
    """Deployments whose harm was noticed, by when it was."""
    import ibis

    d = by_holder(facts, facts.deliveries, "delivery")
    d = d.filter(d.detected_at.notnull(), d.deployed_at <= d.detected_at)
    rows = d.mutate(
        unit_at=d.detected_at, cluster=d.delivery, hit=ibis.literal(1.0), weight=ibis.literal(1.0),
        lasted_s=seconds_between(d.deployed_at, d.detected_at),
    )  # fmt: skip
    return (Units(DELIVERIES, rows),)


MEASURE = Measure(
    name="failed-deployment-detection-time", title="From a harmful deployment until it was noticed", unit=SECONDS,
    better="lower", needs=(DELIVERIES,), units=units, finish=finish_durations, at=finish_durations, patch=None,
)  # fmt: skip
