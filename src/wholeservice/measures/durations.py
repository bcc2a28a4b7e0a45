"""How long things last, as counts in buckets that are the same for all, so that adding them up is exact; and what is read off.

A bucket is a 32nd of the way from one power of two (in seconds) to the next: 1.6 to 3.1 % wide, from 1 ms to 17 years. What is
shorter or longer has a bucket of its own. All edges are exact in binary, and finding one takes comparing and doubling alone,
which every engine does to the last bit, as it does no logarithm. A quantile is read off added counts; quantiles are never
added and never averaged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from wholeservice.uncertainty import Z_95, Interval, quantile_ranks

if TYPE_CHECKING:
    import numpy as np
    from ibis.expr.types import NumericValue

    Numbers = np.ndarray[Any, Any]

Durations = Sequence[tuple[int, float, float]]
"""(bucket, how many had ended when they had lasted so long, how many still lasted when last seen), lowest bucket first."""

PARTS = 32  # of each doubling
FIRST, AFTER = -10, 29  # powers of two: 2⁻¹⁰ s is 1 ms, 2²⁹ s is 17 years
LAST = PARTS * (AFTER - FIRST) + 1
MANTISSA_BITS, EXPONENT_OF_1, PART_BITS = 52, 1023, 5  # of a double; 2⁵ parts
ALMOST = 1e-9  # sums of weights


def bucket_of(seconds: NumericValue) -> Any:
    """Return the bucket of a duration, as an expression over a column of seconds: 0 below 1 ms, `LAST` from 17 years up."""
    import ibis

    octaves = range(FIRST, AFTER)
    inside = [
        (seconds < 2.0 ** (power + 1), (seconds * (PARTS * 2.0**-power)).floor() + (1 + PARTS * (power - FIRST - 1)))
        for power in octaves
    ]
    return ibis.cases((seconds < 2.0**FIRST, 0), *inside, else_=LAST).cast("float64")


def buckets_of(seconds: Numbers) -> Numbers:
    """
    Return the bucket of each of many durations, as `bucket_of` does in an engine, to the last bit.

    >>> import numpy as np
    >>> buckets_of(np.array([0.0, 1.0, 1.03125, 3600.0, 1e12])).tolist()
    [0, 321, 322, 697, 1249]
    """
    import numpy as np

    bits = np.asarray(seconds, np.float64).view(np.int64)  # a number is its octave, then in which part of it, from the top
    inside = (bits >> (MANTISSA_BITS - PART_BITS)) - (PARTS * (EXPONENT_OF_1 + FIRST) - 1)
    found: Numbers = np.clip(inside, 0, LAST)
    return found


def edges_of(bucket: int) -> tuple[float, float]:
    """
    Return where a bucket begins, and where the next one does.

    Unit     seconds

    >>> edges_of(0), edges_of(321), edges_of(322)
    ((0.0, 0.0009765625), (1.0, 1.03125), (1.03125, 1.0625))
    """
    return (_begins(bucket) if bucket else 0.0), _begins(bucket + 1 if bucket < LAST else bucket)


def _begins(bucket: int) -> float:
    octave, part = divmod(bucket - 1, PARTS)
    return 2.0 ** (FIRST + octave) * (1 + part / PARTS)


def middle_of(bucket: int) -> float:
    """Return the duration that stands for a bucket: its middle, at most 1.6 % off; nothing for what is shorter than 1 ms."""
    low, high = edges_of(bucket)
    return (low + high) / 2 if bucket else 0.0


def quantile(durations: Durations, share: float) -> float | None:
    """
    Return how long the *share* of the ended that took least time took at most; None where nothing ended.

    Shape    the k-th shortest of n, k the smallest number of them that is at least share · n; no interpolation
    Unit     seconds; the middle of its bucket, so at most 1.6 % from what was observed

    >>> quantile([(321, 3, 0), (353, 1, 0)], 0.5), quantile([(321, 3, 0), (353, 1, 0)], 0.95)
    (1.015625, 2.03125)
    """
    bucket = _bucket_at(durations, share)
    return None if bucket is None else middle_of(bucket)


def quantile_interval(durations: Durations, share: float, n_apart: float) -> Interval | None:
    """
    Interval of a quantile: the durations of the ranks that it lies between; None where even the longest may lie below it.

    Shape    n_apart: how many units that have nothing to do with each other these are worth. The ranks of so many are put on
             all in proportion. From the edge of one bucket to that of another, so the width of the buckets is in it
    Source   order statistics (David & Nagaraja 2003, 7.1); put on clustered units as Woodruff 1952 does
    """
    n = int(n_apart * (1 + ALMOST))
    ranks = quantile_ranks(share, n)
    if ranks is None:
        return None
    low, high = (_bucket_at(durations, rank / n) if rank else 0 for rank in ranks)
    if low is None or high is None:
        return None
    return Interval(edges_of(low)[0], edges_of(high)[1], "order statistics")


def _bucket_at(durations: Durations, share: float) -> int | None:
    total, so_far = sum(ended for _, ended, _ in durations), 0.0
    for bucket, ended, _ in durations:
        so_far += ended
        if ended > 0 and so_far >= share * total * (1 - ALMOST):
            return bucket
    return None


def share_longer(durations: Durations, seconds: float) -> float | None:
    """
    Return the share of the ended that lasted longer than so many seconds; None where nothing ended.

    Shape    what lies in the bucket of the limit itself is divided in proportion

    >>> share_longer([(321, 3, 0), (401, 1, 0)], 1.5), share_longer([(321, 4, 0)], 1.0078125)
    (0.25, 0.75)
    """
    total = sum(ended for _, ended, _ in durations)
    if total <= 0:
        return None
    longer = 0.0
    for bucket, ended, _ in durations:
        low, high = edges_of(bucket)
        part = (high - seconds) / (high - low) if high > low else float(low > seconds)
        longer += ended * min(1.0, max(0.0, part))
    return longer / total


def still_without(durations: Durations) -> Iterator[tuple[int, float, float]]:
    """
    Yield for each bucket in which something ended: the bucket, the share still lasting after it, and Greenwood's sum.

    Shape    what still lasted when last seen is at risk in its own bucket, and then no more (Kaplan & Meier 1958). The sum is
             that of ended / (at risk · those of them that went on): the variance is it times the square of the share

    >>> [(bucket, round(share, 3)) for bucket, share, _ in still_without([(1, 1, 1), (2, 1, 0), (3, 0, 1)])]
    [(1, 0.75), (2, 0.375)]
    """
    at_risk = sum(ended + lasting for _, ended, lasting in durations)
    share, spread = 1.0, 0.0
    for bucket, ended, lasting in durations:
        if ended > 0:
            left = at_risk - ended
            share *= left / at_risk
            spread = spread + ended / (at_risk * left) if left > ALMOST else float("inf")
            yield bucket, share, spread
        at_risk -= ended + lasting


def waiting_median(durations: Durations) -> tuple[float | None, Interval | None]:
    """
    Return how long it takes until half have got there, counting those who have not yet for as long as they were seen.

    Shape    (None, None) where half never got there while they were seen; no interval where it has no upper end
    Unit     seconds
    Source   Kaplan & Meier 1958; Greenwood 1926; Brookmeyer & Crowley 1982 with the log-log transformation
    """
    curve = list(still_without(durations))
    found = next((bucket for bucket, share, _ in curve if share <= 0.5 + ALMOST), None)
    if found is None:
        return None, None
    low = next((bucket for bucket, *at in curve if _bounds(*at)[0] <= 0.5), None)
    high = next((bucket for bucket, *at in curve if _bounds(*at)[1] <= 0.5), None)
    if low is None or high is None:
        return middle_of(found), None
    return middle_of(found), Interval(edges_of(low)[0], edges_of(high)[1], "Kaplan–Meier, Greenwood")


def _bounds(share: float, spread: float) -> tuple[float, float]:
    """The interval of a share that goes on, by its log of log: it stays between 0 and 1."""
    from math import exp, log, sqrt

    if share <= 0 or share >= 1:
        return share, share
    half = Z_95 * sqrt(spread) / abs(log(share))
    return share ** exp(half), share ** exp(-half)
