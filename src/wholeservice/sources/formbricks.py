"""
Formbricks: responses as its table of them is downloaded (CSV), as its API lists them (JSON), or as its webhooks deliver them
(JSON lines).

One raw row is one question of one response. Of a response that comes several times (webhooks deliver it when it is created,
updated and finished) the newest counts. A question that was shown and not answered is asked without an answer: the API says
how long each was looked at (`ttc`); of one that was not, nothing is known.

Source   github.com/formbricks/formbricks, packages/types/responses.ts (API and webhooks) and
         apps/web/lib/response/utils.ts (the columns of the CSV)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wholeservice.documents import Node
from wholeservice.errors import Problem
from wholeservice.sources.base import Context, Raw, Source
from wholeservice.sources.exports_options import FILES, QUESTIONS, USUAL_ANSWERS, ExportOptions, load_export
from wholeservice.sources.exports_questions import NOT_ASKED, Response
from wholeservice.sources.exports_read import Record, civil, records_in
from wholeservice.sources.exports_rows import Newest, Reading, headers, no_export
from wholeservice.sources.files import File

OPTIONS = {**FILES, **QUESTIONS}
_NUMBERED = re.compile(r"^\d+\. ")  # a question in the header of the CSV: `2. How likely ...`
_MIDNIGHT = re.compile(r"(?<=^\d{4}-\d\d-\d\d )24(?=:)")  # what its formatter of times makes of the hour 0
_USERS = ("contact.userId", "person.userId", "User ID", "contact.id", "contactId", "person.id", "Formbricks ID (internal)")


def load(node: Node) -> tuple[ExportOptions, list[Problem]]:
    """Load the options from a declaration."""
    return load_export(node, OPTIONS)


def usual(options: ExportOptions) -> str:
    """Return the usual mapping: answers."""
    return USUAL_ANSWERS


def read(options: ExportOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield each question of each response, once all files are read: a response may stand in several."""
    reading, newest = Reading(options, context), Newest()
    for record in reading.records(_records):
        if isinstance(record, Problem):
            yield record
            continue
        record = _delivered(record)
        response = _response(record, options)
        if isinstance(response, Problem):
            yield response
        else:
            reading.keys.update(_keys(record))
            newest.add(response, response.answered_at, record)
    yield from newest.raws(reading)
    yield from reading.rest()


def _records(file: File) -> Iterator[Record | Problem]:
    return records_in(file, ("data",))


def _delivered(record: Record) -> Record:
    """Return the response inside of what a webhook delivers; anything else is the response itself."""
    inner = record.values.get("data")
    if isinstance(inner, dict) and "surveyId" in inner and "event" in record.values:
        return Record(inner, record.file, record.number, record.counts_in)
    return record


def _response(record: Record, options: ExportOptions) -> Response | Problem:
    key, survey = (record.text(api) or record.text(table) for api, table in (("id", "Response ID"), ("surveyId", "Survey ID")))
    if key is None or survey is None:
        return no_export(
            "the response lacks its id or that of its survey", record, "id, surveyId, createdAt, finished and data"
        )
    zone = options.zone or "UTC"
    created, updated = (_at(record.get(name), zone) for name in ("createdAt", "updatedAt"))
    created = created or _at(record.get("Timestamp"), zone)
    if created is None:
        return Problem("SRC221", "the response has no instant", record.place, "an instant in createdAt or Timestamp",
                       next_step="see whether the export is complete")  # fmt: skip
    answers = {question.key: _answer(record, question.key) for question in options.questions}
    person = next((text for text in map(record.text, _USERS) if text), None)
    return Response(key, created, updated or created, answers, person, survey, words=_words(record))


def _answer(record: Record, key: str) -> Any:
    """Return what was answered, None where it was shown and not answered."""
    if isinstance(record.values.get("data"), dict):
        value, looked_at = record.get(f"data.{key}"), record.get(f"ttc.{key}")
        is_shown = isinstance(looked_at, int | float) and looked_at > 0
        return value if value is not None or is_shown else NOT_ASKED
    name = next((name for name in record.values if key in (name, _NUMBERED.sub("", name))), None)
    value = None if name is None else record.get(name)
    is_finished = (record.text("Finished") or "").lower() in ("yes", "true")
    return value if value is not None or (name is not None and is_finished) else NOT_ASKED


def _keys(record: Record) -> Iterator[str]:
    data = record.values.get("data")
    if isinstance(data, Mapping):
        return (str(name) for name in data)
    return (_NUMBERED.sub("", name) for name in record.values if _NUMBERED.match(name))


def _words(record: Record) -> dict[str, str]:
    """Return the words of the questions, which the header of the CSV holds."""
    return {name: _NUMBERED.sub("", name) for name in record.values if _NUMBERED.match(name)}


def _at(value: Any, zone: str) -> Any:
    return civil(_MIDNIGHT.sub("00", value) if isinstance(value, str) else value, zone)


SOURCE = Source(name="formbricks", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
