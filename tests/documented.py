"""Examples on a page of docs/, executed: what they give is compared with what is printed there. A page that is wrong fails.

A block with a title is the file of that name (`csv title="visits.csv"`; `sql title="shop.db"` is the script of an SQLite
database); `sh` with a title is run in the folder. `yaml` without one stands under `sources:` and is ingested; each `facts`
block after it is what one table then holds: `TABLE: COLUMN | COLUMN`, and one line per row, in any order. Files stay for the
examples further down.

A page to walk along has `console` blocks: a line with a dollar sign is typed in (with the next, if a backslash ends it). The
lines below are all that it prints, blanks apart; `...` stands for lines that are left out.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingested import Workspace
from wholeservice.app.cli import main

PAGES = Path(__file__).resolve().parents[1] / "docs"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
WALKED = ("tutorial.md", "as_of.md")
"""Pages to walk along; `.venv/bin/python tests/documented.py` writes anew what stands below their commands."""

TYPED = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
CHANCE = re.compile(r"(?<=p_)[\w-]{4}(?=…)|(?<=\d{4}-)[0-9a-f]{8}|(?<=\.)[0-9a-f]{8}|(?<=127\.0\.0\.1:)\d+|\d+(?= kB)")
"""What is another each time: the start of a pseudonym, the hashes of a run and a snapshot, the port, the size of a file."""


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


@dataclass(slots=True)
class Said:
    """One command on a page, the lines that stand below it, and what it printed."""

    command: str
    printed: str
    expected: list[str] = field(default_factory=list)

    @property
    def is_so(self) -> bool:
        """Whether the page says all that was printed, and nothing else."""
        lines = [r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in _told(self.expected)]
        return re.fullmatch("".join(lines), "".join(f"{line}\n" for line in _told(self.printed.splitlines()))) is not None


def walk(page: str, folder: Path) -> list[Said]:
    """Do in *folder* what a page of docs/ says: write its files, type its commands in. Return what they said, in order."""
    said: list[Said] = []
    here = folder
    for kind, name, content in BLOCK.findall((PAGES / page).read_text(encoding="utf-8")):
        if name:
            (here / name).parent.mkdir(exist_ok=True)
            (here / name).write_text(content, encoding="utf-8")
        for command, below in TYPED.findall(content) if kind == "console" else ():
            program, *arguments = shlex.split(command.replace("\\\n", ""), comments=True)
            if program == "cd":
                here /= arguments[0]
            else:
                said.append(Said(command, typed(here, program, *arguments), below.splitlines()))
    return said


def typed(folder: Path, program: str, *arguments: str) -> str:
    """Run one of our commands in *folder*; return all that it printed."""
    assert program == "wholeservice", program
    if arguments[0] == "serve":
        return _served(folder, *arguments)
    printed = io.StringIO()
    told = contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed)
    with contextlib.chdir(folder), told[0], told[1], pytest.raises(SystemExit) as stopped:
        main([*arguments])
    assert not stopped.value.code, printed.getvalue()
    return printed.getvalue()


def _served(folder: Path, *arguments: str) -> str:
    """Serve, look at the first page, and stop as a person does; return what was printed up to then."""
    command = [sys.executable, "-m", "wholeservice", *arguments]
    environment = {**os.environ, "BROWSER": "true"}  # so that --open opens none
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        said = server.stderr.readline()
        try:
            address = re.search(r"http://\S+", said)
            assert address is not None, said
            with urllib.request.urlopen(address[0], timeout=30) as page:  # noqa: S310
                assert "<h1" in page.read().decode()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    return said


def _told(lines: list[str]) -> list[str]:
    """Return the lines without blanks that say nothing, and without what chance decides."""
    return [" ".join(CHANCE.sub("*", line).split()) for line in lines if line.strip()]


def written_anew(page: str, folder: Path) -> str:
    """Return the text of a page to walk along, with what its commands print now below each that prints something else."""
    said = iter(walk(page, folder))

    def console(command: re.Match[str]) -> str:
        if command[1].startswith("cd "):
            return command[0]
        each = next(said)
        return command[0] if each.is_so else f"$ {each.command}\n{each.printed.rstrip()}\n"

    def block(each: re.Match[str]) -> str:
        return TYPED.sub(console, each[0]) if each[1] == "console" else each[0]

    return BLOCK.sub(block, (PAGES / page).read_text(encoding="utf-8"))


if __name__ == "__main__":
    for each in WALKED:
        with tempfile.TemporaryDirectory() as new:
            (PAGES / each).write_text(written_anew(each, Path(new)), encoding="utf-8")
