"""
Ease: how easy people found it, the mean answer on a scale from 0 (hardest) to 1 (easiest).

Formula   (mean − lowest) / (highest − lowest); an answer about effort, where more is harder, is turned round
Unit      share of the scale, 0 to 1          Grain  per entity, period, step and channel; per kind of consumer, device and hour
Counts    answers of the instruments `ease` and `ces` (more is easier) and `effort` (more is harder), by their weight,
          clustered by consumer
Leaves out  questions not answered, scores off their scale or without one, and other instruments. `ease-top` is the share in
          the top of the scale: another number, under another name
Interval  t, clustered by consumer; under 30 answers, the bias-corrected accelerated bootstrap
Source    Dixon, Freeman & Toman 2010 (customer effort score) and its second version; Efron 1987
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.answered import ALONE, BY, EASE, EFFORT, answers_to, points_of, units_of
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_score
from wholeservice.measures.units import Units, union_all
from wholeservice.units import SCALE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Sum answers, and the counts per point of the scale beside them."""
    return union_all([part for each in units(facts) for part in (each.summed(periods), *points_of(each, periods))])


def units(facts: FactTables) -> tuple[Units, ...]:
    """Answers on their scale; a hit is how far towards easy it is."""
    a = answers_to(facts, (*EASE, *EFFORT))
    is_hard = a.word.isin(EFFORT)
    point = is_hard.ifelse(a.scale_max - a.score, a.score - a.scale_min)
    rows = units_of(a, is_hard.ifelse(1.0 - a.share, a.share), point=point, last=a.width)
    return (Units("answers", rows, by=BY, alone=ALONE),)


MEASURE = Measure(
    name="ease", title="How easy people find it", unit=SCALE, better="higher", needs=("answers",), own_query=query,
    units=units, finish=finish_score, words=("ces", "customer-effort-score"), version=2,
)  # fmt: skip
