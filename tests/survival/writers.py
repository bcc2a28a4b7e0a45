"""Several processes ingest into one store at once, each round another revision of its file.

python writers.py FOLDER N_ROUNDS NAME [NAME ...]      one process for each name; a name that stands twice is one source
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from pathlib import Path

from wholeservice.documents import parse
from wholeservice.errors import WholeserviceError
from wholeservice.facts import ingest, maintenance
from wholeservice.facts.store import Store
from wholeservice.sources.base import Context

N_ROWS = 40
AT = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


def read(folder: Path, name: str) -> ingest.SourceReport:
    """Ingest one source once."""
    mapping = {"file": f"{name}.csv", "record": ["id"], "facts": [{"sighting": {"kind": "service", "name": "{revision}"}}]}
    declared, problems = ingest.load(parse(json.dumps({name: mapping}), "wholeservice.yaml")[0], {}, "UTC")
    assert problems == []
    (found,) = ingest.ingest(declared, Store(folder / "store"), Context(folder), AT, guards=lambda source: None).sources
    return found


def write(folder: Path, name: str, revision: str) -> None:
    """Write a revision of a source's file, whole."""
    unfinished = folder / f"{name}.{os.getpid()}"
    unfinished.write_text("id,revision\n" + "".join(f"{n},{revision}\n" for n in range(N_ROWS)))
    unfinished.replace(folder / f"{name}.csv")


def writer(job: tuple[Path, str, int, int]) -> list[str]:
    """Write and ingest round after round; return what is wrong."""
    folder, name, number, n_rounds = job
    wrong = []
    for turn in range(n_rounds):
        write(folder, name, f"{number}-{turn}")
        try:
            found = read(folder, name)
        except WholeserviceError as error:
            wrong.append(f"round {turn} of {name}: {error}")
            continue
        if not found.is_read or found.read != N_ROWS or found.kept + found.known + found.superseded + found.refused != N_ROWS:
            wrong.append(f"round {turn} of {name}: {found}")
    return wrong


def together(folder: Path, names: list[str], n_rounds: int) -> tuple[int, list[str]]:
    """Let one process for each name write at once; return how many runs there are, and what is wrong with them."""
    folder.mkdir(parents=True, exist_ok=True)
    with multiprocessing.get_context("spawn").Pool(len(names)) as pool:
        jobs = [(folder, name, number, n_rounds) for number, name in enumerate(names)]
        wrong = [each for found in pool.map(writer, jobs, chunksize=1) for each in found]
    store = Store(folder / "store")
    for run in store.runs():
        rows = store.read(run, "sightings").to_pylist()
        revisions = Counter((row["source"], row["name"]) for row in rows)
        if set(revisions.values()) != {N_ROWS} or len(revisions) != len({name for name, _ in revisions}):
            wrong.append(f"run {run.id} is mixed: {revisions}")
    for name in sorted(set(names)):
        read(folder, name)
        wanted = (folder / f"{name}.csv").read_text().splitlines()[1].partition(",")[2]
        found = [row["name"] for row in store.read(store.latest(), "sightings").to_pylist() if row["source"] == name]  # type: ignore[arg-type]
        if found != [wanted] * N_ROWS:
            wrong.append(f"{name} does not say in the end what its file says")
    return len(store.runs()), [
        *wrong,
        *(str(each) for each in maintenance.verify(store).problems),
        *os.listdir(store.path / "staging"),
    ]


if __name__ == "__main__":
    start = time.monotonic()
    n_runs, all_wrong = together(Path(sys.argv[1]), sys.argv[3:], int(sys.argv[2]))
    print(json.dumps({"writers": sys.argv[3:], "runs": n_runs, "wrong": all_wrong, "seconds": round(time.monotonic() - start)}))
