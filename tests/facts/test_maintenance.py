"""Compact, vacuum, verify, list: the content stays, what is pinned stays, and a death in between costs nothing."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from facts.test_store import change, commit, said_by
from wholeservice.facts import maintenance
from wholeservice.facts.store import Store

DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LATER = DAY + dt.timedelta(days=99)


def day(n: int) -> dt.datetime:
    return DAY + dt.timedelta(days=n)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Six runs of one source that adds a record each, with a second source in between."""
    found = Store(tmp_path / "store")
    for number in range(6):
        found.commit([change({f"r{number}": ["x", "y"]})], {}, {}, day(number))
    found.commit([change({"s": ["z"]}, source="b")], {}, {}, day(6))
    return found


def rows_of(store: Store, run=None) -> list[dict]:
    rows = store.read(run or store.latest(), "links").to_pylist()
    return sorted(rows, key=lambda row: (row["source"], row["record"], row["part"]))


def test_a_compaction_changes_no_row(store):
    """One file per source afterwards, every value of every column as before, and a run of its own."""
    before, newest = rows_of(store), store.latest()
    files = store.files(newest)["links"]
    done = maintenance.compact(store)
    assert (len(files), len(store.files(done.run)["links"])) == (7, 2)
    assert (done.n_before, done.n_after) == (7, 2)
    assert rows_of(store) == before
    assert store.latest().id == done.run.id != newest.id
    assert store.files(newest)["links"] == files
    assert all(Path(path).is_file() for path in files)


def test_compacting_again_writes_nothing(store):
    """There are no small files left to merge."""
    run = maintenance.compact(store).run
    assert maintenance.compact(store).run.id == run.id
    assert maintenance.compact(Store(store.path.parent / "none")).run is None


def test_ingest_goes_on_after_a_compaction(store):
    """Records in the merged file are still known, superseded and deleted."""
    maintenance.compact(store)
    run = commit(store, {"r0": ["x", "y"], "r1": ["new"]}, 100)
    assert (run.counts[0]["known"], run.counts[0]["superseded"]) == (1, 1)
    assert said_by(store)["r1"] == ["new"]


def test_large_files_are_left_alone(store, monkeypatch):
    """Only files that are small and would be fewer are merged."""
    monkeypatch.setattr(maintenance.staging, "ROWS_PER_FILE", 3)
    assert maintenance.compact(store).n_after == 7


def test_a_vacuum_takes_away_only_what_no_run_pins(store):
    """Without being told which runs to drop, it drops none; a stray file goes, and a dry run says what would."""
    stray = store.path / "links" / "stray.parquet"
    stray.write_bytes(b"x" * 100)
    dry = maintenance.vacuum(store, is_dry=True)
    assert (dry.n_files, dry.n_bytes, stray.exists()) == (1, 100, True)
    done = maintenance.vacuum(store)
    assert (done, stray.exists()) == (dry, False)
    assert [len(said_by(store, run)) for run in store.runs()] == [1, 2, 3, 4, 5, 6, 7]


def test_a_vacuum_keeps_the_newest_runs(store):
    """The runs that are kept read as before; the others are gone, with the files that only they needed."""
    run = maintenance.compact(store).run
    before = rows_of(store)
    freed = maintenance.list_runs(store)
    done = maintenance.vacuum(store, keep=maintenance.newest_runs(1))
    assert (len(done.dropped), [each.id for each in store.runs()]) == (7, [run.id])
    assert rows_of(store) == before
    assert len(list((store.path / "links").glob("*.parquet"))) == 2
    assert done.n_bytes >= sum(each.n_bytes_own for each in freed[:-1])


def test_the_newest_run_is_never_dropped(store):
    """Whatever is asked for."""
    maintenance.vacuum(store, keep=lambda kept: [])
    assert len(store.runs()) == 1
    assert len(said_by(store)) == 7


def test_keeping_days_keeps_what_stood_then(store):
    """The run that stood at the start of the time is needed to answer what was known then."""
    maintenance.vacuum(store, keep=maintenance.runs_since(day(4) + dt.timedelta(hours=1)))
    assert [run.committed_at for run in store.runs()] == [day(4), day(5), day(6)]


def test_the_list_says_what_each_run_holds(store):
    """Rows of facts, files, bytes, and the bytes that dropping it would free."""
    found = maintenance.list_runs(store)
    assert [each.n_rows for each in found] == [2, 4, 6, 8, 10, 12, 13]
    assert [each.n_files for each in found] == [1, 2, 3, 4, 5, 6, 7]
    assert {each.n_bytes_own for each in found[:-1]} == {0}
    assert found[-1].n_bytes_own == found[-1].n_bytes - found[-2].n_bytes


def test_a_whole_store_is_verified(store):
    """Every file of every run is read once."""
    found = maintenance.verify(store)
    assert (found.n_runs, found.n_files, found.n_rows, found.problems) == (7, 7, 13, ())


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), "cannot be read"),
        (lambda path: path.write_bytes(b""), "cannot be read"),
        (lambda path: path.write_bytes(path.read_bytes()[:200] + b"\xff" * 8 + path.read_bytes()[208:]), ""),
    ],
    ids=["gone", "cut", "empty", "overwritten"],
)
def test_damage_is_told_with_the_runs_that_need_the_file(store, damage, says):
    """The file, what is wrong with it, and which runs cannot be read."""
    damage(Path(store.files(store.runs()[0])["links"][0]))
    problems = maintenance.verify(store).problems
    assert [each.code for each in problems] == ["STO120"]
    assert says in problems[0].what
    assert "7 runs need it" in problems[0].what


def test_a_file_of_other_rows_is_told(store):
    """A readable file with another number of rows than the log says is damage too."""
    first, last = (Path(store.files(run)["links"][0]) for run in (store.runs()[0], store.latest()))
    other = next(
        Path(each) for each in store.files(store.latest())["links"] if Path(each).stat().st_size != first.stat().st_size
    )
    shutil.copy(other, first)
    assert len(maintenance.verify(store).problems) == 1
    assert last


class Killed(Exception):
    pass


@pytest.mark.parametrize("what", ["compact", "vacuum"])
def test_a_death_at_any_step_costs_nothing(store, what):
    """After each durable step the newest run reads the same, and doing it again finishes."""

    def do(each: Store) -> None:
        if what == "compact":
            maintenance.compact(each)
        else:
            maintenance.vacuum(each, keep=maintenance.newest_runs(1))

    maintenance.compact(store) if what == "vacuum" else None
    steps: list[str] = []
    copy = store.path.parent / "copy"
    shutil.copytree(store.path, copy)
    do(Store(copy, reached=steps.append))
    assert len(steps) >= 4
    before = rows_of(store)
    for stop_at in range(len(steps)):
        path = store.path.parent / f"copy{stop_at}"
        shutil.copytree(store.path, path)
        seen: list[str] = []

        def reached(step: str, seen=seen, stop_at=stop_at) -> None:
            seen.append(step)
            if len(seen) == stop_at + 1:
                raise Killed

        with pytest.raises(Killed):
            do(Store(path, reached=reached))
        left = Store(path)
        assert rows_of(left) == before
        do(left)
        assert rows_of(left) == before
        assert maintenance.verify(left).problems == ()
        assert maintenance.vacuum(left, is_dry=True).n_files == 0 or what == "compact"
