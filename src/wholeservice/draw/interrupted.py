"""Interrupted: a number before and after a change, beside what trend and season would have had it be, with a flag at the start.

The dashed line is what would have been without the change, with its likely range as a band; it begins before the start, so that
one sees how well it follows. Periods after the start are filled dots, blue where better and orange where worse than the band.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import Scale, domain, likely, short
from wholeservice.draw.svg import Markup
from wholeservice.units import Unit, write

TOP, BOTTOM, RIGHT = 30.0, 30.0, 14.0
FLAG = 16.0


@dataclass(frozen=True, slots=True)
class InterruptedPoint:
    """One period: the value with what sampling allows for, and what it would have been without the change (None: not told)."""

    label: str
    value: float
    low: float
    high: float
    n: float
    is_after: bool
    expected: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A series of like periods, oldest first, cut by a change. `direction` is +1 when more is better."""

    id: str
    title: str
    unit: Unit
    points: tuple[InterruptedPoint, ...]
    flag: str  # what is written in the flag: the number in the log
    change: str  # what was changed, and when
    direction: int = 1


@dataclass(frozen=True, slots=True)
class _Frame:
    width: float
    height: float
    x: Scale
    y: Scale
    marks: list[float]


def draw(interrupted: Interrupted, *, width: float = 560, height: float = 240) -> Markup:
    """Return the series as an SVG."""
    frame = _frame(interrupted, width, height)
    sheet = svg.Drawing(interrupted.id, interrupted.title, says(interrupted), width, height)
    return svg.figure(
        sheet, *_axis(interrupted, frame), *_band(interrupted, frame), *_flag(interrupted, frame), *_dots(interrupted, frame)
    )


def says(interrupted: Interrupted) -> str:
    """Return in words how many periods lie before and after, and where the newest lies."""
    after = [each for each in interrupted.points if each.is_after]
    counts = f"{len(interrupted.points) - len(after)} periods before the change and {len(after)} after it."
    if not after or after[-1].expected is None:
        return counts
    newest = after[-1]
    return (
        f"{counts} In {newest.label} it was {write(newest.value, interrupted.unit)}; without the change "
        f"{write(newest.expected, interrupted.unit)} was to be expected."
    )


def table(interrupted: Interrupted) -> svg.Table:
    """Return every period with its value, and what was to be expected without the change."""
    unit = interrupted.unit
    rows = tuple(
        (each.label, "after" if each.is_after else "before", write(each.value, unit),
         write(each.expected, unit) if each.expected is not None else "–",
         likely(each.expected_low, each.expected_high, unit).removeprefix("likely ") or "–", f"{each.n:,.0f}")
        for each in interrupted.points
    )  # fmt: skip
    header = ("Period", "Side", "Measured", "Without the change", "Likely", "Counted")
    return svg.Table(interrupted.title, header, rows)


def _frame(interrupted: Interrupted, width: float, height: float) -> _Frame:
    numbers = [each for point in interrupted.points for each in (point.value, point.low, point.high, point.expected)]
    known = [each for each in numbers if each is not None]
    marks = domain(known, interrupted.unit)
    left = max(svg.width(short(mark, interrupted.unit), svg.SMALL) for mark in marks) + 14
    x = Scale(0, max(1, len(interrupted.points) - 1), left + 6, width - RIGHT)
    return _Frame(width, height, x, Scale(marks[0], marks[-1], height - BOTTOM, TOP), marks)


def _axis(interrupted: Interrupted, frame: _Frame) -> Iterator[Markup]:
    for mark in frame.marks:
        yield svg.line(frame.x.from_px - 4, frame.y(mark), frame.x.to_px, frame.y(mark), "gridline")
        yield svg.text(
            frame.x.from_px - 10, frame.y(mark) + 4, short(mark, interrupted.unit), svg.SMALL, anchor="end", tone="soft"
        )
    first, last, room = interrupted.points[0].label, interrupted.points[-1].label, frame.width / 2 - 16
    y = frame.height - 6
    if len(interrupted.points) > 1:
        yield svg.text(frame.x.from_px - 4, y, svg.shorten(first, svg.SMALL, room), svg.SMALL, tone="soft")
    yield svg.text(frame.width, y, svg.shorten(last, svg.SMALL, room), svg.SMALL, anchor="end", tone="soft")


def _band(interrupted: Interrupted, frame: _Frame) -> Iterator[Markup]:
    told = [
        (frame.x(at), each.expected_low, each.expected, each.expected_high) for at, each in enumerate(interrupted.points)
        if each.expected_low is not None and each.expected is not None and each.expected_high is not None
    ]  # fmt: skip
    if len(told) < 2:
        return
    above, below = ([(x, _inside(frame, ends[at])) for x, *ends in told] for at in (2, 0))
    yield svg.path(svg.polygon(above + below[::-1]), "band")
    yield svg.path(svg.polyline([(x, _inside(frame, middle)) for x, _, middle, _ in told]), "expected along")


def _inside(frame: _Frame, value: float) -> float:
    """A place within the drawing: a band may reach beyond what the axis shows."""
    return min(frame.y.from_px, max(frame.y.to_px, frame.y(value)))


def _flag(interrupted: Interrupted, frame: _Frame) -> Iterator[Markup]:
    first = next((at for at, each in enumerate(interrupted.points) if each.is_after), None)
    if first is None:
        return
    half = max(FLAG, svg.width(interrupted.flag, svg.TINY) + 10) / 2
    x = min(max(frame.x(first - 0.5), half), frame.width - half)
    yield svg.titled(
        interrupted.change, svg.line(x, FLAG + 4, x, frame.y.from_px, "flag-line"),
        svg.rect(x - half, 4, 2 * half, FLAG, "flag", rx=FLAG / 2),
        svg.text(x, 16, interrupted.flag, svg.TINY, anchor="middle", tone="on-ink"),
    )  # fmt: skip


def _dots(interrupted: Interrupted, frame: _Frame) -> Iterator[Markup]:
    for at, each in enumerate(interrupted.points):
        x, y = frame.x(at), _inside(frame, each.value)
        words = f"{each.label}: {write(each.value, interrupted.unit)}, {each.n:,.0f} counted"
        cls = f"dot {_tone(interrupted, each)}" if each.is_after else "dot hollow"
        yield svg.titled(
            words, svg.line(x, _inside(frame, each.low), x, _inside(frame, each.high), "whisker"), svg.circle(x, y, 4, cls)
        )


def _tone(interrupted: Interrupted, point: InterruptedPoint) -> str:
    if point.expected_low is None or point.expected_high is None or point.expected_low <= point.value <= point.expected_high:
        return "flat"
    return "up" if (point.value > point.expected_high) == (interrupted.direction > 0) else "down"
