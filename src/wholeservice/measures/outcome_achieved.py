"""
Outcome achieved: the share of those who finished and say that they got what they came for.

Formula   answers above the middle of the scale (a yes) / valid answers, of people who finished
Unit      share          Grain  one row per entity, period, step and channel, and per kind of consumer, device and hour
Counts    answers of the instrument `outcome`, by their weight, clustered by consumer
Leaves out  answers about an attempt that is known not to have finished; questions not answered, or off their scale. To have
          finished is an output: `completion`. Refunds, returns and complaints are not looked at, only people's own word
Interval  Wilson, clustered by consumer
Source    Tedder (output, outcome and value); Wilson 1927 and Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.answered import ALONE, BY, OUTCOME, answers_to, is_good, units_of
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Answers about attempts that are not known to have come to no end; a yes is a hit."""
    a, tried = answers_to(facts, (OUTCOME,)), facts.attempts
    open_ends = tried.filter(tried.finished_at.isnull()).select(tried.entity, tried.attempt)
    a = a.anti_join(open_ends, ["entity", "attempt"])
    return (Units("answers", units_of(a, is_good(a).ifelse(1.0, 0.0)), by=BY, alone=ALONE),)


MEASURE = Measure(
    name="outcome-achieved", title="People who got what they came for", unit=SHARE, better="higher",
    needs=("answers", "attempts"), units=units, finish=finish_share, words=("outcome",), version=2, patch=None,
)  # fmt: skip
