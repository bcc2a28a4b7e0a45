"""A source that says small things, for tests of the store: record -> what its rows of `links` point to."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from wholeservice import tables
from wholeservice.facts.store import Run, Store
from wholeservice.facts.supersede import Change
from wholeservice.mapping import quarantine
from wholeservice.mapping.columns import arrow_schema
from wholeservice.mapping.fingerprints import fingerprints, written

DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def links(source: str, said: dict[str, list[str]]) -> pa.Table:
    """Rows of `links`: record -> what its rows point to."""
    rows = [(record, part, to) for record, ends in said.items() for part, to in enumerate(ends)]
    digest = written(fingerprints({"to": pa.array([to for *_, to in rows], pa.string())})).to_pylist()
    found = [
        {"source": source, "record": record, "part": str(part), "known_at": DAY, "where_from": "x:1", "digest": digest[index],
         "from_ref": record, "relation": "for", "to_ref": to}
        for index, (record, part, to) in enumerate(rows)
    ]  # fmt: skip
    return pa.Table.from_pylist(found, schema=arrow_schema(tables.LINKS))


def change(said: dict[str, list[str]], *, source: str = "a", is_all: bool = False) -> Change:
    records = pa.chunked_array([pa.array(list(said), pa.string())])
    n_empty = sum(not ends for ends in said.values())
    refused = quarantine.schema().empty_table()
    return Change(source, {"links": links(source, said)}, records, refused, n_empty=n_empty, is_all=is_all)


def commit(store: Store, said: dict[str, list[str]], day: int = 0, **options) -> Run:
    return store.commit([change(said, **options)], {}, {}, DAY + dt.timedelta(days=day))


def said_by(store: Store, run=None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in store.read(run or store.latest(), "links").sort_by([("record", "ascending"), ("part", "ascending")]).to_pylist():
        found.setdefault(row["record"], []).append(row["to_ref"])
    return found
