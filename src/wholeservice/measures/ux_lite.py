"""
UX-Lite: whether people find it useful and easy, by two statements.

Formula   per response the mean of both answers, each put on a scale from 0 to 100 in a straight line; then the mean of the
          responses. Not 0.65 x + 22.9, which guesses what SUS would have been
Unit      score from 0 to 100          Grain  per entity, period, step and channel; per kind of consumer, device and hour
Counts    whole responses: `ux-lite-useful` ("does what I need") and `ux-lite-easy` ("is easy to use"), asked together, on
          one scale
Leaves out  responses that lack a statement or have one off its scale: finding F136 counts them
Interval  t, clustered by consumer; under 30 responses, the bias-corrected accelerated bootstrap
Source    Lewis, Utesch & Maher 2013 (UMUX-LITE); Lewis & Sauro 2020, MeasuringU (UX-Lite); Efron 1987
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.answered import ALONE, BY, UX_LITE_ITEMS, answers_to, points_of, responses_of, units_of
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_hundred
from wholeservice.measures.units import RESPONSES, Units, union_all
from wholeservice.units import SCORE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Score whole responses, and count them per point beside."""
    return union_all([part for each in units(facts) for part in (each.summed(periods), *points_of(each, periods))])


def units(facts: FactTables) -> tuple[Units, ...]:
    """Whole responses; a hit is the mean of both answers, from 0 to 100."""
    a = answers_to(facts, UX_LITE_ITEMS)
    a = a.mutate(steps=a.score - a.scale_min)
    sums = {"last": a.width.sum(), "point": a.steps.sum()}
    r = responses_of(a, n_items=a.word.nunique(), n_scales=a.width.nunique(), **sums)
    n = len(UX_LITE_ITEMS)
    r = r.filter(r.n_items == n, r.n_asked == n, r.n_scales == 1)
    rows = units_of(r, 100.0 * r.point / r.last.nullif(0.0), point=r.point, last=r.last)
    return (Units(RESPONSES, rows, by=BY, alone=ALONE),)


MEASURE = Measure(
    name="ux-lite", title="How useful and easy people find it", unit=SCORE, better="higher", needs=("answers",),
    own_query=query, units=units, finish=finish_hundred, words=("umux-lite",), version=2, patch=None,
)  # fmt: skip
