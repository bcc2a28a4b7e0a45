"""A measured number as a page shows it: never without its unit, period, n, likely range (or why none) and coverage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from wholeservice.measures.base import FULL_COUNT, Cell, Measure
from wholeservice.measures.results import Point
from wholeservice.pages.addresses import rows_address
from wholeservice.pages.base import Data
from wholeservice.periods import ROLLING, Period, civil, label
from wholeservice.uncertainty import Interval
from wholeservice.units import COUNT, Unit, money, write, write_range

NOT_MEASURED = "not measured"
ONE_PERIOD = "the likely range comes from how much it varies from one period to the next; there are fewer than three"
TOO_FEW = "there is too little behind it to say how far off it could be"


@dataclass(frozen=True, slots=True)
class How:
    """How we know a number: named behind a fold, never on the face of a page."""

    method: str | None  # of the interval
    range_of: str | None  # what varies: sampling, or between periods
    basis: str  # sample or full count
    made_from: tuple[str, ...]  # tables
    definition: int  # version of the measure
    snapshot: str


@dataclass(frozen=True, slots=True)
class Number:
    """One number with all it needs to be read. `written` and `range_written` are the same numbers for people."""

    measure: str
    title: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    n: float
    period: str
    from_at: dt.datetime
    to_at: dt.datetime
    reporting: float | None
    expected: float | None
    is_few: bool
    written: str
    range_written: str | None
    why_no_range: str | None
    why_missing: str | None
    of_whole: bool  # of the whole entity: no single step, channel or kind of consumer
    rows: str  # address of the rows behind it
    how: How

    @property
    def counted(self) -> str | None:
        """How many stand behind it, in words; None where the number is the count itself."""
        return None if self.unit == COUNT.name else write(self.n, COUNT) + " counted"

    @property
    def coverage(self) -> str | None:
        """How many of those who should report did; None where there is nobody but itself to report."""
        if not self.expected or self.expected <= 1 == self.reporting:
            return None
        return f"{write(self.reporting or 0, COUNT)} of {write(self.expected, COUNT)} report"


def number_of(data: Data, measure: Measure, point: Point, cells: Sequence[Cell] = ()) -> Number:
    """Return the number of a measured point; *cells* are the periods in a row that were added up to it, if it is of several."""
    value, sums, unit = point.value, point.statistics, unit_of(measure, point)
    interval = possible(value.interval, unit)
    return Number(
        measure=measure.name, title=measure.title, unit=unit.name, value=value.value,
        low=interval.low if interval else None, high=interval.high if interval else None,
        n=value.n, period=when(data, point.period), from_at=point.cell.from_at, to_at=point.cell.to_at,
        reporting=sums.reporting if sums.expected else None, expected=sums.expected or None,
        is_few=value.is_few, written=write(value.value, unit),
        range_written=write_range(interval.low, interval.high, unit) if interval else None,
        why_no_range=None if interval or value.value is None else ONE_PERIOD if measure.basis == FULL_COUNT else TOO_FEW,
        why_missing=value.why_missing, of_whole=not (point.cell.step or point.cell.channel or point.cell.segment),
        rows=rows_address(*(cells or (point.cell,))),
        how=How(interval.method if interval else None, interval.of if interval else None, measure.basis, measure.needs,
                measure.version, data.snapshot),
    )  # fmt: skip


def possible(interval: Interval | None, unit: Unit) -> Interval | None:
    """Return the part of an interval that can be: variation between periods knows no bounds, a share and a count have them.

    >>> from wholeservice.units import SHARE
    >>> possible(Interval(-0.1, 1.2, "t"), SHARE)
    Interval(low=0.0, high=1.0, method='t', of='sampling', level=0.95)
    """
    bounds = {"share": (0.0, 1.0), "count": (0.0, inf), "seconds": (0.0, inf), "money": (0.0, inf)}.get(unit.kind)
    if interval is None or bounds is None or interval.high < bounds[0] or interval.low > bounds[1]:
        return interval
    return replace(interval, low=max(interval.low, bounds[0]), high=min(interval.high, bounds[1]))


def unit_of(measure: Measure, point: Point) -> Unit:
    """Return the unit of a point: an amount of money has the currency of its cell."""
    return money(point.cell.currency) if measure.unit.kind == "money" and point.cell.currency else measure.unit


def when(data: Data, period: Period) -> str:
    """Write a period for people, in the workspace's zone; "year to Sep 2017" for a year that rolls."""
    words = label(period, data.zone)
    if period.window == ROLLING and 360 < period.days < 370:
        last = civil(period.to_at - dt.timedelta(seconds=1), data.zone)
        return f"year to {last:%b %Y}"
    return words


def listed(words: list[str]) -> str:
    """Join words as people do.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else ""


def plural(n: float, one: str, many: str | None = None) -> str:
    """Write a count with its noun.

    >>> plural(1, "need"), plural(1200, "need"), plural(2, "person", "people")
    ('1 need', '1,200 needs', '2 people')
    """
    return f"{n:,.0f} {one if n == 1 else many or one + 's'}"
