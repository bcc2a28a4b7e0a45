"""Trend: a measure over time as a line with its likely range; a gap stays a gap, few are hollow, the target is dashed.

Numbered flags are improvements; they wear the numbers of the log they stand in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, Scale, domain, likely, short
from wholeservice.draw.svg import Markup
from wholeservice.units import Unit, write

TOP, BOTTOM = 22.0, 28.0
FLAG, FLAG_ROW = 16.0, 21.0


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period. `value` None is a period without a number; `low`/`high` None is a number without a range."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: float | None = None
    is_few: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """An improvement: its number, the period it came in, counted from 0, and what it was."""

    number: int
    period: int
    title: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A series of like periods, oldest first, gaps included; flags number the improvements in it."""

    id: str
    title: str
    unit: Unit
    points: tuple[TrendPoint, ...]
    target: float | None = None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pill:
    """The flags of one period: where they stand, and what is written in them."""

    x: float
    half: float
    words: str
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    width: float
    height: float
    x: Scale
    y: Scale
    marks: list[float]
    pills: list[list[_Pill]]


def draw(trend: Trend, *, width: float = 430, height: float = 200, id_: str | None = None) -> Markup:
    """Return the trend as an SVG of *width* by *height* pixels; *id_* where it stands on its page a second time."""
    if not _measured(trend):
        return svg.figure(svg.Drawing(id_ or trend.id, trend.title, says(trend), width, height), *_nothing(width, height))
    frame = _frame(trend, width, height)
    runs = list(_runs(trend.points))
    return svg.figure(
        svg.Drawing(id_ or trend.id, trend.title, says(trend), width, frame.height),
        *_axis(trend, frame), *_gaps(trend, frame), *_target(trend, frame),
        *(part for run in runs for part in _run(trend, frame, run)), *_flags(frame), *_dots(trend, frame), *_last(trend, frame),
    )  # fmt: skip


def says(trend: Trend) -> str:
    """Return where the series begins and ends, what is missing, and the improvements in it."""
    if not _measured(trend):
        return f"None of {len(trend.points)} periods measured."
    n_missing = sum(point.value is None for point in trend.points)
    flags = "".join(f" {flag.number}: {flag.title}, {trend.points[flag.period].label}." for flag in _shown_flags(trend))
    return f"{_ends(trend)} {n_missing} of {len(trend.points)} periods not measured.{flags}"


def table(trend: Trend) -> svg.Table:
    """Return every period with its number and likely range."""
    rows = [
        (point.label, write(point.value, trend.unit), likely(point.low, point.high, trend.unit).removeprefix("likely ") or "–",
         "–" if point.n is None else f"{point.n:,.0f}")
        for point in trend.points
    ]  # fmt: skip
    if not trend.flags:
        return svg.Table(trend.title, ("Period", "Value", "Likely range", "Counted"), tuple(rows))
    flagged = [
        "; ".join(f"{flag.number}: {flag.title}" for flag in trend.flags if flag.period == at) or "–" for at in range(len(rows))
    ]
    header = ("Period", "Value", "Likely range", "Counted", "Improvements")
    return svg.Table(trend.title, header, tuple((*row, words) for row, words in zip(rows, flagged, strict=True)))


def _nothing(width: float, height: float) -> Iterator[Markup]:
    yield svg.rect(1, TOP, width - 2, height - TOP - BOTTOM, "hatched", rx=4)
    yield svg.text(width / 2, (height + TOP - BOTTOM) / 2 + 4, NOT_MEASURED, svg.SMALL, anchor="middle", tone="halo")


def _frame(trend: Trend, width: float, height: float) -> _Frame:
    numbers = [number for point in trend.points for number in (point.value, point.low, point.high) if number is not None]
    marks = domain([*numbers, *([] if trend.target is None else [trend.target])], trend.unit)
    left = max(svg.width(short(mark, trend.unit), svg.SMALL) for mark in marks) + 10
    right = svg.width(_newest(trend), svg.STRONG) + 16
    x = Scale(0, max(1, len(trend.points) - 1), left + 4, width - right)
    pills = _pills(trend, x, width)
    top = TOP + FLAG_ROW * len(pills)
    whole = height + FLAG_ROW * len(pills)
    return _Frame(width, whole, x, Scale(marks[0], marks[-1], whole - BOTTOM, top), marks, pills)


def _shown_flags(trend: Trend) -> list[Flag]:
    """Flags of periods that are drawn, in their order."""
    return sorted((each for each in trend.flags if 0 <= each.period < len(trend.points)), key=lambda each: each.number)


def _pills(trend: Trend, x: Scale, width: float) -> list[list[_Pill]]:
    """Put the flags of each period into one pill, and pills that would touch into rows under one another."""
    by_period: dict[int, list[Flag]] = {}
    for flag in _shown_flags(trend):
        by_period.setdefault(flag.period, []).append(flag)
    rows: list[list[_Pill]] = []
    for period, flags in sorted(by_period.items()):
        numbers = [str(flag.number) for flag in flags]
        words = svg.first_that_fits((", ".join(numbers), f"{numbers[0]}–{numbers[-1]}", f"{len(flags)}"), svg.TINY, 60)
        half = max(FLAG, svg.width(words, svg.TINY) + 9) / 2
        at = min(max(x(period), half), width - half)
        row = next((each for each in rows if each[-1].x + each[-1].half + 3 < at - half), None)
        if row is None:
            rows.append(row := [])
        row.append(_Pill(at, half, words, tuple(flags)))
    return rows


