"""
Response bias: what satisfaction would be if those who answered were like all who tried, less what it is.

Formula   Σ over channels and outcomes of (share of all attempts) × (mean answer) − mean answer of all who answered
Unit      percentage points of the scale; below 0 those who answered are kinder than all would be
Grain     one row per entity and period
Counts    answers about satisfaction that name their attempt, by their weight, clustered by consumer; all attempts that began
          in the period and are old enough to judge, by the channel they began in and how they ended (done, failed, left)
Leaves out  attempts of a channel and outcome of which fewer than two answered: too little is known of them. Where no answer
          names its attempt there is no value, and the reason. People who differ in what nobody recorded are not weighed
Interval  t of the weighted less the plain mean (linearised), clustered by consumer
Source    OMB Circular A-11, section 280; post-stratification: Holt & Smith 1979; Cochran 1977, Sampling Techniques, 5A
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.answered import SATISFACTION, answers_to, on_grid, units_of
from wholeservice.measures.base import Measure, Statistics, Value
from wholeservice.measures.finish import finish_difference
from wholeservice.measures.units import PERIOD, Units, in_periods, union_all
from wholeservice.units import SHARE_POINTS

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

CELL = ("entity", *PERIOD)
ALIKE = (*CELL, "began_in", "ended_as")
LEAST = 2  # answers of a kind: of one alone nobody knows how far others are from it
NO_ATTEMPT = "no answer names an attempt that can be judged, so nobody knows how those who answered differ from the others"


def units(facts: FactTables) -> tuple[Units, ...]:
    """Answers that can be weighed; where there are none, all answers, and none adds to anything but n."""
    a, tried = answers_to(facts, SATISFACTION, or_none=True), _tried(facts)

    def dated(rows: IbisTable, periods: IbisTable) -> IbisTable:
        answers = in_periods(rows, periods)
        weighed = _weighed(answers, tried, periods)
        lone = answers.anti_join(weighed, list(CELL)).mutate(hit=0.0, weight=0.0)
        return union_all([weighed, lone])

    return (Units("answers", units_of(a, a.share), dated=dated),)


def _tried(facts: FactTables) -> IbisTable:
    a = facts.attempts.filter(facts.attempts.is_matured)
    return a.select(a.entity, a.attempt, began_in=a.channel.fill_null(""), ended_as=a.outcome, unit_at=a.started_at)


def _weighed(answers: IbisTable, tried: IbisTable, periods: IbisTable) -> IbisTable:
    """Answers with what each adds to the difference, whose mean is the difference and whose spread is its own.

    That is `w (x − mean of those alike) − (x − plain mean) + difference`, w being how many times too few answered of its kind.
    """
    a = answers.join(tried.drop("unit_at"), ["entity", "attempt"])
    population = in_periods(tried.semi_join(answers, ["entity"]), periods)
    population = population.group_by(list(ALIKE)).aggregate(n_tried=population.count().cast("float64"))
    g = a.group_by(list(ALIKE)).aggregate(n_said=a.weight.sum(), total=(a.hit * a.weight).sum(), n_rows=a.count())
    g = g.filter(g.n_rows >= LEAST, g.n_said > 0).join(population, list(ALIKE))
    g = g.mutate(usual=on_grid(g.total / g.n_said.nullif(0.0)))
    whole = g.group_by(list(CELL)).aggregate(
        tried=g.n_tried.sum(), said=g.n_said.sum(), weighed=(g.usual * g.n_tried).sum(), plain=g.total.sum()
    )
    g = g.select(*ALIKE, "n_tried", "n_said", "usual").join(whole, list(CELL))
    g = g.select(
        *ALIKE, "usual", times=(g.n_tried * g.said) / (g.n_said * g.tried).nullif(0.0),
        weighed=g.weighed / g.tried.nullif(0.0), plain=g.plain / g.said.nullif(0.0),
    )  # fmt: skip
    a = a.join(g, list(ALIKE))
    adds = a.times * (a.hit - a.usual) - (a.hit - a.plain) + (a.weighed - a.plain)
    return a.mutate(hit=on_grid(adds))


def finish(sums: Statistics) -> Value:
    """Finish a difference, or say that it takes attempts."""
    if sums.n > 0 and sums.denominator <= 0:
        return Value(None, None, sums.n, NO_ATTEMPT)
    return finish_difference(sums)


MEASURE = Measure(
    name="response-bias", title="What satisfaction would gain if all had answered", unit=SHARE_POINTS, better="neither",
    needs=("answers", "attempts"), units=units, finish=finish, patch=None,
)  # fmt: skip
