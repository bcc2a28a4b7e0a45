"""Axes: round tick values, a linear scale, short numbers for an axis, and signed differences."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.units import Unit, difference_unit, time_scale, write, write_range

NOT_MEASURED = "not measured"
_SHORT = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps low..high to from_px..to_px."""

    low: float
    high: float
    from_px: float
    to_px: float

    def __call__(self, number: float) -> float:
        share = (number - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.from_px + share * (self.to_px - self.from_px)


def ticks(low: float, high: float, n: int = 4, steps: tuple[float, ...] = (1, 2, 2.5, 5, 10)) -> list[float]:
    """Return round values that cover low..high, about *n* steps apart.

    >>> ticks(201, 348)
    [200.0, 250.0, 300.0, 350.0]
    >>> ticks(5, 5)
    [4.5, 4.75, 5.0, 5.25, 5.5]
    """
    if high <= low:
        low, high = low - (abs(low) * 0.1 or 1), high + (abs(high) * 0.1 or 1)
    rough = (high - low) / n
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in steps if size * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)]


def domain(numbers: list[float], unit: Unit) -> list[float]:
    """Return the tick values of an axis for *numbers*; a share never leaves 0 to 1 unless the data do.

    >>> from wholeservice.units import SECONDS
    >>> [short(mark, SECONDS) for mark in domain([580, 1100], SECONDS)]  # round minutes: 250 s would be 4 min 10 s
    ['5 min', '10 min', '15 min', '20 min']
    """
    if unit.kind == "seconds":
        scale = time_scale(max(numbers))
        return [mark * scale for mark in ticks(min(numbers) / scale, max(numbers) / scale, steps=(1, 2, 5, 10))]
    marks = ticks(min(numbers), max(numbers))
    if unit.kind == "share" and min(numbers) >= 0 and max(numbers) <= 1:
        marks = [mark for mark in marks if -1e-9 <= mark <= 1 + 1e-9]
    return marks


def short(number: float, unit: Unit) -> str:
    """Write a number for an axis: few digits, large ones as k, m, bn.

    >>> from wholeservice.units import SHARE
    >>> short(1_250_000, Unit("count", "", "count")), short(0.25, SHARE), short(0, SHARE)
    ('1.25 m', '25%', '0%')
    """
    if unit.kind in ("share", "share-change"):
        return ("−" if number < 0 else "") + f"{abs(number) * 100:.4g}" + ("%" if unit.kind == "share" else " pp")
    if unit.kind == "seconds":
        return write(number, unit)
    sign = "−" if number < 0 else ""
    for size, name in _SHORT:
        if abs(number) >= size:
            return _with_symbol(f"{sign}{abs(number) / size:.3g} {name}", unit)
    return _with_symbol(f"{sign}{abs(number):.3g}", unit)


def _with_symbol(digits: str, unit: Unit) -> str:
    symbol = {"GBP": "£", "EUR": "€", "USD": "$"}.get(unit.symbol)
    return f"{symbol}{digits}" if unit.kind == "money" and symbol else digits


def fitting(number: float | None, unit: Unit, kind: svg.Type, room: float) -> str:
    """Write a number whole, or short where that takes more than *room*; never with its digits cut.

    >>> from wholeservice.units import COUNT
    >>> fitting(1250000, COUNT, svg.STRONG, 100), fitting(1250000, COUNT, svg.STRONG, 50)
    ('1,250,000', '1.25 m')
    """
    return svg.first_that_fits((write(number, unit), "" if number is None else short(number, unit)), kind, room)


def short_signed(number: float, unit: Unit) -> str:
    """Write a difference for a small place: its sign and few digits.

    >>> from wholeservice.units import SCORE, SHARE
    >>> short_signed(-33.04, SCORE), short_signed(0.05, SHARE)
    ('−33', '+5 pp')
    """
    words = short(abs(number), difference_unit(unit))
    return f"{'−' if number < 0 else '+' if number > 0 else '±'}{words}"


def in_place(number: float, unit: Unit) -> tuple[str, ...]:
    """Return the ways to write a measured number inside a picture, the best first: a share as it stands in the text.

    >>> from wholeservice.units import SHARE
    >>> in_place(0.66749, SHARE), in_place(1_250_000, Unit("count", "", "count"))
    (('66.7%', '66.75%'), ('1.25 m',))
    """
    return (write(number, unit), short(number, unit)) if unit.kind == "share" else (short(number, unit),)


def signed_in_place(number: float, unit: Unit) -> tuple[str, ...]:
    """Return the ways to write a difference inside a picture, the best first."""
    return (signed(number, unit), short_signed(number, unit)) if unit.kind == "share" else (short_signed(number, unit),)


def signed(number: float | None, unit: Unit) -> str:
    """Write a difference with its sign and unit; one that rounds to nothing is ±0.

    >>> from wholeservice.units import SHARE
    >>> signed(-0.032, SHARE), signed(0.0, SHARE)
    ('−3.2 pp', '±0 pp')
    """
    if number is None:
        return NOT_MEASURED
    if number == 0:
        return "±" + write(0, difference_unit(unit)).replace("0.0", "0", 1)
    return write(number, difference_unit(unit), signed=True)


def likely(low: float | None, high: float | None, unit: Unit) -> str:
    """Write an interval in plain words, or nothing when there is none.

    >>> from wholeservice.units import SHARE
    >>> likely(0.88, 0.92, SHARE)
    'likely 88.0% to 92.0%'
    """
    return "" if low is None or high is None else f"likely {write_range(low, high, unit)}"
