"""What lies behind a box, as bit tables: one bit a box, so that "is anything of this behind that" is one operation.

A loss map asks of each kind of attempt which boxes nobody saw. Behind one box there may be thousands; with a table for each,
made once, a union costs no more than a few hundred words of memory, and the sizes of all unions are added up at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

CHUNK = 16_384
"""Unions added up at once: with ten thousand boxes, 20 MB."""


def closures(
    out: Mapping[str, Sequence[str]], index: Mapping[str, int], own: Mapping[str, int] | None = None
) -> dict[str, int]:
    """
    Return, for each box of *index*, the table of itself and all it reaches.

    Shape    out: box -> boxes it reaches directly; index: box -> its bit; own: box -> what it brings along besides its own bit

    >>> closures({"a": ["b"], "b": ["c"]}, {"a": 0, "b": 1, "c": 2})["a"] == 0b111
    True
    """
    tables = {box: 1 << at for box, at in index.items()} if own is None else dict(own)
    order, has_circle = _finished(out, index)
    is_growing = True
    while is_growing:  # once, unless boxes use each other in a circle
        is_growing = False
        for box in order:
            table = tables[box]
            for to in out.get(box, ()):
                table |= tables[to]
            is_growing = is_growing or (has_circle and table != tables[box])
            tables[box] = table
    return tables


def _finished(out: Mapping[str, Sequence[str]], index: Mapping[str, int]) -> tuple[list[str], bool]:
    """Return all boxes, each after all it reaches where there is no circle, and whether there is one."""
    done: dict[str, bool] = {}  # False while the box is being walked
    order: list[str] = []
    has_circle = False
    for start in index:
        stack = [] if start in done else [(start, iter(out.get(start, ())))]
        done.setdefault(start, False)
        while stack:
            box, remaining = stack[-1]
            for to in remaining:
                state = done.get(to)
                has_circle = has_circle or state is False
                if state is None:
                    done[to] = False
                    stack.append((to, iter(out.get(to, ()))))
                    break
            else:
                done[box] = True
                order.append(box)
                stack.pop()
    return order, has_circle


def members(table: int) -> Iterator[int]:
    """
    Yield the bits that are set, lowest first.

    >>> list(members(0b1010))
    [1, 3]
    """
    while table:
        lowest = table & -table
        yield lowest.bit_length() - 1
        table ^= lowest


def added_up(sizes: Mapping[int, float], n_boxes: int) -> dict[int, float]:
    """
    Return, for each bit, the sum of the sizes of the tables in which it is set; bits that are in none are left out.

    Source   one count per value of each byte, then eight sums of those ("four Russians"): tables are never unpacked

    >>> added_up({0b011: 2.0, 0b110: 0.5}, 3)
    {0: 2.0, 1: 2.5, 2: 0.5}
    """
    import numpy as np

    n_bytes = (n_boxes + 7) // 8
    sums = np.zeros((n_bytes, 256))
    tables = [(table, size) for table, size in sizes.items() if table]
    for first in range(0, len(tables), CHUNK):
        some = tables[first : first + CHUNK]
        joined = b"".join(table.to_bytes(n_bytes, "little") for table, _ in some)
        columns = np.ascontiguousarray(np.frombuffer(joined, dtype=np.uint8).reshape(len(some), n_bytes).T)
        weights = np.array([size for _, size in some])
        for at in np.flatnonzero(columns.any(axis=1)):
            sums[at] += np.bincount(columns[at], weights, minlength=256)
    is_set = (np.arange(256)[:, None] >> np.arange(8)) & 1
    by_bit = (sums @ is_set).ravel()
    was_set = ((sums > 0) @ is_set).ravel()
    return {int(at): float(by_bit[at]) for at in np.flatnonzero(was_set)}
