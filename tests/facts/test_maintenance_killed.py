"""Real deaths: a process that compacts, vacuums or forgets is killed at a step, and nothing is lost by it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from facts.test_forget import JANE, MAPPED, who
from mapping.test_guard import VISITS, bytes_below, guards
from wholeservice.facts import maintenance
from wholeservice.facts.forget import forget
from wholeservice.facts.store import Store

PROGRAM = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from facts.test_maintenance_killed import do
from wholeservice.facts.store import Store
steps = []
def reached(step):
    steps.append(step)
    if len(steps) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
do(sys.argv[1], Store(Path(sys.argv[2]), reached=reached))
"""


def do(what: str, store: Store) -> None:
    """Do one of the things that are killed here."""
    if what == "compact":
        maintenance.compact(store)
    elif what == "vacuum":
        maintenance.vacuum(store, keep=maintenance.newest_runs(1))
    else:
        forget(store, who(JANE))


@pytest.fixture
def filled(workspace):
    """Three runs of a source with a guest to forget."""
    lines = VISITS.splitlines()
    for n in (3, 4, 5):
        workspace.write("visits.csv", "\n".join(lines[:n]) + "\n")
        workspace.write("links.csv", "a,b\nconsumer@web:7,account:acc\n")
        workspace.ingest(MAPPED, guards=guards())
    return workspace


@pytest.mark.parametrize("what", ["compact", "vacuum", "forget"])
def test_killed_at_a_step_and_done_again(filled, what):
    """The newest run reads whole after the death, and again when it was finished; no stray file stays."""
    n_facts = filled.store.read(filled.store.latest(), "interactions").num_rows
    steps: list[str] = []
    path = filled.folder / "whole"
    shutil.copytree(filled.store.path, path)
    do(what, Store(path, reached=steps.append))
    tests = str(Path(__file__).resolve().parents[1])
    for at in sorted({1, len(steps) // 2, len(steps) - 1, len(steps)}):
        path = filled.folder / f"killed-{at}"
        shutil.copytree(filled.store.path, path)
        died = subprocess.run([sys.executable, "-c", PROGRAM, what, str(path), str(at), tests], check=False)
        assert died.returncode == -9, steps
        store = Store(path)
        assert store.read(store.latest(), "interactions").num_rows == n_facts
        do(what, store)
        assert store.read(store.latest(), "interactions").num_rows == n_facts
        assert maintenance.verify(store).problems == ()
        maintenance.vacuum(store)
        assert maintenance.vacuum(store, is_dry=True).n_files == 0
        assert not any((path / "staging").iterdir())
        if what == "forget":
            assert JANE.encode() not in bytes_below(path)
