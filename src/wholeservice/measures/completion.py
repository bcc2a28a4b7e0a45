"""
Completion: the share of those who began that got to an end.

Formula   attempts that reached a legitimate end ("you are not eligible" is one) / attempts that began in the period and are
          old enough to judge. From counts per step: counted at the last step / counted at the first
Unit      share          Grain  one row per entity, period and channel, and per kind of consumer, device and hour; for
          the windows that targets ask for, also per hour of each channel
Counts    attempts, clustered by consumer. Counts per step are of visits, not of the same people: both steps come from one
          source, one window and one kind of count, and the interval is the variation between periods
Leaves out  attempts too young to judge; events of a service of which nobody was ever seen at an end, in any period: a name
          that does not match is no loss; periods in which either step has no number; a service without a journey, unless the
          source says what was done. Counted at the last step above the first is kept as given: a finding about the data
Source    GOV.UK Service Standard, mandatory key performance indicators (completion rate); Wilson 1927 and Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import Measure
from wholeservice.measures.counted import (
    STEP_COUNTS,
    WHERE,
    carried,
    counts,
    first_of,
    gathered,
    ratio,
    stated,
    with_all_channels,
)
from wholeservice.measures.finish import finish_share
from wholeservice.measures.kinds import HOUR, KINDS, with_hour
from wholeservice.measures.never_seen import at_an_end
from wholeservice.measures.units import Units, union_all
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

STATED = ("completion", "completion rate", "completion-rate")


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Set ends against starts."""
    attempts = [each.summed(periods) for each in units(facts)]
    said = stated(facts, STATED).filter(lambda t: t.step.isnull()).drop("step", "currency")
    counted = [with_all_channels(part) for part in (said, _from_steps(facts))]
    return union_all([*attempts, *first_of(counted, "channel")])


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts that are old enough to judge; those that got to an end are hits."""
    import ibis

    a = facts.attempts
    a = a.filter(a.is_matured)
    done = a.finished_at.notnull().ifelse(1.0, 0.0)
    who = a.consumer.coalesce(a.attempt)
    rows = a.mutate(unit_at=a.started_at, cluster=who, hit=done, weight=ibis.literal(1.0))
    rows = with_hour(facts, rows, rows.started_at)
    return (Units("attempts", rows, by=("channel",), alone=KINDS, in_windows=(("channel", HOUR),)),)


def _from_steps(facts: FactTables) -> IbisTable:
    amounts, journeys = counts(facts, STEP_COUNTS), facts.journeys
    first = journeys.filter(journeys.position == 0)
    ends = journeys.filter(journeys.is_end)
    begun = amounts.join(first, [amounts.entity == first.entity_id, amounts.step == first.step_id])
    begun = begun.select(*WHERE, "channel", "amount", *carried(begun))
    ended = amounts.join(ends, [amounts.entity == ends.entity_id, amounts.step == ends.step_id])
    ended = ended.group_by([*WHERE, "channel"]).aggregate(amount=ended.amount.sum(), **gathered(ended))
    return ratio(ended, begun, "channel")


MEASURE = Measure(
    name="completion", title="People who finish", unit=SHARE, better="higher", needs=("attempts", "tallied", "journeys"),
    own_query=query, units=units, finish=finish_share, words=("completion-rate", "finish"), version=3, kept=at_an_end,
)  # fmt: skip
