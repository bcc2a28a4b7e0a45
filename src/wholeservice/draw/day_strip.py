"""Day strip: which days have facts, a row for each year (or month, when there are few); days that lack them are hatched."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.svg import Markup

DAY = dt.timedelta(days=1)
LEFT, TOP, HEIGHT, GAP = 76.0, 24.0, 16.0, 8.0
MAX_MONTHS, MAX_YEARS = 7, 10  # rows that are drawn, the newest; the table has all
MIN_MARK = 1.6  # pixels of a single day, so that it is seen

Days = tuple[dt.date, dt.date]  # the first, and the day after the last


@dataclass(frozen=True, slots=True)
class DayStrip:
    """Stretches of days with facts, and of days without although facts usually come; both oldest first."""

    id: str
    title: str
    there: tuple[Days, ...]
    missing: tuple[Days, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the drawing: the days from `first_on` to before `after_on`, and its name."""

    first_on: dt.date
    after_on: dt.date
    name: str


def draw(strip: DayStrip, *, width: float = 920) -> Markup:
    """Return the strip as an SVG; without any day it is hatched."""
    rows = _rows(strip)
    height = TOP + max(1, len(rows)) * (HEIGHT + GAP)
    drawing = svg.Drawing(f"days-{strip.id}", strip.title, _says(strip), width, height)
    if not rows:
        return svg.figure(drawing, svg.rect(1, TOP, width - 2, HEIGHT, "hatched", rx=3))
    per_day = (width - LEFT - 2) / max((31 if _by_month(strip) else 366), 1)
    parts = [part for at, row in enumerate(rows) for part in _row(strip, row, TOP + at * (HEIGHT + GAP), per_day)]
    return svg.figure(drawing, *_scale(strip, per_day), *parts)


def table(strip: DayStrip) -> svg.Table:
    """Return every stretch of missing days, then those with facts, newest first."""
    rows = [(_written(each), "missing", f"{(each[1] - each[0]).days:,}") for each in reversed(strip.missing)]
    rows += [(_written(each), "with facts", f"{(each[1] - each[0]).days:,}") for each in reversed(strip.there)]
    return svg.Table(strip.title, ("Days", "What is there", "Number of days"), tuple(rows))


def _rows(strip: DayStrip) -> list[_Row]:
    if not strip.there:
        return []
    first, last = strip.there[0][0], strip.there[-1][1] - DAY
    if _by_month(strip):
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        begins = [dt.date(month // 12, month % 12 + 1, 1) for month in months]
        return [_Row(each, _next_month(each), f"{each:%b %Y}") for each in begins]
    years = range(max(first.year, last.year - MAX_YEARS + 1), last.year + 1)
    return [_Row(dt.date(year, 1, 1), dt.date(year + 1, 1, 1), str(year)) for year in years]


def _by_month(strip: DayStrip) -> bool:
    first, last = strip.there[0][0], strip.there[-1][1] - DAY
    return (last.year - first.year) * 12 + last.month - first.month < MAX_MONTHS


def _next_month(first: dt.date) -> dt.date:
    return first + calendar.monthrange(first.year, first.month)[1] * DAY


def _scale(strip: DayStrip, per_day: float) -> Iterator[Markup]:
    if _by_month(strip):
        for number in range(1, 32):
            yield svg.text(LEFT + (number - 0.5) * per_day, TOP - 8, str(number), svg.TINY, anchor="middle", tone="soft")
        return
    for month in range(1, 13):
        x = LEFT + (dt.date(2024, month, 1) - dt.date(2024, 1, 1)).days * per_day
        yield svg.text(x, TOP - 8, f"{dt.date(2024, month, 1):%b}", svg.TINY, tone="soft")


def _row(strip: DayStrip, row: _Row, y: float, per_day: float) -> Iterator[Markup]:
    yield svg.text(0, y + HEIGHT - 4, row.name, svg.SMALL, tone="soft")
    n_days = (row.after_on - row.first_on).days
    yield svg.rect(LEFT, y, n_days * per_day, HEIGHT, "day-none")
    for days, cls in (*((each, "day-there") for each in strip.there), *((each, "day-missing") for each in strip.missing)):
        first, after = max(days[0], row.first_on), min(days[1], row.after_on)
        if first < after:
            wide = max(MIN_MARK, (after - first).days * per_day)
            x = LEFT + (first - row.first_on).days * per_day
            yield svg.titled(f"{_written(days)}: {'missing' if cls == 'day-missing' else 'facts'}",
                             svg.rect(x, y, wide, HEIGHT, cls))  # fmt: skip


def _written(days: Days) -> str:
    first, last = days[0], days[1] - DAY
    start = f"{first.day} {first:%b}" + ("" if first.year == last.year else f" {first.year}")
    return f"{last.day} {last:%b %Y}" if first == last else f"{start} to {last.day} {last:%b %Y}"


def _says(strip: DayStrip) -> str:
    if not strip.there:
        return "no day with facts"
    n_there = sum((after - first).days for first, after in strip.there)
    n_missing = sum((after - first).days for first, after in strip.missing)
    whole = _written((strip.there[0][0], strip.there[-1][1]))
    lacking = f"{n_missing:,} missing in {len(strip.missing):,} stretches" if strip.missing else "none missing"
    return f"{whole}: {n_there:,} days with facts, {lacking}"
