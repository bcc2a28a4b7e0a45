"""Rows of services, units and parts in a list: alphabetical, with what is measured and how far; never ranked by a level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wholeservice.draw.spark import Spark
from wholeservice.findings.target_result import plain_word
from wholeservice.measures.base import Measure
from wholeservice.organisation import graph
from wholeservice.organisation.graph import Entity, Need
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import Number, number_of, plural
from wholeservice.pages.series import measured_points, newest_of, slots_of, spark_of

SERVICE, UNIT = "service", "unit"


@dataclass(frozen=True, slots=True)
class Row:
    """One entity in a list. `number` is its leading measure, newest period; None is not measured."""

    entity: str
    kind: str
    title: str
    within: str | None
    number: Number | None
    spark: Spark | None
    coverage: str


def row_of(data: Data, entity: Entity) -> Row:
    """Return the row of one entity."""
    measure = leading_measure(data, entity.id)
    points = measured_points(data.results, measure.name, entity.id) if measure else ()
    parent = data.organisation.entities.get(entity.parent or "")
    return Row(
        entity.id, entity.kind, entity.title, parent.title if parent else None,
        number_of(data, measure, newest_of(points)) if measure and points else None,
        spark_of(data, measure, points) if measure and points else None,
        _coverage(data, entity, len(points), len(slots_of(points, data.zone))),
    )  # fmt: skip


def _coverage(data: Data, entity: Entity, n_points: int, n_periods: int) -> str:
    needs = needs_of(data, entity.id)
    judged = sum(any(plain_word(each.measure) in _words(data) for each in need.targets) for need in needs)
    parts = [f"{n_points} of {plural(n_periods, 'period')}"] if n_periods else []
    parts += [f"{judged} of {plural(len(needs), 'need')} with a target"] if needs else []
    return ", ".join(parts) or "nothing measured yet"


def _words(data: Data) -> frozenset[str]:
    return frozenset(plain_word(word) for each in data.measures.values() for word in (each.name, *each.words))


def needs_of(data: Data, entity: str) -> tuple[Need, ...]:
    """Return what consumers want of an entity; the organisation's own aims are not needs."""
    return tuple(each for each in graph.needs_of(data.organisation, entity) if not each.is_aim)


def leading_measure(data: Data, entity: str) -> Measure | None:
    """Return the measure that stands for an entity: that of its first measured target, else a share people feel, else any."""
    with_points = measures_of(data, entity)
    wanted = [plain_word(target.measure) for need in needs_of(data, entity) for target in need.targets]
    by_target = (each for word in wanted for each in with_points if word in map(plain_word, (each.name, *each.words)))
    shares = (each for each in with_points if each.unit.kind == "share" and each.better != "neither")
    return next(by_target, None) or next(shares, None) or next(iter(with_points), None)


def measures_of(data: Data, entity: str) -> list[Measure]:
    """Return the measures that have sums for an entity as a whole, in their registered order."""
    return [each for each in data.measures.values() if data.results.rows(each.name, entity)]


def by_title(entities: Iterable[Entity]) -> list[Entity]:
    """Return entities in the order of a telephone book."""
    return sorted(entities, key=lambda each: (each.title.casefold(), each.id))
