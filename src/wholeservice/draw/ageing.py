"""Ageing work in progress: how old each item is that is not done, in the stage where it is, before what past items took so far.

The bands of a stage are the ages at which 50, 70, 85 and 95 of 100 past items had left it. Items older than what people may
expect wear their name where it fits; the others are dots.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, Scale, domain, short
from wholeservice.draw.columns import NARROWEST, Columns
from wholeservice.draw.svg import Markup
from wholeservice.units import SECONDS, write

SHARES = (0.5, 0.7, 0.85, 0.95)
TOP, HEADS, LEGEND = 46.0, 52.0, 46.0
RADIUS, APART, LEFTMOST, WIDEST, LEAST = 4.2, 9.6, 12.0, 260.0, 440.0
N_LABELS, N_PICKED = 60, 300  # names of items in one picture, and items that say what they are


Spot = tuple[float, float, float, float]  # left, right, top, foot


@dataclass(frozen=True, slots=True)
class AgeStage:
    """One stage; `left_at_s` are the ages at which 50, 70, 85 and 95 of 100 past items had left it; None is not measured."""

    title: str
    left_at_s: tuple[float, float, float, float] | None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class AgeItem:
    """One item that is not done: the stage it is in, counted from 0, and its age in seconds; None is not known."""

    id: str
    stage: int
    age_s: float | None
    title: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Ageing:
    """Stages in their order with the items in them; `expected_s` is the age within which an item should be done."""

    id: str
    title: str
    stages: tuple[AgeStage, ...]
    items: tuple[AgeItem, ...]
    expected_s: float | None = None
    expected_share: float | None = None


@dataclass(frozen=True, slots=True)
class _Frame:
    across: Columns
    y: Scale
    marks: list[float]
    floor: float


def draw(ageing: Ageing, *, width: float = 1240, height: float = 460) -> Markup:
    """Return the columns as an SVG; many stages make it wider than *width*."""
    if not ageing.stages:
        sheet = svg.Drawing(ageing.id, ageing.title, says(ageing), width, HEADS)
        return svg.figure(sheet, *_nothing(width))
    frame = _frame(ageing, width, height)
    placed = [_placed(ageing, frame, at) for at in range(len(ageing.stages))]
    sheet = svg.Drawing(
        ageing.id, ageing.title, says(ageing), max(frame.across.width, LEAST), frame.floor + HEADS + LEGEND,
        is_interactive=any(item.href for item in ageing.items),
    )  # fmt: skip
    return svg.figure(
        sheet, *(part for at in range(len(ageing.stages)) for part in _column(ageing, frame, at)), *_axis(frame),
        *_expected(ageing, frame), *_items(ageing, frame, placed), *_legend(ageing, frame),
    )  # fmt: skip


def says(ageing: Ageing) -> str:
    """Return how many items are in each stage, and which are older than expected."""
    stages = ", ".join(f"{stage.title} {len(_of(ageing, at))}" for at, stage in enumerate(ageing.stages))
    old = late(ageing)
    if ageing.expected_s is None:
        above = "What people may expect is not stated."
    else:
        named = ", ".join(item.id for item in old[:12]) + (" and others" if len(old) > 12 else "")
        above = f"{len(old)} older than {write(ageing.expected_s, SECONDS)}" + (f": {named}." if old else ".")
    return f"{len(ageing.items)} items are not done: {stages or 'no stage is described'}. {above}"


def table(ageing: Ageing) -> svg.Table:
    """Return every item with its stage and age, the oldest first."""
    rows = tuple(
        (item.id, item.title or "–", _stage_title(ageing, item), write(item.age_s, SECONDS), _place(ageing, item))
        for item in sorted(ageing.items, key=lambda item: -(item.age_s or 0.0))
    )
    return svg.Table(ageing.title, ("Item", "Title", "Stage", "Age", "Beside past items"), rows)


def late(ageing: Ageing) -> list[AgeItem]:
    """Return the items that are older than expected, the oldest first."""
    expected = ageing.expected_s
    found = [item for item in ageing.items if expected is not None and item.age_s is not None and item.age_s > expected]
    return sorted(found, key=lambda item: (-(item.age_s or 0.0), item.id))


def _of(ageing: Ageing, at: int) -> list[AgeItem]:
    return [item for item in ageing.items if item.stage == at]


def _stage_title(ageing: Ageing, item: AgeItem) -> str:
    return ageing.stages[item.stage].title if 0 <= item.stage < len(ageing.stages) else "not known"


def _place(ageing: Ageing, item: AgeItem) -> str:
    """Say of how many past items an age is older than what they took up to the same stage."""
    stage = ageing.stages[item.stage] if 0 <= item.stage < len(ageing.stages) else None
    if stage is None or stage.left_at_s is None or item.age_s is None:
        return NOT_MEASURED
    passed = [share for share, left in zip(SHARES, stage.left_at_s, strict=True) if item.age_s > left]
    return f"older than {passed[-1] * 100:.0f} of 100" if passed else "as young as half of them"


def _nothing(width: float) -> Iterator[Markup]:
    words = svg.first_that_fits(("no stage is described", "no stage"), svg.SMALL, width - 16)
    yield svg.rect(1, 1, width - 2, HEADS - 2, "hatched", rx=4)
    yield svg.text(width / 2, HEADS / 2 + 4, words, svg.SMALL, anchor="middle", tone="halo")


def _frame(ageing: Ageing, width: float, height: float) -> _Frame:
    """The columns, and a scale of ages that holds all items, and the bands as far as they help to judge these."""
    ages = [item.age_s for item in ageing.items if item.age_s is not None]
    bands = [left for stage in ageing.stages for left in stage.left_at_s or ()]
    known = [*ages, *([] if ageing.expected_s is None else [ageing.expected_s])]
    longest = max([*known, *bands], default=1.0)
    if known and longest > 4 * max(known):
        longest = 4 * max(known)
    marks = domain([0.0, longest or 1.0], SECONDS)
    left = max(svg.width(short(mark, SECONDS), svg.SMALL) for mark in marks) + 12
    size = max(NARROWEST, min(WIDEST, (width - left) / len(ageing.stages)))
    floor = max(120.0, height - HEADS - LEGEND)
    return _Frame(Columns(len(ageing.stages), size, left), Scale(marks[0], marks[-1], floor, TOP), marks, floor)


def _axis(frame: _Frame) -> Iterator[Markup]:
    for mark in frame.marks:
        y = frame.y(mark)
        yield svg.line(frame.across.left - 4, y, frame.across.width, y, "gridline")
        yield svg.text(frame.across.left - 8, y + 4, short(mark, SECONDS), svg.SMALL, anchor="end", tone="soft")


def _column(ageing: Ageing, frame: _Frame, at: int) -> Iterator[Markup]:
    """Head, bands and count of one stage."""
    stage, x, wide = ageing.stages[at], frame.across.x(at) + 2, frame.across.size - 4
    if stage.left_at_s is None:
        yield svg.titled(f"{stage.title}: what past items took is {NOT_MEASURED}",
                         svg.rect(x, TOP, wide, frame.floor - TOP, "hatched"))  # fmt: skip
        yield svg.text(frame.across.middle(at), TOP + 16, NOT_MEASURED, svg.TINY, anchor="middle", tone="halo")
    else:
        ends = [frame.floor, *(max(TOP, frame.y(left)) for left in stage.left_at_s)]
        for band, (foot, top) in enumerate(pairwise(ends)):
            yield svg.titled(
                f"{stage.title}: {_band_words(stage, band)}", svg.rect(x, top, wide, foot - top, f"age-{band + 1}")
            )
    for line, words in enumerate(svg.wrap(stage.title, svg.NODE, wide - 4, 2)):
        yield svg.text(frame.across.middle(at), frame.floor + 18 + 16 * line, words, svg.NODE, anchor="middle")
    here = _of(ageing, at)
    n_unknown = sum(item.age_s is None for item in here)
    count = svg.first_that_fits((f"{len(here):,} item{'s' * (len(here) != 1)}", f"{len(here):,}"), svg.STRONG, wide)
    yield svg.text(frame.across.middle(at), TOP - 24, count, svg.STRONG, anchor="middle")
    if n_unknown:
        words = svg.first_that_fits((f"{n_unknown} of unknown age", f"{n_unknown} no age"), svg.TINY, wide)
        yield svg.text(frame.across.middle(at), TOP - 9, words, svg.TINY, anchor="middle", tone="soft")


def _band_words(stage: AgeStage, band: int) -> str:
    left = stage.left_at_s[band] if stage.left_at_s else None
    counted = "" if stage.n is None else f" of {stage.n:,} past items"
    return f"{SHARES[band] * 100:.0f}%{counted} had left it at an age of {write(left, SECONDS)}"


def _expected(ageing: Ageing, frame: _Frame) -> Iterator[Markup]:
    if ageing.expected_s is not None:
        y = frame.y(ageing.expected_s)
        yield svg.line(frame.across.left - 4, y, frame.across.width, y, "expected")


def _placed(ageing: Ageing, frame: _Frame, at: int) -> list[tuple[AgeItem, float, float]]:
    """Put the dots of a column at their age, side by side where they would lie on each other, as far as there is room."""
    placed: list[tuple[AgeItem, float, float]] = []
    middle = frame.across.x(at) + max(LEFTMOST, frame.across.size * 0.22)
    n_right = int((frame.across.x(at) + frame.across.size - 8 - middle) / APART)
    n_left = int((middle - frame.across.x(at) - 8) / APART)
    shifts = sorted((step * APART for step in range(-n_left, n_right + 1)), key=lambda each: (abs(each), -each))
    for item in sorted(_of(ageing, at), key=lambda item: (-(item.age_s or 0.0), item.id)):
        if item.age_s is None:
            continue
        y = frame.y(item.age_s)
        near = [other_x for _, other_x, other_y in placed[-80:] if abs(other_y - y) < 2 * RADIUS]
        x = next((middle + each for each in shifts if all(abs(middle + each - other) >= APART - 0.1 for other in near)), middle)
        placed.append((item, x, y))
    return placed


def _items(ageing: Ageing, frame: _Frame, placed: list[list[tuple[AgeItem, float, float]]]) -> Iterator[Markup]:
    """The dots; those that are late have their name beside them where it lies on no dot and no other name.

    Of very many items only the oldest late ones can be picked; the others are one outline.
    """
    old = late(ageing)[:N_PICKED]
    named = {id(item) for item in old[:N_LABELS]}
    picked = {id(item) for item in (ageing.items if len(ageing.items) <= N_PICKED else old)}
    for cls, is_late in (("dots", False), ("dots down", True)):
        rest = [
            (x, y) for column in placed for item, x, y in column if id(item) not in picked and _is_late(ageing, item) == is_late
        ]
        if rest:
            yield svg.path("".join(f"M{x:.0f} {y:.0f}h.01" for x, y in rest), cls)
    for at, column in enumerate(placed):
        taken = [(x - RADIUS, x + RADIUS, y - RADIUS, y + RADIUS) for _, x, y in column[:N_PICKED]]
        if ageing.stages[at].left_at_s is None:
            taken.append((frame.across.x(at), frame.across.x(at + 1), TOP, TOP + 20))
        ends = frame.across.x(at) + 3, frame.across.x(at) + frame.across.size - 3
        for item, x, y in column:
            if id(item) in picked:
                yield _dot(ageing, item, (x, y), _spot(item.id, (x, y), ends, taken) if id(item) in named else None)


def _is_late(ageing: Ageing, item: AgeItem) -> bool:
    return ageing.expected_s is not None and (item.age_s or 0.0) > ageing.expected_s


def _dot(ageing: Ageing, item: AgeItem, middle: tuple[float, float], spot: Spot | None) -> Markup:
    """One item that can be picked, with its name where a place was found for it."""
    words = f"{item.id}{f', {item.title}' if item.title else ''}: {write(item.age_s, SECONDS)}, {_place(ageing, item)}"
    parts = [svg.circle(*middle, RADIUS, "dot down" if _is_late(ageing, item) else "dot")]
    if spot is not None:
        parts.append(svg.text(spot[0], spot[2] + 8.7, item.id, svg.TINY, tone="halo"))
    return svg.linked(item.href, words, *parts)


def _spot(words: str, dot: tuple[float, float], ends: tuple[float, float], taken: list[Spot]) -> Spot | None:
    """Take a place for a name beside its dot: right, left, or a line up or down; None where it fits nowhere."""
    (x, y), wide = dot, svg.width(words, svg.TINY)
    for shift in (0.0, -8.0, 8.0):
        for begin in (x + RADIUS + 3, x - RADIUS - 3 - wide):
            spot = (begin, begin + wide, y - 5.5 + shift, y + 6.0 + shift)
            is_inside = begin >= ends[0] and begin + wide <= ends[1] and spot[2] > TOP - 6
            if is_inside and not any(spot[0] < b and spot[1] > a and spot[2] < d and spot[3] > c for a, b, c, d in taken):
                taken.append(spot)
                return spot
    return None


def _legend(ageing: Ageing, frame: _Frame) -> Iterator[Markup]:
    """Explain the bands, and the line of what people may expect."""
    shown = [(f"age-{at + 1}", f"{share * 100:.0f}%") for at, share in enumerate(SHARES)]
    y, x = frame.floor + HEADS + 8, 0.0
    words = svg.first_that_fits(("had left the stage by this age:", "had left by then:"), svg.TINY, LEAST * 0.45)
    if any(stage.left_at_s for stage in ageing.stages) and words:
        yield svg.text(x, y + 9.5, words, svg.TINY, tone="soft")
        x += svg.width(words, svg.TINY) + 12
        for cls, name in shown:
            yield svg.rect(x, y, 18, 11, cls, rx=2)
            yield svg.text(x + 23, y + 9.5, name, svg.TINY, tone="soft")
            x += 23 + svg.width(name, svg.TINY) + 14
    if ageing.expected_s is None:
        return
    share = "" if ageing.expected_share is None else f"{ageing.expected_share * 100:.3g}% "
    choices = (f"expected: {share}within {write(ageing.expected_s, SECONDS)}", f"within {write(ageing.expected_s, SECONDS)}")
    words = svg.first_that_fits(choices, svg.TINY, LEAST - 30)
    yield svg.line(0, y + 25.5, 22, y + 25.5, "expected")
    yield svg.text(28, y + 29.5, words, svg.TINY)
