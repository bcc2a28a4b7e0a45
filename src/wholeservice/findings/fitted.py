"""Fitted losses: what goes with a loss that nothing recorded explains. An association, never a cause.

Each unit (an attempt that came to a step, an answer, a call) lost something or not, and is described by drivers: its channel,
its device, how long it had waited. All drivers are fitted at once within strata of the same time, so that one is not blamed for
another that was seen to go with it. What a driver takes of the loss is βₒ(xₒ − rₒ), summed over the units: what is lost beyond
what is lost at its baseline. The baseline is given (nothing met), or it is the levels at which least is lost, as many as hold
three in ten of the units; these are found in other people than those in whom the loss is measured, so that luck finds no
baseline (cross-fitting). Only what stands clear of chance is told, all drivers taken together; for chance both people and days
are drawn anew.

Source   partialling out with cross-fitting (Frisch-Waugh-Lovell; Chernozhukov and others 2018); multiplier bootstrap over
         clusters (Chernozhukov, Chetverikov & Kato 2013). With a linear model the shares are Shapley values, exactly
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.findings.chance import Fold, Sums, chance, solve

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

MIN_UNITS = 100  # fewer units at a place: nothing is fitted there
MIN_LEVEL = 30  # units: rarer levels are taken together
LEAST_BASELINE = 0.3  # share of the units that the levels at which least is lost must hold to be a baseline
ALIKE = 0.8  # drivers that explain each other so far share a claim
FOLLOWS = 0.05  # a driver of which the others leave less than this tells nothing of its own
MOST_UNITS = 60_000  # at one place; of more, every so many-th person is taken
N_FOLDS, N_BLOCKS = 4, 120
PER_STRATUM = 20.0
OTHER, UNKNOWN = "others", None
NOT_RECORDED = "not recorded"
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


@dataclass(frozen=True, slots=True)
class Cases:
    """Units as columns of one length. `loss` in the unit of the target; `time`: strata from coarse to fine, as codes."""

    roots: tuple[str, ...]
    root: Array  # index into roots
    loss: Array
    weight: Array
    consumer: Array  # codes
    day: Array
    time: tuple[Array, ...]
    drivers: tuple[Driver, ...]


@dataclass(frozen=True, slots=True)
class FittedLoss:
    """What goes with a driver at one place (`root`), in units times their loss; with `parts` it is one of these, or all."""

    root: str
    driver: Driver
    size: float
    error: float
    by_level: tuple[tuple[str, float], ...]  # the largest first
    baseline: str
    is_named: bool


@dataclass(frozen=True, slots=True)
class Fitted:
    """All that was fitted. `not_identified`: (title of a driver, why nothing can be said of it)."""

    losses: tuple[FittedLoss, ...] = ()
    not_identified: tuple[tuple[str, str], ...] = ()
    critical: float = 0.0


@dataclass(frozen=True, slots=True)
class _Place:
    """One root made ready: columns within strata, and which of them belong to which level of a driver."""

    root: str
    drivers: tuple[Driver, ...]
    columns: Mapping[str, tuple[int | None, ...]]  # driver -> column of each level; None: the level left out
    folds: tuple[Fold, ...]


def fit(cases: Cases) -> Fitted:
    """
    Fit what goes with the losses of each root.

    Shape    losses in the order of roots and drivers, named or not; a root with too few units has none
    Unit     that of `loss`, summed over weighted units
    Errors   none: what cannot be told is in `not_identified`
    """
    import numpy as np

    places, said = [], {}
    for at, root in enumerate(cases.roots):
        mine = _sampled(cases, np.flatnonzero(cases.root == at))
        if len(mine) < MIN_UNITS or not cases.loss[mine].any():
            continue
        place, reasons = _place(cases, root, mine)
        said[root] = reasons
        if place:
            places.append(place)
    estimates = [each for place in places for each in _estimates(place)]
    if not estimates:
        return Fitted((), _never(said))
    errors, critical = chance([each.told for each in estimates], estimates)
    losses = tuple(
        FittedLoss(each.place.root, each.driver, each.told, float(error), each.by_level, each.baseline,
                   each.told > critical * error and each.told > 0)
        for each, error in zip(estimates, errors, strict=True)
    )  # fmt: skip
    return Fitted(losses, _never(said), critical)


def _never(said: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    """Drivers that no place could tell anything of, with the reason at the first."""
    titles = dict.fromkeys(title for reasons in said.values() for title in reasons)
    return tuple((title, next(iter(said.values()))[title]) for title in titles if all(title in each for each in said.values()))


def _sampled(cases: Cases, mine: Array) -> Array:
    every = -(-len(mine) // MOST_UNITS)
    return mine if every == 1 else mine[cases.consumer[mine] // N_BLOCKS % every == 0]


def _place(cases: Cases, root: str, mine: Array) -> tuple[_Place | None, dict[str, str]]:
    """Make one root ready: rare levels joined, drivers that tell nothing left out, columns centred within strata."""

    weight = cases.weight[mine]
    stratum, reasons, kept = _stratum(cases, mine), {}, []
    for driver in cases.drivers:
        codes, levels = _joined(driver, mine)
        if (
            driver.baseline is not None
            and driver.levels[driver.baseline] not in levels
            and any(each is not None for each in levels)
        ):
            reasons[driver.title] = "hardly anybody was without it"
            continue
        here = Driver(driver.id, driver.title, codes, levels, _baseline(driver, levels))
        dummies = _dummies(here, weight, stratum)
        if not any(level is not None for level in levels):
            reasons[driver.title] = NOT_RECORDED
        elif sum(level is not None for level in levels) < 2:
            reasons[driver.title] = "it was the same in all, or too rare to be compared"
        elif max((weight * each * each).sum() for each in dummies.values()) < 1.0:
            reasons[driver.title] = "it changed only together with the time"
        else:
            kept.append((here, dummies))
    kept = _without_followers(kept, weight, reasons)
    if not kept:
        return None, reasons
    crossed = [_crossed(group) for group in _groups(kept, weight)]
    kept = [(driver, _dummies(driver, weight, stratum)) for driver in crossed]
    x, columns = _columns(kept)
    loss = _within(cases.loss[mine], weight, stratum)
    scale = weight * (cases.weight[cases.root == cases.roots.index(root)].sum() / weight.sum())
    folds = tuple(_folds(cases, mine, (x, loss, scale), [driver for driver, _ in kept]))
    return _Place(root, tuple(crossed), columns, folds), reasons


def _stratum(cases: Cases, mine: Array) -> Array:
    """The finest strata of time that still hold some twenty units each."""
    import numpy as np

    result = np.zeros(len(mine), dtype=int)
    for codes in cases.time:
        _, finer = np.unique(codes[mine], return_inverse=True)
        if len(mine) / (finer.max() + 1) >= PER_STRATUM:
            result = finer
    return result


def _joined(driver: Driver, mine: Array) -> tuple[Array, tuple[str | None, ...]]:
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


def _baseline(driver: Driver, levels: Sequence[str | None]) -> int | None:
    healthy = None if driver.baseline is None else driver.levels[driver.baseline]
    return list(levels).index(healthy) if healthy is not None and healthy in levels else None


def _within(numbers: Array, weight: Array, stratum: Array) -> Array:
    """Take off the mean of each stratum."""
    import numpy as np

    total = np.bincount(stratum, weight)
    mean = np.bincount(stratum, weight * numbers) / np.where(total > 0, total, 1.0)
    result: Array = numbers - mean[stratum]
    return result


_Kept = list[tuple[Driver, dict[int, Any]]]


def _without_followers(kept: _Kept, weight: Array, reasons: dict[str, str]) -> _Kept:
    """Leave out a driver that several others together give away, one at a time; two alike are a group instead."""
    result = list(kept)
    for each in reversed(kept):
        others = [column for other in result if other is not each for column in other[1].values()]
        if len(result) > 2 and _left(each[1], others, weight) < FOLLOWS and not _is_like_one(each, result, weight):
            reasons[each[0].title] = "it follows from the others, so nothing can be told apart"
            result.remove(each)
    return result


def _is_like_one(each: tuple[Driver, dict[int, Any]], kept: _Kept, weight: Array) -> bool:
    """Say whether a single other driver gives it away: the two are then told as one."""
    return any(1 - _left(each[1], list(other[1].values()), weight) >= ALIKE for other in kept if other is not each)


def _left(mine: Mapping[int, Array], others: Sequence[Array], weight: Array) -> float:
    """The share of a driver's variation that the others do not give away."""
    import numpy as np

    root = np.sqrt(weight)[:, None]
    y, x = np.stack(list(mine.values()), axis=1) * root, np.stack(others, axis=1) * root
    explained = x @ np.linalg.lstsq(x.T @ x, x.T @ y, rcond=1e-9)[0]
    return float(((y - explained) ** 2).sum() / max(1e-12, (y**2).sum()))


