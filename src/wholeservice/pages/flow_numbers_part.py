"""Numbers of flow: each registered measure of work that has a number for an entity, the newest period, and its course."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.draw.spark import Spark
from wholeservice.findings.flow_pace import REQUEST
from wholeservice.measures.compute import OF_WORK
from wholeservice.pages.attribution import FAIL_RATE, attributed
from wholeservice.pages.base import Data
from wholeservice.pages.flow_part import flow_of
from wholeservice.pages.listing import measures_of
from wholeservice.pages.numbers import Number, number_of
from wholeservice.pages.series import measured_points, newest_of, spark_of


@dataclass(frozen=True, slots=True)
class FlowNumber:
    """One number and its course; *between*: where it depends on who says so, what it lies between, in words."""

    number: Number
    spark: Spark
    between: str | None = None


NOT_KNOWN = {
    "deployment-frequency": "How often changes reach production: no deployment to production was recorded. Of a history these "
    "are the tags that are releases (“releases:” of the source).",
    "change-lead-time": "How long a change takes to reach production: no deployment says which changes it delivered.",
    "change-fail-rate": "How many deployments fail: none says how it went, and no incident is linked to one. A history of "
    "changes cannot tell; a table of deployments with “result:”, or of incidents, does.",
    "failed-deployment-recovery-time": "How soon people can go on after a deployment failed: no failed one is known.",
    "deployment-rework-rate": "How many deployments only mend another: none says whether it was planned (“planned:”).",
}
"""The numbers of software delivery (DORA), each with why there may be none and what would give it."""


def not_known(data: Data, entity: str) -> tuple[str, ...]:
    """
    Say which numbers of delivery an entity with numbers of work has not, and why.

    Nothing where there are no numbers of work, nor where all of it is requests: a permit is decided, and nothing is deployed.
    """
    flow = flow_of(data, entity)
    is_requests = flow is not None and bool(flow.kinds) and all(kind == REQUEST for kind, _ in flow.kinds)
    if is_requests or not flow_numbers(data, entity):
        return ()
    return tuple(words for name, words in NOT_KNOWN.items() if not measured_points(data.results, name, entity))


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
