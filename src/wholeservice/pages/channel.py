"""The page of a channel: in each service that offers it, how many come this way, finish and are content, against all ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw.axes import signed
from wholeservice.measures.results import Point
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Entity
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.entries import address_of, entries_of
from wholeservice.pages.listing import by_title
from wholeservice.pages.numbers import Number, number_of, plural, unit_of
from wholeservice.pages.series import newest_of
from wholeservice.pages.sheet import NUMBER, number_cells
from wholeservice.units import SHARE, write

USE, COMPLETION, SATISFACTION = "volume", "completion", "satisfaction"


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure in this channel beside the whole service over the same period. `is_better` None: cannot be told apart."""

    here: Number
    whole: Number | None
    difference: str | None
    is_better: bool | None
    share: str | None  # of all use; only of a count


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One service in this channel; a measure that is None is not measured. `is_declared`: it says it offers the channel."""

    entity: str
    title: str
    address: str
    kind: str
    is_declared: bool
    use: Compared | None
    completion: Compared | None
    satisfaction: Compared | None


@dataclass(frozen=True, slots=True)
class Other:
    """A service without the channel."""

    entity: str
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """Services that offer the channel; those that offer others only; those that do not say."""

    channel: str
    title: str
    rows: tuple[ChannelRow, ...]
    not_offered: tuple[Other, ...]
    not_said: tuple[Other, ...]
    snapshot: str


def build(data: Data, channel: str) -> ChannelPage | None:
    """Return the page of a channel; None when no service offers it and no number names it."""
    if channel not in entries_of(data).channels:
        return None
    rows: list[ChannelRow] = []
    not_offered: list[Other] = []
    not_said: list[Other] = []
    for entity in by_title(data.organisation.entities.values()):
        if entity.kind not in (kinds.SERVICE, kinds.PART):
            continue
        row = _row(data, entity, channel)
        if row.is_declared or row.use or row.completion or row.satisfaction:
            rows.append(row)
        elif entity.kind == kinds.SERVICE:
            (not_offered if entity.channels else not_said).append(Other(entity.id, entity.title, address_of(entity)))
    return ChannelPage(channel, _title(channel, rows), tuple(rows), tuple(not_offered), tuple(not_said), data.snapshot)


def _row(data: Data, entity: Entity, channel: str) -> ChannelRow:
    compared = [_compared(data, measure, entity.id, channel) for measure in (USE, COMPLETION, SATISFACTION)]
    return ChannelRow(
        entity.id, entity.title, address_of(entity), entity.kind, channel in entity.channels, *compared
    )  # fmt: skip


def _compared(data: Data, name: str, entity: str, channel: str) -> Compared | None:
    measure = data.measures.get(name)
    points = data.results.series(name, entity, channel=channel) if measure else ()
    measured = tuple(each for each in points if each.value.value is not None)
    if measure is None or not measured:
        return None
    here = newest_of(measured)
    whole = _same_period(data, here)
    numbers = number_of(data, measure, here), number_of(data, measure, whole) if whole else None
    if whole is None or not whole.value.value:
        return Compared(*numbers, None, None, None)
    gap = (here.value.value or 0.0) - whole.value.value
    if measure.unit.kind == "count":
        return Compared(*numbers, None, None, write((here.value.value or 0.0) / whole.value.value, SHARE))
    return Compared(*numbers, signed(gap, unit_of(measure, here)), _is_better(here, whole, gap, measure.better), None)


def _same_period(data: Data, here: Point) -> Point | None:
    """The whole service over the very same period."""
    cell, days = here.cell, here.period.days
    every = data.results.series(cell.measure, cell.entity, days=days, window=cell.window)
    found = (each for each in every if (each.cell.from_at, each.cell.to_at) == (cell.from_at, cell.to_at))
    return next((each for each in found if each.value.value is not None), None)


def _is_better(here: Point, whole: Point, gap: float, better: str) -> bool | None:
    """Only where the likely ranges do not touch: the channel is a part of the whole, so that this errs towards silence."""
    one, other = here.value.interval, whole.value.interval
    if one is None or other is None or better == "neither" or not (one.high < other.low or other.high < one.low):
        return None
    return (gap > 0) == (better == "higher")


def _title(channel: str, rows: list[ChannelRow]) -> str:
    counted = sum(each.use is not None for each in rows)
    worse = [each.title for each in rows if each.completion and each.completion.is_better is False]
    offered = f"{plural(len(rows), 'service or part', 'services and parts')} offer{'s' if len(rows) == 1 else ''} {channel}"
    words = f"{offered}; {counted:,} of them count{'s' if counted == 1 else ''} who comes"
    return words + (f"; fewer finish than in the whole of {worse[0]}" if len(worse) == 1 else "")


def _sheet(_: Data, page: ChannelPage) -> Sheet:
    """A row for each service and measure, the whole service beside the channel."""
    header = ("id", "name", "kind", "offers the channel", "what", *NUMBER, "of the whole service", "whole likely from",
              "whole likely to", "whole counted (n)")  # fmt: skip
    return Sheet(header, tuple(_cells(page)))


def _cells(page: ChannelPage) -> Iterator[tuple[object, ...]]:
    for row in page.rows:
        declared = "yes" if row.is_declared else "does not say so"
        for what, each in (("use", row.use), ("completion", row.completion), ("satisfaction", row.satisfaction)):
            whole = each.whole if each else None
            beside = (whole.value, whole.low, whole.high, whole.n) if whole else (None,) * 4
            yield row.entity, row.title, row.kind, declared, what, *number_cells(each.here if each else None), *beside
    for other in page.not_offered:
        yield other.entity, other.title, kinds.SERVICE, "no", *(None,) * (1 + len(NUMBER) + 4)


PAGE = Page(path="/channel/{channel}", name="channel", template="channel.html", build=build, sheet=_sheet, has_period=True)
