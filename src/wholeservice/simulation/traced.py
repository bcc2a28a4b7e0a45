"""Trace simulated facts as if they were real: the same engine, derived tables and loss map, in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from wholeservice import tables
from wholeservice.derived import attempts, exposures, visits
from wholeservice.derived.base import derive
from wholeservice.derived.faults import observe_hours
from wholeservice.derived.journeys import add_journeys
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.facts.identity import RESOLVED_PREFIX
from wholeservice.findings.losses import LossMap
from wholeservice.findings.trace import trace
from wholeservice.mapping.columns import arrow_schema
from wholeservice.periods import Period
from wholeservice.simulation.run import Simulated
from wholeservice.simulation.world import STARTS_ON, World
from wholeservice.tables import Fact, Interaction, Table
from wholeservice.uncertainty import Interval, cluster_standard_error
from wholeservice.units import SHARE

if TYPE_CHECKING:
    import pyarrow as pa

Look = Callable[[Simulated, float], LossMap]
"""(recorded facts, target level) -> map. Of the facts it reads calls and incidents."""

Z = 1.959963984540054


def arrow_rows(table: Table, rows: Sequence[Fact]) -> pa.Table:
    """Return facts as an Arrow table with the columns of *table*."""
    import pyarrow as pa

    columns = {name: [getattr(row, name) for row in rows] for name in table.column_names}
    return pa.table(columns, schema=arrow_schema(table))


def tracer_of(world: World, interactions: Sequence[Interaction]) -> Look:
    """Prepare to trace one simulated organisation; the look it returns may be used with different evidence."""
    engine = DuckdbEngine()
    # A simulation names things by their ids, so that nothing is left to resolve.
    _add(engine, tables.INTERACTIONS, interactions)
    add_journeys(engine, world.organisation)
    derive(engine, (visits.VISITS, attempts.ATTEMPTS))
    start = dt.datetime.combine(STARTS_ON, dt.time(), dt.UTC)
    period = Period(start, start + dt.timedelta(days=world.n_days))

    def look(facts: Simulated, level: float) -> LossMap:
        _add(engine, tables.CALLS, facts.calls)
        _add(engine, tables.INCIDENTS, facts.incidents)
        derive(engine, (exposures.EXPOSURES,))
        observed = exposures.observe(engine, world.service, period)
        asked = _ask(world.service, observed, level, period)
        if asked.why_no_map:
            return asked
        return trace(asked, world.organisation, observed, observe_hours(engine, world.service, period, observed.units))

    return look


def _add(engine: DuckdbEngine, table: Table, rows: Sequence[Fact]) -> None:
    arrow = arrow_rows(table, rows)
    engine.add(RESOLVED_PREFIX + table.name, arrow.append_column("entity", arrow["service"]))


def _ask(service: str, observed: exposures.Observed, level: float, period: Period) -> LossMap:
    """Return the question: how far completion is below *level*, with an interval clustered by consumer."""
    rows = observed.units.to_pylist()
    by_consumer: dict[str, list[int]] = {}
    for row in rows:
        by_consumer.setdefault(row["consumer"], []).append(row["lost_step"] is None)
    done, n = sum(map(sum, by_consumer.values())), len(rows)
    aa = sum(sum(each) ** 2 for each in by_consumer.values())
    ab = sum(sum(each) * len(each) for each in by_consumer.values())
    bb = sum(len(each) ** 2 for each in by_consumer.values())
    half = Z * (cluster_standard_error(done, n, len(by_consumer), aa, ab, bb) or 0.0)
    gap = level - done / n
    interval = Interval(gap - half, gap + half, "clustered by consumer")
    asked = LossMap(service, "completion", f"completion >= {level:.4f}", SHARE, 1, level, done / n, gap, interval, n, period)
    return replace(asked, why_no_map="the gap is smaller than its noise") if interval.low <= 0 else asked
