"""
Time accounted for: of the time that finished work took, the share of which a source says how it was spent.

Formula   Σ (time worked on + time waiting) / Σ time from created to done, over items that were done in the period
Unit      share          Grain  one row per entity and period, and per kind of work
Counts    items that were done in the period, clustered by item. It stands beside `flow-efficiency`, which is about the known
          time alone
Leaves out  items that took no time
Interval  Wilson, clustered by item
Source    Wholeservice; Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.finished import LIVES, done_items
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done, by how many seconds of their time are known."""
    i = done_items(facts)
    i = i.mutate(hit=i.worked_s + i.waited_s, counts=i.worked_s + i.waited_s + i.unseen_s)
    return (Units(LIVES, i.filter(i.counts > 0), alone=(WORK_KIND,)),)


MEASURE = Measure(
    name="flow-time-known", title="Time that is accounted for", unit=SHARE, better="higher", needs=(LIVES,),
    units=units, finish=finish_share, patch=None,
)  # fmt: skip
