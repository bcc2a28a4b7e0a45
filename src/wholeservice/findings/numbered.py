"""The calls of many attempts, numbered once: reading millions of them takes longer than all that is done with them after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from wholeservice.findings.propagation import SeenCall

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

AT_ONCE = 4_096
"""Calls of which tables are made at once."""


class Numbered:
    """Which calls were seen in each of some attempts, by their numbers.

    calls    each call that was seen, at its number
    of       numbers of the calls, those of the first attempt first
    lengths  how many calls each attempt has
    """

    def __init__(self, calls: Sequence[SeenCall], of: Array, lengths: Array) -> None:
        self.calls, self.of, self.lengths = calls, of, lengths

    def __len__(self) -> int:
        return len(self.lengths)

    def some(self, attempts: Array) -> Numbered:
        """Return these of the attempts, told by their places, in the order given."""
        import numpy as np

        lengths = self.lengths[attempts]
        ahead = (self.lengths.cumsum() - self.lengths)[attempts] - (lengths.cumsum() - lengths)
        return Numbered(self.calls, self.of[np.repeat(ahead, lengths) + np.arange(lengths.sum())], lengths)

    def with_loose_failures(self) -> Array:
        """Return, for each attempt, whether a call of unknown caller failed in it."""
        import numpy as np

        is_loose = np.array([caller is None and has_failed for caller, _, has_failed in self.calls], dtype=bool)
        at = np.repeat(np.arange(len(self)), self.lengths)
        found: Array = np.bincount(at[is_loose[self.of]], minlength=len(self)) > 0
        return found

    def tables(self) -> Iterator[tuple[SeenCall, int]]:
        """Yield each call that was seen, and in which attempts: one bit an attempt."""
        import numpy as np

        is_here = np.zeros(len(self.calls), dtype=bool)
        is_here[self.of] = True
        here = np.flatnonzero(is_here)
        of = (is_here.cumsum() - 1)[self.of]
        at = np.repeat(np.arange(len(self)), self.lengths)
        order = np.argsort(of.astype(np.uint16) if len(here) <= 2**16 else of, kind="stable")  # short numbers: in one go
        of, at, numbers = of[order], at[order], here.tolist()
        n_bytes = (len(self) + 7) // 8
        for first in range(0, len(numbers), AT_ONCE):
            some = numbers[first : first + AT_ONCE]
            mine = slice(*np.searchsorted(of, (first, first + len(some))))
            packed = np.zeros(len(some) * n_bytes, dtype=np.uint8)
            np.add.at(packed, (of[mine] - first) * n_bytes + (at[mine] >> 3), (1 << (at[mine] & 7)).astype(np.uint8))
            joined = packed.tobytes()
            for place, number in enumerate(some):
                yield self.calls[number], int.from_bytes(joined[place * n_bytes : (place + 1) * n_bytes], "little")


def numbered(attempts: Sequence[frozenset[SeenCall]]) -> Numbered:
    """Number the calls that were seen in these attempts."""
    import numpy as np

    ids: dict[SeenCall, int] = defaultdict(count().__next__)
    lengths = np.array([len(seen) for seen in attempts], dtype=np.int64)
    of = np.fromiter(map(ids.__getitem__, chain.from_iterable(attempts)), np.int32, int(lengths.sum()))
    return Numbered(list(ids), of, lengths)
