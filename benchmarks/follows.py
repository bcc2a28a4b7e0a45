"""Time what follows what, with how long it took, beside PM4Py and hand-written DuckDB SQL on the same file.

    .venv/bin/python benchmarks/follows.py [2 20] [--pm4py /path/to/another/python] [--rounds 3] [--folder DIR]

The number is millions of events, made by DuckDB in the order of their arrival: 12 activities, cases of 1 to 18 events. Ours
reads the file, sorts it and counts every pair in buckets of time; DuckDB does the same in two ways (a window for each case; one
sort, then a window over all), of which the faster is the bar; PM4Py loads the file and finds its graph with the counts, the
first and last activities and the mean durations. Each is a process of its own, started in turn; seconds are counted after the
imports. All must give the same answer. PM4Py is AGPL: it is never imported here, and runs under the interpreter that is named,
up to 2 million events.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

DUCKDB_BAR, PM4PY_BAR, MOST_FOR_PM4PY = 1.15, 10.0, 2.0
N_BUCKETS = 1250

MADE = """
import sys
import duckdb

n, path, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
con = duckdb.connect(config={"threads": 2, "memory_limit": "6GB", "temp_directory": folder})
con.execute(f'''
copy (
    with whole as (select i::int as number, 1 + hash(i) % 18 as k, 1767225600 + hash(i + 1) % (300 * 86400) as begun
                   from range({n * 2 // 19}) t(i)),
    event as (select number, begun, unnest(range(k::bigint)) as j from whole),
    drawn as (select *, hash(number * 64 + j) as h from event)
    select number as "case", (case when h % 100 < 80 then j * 2 // 3 else (h // 100) % 12 end)::tinyint as activity,
           make_timestamp((begun + j * 40000 + h % 40000)::bigint * 1000000) as moment
    from drawn order by moment
) to '{path}' (format parquet, row_group_size 500000)''')
"""
FRAME = """
import json, resource, sys, time
{imports}
path = sys.argv[1]
began = time.perf_counter(), time.process_time()
{work}
seconds, busy = time.perf_counter() - began[0], time.process_time() - began[1]
{after}
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps({{"seconds": seconds, "busy": busy, "gib": peak, "pairs": pairs, "ends": ends, "other": other}}))
"""
OURS = FRAME.format(
    imports="""
from concurrent.futures import ThreadPoolExecutor
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from wholeservice.derived.follows import ends_of_cases, follows, steps
from wholeservice.derived.sorting import sorted_together
from wholeservice.measures.durations import buckets_of
pa.set_cpu_count(2)
""",
    work=f"""
table = pq.read_table(path, columns=["case", "activity", "moment"])
def numbers(name):
    chunks = table[name].chunks
    return [chunk.cast(pa.timestamp("s"), safe=False).cast(pa.int64()) for chunk in chunks] if name == "moment" else chunks

with ThreadPoolExecutor(2) as pool:
    told = lambda name: np.concatenate([chunk.to_numpy() for chunk in numbers(name)])
    second, case, activity = pool.map(told, ["moment", "case", "activity"])
del table
case, second, activity = sorted_together(case, second, activity)
each = follows(case, activity, second, bucket_of=buckets_of, n_buckets={N_BUCKETS})
first, last = ends_of_cases(case, activity)
""",
    after="""
