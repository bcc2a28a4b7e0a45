"""Forest: one row each, a dot with its likely range on a common scale; a leaderboard when changes are ranked.

Ranks are of changes, never of levels. Places that the likely ranges do not tell apart are shared ("3–5"); a row that is not
measured, or that cannot be told apart from any other, has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, Scale, likely, short, short_signed, signed, ticks
from wholeservice.draw.svg import Markup
from wholeservice.units import Unit, write

TOP, ROW, FOOT = 30.0, 40.0, 26.0
RANK, VALUE, COUNT_WIDTH = 64.0, 96.0, 84.0
NONE = "–"


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One row. `value` None is not measured, `why` says why."""

    title: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: float | None = None
    is_few: bool = False
    why: str = NOT_MEASURED
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Forest:
    """Rows in one unit. `reference` is what they are held against: 0 for changes. `direction` is +1 when more is better.

    Only changes are ranked: with `is_ranked` rows are put in order and wear their rank, else they keep the order given.
    """

    id: str
    title: str
    unit: Unit
    rows: tuple[ForestRow, ...]
    heading: str = "Change, with its likely range"
    reference: float | None = 0.0
    direction: int = 1
    is_ranked: bool = False
    counted: str = "Counted"


@dataclass(frozen=True, slots=True)
class _Frame:
    width: float
    x: Scale
    marks: list[float]
    left: float  # of the names
    names: float  # how wide they may be


def draw(forest: Forest, *, width: float = 1240) -> Markup:
    """Return the rows as an SVG; a row with an address can be picked and reached by keyboard."""
    frame, ranked = _frame(forest, width), ranks(forest)
    height = TOP + len(forest.rows) * ROW + FOOT
    rows = [_row(forest, frame, pair, TOP + at * ROW) for at, pair in enumerate(ranked)]
    sheet = svg.Drawing(
        forest.id, forest.title, says(forest), width, height, is_interactive=any(row.href for row in forest.rows)
    )
    return svg.figure(sheet, *_headings(forest, frame), *_axis(forest, frame, height), *rows)


def says(forest: Forest) -> str:
    """Return the rows in words, in the order drawn."""
    return "; ".join(_row_says(forest, rank, row) for rank, row in ranks(forest)) + "."


def table(forest: Forest) -> svg.Table:
    """Return every row with its rank, number, likely range and count."""
    rows = tuple(
        (row.title, rank, _value(forest, row), likely(row.low, row.high, forest.unit).removeprefix("likely ") or NONE,
         NONE if row.n is None else f"{row.n:,.0f}")
        for rank, row in ranks(forest)
    )  # fmt: skip
    return svg.Table(forest.title, ("Name", "Rank", forest.heading, "Likely range", forest.counted), rows)


def ranks(forest: Forest) -> list[tuple[str, ForestRow]]:
    """Return the rows in the order drawn, each with its rank; a rank spans the places it cannot be told apart from.

    >>> from wholeservice.units import POINTS
    >>> rows = (ForestRow("a", 9, 8, 10), ForestRow("b", 4, 1, 6), ForestRow("c", 3, 2, 5), ForestRow("d", None))
    >>> [rank for rank, _ in ranks(Forest("f", "t", POINTS, rows, is_ranked=True))]
    ['1', '2–3', '2–3', '–']
    """
    if not forest.is_ranked:
        return [(NONE, row) for row in forest.rows]
    ends = {id(row): _ends(forest, row) for row in forest.rows if row.value is not None}
    measured = [row for row in forest.rows if row.value is not None]
    measured.sort(key=lambda row: -forest.direction * (row.value or 0.0))
    ranked = []
    for row in measured:
        n_better = sum(ends[id(other)][0] > ends[id(row)][1] for other in measured)
        n_worse = sum(ends[id(other)][1] < ends[id(row)][0] for other in measured)
        best, worst = n_better + 1, len(measured) - n_worse
        is_apart = n_better or n_worse or len(measured) == 1
        ranked.append((NONE if not is_apart else str(best) if best == worst else f"{best}–{worst}", row))
    return ranked + [(NONE, row) for row in forest.rows if row.value is None]


def _ends(forest: Forest, row: ForestRow) -> tuple[float, float]:
    """The likely range with better upwards; a number without one is its own range."""
    value = row.value or 0.0
    low, high = value if row.low is None else row.low, value if row.high is None else row.high
    first, last = sorted((forest.direction * low, forest.direction * high))
    return first, last


def _value(forest: Forest, row: ForestRow) -> str:
    """A change wears its sign, a level does not."""
    return signed(row.value, forest.unit) if forest.reference == 0 else write(row.value, forest.unit)


def _row_says(forest: Forest, rank: str, row: ForestRow) -> str:
    if row.value is None:
        return f"{row.title}: {row.why}"
    place = f"rank {rank}, " if rank != NONE else ""
    parts = (f"{row.title}: {place}{_value(forest, row)}", likely(row.low, row.high, forest.unit),
             "" if row.n is None else f"{row.n:,.0f} counted", "few counted" if row.is_few else "")  # fmt: skip
    return ", ".join(filter(None, parts))


