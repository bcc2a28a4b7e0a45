"""The engine holds tables, computes expressions, and goes nowhere else."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wholeservice.engines.duckdb_engine import DuckdbEngine


def test_a_table_that_was_never_added_is_named():
    """The error is a KeyError with the name."""
    with pytest.raises(KeyError, match="nowhere"):
        DuckdbEngine().table("nowhere")


def test_parquet_files_of_two_versions_are_one_table(tmp_path):
    """A column that the older file lacks is missing in its rows."""
    pq.write_table(pa.table({"a": [1]}), tmp_path / "old.parquet")
    pq.write_table(pa.table({"a": [2], "b": ["x"]}), tmp_path / "new.parquet")
    engine = DuckdbEngine()
    engine.add("t", [tmp_path / "old.parquet", tmp_path / "new.parquet"])
    rows = engine.run(engine.table("t").order_by("a")).to_pylist()
    assert rows == [{"a": 1, "b": None}, {"a": 2, "b": "x"}]


def test_a_table_may_be_replaced_by_an_expression_over_itself(tmp_path):
    """It is computed before it is dropped, whatever it was made of."""
    pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "t.parquet")
    engine = DuckdbEngine()
    engine.add("t", [tmp_path / "t.parquet"])
    for expected in ([2, 3], [3, 4]):
        t = engine.table("t")
        engine.add("t", t.select(a=t.a + 1))
        assert sorted(engine.run(engine.table("t")).column("a").to_pylist()) == expected
    assert engine.names() == {"t"}


def test_no_files_are_no_table():
    """An empty list adds nothing, and takes away what had the name."""
    engine = DuckdbEngine()
    engine.add("t", pa.table({"a": [1]}))
    engine.add("t", [])
    assert engine.names() == frozenset()


def test_instants_are_utc():
    """The session's zone is UTC, so an instant comes back as it went in, and its hour is that of UTC."""
    summer = dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)
    engine = DuckdbEngine()
    engine.add("t", pa.table({"seen_at": pa.array([summer], pa.timestamp("us", tz="UTC"))}))
    t = engine.table("t")
    (row,) = engine.run(t.mutate(hour=t.seen_at.hour())).to_pylist()
    assert (row["seen_at"], row["hour"]) == (summer, 23)


def test_nothing_is_downloaded():
    """Extensions are neither installed nor loaded by themselves."""
    connection = DuckdbEngine()._connection.con
    names = ("autoinstall_known_extensions", "autoload_known_extensions")
    assert [connection.execute("select current_setting(?)", [name]).fetchone() for name in names] == [(False,), (False,)]
