"""
Absent journeys: what people come for that no step of a journey serves, told by the words they share.

Looked at are contacts, free answers and events that stand at no step, and dead ends. Where at least half of the people put all
the words of a step's name, it is about that step, and left out. Counted are people who are known, never rows; of fewer than
five nothing is shown, and no text is ever quoted: only words that five people share and do not write like a name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from wholeservice.facts.identity import journey_holder
from wholeservice.findings.absent_words import FEWEST_PEOPLE, Text, clusters
from wholeservice.findings.telling_words import names_in, singular, telling_words, words_of
from wholeservice.measures.said import CONTACT, DEAD_END, SEARCH, Heard, Said
from wholeservice.organisation.graph import Entity, Organisation, leaves
from wholeservice.periods import civil

ABSENT = "absent_journeys"
MOST_SHOWN = 12  # of one service
ABOUT_A_STEP = 0.5
DAYS = 92
"""The newest quarter is looked at: recent enough to act on, long enough for whole months."""


@dataclass(frozen=True, slots=True)
class Month:
    """People in a civil month; None: fewer than five. A month that is not whole is of the days there were."""

    first_on: dt.date
    n_people: int | None
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """How many of all rows of one origin tell of it: 112 of 940 contacts."""

    origin: str
    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Absent:
    """
    One journey that is absent from a service.

    *words*       that tell it; none where a known *step* was a dead end
    *n_people*    known people from *from_on* up to *after_on* (exclusive)
    *n_nameless*  rows of people who are not known; they are in `tellings`, and in no count of people
    """

    entity: str
    words: tuple[str, ...]
    step: str | None
    n_people: int
    n_nameless: int
    from_on: dt.date
    after_on: dt.date
    months: tuple[Month, ...]
    tellings: tuple[Telling, ...]
    sources: tuple[str, ...]

    @property
    def month(self) -> Month | None:
        """The newest whole month in which enough people came; None where there is none."""
        return next((each for each in reversed(self.months) if each.is_whole and each.n_people is not None), None)


def absent_of(row: Mapping[str, Any]) -> Absent:
    """Return what `dataclasses.asdict` made of one."""
    months, tellings = (Month(**each) for each in row["months"]), (Telling(**each) for each in row["tellings"])
    texts = {name: tuple(row[name]) for name in ("words", "sources")}
    return Absent(**{**row, **texts, "months": tuple(months), "tellings": tuple(tellings)})


def absent_journeys(said: Iterable[Said], heard: Iterable[Heard], org: Organisation, zone: str) -> tuple[Absent, ...]:
    """Return the absent journeys of each service, the one of most people first; the order of the rows has no part in it."""
    holders = {each: holder for each in org.entities if (holder := journey_holder(org, org.entities[each]))}
    rows: dict[str, list[Said]] = {}
    for row in said:
        if row.entity in holders:
            rows.setdefault(holders[row.entity].id, []).append(row)
    heard = [each for each in heard if each.entity in holders]
    found: list[Absent] = []
    for entity, mine in rows.items():
        service = _Service(org, org.entities[entity], [each for each in heard if holders[each.entity].id == entity], zone)
        found.extend(service.absent(mine))
    return tuple(sorted(found, key=lambda each: (-each.n_people, each.entity, each.words, each.step or "")))


class _Service:
    """One service: its names, the days it was heard, and how much was heard of it."""

    def __init__(self, org: Organisation, entity: Entity, heard: Sequence[Heard], zone: str) -> None:
        self.entity, self.zone = entity, zone
        self.steps = [
            {singular(word) for word in words_of(name.replace("-", " "))}
            for step in leaves(entity.journey) for name in (step.title, step.id)
        ]  # fmt: skip
        self.own_words = frozenset(_own_words(org, entity))
        self.from_on = min((civil(each.first_at, zone) for each in heard), default=None)
        self.last_on = max((civil(each.last_at, zone) for each in heard), default=None)
        self.n_heard: dict[str, int] = {}
        for each in heard:
            self.n_heard[each.origin] = self.n_heard.get(each.origin, 0) + each.n

    def absent(self, rows: list[Said]) -> list[Absent]:
        dead: dict[str, list[Said]] = {}
        for row in rows:
            if row.origin == DEAD_END and row.step:
                dead.setdefault(row.step, []).append(row)
        told = [self._made((), step, mine) for step, mine in dead.items()]
        worded = [row for row in rows if row.words]
        texts = [Text(telling_words(_spaced(row), self.own_words), row.consumer, names_in(row.words or "")) for row in worded]
        for cluster in clusters(texts):
            mine = [worded[at] for at in cluster.texts]
            if not self._is_about_a_step(mine):
                told.append(self._made(cluster.label, None, mine))
        shown = [each for each in told if each.n_people >= FEWEST_PEOPLE]
        return sorted(shown, key=lambda each: (-each.n_people, each.words, each.step or ""))[:MOST_SHOWN]

    def _is_about_a_step(self, rows: list[Said]) -> bool:
        """Whether at least half of the people put all the words of the name of one step."""
        who = {row.consumer for row in rows if row.consumer}
        words = [({singular(word) for word in words_of(_spaced(row))}, row.consumer) for row in rows if row.consumer]
        about = ({person for said, person in words if name <= said} for name in self.steps if name)
        return any(len(each) >= ABOUT_A_STEP * len(who) for each in about)

    def _made(self, words: tuple[str, ...], step: str | None, rows: list[Said]) -> Absent:
        first_on = self.from_on or min(civil(row.said_at, self.zone) for row in rows)
        last_on = self.last_on or max(civil(row.said_at, self.zone) for row in rows)
        after_on = last_on + dt.timedelta(days=1)
        return Absent(
            self.entity.id, words, step, len({row.consumer for row in rows if row.consumer}),
            sum(row.consumer is None for row in rows), first_on, after_on, tuple(self._months(rows, first_on, after_on)),
            tuple(self._tellings(rows)), tuple(sorted({row.source for row in rows})),
        )  # fmt: skip

    def _months(self, rows: list[Said], from_on: dt.date, after_on: dt.date) -> Iterator[Month]:
        who: dict[dt.date, set[str]] = {}
        for row in rows:
            if row.consumer:
                who.setdefault(civil(row.said_at, self.zone).replace(day=1), set()).add(row.consumer)
        for first_on, next_on in pairwise(_month_starts(from_on, after_on)):
            n_people = len(who.get(first_on, ()))
            is_whole = from_on <= first_on and next_on <= after_on
            yield Month(first_on, n_people if n_people >= FEWEST_PEOPLE else None, is_whole)

    def _tellings(self, rows: list[Said]) -> Iterator[Telling]:
        """The origins with rows enough to be told; dead ends are some of all that was looked for."""
        for origin in dict.fromkeys(sorted((row.origin for row in rows), key=lambda each: (each != CONTACT, each))):
            n = sum(row.origin == origin for row in rows)
            if n >= FEWEST_PEOPLE:
                yield Telling(origin, n, self.n_heard.get(SEARCH if origin == DEAD_END else origin, n))


def _month_starts(from_on: dt.date, after_on: dt.date) -> list[dt.date]:
    """The first days of the months from that of *from_on*, up to the first that is not before *after_on*."""
    starts = [from_on.replace(day=1)]
    while starts[-1] < after_on:
        starts.append((starts[-1] + dt.timedelta(days=31)).replace(day=1))
    return starts


def _spaced(row: Said) -> str:
    """The words of a row; the name of a step is written with hyphens, a page with slashes."""
    return " ".join(row.words.replace("-", " ").replace("_", " ").replace("/", " ").split()) if row.words else ""


def _own_words(org: Organisation, entity: Entity) -> Iterator[str]:
    """Words that tell nothing here: the names of the service, its steps and channels; and those of the people who answer."""
    names = [entity.title, entity.id, *entity.channels]
    names += [name for step in leaves(entity.journey) for name in (step.title, step.id)]
    names += [str(each.fields["owner"]) for each in org.entities.values() if each.fields.get("owner")]
    for name in names:
        yield from (singular(word) for word in words_of(name.replace("-", " ").replace(".", " ")))