def _frame(forest: Forest, width: float) -> _Frame:
    numbers = [each for row in forest.rows for each in (row.value, row.low, row.high) if each is not None]
    if forest.reference is not None:
        numbers.append(forest.reference)
    marks = ticks(min(numbers), max(numbers)) if numbers else []
    left = RANK if forest.is_ranked else 0.0
    widest = max((svg.width(row.title, svg.NODE) for row in forest.rows), default=0.0)
    names = max(70.0, min(widest + 4, width * 0.3))
    low, high = (marks[0], marks[-1]) if marks else (0.0, 1.0)
    return _Frame(width, Scale(low, high, left + names + 40, width - VALUE - COUNT_WIDTH - 34), marks, left, names)


def _headings(forest: Forest, frame: _Frame) -> Iterator[Markup]:
    start, end = frame.x.from_px - 28, frame.width
    heading = svg.shorten(forest.heading, svg.SMALL, end - COUNT_WIDTH - start - 8)
    if forest.is_ranked:
        yield svg.text(0, 16, "Rank", svg.SMALL, tone="soft")
    yield svg.text(start, 16, heading, svg.SMALL, tone="soft")
    yield svg.text(end, 16, svg.shorten(forest.counted, svg.SMALL, COUNT_WIDTH - 4), svg.SMALL, anchor="end", tone="soft")
    yield svg.line(0, TOP - 4, end, TOP - 4, "rule")


def _axis(forest: Forest, frame: _Frame, height: float) -> Iterator[Markup]:
    bottom, reached = height - FOOT, float("-inf")
    for mark in frame.marks:
        is_zero = mark == forest.reference
        x = frame.x(mark)
        yield svg.line(x, TOP - 4, x, bottom, "reference" if is_zero else "gridline")
        words = short_signed(mark, forest.unit) if forest.reference == 0 and mark else short(mark, forest.unit)
        half = svg.width(words, svg.SMALL) / 2
        if x - half > reached + 8 and x - half >= 0 and x + half <= frame.width:
            yield svg.text(x, bottom + 18, words, svg.SMALL, anchor="middle", tone="soft")
            reached = x + half


def _row(forest: Forest, frame: _Frame, pair: tuple[str, ForestRow], y: float) -> Markup:
    (rank, row), middle = pair, y + ROW / 2 - 2
    lines = svg.wrap(row.title, svg.NODE, frame.names, 2)
    foot, first = y + ROW - 4, middle + 5 - 8 * (len(lines) - 1)
    parts = [svg.rect(0, y - 3, frame.width, ROW - 1, "row-ground"), svg.line(0, foot, frame.width, foot, "gridline")]
    parts += [svg.text(frame.left, first + 16 * at, each, svg.NODE) for at, each in enumerate(lines)]
    if forest.is_ranked:
        parts.append(svg.text(0, middle + 5, rank, svg.STRONG if rank != NONE else svg.BODY))
    if row.n is not None:
        words = svg.first_that_fits((f"{row.n:,.0f}", f"{row.n:.2g}"), svg.SMALL, COUNT_WIDTH - 8)
        parts.append(svg.text(frame.width, middle + 5, words, svg.SMALL, anchor="end", tone="soft"))
    parts += _whisker(forest, frame, row, middle) if row.value is not None else _missing(frame, row, middle)
    return svg.linked(row.href, _row_says(forest, rank, row), *parts)


def _tone(forest: Forest, row: ForestRow) -> str:
    """Blue or orange only where the whole likely range lies on one side of the reference."""
    if forest.reference is None:
        return "flat"
    low, high = _ends(forest, row)
    reference = forest.direction * forest.reference
    return "up" if low > reference else "down" if high < reference else "flat"


def _whisker(forest: Forest, frame: _Frame, row: ForestRow, y: float) -> Iterator[Markup]:
    tone, value = _tone(forest, row), row.value or 0.0
    if row.low is not None and row.high is not None:
        yield svg.line(frame.x(row.low), y, frame.x(row.high), y, f"whisker wide {tone}")
    yield svg.circle(frame.x(value), y, 5.5, f"dot {tone}{' hollow' if row.is_few else ''}")
    choices = (_value(forest, row), short_signed(value, forest.unit) if forest.reference == 0 else short(value, forest.unit))
    words = svg.first_that_fits([("~" if row.is_few else "") + each for each in choices], svg.STRONG, VALUE)
    colour = {"up": "gain", "down": "loss"}.get(tone, "")
    yield svg.text(frame.width - COUNT_WIDTH - 8, y + 5, words, svg.STRONG, anchor="end", tone=colour)


def _missing(frame: _Frame, row: ForestRow, y: float) -> Iterator[Markup]:
    wide = frame.x.to_px - frame.x.from_px
    yield svg.rect(frame.x.from_px, y - 9, wide, 18, "hatched", rx=3)
    words = svg.shorten(row.why, svg.SMALL, wide - 16)
    yield svg.text(frame.x.from_px + wide / 2, y + 4.5, words, svg.SMALL, anchor="middle", tone="halo")
