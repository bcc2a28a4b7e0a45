"""Time the whole way of an event log in XES into the store, beside PM4Py's default reading of the same file.

    .venv/bin/python benchmarks/read_xes.py [LOG.xes.gz] [--pm4py /path/to/another/python] [--rounds 5]

Each reading is a process of its own, started in turn, so that what else the machine does falls on both. Ours ends when the run
is committed: read, mapped, made durable, and checked to be complete by the peer's own count of events. PM4Py is AGPL: it
is never imported here, and runs under the interpreter that is named; without one only our seconds are told.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOG = ROOT / "../shared/data/volvo-itsm/07_bpic2013_incidents.xes.gz"
BAR = 3.0

OURS = """
import datetime, json, sys
from pathlib import Path
from wholeservice.documents import parse
from wholeservice.facts import ingest
from wholeservice.facts.store import Store
from wholeservice.sources.base import Context

log, folder = sys.argv[1:]
node, _ = parse(f"log: {{ kind: xes, file: {log}, states: {{ Unmatched: queued }} }}", "benchmark")
declared, problems = ingest.load(node, {}, "UTC")
assert not problems, problems
now = datetime.datetime.now(datetime.timezone.utc)
report = ingest.ingest(declared, Store(Path(folder) / "store"), Context(Path(folder)), now, guards=lambda source: None)
print(json.dumps({"events": report.sources[0].kept, "refused": report.sources[0].refused}))
"""
THEIRS = """
import json, sys
import pm4py
print(json.dumps({"events": len(pm4py.read_xes(sys.argv[1]))}))
"""


def main() -> int:
    """Print the seconds of both and their ratio; exit code 1 when it is under the bar or an event is missing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("log", nargs="?", type=Path, default=LOG)
    parser.add_argument("--pm4py", help="a Python interpreter that can import pm4py")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    if not asked.log.is_file():
        print(f"there is no {asked.log}; name an event log")
        return 2
    log = str(asked.log.resolve())
    peer = asked.pm4py if asked.pm4py and _can_import(asked.pm4py) else None
    ours, theirs, command = [], [], []
    for _ in range(asked.rounds):
        ours.append(_ours(log))
        command.append(_command(log))
        if peer:
            theirs.append(_run(peer, "-c", THEIRS, log))
    _say("committed, in a fresh process", ours)
    _say("the command `wholeservice ingest`", command)
    if not peer:
        print(f"PM4Py was not run: {asked.pm4py or 'no interpreter was named (--pm4py)'} cannot import it")
        return 0
    _say("PM4Py's read_xes, in memory", theirs)
    ratios = [_middle(theirs) / _middle(each) for each in (ours, command)]
    n_events = {json.dumps(each[1].get("events")) for each in (*ours, *theirs)}
    print(f"{ratios[0]:.1f} x as fast ({ratios[1]:.1f} x as a command); the bar is {BAR:.0f} x; events: {', '.join(n_events)}")
    return 0 if ratios[0] >= BAR and len(n_events) == 1 else 1


Timed = tuple[float, dict[str, int]]


def _ours(log: str) -> Timed:
    with tempfile.TemporaryDirectory() as folder:
        return _run(sys.executable, "-c", OURS, log, folder)


def _command(log: str) -> Timed:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        declared = {"name": "Benchmark", "sources": {"log": {"kind": "xes", "file": log, "states": {"Unmatched": "queued"}}}}
        (workspace / "wholeservice.yaml").write_text(json.dumps(declared), encoding="utf-8")
        (workspace / "organisation").mkdir()
        (workspace / "organisation" / "all.yaml").write_text(
            "org: { name: Benchmark }\nservices: { help: {} }\n", encoding="utf-8"
        )
        seconds, found = _run(sys.executable, "-m", "wholeservice", "--workspace", folder, "ingest", "--format", "json")
        return seconds, found


def _run(*command: str) -> Timed:
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "{}"
    return seconds, json.loads(last) if last.startswith("{") and last.endswith("}") else {}


def _can_import(python: str) -> bool:
    return subprocess.run([python, "-c", "import pm4py"], capture_output=True, check=False).returncode == 0


def _middle(timed: list[Timed]) -> float:
    return statistics.median(seconds for seconds, _ in timed)


def _say(name: str, timed: list[Timed]) -> None:
    seconds = sorted(each for each, _ in timed)
    print(f"{name:<40}{_middle(timed):6.2f} s   ({seconds[0]:.2f} to {seconds[-1]:.2f})")


if __name__ == "__main__":
    sys.exit(main())
