"""What a step, in all channels or in one, is held against: the level a need promises there, and the number beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.findings.target_result import measure_of, result_of
from wholeservice.measures.base import Measure
from wholeservice.measures.results import Point
from wholeservice.organisation.graph import Need, Target
from wholeservice.pages.base import Data
from wholeservice.pages.listing import needs_of
from wholeservice.pages.series import newest_of

Where = tuple[str | None, str | None]
"""A step and a channel; None is all of them together."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A level that a need promises, and the number it is held against; `point` None is not measured."""

    level: float
    point: Point | None


def promises(data: Data, entity: str, measure: Measure) -> dict[Where, Promise]:
    """Return what the needs of an entity promise of a measure, by step and channel; the first need to name a place counts."""
    found: dict[Where, Promise] = {}
    for need, target in _targets(data, entity, measure):
        promise = _promise(data, need, target, measure)
        if promise is not None:
            found.setdefault((target.step, target.channel), promise)
    return found


def _targets(data: Data, entity: str, measure: Measure) -> Iterator[tuple[Need, Target]]:
    for need in needs_of(data, entity):
        for target in need.targets:
            is_of_all = target.consumer is None and target.quantile is None
            if is_of_all and measure_of(data.results, target) is data.results.measures.get(measure.name):
                yield need, target


def _promise(data: Data, need: Need, target: Target, measure: Measure) -> Promise | None:
    result = result_of(data.results, need, target, data.zone)
    if result is not None:
        return Promise(result.level, result.point)
    is_same = target.level.unit.kind == measure.unit.kind and target.level.top is None and target.level.per is None
    return Promise(target.level.number, None) if is_same else None


def point_at(data: Data, entity: str, measure: Measure, where: Where, held: dict[Where, Promise]) -> Point | None:
    """Return the number at a place: the one its own need is held against, else the newest that stands on more than few.

    Where some need names a length of time, other places are read over the same length, so that they can be compared.
    """
    own = held.get(where)
    if own is not None and own.point is not None:
        return own.point
    period = next((each.point.period for each in held.values() if each.point), None)
    if period is not None:
        same = _points(data, entity, measure, where, days=period.days, window=period.window)
        if same:
            return newest_of(same)
    every = _points(data, entity, measure, where)
    return newest_of(every) if every else None


def _points(
    data: Data, entity: str, measure: Measure, where: Where, *, days: float | None = None, window: str | None = None
) -> tuple[Point, ...]:
    points = data.results.series(measure.name, entity, step=where[0], channel=where[1], days=days, window=window)
    return tuple(each for each in points if each.value.value is not None)


def periods_words(words: list[str]) -> str:
    """Say over which periods numbers stand, when they may differ.

    >>> periods_words(["May 2026", "May 2026"]), periods_words(["May 2026", "Q1 2026"]), periods_words([])
    ('May 2026', 'each over its newest period, May 2026 or Q1 2026', '')
    """
    different = list(dict.fromkeys(words))
    if len(different) < 2:
        return "".join(different)
    return "each over its newest period, " + ", ".join(different[:-1]) + " or " + different[-1]
