"""Cycle times: every finished item as a dot, at its day and how long it took, with what so many of all stay within.

Dots that would lie on the same spot are drawn once, and the picture says how many are drawn and how many they stand for. The
longest that are above the expectation are links with their name; all others are one outline for each kind, so that thousands
stay light.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import day_axis, svg
from wholeservice.draw.axes import Scale, domain, short
from wholeservice.draw.svg import Markup
from wholeservice.units import SECONDS, SHARE, write

TOP, BOTTOM, LABEL = 30.0, 50.0, 17.0
MANY = 1000  # dots: so many are drawn lighter
SPOT = 3.0  # pixels: dots nearer than this are one
N_LINKS, N_NAMES = 80, 12
OTHER = "other kinds"
MARKS = ("M{x:g} {y:g}h.01", "M{x:g} {y:g}l3.4 3.4-3.4 3.4-3.4-3.4z", "M{x:g} {y:g}h6v6h-6z", "M{x:g} {y:g}l3.8 6.6h-7.6z")
SHIFTS = ((0.0, 0.0), (0.0, -3.4), (-3.0, -3.0), (0.0, -4.2))  # from the middle of a mark to where its outline begins
ROUND = (60, 600, 3600, 21600, 86400, 7 * 86400, 30 * 86400, 90 * 86400, 365 * 86400, 3650 * 86400)


@dataclass(frozen=True, slots=True)
class Finished:
    """One item that is done: the day, and the seconds it took."""

    id: str
    on: dt.date
    seconds: float
    kind: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class CycleScatter:
    """Items that were finished from `first_on` to `last_on`, both counted.

    `within` pairs a share with the seconds that this share of the items stayed within; `expected` is such a pair that people
    may expect. `is_log` draws times so that ten times as long is always as far up.
    """

    id: str
    title: str
    first_on: dt.date
    last_on: dt.date
    items: tuple[Finished, ...]
    within: tuple[tuple[float, float], ...] = ()
    expected: tuple[float, float] | None = None
    is_log: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    width: float
    height: float
    x: Scale
    y: Scale  # of seconds, or of their logarithm
    marks: list[float]
    is_log: bool
    side: float  # where the words beside the lines begin

    def up(self, seconds: float) -> float:
        """How high a time lies; what is shorter than the lowest mark lies on it."""
        low = self.marks[0]
        return self.y(math.log10(max(seconds, low))) if self.is_log else self.y(max(seconds, low))


def draw(scatter: CycleScatter, *, width: float = 1240, height: float = 440) -> Markup:
    """Return the dots as an SVG of *width* by *height* pixels, and the lines they are read by."""
    items = _shown(scatter)
    above = [item for item in _above(scatter, items)[:N_LINKS] if item.href]
    sheet = svg.Drawing(scatter.id, scatter.title, says(scatter), width, height, is_interactive=bool(above))
    if not items:
        return svg.figure(sheet, *_nothing(width, height))
    frame = _frame(scatter, items, width, height)
    picked = {id(item) for item in above}
    rest = [item for item in items if id(item) not in picked]
    drawn, n_drawn = _dots(scatter, frame, rest)
    return svg.figure(
        sheet, *_axis(scatter, frame), *drawn, *_lines(scatter, frame), *_links(scatter, frame, above),
        *_legend(scatter, frame, n_drawn + len(above)),
    )  # fmt: skip


def says(scatter: CycleScatter) -> str:
    """Return how many were finished, what so many of them stay within, and how the expectation is kept."""
    items = _shown(scatter)
    days = f"from {day_axis.written(scatter.first_on)} to {day_axis.written(scatter.last_on)}"
    if not items:
        return f"No item finished {days}."
    parts = [f"{len(items):,} items finished {days}"]
    parts += [f"{_percent(share)} took at most {write(seconds, SECONDS)}" for share, seconds in scatter.within]
    kept = kept_share(scatter)
    if scatter.expected is not None and kept is not None:
        parts.append(f"expected {_promise(scatter.expected)}, kept by {write(kept, SHARE)}")
    return "; ".join(parts) + "."


def table(scatter: CycleScatter) -> svg.Table:
    """Return the lines of the picture, then the items above the expectation, the longest first."""
    rows = [(f"{_percent(share)} of all", "–", "–", write(seconds, SECONDS)) for share, seconds in scatter.within]
    if scatter.expected is not None:
        rows.append((f"expected for {_percent(scatter.expected[0])}", "–", "–", write(scatter.expected[1], SECONDS)))
    rows += [
        (item.id, item.kind or "–", day_axis.written(item.on), write(item.seconds, SECONDS))
        for item in _above(scatter, _shown(scatter))[:N_LINKS]
    ]
    return svg.Table(scatter.title, ("Item", "Kind", "Finished", "Took"), tuple(rows))


def kept_share(scatter: CycleScatter) -> float | None:
    """Return the share of the items that took no longer than expected; None without an expectation or an item."""
    items = _shown(scatter)
    if scatter.expected is None or not items:
        return None
    return sum(item.seconds <= scatter.expected[1] for item in items) / len(items)


def _shown(scatter: CycleScatter) -> list[Finished]:
    return [item for item in scatter.items if scatter.first_on <= item.on <= scatter.last_on]


def _above(scatter: CycleScatter, items: list[Finished]) -> list[Finished]:
    """The items that took longer than expected, the longest first; without an expectation none."""
    limit = math.inf if scatter.expected is None else scatter.expected[1]
    return sorted((item for item in items if item.seconds > limit), key=lambda item: (-item.seconds, item.id))


def _percent(share: float) -> str:
    return f"{share * 100:.3g}%"


def _promise(pair: tuple[float, float]) -> str:
    return f"{_percent(pair[0])} within {write(pair[1], SECONDS)}"


def _nothing(width: float, height: float) -> Iterator[Markup]:
    yield svg.rect(1, TOP, width - 2, height - TOP - BOTTOM, "hatched", rx=4)
    words = svg.first_that_fits(("no item was finished in these days", "none finished"), svg.SMALL, width - 16)
    yield svg.text(width / 2, height / 2 + 4, words, svg.SMALL, anchor="middle", tone="halo")


def _frame(scatter: CycleScatter, items: list[Finished], width: float, height: float) -> _Frame:
    lines = [*scatter.within, *([scatter.expected] if scatter.expected else [])]
    numbers = [*(item.seconds for item in items), *(seconds for _, seconds in lines)]
    is_log = scatter.is_log and max(numbers) > 0
    marks = _round(numbers) if is_log else domain([0.0, max(numbers) or 1.0], SECONDS)
    ends = (math.log10(marks[0]), math.log10(marks[-1])) if is_log else (marks[0], marks[-1])
    left = max(svg.width(short(mark, SECONDS), svg.SMALL) for mark in marks) + 10
    words = [_promise(each) for each in scatter.within]
    words += [f"expected {_promise(scatter.expected)}"] if scatter.expected else []
    side = width - max((svg.width(each, svg.STRONG) for each in words), default=0.0) - 8
    side = max(side, width * 0.6)
    x = day_axis.scale(scatter.first_on, scatter.last_on, left + 6, side - 10)
    return _Frame(width, height, x, Scale(*ends, height - BOTTOM, TOP), marks, is_log, side)


def _round(numbers: list[float]) -> list[float]:
    """Round times that cover all numbers above zero, for a scale of powers."""
    least, most = min(each for each in numbers if each > 0), max(numbers)
    low = max((each for each in ROUND if each <= least), default=10.0 ** math.floor(math.log10(least)))
    high = min((each for each in ROUND if each >= most), default=10.0 ** math.ceil(math.log10(most)))
    if low >= high:
        low /= 10
    return [float(each) for each in (low, *(each for each in ROUND if low < each < high), high)]


def _axis(scatter: CycleScatter, frame: _Frame) -> Iterator[Markup]:
    reached = math.inf
    for mark in frame.marks:
        y = frame.up(mark)
        yield svg.line(frame.x.from_px - 6, y, frame.x.to_px + 6, y, "gridline")
        if y < reached - 14:
            yield svg.text(frame.x.from_px - 10, y + 4, short(mark, SECONDS), svg.SMALL, anchor="end", tone="soft")
            reached = y
    yield from day_axis.axis(scatter.first_on, scatter.last_on, frame.x, (TOP, frame.height - BOTTOM))


def kinds(scatter: CycleScatter) -> list[str]:
    """Return the kinds that have a mark of their own, the most frequent first; the last one stands for all others."""
    counts: dict[str, int] = {}
    for item in _shown(scatter):
        counts[item.kind] = counts.get(item.kind, 0) + 1
    names = sorted(counts, key=lambda name: (-counts[name], name))
    return names if len(names) <= len(MARKS) else [*names[: len(MARKS) - 1], OTHER]


def _dots(scatter: CycleScatter, frame: _Frame, items: list[Finished]) -> tuple[list[Markup], int]:
    """One outline for each kind, the most frequent under the others; and how many dots are drawn."""
    named = kinds(scatter)
    spots: dict[int, dict[tuple[int, int], None]] = {at: {} for at in range(len(named))}
    for item in items:
        at = named.index(item.kind) if item.kind in named else len(named) - 1
        spots[at].setdefault((round(frame.x(item.on.toordinal()) / SPOT), round(frame.up(item.seconds) / SPOT)))
    drawn, n_drawn = [], sum(len(each) for each in spots.values())
    for at, name in enumerate(named):
        d = "".join(_mark(at, x * SPOT, y * SPOT) for x, y in spots[at])
        if d:
            drawn.append(svg.titled(name or "items", svg.path(d, f"mark-{at + 1}{' many' if n_drawn > MANY else ''}")))
    return drawn, n_drawn


def _mark(at: int, x: float, y: float) -> str:
    return MARKS[at].format(x=x + SHIFTS[at][0], y=y + SHIFTS[at][1])


def _links(scatter: CycleScatter, frame: _Frame, above: list[Finished]) -> Iterator[Markup]:
    """The longest above the expectation, each a link; the first of them with their name where it lies on no other."""
    named, places = kinds(scatter), [(frame.x(item.on.toordinal()), frame.up(item.seconds)) for item in above]
    taken = [(frame.side, frame.width, 0.0, frame.height), *((x - 5, x + 5, y - 5, y + 5) for x, y in places)]
    for nth, (item, (x, y)) in enumerate(zip(above, places, strict=True)):
        at = named.index(item.kind) if item.kind in named else len(named) - 1
        words = f"{item.id}{f', {item.kind}' if item.kind else ''}: {write(item.seconds, SECONDS)}, {day_axis.written(item.on)}"
        parts = [svg.circle(x, y, 8, "row-ground"), svg.path(_mark(at, x, y), f"mark-{at + 1} late")]
        wide = svg.width(item.id, svg.TINY)
        for begin in (x + 7, x - 7 - wide):
            spot = (begin, begin + wide, y - 6, y + 7)
            if (
                nth < N_NAMES
                and begin > frame.x.from_px
                and not any(spot[0] < b and spot[1] > a and spot[2] < d and spot[3] > c for a, b, c, d in taken)
            ):
                taken.append(spot)
                parts.append(svg.text(begin, y + 4, item.id, svg.TINY, tone="halo"))
                break
        yield svg.linked(item.href, words, *parts)


def _lines(scatter: CycleScatter, frame: _Frame) -> Iterator[Markup]:
    """What so many of all stay within, with words at the right that are moved apart; the expectation is dashed and strong."""
    lines = [(seconds, share, False) for share, seconds in scatter.within]
    if scatter.expected is not None:
        lines.append((scatter.expected[1], scatter.expected[0], True))
    lines.sort()
    room, feet, reached = frame.width - frame.side, [], frame.height
    for nth, (seconds, _, _) in enumerate(lines):
        reached = min(frame.up(seconds) + 4, reached - LABEL)
        feet.append(max(reached, TOP + 4 + LABEL * (len(lines) - 1 - nth)))
    for (seconds, share, is_expected), foot in zip(lines, feet, strict=True):
        y = frame.up(seconds)
        yield svg.line(frame.x.from_px - 6, y, frame.side - 6, y, "expected" if is_expected else "share-line")
        kind = svg.STRONG if is_expected else svg.SMALL
        promise = _promise((share, seconds))
        words = svg.first_that_fits((f"expected {promise}" if is_expected else promise, promise, _percent(share)), kind, room)
        yield svg.path(f"M{frame.side - 6:.1f} {y:.1f}L{frame.side - 2:.1f} {foot - 4:.1f}", "leader")
        yield svg.text(frame.side, foot, words, kind)


def _legend(scatter: CycleScatter, frame: _Frame, n_drawn: int) -> Iterator[Markup]:
    """The kinds above; below how many dots stand for how many items, and what the scale is."""
    named, n_items = kinds(scatter), len(_shown(scatter))
    room, x = frame.width / len(named), 0.0
    for at, name in enumerate(named) if len(named) > 1 else ():
        words = svg.shorten(name or "kind not said", svg.SMALL, room - 30)
        yield svg.path(_mark(at, x + 6, 10), f"mark-{at + 1}")
        yield svg.text(x + 16, 14, words, svg.SMALL)
        x += 30 + svg.width(words, svg.SMALL)
    count = f"{n_drawn:,} dots stand for {n_items:,} items" if n_drawn < n_items else f"{n_items:,} item{'s' * (n_items != 1)}"
    scale = ("time on a scale of powers of ten", "powers of ten") if frame.is_log else ("time on an even scale", "even scale")
    choices = (*(f"{count}; {words}" for words in scale), count)
    yield svg.text(0, frame.height - 5, svg.first_that_fits(choices, svg.TINY, frame.width), svg.TINY, tone="soft")
