"""Cut lives into pieces, each given to the one stay that counts most in it: the kernel of `tiles`. Pure NumPy, no strings.

A sweep over the instants at which anything begins or ends. Of the stays that cover a piece the one with the least rank has it,
and of those the one that comes first. Which stay has which piece is found by covering each stay's range of pieces with two
overlapping ranges whose length is a power of two, then handing the least number down from the longest ranges to the shortest:
n log n steps, however many stays lie on top of one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Lives:
    """Arrays over the lives; instants as whole numbers. A life that ends before it begins has no length."""

    from_at: Any
    to_at: Any


@dataclass(frozen=True, slots=True)
class Stays:
    """Arrays over the stays, those of equal rank in the order in which they count; `life` is an index of `Lives`."""

    life: Any
    from_at: Any
    to_at: Any
    rank: Any


@dataclass(frozen=True, slots=True)
class Pieces:
    """
    Arrays over the pieces. `stay` is -1 where none covers the piece; `n_parallel` says how many do.

    A stay that was cut marks its pieces as clipped. Where nothing of it is left, and where a life ends before it begins, there
    is a clipped piece of no length.
    """

    life: Any
    from_at: Any
    to_at: Any
    stay: Any
    n_parallel: Any
    is_clipped: Any


def tile(lives: Lives, stays: Stays) -> Pieces:
    """
    Cut each life into pieces without gap or overlap, so that their lengths add up to its own.

    >>> import numpy as np
    >>> life = Lives(np.array([0]), np.array([10]))
    >>> found = tile(life, Stays(np.array([0, 0]), np.array([-1, 2]), np.array([6, 4]), np.array([1, 0])))
    >>> list(zip(found.from_at.tolist(), found.to_at.tolist(), found.stay.tolist(), found.n_parallel.tolist()))
    [(0, 2, 0, 1), (2, 4, 1, 2), (4, 6, 0, 1), (6, 10, -1, 0)]
    """
    import numpy as np

    life_to = np.maximum(lives.from_at, lives.to_at)
    low, high = lives.from_at[stays.life], life_to[stays.life]
    from_at, to_at = np.clip(stays.from_at, low, high), np.clip(stays.to_at, low, high)
    is_cut = (from_at != stays.from_at) | (to_at != stays.to_at) | (stays.to_at < stays.from_at)
    has_length = to_at > from_at
    kept, gone = np.flatnonzero(has_length), np.flatnonzero(~has_length & is_cut)
    backwards = np.flatnonzero(lives.to_at < lives.from_at)
    inside = Stays(stays.life[kept], from_at[kept], to_at[kept], stays.rank[kept])
    long = np.flatnonzero(life_to > lives.from_at)
    life, start, end, place, n_parallel = _swept(long, Lives(lives.from_at[long], life_to[long]), inside)
    stay = np.append(kept, -1)[place]  # -1, none, picks the last
    clipped = np.append(is_cut, False)[stay]
    nothing = np.zeros(len(gone) + len(backwards), dtype=np.int64)
    edges = np.concatenate([from_at[gone], lives.from_at[backwards]])
    return Pieces(
        life=np.concatenate([life, stays.life[gone], backwards]),
        from_at=np.concatenate([start, edges]),
        to_at=np.concatenate([end, edges]),
        stay=np.concatenate([stay, gone, np.full(len(backwards), -1)]),
        n_parallel=np.concatenate([n_parallel, nothing]),
        is_clipped=np.concatenate([clipped, np.ones(len(nothing), dtype=bool)]),
    )


def _swept(names: Any, lives: Lives, stays: Stays) -> tuple[Any, Any, Any, Any, Any]:
    """Return life, start, end, stay (-1: none) and how many stays cover it, of each piece; all lives and stays have length."""
    import numpy as np

    n = len(stays.life)
    of = np.concatenate([stays.life, stays.life, names, names])
    instants = np.concatenate([stays.from_at, stays.to_at, lives.from_at, lives.to_at])
    order = np.lexsort((instants, of))
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (np.diff(of[order]) != 0) | (np.diff(instants[order]) != 0)
    point = np.empty(len(order), dtype=np.int64)
    point[order] = np.cumsum(is_new) - 1
    life, at = of[order][is_new], instants[order][is_new]
    begins, ends = point[:n], point[n : 2 * n]
    n_points = len(at)
    covering = np.cumsum(np.bincount(begins, minlength=n_points) - np.bincount(ends, minlength=n_points))
    by_rank = np.lexsort((np.arange(n), stays.rank))
    number = np.empty(n, dtype=np.int64)
    number[by_rank] = np.arange(n)
    least = least_covering(begins, ends, number, n_points)
    first = np.flatnonzero(np.append(life[1:] == life[:-1], False)) if n_points else np.empty(0, dtype=np.int64)
    is_start = np.ones(len(first), dtype=bool)
    here, before = first[1:], first[:-1]
    is_start[1:] = (life[here] != life[before]) | (least[here] != least[before]) | (covering[here] != covering[before])
    starts = first[is_start]
    stops = first[np.append(is_start[1:], True)] + 1 if len(first) else first
    owner = np.append(by_rank, -1)[least[starts]]  # n, none, picks the last
    return life[starts], at[starts], at[stops], owner, covering[starts]


def least_covering(begins: Any, ends: Any, number: Any, n_points: int) -> Any:
    """
    Return for each point the least number of the ranges that cover it; as many as there are ranges where none does.

    Shape    range k covers the points from begins[k] up to, not including, ends[k]; each holds at least one

    >>> import numpy as np
    >>> least_covering(np.array([0, 1]), np.array([4, 3]), np.array([1, 0]), 6).tolist()
    [1, 0, 0, 1, 2, 2]
    """
    import numpy as np

    least = np.full(n_points, len(number), dtype=np.int64)
    level = np.frexp(ends - begins)[1] - 1  # the power of two that is not longer than the range
    for power in range(int(level.max(initial=-1)), -1, -1):
        half, mine = 1 << power, level == power
        np.minimum.at(least, begins[mine], number[mine])
        np.minimum.at(least, ends[mine] - half, number[mine])
        if power:
            half >>= 1
            handed_down = least.copy()
            np.minimum(handed_down[half:], least[:-half], out=handed_down[half:])
            least = handed_down
    return least
