"""
Experience in failure: how satisfied people are whose attempt met a failure, less how satisfied those beside them are.

Formula   Σ over those who met a failure of (their answer − the mean answer of those who met none in the same week, channel
          and step) / those who met a failure
Unit      percentage points of the scale          Grain  one row per entity, period, step and channel
Counts    answers about satisfaction that name their attempt, by their weight, clustered by consumer. An attempt met a failure
          when a call of it failed, or when an incident of its service, or of a part that it called, lasted while it did
Leaves out  weeks, channels and steps in which only the ones or only the others answered. Weeks are those of UTC
False friends  it says what goes together, not what causes what: those who met a failure may have come at a worse hour
Interval  t, clustered by consumer; the mean of those beside counts as measured, not as known
Source    matching with one stratum per week, channel and step: Cochran 1968; effect on those exposed: Imbens 2004
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import in_production, whole_seconds
from wholeservice.measures.answered import BY, SATISFACTION, answers_to, on_grid, units_of
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_difference
from wholeservice.measures.units import PERIOD, Units, in_periods
from wholeservice.units import SHARE_POINTS

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

WEEK_S, MONDAY_S = 604800.0, 345600.0  # 1970 began on a Thursday
ALIKE = ("entity", *PERIOD, "week", "at_step", "in_channel")


def units(facts: FactTables) -> tuple[Units, ...]:
    """Answers that name their attempt: those who met a failure, and those beside them."""
    a = answers_to(facts, SATISFACTION, or_none=True)
    answers = units_of(a.filter(a.attempt.notnull()), a.share)
    met = _met(facts, answers).mutate(has_met=True)
    answers = answers.left_join(met, ["entity", "attempt"]).drop("entity_right", "attempt_right")
    answers = answers.mutate(
        has_met=answers.has_met.fill_null(False), at_step=answers.step.fill_null(""), in_channel=answers.channel.fill_null(""),
        week=((whole_seconds(answers.unit_at).cast("float64") - MONDAY_S) / WEEK_S).floor(),
    )  # fmt: skip
    return (Units("answers", answers, by=BY, dated=_against),)


def _met(facts: FactTables, answers: IbisTable) -> IbisTable:
    """Return the attempts that met a failure, of those that somebody answered about: entity and attempt, each once."""
    a, e, i = facts.attempts, facts.exposures, in_production(facts.incidents)
    a = a.select(a.entity, a.attempt, a.started_at, a.ended_at).semi_join(answers, ["entity", "attempt"])
    failed = a.semi_join(e.filter(e.failed_any), ["attempt"]).select("entity", "attempt")
    called = a.join(e.select(e.attempt, e.part).distinct(), ["attempt"])
    stood = called.select(*a.columns, "part").union(a.mutate(part=a.entity))
    harm = i.filter(i.entity.notnull()).select(harmed=i.entity, from_at=i.started_at, to_at=i.restored_at)
    during = [stood.part == harm.harmed, harm.from_at <= stood.ended_at, harm.to_at.isnull() | (harm.to_at >= stood.started_at)]
    return failed.union(stood.semi_join(harm, during).select("entity", "attempt")).distinct()


def _against(answers: IbisTable, periods: IbisTable) -> IbisTable:
    """Units of which those who met a failure count, and those beside them only vary."""
    u = in_periods(answers, periods)
    beside = u.weight * u.has_met.ifelse(0.0, 1.0)
    groups = u.group_by(list(ALIKE)).aggregate(
        n_met=(u.weight - beside).sum(), n_beside=beside.sum(), total=(u.hit * beside).sum()
    )
    groups = groups.filter(groups.n_met > 0, groups.n_beside > 0)
    groups = groups.mutate(usual=groups.total / groups.n_beside.nullif(0.0), times=groups.n_met / groups.n_beside.nullif(0.0))
    u = u.join(groups, list(ALIKE))
    above = u.hit - u.usual
    return u.mutate(
        hit=on_grid(u.has_met.ifelse(above, -above * u.times)), counts=u.has_met.ifelse(u.weight, 0.0)
    )  # fmt: skip


MEASURE = Measure(
    name="experience-in-failure", title="Satisfaction of those who met a failure against those beside them", unit=SHARE_POINTS,
    better="higher", needs=("answers", "attempts", "exposures", "incidents"), units=units,
    finish=finish_difference, patch=None,
)  # fmt: skip
