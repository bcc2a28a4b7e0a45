"""A query that is written down gives what it gave when it was built, while the tables it reads keep their columns."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.engines.with_views import WithViews, add_named, run_named
from wholeservice.engines.written import from_arrow, to_arrow


def engine_of(numbers: pa.Table, **kept: Any) -> WithViews:
    engine = WithViews(DuckdbEngine(), **kept)
    engine.add("numbers", numbers)
    return engine


def total(engine: WithViews) -> tuple[pa.Table, int]:
    """Run the query; return its rows, and how many times it had to be built."""
    built = []

    def make() -> Any:
        built.append(1)
        n = engine.table("numbers")
        return n.aggregate(total=n.n.sum())

    return run_named(engine, "total", make), len(built)


def test_it_is_built_once_and_read_from_what_was_stored():
    """Another process, other rows of the same columns: 4 + 5 is counted without building the query again."""
    first = engine_of(pa.table({"n": [1, 2]}))
    rows, n_built = total(first)
    assert (rows["total"].to_pylist(), n_built) == ([3], 1)
    second = engine_of(pa.table({"n": [4, 5]}), queries=from_arrow(to_arrow(first.queries)))
    again, n_built = total(second)
    assert (again["total"].to_pylist(), n_built) == ([9], 0)
    assert again.schema == rows.schema


def test_other_columns_or_versions_build_it_again():
    """A column that became a fraction gives a fraction; what another version wrote is not read."""
    first = engine_of(pa.table({"n": [1, 2]}))
    total(first)
    stored = to_arrow(first.queries)
    rows, n_built = total(engine_of(pa.table({"n": [0.5, 0.25]}), queries=from_arrow(stored)))
    assert (rows["total"].to_pylist(), n_built) == ([0.75], 1)
    assert from_arrow(stored.replace_schema_metadata({"by": "ibis 0"})) == {}
    assert len(from_arrow(stored)) == 1


def test_a_table_of_a_written_query_is_what_the_query_gives():
    """A sum of whole numbers, which this engine makes wider than declared, is one in the table too; a view gives way."""
    engine = engine_of(pa.table({"n": [1, 2], "name": ["a", None]}))
    engine.add("kept", engine.table("numbers").limit(0))
    makes = {
        "as it is": lambda: engine.table("numbers"),
        "sum": lambda: engine.table("numbers").aggregate(n=engine.table("numbers").n.sum()),
    }
    for of, make in makes.items():
        add_named(engine, "kept", make, of=of)
        kept = engine.run(engine.table("kept"))
        assert kept.equals(engine.run(make()))
        assert engine.table("kept").schema() == make().schema()
    add_named(engine, "kept", lambda: engine.table("kept").mutate(n=engine.table("kept").n + 4), of="itself")
    assert engine.run(engine.table("kept")).to_pylist() == [{"n": 7}]
    assert sorted(engine.queries) == ["kept as it is", "kept itself", "kept sum"]
