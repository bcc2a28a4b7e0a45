"""
CSAT: the share of ratings in the top two of the scale.

Formula   ratings in the top two of their scale / valid ratings; on a scale of two or three points, in the top one
Unit      share          Grain  per entity, period, step and channel; per kind of consumer, device and hour
Counts    answers of the instrument `csat`, by their weight, clustered by consumer
Leaves out  questions not answered, ratings off their scale or without one, scales of more than eleven points, and other
          instruments. It says less than the mean of the same answers (`satisfaction`): a 1 and a 3 of 5 are alike to it
Interval  Wilson, clustered by consumer
Source    customer satisfaction score as survey tools define it; Wilson 1927 and Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.answered import ALONE, BY, CSAT, answers_to, has_top_two, is_top, units_of
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Ratings on a scale that has a top; those in it are hits."""
    a = answers_to(facts, CSAT)
    a = a.filter(has_top_two(a))
    return (Units("answers", units_of(a, is_top(a, a.score).ifelse(1.0, 0.0)), by=BY, alone=ALONE),)


MEASURE = Measure(
    name="csat", title="People who are satisfied", unit=SHARE, better="higher", needs=("answers",),
    units=units, finish=finish_share, words=("satisfied",), version=2,
)  # fmt: skip
