"""Production deployments and incidents, each once, and what links say of them. `deliveries` and `delivered` are made of these.

A deployment that several sources or records tell of is one; one that reaches several services or parts is one for each. Other
environments are left out, and so is what is of nothing that is declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import RECORD_KEYS, in_production

if TYPE_CHECKING:
    from ibis.expr.types import StringColumn
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

DEPLOYMENT, INCIDENT, ITEM = "deployment", "incident", "item"
"""What a reference names before the colon; `deployments:` is the same."""

DELIVERS, CAUSED_BY, FIXES, PART_OF = "delivers", "caused-by", "fixes", "part-of"
FAILED, ROLLED_BACK = "failed", "rolled-back"


def deployed(facts: FactTables) -> IbisTable:
    """
    Return each production deployment of each service or part once.

    Shape    delivery (its key: entity/deployment), deployment, entity, stream, team, deployed_at (the first that is told),
             planned and result (as the last row says; null: nobody does), and source, record, part and where_from of the
             first row that tells of it
    """
    import ibis

    d = in_production(facts.deployments)
    d = d.filter(d.entity.notnull())
    result = d.result.strip().lower().replace("_", "-").replace(" ", "-")
    d = d.mutate(result=result, place=ibis.row_number().over(order_by=[d.deployed_at, *(d[key] for key in RECORD_KEYS)]))
    first = {key: d[key].argmin(d.place) for key in (*RECORD_KEYS, d.where_from.get_name())}
    d = d.group_by(d.deployment, d.entity).aggregate(
        **first,
        deployed_at=d.deployed_at.min(),
        planned=d.planned.argmin(d.place, where=d.planned.notnull()),
        result=d.result.argmax(d.place, where=d.result.notnull()),
    )
    run = facts.run_in
    placed = d.left_join(run, d.entity == run.run_of)
    placed = placed.mutate(stream=placed.in_stream, team=placed.by_team, delivery=placed.entity + "/" + placed.deployment)
    return placed.drop("run_of", "kind", "in_stream", "by_team")


def incidents(facts: FactTables) -> IbisTable:
    """Return each incident in production once: incident, entity (null: unknown), started_at, detected_at, restored_at (null:
    it is not over, or nobody says when)."""
    i = in_production(facts.incidents)
    return i.group_by(i.incident).aggregate(
        entity=i.entity.min(),
        started_at=i.started_at.min(),
        detected_at=i.detected_at.min(),
        restored_at=i.restored_at.max(),
    )


def linked(facts: FactTables, from_kind: str, relation: str, to_kind: str) -> IbisTable:
    """Return the pairs of identities, one_end and other_end, that links of a relation join, each once."""
    k = facts.links
    k = k.filter(k.relation.strip().lower() == relation)
    pairs = k.select(one_end=_named(k.from_ref, from_kind), other_end=_named(k.to_ref, to_kind))
    return pairs.filter(pairs.one_end.notnull(), pairs.other_end.notnull()).distinct()


def _named(ref: StringColumn, kind: str) -> StringColumn:
    """The identity in a reference to a thing of this kind; null for any other."""
    import ibis

    marks = (f"{kind}:", f"{kind}s:")
    return ibis.cases(*((ref.startswith(mark), ref.substr(len(mark))) for mark in marks), else_=None)
