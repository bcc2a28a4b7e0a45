"""Steps reached: which steps of its journey each attempt reached, in order.

A step is reached by an event at it after its base was reached (see `derived.journeys`), within the window counted from the
first step, the window's end included. One event never fills two steps. A later start may fill the rest where an earlier
one came too soon.

Shape    one row per attempt and step reached: entity, attempt, step, base, reached_at
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wholeservice.derived.base import Derived, whole_seconds

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.facts.identity import FactTables

WINDOW_S = 90 * 86400.0
"""An attempt is bounded by its own rule; this only ends those that a source never closes."""


def build(facts: FactTables) -> pa.Table:
    """Walk the visits of each attempt in order and keep the first time each step was reached."""
    import pyarrow as pa

    visits, journeys = facts.visits, facts.journeys
    v = visits.join(journeys, [visits.step_no == journeys.step_no])
    v = v.mutate(seconds=whole_seconds(v.happened_at)).order_by(v.entity, v.attempt, v.nth)
    rows = facts.run(v.select(v.entity, v.attempt, v.step, v.base_id, v.happened_at, v.step_no, v.base_no, v.seconds))
    codes = (rows.column(name).to_pylist() for name in ("step_no", "base_no", "seconds"))
    kept = list(reach(_numbered(rows), *codes, window_s=WINDOW_S))
    found = rows.take(pa.array(kept, pa.int64()))
    return found.select([0, 1, 2, 3, 4]).rename_columns(["entity", "attempt", "step", "base", "reached_at"])


def reach(
    attempts: Sequence[int], steps: Sequence[int], bases: Sequence[int], seconds: Sequence[float], *, window_s: float
) -> Iterator[int]:
    """Yield the index of each event that reaches a step for the first time.

    Shape    rows sorted by attempt, then by place in it; bases: -1 where a step starts the journey
    Unit     seconds since any instant

    >>> list(reach([1, 1, 1, 1], [0, 1, 0, 1], [-1, 0, -1, 0], [0, 900, 1000, 1200], window_s=300))
    [0, 3]
    """
    begun: dict[int, float] = {}  # step -> the latest start from which it was reached
    attempt = None
    for index, (step, base) in enumerate(zip(steps, bases, strict=True)):
        if attempts[index] != attempt:
            attempt, begun = attempts[index], {}
        start = seconds[index] if base < 0 else begun.get(base)
        if start is None or seconds[index] - start > window_s:
            continue
        if step not in begun:
            yield index
        begun[step] = max(start, begun.get(step, start))


def _numbered(rows: pa.Table) -> list[int]:
    """Number the attempts of sorted rows."""
    import numpy as np

    if rows.num_rows == 0:
        return []
    is_new = np.zeros(rows.num_rows, dtype=bool)
    for name in rows.column_names[:2]:
        codes = rows.column(name).combine_chunks().dictionary_encode().indices.to_numpy()
        is_new[1:] |= codes[1:] != codes[:-1]
    return [int(number) for number in np.cumsum(is_new)]


REACHED = Derived(name="reached", needs=("visits", "journeys"), build=build, key=("entity", "attempt"))
