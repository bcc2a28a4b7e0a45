"""Whether an attempt is old enough to judge: as long has passed since it began as nearly all finished ones took there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import whole_seconds

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

PATIENCE_QUANTILE, PATIENCE_LEAST_S = 0.99, 1800


def took(attempts: IbisTable) -> IbisTable:
    """Count the attempts of each entity by how long they took: took_of, took_s (null: not finished), n. Counts add up."""
    a = attempts
    a = a.select(took_of=a.entity, took_s=whole_seconds(a.finished_at) - whole_seconds(a.started_at))
    return a.group_by(a.took_of, a.took_s).aggregate(n=a.count())


def usual(took: IbisTable) -> IbisTable:
    """Return how long the finished attempts of each entity usually take, by those counts: usual_of, usual_s.

    The quantile lies between the two attempts nearest to it, in proportion; of an entity without finished ones there is none.
    """
    import ibis

    t = took.filter(took.took_s.notnull())
    t = t.mutate(n=t.n.cast("float64"))
    together = ibis.window(group_by=t.took_of)
    up_to = ibis.window(group_by=t.took_of, order_by=t.took_s, rows=(None, 0))
    t = t.mutate(place=(t.n.sum().over(together) - 1) * PATIENCE_QUANTILE, n_up_to=t.n.sum().over(up_to))
    low, high = (t.took_s.min(where=t.n_up_to > place).cast("float64") for place in (t.place.floor(), t.place.ceil()))
    u = t.group_by(usual_of=t.took_of, place=t.place).aggregate(low=low, high=high)
    return u.select(u.usual_of, usual_s=u.low + (u.high - u.low) * (u.place - u.place.floor()))


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
