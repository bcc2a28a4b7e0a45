"""The plug is pulled: what a run pins was on the disk before the run was, and what a dead writer left is taken away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facts.said import DAY, commit, said_by
from wholeservice.errors import OutsideError
from wholeservice.facts import delta_log, durable, staging
from wholeservice.facts.staging import Disk
from wholeservice.facts.store import Store


def test_all_that_a_run_pins_is_on_the_disk_before_the_run_is(tmp_path, monkeypatch):
    """At the moment when the row of the run gets its place in the log: every data file and log entry, in every folder."""
    settled: set[int] = set()
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        settled.add(os.fstat(descriptor).st_ino)

    def checked(step: str) -> None:
        if step != "before the run is pinned":
            return
        for path in [*tmp_path.rglob("links/**/*"), tmp_path / "links", tmp_path]:
            assert path.stat().st_ino in settled, path
        steps.append(step)

    steps: list[str] = []
    monkeypatch.setattr(os, "fsync", noted)
    store = Store(tmp_path, reached=checked)
    commit(store, {"r": ["x"], "s": ["y"]})
    settled.clear()
    before = {path.stat().st_ino for path in tmp_path.rglob("*")}
    settled |= before
    settled.discard((tmp_path / "links").stat().st_ino)
    settled.discard((tmp_path / "links" / "_delta_log").stat().st_ino)
    settled.discard(tmp_path.stat().st_ino)
    commit(store, {"r": ["z"]}, 1)
    assert len(steps) == 2
    run_files = [*(tmp_path / "runs").rglob("*.*"), tmp_path / "runs", tmp_path / "runs" / "_delta_log"]
    assert [path for path in run_files if path.stat().st_ino not in settled] == []


def test_versions_that_another_tool_wrote_are_brought_to_the_disk(tmp_path, monkeypatch):
    """Compaction writes through the library: the file and the log entry that it added are settled before the run."""
    store = Store(tmp_path)
    commit(store, {"r": ["x"]})
    run = commit(store, {"s": ["y"]}, 1)
    settled: set[str] = set()
    settle_file = durable.settle_file
    monkeypatch.setattr(durable, "settle_file", lambda path: (settle_file(path), settled.add(path.name)))
    with store.locked():
        table = store.table("links")
        table.optimize.compact()
        compacted = store.pin({"links": table.version()}, DAY)
    (file,) = store.files(compacted)["links"]
    assert {Path(file).name, f"{table.version():020d}.json"} <= settled
    assert compacted.committed_at == run.committed_at  # never before the run that stood
    assert said_by(store) == {"r": ["x"], "s": ["y"]}


def test_only_who_holds_the_store_may_pin(tmp_path):
    """A run that is written without the lock could be overtaken."""
    store = Store(tmp_path)
    run = commit(store, {"r": ["x"]})
    with pytest.raises(Exception, match="without holding the store"):
        store.pin({"links": run.versions["links"]}, DAY)


def test_an_entry_is_published_whole_or_not_at_all(tmp_path):
    """A half-written entry has another name; the next attempt replaces it, and no reader takes it for a version."""
    store = Store(tmp_path)
    run = commit(store, {"r": ["x"]})
    log = tmp_path / "links" / "_delta_log"
    (log / f"{1:020d}.json{durable.UNFINISHED}").write_text('{"add":')
    assert said_by(store) == {"r": ["x"]}
    assert delta_log.newest(tmp_path / "links") == run.versions["links"] == 0
    assert commit(store, {"r": ["y"]}, 1).versions["links"] == 1
    assert said_by(store) == {"r": ["y"]}


def test_a_version_that_nobody_can_read_is_taken_out_when_no_run_pins_it(tmp_path):
    """Power failed while another tool wrote the log: the entry is empty or broken off, and the store goes on."""
    store = Store(tmp_path)
    commit(store, {"r": ["x"]})
    (tmp_path / "links" / "_delta_log" / f"{1:020d}.json").write_text('{"add":{"path":')
    (tmp_path / "links" / "_delta_log" / "_last_checkpoint").write_text('{"version":1,"size":1}')
    commit(store, {"s": ["y"]}, 1)
    assert said_by(store) == {"r": ["x"], "s": ["y"]}


def test_a_log_that_lacks_what_a_run_pins_is_never_written_on(tmp_path):
    """A lost entry is told: a new one in its place would make the run read something else."""
    store = Store(tmp_path)
    commit(store, {"r": ["x"]})
    commit(store, {"r": ["y"]}, 1)
    (tmp_path / "links" / "_delta_log" / f"{1:020d}.json").unlink()
    with pytest.raises(OutsideError) as caught:
        commit(store, {"r": ["z"]}, 2)
    assert caught.value.problems[0].code == "STO103"
    assert "ends before version 1" in caught.value.problems[0].what
    assert len(store.runs()) == 2


KILLED = """
import datetime as dt, os, signal, sys
from pathlib import Path
from wholeservice.documents import parse
from wholeservice.facts import ingest, staging
from wholeservice.facts.store import Store
from wholeservice.sources.base import Context

