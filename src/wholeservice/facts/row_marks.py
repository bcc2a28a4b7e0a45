"""One bit per row: which rows of a list of files are meant. Twenty million rows take 2.5 MB."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


class RowMarks:
    """Marks on rows that are numbered from 0 through several files.

    >>> import numpy as np
    >>> marks = RowMarks(12)
    >>> marks.add(np.array([1, 9, 10]))
    >>> marks.between(8, 12).tolist(), marks.count(0, 12)
    ([False, True, True, False], 3)
    """

    def __init__(self, n_rows: int) -> None:
        import numpy as np

        self._bits = np.zeros((n_rows + 7) // 8, np.uint8)

    def add(self, rows: np.ndarray) -> None:
        """Mark rows, by their numbers; in any order."""
        import numpy as np

        np.bitwise_or.at(self._bits, rows >> 3, (1 << (rows & 7)).astype(np.uint8))

    def between(self, first: int, end: int) -> np.ndarray:
        """Return a flag for each row from *first* up to *end*."""
        import numpy as np

        start = first // 8
        flags = np.unpackbits(self._bits[start : (end + 7) // 8], bitorder="little").astype(bool)
        return flags[first - 8 * start : end - 8 * start]

    def count(self, first: int, end: int) -> int:
        """Return how many rows from *first* up to *end* are marked."""
        return int(self.between(first, end).sum())
