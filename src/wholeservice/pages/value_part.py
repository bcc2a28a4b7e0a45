"""Whether it was worth it: of 1,000 asked, how many got what they came for, had a good way there and accept the price."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.forest import Forest, ForestRow
from wholeservice.findings.wording import period_of
from wholeservice.organisation.graph import Entity
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import possible, when
from wholeservice.pages.series import measured_points, newest_of
from wholeservice.periods import Period
from wholeservice.units import SHARE

ALL, A_WEEK = "value-realised", dt.timedelta(days=7)
ROWS = (("value-outcome", "Got what they came for"), ("value-experience", "Had a good way there"),
        ("value-price", "Accept the price, in money and time"), (ALL, "All three, the same person"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class ValuePart:
    """The drawing, a sentence that states what it shows, and over which period."""

    drawing: Forest
    title: str
    reading: str


def value_part(data: Data, entity: Entity) -> ValuePart | None:
    """Return how many for whom it was worth it; None where nobody was asked for all three."""
    newest = _newest(data, entity)
    if newest is None:
        return None
    period, rows = newest
    of_all = rows[-1].value or 0.0
    title = f"{round(1000 * of_all)} of 1,000 got what they came for, in a good way, at a price they accept"
    drawing = Forest(f"value-{svg.id_of(entity.id)}", title, SHARE, rows, "Share of those who said all three", None)
    return ValuePart(drawing, title, f"{period}. Of those whose answers to all three are known.")


def _newest(data: Data, entity: Entity) -> tuple[str, tuple[ForestRow, ...]] | None:
    """The period that stands on most answers of late, and a row for each measure that has a number there."""
    at = _period(data, entity)
    if at is None:
        return None
    rows = []
    for name, title in ROWS:
        found = data.results.series(name, entity.id, days=at.days, window=at.window)
        point = next((each for each in found if each.period == at), None)
        value = point.value if point else None
        spread = possible(value.interval, SHARE) if value else None
        low, high = (spread.low, spread.high) if spread else (None, None)
        n, is_few = (value.n, value.is_few) if value else (None, False)
        rows.append(ForestRow(title, value.value if value else None, low, high, n, is_few))
    return when(data, at), tuple(rows)


def _period(data: Data, entity: Entity) -> Period | None:
    """The one a reader asked for; else, of those that end within a week of the newest, the one on most answers."""
    points = measured_points(data.results, ALL, entity.id) if ALL in data.measures else ()
    if not points:
        return None
    newest = newest_of(points).period
    if data.results.period is not None:
        return newest
    whole = [(cell, sums) for cell, sums in data.results.rows(ALL, entity.id) if sums.n]
    late = [(sums.n, period_of(cell)) for cell, sums in whole if newest.to_at - cell.to_at <= A_WEEK]
    return max(late, key=lambda each: each[0])[1] if late else newest
