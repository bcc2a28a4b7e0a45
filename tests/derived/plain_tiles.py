"""Tiles once more, as plain loops over one item at a time: the oracle of the kernel."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

ORDER = ("active", "blocked", "returned", "queued", "done")
KINDS = {"active": "work", "blocked": "wait", "returned": "wait", "queued": "wait", "done": "wait"}


def plain_tiles(items: list[dict[str, Any]], work: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the pieces of every item that any row speaks of; instants are whatever can be compared."""
    names = {row["item"] for row in (*items, *work)}
    return [piece for name in sorted(names) for piece in pieces_of(name, items, work)]


def pieces_of(name: str, items: list[dict[str, Any]], work: list[dict[str, Any]]) -> list[dict[str, Any]]:
    mine = sorted((row for row in work if row["item"] == name), key=lambda row: (row["from_at"], row["source"], row["record"]))
    born, dead, is_open = life_of(name, items, work, mine)
    found = [{**nothing(name), "from_at": born, "to_at": born, "is_clipped": True}] if dead < born else []
    dead = max(born, dead)
    stays, instants = [], {born, dead}
    for row in mine:
        is_followed = any(other["from_at"] > row["from_at"] for other in mine)
        ends = row["to_at"] if row["to_at"] is not None else row["from_at"] if is_followed else max(row["from_at"], dead)
        start, end = min(max(row["from_at"], born), dead), min(max(ends, born), dead)
        is_cut = start != row["from_at"] or end != ends or ends < row["from_at"]
        if start < end:
            stays.append({**row, "from_at": start, "to_at": end, "is_clipped": is_cut})
            instants |= {start, end}
        elif is_cut:
            found.append(
                {**shown(row), "from_at": start, "to_at": start, "n_parallel": 0, "is_open": False, "is_clipped": True}
            )
    last: tuple[Any, int] | None = None
    edges = sorted(instants)
    for start, end in pairwise(edges):
        there = [stay for stay in stays if stay["from_at"] <= start and end <= stay["to_at"]]
        best = min(there, key=lambda stay: rank(stay["state"]), default=None)  # min keeps the first of equals
        if last == (best and best["record"], len(there)):
            found[-1]["to_at"] = end
        else:
            piece = shown(best) if best else nothing(name)
            clipped = bool(best) and best["is_clipped"]
            found.append({**piece, "from_at": start, "to_at": end, "n_parallel": len(there), "is_clipped": clipped})
        last = (best and best["record"], len(there))
        found[-1]["is_open"] = is_open and end == dead
    return found


def life_of(name: str, items: list[Any], work: list[Any], mine: list[Any]) -> tuple[Any, Any, bool]:
    created = [row["created_at"] for row in items if row["item"] == name]
    done = [row["done_at"] for row in items if row["item"] == name and row["done_at"] is not None]
    sources = {row["source"] for row in (*items, *work) if row["item"] == name}
    told = [row["created_at"] for row in items if row["source"] in sources]
    told += [row["done_at"] for row in items if row["source"] in sources and row["done_at"] is not None]
    told += [row["from_at"] for row in work if row["source"] in sources]
    told += [row["to_at"] for row in work if row["source"] in sources and row["to_at"] is not None]
    born = min(created) if created else mine[0]["from_at"]
    latest = [row for row in mine if row["from_at"] == mine[-1]["from_at"]]
    if done:
        return born, max(done), False
    if any(row["state"] == "done" for row in latest):
        return born, latest[0]["from_at"], False
    return born, max(told), True


def rank(state: str) -> int:
    return ORDER.index(state) if state in ORDER else len(ORDER)


def shown(row: dict[str, Any]) -> dict[str, Any]:
    said = {column: row[column] for column in ("item", "stage", "state", "team", "resource", "waits_on")}
    return {**said, "kind": KINDS.get(row["state"], "unknown")}


def nothing(name: str) -> dict[str, Any]:
    unsaid = dict.fromkeys(("stage", "state", "team", "resource", "waits_on"))
    return {"item": name, **unsaid, "kind": "unknown", "n_parallel": 0, "is_open": False}