def _dummies(driver: Driver, weight: Array, stratum: Array) -> dict[int, Any]:
    return {level: _within((driver.codes == level).astype(float), weight, stratum) for level in range(len(driver.levels))}


def _crossed(group: Sequence[Driver]) -> Driver:
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
    codes, told = _joined(both, np.arange(len(codes)))
    baselines = [each.levels[each.baseline] for each in group if each.baseline is not None]
    healthy = TOGETHER.join(map(str, baselines)) if len(baselines) == len(group) else None
    return Driver(both.id, both.title, codes, told, told.index(healthy) if healthy in told else None, parts)


def _groups(kept: _Kept, weight: Array) -> tuple[tuple[Driver, ...], ...]:
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


def _columns(kept: _Kept) -> tuple[Array, dict[str, tuple[int | None, ...]]]:
    """Put all levels side by side, but for one of each driver."""
    import numpy as np

    columns: dict[str, tuple[int | None, ...]] = {}
    found: list[Array] = []
    for driver, dummies in kept:
        most = max(dummies, key=lambda level: float((driver.codes == level).sum()))
        places = []
        for level, column in dummies.items():
            places.append(None if level == most else len(found))
            found += [] if level == most else [column]
        columns[driver.id] = tuple(places)
    return np.stack(found, axis=1), columns


