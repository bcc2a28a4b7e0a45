"""Delivered: which change reached production with which deployment, and when it was begun.

A change is an item that a deployment is linked to as delivering it. It was begun, or committed, when its first work was: for an
item of kind change that is when it was created, which sources set to its first commit; for any other the first time that
somebody worked on it. A deployment that failed or was rolled back delivers nothing.

Key      none: it follows `deliveries`
Shape    one row per delivery and item: delivery, deployment, item, entity, stream, team (of the deployment), committed_at
         (null: nobody knows), deployed_at, and source, record, part and where_from of the deployment
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import Derived
from wholeservice.derived.deployed import DELIVERS, DEPLOYMENT, ITEM, linked

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

CHANGE = "change"


def build(facts: FactTables) -> IbisTable:
    """Join deployments to what they deliver."""
    import ibis

    d, i, brings = facts.deliveries, facts.lives, linked(facts, DEPLOYMENT, DELIVERS, ITEM)
    d = d.filter(~d.failed_told.fill_null(False))
    begun_at = ibis.least(i.created_at, i.started_at.coalesce(i.created_at))
    committed_at = (i.kind == CHANGE).fill_null(False).ifelse(begun_at, i.started_at)
    i = i.select(i.item, committed_at=committed_at)
    brought = d.join(brings, d.deployment == brings.one_end)
    f = brought.join(i, brought.other_end == i.item)
    return f.select(
        f.delivery, f.deployment, f.item, f.entity, f.stream, f.team, f.committed_at, f.deployed_at, f.source, f.record, f.part,
        f.where_from,
    )  # fmt: skip


DELIVERED = Derived(name="delivered", needs=("deliveries", "lives", "links"), build=build)
