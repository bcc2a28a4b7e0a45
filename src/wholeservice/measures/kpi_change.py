"""Why a ratio changed: within entities, by the mix of entities, and by who reports. The three add up to the change exactly.

Over the entities that report in both periods, w is the entity's share of the denominators and r its ratio:

    within   = Σ mean(w) · Δr            the entities themselves got better or worse
    mix      = Σ mean(r) · Δw            more, or less, went to those with a high ratio
    coverage = the rest                  entities that stopped or began to report

Symmetric: from after to before, each part changes its sign. Source: Bennet 1920 (the indicator), with coverage kept apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wholeservice.measures.base import Statistics
from wholeservice.uncertainty import Z_95

NUDGE = 1e-5  # of an entity's denominator, to see what a part of the change does

Ratio = tuple[float, float]
"""Numerator and denominator of one entity in one period."""


@dataclass(frozen=True, slots=True)
class EntityChange:
    """What one entity adds to the change, in the unit of the ratio. The parts of all entities sum to those of the whole."""

    entity: str
    within: float = 0.0
    mix: float = 0.0
    coverage: float = 0.0

    @property
    def total(self) -> float:
        return self.within + self.mix + self.coverage


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a ratio: total = within + mix + coverage. `parts` are ordered by size, largest first."""

    before: float
    after: float
    within: float
    mix: float
    coverage: float
    n_matched: int
    n_left: int
    n_joined: int
    parts: tuple[EntityChange, ...]

    @property
    def total(self) -> float:
        return self.after - self.before


def change(before: Mapping[str, Ratio], after: Mapping[str, Ratio]) -> Change | None:
    """Explain a change of Σ numerators / Σ denominators; None when either period has no denominator.

    An entity whose denominator is 0 in a period does not report in it.

    >>> found = change({"a": (9, 10), "b": (1, 10)}, {"a": (9, 10)})
    >>> round(found.total, 3), round(found.within, 3), round(found.mix, 3), round(found.coverage, 3)
    (0.4, 0.0, 0.0, 0.4)
    """
    old, new = _reporting(before), _reporting(after)
    if not old or not new:
        return None
    matched = [entity for entity in old if entity in new]
    parts = [*_matched_parts(old, new, matched), *_coverage_parts(old, matched, -1), *_coverage_parts(new, matched, 1)]
    if not matched:
        parts = [EntityChange(entity, coverage=-a / _weight(old)) for entity, (a, _) in old.items()]
        parts += [EntityChange(entity, coverage=a / _weight(new)) for entity, (a, _) in new.items()]
    return Change(
        before=_ratio(old), after=_ratio(new),
        within=sum(part.within for part in parts), mix=sum(part.mix for part in parts),
        coverage=sum(part.coverage for part in parts),
        n_matched=len(matched), n_left=len(old) - len(matched), n_joined=len(new) - len(matched),
        parts=tuple(sorted(parts, key=lambda part: (-abs(part.total), part.entity))),
    )  # fmt: skip


def _reporting(ratios: Mapping[str, Ratio]) -> dict[str, Ratio]:
    return {entity: ratio for entity, ratio in ratios.items() if ratio[1] > 0}


def _weight(ratios: Mapping[str, Ratio]) -> float:
    return sum(denominator for _, denominator in ratios.values())


def _ratio(ratios: Mapping[str, Ratio]) -> float:
    return sum(numerator for numerator, _ in ratios.values()) / _weight(ratios)


def _matched_parts(old: Mapping[str, Ratio], new: Mapping[str, Ratio], matched: list[str]) -> list[EntityChange]:
    """Mix is taken against the mean ratio, which changes no sum (Σ Δw = 0) and says who moved it."""
    if not matched:
        return []
    olds, news = ({entity: ratios[entity] for entity in matched} for ratios in (old, new))
    weight_old, weight_new = _weight(olds), _weight(news)
    middle = (_ratio(olds) + _ratio(news)) / 2
    parts = []
    for entity in matched:
        (a_old, b_old), (a_new, b_new) = olds[entity], news[entity]
        w_old, w_new = b_old / weight_old, b_new / weight_new
        r_old, r_new = a_old / b_old, a_new / b_new
        within = (w_old + w_new) / 2 * (r_new - r_old)
        parts.append(EntityChange(entity, within, ((r_old + r_new) / 2 - middle) * (w_new - w_old)))
    return parts


def _coverage_parts(ratios: Mapping[str, Ratio], matched: list[str], sign: int) -> list[EntityChange]:
    """How far each entity that is not matched pulls the ratio away from that of the matched ones."""
    if not matched:
        return []
    kept = set(matched)
    middle, weight = _ratio({entity: ratios[entity] for entity in matched}), _weight(ratios)
    others = {entity: ratio for entity, ratio in ratios.items() if entity not in kept}
    return [EntityChange(entity, coverage=sign * (a - middle * b) / weight) for entity, (a, b) in others.items()]


def half_range(
    before: Mapping[str, Statistics], after: Mapping[str, Statistics], part: Callable[[Change], float]
) -> float | None:
    """
    Return how far a part of a change could be from what was measured, either way; None where sums do not tell.

    Shape    the sums of each entity in each period; *part* picks within, mix, coverage or the total. How many came by each
             varies too, not only their ratios. People of two entities, or of both periods, are taken for different people
    Unit     that of the ratio
    Source   delta method; the sums of a random number of clusters vary by their sums of squares (compound Poisson)

    >>> from math import sqrt
    >>> def of(hits, n):  # people who came once each
    ...     return {"web": Statistics(n=n, numerator=hits, denominator=n, cluster_aa=hits, cluster_ab=hits, cluster_bb=n)}
    >>> half = half_range(of(50, 100), of(50, 100), lambda found: found.total)
    >>> round(half, 4) == round(1.959964 * sqrt(2 * 0.25 / 100), 4)
    True
    """
    sides = ({name: each for name, each in side.items() if each.denominator > 0} for side in (before, after))
    old, new = sides
    if any(each.cluster_bb <= 0 for side in (old, new) for each in side.values()):
        return None
    ratios = [{name: (each.numerator, each.denominator) for name, each in side.items()} for side in (old, new)]
    variance = 0.0
    for side, sums in enumerate((old, new)):
        for name, each in sums.items():
            of_hits, of_all = (_slope(ratios, side, name, at, part) for at in (0, 1))
            both = 2 * of_hits * of_all * each.cluster_ab
            variance += max(0.0, of_hits**2 * each.cluster_aa + both + of_all**2 * each.cluster_bb)
    return Z_95 * float(variance**0.5)


def _slope(ratios: list[dict[str, Ratio]], side: int, name: str, at: int, part: Callable[[Change], float]) -> float:
    """By how much a part grows with the numerator (0) or the denominator (1) of one entity in one period."""
    hits, weight = ratios[side][name]
    step, parts = NUDGE * weight, []
    for sign in (1, -1):
        moved = (hits + sign * step, weight) if at == 0 else (hits, weight + sign * step)
        sides = [{**each, name: moved} if index == side else each for index, each in enumerate(ratios)]
        found = change(*sides)
        parts.append(part(found) if found else 0.0)
    return (parts[0] - parts[1]) / (2 * step)
