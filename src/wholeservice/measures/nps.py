"""
NPS: those who would recommend it (9 or 10 of 10) less those who would not (0 to 6), of every hundred who answered.

Formula   100 × (promoters − detractors) / valid answers
Unit      points, −100 to 100          Grain  per entity, period, step and channel; per kind of consumer, device and hour
Counts    answers of the instrument `nps` in whole numbers from 0 to 10, by their weight, clustered by consumer
Leaves out  questions not answered or dismissed: they are no passives; scores off 0 to 10, and scales that are another one
Interval  adjusted Wald: three answers more, ¾ of them promoters and ¾ detractors; clustered by consumer
False friends  one number stands for many shapes: 50 and 50 give 0, and so do a hundred passives. Look at the loss in words
Source    Reichheld 2003; Rocks 2016, Interval estimation for the net promoter score (The American Statistician 70)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures import answered as of
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_net
from wholeservice.measures.units import Units
from wholeservice.units import NET_SCORE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables

DETRACTS, PROMOTES = 6.0, 9.0


def units(facts: FactTables) -> tuple[Units, ...]:
    """Valid answers: a promoter is a hundred, a detractor a hundred below nothing."""
    import ibis

    a = of.asked_of(facts)
    a = a.filter(a.word.isin(of.NPS), of.is_net_answer(a))
    hit = ibis.cases((a.score >= PROMOTES, 100.0), (a.score <= DETRACTS, -100.0), else_=0.0)
    return (Units("answers", of.units_of(a, hit), by=of.BY, alone=of.ALONE),)


MEASURE = Measure(
    name="nps", title="How likely people are to recommend it", unit=NET_SCORE, better="higher", needs=("answers",),
    units=units, finish=finish_net, words=("net-promoter-score", "recommend"), version=2,
)  # fmt: skip
