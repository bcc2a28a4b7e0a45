"""Time what the quality of the sources costs beside the measures, on one table of interactions.

python benchmarks/quality.py 2000000
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from wholeservice import tables
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.facts.assessment import assess
from wholeservice.facts.runs import Run
from wholeservice.mapping import quarantine
from wholeservice.mapping.columns import arrow_schema
from wholeservice.mapping.fingerprints import fingerprints, written
from wholeservice.measures.compute import compute, prepare
from wholeservice.organisation.load import load_texts

N_SERVICES, ROWS_PER_PART, N_READINGS = 20, 1_000_000, 12
FIRST = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
YEAR_S = 365 * 86400


def rows(first: int, n: int) -> pa.Table:
    """Interactions of a year, in the order of time; every fourth is a new attempt of somebody."""
    chance = np.random.default_rng(first)
    at = FIRST.timestamp() + np.sort(chance.integers(0, YEAR_S, n))
    attempt = (first + np.arange(n)) // 4
    text = {
        "source": np.full(n, "web"), "record": np.char.add("r", (first + np.arange(n)).astype(str)), "part": np.full(n, "1"),
        "consumer": np.char.add("p", (attempt % 500_000).astype(str)), "attempt": np.char.add("a", attempt.astype(str)),
        "service": np.char.add("service-", (attempt % N_SERVICES).astype(str)),
        "step": np.array(["a", "b", "c", "d"])[np.arange(n) % 4],
        "channel": np.array(["web", "app"])[attempt % 2], "where_from": np.full(n, "x.csv:1"),
    }  # fmt: skip
    columns = {name: pa.array(values, pa.string()) for name, values in text.items()}
    instants = pa.array((at * 1e6).astype("int64")).cast(pa.timestamp("us", "UTC"))
    reading = np.minimum(np.arange(n) * N_READINGS // n, N_READINGS - 1)
    known = pa.array(((FIRST.timestamp() + reading * YEAR_S / N_READINGS) * 1e6).astype("int64")).cast(
        pa.timestamp("us", "UTC")
    )
    columns |= {"happened_at": instants, "known_at": known}
    columns["digest"] = written(fingerprints({name: columns[name] for name in ("attempt", "step", "service", "channel")}))
    schema = arrow_schema(tables.INTERACTIONS)
    return pa.table([columns.get(each.name, pa.nulls(n, each.type)) for each in schema], schema=schema)


def main(n_rows: int) -> None:
    """Print seconds of preparing, measuring and assessing, and what share of the first two the last is."""
    text = "org: { name: Bench, purpose: x, north-star: y }\nservices:\n" + "".join(
        f"  service-{i}: {{ journey: [a, b, c, d] }}\n" for i in range(N_SERVICES)
    )
    organisation, _ = load_texts({"organisation/org.yaml": text})
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for first in range(0, n_rows, ROWS_PER_PART):
            files.append(Path(folder) / f"{first}.parquet")
            pq.write_table(rows(first, min(ROWS_PER_PART, n_rows - first)), files[-1], compression="zstd")
        engine = DuckdbEngine()
        engine.add(tables.INTERACTIONS.name, files)
        runs = [Run("0001-a", FIRST + dt.timedelta(days=366), {}, {}, ())]
        steps = {
            "names, attempts, visits": lambda: prepare(engine, organisation),
            "measures": lambda: compute(engine, organisation, zone="Europe/Amsterdam", source_order=("web",)),
            "quality": lambda: assess(engine, organisation, runs, quarantine.schema().empty_table(), "Europe/Amsterdam"),
        }
        took = {}
        for name, do in steps.items():
            start = time.perf_counter()
            do()
            took[name] = time.perf_counter() - start
            print(f"{name:<26}{took[name]:8.2f} s", flush=True)
        share = took["quality"] / (took["names, attempts, visits"] + took["measures"])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{n_rows:,} rows: quality is {share:.1%} of measuring; peak {peak:.2f} GiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)
