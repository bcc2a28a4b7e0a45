"""
An improvement log: JSON lines as `wholeservice improve add` and the form on the pages write them, one entry a line.

An entry becomes the item of an improvement, what was said of it and where it is. A line that was cut off while it was being
written is set aside with a warning: nobody was told that it is kept. Nothing of a log is ever taken out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wholeservice.documents import Node
from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.base import Context, Header, Raw, Source, named_files, not_one_of
from wholeservice.sources.files import MAX_WHOLE, opened, too_large
from wholeservice.sources.log_lines import ROWS, Line, lines_in
from wholeservice.sources.row_batches import Batcher, Rows
from wholeservice.sources.xes_files import found

OPTIONS: dict[str, str] = {
    "file": "path or pattern (or a list of them), relative to wholeservice.yaml: JSON lines",
    "optional": "true: it is no error when the file is not there",
}
COLUMNS = (
    "row", "record", "item", "kind", "created", "about", "question", "verdict", "value", "unit", "by", "judged", "evidence",
    "expires", "version", "from", "relation", "to", "since",
)  # fmt: skip
USUAL = """\
record: [record]
facts:
  - item: { item: "{item}", kind: "{kind}", created_at: "{created}" }
    where: { row: item }
  - judgement:
      { about: "{about}", question: "{question}", verdict: "{verdict}", value: "{value}", unit: "{unit}", by: "{by}",
        version: "{version}", judged_at: "{judged}", evidence: "{evidence}", expires_at: "{expires}" }
    where: { row: judgement }
  - link: { from_ref: "{from}", relation: "{relation}", to_ref: "{to}", happened_at: "{since}" }
    where: { row: link }
"""


@dataclass(frozen=True, slots=True)
class LogOptions:
    """Where a log is."""

    files: tuple[str, ...]
    place: Place
    is_optional: bool = False


def load(node: Node) -> tuple[LogOptions, list[Problem]]:
    """Load the options from a declaration."""
    fields: Mapping[str, Node] = {key: each for key, each in node.mapping.items() if key in OPTIONS}
    files, problems = named_files(node)
    problems += not_one_of(fields.get("optional"), "optional", ("true", "false"))
    place = fields["file"].place if files else node.place
    return LogOptions(files, place, "optional" in fields and fields["optional"].text == "true"), problems


def headers(options: LogOptions, context: Context) -> tuple[list[Header], list[Problem]]:
    """Say which files are missing; the columns are always the same."""
    return [], found(options.files, context, options.place, is_optional=options.is_optional)[1]


def read(options: LogOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield the rows of every entry. Raises InputError where a file is missing that may not be, or cannot be read at all."""
    files, problems = found(options.files, context, options.place, is_optional=options.is_optional)
    if problems and (not files or not options.is_optional):
        raise InputError(*problems)
    batcher = Batcher(Rows(COLUMNS))
    for file in files:
        with opened(file) as stream:
            content = stream.read(MAX_WHOLE + 1)
        if len(content) > MAX_WHOLE:
            raise InputError(too_large(file, f"it is larger than {MAX_WHOLE:,} bytes"))
        for line in lines_in(content):
            wrong = line.problem(file.name)
            if wrong is not None:
                yield wrong
                continue
            for row in _rows(line):
                yield from batcher.add(row, file.name, line.number, ":")
    yield from batcher.rest()


def _rows(line: Line) -> Iterator[dict[str, Any]]:
    entry = line.entry or {}
    for row in entry[ROWS]:
        yield {"record": entry["record"], **{name: row[name] for name in COLUMNS if row.get(name) is not None}}


def usual(options: LogOptions) -> str:
    """Return the usual mapping: the item of an improvement, what was said of it, and where it is."""
    return USUAL


SOURCE = Source(name="improvements", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
