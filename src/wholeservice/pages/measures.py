"""All measures: what each is called, its unit, which way is better, and for how many entities it has a number."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.measures.base import Measure
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.numbers import plural


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure in the list."""

    name: str
    title: str
    unit: str
    better: str
    basis: str
    n_entities: int


@dataclass(frozen=True, slots=True)
class MeasuresPage:
    """The registered measures in their order."""

    title: str
    measures: tuple[MeasureRow, ...]
    snapshot: str


def build(data: Data) -> MeasuresPage:
    """Return the list of measures."""
    measures = tuple(_row(data, each) for each in data.measures.values())
    n_used = sum(each.n_entities > 0 for each in measures)
    return MeasuresPage(f"{plural(len(measures), 'measure')}, {n_used} of them with numbers", measures, data.snapshot)


def _row(data: Data, measure: Measure) -> MeasureRow:
    n_entities = len(data.results.entities(measure.name))
    return MeasureRow(measure.name, measure.title, measure.unit.name, measure.better, measure.basis, n_entities)


def _sheet(_: Data, page: MeasuresPage) -> Sheet:
    rows = ((each.name, each.title, each.unit, each.better, each.basis, each.n_entities) for each in page.measures)
    return Sheet(("name", "measure", "unit", "better", "basis", "measured for (count)"), tuple(rows))


PAGE = Page(path="/measures", name="measures", template="measures.html", build=build, sheet=_sheet)
