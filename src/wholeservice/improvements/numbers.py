"""The words of a number and of a promise: `completion of book-and-stay @ pay in app by 3pp until 2026-12-01`. Pure.

Reading them says nothing about whether there is such a measure or step: `checks` does.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from wholeservice.improvements.base import Number
from wholeservice.units import Unit

NUMBER_WORDS = "MEASURE of ENTITY [@ STEP] [in CHANNEL]"
PROMISE_WORDS = f"{NUMBER_WORDS} by HOW MUCH [until DAY]"
_NUMBER = re.compile(r"(?P<measure>\S+)\s+of\s+(?P<entity>.+?)(?:\s*@\s*(?P<step>.+?))?(?:\s+in\s+(?P<channel>\S+))?")
_BY = re.compile(
    r"(?P<number>.+)\s+by\s+\+?(?P<by>\d[\d,]*(?:\.\d+)?|\.\d+)\s*(?P<unit>(?!until\s)[^\d\s].*?)?(?:\s+until\s+(?P<until>\S+))?"
)
_TIME_UNITS = ("ms", "s", "min", "h", "d", "w")
MAX_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Moved:
    """How far which number should move, as typed: positive is for the better, in `unit`; `until_on` is by when, or None."""

    number: Number
    by: float
    unit: str
    until_on: dt.date | None = None


def parse_number(words: str) -> Number | None:
    """
    Read which number is meant; None where the words are none.

    >>> parse_number("completion of book-and-stay @ pay in app")
    Number(measure='completion', entity='book-and-stay', step='pay', channel='app')
    >>> parse_number("completion") is None
    True
    """
    found = _NUMBER.fullmatch(words.strip())
    return Number(found["measure"], found["entity"], found["step"], found["channel"]) if found else None


def parse_moved(words: str) -> Moved | None:
    """
    Read by how much a number should move; None where the words do not say it, or not for the better.

    >>> parse_moved("ease of stay by 0.2 points until 2026-12-01")
    Moved(number=Number(measure='ease', entity='stay', step=None, channel=None), by=0.2, unit='points', \
until_on=datetime.date(2026, 12, 1))
    >>> parse_moved("wip of stay by 119 until 1984-12-31").until_on.year
    1984
    >>> parse_moved("ease of stay by 0"), parse_moved("ease of stay until 2026-12-01")
    (None, None)
    """
    found = _BY.fullmatch(words.strip())
    number = parse_number(found["number"]) if found else None
    if found is None or number is None or len(found["by"]) > MAX_DIGITS:
        return None
    by, until_on = float(found["by"].replace(",", "")), _day(found["until"])
    if not by or (found["until"] and until_on is None):
        return None
    return Moved(number, by, (found["unit"] or "").strip(), until_on)


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def number_words(number: Number) -> str:
    """
    Write which number is meant, as `parse_number` reads it.

    >>> number_words(Number("completion", "stay", "pay"))
    'completion of stay @ pay'
    """
    step = f" @ {number.step}" if number.step else ""
    return f"{number.measure} of {number.entity}{step}" + (f" in {number.channel}" if number.channel else "")


def moved_words(number: Number, by: float, unit: str) -> str:
    """
    Write by how much a number should move.

    >>> moved_words(Number("completion", "stay", "pay"), 3.0, "pp")
    'completion of stay @ pay by 3 pp'
    """
    return f"{number_words(number)} by {by:g} {unit}".rstrip()


def change_units(unit: Unit) -> tuple[str, ...]:
    """
    Return what a change of a number of this unit may be written in; the first is the usual one.

    >>> from wholeservice.units import SECONDS, SHARE, money
    >>> change_units(SHARE), change_units(SECONDS)[1], change_units(money("EUR"))
    (('pp',), 's', ('EUR',))
    """
    if unit.kind in ("share", "share-change"):
        return ("pp",)
    if unit.kind == "seconds":
        return _TIME_UNITS
    if unit.kind == "money":
        return (unit.symbol,)
    if unit.kind == "points":
        return ("points", "")
    return (unit.symbol or "", *(("",) if unit.symbol else ()))
