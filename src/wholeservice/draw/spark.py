"""Spark: a trend as small as a word; gaps stay gaps, and it carries no scale, so it never ranks anyone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, Scale
from wholeservice.draw.svg import Markup
from wholeservice.units import Unit, write


@dataclass(frozen=True, slots=True)
class Spark:
    """Values of like periods, oldest first; None is a period without a number."""

    unit: Unit
    values: tuple[float | None, ...]
    first_label: str
    last_label: str


def draw(spark: Spark, *, width: float = 104, height: float = 30) -> Markup:
    """Return the spark as an SVG; a series without a number is hatched."""
    known = [(index, value) for index, value in enumerate(spark.values) if value is not None]
    parts = list(_line(spark, known, width, height)) if known else [svg.rect(1, 6, width - 2, height - 12, "hatched", rx=3)]
    return svg.element(
        "svg", svg.element("title", _says(spark)), *parts, class_="diagram spark", role="img",
        viewBox=f"0 0 {width:g} {height:g}", width=width, height=height,
    )  # fmt: skip


def table(spark: Spark) -> svg.Table:
    """Return the values in order."""
    rows = tuple((str(index + 1), write(value, spark.unit)) for index, value in enumerate(spark.values))
    return svg.Table(f"{spark.first_label} to {spark.last_label}", ("Period", "Value"), rows)


def _says(spark: Spark) -> str:
    known = [value for value in spark.values if value is not None]
    if not known:
        return NOT_MEASURED
    span = f"{len(known)} of {len(spark.values)} periods measured"
    return f"{write(known[0], spark.unit)} to {write(known[-1], spark.unit)}, {span}, {spark.first_label} to {spark.last_label}"


def _line(spark: Spark, known: list[tuple[int, float]], width: float, height: float) -> Iterator[Markup]:
    values = [value for _, value in known]
    x = Scale(0, max(1, len(spark.values) - 1), 4, width - 6)
    y = Scale(min(values), max(values), height - 6, 6)
    run: list[tuple[float, float]] = []
    for index, value in enumerate([*spark.values, None]):
        if value is not None:
            run.append((x(index), y(value)))
        elif run:
            yield svg.path(svg.polyline(run), "curve thin") if len(run) > 1 else svg.circle(*run[0], 1.8, "dot")
            run = []
    yield svg.circle(x(known[-1][0]), y(known[-1][1]), 3, "dot")
