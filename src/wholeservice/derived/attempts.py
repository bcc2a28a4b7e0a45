"""Attempts: one row per attempt of a service, from its first event to its last.

Outcome    done: somebody reached the last step, a legitimate end, or the source says so; failed: the last thing that
           happened at any step was a failure; left: everything else
Matured    as long has passed since the start as 99 % of the finished attempts of the service took, and at least 30 minutes:
           only then can an attempt without an end be said to have none
Key        entity and thread, as in `visits`, but for is_matured, which looks at all attempts of the entity and the newest event
Shape      entity, attempt, thread, consumer, channel (first seen), channels_used, started_at, last_at (when its last event
           began), ended_at, first_step, last_step, furthest_step, outcome, finished_at, failed_step, n_events, is_matured
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import DONE, FAILED, LEFT, Derived
from wholeservice.derived.maturity import judged, newest, usual

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def build(facts: FactTables) -> IbisTable:
    """Sum up the visits of each attempt, and say whether its outcome can be known yet."""
    attempts = _with_outcome(_summed(_marked(facts.visits)))
    return judged(attempts, usual(attempts), newest(attempts))


def _marked(visits: IbisTable) -> IbisTable:
    """Visits with what each one says of the attempt: a failure, or a step forward."""
    outcome = visits.outcome.fill_null("")
    return visits.mutate(is_failure=outcome == FAILED, is_forward=~outcome.isin((FAILED, LEFT)))


def _summed(visits: IbisTable) -> IbisTable:
    v = visits
    return v.group_by(v.entity, v.attempt).aggregate(
        consumer=v.consumer.argmin(v.nth, where=v.consumer.notnull()),
        channel=v.channel.argmin(v.nth, where=v.channel.notnull()),
        channels_used=v.channel.nunique(),
        started_at=v.happened_at.min(),
        last_at=v.happened_at.max(),
        ended_at=v.ended_at.coalesce(v.happened_at).max(),
        first_step=v.step.argmin(v.nth, where=v.step.notnull()),
        last_step=v.step.argmax(v.nth, where=v.step.notnull()),
        furthest_step=v.step.argmax(v.position, where=v.position.notnull()),
        finished_at=v.happened_at.min(where=v.is_done),
        failure_nth=v.nth.max(where=v.is_failure),
        forward_nth=v.nth.max(where=v.is_forward),
        failed_step=v.step.argmax(v.nth, where=v.is_failure),
        n_events=v.count(),
        thread=v.thread.min(),
    )


def _with_outcome(attempts: IbisTable) -> IbisTable:
    import ibis

    a = attempts
    is_failed = a.failure_nth.notnull() & (a.failure_nth > a.forward_nth.fill_null(-1))
    outcome = ibis.cases((a.finished_at.notnull(), DONE), (is_failed, FAILED), else_=LEFT)
    a = a.mutate(outcome=outcome)
    return a.mutate(failed_step=(a.outcome == FAILED).ifelse(a.failed_step, None)).drop("failure_nth", "forward_nth")


ATTEMPTS = Derived(name="attempts", needs=("visits",), build=build, key=("entity", "thread"))
