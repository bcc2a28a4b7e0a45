"""
Change fail rate: the share of deployments to production that failed. It depends on who says so, so each rule has a number.

Formula   failed deployments / deployments of which it can be told, each counted once however many incidents it caused. Failed
          are those that say that they failed or were rolled back, and those that an incident is linked to. By rule
          (`rule:told`, `rule:linked`, `rule:after`, `rule:newest`): what the deployment says of itself; what incidents are
          linked to (`caused-by`); what was followed within a day by an incident of the same service or by an unplanned
          deployment of it, of which only the newest deployment before is blamed; the newest deployment before each incident
          that did not fail, however long before. The smallest and the largest of the rules are the range that the true share
          may lie in
Unit      share            Grain  one row per entity and period, and per rule
Counts    production deployments, by when they were made. One that reaches two services is one for each
Leaves out  of each rule the deployments of which it cannot tell: that do not say how they went; of services without any
          incident recorded, or where none is ever linked; of services with neither incidents nor a word on what was planned.
          Nobody having written failures down is no rate of 0
Interval  Wilson; each deployment counts for itself
Source    dora.dev, DORA's software delivery performance metrics, 2026; Apache DevLake, connect incidents to deployments (the
          rule newest); Wilson 1927
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.failing import RULES
from wholeservice.derived.streams import by_holder
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.kinds import MARK, RULE
from wholeservice.measures.units import Units, union_all
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

DELIVERIES = "deliveries"


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Count deployments, and those that failed, by each rule."""
    import ibis

    known, by_rule = (each.summed(periods) for each in units(facts))
    by_rule = by_rule.mutate(segment=ibis.literal(RULE + MARK) + by_rule[RULE]).drop(RULE)
    return union_all([known, by_rule])


def units(facts: FactTables) -> tuple[Units, ...]:
    """Deployments of which it is known whether they failed; and the same again by each rule."""
    import ibis

    d = by_holder(facts, facts.deliveries, "delivery")
    d = d.mutate(unit_at=d.deployed_at, cluster=d.delivery, weight=ibis.literal(1.0))
    known = d.filter(d.is_failed.notnull()).mutate(hit=d.is_failed.ifelse(1.0, 0.0))
    by_rule = [
        d.filter(d[column].notnull()).mutate(hit=d[column].ifelse(1.0, 0.0), **{RULE: ibis.literal(rule)})
        for rule, column in RULES.items()
    ]
    return (Units(DELIVERIES, known), Units(DELIVERIES, ibis.union(*by_rule), always=(RULE,)))


MEASURE = Measure(
    name="change-fail-rate", title="Deployments that failed", unit=SHARE, better="lower", needs=(DELIVERIES,),
    own_query=query, units=units, finish=finish_share, patch=None, words=("change-failure-rate",),
    version=2,
)  # fmt: skip
