"""
Satisfaction: the mean answer, put on a scale from 0 (worst) to 1 (best).

Formula   (mean − lowest) / (highest − lowest); for a scale from 1 that is (mean − 1) / (scale − 1)
Unit      share of the scale, 0 to 1          Grain  per entity, period, step and channel; per kind of consumer, device and hour
Counts    answers with a score to a question about satisfaction, by their weight, clustered by consumer; or somebody else's
          counts per point of the scale, lowest first
Leaves out  questions not answered, scores off their scale or without one, and other instruments (NPS, effort, ease), which
          measure something else
Interval  t, clustered by consumer; under 30 answers, the bias-corrected accelerated bootstrap
Source    GOV.UK Performance Platform, user satisfaction; Efron 1987
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.answered import ALONE, BY, SATISFACTION, answers_to, points_of, units_of
from wholeservice.measures.base import Measure
from wholeservice.measures.counted import HISTOGRAM, WHERE, first_of, gathered, stated, with_all_channels
from wholeservice.measures.finish import finish_score
from wholeservice.measures.units import Units, union_all
from wholeservice.units import SCALE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

RATINGS = ("answers", "ratings", "satisfaction")
STATED = ("satisfaction", "user satisfaction", "user-satisfaction")


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Sum answers, and the counts per point of the scale beside them."""
    answers = units(facts)
    said = stated(facts, STATED).drop("currency")
    said = said.mutate(squares=said.numerator)  # the most that answers between 0 and 1 with this mean can spread
    counted = [with_all_channels(part, "step") for part in (_from_histograms(facts), said)]
    summed = [part for each in answers for part in (each.summed(periods), *points_of(each, periods))]
    return union_all([*summed, *first_of(counted, "step", "channel")])


def units(facts: FactTables) -> tuple[Units, ...]:
    """Answers with a score on their scale; a hit is how far up the scale it is."""
    a = answers_to(facts, SATISFACTION, or_none=True)
    rows = units_of(a, a.share, point=a.score - a.scale_min, last=a.width)
    return (Units("answers", rows, by=BY, alone=ALONE),)


def _from_histograms(facts: FactTables) -> IbisTable:
    import ibis

    t = facts.tallied
    t = t.filter(t.of.isin(RATINGS), t.statistic == HISTOGRAM, t.histogram.length() > 1)
    each = t.unnest(t.histogram.name("answers"), offset="place", keep_empty=False)
    score = each.place / (each.histogram.length() - 1)
    cell = [*WHERE, "step", "channel"]
    n = each.answers.sum()
    return each.group_by(cell).aggregate(
        n=n, numerator=(each.answers * score).sum(), denominator=n, squares=(each.answers * score * score).sum(),
        histogram=ibis.array([each.histogram.arbitrary()])[0], **gathered(each, of=each.place == 0),
    )  # fmt: skip


MEASURE = Measure(
    name="satisfaction", title="How satisfied people are", unit=SCALE, better="higher", needs=("answers", "tallied"),
    own_query=query, units=units, finish=finish_score, words=("user-satisfaction",), version=2,
)  # fmt: skip
