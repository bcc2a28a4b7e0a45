"""
Cycle time: how long half of the finished work took at most, from when somebody first worked on it until it was done.

Formula   done − started, of items that were done in the period; the median. A target may name another share, such as
          `p85 cycle-time <= 12d over 90d`: a service level expectation
Unit      seconds          Grain  one row per entity and period, and per kind of work
Counts    items that were done in the period and of which it is known when the work on them began, in buckets 1.6 to 3.1 % wide
Leaves out  what is not done (see `work-item-age`: the quick is done first), what is done without anybody having been seen at
          work on it, and what says that it was done before it began. Waiting before the first work is in `lead-time` and not
          here
Interval  order statistics; each item counts for itself
Source    The Kanban Guide, 2025; David & Nagaraja 2003, 7.1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import seconds_between
from wholeservice.derived.streams import by_holder
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_durations
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.units import SECONDS

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables

LIVES = "lives"


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done, by when they were."""
    import ibis

    i = by_holder(facts, facts.lives)
    i = i.filter(i.done_at.notnull(), ~i.is_given_up, i.started_at.notnull(), i.started_at <= i.done_at)
    rows = i.mutate(
        unit_at=i.done_at, cluster=i.item, hit=ibis.literal(1.0), weight=ibis.literal(1.0),
        lasted_s=seconds_between(i.started_at, i.done_at),
    )  # fmt: skip
    return (Units(LIVES, rows, alone=(WORK_KIND,)),)


MEASURE = Measure(
    name="cycle-time", title="From the first work to done", unit=SECONDS, better="lower", needs=(LIVES,),
    units=units, finish=finish_durations, at=finish_durations, patch=None,
)  # fmt: skip
