"""
Time to convert: how long half of those who got there took at most, to the end or from one step to the next.

Formula   the median time from the first event to the first that reaches an end; by step: from when its base was first reached
          to when the step was (`derived.journeys` says which step is its base). A target may name another share (`p90 ...`)
Unit      seconds          Grain  one row per entity, period, channel and step (none: the whole
          journey); per step and for the whole also of each kind of consumer, device and hour
Counts    attempts that began in the period, are old enough to judge and got there, in buckets 1.6 to 3.1 % wide: a number is at
          most 1.6 % from a time that was observed. Times are whole seconds
Leaves out  those who never got there: how many they are says `completion` or `step-conversion`, and a journey that only the
          quick finish looks quick. Who goes back and forth is timed from the first time they were at the base
Interval  order statistics; attempts of one consumer are taken for as alike as can be
Source    funnels as PostHog times them; David & Nagaraja 2003, 7.1; Woodruff 1952; Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import whole_seconds
from wholeservice.engines.base import once_more
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_durations
from wholeservice.measures.kinds import KINDS, with_hour
from wholeservice.measures.units import Units
from wholeservice.units import SECONDS

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts that got to an end; and attempts per step that they reached from its base."""
    import ibis

    a = facts.attempts
    a = with_hour(facts, a.filter(a.is_matured), a.started_at)
    a = a.mutate(unit_at=a.started_at, cluster=a.consumer.coalesce(a.attempt), hit=ibis.literal(1.0), weight=ibis.literal(1.0))
    done = a.filter(a.finished_at.notnull())
    done = done.mutate(lasted_s=whole_seconds(done.finished_at) - whole_seconds(done.started_at))
    between = Units("attempts", _between_steps(facts, a), by=("channel",), always=("step",), alone=KINDS)
    return (Units("attempts", done, by=("channel",), alone=KINDS), between)


def _between_steps(facts: FactTables, attempts: IbisTable) -> IbisTable:
    """One row per attempt and step it reached from another."""
    here, base = facts.reached, once_more(facts.reached)
    from_base = here.join(base, [here.entity == base.entity, here.attempt == base.attempt, here.base == base.step])
    lasted_s = whole_seconds(from_base.reached_at) - whole_seconds(from_base.reached_at_right)
    took = from_base.select(from_base.entity, from_base.attempt, from_base.step, lasted_s=lasted_s)
    return attempts.join(took, ["entity", "attempt"])


MEASURE = Measure(
    name="time-to-convert", title="How long it takes those who get there", unit=SECONDS, better="lower",
    needs=("attempts", "reached"), units=units, finish=finish_durations, at=finish_durations,
    words=("time-to-finish",), version=2,
)  # fmt: skip
