"""The same journey in each channel: the share that goes on at each step, and that finishes, against what was promised."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wholeservice.derived.journeys import flatten
from wholeservice.draw import svg
from wholeservice.draw.axes import signed
from wholeservice.draw.channel_matrix import Cell, Channel, ChannelMatrix
from wholeservice.draw.gap import Gap
from wholeservice.measures.base import Measure
from wholeservice.measures.results import Point
from wholeservice.organisation import graph
from wholeservice.organisation.graph import Entity
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data
from wholeservice.pages.held_part import Promise, Where, periods_words, point_at, promises
from wholeservice.pages.journey_part import CONVERSION
from wholeservice.pages.numbers import listed, plural, possible, when
from wholeservice.units import SHARE

COMPLETION, ALL_THE_WAY = "completion", "All the way to the end"


@dataclass(frozen=True, slots=True)
class MatrixPart:
    """The drawing, a sentence that states what it shows, over which periods, and what would fill its hatched cells."""

    drawing: ChannelMatrix
    title: str
    reading: str
    fill: str | None


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: a measure at a step, or of the whole journey."""

    title: str
    measure: Measure
    step: str | None
    href: str | None
    held: dict[Where, Promise]


def matrix_part(data: Data, entity: Entity) -> MatrixPart | None:
    """Return the channels of an entity against its steps; None where it names no channel or no journey."""
    columns, channels = _columns(data, entity), _channels(data, entity)
    if not columns or not channels:
        return None
    points = {(each, at): _point(data, entity, column, each) for each in channels for at, column in enumerate(columns)}
    rows = tuple(
        Channel(each, tuple(_cell(data, entity, column, (each, points[each, at])) for at, column in enumerate(columns)))
        for each in channels
    )
    bare = ChannelMatrix(f"channels-{svg.id_of(entity.id)}", "", SHARE, tuple(each.title for each in columns), rows)
    drawing = replace(bare, title=_title(bare))
    period = periods_words([when(data, point.period) for point in points.values() if point])
    return MatrixPart(drawing, drawing.title, _reading(period), _fill(drawing))


def _columns(data: Data, entity: Entity) -> list[_Column]:
    """A column for every step something comes before, and one for the whole way."""
    titles, columns = {each.id: each.title for each in graph.leaves(entity.journey)}, []
    going_on, finishing = data.measures.get(CONVERSION), data.measures.get(COMPLETION)
    if going_on:
        held = promises(data, entity.id, going_on)
        for stop in flatten(entity.journey):
            if stop.base:
                to = address("service", entity.id, "step", stop.step)
                columns.append(_Column(titles.get(stop.step, stop.step), going_on, stop.step, to, held))
    if finishing and entity.journey:
        columns.append(_Column(ALL_THE_WAY, finishing, None, None, promises(data, entity.id, finishing)))
    return columns


def _channels(data: Data, entity: Entity) -> list[str]:
    """Those it says it offers, then those that have a number all the same."""
    seen = data.results.channels(COMPLETION, entity.id)
    for stop in flatten(entity.journey):
        seen |= data.results.channels(CONVERSION, entity.id, stop.step)
    return [*entity.channels, *sorted(seen - set(entity.channels))]


def _point(data: Data, entity: Entity, column: _Column, channel: str) -> Point | None:
    return point_at(data, entity.id, column.measure, (column.step, channel), column.held)


def _cell(data: Data, entity: Entity, column: _Column, found: tuple[str, Point | None]) -> Cell | None:
    """What is promised in this very channel, else at the step in all of them; None where the step is not offered there."""
    channel, point = found
    if point is None and not _is_offered(data, entity, column.step, channel):
        return None
    promise = column.held.get((column.step, channel)) or column.held.get((column.step, None))
    expected = promise.level if promise else None
    if point is None:
        return Cell(None, expected, href=column.href)
    spread = possible(point.value.interval, SHARE)
    low, high = (spread.low, spread.high) if spread else (None, None)
    return Cell(point.value.value, expected, low, high, point.value.n, point.value.is_few, column.href)


def _is_offered(data: Data, entity: Entity, step: str | None, channel: str) -> bool:
    """A step is offered in a channel unless all that serves it names its channels, and this one is not among them."""
    serving = graph.parts_at(data.organisation, entity.id, step) if step else ()
    named = [data.organisation.entities[each].channels for each in serving if each in data.organisation.entities]
    return not named or any(not each or channel in each for each in named)


def _title(matrix: ChannelMatrix) -> str:
    """Name the place that surely falls furthest short; else say how much is measured."""
    pairs = [(each.title, step, cell) for each in matrix.channels
             for step, cell in zip(matrix.steps, each.cells, strict=True) if cell]  # fmt: skip
    known = [each for each in pairs if each[2].value is not None]
    short = [each for each in known if _is_short(matrix, each[2])]
    is_one = "is" if len(known) == 1 else "are"
    words = f"{len(known)} of {plural(len(pairs), 'place')} where a step meets a channel {is_one} measured"
    if not short:
        return words + ("; none of them surely falls short of what was promised" if known else "")
    channel, step, cell = min(short, key=lambda each: (each[2].value or 0.0) - (each[2].expected or 0.0))
    gap = signed((cell.value or 0.0) - (cell.expected or 0.0), matrix.unit)
    return f"“{step}” by {channel} falls furthest short of what was promised ({gap}); {words}"


def _is_short(matrix: ChannelMatrix, cell: Cell) -> bool:
    if cell.expected is None or cell.is_few:
        return False
    return Gap(matrix.unit, matrix.direction, cell.expected, cell.value, cell.low, cell.high).verdict == "below"


def _reading(period: str) -> str:
    words = "The share of those at the step before who reach this one, and the share who finish. The tick is what was promised."
    return f"{words} {period[:1].upper()}{period[1:]}." if period else words


def _fill(matrix: ChannelMatrix) -> str | None:
    dark = [each.title for each in matrix.channels if any(cell and cell.value is None for cell in each.cells)]
    return f"Record the channel with each visit, by {listed(dark)}, to fill what is hatched." if dark else None
