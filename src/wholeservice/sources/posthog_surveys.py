"""
The events of PostHog's surveys, as the times that somebody was asked.

`survey shown` begins one; `survey sent` and `survey dismissed` belong to the last one begun by the same person for the same
survey that has no other submission. A survey that keeps partial answers sends `survey sent` after each question, all with
one `$survey_submission_id`: the newest counts. The answer to a question is `$survey_response_ID`, in older libraries
`$survey_response` for the first question and `$survey_response_1` for the second.

Source   posthog.com/docs/surveys/implementing-custom-surveys
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wholeservice.sources.exports_questions import Question, Response
from wholeservice.sources.exports_read import Record, listed
from wholeservice.sources.exports_rows import Answered, Event

SHOWN, SENT, DISMISSED, ABANDONED = "survey shown", "survey sent", "survey dismissed", "survey abandoned"
SURVEY_EVENTS = (SHOWN, SENT, DISMISSED, ABANDONED)
RESPONSE = "$survey_response"


@dataclass(slots=True)
class _Ask:
    """One time that somebody was asked: the event that began it, and the record that tells most of it."""

    event: Event
    record: Record
    submission: str | None = None
    is_sent: bool = False
    answered_at: dt.datetime | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def is_over(self, submission: str | None) -> bool:
        """Say whether what is sent now is another answer than the one that was sent before."""
        return self.is_sent and (submission is None or self.submission != submission)


@dataclass(slots=True)
class Surveys:
    """The survey events of one reading. They are few, and wait until all are there: files need not be in order."""

    questions: tuple[Question, ...]
    waiting: dict[str, tuple[Event, Record]] = field(default_factory=dict)

    def takes(self, event: Event, record: Record) -> bool:
        """Say whether an event is one of a survey whose questions are declared; then it is kept for later."""
        if event.name not in SURVEY_EVENTS or event.at is None or not self._asked(record):
            return False
        self.waiting.setdefault(event.id, (event, record))  # the same event, delivered again, is the same
        return True

    def responses(self) -> Iterator[Answered]:
        """Yield each time that somebody was asked, as they stand in the files."""
        asks: list[_Ask] = []
        last: dict[tuple[str | None, ...], _Ask] = {}
        by_submission: dict[str, _Ask] = {}
        for event, record in sorted(self.waiting.values(), key=_in_order):
            survey, submission = record.text("properties.$survey_id"), record.text("properties.$survey_submission_id")
            key = (survey, record.text("properties.$survey_iteration"), event.person or event.id)
            ask = by_submission.get(submission or "") or last.get(key)
            if ask is None or event.name == SHOWN or (event.name == SENT and ask.is_over(submission)):
                ask = last[key] = _Ask(event, record)
                asks.append(ask)
            if submission:
                ask.submission = submission
                by_submission[submission] = ask
            self._note(ask, event, record)
        for ask in sorted(asks, key=lambda each: (each.record.file, each.record.number)):
            yield self._response(ask), ask.record

    def _note(self, ask: _Ask, event: Event, record: Record) -> None:
        """Note what an event says of the questions; a later word wins, and silence takes nothing back."""
        ask.is_sent |= event.name == SENT
        for question in self.questions:
            value = _value(question.key, record)
            if value is not None:
                ask.answers[question.key], ask.answered_at, ask.record = value, event.at, record
        for each in listed(record.get("properties.$survey_questions")):
            if isinstance(each, dict) and isinstance(each.get("id"), str) and isinstance(each.get("question"), str):
                ask.words[each["id"]] = each["question"]

    def _response(self, ask: _Ask) -> Response:
        answers = {question.key: ask.answers.get(question.key) for question in self.questions}
        survey = ask.record.text("properties.$survey_id")
        return Response(ask.event.id, ask.event.at, ask.answered_at, answers, ask.event.person, survey, ask.event.channel,
                        ask.words)  # fmt: skip

    def _asked(self, record: Record) -> bool:
        survey = record.text("properties.$survey_id")
        return any(each.survey in (None, survey) for each in self.questions)


def _value(key: str, record: Record) -> Any:
    """Return the answer to a question: its key is its id, or the property that holds it."""
    return record.get(f"properties.{key}") if key.startswith(RESPONSE) else record.get(f"properties.{RESPONSE}_{key}")


def _in_order(waiting: tuple[Event, Record]) -> tuple[Any, int, str]:
    event = waiting[0]
    return event.at, SURVEY_EVENTS.index(event.name), event.id
