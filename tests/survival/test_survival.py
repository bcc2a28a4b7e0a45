"""The disk fails, the plug is pulled, the process is killed, several write at once: a reader sees one run, and nothing is lost.

A sample of what `benchmarks/survive.py` does in full; docs/survival.md has its figures.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from survival import faults, kills, writers

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def library(tmp_path_factory) -> Path:
    """The library that stands between a process and its disk."""
    built = faults.build(tmp_path_factory.mktemp("faults"))
    if built is None:
        assert os.environ.get("CI", "").lower() != "true", "in CI the disk must fail: install a C compiler"
        pytest.skip("no C compiler, or not Linux: faults cannot be injected")
    return built


def under(library: Path, *arguments: object) -> str:
    """Run Python under the library; return what it printed."""
    environment = {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": str(TESTS)}
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


SEEN = """
import sys
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq
from deltalake import write_deltalake
from survival import faults
folder = Path(sys.argv[1]) / "here"
folder.mkdir()
faults.arm(folder, faults.TRACE, trace=folder.parent / "trace")
(folder / "python").write_text("x")
pq.write_table(pa.table({"a": [1]}), folder / "arrow")
write_deltalake(str(folder / "rust"), pa.table({"a": [1]}))
assert faults.disarm() > 10
"""


def test_every_library_is_seen_by_the_faults(library, tmp_path):
    """Python, Arrow (C++) and Delta (Rust) call the disk through libc: else all the rest would prove nothing."""
    under(library, "-c", SEEN, tmp_path)
    lines = (tmp_path / "trace").read_text().splitlines()
    for name in ("python", "arrow", "rust"):
        assert any(line.startswith("create") and f"/here/{name}" in line for line in lines), name
        assert any(line.startswith("write") and f"/here/{name}" in line for line in lines), name


@pytest.mark.parametrize(("modes", "acts", "step"), [("power,kill", "revise", 24), ("enospc,power", "restore", 16)])
def test_a_fault_at_any_call(library, tmp_path, modes, acts, step):
    """Exactly the old state or exactly the new one is seen; `store verify` is content; done again it leads to the end."""
    told = under(library, TESTS / "survival" / "trials.py", tmp_path, modes, acts, step).splitlines()
    found = [json.loads(line) for line in told]
    assert [each["wrong"] for each in found] == [[]] * len(modes.split(","))
    assert all(each["calls"] > 100 and each["trials"] >= 3 for each in found)


def test_killed_again_and_again(tmp_path):
    """Real ingests die at random moments while a reader looks on: it never sees a mixed run, and every row is accounted for."""
    found = kills.loop(tmp_path / "w", 5, seed=3)
    assert found["wrong"] == []
    assert found["reads"] > 10


def test_five_write_at_once(tmp_path):
    """Two of them the same source: each run holds one revision of each source, and in the end what the files say."""
    n_runs, wrong = writers.together(tmp_path / "w", ["a", "a", "b", "c", "d"], 3)
    assert wrong == []
    assert 4 <= n_runs <= 15


CLOCK = """
import datetime as dt, sys, threading, time
from pathlib import Path
from survival import acts, faults
from wholeservice.app.workspace import ingest_workspace, store_of
folder = Path(sys.argv[1])
acts.BY_NAME["first"].before(folder)
now = time.time()
faults.shift_clock(3600)
assert time.time() > now + 3000  # the clock obeys
for turn, seconds in enumerate((0, -3600, 365 * 86400, -3600, 0)):
    faults.shift_clock(seconds)
    acts._write(folder, {n: f"s{turn}" for n in range(turn, turn + 5)}, {1: f"n{turn}"})
    timer = threading.Timer(0.02, faults.shift_clock, [-seconds])  # and jumps the other way within the run
    timer.start()
    ingest_workspace(acts.settings(folder))
    timer.join()
store = store_of(acts.settings(folder))
runs = store.runs()
assert [each.number for each in runs] == [1, 2, 3, 4, 5]
assert [each.committed_at for each in runs] == sorted(each.committed_at for each in runs)
said = [set(store.read(run, "interactions")["step"].to_pylist()) for run in runs]
assert said == [{f"s{n}"} for n in range(5)], said
assert acts.is_content(folder)
assert all(row["known_at"] <= runs[-1].committed_at for row in store.read(runs[-1], "interactions").to_pylist())
"""


def test_a_clock_that_jumps(library, tmp_path):
    """Back an hour and forward a year, between runs and within: runs stay in order, and each says what was read."""
    under(library, "-c", CLOCK, tmp_path / "w")


def ingested(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wholeservice", "--workspace", str(folder), "ingest"]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 4 MB of its own, and how to make it larger."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(*arguments: str) -> bool:
        command = ["mount", "-t", "tmpfs", *arguments, "none", str(folder)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    if sys.platform != "linux" or os.geteuid() != 0 or not mount("-o", "size=4m"):
        pytest.skip("only root may mount a small disk; a disk that is full at any call is tried in test_a_fault_at_any_call")
    yield folder, lambda: mount("-o", "remount,size=64m")
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(small_disk):
    """It is told in plain words, what stood before stands, the space is given back, and with more space it goes on."""
    folder, enlarge = small_disk
    ids = random.Random(1).sample(range(10**12), 150_000)  # that cannot be packed small
    (folder / "wholeservice.yaml").write_text(kills.SETTINGS.replace("both.csv", "../both.csv"))
    (folder / "organisation").mkdir()
    (folder / "organisation" / "organisation.yaml").write_text(kills.ORGANISATION)
    kills.write(folder.parent, 1, list(range(50)))
    assert ingested(folder).returncode == 0
    before = sum(path.stat().st_size for path in (folder / ".wholeservice").rglob("*") if path.is_file())
    kills.write(folder.parent, 2, ids)
    full = ingested(folder)
    assert full.returncode == 3, full.stderr
    assert "No space left" in full.stderr
    assert "Traceback" not in full.stderr
    store = kills.Store(folder / ".wholeservice" / "store")
    seen = kills.seen(store)
    assert seen is not None
    assert set(seen["interactions"].values()) == {"1"}
    assert sum(path.stat().st_size for path in (folder / ".wholeservice").rglob("*") if path.is_file()) <= before + 1000
    assert enlarge()
    assert kills.problems_after(folder, 2, ids) == []
