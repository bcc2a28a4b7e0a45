"""
Work item age: how long half of what was open at the end of the period had been in progress at most.

Formula   end of the period − first work, of items started and not done by then; the median. A target may name another share,
          such as `p85 work-item-age <= 14d over 28d`
Unit      seconds          Grain  one row per entity and period, and per kind of work
Counts    items that were in progress when the period ended, or when their source last told of anything, if that is earlier;
          in buckets 1.6 to 3.1 % wide
Leaves out  what is done by then (`cycle-time`): the two belong together, since the old ones that are never done are in no cycle
          time. What waits to be started; items on which nobody was seen at work
Interval  order statistics; each item counts for itself
Source    The Kanban Guide, 2025; David & Nagaraja 2003, 7.1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import seconds_between
from wholeservice.derived.streams import by_holder
from wholeservice.measures.base import Measure
from wholeservice.measures.durations import bucket_of
from wholeservice.measures.finish import finish_durations
from wholeservice.measures.finished import LIVES, present
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.units import SECONDS

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items in progress at the end of a period, by how long they had been."""
    i = by_holder(facts, facts.lives)
    i = i.filter(i.started_at.notnull())
    i = i.mutate(unit_at=i.started_at, until_at=i.done_at.coalesce(i.life_to))
    return (Units(LIVES, i, alone=(WORK_KIND,), dated=_dated),)


def _dated(rows: IbisTable, periods: IbisTable) -> IbisTable:
    import ibis

    i = present("unit_at", "until_at")(rows, periods)
    i = i.filter(i.done_at.isnull() | (i.done_at >= i.to_at))
    one = ibis.literal(1.0)
    i = i.mutate(cluster=i.item, hit=one, weight=one, lasted_s=seconds_between(i.unit_at, ibis.least(i.to_at, i.until_at)))
    return i.mutate(bucket=bucket_of(i.lasted_s))


MEASURE = Measure(
    name="work-item-age", title="Age of unfinished work", unit=SECONDS, better="lower", needs=(LIVES,),
    units=units, finish=finish_durations, at=finish_durations, patch=None,
)  # fmt: skip
