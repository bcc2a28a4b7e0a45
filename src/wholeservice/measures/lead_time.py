"""
Lead time: how long half of the finished work took at most, from when it was asked for until it was done.

Formula   done − created, of items that were done in the period; the median. A target may name another share, such as
          `p85 lead-time <= 30d over 90d`
Unit      seconds          Grain  one row per entity and period, and per kind of work
Counts    items that were done in the period, in buckets 1.6 to 3.1 % wide. It is what whoever asked has waited: of an internal
          service, what its consumers wait
Leaves out  what is not done yet; what says that it was done before it was created (a finding). The time before anybody wrote
          it down, and how much of it was work: see `time-to-permission`, `cycle-time` and `flow-efficiency`
Interval  order statistics; each item counts for itself
Source    The Kanban Guide, 2025; flow time in the Flow Framework (Kersten 2018); David & Nagaraja 2003, 7.1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import seconds_between
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_durations
from wholeservice.measures.finished import LIVES, done_items
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.units import SECONDS

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done, by how long it was since they were created."""
    i = done_items(facts)
    i = i.filter(i.created_at <= i.done_at)
    return (Units(LIVES, i.mutate(lasted_s=seconds_between(i.created_at, i.done_at)), alone=(WORK_KIND,)),)


MEASURE = Measure(
    name="lead-time", title="From asked for to done", unit=SECONDS, better="lower", needs=(LIVES,), units=units,
    finish=finish_durations, at=finish_durations, words=("flow-time",), patch=None,
)  # fmt: skip
