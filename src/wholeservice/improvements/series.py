"""The measured series that a verdict looks at: like periods that do not overlap, before a change and after it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from wholeservice.improvements.base import Number
from wholeservice.improvements.interrupted import Periods, can_tell
from wholeservice.measures.base import FULL_COUNT, Cell, Measure, Statistics
from wholeservice.measures.results import Results
from wholeservice.periods import CALENDAR, civil
from wholeservice.uncertainty import Z_95

DAY, WEEK, MONTH, QUARTER = 1, 7, 30, 91
LENGTHS = (DAY, WEEK, MONTH, QUARTER)  # of a period, in days; the shortest that tells enough is taken
MOST_BEFORE, MOST_AFTER = 120, {DAY: 91, WEEK: 26, MONTH: 12, QUARTER: 8}
A_YEAR = {DAY: 365.25, WEEK: 365.25 / 7, MONTH: 12.0, QUARTER: 4.0}
ATTEMPTS, VOLUME, MATURED = "attempts", "volume", 0.8
SLACK = 0.2


@dataclass(frozen=True, slots=True)
class Measured:
    """
    One period of a series: its cell, its place on the grid, the value, how many it was counted of, its sampling variance.

    `theirs` is what was taken off the value: that of the service it is compared with.
    """

    cell: Cell
    place: int
    value: float
    n: float
    variance: float
    theirs: float = 0.0


@dataclass(frozen=True, slots=True)
class Series:
    """A number over like periods of *days*, oldest first. `n_young`: newest periods left out, whose attempts still run."""

    measure: Measure
    number: Number
    days: int
    periods: tuple[Measured, ...]
    n_young: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """A series cut at a start: the periods before and after. The one in which the change came is in neither."""

    before: tuple[Measured, ...]
    after: tuple[Measured, ...]

    @property
    def every(self) -> tuple[Measured, ...]:
        return (*self.before, *self.after)


def series_of(
    results: Results, number: Number, zone: str, started_at: dt.datetime | None = None, *, measure: Measure | None = None,
    segment: str | None = None,
) -> Series | None:  # fmt: skip
    """
    Return the series of a number, of the shortest periods that a change at *started_at* can be told from.

    Shape    None where no like periods were measured; where none of the lengths tells enough, the one with most periods.
             *measure* finishes the sums otherwise than the registered one of the number, such as a quantile
    """
    measure = measure or results.measures.get(number.measure)
    if measure is None:
        return None
    rows = results.rows(number.measure, number.entity, step=number.step, channel=number.channel, segment=segment)
    found = [each for days in LENGTHS if (each := _of_length(measure, number, rows, days, zone)).periods]
    found = [_matured(results, each, zone) for each in found]
    telling = (each for each in found if started_at and tells(each, started_at))
    return next(telling, None) or max(found, key=lambda each: (len(each.periods), -each.days), default=None)


def tells(series: Series, started_at: dt.datetime) -> bool:
    """Say whether a change at that instant can be told from the series."""
    split = split_at(series, started_at)
    return can_tell(len(split.before), len(split.after), n_season(series, split))


def split_at(series: Series, started_at: dt.datetime) -> Split:
    """Return the periods wholly before the start and wholly after it, the nearest of them."""
    before = [each for each in series.periods if each.cell.to_at <= started_at]
    after = [each for each in series.periods if each.cell.from_at >= started_at]
    return Split(tuple(before[-MOST_BEFORE:]), tuple(after[: MOST_AFTER[series.days]]))


def n_season(series: Series, split: Split) -> int:
    """Return how many numbers stand for the season: of the days of the week, and of the year where it was seen twice before."""
    span = split.before[-1].place - split.before[0].place + 1 if split.before else 0
    of_week = 6 if series.days == DAY else 0
    return of_week + (2 if span >= 2 * A_YEAR[series.days] else 0)


def periods_of(series: Series, split: Split, zone: str) -> Periods:
    """Return a cut series as what a change is looked for in."""
    every, count = split.every, n_season(series, split)
    rows = tuple(_season(each, series.days, count, zone) for each in every)
    return Periods(
        tuple(each.place for each in every), tuple(each.value for each in every), tuple(each.variance for each in every),
        rows if count else (),
    )  # fmt: skip


def less(one: Series, other: Series) -> Series:
    """Return by how much one series lies above another, where both were measured; what sampling explains adds up."""
    theirs = {each.cell.from_at: each for each in other.periods}
    both = tuple(
        replace(each, value=each.value - at.value, variance=each.variance + at.variance, theirs=at.value)
        for each in one.periods if (at := theirs.get(each.cell.from_at)) is not None
    )  # fmt: skip
    return replace(one, periods=both)


def _season(period: Measured, days: int, count: int, zone: str) -> tuple[float, ...]:
    """The day of the week as six numbers that are 0 together on Mondays, the year as a wave."""
    week = tuple(float(civil(period.cell.from_at, zone).weekday() == day) for day in range(1, 7)) if days == DAY else ()
    turn = 2 * math.pi * period.place / A_YEAR[days]
    return (*week, math.sin(turn), math.cos(turn)) if count > len(week) else week


def _of_length(measure: Measure, number: Number, rows: Sequence[tuple[Cell, Statistics]], days: int, zone: str) -> Series:
    like = [row for row in rows if row[0].window == CALENDAR and abs(_days(row[0]) - days) <= SLACK * days]
    finished = [(cell, measure.finish(sums)) for cell, sums in like]
    known = [(cell, value.value, value.n, _variance(measure, value)) for cell, value in finished if value.value is not None]
    total = sum(n for *_, n, _ in known)
    spread = sum(n * n * variance for *_, n, variance in known) / total if total else 0.0
    # What one unit varies by is taken from all periods: a period with few would else seem sure whenever they happen to agree.
    found = tuple(
        Measured(cell, _place(cell, days, zone), value, n, spread / n if n else 0.0) for cell, value, n, _ in known
    )  # fmt: skip
    is_apart = all(earlier.place < later.place for earlier, later in pairwise(found))
    return Series(measure, number, days, found if is_apart else ())


def _variance(measure: Measure, value: object) -> float:
    interval = getattr(value, "interval", None)
    return 0.0 if measure.basis == FULL_COUNT or interval is None else ((interval.high - interval.low) / 2 / Z_95) ** 2


def _days(cell: Cell) -> float:
    return (cell.to_at - cell.from_at).total_seconds() / 86400


def _place(cell: Cell, days: int, zone: str) -> int:
    first = civil(cell.from_at, zone)
    months = first.year * 12 + first.month - 1
    return {MONTH: months, QUARTER: months // 3}.get(days, first.toordinal() // days)


def _matured(results: Results, series: Series, zone: str) -> Series:
    """Leave out the newest periods of which far fewer attempts than usual can be judged yet: those that ended soonest are."""
    if ATTEMPTS not in series.measure.needs or VOLUME not in results.measures or not series.periods:
        return series
    number = series.number
    rows = results.rows(VOLUME, number.entity, step=number.step, channel=number.channel)
    came = {each.cell.from_at: each.n for each in _of_length(results.measures[VOLUME], number, rows, series.days, zone).periods}
    shares = [(each.n / came[each.cell.from_at]) if came.get(each.cell.from_at) else None for each in series.periods]
    usual = median(_known(shares)) if any(shares) else 0.0
    n_young = 0
    for share in reversed(shares):
        if share is None or share >= MATURED * usual:
            break
        n_young += 1
    return replace(series, periods=series.periods[: len(series.periods) - n_young], n_young=n_young)


def _known(shares: Iterable[float | None]) -> list[float]:
    return [each for each in shares if each is not None]
