"""Names that mappings write down themselves, against what is declared: both sides are in hand before any row is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wholeservice.errors import Place, Problem, suggest
from wholeservice.facts.identity import foreign_column, known_names
from wholeservice.facts.ingest import Declared
from wholeservice.facts.known_steps import STEP, KnownSteps, known_steps
from wholeservice.mapping.base import REFUSE, FactMapping, Value
from wholeservice.organisation.graph import Organisation
from wholeservice.tables import SIGHTINGS

CODE = "SRC119"


def check_names(declared: Iterable[Declared], organisation: Organisation) -> list[Problem]:
    """
    Warn of each fixed text, and each meaning under `map:`, that names no service or part, or no step of its journey.

    Shape    in the order of the declarations, each name of a field once. Where a source also says what there is (sightings),
             only that can tell which things are known, so nothing is said of these; a service without a journey has no steps
             to compare with
    """
    sources = list(declared)
    is_open = any(fact.table is SIGHTINGS for each in sources for fact in each.mapping.facts)
    known = _Known(organisation, known_names(organisation), known_steps(organisation), is_open=is_open)
    return [problem for each in sources for fact in each.mapping.facts for problem in known.wrong(fact)]


@dataclass(frozen=True, slots=True)
class _Known:
    organisation: Organisation
    entities: dict[str, str]  # name in lower case -> entity
    steps: dict[str, KnownSteps]
    is_open: bool

    def wrong(self, fact: FactMapping) -> Iterator[Problem]:
        column = foreign_column(fact.table)
        if column is None or column not in fact.fields:
            return
        (about,) = fact.fields[column][:1]
        for name, place in _said(about):
            if name.lower() not in self.entities and not self.is_open:
                yield self.no_thing(name, place)
        journeys = self.journeys(about)
        for value in fact.fields.get(STEP, ()) if journeys else ():
            for name, place in _said(value):
                if not any(each.knows(name) for each in journeys.values()):
                    yield _no_step(name, place, journeys)

    def journeys(self, about: Value) -> dict[str, KnownSteps]:
        """Return the steps of what a fact may be about; none where one of these has no journey, or is not known."""
        if about.literal is None and (about.reading.map is None or about.reading.otherwise != REFUSE):
            return self.steps  # a column says it: any journey may be meant
        entities = {self.entities.get(name.lower(), "") for name, _ in _said(about)}
        return {each: self.steps[each] for each in sorted(entities)} if entities <= set(self.steps) else {}

    def no_thing(self, name: str, place: Place) -> Problem:
        titles = [each.title for each in self.organisation.entities.values()]
        nearest = suggest(name, [*titles, *self.organisation.aliases, *self.organisation.entities])
        return Problem(CODE, f"'{name}' names nothing that is declared", place, "an id, an alias or a title", nearest,
                       "correct it, or declare it; as it is, its rows are in no number", severity="warning")  # fmt: skip


def _said(value: Value) -> Iterator[tuple[str, Place]]:
    """Yield the names that a value writes down itself: its fixed text, or what `map:` and `default:` make of a cell."""
    meanings = [meaning for _, meaning in value.reading.map or () if meaning]
    fixed = [value.literal] if value.literal is not None and not meanings else []
    default = [value.reading.default] if value.reading.default else []
    for text in dict.fromkeys(each.strip() for each in (*fixed, *meanings, *default)):
        if text and text not in value.reading.missing:
            yield text, value.place


def _no_step(name: str, place: Place, journeys: dict[str, KnownSteps]) -> Problem:
    of = next(iter(journeys)) if len(journeys) == 1 else "any journey"
    nearest = next((found for each in journeys.values() if (found := each.nearest(name))), None)
    steps = dict.fromkeys(step for each in journeys.values() for step in each.names.values())
    expected = f"one of: {', '.join(steps)}" if len(journeys) == 1 else "a step of the journey of its service"
    return Problem(CODE, f"'{name}' is no step of {of}", place, expected, nearest,
                   "correct it, here or in the journey; as it is, nobody is seen at that step", severity="warning")  # fmt: skip
