"""Intervals: how far a number could be from what it stands for, and of what (sampling, or variation between periods).

All are 95 % unless said otherwise. Sources: Wilson 1927 (JASA 22); Efron 1987 (BCa, JASA 82); Kish 1965 (design effect);
von Neumann 1941 (mean square successive difference).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SAMPLING, BETWEEN_PERIODS = "sampling", "variation between periods"
Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    """From low to high, by a named method; `of` says what varies."""

    low: float
    high: float
    method: str
    of: str = SAMPLING
    level: float = 0.95

    def covers(self, number: float) -> bool:
        return self.low <= number <= self.high


def wilson(hits: float, n: float, design_effect: float = 1.0) -> Interval | None:
    """Interval of a share from *hits* of *n*; None when n is 0.

    Shape    scalars; the design effect (>= 1) shrinks n when units of one consumer are alike
    Unit     share 0-1
    Source   Wilson 1927, equation 5; Kish 1965 for the effective n

    >>> interval = wilson(8, 10)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.4902, 0.9433)
    """
    if n <= 0:
        return None
    share, n_effective = hits / n, n / max(1.0, design_effect)
    spread = Z_95 * Z_95 / n_effective
    centre = (share + spread / 2) / (1 + spread)
    half = Z_95 / (1 + spread) * ((share * (1 - share) + spread / 4) / n_effective) ** 0.5
    return Interval(max(0.0, centre - half), min(1.0, centre + half), "Wilson")


def cluster_standard_error(
    numerator: float, denominator: float, clusters: float, aa: float, ab: float, bb: float
) -> float | None:
    """Standard error of numerator / denominator when the units of one cluster are alike (linearised ratio).

    Shape    aa, ab, bb: sums over clusters of numerator², numerator·denominator, denominator²
    Source   Cochran 1977, Sampling Techniques, 6.4; with the clusters / (clusters - 1) correction
    """
    if denominator <= 0 or clusters < 2:
        return None
    ratio = numerator / denominator
    squares = max(0.0, aa - 2 * ratio * ab + ratio * ratio * bb)
    return float((squares * clusters / (clusters - 1)) ** 0.5 / denominator)


def between_periods(values: Sequence[float]) -> Interval | None:
    """Interval of the newest of *values* from how much they vary from one period to the next; None under three.

    Shape    values of like, non-overlapping periods, oldest first; a steady trend does not widen it much
    Source   von Neumann 1941: half the mean square successive difference estimates the variance
    """
    if len(values) < 3:
        return None
    from scipy.special import stdtrit

    steps = [later - earlier for earlier, later in pairwise(values)]
    mean_step = sum(steps) / len(steps)
    variance = sum((step - mean_step) ** 2 for step in steps) / (2 * (len(steps) - 1))
    half = float(stdtrit(len(steps) - 1, 0.975)) * variance**0.5
    return Interval(values[-1] - half, values[-1] + half, "successive differences", BETWEEN_PERIODS)
