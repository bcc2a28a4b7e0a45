"""Files that are more than a table: which kind of source reads them, and the declaration of it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from wholeservice.app import map_exports
from wholeservice.errors import InputError, Place, Problem
from wholeservice.proposal.spelling import Line, scalar
from wholeservice.sources.files import PACKED

_COMPOSE = re.compile(r"(?:docker-)?compose.*\.ya?ml", re.IGNORECASE)
_IS_COMPOSE = re.compile(rb"^services:\s*$(?:\s*#.*$)*\s+[\w.-]+:\s*$(?s:.){0,2000}^\s+(?:image|build):", re.MULTILINE)
_COMMITS, _TAGS = {"sha", "parents", "author_date", "commit_date"}, {"tag", "object", "target", "created"}
_EVENT = {"specversion", "id", "source", "type"}
_OCEL = {"event", "object", "event_object"}
SQLITE = b"SQLite format 3\x00"


def is_repository(folder: Path) -> bool:
    """Say whether a folder is a git repository: a clone, a worktree or a bare one."""
    return (folder / ".git").exists() or all((folder / each).exists() for each in ("HEAD", "objects", "refs"))


def by_content(path: Path, file: str, start: bytes) -> list[Line] | None:
    """Return the declaration of a file that its name or first bytes show to be more than a table, None for a table."""
    suffixes = [each.lower() for each in path.suffixes if each.lower() not in PACKED]
    suffix = suffixes[-1] if suffixes else ""
    if suffix == ".xes" or (b"<log" in start and b"xes" in start):
        return [Line("kind", "xes", "an event log"), Line("file", scalar(file))]
    if suffix in (".jsonocel", ".xmlocel") or (start.lstrip().startswith(b"{") and b'"ocel:' in start):
        return [Line("kind", "ocel", "an object-centric event log"), Line("file", scalar(file))]
    if _COMPOSE.fullmatch(path.name) or (suffix in (".yml", ".yaml") and _IS_COMPOSE.search(start)):
        return [Line("kind", "compose", "services that are run together"), Line("file", scalar(file))]
    return map_exports.by_content(file, start)


def by_names(names: Iterable[str], path: Path, file: str) -> list[Line] | None:
    """Return the declaration of a table whose columns show that another source reads it: git, CloudEvents, or a tool."""
    listed = list(names)
    given = {each.strip().lower() for each in listed}
    if given >= _COMMITS:
        lines = [Line("kind", "git", "an export of commits"), Line("commits", scalar(file))]
        beside = path.with_name(path.name.replace("commits", "tags"))
        if "commits" in path.name and beside.is_file():
            lines.append(Line("tags", scalar(str(Path(file).with_name(beside.name).as_posix())), "the file beside it"))
            lines.append(Line("releases", '"*"', "which tags are releases? such as v*", is_sure=False, is_active=False))
        return lines
    if given >= _TAGS:
        lines = [Line("kind", "git", "an export of tags"), Line("tags", scalar(file))]
        beside = path.with_name(path.name.replace("tags", "commits"))
        if "tags" in path.name and beside.is_file():
            return [
                lines[0],
                Line("commits", scalar(Path(file).with_name(beside.name).as_posix()), "the file beside it"),
                lines[1],
            ]
        return None  # git needs the commits
    if given >= _EVENT:
        return [Line("kind", "cloudevents", "events in the standard envelope"), Line("file", scalar(file))]
    return map_exports.by_names(listed, file)


def of_repository(path: Path, file: str) -> list[Line]:
    """Return the declaration of a git repository; it is called like its folder, which a path like `.` does not say."""
    is_named = Path(file).name not in ("", "..")
    named = [] if is_named else [Line("service", scalar(path.resolve().name), "the name of the folder")]
    return [Line("kind", "git", "a repository"), Line("repository", scalar(file)), *named,
            Line("releases", "v*", "which tags are releases?", is_sure=False, is_active=False)]  # fmt: skip


def of_sqlite(path: Path, file: str, table: str | None) -> tuple[list[Line], bool]:
    """
    Return the declaration of an SQLite file, and whether its rows need a mapping.

    Without *table* the one with most rows is read.
    """
    names = _tables(path)
    if {each.lower() for each, _ in names} >= _OCEL:
        return [Line("kind", "ocel", "an object-centric event log"), Line("file", scalar(file))], False
    if not names:
        raise InputError(_no_table(file))
    chosen = table or names[0][0]
    others = ", ".join(name for name, _ in names if name != chosen)
    url = f"sqlite:///{file}"
    why = f"the one with most rows; others: {others[:80]}" if others else ""
    return [Line("kind", "database"), Line("url", scalar(url)), Line("table", scalar(chosen), why)], True


def _tables(path: Path) -> list[tuple[str, int]]:
    """Return the tables of an SQLite file with their numbers of rows, most rows first; it is opened for reading only."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            found = connection.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
            names = [str(name) for (name,) in found.fetchall()]
            quoted = {name: name.replace('"', '""') for name in names}
            counts = {name: connection.execute(f'select count(*) from "{quoted[name]}"').fetchone()[0] for name in names}  # noqa: S608  (quoted)
    except sqlite3.Error:
        return []
    return sorted(counts.items(), key=lambda item: -item[1])


def _no_table(file: str) -> Problem:
    return Problem("SRC207", "this SQLite file has no table that can be read", Place(file), "a database with a table",
                   next_step="see whether it is complete")  # fmt: skip
