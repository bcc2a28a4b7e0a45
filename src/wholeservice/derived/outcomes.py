"""Attempts as their visits tell them: summed up, with their outcome. Whether it can be known yet is said in `maturity`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import DONE, FAILED, LEFT

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable


def unjudged(visits: IbisTable) -> IbisTable:
    """Sum up visits by attempt: all but is_matured."""
    return _with_outcome(_summed(_marked(visits)))


def _marked(visits: IbisTable) -> IbisTable:
    """Visits with what each one says of the attempt: a failure, or a step forward."""
    outcome = visits.outcome.fill_null("")
    return visits.mutate(is_failure=outcome == FAILED, is_forward=~outcome.isin((FAILED, LEFT)))


def _summed(visits: IbisTable) -> IbisTable:
    v = visits
    return v.group_by(v.entity, v.attempt).aggregate(
        consumer=v.consumer.argmin(v.nth, where=v.consumer.notnull()),
        channel=v.channel.argmin(v.nth, where=v.channel.notnull()),
        segment=v.segment.argmin(v.nth, where=v.segment.notnull()),
        device=v.device.argmin(v.nth, where=v.device.notnull()),
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
