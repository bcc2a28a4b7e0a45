"""
Left at an end: of those who left before a step, the share who had come to a legitimate end ("you are not eligible").

Formula   attempts that reached an end of the journey / attempts that left before the step. These lost nothing
Unit      share          Grain  one row per entity, period, step and channel, and per step and kind of
          consumer or device; the step is the one they left before
Counts    attempts that began in the period, are old enough to judge, reached the last step everybody passes before this
          one, and did not reach this one (as `step-conversion` counts); clustered by consumer
Leaves out  those who did not leave. An end is one that the organisation declares (`ends:`), or that the source says
Interval  Wilson, clustered by consumer
Source    GDS 2015: a legitimate end is a completion, and nobody is lost there
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import DONE
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.leaving import who_left
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts that left before a step; those at a legitimate end are hits."""
    return who_left(facts, DONE)


MEASURE = Measure(
    name="left-at-an-end", title="Left with nothing more to do", unit=SHARE, better="neither",
    needs=("reached", "attempts", "journeys"), units=units, finish=finish_share, words=("left-anyway",),
    version=2,
)  # fmt: skip
