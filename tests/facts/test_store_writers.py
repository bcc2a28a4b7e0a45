"""Several processes write to one store at once: nothing is lost, nothing doubled, and the older reading never wins."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest

from facts.said import DAY, change, commit, said_by
from wholeservice.facts import ingest, staging
from wholeservice.facts.store import Store

INGEST = """
import datetime as dt, sys
from pathlib import Path
from wholeservice.documents import parse
from wholeservice.facts import ingest
from wholeservice.facts.store import Store
from wholeservice.sources.base import Context

folder, name = Path(sys.argv[1]), sys.argv[2]
root, _ = parse((folder / f"{name}.yaml").read_text(), "wholeservice.yaml")
declared, problems = ingest.load(root, {}, "UTC")
assert not problems
heard = []
store = Store(folder / "store", waiting=heard.append)
sys.stdin.readline()
for _ in range(int(sys.argv[3])):
    report = ingest.ingest(declared, store, Context(folder), dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
                           guards=lambda source: None)
    (source,) = report.sources
    assert source.kept + source.known + source.superseded + source.refused == source.read
    print(report.is_new, source.kept, source.known, source.superseded, flush=True)
"""
SOURCE = 'NAME:\n  file: NAME.csv\n  record: [id]\n  facts: [ sighting: { kind: service, name: "{name}" } ]\n'


def at_once(folder, *names: str, n_times: int = 1) -> list[list[str]]:
    """Ingest in as many processes as there are names, started together; return what each printed."""
    processes = [
        subprocess.Popen([sys.executable, "-c", INGEST, str(folder), name, str(n_times)], text=True, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE)
        for name in names
    ]  # fmt: skip
    for each in processes:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    printed = [each.communicate()[0].splitlines() for each in processes]
    assert [each.returncode for each in processes] == [0] * len(processes)
    return printed


def write(folder, name: str, n_rows: int) -> None:
    (folder / f"{name}.yaml").write_text(SOURCE.replace("NAME", name))
    (folder / f"{name}.csv").write_text("id,name\n" + "".join(f"{n},{name}-{n}\n" for n in range(n_rows)))


def test_two_processes_ingest_different_sources_at_once(tmp_path):
    """Each waits for the other and then adds to what it did: all rows of both, once."""
    write(tmp_path, "a", 3000)
    write(tmp_path, "b", 2000)
    assert at_once(tmp_path, "a", "b") == [["True 3000 0 0"], ["True 2000 0 0"]]
    store = Store(tmp_path / "store")
    first, second = store.runs()
    names = store.read(second, "sightings")["name"].to_pylist()
    assert sorted(names) == sorted([f"a-{n}" for n in range(3000)] + [f"b-{n}" for n in range(2000)])
    assert store.read(first, "sightings").num_rows in (2000, 3000)
    assert len(second.counts) == 1  # the sources of that run


def test_two_processes_ingest_the_same_source_at_once(tmp_path):
    """The second one weighs against what the first one did meanwhile: for it all is known."""
    write(tmp_path, "a", 3000)
    printed = at_once(tmp_path, "a", "a", n_times=2)
    assert sorted(printed) == [["False 0 3000 0", "False 0 3000 0"], ["True 3000 0 0", "False 0 3000 0"]]
    store = Store(tmp_path / "store")
    assert len(store.runs()) == 1
    assert sorted(store.read(store.latest(), "sightings")["record"].to_pylist()) == sorted(map(str, range(3000)))


@pytest.mark.parametrize("n_before", [0, 1])
def test_a_reading_that_began_earlier_does_not_win_over_a_later_one(tmp_path, n_before):
    """Two readings of one source: the one that began last says how things are, though it was committed first."""
    store = Store(tmp_path)
    for _ in range(n_before):
        commit(store, {"r": ["first"]})
    with staging.opened(store.path, store.latest) as early, staging.opened(store.path, store.latest) as late:
        assert early.ticket < late.ticket
        older = staging.stage(change({"r": ["older"], "s": ["older"]}), early, DAY)
        newer = staging.stage(change({"r": ["newer"]}), late, DAY)
        run = store.commit([newer], {"a": "newer"}, {}, DAY + dt.timedelta(days=1))
        again = store.commit([older, staging.stage(change({"x": ["b"]}, source="b"), early, DAY)], {"a": "older"}, {}, DAY)
    assert said_by(store) == {"r": ["newer"], "x": ["b"]}
    assert (run.cursors["a"], again.cursors["a"]) == ("newer", "newer")
    counts = {str(each["source"]): each for each in again.counts}
    assert (counts["a"]["read"], counts["a"]["known"], counts["b"]["kept"]) == (2, 2, 1)


def test_a_later_reading_that_is_committed_later_wins(tmp_path):
    """The usual order, and readings that begin at the same time: both are weighed."""
    store = Store(tmp_path)
    with staging.opened(store.path, store.latest) as early, staging.opened(store.path, store.latest) as late:
        older, newer = staging.stage(change({"r": ["older"]}), early, DAY), staging.stage(change({"r": ["newer"]}), late, DAY)
        store.commit([older], {}, {}, DAY)
        store.commit([newer], {}, {}, DAY)
    assert said_by(store) == {"r": ["newer"]}


def test_a_writer_that_waits_says_for_whom_and_goes_on(tmp_path):
    """The holder lets go after a while: the second one has waited, said so, and then writes."""
    held = "import fcntl, os, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); " \
           "f.write(str(os.getpid())); f.flush(); print('held', flush=True); time.sleep(0.5)"  # fmt: skip
    heard: list[str] = []
    with subprocess.Popen([sys.executable, "-c", held, str(tmp_path / "lock")], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        run = commit(Store(tmp_path, wait_s=30, waiting=heard.append), {"r": ["x"]})
    assert run.number == 1
    assert [f"process {holder.pid}" in line and "30 s" in line for line in heard] == [True]


def test_an_ingest_reads_while_another_one_writes(workspace):
    """Only the commit needs the lock: a store that is being written to does not keep a source from being read."""
    workspace.write("a.csv", "id,name\n1,x\n")
    workspace.store.wait_s = 0.0
    read = []
    with Store(workspace.store.path).locked(), pytest.raises(Exception, match="STO101"):
        workspace.ingest(SOURCE.replace("NAME", "a"), progress=lambda *now: read.append(now))
    assert read == [("a", 1)]
    assert workspace.store.latest() is None
    assert workspace.ingest(SOURCE.replace("NAME", "a")).run is not None
    assert isinstance(workspace.ingest(SOURCE.replace("NAME", "a")), ingest.Report)
