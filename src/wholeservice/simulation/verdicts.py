"""What a claim is worth beside the truth, and the binomial limits within which a rate may stray by chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb

RIGHT, GROUP, UNNAMED, WRONG, FALSE_ALARM, QUIET = "right", "right group", "unnamed", "wrong", "false alarm", "quiet"


def chance_of(at_least: int, n: int, rate: float) -> float:
    """Return the chance of so many or more of *n* at a rate.

    >>> round(chance_of(2, 3, 0.5), 3)
    0.5
    """
    return sum(comb(n, i) * rate**i * (1 - rate) ** (n - i) for i in range(at_least, n + 1))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the truth table: counts of verdicts."""

    evidence: str
    size: str
    verdicts: Mapping[str, int]

    @property
    def n(self) -> int:
        return sum(self.verdicts.values())

    def share(self, *names: str) -> float | None:
        """Return the share of the cell with one of these verdicts; None when the cell is empty."""
        return sum(self.verdicts.get(name, 0) for name in names) / self.n if self.n else None
