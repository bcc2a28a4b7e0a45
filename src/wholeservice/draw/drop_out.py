"""Drop-out: the river of those who go on; its height is people left; what leaves it was avoidable, was not, or nobody knows.

A detour is optional, or one way of several: those who go past it are drawn behind it, and skipping it is no loss. Who leaves is
known only between two steps that are measured and whose numbers can be true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, fitting, likely
from wholeservice.draw.columns import HEAD_HEIGHT, Columns, aside, columns, heads, legend, not_measured
from wholeservice.draw.svg import Markup
from wholeservice.units import COUNT, SHARE, write

WORDS, BAND_HEIGHT, FALL, FOOT = 52.0, 104.0, 48.0, 42.0
LEGEND = (("people", "go on"), ("people passing", "go past"), ("drop-out avoidable", "left, avoidable"),
          ("left-anyway", "left anyway"), ("drop-out unknown", "left, not known why"), ("hatched", NOT_MEASURED))  # fmt: skip
IMPOSSIBLE = "cannot be true"
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class RiverStep:
    """One step; `people` None is not measured. `avoidable` and `anyway` split those who left before it; None is not known.

    `base` is the last step before it that everybody had to pass; without one it is the last that is no detour. `kept`, `low`
    and `high` are the share of its people who reached this one. `why_impossible` says why the number cannot be true.
    """

    id: str
    title: str
    people: float | None
    avoidable: float | None = None
    anyway: float | None = None
    kept: float | None = None
    low: float | None = None
    high: float | None = None
    base: str | None = None
    is_detour: bool = False
    why_impossible: str | None = None
    remark: str | None = None  # what else must be known of its number

    @property
    def is_sound(self) -> bool:
        """Measured, and the number can be true."""
        return self.people is not None and self.why_impossible is None


@dataclass(frozen=True, slots=True)
class River:
    """Steps in their order; `who` is what is counted: people, visits."""

    id: str
    title: str
    who: str
    steps: tuple[RiverStep, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """Those who left between a step and the next: all, and the parts of it that are known; None where it is not measured."""

    all: float | None
    avoidable: float = 0.0
    anyway: float = 0.0

    @property
    def unknown(self) -> float:
        """Who left without anyone knowing whether that was avoidable."""
        return max(0.0, (self.all or 0.0) - self.avoidable - self.anyway)


@dataclass(frozen=True, slots=True)
class _Frame:
    across: Columns
    heights: list[float]  # of the band, a step each
    top: float

    @property
    def floor(self) -> float:
        return self.top + BAND_HEIGHT + FALL


def draw(river: River, *, width: float = 1240, across: Columns | None = None) -> Markup:
    """Return the river as an SVG, a column a step; many steps make it wider than *width*.

    *across* are the columns of a journey whose heads are drawn already, above it.
    """
    own = columns(len(river.steps), width)
    frame = _Frame(across or own, _heights(river), WORDS + (0.0 if across else HEAD_HEIGHT))
    falls = [part for index in range(1, len(river.steps)) for part in _fall(river, frame, index)]
    bands = [part for index in range(len(river.steps)) for part in _band(river, frame, index)]
    sheet = svg.Drawing(river.id, river.title, says(river), frame.across.width, frame.floor + FOOT)
    first = next((step.people for step in river.steps if step.is_sound), None)
    start = fitting(first, COUNT, svg.TINY, 70)
    counted = f"of {start} {river.who} who start" if first is not None and start else river.who
    above = () if across else heads([step.title for step in river.steps], own)
    return svg.figure(
        sheet, *above, *aside("Who goes on", counted, frame.top - 40), *legend(_legend(river), frame.top + 14),
        *_passing(river, frame), *falls, *bands,
    )  # fmt: skip


def _legend(river: River) -> list[tuple[str, str]]:
    """Explain only the marks that are drawn."""
    left = [leaving(river, index) for index in range(1, len(river.steps))]
    is_drawn = (
        True, any(step.is_detour and step.is_sound for step in river.steps), any(each.avoidable for each in left),
        any(each.anyway for each in left), any(each.unknown for each in left), not all(step.is_sound for step in river.steps),
    )  # fmt: skip
    return [each for each, is_there in zip(LEGEND, is_drawn, strict=True) if is_there]


def says(river: River) -> str:
    """Return the river in words."""
    parts = []
    for index, step in enumerate(river.steps):
        parts.append(f"{_tip(river, step)}{_left_words(leaving(river, index))}")
    return "; ".join(parts) + "."


def table(river: River) -> svg.Table:
    """Return every step with those who go on and those who left before it."""
    rows = []
    for index, step in enumerate(river.steps):
        left = leaving(river, index)
        gone = "–" if left.all is None else write(left.all, COUNT)
        known = [write(each, COUNT) if left.all and each is not None else "–" if not left.all else NOT_MEASURED
                 for each in (step.avoidable, step.anyway)]  # fmt: skip
        spread = likely(step.low, step.high, SHARE).removeprefix("likely ") or "–"
        remark = step.why_impossible or step.remark or ""
        rows.append((step.title, write(step.people, COUNT), _kept(river, index) or "–", spread, gone, *known, remark))
    header = ("Step", river.who.capitalize(), "Of the step before", "Likely range", "Left before it", "Avoidable",
              "Left anyway", "Remark")  # fmt: skip
    return svg.Table(river.title, header, tuple(rows))


def leaving(river: River, index: int) -> Leaving:
    """Return who left before step *index*: known only where it and its base are measured and can be true."""
    step, base = river.steps[index], _base(river, index)
    before = river.steps[base] if base is not None else None
    if step.is_detour or before is None or not before.is_sound or not step.is_sound:
        return Leaving(None)
    gone = max(0.0, (before.people or 0.0) - (step.people or 0.0))
    avoidable = min(gone, step.avoidable or 0.0)
    return Leaving(gone, avoidable, min(gone - avoidable, step.anyway or 0.0))


def _base(river: River, index: int) -> int | None:
    named = river.steps[index].base
    before = [at for at in range(index) if (river.steps[at].id == named if named else not river.steps[at].is_detour)]
    return before[-1] if before else None


def _kept(river: River, index: int) -> str:
    """The share of the base who reached a step; empty where it is not known."""
    step, base = river.steps[index], _base(river, index)
    if step.kept is not None and step.is_sound:
        return write(step.kept, SHARE)
    before = river.steps[base].people if base is not None and river.steps[base].is_sound else None
    return write((step.people or 0.0) / before, SHARE) if before and step.is_sound else ""


def _tip(river: River, step: RiverStep) -> str:
    count = NOT_MEASURED if step.people is None else f"{write(step.people, COUNT)} {river.who}"
    wrong = f"{IMPOSSIBLE}: {step.why_impossible}" if step.why_impossible else None
    kept = f"{write(step.kept, SHARE)} of the step before" if step.kept is not None and step.is_sound else None
    spread = likely(step.low, step.high, SHARE) if kept else None
    return f"{step.title}: " + ", ".join(filter(None, (count, kept, spread, wrong, step.remark)))


def _left_words(left: Leaving) -> str:
    if not left.all:
        return ""
    parts = ((left.avoidable, "avoidable"), (left.anyway, "anyway"), (left.unknown, "for reasons not measured"))
    named = ", ".join(f"{write(number, COUNT)} {words}" for number, words in parts if number > 0)
    return f", {write(left.all, COUNT)} left before it ({named})"


def _heights(river: River) -> list[float]:
    most = max((step.people or 0.0 for step in river.steps if step.is_sound), default=0.0) or 1.0
    return [min(1.0, (step.people or 0.0) / most) * BAND_HEIGHT for step in river.steps]


def _passing(river: River, frame: _Frame) -> Iterator[Markup]:
    """Behind a detour, those who go past it: as many as its base had."""
    for index, step in enumerate(river.steps):
        base = _base(river, index)
        if step.is_detour and base is not None and river.steps[base].is_sound:
            yield svg.rect(frame.across.x(index), frame.top, frame.across.size, frame.heights[base], "people passing")


def _band(river: River, frame: _Frame, index: int) -> Iterator[Markup]:
    step, across = river.steps[index], frame.across
    x, room = across.x(index), across.size - 6
    if step.people is None:
        yield from not_measured(x + 3, frame.top, room, BAND_HEIGHT)
        return
    cls = "people" if step.is_sound else "hatched warm"
    band = svg.rect(x, frame.top, across.size, max(1.5, frame.heights[index]), cls)
    yield svg.titled(_tip(river, step), band)
    count = fitting(step.people, COUNT, svg.STRONG, room)
    yield svg.text(across.middle(index), frame.top - 24, count, svg.STRONG, anchor="middle")
    kept = _kept(river, index)
    choices = (IMPOSSIBLE, "cannot be") if step.why_impossible else (f"{kept} come here", kept) if kept else ()
    if choices:
        tone = "loss" if step.why_impossible else "soft"
        label = svg.first_that_fits(choices, svg.TINY, room)
        yield svg.text(across.middle(index), frame.top - 9, label, svg.TINY, anchor="middle", tone=tone)


def _fall(river: River, frame: _Frame, index: int) -> Iterator[Markup]:
    """What leaves before a step curls down into its column: avoidable outermost, then anyway, then what nobody knows."""
    left, base = leaving(river, index), _base(river, index)
    if not left.all or base is None:
        return
    across, high = frame.across, frame.heights[base]
    x, foot, thick = across.x(index), frame.top + high, high - frame.heights[index]
    at, parts = 0.0, ((left.unknown, "drop-out unknown"), (left.anyway, "left-anyway"), (left.avoidable, "drop-out avoidable"))
    squeeze = min(1.0, across.size * 0.62 / max(thick, 1e-9))
    ribbons = []
    for number, cls in parts:
        wide = max(1.2, number / left.all * thick)
        if number > 0:
            ribbons.append(svg.path(_curl((x, foot), (at, at + wide), squeeze, (across.size * 0.1, frame.floor)), cls))
            at += wide
    yield svg.titled(_left_words(left).removeprefix(", "), *ribbons)
    yield from _label(left, frame, index, x + across.size * 0.1 + at * squeeze / 2)


def _curl(corner: Point, depth: Point, squeeze: float, down: Point) -> str:
    """A ribbon from the side of the band, between two depths from its foot, round by a bend and down to the floor."""
    (x, foot), (bend, floor) = corner, down
    inner, outer = (x + bend + each * squeeze for each in depth)
    low, high = foot - depth[0], foot - depth[1]
    return (
        f"M{x:.1f} {high:.1f}C{outer:.1f} {high:.1f} {outer:.1f} {high + bend:.1f} {outer:.1f} {floor:.1f}"
        f"H{inner:.1f}C{inner:.1f} {low + bend:.1f} {inner:.1f} {low:.1f} {x:.1f} {low:.1f}Z"
    )


def _label(left: Leaving, frame: _Frame, index: int, x: float) -> Iterator[Markup]:
    across, room = frame.across, frame.across.size - 6
    gone = svg.first_that_fits((f"−{fitting(left.all, COUNT, svg.STRONG, room - 10)}", "−"), svg.STRONG, room)
    parts = ((left.avoidable, "avoidable"), (left.anyway, "anyway"), (left.unknown, "not known why"))
    choices = [f"{fitting(number, COUNT, svg.TINY, room)} {words}" for number, words in parts[:1] if number > 0]
    choices += [words for number, words in parts if number > 0]
    why = svg.first_that_fits(choices, svg.TINY, room)
    lines = ((gone, svg.STRONG, 18, "loss" if left.avoidable else "soft"), (why, svg.TINY, 34, "soft"))
    for words, kind, below, tone in lines:
        half = svg.width(words, kind) / 2
        middle = min(max(across.x(index) + half + 3, x), across.x(index) + across.size - half - 3)
        yield svg.text(middle, frame.floor + below, words, kind, anchor="middle", tone=tone)
