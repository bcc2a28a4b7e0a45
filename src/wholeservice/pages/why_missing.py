"""Why there is no number of how many people got through, where facts are: nobody was ever seen at a step or an end."""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.derived.journeys import Stop, flatten
from wholeservice.facts.identity import leaf_steps, local_id
from wholeservice.organisation.graph import Entity
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import listed, plural

COMPLETION, CONVERSION = "completion", "step-conversion"
MOST = 3  # names that are told
CORRECT = "Correct the name of the step in the journey, or translate it with map: in the mapping."


def why_no_number(data: Data, measure: str, entity: str, step: str | None = None) -> str | None:
    """Say why *measure* has no number of an entity, or of a step of it; None where it has one, or nothing more is known."""
    declared = data.organisation.entities.get(entity)
    if declared is None or not declared.journey or not _has_facts(data, entity):
        return None
    if measure == COMPLETION and step is None and not _has_number(data, measure, entity, None):
        return _no_end(data, declared)
    if measure == CONVERSION and step is not None and not _has_number(data, measure, entity, step):
        unseen = [each for each in _unseen(data, declared) if each[0] == step]
        return f"nobody was ever seen at {_named(unseen)}{_instead(data, entity)}" if unseen else None
    return None


def unseen_steps(data: Data, entity: str) -> tuple[str, ...]:
    """Return the steps of an entity at which no fact ever was, where some are at others: no number of these can be."""
    declared = data.organisation.entities.get(entity)
    found = _unseen(data, declared) if declared and declared.journey and _has_facts(data, entity) else ()
    return tuple(step for step, _, _ in found)


def _no_end(data: Data, entity: Entity) -> str | None:
    unseen = _unseen(data, entity)
    ends = [each for each in unseen if each[2].is_end]
    if not ends or len(ends) < sum(stop.is_end for stop in flatten(entity.journey)):
        return None
    return f"nobody was ever seen at the end {_named(ends)}{_instead(data, entity.id)}"


def _has_facts(data: Data, entity: str) -> bool:
    """Say whether anything names a step of an entity, or what could be one: of items of work nobody was seen at a step."""
    named = any(rests.entity == entity and rests.steps for source in data.sources for rests in source.rests)
    return named or any(_lacking(data, entity))


def _has_number(data: Data, measure: str, entity: str, step: str | None) -> bool:
    results = data.results
    return bool(results.rows(measure, entity, step=step) or results.channels(measure, entity, step))


def _unseen(data: Data, entity: Entity) -> list[tuple[str, str, Stop]]:
    """Return id, title and place of each step that no fact of any source names."""
    seen = {step for source in data.sources for rests in source.rests if rests.entity == entity.id for step in rests.steps}
    steps = zip(leaf_steps(entity.journey), flatten(entity.journey), strict=True)
    return [(local_id(entity, step), step.title, stop) for step, stop in steps if local_id(entity, step) not in seen]


def _named(steps: list[tuple[str, str, Stop]]) -> str:
    return listed([f"“{title}” ({step})" for step, title, _ in steps])


def _instead(data: Data, entity: str) -> str:
    """Name what the facts call the steps that the journey lacks."""
    names = list(_lacking(data, entity))
    more = f" and {plural(len(names) - MOST, 'more name')}" if len(names) > MOST else ""
    return f"; step names in the facts that the journey lacks: {', '.join(names[:MOST])}{more}" if names else ""


def _lacking(data: Data, entity: str) -> Iterator[str]:
    rows: dict[str, int] = {}
    for source in data.sources:
        for each in source.unknown:
            if each.step_of == entity:
                rows[each.name] = rows.get(each.name, 0) + each.n_rows
    for name, n_rows in sorted(rows.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"{name} ({plural(n_rows, 'row')})"
