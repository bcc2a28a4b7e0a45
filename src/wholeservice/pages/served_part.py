"""Served worst: the kinds of people of whom a number surely lies below that of the others, at a service or one of its steps.

Kinds are channels, kinds of consumers, devices and hours (`measures.kinds`). Each is held against the others of its kind over
one period; those of fewer than thirty people never are. So are the hours of each channel (`pages.served_hours`). All
comparisons of a page are judged together (Holm), so that the worst of many does not stand out by chance alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from wholeservice.findings.wording import period_of
from wholeservice.measures.against_others import FEW, Group, chance_of
from wholeservice.measures.base import Cell, Measure, Statistics
from wholeservice.measures.kinds import DEVICE, HOUR, KINDS, SEGMENT, hours_of, kind_of, of_kind, what_of
from wholeservice.measures.results import Point
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import Number, listed, number_of, unit_of, when
from wholeservice.pages.served_hours import worst_hours
from wholeservice.uncertainty import surely
from wholeservice.units import ENDS, write

MEASURES = ("completion", "step-conversion", "satisfaction", "nps", "ease")
"""What is looked at, where it has a number; more is better in all of them."""
CHANNEL, HOURS_OF_ONE = "channel", "hours of a channel"
RECORDED = {SEGMENT: "which kind of consumer they are (“segment”)", DEVICE: "what device they use (“device”)"}
MOST, A_WEEK = 3, dt.timedelta(days=7)
Row = tuple[Cell, Statistics]


@dataclass(frozen=True, slots=True)
class Worse:
    """One kind of people who are surely served worse than the others of their kind: their number, and that of the others."""

    kind: str
    who: str
    number: Number
    others: str


@dataclass(frozen=True, slots=True)
class Served:
    """One measure: who is served worst, worst first; how many kinds of people were compared; `says` where it is nobody."""

    measure: str
    title: str
    period: str
    worse: tuple[Worse, ...]
    n_compared: int
    says: str | None


@dataclass(frozen=True, slots=True)
class ServedPart:
    """The heading, every measure that has a number, and what nobody recorded of those people."""

    title: str
    measures: tuple[Served, ...]
    not_recorded: str | None


@dataclass(frozen=True, slots=True)
class _Some:
    """Some people of a kind beside the others of it; the chance that they only seem to be served worse."""

    kind: str
    who: str
    cell: Cell
    group: Group
    chance: float

    @property
    def below(self) -> float:
        own, others = self.group.own, self.group.others
        return others.numerator / others.denominator - own.numerator / own.denominator


def served_part(data: Data, entity: str, step: str | None = None) -> ServedPart | None:
    """Return who is served worst, by each measure of experience and by how many finish; None where none has a number."""
    found: list[tuple[Measure, Cell, list[_Some]]] = []
    for measure in (data.measures[name] for name in MEASURES if name in data.measures):
        whole = _whole(data, measure, entity, step)
        if whole is not None:
            found.append((measure, whole[0], list(_compared(data, measure, whole))))
    if not found:
        return None
    every = [each for _, _, some in found for each in some]
    is_sure = dict(zip(map(id, every), surely([each.chance for each in every]), strict=True))
    served = tuple(
        _served(data, measure, cell, [each for each in some if is_sure[id(each)]], len(some)) for measure, cell, some in found
    )
    recorded = {kind_of(each) for name in MEASURES for at in (None, step) for each in data.results.segments(name, entity, at)}
    return ServedPart(_title(served), served, _not_recorded(recorded))


def _whole(data: Data, measure: Measure, entity: str, step: str | None) -> Row | None:
    """The number of everybody over the period that a reader asked for; else, of those that end within a week of the newest,
    that on most."""
    rows = [row for row in data.results.rows(measure.name, entity, step=step) if row[1].n]
    newest_at = max((cell.to_at for cell, _ in rows), default=None)
    late = [row for row in rows if newest_at and newest_at - row[0].to_at <= A_WEEK]
    return max(late, key=lambda row: row[1].n, default=None)


def _compared(data: Data, measure: Measure, whole: Row) -> Iterator[_Some]:
    """Yield everybody who is held against the others of their kind, few left out."""
    ends = ENDS.get(measure.unit, (0.0, 1.0))
    for kind, rows in _by_kind(data, measure, whole[0]):
        together = reduce(add, rows.values(), Statistics())
        for cell, own in rows.items():
            group = Group(own, together - own, whole[1])
            if not group.is_few:
                yield _Some(kind, _who(data, kind, cell), cell, group, chance_of(group, ends))
    for span in worst_hours(_by_hour_of_channel(data, measure, whole[0]), whole[1], ends):
        cell = replace(whole[0], channel=span.channel, segment=span.segment)
        yield _Some(HOURS_OF_ONE, f"{_who(data, CHANNEL, cell)} {_who(data, HOUR, cell)}", cell, span.group, span.chance)


def _by_kind(data: Data, measure: Measure, of: Cell) -> Iterator[tuple[str, dict[Cell, Statistics]]]:
    """Yield the sums of each kind of people in the very period of a cell; what others counted has no people to compare."""
    results, where = data.results, (measure.name, of.entity)
    segments = results.segments(*where, of.step)
    named: list[tuple[str, str | None, str | None]] = []
    named += [(CHANNEL, each, None) for each in sorted(results.channels(*where, of.step))]
    named += [(kind, None, each) for kind in KINDS for each in of_kind(segments, kind)]
    for kind in (CHANNEL, *KINDS):
        series = [results.rows(*where, step=of.step, channel=by, segment=who) for each, by, who in named if each == kind]
        yield kind, {cell: sums for rows in series for cell, sums in rows if period_of(cell) == period_of(of) and sums.clusters}


def _by_hour_of_channel(data: Data, measure: Measure, of: Cell) -> dict[Cell, Statistics]:
    """Return the sums of each hour of each channel in the very period of a cell."""
    results, where = data.results, (measure.name, of.entity)
    channels, hours = results.channels(*where, of.step), of_kind(results.segments(*where, of.step), HOUR)
    series = [results.rows(*where, step=of.step, channel=by, segment=hour) for by in sorted(channels) for hour in hours]
    return {cell: sums for rows in series for cell, sums in rows if period_of(cell) == period_of(of) and sums.clusters}


def _served(data: Data, measure: Measure, cell: Cell, sure: list[_Some], n_compared: int) -> Served:
    worst = sorted(sure, key=lambda each: (-each.below, each.kind, each.who))[:MOST]
    says = None
    if not n_compared:
        says = f"No two kinds of people are known of whom {FEW} or more were counted."
    elif not worst:
        were = "was" if n_compared == 1 else "were"
        says = f"No kind of people is surely served worse than the others; {n_compared} {were} compared."
    rows = tuple(_worse(data, measure, each) for each in worst)
    return Served(measure.name, measure.title, when(data, period_of(cell)), rows, n_compared, says)


def _worse(data: Data, measure: Measure, some: _Some) -> Worse:
    point = Point(some.cell, some.group.own, measure.finish(some.group.own))
    others = measure.finish(some.group.others).value
    return Worse(some.kind, some.who, number_of(data, measure, point), write(others, unit_of(measure, point)))


def _who(data: Data, kind: str, cell: Cell) -> str:
    """Say who they are.

    Shape    as it stands within a sentence: "by phone", "Guests", "with the device “phone”", "at 19 h to 20 h"
    """
    if kind == CHANNEL:
        return f"by {cell.channel}"
    what = what_of(cell.segment or "")
    if kind == HOUR:
        hours = hours_of(cell.segment or "")
        return f"at {int(hours[0])} h to {int(hours[-1]) + 1} h"
    known = data.organisation.entities.get(what)
    return f"with the device “{what}”" if kind == DEVICE else known.title if known else what


def _title(served: tuple[Served, ...]) -> str:
    named = list(dict.fromkeys(row.who for each in served for row in each.worse))
    if named:
        return f"Served worst: {listed(named[:MOST])}"
    if any(each.n_compared for each in served):
        return "Nobody is surely served worse than the others"
    return "Nobody knows who is served worst"


def _not_recorded(recorded: set[str]) -> str | None:
    missing = [words for kind, words in RECORDED.items() if kind not in recorded]
    return f"Nobody recorded {listed(missing)}." if missing else None