def _folds(cases: Cases, mine: Array, columns: tuple[Array, Array, Array], drivers: Sequence[Driver]) -> Iterator[Fold]:
    """Sum up each fold by blocks of people and by day: all that the fit and its chance need."""
    import numpy as np

    block = cases.consumer[mine] % N_BLOCKS
    days, day = np.unique(cases.day[mine], return_inverse=True)
    x, loss, weight = columns
    for fold in range(N_FOLDS):
        inside = block % N_FOLDS == fold
        counts = {each.id: (each.codes[inside], len(each.levels)) for each in drivers}
        of = (x[inside], loss[inside], weight[inside])
        people = Sums.by(block[inside] // N_FOLDS, N_BLOCKS // N_FOLDS, of, counts)
        yield Fold(people, Sums.by(day[inside], len(days), of, counts))


@dataclass(frozen=True, slots=True)
class Estimate:
    """One driver at one root, with what it takes to say the same of other draws of people or days."""

    driver: Driver
    place: Any
    baselines: tuple[tuple[int, ...], ...]  # by fold: the levels that are healthy
    told: float
    by_level: tuple[tuple[str, float], ...]

    def again(self, fold: int, slopes: Array, counts: Mapping[str, Array]) -> Array:
        """Return its size in one fold for each draw."""
        result: Array = sum((size for _, size in self._sizes(fold, slopes, counts)), slopes[:, 0] * 0.0)
        return result

    def _sizes(self, fold: int, slopes: Array, counts: Mapping[str, Array]) -> Iterator[tuple[int, Array]]:
        return _beyond(self.place.columns[self.driver.id], self.baselines[fold], slopes, counts[self.driver.id], self.driver)

    def by_luck(self, fold: int, slopes: Array, others: Array) -> Array:
        """Return its size in one fold where the slopes are noise: each draw finds the baseline that its other people show."""
        import numpy as np

        columns, counts = self.place.columns[self.driver.id], self.place.folds[fold].people.whole().counts[self.driver.id]
        found: dict[tuple[int, ...], list[int]] = {}
        for draw in range(len(slopes)):
            found.setdefault(_best(self.driver, columns, others[draw], counts), []).append(draw)
        result: Array = np.zeros(len(slopes))
        for baseline, draws in found.items():
            sizes = _beyond(columns, baseline, slopes[draws], counts[None, :], self.driver)
            result[draws] = sum((size for _, size in sizes), 0.0)
        return result

    @property
    def baseline(self) -> str:
        """The levels it was mostly held against."""
        often = max(set(self.baselines), key=lambda levels: (self.baselines.count(levels), levels))
        return " and ".join(str(self.driver.levels[level]) for level in sorted(often))


def _beyond(
    columns: Sequence[int | None], baseline: Sequence[int], slopes: Array, counts: Array, driver: Driver
) -> Iterator[tuple[int, Array]]:
    """Yield each level that was recorded and what is lost there beyond the baseline: how many times how much more, by draw."""

    def slope(level: int) -> Array:
        column = columns[level]
        return slopes[:, 0] * 0.0 if column is None else slopes[:, column]

    many: Any = sum((counts[:, level] for level in baseline), slopes[:, 0] * 0.0)
    usual = sum((counts[:, level] * slope(level) for level in baseline), slopes[:, 0] * 0.0) / (many + 1e-12)
    for level, name in enumerate(driver.levels):
        if name is not UNKNOWN and level not in baseline:
            yield level, counts[:, level] * (slope(level) - usual)


def _estimates(place: _Place) -> Iterator[Estimate]:
    """Yield each driver with its size: the baseline of a fold comes from the people of the other folds."""
    whole = [fold.people.whole() for fold in place.folds]
    fits = [solve(each) for each in whole]
    others = [solve(sum((each for each in whole if each is not fold), Sums.none())) for fold in whole]
    for driver in place.drivers:
        columns = place.columns[driver.id]
        baselines = tuple(
            _best(driver, columns, other, fold.counts[driver.id]) for other, fold in zip(others, whole, strict=True)
        )
        by_level: dict[str, float] = {}
        for fold, slopes, baseline in zip(whole, fits, baselines, strict=True):
            counts = fold.counts[driver.id][None, :]
            for level, size in _beyond(columns, baseline, slopes[None, :], counts, driver):
                name = str(driver.levels[level])
                by_level[name] = by_level.get(name, 0.0) + float(size[0])
        largest = sorted(by_level.items(), key=lambda each: (-each[1], each[0]))
        yield Estimate(driver, place, baselines, sum(by_level.values()), tuple(largest))


def _best(driver: Driver, columns: Sequence[int | None], slopes: Array, counts: Array) -> tuple[int, ...]:
    """The levels at which least is lost, until they hold enough of the units to be a baseline."""
    if driver.baseline is not None:
        return (driver.baseline,)

    def lost(level: int) -> tuple[float, int]:
        column = columns[level]
        return (0.0 if column is None else float(slopes[column]), level)

    known = sorted((level for level, name in enumerate(driver.levels) if name is not UNKNOWN), key=lost)
    kept: list[int] = []
    for level in known:
        if sum(counts[each] for each in kept) >= LEAST_BASELINE * sum(counts[each] for each in known):
            break
        kept.append(level)
    return tuple(sorted(kept))
