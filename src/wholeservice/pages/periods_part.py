"""Which periods have numbers: the choices of a reader who wants to see another one, and what to say where one has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wholeservice.measures.asked import Of, periods_of
from wholeservice.organisation import graph
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import when
from wholeservice.periods import ROLLING, Period, period_word

MOST_CHOICES, MOST_NEAR = 36, 4
YEARS, QUARTERS, MONTHS, WEEKS, OTHERS, ROLL = "Years", "Quarters", "Months", "Weeks", "Other periods", "Ending at any day"


@dataclass(frozen=True, slots=True)
class Choice:
    """A period with numbers: the word in an address, and its name for people."""

    word: str
    title: str


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Periods of one kind, newest first."""

    title: str
    choices: tuple[Choice, ...]


def periods_shown(data: Data, of: Of) -> tuple[Period, ...]:
    """Return the periods with numbers on the page of an entity or a step, newest first; what is inside it is shown there."""
    entity, step = of
    inside = graph.children(data.organisation, entity) if entity and not step else ()
    own = [periods_of(data.results, of), *(periods_of(data.results, (each, None)) for each in inside)]
    if len(own) == 1:
        return own[0]
    return tuple(sorted(set().union(*own), key=lambda each: (each.to_at, each.from_at), reverse=True))


def among(period: Period | None, periods: Iterable[Period]) -> Period | None:
    """Return the one with the same bounds, None where there is none: a calendar one before one that rolls."""
    same = [each for each in periods if period and (each.from_at, each.to_at) == (period.from_at, period.to_at)]
    return min(same, key=lambda each: each.window == ROLLING, default=None)


def choices_of(data: Data, periods: Iterable[Period], asked: Iterable[Period]) -> tuple[ChoiceGroup, ...]:
    """Return what a reader may choose from: the newest of each kind, and always what was *asked* for."""
    groups: dict[str, dict[str, str]] = {ROLL: {}, MONTHS: {}, QUARTERS: {}, YEARS: {}, WEEKS: {}, OTHERS: {}}
    for period in (*asked, *periods):
        word = period_word(period, data.zone)
        group = groups[_kind(period, word)] if word else {}
        if word and word not in group and len(group) < MOST_CHOICES:
            group[word] = _title(data, period, is_newest=_is_newest(period, periods))
    shown = ((title, tuple(_newest_first(found))) for title, found in groups.items())
    return tuple(ChoiceGroup(title, choices) for title, choices in shown if choices)


def near_to(data: Data, period: Period, periods: Iterable[Period]) -> tuple[Choice, ...]:
    """Return periods with numbers for one that has none: those it shares days with, longest first; else the newest."""
    known = [each for each in periods if period_word(each, data.zone)]
    over = [each for each in known if each.from_at < period.to_at and period.from_at < each.to_at]
    nearest = sorted(over, key=lambda each: -round(each.days / 7)) or known  # months are alike
    found = {period_word(each, data.zone) or "": _title(data, each, is_newest=False) for each in nearest[: 2 * MOST_NEAR]}
    return tuple(Choice(*each) for each in list(found.items())[:MOST_NEAR])


def _newest_first(found: dict[str, str]) -> Iterator[Choice]:
    yield from (Choice(word, found[word]) for word in sorted(found, reverse=True))


def _kind(period: Period, word: str | None) -> str:
    if period.window == ROLLING:
        return ROLL
    if word and ".." not in word:
        return QUARTERS if "Q" in word else MONTHS if "-" in word else YEARS
    return WEEKS if round(period.days) == 7 else OTHERS


def _is_newest(period: Period, periods: Iterable[Period]) -> bool:
    """The newest of its length among those that roll."""
    alike = (each for each in periods if each.window == ROLLING and round(each.days) == round(period.days))
    return period.window == ROLLING and max(alike, default=period) == period


def _title(data: Data, period: Period, *, is_newest: bool) -> str:
    words = when(data, period)
    return f"newest {round(period.days)} days, {words}" if is_newest else words
