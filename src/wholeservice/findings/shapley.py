"""Split a loss over its origins: Shapley values of one attempt's game, exact up to twelve origins, sampled above.

A game is asked about *coalitions*: sets of origins put back to their reference. Which attempts stay lost is a bit table,
one bit a coalition, so that a whole structure function is worked out for all coalitions at once with `&` and `|`.

Sources: Shapley 1953; Castro, Gómez & Tejada 2009 (sampling by permutations).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import factorial

MAX_EXACT = 12
N_PERMUTATIONS = 200
SEED = 20260101  # fixed: the same facts always give the same map


@dataclass(frozen=True, slots=True)
class Split:
    """What each origin takes of one loss. `share` adds up to `together`; `alone` mends only it; `last` leaves only it."""

    share: tuple[float, ...]
    alone: tuple[float, ...]
    last: tuple[float, ...]
    together: float


@dataclass(frozen=True, slots=True)
class Coalitions:
    """The coalitions asked about. `unhealed[i]` has a bit for each coalition in which origin i is *not* mended."""

    n_origins: int
    n: int
    unhealed: tuple[int, ...]

    @property
    def everything(self) -> int:
        """Return the table with every bit set: lost whatever is mended."""
        return (1 << self.n) - 1


@lru_cache(maxsize=64)
def coalitions(n_origins: int) -> Coalitions:
    """Return all coalitions of up to MAX_EXACT origins, or the prefixes of fixed random permutations above.

    >>> coalitions(2).unhealed  # coalitions {}, {0}, {1}, {0,1}
    (5, 3)
    """
    if n_origins <= MAX_EXACT:
        healed = list(range(1 << n_origins))
    else:
        healed = [healed_set for order in _permutations(n_origins) for healed_set in _prefixes(order)]
    unhealed = tuple(_table(not healed_set >> i & 1 for healed_set in healed) for i in range(n_origins))
    return Coalitions(n_origins, len(healed), unhealed)


@lru_cache(maxsize=64)
def any_unhealed(n_origins: int) -> int:
    """Return the table of "lost unless every origin is mended"."""
    lost = 0
    for table in coalitions(n_origins).unhealed:
        lost |= table
    return lost


def _table(bits: object) -> int:
    text = "".join("1" if bit else "0" for bit in bits)  # type: ignore[attr-defined]
    return int(text[::-1] or "0", 2)


@lru_cache(maxsize=64)
def _permutations(n_origins: int) -> tuple[tuple[int, ...], ...]:
    draw = random.Random(SEED + n_origins)  # noqa: S311 - reproducible sampling, not security
    forward = [tuple(draw.sample(range(n_origins), n_origins)) for _ in range(N_PERMUTATIONS // 2)]
    return tuple(order for each in forward for order in (each, each[::-1]))  # antithetic pairs halve the noise


def _prefixes(order: Sequence[int]) -> list[int]:
    sets, healed = [0], 0
    for origin in order:
        healed |= 1 << origin
        sets.append(healed)
    return sets


@lru_cache(maxsize=200_000)
def split(still_lost: int, healing: tuple[float, ...]) -> Split:
    """
    Split one lost attempt over its origins.

    Shape    still_lost: bit table over `coalitions(len(healing))`; healing[i]: chance that putting origin i back to its
             reference mends its failure here (1 when the reference is "no failures")
    Unit     attempts (0-1)
    Errors   none: an attempt that stays lost whatever is mended gives zero shares
    Source   Shapley 1953; healing less than 1 is the multilinear extension (Owen 1972)

    >>> split(0b0001, (1.0, 1.0)).share  # either one mended saves it: it needs both to fail
    (0.5, 0.5)
    >>> result = split(0b0111, (1.0, 1.0))  # both must be mended
    >>> result.share, result.alone, result.last
    ((0.5, 0.5), (0.0, 0.0), (1.0, 1.0))
    """
    k = len(healing)
    if k <= MAX_EXACT:
        return split_values([float(still_lost >> coalition & 1) for coalition in range(1 << k)], healing)
    return _split_sampled(still_lost, healing)


def split_values(lost: Sequence[float], healing: Sequence[float] | None = None) -> Split:
    """
    Split a loss given for every coalition: lost[c] is the loss when the origins in bit set c are mended.

    Shape    2**k numbers, coalition 0 (nothing mended) first; works for shares, seconds or money alike

    >>> round(split_values([0.81, 0.62, 0.54, 0.0]).share[1], 3)
    0.445
    """
    k = (len(lost) - 1).bit_length()
    values = _expected(list(lost), healing or [1.0] * k)
    won = [values[0] - value for value in values]
    full = len(won) - 1
    shares = tuple(_shapley_value(won, i, k) for i in range(k))
    alone = tuple(won[1 << i] for i in range(k))
    last = tuple(won[full] - won[full ^ (1 << i)] for i in range(k))
    return Split(shares, alone, last, won[full])


def split_sum(over: int, excess: Sequence[int]) -> Split:
    """
    Split one loss that is there while a sum is above its limit: each origin takes its excess off the sum when it is mended.

    Shape    over: how far the sum is above the limit (> 0); excess: what mending each origin takes off (> 0). Mended by exactly
             *over* the sum is at its limit, and nothing is lost
    Unit     attempts (0-1)
    Errors   none: what stays above the limit whatever is mended gives zero shares
    Source   the Shapley-Shubik index of a weighted majority (Shapley & Shubik 1954)

    >>> split_sum(5, (5, 1)).share  # the first alone decides
    (1.0, 0.0)
    >>> split_sum(6, (5, 3, 1)).share == (2 / 3, 1 / 6, 1 / 6)  # the first and either other
    True
    """
    k = len(excess)
    if sum(excess) < over:
        nothing = (0.0,) * k
        return Split(nothing, nothing, nothing, 0.0)
    alone = tuple(float(each >= over) for each in excess)
    last = tuple(float(sum(excess) - each < over) for each in excess)
    return Split(_decides(over, excess) if k <= MAX_EXACT else _decides_sampled(over, excess), alone, last, 1.0)


def _decides(over: int, excess: Sequence[int]) -> tuple[float, ...]:
    """How often each origin is the one that brings the sum to its limit, over all orders."""
    import numpy as np

    k = len(excess)
    sums, sizes = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    for each in excess:
        sums, sizes = np.concatenate([sums, sums + each]), np.concatenate([sizes, sizes + 1])
    is_mended, weight, all_of = sums >= over, np.array([*_weights(k), 0.0])[sizes], np.arange(1 << k)
    shares = []
    for i in range(k):
        without = all_of[all_of >> i & 1 == 0]
        decides = is_mended[without | 1 << i] & ~is_mended[without]
        shares.append(float(weight[without][decides].sum()))
    return tuple(shares)


def _decides_sampled(over: int, excess: Sequence[int]) -> tuple[float, ...]:
    shares, orders = [0.0] * len(excess), _permutations(len(excess))
    for order in orders:
        left = over
        for origin in order:
            left -= excess[origin]
            if left <= 0:
                shares[origin] += 1 / len(orders)
                break
    return tuple(shares)


def _expected(values: list[float], healing: Sequence[float]) -> list[float]:
    """Replace "mended" by "mended with this chance", one origin at a time."""
    for i, chance in enumerate(healing):
        bit = 1 << i
        if chance < 1.0:
            for coalition in range(len(values)):
                if coalition & bit:
                    values[coalition] = chance * values[coalition] + (1 - chance) * values[coalition ^ bit]
    return values


def _shapley_value(won: Sequence[float], i: int, k: int) -> float:
    bit, weights = 1 << i, _weights(k)
    gains = (weights[c.bit_count()] * (won[c | bit] - won[c]) for c in range(len(won)) if not c & bit)
    return sum(gains)


@lru_cache(maxsize=64)
def _weights(k: int) -> tuple[float, ...]:
    return tuple(factorial(size) * factorial(k - size - 1) / factorial(k) for size in range(k))


def _split_sampled(still_lost: int, healing: tuple[float, ...]) -> Split:
    """Average the gains along fixed permutations; exact in sum, sampled in the split. Healing scales each gain."""
    k, index = len(healing), 0
    shares, first, final = [0.0] * k, [0.0] * k, [0.0] * k
    orders = _permutations(k)
    for order in orders:
        for position, origin in enumerate(order):
            gain = ((still_lost >> index & 1) - (still_lost >> (index + 1) & 1)) * healing[origin]
            shares[origin] += gain / len(orders)
            first[origin] += gain * (position == 0)
            final[origin] += gain * (position == k - 1)
            index += 1
        index += 1
    n_first = [max(1, sum(order[0] == i for order in orders)) for i in range(k)]
    n_final = [max(1, sum(order[-1] == i for order in orders)) for i in range(k)]
    alone = tuple(first[i] / n_first[i] for i in range(k))
    last = tuple(final[i] / n_final[i] for i in range(k))
    return Split(tuple(shares), alone, last, sum(shares))
