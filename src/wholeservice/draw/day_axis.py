"""Day axis: the days of a period from left to right, with round dates under it, as many as can be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from wholeservice.draw import svg
from wholeservice.draw.axes import Scale
from wholeservice.draw.svg import Markup

_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
_DAYS = (1, 2, 7, 14)
APART = 18.0  # pixels between two dates


def scale(first: dt.date, last: dt.date, from_px: float, to_px: float) -> Scale:
    """Return the scale of the days from *first* to *last*, both drawn; a single day stands in the middle."""
    return Scale(first.toordinal(), last.toordinal(), from_px, to_px)


def dates(first: dt.date, last: dt.date, n_most: int) -> list[dt.date]:
    """Return round dates of a period, at most *n_most* apart: days, Mondays, or first days of months.

    >>> [f"{each:%d %b}" for each in dates(dt.date(2026, 1, 10), dt.date(2026, 4, 20), 4)]
    ['01 Feb', '01 Mar', '01 Apr']
    >>> [f"{each:%d %b}" for each in dates(dt.date(2026, 1, 10), dt.date(2026, 1, 24), 4)]
    ['12 Jan', '19 Jan']
    """
    n_days = (last - first).days
    for step in _DAYS:
        if n_days / step <= n_most:
            start = first + dt.timedelta(days=-first.weekday() % 7 if step >= 7 else 0)
            return [start + dt.timedelta(days=at) for at in range(0, (last - start).days + 1, step)] or [first]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    step = next((each for each in _MONTHS if len(months) / each <= n_most), _MONTHS[-1])
    begins = [dt.date(month // 12, month % 12 + 1, 1) for month in months if month % step == 0]
    return [each for each in begins if first <= each <= last] or [first]


def axis(first: dt.date, last: dt.date, x: Scale, ends: tuple[float, float]) -> Iterator[Markup]:
    """Draw a line up from each date between *ends* (top, foot) and the date under the foot; none lies on another."""
    top, foot = ends
    wide = svg.width("30 Sep 2026", svg.SMALL) + APART
    reached, year = float("-inf"), 0
    for on in dates(first, last, max(1, int((x.to_px - x.from_px) / wide))):
        at = x(on.toordinal())
        words = f"{on.day} {on:%b}" + ("" if on.year == year else f" {on.year}")
        half = svg.width(words, svg.SMALL) / 2
        middle = min(max(at, half), x.to_px - half)
        yield svg.line(at, top, at, foot + 4, "gridline")
        if middle - half > reached + APART / 2 and half * 2 <= x.to_px:
            yield svg.text(middle, foot + 18, words, svg.SMALL, anchor="middle", tone="soft")
            reached, year = middle + half, on.year


def written(on: dt.date) -> str:
    """Return a day as it is read.

    >>> written(dt.date(2026, 3, 1))
    '1 Mar 2026'
    """
    return f"{on.day} {on:%b %Y}"
