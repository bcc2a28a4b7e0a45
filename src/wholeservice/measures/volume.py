"""
Volume: how many times a service was used.

Formula   transactions, as counted by a source; where none is, attempts that began. By step: what a source counted there;
          where none did, attempts that reached it, each once, as `step-conversion` counts them
Unit      count          Grain  one row per entity, period, channel and step; of the whole also per kind of
          consumer, device and hour
Counts    a full count: the interval is the variation between periods, never sampling
Leaves out  periods that the events do not cover whole; a missing number, which is never a 0; a service that did not report
          lowers `reporting`, not the number of those that did
Source    GOV.UK Service Standard, mandatory key performance indicators (volume)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import FULL_COUNT, Measure
from wholeservice.measures.counted import STEP_COUNTS, TRANSACTIONS, counts, totals, with_all_channels
from wholeservice.measures.finish import finish_count
from wholeservice.measures.kinds import KINDS, with_hour
from wholeservice.measures.units import Units, union_all
from wholeservice.units import COUNT

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Count transactions, attempts, and attempts at each step."""
    return union_all([*_counted(facts), *_seen(facts, periods)])


def _counted(facts: FactTables) -> list[IbisTable]:
    used = counts(facts, TRANSACTIONS).filter(lambda t: t.step.isnull())
    at_steps = with_all_channels(counts(facts, STEP_COUNTS).filter(lambda t: t.step.notnull()), "step")
    parts = [totals(used), used.filter(used.channel.notnull()), at_steps]
    return [part.mutate(n=part.amount).rename(numerator="amount") for part in parts]


def _seen(facts: FactTables, periods: IbisTable) -> list[IbisTable]:
    parts = [each.summed(periods.filter(periods.is_whole)) for each in units(facts)]
    return [part.drop("clusters", "cluster_aa", "cluster_ab", "cluster_bb") for part in parts]


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts that began; those that reached each step. An event is no attempt: who comes to a step twice counts once."""
    import ibis

    one = {"cluster": ibis.literal(""), "hit": ibis.literal(1.0), "weight": ibis.literal(1.0)}
    begun, reached = with_hour(facts, facts.attempts, facts.attempts.started_at), facts.reached
    at_step = reached.select(reached.entity, reached.attempt, reached.step).join(begun, ["entity", "attempt"])
    return (
        Units("attempts", begun.mutate(unit_at=begun.started_at, **one), by=("channel",), alone=KINDS),
        Units("attempts", at_step.mutate(unit_at=at_step.started_at, **one), by=("channel",), always=("step",)),
    )


MEASURE = Measure(
    name="volume", title="How often it is used", unit=COUNT, better="neither", needs=("tallied", "attempts", "reached"),
    own_query=query, units=units, finish=finish_count, basis=FULL_COUNT, words=("transactions", "attempts", "users"), version=3,
)  # fmt: skip
