"""YAML as a table: each document is a row, or each item of a list; objects inside become columns `a.b`, as with JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wholeservice.documents import Node
from wholeservice.errors import InputError, Place, Problem
from wholeservice.foreign_yaml import read_foreign
from wholeservice.sources.base import LINE, Raw
from wholeservice.sources.files import File, empty, too_large, whole
from wholeservice.sources.nested import Object, decoded, explode, in_batches
from wholeservice.sources.table_options import TableOptions

MAX_VALUES = 5_000_000  # of one file, where what an alias stands for counts each time


class _Lined(dict[str, Any]):
    """A mapping that knows the line it starts at."""

    line: int = 1


def read_yaml(file: File, options: TableOptions) -> Iterator[Raw]:
    """Yield the rows of every document. A file that is no YAML is refused whole: half of it would look like a fall."""
    roots, problems = read_foreign(decoded(whole(file), file, options), file.name)
    errors = [each for each in problems if each.severity == "error"]
    if errors:
        raise InputError(*errors)
    if not roots:
        raise InputError(empty(file))
    yield from (each for each in problems if each.severity == "warning")
    plainer = _Plainer(file)
    rows: list[Object] = []
    lines: list[int] = []
    for root in roots:
        found = _rows(plainer.plain(root), root.place, file, options, is_only=len(roots) == 1)
        for each in found:
            if isinstance(each, Problem):
                yield each
                continue
            lines.append(each[0])
            rows.append(each[1])
    yield from in_batches(rows, file, lines, LINE)


def _rows(
    value: Any, place: Place, file: File, options: TableOptions, *, is_only: bool
) -> Iterator[tuple[int, Object] | Problem]:
    """Yield (line, row) of one document; one that has no rows where they should be is a row that cannot be read."""
    path = options.rows.split(".") if options.rows else ["[]"] if isinstance(value, list) else []
    try:
        for inner, row in explode(value, path, file):
            yield getattr(inner, "line", place.line or 1), row
    except InputError as error:
        if is_only:
            raise
        (problem,) = error.problems
        yield Problem(problem.code, problem.what, place, problem.expected, problem.nearest, problem.next_step)


@dataclass(slots=True)
class _Plainer:
    """Turns nodes into plain values, which writes out what aliases share: no more than the bound."""

    file: File
    n_values: int = field(default=0)

    def plain(self, node: Node) -> Any:
        self.n_values += 1
        if self.n_values > MAX_VALUES:
            raise InputError(too_large(self.file, f"it unfolds into more than {MAX_VALUES:,} values"))
        if isinstance(node.value, dict):
            made = _Lined({key: self.plain(each) for key, each in node.value.items()})
            made.line = node.place.line or 1
            return made
        return [self.plain(each) for each in node.value] if isinstance(node.value, list) else node.value
