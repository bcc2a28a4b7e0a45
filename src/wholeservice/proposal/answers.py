"""Surveys: one entry for each question that has a scale, all of one row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wholeservice import tables
from wholeservice.proposal.columns import NUMBER, WORD, Column
from wholeservice.proposal.entries import Entry, Setting, entry_of, scale_lines
from wholeservice.proposal.fields import USUAL
from wholeservice.proposal.scores import MAX_POINT, Fit, Match, name_of, wants_of
from wholeservice.proposal.spelling import Line, about, mapped, scalar, value_of
from wholeservice.proposal.words import LIKERT, share_of

MAX_QUESTIONS = 8
_t: Any = tables  # the checker of types does not know that a slot can be named


def answers(fit: Fit, setting: Setting) -> list[Entry]:
    """Return an entry for each column of scores; the words go with the first."""
    first = entry_of(fit, setting)
    needed = {each.name for each in fit.table.columns if each.required} - {*tables.KEYS}
    if not needed <= {line.key for line in first.lines if line.is_active}:
        return []
    score = fit.column(_t.Answer.score)
    first = replace(first, lines=_asked(first.lines, score))
    others = [each for each in _scores(fit, setting) if each is not score]
    return [first, *(_another(fit, each, setting) for each in others[: MAX_QUESTIONS - 1])]


def _scores(fit: Fit, setting: Setting) -> list[Column]:
    """Return the columns that are answers on a scale."""
    taken = [match.column for match in fit.matches.values()]
    score = next(want for want in wants_of(fit.table) if want.field == name_of(_t.Answer.score))
    found = []
    for each in setting.free:
        if not _is_scale(each) or any(each is other for other in taken) or (each.low or 0) < 0 or (each.high or 0) > MAX_POINT:
            continue
        is_named = score.likeness(each.words) >= USUAL * 0.6
        if (is_named or _is_question(each)) and each.n_distinct <= MAX_POINT + 1:
            found.append(each)
    return found


def _is_scale(column: Column) -> bool:
    return column.kind == NUMBER or (column.kind == WORD and share_of(column.texts, LIKERT) >= 0.8)


def _is_question(column: Column) -> bool:
    return (
        column.name.endswith("?")
        or (len(column.words) > 3 and len(column.name) > 20)
        or column.words[:1] in (("q",), ("question",))
    )


def _asked(lines: list[Line], score: Column | None) -> list[Line]:
    """Add the question in its words where the header is one."""
    name = name_of(_t.Answer.question)
    if score is None or not _is_question(score) or any(line.key == name for line in lines):
        return lines
    return [*lines, Line(name, scalar(score.name.replace("{", "{{").replace("}", "}}")), "the header")]


def _another(fit: Fit, score: Column, setting: Setting) -> Entry:
    """Return the entry of another score of the same row."""
    dropped = {name_of(_t.Answer.text), name_of(_t.Answer.score)}
    matches = {name: match for name, match in fit.matches.items() if name not in dropped}
    made = entry_of(Fit(fit.table, {**matches, name_of(_t.Answer.score): Match(score, 3.0)}), setting)
    wanted = next(each for each in fit.table.columns if each.name == name_of(_t.Answer.score))
    scale = {line.key for line in scale_lines(score)}
    lines = [line for line in made.lines if line.key not in {wanted.name, *scale}]
    value = mapped(score, wanted, LIKERT)[0] if score.kind == WORD else value_of(score, wanted, setting.base)
    return replace(made, lines=_asked([*lines, Line(wanted.name, value, about(score)), *scale_lines(score)], score))
