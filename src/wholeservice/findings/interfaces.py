"""An interface as an origin: who called saw the call fail, and who was called saw nothing wrong.

A source that tells both sides of a call gives two rows: what the caller saw, and below it (its parent) what the called part
saw. The second is no call of the part to itself. Where the first failed and the second did not, neither side is broken: what
was agreed between them is, such as a contract, a version or a time limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wholeservice.findings.propagation import Dependency
from wholeservice.organisation.graph import Organisation

if TYPE_CHECKING:
    from wholeservice.derived.exposures import Observed

BETWEEN = " → "
NEITHER_SIDE = "between two parts: the call failed for the one, and the other saw nothing wrong"
Row = dict[str, Any]


def with_interfaces(observed: Observed) -> Observed:
    """
    Return what was seen with both sides of a call as one, and a box between two parts that once did not agree on it.

    Errors   none: where one side of the calls is recorded, nothing changes
    """
    rows = observed.edges.to_pylist()
    own = [row for row in rows if row["caller"] is not None and row["caller"] == row["part"]]
    if not own:
        return observed
    n_well: dict[tuple[str, str, str], int] = {}
    for row in own:
        if not row["failed_any"]:
            key = row["attempt"], row["step"], row["part"]
            n_well[key] = n_well.get(key, 0) + (row["n_callers"] if row["caller_failed"] else 0)
    rows = [row for row in rows if row["caller"] is None or row["caller"] != row["part"]]
    broken = {_pair(row) for row in rows if _is_broken(row, n_well)}
    kept = [each for row in rows for each in (_through(row, n_well) if _pair(row) in broken else (row,))]
    met = {row["part"]: 0 for row in kept if BETWEEN in row["part"]}
    for row in kept:
        if row["part"] in met:
            met[row["part"]] += 1
    used = [*observed.used.to_pylist(), *({"part": part, "n": n} for part, n in sorted(met.items()))]
    return replace(
        observed,
        edges=observed.edges.from_pylist(kept, schema=observed.edges.schema),
        used=observed.used.from_pylist(used, schema=observed.used.schema),
    )


def _pair(row: Row) -> str:
    return f"{row['step'] if row['is_root'] else row['caller']}{BETWEEN}{row['part']}"


def _is_broken(row: Row, n_well: Mapping[tuple[str, str, str], int]) -> bool:
    """Every failed call of the pair was seen to go well on the other side."""
    named = row["is_root"] or row["caller"] is not None
    seen_well = n_well.get((row["attempt"], row["step"], row["part"]), 0)
    return bool(named and row["failed_any"] and seen_well >= row["n_failed"])


def _through(row: Row, n_well: Mapping[tuple[str, str, str], int]) -> tuple[Row, Row]:
    """Return the caller's call to the interface, and what the called part made of it."""
    is_well = _is_broken(row, n_well)
    failed = {"failed_any": False, "failed_last": False, "n_failed": 0} if is_well else {}
    beyond = row | {"caller": _pair(row), "is_root": False, "caller_failed": True if row["failed_any"] else None} | failed
    return row | {"part": _pair(row)}, beyond | {"n_callers": row["n_calls"]}


def through_interfaces(wiring: Mapping[str, Sequence[Dependency]]) -> dict[str, tuple[Dependency, ...]]:
    """Return the wiring in which whoever uses a part through an interface uses it by no other way."""
    return {box: tuple(_rewired(box, uses)) for box, uses in wiring.items()}


def _rewired(box: str, uses: Sequence[Dependency]) -> list[Dependency]:
    direct = {each.to: each for each in uses}
    through = {each.to.rpartition(BETWEEN)[2]: each for each in uses if BETWEEN in each.to and BETWEEN not in box}
    kept = [each for each in uses if each.to not in through and each not in through.values()]
    return kept + [replace(direct.get(part, each), to=each.to) for part, each in through.items()]


def title_of(organisation: Organisation, box: str) -> str:
    """Return the title of an interface: both sides by their names."""
    ends = box.split(BETWEEN)
    return BETWEEN.join(organisation.entities[each].title if each in organisation.entities else each for each in ends)
