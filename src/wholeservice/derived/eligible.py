"""How many people a service is for, as a table: what the kinds of consumer it names declare as their number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wholeservice.organisation.graph import Entity, Organisation, edges_out
from wholeservice.units import COUNT, Amount

if TYPE_CHECKING:
    import pyarrow as pa

ELIGIBLE = "eligible"
FOR, CONSUMER = "for", "consumer"


def eligible_table(organisation: Organisation) -> pa.Table:
    """
    Return how many people entities are for, where all the kinds of consumer they name declare how many they are.

    Shape    eligible_of (entity), n_people, declared_at (file:line of the first kind's number; null where it has no place)
    """
    import pyarrow as pa

    types = {"eligible_of": pa.string(), "n_people": pa.float64(), "declared_at": pa.string()}
    return pa.Table.from_pylist([dict(zip(types, row, strict=True)) for row in _eligible(organisation)], pa.schema(types))


def _eligible(organisation: Organisation) -> Iterator[tuple[str, float, str | None]]:
    for entity in organisation.entities:
        kinds = [edge.to_id for edge in edges_out(organisation, entity, FOR)]
        numbers = [_number_of_people(organisation, kind) for kind in dict.fromkeys(kinds)]
        known = [each for each in numbers if each]
        if known and len(known) == len(numbers):
            yield entity, sum(known), _declared_at(organisation.entities[kinds[0]])


def _declared_at(kind: Entity) -> str | None:
    place = kind.places.get("volume", kind.place)
    return f"{place.file}:{place.line}" if place else None


def _number_of_people(organisation: Organisation, kind: str) -> float | None:
    """A volume per year is how many come, not how many there are."""
    known = organisation.entities.get(kind)
    volume = known.fields.get("volume") if known and known.kind == CONSUMER else None
    return volume.number if isinstance(volume, Amount) and volume.unit == COUNT and volume.per is None else None
