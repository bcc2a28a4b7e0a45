"""Faults: how each part fared hour by hour, beside who passed which step in that hour and who was lost there.

It is the evidence for losses that no call can be linked to: an attempt whose calls were not recorded still happened while a
part was failing, or while somebody had written down an incident of it. Made on asking, for the attempts of one map.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import in_production, whole_seconds
from wholeservice.facts.identity import FactTables

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine
    from wholeservice.periods import Period

HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Hours:
    """What was seen hour by hour, as Arrow tables in a fixed order; `hour_s` is the second, since 1970, in which it begins.

    passed   step, channel, hour_s, n, n_lost: attempts without any recorded call that came to a step, and were lost there
    parts    part, hour_s, n_calls, n_failed: every call in production, linked to an attempt or not
    harm     part, hour_s, harm_s: seconds of the hour in which an incident of the part was open
    """

    passed: pa.Table
    parts: pa.Table
    harm: pa.Table


def observe_hours(engine: Engine, entity: str, period: Period, units: pa.Table) -> Hours | None:
    """
    Read what can be joined by time to the attempts whose calls nobody recorded; None where every lost attempt has some.

    Shape    units as `derived.exposures.Observed` has them: attempt, lost_step, and weight, null where no call was recorded
    """
    import pyarrow.compute as pc

    lone = units.filter(pc.is_null(units["weight"]))
    if lone.num_rows == 0 or lone["lost_step"].null_count == lone.num_rows:
        return None
    facts = FactTables(engine)
    first_s, after_s = period.from_at.timestamp(), period.to_at.timestamp()
    engine.add("lone_attempts", lone.select(["attempt", "lost_step"]))
    parts = engine.run(_of_parts(facts, first_s, after_s))
    return Hours(engine.run(_passed(facts, engine, entity)), parts, _harm(facts, first_s, after_s))


def _passed(facts: FactTables, engine: Engine, entity: str) -> IbisTable:
    """Count each attempt once a step, in the hour in which it first came there."""
    lone, v = engine.table("lone_attempts"), facts.visits
    v = v.filter(v.entity == entity, v.step.notnull())
    first = v.group_by(v.attempt, v.step).aggregate(at_s=whole_seconds(v.happened_at).min(), channel=v.channel.max())
    met = lone.left_join(first, [lone.attempt == first.attempt])
    step, channel = met.step.coalesce(met.lost_step), met.channel.fill_null("")
    met = met.filter(met.at_s.notnull(), step.notnull()).mutate(step=step, channel=channel, hour_s=_hour(met.at_s))
    is_lost = (met.step == met.lost_step).fill_null(False)
    counted = met.group_by(met.step, met.channel, met.hour_s).aggregate(n=met.count(), n_lost=is_lost.sum())
    return counted.order_by("step", "channel", "hour_s")


def _of_parts(facts: FactTables, first_s: float, after_s: float) -> IbisTable:
    c = in_production(facts.calls)
    c = c.mutate(at_s=whole_seconds(c.started_at))
    c = c.filter(c.entity.notnull(), c.at_s >= int(first_s), c.at_s < int(after_s))
    c = c.mutate(hour_s=_hour(c.at_s))
    counted = c.group_by(part=c.entity, hour_s=c.hour_s).aggregate(n_calls=c.count(), n_failed=c.failed.sum())
    return counted.order_by("part", "hour_s")


def _hour(seconds: Any) -> Any:
    return (seconds // HOUR_S).cast("int64") * HOUR_S


def _harm(facts: FactTables, first_s: float, after_s: float) -> pa.Table:
    """Cut each incident into hours; one that nobody ended is open until the end of the period."""
    import pyarrow as pa

    i = in_production(facts.incidents)
    i = i.filter(i.entity.notnull()).select(
        part=i.entity, from_s=whole_seconds(i.started_at), to_s=whole_seconds(i.restored_at)
    )
    open_s: dict[tuple[str, int], float] = defaultdict(float)
    for row in facts.run(i.order_by("part", "from_s")).to_pylist():
        to_s = after_s if row["to_s"] is None else row["to_s"]
        for hour_s, seconds in _hours_of(max(first_s, row["from_s"]), min(after_s, to_s)):
            open_s[row["part"], hour_s] += seconds
    keys = sorted(open_s)
    return pa.table(
        {
            "part": pa.array([part for part, _ in keys], pa.string()),
            "hour_s": pa.array([hour_s for _, hour_s in keys], pa.int64()),
            "harm_s": pa.array([min(float(HOUR_S), open_s[key]) for key in keys], pa.float64()),
        }
    )


def _hours_of(from_s: float, to_s: float) -> Iterator[tuple[int, float]]:
    """Yield each hour that a span touches, and for how many of its seconds.

    >>> list(_hours_of(3000, 7500))
    [(0, 600), (3600, 3600), (7200, 300)]
    """
    hour_s = int(from_s // HOUR_S) * HOUR_S
    while hour_s < to_s:
        yield hour_s, min(to_s, hour_s + HOUR_S) - max(from_s, hour_s)
        hour_s += HOUR_S
