"""Intervals: how far a number could be from what it stands for, and of what (sampling, or variation between periods).

All are 95 % unless said otherwise. Sources: Wilson 1927 (JASA 22); Efron 1987 (BCa, JASA 82); Kish 1965 (design effect);
Korn & Graubard 1998 (degrees of freedom of a clustered share); Rocks 2016 (net scores); von Neumann 1941 (mean square
successive difference); David & Nagaraja 2003 (order statistics of a quantile); Welch 1947 and Holm 1979 (many comparisons).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

SAMPLING, BETWEEN_PERIODS = "sampling", "variation between periods"
Z_95 = 1.959963984540054
N_DRAWS = 2000  # of a bootstrap


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
    """Interval of a share from *hits* of *n*; None when n is 0, or when hits of n cannot be.

    Shape    scalars; the design effect (>= 1) shrinks n when units of one consumer are alike
    Unit     share 0-1
    Source   Wilson 1927, equation 5; Kish 1965 for the effective n

    >>> interval = wilson(8, 10)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.4902, 0.9433)
    """
    if n <= 0 or not 0 <= hits <= n:
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


def clustered_share(
    numerator: float, denominator: float, *, n: float, clusters: float, aa: float, ab: float, bb: float
) -> Interval | None:
    """Interval of a share whose units come in clusters, such as the attempts of one consumer: Wilson with the design effect.

    Shape    n: units counted, before weighting; clusters, aa, ab, bb as in `cluster_standard_error`
    Source   Kish 1965; Korn & Graubard 1998 (t instead of z for few clusters). Where all units agree, or come from one
             cluster, their likeness cannot be estimated, and each cluster counts as one unit

    >>> clustered_share(8, 10, n=10, clusters=10, aa=8, ab=8, bb=10) == wilson(8, 10)
    True
    >>> by_two = clustered_share(8, 10, n=10, clusters=5, aa=16, ab=16, bb=20)  # five people, each twice the same
    >>> round(by_two.low, 3), round(by_two.high, 3)
    (0.223, 0.982)
    """
    if denominator <= 0 or n <= 0 or not 0 <= numerator <= denominator:
        return None
    share = numerator / denominator
    error = cluster_standard_error(numerator, denominator, clusters=clusters, aa=aa, ab=ab, bb=bb)
    if clusters < 1 or clusters == n == bb:  # no clusters, or each of a single unit
        return wilson(share * n, n)
    if error is None or share in (0.0, 1.0):
        return wilson(share * n, n, n / clusters)
    of_few = _t_95(clusters - 1) / Z_95
    return wilson(share * n, n, error**2 * n / (share * (1 - share)) * of_few**2)


def clustered_net(
    net: float, both: float, denominator: float, *, n: float, clusters: float, aa: float, ab: float, bb: float
) -> Interval | None:
    """Interval of the share of those for less the share of those against: adjusted Wald, with the design effect of clusters.

    Shape    net: those for less those against; both: the two together; n, clusters, aa, ab, bb as in `clustered_share`.
             From -1 to 1, and never without the number itself, which lies beyond the adjusted end where all agree
    Source   Rocks 2016: three answers more, of which 3/4 are for and 3/4 against; Kish 1965; Korn & Graubard 1998

    >>> interval = clustered_net(50, 90, 100, n=100, clusters=100, aa=90, ab=50, bb=100)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.3294, 0.6415)
    """
    if denominator <= 0 or n <= 0 or not abs(net) <= both <= denominator:
        return None
    score, share = net / denominator, both / denominator
    variance = (share - score * score) / n
    error = cluster_standard_error(net, denominator, clusters=clusters, aa=aa, ab=ab, bb=bb)
    effect, wider = 1.0, 1.0
    if clusters >= 1 and not clusters == n == bb:
        is_alike = error is None or variance <= 0
        effect = n / clusters if is_alike else max(1.0, (error or 0.0) ** 2 / variance)
        wider = 1.0 if is_alike else _t_95(clusters - 1) / Z_95
    n_effective = n / effect + 3
    centre = score * n / effect / n_effective
    spread = (share * n / effect + 1.5) / n_effective - centre * centre
    half = Z_95 * wider * (spread / n_effective) ** 0.5
    low, high = max(-1.0, centre - half), min(1.0, centre + half)
    return Interval(min(low, score), max(high, score), "adjusted Wald")


def mean_from_sums(
    n: float, total: float, squares: float, *, error: float | None = None, clusters: float = 0.0
) -> Interval | None:
    """Interval of a mean from sums (Student's t); None under two units.

    Shape    total, squares: sums of the values and of their squares; error, clusters: standard error and number of
             clusters, where units come in clusters

    >>> interval = mean_from_sums(4, 10, 30)  # 1, 2, 3, 4
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.446, 4.554)
    """
    n_free = (clusters if error is not None else n) - 1
    if n_free < 1 or n <= 0:
        return None
    mean = total / n
    if error is None:
        error = (max(0.0, squares - total * mean) / (n - 1) / n) ** 0.5
    half = _t_95(n_free) * error
    return Interval(mean - half, mean + half, "t, clustered" if clusters and n_free != n - 1 else "t")


def bca_of_counts(counts: Sequence[float], points: Sequence[float], generator: np.random.Generator) -> Interval | None:
    """Interval of the mean of few answers on a scale: bias-corrected accelerated bootstrap; None under two answers.

    Shape    counts: answers per point; points: the value of each. The generator is drawn from: the same seed, the same interval
    Source   Efron 1987, equations 2.3 and 4.4; acceleration from the third moment, 6.6
    """
    import numpy as np
    from scipy.special import ndtr, ndtri

    answers, values = np.asarray(counts, dtype=float), np.asarray(points, dtype=float)
    n = answers.sum()
    if n < 2:
        return None
    mean = float(answers @ values / n)
    deviations = values - mean
    second = float(answers @ deviations**2)
    if second == 0:
        return None  # all alike: nothing to draw from
    draws = generator.multinomial(round(n), answers / n, size=N_DRAWS) @ values / n
    below = (draws < mean).mean() + (draws == mean).mean() / 2
    bias = float(ndtri(np.clip(below, 1 / N_DRAWS, 1 - 1 / N_DRAWS)))
    acceleration = float(answers @ deviations**3) / (6 * second**1.5)
    shifted = bias + np.array([-Z_95, Z_95])
    low, high = np.quantile(draws, ndtr(bias + shifted / (1 - acceleration * shifted)))
    return Interval(float(low), float(high), "BCa")


def all_alike(value: float, n: float, *, low: float, high: float) -> Interval | None:
    """Interval of the mean of *n* equal answers on a scale from *low* to *high*: how far unseen other answers could move it.

    Shape    scalars. The share of answers at *value* is at least Wilson's lower bound; the rest may lie at either end

    >>> interval = all_alike(1.0, 10, low=0.0, high=1.0)
    >>> round(interval.low, 3), interval.high
    (0.722, 1.0)
    """
    share = wilson(n, n)
    if share is None:
        return None
    return Interval(
        share.low * value + (1 - share.low) * low, share.low * value + (1 - share.low) * high, "Wilson, all answers alike"
    )


def quantile_ranks(share: float, n: int) -> tuple[int, int] | None:
    """Ranks among *n* units between which the quantile of *share* lies, the shortest being 1; 0 is below all of them.

    Shape    None where it may lie above the highest of them: then nothing can be said about its upper end
    Source   binomial: David & Nagaraja 2003, Order Statistics, 7.1

    >>> quantile_ranks(0.5, 10), quantile_ranks(0.95, 100), quantile_ranks(0.95, 50)
    ((2, 9), (90, 100), None)
    """
    if n < 1:
        return None
    low, high = _binomial(0.025, n, share), _binomial(0.975, n, share) + 1
    return (low, high) if high <= n else None


def _binomial(level: float, n: int, share: float) -> int:
    """The smallest number of hits of *n* that is not exceeded with a chance of at least *level*."""
    from scipy.special import bdtr, bdtrik

    near = max(0, int(bdtrik(level, n, share)) - 1)
    return next(hits for hits in range(near, n + 1) if bdtr(hits, n, share) >= level)


def _t_95(n_free: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(n_free, 0.975))


def chance_below(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Chance that a mean comes out so far below another one though the two are alike: Welch's t, one-sided.

    Shape    each: the mean, its squared standard error, and of how many clusters
    Source   Welch 1947

    >>> round(chance_below((0.5, 0.01, 50), (0.8, 0.0125, 40)), 3)
    0.024
    """
    from scipy.special import stdtr

    (low, spread, n), (high, other_spread, n_other) = one, other
    both = spread + other_spread
    if both <= 0:
        return 1.0
    n_free = both**2 / (spread**2 / (n - 1) + other_spread**2 / (n_other - 1))
    return float(stdtr(n_free, (low - high) / both**0.5))


