"""
Rework: the share of finished work that came back at least once.

Formula   items done in the period that came back / items done in the period. An item came back where a stay of it is in the
          state `returned`, or where it went from a stage of its stream to an earlier one, in the declared order
Unit      share          Grain  one row per entity and period, and per kind of work
Counts    items of which at least one stay is known; one that came back three times counts once. How often it happens at which
          stage says `first-pass`
Leaves out  items without stays: nobody knows whether they came back. A stage that the stream does not declare has no place in
          the order, so going there and back is no return
Interval  Wilson; each item counts for itself
Source    Martin & Osterling 2014; Wilson 1927
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.finished import LIVES, TILES, done_items, stage_tiles
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done and of which a stay is known; those that came back are hits."""
    i, t = done_items(facts), stage_tiles(facts)
    back = t.group_by(back_of=t.item).aggregate(is_back=t.is_sent_back.any())
    i = i.filter(i.n_stays > 0).left_join(back, i.item == back.back_of).drop("back_of")
    is_back = (i.n_returned > 0) | i.is_back.fill_null(False)
    return (Units(LIVES, i.mutate(hit=is_back.ifelse(1.0, 0.0)), alone=(WORK_KIND,)),)


MEASURE = Measure(
    name="rework", title="Work that came back", unit=SHARE, better="lower", needs=(LIVES, TILES), units=units,
    finish=finish_share, patch=None,
)  # fmt: skip