folder, stop = Path(sys.argv[1]), sys.argv[2]
staging.ROWS_PER_GROUP, staging.ROWS_PER_FILE = 1000, 5000

def reached(step, *_):
    if step == stop:
        os.kill(os.getpid(), signal.SIGKILL)

root, _ = parse((folder / "wholeservice.yaml").read_text(), "wholeservice.yaml")
declared, problems = ingest.load(root, {}, "UTC")
ingest.ingest(declared, Store(folder / "store", reached=reached), Context(folder), dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
              guards=lambda source: None, progress=reached)
"""
STEPS = [
    "a", "staged what was read", "wrote the rows of sightings", "moved the files of sightings", "wrote the log of sightings",
    "before the run is pinned", "the run is pinned",
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_what_a_dead_writer_left_is_swept_up_by_the_next(workspace, step):
    """Killed while reading (step `a`), or anywhere later: afterwards every file in the store is one that a run pins."""
    source = 'a:\n  file: a.csv\n  record: [id]\n  facts: [ sighting: { kind: service, name: "{name}" } ]\n'
    (workspace.folder / "wholeservice.yaml").write_text(source)
    workspace.write("a.csv", "id,name\n" + "".join(f"{n},x{n}\n" for n in range(12_000)))
    workspace.store = Store(workspace.folder / "store")
    died = subprocess.run([sys.executable, "-c", KILLED, str(workspace.folder), step], check=False).returncode
    assert died < 0
    assert os.listdir(workspace.store.path / "staging")
    workspace.write("a.csv", "id,name\n" + "".join(f"{n},y{n}\n" for n in range(11_000)))
    report = workspace.ingest(source)
    is_pinned = step == STEPS[-1]
    assert (report.sources[0].superseded, report.sources[0].kept) == ((11_000, 0) if is_pinned else (0, 11_000))
    assert len(workspace.rows("sightings", "name")) == (12_000 if is_pinned else 11_000)
    runs = workspace.store.runs()
    assert len(runs) == (2 if is_pinned else 1)
    pinned = {Path(path) for run in runs for paths in workspace.store.files(run).values() for path in paths}
    assert {path.absolute() for path in workspace.store.path.glob("sightings/*.parquet")} == pinned
    assert os.listdir(workspace.store.path / "staging") == []


def test_a_full_disk_while_staging_is_told_and_leaves_nothing_behind(workspace, monkeypatch):
    """What could not be written is the store's trouble, not the source's; the space is given back at once."""
    workspace.write("a.csv", "id,name\n1,x\n")
    source = 'a:\n  file: a.csv\n  record: [id]\n  facts: [ sighting: { kind: service, name: "{name}" } ]\n'
    workspace.ingest(source)

    def full(self: object, rows: object) -> None:
        raise OSError(28, "No space left on device")

    workspace.write("a.csv", "id,name\n1,y\n")
    with monkeypatch.context() as now:
        now.setattr(staging.Writer, "_write", full)
        with pytest.raises(OutsideError) as caught:
            workspace.ingest(source)
    assert caught.value.problems[0].code == "STO103"
    assert "No space left" in caught.value.problems[0].what
    left = [path for path in (workspace.store.path / "staging").rglob("*") if path.is_file() and path.name != staging.LOCK]
    assert left == []
    assert workspace.rows("sightings", "name") == ["x"]
    workspace.ingest(source)
    assert workspace.rows("sightings", "name") == ["y"]
    assert os.listdir(workspace.store.path / "staging") == []


def test_a_folder_that_is_held_is_not_taken_for_a_dead_one(tmp_path):
    """Another process reads a long source: a commit in between leaves its staged files alone."""
    store = Store(tmp_path)
    with staging.opened(store.path, store.latest) as folder:
        staged = folder.new_path()
        staged.write_bytes(b"rows")
        commit(store, {"r": ["x"]})
        assert staged.read_bytes() == b"rows"
    assert not staged.exists()


def test_what_the_disk_could_not_do_is_raised_by_the_next_call(tmp_path):
    """Nothing is lost in the other thread."""

    def fails() -> None:
        raise OSError("gone")

    with Disk(tmp_path) as disk:
        disk.do(fails)
        with pytest.raises(OutsideError, match="gone"):
            disk.wait()
