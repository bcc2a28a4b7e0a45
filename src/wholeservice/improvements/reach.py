"""What a change reaches: the entities an improvement names, what they are inside of, and what uses them, at any distance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wholeservice.improvements.base import Improvement, Number
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Organisation, ancestors, descendants, edges_out, used_by, uses

HOLD_NUMBERS = (kinds.SERVICE, kinds.PART, kinds.STREAM)


def numbers_named(improvement: Improvement) -> tuple[Number, ...]:
    """Return every number that an improvement promises or is judged by, each once."""
    return tuple(dict.fromkeys((*(each.number for each in improvement.promises), *improvement.judged_by)))


def entities_named(org: Organisation, improvement: Improvement) -> tuple[str, ...]:
    """Return the entities where an improvement is, and those whose numbers it names; of a policy the steps it binds."""
    found = [each for word in improvement.where for each in _entities(org, word)]
    found += [each.entity for each in numbers_named(improvement)]
    return tuple(dict.fromkeys(each for each in found if each in org.entities))


def _entities(org: Organisation, word: str) -> Iterator[str]:
    kind, _, name = word.partition(":")
    if kind == "policy":
        yield from (edge.to_id.rpartition(".")[0] or edge.to_id for edge in edges_out(org, name, "binds"))
    yield name if name in org.entities else name.rpartition(".")[0]


def entities_reached(org: Organisation, improvement: Improvement) -> tuple[str, ...]:
    """Return the entities named and all that may feel it: what they are inside of, and what uses any of these."""
    found = list(entities_named(org, improvement))
    for entity in found:  # grows while it is walked
        found += [each for each in (*ancestors(org, entity), *used_by(org, entity)) if each not in found]
    return tuple(each for each in found if each in org.entities and org.entities[each].kind in HOLD_NUMBERS)


def entities_behind(org: Organisation, improvement: Improvement) -> frozenset[str]:
    """Return the entities named, what is inside of them, and what they use at any distance: a release there can move them."""
    return all_behind(org, entities_named(org, improvement))


def all_behind(org: Organisation, entities: Iterable[str]) -> frozenset[str]:
    """Return entities, what is inside of them, and what they use at any distance."""
    found = list(entities)
    for entity in found:  # grows while it is walked
        below = (*descendants(org, entity), *(edge.to_id for edge in uses(org, entity)))
        found += [each for each in below if each not in found]
    return frozenset(found)
