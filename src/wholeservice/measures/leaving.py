"""Who left before a step, and how their attempt ended: what drop-out measures share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.kinds import DEVICE, SEGMENT
from wholeservice.measures.units import Units

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def who_left(facts: FactTables, outcome: str) -> tuple[Units, ...]:
    """
    Return the attempts that reached a step's base and not the step; those that ended with *outcome* are hits.

    Shape    one row per attempt and step, the step that it left before; a detour is left by nobody: going past it is no loss
    """
    import ibis

    a, j, reached = facts.attempts, facts.journeys, facts.reached
    bases = j.filter(j.base_id.notnull()).select(owner=j.entity_id, base_of=j.base_id).distinct()
    known = j.filter(j.base_id.notnull())
    known = known.left_join(bases, [known.entity_id == bases.owner, known.step_id == bases.base_of])
    through = known.filter(known.base_of.notnull() | known.is_end).select("entity_id", "step_id", "base_id")
    at_base = reached.join(through, [reached.entity == through.entity_id, reached.step == through.base_id])
    at_base = at_base.select(at_base.entity, at_base.attempt, left_before=at_base.step_id)
    went_on = reached.select(reached.entity, reached.attempt, left_before=reached.step)
    left = at_base.anti_join(went_on, ["entity", "attempt", "left_before"])
    rows = left.join(a.filter(a.is_matured), ["entity", "attempt"])
    who, hit = rows.consumer.coalesce(rows.attempt), (rows.outcome == outcome).ifelse(1.0, 0.0)
    rows = rows.mutate(step=rows.left_before, unit_at=rows.started_at, cluster=who, hit=hit, weight=ibis.literal(1.0))
    return (Units("attempts", rows, by=("channel",), always=("step",), alone=(SEGMENT, DEVICE)),)
