"""A policy as an origin: an attempt that ended because of a rule met it at the step, as it would meet a part that failed.

Where a part that the policy binds failed in that visit, the rule stands behind the part; else behind the step. In the other
lost visits of these steps of which calls were recorded, it was seen not to be what ended them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wholeservice.organisation.graph import Organisation, edges_out

if TYPE_CHECKING:
    from wholeservice.derived.exposures import Observed

Row = dict[str, Any]


def with_policies(observed: Observed, organisation: Organisation, ended_by: Mapping[str, tuple[str, ...]]) -> Observed:
    """
    Return what was seen with each policy that ended attempts as something they met.

    Shape    ended_by: attempt -> policies, see `derived.ruled`
    Errors   none: an attempt that was not lost met nothing
    """
    units = observed.units.to_pylist()
    ended = {row["attempt"]: row for row in units if row["lost_step"] is not None and row["attempt"] in ended_by}
    if not ended:
        return observed
    edges = observed.edges.to_pylist()
    failing: dict[tuple[str, str], dict[str, int]] = {}
    for row in edges:
        if row["n_failed"]:
            here = failing.setdefault((row["attempt"], row["step"]), {})
            here[row["part"]] = here.get(row["part"], 0) + row["n_failed"]
    where = {row["lost_step"]: set[str]() for row in ended.values()}
    for attempt, row in ended.items():
        where[row["lost_step"]].update(ended_by[attempt])
    rows = [
        each for row in units if row["lost_step"] in where and (row["attempt"] in ended or row["weight"] is not None)
        for each in _met(row, organisation, failing, (where[row["lost_step"]], ended_by.get(row["attempt"], ())))
    ]  # fmt: skip
    used = [*observed.used.to_pylist(), *_used(rows)]
    return replace(
        observed,
        units=observed.units.from_pylist([_unit(row, ended_by) for row in units], schema=observed.units.schema),
        edges=observed.edges.from_pylist(sorted([*edges, *rows], key=_place), schema=observed.edges.schema),
        used=observed.used.from_pylist(used, schema=observed.used.schema),
    )


def _place(row: Row) -> tuple[str, str]:
    return row["attempt"], row["step"] or ""


def _met(
    row: Row, organisation: Organisation, failing: Mapping[tuple[str, str], Mapping[str, int]],
    policies: tuple[set[str], tuple[str, ...]],
) -> Iterator[Row]:  # fmt: skip
    met_here, ended_it = policies
    at = failing.get((row["attempt"], row["lost_step"]), {})
    for policy in sorted(met_here):
        bound = [edge.to_id for edge in edges_out(organisation, policy, "binds") if edge.to_id in at]
        is_ended = policy in ended_it
        for part in bound or (None,):
            yield {
                "attempt": row["attempt"], "step": row["lost_step"], "caller": part, "caller_failed": True if part else None,
                "is_root": part is None, "part": policy, "failed_any": is_ended, "failed_last": is_ended, "n_calls": 1,
                "n_failed": int(is_ended), "n_callers": at.get(part or "", 0), "weight": row["weight"],
            }  # fmt: skip


def _unit(row: Row, ended_by: Mapping[str, tuple[str, ...]]) -> Row:
    """An attempt whose end is known stands for itself, also where calls are a sample: it is set apart by its channel."""
    if row["lost_step"] is None or row["attempt"] not in ended_by:
        return row
    return row | {"weight": row["weight"] or 1.0, "channel": f"{row['channel']}: {', '.join(ended_by[row['attempt']])}"}


def _used(rows: list[Row]) -> Iterator[Row]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["part"]] = counts.get(row["part"], 0) + 1
    yield from ({"part": policy, "n": n} for policy, n in sorted(counts.items()))
