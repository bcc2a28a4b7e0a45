"""A hole in what is known of a service, and what an audit looks at to find it: the organisation, and what has a number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from wholeservice.measures.results import Key, Results, keys_of
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Entity, Need, Organisation, descendants, leaves, needs_of
from wholeservice.tables import ANSWERS, CALLS

KINDS: Mapping[str, str] = {
    "whole": "What it is, from the start to the end",
    "needs": "What people need, and why we believe it",
    "steps": "What happens at each step",
    "asked": "Who is asked",
    "channels": "Channels",
    "behind": "What stands behind it",
    "rules": "Rules that bind it",
}
"""Every kind of hole, in the order in which an audit tells them, and its name for people."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a hole is: an entity, or one of its steps."""

    entity: str
    title: str
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Concern:
    """How much of the service a hole concerns: `n` of `of` steps, needs, channels or parts."""

    n: int
    of: int
    what: str  # the word for as many as `of`

    @property
    def words(self) -> str:
        return f"{self.n:,} of {self.of:,} {self.what}"


@dataclass(frozen=True, slots=True)
class Hole:
    """What is not known, what would fill it, where, and how much it concerns (None: that cannot be said).

    `clause` states it as a part of a sentence, for the title of an audit.
    """

    kind: str  # of KINDS
    what: str
    fill: str
    where: tuple[Spot, ...] = ()
    concerns: Concern | None = None
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """In which breakdowns something has a number. It is true when it has any."""

    keys: frozenset[Key]

    @property
    def steps(self) -> frozenset[str]:
        return frozenset(key[2] for key in self.keys if key[2])

    @property
    def channels(self) -> frozenset[str]:
        return frozenset(key[3] for key in self.keys if key[3])

    @property
    def segments(self) -> frozenset[str]:
        return frozenset(key[4].lower() for key in self.keys if key[4])

    def __bool__(self) -> bool:
        return bool(self.keys)


@dataclass(frozen=True, slots=True)
class Audit:
    """What is audited: an entity with its steps, its needs (no aims) and what is inside it, itself first."""

    org: Organisation
    results: Results
    entity: Entity
    steps: tuple[Spot, ...]
    needs: tuple[Need, ...]
    inside: tuple[str, ...]

    @classmethod
    def of(cls, org: Organisation, results: Results, entity_id: str) -> Audit | None:
        """Return the audit of a service or part; None of anything else."""
        entity = org.entities.get(entity_id)
        if entity is None or entity.kind not in (kinds.SERVICE, kinds.PART):
            return None
        steps = tuple(Spot(entity.id, each.title, each.id) for each in leaves(entity.journey))
        needs = tuple(need for need in needs_of(org, entity.id) if not need.is_aim)
        inside = (entity.id, *(each for each in descendants(org, entity.id) if org.entities[each].kind == kinds.PART))
        return cls(org, results, entity, steps, needs, inside)

    def seen(self, *measures: str) -> Seen:
        """Return where the entity itself has numbers of some measures."""
        return Seen(frozenset(key for key in keys_of(self.results, self.entity.id) if key[0] in measures))

    def asked(self, entity_id: str) -> Seen:
        """Return where somebody is asked about an entity: where it has numbers that are made of answers."""
        return self._made_of(entity_id, ANSWERS.name)

    def called(self, entity_id: str) -> Seen:
        """Return where calls of an entity are recorded."""
        return self._made_of(entity_id, CALLS.name)

    def _made_of(self, entity_id: str, table: str) -> Seen:
        measures = {each.name for each in self.results.measures.values() if table in each.needs}
        return Seen(frozenset(key for key in keys_of(self.results, entity_id) if key[0] in measures))

    def steps_without(self, known: Collection[str]) -> list[Spot]:
        """Return the steps that are not among some ids."""
        return [each for each in self.steps if each.step not in known]

    def spot(self, entity_id: str) -> Spot:
        """Return an entity as a place."""
        known = self.org.entities.get(entity_id)
        return Spot(entity_id, known.title if known else entity_id)


def concern(n: int, of: int, one: str, many: str | None = None) -> Concern:
    """Return how much a hole concerns.

    >>> concern(1, 4, "step").words
    '1 of 4 steps'
    """
    return Concern(n, of, one if of == 1 else many or one + "s")
