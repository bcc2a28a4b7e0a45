"""
Solved at the front: the share of finished work that no team further back ever had.

Formula   items done in the period that only teams of the first line had / items done in the period
Unit      share          Grain  one row per entity and period, and per kind of work
Counts    items of whose teams the `line` is declared: 1 for the front, that people meet first; 2, 3 for those behind it. A team
          had it when a stay names it, whatever it did: what is handed back untouched waited there, too. What came to a team
          further back at once was not solved at the front either
Leaves out  items that no declared team had, and those of which one team's line is not known, unless another is known to stand
          further back. Whether it was solved well: `rework` and `satisfaction` say that
Interval  Wilson; each item counts for itself
Source    BPI Challenge 2013 (Volvo IT), push to front: are incidents contained within the first line? (Paszkiewicz & Picard
          2013); Wilson 1927
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.streams import FRONT
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.finished import LIVES, done_items
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done and of which it is known how far back they went; those that only the front had are hits."""
    i = done_items(facts)
    i = i.filter(i.furthest_line.notnull())
    return (Units(LIVES, i.mutate(hit=(i.furthest_line <= FRONT).ifelse(1.0, 0.0)), alone=(WORK_KIND,)),)


MEASURE = Measure(
    name="solved-at-front", title="Solved at the front", unit=SHARE, better="higher", needs=(LIVES,),
    units=units, finish=finish_share, patch=None,
)  # fmt: skip
