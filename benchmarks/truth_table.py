"""The truth table by one command: how often findings are right, silent, or wrong and confident, on unseen organisations.

    python -m benchmarks.truth_table 2000 --write docs/truth_table.md

Four tables: causes in the parts of a service, causes that come in spells and are joined by time, attributes that losses without
any call go with, and causes in how an organisation works. Every organisation has its own seed; `--first` picks the first one.
What was judged is kept in `build/`, by the code that judged it: a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from wholeservice.simulation.blind import BASELINES, EVIDENCE, IN_SPELLS, SIZES, judge_in_spells, judge_organisation
from wholeservice.simulation.driven_blind import ATTRIBUTED, judge_driven
from wholeservice.simulation.driven_blind import NAIVE as NAIVE_SHARES
from wholeservice.simulation.lasting_blind import LEADS, NAIVE, NO_RECORD, TOLD, judge_lasting
from wholeservice.simulation.verdicts import FALSE_ALARM, GROUP, QUIET, RIGHT, UNNAMED, WRONG

ROOT = Path(__file__).parents[1]
NOTHING = "nothing planted"

Row = Mapping[str, Any]
"""One case: seed, evidence, cell (how large what was planted is), verdict, naive (name -> verdict), said, n_covered."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the page: how its cases are judged, and what its rows and cells are called."""

    name: str  # in the marks of the page
    judge: Callable[[Sequence[int]], list[Row]]
    levels: tuple[str, ...]
    cells: tuple[str, ...]
    size: str
    verdicts: tuple[str, ...]
    naive: tuple[str, ...]
    naive_cells: tuple[str, ...]  # in which the naive ways are shown
    at_once: int = 20  # organisations in one piece of work


def judge_steady(seeds: Sequence[int]) -> list[Row]:
    return [_row(case) for seed in seeds for case in judge_organisation(seed)]


def judge_spells(seeds: Sequence[int]) -> list[Row]:
    return [_row(case) for seed in seeds for case in judge_in_spells(seed)]


def judge_attributes(seeds: Sequence[int]) -> list[Row]:
    return [_row(case) for seed in seeds for case in judge_driven(seed)]


def judge_how(seeds: Sequence[int]) -> list[Row]:
    rows = []
    for case in judge_lasting(seeds):
        cell = [name for name, low in LEADS if case.lead >= low][-1]
        said = " or ".join(f"{state} {on or ''}".strip() for state, on in case.said) + f" ({case.cause} planted)"
        rows.append({"seed": case.seed, "evidence": case.evidence, "cell": cell, "verdict": case.verdict,
                     "naive": dict(case.naive), "said": said, "n_covered": len(case.said)})  # fmt: skip
    return rows


def _row(case: Any) -> Row:
    cell = [name for name, low in SIZES if case.size >= low][-1] if case.n_causes else NOTHING
    return {"seed": case.seed, "evidence": case.evidence, "cell": cell, "verdict": case.verdict, "naive": dict(case.naive),
            "said": f"{case.said} (planted: {case.size:.1f} SE)", "n_covered": case.n_covered}  # fmt: skip


CELLS = tuple(name for name, _ in SIZES)
TABLES = (
    Table("table", judge_steady, tuple(each.name for each in EVIDENCE), CELLS, "planted loss, SE",
          (RIGHT, GROUP, UNNAMED, WRONG), BASELINES, CELLS[-1:]),
    Table("in spells", judge_spells, tuple(each.name for each in IN_SPELLS), CELLS, "planted loss, SE",
          (RIGHT, GROUP, UNNAMED, WRONG), BASELINES, CELLS[-1:]),
    Table("driven", judge_attributes, tuple(each.name for each in ATTRIBUTED), CELLS, "planted loss, SE",
          (RIGHT, GROUP, UNNAMED, WRONG), NAIVE_SHARES, CELLS[-1:]),
    Table("lasting", judge_how, tuple(each.name for each in TOLD), tuple(name for name, _ in LEADS),
          "planted, to the next longest", (RIGHT, GROUP, NO_RECORD, UNNAMED, WRONG), NAIVE,
          tuple(name for name, _ in LEADS), at_once=100),
)  # fmt: skip


