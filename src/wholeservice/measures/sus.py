"""
SUS: how usable people find it, by the ten statements of the System Usability Scale.

Formula   per response 2.5 × Σ over the ten statements of (answer − 1) for the odd ones and (5 − answer) for the even ones,
          which are worded against it; then the mean of the responses. A share of it is no percentage of people: 68 is usual
Unit      score from 0 to 100          Grain  one row per entity, period, step and channel, and per kind of consumer
Counts    whole responses: answers to `sus-1` to `sus-10` on a scale from 1 to 5, asked together (one source, survey and
          instant; one attempt, person or record); or `sus`, a score from 0 to 100 that a tool made already
Leaves out  responses that lack a statement or have one off the scale: finding F136 counts them
Interval  t, clustered by consumer; under 30 responses, the bias-corrected accelerated bootstrap
Source    Brooke 1996, SUS: a quick and dirty usability scale; Sauro & Lewis, MeasuringU; Efron 1987
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures import answered as of
from wholeservice.measures.answered import ALONE, BY, SUS_ITEMS, SUS_SCORED, answers_to, points_of, responses_of, units_of
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_hundred
from wholeservice.measures.units import sum_units, union_all
from wholeservice.units import SCORE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

TURNED = SUS_ITEMS[1::2]  # the even statements: to agree is to find it hard
POINT, POINTS = 2.5, 40.0  # what a step of one statement is worth, and how many steps there are


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Score whole responses, and count them per point beside."""
    units = union_all([_responses(facts), _scored(facts)])
    return union_all([sum_units(units, periods, by=BY, alone=ALONE), *points_of(units, periods)])


def _responses(facts: FactTables) -> IbisTable:
    import ibis

    a = answers_to(facts, SUS_ITEMS)
    a = a.filter(of.is_sus_scale(a))
    a = a.mutate(steps=a.word.isin(TURNED).ifelse(a.scale_max - a.score, a.score - a.scale_min))
    r = responses_of(a, n_items=a.word.nunique(), n_answers=a.count(), point=a.steps.sum())
    r = r.filter(r.n_items == len(SUS_ITEMS), r.n_answers == len(SUS_ITEMS))
    return units_of(r, r.point * POINT, point=r.point, last=ibis.literal(POINTS))


def _scored(facts: FactTables) -> IbisTable:
    """Scores that a tool made; nobody can tell which of ten statements an answer from 1 to 5 would be to."""
    import ibis

    a = answers_to(facts, (SUS_SCORED,))
    a = a.filter(of.is_sus_range(a))
    return units_of(a, a.score, point=a.score / POINT, last=ibis.literal(POINTS))


MEASURE = Measure(
    name="sus", title="How usable people find it", unit=SCORE, better="higher", needs=("answers",), query=query,
    finish=finish_hundred, words=("system-usability-scale",), patch=None,
)  # fmt: skip
