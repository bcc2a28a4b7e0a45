"""Time derived tables and measures after 1 % new records, beside a full run: each in a process of its own.

python benchmarks/increment.py 2000000

A year of interactions, answers and calls of twenty services. `newest` takes the last 1 % of the rows as new, `late` whole
attempts from anywhere in the year. Imports, reading the store, findings and writing what is kept are not in the figures; the
last is printed. `first` is the increment after a full run, `later` any after that, whose queries are written down already.

Measured on 2026-11-22 on two busy cores, in processor time: at 2 million rows a full run took 33 s, an increment first 3.8 s
(12 %), later 2.5 s (8 %); with late records 27 s, 5.1 s (19 %), 3.0 s (11 %). At 6 million: 80 s, 7.2 s (9 %), 5.8 s (7 %). At
10 million: 121 s, 12.8 s (11 %), 11.0 s (9 %). The bar (4 %) is missed at each of these sizes: see docs/adr/0013.
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
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from quality import N_SERVICES, ROWS_PER_PART, rows

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
        is_new = place >= n_rows * 99 // 100 if kind == "newest" else (place // 4) % 100 == 0
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
    share = made.changes.share if made.changes else 1.0
    print(json.dumps({"took": took, "cpu": cpu, "keeping": keeping, "peak": peak, "share": share, "is_again": is_again}))


def main(n_rows: int) -> None:
    """Print for both kinds of new records what an increment costs as a share of a full run, and the bar: t + 3 %."""
    for kind in ("newest", "late"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "runs.json").write_text(json.dumps(write(folder, n_rows, kind)), encoding="utf-8")
            base, full, *twice = (_process(folder, *each) for each in (("before", "-"), ("now", "-"), *[("now", "kept")] * 2))
        print(f"{kind:<7} {n_rows:,} interactions: full {full['cpu']:.1f} s of processor time, {full['took']:.1f} s by the"
              f" clock, {full['peak']:.1f} GiB; keeping the base {base['keeping']:.1f} s")  # fmt: skip
        for name, again in zip(("first", "later"), twice, strict=True):
            ratio, bar = again["cpu"] / full["cpu"], again["share"] + 0.03
            print(f"        {name}: t = {again['share']:.2%}; {again['cpu']:.1f} s, {again['took']:.1f} s by the clock,"
                  f" {again['peak']:.1f} GiB: {ratio:.1%} of full, bar {bar:.1%} {'ok' if ratio <= bar else 'MISSED'}",
                  flush=True)  # fmt: skip


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
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)
