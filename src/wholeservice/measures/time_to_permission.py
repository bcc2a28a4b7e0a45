"""
Time to permission: how long half of the work waited at most, from when the need was known until somebody began.

Formula   first work − known, of items begun in the period; the median. Known as the source says it (`known_at_source`); where
          it does not, when the item was created
Unit      seconds          Grain  one row per entity and period, and per kind of work
Counts    items on which the first work began in the period, in buckets 1.6 to 3.1 % wide
Leaves out  what nobody has begun: so it is too short where much never is. What says that it began before it was known
Interval  order statistics; each item counts for itself
Source    RunMyProcess, on what a change needs before it may begin; David & Nagaraja 2003, 7.1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import seconds_between
from wholeservice.derived.streams import by_holder
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_durations
from wholeservice.measures.finished import LIVES
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.units import SECONDS

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items on which work began, by how long they were known before."""
    import ibis

    i = by_holder(facts, facts.lives)
    since_at = i.known_at.coalesce(i.created_at)
    i = i.filter(i.started_at.notnull(), since_at <= i.started_at)
    rows = i.mutate(
        unit_at=i.started_at, cluster=i.item, hit=ibis.literal(1.0), weight=ibis.literal(1.0),
        lasted_s=seconds_between(i.known_at.coalesce(i.created_at), i.started_at),
    )  # fmt: skip
    return (Units(LIVES, rows, alone=(WORK_KIND,)),)


MEASURE = Measure(
    name="time-to-permission", title="From known to begun", unit=SECONDS, better="lower", needs=(LIVES,),
    units=units, finish=finish_durations, at=finish_durations, patch=None,
)  # fmt: skip