def mixture_quantile(level: float, means: Array, spreads: Array, weights: Array) -> float:
    """
    Return the number below which a mixture of normal distributions lies with a chance of *level*.

    Shape    means, spreads (standard deviations) and weights (which add up to 1) of the same length

    >>> import numpy as np
    >>> round(mixture_quantile(0.975, np.array([0.0]), np.array([1.0]), np.array([1.0])), 3)
    1.96
    """
    from scipy.special import ndtr

    low, high = float((means - 40 * spreads).min()), float((means + 40 * spreads).max())
    safe, enough = spreads + 1e-300, 1e-8 * float(weights @ spreads)
    while high - low > enough and low < (middle := (low + high) / 2) < high:
        is_below = float(weights @ ndtr((middle - means) / safe)) < level
        low, high = (middle, high) if is_below else (low, middle)
    return (low + high) / 2


def mixture_tail(means: Array, spreads: Array, weights: Array) -> float:
    """Return twice the smaller chance of a mixture of normal distributions to lie below, or above, 0."""
    from scipy.special import ndtr

    below = float(weights @ ndtr(-means / (spreads + 1e-300)))
    return min(1.0, 2 * min(below, 1 - below))


def surely(chances: Sequence[float], level: float = 0.025) -> list[bool]:
    """Say of each of several comparisons whether it is sure, so that looking at many makes none of them so (Holm 1979).

    >>> surely([0.001, 0.02, 0.012])
    [True, True, True]
    >>> surely([0.001, 0.02, 0.013])  # 0.013 is more than half of 0.025, and so 0.02 is not asked any more
    [True, False, False]
    """
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    found = [False] * len(chances)
    for n_before, place in enumerate(order):
        if chances[place] > level / (len(chances) - n_before):
            break
        found[place] = True
    return found


def between_periods(values: Sequence[float]) -> Interval | None:
    """Interval of the newest of *values* from how much they vary from one period to the next; None under three.

    Shape    values of like, non-overlapping periods, oldest first; a steady trend does not widen it much
    Source   von Neumann 1941: half the mean square successive difference estimates the variance
    """
    if len(values) < 3:
        return None
    steps = [later - earlier for earlier, later in pairwise(values)]
    mean_step = sum(steps) / len(steps)
    variance = sum((step - mean_step) ** 2 for step in steps) / (2 * (len(steps) - 1))
    half = _t_95(len(steps) - 1) * variance**0.5
    return Interval(values[-1] - half, values[-1] + half, "successive differences", BETWEEN_PERIODS)