def _flags(frame: _Frame) -> Iterator[Markup]:
    for index, row in enumerate(frame.pills):
        y = TOP - 4 + index * FLAG_ROW
        for pill in row:
            words = "; ".join(f"{flag.number}: {flag.title}" for flag in pill.flags)
            yield svg.titled(
                words, svg.line(pill.x, y + FLAG, pill.x, frame.y.from_px, "flag-line"),
                svg.rect(pill.x - pill.half, y, 2 * pill.half, FLAG, "flag", rx=FLAG / 2),
                svg.text(pill.x, y + 12, pill.words, svg.TINY, anchor="middle", tone="on-ink"),
            )  # fmt: skip


def _measured(trend: Trend) -> list[TrendPoint]:
    return [point for point in trend.points if point.value is not None]


def _newest(trend: Trend) -> str:
    """The newest number, written whole where that takes little room."""
    value = _measured(trend)[-1].value or 0.0
    return svg.first_that_fits((write(value, trend.unit), short(value, trend.unit)), svg.STRONG, 84)


def _ends(trend: Trend) -> str:
    first, last = _measured(trend)[0], _measured(trend)[-1]
    return f"From {write(first.value, trend.unit)} in {first.label} to {write(last.value, trend.unit)} in {last.label}."


def _axis(trend: Trend, frame: _Frame) -> Iterator[Markup]:
    for mark in frame.marks:
        yield svg.line(frame.x.from_px - 4, frame.y(mark), frame.x.to_px, frame.y(mark), "gridline")
        yield svg.text(frame.x.from_px - 10, frame.y(mark) + 4, short(mark, trend.unit), svg.SMALL, anchor="end", tone="soft")
    yield from _period_labels(trend, frame)


def _period_labels(trend: Trend, frame: _Frame) -> Iterator[Markup]:
    """First and last period always; the middle one where it fits between them."""
    first, last, y = trend.points[0].label, trend.points[-1].label, frame.height - 6
    room = (frame.width - 24) / 2
    left = svg.first_that_fits((first, first.rsplit(" to ", 1)[-1]), svg.SMALL, room)
    right = svg.first_that_fits((last, last.rsplit(" to ", 1)[-1]), svg.SMALL, room)
    if len(trend.points) > 1:
        yield svg.text(0, y, left, svg.SMALL, tone="soft")
    yield svg.text(frame.width, y, right, svg.SMALL, anchor="end", tone="soft")


def _runs(points: tuple[TrendPoint, ...]) -> Iterator[list[int]]:
    """Yield the indices of each unbroken stretch of measured periods."""
    run: list[int] = []
    for index, point in enumerate(points):
        if point.value is not None:
            run.append(index)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _gaps(trend: Trend, frame: _Frame) -> Iterator[Markup]:
    """Hatch each stretch without a number, from the last measured period to the next."""
    edges = [-1, *(index for index, point in enumerate(trend.points) if point.value is not None), len(trend.points)]
    for before, after in pairwise(edges):
        if after - before < 2:
            continue
        x1, x2 = frame.x(max(0, before)), frame.x(min(len(trend.points) - 1, after))
        top, bottom = frame.y.to_px, frame.y.from_px
        yield svg.titled(NOT_MEASURED, svg.rect(x1, top, x2 - x1, bottom - top, "hatched"))
        if svg.width(NOT_MEASURED, svg.SMALL) + 12 < x2 - x1:
            yield svg.text((x1 + x2) / 2, bottom - 8, NOT_MEASURED, svg.SMALL, anchor="middle", tone="halo")


def _target(trend: Trend, frame: _Frame) -> Iterator[Markup]:
    if trend.target is not None:
        y = frame.y(trend.target)
        yield svg.line(frame.x.from_px - 4, y, frame.x.to_px, y, "expected")
        choices = (
            f"dashed: target {write(trend.target, trend.unit)}",
            f"dashed: target {short(trend.target, trend.unit)}",
            "dashed: target",
        )
        yield svg.text(frame.width, TOP - 10, svg.first_that_fits(choices, svg.TINY, frame.width / 2), svg.TINY, anchor="end")


def _run(trend: Trend, frame: _Frame, run: list[int]) -> Iterator[Markup]:
    ranged = [(frame.x(i), trend.points[i].low, trend.points[i].high) for i in run if trend.points[i].low is not None]
    if len(ranged) > 1:
        above = [(x, frame.y(high)) for x, _, high in ranged if high is not None]
        below = [(x, frame.y(low)) for x, low, _ in ranged if low is not None]
        yield svg.path(svg.polygon(above + below[::-1]), "band")
    if len(run) > 1:
        yield svg.path(svg.polyline([(frame.x(i), frame.y(trend.points[i].value or 0)) for i in run]), "curve")


def _dots(trend: Trend, frame: _Frame) -> Iterator[Markup]:
    """A dot for a period that stands alone, a hollow one for few; the others are corners of the line."""
    alone = {run[0] for run in _runs(trend.points) if len(run) == 1}
    for index, point in enumerate(trend.points):
        if point.value is None:
            continue
        words = " ".join(filter(None, (point.label, write(point.value, trend.unit), likely(point.low, point.high, trend.unit))))
        cls = "dot hollow" if point.is_few else "dot" if index in alone else "dot quiet"
        yield svg.titled(words, svg.circle(frame.x(index), frame.y(point.value), 3.2, cls))


def _last(trend: Trend, frame: _Frame) -> Iterator[Markup]:
    index, point = [pair for pair in enumerate(trend.points) if pair[1].value is not None][-1]
    value = point.value or 0.0
    x, y = frame.x(index), frame.y(value)
    if point.low is not None and point.high is not None:
        yield svg.line(x, frame.y(point.low), x, frame.y(point.high), "whisker")
    yield svg.circle(x, y, 4.5, "dot hollow" if point.is_few else "dot")
    if index == len(trend.points) - 1:
        yield svg.text(x + 9, y + 5, _newest(trend), svg.STRONG)
