"""Kill real ingests at random moments, over and over, while a reader looks on.

    python kills.py FOLDER N_KILLS [SEED]

Every revision of the data writes the same number into every row of both sources and into every table: whoever sees two numbers
sees a mixed run. Rows come and go by a draw, and the model says which there must be in the end.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from wholeservice.facts import maintenance
from wholeservice.facts.committing import NAMES
from wholeservice.facts.store import Store

SETTINGS = """\
name: Killed
zone: UTC
sources:
  web:
    file: both.csv
    record: [id]
    absent: delete
    facts:
      - interaction: { happened_at: "{at}", service: stay, step: "{revision}" }
      - contact: { happened_at: "{at}", service: stay, words: "{revision}" }
  work:
    file: both.csv
    record: [id]
    absent: delete
    facts: [ sighting: { kind: service, name: "{revision}" } ]
"""
ORGANISATION = "org: { name: Killed, purpose: To be killed }\n"
COLUMNS = {"interactions": "step", "contacts": "words", "sightings": "name"}


def write(folder: Path, revision: int, ids: list[int]) -> None:
    """Write one revision of the data, whole: what is torn here would be no fault of the store."""
    rows = "".join(f"{n},2026-01-01T10:00:00Z,{revision}\n" for n in ids)
    (folder / "next.csv").write_text("id,at,revision\n" + rows)
    (folder / "next.csv").replace(folder / "both.csv")


def seen(store: Store) -> dict[str, dict[str, str]] | None:
    """Return what the newest run says: table -> record -> revision; None when there is no run."""
    run = store.latest()
    if run is None:
        return None
    rows = {name: store.read(run, name) for name in NAMES}
    return {
        name: dict(zip(rows[name]["record"].to_pylist(), rows[name][column].to_pylist(), strict=True))
        for name, column in COLUMNS.items()
    }


def is_mixed(found: dict[str, dict[str, str]] | None) -> bool:
    """Say whether a reader saw rows of more than one revision, or a table that another one is ahead of."""
    if found is None:
        return False
    one, *others = found.values()
    return any(each != one for each in others) or len(set(one.values())) > 1


def watch(folder: Path, stop: Event, told: Any) -> None:
    """Open the newest run again and again, as `serve` does, until told to stop; tell (how often, what was wrong)."""
    store, n, wrong = Store(folder / ".wholeservice" / "store"), 0, list[str]()
    while not stop.is_set():
        n += 1
        try:
            if is_mixed(seen(store)):
                wrong.append("a mixed run was seen")
        except Exception as error:
            wrong.append(repr(error))
    told.put((n, wrong))


def ingest(folder: Path, kill_after_s: float | None = None) -> subprocess.CompletedProcess[str] | None:
    """Run the command; kill it after a time. None when it was killed."""
    command = [sys.executable, "-m", "wholeservice", "--workspace", str(folder), "ingest", "--format", "json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if kill_after_s is not None:
        try:
            process.wait(kill_after_s)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
    out, err = process.communicate()
    return None if process.returncode == -signal.SIGKILL else subprocess.CompletedProcess(command, process.returncode, out, err)


def problems_after(folder: Path, revision: int, ids: list[int]) -> list[str]:
    """Let an ingest through, and compare what stands with what the data says."""
    done = ingest(folder)
    assert done is not None
    if done.returncode:
        return [f"the next ingest failed: {done.stderr[-500:]}"]
    store, wrong = Store(folder / ".wholeservice" / "store"), []
    wanted = {str(n): str(revision) for n in ids}
    if seen(store) != dict.fromkeys(COLUMNS, wanted):
        wrong.append(f"revision {revision}: what stands is not what the data says")
    wrong += [
        f"revision {revision}: rows are not accounted for: {each}" for each in json.loads(done.stdout)
        if not each["kept"] + each["known"] + each["superseded"] + each["refused"] == each["read"] == len(ids)
    ]  # fmt: skip
    if os.listdir(store.path / "staging"):
        wrong.append("something is left in staging")
    return wrong


def _seconds(folder: Path) -> float:
    """Return how long an ingest takes now: the moments of death are drawn from that."""
    began = time.monotonic()
    ingest(folder)
    return time.monotonic() - began


def loop(folder: Path, n_kills: int, seed: int = 1, tell: Callable[[str], None] = lambda line: None) -> dict[str, Any]:
    """Kill *n_kills* ingests; every third time the next one is let through and everything compared."""
    draw, wrong, n_died, revision, ids = random.Random(seed), list[str](), 0, 0, list(range(50))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "wholeservice.yaml").write_text(SETTINGS)
    (folder / "organisation").mkdir(exist_ok=True)
    (folder / "organisation" / "organisation.yaml").write_text(ORGANISATION)
    start = time.monotonic()
    write(folder, 0, ids)
    wrong += problems_after(folder, 0, ids)
    usual_s = _seconds(folder)
    context = multiprocessing.get_context("spawn")
    stop, told = context.Event(), context.Queue()
    reader = context.Process(target=watch, args=(folder, stop, told))
    reader.start()
    while n_died < n_kills:
        revision += 1
        ids = sorted(draw.sample(range(3000), draw.choice([5, 300, 2500])))
        write(folder, revision, ids)
        n_died += ingest(folder, draw.uniform(0.3, 1.1) * usual_s) is None
        if revision % 3 == 0:
            wrong += problems_after(folder, revision, ids)
            usual_s = _seconds(folder)
            tell(f"{n_died} killed of {revision}, {len(wrong)} wrong")
    wrong += problems_after(folder, revision, ids)
    stop.set()
    n_reads, by_reader = told.get(timeout=60)
    reader.join()
    store = Store(folder / ".wholeservice" / "store")
    wrong += [*by_reader, *(str(each) for each in maintenance.verify(store).problems)]
    return {"killed": n_died, "revisions": revision, "reads": n_reads, "runs": len(store.runs()), "wrong": wrong,
            "seconds": round(time.monotonic() - start), "usual_s": round(usual_s, 2)}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(loop(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else 1, print)))
