"""
Step conversion: the share of those at one step that reached the next. One minus it is the drop-out.

Formula   reached the step / reached its base: the last step before it that everybody had to pass (`derived.journeys`). An
          optional step, or one way of a choice, is a share of the step before it and never the base of the next
Unit      share          Grain  one row per entity, period, step and channel; per step also of each kind of consumer,
          device and hour; for the windows that targets ask for, also of each hour of each channel
Counts    attempts that began in the period and are old enough to judge, clustered by consumer; a step is reached as the
          service says it (`funnel:`): by default in order, within the window counted from the first step, its end included;
          one event never fills two steps. By consumer, a person's attempts count as one where it began. From counts per step:
          counted at the step / counted at its base, one source, one window, one kind of count
Leaves out  the first step (nothing comes before it); steps whose base has no number, or at which no event was ever
          seen, in any period: a name that does not match is no loss. More at a step than at its base is kept
          as the source gives it: a finding about the data
Source    ordered funnels as PostHog defines them; Wilson 1927 and Kish 1965 for the interval
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.engines.base import once_more
from wholeservice.measures.base import Measure
from wholeservice.measures.counted import STEP_COUNTS, WHERE, carried, counts, ratio, with_all_channels
from wholeservice.measures.finish import finish_share
from wholeservice.measures.kinds import HOUR, KINDS, with_hour
from wholeservice.measures.never_seen import at_its_step
from wholeservice.measures.units import Units, union_all
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Set each step against its base."""
    return union_all([*(each.summed(periods) for each in units(facts)), _from_steps(facts)])


def units(facts: FactTables) -> tuple[Units, ...]:
    """One row per attempt and step it could have reached, since it reached the base; those that reached it are hits."""
    import ibis

    a, j, base, step = facts.attempts, facts.journeys, facts.reached, once_more(facts.reached)
    at_base = base.join(j, [base.entity == j.entity_id, base.step == j.base_id])
    at_base = at_base.select(at_base.entity, at_base.attempt, next_step=at_base.step_id)
    here = [at_base.entity == step.entity, at_base.attempt == step.attempt, at_base.next_step == step.step]
    tried = at_base.left_join(step, here)
    tried = tried.select(tried.entity, tried.attempt, step=tried.next_step, hit=tried.step.notnull().ifelse(1.0, 0.0))
    rows = tried.join(with_hour(facts, a.filter(a.is_matured), a.started_at), ["entity", "attempt"])
    who = rows.consumer.coalesce(rows.attempt)
    rows = rows.mutate(unit_at=rows.started_at, cluster=who, weight=ibis.literal(1.0))
    return (Units("attempts", rows, by=("channel",), always=("step",), alone=KINDS, in_windows=(("channel", HOUR),)),)


def _from_steps(facts: FactTables) -> IbisTable:
    amounts, j = counts(facts, STEP_COUNTS), facts.journeys
    at_step = amounts.join(j, [amounts.entity == j.entity_id, amounts.step == j.step_id])
    at_step = at_step.select(*WHERE, "channel", "step", "base_id", "amount", *carried(at_step))
    at_base = amounts.rename(base_id="step")
    return with_all_channels(ratio(at_step, at_base, "channel", "base_id").drop("base_id"), "step")


MEASURE = Measure(
    name="step-conversion", title="People who go on from the step before", unit=SHARE, better="higher",
    needs=("reached", "attempts", "tallied", "journeys"), own_query=query, units=units, finish=finish_share,
    words=("conversion", "step-completion"), version=3, kept=at_its_step,
)  # fmt: skip
