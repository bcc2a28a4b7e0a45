"""
CloudEvents 1.0: files of events as JSON (one event, or a batch), as JSON lines, or as captured messages with ce- headers.

One event is one raw row: its attributes are columns, its data `data.NAME`. Events with the same source and id are one
event, however often it was delivered. CDEvents (dev.cdevents.*, versions 0.1 to 0.5) are CloudEvents, and become
deployments, incidents and items of work; other events become interactions, unless `types:` says otherwise.

Source   github.com/cloudevents/spec v1.0.2; github.com/cdevents/spec v0.4.1 and its drafts of 0.5
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wholeservice.errors import InputError, Place, Problem, suggest
from wholeservice.sources.base import LINE, Batch, Context, Header, Raw, Source, nothing_there
from wholeservice.sources.cloudevents_delivery import Deliveries
from wholeservice.sources.cloudevents_kinds import DERIVED, Ends, as_kind, derive
from wholeservice.sources.cloudevents_options import DEPLOYMENT, OPTIONS, CloudEventsOptions, load
from wholeservice.sources.cloudevents_read import Found, flat, found_in
from wholeservice.sources.files import File, find
from wholeservice.sources.row_batches import Rows

ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema")
N_ENDS_NAMED = 3

USUAL = """\
record: [source, id]
facts:
  - interaction: { happened_at: "{time}", service: "{event.service}", step: "{type}", attempt: "{subject}" }
    where: { event.kind: interaction }
  - contact: { happened_at: "{time}", contact: "{event.ref}", service: "{event.service}" }
    where: { event.kind: contact }
  - deployment:
      { deployment: "{id}", service: "{event.service}", artefact: "{event.artefact}", deployed_at: "{time}",
        environment: { column: event.environment, missing: [production, prod, live] },
        method: "{event.method}", planned: "{event.planned}", result: "{event.result}" }
    where: { event.kind: deployment }
  - link: { from_ref: "deployment:{id}", relation: delivers, to_ref: "item:{event.change}", happened_at: "{time}" }
    where: { event.change: { is: present } }
  - incident:
      { incident: "{event.ref}", service: "{event.about}", started_at: "{time}", detected_at: "{time}",
        restored_at: "{event.done_at}", environment: { column: event.environment, missing: [production, prod, live] } }
    where: { event.kind: incident }
  - item: { item: "{event.ref}", kind: "{event.item}", service: "{event.about}", priority: "{event.priority}",
            team: "{event.team}", created_at: "{time}", done_at: "{event.done_at}" }
    where: { event.kind: item }
  - work: { item: "{event.ref}", stage: "{event.stage}", state: "{event.state}", from_at: "{time}", to_at: "{event.ended_at}" }
    where: { event.state: { is: present } }
  - judgement:
      { about: "item:{event.ref}", question: verdict, verdict: "not done: abandoned", by: cdevents, judged_at: "{time}" }
    where: { event.state: returned }
"""


def read(options: CloudEventsOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield every event of every file, those that begin something last: only then is known when it ended."""
    reading = _Reading(options, Rows((*ATTRIBUTES, *DERIVED, *options.named)))
    for file in _files(options, context):
        counts_in = LINE
        for found in found_in(file):
            counts_in = found.counts_in
            result = reading.event(found, file)
            if isinstance(result, Problem):
                yield result
            elif reading.rows.is_full:
                yield reading.rows.batch(file.name, counts_in)
        if reading.rows.rows:
            yield reading.rows.batch(file.name, counts_in)
    yield from reading.beginnings()
    yield from reading.warnings()


def headers(options: CloudEventsOptions, context: Context) -> tuple[list[Header], list[Problem]]:
    """Return no header, for each event has its own fields; only files that are missing are told."""
    try:
        _files(options, context)
    except InputError as error:
        return [], list(error.problems)
    return [], []


def usual(options: CloudEventsOptions) -> str:
    """Return the usual mapping; `types:` and the type of an event decide which of its facts a row becomes."""
    return USUAL


