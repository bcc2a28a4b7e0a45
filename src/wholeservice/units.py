"""Units, amounts and how they are written.

A share is 0 to 1 inside and a percentage on paper; a duration is seconds inside. Parsing accepts what people type in a
target: `99%`, `800ms`, `4.5 of 5`, `1.10 EUR`, `4.1M/yr`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `name` for people, `symbol` behind a number, `kind` decides how it is written."""

    name: str
    symbol: str
    kind: str  # count, share, seconds, money, points, rate


COUNT = Unit("count", "", "count")
SHARE = Unit("share", "%", "share")
SCALE = Unit("share of the scale", "%", "share")
SHARE_POINTS = Unit("percentage points", "pp", "share-change")
SECONDS = Unit("seconds", "s", "seconds")
POINTS = Unit("points", "", "points")
PER_WEEK = Unit("per week", "per week", "rate")
SCORE = Unit("score from 0 to 100", "of 100", "points")
NET_SCORE = Unit("points from −100 to 100", "points", "points")
ENDS = {SCORE: (0.0, 100.0), NET_SCORE: (-100.0, 100.0)}
"""The least and the most that a number of a unit can be."""

SMALLEST = 1e-9  # what is smaller is written as less than this
SHORTEST = 2.0**-10  # seconds: where the lowest bucket of durations ends
SMALLEST_SHARE = 1e-4  # of a share, a hundredth of a percent
_SECONDS_PER = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_SCALE = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "bn": 10**9}
_NUMBER = r"(?P<number>[-+]?\d[\d,_]*(?:\.\d+)?)"
_AMOUNT = re.compile(
    _NUMBER + r"\s*(?:(?P<percent>%)|(?P<time>ms|s|min|h|d|w)|of\s+(?P<top>\d+(?:\.\d+)?)|(?P<currency>[A-Z]{3})|"
    r"(?P<scale>k|K|M|bn)?(?:/(?P<per>yr|q|mo|w|d))?)(?P<rest>.*)$"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit. `top` is the top of the scale for `4.5 of 5`; `per` the period for `4.1M/yr`."""

    number: float
    unit: Unit
    top: float | None = None
    per: str | None = None


def money(currency: str) -> Unit:
    """Return the unit of an amount of *currency* (ISO 4217 code)."""
    return Unit(currency, currency, "money")


def parse_amount(words: str) -> Amount | None:
    """Read an amount as people type it; None when it is not one.

    >>> parse_amount("99%").number, parse_amount("800ms").number, parse_amount("4.1M/yr").number
    (0.99, 0.8, 4100000.0)
    >>> parse_amount("4.5 of 5").top
    5.0
    >>> parse_amount("soon") is None
    True
    """
    match = _AMOUNT.match(words.strip())
    if match is None or match["rest"].strip():
        return None
    digits = match["number"].replace(",", "").replace("_", "")
    number = float(digits)
    if match["percent"]:
        return Amount(float(Decimal(digits) / 100), SHARE)
    if match["time"]:
        return Amount(number * _SECONDS_PER[match["time"]], SECONDS)
    if match["top"]:
        return Amount(number, POINTS, top=float(match["top"]))
    if match["currency"]:
        return Amount(number, money(match["currency"]))
    return Amount(float(Decimal(digits) * _SCALE[match["scale"] or ""]), COUNT, per=match["per"])


def write(number: float | None, unit: Unit, *, signed: bool = False) -> str:
    """Write a number with its unit for people; `None` is "not measured".

    >>> write(0.9075, SHARE), write(1039075681, COUNT), write(5400, SECONDS), write(-0.1128, SHARE_POINTS, signed=True)
    ('90.8%', '1,039,075,681', '1.5 h', '−11.3 pp')

    What is small keeps two significant digits: it is never written as nothing.

    >>> write(1234.5, money("USD")), write(0.0117, money("USD")), write(4e-07, money("USD")), write(0, money("CHF"))
    ('$1,234.50', '$0.012', '$0.00000040', '0.00 CHF')
    >>> write(0.8, SECONDS), write(130, SECONDS), write(293760, SECONDS), write(2400 * 86400, SECONDS)
    ('800 ms', '2 min 10 s', '3.4 d', '2,400 d')
    >>> write(0.04, COUNT), write(0.00004, SHARE), write(0.0012, SCORE), write(-19.231, NET_SCORE)
    ('0.04', '<0.01%', '0.0012 of 100', '−19.2 points')
    """
    if number is None:
        return "not measured"
    sign = "−" if number < 0 else "+" if signed and number > 0 else ""
    smallest = SMALLEST_SHARE if unit.kind in ("share", "share-change") else SMALLEST
    if 0 < abs(number) < smallest:
        return f"{sign}<{_magnitude(smallest, unit)}"
    return sign + _magnitude(abs(number), unit)


def write_range(low: float, high: float, unit: Unit, *, signed: bool = False) -> str:
    """
    Write a range for people. Times within the shortest that is counted apart are told no finer than a second.

    Durations are counted in buckets, and the lowest begins at nothing and ends at 1 ms: of times that were recorded in whole
    seconds, or in days, its edge says nothing.

    >>> write_range(0.61, 0.62, SHARE), write_range(0, 2.0**-10, SECONDS), write_range(0, 45, SECONDS)
    ('61.0% to 62.0%', 'less than 1 s', '0 s to 45 s')
    >>> write_range(-(2.0**-10), 2.0**-10, SECONDS, signed=True)
    'less than 1 s either way'
    """
    if unit.kind == "seconds" and max(abs(low), abs(high)) <= SHORTEST:
        return "less than 1 s" + (" either way" if signed else "")
    return f"{write(low, unit, signed=signed)} to {write(high, unit, signed=signed)}"


def _magnitude(number: float, unit: Unit) -> str:
    if unit.kind in ("share", "share-change"):
        percent = number * 100
        digits = 1 if percent >= 1 or percent == 0 else 2
        return f"{percent:.{digits}f}" + ("%" if unit.kind == "share" else " pp")
    if unit.kind == "seconds":
        return _duration(number)
    if unit.kind == "money":
        symbol = {"GBP": "£", "EUR": "€", "USD": "$"}.get(unit.symbol)
        digits = _digits(number)
        return f"{symbol}{number:,.{digits}f}" if symbol else f"{number:,.{digits}f} {unit.symbol}"
    if unit.kind == "count" and (number >= 1 or number == 0):
        return f"{number:,.0f}" if number == int(number) or number >= 100 else f"{number:,.1f}"
    digits = 1 if unit == NET_SCORE and number >= 1 else _digits(number)
    plain = f"{number:,.{digits}f}".rstrip("0").rstrip(".")
    return plain + (f" {unit.symbol}" if unit.symbol else "")


def _digits(number: float) -> int:
    """Decimals that keep two significant digits below 1, and two from 1 up; nobody reads more than twelve."""
    if number < SMALLEST:
        return 2
    return max(2, 1 - int(f"{number:.1e}".partition("e")[2]))


def _duration(seconds: float) -> str:
    if seconds == 0:
        return "0 s"
    if 120 <= seconds < 1200:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    for limit, size, symbol in ((1, 0.001, "ms"), (120, 1, "s"), (5400, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size:.3g} {symbol}"
    days = seconds / 86400
    return f"{days:,.0f} d" if days >= 999.5 else f"{days:.3g} d"


def time_scale(longest_s: float) -> float:
    """Return the seconds of the unit in which lengths of time up to *longest_s* are counted: of a second, minute, hour or day.

    >>> time_scale(0.3), time_scale(600), time_scale(400_000)
    (1.0, 60.0, 86400.0)
    """
    return next(
        (_SECONDS_PER[unit] for unit, up_to in (("s", 120), ("min", 7200), ("h", 172800)) if longest_s < up_to), 86400.0
    )


def difference_unit(unit: Unit) -> Unit:
    """Return the unit in which two values of *unit* differ: shares differ by percentage points."""
    return SHARE_POINTS if unit.kind == "share" else unit
