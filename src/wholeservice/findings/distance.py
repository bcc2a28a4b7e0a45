"""How far a team is from the people outside: how many times what it does is handed on before it reaches one of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from wholeservice.organisation.graph import Organisation, children, edges_in, edges_out, team_of
from wholeservice.organisation.kinds import PART, SERVICE, TEAM
from wholeservice.organisation.remit import has_outside_consumer


def ways_out(org: Organisation) -> dict[str, tuple[str, ...]]:
    """
    Return the shortest way of each service, part and team to a consumer outside: what it is handed to, one after another.

    Shape    entity -> the entities on its way, the last being what an outside consumer uses; () for that itself. A part is as
             far as what it is inside of, a team as the nearest thing it runs. What has no way is not there
    """
    found: dict[str, tuple[str, ...]] = {each: () for each in org.entities if has_outside_consumer(org, each)}
    waiting = deque(sorted(found))
    while waiting:
        near = waiting.popleft()
        for other, is_handed_on in sorted(_behind(org, near)):
            way = (near, *found[near]) if is_handed_on else found[near]
            if other not in found or len(way) < len(found[other]):
                found[other] = way
                waiting.append(other)
    return found


def _behind(org: Organisation, near: str) -> Iterator[tuple[str, bool]]:
    """Yield what is next further in, and whether it is handed on from there: a part or a team is as near as its thing."""
    kind = org.entities[near].kind
    if kind == TEAM:
        yield from ((edge.from_id, True) for edge in edges_in(org, near, "for") if _is_thing(org, edge.from_id))
        yield from ((edge.from_id, True) for edge in edges_in(org, near, "serves"))
        return
    yield from ((each, False) for each in children(org, near) if _is_thing(org, each))
    yield from ((edge.to_id, True) for edge in edges_out(org, near, "uses") if _is_thing(org, edge.to_id))
    team = team_of(org, near)
    if team:
        yield team, False


def _is_thing(org: Organisation, entity: str) -> bool:
    known = org.entities.get(entity)
    return known is not None and known.kind in (SERVICE, PART)
