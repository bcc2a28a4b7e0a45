"""
Flow efficiency: of the time that finished work was under way and somebody knew how, the share in which it was worked on.

Formula   Σ time worked on / Σ (time worked on + time waiting), over items that were done in the period. One ratio of two sums,
          never a mean of the items' own ratios, in which a trifle done in an hour outweighs a year of waiting
Unit      share          Grain  one row per entity and period, and per kind of work
Counts    items that were done in the period, from when they were created, clustered by item: n is items, the interval that of
          how they differ. Parallel work counts once; blocked, queued and sent back is waiting
Leaves out  time of which no source says how it was spent: it is neither work nor waiting. `flow-time-known` says how much of
          the time is known; where that is little, this number is about little
Interval  Wilson, clustered by item
Source    Flow efficiency in the Flow Framework (Kersten 2018); Martin & Osterling 2014, activity ratio; Kish 1965
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
    """Items that are done and of whose time anything is known, by how many seconds of that they were worked on."""
    i = done_items(facts)
    i = i.mutate(hit=i.worked_s, counts=i.worked_s + i.waited_s)
    return (Units(LIVES, i.filter(i.counts > 0), alone=(WORK_KIND,)),)


MEASURE = Measure(
    name="flow-efficiency", title="Time in which it is worked on", unit=SHARE, better="higher", needs=(LIVES,),
    units=units, finish=finish_share, patch=None,
)  # fmt: skip
