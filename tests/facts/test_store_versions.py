"""Stores of every released version are read and written on; what a version stored no later one renames, takes out or retypes.

For a release, `tests/stores/VERSION/` gets a store as that version wrote it, and its columns in `schema.json`.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

import wholeservice
from facts.said import DAY, change, commit, said_by
from ingested import Workspace
from wholeservice import tables
from wholeservice.facts.store import Store

STORES = Path(__file__).resolve().parents[1] / "stores"
VERSIONS = sorted(path.name for path in STORES.iterdir())


@pytest.fixture(params=VERSIONS)
def old(request, tmp_path) -> Workspace:
    """A workspace whose store a released version wrote."""
    shutil.copytree(STORES / request.param, tmp_path, dirs_exist_ok=True)
    made = Workspace(tmp_path)
    made.store = Store(tmp_path / "store")
    made.day = 20
    return made


def declared(workspace: Workspace) -> str:
    return (workspace.folder / "sources.yaml").read_text(encoding="utf-8")


def test_the_version_that_is_here_has_its_store():
    """Whoever raises the version adds the store that it writes."""
    assert wholeservice.__version__ in VERSIONS, f"add tests/stores/{wholeservice.__version__}"


def test_every_run_of_an_old_store_reads_as_it_was(old):
    """Both runs: what the first said of record 1, and what the second made of it."""
    first, second = old.store.runs()
    assert sorted(old.store.read(first, "interactions")["step"].to_pylist()) == ["find", "pay", "pay"]
    assert sorted(old.store.read(second, "interactions")["step"].to_pylist()) == ["choose", "pay", "pay"]
    assert sorted(old.store.read(second, "tallies")["value"].to_pylist()) == [11.0, 12.0]
    assert old.store.read(second, "quarantine")["raw"].to_pylist() == ["x"]
    assert old.store.read(second, "contacts")["wait_s"].to_pylist() == [30.0, 30.0]
    assert old.store.as_of("2026-01-01") == first


def test_an_old_store_knows_what_it_was_told(old):
    """The same files again are nothing new: records have the names and fingerprints that they had."""
    report = old.ingest(declared(old))
    assert not report.is_new
    assert [(each.known, each.refused) for each in report.sources] == [(3, 0), (2, 0)]


def test_an_old_store_takes_revisions(old):
    """A record that changed is replaced, in the files that the old version wrote; its runs stay as they were."""
    before = old.store.latest()
    content = (old.folder / "bookings.csv").read_text(encoding="utf-8")
    old.write("bookings.csv", content.replace("choose,11", "leave,13"))
    (bookings, desk) = old.ingest(declared(old)).sources
    assert (bookings.superseded, bookings.known, desk.known) == (1, 2, 2)
    assert sorted(old.rows("tallies", "value")) == [12.0, 13.0]
    assert old.rows("interactions", "record", "step") == [("1", "leave"), ("2", "pay"), ("3", "pay")]
    assert sorted(old.store.read(before, "tallies")["value"].to_pylist()) == [11.0, 12.0]


@pytest.mark.parametrize("version", VERSIONS)
def test_columns_are_only_added(version):
    """A column that was stored once keeps its name, its type and whether it may be missing; new ones may be missing."""
    now = {each.name: {column.name: (column.type, column.required) for column in each.columns} for each in tables.TABLES}
    before = json.loads((STORES / version / "schema.json").read_text(encoding="utf-8"))
    was = {name: {key: (each["type"], each["required"]) for key, each in columns.items()} for name, columns in before.items()}
    lost = {f"{table}.{name}" for table, columns in was.items() for name, kind in columns.items()
            if now.get(table, {}).get(name) != kind}  # fmt: skip
    assert not lost, f"stores of {version} have these columns; add others beside them instead: {sorted(lost)}"
    needed = {f"{table}.{name}" for table, columns in was.items() for name, (_, is_required) in now[table].items()
              if name not in columns and is_required}  # fmt: skip
    assert not needed, f"stores of {version} have no values for these; they must be optional: {sorted(needed)}"


def test_a_column_that_an_old_store_lacks_is_missing_in_its_rows(tmp_path, monkeypatch):
    """A later version adds `mood`: old rows read as null, also those in a file that is written anew; the log knows it."""
    import duckdb

    store = Store(tmp_path)
    first = commit(store, {"r1": ["x"], "r2": ["y"]})
    mood = tables.Column("mood", tables.TEXT, required=False, meaning="their mood")
    monkeypatch.setitem(tables.BY_NAME, "links", replace(tables.LINKS, columns=(*tables.LINKS.columns, mood)))
    assert store.read(first, "links")["mood"].to_pylist() == [None, None]
    said = change({"r1": ["z"]})
    glad = said.rows["links"].append_column("mood", pa.array(["glad"]))
    run = store.commit([replace(said, rows={"links": glad})], {}, {}, DAY + dt.timedelta(days=1))
    assert sorted(zip(*store.read(run, "links").select(["to_ref", "mood"]).to_pydict().values(), strict=True)) == [
        ("y", None), ("z", "glad"),
    ]  # fmt: skip
    assert duckdb.read_parquet(store.files(run)["links"]).filter("mood is null").count("*").fetchone() == (1,)
    assert "mood" in {field.name for field in store.table("links", run.versions["links"]).schema().fields}
    monkeypatch.undo()  # an older version opens it again: what it does not know is left alone
    last = commit(store, {"r2": ["w"]}, 2)
    assert said_by(store) == {"r1": ["z"], "r2": ["w"]}
    kept = duckdb.read_parquet(store.files(last)["links"], union_by_name=True)
    assert kept.filter("mood = 'glad'").count("*").fetchone() == (1,)


def test_dates_of_old_runs_are_instants(old):
    """What a run says of itself reads the same in every version."""
    assert [run.committed_at.astimezone(dt.UTC).day for run in old.store.runs()] == [1, 2]
    assert [run.readings for run in old.store.runs()] == [{}, {}]
