"""Exposures: which parts an attempt met at each step, who called them, and whether they failed.

Shape    one row per attempt, step, caller, state of the calling span and part: attempt, step, caller (entity; null when the
         calling span was not recorded), caller_failed (null for the step and the unrecorded), is_root (the step itself
         called), part, failed_any, failed_last (the last try), n_calls, n_failed, n_callers (calling spans), weight
         (attempts this one stands for where traces are sampled)
Reads    calls whose trace is the attempt, in production; names resolved; a caller is the part behind the parent span, else
         the caller the source names
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice.derived.base import Derived, in_production
from wholeservice.facts.identity import FactTables

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import BooleanValue
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine
    from wholeservice.periods import Period


def build(facts: FactTables) -> IbisTable:
    """Join each call to the call that made it, and fold repeated calls into one row with the state of the last try."""
    calls = in_production(facts.calls).filter(lambda t: t.entity.notnull())
    parents = calls.select(trace_of=calls.trace, span_of=calls.span, calling=calls.entity, caller_failed=calls.failed)
    joined = calls.left_join(parents, [calls.trace == parents.trace_of, calls.parent == parents.span_of])
    c = joined.mutate(is_root=joined.parent.isnull() & joined.caller.isnull(), calling=joined.calling.coalesce(joined.caller))
    keys = {"attempt": c.trace, "step": c.step, "caller": c.calling, "is_root": c.is_root, "part": c.entity}
    return c.group_by(**keys, caller_failed=c.caller_failed).aggregate(
        failed_any=c.failed.any(),
        failed_last=_failed_last(c),
        n_calls=c.count(),
        n_failed=c.failed.sum(),
        n_callers=c.parent.nunique(),
        weight=c.weight.max().fill_null(1.0),
    )


def _failed_last(calls: IbisTable) -> BooleanValue:
    """The state of the call that began last; of two that began at the same instant, that of the one that failed."""
    return (calls.started_at.max(where=calls.failed) == calls.started_at.max()).fill_null(False)


NO_STEP = "no step recorded"
ASKED = "asked_exposures"  # the table of the attempts somebody asked about


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen of the units behind one target in one period, as Arrow tables in a fixed order.

    units   attempt, consumer, channel, began_at, lost_step (null: not lost), weight (null: none of its calls were recorded)
    edges   exposures at the steps where a unit was lost or a call failed
    used    part, n: visits to a step in which the part was seen
    """

    units: pa.Table
    edges: pa.Table
    used: pa.Table


def observe(engine: Engine, entity: str, period: Period, step: str | None = None) -> Observed:
    """
    Read what a loss map needs of the attempts that started in *period* and can be judged by now.

    Shape    a unit is an attempt, lost at the step where it ended; with *step*, an attempt that reached what comes before the
             step, lost when it did not reach the step (as `step-conversion` counts)
    """
    facts = FactTables(engine)
    a = facts.attempts
    a = a.filter(a.entity == entity, a.is_matured, a.started_at >= period.from_at, a.started_at < period.to_at)
    lost = (a.outcome == "done").ifelse(None, a.failed_step.coalesce(a.last_step, NO_STEP))
    a = a.select(a.entity, a.attempt, a.consumer, a.channel, began_at=a.started_at, lost_step=lost)
    return _observed(engine, facts.exposures, _at_step(facts, a, step) if step else a.drop("entity"))


def observe_attempts(engine: Engine, entity: str, attempts: pa.Table) -> Observed:
    """Read the same of some attempts, whenever they started: a table with the column attempt."""
    facts = FactTables(engine)
    engine.add(ASKED, attempts)
    a = facts.attempts.filter(facts.attempts.entity == entity).semi_join(engine.table(ASKED), ["attempt"])
    lost = (a.outcome == "done").ifelse(None, a.failed_step.coalesce(a.last_step, NO_STEP))
    return _observed(engine, facts.exposures, a.select(a.attempt, a.consumer, a.channel, lost_step=lost))


def _at_step(facts: FactTables, attempts: IbisTable, step: str) -> IbisTable:
    """Keep the attempts that reached the step's base; those that went on were not lost here."""
    journeys, reached = facts.journeys, facts.reached
    base = journeys.filter(journeys.step_id == step).select(owner=journeys.entity_id, base=journeys.base_id)
    at_base = reached.join(base, [reached.entity == base.owner, reached.step == base.base])
    attempts = attempts.semi_join(at_base, ["entity", "attempt"])
    went_on = reached.filter(reached.step == step).select(reached.entity, reached.attempt, went_on=True)
    joined = attempts.left_join(went_on, ["entity", "attempt"])
    lost = joined.went_on.isnull().ifelse(joined.lost_step, None)
    return joined.select(joined.attempt, joined.consumer, joined.channel, joined.began_at, lost_step=lost)


def observe_part(engine: Engine, part: str, period: Period) -> Observed:
    """
    Read what a loss map needs of the visits in which *part* was called in *period*.

    Shape    a unit is one attempt at one step (`attempt/step`) that called the part; it is lost when a call to the part failed
    """
    facts = FactTables(engine)
    a, e = facts.attempts, facts.exposures
    a = a.filter(a.started_at >= period.from_at, a.started_at < period.to_at).select(
        a.attempt, a.consumer, a.channel, began_at=a.started_at
    )
    e = e.semi_join(a, [e.attempt == a.attempt])
    e = e.mutate(visit=e.attempt + "/" + e.step.fill_null(""))
    mine = (
        e.filter(e.part == part).group_by(e.visit, of_attempt=e.attempt).aggregate(failed=e.failed_any.any(), step=e.step.max())
    )
    units = mine.join(a, [mine.of_attempt == a.attempt])
    units = units.select(attempt=units.visit, consumer=units.consumer, channel=units.channel, began_at=units.began_at,
                         lost_step=units.failed.ifelse(units.step.fill_null(""), None))  # fmt: skip
    return _observed(engine, e.drop("attempt").rename(attempt="visit"), units)


def _observed(engine: Engine, exposures: IbisTable, units: IbisTable) -> Observed:
    e = exposures.semi_join(units, [exposures.attempt == units.attempt])
    weights = e.group_by(recorded=e.attempt).aggregate(weight=e.weight.max())
    weighed = units.left_join(weights, [units.attempt == weights.recorded]).drop("recorded").order_by("attempt")
    used = e.select(e.attempt, e.step, e.part).distinct()
    used = used.group_by(used.part).aggregate(n=used.count()).order_by("part")
    return Observed(engine.run(weighed), engine.run(_troubled(e, units)), engine.run(used))


def _troubled(exposures: IbisTable, attempts: IbisTable) -> IbisTable:
    """Keep the visits in which something failed or the attempt was lost; a call without a step counts for the step lost at."""
    lost = attempts.select(which=attempts.attempt, lost_step=attempts.lost_step)
    e = exposures.left_join(lost, [exposures.attempt == lost.which])
    e = e.mutate(step=e.step.coalesce(e.lost_step)).drop("which")
    failing = e.filter(e.failed_any | (e.step == e.lost_step)).select(at_attempt=e.attempt, at_step=e.step).distinct()
    kept = e.semi_join(failing, [e.attempt == failing.at_attempt, e.step == failing.at_step])
    return kept.order_by("attempt", "step", "caller", "part", "caller_failed")


EXPOSURES = Derived(name="exposures", needs=("calls",), build=build, key=("attempt",))
