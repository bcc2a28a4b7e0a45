"""
Compose files: the services that a docker-compose project runs, and which of them use each other.

One raw row is a service, another name of it, or a use of another service: `depends_on`, `links`, `external_links`, a shared
network or volume, and as a hint a URL in an environment variable. Values of environment variables are never given on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.base import Context, Header, Raw, Source
from wholeservice.sources.compose_files import Reader, declared_files
from wholeservice.sources.compose_options import MODIFIED, OPTIONS, ComposeOptions, load
from wholeservice.sources.compose_rows import COLUMNS, Rows, batches

MAX_NAMED = 5  # names that a warning shows


def read(options: ComposeOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield the rows of every project. Raises InputError when one of the files cannot be read: half a project would look
    as if uses had ended."""
    reader = Reader(options, context)
    rows = Rows(reader.variables, is_one_project=options.project is not None, has_urls=options.has_urls)
    found = [row for project in reader.projects() for row in rows.of(project)]
    if not found:
        raise InputError(*rows.refused or [Problem("SRC190", "there is no service in these files", options.place,
                                                   "services:", next_step="correct file:")])  # fmt: skip
    yield from rows.refused
    yield from reader.problems
    yield from _told("SRC193", "variables have no value and no default", rows.variables.unset, options,
                     "give them under variables:")  # fmt: skip
    yield from _told("SRC194", "services are used that no file declares", rows.unknown, options, "add their file to file:")
    yield from batches(found)


def headers(options: ComposeOptions, context: Context) -> tuple[list[Header], list[Problem]]:
    """Return the header, which is the same for every file."""
    try:
        return [Header(file.name, COLUMNS) for file in declared_files(options, context)], []
    except InputError as error:
        return [], list(error.problems)


def usual(options: ComposeOptions) -> str:
    """Return the usual mapping: services are seen, with the version of their image, and use each other."""
    also = f", environment: {_text(options.environment)}" if options.environment else ""
    if options.seen:
        also += ', seen_at: "{modified_at}"' if options.seen == MODIFIED else f", seen_at: {_text(options.seen)}"
    thing = f'kind: {options.kind}, name: "{{name}}"'
    return f"""
record: [record]
where: {{ row: [service, alias, edge] }}
facts:
  - sighting: {{ {thing}, title: "{{service}}", version: "{{version}}", artefact: "{{digest}}",
                 attributes: "{{attributes}}"{also} }}
    where: {{ row: service }}
  - sighting: {{ {thing}, relation: alias, to_name: "{{alias}}"{also} }}
    where: {{ row: alias }}
  - sighting: {{ {thing}, relation: uses, to_kind: {options.kind}, to_name: "{{target}}",
                 attributes: "{{attributes}}"{also} }}
    where: {{ row: edge }}
"""


def _text(words: str) -> str:
    """Spell a fixed text in a mapping, where a brace means a column."""
    return json.dumps(words.replace("{", "{{").replace("}", "}}"))


def _told(code: str, what: str, names: set[str], options: ComposeOptions, next_step: str) -> Iterator[Problem]:
    """Tell once, with a count, what is odd in the files."""
    if names:
        shown = ", ".join(sorted(names)[:MAX_NAMED]) + (" ..." if len(names) > MAX_NAMED else "")
        place = Place(options.place.file, options.place.line)
        yield Problem(code, f"{len(names):,} {what}: {shown[:300]}", place, next_step=next_step, severity="warning")


SOURCE = Source(name="compose", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
