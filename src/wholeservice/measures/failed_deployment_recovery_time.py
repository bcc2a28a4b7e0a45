"""
Failed deployment recovery time: how long it takes at most, for half of the failed deployments, until people can go on again.

Formula   recovered − deployed; the median. Recovered is when the last incident that is linked to it (`caused-by`) was over;
          where none is linked, when the next deployment of the same service came that did not fail. A target may name another
          share
Unit      seconds          Grain  one row per entity and period
Counts    failed production deployments, by when they were recovered from: those that say they failed or were rolled back, and
          those that an incident is linked to (`change-fail-rate` tells these rules apart)
Leaves out  what is not recovered from yet; what fails by a guess alone (soon after it something happened). The time until
          anybody noticed is in it, and told apart in `failed-deployment-detection-time`
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
    """Failed deployments that were recovered from, by when they were."""
    import ibis

    d = by_holder(facts, facts.deliveries, "delivery")
    d = d.filter(d.is_failed, d.recovered_at.notnull(), d.deployed_at <= d.recovered_at)
    rows = d.mutate(
        unit_at=d.recovered_at, cluster=d.delivery, hit=ibis.literal(1.0), weight=ibis.literal(1.0),
        lasted_s=seconds_between(d.deployed_at, d.recovered_at),
    )  # fmt: skip
    return (Units(DELIVERIES, rows),)


MEASURE = Measure(
    name="failed-deployment-recovery-time", title="From a failed deployment until it was mended", unit=SECONDS, better="lower",
    needs=(DELIVERIES,), units=units, finish=finish_durations, at=finish_durations, patch=None,
    words=("recovery-time",),
)  # fmt: skip
