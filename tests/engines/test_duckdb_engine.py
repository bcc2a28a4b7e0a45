"""What holds for DuckDB alone; what every engine promises is in test_engines.py."""

from __future__ import annotations

from wholeservice.engines.duckdb_engine import DuckdbEngine


def test_nothing_is_downloaded():
    """Extensions are neither installed nor loaded by themselves."""
    connection = DuckdbEngine()._connection.con
    names = ("autoinstall_known_extensions", "autoload_known_extensions")
    assert [connection.execute("select current_setting(?)", [name]).fetchone() for name in names] == [(False,), (False,)]
