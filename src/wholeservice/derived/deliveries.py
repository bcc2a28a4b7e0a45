"""Deliveries: each production deployment of a service or part once, with how it went, what it brought and whom it bound.

A deployment failed by rules that do not agree (`derived.failing`), so each rule has a column. It is over when the last incident
that it caused was; where none is linked, when the next deployment of the same service did not fail. It was coordinated when
another service or part had to move with it: the same deployment reached both, or both delivered the same change, or changes
that fix or are part of the same item, within an hour. Where it is not known what it delivers, or only one service or part is
ever deployed, that is not known either.

Key      none: a deployment is judged by what comes after it
Shape    one row per deployment and service or part: delivery (its key), deployment, entity, stream, team, deployed_at, planned,
         result, failed_told, failed_linked, failed_after, failed_newest, is_failed (told or linked; null: nobody could tell),
         n_incidents, detected_at, recovered_at, is_rework (unplanned, or it mends an incident; null: nobody says), n_changes,
         is_coordinated, and source, record, part and where_from of the first row that tells of it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import Derived, seconds_between
from wholeservice.derived.deployed import DELIVERS, DEPLOYMENT, FIXES, INCIDENT, ITEM, PART_OF, deployed, linked
from wholeservice.derived.failing import with_failures
from wholeservice.engines.base import once_more

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

TOGETHER_S = 3600.0


def build(facts: FactTables) -> IbisTable:
    """Put what is said of each deployment beside what followed from it."""
    d = with_failures(facts, deployed(facts))
    d = _rework(facts, d)
    return _coordinated(facts, _counted(facts, d))


def _rework(facts: FactTables, d: IbisTable) -> IbisTable:
    mends = linked(facts, DEPLOYMENT, FIXES, INCIDENT)
    mends = mends.select(mended_by=mends.one_end).distinct()
    found = d.left_join(mends, d.deployment == mends.mended_by)
    is_mending = found.mended_by.notnull()
    return found.mutate(is_rework=is_mending.ifelse(True, ~found.planned)).drop("mended_by")


def _counted(facts: FactTables, d: IbisTable) -> IbisTable:
    brings = linked(facts, DEPLOYMENT, DELIVERS, ITEM)
    changes = brings.group_by(brought_by=brings.one_end).aggregate(n_changes=brings.count())
    found = d.left_join(changes, d.deployment == changes.brought_by).drop("brought_by")
    return found.mutate(n_changes=found.n_changes.fill_null(0))


def _coordinated(facts: FactTables, d: IbisTable) -> IbisTable:
    import ibis

    t = _things(facts, d)
    other = once_more(t)
    both = t.join(other, [t.thing == other.thing, t.entity != other.entity])
    both = both.select(t.delivery, apart_s=seconds_between(t.deployed_at, other.deployed_at))
    bound = both.filter(both.apart_s.abs() <= TOGETHER_S).select(bound="delivery").distinct()
    found = d.left_join(bound, d.delivery == bound.bound)
    others = ibis.window()
    is_known = (found.n_changes > 0) & (found.entity.min().over(others) != found.entity.max().over(others))
    return found.mutate(is_coordinated=found.bound.notnull().ifelse(True, is_known.ifelse(False, None))).drop("bound")


def _things(facts: FactTables, d: IbisTable) -> IbisTable:
    """Whatever binds deployments: what they are called, what they bring, and what that fixes or is part of."""
    import ibis

    brings = linked(facts, DEPLOYMENT, DELIVERS, ITEM)
    larger = [linked(facts, ITEM, relation, ITEM) for relation in (FIXES, PART_OF)]
    above = [brings.join(each, brings.other_end == each.one_end).select(brings.one_end, each.other_end) for each in larger]
    b = ibis.union(brings, *above, distinct=True)
    place = (d.delivery, d.entity, d.deployed_at)
    named = d.select(*place, thing=ibis.literal(f"{DEPLOYMENT}:") + d.deployment)
    brought = d.join(b, d.deployment == b.one_end)
    return named.union(brought.select(*place, thing=ibis.literal(f"{ITEM}:") + b.other_end), distinct=True)


DELIVERIES = Derived(name="deliveries", needs=("deployments", "incidents", "links"), build=build)
