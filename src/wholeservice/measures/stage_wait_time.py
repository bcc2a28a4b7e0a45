"""
Wait time at a stage: how long half of the finished work waited there at most, before and between the work.

Formula   time in the stage queued, blocked or sent back, all passes together, of items done in the period; the median over
          them. On a value stream map it stands before the stage
Unit      seconds          Grain  one row per stream, period and stage (the step)
Counts    items that went through the stage, in buckets 1.6 to 3.1 % wide; one that was never waiting there counts with 0.
          Medians of stages do not add up to that of the whole: that is `cycle-time` or `lead-time`
Leaves out  time in the stage of which no source says how it was spent; stays that name no stage. Where a source has a name
          that is no stage of the stream, that name stands for itself, and a finding says so
Interval  order statistics; each item counts for itself
Source    Martin & Osterling 2014; Rother & Shook 1999; David & Nagaraja 2003, 7.1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import WAITED
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_durations
from wholeservice.measures.finished import LIVES, STEP, TILES, done_stages, stage_tiles
from wholeservice.measures.units import Units
from wholeservice.units import SECONDS

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done at each stage they went through, by how long they were waiting there."""
    t = stage_tiles(facts)
    spent = t.seconds.sum(where=t.kind == WAITED).fill_null(0.0)
    through = t.group_by(t.step, through_of=t.item).aggregate(lasted_s=spent)
    return (Units(LIVES, done_stages(facts, through), always=(STEP,)),)


MEASURE = Measure(
    name="stage-wait-time", title="Waiting at a stage", unit=SECONDS, better="lower", needs=(LIVES, TILES),
    units=units, finish=finish_durations, at=finish_durations, patch=None,
)  # fmt: skip
