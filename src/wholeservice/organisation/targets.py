"""Targets: one line that says how much of a need is enough, read into `Target` or a problem that points into the line.

`[quantile] measure op number unit over window [@ step] [in channel] [for consumer] [from date]`
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import replace
from typing import NoReturn

from wholeservice.errors import Place, Problem
from wholeservice.organisation.codes import new_problem
from wholeservice.organisation.graph import Target
from wholeservice.organisation.values import parse_date
from wholeservice.periods import parse_days
from wholeservice.units import parse_amount

GRAMMAR = "[quantile] measure op number unit over window [@ step] [in channel] [for consumer] [from date]"
EXAMPLE = "completion >= 90% over 28d @ pay in app"

_QUANTILE = re.compile(r"\s*(?P<word>p\d{1,2}(?:\.\d+)?|median)\s+(?=[A-Za-z])")
_MEASURE = re.compile(r"\s*(?P<word>[A-Za-z][A-Za-z0-9_-]*)(?=\s|[<>≤≥=]|$)")
_OPERATOR = re.compile(r"\s*(?P<word>>=|<=|>|<|≥|≤)")
_LEVEL = re.compile(r"\s*(?P<word>.+?)\s+over(?=\s|$)")
_WINDOW = re.compile(r"\s*(?P<word>\S+)")
_TAIL = re.compile(r"\s*(?P<key>@|in\b|for\b|from\b)\s*(?P<word>[^\s@]+)")
_OPERATORS = {"≥": ">=", "≤": "<="}
UNITS_OF_TIME = ("ms", "s", "min", "h", "d", "w")
_OTHERWISE = {
    "m": "min", "mins": "min", "minute": "min", "minutes": "min", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d", "week": "w", "weeks": "w", "msec": "ms",
    "percent": "%", "pct": "%"
}  # fmt: skip
_OTHER_UNIT = re.compile(r"(?P<number>[\d.,]+)\s*(?P<unit>[A-Za-z]+)")


def parse_target(text: str, place: Place | None = None) -> Target | Problem:
    """Read one target; a problem points at the column where it stops being one.

    >>> target = parse_target("p95 search-time < 800ms over 28d @ find")
    >>> target.quantile, target.measure, target.op, target.level.number, target.window_days, target.step
    (0.95, 'search-time', '<', 0.8, 28, 'find')
    >>> parse_target("completion about 90%").what
    "a target that cannot be read at 'about 90%'"
    """
    try:
        return _Scanner(text, place).target()
    except _Stop as stop:
        return stop.problem


class _Stop(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Scanner:
    def __init__(self, text: str, place: Place | None) -> None:
        self.text, self.place, self.at = text, place, 0

    def target(self) -> Target:
        quantile = self.quantile()
        measure = self.take(_MEASURE, "the word of a measure, such as completion")
        operator = self.take(_OPERATOR, "one of >=, >, <=, <")
        level_at = self.at
        words = self.take(_LEVEL, "a number with its unit, then 'over' and a window, such as 90% over 28d")
        level = parse_amount(words)
        if level is None or level.per or not math.isfinite(level.number):
            times = f"{', '.join(UNITS_OF_TIME[:-1])} or {UNITS_OF_TIME[-1]}"
            expected = f"a number with its unit for the whole window: 90%, 4.5 of 5, 1.10 EUR, or of time in {times}"
            self.stop(expected, level_at, words, _nearest_level(words))
        window_at, window = self.at, self.take(_WINDOW, "a window, such as 28d or 4w")
        days = parse_days(window)
        if not days or days > 3660:
            self.stop("a window in days or weeks, such as 28d or 4w, up to ten years", window_at, window)
        plain = Target(self.text.strip(), measure, _OPERATORS.get(operator, operator), level, days, quantile, place=self.place)
        return self.tail(plain)

    def quantile(self) -> float | None:
        match = _QUANTILE.match(self.text)
        if match is None:
            return None
        share = 0.5 if match["word"] == "median" else float(match["word"][1:]) / 100
        if not 0 < share < 1:
            self.stop("a quantile above p0 and below p100, such as p95", 0, match["word"])
        self.at = match.end()
        return share

    def tail(self, target: Target) -> Target:
        given: dict[str, str] = {}
        from_day: dt.date | None = None
        while rest := self.text[self.at :].strip():
            start, match = self.at, _TAIL.match(self.text, self.at)
            if match is None:
                self.stop("'@ step', 'in channel', 'for consumer' or 'from date'", start, rest)
            key, word = match["key"], match["word"]
            if key == "from":
                from_day = parse_date(word)
            if key in given or (key == "from" and from_day is None):
                self.stop("each of '@ step', 'in channel', 'for consumer', 'from 2026-01-01' once", start, match[0].strip())
            given[key], self.at = word, match.end()
        return replace(target, step=given.get("@"), channel=given.get("in"), consumer=given.get("for"), from_on=from_day)

    def take(self, pattern: re.Pattern[str], expected: str) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            self.stop(expected, self.at, self.text[self.at :].strip())
        self.at = match.end()
        return match["word"]

    def stop(self, expected: str, start: int, found: str, nearest: str | None = None) -> NoReturn:
        column = start + len(self.text[start:]) - len(self.text[start:].lstrip())
        shown = f"at '{found[:40]}'" if found else "to its end"
        raise _Stop(
            new_problem(
                "ORG030",
                f"a target that cannot be read {shown}",
                part_of_place(self.place, column, len(found)),
                expected,
                nearest,
                fix=f"write it as {GRAMMAR}",
            )
        )


def _nearest_level(words: str) -> str | None:
    """Return a level as it may be written, where it has a unit of another name: `m` is a month or a million to others.

    >>> _nearest_level("5m"), _nearest_level("90 percent"), _nearest_level("lots")
    ('5 min', '90 %', None)
    """
    match = _OTHER_UNIT.fullmatch(words.strip())
    unit = _OTHERWISE.get(match["unit"].lower()) if match else None
    return f"{match['number']} {unit}" if match and unit else None


def part_of_place(place: Place | None, offset: int, length: int) -> Place | None:
    """Return the place *offset* characters into a value that stands on one line; else the place of the whole value."""
    if place is None or place.column is None or place.text is None:
        return place
    quoted = place.text[place.column - 1 : place.column] in ("'", '"')
    column = place.column + offset + quoted
    within = column + length - 1 <= max(len(place.text), place.column + place.length)
    return replace(place, column=column, length=max(1, length)) if within else place


def place_of_word(target_text: str, place: Place | None, mark: str, word: str) -> Place | None:
    """Return where *word* stands in a target's line, after *mark* (`@`, `in`, `for`), or the measure when mark is empty."""
    pattern = rf"{re.escape(mark)}\s*{re.escape(word)}" if mark else re.escape(word)
    match = re.search(pattern, target_text)
    return part_of_place(place, match.end() - len(word), len(word)) if match else place
