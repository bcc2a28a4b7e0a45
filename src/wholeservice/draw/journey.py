"""Journey: the steps in order, how many people are left at each, where they leave, and what nobody measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, likely
from wholeservice.draw.svg import Markup
from wholeservice.units import SHARE, write

HEAD_HEIGHT, BAND_TOP, BAND_HEIGHT, DROP = 58.0, 104.0, 96.0, 44.0
HEIGHT = BAND_TOP + BAND_HEIGHT + DROP + 40
NARROWEST, WIDEST = 92.0, 168.0


@dataclass(frozen=True, slots=True)
class JourneyStep:
    """One step. `people` None is not measured; `why_impossible` says why its number cannot be true.

    `kept`, `low`, `high`: the share of the people of `base` who reached this one; `base` is the last step before it that
    everybody had to pass. A detour is optional or one way of several: skipping it is no loss.
    """

    id: str
    title: str
    people: float | None
    kept: float | None = None
    low: float | None = None
    high: float | None = None
    why_impossible: str | None = None
    remark: str | None = None  # what else must be known of its number
    base: str | None = None
    is_detour: bool = False

    @property
    def is_sound(self) -> bool:
        """Measured, and the number can be true."""
        return self.people is not None and self.why_impossible is None


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey in its declared order."""

    id: str
    title: str
    who: str  # what is counted: "people", "visits"
    steps: tuple[JourneyStep, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    step: JourneyStep
    x: float
    width: float
    height: float  # of the band of people

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def draw(journey: Journey, *, width: float = 1240) -> Markup:
    """Return the journey as an SVG, a column a step; it grows wider than *width* when there are many steps."""
    columns = _columns(journey, width)
    total = columns[-1].x + columns[-1].width
    drops = [drop for loss in _losses(columns) for drop in _drop(*loss)]
    passing = list(_passing(columns))
    parts = [part for column in columns for part in (*_head(column), *_band(column, journey))]
    drawing = svg.Drawing(journey.id, journey.title, _says(journey), total, HEIGHT)
    return svg.figure(drawing, *passing, *drops, *parts)


def table(journey: Journey) -> svg.Table:
    """Return every step with the people left, the share kept and its likely range."""
    rows = tuple(
        (step.title, NOT_MEASURED if step.people is None else f"{step.people:,.0f}",
         "–" if step.kept is None else write(step.kept, SHARE),
         likely(step.low, step.high, SHARE).removeprefix("likely ") or "–", step.why_impossible or step.remark or "")
        for step in journey.steps
    )  # fmt: skip
    header = ("Step", journey.who.capitalize(), "Kept from the step before", "Likely range", "Remark")
    return svg.Table(journey.title, header, rows)


def _columns(journey: Journey, width: float) -> list[_Column]:
    size = max(NARROWEST, min(WIDEST, width / len(journey.steps)))
    most = max((step.people or 0 for step in journey.steps if step.is_sound), default=0) or 1
    heights = [min(1.0, (step.people or 0) / most) * BAND_HEIGHT for step in journey.steps]
    return [_Column(step, index * size, size, heights[index]) for index, step in enumerate(journey.steps)]


def _says(journey: Journey) -> str:
    return "; ".join(f"{step.title}: {_count(step, journey)}" for step in journey.steps) + "."


def _count(step: JourneyStep, journey: Journey) -> str:
    return NOT_MEASURED if step.people is None else f"{step.people:,.0f} {journey.who}"


def _head(column: _Column) -> Iterator[Markup]:
    x, flat, half, nose = column.x, column.width - 13.0, HEAD_HEIGHT / 2, 9.0
    notch = f"l{nose} {-half}" if x else f"v{-HEAD_HEIGHT}"
    outline = f"M{x + 2:.1f} 2h{flat:.1f}l{nose} {half}l{-nose} {half}h{-flat:.1f}{notch}z"
    yield svg.path(outline, "step-head noted" if column.step.why_impossible or column.step.remark else "step-head")
    lines = svg.wrap(column.step.title, svg.NODE, column.width - 28, 3)
    for index, words in enumerate(lines):
        y = 2 + half + 5 + 16 * (index - (len(lines) - 1) / 2)
        yield svg.text(column.middle + (2 if x else -2), y, words, svg.NODE, anchor="middle")


def _band(column: _Column, journey: Journey) -> Iterator[Markup]:
    step, room = column.step, column.width - 6
    if step.people is None:
        yield svg.titled(_tip(step, journey), svg.rect(column.x + 3, BAND_TOP, room, BAND_HEIGHT, "hatched", rx=4))
        words = svg.wrap(NOT_MEASURED, svg.SMALL, room - 8, 2)
        for index, part in enumerate(words):
            yield svg.text(column.middle, BAND_TOP - 10 - 15 * (len(words) - 1 - index), part, svg.SMALL, anchor="middle")
        return
    cls = "people" if step.is_sound else "hatched warm"
    yield svg.titled(_tip(step, journey), svg.rect(column.x, BAND_TOP, column.width, max(1.5, column.height), cls))
    yield svg.text(column.middle, BAND_TOP - 26, f"{step.people:,.0f}", svg.STRONG, anchor="middle")
    tone = "soft" if step.is_sound else "loss"
    yield svg.text(column.middle, BAND_TOP - 10, _note(step, room), svg.TINY, anchor="middle", tone=tone)


def _passing(columns: list[_Column]) -> Iterator[Markup]:
    """Behind a detour, those who go past it: as many as its base had."""
    by_id = {column.step.id: column for column in columns}
    for column in columns:
        base = by_id.get(column.step.base or "")
        if base and column.step.is_detour and base.step.is_sound:
            yield svg.rect(column.x, BAND_TOP, column.width, base.height, "people passing")


def _note(step: JourneyStep, room: float) -> str:
    if step.why_impossible:
        return svg.first_that_fits(("cannot be true", "cannot be"), svg.TINY, room)
    if step.kept is None:
        return ""
    kept = write(step.kept, SHARE)
    return svg.first_that_fits((f"{kept} come here", kept), svg.TINY, room)


def _tip(step: JourneyStep, journey: Journey) -> str:
    kept = "" if step.kept is None else f"{write(step.kept, SHARE)} of the step before"
    head = f"{step.title}: {_count(step, journey)}"
    parts = (head, kept, likely(step.low, step.high, SHARE), step.why_impossible, step.remark)
    return ", ".join(filter(None, parts))


def _losses(columns: list[_Column]) -> Iterator[tuple[_Column, _Column, _Column]]:
    """Yield (base, step, column to write under) where both are measured and can be true: only there is leaving known."""
    by_id = {column.step.id: index for index, column in enumerate(columns)}
    for column in columns:
        base = by_id.get(column.step.base or "")
        if base is not None and not column.step.is_detour and column.step.is_sound and columns[base].step.is_sound:
            yield columns[base], column, columns[base + 1]


def _drop(before: _Column, after: _Column, under: _Column) -> Iterator[Markup]:
    """A ribbon that leaves the band of people, as wide as the people who left, and how many they are."""
    left = (before.step.people or 0) - (after.step.people or 0)
    if left <= 0:
        return
    wide, bend = max(1.5, before.height - after.height), before.width * 0.12
    x, foot = before.x + before.width, BAND_TOP + before.height
    near, far = x + bend, x + bend + min(wide, before.width * 0.7)
    floor, head = BAND_TOP + BAND_HEIGHT + DROP, foot - wide
    outline = (
        f"M{x:.1f} {head:.1f}C{far:.1f} {head:.1f} {far:.1f} {head + bend:.1f} {far:.1f} {floor:.1f}"
        f"H{near:.1f}C{near:.1f} {foot + bend:.1f} {near:.1f} {foot:.1f} {x:.1f} {foot:.1f}Z"
    )
    yield svg.titled(_drop_says(before.step, after.step, left), svg.path(outline, "drop-out"))
    room = under.width - 6
    gone = svg.first_that_fits((f"−{left:,.0f}", "−"), svg.STRONG, room)
    yield _under(under, (near + far) / 2, floor + 18, (gone, svg.STRONG))
    if after.step.kept is not None:
        lost = write(1 - after.step.kept, SHARE)
        lost = svg.first_that_fits((f"{lost} leave", lost), svg.TINY, room)
        yield _under(under, (near + far) / 2, floor + 34, (lost, svg.TINY))


def _drop_says(before: JourneyStep, after: JourneyStep, left: float) -> str:
    words = f"−{left:,.0f} leave before {after.title}"
    if after.kept is None:
        return words
    words += f", {write(1 - after.kept, SHARE)} of those at {before.title}"
    return words if after.low is None or after.high is None else f"{words}, {likely(1 - after.high, 1 - after.low, SHARE)}"


def _under(column: _Column, x: float, y: float, label: tuple[str, svg.Type]) -> Markup:
    """Centre a label under its ribbon, inside its own column, so that neighbours never meet."""
    words, kind = label
    half = svg.width(words, kind) / 2
    middle = min(max(column.x + half + 3, x), column.x + column.width - half - 3)
    return svg.text(middle, y, words, kind, anchor="middle", tone="loss" if kind is svg.STRONG else "soft")
