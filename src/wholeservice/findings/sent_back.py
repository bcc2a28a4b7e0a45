"""Losses sent back from where they start to the steps where they are felt, for many attempts at once.

Where a failure was felt by several, each gets an equal part: so it goes from box to box, each after all that explain it. Most
attempts have one end and one way to it: there the whole loss goes along every call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wholeservice.findings.closure import Weights, places, table_of
from wholeservice.findings.ends import Read
from wholeservice.findings.side_by_side import Reading, Table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

Sizes = Mapping[int, Mapping[int, float]]
"""Box -> attempt -> what is lost there."""
Flows = tuple[dict[tuple[int, int], float], dict[int, float]]
"""(box that felt it, box it came from) -> loss; box -> loss that came to it. Boxes by their bit in the plan."""


def send_back(read: Read, only: Sequence[float], several: Sizes) -> Flows:
    """
    Return what flows over each pair of boxes and into each box.

    Shape    only: what is lost in each attempt with one end; several: at each end of the others
    """
    reading, sums = read.reading, Weights(only)
    forked = read.several | _forked(reading)
    over: dict[tuple[int, int], float] = {}
    into: dict[int, float] = {}
    for box, table in enumerate(reading.reached):
        if table:
            into[box] = total = sums.of(table & ~forked)
            for effect, felt in reading.felt[box]:  # often by one box alone, in all of the attempts
                over[effect, box] = over.get((effect, box), 0.0) + (total if felt == table else sums.of(felt & ~forked))
    if forked:
        _along_all_ways(read, sums.array, several, forked, (over, into))
    return over, into


def _forked(reading: Reading) -> Table:
    """Return the attempts in which a failure was felt by several."""
    forked = 0
    for felt in reading.felt:
        if len(felt) > 1:
            once = 0
            for _, table in felt:
                forked |= once & table
                once |= table
    return forked


def _along_all_ways(read: Read, only: Array, several: Sizes, forked: Table, flows: Flows) -> None:
    import numpy as np

    (over, into), reading, width = flows, read.reading, forked.bit_length()
    rows: dict[int, Array] = {}
    for box in reversed(reading.plan.outer_first):
        table = reading.reached[box] & forked
        if not table:
            continue
        row = rows.pop(box) if box in rows else np.zeros(width)
        ending = places(read.here.get(box, 0) & forked, width)
        row[ending] += only[ending]
        for each, size in several.get(box, {}).items():
            row[each] += size
        at = places(table, width)
        sizes = row[at]
        into[box] += float(sizes.sum())
        felt = [(effect, each & forked) for effect, each in reading.felt[box] if each & forked]
        if felt:
            split = _unpacked([each for _, each in felt], width)[:, at]
            parts = split * (sizes / np.maximum(split.sum(axis=0), 1))
            for (effect, _), part, total in zip(felt, parts, parts.sum(axis=1).tolist(), strict=True):
                over[effect, box] += total
                if effect not in rows:
                    rows[effect] = np.zeros(width)
                rows[effect][at] += part


def in_the_dark(read: Read, only: Sequence[float], several: Sequence[Sizes]) -> dict[int, float]:
    """
    Return what was lost before each box that nobody saw, in the attempts in which it may lie there.

    Shape    several: of attempts with several ends, what is lost at one of them for each entry
    """
    found: dict[int, float] = defaultdict(float)
    for n, sizes in enumerate(several or [{}]):
        tables, weights = defaultdict(int, {} if n else read.dark), [0.0] * len(only) if n else list(only)
        for box, lost in sizes.items():
            tables[box] |= table_of(lost)
            for at, size in lost.items():
                weights[at] = size
        ends, sums = {box: table for box, table in tables.items() if table}, Weights(weights)
        for box, table in read.reading.behind(ends).items() if ends else ():
            found[box] += sums.of(table)
    return found


def _unpacked(tables: Iterable[Table], width: int) -> Array:
    """Return a row of 0 and 1 for each table."""
    import numpy as np

    n_bytes = (width + 7) // 8
    packed = np.frombuffer(b"".join(table.to_bytes(n_bytes, "little") for table in tables), dtype=np.uint8)
    return np.unpackbits(packed.reshape(-1, n_bytes), axis=1, bitorder="little", count=width)
