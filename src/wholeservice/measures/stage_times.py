"""Times at a stage: how long finished work was worked on there, and how long it was waiting."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wholeservice.derived.base import WAITED, WORKED
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_durations
from wholeservice.measures.finished import LIVES, STEP, TILES, done_stages, stage_tiles
from wholeservice.measures.units import Units
from wholeservice.units import SECONDS

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables

TIME = """
{says}

Formula   {formula}
Unit      seconds          Grain  one row per stream, period and stage (the step)
Counts    items that went through the stage, in buckets 1.6 to 3.1 % wide; one that was never {never} there counts with 0.
          Medians of stages do not add up to that of the whole: that is `cycle-time` or `lead-time`
Leaves out  time in the stage of which no source says how it was spent; stays that name no stage. Where a source has a name
          that is no stage of the stream, that name stands for itself, and a finding says so
Interval  order statistics; each item counts for itself
Source    Martin & Osterling 2014; Rother & Shook 1999; David & Nagaraja 2003, 7.1
"""


def units(facts: FactTables, kind: str) -> tuple[Units, ...]:
    """Items that are done at each stage they went through, by how long they were worked on, or waiting, there."""
    t = stage_tiles(facts)
    spent = t.seconds.sum(where=t.kind == kind).fill_null(0.0)
    through = t.group_by(t.step, through_of=t.item).aggregate(lasted_s=spent)
    return (Units(LIVES, done_stages(facts, through), always=(STEP,)),)


WORK = Measure(
    name="stage-work-time", title="Work at a stage", unit=SECONDS, better="lower", needs=(LIVES, TILES),
    units=partial(units, kind=WORKED), finish=finish_durations, at=finish_durations, patch=None,
    own_help=TIME.format(
        says="Work time at a stage: how long half of the finished work was worked on there at most.", never="worked on",
        formula="time worked on in the stage, all passes through it together, of items done in the period; the median over\n"
        "          them",
    ),
)  # fmt: skip
WAIT = Measure(
    name="stage-wait-time", title="Waiting at a stage", unit=SECONDS, better="lower", needs=(LIVES, TILES),
    units=partial(units, kind=WAITED), finish=finish_durations, at=finish_durations, patch=None,
    own_help=TIME.format(
        says="Wait time at a stage: how long half of the finished work waited there at most, before and between the work.",
        never="waiting", formula="time in the stage queued, blocked or sent back, all passes together, of items done in the\n"
        "          period; the median over them. On a value stream map it stands before the stage",
    ),
)  # fmt: skip
