"""Why work waits once more, instant by instant in plain loops: the oracle of the kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

CAUSES = ("batching", "contention", "prioritisation", "unavailability", "unaccounted")


@dataclass(frozen=True)
class Stay:
    """One stay; instants are small whole numbers."""

    pool: int
    enabled: int
    start: int
    end: int
    worker: int = -1
    batch: int = -1


@dataclass(frozen=True)
class Pool:
    """So many people (0: nobody knows), and the instants at which they work."""

    n_people: int
    is_working: Callable[[int], bool] = lambda _: True


def hand(number: int, stays: Sequence[Stay], pools: Sequence[Pool]) -> Any:
    """Who does a stay: the one person of its pool, the worker, or somebody of its own."""
    stay = stays[number]
    if pools[stay.pool].n_people == 1:
        return stay.pool, "the one"
    return (stay.pool, "worker", stay.worker) if stay.worker >= 0 else ("somebody", number)


def plain_tiles(stays: Sequence[Stay], pools: Sequence[Pool]) -> list[list[tuple[int, str]]]:
    """Return of each stay the instants of its waiting with the cause of each."""
    hands = [hand(number, stays, pools) for number in range(len(stays))]
    batches = [(hands[number], stay.batch) if stay.batch >= 0 and hands[number][0] != "somebody" else None
               for number, stay in enumerate(stays)]  # fmt: skip
    rows = list(zip(stays, hands, batches, strict=True))
    return [[(at, _cause(row, at, rows, pools[row[0].pool])) for at in range(row[0].enabled, row[0].start)] for row in rows]


def plain_causes(stays: Sequence[Stay], pools: Sequence[Pool]) -> list[dict[str, int]]:
    """Return how long each stay waited for each cause."""
    return [{cause: sum(each == cause for _, each in mine) for cause in CAUSES} for mine in plain_tiles(stays, pools)]


def _cause(row: Any, at: int, rows: Sequence[Any], pool: Pool) -> str:
    stay, _, batch = row
    complete = max((other.enabled for other, _, its in rows if batch and its == batch), default=stay.enabled)
    ready = max(stay.enabled, min(complete, stay.start))
    if at < ready:
        return "batching"
    busy: dict[Any, Any] = {}  # who is busy -> the first in line of what they do
    for other, who, its in rows:
        if other.pool == stay.pool and other.start <= at < other.end:
            mine = other.enabled, its is not None, its
            busy[who] = min(busy.get(who, mine), mine)
    if pool.n_people and len(busy) >= pool.n_people:
        n_ahead = sum(enabled <= (stay.enabled if batch and its == batch else ready) for enabled, _, its in busy.values())
        return "contention" if n_ahead >= pool.n_people else "prioritisation"
    return "unaccounted" if pool.is_working(at) else "unavailability"


def plain_batches(rows: Sequence[tuple[int, int, int, int]], gap: int = 0) -> list[int]:
    """Return the batch of each row of who, enabled, start, end; batches of one person follow one another."""
    found = [-1] * len(rows)
    in_order = sorted((row for row in range(len(rows)) if rows[row][0] >= 0), key=lambda row: (rows[row][0], *rows[row][2:]))
    batches: list[list[int]] = []
    for row in in_order:
        who, enabled, start, _ = rows[row]
        last = batches[-1] if batches else []
        ends = max((max(rows[each][2:]) for each in last), default=0)
        if last and rows[last[0]][0] == who and enabled <= rows[last[0]][2] and start - ends <= gap:
            last.append(row)
        else:
            batches.append([row])
    for number, batch in enumerate(each for each in batches if len(each) > 1):
        for row in batch:
            found[row] = number
    return found
