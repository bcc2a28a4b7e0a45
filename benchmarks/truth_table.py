"""The truth table by one command: how often the tracer is right, silent, or wrong and confident, on organisations it never saw.

    python -m benchmarks.truth_table 500 --write docs/truth_table.md
    python -m benchmarks.truth_table 200 --in-spells --write docs/truth_table.md

Every organisation has its own seed; `--first` picks the first one, so that no run need repeat another. With `--in-spells`
troubles come and go, and the evidence is such as only time joins to attempts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

from wholeservice.simulation.blind import (
    BASELINES,
    EVIDENCE,
    FALSE_ALARM,
    GROUP,
    IN_SPELLS,
    QUIET,
    RIGHT,
    SIZES,
    UNNAMED,
    WRONG,
    Case,
    Cell,
    Evidence,
    judge_in_spells,
    judge_organisation,
    truth_table,
)

LINKED, IN_TIME = ("<!-- table -->", "<!-- end of table -->"), ("<!-- in spells -->", "<!-- end of in spells -->")


def run(first: int, n: int, n_processes: int = 2, judge: Callable[[int], list[Case]] = judge_organisation) -> list[Case]:
    """Judge organisations *first* to *first* + *n* - 1, showing progress on stderr."""
    cases: list[Case] = []
    with ProcessPoolExecutor(n_processes) as pool:
        for done, found in enumerate(pool.map(judge, range(first, first + n)), 1):
            cases += found
            print(f"\r{done} of {n} organisations", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return cases


def table(cases: Sequence[Case]) -> Iterator[str]:
    """Yield the truth table as Markdown."""
    yield "| evidence | planted loss, SE | n | right | right group | parts in the group | unnamed | **wrong and confident** |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    for cell in truth_table(cases):
        if cell.n and cell.size != "nothing planted":
            right, group, unnamed, wrong = (_percent(cell, name) for name in (RIGHT, GROUP, UNNAMED, WRONG))
            width = _width(cases, cell)
            yield f"| {cell.evidence} | {cell.size} | {cell.n} | {right} | {group} | {width} | {unnamed} | {wrong} |"
    yield ""
    yield "| nothing planted | n | no claim | **false alarm** |"
    yield "|---|--:|--:|--:|"
    for cell in truth_table(cases):
        if cell.n and cell.size == "nothing planted":
            yield f"| {cell.evidence} | {cell.n} | {_percent(cell, QUIET)} | {_percent(cell, FALSE_ALARM)} |"


def _width(cases: Sequence[Case], cell: Cell) -> str:
    """Write how many parts a right group leaves in question: the median."""
    sizes = dict(SIZES)
    low = sizes[cell.size]
    high = min((each for each in sizes.values() if each > low), default=float("inf"))
    found = [c.n_covered for c in cases if c.evidence == cell.evidence and c.verdict == GROUP and low <= c.size < high]
    return f"{median(found):.0f}" if found else "–"


def baselines(cases: Sequence[Case], levels: Sequence[Evidence]) -> Iterator[str]:
    """Yield how naive ways of looking do on the organisations with a planted loss of 6 standard errors and more."""
    yield "| way of looking | evidence | n | right | wrong and confident |"
    yield "|---|---|--:|--:|--:|"
    for evidence in levels:
        for name in BASELINES:
            cells = truth_table([case for case in cases if case.evidence == evidence.name], _by(name))
            cell = next((each for each in cells if each.size == "6 and more"), None)
            if cell and cell.n:
                yield f"| {name} | {evidence.name} | {cell.n} | {_percent(cell, RIGHT)} | {_percent(cell, WRONG)} |"


def _by(name: str):  # type: ignore[no-untyped-def]
    return lambda case: case.naive[name]


def _percent(cell: Cell, name: str) -> str:
    share = cell.share(name)
    return "–" if share is None else f"{share:.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("n", type=int, nargs="?", default=50)
    parser.add_argument("--first", type=int, default=1000)
    parser.add_argument("--in-spells", action="store_true", help="troubles that come and go, joined by time")
    parser.add_argument("--write", type=Path, help="replace the table in this page")
    asked = parser.parse_args()
    judge, levels, (start, end) = (
        (judge_in_spells, IN_SPELLS, IN_TIME) if asked.in_spells else (judge_organisation, EVIDENCE, LINKED)
    )
    cases = run(asked.first, asked.n, judge=judge)
    lines = [f"{asked.n} organisations, seeds {asked.first} to {asked.first + asked.n - 1}.", "", *table(cases), ""]
    lines += ["Naive ways of looking at the same facts:", "", *baselines(cases, levels)]
    print("\n".join(lines))
    for case in cases:
        if case.verdict in (WRONG, FALSE_ALARM):
            print(f"{case.verdict}: seed {case.seed}, {case.evidence}, size {case.size:.1f}: {case.said}", file=sys.stderr)
    if asked.write:
        before, _, rest = asked.write.read_text(encoding="utf-8").partition(start)
        after = rest.partition(end)[2]
        asked.write.write_text(before + start + "\n" + "\n".join(lines) + "\n" + end + after, encoding="utf-8")


if __name__ == "__main__":
    main()
