"""
Ingest a large Parquet file in a fresh process, beside a bare DuckDB COPY of the same rows: rate, and memory as rows grow.

Run `python benchmarks/ingest_parquet.py [ROWS]` (20 million without a number). The rows are interactions: record id, instant,
consumer, step and channel. Bars: at least 0.3 times the rate of the copy, under 2 GiB, and no more memory for four times
the rows. What is copied is neither checked, fingerprinted, accounted for nor brought to the disk.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

MAX_MIB, MIN_RATIO, MAX_GROWTH = 2048, 0.3, 1.25
N_ROWS, N_TIMES = 20_000_000, 3

MAKE = """
import sys, duckdb
duckdb.sql("set enable_progress_bar = false")
duckdb.sql(f\"\"\"
    copy (select i as id, timestamptz '2026-01-01 00:00:00+00' + interval (i * 3) second as happened_at,
                 'c' || (hash(i) % 2000000)::varchar as consumer,
                 ['find', 'choose', 'pay', 'prepare', 'arrive'][1 + i % 5] as step,
                 ['web', 'app', 'phone'][1 + (i * 7) % 3] as channel
          from range({sys.argv[2]}) t(i)) to '{sys.argv[1]}' (format parquet)\"\"\")
"""
COPY = """
import sys, duckdb
duckdb.sql("set enable_progress_bar = false")
duckdb.sql(f"copy (select * from '{sys.argv[1]}') to '{sys.argv[2]}' (format parquet)")
"""
INGEST = """
import datetime as dt, sys
from pathlib import Path
from wholeservice.documents import parse
from wholeservice.facts import ingest
from wholeservice.facts.store import Store
from wholeservice.sources.base import Context

source = '''
shop:
  file: FILE
  record: [id]
  facts:
    - interaction: { happened_at: "{happened_at}", service: shop, step: "{step}", channel: "{channel}", consumer: "{consumer}" }
'''
root, _ = parse(source.replace("FILE", sys.argv[1]), "wholeservice.yaml")
declared, problems = ingest.load(root, {}, "UTC")
assert not problems, problems
store = Store(Path(sys.argv[2]))
report = ingest.ingest(declared, store, Context(Path(sys.argv[1]).parent), dt.datetime(2026, 6, 1, tzinfo=dt.UTC),
                       guards=lambda source: None)
(counted,) = report.sources
assert counted.kept + counted.known == counted.read == int(sys.argv[3]), counted
"""


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds by the clock, seconds of processor time, and the most memory that it had at once."""

    seconds: float
    cpu_s: float
    mib: float


def cost(code: str, *arguments: object) -> Cost:
    """Run Python code in a fresh process. Shape  its own cost: a process that was waited for tells its peak."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed with {process.returncode}")
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def fastest(costs: list[Cost]) -> Cost:
    """Return the cheapest by the clock: whatever else the machine does can only add."""
    return min(costs, key=lambda each: each.seconds)


def measured(folder: Path, n_rows: int) -> tuple[Cost, Cost, Cost]:
    """Return the cost of the copy, of the first ingest and of the same ingest again; copy and ingest taken in turns."""
    file = folder / f"{n_rows}.parquet"
    cost(MAKE, file, n_rows)
    copies, ingests = [], []
    for number in range(N_TIMES):
        copies.append(cost(COPY, file, folder / "copy.parquet"))
        ingests.append(cost(INGEST, file, folder / f"store-{n_rows}-{number}", n_rows))
    again = cost(INGEST, file, folder / f"store-{n_rows}-0", n_rows)
    return fastest(copies), fastest(ingests), again


def line(name: str, n_rows: int, each: Cost) -> str:
    rate = n_rows / each.seconds / 1e6
    return (
        f"  {name:<34}{each.seconds:8.2f} s {rate:7.2f} M rows/s {each.cpu_s:8.2f} s of processor {each.mib:8.0f} MiB at most"
    )


def main() -> None:
    n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else N_ROWS
    ingests = []
    with tempfile.TemporaryDirectory() as folder:
        for n in (n_rows // 4, n_rows):
            copy, ingest, again = measured(Path(folder), n)
            ingests.append(ingest)
            print(f"{n:,} rows (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors)")
            print(line("DuckDB COPY, Parquet to Parquet", n, copy))
            print(line("ingest, first time", n, ingest))
            print(line("the same again: all is known", n, again))
            ratio = copy.seconds / ingest.seconds
            print(f"  {'ok' if ratio >= MIN_RATIO else 'SLOW'}: {ratio:.2f} times the rate of the copy, bar {MIN_RATIO}")
    small, large = ingests
    growth = large.mib / small.mib
    is_flat = growth <= MAX_GROWTH and large.mib <= MAX_MIB
    print(f"{'ok' if is_flat else 'OVER'}: {growth:.2f} times the memory for four times the rows, bar {MAX_GROWTH}; "
          f"{large.mib:.0f} MiB, bar {MAX_MIB}")  # fmt: skip


if __name__ == "__main__":
    main()
