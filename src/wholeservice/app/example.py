"""The example organisation: where it stands, a copy to play with, and its simulated facts.

In the repository the example stands at the top, where people look for it; a wheel carries it inside the package (setup.py).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice import tables
from wholeservice.app.settings import FILE_NAME, STATE_FOLDER, Settings
from wholeservice.errors import OutsideError, Problem
from wholeservice.improvements.entries import ids_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from wholeservice.simulation.flow_facts import FlowFacts
    from wholeservice.simulation.run import Simulated
    from wholeservice.simulation.world import World
    from wholeservice.tables import Fact, Table

NAME = "stayline"
SCENARIO = Path("scenarios") / "now.yaml"
SEED = 20260907
FILES = {
    "interactions": "interactions.parquet",
    "calls": "calls.parquet",
    "answers": "answers.csv",
    "deployments": "deployments.csv",
    "incidents": "incidents.csv",
    "items": "items.csv",
    "work": "work.parquet",
    "links": "links.csv",
    "judgements": "judgements.csv",
}

IMPROVEMENTS = "improvements.jsonl"

CODES = {
    "DEM001": "The example organisation was not found beside the package. Install Wholeservice again, or run the demo from a"
    " checkout of the repository.",
}


def example_folder() -> Path:
    """Return the folder of the example, in the installed package or in the repository."""
    package = Path(__file__).resolve().parents[1]
    for home in (package / "examples", package.parents[1] / "examples"):
        if (home / NAME / FILE_NAME).is_file():
            return home / NAME
    raise OutsideError(
        Problem("DEM001", f"no example organisation in {package / 'examples'}", next_step="install Wholeservice again")
    )


def copy_example(target: Path) -> bool:
    """Copy the example to *target* unless a workspace stands there already; return whether it was copied."""
    if (target / FILE_NAME).exists():
        return False
    shutil.copytree(example_folder(), target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(STATE_FOLDER, "data"))
    return True


def load_scenario(settings: Settings) -> World:
    """Return the world that the example's scenario declares."""
    from wholeservice.app.declared import declared_organisation
    from wholeservice.simulation.scenario import load_world

    text = (settings.folder / SCENARIO).read_text(encoding="utf-8")
    return load_world(text, str(SCENARIO), declared_organisation(settings))


def simulate_facts(world: World, seed: int = SEED) -> Simulated:
    """Return what the organisation would have recorded of the world; the same seed gives the same facts."""
    from wholeservice.simulation.changed_world import before_it_was_mended
    from wholeservice.simulation.run import recorded, simulate

    return before_it_was_mended(recorded(simulate(world, seed), world, seed), world.n_days, seed)


def simulate_work(world: World, seed: int = SEED) -> FlowFacts:
    """Return what its tools would hold of the work on what it offers; nothing where the scenario has no `flow`."""
    from wholeservice.simulation.flow import simulate_flow
    from wholeservice.simulation.flow_facts import FlowFacts, told

    return told(simulate_flow(world.flow, seed)) if world.flow else FlowFacts()


def data_folder(settings: Settings) -> Path:
    """Return where the example's sources look for their files."""
    return settings.folder / settings.values.get("data", "data")


def write_facts(settings: Settings, *simulated: Simulated | FlowFacts) -> None:
    """Write simulated facts as the files that the example's sources read; a file is there whole or not at all."""
    import pyarrow.csv
    import pyarrow.parquet

    folder = data_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in FILES.items():
        content = _content(tables.BY_NAME[name], [row for each in simulated for row in getattr(each, name, ())])
        write = pyarrow.csv.write_csv if file.endswith(".csv") else pyarrow.parquet.write_table
        write(content, folder / f"{file}.tmp")
        (folder / f"{file}.tmp").replace(folder / file)


def write_improvements(settings: Settings) -> int:
    """Write the improvement log of the example, as its source reads it; return how many improvements it tells of."""
    from wholeservice.simulation.improvements_told import told_improvements

    lines = told_improvements(settings.zone)
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines)
    path = data_folder(settings) / IMPROVEMENTS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".tmp").write_text(text, encoding="utf-8")
    path.with_suffix(".tmp").replace(path)
    return len(ids_in(lines))


def _content(table: Table, rows: Sequence[Fact]) -> pa.Table:
    """Return rows as a source would give them: without the keys, which ingest makes."""
    import pyarrow as pa

    from wholeservice.mapping.columns import arrow_schema

    schema = arrow_schema(table)
    names = [name for name in table.column_names if name not in tables.KEYS]
    return pa.table({name: pa.array([getattr(row, name) for row in rows], schema.field(name).type) for name in names})
