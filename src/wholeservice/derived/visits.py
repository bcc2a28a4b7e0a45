"""Visits: every interaction with the attempt it belongs to and its place in it.

An attempt is what the source says it is. Where it says nothing, it is what one consumer does at one service without 30
minutes of inactivity; a visit stands in for a consumer who is not known. An event with none of the three belongs to no attempt.
Ties in time are ordered by the journey, then by record. Only what happened in production counts.

Shape    one row per interaction: entity, attempt, nth (0 is first), consumer, happened_at, ended_at, step, step_no, position,
         is_end, channel, outcome
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import RECORD_KEYS, Derived, in_production

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

INACTIVITY_MINUTES = 30


def build(facts: FactTables) -> IbisTable:
    """Give each interaction its attempt and its place in it."""
    import ibis

    events = _with_attempt(_with_session(_placed(facts)))
    inside = ibis.window(group_by=[events.entity, events.attempt], order_by=_order(events))
    e = events.mutate(nth=ibis.row_number().over(inside))
    return e.select(
        e.entity, e.attempt, e.nth, e.consumer, e.happened_at, e.ended_at,
        e.step, e.step_no, e.position, e.is_end, e.channel, e.outcome,
    )  # fmt: skip


def _placed(facts: FactTables) -> IbisTable:
    """Interactions that can belong to an attempt, with the place of their step in the journey."""
    events, journeys = in_production(facts.interactions), facts.journeys
    events = events.mutate(who=events.consumer.coalesce(events.visit), outcome=events.outcome.strip().lower())
    events = events.filter(events.entity.notnull(), events.who.notnull() | events.attempt.notnull())
    return events.left_join(journeys, [events.entity == journeys.entity_id, events.step == journeys.step_id])


def _with_session(events: IbisTable) -> IbisTable:
    """Mark each event of a person that begins a run without a long pause with its instant, the others with nothing."""
    import ibis

    in_order = ibis.window(group_by=_person(events), order_by=_order(events))
    e = events.mutate(before=events.ended_at.coalesce(events.happened_at).lag().over(in_order))
    is_new = e.before.isnull() | (e.happened_at > e.before + ibis.interval(minutes=INACTIVITY_MINUTES))
    return e.mutate(begun=is_new.ifelse(e.happened_at, None))


def _with_attempt(events: IbisTable) -> IbisTable:
    """Name an attempt that its source does not name after the person and when the run began (seconds since 1970)."""
    import ibis

    until_here = ibis.window(group_by=_person(events), order_by=_order(events), rows=(None, 0))
    e = events.mutate(session=events.begun.max().over(until_here))
    return e.mutate(attempt=e.attempt.coalesce(e.who.concat("@", e.session.epoch_seconds().cast("int64").cast("string"))))


def _person(events: IbisTable) -> list[Any]:
    return [events.entity, events.who, events.attempt.isnull()]


def _order(events: IbisTable) -> list[Any]:
    return [events.happened_at, events.position.asc(nulls_first=False), *(events[key] for key in RECORD_KEYS)]


VISITS = Derived(name="visits", needs=("interactions", "journeys"), build=build)
