"""Examples on a page of docs/: files, a mapping, and the facts they give. A page that is wrong fails.

A block that names a file is that file (`csv visits.csv`; `sql shop.db` is the script of an SQLite database); `sh NAME` is
run in the folder; `yaml` without a name stands under `sources:` and is ingested; each `facts` block after it is what one
table then holds: `TABLE: COLUMN | COLUMN`, and one line per row, in any order. Files stay for the examples further down.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from ingested import Workspace

PAGES = Path(__file__).resolve().parents[1] / "docs"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(slots=True)
class Example:
    """One mapping on a page: what stands before it (kind, name, content), and the facts printed after it."""

    before: list[tuple[str, str, str]]
    mapping: str
    expected: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.mapping.partition(":")[0].strip()


def examples(page: str) -> list[Example]:
    """Return the examples of a page of docs/, in order."""
    found: list[Example] = []
    before: list[tuple[str, str, str]] = []
    for kind, name, content in BLOCK.findall((PAGES / page).read_text(encoding="utf-8")):
        if kind == "facts":
            found[-1].expected.append(content)
        elif kind == "yaml" and not name:
            found.append(Example(list(before), content))
        elif name:
            before.append((kind, name, content))
    return found


def check_example(workspace: Workspace, example: Example) -> None:
    """Assert that the files and the mapping of an example give the facts that are printed."""
    for kind, name, content in example.before:
        _make(workspace, kind, name, content)
    workspace.ingest(example.mapping)
    assert example.expected, "no facts are printed under this mapping"
    for block in example.expected:
        head, *rows = block.splitlines()
        table, _, columns = head.partition(": ")
        found = workspace.store.read(workspace.store.latest(), table).select(columns.split(" | ")).to_pylist()
        assert sorted(rows) == sorted(" | ".join(_printed(value) for value in row.values()) for row in found)


def _make(workspace: Workspace, kind: str, name: str, content: str) -> None:
    if kind == "sh":
        subprocess.run(["bash", "-eu", "-c", content], cwd=workspace.folder, check=True, capture_output=True)
    elif kind == "sql":
        (workspace.folder / name).unlink(missing_ok=True)
        with sqlite3.connect(workspace.folder / name) as connection:
            connection.executescript(content)
        connection.close()
    else:
        (workspace.folder / name).parent.mkdir(parents=True, exist_ok=True)
        workspace.write(name, content)


def _printed(value: object) -> str:
    return "–" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
