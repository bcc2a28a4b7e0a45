"""Channel matrix: steps by channels; each cell a dot with its likely range against the tick of what was expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, Scale, in_place, likely, signed, signed_in_place
from wholeservice.draw.columns import HEAD_HEIGHT, LEFT, Columns, columns, heads, legend, not_measured
from wholeservice.draw.gap import Gap
from wholeservice.draw.svg import Markup
from wholeservice.units import Unit, write

GAP, ROW, INSET = 14.0, 54.0, 10.0
NOT_OFFERED = "not offered"
MUCH = 0.5  # of the largest shortfall: from here on a cell is dark
LEGEND = (
    ("cell much-below", "far below what was expected"), ("cell below", "below what was expected"),
    ("cell open", "too close to call"), ("cell above", "above what was expected"), ("cell open few", "few counted"),
    ("hatched", NOT_MEASURED), ("dot absent", NOT_OFFERED),
)  # fmt: skip
MARK = 200.0  # pixels of one mark explained


@dataclass(frozen=True, slots=True)
class Cell:
    """One step in one channel that is offered there. `value` None is not measured; `expected` None is nothing promised."""

    value: float | None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    n: float | None = None
    is_few: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel with a cell for every step; None where the step is not offered in it."""

    title: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class ChannelMatrix:
    """Channels under the steps they serve, all in one unit. `direction` is +1 when more is better, -1 when less is."""

    id: str
    title: str
    unit: Unit
    steps: tuple[str, ...]
    channels: tuple[Channel, ...]
    direction: int = 1


