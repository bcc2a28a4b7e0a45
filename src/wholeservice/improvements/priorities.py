"""
Which improvement comes first: by cost of delay, by WSJF or by simulated gain, as the organisation chooses. Pure.

The three say different things (money a week, a ratio of two relative estimates, how far a number moves in a simulation), so
that one order never mixes them, nor currencies, nor gains in different units: those that lack what is chosen come after.

Source   cost of delay: D. Reinertsen, The Principles of Product Development Flow (2009), E3; WSJF = (business value + time
         criticality + risk reduction or opportunity) / job size: the Scaled Agile Framework
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from wholeservice.improvements.base import (
    COST_OF_DELAY,
    PRIORITIES,
    PRIORITY,
    SCENARIO,
    SIMULATED_GAIN,
    WSJF,
    Improvement,
)

WORDS = f"{COST_OF_DELAY} AMOUNT CURRENCY; {WSJF} value N time N risk N size N; {SIMULATED_GAIN}"
PER_WEEK = "a week"
_NUMBER = r"\d{1,12}(?:\.\d+)?"
_COST = re.compile(rf"{COST_OF_DELAY}\s+({_NUMBER})\s*([A-Z]{{3}})(?:\s*(?:{PER_WEEK}|/w))?", re.IGNORECASE)
_PART = re.compile(rf"(value|time|risk|size)\s+({_NUMBER})", re.IGNORECASE)
_PARTS = ("value", "time", "risk", "size")


@dataclass(frozen=True, slots=True)
class Priority:
    """By what, how much in which unit (None: a bare ratio), and what that is made of."""

    by: str
    value: float
    unit: str | None = None
    made_of: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Improvements that can be compared, the most urgent first; `unit` None: a bare ratio."""

    unit: str | None
    rows: tuple[tuple[Improvement, Priority], ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What improvements are ordered by (None: nothing), why, those that have it, and the rest, the newest first."""

    by: str | None
    why: str
    groups: tuple[Group, ...]
    rest: tuple[Improvement, ...]


def priority_words(priority: Priority) -> str:
    """
    Write how much it is.

    >>> priority_words(Priority("cost of delay", 24000.0, "EUR a week")), priority_words(Priority("wsjf", 13 / 3))
    ('24,000 EUR a week', '4.33')
    """
    number = f"{priority.value:,.2f}".rstrip("0").rstrip(".")
    return f"{number} {priority.unit or ''}".rstrip()


def parse_priority(words: str) -> Priority | None:
    """
    Read a priority as it is typed; None where it is none.

    >>> parse_priority("cost of delay 4000 EUR").unit, parse_priority("wsjf value 8 time 5 risk 3 size 4").value
    ('EUR a week', 4.0)
    >>> parse_priority("wsjf value 8 time 5 risk 3 size 0") is None
    True
    """
    words = " ".join(words.split())
    if words.lower() == SIMULATED_GAIN:
        return Priority(SIMULATED_GAIN, 0.0)
    if cost := _COST.fullmatch(words):
        return Priority(COST_OF_DELAY, float(cost[1]), f"{cost[2].upper()} {PER_WEEK}")
    kind, _, said = words.partition(" ")
    parts = {name.lower(): float(number) for name, number in _PART.findall(said)}
    is_whole = len(_PART.findall(said)) == len(parts) and not _PART.sub("", said).strip(" ,")
    if kind.lower() != WSJF or tuple(sorted(parts)) != tuple(sorted(_PARTS)) or not is_whole or not parts["size"]:
        return None
    value = (parts["value"] + parts["time"] + parts["risk"]) / parts["size"]
    return Priority(WSJF, value, None, ", ".join(f"{name} {parts[name]:g}" for name in _PARTS))


def priority_of(improvement: Improvement, by: str) -> Priority | None:
    """Return the newest priority of one kind; a simulated gain is also what a scenario promises, the newest first."""
    said = [each for each in improvement.entries if each.question == PRIORITY and each.says == by and each.value is not None]
    if said:
        return Priority(by, said[-1].value or 0.0, said[-1].unit, said[-1].evidence)
    if by == SIMULATED_GAIN:
        gains = [each for each in improvement.promises if each.source.startswith(SCENARIO)]
        return Priority(by, gains[-1].by, gains[-1].unit, gains[-1].source) if gains else None
    return None


def order(improvements: Sequence[Improvement], chosen: str | None) -> Order:
    """
    Return improvements by the priority that the workspace chose; where it chose none, by the one that most of them have.

    Those that lack it come after, the newest first: nothing is said of how urgent they are.
    """
    by, why = (chosen, "the workspace chose it") if chosen else _commonest(improvements)
    ranked: dict[str | None, list[tuple[Improvement, Priority]]] = {}
    rest = []
    for each in improvements:
        found = priority_of(each, by) if by else None
        if found is None:
            rest.append(each)
        else:
            ranked.setdefault(found.unit, []).append((each, found))
    groups = [Group(unit, tuple(sorted(rows, key=_urgency))) for unit, rows in ranked.items()]
    groups.sort(key=lambda each: (-len(each.rows), each.unit or ""))
    return Order(by, why, tuple(groups), tuple(sorted(rest, key=lambda each: each.created_at, reverse=True)))


def _urgency(row: tuple[Improvement, Priority]) -> tuple[float, str]:
    return (-row[1].value, row[0].id)


def _commonest(improvements: Sequence[Improvement]) -> tuple[str | None, str]:
    counted = Counter(by for each in improvements for by in PRIORITIES if priority_of(each, by))
    if not counted:
        return None, "no priority is given, so the newest come first"
    by = max(PRIORITIES, key=lambda each: counted[each])
    return by, f"{counted[by]} of {len(improvements)} have one, more than any other kind; the workspace chose none"
