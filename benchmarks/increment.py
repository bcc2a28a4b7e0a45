"""Time derived tables and measures after 1 % new records, beside a full run: each in a process of its own.

python benchmarks/increment.py 2000000

A year of interactions, answers and calls of twenty services. `newest` takes the last 1 % of the rows as new, `late` whole
attempts from anywhere in the year, `day` all of the last day, which moves the rolling windows. Imports, reading the store,
findings and writing what is kept are not in the figures; the last is printed. `first` is the increment after a full run,
`later` any after that, whose queries are written down already.

Measured on 2026-11-30 on two cores shared with up to twenty other processes, in processor time. Newest of 2 million: full
29.0 s, first 3.5 s (12 %), later 1.9 s (7 %), bar 4 %. Day of 2 million: first 7.5 s (26 %), later 4.2 s (14 %), bar 3.3 %.
Newest of 10 million: full 124 s, first 10.5 s (8 %), later 8.3 s (7 %); bar 4 % by what was touched, 8 % by what had to be
looked at. So the bar is missed; see docs/adr/0013.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from quality import FIRST, N_SERVICES, ROWS_PER_PART, YEAR_S, rows

from wholeservice import tables
from wholeservice.app import derived_store, incremental
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.mapping.columns import arrow_schema
from wholeservice.organisation.load import load_texts

ORGANISATION = "org: { name: Bench, purpose: x, north-star: y }\nconsumers:\n  guest: { outside: true }\nservices:\n" + "".join(
    f"  service-{i}: {{ for: {{ guest: [uses] }}, journey: [a, b, c, d], needs: {{ easy: {{ says: Easy, targets:"
    f" [ completion >= 90% over 28d ] }} }}, parts: {{ part-{i}: {{ at: [b] }} }} }}\n"
    for i in range(N_SERVICES)
)


KINDS = ("newest", "late", "day")


def facts_of(interactions: pa.Table) -> dict[str, pa.Table]:
    """Return the interactions, and of every attempt one call and of every fifth an answer."""
    i = interactions
    first, second = (i.filter(pc.equal(i["step"], step)) for step in "ab")
    fifth = first.take(pa.array(np.arange(0, first.num_rows, 5)))
    part = pc.replace_substring(second["service"], "service", "part")
    n = fifth.num_rows
    score = pa.array((np.arange(n) * 7 % 5 + 1).astype(float))
    answers = {**_keys(fifth), "asked_at": fifth["happened_at"], "answered_at": fifth["happened_at"], "score": score,
               "consumer": fifth["consumer"], "service": fifth["service"], "scale_min": pa.array(np.ones(n)),
               "scale_max": pa.array(np.full(n, 5.0))}  # fmt: skip
    calls = {**_keys(second), "trace": second["attempt"], "span": second["record"], "service": part, "step": second["step"],
             "started_at": second["happened_at"], "failed": pa.array(np.arange(second.num_rows) % 50 == 0)}  # fmt: skip
    return {"interactions": i, "answers": _table(tables.ANSWERS, answers), "calls": _table(tables.CALLS, calls)}


def _keys(of: pa.Table) -> dict[str, pa.ChunkedArray]:
    return {name: of[name] for name in tables.KEYS}


def _table(of: tables.Table, columns: dict[str, pa.ChunkedArray]) -> pa.Table:
    schema, n = arrow_schema(of), len(columns["record"])
    return pa.table([columns[each.name] if each.name in columns else pa.nulls(n, each.type) for each in schema], schema=schema)


def write(folder: Path, n_rows: int, kind: str) -> dict[str, dict[str, list[str]]]:
    """Write the facts; return run -> fact table -> files: `before`, and `now` with 1 % more."""
    runs: dict[str, dict[str, list[str]]] = {"before": {}, "now": {}}
    for first in range(0, n_rows, ROWS_PER_PART):
        part = rows(first, min(ROWS_PER_PART, n_rows - first))
        place = first + np.arange(part.num_rows)
        at = part["happened_at"].cast(pa.int64()).to_numpy() / 1e6
        is_new = {
            "newest": place >= n_rows * 99 // 100,
            "late": (place // 4) % 100 == 0,
            "day": at >= FIRST.timestamp() + YEAR_S - 86400,
        }[kind]
        for flags, names in ((~is_new, ("before", "now")), (is_new, ("now",))):
            for table, some in facts_of(part.filter(pa.array(flags))).items():
                path = str(folder / f"{table}-{first}-{len(names)}.parquet")
                if some.num_rows:
                    pq.write_table(some, path, compression="zstd")
                    for name in names:
                        runs[name].setdefault(table, []).append(path)
    return runs


def one(folder: Path, run: str, kept_from: str) -> None:
    """Make one run, keep it as a base where it is `before`, and print its figures as JSON."""
    files = json.loads((folder / "runs.json").read_text(encoding="utf-8"))[run]
    organisation, _ = load_texts({"organisation/org.yaml": ORGANISATION})
    engine = DuckdbEngine()
    for name, paths in files.items():
        engine.add(name, paths)
    queries = folder / "queries.parquet"
    with derived_store.borrowed(folder / "kept", "k", 1) as kept:
        kept = kept if kept_from == "kept" else None
        if kept and queries.exists():
            shutil.copy(queries, kept.path(derived_store.QUERIES))
        start, cpu = time.perf_counter(), processor_s()
        made = incremental.make_again(engine, organisation, "UTC", kept, files) if kept else None
        is_again = made is not None
        made = made or incremental.make_in_full(engine, organisation, "UTC")
        took, cpu = time.perf_counter() - start, processor_s() - cpu
        start = time.perf_counter()
        if run == "before":
            about = {"key": "k", "number": 1, "files": files}
            derived_store.save(folder / "kept", "1", about, incremental.pieces_of(made, kept))
        keeping = time.perf_counter() - start
        if is_again:
            pq.write_table(incremental.pieces_of(made, kept)[derived_store.QUERIES], queries)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps({"took": took, "cpu": cpu, "keeping": keeping, "peak": peak, "is_again": is_again, **shares(made)}))


def shares(made: incremental.Made) -> dict[str, float]:
    """Return which share of the attempts was touched, and which had to be looked at: all that touched people have nearby."""
    if made.changes is None:
        return {"touched": 1.0, "looked_at": 1.0}
    n = made.engine.run(made.changes.new["attempts"]().count().name("n").as_table())["n"][0].as_py()
    return {"touched": made.changes.share, "looked_at": n / made.changes.n_attempts}


def main(n_rows: int, kinds: Sequence[str]) -> None:
    """Print for each kind of new records what an increment costs as a share of a full run, and two bars, each t + 3 %.

    t is the share of the attempts that are new or changed; or of those that must be looked at, since sums are over people.
    """
    for kind in kinds:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "runs.json").write_text(json.dumps(write(folder, n_rows, kind)), encoding="utf-8")
            base, full, *twice = (_process(folder, *each) for each in (("before", "-"), ("now", "-"), *[("now", "kept")] * 2))
        print(f"     {kind}, {n_rows:,} interactions: full {full['cpu']:.1f} s of processor time, {full['took']:.1f} s by the"
              f" clock, {full['peak']:.1f} GiB; keeping the base {base['keeping']:.1f} s")  # fmt: skip
        for name, again in zip(("first", "later"), twice, strict=True):
            print(line(f"{kind}, {name}", again, again["cpu"] / full["cpu"]), flush=True)


def line(name: str, again: dict[str, float], ratio: float) -> str:
    """Return one line of the report; the verdict in front is that of the stricter bar."""
    bars = [again[t] + 0.03 for t in ("touched", "looked_at")]
    verdict, other = ("ok" if ratio <= bar else "OVER" for bar in bars)
    touched = f"touched {again['touched']:.1%}, bar {bars[0]:.1%}"
    looked_at = f"looked at {again['looked_at']:.1%}, bar {bars[1]:.1%} {other}"
    return f"{verdict:<5}{name:<15}{again['cpu']:6.1f} s{again['peak']:6.1f} GiB{ratio:7.1%} of full   {touched}   {looked_at}"


def processor_s() -> float:
    """Return the processor time of this process so far."""
    return sum(os.times()[:2])


def _process(folder: Path, run: str, kept_from: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", str(folder), run, kept_from]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(Path(sys.argv[2]), sys.argv[3], sys.argv[4])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000, sys.argv[2:] or KINDS)
