"""What may be said of the exports of a tool: where they are, and what its events and questions mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.documents import Node, walk
from wholeservice.errors import Place, Problem
from wholeservice.sources.base import named_files, not_one_of
from wholeservice.sources.exports_questions import Question, load_questions
from wholeservice.sources.exports_steps import Steps, load_steps

FILES: dict[str, str] = {
    "file": "path or pattern (or a list of them), relative to wholeservice.yaml; also .gz or .zip",
    "optional": "true: it is no error when the file is not there",
    "service": "the service that the events or answers are about, as the organisation names it",
    "channel": "the channel; without it what the tool says",
}
STEPS: dict[str, str] = {
    "steps": "{EVENT: STEP}, or {/PATH: STEP} for views of a page; * stands for any letters, the first that fits counts",
}
QUESTIONS: dict[str, str] = {
    "questions": "{QUESTION: {instrument: nps, scale: [0, 10], step: pay}}: what each question measures",
}
DERIVED = (
    "event.id", "event.kind", "event.at", "event.person", "event.visit", "event.service", "event.step", "event.channel",
    "event.outcome", "event.name", "event.page", "link.from", "link.to", "answer.ask", "answer.asked_at",
    "answer.answered_at", "answer.instrument", "answer.question", "answer.score", "answer.min", "answer.max", "answer.text",
)  # fmt: skip
_BRACES = re.compile(r"(?<!\{)\{([^{}]+)\}")
_MAPPED = ("facts", "where", "record", "each-of")  # the keys of a declaration that name columns

_RECORD = "record: [event.id]\nfacts:\n"
_INTERACTION = """\
  - interaction:
      { happened_at: "{event.at}", consumer: "{event.person}", visit: "{event.visit}", service: "{event.service}",
        step: "{event.step}", channel: "{event.channel}", outcome: "{event.outcome}" }
    where: { event.kind: step }
"""
_LINK = """\
  - link: { from_ref: "consumer:{link.from}", relation: same-as, to_ref: "{link.to}", happened_at: "{event.at}" }
    where: { event.kind: link }
"""
_ANSWER = """\
  - answer:
      { asked_at: "{answer.asked_at}", answered_at: "{answer.answered_at}", ask: "{answer.ask}", consumer: "{event.person}",
        service: "{event.service}", step: "{event.step}", channel: "{event.channel}", instrument: "{answer.instrument}",
        question: "{answer.question}", score: "{answer.score}", scale_min: "{answer.min}", scale_max: "{answer.max}",
        text: "{answer.text}" }
    where: { event.kind: answer }
"""
USUAL_EVENTS = _RECORD + _INTERACTION
USUAL_ANSWERS = _RECORD + _ANSWER
USUAL_LINKED = _RECORD + _INTERACTION + _LINK
USUAL_ALL = USUAL_LINKED + _ANSWER


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """The exports of one tool as declared. `named`: the columns of the export that the declaration names itself."""

    files: tuple[str, ...]
    place: Place
    is_optional: bool = False
    service: str | None = None
    channel: str | None = None
    steps: Steps = Steps()
    questions: tuple[Question, ...] = ()
    named: tuple[str, ...] = ()
    zone: str | None = None


def load_export(node: Node, options: dict[str, str]) -> tuple[ExportOptions, list[Problem]]:
    """Load a declaration of a tool that takes *options*; keys that are not options are left to the mapping."""
    fields = node.mapping
    files, problems = named_files(node)
    problems += not_one_of(fields.get("optional"), "optional", ("true", "false"))
    steps, of_steps = load_steps(fields.get("steps") if "steps" in options else None)
    questions, of_questions = load_questions(fields.get("questions") if "questions" in options else None)
    text = {key: fields[key].text for key in ("service", "channel", "optional", "zone") if key in fields}
    if "facts" not in fields:
        problems += _lacking(node, options, text.get("service"))
    found = ExportOptions(
        files=files,
        place=fields["file"].place if files else node.place,
        is_optional=text.get("optional") == "true",
        service=text.get("service"),
        channel=text.get("channel"),
        steps=steps,
        questions=questions,
        named=tuple(dict.fromkeys(each for each in named_columns(node) if each not in DERIVED)),
        zone=text.get("zone"),
    )
    return found, [*problems, *of_steps, *of_questions]


def _lacking(node: Node, options: dict[str, str], service: str | None) -> Iterator[Problem]:
    """Yield a problem for what the usual mapping needs and the declaration does not say."""
    if not service:
        yield Problem("SRC103", "this source names no service", node.place, "service: NAME", next_step="add service:")
    meanings = [key for key in ("steps", "questions") if key in options]
    if not any(key in node.mapping for key in meanings):
        what = " or ".join(f"{key}:" for key in meanings)
        yield Problem("SRC103", "nothing is said of what this source's events or questions mean", node.place, what,
                      next_step=f"add {what}")  # fmt: skip


def named_columns(node: Node) -> Iterator[str]:
    """Yield every column that the mapping of a declaration names: in braces, after `column:`, bare in a record or condition."""
    for key in _MAPPED:
        below = node.mapping.get(key)
        for each in walk(below) if below is not None else ():
            if each.text:
                yield from (name.strip() for name in _BRACES.findall(each.text))
            column = each.mapping.get("column")
            if column is not None and column.text:
                yield column.text.strip()
            if "where" in each.mapping:
                yield from each.mapping["where"].mapping
    where, record, lists = (node.mapping.get(key) for key in ("where", "record", "each-of"))
    yield from where.mapping if where is not None else ()
    yield from (each.text.strip() for each in (record.items if record is not None else ()) if each.text)
    yield from (each.text.strip() for each in (lists.mapping.values() if lists is not None else ()) if each.text)
