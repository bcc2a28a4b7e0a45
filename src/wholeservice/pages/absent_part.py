"""The journeys that people are on and a service does not describe: how many people, told by which words, out of how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wholeservice.findings.absent import Absent, Month
from wholeservice.findings.absent_words import FEWEST_PEOPLE
from wholeservice.organisation.graph import Entity, leaves
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import plural
from wholeservice.periods import Period, instant, label

ORIGINS = {
    "contact": ("contact", "contacts"), "answer": ("free answer", "free answers"),
    "search": ("event", "events"), "dead end": ("event", "events"),
}  # fmt: skip
FILL = (
    "Ingest contacts with the words people used, what they searched for, and events with the outcome “not found”, each with a"
    " pseudonym of the person; this part then shows what many people come for and no step serves."
)
READING = (
    "What people wrote, looked for or did not find at no step of the journey, put together by the words they share. Each person"
    f" counts once, however often they came. Not shown: people who are not known, what fewer than {FEWEST_PEOPLE} people share,"
    " and what half of them tell in the words of a step."
)


@dataclass(frozen=True, slots=True)
class AbsentMonth:
    """One month: how many people, or that there were fewer than five."""

    label: str
    people: str


@dataclass(frozen=True, slots=True)
class AbsentRow:
    """One absent journey: its people in the newest whole month (else in all the time), and what tells of it."""

    label: str
    n_people: int
    people: str
    when: str
    tellings: tuple[str, ...]
    months: tuple[AbsentMonth, ...]
    remark: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AbsentPart:
    """The part of the page of a service; without rows `fill` says what would fill it."""

    title: str
    reading: str
    rows: tuple[AbsentRow, ...]
    fill: str | None


def absent_part(data: Data, entity: Entity) -> AbsentPart | None:
    """Return the absent journeys of an entity; None where it has no journey that they could be absent from."""
    if not entity.journey:
        return None
    titles = {step.id: step.title for step in leaves(entity.journey)}
    rows = [_row(data, each, titles) for each in data.absent if each.entity == entity.id]
    rows.sort(key=lambda row: -row.n_people)
    return AbsentPart(_title(rows), READING, tuple(rows), None if rows else FILL)


def _title(rows: Sequence[AbsentRow]) -> str:
    if not rows:
        return "Whether people come for something that no step serves is not known"
    first = rows[0]
    more = f"; {plural(len(rows) - 1, 'more such thing')}" if len(rows) > 1 else ""
    return f"{first.people} in {first.when} came for something that no step serves: {first.label}{more}"


def _row(data: Data, absent: Absent, titles: dict[str, str]) -> AbsentRow:
    month = absent.month
    n = (month.n_people if month else None) or absent.n_people
    when = f"{month.first_on:%b %Y}" if month else _days(data, absent)
    named = f"something not found at “{titles.get(absent.step, absent.step)}”" if absent.step else None
    return AbsentRow(
        named or f"“{', '.join(absent.words)}”", n, plural(n, "person", "people"), when,
        tuple(f"{each.n:,} of {plural(each.of, *ORIGINS[each.origin])}" for each in absent.tellings),
        tuple(_months(absent.months)), _remark(absent), absent.sources,
    )  # fmt: skip


def _days(data: Data, absent: Absent) -> str:
    return label(Period(instant(absent.from_on, data.zone), instant(absent.after_on, data.zone)), data.zone)


def _months(months: Iterable[Month]) -> Iterator[AbsentMonth]:
    for each in months:
        people = f"{each.n_people:,}" if each.n_people is not None else f"fewer than {FEWEST_PEOPLE}"
        yield AbsentMonth(f"{each.first_on:%b %Y}", people if each.is_whole else f"{people}, in a part of it")


def _remark(absent: Absent) -> str | None:
    n = absent.n_nameless
    return f"{plural(n, 'row')} of unknown people besides" if n >= FEWEST_PEOPLE else None
