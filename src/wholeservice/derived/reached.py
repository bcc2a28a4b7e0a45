"""Steps reached: which steps of its journey each attempt reached.

As the service says it (`funnel:` in the organisation). By default a step is reached by an event at it after its base was
reached (see `derived.journeys`), within the window counted from the first step, the window's end included. One event never
fills two steps. A later start may fill the rest where an earlier one came too soon. Ties in time are ordered by the journey,
then by record.

    order     ordered: after the base; strict: and with nothing else in between that is at a step; any: the step and all its
              bases in one window, whatever their order, reached by the last of them
    per       journey: the window counts from the first step (of the journey, or in any order the first that was taken);
              step: from the event that reached the base
    by        attempt; consumer: a person's attempts are joined (`derived.tries`), and their steps stand under the attempt in
              which they entered. They stand here once the window has passed since then, so that all had the same time

Key      entity and attempt; by consumer, all attempts of the entity, since people's are joined, and the newest instant
Shape    one row per attempt and step reached: entity, attempt, step, base, reached_at
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import Derived, whole_seconds
from wholeservice.derived.sorting import sorted_visits
from wholeservice.derived.tries import is_by_consumer, tries
from wholeservice.derived.walk import NOWHERE, Journey, Rows, reach
from wholeservice.organisation.kinds import STRICT

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def build(facts: FactTables) -> pa.Table:
    """Walk the visits of each journey and keep the first time each attempt reached each step."""
    import numpy as np
    import pyarrow as pa

    steps, walked = _steps(facts), _journeys(facts)
    visits = facts.run(_visits(facts))
    journeys, attempts, order = sorted_visits(visits, list(walked))
    number, seconds = (visits.column(name).to_numpy()[order] for name in ("step_no", "seconds"))
    found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    for place, journey in enumerate(walked.values()):
        low, high = np.searchsorted(journeys, [place, place + 1])
        at, reached = reach(Rows(attempts[low:high], number[low:high], seconds[low:high]), journey)
        found.append((order[low:high][at], reached))
    rows, reached = (np.concatenate([each[column] for each in found]) for column in (0, 1))
    entity, attempt, reached_at = visits.select(["entity", "attempt", "reached_at"]).take(pa.array(rows)).columns
    step, base = steps.take(pa.array(reached)).columns
    names = ["entity", "attempt", "step", "base", "reached_at"]
    return pa.table([entity, attempt, step, base, reached_at], names=names)


def _steps(facts: FactTables) -> pa.Table:
    """The names of all steps and their bases, at the places of their numbers."""
    j = facts.journeys
    return facts.run(j.order_by(j.step_no).select(step="step_id", base="base_id"))


def _journeys(facts: FactTables) -> dict[str, Journey]:
    """The journey of each entity, as it is to be walked."""
    passable: dict[int, set[int]] = {}
    for pair in facts.run(facts.passable).to_pylist():
        passable.setdefault(pair["step_no"], set()).add(pair["other_no"])
    bases: dict[str, dict[int, int]] = {}
    for row in facts.run(facts.journeys.order_by("step_no")).to_pylist():
        bases.setdefault(row["entity_id"], {})[row["step_no"]] = row["base_no"]
    frozen = {step: frozenset(others) for step, others in passable.items()}
    return {
        rule["rule_of"]: Journey(bases[rule["rule_of"]], rule["order_of"], rule["within_s"], rule["per_step"], frozen)
        for rule in facts.run(facts.funnel_rules).to_pylist()
    }


def _visits(facts: FactTables) -> IbisTable:
    """The visits that a walk looks at, in no order, with their place in the attempt; by consumer, in the try."""
    import ibis

    v, rules = facts.visits, facts.funnel_rules
    v = v.inner_join(rules, [v.entity == rules.rule_of])
    v = v.filter(v.step_no.notnull() | ((v.order_of == STRICT) & v.step.notnull()))
    if is_by_consumer(facts):
        t = tries(facts)
        v = v.left_join(t, [v.entity == t.tried_in, v.attempt == t.tried])
        v = v.filter(v.is_old.fill_null(True)).mutate(attempt=v.entry.coalesce(v.attempt))
        order = [v.happened_at, v.position.asc(nulls_first=False), v.nth]
        v = v.mutate(nth=ibis.row_number().over(ibis.window(group_by=[v.entity, v.attempt], order_by=order)))
    step_no, seconds = v.step_no.fill_null(NOWHERE), whole_seconds(v.happened_at)
    return v.select(v.entity, v.attempt, v.nth, reached_at=v.happened_at, step_no=step_no, seconds=seconds)


REACHED = Derived(
    name="reached", needs=("visits", "attempts", "journeys", "funnel_rules", "passable"), build=build, key=("entity", "attempt")
)
