"""
Change lead time: how long half of the changes took at most, from when they were begun until they were in production.

Formula   deployed − committed, of the first production deployment that delivers the change; the median. A target may name
          another share, such as `p85 change-lead-time <= 2d over 90d`
Unit      seconds          Grain  one row per entity and period
Counts    changes, by when they were deployed, in buckets 1.6 to 3.1 % wide: items that a deployment is linked to (`delivers`).
          Committed is when an item of kind change was created, which sources set to its first commit; for any other item it is
          the first time somebody worked on it. What is delivered to two services is counted for each, and once for what holds
          both
Leaves out  deployments that failed, were rolled back, or are not in production; later deployments of the same change; changes
          that wait for their release; those of which nobody knows when they were begun, or that say they were deployed before
          it
Interval  order statistics; changes that one deployment brought are taken to be as alike as can be
Source    dora.dev, DORA's software delivery performance metrics, 2026; David & Nagaraja 2003, 7.1; Kish 1965
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

DELIVERED = "delivered"


def units(facts: FactTables) -> tuple[Units, ...]:
    """Changes with the first deployment that brought them to the entity."""
    import ibis

    c = by_holder(facts, facts.delivered, "delivery")
    place = ibis.row_number().over(group_by=[c.entity, c.item], order_by=[c.deployed_at, c.delivery])
    c = c.mutate(place=place)
    c = c.filter(c.place == 0, c.committed_at.notnull()).drop("place")
    c = c.filter(c.committed_at <= c.deployed_at)
    rows = c.mutate(
        unit_at=c.deployed_at, cluster=c.delivery, hit=ibis.literal(1.0), weight=ibis.literal(1.0),
        lasted_s=seconds_between(c.committed_at, c.deployed_at),
    )  # fmt: skip
    return (Units(DELIVERED, rows),)


MEASURE = Measure(
    name="change-lead-time", title="From the first commit to production", unit=SECONDS, better="lower", needs=(DELIVERED,),
    units=units, finish=finish_durations, at=finish_durations, patch=None, words=("lead-time-for-changes",),
)  # fmt: skip
