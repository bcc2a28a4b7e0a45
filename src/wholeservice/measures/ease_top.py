"""
Ease, top of the scale: the share of people who found it easy.

Formula   answers in the top two of their scale / valid answers; on a scale of two or three points, in the top one. Of an
          answer about effort, where more is harder, the lowest two
Unit      share          Grain  one row per entity, period, step and channel, and per kind of consumer, device and hour
Counts    answers of the instruments `ease`, `ces` and `effort`, by their weight, clustered by consumer
Leaves out  questions not answered, scores off their scale or without one, scales of more than eleven points. The mean of the
          same answers is `ease`
Interval  Wilson, clustered by consumer
Source    MeasuringU, scoring of the customer effort score; Wilson 1927 and Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.answered import ALONE, BY, EASE, EFFORT, answers_to, has_top_two, is_top, units_of
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Answers on a scale that has a top; those in it, or in the lowest of effort, are hits."""
    a = answers_to(facts, (*EASE, *EFFORT))
    a = a.filter(has_top_two(a))
    turned = a.word.isin(EFFORT).ifelse(a.scale_max + a.scale_min - a.score, a.score)
    return (Units("answers", units_of(a, is_top(a, turned).ifelse(1.0, 0.0)), by=BY, alone=ALONE),)


MEASURE = Measure(
    name="ease-top", title="People who find it easy", unit=SHARE, better="higher", needs=("answers",),
    units=units, finish=finish_share, words=("easy",), version=2,
)  # fmt: skip
