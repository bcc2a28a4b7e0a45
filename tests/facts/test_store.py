"""The store: pinned runs, one writer, and a death at any moment leaves the last run as it was."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facts.said import DAY, change, commit, links, said_by
from wholeservice.errors import InputError, OutsideError
from wholeservice.facts.store import Store
from wholeservice.facts.supersede import weigh
from wholeservice.mapping.fingerprints import fingerprints


def test_an_empty_store_has_no_run_and_no_files(tmp_path):
    """Reading where nothing was ever written is no error."""
    assert Store(tmp_path / "none").latest() is None
    assert Store(tmp_path / "none").runs() == ()


def test_a_run_keeps_what_it_pinned(tmp_path):
    """Files and rows of an earlier run are the same after later runs changed and removed rows."""
    store = Store(tmp_path)
    first = commit(store, {"r1": ["x", "y"], "r2": ["z"]})
    files = store.files(first)
    second = commit(store, {"r1": ["w"]}, 1)
    third = commit(store, {"r1": ["w"]}, 2, is_all=True)
    assert (said_by(store, first), said_by(store, second)) == ({"r1": ["x", "y"], "r2": ["z"]}, {"r1": ["w"], "r2": ["z"]})
    assert said_by(store, third) == {"r1": ["w"]}
    assert store.files(first) == files
    assert [each.id for each in store.runs()] == [first.id, second.id, third.id]


def test_the_files_of_a_run_hold_every_key(tmp_path):
    """A reader needs the file list only: source and all other keys are columns of the files."""
    import duckdb

    store = Store(tmp_path)
    run = store.commit([change({"r": ["x"]}), change({"r": ["y"]}, source="b")], {"a": "c1"}, {"a": {"read": 1}}, DAY)
    found = duckdb.read_parquet(store.files(run)["links"]).project("source, record, to_ref").order("source").fetchall()
    assert found == [("a", "r", "x"), ("b", "r", "y")]
    assert run.cursors == {"a": "c1"}


def test_a_folder_may_have_blanks_and_other_letters(tmp_path):
    """The file list names files that are there; a percent sign, which the table format cannot bear, is refused in words."""
    store = Store(tmp_path / "Mein Büro #1" / "store")
    commit(store, {"r": ["x"]})
    run = commit(store, {"r": ["y"]}, 1)
    assert all(Path(path).is_file() for path in store.files(run)["links"])
    assert said_by(store) == {"r": ["y"]}
    with pytest.raises(OutsideError) as caught:
        commit(Store(tmp_path / "100%20"), {"r": ["x"]})
    assert caught.value.problems[0].code == "STO104"


def test_only_the_files_of_a_source_that_changed_are_rewritten(tmp_path):
    """The other source's data files are the same files."""
    store = Store(tmp_path)
    first = store.commit([change({"r": ["x"]}), change({"r": ["y"]}, source="b")], {}, {}, DAY)
    second = commit(store, {"r": ["new"]}, 1)
    assert len(set(store.files(first)["links"]) & set(store.files(second)["links"])) == 1
    assert said_by(store, second) == {"r": ["new", "y"]}


def test_a_source_can_lose_all_its_rows(tmp_path):
    """When the last record is deleted the table is empty, not as it was."""
    store = Store(tmp_path)
    commit(store, {"r": ["x"]})
    run = commit(store, {}, 1, is_all=True)
    assert store.read(run, "links").num_rows == 0
    assert store.read(run, "calls").num_rows == 0


def test_an_unknown_run_is_an_error_with_the_nearest(tmp_path):
    """A mistyped id is answered with the one that was meant."""
    store = Store(tmp_path)
    run = commit(store, {"r": ["x"]})
    with pytest.raises(InputError) as caught:
        store.run(run.id[:-1] + "?")
    assert caught.value.problems[0].nearest == run.id


def test_a_clock_that_was_set_back_does_not_make_new_facts_old(tmp_path):
    """What is learned later is known later, whatever the clock says."""
    store = Store(tmp_path)
    commit(store, {"r": ["x"]}, 10)
    run = commit(store, {"r": ["y"]}, 3)
    assert run.committed_at == DAY + dt.timedelta(days=10)
    assert said_by(store) == {"r": ["y"]}


