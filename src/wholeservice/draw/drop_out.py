"""Drop-out: the river of those who go on; its height is people left; what leaves it was avoidable, was not, or nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, fitting
from wholeservice.draw.columns import HEAD_HEIGHT, Columns, aside, columns, heads, legend, not_measured
from wholeservice.draw.svg import Markup
from wholeservice.units import COUNT, SHARE, write

BAND_TOP, BAND_HEIGHT, FALL = HEAD_HEIGHT + 52, 104.0, 48.0
FLOOR = BAND_TOP + BAND_HEIGHT + FALL
HEIGHT = FLOOR + 42
LEGEND = (("people", "go on"), ("drop-out avoidable", "left, avoidable"), ("left-anyway", "left anyway"),
          ("hatched", "not measured"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class RiverStep:
    """One step; `people` None is not measured. `avoidable` and `anyway` split those who left before it; None is not known."""

    title: str
    people: float | None
    avoidable: float | None = None
    anyway: float | None = None


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


def draw(river: River, *, width: float = 1240) -> Markup:
    """Return the river as an SVG, a column a step; many steps make it wider than *width*."""
    across = columns(len(river.steps), width)
    heights = _heights(river)
    falls = [part for index in range(1, len(river.steps)) for part in _fall(river, across, heights, index)]
    bands = [part for index in range(len(river.steps)) for part in _band(river, across, heights, index)]
    sheet = svg.Drawing(river.id, river.title, says(river), across.width, HEIGHT)
    first = next((step.people for step in river.steps if step.people is not None), None)
    start = fitting(first, COUNT, svg.TINY, 70)
    counted = f"of {start} {river.who} who start" if first is not None and start else river.who
    return svg.figure(
        sheet, *heads([step.title for step in river.steps], across), *aside("Who goes on", counted, BAND_TOP + 4),
        *legend(LEGEND, BAND_TOP + 48), *falls, *bands,
    )  # fmt: skip


def says(river: River) -> str:
    """Return the river in words."""
    parts = []
    for index, step in enumerate(river.steps):
        count = NOT_MEASURED if step.people is None else f"{write(step.people, COUNT)} {river.who}"
        parts.append(f"{step.title}: {count}{_left_words(leaving(river, index))}")
    return "; ".join(parts) + "."


def table(river: River) -> svg.Table:
    """Return every step with those who go on and those who left before it."""
    rows = []
    for index, step in enumerate(river.steps):
        left = leaving(river, index)
        gone = "–" if left.all is None else write(left.all, COUNT)
        known = [write(each, COUNT) if left.all and each is not None else "–" if not left.all else NOT_MEASURED
                 for each in (step.avoidable, step.anyway)]  # fmt: skip
        rows.append((step.title, write(step.people, COUNT), _kept(river, index), gone, *known))
    header = ("Step", river.who.capitalize(), "Of the step before", "Left before it", "Avoidable", "Left anyway")
    return svg.Table(river.title, header, tuple(rows))


def leaving(river: River, index: int) -> Leaving:
    """Return who left before step *index*: known only where that step and the one before it are measured."""
    step, before = river.steps[index], river.steps[index - 1].people if index else None
    if before is None or step.people is None:
        return Leaving(None)
    gone = max(0.0, before - step.people)
    avoidable = min(gone, step.avoidable or 0.0)
    return Leaving(gone, avoidable, min(gone - avoidable, step.anyway or 0.0))


def _kept(river: River, index: int) -> str:
    step, before = river.steps[index], river.steps[index - 1].people if index else None
    return "–" if not before or step.people is None else write(step.people / before, SHARE)


def _left_words(left: Leaving) -> str:
    if not left.all:
        return ""
    parts = ((left.avoidable, "avoidable"), (left.anyway, "anyway"), (left.unknown, "for reasons not measured"))
    named = ", ".join(f"{write(number, COUNT)} {words}" for number, words in parts if number > 0)
    return f", {write(left.all, COUNT)} left before it ({named})"


def _heights(river: River) -> list[float]:
    most = max((step.people or 0.0 for step in river.steps), default=0.0) or 1.0
    return [(step.people or 0.0) / most * BAND_HEIGHT for step in river.steps]


def _band(river: River, across: Columns, heights: list[float], index: int) -> Iterator[Markup]:
    step, x = river.steps[index], across.x(index)
    if step.people is None:
        yield from not_measured(x + 3, BAND_TOP, across.size - 6, BAND_HEIGHT)
        return
    words = f"{step.title}: {write(step.people, COUNT)} {river.who}"
    yield svg.titled(words, svg.rect(x, BAND_TOP, across.size, max(1.5, heights[index]), "people"))
    room, kept = across.size - 6, _kept(river, index)
    count = fitting(step.people, COUNT, svg.STRONG, room)
    yield svg.text(across.middle(index), BAND_TOP - 24, count, svg.STRONG, anchor="middle")
    if kept != "–":
        label = svg.first_that_fits((f"{kept} come here", kept), svg.TINY, room)
        yield svg.text(across.middle(index), BAND_TOP - 9, label, svg.TINY, anchor="middle", tone="soft")


def _fall(river: River, across: Columns, heights: list[float], index: int) -> Iterator[Markup]:
    """What leaves before a step curls down into its column: avoidable outermost, then anyway, then what nobody knows."""
    left = leaving(river, index)
    if not left.all:
        return
    x, foot, thick = across.x(index), BAND_TOP + heights[index - 1], heights[index - 1] - heights[index]
    at, parts = 0.0, ((left.unknown, "hatched"), (left.anyway, "left-anyway"), (left.avoidable, "drop-out avoidable"))
    squeeze = min(1.0, across.size * 0.62 / max(thick, 1e-9))
    ribbons = []
    for number, cls in parts:
        wide = max(1.2, number / left.all * thick)
        if number > 0:
            ribbons.append(svg.path(_curl((x, foot), (at, at + wide), squeeze, across.size * 0.1), cls))
            at += wide
    yield svg.titled(_left_words(left).removeprefix(", "), *ribbons)
    yield from _label(left, across, index, x + across.size * 0.1 + at * squeeze / 2)


def _curl(corner: tuple[float, float], depth: tuple[float, float], squeeze: float, bend: float) -> str:
    """A ribbon from the side of the band, between two depths from its foot, round and down to the floor."""
    x, foot = corner
    inner, outer = (x + bend + each * squeeze for each in depth)
    low, high = foot - depth[0], foot - depth[1]
    return (
        f"M{x:.1f} {high:.1f}C{outer:.1f} {high:.1f} {outer:.1f} {high + bend:.1f} {outer:.1f} {FLOOR:.1f}"
        f"H{inner:.1f}C{inner:.1f} {low + bend:.1f} {inner:.1f} {low:.1f} {x:.1f} {low:.1f}Z"
    )


def _label(left: Leaving, across: Columns, index: int, x: float) -> Iterator[Markup]:
    room = across.size - 6
    gone = svg.first_that_fits((f"−{fitting(left.all, COUNT, svg.STRONG, room - 10)}", "−"), svg.STRONG, room)
    parts = ((left.avoidable, "avoidable"), (left.anyway, "anyway"), (left.unknown, "not known why"))
    choices = [f"{fitting(number, COUNT, svg.TINY, room)} {words}" for number, words in parts[:1] if number > 0]
    choices += [words for number, words in parts if number > 0]
    why = svg.first_that_fits(choices, svg.TINY, room)
    lines = ((gone, svg.STRONG, FLOOR + 18, "loss" if left.avoidable else "soft"), (why, svg.TINY, FLOOR + 34, "soft"))
    for words, kind, y, tone in lines:
        half = svg.width(words, kind) / 2
        middle = min(max(across.x(index) + half + 3, x), across.x(index) + across.size - half - 3)
        yield svg.text(middle, y, words, kind, anchor="middle", tone=tone)
