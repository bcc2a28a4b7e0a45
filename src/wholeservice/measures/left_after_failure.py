"""
Left after a failure: of those who left before a step, the share whose attempt ended in something that failed.

Formula   attempts whose last event is a failure / attempts that left before the step. These could have been kept
Unit      share          Grain  one row per entity, period, step and channel, and per step and kind of
          consumer or device; the step is the one they left before
Counts    attempts that began in the period, are old enough to judge, reached the last step everybody passes before this
          one, and did not reach this one (as `step-conversion` counts); clustered by consumer
Leaves out  those who did not leave; a failure that people got past. Why the others left, nobody recorded
Interval  Wilson, clustered by consumer
Source    drop-out split by what was avoidable; a legitimate end is no failure (`left-at-an-end`)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import FAILED
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.leaving import who_left
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts that left before a step; those who met a failure last are hits."""
    return who_left(facts, FAILED)


MEASURE = Measure(
    name="left-after-failure", title="Left because something failed", unit=SHARE, better="lower",
    needs=("reached", "attempts", "journeys"), units=units, finish=finish_share, words=("avoidable-drop-out",),
    version=2,
)  # fmt: skip
