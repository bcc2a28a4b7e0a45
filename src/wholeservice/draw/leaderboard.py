"""Leaderboard: a row each with its rank, needs met now, the rate of improvement with its range, its series, and the count.

Rows are in the order of their rates; ranks span the places that the ranges do not tell apart. A row without a rate is hatched
and says why. The bar of needs met is beside the rank, and never its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import Scale, likely, short, short_signed, signed, ticks
from wholeservice.draw.svg import Markup
from wholeservice.units import POINTS

TOP, ROW, FOOT = 34.0, 40.0, 28.0
RANK, NAME, MET, VALUE, SERIES, COUNTED = 64.0, 220.0, 150.0, 70.0, 150.0, 84.0
BAR = 80.0
NONE = "–"


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """One row; without a rate *why* says why there is none. `series` are values in points, oldest first."""

    title: str
    rank: str
    n_met: int
    n_needs: int
    n: float
    rate: tuple[float, float, float] | None = None  # points a quarter, and its likely range
    why: str = ""
    series: tuple[float, ...] = ()
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """Rows in the order drawn."""

    id: str
    title: str
    rows: tuple[LeaderRow, ...]
    heading: str = "Points a quarter, with the likely range"
    over: str = "Over time"


@dataclass(frozen=True, slots=True)
class _Frame:
    width: float
    x: Scale
    marks: list[float]
    series: float  # where the little trends begin


def draw(board: Leaderboard, *, width: float = 1180) -> Markup:
    """Return the rows as an SVG; a row with an address leads to what was done there."""
    frame, height = _frame(board, width), TOP + len(board.rows) * ROW + FOOT
    sheet = svg.Drawing(board.id, board.title, says(board), width, height, is_interactive=any(row.href for row in board.rows))
    rows = (_row(frame, row, TOP + at * ROW) for at, row in enumerate(board.rows))
    return svg.figure(sheet, *_headings(board, frame), *_axis(frame, height), *rows)


def says(board: Leaderboard) -> str:
    """Return the rows in words, in the order drawn."""
    return "; ".join(map(_row_says, board.rows)) + "."


def table(board: Leaderboard) -> svg.Table:
    """Return every row with its rank, needs met, rate, likely range and count."""
    rows = tuple(
        (row.title, row.rank, f"{row.n_met} of {row.n_needs}", signed(row.rate[0], POINTS) if row.rate else row.why,
         likely(*row.rate[1:], POINTS).removeprefix("likely ") if row.rate else NONE, f"{row.n:,.0f}")
        for row in board.rows
    )  # fmt: skip
    return svg.Table(board.title, ("Name", "Rank", "Targets met", board.heading, "Likely range", "Answers"), rows)


def _row_says(row: LeaderRow) -> str:
    if row.rate is None:
        return f"{row.title}: {row.why}"
    return f"{row.title}: rank {row.rank}, {signed(row.rate[0], POINTS)} points, {likely(*row.rate[1:], POINTS)}"


def _frame(board: Leaderboard, width: float) -> _Frame:
    marks = _marks([row.rate for row in board.rows if row.rate])
    series = width - COUNTED - SERIES - 12
    return _Frame(width, Scale(marks[0], marks[-1], RANK + NAME + MET + 24, series - VALUE - 16), marks, series)


def _marks(rates: list[tuple[float, float, float]]) -> list[float]:
    """The axis shows every rate and most of every range: one that nothing is known of must not make the others small."""
    ends = sorted(abs(end) for _, *likely in rates for end in likely)
    usual = ends[len(ends) * 3 // 4] if ends else 1.0
    most = max([usual, *(abs(by) for by, _, _ in rates)]) * 1.2 or 1.0
    return ticks(-most if any(low < 0 for _, low, _ in rates) else 0.0, most, n=5)


def _headings(board: Leaderboard, frame: _Frame) -> Iterator[Markup]:
    at = ((0.0, "Rank"), (RANK, "Name"), (RANK + NAME, "Targets met now"))
    for x, words in at:
        yield svg.text(x, 18, words, svg.SMALL, tone="soft")
    room = frame.series - frame.x.from_px - 16
    yield svg.text(frame.x.from_px, 18, svg.shorten(board.heading, svg.SMALL, room), svg.SMALL, tone="soft")
    yield svg.text(frame.series, 18, svg.shorten(board.over, svg.SMALL, SERIES - 8), svg.SMALL, tone="soft")
    yield svg.text(frame.width, 18, "Answers", svg.SMALL, anchor="end", tone="soft")
    yield svg.line(0, TOP - 6, frame.width, TOP - 6, "rule")


def _axis(frame: _Frame, height: float) -> Iterator[Markup]:
    reached = float("-inf")
    for mark in frame.marks:
        x, words = frame.x(mark), short_signed(mark, POINTS) if mark else short(0, POINTS)
        half = svg.width(words, svg.SMALL) / 2
        yield svg.line(x, TOP - 6, x, height - FOOT, "reference" if mark == 0 else "gridline")
        if x - half > reached + 8:
            yield svg.text(x, height - 8, words, svg.SMALL, anchor="middle", tone="soft")
            reached = x + half


def _row(frame: _Frame, row: LeaderRow, y: float) -> Markup:
    middle, foot = y + ROW / 2 - 4, y + ROW - 6
    lines = svg.wrap(row.title, svg.NODE, NAME - 12, 2)
    first = middle + 5 - 8 * (len(lines) - 1)
    parts = [svg.rect(0, y - 5, frame.width, ROW - 1, "row-ground"), svg.line(0, foot, frame.width, foot, "gridline")]
    parts.append(svg.text(0, middle + 5, row.rank, svg.STRONG if row.rank != NONE else svg.BODY))
    parts += [svg.text(RANK, first + 16 * at, each, svg.NODE) for at, each in enumerate(lines)]
    parts += _met(row, middle)
    parts += _rate(frame, row.rate, middle) if row.rate else _missing(frame, row, middle)
    parts += _series(frame, row, middle)
    parts.append(svg.text(frame.width, middle + 5, f"{row.n:,.0f}" if row.n else NONE, svg.BODY, anchor="end"))
    return svg.linked(row.href, _row_says(row), *parts)


def _met(row: LeaderRow, y: float) -> Iterator[Markup]:
    if not row.n_needs:
        return
    x = RANK + NAME
    yield svg.rect(x, y - 3, BAR, 6, "met-of", rx=3)
    yield svg.rect(x, y - 3, BAR * row.n_met / row.n_needs, 6, "met", rx=3)
    yield svg.text(x + BAR + 10, y + 5, f"{row.n_met} of {row.n_needs}", svg.SMALL)


def _rate(frame: _Frame, rate: tuple[float, float, float], y: float) -> Iterator[Markup]:
    by, low, high = rate
    tone = "up" if low > 0 else "down" if high < 0 else "flat"
    ends = [min(frame.x.to_px, max(frame.x.from_px, frame.x(end))) for end in (low, high)]
    yield svg.line(ends[0], y, ends[1], y, f"whisker wide {tone}")
    yield svg.circle(min(frame.x.to_px, max(frame.x.from_px, frame.x(by))), y, 5.5, f"dot {tone}")
    words = "±0" if abs(by) < 0.05 else f"{'−' if by < 0 else '+'}{abs(by):.1f}"
    colour = {"up": "gain", "down": "loss"}.get(tone, "")
    yield svg.text(frame.series - 20, y + 5, words, svg.STRONG, anchor="end", tone=colour)


def _missing(frame: _Frame, row: LeaderRow, y: float) -> Iterator[Markup]:
    wide = frame.x.to_px - frame.x.from_px
    yield svg.rect(frame.x.from_px, y - 9, wide, 18, "hatched", rx=3)
    words = svg.shorten(row.why, svg.SMALL, wide - 16)
    yield svg.text(frame.x.from_px + wide / 2, y + 4.5, words, svg.SMALL, anchor="middle", tone="halo")


def _series(frame: _Frame, row: LeaderRow, y: float) -> Iterator[Markup]:
    if len(row.series) < 2:
        return
    low, high = min(row.series), max(row.series)
    x = Scale(0, len(row.series) - 1, frame.series, frame.series + SERIES - 24)
    scale = Scale(low, high, y + 9, y - 9)
    yield svg.path(svg.polyline([(x(at), scale(each)) for at, each in enumerate(row.series)]), "curve thin")
    yield svg.circle(x(len(row.series) - 1), scale(row.series[-1]), 3, "dot")
