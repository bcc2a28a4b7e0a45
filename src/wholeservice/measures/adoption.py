"""
Adoption: the share of the people a service is for who began to use it in the period.

Formula   distinct consumers with an attempt that began in the period / the people the service is for
Unit      share          Grain  one row per entity and period
Counts    consumers, each once. How many it is for is the `volume` of the kinds of consumer it names, where all of them
          declare a number of people
Leaves out  a service for a kind of consumer without a declared number of people (a volume such as 4.1M/yr is how many come in
          a year, not how many there are): no value there; periods that the events do not cover whole; events without a
          consumer. More people than the service is for is kept as found: then the declared number is wrong
Interval  Wilson
Source    HEART (Rodden, Hutchinson & Fu 2010); Wilson 1927
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.units import PEOPLE, PERIOD, Units, in_periods, union_all
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Set the people of each period against those there are."""
    return union_all([_summed(each.in_periods(periods)) for each in units(facts)])


def units(facts: FactTables) -> tuple[Units, ...]:
    """People of each period by their first attempt in it, who are hits; and the number that is declared."""
    a, eligible = facts.attempts, facts.eligible
    a = a.filter(a.consumer.notnull()).join(eligible, [a.entity == eligible.eligible_of])
    begun = a.select(a.entity, a.consumer, a.n_people, a.declared_at, unit_at=a.started_at)
    return (Units(PEOPLE, begun, dated=_people),)


def _people(begun: IbisTable, periods: IbisTable) -> IbisTable:
    """One row per person and period; and one per period that adds all there are to n, and nobody to those who came."""

    b = in_periods(begun, periods.filter(periods.is_whole))
    cell = ["entity", *PERIOD]
    seen = b.group_by([*cell, "consumer"]).aggregate(unit_at=b.unit_at.min())
    seen = seen.mutate(cluster=seen.consumer, hit=1.0, weight=1.0, counts=0.0, n=0.0)
    there = b.group_by(cell).aggregate(n=b.n_people.max(), where_from=b.declared_at.max())
    there = there.mutate(unit_at=there.from_at, hit=0.0, weight=1.0, counts=there.n)
    return union_all([seen, there])


def _summed(people: IbisTable) -> IbisTable:
    """Sum them up; each of all there are is one cluster, who came or did not."""
    p = people.group_by(["entity", *PERIOD]).aggregate(numerator=people.hit.sum(), n=people.n.sum())
    return p.mutate(denominator=p.n, clusters=p.n, cluster_aa=p.numerator, cluster_ab=p.numerator, cluster_bb=p.n)


MEASURE = Measure(
    name="adoption", title="People it is for who use it", unit=SHARE, better="higher", needs=("attempts", "eligible"),
    own_query=query, units=units, finish=finish_share, patch=None,  # one attempt more does not make one consumer more
)  # fmt: skip
