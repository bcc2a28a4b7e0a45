"""What happened to services and parts, and when: releases and incidents in production, as what else could explain a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.deployed import incidents

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

RELEASE, INCIDENT = "release", "incident"
MOST = 20_000


def happened(facts: FactTables) -> IbisTable:
    """
    Return the newest releases and incidents of known services and parts.

    Shape    one row each, newest first, at most `MOST`: kind, entity, began_at, over_at (of an incident;
             null: it is not over, or nobody says when), id (of the deployment or the incident)
    """
    import ibis

    d, i = facts.deliveries, incidents(facts)
    never = ibis.null(d.deployed_at.type())
    released = d.select(kind=ibis.literal(RELEASE), entity=d.entity, began_at=d.deployed_at, over_at=never, id=d.deployment)
    harmed = i.select(kind=ibis.literal(INCIDENT), entity=i.entity, began_at=i.started_at, over_at=i.restored_at, id=i.incident)
    both = released.union(harmed).filter(lambda t: t.entity.notnull())
    return both.order_by([both.began_at.desc(), both.kind, both.entity, both.id]).limit(MOST)