def test_one_writer_at_a_time(tmp_path):
    """The second writer waits, and then is told who holds the store; after that one's death the lock is free."""
    heard: list[str] = []
    store = Store(tmp_path, wait_s=0.2, waiting=heard.append)
    commit(store, {"r": ["x"]})
    held = "import fcntl, os, sys, time; f = open(sys.argv[1], 'r+'); fcntl.flock(f, fcntl.LOCK_EX); f.truncate(); " \
           "f.write(str(os.getpid())); f.flush(); print('held', flush=True); time.sleep(60)"  # fmt: skip
    with subprocess.Popen([sys.executable, "-c", held, str(tmp_path / "lock")], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(OutsideError) as caught:
            commit(store, {"r": ["y"]}, 1)
        holder.kill()
    assert caught.value.problems[0].code == "STO101"
    assert f"process {holder.pid}" in caught.value.problems[0].what
    assert [f"process {holder.pid}" in line for line in heard] == [True]
    assert commit(store, {"r": ["y"]}, 1).id.startswith("0002")


WRITER = """
import datetime as dt, os, signal, sys
from pathlib import Path
import deltalake, pyarrow.compute, pyarrow.dataset
from wholeservice.documents import parse
from wholeservice.facts import ingest
from wholeservice.facts.store import Store
from wholeservice.sources.base import Context

folder = Path(sys.argv[1])

def write(stop):
    n_reached = 0
    def reached(step):
        nonlocal n_reached
        n_reached += 1
        if n_reached == stop:
            os.kill(os.getpid(), signal.SIGKILL)
    root, _ = parse((folder / "wholeservice.yaml").read_text(), "wholeservice.yaml")
    declared, problems = ingest.load(root, {}, "UTC")
    assert not problems
    store = Store(folder / "store", reached=reached)
    ingest.ingest(declared, store, Context(folder), dt.datetime(2026, 2, 1, tzinfo=dt.UTC), guards=lambda source: None)

for line in sys.stdin:  # one child per line, which is killed after that many steps
    child = os.fork()
    if not child:
        write(int(line))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
SOURCES = """
a:
  file: a.csv
  record: [id]
  facts:
    - interaction: { happened_at: 2026-01-01, service: "{service}" }
    - answer: { asked_at: 2026-01-01, service: "{service}", score: "{score}" }
"""


@pytest.fixture
def killed(tmp_path) -> Iterator[Callable[[int], bool]]:
    """Run a writer that is killed after so many durable steps; False when it was done before."""
    (tmp_path / "wholeservice.yaml").write_text(SOURCES)
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as writer:  # fmt: skip
        assert writer.stdin is not None
        assert writer.stdout is not None

        def run(stop: int) -> bool:
            print(stop, file=writer.stdin, flush=True)
            code = int(writer.stdout.readline())
            assert code in (0, -signal.SIGKILL)
            return code != 0

        yield run
        writer.stdin.close()


def contents(folder) -> list[tuple[object, ...]] | None:
    store = Store(folder / "store")
    run = store.latest()
    if run is None:
        return None
    services = sorted(store.read(run, "interactions")["service"].to_pylist())
    scores = sorted(store.read(run, "answers")["score"].to_pylist())
    return [tuple(services), tuple(scores), tuple(store.read(run, "quarantine")["raw"].to_pylist())]


def test_a_writer_killed_anywhere_leaves_the_last_run(tmp_path, killed):
    """Killed after each durable step, also between the tables and the row that pins them: the last run is read, whole."""
    (tmp_path / "a.csv").write_text("id,service,score\n1,web,3\n2,shop,4\n")
    assert not killed(0)
    old, new = contents(tmp_path), [("desk", "shop", "stay"), (4.0, 5.0), ("x",)]
    (tmp_path / "a.csv").write_text("id,service,score\n1,stay,5\n3,desk,x\n")
    n_killed = 0
    while killed(n_killed + 1):
        n_killed += 1
        assert contents(tmp_path) in (old, new), f"killed at step {n_killed}"
    assert n_killed >= 5
    assert contents(tmp_path) == new


def test_a_first_writer_killed_leaves_nothing_to_read(tmp_path, killed):
    """Before the first run is pinned there is no run, whatever lies in the folder; the next ingest is whole."""
    (tmp_path / "a.csv").write_text("id,service,score\n1,stay,5\n3,desk,x\n")
    assert killed(2)
    assert contents(tmp_path) is None
    assert not killed(0)
    assert contents(tmp_path) == [("desk", "stay"), (5.0,), ("x",)]


def test_control_c_in_the_middle_leaves_the_last_run(tmp_path):
    """An interrupt between two tables is like a death: nothing of it is read, and the next commit is whole."""

    def interrupt(step: str) -> None:
        raise KeyboardInterrupt

    commit(Store(tmp_path), {"r": ["x"]})
    with pytest.raises(KeyboardInterrupt):
        commit(Store(tmp_path, reached=interrupt), {"r": ["y"]}, 1)
    assert said_by(Store(tmp_path)) == {"r": ["x"]}
    commit(Store(tmp_path), {"s": ["z"]}, 2)
    assert said_by(Store(tmp_path)) == {"r": ["x"], "s": ["z"]}


def test_a_damaged_store_is_told_without_a_traceback(tmp_path):
    """A broken log names the store and the next step."""
    store = Store(tmp_path)
    commit(store, {"r": ["x"]})
    (log,) = (tmp_path / "runs" / "_delta_log").glob("*.json")
    log.write_text("{")
    with pytest.raises(OutsideError) as caught:
        store.latest()
    assert caught.value.problems[0].code == "STO103"
    assert caught.value.problems[0].next_step


def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    """A disk that refuses is the outside world's fault, and said so."""
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(OutsideError) as caught:
        commit(Store(tmp_path / "store"), {"r": ["x"]})
    assert caught.value.problems[0].code == "STO103"
    assert os.linesep not in caught.value.problems[0].what


ENDS = st.lists(st.sampled_from("xyz"), max_size=3)
SAID = st.dictionaries(st.sampled_from(["r1", "r2", "r3", "r4"]), ENDS)


@example(before={"r1": ["x"], "r2": ["y"]}, now={"r1": ["y"], "r2": ["x"]}, is_all=False)  # they swapped what they say
@given(before=SAID, now=SAID, is_all=st.booleans())
def test_weighing_agrees_with_comparing_record_by_record(before, now, is_all):
    """Against the plain definition: a record is the multiset of what its rows say."""
    weighed = weigh(change(now, is_all=is_all), [links("a", before)])
    old = {record: sorted(ends) for record, ends in before.items() if ends}
    new = {record: sorted(ends) for record, ends in now.items()}
    same = {record for record in new if old.get(record, []) == new[record]}
    superseded = {record for record in new if record not in same and record in old}
    gone = set(old) - set(new) if is_all else set()
    assert weighed.known == len(same)
    assert weighed.superseded == len(superseded)
    assert weighed.kept == len(new) - len(same) - len(superseded)
    assert weighed.enter is None or set(weighed.enter.to_pylist()) == set(new) - same
    assert weighed.enter is not None or not same
    assert set(weighed.leave.to_pylist()) == superseded | gone


def test_fingerprints_know_names_and_positions():
    """Swapping two columns, or two items of a list, is another row; a column of missing values is none."""
    a, b = pa.array(["1"]), pa.array(["2"])
    assert fingerprints({"x": a, "y": b})[0] != fingerprints({"x": b, "y": a})[0]
    assert fingerprints({"x": pa.array([[1.0, 2.0]])})[0] != fingerprints({"x": pa.array([[2.0, 1.0]])})[0]
    assert fingerprints({"x": a, "new": pa.nulls(1, pa.string())})[0] == fingerprints({"x": a})[0]
    assert fingerprints({"x": pa.array([""])})[0] != fingerprints({"x": pa.nulls(1, pa.string())})[0]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=20))
def test_fingerprints_of_text_depend_on_the_text_alone(texts):
    """Equal texts have equal hashes and different ones different, wherever they stand in the column."""
    hashes = fingerprints({"x": pa.array(texts)})
    assert len(set(hashes.tolist())) == len(set(texts))
    assert hashes[0] == fingerprints({"x": pa.array(["before", texts[0]]).slice(1)})[0]