def run(table: Table, seeds: Sequence[int], kept: Path, n_processes: int) -> list[Row]:
    """Judge organisations, from where a run before was stopped; say on stderr how far it is and how long it takes still."""
    rows = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()] if kept.exists() else []
    done = {row["seed"] for row in rows}
    left = [seed for seed in seeds if seed not in done]
    pieces = [left[at : at + table.at_once] for at in range(0, len(left), table.at_once)]
    began, n = time.monotonic(), 0
    kept.parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(n_processes) as pool, kept.open("a", encoding="utf-8") as file:
        for future in as_completed([pool.submit(table.judge, piece) for piece in pieces]):
            found = future.result()
            file.write("".join(json.dumps(row) + "\n" for row in found))
            file.flush()
            rows += found
            n += len({row["seed"] for row in found})
            to_go = (time.monotonic() - began) / n * (len(left) - n)
            print(
                f"\r{table.name}: {len(seeds) - len(left) + n} of {len(seeds)}, {to_go / 60:.0f} min left ",
                end="",
                file=sys.stderr,
            )
    print(file=sys.stderr)
    return [row for row in rows if row["seed"] in set(seeds)]


def code_digest() -> str:
    """Return what names the code that judges: other code never goes on with what this one has kept."""
    found = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted((ROOT / "src" / "wholeservice").rglob("*.py")):
        if path.parent.name in ("simulation", "findings", "derived", "organisation"):
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


def printed(table: Table, rows: Sequence[Row], seeds: Sequence[int]) -> Iterator[str]:
    """Yield one table as Markdown."""
    yield f"{len(seeds):,} organisations, seeds {seeds[0]} to {seeds[-1]}."
    yield ""
    yield from _rates(table, rows)
    if any(row["cell"] == NOTHING for row in rows):
        yield ""
        yield from _nothing_planted(table, rows)
    yield ""
    yield "Naive ways of looking at the same facts:"
    yield ""
    yield from _naive(table, rows)


def _rates(table: Table, rows: Sequence[Row]) -> Iterator[str]:
    words = [f"**{each} and confident**" if each == WRONG else each for each in table.verdicts]
    what = {"driven": "attributes", "lasting": "pieces"}.get(table.name, "parts")
    words.insert(2, f"{what} in the group")
    yield f"| evidence | {table.size} | n | {' | '.join(words)} |"
    yield f"|---|---|--:|{'--:|' * len(words)}"
    for level in table.levels:
        for cell in table.cells:
            mine = [row for row in rows if (row["evidence"], row["cell"]) == (level, cell)]
            if mine:
                shares = [_percent(mine, each) for each in table.verdicts]
                wide = [row["n_covered"] for row in mine if row["verdict"] == GROUP]
                shares.insert(2, f"{median(wide):.0f}" if wide else "–")
                yield f"| {level} | {cell} | {len(mine)} | {' | '.join(shares)} |"


def _nothing_planted(table: Table, rows: Sequence[Row]) -> Iterator[str]:
    yield "| nothing planted | n | no claim | **false alarm** |"
    yield "|---|--:|--:|--:|"
    for level in table.levels:
        mine = [row for row in rows if (row["evidence"], row["cell"]) == (level, NOTHING)]
        yield f"| {level} | {len(mine)} | {_percent(mine, QUIET)} | {_percent(mine, FALSE_ALARM)} |"


def _naive(table: Table, rows: Sequence[Row]) -> Iterator[str]:
    yield "| way of looking | evidence | n | right | wrong and confident |"
    yield "|---|---|--:|--:|--:|"
    for level in table.levels:
        mine = [row for row in rows if row["evidence"] == level and row["cell"] in table.naive_cells]
        for name in table.naive:
            named = [{"verdict": row["naive"][name]} for row in mine]
            if any(row["verdict"] not in (UNNAMED, NO_RECORD) for row in named):
                yield f"| {name} | {level} | {len(named)} | {_percent(named, RIGHT)} | {_percent(named, WRONG)} |"


def _percent(rows: Sequence[Row], verdict: str) -> str:
    return f"{sum(row['verdict'] == verdict for row in rows) / len(rows):.1%}" if rows else "–"


def write(page: Path, name: str, lines: Sequence[str]) -> None:
    """Replace one table of the page, between its marks."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(start)
    page.write_text(before + start + "\n" + "\n".join(lines) + "\n" + end + rest.partition(end)[2], encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("n", type=int, nargs="?", default=200)
    parser.add_argument("--first", type=int, default=1_000_000, help="CI judges seeds below a million")
    parser.add_argument("--only", choices=[each.name for each in TABLES], help="one of the tables")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", type=Path, help="replace the tables in this page")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.n)
    for table in TABLES:
        if asked.only in (None, table.name):
            kept = ROOT / "build" / f"truth-{table.name.replace(' ', '-')}-{code_digest()}.jsonl"
            rows = run(table, seeds, kept, asked.processes)
            lines = list(printed(table, rows, seeds))
            print("\n".join(lines))
            for row in rows:
                if row["verdict"] in (WRONG, FALSE_ALARM):
                    print(f"{row['verdict']}: seed {row['seed']}, {row['evidence']}: {row['said']}", file=sys.stderr)
            if asked.write:
                write(asked.write, table.name, lines)


if __name__ == "__main__":
    main()
