"""Emotion: how a journey feels, step by step: what was expected (dashed) against what was delivered, with its likely range.

Between two steps the line is straight: it joins two measurements and claims nothing between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, Scale, domain, in_place, likely, short, signed, signed_in_place
from wholeservice.draw.columns import HEAD_HEIGHT, LEFT, PHASE_HEIGHT, Columns, Phase, aside, columns, heads, legend, phases
from wholeservice.draw.svg import Markup
from wholeservice.units import Unit, write

QUESTION, PLOT, FOOT = 36.0, 190.0, 44.0
LEGEND = (("line curve", "delivered"), ("band", "likely range"), ("line expected", "expected"), ("area-lost", "lost"))
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class EmotionStep:
    """One step: what was `expected` and `delivered`; None is not measured. `question` is what a person asks there."""

    title: str
    expected: float | None
    delivered: float | None
    low: float | None = None
    high: float | None = None
    question: str = ""
    is_few: bool = False

    @property
    def difference(self) -> float | None:
        """Delivered less expected, where both are known."""
        return None if self.delivered is None or self.expected is None else self.delivered - self.expected


@dataclass(frozen=True, slots=True)
class Emotion:
    """Steps in their order, all in one unit. `direction` is +1 when more is better, -1 when less is."""

    id: str
    title: str
    unit: Unit
    steps: tuple[EmotionStep, ...]
    phases: tuple[Phase, ...] = ()
    direction: int = 1


@dataclass(frozen=True, slots=True)
class _Frame:
    across: Columns
    y: Scale
    marks: list[float]
    top: float  # of the heads
    below: float  # them

    def at(self, index: int, number: float) -> Point:
        return self.across.middle(index), self.y(number)


def draw(emotion: Emotion, *, width: float = 1240, across: Columns | None = None) -> Markup:
    """Return the curve as an SVG, a column a step; many steps make it wider than *width*.

    *across* are the columns of a journey whose heads are drawn already, above it.
    """
    frame = _frame(emotion, width, across)
    sheet = svg.Drawing(emotion.id, emotion.title, says(emotion), frame.across.width, frame.y.from_px + FOOT)
    titles = () if across else [step.title for step in emotion.steps]
    return svg.figure(
        sheet, *phases(emotion.phases, frame.across),
        *heads(titles, frame.across, y=frame.top, marked=low_point(emotion)), *_questions(emotion, frame),
        *aside("How it feels", emotion.unit.name, frame.y.to_px + 4, room=LEFT - 84),
        *legend(LEGEND, frame.y.to_px + 50, room=LEFT - 72), *_axis(emotion, frame), *_areas(emotion, frame),
        *_bands(emotion, frame), *_lines(emotion, frame), *_steps(emotion, frame),
    )  # fmt: skip


def says(emotion: Emotion) -> str:
    """Return the curve in words, and where it is lowest against what was expected."""
    parts = [f"{step.title}: {_words(step, emotion)}" for step in emotion.steps]
    lowest = low_point(emotion)
    tail = "" if lowest is None else f" Lowest against what was expected: {emotion.steps[lowest].title}."
    return "; ".join(parts) + "." + tail


def table(emotion: Emotion) -> svg.Table:
    """Return every step with what was expected, delivered, its likely range and the difference."""
    unit = emotion.unit
    rows = tuple(
        (step.title, "–" if step.expected is None else write(step.expected, unit), write(step.delivered, unit),
         likely(step.low, step.high, unit).removeprefix("likely ") or "–",
         "–" if step.difference is None else signed(step.difference, unit))
        for step in emotion.steps
    )  # fmt: skip
    return svg.Table(emotion.title, ("Step", "Expected", "Delivered", "Likely range", "Difference"), rows)


def _words(step: EmotionStep, emotion: Emotion) -> str:
    expected = "" if step.expected is None else f"expected {write(step.expected, emotion.unit)}"
    delivered = NOT_MEASURED if step.delivered is None else f"delivered {write(step.delivered, emotion.unit)}"
    difference = "" if step.difference is None else signed(step.difference, emotion.unit)
    few = "few counted" if step.is_few else ""
    return ", ".join(filter(None, (expected, delivered, likely(step.low, step.high, emotion.unit), difference, few)))


def low_point(emotion: Emotion) -> int | None:
    """Return the step that falls shortest of what was expected, if any does."""
    gaps = [(emotion.direction * step.difference, at) for at, step in enumerate(emotion.steps) if step.difference is not None]
    worst = min(gaps, default=(0.0, 0))
    return worst[1] if worst[0] < 0 else None


def _frame(emotion: Emotion, width: float, across: Columns | None) -> _Frame:
    numbers = [
        number
        for step in emotion.steps
        for number in (step.expected, step.delivered, step.low, step.high)
        if number is not None
    ]
    marks = domain(numbers, emotion.unit) if numbers else []
    top = PHASE_HEIGHT if emotion.phases else 0.0
    asked = QUESTION if any(step.question for step in emotion.steps) else 0.0
    below = top + (0.0 if across else HEAD_HEIGHT)
    head = below + asked + 24
    low, high = (marks[0], marks[-1]) if marks else (0.0, 1.0)
    return _Frame(across or columns(len(emotion.steps), width), Scale(low, high, head + PLOT, head), marks, top, below)


def _questions(emotion: Emotion, frame: _Frame) -> Iterator[Markup]:
    for index, step in enumerate(emotion.steps):
        for at, words in enumerate(svg.wrap(step.question, svg.TINY, frame.across.size - 8, 2)):
            y = frame.below + 18 + 15 * at
            yield svg.text(frame.across.middle(index), y, words, svg.TINY, anchor="middle", tone="soft")


def _axis(emotion: Emotion, frame: _Frame) -> Iterator[Markup]:
    left, right = frame.across.left, frame.across.width
    for mark in frame.marks:
        yield svg.line(left, frame.y(mark), right, frame.y(mark), "gridline")
        words = svg.first_that_fits((short(mark, emotion.unit),), svg.SMALL, 58)
        yield svg.text(left - 8, frame.y(mark) + 4, words, svg.SMALL, anchor="end", tone="soft")


def _areas(emotion: Emotion, frame: _Frame) -> Iterator[Markup]:
    """Fill between expected and delivered: orange where it falls short, blue where it goes beyond, cut where they cross."""
    steps = emotion.steps
    for index in range(len(steps) - 1):
        one, other = steps[index], steps[index + 1]
        if one.difference is None or other.difference is None:
            continue
        (x1, e1), (x2, e2) = frame.at(index, one.expected or 0), frame.at(index + 1, other.expected or 0)
        d1, d2 = frame.y(one.delivered or 0), frame.y(other.delivered or 0)
        gap1, gap2 = one.difference * emotion.direction, other.difference * emotion.direction
        if gap1 * gap2 < 0:
            share = gap1 / (gap1 - gap2)
            crossing = x1 + share * (x2 - x1), e1 + share * (e2 - e1)
            yield _area([(x1, e1), crossing, (x1, d1)], gap1)
            yield _area([crossing, (x2, e2), (x2, d2)], gap2)
        elif gap1 or gap2:
            yield _area([(x1, e1), (x2, e2), (x2, d2), (x1, d1)], gap1 + gap2)


def _area(points: list[Point], gap: float) -> Markup:
    return svg.path(svg.polygon(points), "area-lost" if gap < 0 else "area-won")


def _runs(known: list[bool]) -> Iterator[list[int]]:
    """Yield the indices of each unbroken stretch of at least two steps."""
    run: list[int] = []
    for index, is_known in enumerate([*known, False]):
        if is_known:
            run.append(index)
            continue
        if len(run) > 1:
            yield run
        run = []


def _bands(emotion: Emotion, frame: _Frame) -> Iterator[Markup]:
    steps = emotion.steps
    for run in _runs([step.delivered is not None and step.low is not None and step.high is not None for step in steps]):
        above = [frame.at(index, steps[index].high or 0) for index in run]
        below = [frame.at(index, steps[index].low or 0) for index in run]
        yield svg.path(svg.polygon(above + below[::-1]), "band")


def _lines(emotion: Emotion, frame: _Frame) -> Iterator[Markup]:
    steps = emotion.steps
    for run in _runs([step.expected is not None for step in steps]):
        yield svg.path(svg.polyline([frame.at(index, steps[index].expected or 0) for index in run]), "expected along")
    for run in _runs([step.delivered is not None for step in steps]):
        yield svg.path(svg.polyline([frame.at(index, steps[index].delivered or 0) for index in run]), "curve")


def _steps(emotion: Emotion, frame: _Frame) -> Iterator[Markup]:
    lowest = low_point(emotion)
    for index, step in enumerate(emotion.steps):
        parts = [*_delivered(step, frame, index), *_expected(step, frame, index), *_labels(emotion, frame, index)]
        if index == lowest:
            parts += _lowest(step, frame, index)
        yield svg.titled(f"{step.title}: {_words(step, emotion)}", *parts)


def _expected(step: EmotionStep, frame: _Frame, index: int) -> Iterator[Markup]:
    if step.expected is not None:
        x, y = frame.at(index, step.expected)
        yield svg.line(x - 9, y, x + 9, y, "tick")


def _delivered(step: EmotionStep, frame: _Frame, index: int) -> Iterator[Markup]:
    if step.delivered is None:
        x, top = frame.across.x(index) + 6, frame.y.to_px
        yield svg.rect(x, top, frame.across.size - 12, frame.y.from_px - top, "hatched", rx=4)
        words = svg.wrap(NOT_MEASURED, svg.SMALL, frame.across.size - 20, 2)
        for at, part in enumerate(words):
            y = frame.y.from_px + 18 + 15 * at
            yield svg.text(frame.across.middle(index), y, part, svg.SMALL, anchor="middle", tone="soft")
        return
    x, y = frame.at(index, step.delivered)
    if step.low is not None and step.high is not None:
        yield svg.line(x, frame.y(step.low), x, frame.y(step.high), "whisker")
    yield svg.circle(x, y, 5.5, "dot hollow" if step.is_few else "dot")


def _labels(emotion: Emotion, frame: _Frame, index: int) -> Iterator[Markup]:
    """The number on the far side of what was expected, the difference between the two where there is room for it."""
    step, room = emotion.steps[index], frame.across.size - 8
    if step.delivered is None:
        return
    x, y = frame.at(index, step.delivered)
    is_under = step.expected is None or y >= frame.y(step.expected)
    few, unit = "~" if step.is_few else "", emotion.unit
    words = svg.first_that_fits([few + each for each in in_place(step.delivered, unit)], svg.STRONG, room)
    yield svg.text(x, y + 21 if is_under else y - 11, words, svg.STRONG, anchor="middle", tone="halo")
    if step.difference is None or abs(y - frame.y(step.expected or 0)) < 34:
        return
    tone = "loss" if step.difference * emotion.direction < 0 else "gain"
    words = svg.first_that_fits(signed_in_place(step.difference, unit), svg.STRONG, room)
    middle = (y + frame.y(step.expected or 0)) / 2
    ground = "halo-lost" if tone == "loss" else "halo-won"
    yield svg.text(x, middle + 5, words, svg.STRONG, anchor="middle", tone=f"{tone} {ground}")


def _lowest(step: EmotionStep, frame: _Frame, index: int) -> Iterator[Markup]:
    x, y = frame.at(index, step.delivered or 0)
    is_under = y >= frame.y(step.expected or 0)
    words = svg.first_that_fits(("furthest from expected", "largest shortfall", "largest gap"), svg.TINY, frame.across.size - 6)
    yield svg.text(x, y + 36 if is_under else y - 28, words, svg.TINY, anchor="middle", tone="loss halo")
