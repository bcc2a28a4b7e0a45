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
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wholeservice.findings.chance import Fold, Sums, chance, solve
from wholeservice.findings.told_apart import (
    UNKNOWN,
    Driver,
    Kept,
    alike,
    dummies_of,
    made_one,
    with_rare_joined,
    within_strata,
    without_followers,
)

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

MIN_UNITS = 100  # fewer units at a place: nothing is fitted there
LEAST_BASELINE = 0.3  # share of the units that the levels at which least is lost must hold to be a baseline
MOST_UNITS = 60_000  # at one place; of more, every so many-th person is taken
N_FOLDS, N_BLOCKS = 4, 120
PER_STRATUM = 20.0
NOT_RECORDED = "not recorded"
STAYS = 0.6  # of what is named, so much must be left where another driver is known
MOSTLY = 0.5  # a driver known of fewer units than that tells of those only


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
    Fit what goes with the losses of each root. What is named holds wherever another is known, too.

    Shape    losses in the order of roots and drivers, named or not; a root with too few units has none
    Unit     that of `loss`, summed over weighted units
    Errors   none: what cannot be told is in `not_identified`
    """
    fitted = _fit(cases)
    losses = list(fitted.losses)
    for driver, known in _known_of(cases):
        if not any(each.is_named for each in losses):
            break
        share = float(known.weight.sum() / cases.weight.sum())
        there = {(each.root, each.driver.id): each.size / share for each in _fit(known).losses}
        losses = [
            replace(each, is_named=each.is_named and (driver in (each.driver.id, *each.driver.parts)
                                                      or there.get((each.root, each.driver.id), 0.0) >= STAYS * each.size))
            for each in losses
        ]  # fmt: skip
    return replace(fitted, losses=tuple(losses))


def _known_of(cases: Cases) -> Iterator[tuple[str, Cases]]:
    """Yield each driver that is missing in some units, with the units in which it is known.

    Where it is missing, what it did there is left to whatever goes with it; where it is known it cannot be.
    """
    import numpy as np

    for driver in cases.drivers:
        is_known = np.array([level is not UNKNOWN for level in driver.levels])[driver.codes]
        if MOSTLY <= is_known.mean() < 1.0:
            yield driver.id, _of(cases, is_known)


def _of(cases: Cases, mine: Array) -> Cases:
    return replace(
        cases, root=cases.root[mine], loss=cases.loss[mine], weight=cases.weight[mine], consumer=cases.consumer[mine],
        day=cases.day[mine], time=tuple(each[mine] for each in cases.time),
        drivers=tuple(replace(each, codes=each.codes[mine]) for each in cases.drivers),
    )  # fmt: skip


def _fit(cases: Cases) -> Fitted:
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
        codes, levels = with_rare_joined(driver, mine)
        if (
            driver.baseline is not None
            and driver.levels[driver.baseline] not in levels
            and any(each is not None for each in levels)
        ):
            reasons[driver.title] = "hardly anybody was without it"
            continue
        here = Driver(driver.id, driver.title, codes, levels, _baseline(driver, levels))
        dummies = dummies_of(here, weight, stratum)
        if not any(level is not None for level in levels):
            reasons[driver.title] = NOT_RECORDED
        elif sum(level is not None for level in levels) < 2:
            reasons[driver.title] = "it was the same in all, or too rare to be compared"
        elif max((weight * each * each).sum() for each in dummies.values()) < 1.0:
            reasons[driver.title] = "it changed only together with the time"
        else:
            kept.append((here, dummies))
    kept = without_followers(kept, weight, reasons)
    if not kept:
        return None, reasons
    crossed = [made_one(group) for group in alike(kept, weight)]
    kept = [(driver, dummies_of(driver, weight, stratum)) for driver in crossed]
    x, columns = _columns(kept)
    loss = within_strata(cases.loss[mine], weight, stratum)
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


def _baseline(driver: Driver, levels: Sequence[str | None]) -> int | None:
    healthy = None if driver.baseline is None else driver.levels[driver.baseline]
    return list(levels).index(healthy) if healthy is not None and healthy in levels else None


def _columns(kept: Kept) -> tuple[Array, dict[str, tuple[int | None, ...]]]:
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
