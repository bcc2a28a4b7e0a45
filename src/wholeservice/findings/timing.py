"""Where time is lost: the same split for durations, over calls made one after another, side by side or again.

A call's own time is at its origin; the calls it makes add up in sequence, overlap in parallel (the longest counts) and repeat
in a retry (every try counts). Percentiles are never added: a target "p95 < 800 ms" asks, per attempt, whether it took longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.findings.shapley import MAX_EXACT, Split, split_values

SEQUENCE, PARALLEL, RETRY = "sequence", "parallel", "retry"


@dataclass(frozen=True, slots=True)
class TimedCall:
    """One call as it was timed. `reference_s` is what its own time would be were the box healthy; equal: at reference."""

    box: str
    own_s: float
    reference_s: float
    calls: tuple[TimedCall, ...] = ()
    join: str = SEQUENCE  # how `calls` combine; a retry is a sequence of tries that healing the box makes unnecessary


def took_s(call: TimedCall, healed: frozenset[str] = frozenset()) -> float:
    """
    Return how long the call takes when the boxes in *healed* are at their reference.

    Unit     seconds

    >>> page = TimedCall("page", 0.1, 0.1, (TimedCall("a", 1.2, 0.3), TimedCall("b", 1.4, 0.4)), PARALLEL)
    >>> took_s(page), took_s(page, frozenset({"b"}))
    (1.5, 1.3)
    """
    own_s = min(call.own_s, call.reference_s) if call.box in healed else call.own_s
    parts = [took_s(each, healed) for each in call.calls]
    if call.join == RETRY and parts:
        first_try_enough = call.calls[0].box in healed
        return own_s + (parts[-1] if first_try_enough else sum(parts))
    return own_s + (max(parts, default=0.0) if call.join == PARALLEL else sum(parts))


def slow_boxes(call: TimedCall) -> tuple[str, ...]:
    """Return the boxes that took longer than their reference, or had to try again, in the order met."""
    return tuple(dict.fromkeys(_slow(call)))


def _slow(call: TimedCall) -> Iterator[str]:
    if call.own_s > call.reference_s:
        yield call.box
    if call.join == RETRY and len(call.calls) > 1:
        yield call.calls[0].box
    for each in call.calls:
        yield from _slow(each)


def split_time(call: TimedCall, limit_s: float | None = None) -> tuple[tuple[str, ...], Split]:
    """
    Split the time lost in one attempt over the boxes it was lost in.

    Shape    (boxes, split in the order of boxes); with *limit_s* the loss is 1 when the attempt took longer, else 0
    Unit     seconds, or attempts with a limit
    Errors   ValueError above twelve slow boxes in one attempt

    >>> page = TimedCall("page", 0.0, 0.0, (TimedCall("a", 1.0, 0.5), TimedCall("b", 2.0, 0.5)), PARALLEL)
    >>> boxes, result = split_time(page)
    >>> boxes, result.share, result.alone
    (('a', 'b'), (0.25, 1.25), (0.0, 1.0))
    """
    boxes = slow_boxes(call)
    if len(boxes) > MAX_EXACT:
        raise ValueError(f"{len(boxes)} slow boxes in one attempt; at most {MAX_EXACT} can be split exactly")
    lost = []
    for coalition in range(1 << len(boxes)):
        healed = frozenset(box for i, box in enumerate(boxes) if coalition >> i & 1)
        seconds = took_s(call, healed)
        lost.append(seconds if limit_s is None else float(seconds > limit_s))
    return boxes, split_values(lost)