@dataclass(slots=True)
class _Reading:
    """All files of one reading: what was seen, and what waits for its end."""

    options: CloudEventsOptions
    rows: Rows
    names: set[str] = field(default_factory=set)
    seen: dict[bytes, bytes] = field(default_factory=dict)
    ends: Ends = field(default_factory=Ends)
    deliveries: Deliveries = field(default_factory=Deliveries)
    waiting: list[tuple[File, Found, dict[str, Any]]] = field(default_factory=list)

    def event(self, found: Found, file: File) -> Problem | None:
        """Take one event in; return why it cannot be taken."""
        row = flat(found, file)
        if isinstance(row, Problem):
            return row
        kind = as_kind(row, self.options.types)
        place = Place(file.name, found.number, text=found.raw)
        if kind.needs_time and self.options.needs_time and not row.get("time"):
            return Problem("SRC213", f"the event {row['id']} has no time", place, "an instant in `time`",
                           next_step="say facts: with the field of the data that holds it")  # fmt: skip
        is_repeat = self._is_repeat(row, place)
        if isinstance(is_repeat, Problem):
            return is_repeat
        if is_repeat:  # the row stands for its delivery and says nothing new
            self.rows.add({name: row[name] for name in ("specversion", "id", "source")}, found.number)
            return None
        self.names.update(row)
        row.update(derive(row, kind))
        self.ends.note(row, kind)
        self.deliveries.note(row, kind.subject)
        if kind.becomes == DEPLOYMENT:
            self.deliveries.deploys(row)
        if kind.begins or kind.becomes == DEPLOYMENT:
            self.waiting.append((file, found, row))
        else:
            self.rows.add(row, found.number)
        return None

    def beginnings(self) -> Iterator[Batch]:
        """Yield the events that began something, each with when it ended (of several beginnings the first says it), and the
        deployments, with the change that each was the first to deliver."""
        self.deliveries.settle()
        for index, (file, found, row) in enumerate(self.waiting):
            change = self.deliveries.of(row) if row["event.kind"] == DEPLOYMENT else None
            self.rows.add({**self.ends.completed(row), "event.change": change}, found.number)
            is_last_of_file = index + 1 == len(self.waiting) or self.waiting[index + 1][0] != file
            if self.rows.is_full or is_last_of_file:
                yield self.rows.batch(file.name, found.counts_in)

    def warnings(self) -> Iterator[Problem]:
        """Yield a warning for all incidents whose beginning is not in the files, and one for each field that no event has."""
        for name in self.options.named:
            if self.seen and name not in self.names:  # a mistake, or a day without such events: only a person can tell
                yield Problem("SRC219", f"no event has '{name}'", self.options.place, "a field of an event's data",
                              suggest(name, self.names), "correct the name, if it is one", severity="warning")  # fmt: skip
        lone = self.ends.lone()
        if lone:
            named = ", ".join(lone[:N_ENDS_NAMED]) + (" ..." if len(lone) > N_ENDS_NAMED else "")
            yield Problem("SRC215", f"{len(lone):,} incidents end that do not begin in these files: {named}",
                          self.options.place, "the files from the beginning on", next_step="name them all under file:",
                          severity="warning")  # fmt: skip

    def _is_repeat(self, row: dict[str, Any], place: Place) -> Problem | bool:
        key, said = _digest([row["source"], row["id"]]), _digest(row)
        if key not in self.seen:
            self.seen[key] = said
            return False
        if self.seen[key] == said:
            return True
        return Problem("SRC216", f"another event with the id {row['id']} and the source {row['source']} says something else",
                       place, "one event for each source and id",
                       next_step="see which program gives ids twice")  # fmt: skip


def _digest(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=12).digest()


def _files(options: CloudEventsOptions, context: Context) -> list[File]:
    files: list[File] = []
    for pattern in options.files:
        there = find(pattern, context.folder)
        if not there:
            raise InputError(_missing(pattern, options, context))
        files += there
    return list({each.path: each for each in files}.values())


def _missing(pattern: str, options: CloudEventsOptions, context: Context) -> Problem:
    if options.is_optional:
        return nothing_there(pattern, options.place)
    folder = (context.folder / pattern).parent
    beside = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    return Problem("SRC120", f"there is no {pattern}", options.place, "a file of events",
                   suggest(pattern.rpartition("/")[2], beside), "correct file:, or say optional: true")  # fmt: skip


SOURCE = Source(name="cloudevents", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
