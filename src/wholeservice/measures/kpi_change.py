"""Why a ratio changed: within entities, by the mix of entities, and by who reports. The three add up to the change exactly.

Over the entities that report in both periods, w is the entity's share of the denominators and r its ratio:

    within   = Σ mean(w) · Δr            the entities themselves got better or worse
    mix      = Σ mean(r) · Δw            more, or less, went to those with a high ratio
    coverage = the rest                  entities that stopped or began to report

Symmetric: from after to before, each part changes its sign. Source: Bennet 1920 (the indicator), with coverage kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
