"""Time why work waits: a million stays of many teams, and one queue of more and more stays that all wait for one team.

    .venv/bin/python benchmarks/waits.py [--stays 1000000] [--rounds 3]

The million: 500 teams of 1 to 8 people with known workers, 20 activities, office hours, batches and parallel work found, as one
process that says its seconds and its peak memory. The queue: 12 500 to 100 000 stays that have all come before the first is
done, once for a team of five of whom nobody knows who did what, and once for one person with batches, by processor time, so
that what else the machine does tells nothing. Growth is set against n log n.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys

BAR_S, MOST_GIB = 60.0, 4.0
SIZES = (12_500, 25_000, 50_000, 100_000)
MOST_GROWTH = 1.25
"""How much faster than n log n the largest queue may have grown from the smallest: caches hold the small one."""

FRAME = """
import json, resource, sys, time
import numpy as np
from wholeservice.derived.batching import batches_of
from wholeservice.derived.calendars import SECOND, laid_out, weekly
from wholeservice.derived.concurrency import Stays, by_order, enabled
from wholeservice.derived.pool_lines import Pools, Visits
from wholeservice.derived.waiting import causes
n = int(sys.argv[1])
chance = np.random.default_rng(7)
{made}
began = time.perf_counter(), time.process_time()
{work}
seconds, busy = time.perf_counter() - began[0], time.process_time() - began[1]
shares = [round(float(each.sum() / found.waited.sum()), 3) for each in (
    found.batching, found.contention, found.prioritisation, found.unavailability, found.unaccounted)]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps({{"seconds": seconds, "busy": busy, "gib": peak, "shares": shares}}))
"""
MILLION = FRAME.format(
    made="""
case = np.sort(chance.integers(0, n // 10, n))
nth = np.arange(n) - np.searchsorted(case, case)
start = chance.integers(0, 300 * 86400, n // 10)[case] + nth * 2 * 86400 + chance.integers(0, 86400, n)
end = start + chance.integers(60, 4 * 3600, n)
activity = np.minimum(nth, 19)
pool = chance.integers(0, 25, n) * 20 + activity
people = 1 + np.arange(500) % 8
worker = chance.integers(0, 8, n) % people[pool]
""",
    work="""
stays = Stays(case, activity, start * SECOND, end * SECOND)
ready = enabled(stays, by_order(stays))
batch = batches_of((pool * 8 + worker) * 20 + activity, ready.at, stays.start_at, stays.end_at)
office = laid_out(weekly("Europe/Amsterdam", [(540, 720), (750, 1020)]), int(stays.start_at.min()), int(stays.end_at.max()))
visits = Visits(pool, ready.at, stays.start_at, stays.end_at, worker, batch)
found = causes(visits, Pools(people, np.zeros(500, np.int64)), [office])
""",
)
QUEUE = """
came = np.sort(chance.integers(0, n, n)) * SECOND
order = chance.permutation(n) // 50 * 50 + np.arange(n) % 50  # neither first come, first served nor the other way round
place = np.argsort(order, kind="stable")
start = np.empty(n, np.int64)
start[place] = (n + np.arange(n) // PEOPLE * 600) * SECOND
end = start + 600 * SECOND
"""
TEAM = FRAME.format(
    made=QUEUE.replace("PEOPLE", "5"),
    work="found = causes(Visits(np.zeros(n, np.int64), came, start, end), Pools(np.array([5]), np.array([-1])), [])",
)
PERSON = FRAME.format(
    made=QUEUE.replace("PEOPLE", "1"),
    work="""
batch = batches_of(np.arange(n) % 3, came, start, end, gap=1800 * SECOND)
found = causes(Visits(np.zeros(n, np.int64), came, start, end, batch=batch), Pools(np.array([1]), np.array([-1])), [])
""",
)


def main() -> int:
    """Print seconds, peak and growth; exit code 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--stays", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print("shares of the waiting: batching, contention, prioritisation, unavailability, unaccounted")
    is_good = _million(asked.stays)
    for name, script in (("a team of five", TEAM), ("one person, with batches", PERSON)):
        is_good &= _queue(name, script, asked.rounds)
    return 0 if is_good else 1


def _million(n: int) -> bool:
    found = _run(MILLION, n)
    is_good = found["seconds"] <= BAR_S and found["gib"] <= MOST_GIB
    said = f"{n:,} stays: {found['seconds']:.1f} s ({found['busy']:.1f} s of processor), {found['gib']:.2f} GiB"
    print(f"{'ok' if is_good else 'OVER':<5}{said}; at most {BAR_S:.0f} s and {MOST_GIB:.0f} GiB; shares {found['shares']}")
    return bool(is_good)


def _queue(name: str, script: str, rounds: int) -> bool:
    """Take the least of some rounds of each size: what else the machine does only ever adds."""
    busy = []
    for n in SIZES:
        runs = [_run(script, n) for _ in range(rounds)]
        busy.append(min(each["busy"] for each in runs))
        print(f"     {name}: {n:>7,} stays {busy[-1]:6.2f} s of processor; shares {runs[0]['shares']}")
    by_law = SIZES[-1] * math.log(SIZES[-1]) / (SIZES[0] * math.log(SIZES[0]))
    growth = busy[-1] / busy[0]
    is_good = growth <= MOST_GROWTH * by_law
    print(f"{'ok' if is_good else 'OVER':<5}{name}: {growth:.1f} x from the smallest to the largest; n log n is {by_law:.1f} x")
    return is_good


def _run(script: str, n: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", script, str(n)], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(main())
