"""When a team works, read from its `calendar`: the days of the week, the hours of such a day, and the days without work. Pure.

Hours are those of the clocks of the workspace's zone. What is not said is open: every day, all of the day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wholeservice.errors import Problem, suggest
from wholeservice.organisation import kinds
from wholeservice.organisation.codes import new_problem
from wholeservice.organisation.graph import Entity, Organisation
from wholeservice.organisation.values import parse_date

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
A_DAY = 24 * 60
EVERY_DAY, ALL_DAY = frozenset(range(len(DAYS))), ((0, A_DAY),)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_LONG = {dt.date(2024, 1, 1 + n).strftime("%A").lower(): day for n, day in enumerate(DAYS)}  # a Monday


@dataclass(frozen=True, slots=True)
class Calendar:
    """
    When a team works.

    days      of the week: 0 is Monday
    hours     of such a day: (from, to) in minutes since midnight, in order, none over another
    holidays  days without work
    """

    days: frozenset[int] = EVERY_DAY
    hours: tuple[tuple[int, int], ...] = ALL_DAY
    holidays: frozenset[dt.date] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Nobody ever works."""
        return not self.days or not self.hours


def calendar_of(team: Entity) -> Calendar | None:
    """Return when a team works; None where it does not say so. Words that cannot be read are left out: `check` tells them.

    >>> said = {"days": ("mon", "Tuesday"), "hours": ("13:00-17:00", "9:00-12:30")}
    >>> calendar = calendar_of(Entity("web", "team", "Web", fields={"calendar": said}))
    >>> sorted(calendar.days), calendar.hours
    ([0, 1], ((540, 750), (780, 1020)))
    """
    said = team.fields.get("calendar")
    return None if said is None else _read(said)[0]


def check_calendars(org: Organisation) -> Iterator[Problem]:
    """Yield what cannot be read in the calendars of teams, and calendars in which nobody ever works."""
    for team in org.entities.values():
        said = team.fields.get("calendar") if team.kind == kinds.TEAM else None
        if said is not None:
            calendar, wrong = _read(said)
            place = team.places.get("calendar") or team.place
            for what, expected, nearest in wrong:
                told = f"the calendar of '{team.id}' has {what}"
                yield new_problem("ORG048", told, place, expected, nearest, fix="fix the word or remove it")
            if calendar.is_empty and not wrong:
                yield new_problem("ORG048", f"the calendar of '{team.id}' has no working time", place,
                                  "a day and an hour at least, or no calendar: then it works around the clock",
                                  fix="name days and hours, or remove the calendar")  # fmt: skip


Wrong = tuple[str, str, str | None]
"""What is wrong, what is expected, and what is nearest."""


def _read(said: Mapping[str, Any]) -> tuple[Calendar, list[Wrong]]:
    wrong: list[Wrong] = []
    days = frozenset(_days(said["days"], wrong)) if said.get("days") is not None else EVERY_DAY
    hours = _hours(said["hours"], wrong) if said.get("hours") is not None else ALL_DAY
    return Calendar(days, hours, frozenset(_holidays(said.get("holidays") or (), wrong))), wrong


def _days(words: tuple[str, ...], wrong: list[Wrong]) -> Iterator[int]:
    for word in words:
        plain = word.strip().lower()
        day = plain if plain in DAYS else _LONG.get(plain)
        if day is None:
            nearest = suggest(plain, (*DAYS, *_LONG))
            wrong.append((f"an unknown day '{word[:60]}'", f"one of {', '.join(DAYS)}", nearest))
        else:
            yield DAYS.index(day)


def _hours(words: tuple[str, ...], wrong: list[Wrong]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for word in words:
        span = parse_span(word)
        if span is None:
            wrong.append((f"hours that cannot be read: '{word[:60]}'", "from and to within one day, such as 09:00-17:00", None))
        elif over := next((each for each in found if span[0] < each[1] and each[0] < span[1]), None):
            expected = "each hour once; together they are what the team works on a day"
            wrong.append((f"hours that lie over each other: '{word}' and '{_written(over)}'", expected, None))
        else:
            found.append(span)
    return tuple(sorted(found))


def parse_span(words: str) -> tuple[int, int] | None:
    """
    Read hours of a day as minutes since midnight; None where they are none, or end before they begin.

    >>> parse_span("09:00-17:30"), parse_span("0:00-24:00"), parse_span("17:00-09:00"), parse_span("9-17")
    ((540, 1050), (0, 1440), None, None)
    """
    match = _SPAN.fullmatch(words.strip())
    if match is None:
        return None
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    from_, to = 60 * from_hour + from_minute, 60 * to_hour + to_minute
    return (from_, to) if from_ < to <= A_DAY and max(from_minute, to_minute) < 60 else None


def _written(span: tuple[int, int]) -> str:
    return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span)


def _holidays(words: tuple[str, ...], wrong: list[Wrong]) -> Iterator[dt.date]:
    for word in words:
        day = parse_date(word)
        if day is None:
            wrong.append((f"a holiday that is no day: '{word[:60]}'", "a day that exists, such as 2026-12-25", None))
        else:
            yield day
