"""Numbers of flow: each registered measure of work that has a number for an entity, the newest period, and its course."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.draw.spark import Spark
from wholeservice.measures.compute import OF_WORK
from wholeservice.pages.attribution import FAIL_RATE, attributed
from wholeservice.pages.base import Data
from wholeservice.pages.listing import measures_of
from wholeservice.pages.numbers import Number, number_of
from wholeservice.pages.series import measured_points, newest_of, spark_of


@dataclass(frozen=True, slots=True)
class FlowNumber:
    """One number and its course; *between*: where it depends on who says so, what it lies between, in words."""

    number: Number
    spark: Spark
    between: str | None = None


def flow_numbers(data: Data, entity: str) -> tuple[FlowNumber, ...]:
    """Return the numbers of work of an entity, in the order in which the measures are registered."""
    found = []
    for measure in measures_of(data, entity):
        points = measured_points(data.results, measure.name, entity) if set(measure.needs) <= OF_WORK else ()
        if points:
            newest = newest_of(points)
            cell = newest.cell
            between = attributed(data, entity, cell.from_at, cell.to_at) if measure.name == FAIL_RATE else None
            found.append(FlowNumber(number_of(data, measure, newest), spark_of(data, measure, points), between))
    return tuple(found)
