"""Small facts and small organisations for tests, from as few words as a case needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from wholeservice import tables
from wholeservice.derived import DERIVED
from wholeservice.derived.base import derive
from wholeservice.derived.journeys import add_journeys
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.facts.identity import resolve
from wholeservice.mapping.columns import arrow_schema
from wholeservice.organisation.graph import Entity, Organisation, Step

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def at(text: str) -> dt.datetime:
    """Read `2026-03-01` or `2026-03-01 12:30` as a UTC instant."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def facts_table(table: tables.Table, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return rows of a fact table; keys that a row leaves out are made up, one record per row."""
    keys = {"source": "test", "part": "0", "known_at": START, "where_from": "test:1", "digest": "-"}
    filled = [{**keys, "record": f"{number:06}", **row} for number, row in enumerate(rows)]
    for row in filled:
        assert set(row) <= set(table.column_names), sorted(set(row) - set(table.column_names))
    return pa.Table.from_pylist(filled, schema=arrow_schema(table))


def engine_with(**rows: Iterable[Mapping[str, Any]]) -> DuckdbEngine:
    """Return an engine that holds the rows given per fact table."""
    engine = DuckdbEngine()
    for name, each in rows.items():
        engine.add(name, facts_table(tables.BY_NAME[name], each))
    return engine


def prepared(engine: DuckdbEngine, known: Organisation, needs: Iterable[str], zone: str = "UTC") -> DuckdbEngine:
    """Resolve names and build the derived tables in *needs*, with those they are made of; the others would only take time."""
    resolve(engine, known)
    add_journeys(engine, known, zone)
    wanted = set(needs)
    for each in reversed(DERIVED):
        wanted |= set(each.needs) if each.name in wanted else set()
    derive(engine, [each for each in DERIVED if each.name in wanted])
    return engine


def steps(*words: str) -> tuple[Step, ...]:
    """Return a plain journey; `word?` is an optional step."""
    return tuple(
        Step(word.rstrip("?"), word.rstrip("?").title(), "optional" if word.endswith("?") else "step") for word in words
    )


def organisation(*entities: Entity, **more: Any) -> Organisation:
    """Return an organisation of these entities."""
    named = {each.id: each for each in entities}
    empty = {"purpose": "", "north_star": "", "edges": (), "needs": (), "aliases": {}, "hash": "-"}
    return Organisation(name="the organisation", entities=named, **{**empty, **more})


def service(name: str, journey: str = "", **more: Any) -> Entity:
    """Return a service with a plain journey, its steps in one string."""
    return Entity(name, more.pop("kind", "service"), more.pop("title", name.title()), journey=steps(*journey.split()), **more)
