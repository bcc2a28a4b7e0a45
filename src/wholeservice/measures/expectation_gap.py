"""
Expectation gap: what people got less what they had expected, of the same people and on the same scale.

Formula   mean of (score − expected) / (highest − lowest)
Unit      percentage points of the scale; below 0 it was worse than expected
Grain     one row per entity, period, step and channel, and per kind of consumer, device and hour
Counts    answers about satisfaction that have both a score and what was expected, by their weight, clustered by consumer
Leaves out  answers that lack one of the two or have one off the scale. The mean of all who expected something less the mean
          of all who got something is another number: those are not the same people
Interval  t of the differences within a person, clustered by consumer
Source    Oliver 1980 (disconfirmation of expectations); HDI, experience level agreements
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.answered import ALONE, BY, EXPERIENCE, SATISFACTION, answers_to, units_of
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_difference
from wholeservice.measures.units import Units
from wholeservice.units import SHARE_POINTS

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Answers that say what was expected too; a hit is what they got less that."""
    a = answers_to(facts, (*SATISFACTION, EXPERIENCE), or_none=True)
    a = a.filter(a.expected >= a.scale_min, a.expected <= a.scale_max)
    rows = units_of(a, (a.score - a.expected) / a.width.nullif(0.0))
    return (Units("answers", rows, by=BY, alone=ALONE),)


MEASURE = Measure(
    name="expectation-gap", title="What people got against what they expected", unit=SHARE_POINTS, better="higher",
    needs=("answers",), units=units, finish=finish_difference, version=2, patch=None,
)  # fmt: skip
