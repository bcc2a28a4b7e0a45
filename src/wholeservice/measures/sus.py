"""
SUS: how usable people find it, by the ten statements of the System Usability Scale.

Formula   per response 2.5 × Σ over the ten statements of (answer − 1) for the odd ones and (5 − answer) for the even ones,
          which are worded against it; then the mean of the responses. A share of it is no percentage of people: 68 is usual
Unit      score from 0 to 100          Grain  per entity, period, step and channel; per kind of consumer, device and hour
Counts    whole responses: answers to `sus-1` to `sus-10` on a scale from 1 to 5, asked together (one source, survey and
          instant; one attempt, person or record); or `sus`, a score from 0 to 100 that a tool made already
Leaves out  responses that lack a statement or have one off the scale: finding F136 counts them
Interval  t, clustered by consumer; under 30 responses, the bias-corrected accelerated bootstrap
Source    Brooke 1996, SUS: a quick and dirty usability scale; Sauro & Lewis, MeasuringU; Efron 1987
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures import answered as of
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_hundred
from wholeservice.measures.units import RESPONSES, Units, union_all
from wholeservice.units import SCORE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

TURNED = of.SUS_ITEMS[1::2]  # the even statements: to agree is to find it hard
POINT, POINTS = 2.5, 40.0  # what a step of one statement is worth, and how many steps there are


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Score whole responses, and count them per point beside."""
    return union_all([part for each in units(facts) for part in (each.summed(periods), *of.points_of(each, periods))])


def units(facts: FactTables) -> tuple[Units, ...]:
    """Whole responses, and those that a tool scored; a hit is the score."""
    return (Units(RESPONSES, union_all([_responses(facts), _scored(facts)]), by=of.BY, alone=of.ALONE),)


def _responses(facts: FactTables) -> IbisTable:
    import ibis

    a = of.answers_to(facts, of.SUS_ITEMS)
    a = a.filter(of.is_sus_scale(a))
    a = a.mutate(steps=a.word.isin(TURNED).ifelse(a.scale_max - a.score, a.score - a.scale_min))
    r = of.responses_of(a, n_items=a.word.nunique(), point=a.steps.sum())
    r = r.filter(r.n_items == len(of.SUS_ITEMS), r.n_asked == len(of.SUS_ITEMS))
    return of.units_of(r, r.point * POINT, point=r.point, last=ibis.literal(POINTS))


def _scored(facts: FactTables) -> IbisTable:
    """Scores that a tool made; nobody can tell which of ten statements an answer from 1 to 5 would be to."""
    import ibis

    a = of.answers_to(facts, (of.SUS_SCORED,))
    a = a.filter(of.is_sus_range(a))
    return of.units_of(a, a.score, point=a.score / POINT, last=ibis.literal(POINTS), place=of.place_of(a))


MEASURE = Measure(
    name="sus", title="How usable people find it", unit=SCORE, better="higher", needs=("answers",), own_query=query,
    units=units, finish=finish_hundred, words=("system-usability-scale",), version=2, patch=None,
)  # fmt: skip
