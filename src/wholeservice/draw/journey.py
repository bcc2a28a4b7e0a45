"""Journey: the steps of a journey in a row, each a way to its page. What is drawn under it shares its columns.

How it feels, who goes on and how it goes in each channel (`emotion`, `drop_out`, `channel_matrix`) stand below each other under
one row of heads, so that a step can be read from top to bottom.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.columns import HEAD_HEIGHT, Columns, columns, head
from wholeservice.draw.svg import Markup

HEIGHT = HEAD_HEIGHT + 4


@dataclass(frozen=True, slots=True)
class JourneyStep:
    """One head. `is_low`: this is where most is lost; `remark` says what is wrong with its numbers."""

    title: str
    href: str | None = None
    is_low: bool = False
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey in its declared order; `whole` heads a last column about all of it."""

    id: str
    title: str
    steps: tuple[JourneyStep, ...]
    whole: str | None = None


def across(journey: Journey, *, width: float = 1240) -> Columns:
    """Return the columns that everything under the heads shares: one a step, and one for the whole where it has a head."""
    titles = [each.title for each in journey.steps]
    return columns(len(journey.steps) + (journey.whole is not None), width, titles=titles)


def draw(journey: Journey, *, width: float = 1240) -> Markup:
    """Return the heads as an SVG; many steps make it wider than *width*."""
    shared = across(journey, width=width)
    heads = [_head(shared, index, step) for index, step in enumerate(journey.steps)]
    is_picked = any(step.href for step in journey.steps)
    sheet = svg.Drawing(journey.id, journey.title, says(journey), shared.width, HEIGHT, is_interactive=is_picked)
    return svg.figure(sheet, *heads, *_whole(journey, shared))


def says(journey: Journey) -> str:
    """Return the steps in their order, and what is wrong at one."""
    return "; ".join(_words(step) for step in journey.steps) + "."


def table(journey: Journey) -> svg.Table:
    """Return the steps in their order, with what is said of each."""
    rows = tuple(
        (f"{number}", step.title, "yes" if step.is_low else "", step.remark or "")
        for number, step in enumerate(journey.steps, 1)
    )
    return svg.Table(journey.title, ("Number", "Step", "Most is lost here", "Remark"), rows)


def _words(step: JourneyStep) -> str:
    marks = ("most is lost here" if step.is_low else None, step.remark)
    return ": ".join(filter(None, (step.title, ", ".join(filter(None, marks)))))


def _head(shared: Columns, index: int, step: JourneyStep) -> Markup:
    cls = "step-head low" if step.is_low else "step-head noted" if step.remark else "step-head"
    drawn = head(shared.x(index), 0, shared.size, step.title, is_first=index == 0, cls=cls)
    return svg.linked(step.href, _words(step), *drawn)


def _whole(journey: Journey, shared: Columns) -> Iterator[Markup]:
    """The last column is no step: its words stand without an arrow."""
    if journey.whole is None:
        return
    middle, lines = shared.middle(shared.n - 1), svg.wrap(journey.whole, svg.NODE, shared.size - 16, 3)
    first = HEAD_HEIGHT / 2 + 7 - 8 * (len(lines) - 1)
    for at, words in enumerate(lines):
        yield svg.text(middle, first + 16 * at, words, svg.NODE, anchor="middle", tone="soft")
