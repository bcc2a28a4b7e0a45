"""
LimeSurvey: responses as it exports them to CSV, with the codes of questions, their words, or both as headings.

One raw row is one question of one response. Times are civil times of the server. A survey that keeps no dates gives every
response that was completed the instant 1980-01-01, which is none; `asked-on:` says when it was asked instead.

Source   limesurvey.org/manual/Exporting_results; github.com/LimeSurvey/LimeSurvey application/helpers/admin/export/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wholeservice.documents import Node
from wholeservice.errors import Problem
from wholeservice.sources import exports_rows
from wholeservice.sources.base import Context, Header, Raw, Source
from wholeservice.sources.exports_options import FILES, QUESTIONS, USUAL_ANSWERS, ExportOptions, load_export
from wholeservice.sources.exports_questions import NOT_ASKED, Response
from wholeservice.sources.exports_read import Record, civil, records_in
from wholeservice.sources.exports_rows import Newest, Reading, no_export
from wholeservice.sources.files import File

OPTIONS = {
    **FILES,
    **QUESTIONS,
    "asked-on": "the day that stands for responses whose survey keeps no dates: 2026-03-01",
}
_ID, _SUBMITTED, _PAGE, _LANGUAGE, _STARTED, _LAST = (
    ("id", "Response ID"), ("submitdate", "Date submitted"), ("lastpage", "Last page"), ("startlanguage", "Start language"),
    ("startdate", "Date started"), ("datestamp", "Date last action"),
)  # fmt: skip
_NO_DATE = "1980-01-01"
_NOT_SHOWN = ("N/A",)
_BEHIND_CODE = (". ", ": ", "; ", " ")  # what may stand between a question's code and its words


@dataclass(frozen=True, slots=True)
class LimeSurveyOptions:
    """An export as declared; `asked_on` is the day of responses without one."""

    export: ExportOptions
    asked_on: str | None = None


def load(node: Node) -> tuple[LimeSurveyOptions, list[Problem]]:
    """Load the options from a declaration."""
    export, problems = load_export(node, OPTIONS)
    given = node.mapping.get("asked-on")
    if given is not None and civil(given.text, "UTC") is None:
        problems.append(Problem("SRC113", f"'{given.text}' is no day", given.place, "a day such as 2026-03-01",
                                next_step="write the day on which most were asked"))  # fmt: skip
    return LimeSurveyOptions(export, given.text if given is not None else None), problems


def usual(options: LimeSurveyOptions) -> str:
    """Return the usual mapping: answers."""
    return USUAL_ANSWERS


def headers(options: LimeSurveyOptions, context: Context) -> tuple[list[Header], list[Problem]]:
    """Say which files are missing."""
    return exports_rows.headers(options.export, context)


def read(options: LimeSurveyOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield each question of each response, once all files are read: a response may stand in several."""
    reading, newest = Reading(options.export, context), Newest()
    zone = options.export.zone or context.zone
    for record in reading.records(_records):
        if isinstance(record, Problem):
            yield record
            continue
        response = _response(record, options, zone)
        if isinstance(response, Problem):
            yield response
            continue
        reading.keys.update(record.values)
        newest.add(response, response.answered_at, record)
    yield from newest.raws(reading)
    yield from reading.rest()


def _records(file: File) -> Iterator[Record | Problem]:
    return records_in(file)


def _response(record: Record, options: LimeSurveyOptions, zone: str) -> Response | Problem:
    key = _text(record, _ID)
    if key is None or not any(name in record.values for name in (*_SUBMITTED, *_PAGE, *_LANGUAGE)):
        return no_export("the row lacks the id of a response", record, "id, submitdate, lastpage and startlanguage")
    submitted, started, last = (_instant(_text(record, names), zone) for names in (_SUBMITTED, _STARTED, _LAST))
    asked = started or submitted or last or civil(options.asked_on, zone)
    if asked is None:
        return Problem("SRC221", "the response has no instant: its survey keeps no dates", record.place,
                       "startdate, submitdate or datestamp", next_step="say asked-on: DAY")  # fmt: skip
    is_complete = _text(record, _SUBMITTED) is not None
    answers = {question.key: _answer(record, question.key, is_complete=is_complete) for question in options.export.questions}
    return Response(key, asked, submitted or last or asked, answers, _text(record, ("token", "Access code")))


def _answer(record: Record, key: str, *, is_complete: bool) -> Any:
    """Return what was answered; who did not complete the survey may never have been asked what they left empty."""
    name = next((name for name in record.values if _is_called(name, key)), None)
    value = None if name is None else record.text(name)
    if value in _NOT_SHOWN or (value is None and (name is None or not is_complete)):
        return NOT_ASKED
    return value


def _is_called(name: str, key: str) -> bool:
    """Say whether a heading names the question: its code, its words, or its code and then its words."""
    return name == key or (name.startswith(key) and name[len(key) :].startswith(_BEHIND_CODE))


def _instant(text: str | None, zone: str) -> Any:
    return None if text is None or text.startswith(_NO_DATE) else civil(text, zone)


def _text(record: Record, names: tuple[str, ...]) -> str | None:
    return next((text for text in map(record.text, names) if text), None)


SOURCE = Source(name="limesurvey", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
