"""What is said of the questions of a survey in a declaration, and the answers that an exported response gives to them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.sources.base import unknown_keys

INSTRUMENTS = ("nps", "csat", "ces", "sus", "gds", "satisfaction")
FIELDS: dict[str, str] = {
    "instrument": "what the question measures: nps, csat, ces, sus, satisfaction",
    "scale": "the lowest and the highest point: [0, 10]",
    "step": "the step it is about",
    "service": "the service it is about, where it is another than that of the source",
    "survey": "the id of the survey, where a key is not the only one of its name",
    "words": "the question in its words",
    "codes": "{CODE: NUMBER}: what stands in the export for a point of the scale; `nothing` for an answer beside it",
    "text": "true: the answer is free words, not a number",
}
NOTHING = "nothing"
NOT_ASKED = object()
"""What stands for the answer to a question that was not asked; None was asked and not answered."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a survey as declared. `key` is what the export calls it."""

    key: str
    place: Place
    instrument: str | None = None
    scale: tuple[float, float] | None = None
    step: str | None = None
    service: str | None = None
    survey: str | None = None
    words: str | None = None
    codes: Mapping[str, float | None] = field(default_factory=dict)
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """One time that somebody was asked: who, when, and what the export says of each question, by its key."""

    id: str
    asked_at: Any
    answered_at: Any
    answers: Mapping[str, Any]
    person: str | None = None
    survey: str | None = None
    channel: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)


def load_questions(node: Node | None) -> tuple[tuple[Question, ...], list[Problem]]:
    """Load `questions:`, {KEY: {instrument: nps, scale: [0, 10], step: pay}}."""
    if node is None:
        return (), []
    problems: list[Problem] = [] if node.mapping else [_not_understood("no question", node.place)]
    found: list[Question] = []
    for key, each in node.mapping.items():
        problems += unknown_keys(each, FIELDS, "a question") if each.mapping else []
        text = {name: child.text.strip() for name, child in each.mapping.items() if child.text and child.text.strip()}
        is_text = text.get("text") == "true"
        scale = _scale(each.mapping.get("scale"))
        codes = _codes(each.mapping.get("codes"))
        if not is_text and (scale is None or text.get("instrument") is None):
            problems.append(_not_understood(f"what '{key}' measures, and on which scale,", each.place))
        elif text.get("instrument") is not None and text["instrument"] not in INSTRUMENTS:
            nearest = suggest(text["instrument"], INSTRUMENTS)
            problems.append(Problem("SRC225", f"'{text['instrument']}' is no instrument", each.place,
                                    f"one of: {', '.join(INSTRUMENTS)}", nearest, "write one of these"))  # fmt: skip
        elif codes is None:
            problems.append(_not_understood(f"the number of each code of '{key}'", each.place))
        else:
            found.append(Question(key, each.place, text.get("instrument"), scale, text.get("step"), text.get("service"),
                                  text.get("survey"), text.get("words"), codes or {}, is_text))  # fmt: skip
    return tuple(found), problems


def answer_rows(
    questions: tuple[Question, ...], response: Response, place: Place, service: str | None, channel: str | None
) -> Iterator[dict[str, Any] | Problem]:
    """Yield one row for each question that the survey of the response may have asked; an answer off its scale is refused."""
    for question in questions:
        if question.survey not in (None, response.survey):
            continue
        value = response.answers.get(question.key, NOT_ASKED)
        row: dict[str, Any] = {"event.id": f"{response.id}:{question.key}", "event.kind": "not asked"}
        if value is NOT_ASKED:
            yield row
            continue
        score = None if question.is_text else _score(question, value, place)
        if isinstance(score, Problem):
            yield score
            continue
        text = str(value).strip() or None if question.is_text and isinstance(value, str | int | float) else None
        is_answered = score is not None or text is not None
        low, high = question.scale or (None, None)
        yield {
            **row, "event.kind": "answer", "event.person": response.person, "event.channel": response.channel or channel,
            "event.service": question.service or service, "event.step": question.step, "answer.ask": response.survey,
            "answer.asked_at": response.asked_at, "answer.answered_at": response.answered_at if is_answered else None,
            "answer.instrument": question.instrument, "answer.score": score, "answer.min": low, "answer.max": high,
            "answer.question": question.words or response.words.get(question.key) or question.key, "answer.text": text,
        }  # fmt: skip


def _score(question: Question, value: Any, place: Place) -> float | Problem | None:
    """Return an answer as a point of its scale, None where there is none."""
    if isinstance(value, list) and len(value) <= 1:
        value = value[0] if value else None
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    text = str(value).strip() if isinstance(value, str) or is_number else ""
    if text in question.codes and question.codes[text] is None:
        return None
    number = question.codes.get(text, _number(text))
    low, high = question.scale or (-math.inf, math.inf)
    if number is None:
        return Problem("SRC227", f"the answer to '{question.key}' is no number", place, f"a number from {low:g} to {high:g}",
                       next_step="say codes: for what stands in the export, or text: true")  # fmt: skip
    if not low <= number <= high:
        return Problem("SRC226", f"the answer to '{question.key}' is {number:g}", place, f"a number from {low:g} to {high:g}",
                       next_step="correct scale:, or see what the survey asked")  # fmt: skip
    return number


def _number(text: str | None) -> float | None:
    try:
        found = float((text or "").strip())
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _codes(node: Node | None) -> dict[str, float | None] | None:
    """Return the point of the scale that each code means, None where one is not understood."""
    found: dict[str, float | None] = {}
    for code, child in node.mapping.items() if node is not None else ():
        number = _number(child.text)
        if number is None and child.text != NOTHING:
            return None
        found[code] = number
    return None if node is not None and not found else found


def _scale(node: Node | None) -> tuple[float, float] | None:
    ends = [_number(each.text) for each in node.items] if node is not None else []
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] >= ends[1]:
        return None
    return ends[0], ends[1]


def _not_understood(what: str, place: Place) -> Problem:
    return Problem("SRC225", f"{what} is not said", place, "KEY: { instrument: nps, scale: [0, 10], step: pay }",
                   next_step="say instrument: and scale: of each question, or text: true")  # fmt: skip
