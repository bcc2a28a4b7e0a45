"""What items waited for, stage by stage: the causes of their waiting, what was behind them, and their parts of all waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from wholeservice.measures.flow_places import Placed, is_waiting
from wholeservice.measures.flow_told import Waited
from wholeservice.uncertainty import Interval, cluster_standard_error, mean_from_sums

Key = tuple[int | None, str, str | None]


def waits_told(done: Sequence[Placed], still: Sequence[Placed], *, by_stage: bool) -> tuple[Waited, ...]:
    """
    Return every wait of the items that are done by cause and what was behind it, the longest first, and how many wait now.

    Shape    of each stage apart, or of all together (`stage` None). `share` is of all time that was seen as waiting, each item
             counting for itself in the likely range
    """
    spent = [_by_key(each, by_stage=by_stage) for each in done]
    whole = [sum(each.values()) for each in spent]
    now = Counter(key for each in still if is_waiting(each.life) and (key := _now(each, by_stage=by_stage)) is not None)
    keys = {key for each in spent for key in each} | set(now)
    found = [_told(key, [each.get(key, 0.0) for each in spent], whole, now[key]) for key in keys]
    return tuple(sorted(found, key=lambda each: (-each.mean_s, -each.n_now, each.cause, each.on_entity or "", each.stage or 0)))


def _by_key(each: Placed, *, by_stage: bool) -> dict[Key, float]:
    places = {piece.from_s: stage for piece, stage in zip(each.life.pieces, each.stages, strict=True)} if by_stage else {}
    found: dict[Key, float] = {}
    for wait in each.life.waits:
        key = places.get(wait.from_s), wait.cause, wait.on_entity
        found[key] = found.get(key, 0.0) + wait.seconds
    return found


def _now(each: Placed, *, by_stage: bool) -> Key | None:
    """Why an item waits that waits now: the cause that took longest of what goes on."""
    last = each.life.pieces[-1]
    going = [wait for wait in each.life.waits if wait.from_s == last.from_s]
    longest = max(going, key=lambda wait: (wait.seconds, wait.cause), default=None)
    return (each.stages[-1] if by_stage else None, longest.cause, longest.on_entity) if longest else None


def _told(key: Key, spent: Sequence[float], whole: Sequence[float], n_now: int) -> Waited:
    total, waited = sum(whole), sum(spent)
    spread = _likely(spent, whole)
    return Waited(
        key[0], key[1], key[2], waited / len(spent) if spent else 0.0, waited / total if total else 0.0,
        max(0.0, spread.low) if spread else None, min(1.0, spread.high) if spread else None,
        sum(each > 0 for each in spent), n_now,
    )  # fmt: skip


def _likely(part: Sequence[float], whole: Sequence[float]) -> Interval | None:
    """The likely range of a part of all waiting: a ratio of two sums over items."""
    pairs = [(a, b) for a, b in zip(part, whole, strict=True) if b > 0]
    total, waited, n = sum(b for _, b in pairs), sum(a for a, _ in pairs), len(pairs)
    error = cluster_standard_error(
        waited, total, n, sum(a * a for a, _ in pairs), sum(a * b for a, b in pairs), sum(b * b for _, b in pairs)
    )
    return mean_from_sums(total, waited, 0.0, error=error, clusters=n) if error is not None else None
