"""
Retention: the share of the people of one period who are back in the next one of its kind.

Formula   consumers with an attempt in the period and in the one that follows it / consumers with an attempt in the period
Unit      share          Grain  one row per entity and period, and per kind of consumer and device; the period is
          the earlier one, that of the cohort, and the kind and device are those of the first attempt in it
Counts    consumers, each once. A month is followed by a month, a week by a week, a window by the window that begins where it
          ends
Leaves out  the newest period, since the next one is not over; periods that the events do not cover whole; events without a
          consumer. It does not say why somebody stayed away: they may have got all they needed. Summed over services,
          somebody who uses two counts at each
Interval  Wilson
Source    HEART (Rodden, Hutchinson & Fu 2010); Wilson 1927
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.engines.base import once_more
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.people import ALONE, of_the_first
from wholeservice.measures.units import PEOPLE, PERIOD, Units, in_periods
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

ACTIVE = ("entity", "consumer", *PERIOD)
ALIKE_S = 4 * 86400.0  # February is followed by March


def units(facts: FactTables) -> tuple[Units, ...]:
    """People of each period by their first attempt in it; those who are back in the next one are hits."""
    a = facts.attempts
    a = a.filter(a.consumer.notnull())
    begun = a.select(a.entity, a.consumer, a.segment, a.device, a.started_at, unit_at=a.started_at)
    return (Units(PEOPLE, begun, alone=ALONE, dated=_back),)


def _back(begun: IbisTable, periods: IbisTable) -> IbisTable:
    """One row per person and period, with whether they are among the people of the next."""
    import ibis

    active = of_the_first(_active(begun, periods), begun)
    cohort, later = active.join(_followed(periods), list(PERIOD)), once_more(active)
    same = [
        cohort.entity == later.entity, cohort.consumer == later.consumer, cohort.window == later.window,
        cohort.next_from_at == later.from_at, cohort.next_to_at == later.to_at,
    ]  # fmt: skip
    c = cohort.left_join(later, same, rname="{name}_later")
    back = c.consumer_later.notnull().ifelse(1.0, 0.0)
    return c.select(*ACTIVE, *ALONE, "unit_at", cluster=c.consumer, hit=back, weight=ibis.literal(1.0))


def _active(begun: IbisTable, periods: IbisTable) -> IbisTable:
    """One row per entity, consumer and whole period with an attempt of theirs."""
    inside = in_periods(begun, periods.filter(periods.is_whole))
    return inside.group_by(list(ACTIVE)).aggregate(unit_at=inside.unit_at.min())


def _followed(periods: IbisTable) -> IbisTable:
    """Each whole period beside the one of its kind that begins where it ends."""
    p, after = periods.filter(periods.is_whole), once_more(periods.filter(periods.is_whole))
    both = p.join(after, [p.to_at == after.from_at, p.window == after.window], rname="next_{name}")
    longer_s = (both.next_to_at.epoch_seconds() - both.next_from_at.epoch_seconds()).cast("float64") - (
        both.to_at.epoch_seconds() - both.from_at.epoch_seconds()
    ).cast("float64")
    return both.filter(longer_s.abs() < ALIKE_S).select(*PERIOD, "next_from_at", "next_to_at")


MEASURE = Measure(
    name="retention", title="People who come back in the next period", unit=SHARE, better="higher", needs=("attempts",),
    units=units, finish=finish_share, version=2, patch=None,  # one attempt more does not make one consumer more
)  # fmt: skip
