"""Whether a number of some people surely lies below that of the others, however many kinds of people are looked at.

Interval  Welch, clustered by person; each side is given one worst and one best answer more, so that thirty equal answers do
          not seem certain. The others are at least as alike within a person as all are together: a person may be among them
          several times, as one who came by phone and by laptop
Source    Agresti & Caffo 2000 (The American Statistician 54), of shares; Welch 1947; Holm 1979
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wholeservice.measures.base import Statistics
from wholeservice.uncertainty import chance_below, cluster_standard_error

FEW = 30


@dataclass(frozen=True, slots=True)
class Group:
    """Some people and the others of their kind: their sums, those of the others, and those of everybody."""

    own: Statistics
    others: Statistics
    whole: Statistics

    @property
    def is_few(self) -> bool:
        """Too few units or people on either side to say anything of them."""
        return min(self.own.n, self.own.clusters, self.others.n, self.others.clusters) < FEW


def chance_of(group: Group, ends: tuple[float, float]) -> float:
    """Return the chance that a number lies so far below that of the others where all are served alike.

    Shape    ends: the worst and the best that one unit can be
    """
    own, others = (_with_ends(each, ends) for each in (group.own, group.others))
    simple = _simple(group.whole)
    alike = _clustered(group.whole) / simple if simple > 0 else 1.0
    spread = max(_clustered(others), _simple(others) * alike)
    return chance_below(
        (own.numerator / own.denominator, _clustered(own), own.clusters),
        (others.numerator / others.denominator, spread, others.clusters),
    )


def _with_ends(sums: Statistics, ends: tuple[float, float]) -> Statistics:
    """Two people more, each with a single answer: the worst and the best."""
    total, squares = sum(ends), sum(each * each for each in ends)
    return replace(
        sums, n=sums.n + 2, numerator=sums.numerator + total, denominator=sums.denominator + 2, squares=sums.squares + squares,
        clusters=sums.clusters + 2, cluster_aa=sums.cluster_aa + squares, cluster_ab=sums.cluster_ab + total,
        cluster_bb=sums.cluster_bb + 2,
    )  # fmt: skip


def _clustered(sums: Statistics) -> float:
    """The squared standard error of a mean, units of one person taken for as alike as they are."""
    s = sums
    error = cluster_standard_error(
        s.numerator, s.denominator, clusters=s.clusters, aa=s.cluster_aa, ab=s.cluster_ab, bb=s.cluster_bb
    )
    return error**2 if error is not None else 0.0


def _simple(sums: Statistics) -> float:
    """The same were each unit of a person of its own."""
    if sums.n < 2 or sums.denominator <= 0:
        return 0.0
    mean = sums.numerator / sums.denominator
    return max(0.0, sums.squares / sums.denominator - mean * mean) / (sums.n - 1)
