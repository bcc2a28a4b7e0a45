"""Facts on which the engines are compared: a few simulated days of the example, and every case of every measure beside them.

They are committed to a store and read as the files of a pinned run, as in real use.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from conftest import ROOT
from measures import given
from measures.test_cases import CASES, edges_of, entity_of, fact_of
from wholeservice import tables
from wholeservice.engines.base import Engine
from wholeservice.facts.store import Run, Store
from wholeservice.facts.supersede import Change
from wholeservice.mapping import quarantine
from wholeservice.mapping.columns import arrow_schema
from wholeservice.measures.base import Measure
from wholeservice.measures.compute import compute
from wholeservice.measures.rows import Row
from wholeservice.organisation.graph import Organisation
from wholeservice.organisation.load import load
from wholeservice.simulation.run import simulate
from wholeservice.simulation.scenario import load_world

EXAMPLE = ROOT / "examples/stayline"
ZONE = "Europe/Amsterdam"
N_DAYS, ATTEMPTS_PER_DAY, SEED = 3, 30, 11
NAMED = ("service", "entity", "item", "about_part", "stream", "team", "waits_on", "deployment", "incident")
"""Columns that name what a row is about."""
REFERENCES, OF_WORK = ("from_ref", "to_ref"), ("item", "deployment", "incident", "service", "part")
KNOWN_AT = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Golden:
    """A pinned run, its files by fact table, and the organisation they are about."""

    organisation: Organisation
    run: Run
    files: Mapping[str, list[str]]


def golden(folder: Path) -> Golden:
    """Commit the facts to a store in *folder*."""
    example, _ = load(EXAMPLE)
    rows = simulated(example)
    for name, found in beside_them(rows["interactions"][0]).items():
        rows.setdefault(name, []).append(found)
    entities, edges = dict(example.entities), list(example.edges)
    for number, (_, case) in enumerate(CASES):
        entities |= {each.id: each for each in case_entities(case, f"case{number}-")}
        edges += edges_of(case, f"case{number}-")
        for name, found in case_rows(case, f"case{number}-").items():
            rows.setdefault(name, []).append(found)
    together = {name: pa.concat_tables(parts) for name, parts in rows.items()}
    store = Store(folder / "store")
    store.commit(list(changes(together)), {}, {}, KNOWN_AT)
    run = store.latest()
    assert run
    return Golden(replace(example, entities=entities, edges=tuple(edges)), run, store.files(run))


def simulated(example: Organisation) -> dict[str, list[pa.Table]]:
    """Return a few days of the example, by fact table."""
    scenario = EXAMPLE / "scenarios/now.yaml"
    world = load_world(scenario.read_text(encoding="utf-8"), scenario.name, example)
    facts = simulate(replace(world, n_days=N_DAYS, attempts_per_day=ATTEMPTS_PER_DAY), SEED)
    found = {name: getattr(facts, name) for name in ("interactions", "calls", "answers", "deployments")}
    return {name: [table_of(name, each)] for name, each in found.items()}


def beside_them(interactions: pa.Table) -> dict[str, pa.Table]:
    """Return what the simulation has none of: items and their stays (some open, some crossing), contacts, who is who."""
    draw = random.Random(SEED)
    people = sorted(set(interactions["consumer"].to_pylist()))
    hours = [given.START + dt.timedelta(hours=hour, microseconds=7 * hour) for hour in range(400)]
    items = [{"item": f"i{n}", "team": "booking", "created_at": hours[n], "done_at": hours[n + 200] if n % 3 else None}
             for n in range(12)]  # fmt: skip
    work = [{"item": f"i{n % 13}", "state": draw.choice(("queued", "Active", "blocked", "done", "on hold")),
             "from_at": hours[draw.randrange(300)], "to_at": draw.choice((None, *hours[::20]))} for n in range(60)]  # fmt: skip
    links = [{"from_ref": f"{draw.choice(('account', 'consumer'))}:{draw.choice(people)}", "relation": "same-as",
              "to_ref": f"{draw.choice(('account', 'consumer'))}:{draw.choice(people)}"} for _ in range(25)]  # fmt: skip
    contacts = [{"happened_at": draw.choice(hours), "service": " Book and stay\t", "consumer": draw.choice(people),
                 "handling_s": draw.choice((None, 0.1, 0.2, 0.7))} for _ in range(20)]  # fmt: skip
    rows = {"items": items, "work": work, "links": links, "contacts": contacts}
    return {name: given.facts_table(tables.BY_NAME[name], each) for name, each in rows.items()}


def table_of(name: str, facts: list[tables.Fact]) -> pa.Table:
    table = tables.BY_NAME[name]
    columns = {column: [getattr(each, column) for each in facts] for column in table.column_names}
    return pa.table(columns, schema=arrow_schema(table))


def case_entities(case: Mapping[str, Any], prefix: str) -> list[Any]:
    """Return the entities of a case under names of their own, so that all cases fit into one organisation."""
    plain = [entity_of(name, words or {}) for name, words in case["organisation"].items()]
    return [
        replace(each, id=prefix + each.id, title=prefix + each.title, parent=prefix + each.parent if each.parent else None)
        for each in plain
    ]


def case_rows(case: Mapping[str, Any], prefix: str) -> dict[str, pa.Table]:
    found = {}
    for name, rows in case["given"].items():
        facts = [fact_of(tables.BY_NAME[name], row) for row in rows]
        table = given.facts_table(
            tables.BY_NAME[name],
            [{key: _under(prefix, key, value) for key, value in each.items()} for each in facts],
        )
        records = pc.binary_join_element_wise(prefix, table[tables.KEYS[1]], "")
        found[name] = table.set_column(1, table.schema.field(1), records)
    return found


def _under(prefix: str, column: str, value: Any) -> Any:
    """Put a prefix before a name; in a link before what stands behind the kind of it, people aside."""
    if column in REFERENCES and value.partition(":")[0] in OF_WORK:
        kind, _, name = value.partition(":")
        return f"{kind}:{prefix}{name}"
    return prefix + value if column in NAMED else value


def changes(rows: Mapping[str, pa.Table]) -> list[Change]:
    """Return what each source says."""
    source, record = tables.KEYS[:2]
    names = sorted({name for table in rows.values() for name in table[source].to_pylist()})
    found = []
    for each in names:
        own = {name: table.filter(pc.equal(table[source], each)) for name, table in rows.items()}
        own = {name: table for name, table in own.items() if table.num_rows}
        records = pa.chunked_array([chunk for table in own.values() for chunk in table[record].chunks])
        found.append(Change(each, own, records, quarantine.schema().empty_table()))
    return found


def computed(engine: Engine, facts: Golden, measures: Sequence[Measure]) -> list[Row]:
    """Resolve, derive and measure; the engine then holds every table."""
    for name, files in facts.files.items():
        engine.add(name, files)
    return compute(engine, facts.organisation, zone=ZONE, source_order=["register", "website"], measures=measures)
