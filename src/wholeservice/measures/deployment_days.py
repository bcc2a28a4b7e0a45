"""
Deployment days: on how many days of a week something is deployed to production.

Formula   civil days with a production deployment in the period / its weeks; at most 7. Many deployments on one day are one day:
          `deployment-frequency` counts each, and a burst of them looks like a steady flow there
Unit      per week         Grain  one row per entity and period
Counts    a full count of days, by the clocks of the workspace's zone: the interval is the variation between periods
Leaves out  what `deployment-frequency` leaves out
Source    dora.dev, DORA's software delivery performance metrics, 2026 (how often, in days)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import whole_seconds
from wholeservice.derived.deployed import FAILED
from wholeservice.derived.streams import by_holder
from wholeservice.measures.base import FULL_COUNT, Measure
from wholeservice.measures.finish import finish_ratio
from wholeservice.measures.per_week import per_week
from wholeservice.measures.units import Units
from wholeservice.units import PER_WEEK

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

DELIVERIES = "deliveries"
DAY_S = 86400


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Count days with a deployment, and the weeks of each period."""
    (found,) = units(facts)
    return per_week(found.rows, found.in_periods(periods), periods)


def units(facts: FactTables) -> tuple[Units, ...]:
    """The first deployment of each day."""
    import ibis

    offsets = facts.offsets
    d = by_holder(facts, facts.deliveries, "delivery")
    d = d.filter((d.result != FAILED).fill_null(True)).mutate(deployed_at_s=whole_seconds(d.deployed_at))
    d = d.left_join(offsets, [d.deployed_at_s >= offsets.from_s, d.deployed_at_s < offsets.to_s])
    d = d.mutate(day=((d.deployed_at_s + d.offset_s.fill_null(0)) / DAY_S).floor()).drop("deployed_at_s", *offsets.columns)
    d = d.mutate(place=ibis.row_number().over(group_by=[d.entity, d.day], order_by=[d.deployed_at, d.delivery]))
    d = d.filter(d.place == 0).drop("place", "day")
    return (
        Units(DELIVERIES, d.mutate(unit_at=d.deployed_at, cluster=d.delivery, hit=ibis.literal(1.0), weight=ibis.literal(1.0))),
    )


MEASURE = Measure(
    name="deployment-days", title="Days with a deployment", unit=PER_WEEK, better="higher", needs=(DELIVERIES,),
    own_query=query, units=units, finish=finish_ratio, basis=FULL_COUNT, patch=None,
)  # fmt: skip
