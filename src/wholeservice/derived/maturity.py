"""Whether an attempt is old enough to judge: as long has passed since it began as nearly all finished ones took there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import whole_seconds

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

PATIENCE_QUANTILE, PATIENCE_LEAST_S = 0.99, 1800


def usual(attempts: IbisTable) -> IbisTable:
    """Return how long the finished attempts of each entity usually take: usual_of, usual_s (null: none was finished)."""
    a = attempts.mutate(took_s=whole_seconds(attempts.finished_at) - whole_seconds(attempts.started_at))
    return a.group_by(usual_of=a.entity).aggregate(usual_s=a.took_s.quantile(PATIENCE_QUANTILE))


def newest(attempts: IbisTable) -> IbisTable:
    """Return one row: newest_at, when the newest event of all attempts began."""
    return attempts.aggregate(newest_at=attempts.last_at.max())


def judged(attempts: IbisTable, usual: IbisTable, newest: IbisTable) -> IbisTable:
    """Say of each attempt whether its entity's usual time has passed since it began."""
    import ibis

    a = attempts.left_join(usual, [attempts.entity == usual.usual_of]).drop("usual_of").cross_join(newest)
    wait_s = ibis.greatest(a.usual_s.fill_null(0.0), ibis.literal(float(PATIENCE_LEAST_S)))
    since_start_s = whole_seconds(a.newest_at) - whole_seconds(a.started_at)
    return a.mutate(is_matured=since_start_s >= wait_s).drop("usual_s", "newest_at")
