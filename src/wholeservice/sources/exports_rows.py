"""From the events and responses of a tool to raw rows: each event once, what means nothing counted, and what is wrong told."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from wholeservice.errors import InputError, Place, Problem, suggest
from wholeservice.sources.base import Context, Header, Raw
from wholeservice.sources.exports_options import DERIVED, ExportOptions
from wholeservice.sources.exports_questions import NOT_ASKED, Response, answer_rows
from wholeservice.sources.exports_read import Record
from wholeservice.sources.exports_steps import Step, Unmapped, bare, path_of, shown
from wholeservice.sources.files import File
from wholeservice.sources.row_batches import Batcher, Rows
from wholeservice.sources.xes_files import found as found_files

MAX_MEANT = 2**16
STEP, NO_STEP, AGAIN, LINK = "step", "nothing", "again", "link"


@dataclass(frozen=True, slots=True)
class Event:
    """What an event of any tool says, in our words. `page` is the address where it is the view of one.

    `mark`: two events of one id are the same where their marks are; without it, where all is the same that becomes of them.
    """

    id: str
    name: str
    at: dt.datetime | None
    person: str | None = None
    visit: str | None = None
    page: str | None = None
    channel: str | None = None
    link: tuple[str, str] | None = None  # who it says to be whom: an alias, and kind:alias
    mark: str | None = None


ReadFile = Callable[[File], Iterator[Record | Problem]]
Answered = tuple[Response, Record]
"""A response, and the record that says most of it."""


def headers(options: ExportOptions, context: Context) -> tuple[list[Header], list[Problem]]:
    """Say which files are missing. What columns an export has is known when it is read."""
    return [], found_files(options.files, context, options.place, is_optional=options.is_optional)[1]


@dataclass(slots=True)
class Reading:
    """One reading of all files of a tool. Ask it for files, give it events and responses; it yields raw rows."""

    options: ExportOptions
    context: Context
    unmapped: Unmapped = field(default_factory=Unmapped)
    batcher: Batcher = field(init=False)
    seen: dict[bytes, bytes] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)  # which of the columns that the mapping names there were
    answered: set[str] = field(default_factory=set)  # which of the questions anybody answered
    keys: set[str] = field(default_factory=set)  # what the export calls its questions
    n_responses: int = 0
    meant: dict[tuple[str, str | None], tuple[Step | None, str | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.batcher = Batcher(Rows((*DERIVED, *self.options.named)))

    def records(self, read_file: ReadFile) -> Iterator[Record | Problem]:
        """Yield the records of every file. Raises InputError where a file is missing."""
        options = self.options
        files, problems = found_files(options.files, self.context, options.place, is_optional=options.is_optional)
        if problems and (not files or not options.is_optional):
            raise InputError(*problems)
        for file in {each.path: each for each in files}.values():
            yield from read_file(file)

    def event(self, event: Event, record: Record) -> Iterator[Raw]:
        """Yield what one event adds: an event that was seen already is a row that makes no fact."""
        if event.at is None:
            yield Problem("SRC221", f"the event '{shown(event.name)}' has no instant", record.place, "an instant",
                          next_step="see whether the export is complete")  # fmt: skip
            return
        self.unmapped.n_all += 1
        self.unmapped.seen.add(event.name)
        step, path = self._meant(event)
        row = self._row(event, step, path)
        again = self._again(event.id, event.mark or row, record.place)
        if isinstance(again, Problem):
            yield again
            return
        if not again and step is None and event.link is None:
            self.unmapped.names[event.name] += 1
        yield from self.row({"event.id": event.id, "event.kind": AGAIN} if again else row, record, is_whole=not again)

    def response(self, response: Response, record: Record) -> Iterator[Raw]:
        """Yield a row for each question that a response may answer."""
        options = self.options
        self.n_responses += 1
        self.answered.update(key for key, value in response.answers.items() if value not in (NOT_ASKED, None, ""))
        for row in answer_rows(options.questions, response, record.place, options.service, options.channel):
            if isinstance(row, Problem):
                yield row
            else:
                yield from self.row(row, record)

    def row(self, row: dict[str, Any], record: Record, *, is_whole: bool = True) -> Iterator[Raw]:
        """Yield what a row completes, with the columns that the mapping names itself."""
        try:
            row |= self._named(record) if is_whole else {}
        except RecursionError:
            yield Problem("SRC220", "a value of the record nests too deep", record.place, "fewer levels",
                          next_step="leave it out of the mapping")  # fmt: skip
            return
        if any(isinstance(value, str) and not value.isascii() and _is_half(value) for value in row.values()):
            yield Problem("SRC220", "a text in the record is half a character", record.place, "Unicode text",
                          next_step="see the program that wrote it")  # fmt: skip
            return
        yield from self.batcher.add(row, record.file, record.number, record.counts_in)

    def _named(self, record: Record) -> dict[str, Any]:
        """Return the columns that the mapping names itself; objects and lists as JSON. Raises RecursionError."""
        found = {name: value for name in self.options.named if (value := record.get(name)) is not None}
        self.met |= found.keys()
        return {name: json.dumps(value, default=str) if isinstance(value, dict | list) else value
                for name, value in found.items()}  # fmt: skip

    def rest(self) -> Iterator[Raw]:
        """Yield the last rows, and what there is to tell."""
        yield from self.batcher.rest()
        yield from self._told()

    def _told(self) -> Iterator[Problem]:
        steps = self.options.steps
        if steps.named or steps.of_pages or not self.options.questions:
            yield from self.unmapped.told(steps)
        for name in self.options.named if self.batcher.file is not None else ():
            if name not in self.met:  # a mistake, or a day without such events: only a person can tell
                yield Problem("SRC219", f"no record has '{name}'", self.options.place, "a column of the export",
                              suggest(name, DERIVED), "correct the name, if it is one", severity="warning")  # fmt: skip
        for question in self.options.questions if self.n_responses else ():
            if question.key not in self.answered:
                nearest = suggest(question.key, self.keys)
                yield Problem("SRC228", f"nobody answered '{question.key}'", question.place, "a question of the export",
                              nearest, "correct its key, if it is misspelt", severity="warning")  # fmt: skip

    def _meant(self, event: Event) -> tuple[Step | None, str | None]:
        """Return what an event means, and the path of its page; most events are of few names and pages."""
        key = event.name, None if event.page is None else bare(event.page)
        if key not in self.meant:
            if len(self.meant) >= MAX_MEANT:
                self.meant.clear()
            self.meant[key] = self.options.steps.of(*key), None if key[1] is None else path_of(key[1])
        return self.meant[key]

    def _row(self, event: Event, step: Step | None, path: str | None) -> dict[str, Any]:
        kind = LINK if event.link else STEP if step and step.step else NO_STEP
        row = {"event.id": event.id, "event.kind": kind, "event.at": event.at, "event.person": event.person,
               "event.visit": event.visit, "event.name": event.name, "event.service": self.options.service,
               "event.channel": self.options.channel or event.channel, "event.page": path}  # fmt: skip
        if event.link:
            row |= {"link.from": event.link[0], "link.to": event.link[1]}
        if step is not None:
            row |= {"event.step": step.step, "event.outcome": step.outcome,
                    "event.service": step.service or row["event.service"],
                    "event.channel": step.channel or row["event.channel"]}  # fmt: skip
        return row

    def _again(self, key: str, what: Any, place: Place) -> bool | Problem:
        """Say whether the event was met already; another one of the same id is a problem."""
        known, said = _mark(key), _mark(what)
        if known not in self.seen:
            self.seen[known] = said
            return False
        if self.seen[known] == said:
            return True
        return Problem("SRC222", "another event with the same id says something else", place, "one event for each id",
                       next_step="see which program gives ids twice")  # fmt: skip


@dataclass(slots=True)
class Linked:
    """Which browsers, in whose events an account stands, are that account: each pair once, since its first event."""

    pairs: dict[tuple[str, str], tuple[dt.datetime, Event, Record]] = field(default_factory=dict)

    def note(self, event: Event, account: str | None, record: Record) -> None:
        """Take in what an event says of its browser."""
        if event.at is None or not event.person or not account or account == event.person:
            return
        pair = (event.person, account)
        if pair not in self.pairs or event.at < self.pairs[pair][0]:
            self.pairs[pair] = event.at, event, record

    def raws(self, reading: Reading) -> Iterator[Raw]:
        """Yield a row for each pair. Its id is that of the event: one made of the ids of people could be tried out."""
        in_files = sorted(self.pairs.items(), key=lambda each: _stands(each[1][2]))
        for (browser, account), (at, event, record) in in_files:
            row = {"event.id": f"{event.id}:account", "event.kind": LINK, "event.at": at, "link.from": browser,
                   "link.to": f"account:{account}"}  # fmt: skip
            yield from reading.row(row, record, is_whole=False)


def linked_events(
    reading: Reading, read_file: ReadFile, event_of: Callable[[Record], Event | Problem], account: str
) -> Iterator[Raw]:
    """Yield every event, and then once for each browser and account that the two are one person; *account* is its column."""
    linked = Linked()
    for record in reading.records(read_file):
        event = record if isinstance(record, Problem) else event_of(record)
        if isinstance(event, Problem):
            yield event
        elif not isinstance(record, Problem):
            linked.note(event, record.text(account), record)
            yield from reading.event(event, record)
    yield from linked.raws(reading)
    yield from reading.rest()


@dataclass(slots=True)
class Newest:
    """Responses that may come several times: the newest of each counts, the others are rows that make no fact."""

    of: dict[str, tuple[Any, Response, Record]] = field(default_factory=dict)
    older: list[tuple[str, Record]] = field(default_factory=list)

    def add(self, response: Response, revision: Any, record: Record) -> None:
        """Take a response in; of two that are as new as each other the later one counts."""
        known = self.of.get(response.id)
        if known is not None and known[0] > revision:
            self.older.append((response.id, record))
            return
        if known is not None:
            self.older.append((response.id, known[2]))
        self.of[response.id] = revision, response, record

    def raws(self, reading: Reading) -> Iterator[Raw]:
        """Yield the rows of them all."""
        for key, record in sorted(self.older, key=lambda each: _stands(each[1])):
            yield from reading.row({"event.id": key, "event.kind": AGAIN}, record, is_whole=False)
        for _, response, record in sorted(self.of.values(), key=lambda each: _stands(each[2])):
            yield from reading.response(response, record)


def _stands(record: Record) -> tuple[str, int]:
    """Return where a record stands: rows of one file one after the other make fewer batches."""
    return record.file, record.number


def _mark(value: Any) -> bytes:
    """Return a short mark of a value, for this reading only."""
    return hashlib.blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=12).digest()


def digest(value: Any) -> bytes:
    """Return a short mark of what a value says."""
    return hashlib.blake2b(json.dumps(value, sort_keys=True, ensure_ascii=True, default=str).encode(), digest_size=12).digest()


def no_export(what: str, record: Record, expected: str) -> Problem:
    """Return the problem of a record that the tool would not have written."""
    return Problem("SRC220", what, record.place, expected, next_step="see whether this is the right kind of export")


def _is_half(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
