"""Since when a loss stands clear of its own background, and whether it ended: the rate of each day against all others.

The days are cut where the rate before and the rate after differ by more than chance, the sharpest cut first, until no cut does
(a likelihood ratio of counts above `CRITICAL`). The quietest stretch is the background. A stretch is a loss of its own where it
loses at least twice as much as that; such stretches side by side are one. Where there is no cut, the loss was there from
the first day that is recorded: it began then at the latest.

Source   binary segmentation: Scott & Knott 1974; Vostrikova 1981
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import log

CRITICAL = 18.0
"""Twice the log of the likelihood ratio: in 84 days without any change one is seen in about 1 of 100 (tests/findings)."""
SHORTEST = 3  # days of a stretch
CLEAR = 2.0  # times the background


@dataclass(frozen=True, slots=True)
class Began:
    """
    The newest spell of a loss; days as places in the series.

    is_at_least   nothing quieter was recorded before: it may have begun earlier
    ended         the first day on which it was gone; None: it goes on
    before        lost per attempt in the quietest stretch; None where there is no other stretch
    earlier       (first, ended) of the spell before, where it had been gone in between
    """

    first: int
    is_at_least: bool
    ended: int | None = None
    before: float | None = None
    earlier: tuple[int, int] | None = None


def began(losses: Sequence[float], n: Sequence[float]) -> Began:
    """
    Say when the newest spell of a loss began.

    Shape    losses and n, attempts, of the same days in a row

    >>> began([0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 9, 8, 11, 9, 8], [100] * 15)
    Began(first=10, is_at_least=False, ended=None, before=0.002, earlier=None)
    >>> began([9, 8, 10, 9, 11, 9], [100] * 6)
    Began(first=0, is_at_least=True, ended=None, before=None, earlier=None)
    """
    edges = [0, *cuts(losses, n), len(losses)]
    stretches = list(pairwise(edges))
    rates = [_rate(losses, n, *each) for each in stretches]
    background = min(rates)
    clear = [rate > 0 and rate >= CLEAR * background for rate in rates]
    if not any(clear) or len(stretches) == 1:
        return Began(0, True)
    spells = [(stretches[run[0]][0], stretches[run[-1]][1]) for run in _runs(clear)]
    first, last = spells[-1]
    earlier = spells[-2] if len(spells) > 1 else None
    return Began(first, first == 0, None if last == len(losses) else last, background, earlier)


def cuts(losses: Sequence[float], n: Sequence[float]) -> list[int]:
    """Return the days on which the rate changed by more than chance, in order."""
    found, waiting = [], [(0, len(losses))]
    while waiting:
        first, last = waiting.pop()
        ratio, at = max(_ratios(losses, n, first, last), default=(0.0, 0))
        if ratio > CRITICAL:
            found.append(at)
            waiting += [(first, at), (at, last)]
    return sorted(found)


def _ratios(losses: Sequence[float], n: Sequence[float], first: int, last: int) -> Iterator[tuple[float, int]]:
    """Yield, for each day a stretch may be cut at, how much better two rates tell it than one."""
    all_lost, all_n = sum(losses[first:last]), sum(n[first:last])
    lost, tried = sum(losses[first : first + SHORTEST]), sum(n[first : first + SHORTEST])
    for at in range(first + SHORTEST, last - SHORTEST + 1):
        whole = _likelihood(all_lost, all_n)
        yield 2 * (_likelihood(lost, tried) + _likelihood(all_lost - lost, all_n - tried) - whole), at
        lost, tried = lost + losses[at], tried + n[at]


def _likelihood(lost: float, n: float) -> float:
    return lost * log(lost / n) if lost > 1e-9 and n > 0 else 0.0


def _rate(losses: Sequence[float], n: Sequence[float], first: int, last: int) -> float:
    tried = sum(n[first:last])
    return sum(losses[first:last]) / tried if tried else 0.0


def _runs(clear: Sequence[bool]) -> Iterator[list[int]]:
    """Yield the places of stretches side by side that are clear."""
    for is_clear, run in groupby(range(len(clear)), key=lambda at: clear[at]):
        if is_clear:
            yield list(run)
