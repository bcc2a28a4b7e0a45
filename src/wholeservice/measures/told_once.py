"""
Told once: the share of attempts across channels in which nobody was asked again for what was already known.

Formula   attempts in which no step was done in one channel and again in another / attempts in more than one channel. Where
          somebody judged an attempt, their newest word counts instead: about `attempt:ID`, question `asked-again`, yes or no
Unit      share          Grain  one row per entity and period, and per kind of consumer, device and hour
Counts    attempts that began in the period and are old enough to judge, clustered by consumer. A step done in two
          channels is a stand-in for being asked twice: too strict where somebody looks at a step again of their own will
Leaves out  attempts in one channel that nobody judged: whether they were asked again within it, no event can tell. So there is
          no number for a service with one channel. It cannot see two channels that answered differently
Interval  Wilson, clustered by consumer
Source    Axiologik; Wilson 1927 and Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import FAILED, LEFT
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.kinds import KINDS, with_hour
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

QUESTION, YES, NO = ("asked-again", "asked again"), "yes", "no"
ABOUT = "attempt:"  # how a judgement names an attempt


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts of which it can be known; those in which nobody was asked again are hits."""
    import ibis

    again, judged, a = _again(facts), _judged(facts), facts.attempts
    a = a.filter(a.is_matured).mutate(it=ibis.literal(ABOUT).concat(a.attempt))
    a = a.left_join(again, ["entity", "attempt"]).drop("entity_right", "attempt_right")
    a = a.left_join(judged, [a.it == judged.about_it])
    seen = (a.channels_used > 1).ifelse(a.n_again.notnull(), None)
    a = a.mutate(asked_again=a.said_again.coalesce(seen))
    a = a.filter(a.asked_again.notnull())
    once, who = a.asked_again.ifelse(0.0, 1.0), a.consumer.coalesce(a.attempt)
    rows = a.mutate(unit_at=a.started_at, cluster=who, hit=once, weight=ibis.literal(1.0))
    return (Units("attempts", with_hour(facts, rows, rows.started_at), alone=KINDS),)


def _again(facts: FactTables) -> IbisTable:
    """Attempts with steps that were done in more than one channel: entity, attempt, n_again."""
    v = facts.visits
    v = v.filter(v.step.notnull(), v.channel.notnull(), ~v.outcome.fill_null("").isin((FAILED, LEFT)))
    by_step = v.group_by(v.entity, v.attempt, v.step).aggregate(n_channels=v.channel.nunique())
    twice = by_step.filter(by_step.n_channels > 1)
    return twice.group_by(twice.entity, twice.attempt).aggregate(n_again=twice.count())


def _judged(facts: FactTables) -> IbisTable:
    """What was last said of each attempt: about_it, said_again. Of two words of one instant, the worse counts."""
    import ibis

    j = facts.judgements
    j = j.mutate(about_it=j.about.strip(), verdict=j.verdict.strip().lower(), question=j.question.strip().lower())
    j = j.filter(j.question.isin(QUESTION), j.verdict.isin((YES, NO)))
    j = j.mutate(newest_at=j.judged_at.max().over(ibis.window(group_by=j.about_it)))
    j = j.filter(j.judged_at == j.newest_at)
    return j.group_by(j.about_it).aggregate(said_again=(j.verdict == YES).any())


MEASURE = Measure(
    name="told-once", title="Never asked twice", unit=SHARE, better="higher", needs=("attempts", "visits", "judgements"),
    units=units, finish=finish_share, words=("asked-once",),
    version=2, patch=None,  # judgements are not followed from run to run
)  # fmt: skip
