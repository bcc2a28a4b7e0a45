"""Visits: every interaction with the attempt it belongs to and its place in it.

An attempt is what the source says it is. Where it says nothing, the service's rule says what one consumer does there in one
attempt (`attempt:` in the organisation; by default what is done without 30 minutes of inactivity); a visit stands in for a
consumer who is not known. An event with none of the three belongs to no attempt. Ties in time are ordered by the journey, then
by record. Only what happened in production counts.

    idle         a longer pause begins another attempt; a pause begins when all that went before has ended
    until: end   so does the first event in a later second than one that reached an end: what comes in the same second, such as
                 a double click, still belongs to it
    per: day     so does another civil day, in the workspace's zone

No event is dropped: two rows that say the same, from two sources or by a double click, are two visits of one attempt.

Key      entity and thread. Rows of one thread come from its events alone: an attempt that a source names, or all that one
         person does at one service outside of those
Shape    one row per interaction: entity, attempt, nth (0 is first), thread, consumer, happened_at, ended_at, step, step_no,
         position, is_end, is_done (it reached an end), channel, segment, device, outcome
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import DONE, FAILED, LEFT, RECORD_KEYS, Derived, in_production, thread_of, whole_seconds

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

DAY_S = 86400.0


def build(facts: FactTables) -> IbisTable:
    """Give each interaction its attempt and its place in it."""
    e = _with_attempt(_with_begun(_ruled(facts, _placed(facts))))
    return e.select(
        e.entity, e.attempt, e.nth, e.thread, e.consumer, e.happened_at, e.ended_at,
        e.step, e.step_no, e.position, e.is_end, e.is_done, e.channel, e.segment, e.device, e.outcome,
    )  # fmt: skip


def _placed(facts: FactTables) -> IbisTable:
    """Interactions that can belong to an attempt, with the place of their step, and whether they reach an end."""
    events, journeys, ends = in_production(facts.interactions), facts.journeys, facts.ends
    events = events.mutate(thread=thread_of(events), is_named=events.attempt.notnull(), outcome=events.outcome.strip().lower())
    events = events.filter(events.entity.notnull(), events.thread.notnull())
    e = events.left_join(journeys, [events.entity == journeys.entity_id, events.step == journeys.step_id]).drop("entity_id")
    by_outcome = ends.select(ends_of=ends.entity_id, ended_by=ends.end_name)
    e = e.left_join(by_outcome, [e.entity == by_outcome.ends_of, e.outcome == by_outcome.ended_by]).drop("ends_of")
    by_step = ends.select(ends_of=ends.entity_id, ended_at_step=ends.end_name)
    e = e.left_join(by_step, [e.entity == by_step.ends_of, e.step.lower() == by_step.ended_at_step]).drop("ends_of")
    return e.mutate(is_done=_is_done(e))


def _is_done(e: IbisTable) -> BooleanValue:
    at_end = e.is_end.fill_null(False) | e.ended_by.notnull() | e.ended_at_step.notnull()
    outcome = e.outcome.fill_null("")
    return (outcome == DONE) | (at_end & ~outcome.isin((FAILED, LEFT)))


def _ruled(facts: FactTables, events: IbisTable) -> IbisTable:
    """Events with the rule of their service, when they began and ended, in seconds, and their civil day where that counts."""
    import ibis

    rules, offsets = facts.attempt_rules, facts.offsets
    e = events.left_join(rules, [events.entity == rules.rule_of]).mutate(at_s=whole_seconds(events.happened_at))
    e = e.mutate(end_s=ibis.greatest(e.at_s, whole_seconds(e.ended_at).coalesce(e.at_s)))
    if not facts.run(rules.filter(rules.per_day).limit(1)).num_rows:
        return e.mutate(day=ibis.literal(0))
    e = e.left_join(offsets, [e.at_s >= offsets.from_s, e.at_s < offsets.to_s])
    return e.mutate(day=((e.at_s + e.offset_s) / DAY_S).floor())


def _with_begun(events: IbisTable) -> IbisTable:
    """Number the events of each thread, and mark each that begins an attempt with its number and its second."""
    import ibis

    order = [events.happened_at, events.position.asc(nulls_first=False), *(events[key] for key in RECORD_KEYS)]
    inside = ibis.window(group_by=_thread(events), order_by=order)
    before = ibis.window(group_by=_thread(events), order_by=order, rows=(None, -1))
    e = events.mutate(
        place=ibis.row_number().over(inside),
        last_s=events.at_s.lag().over(inside),
        last_day=events.day.lag().over(inside),
        busy_s=events.end_s.max().over(before),
        done_s=events.is_done.ifelse(events.at_s, None).max().over(before),
    )
    is_idle = e.at_s - e.busy_s > e.idle_s
    is_over = e.until_end & (e.done_s == e.last_s) & (e.at_s > e.last_s)
    is_next_day = e.per_day & (e.day != e.last_day)
    is_later = is_idle.fill_null(False) | is_over.fill_null(False) | is_next_day.fill_null(False)
    is_first = (e.place == 0) | (is_later & ~e.is_named)
    return e.mutate(begun_s=is_first.ifelse(e.at_s, None), begun=is_first.ifelse(e.place, None))


def _with_attempt(events: IbisTable) -> IbisTable:
    """Name an attempt that its source does not name after the person and the second in which it began."""
    import ibis

    until_here = ibis.window(group_by=_thread(events), order_by=events.place, rows=(None, 0))
    e = events.mutate(begun_s=events.begun_s.max().over(until_here), begun=events.begun.max().over(until_here))
    made = e.thread.concat("@", e.begun_s.cast("string"))
    return e.mutate(attempt=e.is_named.ifelse(e.thread, made), nth=e.place - e.begun)


def _thread(events: IbisTable) -> list[Any]:
    return [events.entity, events.thread, events.is_named]


VISITS = Derived(
    name="visits", needs=("interactions", "journeys", "ends", "attempt_rules", "offsets"), build=build, key=("entity", "thread")
)
