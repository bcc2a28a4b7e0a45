"""Measured results in memory: look up the value of a measure for an entity, its series over time and its breakdowns.

Built once per snapshot from stored statistics; finishing a value is pure and cheap, so it happens on reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from wholeservice.measures.base import FULL_COUNT, Cell, Measure, Statistics, Value
from wholeservice.measures.kinds import hours_of, span_of
from wholeservice.periods import CALENDAR, Period
from wholeservice.uncertainty import Interval, between_periods
from wholeservice.units import SHARE

NEVER_BELOW_0 = ("count", "share", "seconds", "money", "rate")  # points and differences may be

Key = tuple[str, str, str | None, str | None, str | None]
Row = tuple[Cell, Statistics]


@dataclass(frozen=True, slots=True)
class Point:
    """One measured number: where and when, the sums behind it, and the finished value; `is_asked`: of the very period that a
    reader asked for."""

    cell: Cell
    statistics: Statistics
    value: Value
    is_asked: bool = False

    @property
    def period(self) -> Period:
        return Period(self.cell.from_at, self.cell.to_at, self.cell.window)


class Results:
    """
    All results of one snapshot.

    `period` and `against` are what a reader asked to see, None is the newest; `unasked` are then the results as nobody asked
    (`measures.asked`).
    """

    def __init__(self, measures: Iterable[Measure], rows: Iterable[tuple[Cell, Statistics]]) -> None:
        self._measures: Mapping[str, Measure] = {measure.name: measure for measure in measures}
        self.period: Period | None = None
        self.against: Period | None = None
        self.unasked: Results | None = None
        self._rows: dict[Key, list[Row]] = {}
        for cell, statistics in rows:
            key = (cell.measure, cell.entity, cell.step, cell.channel, cell.segment)
            self._rows.setdefault(key, []).append((cell, statistics))
        for series in self._rows.values():
            series.sort(key=lambda row: (row[0].to_at, row[0].from_at))

    @property
    def measures(self) -> Mapping[str, Measure]:
        """The measures these results are of, by name."""
        return self._measures

    def rows(
        self, measure: str, entity: str, *, step: str | None = None, channel: str | None = None, segment: str | None = None
    ) -> tuple[tuple[Cell, Statistics], ...]:
        """Return the sums behind a measure, unfinished, windows of every length, oldest first; only those asked for."""
        rows = _of_one_currency(self._found((measure, entity, step, channel, segment)))
        return tuple(rows if self.period is None else _of_period(rows, self.period))

    def _found(self, key: Key) -> list[Row]:
        """The rows of a series; those of a span of hours are added up. A person seen in two of them stands there twice."""
        hours = hours_of(key[4] or "")
        if len(hours) < 2:
            return self._rows.get(key, [])
        found: dict[Cell, Statistics] = {}
        for hour in hours:
            for cell, sums in self._rows.get((*key[:4], span_of(hour, 1)), []):
                at = replace(cell, segment=key[4])
                found[at] = replace(found[at] + sums, reporting=sums.reporting, expected=sums.expected) if at in found else sums
        return sorted(found.items(), key=lambda row: (row[0].to_at, row[0].from_at))

    def every(self, measure: str) -> Iterator[tuple[Cell, Statistics]]:
        """Yield the sums behind every number of one measure: all entities, breakdowns and windows."""
        for key, rows in self._rows.items():
            if key[0] == measure:
                yield from rows

    def series(
        self, measure: str, entity: str, *, step: str | None = None, channel: str | None = None, segment: str | None = None,
        days: float | None = None, window: str | None = None,
    ) -> tuple[Point, ...]:  # fmt: skip
        """Return the points of one measure, oldest first; *days* keeps windows of about that length (±20 %).

        Without *days* the most common window length is kept, so that a series never mixes weeks with months; *window*
        keeps only calendar or only rolling ones. The period that a reader asked for goes before both, and the series ends
        with it.
        """
        rows = _of_one_currency(self._found((measure, entity, step, channel, segment)))
        asked = next(iter(_of_period(rows, self.period)), None) if self.period else None
        if self.period and asked is None:
            return ()
        days, window = (_days(asked[0]), asked[0].window) if asked else (days, window)
        rows = [row for row in rows if window in (None, row[0].window)]
        if not rows:
            return ()
        length = days or _usual_length(rows)
        kept = [row for row in rows if abs(_days(row[0]) - length) <= 0.2 * length]
        points = tuple(self._finish(kept, index) for index in range(len(kept)))
        return points if asked is None else _until(points, asked[0])

    def latest(
        self, measure: str, entity: str, *, step: str | None = None, channel: str | None = None, segment: str | None = None,
        days: float | None = None,
    ) -> Point | None:  # fmt: skip
        """Return the newest point of a series, or None when nothing was measured."""
        points = self.series(measure, entity, step=step, channel=channel, segment=segment, days=days)
        return points[-1] if points else None

    def steps(self, measure: str, entity: str) -> frozenset[str]:
        """Return the steps for which the measure has a number."""
        return frozenset(key[2] for key in self._rows if key[:2] == (measure, entity) and key[2])

    def channels(self, measure: str | None = None, entity: str | None = None, step: str | None = None) -> frozenset[str]:
        """Return the channels for which the measure has a number (of *step*, when given); of nothing in particular, all."""
        if measure is None:
            return frozenset(key[3] for key in self._rows if key[3])
        return frozenset(key[3] for key in self._rows if key[:3] == (measure, entity, step) and key[3])

    def segments(self, measure: str, entity: str, step: str | None = None) -> frozenset[str]:
        """Return the kinds of people (`measures.kinds`) of whom the measure has a number (at *step*, when given)."""
        return frozenset(key[4] for key in self._rows if key[:3] == (measure, entity, step) and key[3] is None and key[4])

    def entities(self, measure: str) -> frozenset[str]:
        """Return the entities for which the measure has a number."""
        return frozenset(key[1] for key in self._rows if key[0] == measure)

    def measures_of(self, entity: str) -> frozenset[str]:
        """Return the names of the measures that have a number for the entity."""
        return frozenset(key[0] for key in self._rows if key[1] == entity)

    def _finish(self, rows: list[Row], index: int) -> Point:
        cell, statistics = rows[index]
        measure = self._measures[cell.measure]
        value = measure.finish(statistics)
        is_counted = measure.basis == FULL_COUNT or (value.interval is None and statistics.clusters == 0)
        if is_counted and value.value is not None:  # no sample: what varies is one period to the next
            value = replace(value, interval=between_periods(_like_periods(measure, rows, index)))
        value = replace(value, interval=_possible(value, measure.unit.kind))
        return Point(cell, statistics, value)


_KEYS: WeakKeyDictionary[Results, dict[str, frozenset[Key]]] = WeakKeyDictionary()


def keys_of(results: Results, entity: str) -> frozenset[Key]:
    """Return where an entity has numbers: (measure, entity, step, channel, segment), whatever the period."""
    if results not in _KEYS:
        found: dict[str, set[Key]] = {}
        for key in results._rows:
            found.setdefault(key[1], set()).add(key)
        _KEYS[results] = {name: frozenset(keys) for name, keys in found.items()}
    return _KEYS[results].get(entity, frozenset())


def _of_period(rows: list[Row], period: Period) -> list[Row]:
    """Return the row of one very period; where a calendar one and a rolling one have the same bounds, the calendar one."""
    same = [row for row in rows if (row[0].from_at, row[0].to_at) == (period.from_at, period.to_at)]
    return sorted(same, key=lambda row: row[0].window != CALENDAR)[:1]


def _until(points: tuple[Point, ...], asked: Cell) -> tuple[Point, ...]:
    """End with the point that was asked for; nothing at all where it has no value, so that no other stands in for it."""
    at = next(index for index, each in enumerate(points) if each.cell is asked)
    return (*points[:at], replace(points[at], is_asked=True)) if points[at].value.value is not None else ()


def _possible(value: Value, kind: str) -> Interval | None:
    """Cut an interval to what the number can be: no count or cost below 0, no share above 1 unless it is one already."""
    interval = value.interval
    if interval is None or value.value is None or value.value < 0 or kind not in NEVER_BELOW_0:
        return interval
    top = 1.0 if kind == SHARE.kind and value.value <= 1 else float("inf")
    return replace(interval, low=max(0.0, interval.low), high=min(top, interval.high))


def _of_one_currency(rows: list[Row]) -> list[Row]:
    """Keep the currency most numbers are in (the first by name of several): currencies are never mixed in one series."""
    kinds = {cell.currency for cell, _ in rows}
    if len(kinds) < 2:
        return rows
    counts = {kind: sum(cell.currency == kind for cell, _ in rows) for kind in kinds}
    usual = min(kinds, key=lambda kind: (-counts[kind], kind or ""))
    return [row for row in rows if row[0].currency == usual]


def _days(cell: Cell) -> float:
    return (cell.to_at - cell.from_at).total_seconds() / 86400


def _usual_length(rows: list[Row]) -> float:
    """The length most numbers have, in days. Hours count only where there is nothing longer: days are made of them."""
    longer = [float(round(_days(cell))) for cell, _ in rows if round(_days(cell))]
    lengths = longer or [_days(cell) for cell, _ in rows]
    return max(set(lengths), key=lambda length: (lengths.count(length), length))


def _like_periods(measure: Measure, rows: list[Row], index: int) -> list[float]:
    """Values of the periods up to *index* that do not overlap one another, oldest first."""
    values: list[float] = []
    starts_at = None
    for cell, statistics in reversed(rows[: index + 1]):
        if starts_at is not None and cell.to_at > starts_at:
            continue
        finished = measure.finish(statistics).value
        if finished is not None:
            values.append(finished)
            starts_at = cell.from_at
    return values[::-1]
