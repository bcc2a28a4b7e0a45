"""The truth table of verdicts by one command: how often a change is found, and how often a verdict is wrong and confident.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.verify_table 100 --write docs/verify.md

Each series has its own seed; `--first` picks the first one, so that no run need repeat another.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from wholeservice.simulation.changes import ALONE, EFFECTS, SITUATIONS, Rates, rates

BEGIN, END = "<!-- table -->", "<!-- end of table -->"
CELLS = [(situation, effect) for situation in (*SITUATIONS, ALONE) for effect in EFFECTS]


def run(first: int, n: int, n_processes: int = 2) -> list[Rates]:
    """Judge *n* series of each situation and effect, showing progress on stderr."""
    found: list[Rates] = []
    with ProcessPoolExecutor(n_processes) as pool:
        for done, each in enumerate(pool.map(partial(_cell, range(first, first + n)), CELLS), 1):
            found.append(each)
            print(f"\r{done} of {len(CELLS)} cells", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def _cell(seeds: range, cell: tuple) -> Rates:
    return rates(*cell, seeds)


def table(found: Sequence[Rates]) -> Iterator[str]:
    """Yield the truth table as Markdown."""
    yield "| situation | true effect | n | found improved | **wrong and confident** | plainly compared: improved | wrong |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for each in found:
        shares = (each.improved, each.wrong, each.naive_improved, each.naive_wrong)
        effect = f"{100 * each.effect:.0f} pp" if each.effect else "none"
        yield f"| {each.situation} | {effect} | {each.n} | " + " | ".join(f"{100 * share:.1f}%" for share in shares) + " |"


def main() -> None:
    """Run the benchmark and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("n", type=int, help="series of each cell")
    parser.add_argument("--first", type=int, default=7000, help="the first seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", type=Path, help="put the table between the marks of this page")
    asked = parser.parse_args()
    lines = [f"{asked.n} series in each cell, seeds {asked.first} to {asked.first + asked.n - 1}.", ""]
    written = "\n".join([*lines, *table(run(asked.first, asked.n, asked.processes))])
    if asked.write is None:
        print(written)
        return
    before, _, rest = asked.write.read_text(encoding="utf-8").partition(BEGIN)
    asked.write.write_text(f"{before}{BEGIN}\n{written}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
