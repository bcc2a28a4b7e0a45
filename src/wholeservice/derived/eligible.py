"""How many people a service is for, as a table: what the kinds of consumer it names declare as their number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wholeservice.organisation.graph import Organisation, edges_out
from wholeservice.units import COUNT, Amount

if TYPE_CHECKING:
    import pyarrow as pa

ELIGIBLE = "eligible"
FOR, CONSUMER = "for", "consumer"


def eligible_table(organisation: Organisation) -> pa.Table:
    """Return eligible_of (entity) and n_people; only of entities whose kinds of consumer all declare how many they are."""
    import pyarrow as pa

    rows = list(_eligible(organisation))
    ids, counts = pa.array([each for each, _ in rows], pa.string()), pa.array([n for _, n in rows], pa.float64())
    return pa.table({"eligible_of": ids, "n_people": counts})


def _eligible(organisation: Organisation) -> Iterator[tuple[str, float]]:
    for entity in organisation.entities:
        kinds = [edge.to_id for edge in edges_out(organisation, entity, FOR)]
        numbers = [_number_of_people(organisation, kind) for kind in dict.fromkeys(kinds)]
        known = [each for each in numbers if each]
        if known and len(known) == len(numbers):
            yield entity, sum(known)


def _number_of_people(organisation: Organisation, kind: str) -> float | None:
    """A volume per year is how many come, not how many there are."""
    known = organisation.entities.get(kind)
    volume = known.fields.get("volume") if known and known.kind == CONSUMER else None
    return volume.number if isinstance(volume, Amount) and volume.unit == COUNT and volume.per is None else None