found = steps(case, activity, second)
n, lasted = (np.bincount(found.pair, weights) for weights in (None, found.lasted))
pairs = [[int(pair // 12), int(pair % 12), int(n[pair])] for pair in n.nonzero()[0]]
ends = [first.tolist(), last.tolist()]
buckets = hash(tuple(np.concatenate([each.source, each.target, each.bucket, each.n]).tolist()))
other = {"buckets": buckets, "lasted": lasted[n > 0].astype(int).tolist()}
""",
)
TOLD = "(select (epoch_us(moment) // 1000000)::int as second, \"case\" as number, activity from read_parquet('{path}'))"
BUCKET = "(289 + 32 * floor(log2(lasted))::int + ((lasted << 5) >> floor(log2(lasted))::int))::int"
BY_CASE = f"""
    select activity as source, lead(activity) over whole as target, lead(second) over whole - second as lasted
    from {TOLD} window whole as (partition by number order by second)"""
BY_SORTING = f"""
    select row & 15 as source, case when lead(row) over () >> 36 = row >> 36 then lead(row) over () & 15 end as target,
           (lead(row) over () >> 4) - (row >> 4) as lasted
    from (select (number::bigint << 36) + (second::bigint << 4) + activity as row from {TOLD} order by row)"""


def duckdb(inner: str) -> str:
    """The counts of one way to set each row beside the next of its case; what cases begin with follows from the others."""
    return FRAME.format(
        imports="import duckdb, numpy as np",
        work=f"""
con = duckdb.connect(config={{"threads": 2}})
rows = con.execute(f'''
    with step as ({inner})
    select source, target, case when target is null then -1 else {BUCKET} end as bucket, count(*) as n
    from step group by all''').fetchnumpy()
""",
        after="""
source, bucket, n = (rows[name].astype("int64") for name in ("source", "bucket", "n"))
goes_on = bucket >= 0
target = np.ma.filled(rows["target"], 0).astype("int64")
pair = (source * 12 + target)[goes_on]
n_of = np.bincount(pair, n[goes_on], 144).astype(int)
pairs = [[int(each // 12), int(each % 12), int(n_of[each])] for each in n_of.nonzero()[0]]
last = np.bincount(source[~goes_on], n[~goes_on], 12).astype(int)
ends = [(n_of.reshape(12, 12).sum(1) + last - n_of.reshape(12, 12).sum(0)).tolist(), last.tolist()]
order = np.lexsort((bucket[goes_on], pair))
pair, bucket, n = pair[order], bucket[goes_on][order], n[goes_on][order]
other = {"buckets": hash(tuple(np.concatenate([pair // 12, pair % 12, bucket, n]).tolist()))}
""",
    )


PM4PY = FRAME.format(
    imports="import pandas, pm4py",
    work="""
log = pandas.read_parquet(path)
log = pm4py.format_dataframe(log, case_id="case", activity_key="activity", timestamp_key="moment")
graph, first, last = pm4py.discover_dfg(log)
mean, _, _ = pm4py.discover_performance_dfg(log, perf_aggregation_key="mean")
""",
    after="""
pairs = sorted([int(one), int(two), int(n)] for (one, two), n in graph.items())
other = {"lasted": [round(mean[str(one), str(two)] * n) for one, two, n in pairs]}
names = range(1 + max(int(name) for name in (*first, *last)))
ends = [[int(each.get(str(name), 0)) for name in names] for each in (first, last)]
""",
)


@dataclass(frozen=True)
class Timed:
    """
    What one process took, how long it kept processors busy (on a busy machine the fairer figure), and what it found.

    `other` is what not every tool counts: the buckets, and how long each pair took in all.
    """

    seconds: float
    busy: float
    gib: float
    pairs: list[list[int]]
    ends: list[list[int]]
    other: dict[str, object]


def main() -> int:
    """Print the medians, the ratios and the peaks; exit code 1 where a bar is missed or an answer differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("millions", nargs="*", type=float, default=[2, 20])
    parser.add_argument("--pm4py", help="a Python interpreter that can import pm4py")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the events are made and kept; else they are made anew each time")
    asked = parser.parse_args()
    if not asked.pm4py:
        print("PM4Py was not run: no interpreter was named (--pm4py)")
    with tempfile.TemporaryDirectory() as folder:
        return max(_compared(each, asked.folder or Path(folder), asked.pm4py, asked.rounds) for each in asked.millions)


def _compared(millions: float, folder: Path, pm4py: str | None, rounds: int) -> int:
    path = folder / f"log-{millions:g}-million.parquet"
    if not path.exists():
        subprocess.run([sys.executable, "-c", MADE, str(int(millions * 1e6)), str(path), str(folder)], check=True)
    tools = {"ours": (sys.executable, OURS), "SQL by case": (sys.executable, duckdb(BY_CASE))}
    tools["SQL by sorting"] = (sys.executable, duckdb(BY_SORTING))
    if pm4py and millions <= MOST_FOR_PM4PY:
        tools["PM4Py"] = (pm4py, PM4PY)
    timed: dict[str, list[Timed]] = {name: [] for name in tools}
    for _ in range(rounds):
        for name, (python, script) in tools.items():
            done = subprocess.run([python, "-c", script, str(path)], capture_output=True, text=True, check=False,
                                  env={**os.environ, "PYTHONHASHSEED": "0"})  # fmt: skip
            if done.returncode:
                print(f"{name} failed: {done.stderr.strip().splitlines()[-1:]}")
                return 1
            timed[name].append(Timed(**json.loads(done.stdout.strip().splitlines()[-1])))
    return _told(millions, timed)


def _told(millions: float, timed: dict[str, list[Timed]]) -> int:
    middle = {name: statistics.median(each.seconds for each in runs) for name, runs in timed.items()}
    busy = {name: statistics.median(each.busy for each in runs) for name, runs in timed.items()}
    first = timed["ours"][0]
    print(f"{millions:g} million events: {sum(pair[2] for pair in first.pairs):,} steps, {len(first.pairs)} pairs")
    for name, runs in timed.items():
        each = ", ".join(f"{run.seconds:.2f}" for run in runs)
        gib = max(run.gib for run in runs)
        print(f"     {name:<15}{middle[name]:8.2f} s   ({each})   {busy[name]:.2f} s of processor   {gib:.2f} GiB")
    best = min((name for name in middle if name.startswith("SQL")), key=lambda name: middle[name])
    ratio, work = middle["ours"] / middle[best], busy["ours"] / busy[best]
    is_good = ratio <= DUCKDB_BAR
    print(f"{'ok' if is_good else 'OVER':<5}{ratio:.2f} x {best} ({work:.2f} x its work); at most {DUCKDB_BAR}")
    if "PM4Py" in middle:
        faster = middle["PM4Py"] / middle["ours"]
        is_good &= faster >= PM4PY_BAR
        print(f"{'ok' if faster >= PM4PY_BAR else 'OVER':<5}{faster:.1f} x as fast as PM4Py; at least {PM4PY_BAR:g}")
    runs = [each for name in timed for each in timed[name]]
    is_same = all((each.pairs, each.ends) == (first.pairs, first.ends) for each in runs)
    is_same &= all(first.other[name] == said for each in runs for name, said in each.other.items())
    print(f"{'ok' if is_same else 'OVER':<5}the same answer from all")
    return 0 if is_good and is_same else 1


if __name__ == "__main__":
    sys.exit(main())
