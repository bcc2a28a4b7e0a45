"""
Right the first time, by stage: the share of finished work that left a stage and was never sent back to it.

Formula   items done in the period that went through the stage and were not sent back to it / those that went through it. Sent
          back: from a later stage of the stream's declared order, or a stay there in the state `returned`
Unit      share          Grain  one row per stream, period and stage (the step)
Counts    items that are done, so that it is known whether they came back. It is %C&A, the share that the next stages can use
          as it is, seen from what they send back. The stage that it goes back to is charged, not those passed again on the way
Leaves out  stages that the stream does not declare: they have no place in its order. What is mended where it was found, without
          going back, is in no board: a team that mends the work of others in silence makes this number too good
Interval  Wilson; each item counts for itself
Source    Martin & Osterling 2014, percent complete and accurate; Wilson 1927
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.finished import LIVES, STEP, TILES, done_stages, stage_tiles
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done at each declared stage they went through; those never sent back to it are hits."""
    t = stage_tiles(facts)
    t = t.filter(t.stage_no.notnull())
    through = t.group_by(t.step, through_of=t.item).aggregate(is_back=t.is_sent_back.any())
    i = done_stages(facts, through)
    return (Units(LIVES, i.mutate(hit=i.is_back.ifelse(0.0, 1.0)), always=(STEP,)),)


MEASURE = Measure(
    name="first-pass", title="Never sent back to a stage", unit=SHARE, better="higher", needs=(LIVES, TILES),
    units=units, finish=finish_share, words=("complete-and-accurate",), patch=None,
)  # fmt: skip
