"""
Deployment frequency: how many deployments to production there are in a week.

Formula   deployments in the period / its weeks
Unit      per week         Grain  one row per entity and period
Counts    a full count of production deployments: the interval is the variation between periods, never sampling. One that
          several sources or records tell of is one; one that reaches two services is one for each
Leaves out  deployments that failed, so nothing reached anybody (see `change-fail-rate`); one that was rolled back had reached
          them and counts. Periods before the first and after the last deployment: there nobody knows whether none was made or
          none was told. A period between them without any is a 0
Source    dora.dev, DORA's software delivery performance metrics, 2026
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Count deployments, and the weeks of each period."""
    (found,) = units(facts)
    return per_week(found.rows, found.in_periods(periods), periods)


def units(facts: FactTables) -> tuple[Units, ...]:
    """Deployments that reached production."""
    import ibis

    d = by_holder(facts, facts.deliveries, "delivery")
    d = d.filter((d.result != FAILED).fill_null(True))
    return (
        Units(DELIVERIES, d.mutate(unit_at=d.deployed_at, cluster=d.delivery, hit=ibis.literal(1.0), weight=ibis.literal(1.0))),
    )


MEASURE = Measure(
    name="deployment-frequency", title="Deployments to production", unit=PER_WEEK, better="higher", needs=(DELIVERIES,),
    own_query=query, units=units, finish=finish_ratio, basis=FULL_COUNT, patch=None, words=("deploy-frequency",),
)  # fmt: skip
