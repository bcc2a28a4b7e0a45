"""Who answers for what: owners and their remits, derived from streams, teams, policies and units.

What an outside consumer uses is owned by the owner of its value stream; there is no field to get wrong. What is internal is
owned by whom it names, else by the owner of its team's stream, else by the owner of what it is inside of. What a supplier
provides is answered for by the owner of what uses it.
"""

from __future__ import annotations

from wholeservice.organisation import kinds
from wholeservice.organisation.graph import (
    Entity,
    Organisation,
    ancestors,
    descendants,
    edges_in,
    edges_out,
    index_of,
    leaves,
    parts_at,
    team_of,
    used_by,
)


def has_outside_consumer(org: Organisation, entity_id: str) -> bool:
    """Say whether the entity itself is for a consumer outside the organisation."""
    return any(_is_outside(org, edge.to_id) for edge in edges_out(org, entity_id, "for"))


def _is_outside(org: Organisation, consumer_id: str) -> bool:
    consumer = org.entities.get(consumer_id)
    return consumer is not None and consumer.fields.get("outside") is True


def stream_of(org: Organisation, entity_id: str) -> str | None:
    """Return the value stream an entity runs in: its own, else that of what it is inside of; for a team see `team_streams`."""
    for each in (entity_id, *ancestors(org, entity_id)):
        for edge in edges_out(org, each, "runs-in"):
            return edge.to_id
    return None


def team_streams(org: Organisation) -> dict[str, str]:
    """Return the stream of each team that has one.

    It is the declared one, else the one stream with a stage of the team, else the one stream all its work is in.
    """
    memo = index_of(org).memo
    if "team_streams" not in memo:
        memo["team_streams"] = _all_team_streams(org)
    found: dict[str, str] = memo["team_streams"]
    return found


def _all_team_streams(org: Organisation) -> dict[str, str]:
    works_in: dict[str, set[str]] = {}
    for entity in org.entities.values():
        if entity.kind in (kinds.SERVICE, kinds.PART):
            team, stream = team_of(org, entity.id), stream_of(org, entity.id)
            if team and stream:
                works_in.setdefault(team, set()).add(stream)
    found: dict[str, str] = {}
    for team in (entity.id for entity in org.entities.values() if entity.kind == kinds.TEAM):
        declared = {edge.to_id for edge in edges_out(org, team, "runs-in")}
        staged = {edge.from_id for edge in edges_in(org, team, "staffed-by")}
        for streams in (declared, staged, works_in.get(team, set())):
            if len(streams) == 1:
                found[team] = next(iter(streams))
            if streams:
                break
    return found


def owner_of(org: Organisation, entity_id: str) -> str | None:
    """Return who answers for an entity, or None when nobody does."""
    entity = org.entities.get(entity_id)
    if entity is None:
        return None
    if entity.kind == kinds.TEAM:
        return _declared_owner(org, team_streams(org).get(entity_id))
    if entity.kind in (kinds.SERVICE, kinds.PART):
        return _owner_of_service(org, entity)
    return _declared_owner(org, entity_id)


def _owner_of_service(org: Organisation, entity: Entity) -> str | None:
    if has_outside_consumer(org, entity.id):
        return _declared_owner(org, stream_of(org, entity.id))
    if declared := _declared_owner(org, entity.id):
        return declared
    if entity.team and (owner := owner_of(org, entity.team)):
        return owner
    return owner_of(org, entity.parent) if entity.parent else _owner_of_users(org, entity.id)


def _owner_of_users(org: Organisation, entity_id: str) -> str | None:
    """What a supplier provides is answered for by the one owner of all that uses it."""
    if not edges_in(org, entity_id, "provides"):
        return None
    users = [user for user in used_by(org, entity_id) if not edges_in(org, user, "provides")]
    owners = {owner_of(org, user) for user in users}
    return owners.pop() if len(owners) == 1 else None


def _declared_owner(org: Organisation, entity_id: str | None) -> str | None:
    entity = org.entities.get(entity_id) if entity_id else None
    owner = entity.fields.get("owner") if entity else None
    return owner if isinstance(owner, str) else None


def remit(org: Organisation, owner: str) -> frozenset[str]:
    """Return the ids of what an owner commands: streams (and their money), teams, policies, units, parts and services.

    A part or service is commanded by its team; one without any team, by whoever owns it.
    """
    memo: dict[str, frozenset[str]] = index_of(org).memo.setdefault("remit", {})
    if owner not in memo:
        memo[owner] = _remit(org, owner)
    return memo[owner]


def _remit(org: Organisation, owner: str) -> frozenset[str]:
    direct = {each for each in org.entities if org.entities[each].kind not in (kinds.SERVICE, kinds.PART)
              and _declared_owner(org, each) == owner}  # fmt: skip
    units = [each for each in direct if org.entities[each].kind == kinds.UNIT]
    inside = {
        inner for unit in units for inner in descendants(org, unit) if org.entities[inner].kind in (kinds.UNIT, kinds.TEAM)
    }
    teams = {team for team, stream in team_streams(org).items() if stream in direct}
    commanded = direct | inside | teams
    work = {entity.id for entity in org.entities.values() if entity.kind in (kinds.SERVICE, kinds.PART)
            and _commands(org, owner, commanded, entity.id)}  # fmt: skip
    return frozenset(commanded | work)


def _commands(org: Organisation, owner: str, commanded: set[str], entity_id: str) -> bool:
    if not has_outside_consumer(org, entity_id) and _declared_owner(org, entity_id) == owner:
        return True
    team = team_of(org, entity_id)
    return team in commanded if team else owner_of(org, entity_id) == owner


def misplaced_owners(org: Organisation) -> tuple[str, ...]:
    """Return the services whose owner's remit does not reach both the first and the last step.

    A step is reached when something that serves it is in the remit. A step that nothing serves tells nothing.
    """
    return tuple(entity.id for entity in org.entities.values() if entity.journey and not _reaches_ends(org, entity))


def _reaches_ends(org: Organisation, service: Entity) -> bool:
    owner = owner_of(org, service.id)
    if owner is None:
        return True  # nobody to be misplaced: a missing owner is another finding
    ends = (leaves(service.journey[:1]), leaves(service.journey[-1:]))
    for end in ends:
        serving = {part for step in end for part in parts_at(org, service.id, step.id)}
        if serving and serving.isdisjoint(remit(org, owner)):
            return False
    return True
