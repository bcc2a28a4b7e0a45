"""What a source is: a function from options and a cursor to raw rows of one foreign system.

Raw rows come as batches of Arrow columns, untouched: text where the system has text, its own numbers and instants where it
has those. What cannot be read comes in between as a Problem with its place, and the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest

if TYPE_CHECKING:
    import pyarrow as pa

LINE, ROW = ":", "#"
"""How a place counts: `file:12` is a line of a text file, `file#12` a row of a file without lines."""

_SETTING = re.compile(r"\$\{([^}]*)\}")


NOT_THERE = "SRC130"  # the code of a source that is optional, and whose file is not there


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one file, in order; names may repeat, so a column is its position (from 0 here, from 1 for people).

    `is_open`: other columns may come in later batches, as with JSON, where an object says only what it has.
    """

    file: str
    names: tuple[str, ...]
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Raw rows: `columns` in the order of the header, `numbers` the line or row of each, from 1.

    The last `n_joined` columns come from another file: they are no part of what the row itself says.
    """

    header: Header
    columns: tuple[pa.Array, ...]
    numbers: pa.Array
    counts_in: str = LINE
    n_joined: int = 0


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a source was read, in its own words. It comes after the rows up to it, and is committed with them."""

    text: str


Raw = Batch | Problem | Cursor
"""A problem between batches is one row that could not be read, or a warning about what was read, which is no row; what makes
the whole file unreadable is raised."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a source may know of the workspace: relative paths start at `folder`, civil times are in `zone`."""

    folder: Path
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Source:
    """
    One kind of source. `options` says what may stand in its declaration, and what each means.

    load      declaration -> (options, problems)
    headers   options -> (the header of each file, problems); reads no more than it must, for `check`
    read      options, cursor of the last run -> batches and refused rows, in order. Repeats are allowed: ingest is idempotent
    usual     options -> the mapping that its rows usually have (YAML: facts:, record: ...); a declaration that says one of
              these keys itself wins. None: there is nothing usual, the declaration must say facts:
    """

    name: str
    options: Mapping[str, str]
    load: Callable[[Node], tuple[Any, list[Problem]]]
    headers: Callable[[Any, Context], tuple[list[Header], list[Problem]]]
    read: Callable[[Any, Context, str | None], Iterator[Raw]]
    usual: Callable[[Any], str] | None = None


def substitute(node: Node, settings: Mapping[str, str]) -> tuple[Node, list[Problem]]:
    """
    Replace every `${name}` below *node* by the setting of that name.

    Shape    (a new node with the same places, problems in document order); an unknown setting stays as it stands

    >>> from wholeservice.documents import parse, plain
    >>> root, _ = parse("file: ${data}/a.csv", "x.yaml")
    >>> plain(substitute(root, {"data": "/srv"})[0])
    {'file': '/srv/a.csv'}
    """
    problems: list[Problem] = []

    def replaced(match: re.Match[str], place: Place) -> str:
        if match[1] in settings:
            return settings[match[1]]
        problems.append(Problem("SRC114", f"there is no setting '{match[1]}'", place, "a name under settings:",
                                suggest(match[1], settings), "add it to settings:, or pass --set NAME=VALUE"))  # fmt: skip
        return match[0]

    def walk(each: Node) -> Node:
        if isinstance(each.value, dict):
            return Node({key: walk(child) for key, child in each.value.items()}, each.place, each.key_places)
        if isinstance(each.value, list):
            return Node([walk(child) for child in each.value], each.place)
        if each.value is None:
            return each
        return Node(_SETTING.sub(lambda match: replaced(match, each.place), each.value), each.place)

    return walk(node), problems


def unknown_keys(node: Node, known: Mapping[str, str], what: str) -> list[Problem]:
    """Return a problem for each key of a mapping that is not one of *known*."""
    return [
        Problem("SRC101", f"{what} has no '{key}'", place, f"one of: {', '.join(known)}", suggest(key, known),
                "fix the name or take the line out")
        for key, place in (node.key_places or {}).items() if key not in known
    ]  # fmt: skip


def not_one_of(node: Node | None, key: str, known: tuple[str, ...]) -> list[Problem]:
    """Return a problem where an option is said and is not one of *known*."""
    if node is None or node.text in known:
        return []
    return [Problem("SRC113", f"'{node.text}' cannot stand in {key}:", node.place, f"one of {', '.join(known)}",
                    suggest(node.text or "", known), "write one of these, or take it out")]  # fmt: skip


def named_files(node: Node) -> tuple[tuple[str, ...], list[Problem]]:
    """Return the files that a declaration names under `file:`, and a problem where it names none."""
    files = tuple(each.text for each in node.mapping["file"].items if each.text) if "file" in node.mapping else ()
    lacking = Problem("SRC103", "this source names no file", node.place, "file: PATH", next_step="add file:")
    return files, [] if files else [lacking]


def nothing_there(pattern: str, place: Place) -> Problem:
    """Return the warning that a source which may lack its file lacks it."""
    return Problem(NOT_THERE, f"nothing to read: there is no {pattern}", place, severity="warning")
