"""Columns of a journey: one a step, equally wide in every diagram over the same steps; phases, heads, legends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED
from wholeservice.draw.svg import Markup

LEFT, NARROWEST, WIDEST = 176.0, 92.0, 168.0
HEAD_HEIGHT, NOSE, PHASE_HEIGHT = 58.0, 9.0, 34.0
HEAD_ROOM = 28.0  # of a head, left and right of its words
SWATCH, LEGEND_LINE = 18.0, 19.0


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of steps that belong together, and how many they are."""

    title: str
    n_steps: int


@dataclass(frozen=True, slots=True)
class Columns:
    """`n` columns of `size` pixels, right of `left`."""

    n: int
    size: float
    left: float = LEFT

    @property
    def width(self) -> float:
        return self.left + self.n * self.size

    def x(self, index: int) -> float:
        return self.left + index * self.size

    def middle(self, index: int) -> float:
        return self.x(index) + self.size / 2


def columns(n: int, width: float, *, left: float = LEFT, titles: Sequence[str] = ()) -> Columns:
    """Return columns that fill *width* as far as each stays readable: many steps make the drawing wider, and so does a long
    word of one of their *titles*, which is not cut.

    >>> columns(30, 1240).size, columns(1, 1240).width
    (92.0, 344.0)
    """
    n = max(1, n)
    longest = max((svg.width(word, svg.NODE) for title in titles for word in title.split()), default=0.0)
    least = max(NARROWEST, min(WIDEST, longest + HEAD_ROOM))
    return Columns(n, max(least, min(WIDEST, (width - left) / n)), left)


def head(x: float, y: float, width: float, title: str, *, is_first: bool = False, cls: str = "step-head") -> Iterator[Markup]:
    """Draw the arrow of one step with its name, on up to three lines; pointing at it gives the whole name."""
    flat, half = width - 13.0, HEAD_HEIGHT / 2
    notch = f"v{-HEAD_HEIGHT}" if is_first else f"l{NOSE} {-half}"
    outline = f"M{x + 2:.1f} {y + 2:.1f}h{flat:.1f}l{NOSE} {half}l{-NOSE} {half}h{-flat:.1f}{notch}z"
    lines = svg.wrap(title, svg.NODE, width - HEAD_ROOM, 3)
    first = y + 2 + half + 5 - 8 * (len(lines) - 1)
    middle = x + width / 2 + (-2 if is_first else 2)
    words = [svg.text(middle, first + 16 * at, each, svg.NODE, anchor="middle") for at, each in enumerate(lines)]
    yield svg.titled(title, svg.path(outline, cls), *words)


def heads(titles: Sequence[str], across: Columns, *, y: float = 0.0, marked: int | None = None) -> Iterator[Markup]:
    """Draw the heads of all steps; the one *marked* is where most is lost."""
    for index, title in enumerate(titles):
        cls = "step-head low" if index == marked else "step-head"
        yield from head(across.x(index), y, across.size, title, is_first=index == 0, cls=cls)


def phases(shown: Sequence[Phase], across: Columns) -> Iterator[Markup]:
    """Draw each phase as a name over a rule that spans its steps."""
    ends = list(accumulate((each.n_steps for each in shown), initial=0))
    for phase, begin, end in zip(shown, ends, ends[1:], strict=False):
        x, wide = across.x(begin) + 2, max(0, end - begin) * across.size - 10
        yield svg.titled(phase.title, svg.text(x, 14, svg.shorten(phase.title, svg.HEAD, wide), svg.HEAD),
                         svg.line(x, 22, x + wide, 22, "rule"))  # fmt: skip


def aside(title: str, words: str, y: float, *, room: float = LEFT - 24) -> Iterator[Markup]:
    """Write what a band of the drawing shows at its left: a heading, and what is counted on up to two lines."""
    yield svg.text(0, y, svg.shorten(title, svg.HEAD, room), svg.HEAD)
    for at, part in enumerate(svg.wrap(words, svg.TINY, room, 2)):
        yield svg.text(0, y + 17 + 15 * at, part, svg.TINY, tone="soft")


def legend(items: Sequence[tuple[str, str]], y: float, *, x: float = 0.0, room: float = LEFT - 24) -> Iterator[Markup]:
    """Explain marks, one a line; an item is a class and words, the class of a line begins with `line `."""
    for at, (cls, words) in enumerate(items):
        top = y + at * LEGEND_LINE
        if cls.startswith("line "):
            yield svg.line(x, top + 5, x + SWATCH, top + 5, cls.removeprefix("line "))
        elif cls.startswith("dot"):
            yield svg.circle(x + SWATCH / 2, top + 5, 5, cls)
        else:
            yield svg.rect(x, top, SWATCH, 11, cls, rx=2)
        yield svg.text(x + SWATCH + 8, top + 9.5, svg.shorten(words, svg.TINY, room - SWATCH - 8), svg.TINY, tone="soft")


def not_measured(x: float, y: float, width: float, height: float) -> Iterator[Markup]:
    """Hatch a place and say that nobody measured it, where the words fit."""
    yield svg.titled(NOT_MEASURED, svg.rect(x, y, width, height, "hatched", rx=4))
    lines = svg.wrap(NOT_MEASURED, svg.SMALL, width - 8, 2)
    lines = lines if 16 * len(lines) <= height else [NOT_MEASURED] if svg.width(NOT_MEASURED, svg.SMALL) <= width - 8 else []
    first = y + height / 2 + 4.5 - 8 * (len(lines) - 1)
    for at, words in enumerate(lines):
        yield svg.text(x + width / 2, first + 16 * at, words, svg.SMALL, anchor="middle", tone="halo")
