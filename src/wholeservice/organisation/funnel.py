"""When a step of a journey counts as reached, as an organisation says it: in which order, of whom, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Organisation, ancestors

NINETY_DAYS_S = 90 * 86400.0
"""An attempt is bounded by its own rule; this only ends those that a source never closes."""


@dataclass(frozen=True, slots=True)
class FunnelRule:
    """How the steps of a service are counted. `within_s` is from the first step, or from the step before; its end is inside."""

    order: str = kinds.IN_ORDER
    by: str = kinds.BY_ATTEMPT
    within_s: float = NINETY_DAYS_S
    per: str = kinds.PER_JOURNEY


def funnel_rule(org: Organisation, entity_id: str) -> FunnelRule:
    """Return how the steps of an entity are counted: as it says itself, else what it is inside of, nearest first."""
    for each in (entity_id, *ancestors(org, entity_id)):
        said = org.entities[each].fields.get("funnel") if each in org.entities else None
        if said and any(said.values()):
            return _read(said)
    return FunnelRule()


def _read(said: dict[str, str | float | None]) -> FunnelRule:
    usual = FunnelRule()
    order, by = str(said.get("order") or usual.order), str(said.get("by") or usual.by)
    is_per_step = said.get("per") == kinds.PER_STEP and order != kinds.ANY_ORDER  # in any order there is no step before
    return FunnelRule(
        order, by, float(said.get("within") or usual.within_s), kinds.PER_STEP if is_per_step else kinds.PER_JOURNEY
    )
