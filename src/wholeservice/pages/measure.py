"""The help page of a measure: the docstring of its module, and where it has numbers."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.listing import by_title
from wholeservice.pages.numbers import number_of
from wholeservice.pages.series import measured_points, newest_of
from wholeservice.pages.sheet import NUMBER, number_cells

MOST_ENTITIES = 60


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """One labelled paragraph of the help: formula, unit, what it counts and leaves out, source."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Measured:
    """An entity the measure has a number for."""

    entity: str
    title: str


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """What a measure means. `says` is its first sentence; `entries` the labelled rest."""

    name: str
    title: str
    says: str
    entries: tuple[HelpEntry, ...]
    unit: str
    better: str
    basis: str
    words: tuple[str, ...]
    version: int
    entities: tuple[Measured, ...]
    n_entities: int
    snapshot: str


def build(data: Data, name: str) -> MeasurePage | None:
    """Return the help page of the measure of this name; None when there is none."""
    measure = data.measures.get(name)
    if measure is None:
        return None
    says, entries = read_help(measure.help)
    found = data.results.entities(name)
    known = by_title(each for each in data.organisation.entities.values() if each.id in found)
    return MeasurePage(
        measure.name, measure.title, says, entries, measure.unit.name, measure.better, measure.basis, measure.words,
        measure.version, tuple(Measured(each.id, each.title) for each in known[:MOST_ENTITIES]), len(known), data.snapshot,
    )  # fmt: skip


def read_help(docstring: str) -> tuple[str, tuple[HelpEntry, ...]]:
    """Split a docstring into its opening words and its labelled paragraphs.

    >>> read_help("Volume: how often.\\n\\nUnit      count          Grain  a week")
    ('Volume: how often.', (HelpEntry(label='Unit', words='count; Grain: a week'),))
    """
    opening: list[str] = []
    entries: list[HelpEntry] = []
    for line in docstring.splitlines():
        label, _, rest = line.partition("  ")
        if label and rest and not line.startswith(" "):
            entries.append(HelpEntry(label, _spaced(rest)))
        elif entries and line.strip():
            entries[-1] = HelpEntry(entries[-1].label, f"{entries[-1].words} {_spaced(line)}")
        elif line.strip():
            opening.append(line.strip())
    return " ".join(opening), tuple(entries)


def _spaced(words: str) -> str:
    """A line may hold a second label after a wide space: `count          Grain  one row per service`."""
    parts = [part for part in words.strip().split("  ") if part.strip()]
    first, rest = parts[0], [part.strip() for part in parts[1:]]
    pairs = [f"{label}: {value}" for label, value in zip(rest[::2], rest[1::2], strict=False)]
    return "; ".join([first.strip(), *pairs])


def _sheet(data: Data, page: MeasurePage) -> Sheet:
    """Everything it has a number for, with the newest."""
    measure, found = data.measures[page.name], data.results.entities(page.name)
    rows = []
    for each in by_title(each for each in data.organisation.entities.values() if each.id in found):
        points = measured_points(data.results, page.name, each.id)
        number = number_of(data, measure, newest_of(points)) if points else None
        rows.append((each.id, each.title, *number_cells(number)))
    return Sheet(("id", "name", *NUMBER), tuple(rows))


PAGE = Page(path="/measure/{name}", name="measure", template="measure.html", build=build, sheet=_sheet, has_period=True)
