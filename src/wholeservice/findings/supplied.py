"""What a supplier provides is met in the supplier's name: its box on a map says who, what of it, and on what contract."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wholeservice.organisation.graph import Entity, Organisation, edges_out
from wholeservice.organisation.kinds import SUPPLIER
from wholeservice.units import write

if TYPE_CHECKING:
    from wholeservice.derived.exposures import Observed


def as_supplied(observed: Observed, organisation: Organisation, entity: str) -> Observed:
    """Return what was seen with each part that a supplier provides as that supplier; *entity* itself keeps its name."""
    providers = {
        edge.to_id: edge.from_id for edge in organisation.edges if edge.relation == "provides" and edge.to_id != entity
    }
    if not providers or not any(row["part"] in providers for row in observed.used.to_pylist()):
        return observed
    edges = [_renamed(row, providers) for row in observed.edges.to_pylist()]
    used: dict[str, float] = {}
    for row in observed.used.to_pylist():
        part = providers.get(row["part"], row["part"])
        used[part] = used.get(part, 0) + row["n"]
    counted = [{"part": part, "n": n} for part, n in sorted(used.items())]
    return replace(
        observed,
        edges=observed.edges.from_pylist(edges, schema=observed.edges.schema),
        used=observed.used.from_pylist(counted, schema=observed.used.schema),
    )


def _renamed(row: dict[str, Any], providers: dict[str, str]) -> dict[str, Any]:
    return row | {"part": providers.get(row["part"], row["part"]), "caller": providers.get(row["caller"], row["caller"])}


def contract_words(organisation: Organisation, supplier: Entity | None) -> str:
    """Say what a supplier provides and what was agreed; "" for anything else."""
    if supplier is None or supplier.kind != SUPPLIER:
        return ""
    provided = [organisation.entities[edge.to_id].title for edge in edges_out(organisation, supplier.id, "provides")
                if edge.to_id in organisation.entities]  # fmt: skip
    agreed = supplier.fields.get("contract") or {}
    ends, cost = agreed.get("ends"), agreed.get("cost")
    told = [f"contract ends {ends:%-d %b %Y}"] if ends else []
    if cost is not None:
        per = getattr(cost, "per", None)
        told.append(f"it costs {write(cost.number, cost.unit)}{f' a {_PER.get(per, per)}' if per else ''}")
    said = "; ".join(told) or "no contract is declared"
    return f"a supplier, which provides {', '.join(provided)}; {said}" if provided else f"a supplier; {said}"


_PER = {"yr": "year", "q": "quarter", "mo": "month", "w": "week", "d": "day"}
