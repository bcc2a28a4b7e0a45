"""
The journey of a service as a diagram in Mermaid's words, for a wiki or a readme that draws such.

Shape    a section for each named group of steps; a task is `name: score: people`. Its score, 1 to 5, is how satisfied people
         say they are there, rounded; a step without that number is a comment: Mermaid knows no task without a score
Source   https://mermaid.js.org/syntax/userJourney.html; what may stand in a name is what its grammar takes for one:
         https://github.com/mermaid-js/mermaid/blob/develop/packages/mermaid/src/diagrams/user-journey/parser/journey.jison
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import floor

from wholeservice.organisation import graph, kinds
from wholeservice.organisation.graph import Entity, Step
from wholeservice.pages.base import Data
from wholeservice.pages.journey_part import VOLUME
from wholeservice.pages.numbers import NOT_MEASURED
from wholeservice.pages.series import newest_of

SATISFACTION = "satisfaction"
LOWEST, HIGHEST = 1, 5
PEOPLE = "People"
_KEYWORDS = re.compile(r"(journey|title|section|accTitle|accDescr)\b", re.IGNORECASE)


def mermaid_of(data: Data, entity: Entity) -> str:
    """Return the journey of an entity as the text of a Mermaid diagram; without steps it has none and says so."""
    lines = ["journey", f"    title {name(entity.title)}", *_about(data)]
    for section, steps in _sections(entity):
        lines.append(f"    section {name(section)}")
        lines += [f"      {_task(data, entity, step)}" for step in steps]
    return "\n".join(lines) + "\n"


def name(words: str) -> str:
    """
    Return words as a name that Mermaid can read: one line, without the signs that end a name or the words that begin others.

    >>> name("Pay: by card; or #2"), name("Journey home"), name("Journeys")
    ('Pay, by card, or №2', '“Journey home”', 'Journeys')
    """
    plain = " ".join(words.replace("`", "’").split())
    plain = re.sub(r"\s*[:;]+", ",", plain).replace("#", "№")
    plain = re.sub(r"%{2,}", "%", plain).strip(" ,") or "–"
    return f"“{plain}”" if _KEYWORDS.match(plain) else plain


def score(share: float) -> int:
    """
    Return a share of the scale, 0 to 1, as a whole number from 1 to 5; half goes up.

    >>> [score(each) for each in (0.0, 0.124, 0.125, 0.5, 1.0)]
    [1, 1, 2, 3, 5]
    """
    return min(HIGHEST, max(LOWEST, LOWEST + floor((HIGHEST - LOWEST) * share + 0.5)))


def _about(data: Data) -> Iterator[str]:
    yield f"    %% a score is how satisfied people say they are at the step, rounded to {LOWEST} to {HIGHEST}"
    yield f"    %% snapshot {name(data.snapshot)}"


def _sections(entity: Entity) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Named groups as they stand; the steps between them belong to the service itself."""
    loose: list[Step] = []
    for node in entity.journey:
        if node.kind != "sequence" or node.title.casefold() == node.kind:
            loose += graph.leaves((node,))
            continue
        if loose:
            yield entity.title, tuple(loose)
            loose = []
        yield node.title, graph.leaves((node,))
    if loose:
        yield entity.title, tuple(loose)


def _task(data: Data, entity: Entity, step: Step) -> str:
    points = data.results.series(SATISFACTION, entity.id, step=step.id)
    measured = tuple(each for each in points if each.value.value is not None)
    share = newest_of(measured).value.value if measured else None
    if share is None:
        return f"%% {NOT_MEASURED}: {name(step.title)}"
    return f"{name(step.title)}: {score(share)}: {', '.join(_actors(data, entity, step))}"


def _actors(data: Data, entity: Entity, step: Step) -> list[str]:
    """The channels by which people come there, where facts tell; else whom the service is for."""
    seen = {by for each in (SATISFACTION, VOLUME) for by in data.results.channels(each, entity.id, step.id)}
    names = [*(each for each in entity.channels if each in seen), *sorted(seen - set(entity.channels))]
    if not names:
        known = data.organisation.entities
        ids = (each.to_id for each in graph.edges_out(data.organisation, entity.id, "for"))
        names = [known[each].title for each in ids if each in known and known[each].kind == kinds.CONSUMER]
    return [name(each.replace(",", " ")) for each in names] or [PEOPLE]
