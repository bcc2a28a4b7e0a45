"""A crowd's records as facts, and as the files and the organisation of a workspace: the product's own way to trace it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from wholeservice import tables
from wholeservice.derived import attempts, exposures, visits
from wholeservice.derived.base import derive
from wholeservice.derived.faults import Hours, observe_hours
from wholeservice.derived.journeys import add_journeys
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.facts.identity import RESOLVED_PREFIX
from wholeservice.mapping.columns import arrow_schema
from wholeservice.simulation.crowd import FAILED, LEFT, NEVER, Crowd
from wholeservice.simulation.evidence import Evidence, Record
from wholeservice.simulation.observed import attempt_name
from wholeservice.simulation.traced import period_of
from wholeservice.simulation.world import STARTS_ON, World

FIRST = dt.datetime.combine(STARTS_ON, dt.time(), dt.UTC)


def arrow_rows(table: tables.Table, rows: Sequence[Any]) -> pa.Table:
    """Return facts as an Arrow table with the columns of *table*."""
    columns = {name: [getattr(row, name) for row in rows] for name in table.column_names}
    return pa.table(columns, schema=arrow_schema(table))


def at(us: int) -> dt.datetime:
    return FIRST + dt.timedelta(microseconds=int(us))


def interactions(crowd: Crowd) -> list[dict[str, Any]]:
    rows = []
    for attempt, step in zip(*np.nonzero(crowd.at_us != NEVER), strict=True):
        is_last = crowd.last[attempt] == step
        ended = {FAILED: "failed", LEFT: "left"}.get(int(crowd.outcome[attempt]), "done")
        rows.append({"happened_at": at(crowd.at_us[attempt, step]), "consumer": f"c{crowd.consumer[attempt]}",
                     "attempt": attempt_name(attempt), "service": crowd.world.service, "step": crowd.world.steps[step].id,
                     "channel": crowd.channels[crowd.channel[attempt]],
                     "outcome": ended if is_last else "reached"})  # fmt: skip
    return rows


def calls(crowd: Crowd, record: Record, evidence: Evidence) -> list[dict[str, Any]]:
    """Every call that arrived; one under a wrong name carries a name that nobody declared."""
    rows, made = [], crowd.calls
    for i in np.flatnonzero(record.arrived):
        attempt, parent = attempt_name(made.attempt[i]), made.parent[i]
        part, span = crowd.parts[record.part[i]], f"{attempt}.{made.span[i]}"
        row = {"trace": attempt, "span": span, "parent": None if parent == NEVER else f"{attempt}.{made.span[parent]}",
               "service": part if record.named[i] else f"{part}-x", "step": crowd.world.steps[made.step[i]].id,
               "started_at": at(record.started_us[i]), "failed": bool(made.failed[i]), "weight": record.weight}  # fmt: skip
        rows.append(row if evidence.is_linked else row | {"trace": span, "parent": None, "step": None})
    return rows


def incidents(crowd: Crowd, evidence: Evidence) -> list[dict[str, Any]]:
    return [
        {"incident": f"incident-{n}", "service": each.part, "started_at": at(each.from_hour * 3.6e9),
         "restored_at": at(each.to_hour * 3.6e9)}
        for n, each in enumerate(crowd.world.outages if evidence.has_incidents else ())
    ]  # fmt: skip


class Product:
    """The engine and the derived tables, as the product has them, for one crowd; names are ids, and resolve to themselves."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.engine = crowd, DuckdbEngine()
        self._add(tables.INTERACTIONS, interactions(crowd))
        add_journeys(self.engine, crowd.world.organisation)
        derive(self.engine, (visits.VISITS, attempts.ATTEMPTS))

    def seen(self, record: Record, evidence: Evidence) -> tuple[exposures.Observed, Hours | None]:
        self._add(tables.CALLS, calls(self.crowd, record, evidence))
        self._add(tables.INCIDENTS, incidents(self.crowd, evidence))
        derive(self.engine, (exposures.EXPOSURES,))
        service, period = self.crowd.world.service, period_of(self.crowd.world)
        observed = exposures.observe(self.engine, service, period)
        return observed, observe_hours(self.engine, service, period, observed.units)

    def _add(self, table: tables.Table, rows: list[dict[str, Any]]) -> None:
        keyed = [dict.fromkeys(table.column_names) | {"source": "s", "record": str(n), "part": "0"} | row | {"known_at": FIRST}
                 for n, row in enumerate(rows)]  # fmt: skip
        arrow = pa.Table.from_pylist(keyed, schema=arrow_schema(table))
        declared = [name if name in self.crowd.world.organisation.entities else None for name in arrow["service"].to_pylist()]
        self.engine.add(RESOLVED_PREFIX + table.name, arrow.append_column("entity", pa.array(declared, pa.string())))


def write_workspace(folder: Path, crowd: Crowd, record: Record, evidence: Evidence, level: float) -> None:
    """Write what a person would: the organisation with its target, the sources, and a file of each table."""
    (folder / "organisation").mkdir()
    (folder / "organisation" / "all.yaml").write_text(_organisation(crowd.world, level), encoding="utf-8")
    (folder / "wholeservice.yaml").write_text(SOURCES, encoding="utf-8")
    for table, rows in ((tables.INTERACTIONS, interactions(crowd)), (tables.CALLS, calls(crowd, record, evidence))):
        names = [name for name in table.column_names if name not in tables.KEYS]
        schema = pa.schema([arrow_schema(table).field(name) for name in names])
        filled = [dict.fromkeys(names) | row for row in rows]
        pq.write_table(pa.Table.from_pylist(filled, schema=schema), folder / f"{table.name}.parquet")


SOURCES = """
name: Random
zone: UTC
sources:
  site: { file: interactions.parquet, facts: [ interaction: same ] }
  tracing: { file: calls.parquet, record: [trace], facts: [ call: same ] }
"""


def _organisation(world: World, level: float) -> str:
    at_step: dict[str, list[str]] = {}
    for step in world.steps:
        for part in {each for parts in step.calls.values() for each in parts}:
            at_step.setdefault(part, []).append(step.id)
    lines = [
        "org: { name: Random }", "consumers: { guest: { outside: true } }", "value-streams: { all: { owner: ada } }",
        "teams: { one: { type: stream-aligned } }", "services:", f"  {world.service}:", "    for: { guest: [uses] }",
        "    stream: all", "    channels: [web, app, phone]", f"    journey: [{', '.join(step.id for step in world.steps)}]",
        f"    needs: {{ done: {{ says: Let me finish, targets: [ completion >= {level * 100:.10f}% over 28d ] }} }}",
        "    parts:",
    ]  # fmt: skip
    for part in world.parts.values():
        steps = f", at: [{', '.join(at_step[part.id])}]" if part.id in at_step else ""
        lines.append(f"      {part.id}: {{ team: one{steps}, uses: [{', '.join(_uses(part))}] }}")
    return "\n".join(lines)


def _uses(part: Any) -> list[str]:
    groups: dict[str, list[str]] = {}
    for use in part.uses:
        if use.how == "any":
            groups.setdefault(use.group or use.to, []).append(use.to)
    plain = [use.to if use.how == "all" else f"{{ {use.how}: {use.to} }}" for use in part.uses if use.how != "any"]
    return plain + [f"{{ any: [{', '.join(members)}] }}" for members in groups.values()]
