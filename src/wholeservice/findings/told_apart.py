"""Drivers made ready to be fitted together: rare levels joined, those that nobody can tell apart made one.

A driver that several others together give away tells nothing of its own, and is left out; two that give each other away are
told as one or the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

MIN_LEVEL = 30  # units: rarer levels are taken together
ALIKE = 0.8  # drivers that explain each other so far share a claim
FOLLOWS = 0.05  # a driver of which the others leave less than this tells nothing of its own
OTHER, UNKNOWN = "others", None
TOGETHER, OR = ", ", " or "


@dataclass(frozen=True, slots=True)
class Driver:
    """One fact about each unit that is no call. `codes` index `levels`; the level None is "not recorded", and claims nothing.

    `baseline` is the level that is healthy by its nature (nothing met); None: the best common level is found.
    """

    id: str
    title: str
    codes: Array
    levels: tuple[str | None, ...]
    baseline: int | None = None
    parts: tuple[str, ...] = ()  # the drivers it is made of, where they cannot be told apart


def with_rare_joined(driver: Driver, mine: Array) -> tuple[Array, tuple[str | None, ...]]:
    """Take rare levels together; the rest keeps its order. What is rarer than that even together joins nobody: not recorded."""
    import numpy as np

    codes = driver.codes[mine]
    counts = np.bincount(codes, minlength=len(driver.levels))
    common = [at for at, level in enumerate(driver.levels) if counts[at] >= MIN_LEVEL and level is not None]
    rare = [at for at, level in enumerate(driver.levels) if 0 < counts[at] < MIN_LEVEL and level is not None]
    levels: list[str | None] = [driver.levels[at] for at in common]
    recode = np.full(len(driver.levels), -1)
    recode[common] = range(len(common))
    if counts[rare].sum() >= MIN_LEVEL:
        recode[rare] = len(levels)
        levels.append(OTHER)
    result = recode[codes]
    if (result < 0).any():
        result = np.where(result < 0, len(levels), result)
        levels.append(UNKNOWN)
    return result, tuple(levels)


def within_strata(numbers: Array, weight: Array, stratum: Array) -> Array:
    """Take off the mean of each stratum."""
    import numpy as np

    total = np.bincount(stratum, weight)
    mean = np.bincount(stratum, weight * numbers) / np.where(total > 0, total, 1.0)
    result: Array = numbers - mean[stratum]
    return result


Kept = list[tuple[Driver, dict[int, Any]]]


def without_followers(kept: Kept, weight: Array, reasons: dict[str, str]) -> Kept:
    """Leave out a driver that several others together give away, one at a time; two alike are a group instead."""
    result = list(kept)
    for each in reversed(kept):
        others = [column for other in result if other is not each for column in other[1].values()]
        if len(result) > 2 and _left(each[1], others, weight) < FOLLOWS and not _is_like_one(each, result, weight):
            reasons[each[0].title] = "it follows from the others, so nothing can be told apart"
            result.remove(each)
    return result


def _is_like_one(each: tuple[Driver, dict[int, Any]], kept: Kept, weight: Array) -> bool:
    """Say whether a single other driver gives it away: the two are then told as one."""
    return any(1 - _left(each[1], list(other[1].values()), weight) >= ALIKE for other in kept if other is not each)


def _left(mine: Mapping[int, Array], others: Sequence[Array], weight: Array) -> float:
    """The share of a driver's variation that the others do not give away."""
    import numpy as np

    root = np.sqrt(weight)[:, None]
    y, x = np.stack(list(mine.values()), axis=1) * root, np.stack(others, axis=1) * root
    explained = x @ np.linalg.lstsq(x.T @ x, x.T @ y, rcond=1e-9)[0]
    return float(((y - explained) ** 2).sum() / max(1e-12, (y**2).sum()))


def dummies_of(driver: Driver, weight: Array, stratum: Array) -> dict[int, Any]:
    return {level: within_strata((driver.codes == level).astype(float), weight, stratum) for level in range(len(driver.levels))}


def made_one(group: Sequence[Driver]) -> Driver:
    """Make one driver of several that cannot be told apart: its levels are those that go together."""
    import numpy as np

    if len(group) == 1:
        return group[0]
    names = [tuple(each.levels[each.codes[at]] for each in group) for at in range(len(group[0].codes))]
    levels = sorted({TOGETHER.join(map(str, each)) for each in names if None not in each})
    at = {level: place for place, level in enumerate([*levels, UNKNOWN])}
    codes = np.array([at[None if None in each else TOGETHER.join(map(str, each))] for each in names])
    parts = tuple(part for each in group for part in (each.parts or (each.id,)))
    both = Driver("+".join(parts), OR.join(each.title for each in group), codes, tuple(at), None, parts)
    codes, told = with_rare_joined(both, np.arange(len(codes)))
    baselines = [each.levels[each.baseline] for each in group if each.baseline is not None]
    healthy = TOGETHER.join(map(str, baselines)) if len(baselines) == len(group) else None
    return Driver(both.id, both.title, codes, told, told.index(healthy) if healthy in told else None, parts)


def alike(kept: Kept, weight: Array) -> tuple[tuple[Driver, ...], ...]:
    """Drivers that explain each other so far that nobody can tell them apart are one group."""
    groups: list[list[tuple[Driver, dict[int, Any]]]] = []
    for each in kept:
        alike = [
            group for group in groups
            if any(1 - _left(a[1], list(b[1].values()), weight) >= ALIKE for other in group for a, b in
                   ((each, other), (other, each)))
        ]  # fmt: skip
        joined = [member for group in alike for member in group] + [each]
        groups = [group for group in groups if group not in alike] + [joined]
    return tuple(tuple(driver for driver, _ in group) for group in groups)
