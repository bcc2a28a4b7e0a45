"""Time an ordered funnel of five steps, by channel and week of entry, beside ClickHouse's and PostHog's on the same file.

    .venv/bin/python benchmarks/funnel.py [20] [--chdb /path/to/another/python] [--rounds 3] [--folder DIR]

The number is millions of events, made by DuckDB in the order of their arrival. Ours reads the file, sorts and walks; chDB runs
`windowFunnel`; DuckDB runs the chained-window form that PostHog published (one window function per step, nested). Each is a
process of its own, started in turn, with two threads; seconds are counted after the imports. All must give the same answer.
chDB is never imported here, and runs under the interpreter that is named; without one it is left out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

WITHIN_S, N_STEPS = 3 * 86400, 5
BARS = {"chDB": 1.0, "DuckDB": 0.5}
MOST_GIB = 4.0

MADE = """
import sys
import duckdb

n, path, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
con = duckdb.connect(config={"threads": 2, "memory_limit": "6GB", "temp_directory": folder})
con.execute(f'''
copy (
    with who as (select i::int as who, 1 + hash(i) % 18 as k, 1767225600 + hash(i + 1) % (365 * 86400) as begun
                 from range({n * 2 // 19}) t(i)),
    event as (select who, k, begun, unnest(range(k::bigint)) as j from who),
    drawn as (select *, hash(who * 64 + j) as h from event)
    select who, (case when h % 100 < 75 then (j * 5) // k else (h // 100) % 8 end)::tinyint as step,
           (hash(who * 64 + j + 32) % 5)::tinyint as channel,
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
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps({{"seconds": seconds, "busy": busy, "gib": peak, "answer": answer}}))
"""
OURS = FRAME.format(
    imports="""
from concurrent.futures import ThreadPoolExecutor
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from wholeservice.derived.sorting import sorted_together
from wholeservice.derived.walk import Journey, Rows, reach
pa.set_cpu_count(2)
""",
    work=f"""
table = pq.read_table(path, columns=["who", "step", "channel", "moment"])
chunks = [chunk.cast(pa.int64()).to_numpy() for chunk in table["moment"].chunks]
with ThreadPoolExecutor(2) as pool:
    who, step, channel = pool.map(lambda name: table[name].to_numpy(), ("who", "step", "channel"))
    del table
    second = np.concatenate(list(pool.map(lambda chunk: chunk // 1_000_000, chunks)))
del chunks
who, second, step, channel = sorted_together(who, second, step, channel)
at, reached = reach(Rows(who, step, second), Journey({{step: step - 1 for step in range({N_STEPS})}}, within_s={WITHIN_S}))
entry = at[reached == 0]
week = (second[entry] // 86400 + 3) // 7
cell = channel[entry] * (week.max() + 1) + week
counted = [np.bincount(cell[np.searchsorted(who[entry], who[at[reached == n]])], minlength=cell.max() + 1)
           for n in range({N_STEPS})]
answer = [[int(each // (week.max() + 1)), int(each % (week.max() + 1)), *(int(n[each]) for n in counted)]
          for each in np.flatnonzero(counted[0])]
""",
)
CONDITIONS = ", ".join(f"step = {step}" for step in range(N_STEPS))
COUNTED = ", ".join(f"count(*) filter (where reached >= {step + 1})" for step in range(N_STEPS))
CHDB = FRAME.format(
    imports="import chdb",
    work=f"""
answer = json.loads(str(chdb.query(f'''
    select channel, week, {COUNTED} from (
        select windowFunnel({WITHIN_S})(toDateTime(moment), {CONDITIONS}) as reached,
               argMinIf(channel, moment, step = 0) as channel,
               intDiv(intDiv(toUnixTimestamp(toDateTime(minIf(moment, step = 0))), 86400) + 3, 7) as week
        from file('{{path}}', Parquet) group by who)
    where reached > 0 group by channel, week order by channel, week
    settings max_threads = 2, output_format_json_quote_64bit_integers = 0''', 'JSONCompact')))["data"]
""",
)


def chained(level: int) -> str:
    """PostHog's nesting: the next time of each later step, kept only where nothing up to it comes before the step above."""
    innermost = level >= N_STEPS
    later = range(1 if innermost else level, N_STEPS)
    windows = _columns({step: f"min(latest_{step}) over later" for step in later})
    over = "window later as (partition by who order by second desc rows between unbounded preceding and current row)"
    if innermost:
        return f"select who, channel, second, step, {windows} from latest {over}"
    too_soon = {step: " or ".join(f"latest_{each} < latest_{level - 1}" for each in range(level, step + 1)) for step in later}
    kept = _columns({step: f"case when {too_soon[step]} then null else latest_{step} end" for step in later})
    inner = f"select who, channel, second, step, {kept} from ({chained(level + 1)})"
    return f"select who, channel, second, step, {windows} from ({inner}) {over}"


def _columns(changed: dict[int, str]) -> str:
    return ", ".join(f"{changed.get(step, f'latest_{step}')} as latest_{step}" for step in range(N_STEPS))


def in_time(n: int) -> str:
    """The condition under which the first *n* steps came in order and in the window."""
    steps = (f"latest_{step - 1} <= latest_{step} and latest_{step} <= latest_0 + {WITHIN_S}" for step in range(1, n))
    return " and ".join(steps)


LATEST = ", ".join(f"case when step = {step} then second end as latest_{step}" for step in range(N_STEPS))
REACHED = "case " + " ".join(f"when {in_time(n)} then {n}" for n in range(N_STEPS, 1, -1)) + " else 1 end"
DUCKDB = FRAME.format(
    imports="import duckdb",
    work=f"""
con = duckdb.connect(config={{"threads": 2}})
answer = [list(row) for row in con.execute(f'''
    with latest as (select who, channel, second, step, {LATEST} from (
        select who, channel, step, epoch_us(moment) // 1000000 as second from read_parquet('{{path}}') where step < {N_STEPS})),
    reached as (select who, channel, second, {REACHED} as reached from ({chained(2)}) where step = 0),
    people as (select max(reached) as reached, arg_min(channel, second) as channel, (min(second) // 86400 + 3) // 7 as week
               from reached group by who)
    select channel, week, {COUNTED} from people group by channel, week order by channel, week''').fetchall()]
""",
)


@dataclass(frozen=True)
class Timed:
    """What one process took, how long it kept processors busy (on a busy machine the fairer figure), and what it found."""

    seconds: float
    busy: float
    gib: float
    answer: list[list[int]]


def main() -> int:
    """Print the medians, the ratios and the peaks; exit code 1 where a bar is missed or an answer differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("millions", nargs="*", type=float, default=[20])
    parser.add_argument("--chdb", help="a Python interpreter that can import chdb")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the events are made and kept; else they are made anew each time")
    asked = parser.parse_args()
    tools = {"ours": (sys.executable, OURS), "DuckDB": (sys.executable, DUCKDB)}
    if asked.chdb:
        tools["chDB"] = (asked.chdb, CHDB)
    else:
        print("chDB was not run: no interpreter was named (--chdb)")
    with tempfile.TemporaryDirectory() as folder:
        return max(_compared(each, asked.folder or Path(folder), tools, asked.rounds) for each in asked.millions)


def _compared(millions: float, folder: Path, tools: dict[str, tuple[str, str]], rounds: int) -> int:
    path = folder / f"events-{millions:g}-million.parquet"
    if not path.exists():
        subprocess.run([sys.executable, "-c", MADE, str(int(millions * 1e6)), str(path), str(folder)], check=True)
    timed: dict[str, list[Timed]] = {name: [] for name in tools}
    for _ in range(rounds):
        for name, (python, script) in tools.items():
            done = subprocess.run([python, "-c", script, str(path)], capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{name} failed: {done.stderr.strip().splitlines()[-1:]}")
                return 1
            timed[name].append(Timed(**json.loads(done.stdout.strip().splitlines()[-1])))
    return _told(millions, timed)


def _told(millions: float, timed: dict[str, list[Timed]]) -> int:
    middle = {name: statistics.median(each.seconds for each in runs) for name, runs in timed.items()}
    busy = {name: statistics.median(each.busy for each in runs) for name, runs in timed.items()}
    peak = {name: max(each.gib for each in runs) for name, runs in timed.items()}
    first = timed["ours"][0].answer
    steps = ", ".join(f"{sum(cell[2 + step] for cell in first):,}" for step in range(N_STEPS))
    print(f"{millions:g} million events, {len(first):,} cells of channel and week; reached, step by step: {steps}")
    for name, runs in timed.items():
        each = ", ".join(f"{run.seconds:.2f}" for run in runs)
        print(f"     {name:<8}{middle[name]:8.2f} s   ({each})   {busy[name]:.2f} s of processor   {peak[name]:.2f} GiB")
    ratios = {name: (middle["ours"] / middle[name], busy["ours"] / busy[name]) for name in BARS if name in middle}
    verdicts = [(f"{ratio:.2f} x {name} ({work:.2f} x its work)", ratio, BARS[name]) for name, (ratio, work) in ratios.items()]
    verdicts.append((f"{peak['ours']:.2f} GiB", peak["ours"], MOST_GIB))
    for said, value, bar in verdicts:
        print(f"{'ok' if value <= bar else 'OVER':<5}{said:<40} bar {bar}")
    is_same = all(each.answer == first for runs in timed.values() for each in runs)
    print(f"{'ok' if is_same else 'OVER':<5}the same answer from all")
    return 0 if is_same and all(value <= bar for _, value, bar in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
