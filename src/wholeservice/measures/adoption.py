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
from wholeservice.measures.units import PERIOD, in_periods
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Set the people of each period against those there are."""
    a, eligible = facts.attempts, facts.eligible
    a = a.filter(a.consumer.notnull())
    begun = in_periods(a.select(a.entity, a.consumer, unit_at=a.started_at), periods.filter(periods.is_whole))
    people = begun.group_by(["entity", *PERIOD]).aggregate(numerator=begun.consumer.nunique().cast("float64"))
    p = people.join(eligible, [people.entity == eligible.eligible_of])
    return p.select("entity", *PERIOD, "numerator", n=p.n_people, denominator=p.n_people, clusters=p.n_people,
                    cluster_aa=p.numerator, cluster_ab=p.numerator, cluster_bb=p.n_people)  # fmt: skip


MEASURE = Measure(
    name="adoption", title="People it is for who use it", unit=SHARE, better="higher", needs=("attempts", "eligible"),
    query=query, finish=finish_share, patch=None,  # one attempt more does not make one consumer more
)  # fmt: skip
