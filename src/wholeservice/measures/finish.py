"""From sums to a value, its interval and, where there is no value, the reason. One function per family of measures; pure.

Somebody else's full counts come without clusters and get no sampling interval here: for them, `Results` takes the variation
between periods.
"""

from __future__ import annotations

from dataclasses import replace
from math import isclose

from wholeservice.measures.base import Statistics, Value
from wholeservice.measures.durations import quantile, quantile_interval, waiting_median
from wholeservice.uncertainty import (
    Interval,
    all_alike,
    bca_of_counts,
    cluster_standard_error,
    clustered_net,
    clustered_share,
    mean_from_sums,
)

NOTHING = "nothing was counted"
NOT_HALF = "fewer than half have got there yet"
FEW = 30
SEED = 20260101
"""Of the bootstrap of few answers: the same answers always give the same interval."""


def finish_count(sums: Statistics) -> Value:
    """Finish a full count: the numerator. A count of 0 that somebody gave is a 0; no count at all is missing.

    >>> finish_count(Statistics(reporting=1)).value, finish_count(Statistics()).why_missing
    (0.0, 'nothing was counted')
    """
    if sums.reporting <= 0:
        return Value(None, None, 0.0, NOTHING)
    return Value(sums.numerator, None, sums.n)


def finish_ratio(sums: Statistics) -> Value:
    """Finish a ratio of full counts, or of money to counts: numerator / denominator.

    >>> finish_ratio(Statistics(numerator=6, denominator=4, n=4)).value
    1.5
    """
    if sums.denominator <= 0:
        return Value(None, None, sums.n, NOTHING)
    return Value(sums.numerator / sums.denominator, None, sums.n)


def finish_share(sums: Statistics) -> Value:
    """Finish a share of sampled units that come in clusters (attempts of a consumer, calls of a trace)."""
    value = finish_ratio(sums)
    if value.value is None or sums.clusters <= 0:
        return value
    interval = clustered_share(
        sums.numerator, sums.denominator, n=sums.n, clusters=sums.clusters,
        aa=sums.cluster_aa, ab=sums.cluster_ab, bb=sums.cluster_bb,
    )  # fmt: skip
    return Value(value.value, interval, sums.n)


def finish_score(sums: Statistics) -> Value:
    """Finish a mean of answers, each already between 0 and 1: t, clustered by consumer; BCa under 30 answers."""
    value = finish_ratio(sums)
    if value.value is None:
        return value
    return Value(value.value, _score_interval(sums, value.value), sums.n)


def finish_mean(sums: Statistics) -> Value:
    """Finish a mean of what was counted of each unit: t, clustered.

    >>> finish_mean(Statistics(n=4, numerator=10, denominator=4, squares=30)).value
    2.5
    """
    value = finish_ratio(sums)
    if value.value is None:
        return value
    return Value(value.value, _t_interval(sums), sums.n)


def finish_hundred(sums: Statistics) -> Value:
    """Finish a mean of scores from 0 to 100, as `finish_score` does one from 0 to 1."""
    h = 100.0
    within = replace(
        sums, numerator=sums.numerator / h, squares=sums.squares / h / h,
        cluster_aa=sums.cluster_aa / h / h, cluster_ab=sums.cluster_ab / h,
    )  # fmt: skip
    value = finish_score(within)
    if value.value is None:
        return value
    spread = value.interval and replace(value.interval, low=value.interval.low * h, high=value.interval.high * h)
    return Value(sums.numerator / sums.denominator, _within(spread, 0.0, h), value.n)


def finish_net(sums: Statistics) -> Value:
    """Finish a net score of answers that are 100, 0 or -100 each: adjusted Wald, clustered by consumer."""
    value = finish_ratio(sums)
    if value.value is None:
        return value
    net = clustered_net(
        sums.numerator / 100, sums.squares / 100**2, sums.denominator, n=sums.n, clusters=sums.clusters,
        aa=sums.cluster_aa / 100**2, ab=sums.cluster_ab / 100, bb=sums.cluster_bb,
    )  # fmt: skip
    return Value(value.value, net and replace(net, low=100 * net.low, high=100 * net.high), sums.n)


def finish_difference(sums: Statistics) -> Value:
    """Finish a mean of differences, each between -1 and 1, within people: t, clustered by consumer."""
    value = finish_ratio(sums)
    if value.value is None:
        return value
    spread = sums.squares - sums.numerator * value.value
    if spread <= 1e-12 * max(1.0, sums.squares):
        return Value(value.value, all_alike(value.value, sums.clusters or sums.n, low=-1.0, high=1.0), sums.n)
    return Value(value.value, _within(_t_interval(sums), -1.0, 1.0), sums.n)


def _within(interval: Interval | None, low: float, high: float) -> Interval | None:
    return interval and replace(interval, low=max(low, interval.low), high=min(high, interval.high))


def finish_durations(sums: Statistics, share: float = 0.5) -> Value:
    """
    Finish lengths of time: how long the shortest half of them took at most, or another share.

    Shape    the interval takes the units of one cluster for as alike as can be: what all are worth is (sum of the clusters'
             weights)² / sum of their squares (Kish), which is never too many
    Unit     seconds

    >>> finish_durations(Statistics(n=3, denominator=3, durations=((321, 2, 0), (401, 1, 0)))).value
    1.015625
    """
    value = quantile(sums.durations, share)
    if value is None:
        return Value(None, None, sums.n, NOTHING)
    n_apart = min(sums.n, sums.denominator**2 / sums.cluster_bb) if sums.cluster_bb > 0 else 0.0
    return Value(value, quantile_interval(sums.durations, share, n_apart), sums.n)


def finish_ended(sums: Statistics) -> Value:
    """Finish how long those took who got there, from sums in which they are the hits: half of them took at most so long."""
    return finish_durations(replace(sums, n=sums.numerator, denominator=sums.numerator, cluster_bb=sums.cluster_aa))


def finish_waiting(sums: Statistics) -> Value:
    """Finish lengths of time of which some still last: how long it takes until half have got there, in seconds."""
    if sums.n <= 0:
        return Value(None, None, 0.0, NOTHING)
    value, interval = waiting_median(sums.durations)
    return Value(value, interval, sums.n, None if value is not None else NOT_HALF)


def _score_interval(sums: Statistics, mean: float) -> Interval | None:
    spread = sums.squares - sums.numerator * mean
    if spread <= 1e-12 * max(1.0, sums.squares):
        return all_alike(mean, sums.clusters or sums.n, low=0.0, high=1.0)
    if sums.n < FEW and _is_whole(sums):
        import numpy as np

        last = len(sums.histogram) - 1
        points = [point / last for point in range(last + 1)]
        return bca_of_counts(sums.histogram, points, np.random.default_rng(SEED))
    return _t_interval(sums)


def _t_interval(sums: Statistics) -> Interval | None:
    error = cluster_standard_error(
        sums.numerator, sums.denominator, clusters=sums.clusters, aa=sums.cluster_aa, ab=sums.cluster_ab, bb=sums.cluster_bb
    )
    if sums.clusters > 0 and error is None:
        return None  # all from one consumer: no telling how others differ
    return mean_from_sums(sums.denominator, sums.numerator, sums.squares, error=error, clusters=sums.clusters)


def _is_whole(sums: Statistics) -> bool:
    """The histogram holds every answer once, on one scale, and nobody answered twice."""
    is_complete = len(sums.histogram) > 1 and isclose(sum(sums.histogram), sums.denominator)
    return is_complete and isclose(sums.n, sums.denominator) and sums.clusters in (0, sums.n)
