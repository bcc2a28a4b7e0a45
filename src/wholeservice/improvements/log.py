"""From facts to the log: each improvement as its newest entries have it, with all that was ever said of it. Pure.

What was told twice is one entry, so that the same facts may be added again: those of a store, and those of the spool that the
store does not hold yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field, replace

from wholeservice.improvements.base import (
    CLOSED,
    COMPARED_WITH,
    DAILY,
    FOR,
    HYPOTHESIS,
    IMPROVES,
    JUDGED_BY,
    LEARNT,
    OWNER,
    PRIORITY,
    PROBLEM,
    PROMISE,
    PROMISED,
    QUESTIONS,
    SAYS,
    STARTED,
    TYPED_IN,
    VERDICT,
    WORKED_ON_BY,
    WORTH,
    Entry,
    Improvement,
    Number,
    Promise,
)
from wholeservice.improvements.numbers import parse_number
from wholeservice.tables import Item, Judgement, Link

ITEM = "item:"
FINDING = "finding:"
_ORDER = {question: place for place, question in enumerate(QUESTIONS)}
PlaceOf = Callable[[str], str | None]
"""Name of a service or part, as a source writes it -> a reference to it; None where it stands for nothing."""


@dataclass(slots=True)
class _Told:
    """What is told of one improvement beside what was known of it."""

    entries: list[Entry] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    work: list[str] = field(default_factory=list)


def read_log(
    items: Iterable[Item], judgements: Iterable[Judgement], links: Iterable[Link], *,
    known: Sequence[Improvement] = (), place_of: PlaceOf = lambda name: None,
) -> tuple[Improvement, ...]:  # fmt: skip
    """
    Return every improvement, oldest first: those *known* with what is told of them here, and those that are new.

    Shape    *items* of the kind improvement; of judgements and links only those about an improvement count. The newest entry
             on a question wins; places, findings, promises of different numbers, and what was learnt add up
    """
    found = {each.id: each for each in known}
    for item in items:
        found.setdefault(item.item, _bare(item, place_of))
    told: dict[str, _Told] = {}
    for judgement in judgements:
        id_ = judgement.about.removeprefix(ITEM)
        if judgement.about.startswith(ITEM) and id_ in found and judgement.question in QUESTIONS:
            told.setdefault(id_, _Told()).entries.append(_entry(judgement))
    for link in links:
        _take_link(link, found, told)
    folded = (_folded(each, told.get(each.id) or _Told()) for each in found.values())
    return tuple(sorted(folded, key=lambda each: (each.created_at, len(each.id), each.id)))


def _bare(item: Item, place_of: PlaceOf) -> Improvement:
    name = item.about_part or item.service
    place = place_of(name) if name else None
    where = (place,) if place else ()
    return Improvement(item.item, DAILY, item.item, item.created_at, where, stream=item.stream, team=item.team)


def _entry(judgement: Judgement) -> Entry:
    return Entry(
        judgement.question, judgement.verdict, judgement.judged_at, judgement.by, judgement.value, judgement.unit,
        judgement.evidence, judgement.expires_at, _instant(judgement.version),
    )  # fmt: skip


def _instant(text: str | None) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=dt.UTC)


def _take_link(link: Link, known: Container[str | None], told: dict[str, _Told]) -> None:
    ends = [each.removeprefix(ITEM) if each.startswith(ITEM) else None for each in (link.from_ref, link.to_ref)]
    mine, other = (each if each in known else None for each in ends)
    if mine and link.relation == IMPROVES:
        told.setdefault(mine, _Told()).where.append(link.to_ref)
    elif mine and link.relation == FOR and link.to_ref.startswith(FINDING):
        told.setdefault(mine, _Told()).findings.append(link.to_ref)
    elif link.relation in WORKED_ON_BY and all(ends) and bool(mine) != bool(other):
        id_, work = (mine, ends[1]) if mine else (other, ends[0])
        told.setdefault(str(id_), _Told()).work.append(str(work))


def _folded(one: Improvement, told: _Told) -> Improvement:
    """Return an improvement with what is told of it added, as its newest entries have it."""
    entries = tuple(sorted(dict.fromkeys((*one.entries, *told.entries)), key=_said_at))
    newest = {each.question: each for each in entries}
    says = {question: newest[question].says if question in newest else None for question in (PROBLEM, HYPOTHESIS, OWNER)}
    promises = _promises(entries)
    closed, started = newest.get(CLOSED), newest.get(STARTED)
    return replace(
        one, entries=entries, sort=PROMISED if promises else DAILY, says=newest[SAYS].says if SAYS in newest else one.says,
        where=_union(one.where, told.where), findings=_union(one.findings, told.findings), work=_union(one.work, told.work),
        problem=says[PROBLEM] or one.problem, hypothesis=says[HYPOTHESIS] or one.hypothesis, owner=says[OWNER] or one.owner,
        promises=promises, worth=_worth(entries), judged_by=_numbers(entries, JUDGED_BY),
        compared_with=tuple(dict.fromkeys(each.says for each in entries if each.question == COMPARED_WITH)),
        started_at=started.at if started else None, priority=_priority(newest.get(PRIORITY)),
        learnt=tuple(each.says for each in entries if each.question == LEARNT),
        closed=closed.says if closed else None, closed_at=closed.at if closed else None,
    )  # fmt: skip


def _said_at(entry: Entry) -> tuple[dt.datetime, int, str]:
    """Oldest first; what was said at once in the order of the questions, so that facts in any order give one log."""
    return entry.said_at or entry.at, _ORDER[entry.question], entry.says


def _union(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _promises(entries: Iterable[Entry]) -> tuple[Promise, ...]:
    """The newest promise of each number; one whose words or size cannot be read is none."""
    found: dict[Number, Promise] = {}
    for each in entries:
        number = parse_number(each.says) if each.question == PROMISE else None
        if number and each.value is not None:
            found[number] = Promise(number, each.value, each.unit or "", each.evidence or TYPED_IN, each.until)
    return tuple(found.values())


def _worth(entries: Iterable[Entry]) -> tuple[tuple[Number, float, str], ...]:
    found: dict[Number, tuple[Number, float, str]] = {}
    for each in entries:
        number = parse_number(each.says) if each.question == WORTH else None
        if number and each.value is not None:
            found[number] = (number, each.value, each.unit or "")
    return tuple(found.values())


def _numbers(entries: Iterable[Entry], question: str) -> tuple[Number, ...]:
    said = (parse_number(each.says) for each in entries if each.question == question)
    return tuple(dict.fromkeys(each for each in said if each))


def _priority(entry: Entry | None) -> tuple[str, float, str | None] | None:
    return (entry.says, entry.value, entry.unit) if entry and entry.value is not None else None


def newest_verdicts(improvement: Improvement) -> tuple[Entry, ...]:
    """Return the newest verdict on each number, as `improve verify` found it; a number is told by the evidence."""
    found = {each.evidence: each for each in improvement.entries if each.question == VERDICT}
    return tuple(found.values())
