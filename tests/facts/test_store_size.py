"""The store does not mind how much there is: what is weighed on disk heap by heap is weighed as if it were in memory."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.said import commit, said_by
from wholeservice.facts import staging, weighing
from wholeservice.facts.row_marks import RowMarks
from wholeservice.facts.store import Store
from wholeservice.mapping import fingerprints
from wholeservice.mapping.fingerprints import Occurrences

SOURCE = """\
a:
  file: a.csv
  record: [id]
  absent: ABSENT
  facts:
    - tally: { from_at: 2026-01-01, to_at: 2026-02-01, window: calendar, entity: "{id}", of: visits, statistic: count,
               value: "{n}" }
"""


@pytest.fixture
def tiny(monkeypatch) -> None:
    """Heaps, files and groups of rows so small that a few rows need several."""
    monkeypatch.setattr(weighing, "ROWS_PER_HEAP", 3)
    monkeypatch.setattr(weighing, "FEW", 2)
    monkeypatch.setattr(staging, "ROWS_PER_FILE", 4)
    monkeypatch.setattr(staging, "ROWS_PER_GROUP", 2)
    monkeypatch.setattr(fingerprints, "_N_FRESH", 2)


@dataclass
class Model:
    """What a store should hold and count, in the plainest words: record -> the values of its rows."""

    holds: dict[str, list[str]] = field(default_factory=dict)

    def reads(self, rows: list[tuple[str, str]], *, is_all: bool) -> Counter[str]:
        refused = [row for row in rows if row[1] == "x"]
        good = [row for row in rows if row[1] != "x"]
        now: dict[str, list[str]] = {}
        for record, value in good:
            now.setdefault(record, []).extend([value] if value else [])
        counts = Counter(refused=len(refused))
        for record, _ in good:
            old, new = sorted(self.holds.get(record, [])), sorted(now[record])
            counts["known" if old == new else "superseded" if old else "kept"] += 1
        gone = {record for record in self.holds if record not in now} if is_all and not refused else set()
        counts["deleted"] = len(gone)
        self.holds = {record: values for record, values in {**self.holds, **now}.items() if values and record not in gone}
        return counts


ROWS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["1", "2", "3", "", "x"])), max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(revisions=st.lists(st.tuples(ROWS, st.booleans()), min_size=1, max_size=5))
def test_any_sequence_of_revisions_agrees_with_a_dictionary(tmp_path_factory, tiny, revisions):
    """kept + known + superseded + refused = read, each as the plain definition says, and the store holds what it should."""
    from ingested import Workspace

    workspace, model, pinned = Workspace(tmp_path_factory.mktemp("store")), Model(), []
    for rows, is_all in revisions:
        workspace.write("a.csv", "id,n\n" + "".join(f"{record},{value}\n" for record, value in rows))
        report = workspace.ingest(SOURCE.replace("ABSENT", "delete" if is_all else "keep"))
        expected = model.reads(rows, is_all=is_all)
        (source,) = report.sources
        assert {name: getattr(source, name) for name in ("kept", "known", "superseded", "refused", "deleted")} == {
            name: expected[name] for name in ("kept", "known", "superseded", "refused", "deleted")
        }
        assert source.read == len(rows)
        assert held(workspace) == {record: sorted(values) for record, values in model.holds.items()}
        pinned.append((report.run, held(workspace)))
    for run, holds in pinned:
        assert run is None or held(workspace, run) == holds


def held(workspace, run=None) -> dict[str, list[str]]:
    run, found = run or workspace.store.latest(), {}
    for row in workspace.store.read(run, "tallies").to_pylist() if run else []:
        found.setdefault(row["record"], []).append(f"{row['value']:.0f}")
    return {record: sorted(values) for record, values in found.items()}


def test_a_revision_touches_only_the_files_of_its_records(tmp_path, tiny):
    """Twelve records in three files: one that changes rewrites its own file, and the two others are the same files."""
    store = Store(tmp_path)
    first = commit(store, {f"r{n:02d}": [str(n)] for n in range(12)})
    second = commit(store, {"r05": ["new"]}, 1)
    before, after = set(store.files(first)["links"]), set(store.files(second)["links"])
    assert len(before) == 3
    assert len(before & after) == 2
    (rest,) = [path for path in after - before if pq.read_metadata(path).num_rows == 3]
    assert sorted(pq.read_table(rest)["record"].to_pylist()) == ["r04", "r06", "r07"]
    assert said_by(store) == {f"r{n:02d}": ["new" if n == 5 else str(n)] for n in range(12)}


def test_a_small_change_deals_out_nothing(tmp_path, monkeypatch):
    """What a change of two records does not speak of is left aside at once, however much there is."""
    store = Store(tmp_path)
    commit(store, {f"r{n}": [str(n)] for n in range(50)})
    dealt = []
    monkeypatch.setattr(weighing, "ROWS_PER_HEAP", 10)
    monkeypatch.setattr(weighing._Dealt, "_deal", lambda self, batch: dealt.append(batch))
    commit(store, {"r7": ["new"], "other": ["x"]}, 1)
    assert dealt == []
    assert said_by(store)["r7"] == ["new"]


def test_a_repeat_is_seen_without_dealing_anything_out(tmp_path, tiny, monkeypatch):
    """The same again in another order: all is known, whatever the number of rows."""
    store = Store(tmp_path)
    said = {f"r{n}": [str(n)] for n in range(9)} | {"none": []}
    run = commit(store, said)
    monkeypatch.setattr(weighing, "_heaps", lambda *_: pytest.fail("dealt out"))
    again = commit(store, dict(reversed(said.items())), 1, is_all=True)
    assert (again.id, again.is_new) == (run.id, False)
    assert (again.counts[0]["known"], again.counts[0]["read"]) == (10, 10)


def test_files_that_hold_rows_of_several_sources_are_revised_too(tmp_path):
    """Compaction by another tool may put two sources into one file: each revision takes out its own rows only."""
    store = Store(tmp_path)
    commit(store, {"r": ["x"], "s": ["keep"]})
    run = commit(store, {"r": ["y"]}, 1, source="b")
    table = store.table("links")
    table.optimize.compact()
    with store.locked():
        pass  # versions that no run pins are taken out
    assert store.files(store.latest()) == store.files(run)
    with store.locked():
        table = store.table("links")
        table.optimize.compact()
        run = store.pin({"links": table.version()}, run.committed_at)
    assert len(store.files(run)["links"]) == 1
    changes = {"r": ["z"]}
    commit(store, changes, 2)
    assert said_by(store) == {"r": ["y", "z"], "s": ["keep"]} or said_by(store) == {"r": ["z", "y"], "s": ["keep"]}


@given(st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=8))
def test_occurrences_are_counted_over_shelves_and_batches(batches):
    """Whatever is in memory, on a shelf, or only marked: the k-th of equal hashes has number k."""

    def shelve(values: np.ndarray):
        return lambda: values

    seen, counted = Occurrences(shelve), Counter()
    old, fingerprints._N_FRESH = fingerprints._N_FRESH, 5
    try:
        for batch in batches:
            expected = []
            for each in batch:
                counted[each] += 1
                expected.append(counted[each])
            assert seen.number(np.array(batch, np.uint64)).tolist() == expected
    finally:
        fingerprints._N_FRESH = old


@given(st.integers(1, 60), st.data())
def test_marks_on_rows_are_those_that_were_made(n_rows, data):
    """Any set of rows, asked for in any range, in whatever byte it begins."""
    marked = data.draw(st.sets(st.integers(0, n_rows - 1)))
    first = data.draw(st.integers(0, n_rows))
    end = data.draw(st.integers(first, n_rows))
    marks = RowMarks(n_rows)
    marks.add(np.array(sorted(marked, reverse=True), np.int64))
    assert marks.between(first, end).tolist() == [row in marked for row in range(first, end)]
    assert marks.count(first, end) == len([row for row in marked if first <= row < end])


def test_memory_does_not_hold_what_is_read(workspace, monkeypatch):
    """When the last batch comes, the first ones are on disk already, and nobody holds them any more."""
    import pyarrow as pa

    monkeypatch.setattr(staging, "ROWS_PER_GROUP", 1000)
    workspace.write("a.csv", "id,n\n" + "".join(f"{n},{n}\n" for n in range(400_000)))
    held_bytes = []
    workspace.ingest(SOURCE.replace("ABSENT", "keep"), progress=lambda *_: held_bytes.append(pa.total_allocated_bytes()))
    assert len(held_bytes) >= 4
    assert max(held_bytes) < 3 * max(held_bytes[: len(held_bytes) // 2])


def test_which_records_were_seen_is_kept_on_disk(workspace, monkeypatch):
    """Of many records only the last few are remembered in memory; a record that comes again much later is told all the same."""
    monkeypatch.setattr(fingerprints, "_N_FRESH", 1000)
    shelve, shelved = staging.Folder.shelve, []
    monkeypatch.setattr(staging.Folder, "shelve", lambda self, values: shelved.append(len(values)) or shelve(self, values))
    workspace.write("a.csv", "id,n\n" + "".join(f"{n},{n}\n" for n in range(200_000)) + "7,8\n")
    workspace.ingest(SOURCE.replace("ABSENT", "keep"))
    assert sum(shelved) >= 199_000
    (first, second) = [part for record, part in workspace.rows("tallies", "record", "part") if record == "7"]
    assert first != second


def test_nothing_stays_in_staging(workspace):
    """A commit leaves neither folders of readings nor heaps behind; a source that cannot be read neither."""
    workspace.write("a.csv", "id,n\n1,2\n")
    workspace.ingest(SOURCE.replace("ABSENT", "keep"))
    workspace.write("a.csv", "other\n1\n")
    assert workspace.ingest(SOURCE.replace("ABSENT", "keep")).problems
    assert os.listdir(workspace.store.path / "staging") == []


def test_many_commits_keep_the_table_of_runs_and_the_logs_short(tmp_path, monkeypatch):
    """Every so often the rows of all runs are put into one file, and a log is summed up; every run still reads as it was."""
    monkeypatch.setattr("wholeservice.facts.runs.MAX_FILES", 4)
    monkeypatch.setattr("wholeservice.facts.delta_log.CHECKPOINT_EVERY", 5)
    store = Store(tmp_path)
    for day in range(13):
        commit(store, {"r": [str(day)]}, day)
    assert len(store.table("runs").file_uris()) <= 4
    assert [path.name for path in sorted((tmp_path / "links" / "_delta_log").glob("*.parquet"))] == [
        f"{version:020d}.checkpoint.parquet" for version in (5, 10)
    ]
    assert [said_by(store, run)["r"] for run in store.runs()] == [[str(day)] for day in range(13)]
    for version in range(6):  # a summary stands for all before it
        (tmp_path / "links" / "_delta_log" / f"{version:020d}.json").unlink()
    assert said_by(store, store.runs()[5]) == {"r": ["5"]}
    assert commit(store, {"r": ["last"]}, 20).committed_at == dt.datetime(2026, 1, 21, tzinfo=dt.UTC)
    assert Path(store.files(store.latest())["links"][0]).is_file()
