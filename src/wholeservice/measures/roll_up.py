"""Add measured sums up to what holds them: service to service to unit to the organisation as a whole.

What has its own number keeps it, and stands for everything below it: a child is never added to a parent that counted it
already. Parts are not added: a service is not the sum of the calls to what it is made of. Steps and paths stay in their
journey.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.kinds import PATH, kind_of
from wholeservice.measures.rows import Row
from wholeservice.organisation.graph import Entity, Organisation, whole_of

SERVICE, UNIT = "service", "unit"
LIVE = frozenset({"live", "early life", "early-life", "retiring"})

_ALIKE = tuple(each.name for each in fields(Cell) if each.name != "entity")


class Tree:
    """What holds what: for each service and unit those above it, and the services at the bottom of it."""

    def __init__(self, organisation: Organisation) -> None:
        self._entities = {each.id: each for each in organisation.entities.values() if each.kind in (SERVICE, UNIT)}
        self._root = whole_of(organisation)
        self._above = {name: self._climb(name) for name in self._entities}
        self._bottom: dict[str, set[str]] = {}
        self._could: dict[tuple[str, str | None], set[str]] = {}
        holders = {each.parent for each in self._entities.values() if each.kind == SERVICE}
        for name, entity in self._entities.items():
            if entity.kind == SERVICE and name not in holders:
                for each in (name, *self._above[name]):
                    self._bottom.setdefault(each, set()).add(name)

    def above(self, entity: str) -> tuple[str, ...]:
        """Return what holds the entity, nearest first, the organisation as a whole last; nothing for a part or team."""
        return self._above.get(entity, ())

    def below(self, entity: str) -> set[str]:
        """Return everything whose sums may be added to the entity."""
        return {name for name, above in self._above.items() if entity in above}

    def bottom(self, entity: str) -> set[str]:
        """Return the services at the bottom of an entity; itself when nothing is below it."""
        return self._bottom.get(entity) or {entity}

    def could_report(self, entity: str, channel: str | None) -> set[str]:
        """Return the live services at the bottom that have the channel, or do not say which they have."""
        if (entity, channel) not in self._could:
            self._could[entity, channel] = {each for each in self.bottom(entity) if _could(self._entities.get(each), channel)}
        return self._could[entity, channel]

    def _climb(self, name: str) -> tuple[str, ...]:
        found: list[str] = []
        parent = self._entities[name].parent
        while parent in self._entities and parent not in found and parent != name:
            found.append(parent)
            parent = self._entities[parent].parent
        return (*found, self._root)


@dataclass(slots=True)
class _Total:
    """A sum that grows, and the services it stands for."""

    sums: Statistics = field(default_factory=Statistics)
    stands_for: set[str] = field(default_factory=set)


def roll_up(rows: Iterable[Row], organisation: Organisation) -> list[Row]:
    """Return the rows, and the sums of everything that holds them and has no number of its own.

    Shape    each cell once. `reporting`: services that gave a number; `expected`: those, and the live ones that could have
    """
    tree = Tree(organisation)
    groups: dict[tuple[Hashable, ...], dict[str, Statistics]] = {}  # what may be added: all of a cell but its entity
    for cell, sums in rows:
        groups.setdefault(tuple(getattr(cell, name) for name in _ALIKE), {})[cell.entity] = sums
    found: list[Row] = []
    for alike, own in groups.items():
        place: dict[str, Any] = dict(zip(_ALIKE, alike, strict=True))
        totals = {} if place["step"] or _is_path(place["segment"]) else _totals(own, tree)
        numbers = {entity: _Total(sums, tree.bottom(entity)) for entity, sums in own.items()} | totals
        for entity, total in numbers.items():
            cell = Cell(entity=entity, **place)
            found.append((cell, _with_coverage(cell, total, tree)))
    return found


def _is_path(segment: str | None) -> bool:
    return segment is not None and kind_of(segment) == PATH


def _totals(own: Mapping[str, Statistics], tree: Tree) -> dict[str, _Total]:
    """Add what has a number to everything above it, up to the first that has one of its own."""
    totals: dict[str, _Total] = {}
    for entity, sums in own.items():
        for above in added_to(entity, own, tree):
            total = totals.setdefault(above, _Total())
            total.sums = total.sums + sums
            total.stands_for |= tree.bottom(entity)
    return totals


def added_to(entity: str, own: Container[str], tree: Tree) -> Iterator[str]:
    """Yield everything above an entity that its number is added to: up to the first that has one of its *own*."""
    for above in tree.above(entity):
        if above in own:
            return
        yield above


def _with_coverage(cell: Cell, total: _Total, tree: Tree) -> Statistics:
    """Say how many services a sum is of. A number that counts an entity as a whole stands for all that is below it."""
    could = total.stands_for | tree.could_report(cell.entity, cell.channel)
    return replace(total.sums, reporting=float(len(total.stands_for)), expected=float(len(could)))


def _could(entity: Entity | None, channel: str | None) -> bool:
    if entity is None or entity.state not in LIVE:
        return False
    return channel is None or not entity.channels or channel in entity.channels
