"""Attempts: one row per attempt of a service, from its first event to its last.

Outcome    done: somebody reached the last step, a legitimate end, or the source says so; failed: the last thing that
           happened at any step was a failure; left: everything else
Matured    as long has passed since the start as 99 % of the finished attempts of the service took, and at least 30 minutes:
           only then can an attempt without an end be said to have none
Shape      entity, attempt, consumer, channel (first seen), channels_used, started_at, ended_at, first_step, last_step,
           furthest_step, outcome, failed_step, n_events, is_matured
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import Derived

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

DONE, FAILED, LEFT = "done", "failed", "left"
PATIENCE_QUANTILE, PATIENCE_LEAST_S = 0.99, 1800


def build(facts: FactTables) -> IbisTable:
    """Sum up the visits of each attempt, and say whether its outcome can be known yet."""
    attempts = _with_outcome(_summed(_marked(facts)))
    return _with_maturity(attempts, facts.visits)


def _marked(facts: FactTables) -> IbisTable:
    """Visits with what each one says of the attempt: a failure, a step forward, an end."""
    visits, ends = facts.visits, facts.ends
    failed = visits.outcome.fill_null("") == FAILED
    forward = ~failed & (visits.outcome.fill_null("") != LEFT)
    visits = visits.mutate(is_failure=failed, is_forward=forward)
    by_outcome = visits.semi_join(ends, [visits.entity == ends.entity_id, visits.outcome == ends.end_name])
    by_step = visits.semi_join(ends, [visits.entity == ends.entity_id, visits.step.lower() == ends.end_name])
    legitimate = by_outcome.union(by_step).select("entity", "attempt", "nth").distinct().mutate(is_legitimate=True)
    marked = visits.left_join(legitimate, ["entity", "attempt", "nth"])
    return marked.mutate(is_done=_is_done(marked)).drop("is_legitimate")


def _is_done(visits: IbisTable) -> BooleanValue:
    at_end = visits.is_end.fill_null(False) | visits.is_legitimate.fill_null(False)
    return (visits.outcome.fill_null("") == DONE) | (visits.is_forward & at_end)


def _summed(visits: IbisTable) -> IbisTable:
    v = visits
    return v.group_by(v.entity, v.attempt).aggregate(
        consumer=v.consumer.argmin(v.nth, where=v.consumer.notnull()),
        channel=v.channel.argmin(v.nth, where=v.channel.notnull()),
        channels_used=v.channel.nunique(),
        started_at=v.happened_at.min(),
        ended_at=v.ended_at.coalesce(v.happened_at).max(),
        first_step=v.step.argmin(v.nth, where=v.step.notnull()),
        last_step=v.step.argmax(v.nth, where=v.step.notnull()),
        furthest_step=v.step.argmax(v.position, where=v.position.notnull()),
        finished_at=v.happened_at.min(where=v.is_done),
        failure_nth=v.nth.max(where=v.is_failure),
        forward_nth=v.nth.max(where=v.is_forward),
        failed_step=v.step.argmax(v.nth, where=v.is_failure),
        n_events=v.count(),
    )


def _with_outcome(attempts: IbisTable) -> IbisTable:
    import ibis

    a = attempts
    is_failed = a.failure_nth.notnull() & (a.failure_nth > a.forward_nth.fill_null(-1))
    outcome = ibis.cases((a.finished_at.notnull(), DONE), (is_failed, FAILED), else_=LEFT)
    a = a.mutate(outcome=outcome)
    return a.mutate(failed_step=(a.outcome == FAILED).ifelse(a.failed_step, None)).drop("failure_nth", "forward_nth")


def _with_maturity(attempts: IbisTable, visits: IbisTable) -> IbisTable:
    """Say of each attempt whether its service's usual time has passed since it began."""
    import ibis

    newest = visits.aggregate(newest_at=visits.happened_at.max())
    a = attempts.mutate(took_s=attempts.finished_at.epoch_seconds() - attempts.started_at.epoch_seconds())
    patience = a.group_by(a.entity).aggregate(usual_s=a.took_s.quantile(PATIENCE_QUANTILE))
    a = a.left_join(patience, [a.entity == patience.entity]).drop("entity_right", "took_s").cross_join(newest)
    wait_s = ibis.greatest(a.usual_s.fill_null(0.0), ibis.literal(float(PATIENCE_LEAST_S)))
    since_start_s = a.newest_at.epoch_seconds() - a.started_at.epoch_seconds()
    return a.mutate(is_matured=since_start_s >= wait_s).drop("usual_s", "newest_at")


ATTEMPTS = Derived(name="attempts", needs=("visits", "ends"), build=build)
