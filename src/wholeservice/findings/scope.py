"""What stands above an entity: rules group by it, so that hundreds of services never give hundreds of findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wholeservice.findings.base import Facts
from wholeservice.organisation.graph import Step, ancestors, team_of, whole_of
from wholeservice.organisation.kinds import SERVICE, UNIT
from wholeservice.organisation.remit import owner_of


def kind_of(facts: Facts, entity: str | None) -> str | None:
    """Return the kind of an entity; None when it is not known."""
    known = facts.organisation.entities.get(entity) if entity else None
    return known.kind if known else None


def whole(facts: Facts) -> str:
    """Return the name that stands for the organisation as a whole, where no unit holds everything."""
    return whole_of(facts.organisation)


def top_unit(facts: Facts, entity: str) -> str:
    """Return the highest unit that holds the entity; the organisation as a whole when there is none."""
    units = [each for each in ancestors(facts.organisation, entity) if kind_of(facts, each) == UNIT]
    return units[-1] if units else whole(facts)


def services(facts: Facts) -> tuple[str, ...]:
    """Return the services that stand in no other service, in the order of the organisation."""
    everything = facts.organisation.entities.values()
    return tuple(each.id for each in everything if each.kind == SERVICE and kind_of(facts, each.parent) != SERVICE)


def services_by_unit(facts: Facts) -> dict[str, tuple[str, ...]]:
    """Return the services below each unit; those of the organisation as a whole come first."""
    found: dict[str, list[str]] = {whole(facts): list(services(facts))}
    for service in services(facts):
        for each in ancestors(facts.organisation, service):
            if kind_of(facts, each) == UNIT:
                found.setdefault(each, []).append(service)
    return {unit: tuple(below) for unit, below in found.items()}


def meeting_point(facts: Facts, entities: Iterable[str]) -> str:
    """Return the one entity concerned; for several, the lowest thing that holds them all, at most the organisation."""
    distinct = sorted(set(entities))
    chains = [(each, *ancestors(facts.organisation, each)) for each in distinct]
    shared = [each for each in chains[0] if all(each in chain for chain in chains[1:])]
    return shared[0] if shared else whole(facts)


def required_steps(journey: Sequence[Step]) -> tuple[str, ...]:
    """Return the steps everybody must pass, in order: sequences are opened; choices, options, retries and parallels are not.

    >>> required_steps((Step("find", "Find"), Step("how", "How", "choice", (Step("card", "Card"),)), Step("pay", "Pay")))
    ('find', 'pay')
    """
    found: list[str] = []
    for step in journey:
        if step.kind == "step":
            found.append(step.id)
        elif step.kind == "sequence":
            found.extend(required_steps(step.children))
    return tuple(found)


def who_can_act(facts: Facts, entity: str) -> str | None:
    """Return who owns an entity, else the team that runs it; None when nobody is known."""
    return owner_of(facts.organisation, entity) or team_of(facts.organisation, entity)
