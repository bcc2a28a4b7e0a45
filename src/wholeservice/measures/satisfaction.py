"""
Satisfaction: the mean answer, put on a scale from 0 (worst) to 1 (best).

Formula   (mean − lowest) / (highest − lowest); for a scale from 1 that is (mean − 1) / (scale − 1)
Unit      share of the scale, 0 to 1          Grain  one row per entity, period, step and channel
Counts    answers with a score to a question about satisfaction, by their weight, clustered by consumer; or somebody else's
          counts per point of the scale, lowest first
Leaves out  questions not answered, scores off their scale or without one, and other instruments (NPS, effort, ease), which
          measure something else
Interval  t, clustered by consumer; under 30 answers, the bias-corrected accelerated bootstrap
Source    GOV.UK Performance Platform, user satisfaction; Efron 1987
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import Measure
from wholeservice.measures.counted import HISTOGRAM, WHERE, first_of, gathered, stated, with_all_channels
from wholeservice.measures.finish import finish_score
from wholeservice.measures.units import PERIOD, Units, in_periods, union_all
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

INSTRUMENTS = ("satisfaction", "gds", "csat")
RATINGS = ("answers", "ratings", "satisfaction")
STATED = ("satisfaction", "user satisfaction", "user-satisfaction")
MOST_POINTS = 101


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Sum answers, and the counts per point of the scale beside them."""
    answers = units(facts)
    said = stated(facts, STATED).drop("currency")
    said = said.mutate(squares=said.numerator)  # the most that answers between 0 and 1 with this mean can spread
    counted = [with_all_channels(part, "step") for part in (_from_histograms(facts), said)]
    summed = [part for each in answers for part in (each.summed(periods), *_points(each.rows, periods))]
    return union_all([*summed, *first_of(counted, "step", "channel")])


def units(facts: FactTables) -> tuple[Units, ...]:
    """Answers with a score on their scale; a hit is how far up the scale it is."""
    a = facts.answers
    is_ours = a.instrument.isnull() | a.instrument.strip().lower().isin(INSTRUMENTS)
    on_scale = (a.score >= a.scale_min) & (a.score <= a.scale_max) & (a.scale_max > a.scale_min)
    a = a.filter(a.entity.notnull(), is_ours, on_scale)
    who = a.consumer.coalesce(a.source.concat(":", a.record, ":", a.part))
    rows = a.mutate(
        unit_at=a.answered_at.coalesce(a.asked_at), cluster=who, weight=a.weight.coalesce(1.0),
        hit=(a.score - a.scale_min) / (a.scale_max - a.scale_min), point=a.score - a.scale_min, last=a.scale_max - a.scale_min,
    )  # fmt: skip
    return (Units("answers", rows, by=("step", "channel")),)


def _points(units: IbisTable, periods: IbisTable) -> list[IbisTable]:
    """The same answers once more, as counts per point: rows of one cell add up, so each point is a row of its own."""
    import ibis

    whole = (units.point == units.point.floor()) & (units.last == units.last.floor()) & (units.last < MOST_POINTS)
    dated = in_periods(units.filter(whole), periods)
    parts = []
    for named in ((), ("step",), ("channel",), ("step", "channel")):
        kept = dated.filter([dated[name].notnull() for name in named]) if named else dated
        per_point = kept.group_by(["entity", *PERIOD, *named, "point", "last"]).aggregate(amount=kept.weight.sum())
        points = ibis.range((per_point.last + 1).cast("int64"))
        at_point = points.map(lambda each, p=per_point: (each == p.point).ifelse(p.amount, 0.0))
        parts.append(per_point.mutate(histogram=at_point).drop("point", "last", "amount"))
    return parts


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
    name="satisfaction", title="How satisfied people are", unit=SHARE, better="higher", needs=("answers", "tallied"),
    query=query, units=units, finish=finish_score, words=("user-satisfaction",),
)  # fmt: skip