def draw(matrix: ChannelMatrix, *, width: float = 1240, across: Columns | None = None) -> Markup:
    """Return the matrix as an SVG, a column a step; a cell with an address can be picked and reached by keyboard.

    *across* are the columns of a journey whose heads are drawn already, above it; the matrix fills the last of them.
    """
    n = len(matrix.steps)
    within = replace(across, left=across.x(across.n - n), n=n) if across else columns(n, width)
    top = GAP + (0.0 if across else HEAD_HEIGHT)
    below = top + len(matrix.channels) * ROW + 16
    rows = [part for at, each in enumerate(matrix.channels) for part in _row(matrix, each, within, top + at * ROW)]
    per_line = max(1, int(within.width // MARK))
    marks = [
        part
        for at, item in enumerate(LEGEND)
        for part in legend([item], below + at // per_line * 22, x=at % per_line * MARK, room=MARK - 8)
    ]
    height = below + (len(LEGEND) - 1) // per_line * 22 + 18
    is_picked = any(cell and cell.href for each in matrix.channels for cell in each.cells)
    sheet = svg.Drawing(matrix.id, matrix.title, says(matrix), within.width, height, is_interactive=is_picked)
    return svg.figure(sheet, *heads(() if across else matrix.steps, within), *rows, *marks)


def says(matrix: ChannelMatrix) -> str:
    """Return how many cells fall short, go beyond, cannot be told, are not measured."""
    cells = [cell for each in matrix.channels for cell in each.cells if cell]
    verdicts = [_verdict(matrix, cell) for cell in cells]
    counted = ", ".join(
        f"{verdicts.count(verdict)} {words}"
        for verdict, words in (("below", "below what was expected"), ("above", "at or above it"), ("open", "too close to call"),
                               ("unknown", NOT_MEASURED))
        if verdict in verdicts
    )  # fmt: skip
    return f"{len(cells)} places where a step meets a channel: {counted}." if cells else "No step is offered in any channel."


def table(matrix: ChannelMatrix) -> svg.Table:
    """Return a row for each channel and step that is offered."""
    rows = [
        (each.title, step, *_numbers(matrix, cell))
        for each in matrix.channels
        for step, cell in zip(matrix.steps, each.cells, strict=True)
    ]
    header = ("Channel", "Step", "Expected", "Delivered", "Likely range", "Difference", "Counted")
    return svg.Table(matrix.title, header, tuple(rows))


def _numbers(matrix: ChannelMatrix, cell: Cell | None) -> tuple[str, ...]:
    if cell is None:
        return ("–", NOT_OFFERED, "–", "–", "–")
    difference = None if cell.value is None or cell.expected is None else cell.value - cell.expected
    return (
        "–" if cell.expected is None else write(cell.expected, matrix.unit), write(cell.value, matrix.unit),
        likely(cell.low, cell.high, matrix.unit).removeprefix("likely ") or "–",
        "–" if difference is None else signed(difference, matrix.unit), "–" if cell.n is None else f"{cell.n:,.0f}",
    )  # fmt: skip


def _verdict(matrix: ChannelMatrix, cell: Cell) -> str:
    if cell.value is None:
        return "unknown"
    if cell.expected is None:
        return "open"
    return Gap(matrix.unit, matrix.direction, cell.expected, cell.value, cell.low, cell.high).verdict


def _worst(matrix: ChannelMatrix) -> float:
    gaps = [
        matrix.direction * (cell.expected - cell.value)
        for each in matrix.channels
        for cell in each.cells
        if cell and cell.value is not None and cell.expected is not None
    ]
    return max(gaps, default=0.0)


def _row(matrix: ChannelMatrix, channel: Channel, across: Columns, y: float) -> Iterator[Markup]:
    lines = svg.wrap(channel.title, svg.BODY, LEFT - 24, 2)
    words = [svg.text(0, y + ROW / 2 + 3 + 17 * (at - (len(lines) - 1) / 2), each) for at, each in enumerate(lines)]
    yield svg.titled(channel.title, *words)
    scale = _scale(matrix, across.size)
    for index, cell in enumerate(channel.cells):
        yield _cell(matrix, cell, (across.x(index), y), scale, f"{channel.title}, {matrix.steps[index]}")


def _scale(matrix: ChannelMatrix, size: float) -> Scale:
    """One scale for all cells, over all numbers in them."""
    cells = [cell for each in matrix.channels for cell in each.cells if cell]
    numbers = [each for cell in cells for each in (cell.value, cell.expected, cell.low, cell.high) if each is not None]
    return Scale(min(numbers, default=0.0), max(numbers, default=1.0), INSET, size - 4 - INSET)


def _cell(matrix: ChannelMatrix, cell: Cell | None, spot: tuple[float, float], scale: Scale, name: str) -> Markup:
    x, y = spot
    size = scale.to_px + INSET + 4
    if cell is None:
        return svg.titled(f"{name}: {NOT_OFFERED}", svg.circle(x + size / 2, y + ROW / 2 - 2, 2.6, "dot absent"))
    words = f"{name}: {_cell_says(matrix, cell)}"
    if cell.value is None:
        return svg.linked(cell.href, words, *not_measured(x + 2, y, size - 4, ROW - 5))
    ground = svg.rect(x + 2, y, size - 4, ROW - 5, f"cell {_tone(matrix, cell)}{' few' if cell.is_few else ''}", rx=4)
    inside = replace(scale, from_px=scale.from_px + x + 2, to_px=scale.to_px + x + 2)
    return svg.linked(cell.href, words, ground, *_strip(matrix, cell, inside, y), *_cell_text(matrix, cell, inside, y))


def _tone(matrix: ChannelMatrix, cell: Cell) -> str:
    verdict = _verdict(matrix, cell)
    if verdict == "below" and matrix.direction * ((cell.expected or 0) - (cell.value or 0)) >= MUCH * _worst(matrix):
        return "much-below"
    return verdict


def _cell_says(matrix: ChannelMatrix, cell: Cell) -> str:
    if cell.value is None:
        return NOT_MEASURED
    expected, value, _, difference, n = _numbers(matrix, cell)
    promised = "" if cell.expected is None else f"expected {expected}"
    parts = (f"delivered {value}", likely(cell.low, cell.high, matrix.unit), promised,
             difference.strip("–"), "" if cell.n is None else f"{n} counted", "few counted" if cell.is_few else "")  # fmt: skip
    return ", ".join(filter(None, parts))


def _strip(matrix: ChannelMatrix, cell: Cell, scale: Scale, top: float) -> Iterator[Markup]:
    """The dot, its range and the tick, on the foot of the cell."""
    y, value = top + ROW - 18, cell.value or 0.0
    tone = {"below": "down", "above": "up"}.get(_verdict(matrix, cell), "flat")
    yield svg.line(scale.from_px, y, scale.to_px, y, "baseline")
    if cell.expected is not None:
        yield svg.line(scale(cell.expected), y - 7, scale(cell.expected), y + 7, "tick")
    if cell.low is not None and cell.high is not None:
        yield svg.line(scale(cell.low), y, scale(cell.high), y, f"whisker wide {tone}")
    yield svg.circle(scale(value), y, 4.5, "dot hollow" if cell.is_few else "dot")


def _cell_text(matrix: ChannelMatrix, cell: Cell, scale: Scale, top: float) -> Iterator[Markup]:
    """The difference at the left, the number itself at the right, as far as both fit."""
    room, few, unit = scale.to_px - scale.from_px, "~" if cell.is_few else "", matrix.unit
    values = [few + each for each in in_place(cell.value or 0.0, unit)]
    if cell.expected is None:
        yield svg.text(scale.from_px, top + 20, svg.first_that_fits(values, svg.STRONG, room), svg.STRONG)
        return
    difference = (cell.value or 0) - cell.expected
    gap = svg.first_that_fits(signed_in_place(difference, unit), svg.STRONG, room)
    yield svg.text(scale.from_px, top + 20, gap, svg.STRONG)
    rest = room - svg.width(gap, svg.STRONG) - 6
    yield svg.text(scale.to_px, top + 19.5, svg.first_that_fits(values, svg.TINY, rest), svg.TINY, anchor="end")
