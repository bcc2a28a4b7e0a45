"""Orders of boxes that use each other, and tables of one bit each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

Box = TypeVar("Box", str, int)
FEW = 24
"""Bits that are walked one by one; of more, all are added up at once."""


def inner_first(out: Mapping[Box, Sequence[Box]], boxes: Iterable[Box]) -> tuple[list[Box], bool]:
    """
    Return all boxes, each after all it reaches where there is no circle, and whether there is one.

    >>> inner_first({"a": ["b"], "b": ["c"]}, ["a", "b", "c"])
    (['c', 'b', 'a'], False)
    """
    done: dict[Box, bool] = {}  # False while the box is being walked
    order: list[Box] = []
    has_circle = False
    for start in boxes:
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


def places(table: int, n: int) -> Array:
    """Return the bits that are set, of *n* at most, as an array."""
    import numpy as np

    packed = np.frombuffer(table.to_bytes((n + 7) // 8, "little"), dtype=np.uint8)
    found: Array = np.flatnonzero(np.unpackbits(packed, bitorder="little"))
    return found


def table_of(bits: Iterable[int]) -> int:
    """Return the table in which these bits are set."""
    table = 0
    for at in bits:
        table |= 1 << at
    return table


class Weights:
    """A weight for each bit; sums of a table that was asked for before are kept."""

    def __init__(self, weights: Sequence[float]) -> None:
        import numpy as np

        self._weights, self.array = weights, np.array(weights)
        self._known: dict[int, float] = {}

    def of(self, table: int) -> float:
        """
        Return the sum of the weights of the bits that are set.

        >>> Weights([1.0, 2.0, 0.5]).of(0b101)
        1.5
        """
        if table.bit_count() <= FEW:
            return sum(self._weights[at] for at in members(table))
        if table not in self._known:
            self._known[table] = float(self.array[places(table, len(self._weights))].sum())
        return self._known[table]
