"""From the calls of a trace to one tree a call: which calls were made one after another, side by side, or again.

Nobody writes down how calls were joined; when they began and ended tells. Calls whose times overlap were made side by side; a
call of the same part after one that failed is another try; all else comes one after another. What a call took beyond what it
waited for is its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wholeservice.findings.timing import PARALLEL, RETRY, SEQUENCE, TimedCall

if TYPE_CHECKING:
    import pyarrow as pa

MICRO = 1_000_000
MOST_DEEP = 50

Row = Mapping[str, Any]


def call_trees(calls: pa.Table) -> dict[tuple[str, str], TimedCall]:
    """
    Return the tree of every call whose duration is known: (trace, span) -> tree. No reference is set yet.

    Shape    calls as `derived.timed_calls` reads them
    """
    rows = [row for row in calls.to_pylist() if row["lasted_s"] is not None]
    children: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["parent"] is not None and row["parent"] != row["span"]:
            children[row["trace"], row["parent"]].append(row)
    return {(row["trace"], row["span"]): _tree(row, children, 0) for row in rows}


def _tree(row: Row, children: Mapping[tuple[str, str], Sequence[Row]], depth: int) -> TimedCall:
    made = children.get((row["trace"], row["span"]), ()) if depth < MOST_DEEP else ()
    groups = _beside(made)
    waited_s = sum((max(map(_ends, group)) - group[0]["from_us"]) / MICRO for group in groups)
    joined = tuple(_joined(group, children, depth) for group in _tries(groups))
    own_s = max(0.0, row["lasted_s"] - waited_s)
    return TimedCall(row["part"] or row["name"], own_s, own_s, joined, SEQUENCE)


def _ends(row: Row) -> float:
    ends: float = row["from_us"] + row["lasted_s"] * MICRO
    return ends


def _beside(rows: Sequence[Row]) -> list[list[Row]]:
    """Put calls together whose times overlap; groups and calls in the order of time."""
    groups: list[list[Row]] = []
    until = float("-inf")
    for row in sorted(rows, key=lambda each: (each["from_us"], each["span"])):
        if groups and row["from_us"] < until:
            groups[-1].append(row)
        else:
            groups.append([row])
        until = max(until, _ends(row))
    return groups


def _tries(groups: Sequence[list[Row]]) -> list[tuple[bool, list[Row]]]:
    """Put a single call together with the next when that is another try of it."""
    result: list[tuple[bool, list[Row]]] = []
    for group in groups:
        last = result[-1][1] if result else []
        is_again = len(group) == 1 and bool(last) and last[-1]["failed"] and last[-1]["name"] == group[0]["name"]
        if is_again and (result[-1][0] or len(last) == 1):
            result[-1] = (True, [*last, *group])
        else:
            result.append((False, group))
    return result


def _joined(group: tuple[bool, list[Row]], children: Mapping[tuple[str, str], Sequence[Row]], depth: int) -> TimedCall:
    is_retry, rows = group
    trees = tuple(_tree(row, children, depth + 1) for row in rows)
    if len(trees) == 1:
        return trees[0]
    return TimedCall("", 0.0, 0.0, trees, RETRY if is_retry else PARALLEL)
