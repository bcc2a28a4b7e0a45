"""The middle is pure: files, processes, the network, the clock and chance stay at the rim."""

from __future__ import annotations

import ast
import re
from dataclasses import fields

from architecture.reading import ROOT, calls, imports, modules, project_files
from wholeservice import tables
from wholeservice.measures.base import Cell, Statistics

STORE = ("facts.store", "facts.staging", "facts.durable", "facts.delta_log", "facts.lock", "facts.runs", "facts.weighing",
         "facts.committing", "facts.pinned", "facts.maintenance", "facts.backup")  # fmt: skip
RIM = ("sources", "engines", *STORE, "organisation.load", "organisation.start", "app", "__main__")
"""Where a file may be opened. Everything else gets its data as arguments and returns it."""

CLOCK_RIM = ("app", "facts.store", "facts.lock")
"""Where the clock may be read; the instant is then an argument to the rest."""

FILE_CALLS = {
    "open",
    "read_text",
    "write_text",
    "read_bytes",
    "write_bytes",
    "mkdir",
    "unlink",
    "rmtree",
    "iterdir",
    "glob",
    "rglob",
}
FILE_LIBRARIES = {"subprocess", "requests", "urllib", "socket", "shutil", "tempfile", "http", "httpx", "sqlite3"}
CLOCK = re.compile(r"(^|\.)(datetime|date)\.(now|utcnow|today)$|^time\.\w+$")
CHANCE = {"random", "secrets", "uuid"}
SEEDED = {"default_rng", "Random", "Generator", "PCG64", "SeedSequence", "uuid5"}


def at_rim(name: str, rim: tuple[str, ...]) -> bool:
    return name in rim or name.partition(".")[0] in rim


def test_files_are_opened_at_the_rim_only():
    """No pure module opens, writes or lists files."""
    wrong = [
        f"{module.name}:{call.lineno} {name}"
        for module in modules()
        if not at_rim(module.name, RIM)
        for name, call in calls(module)
        if name.rpartition(".")[2] in FILE_CALLS
    ]
    assert not wrong, f"take the content as an argument instead: {wrong}"


def test_the_outside_world_is_imported_at_the_rim_only():
    """No pure module starts processes, opens sockets or makes temporary files."""
    wrong = [
        f"{module.name}:{each.line} {each.target}"
        for module in modules()
        if not at_rim(module.name, RIM)
        for each in imports(module)
        if each.target in FILE_LIBRARIES
    ]
    assert not wrong, f"these belong to {RIM}: {wrong}"


def test_pure_modules_read_no_clock():
    """The instant is an argument: no `datetime.now()`, no `time.time()`."""
    wrong = [
        f"{module.name}:{call.lineno} {name}"
        for module in modules()
        if not at_rim(module.name, CLOCK_RIM)
        for name, call in calls(module)
        if CLOCK.search(name)
    ]
    assert not wrong, f"take the instant as an argument: {wrong}"


def test_chance_comes_with_a_seed():
    """No module draws from the global generator; a generator is made from a seed and passed on."""
    wrong = [
        f"{module.name}:{call.lineno} {name}"
        for module in modules()
        if not at_rim(module.name, ("facts.store", "app"))
        for name, call in calls(module)
        if CHANCE & set(name.split(".")[:-1]) and name.rpartition(".")[2] not in SEEDED
        and name.split(".")[0] in {*CHANCE, "np", "numpy"}
    ]  # fmt: skip
    assert not wrong, f"draw from a seeded generator that is an argument: {wrong}"


def test_fact_columns_are_text_in_tables_only():
    """Outside tables.py a column is an attribute; a name that is only a fact column never stands as text."""
    shared = {each.name for each in (*fields(Cell), *fields(Statistics))}
    distinctive = {name for table in tables.TABLES for name in table.column_names if "_" in name} - shared
    wrong = [
        f"{module.name}:{node.lineno} {node.value!r}"
        for module in modules()
        if module.name != "tables"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and node.value in distinctive
    ]
    assert not wrong, f"use the attribute (`t.happened_at`, `Interaction.happened_at`): {wrong}"


def test_no_file_names_a_machine_or_a_registry():
    """No path of somebody's machine and no address of a package registry is ever committed."""
    machine = r"(?<![\w.])/(?:work|root|home|Users)/\w"
    registry = r"py" + r"pi\.org|files\.python" + r"hosted|registry\.np" + r"mjs|--(?:extra-)?index" + r"-url"
    pattern = re.compile(f"{machine}|{registry}|[A-Z]:\\\\\\\\Users")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in project_files()
        if path.suffix not in {".woff2", ".png", ".parquet", ".xlsx"}
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not wrong


def test_constraints_pin_versions_without_addresses():
    """Every line of constraints.txt is a name and an exact version."""
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert lines
    assert not [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)]
