"""
An event log in XES (IEEE 1849): one raw row per event, read trace by trace, plain or packed with gzip or zip.

A trace is a record: when the log is read again, a case that says something else replaces what it said before. An event
without an instant and a trace without an event are refused with their lines; what is merely odd (two traces of one name,
a trace without one, events out of order) is kept and told. A file that is cut off, not XML, or has a document type
declaration stops its source before anything of it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.base import Context, Header, Raw, Source
from wholeservice.sources.files import File, opened
from wholeservice.sources.xes_cases import Cases
from wholeservice.sources.xes_files import found
from wholeservice.sources.xes_notes import NO_KEY, Notes
from wholeservice.sources.xes_options import OPTIONS, XesOptions, load, usual
from wholeservice.sources.xes_parser import Parser


def read(options: XesOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield the events of every file in turn. Raises InputError for a file that cannot be read at all."""
    files, problems = found(options.files, context, options.place, is_optional=options.is_optional, member=options.member)
    if problems and (not files or not options.is_optional):
        raise InputError(*problems)
    names: dict[int, int] = {}
    for file in files:
        yield from _read(file, options, options.zone or context.zone, names)


def headers(options: XesOptions, context: Context) -> tuple[list[Header], list[Problem]]:
    """Say which files are missing. What columns a log has is known when it is read: any event may bring another."""
    return [], found(options.files, context, options.place, is_optional=options.is_optional)[1]


def _read(file: File, options: XesOptions, zone: str, names: dict[int, int]) -> Iterator[Raw]:
    parser, notes = Parser(file), Notes(file.name)
    cases = Cases(file.name, options, zone, names, notes)
    with opened(file) as stream:
        for block in parser.blocks(stream):
            yield from cases.rows(block, parser.log)
    for line in parser.tree.loose:
        yield Problem("SRC163", "the event stands outside of any trace", Place(file.name, line), "every event in a trace")
    notes.add(NO_KEY, parser.tree.n_keyless)
    yield from notes.problems()


SOURCE = Source(name="xes", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
