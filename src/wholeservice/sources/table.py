"""
A table: CSV, TSV, a workbook, JSON, JSON lines, YAML or Parquet, each also packed with gzip or zip.

One row of the file is one raw row. Text formats give text; Parquet, workbooks and JSON keep their numbers, flags and
instants. Rows that cannot be read come as problems with file and line, and the rest is kept. A file that is missing,
empty, cut off, in another encoding or not what its name says stops this source before anything of it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wholeservice.errors import InputError, Problem, WholeserviceError, suggest
from wholeservice.sources import columnar, delimited, nested, yaml_table
from wholeservice.sources.base import Context, Header, Raw, Source, nothing_there
from wholeservice.sources.files import File, find
from wholeservice.sources.joined import joined, joined_header
from wholeservice.sources.table_options import (
    CSV,
    FORMAT_OF_SUFFIX,
    JSON,
    JSON_LINES,
    OPTIONS,
    PARQUET,
    TSV,
    YAML,
    TableOptions,
    load,
)  # fmt: skip


def read(options: TableOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield the rows of every file in turn. Raises InputError for a file that cannot be read at all,
    and with a warning only when there is nothing to read and that is allowed."""
    files, problems = _files(options, context)
    errors = [each for each in problems if each.severity == "error"]
    if errors or (problems and not files):
        raise InputError(*(errors or problems))
    rows = (raw for file in files for raw in _read(file, options))
    yield from joined(rows, options.joins, lambda second: read(second, context)) if options.joins else rows


def headers(options: TableOptions, context: Context) -> tuple[list[Header], list[Problem]]:
    """Return the header of each file whose header is cheap to read: text tables. The others are looked at on reading."""
    files, problems = _files(options, context)
    found: list[Header] = []
    for file in files:
        if _format(file, options) not in (CSV, TSV):
            continue
        try:
            header = delimited.headers(file, _with_delimiter(file, options))
        except WholeserviceError as error:
            problems += error.problems
            continue
        for join in options.joins:
            seconds, own = headers(join.options, context)
            problems += own
            header, wrong = joined_header(header, join, seconds[0] if seconds else None)
            problems += wrong
        found.append(header)
    return found, problems


def _read(file: File, options: TableOptions) -> Iterator[Raw]:
    kind = _format(file, options)
    if kind in (CSV, TSV):
        return delimited.read(file, _with_delimiter(file, options))
    if kind == JSON:
        return nested.read_whole(file, options)
    if kind == JSON_LINES:
        return nested.read_lines(file, options)
    if kind == YAML:
        return yaml_table.read_yaml(file, options)
    return columnar.read_parquet(file) if kind == PARQUET else columnar.read_workbook(file, options)


def _with_delimiter(file: File, options: TableOptions) -> TableOptions:
    return replace(options, delimiter=delimited.delimiter_of(file, options))


def _files(options: TableOptions, context: Context) -> tuple[list[File], list[Problem]]:
    found, problems = [], []
    for pattern in options.files:
        files = [replace(file, member=options.member) for file in find(pattern, context.folder)]
        if not files:
            problems.append(_missing(pattern, options, context))
        problems += [_unknown_format(file, options) for file in files if _format(file, options) is None]
        found += files
    return found, problems


def _format(file: File, options: TableOptions) -> str | None:
    return options.format or FORMAT_OF_SUFFIX.get(file.bare_suffix)


def _missing(pattern: str, options: TableOptions, context: Context) -> Problem:
    folder = (context.folder / pattern).parent
    beside = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    name = pattern.rpartition("/")[2]
    if options.is_optional:
        return nothing_there(pattern, options.place)
    where = "no such file" if folder.is_dir() else f"there is no folder {folder.as_posix()}"
    return Problem("SRC120", f"there is no {pattern}", options.place, f"a file ({where})", suggest(name, beside),
                   "correct file:, or say optional: true")  # fmt: skip


def _unknown_format(file: File, options: TableOptions) -> Problem:
    return Problem("SRC128", f"'{file.bare_suffix or file.path.name}' does not say what {file.name} holds", options.place,
                   f"one of: {' '.join(FORMAT_OF_SUFFIX)}", suggest(file.bare_suffix, FORMAT_OF_SUFFIX),
                   "say format: in the declaration")  # fmt: skip


SOURCE = Source(name="table", options=OPTIONS, load=load, headers=headers, read=read)
