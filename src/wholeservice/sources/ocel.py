"""
An object-centric event log: OCEL 2.0 as JSON or SQLite, and OCEL 1.0 as JSON; what it is, is seen in its content.

Raw rows are objects, their changes, relations between objects, events, and which object took part in which event; `row`
says which. Each object and each event is a record. What breaks a rule of the standard (a relation to no object, an event
without a time, an id that stands twice) is refused row by row; types that are not declared are told, and kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.errors import InputError, Problem
from wholeservice.sources.base import Context, Header, Raw, Source
from wholeservice.sources.files import File, looks_like, start
from wholeservice.sources.ocel_json import read_json
from wholeservice.sources.ocel_log import OcelLog, no_ocel
from wholeservice.sources.ocel_options import OPTIONS, OcelOptions, load, usual
from wholeservice.sources.ocel_rows import Rows
from wholeservice.sources.ocel_sqlite import read_sqlite
from wholeservice.sources.xes_files import found


def read(options: OcelOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield the rows of every file in turn. Raises InputError for a file that cannot be read at all."""
    files, problems = found(options.files, context, options.place, is_optional=options.is_optional, member=options.member)
    if problems and (not files or not options.is_optional):
        raise InputError(*problems)
    for file in files:
        yield from Rows(_log(file), file, options, options.zone or context.zone).raws()


def headers(options: OcelOptions, context: Context) -> tuple[list[Header], list[Problem]]:
    """Say which files are missing. What attributes a log has is known when it is read."""
    return [], found(options.files, context, options.place, is_optional=options.is_optional)[1]


def _log(file: File) -> OcelLog:
    kind = looks_like(beginning := start(file))
    if kind == "SQLite":
        return read_sqlite(file)
    if kind is not None:
        raise no_ocel(file, f"the content is {kind}")
    if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise no_ocel(file, "the content is XML")
    return read_json(file)


SOURCE = Source(name="ocel", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
