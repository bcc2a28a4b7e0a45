"""How far chance may move a fitted loss: the fit again, with people drawn anew, and with days drawn anew.

A fit needs sums of products only, so it is kept as such sums by blocks of people and by days; a draw weighs them anew.

Source   multiplier bootstrap with exponential weights over clusters (Rubin 1981, the Bayesian bootstrap)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

N_DRAWS = 300
SEED = 20260103  # fixed: the same facts always give the same map
RIDGE = 1e-7  # of the mean diagonal: a level that a fold lacks gets no slope instead of a wild one
MIN_CLUSTERS = 8.0  # in effect: fewer never make a claim
MIN_DAYS = 5  # fewer say nothing of how days differ
SURE = 0.98  # the weakest of the rungs that are measured: more is asked of it than of a seen failure


@dataclass(frozen=True, slots=True)
class Sums:
    """By cluster: products (cluster, p, p), with_loss (cluster, p), weight (cluster); counts by driver (cluster, level)."""

    products: Array
    with_loss: Array
    counts: Mapping[str, Array]
    weight: Array

    @staticmethod
    def by(at: Array, n: int, of: tuple[Array, Array, Array], levels: Mapping[str, tuple[Array, int]]) -> Sums:
        """Sum units up by cluster, 0 to n - 1; *of*: columns, losses, weights; *levels*: driver -> (of each, how many)."""
        import numpy as np

        x, loss, weight = of
        p, order = x.shape[1], np.argsort(at, kind="stable")
        edges = np.searchsorted(at[order], np.arange(n + 1))
        products, with_loss = np.zeros((n, p, p)), np.zeros((n, p))
        for each in range(n):
            mine = order[edges[each] : edges[each + 1]]
            weighed = x[mine] * weight[mine][:, None]
            products[each], with_loss[each] = weighed.T @ x[mine], weighed.T @ loss[mine]
        counts = {
            name: np.bincount(at * size + codes, weight, minlength=n * size).reshape(n, size)
            for name, (codes, size) in levels.items()
        }
        return Sums(products, with_loss, counts, np.bincount(at, weight, minlength=n))

    @staticmethod
    def none() -> Sums:
        """Return the sums of nothing, to add others to."""
        import numpy as np

        return Sums(np.zeros(()), np.zeros(()), {}, np.zeros(()))

    def __add__(self, other: Sums) -> Sums:
        counts = dict(self.counts)
        for name, each in other.counts.items():
            counts[name] = counts[name] + each if name in counts else each
        return Sums(self.products + other.products, self.with_loss + other.with_loss, counts, self.weight + other.weight)

    def whole(self) -> Sums:
        """Return the sums over all clusters."""
        counts = {name: each.sum(axis=0) for name, each in self.counts.items()}
        return Sums(self.products.sum(axis=0), self.with_loss.sum(axis=0), counts, self.weight.sum())

    def drawn(self, multipliers: Array) -> Sums:
        """Return the sums of each draw: *multipliers* has a row a draw, a column a cluster."""
        import numpy as np

        counts = {name: multipliers @ each for name, each in self.counts.items()}
        products = np.tensordot(multipliers, self.products, axes=1)
        return Sums(products, multipliers @ self.with_loss, counts, multipliers @ self.weight)


@dataclass(frozen=True, slots=True)
class Fold:
    """The units of one fold, by blocks of people and by days."""

    people: Sums
    days: Sums


def solve(sums: Sums) -> Array:
    """Return the slopes by least squares: one row, or one a draw."""
    import numpy as np

    p = sums.products.shape[-1]
    ridge = RIDGE * np.trace(sums.products, axis1=-2, axis2=-1) / p + 1e-12
    products = sums.products + ridge[..., None, None] * np.eye(p)
    slopes: Array = np.linalg.solve(products, sums.with_loss[..., None])[..., 0]
    return slopes


class Redrawn(Protocol):
    """What can be said again of a draw."""

    @property
    def place(self) -> Any: ...

    def again(self, fold: int, slopes: Array, counts: Mapping[str, Array]) -> Array: ...

    def by_luck(self, fold: int, slopes: Array, others: Array) -> Array: ...


def chance(told: Sequence[float], estimates: Sequence[Redrawn]) -> tuple[Array, float]:
    """
    Return the standard error of each estimate, and how many of them it takes to be sure of all at once.

    The error is the largest of that between people, that between days, and what luck alone would make. What it takes to be sure
    comes from what the whole procedure makes of nothing: slopes that are noise alone, from which a baseline is chosen as luck
    would have it.
    """
    import numpy as np

    by_people, luck = _by_people(estimates)
    errors = np.maximum(by_people.std(axis=0), luck.std(axis=0))
    scaled = luck / np.where(errors > 0, errors, np.inf)
    critical = float(np.quantile(scaled.max(axis=1), SURE))
    return np.maximum(errors, _by_day(told, estimates).std(axis=0)), max(critical, MIN_CLUSTERS**0.5)


def _by_people(estimates: Sequence[Redrawn]) -> tuple[Array, Array]:
    """Fit each fold again with its people drawn anew: (draw, estimate) as it would be told, and as luck alone would make it."""
    import numpy as np

    result, luck = np.zeros((N_DRAWS, len(estimates))), np.zeros((N_DRAWS, len(estimates)))
    for place, mine in _by_place(estimates):
        draw, whole = np.random.default_rng(SEED), [fold.people.whole() for fold in place.folds]
        drawn = [fold.people.drawn(draw.standard_exponential((N_DRAWS, len(fold.people.weight)))) for fold in place.folds]
        slopes = [solve(each) for each in drawn]
        for at in range(len(place.folds)):
            rest, of_rest = _but(drawn, at), solve(_but(whole, at))
            noise = slopes[at] - solve(whole[at]), solve(rest) - of_rest
            again = _scaled(drawn[at], whole[at].weight)
            for each in mine:
                result[:, each] += estimates[each].again(at, slopes[at], again)
                luck[:, each] += estimates[each].by_luck(at, *noise)
    return result, luck


def _by_place(estimates: Sequence[Redrawn]) -> list[tuple[Any, list[int]]]:
    places = {id(each.place): each.place for each in estimates}
    return [(place, [at for at, each in enumerate(estimates) if each.place is place]) for place in places.values()]


def _but(sums: Sequence[Sums], at: int) -> Sums:
    return sum((each for place, each in enumerate(sums) if place != at), Sums.none())


def _scaled(drawn: Sums, weight: Any) -> dict[str, Array]:
    """Counts of a draw, brought to the weight that there really was."""
    level = (weight / drawn.weight)[:, None]
    return {name: each * level for name, each in drawn.counts.items()}


def _by_day(told: Sequence[float], estimates: Sequence[Redrawn]) -> Array:
    """The same with days drawn anew, each day alike in all folds; nothing where there are too few to say how days differ."""
    import numpy as np

    result = np.tile(np.asarray(told), (N_DRAWS, 1))
    for place, mine in _by_place(estimates):
        n_days = len(place.folds[0].days.weight)
        if n_days < MIN_DAYS:
            continue
        result[:, mine] = 0.0
        multipliers = np.random.default_rng(SEED + 1).standard_exponential((N_DRAWS, n_days))
        for at, fold in enumerate(place.folds):
            drawn = fold.days.drawn(multipliers)
            slopes, again = solve(drawn), _scaled(drawn, fold.days.whole().weight)
            for each in mine:
                result[:, each] += estimates[each].again(at, slopes, again)
    return result
