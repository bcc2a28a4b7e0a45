"""An interrupted series: by how much a number lies elsewhere since a date than its own trend and season would have it.

The number of a period is level + trend + season + change since the date + noise. The noise is what sampling explains, which is
known, and what periods differ by beyond it, of which neither the size nor how long it lasts is known: one bad week tends to
follow another. Both are weighed by how well they explain the series (restricted likelihood, over a grid of sizes and
persistences), and the interval is that of the mixture. With few periods much remains possible, and so it is wide.

Source   Wagner et al. 2002 (segmented regression); Harville 1974 (restricted likelihood); Gelman 2006 (a flat prior on the
         size of the noise); between two periods k apart the noise of one is *persistence* to the power of k that of the other
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any

from wholeservice.uncertainty import mixture_quantile, mixture_tail

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

LEAST_BEFORE, LEAST_AFTER, LEAST_FREE = 5, 3, 3
PERSISTENCES = (0.0, 0.2, 0.4, 0.6, 0.75, 0.88, 0.96)
N_SIZES, SMALLEST, LARGEST = 13, 0.05, 25.0  # of the noise between periods, in standard deviations about the plain line
ALLOWED_ALARMS = 0.05
MOST_DATES = 60  # earlier dates that are tried; of more, every second or third


@dataclass(frozen=True, slots=True)
class Periods:
    """
    Like periods, oldest first: their places on an even grid (what is missing is skipped), values, sampling variances, and the
    numbers that stand for the season of each (the same count for all; none: no season).
    """

    places: tuple[int, ...]
    values: tuple[float, ...]
    variances: tuple[float, ...]
    seasons: tuple[tuple[float, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.places)

    def part(self, first: int, after: int) -> Periods:
        """Return the periods from the first up to another (exclusive)."""
        cut = slice(first, after)
        return Periods(self.places[cut], self.values[cut], self.variances[cut], self.seasons[cut])


@dataclass(frozen=True, slots=True)
class Expected:
    """What a period would have had without the change: the value and its likely range."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """How much higher the periods since a date lie: the change, its 95 % interval, the chance of one as far from 0 by noise."""

    by: float
    low: float
    high: float
    chance: float

    @property
    def is_alarm(self) -> bool:
        return self.low > 0 or self.high < 0

    def widened(self, factor: float) -> Change:
        """Return the same change with an interval so many times as wide."""
        return Change(self.by, self.by - factor * (self.by - self.low), self.by + factor * (self.high - self.by), self.chance)


@dataclass(frozen=True, slots=True)
class Placebo:
    """The same look at dates before the start, at which nothing was changed: how many dates, and at how many it saw a change.

    `factor` is by how much intervals are widened so that at most 1 in 20 of these dates has one without 0 in it.
    """

    n_dates: int
    n_alarms: int
    factor: float

    @property
    def rate(self) -> float | None:
        return self.n_alarms / self.n_dates if self.n_dates else None


def can_tell(n_before: int, n_after: int, n_season: int = 0) -> bool:
    """Say whether there are periods enough on both sides to tell a change from trend, season and noise."""
    return n_before >= LEAST_BEFORE and n_after >= LEAST_AFTER and n_before + n_after - 3 - n_season >= LEAST_FREE


def change_since(periods: Periods, n_before: int) -> Change:
    """Return how much the periods after the first *n_before* differ from what trend and season have them be.

    Errors   ValueError where `can_tell` says no
    """
    return _Weighed(periods).change(n_before)


def expected_without(periods: Periods, n_before: int) -> tuple[Expected, ...]:
    """Return what each period would have without the change, the ones before it included."""
    return _Weighed(periods).expected(n_before)


def slope_of(periods: Periods) -> Change:
    """Return by how much the value changes from one place to the next, season aside, with its interval."""
    return _Weighed(periods).slope()


def contrast_of(periods: Periods, groups: tuple[int, ...], weights: tuple[float, ...]) -> Change:
    """
    Return a weighed sum of the means of groups of periods, with its interval: (-1, 1) is the second mean less the first.

    Shape    *groups* says of each period in which it is, counted from 0; each of them has a weight and at least one period
    """
    return _Weighed(periods, groups).contrast(weights)


def placebo(before: Periods, n_season: int = 0) -> Placebo:
    """Look for a change at each date among the periods *before* the true one that leaves enough of them on both sides."""
    dates = dates_to_try(len(before), n_season)
    weighed = _Weighed(before) if dates else None
    found = [weighed.change(at) for at in dates] if weighed else []
    n_alarms = sum(each.is_alarm for each in found)
    return Placebo(len(found), n_alarms, _widening(found))


def dates_to_try(n_before: int, n_season: int = 0) -> list[int]:
    """
    Return the earlier dates at which a change can be looked for among so many periods before the true one.

    >>> dates_to_try(7), dates_to_try(9)
    ([], [5, 6])
    """
    dates = [at for at in range(n_before) if can_tell(at, n_before - at, n_season)]
    return dates[:: 1 + len(dates) // MOST_DATES]


def _widening(found: Sequence[Change]) -> float:
    """Of the factors at which each date would stop alarming, the smallest that leaves at most 1 in 20 alarming."""
    needed = sorted((_stops_at(each) for each in found), reverse=True)
    n_allowed = floor(ALLOWED_ALARMS * len(found))
    return max(1.0, needed[n_allowed]) if len(needed) > n_allowed else 1.0


def _stops_at(change: Change) -> float:
    half = change.by - change.low if change.by > 0 else change.high - change.by
    return abs(change.by) / half if half > 0 else 1.0


class _Weighed:
    """A series under every size and persistence of noise on the grid: the inverse of its covariance, made once."""

    def __init__(self, periods: Periods, groups: tuple[int, ...] = ()) -> None:
        import numpy as np

        self.periods = periods
        values: Array = np.array(periods.values, dtype=float)
        self.middle = float(values.mean())  # taken off and put back, so that a large level costs no digits
        self.y: Array = values - self.middle
        self.at: Array = np.array(periods.places, dtype=float)
        self.at -= self.at.mean()
        seasons = [np.array(each, dtype=float) for each in zip(*periods.seasons, strict=True)]
        level = [np.array(groups) == each for each in sorted(set(groups))] or [np.ones_like(self.y), self.at]
        self.plain: Array = np.column_stack([*level, *seasons]).astype(float)
        self.inverse, self.log_size, self.width = self._grid()
        self.weighed_y: Array = self.inverse @ self.y
        self.weighed_plain: Array = self.inverse @ self.plain
        self.weighed_steps: Array = self.inverse[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]  # [.., k]: of a step that begins at k

    def _grid(self) -> tuple[Array, Array, Array]:
        """The inverse of each covariance, half the logarithm of its determinant, and how much of the grid each stands for."""
        import numpy as np

        residual = self.y - self.plain @ np.linalg.lstsq(self.plain, self.y, rcond=None)[0]
        scale = max(
            float(residual.std()),
            float(np.sqrt(np.mean(self.periods.variances))),
            1e-9 * abs(self.y).max(),
            1e-12 * abs(self.middle),
            1e-100,  # nothing ever varied: squares of less than this are no numbers
        )
        sizes = np.concatenate([[0.0], np.geomspace(SMALLEST, LARGEST, N_SIZES)])
        widths = np.concatenate([[SMALLEST / 2], np.gradient(sizes[1:])])
        sampled = np.diag(np.array(self.periods.variances) + (1e-3 * scale) ** 2)
        apart = abs(self.at[:, None] - self.at[None, :])
        grid = [(size, width, rho) for size, width in zip(sizes, widths, strict=True) for rho in PERSISTENCES]
        v = np.array([sampled + (size * scale) ** 2 * (rho**apart if rho else apart == 0) for size, _, rho in grid])
        log_size = np.linalg.slogdet(v)[1] / 2
        return np.linalg.inv(v), log_size, np.log([width for _, width, _ in grid])

    def _fit(self, x: Array, weighed_x: Array) -> tuple[Array, Array, Array]:
        """Coefficients and their covariances under each noise, and the weight of each."""
        import numpy as np

        covariance = np.asarray(np.linalg.inv(x.T @ weighed_x), dtype=np.float64)
        toward = self.weighed_y @ x
        coefficients = (covariance @ toward[:, :, None])[:, :, 0]
        misfit = self.weighed_y @ self.y - (coefficients * toward).sum(axis=1)
        score = self.width - self.log_size + np.linalg.slogdet(covariance)[1] / 2 - misfit / 2
        weights = np.exp(score - score.max())
        return coefficients, covariance, weights / weights.sum()

    def _with_step(self, n_before: int) -> tuple[Array, Array, Array]:
        import numpy as np

        n_season = self.plain.shape[1] - 2
        if not can_tell(n_before, len(self.y) - n_before, n_season):
            raise ValueError(f"{n_before} periods before and {len(self.y) - n_before} after are too few to tell a change")
        x = np.column_stack([self.plain, np.arange(len(self.y)) >= n_before])
        return self._fit(x, np.concatenate([self.weighed_plain, self.weighed_steps[:, :, [n_before]]], axis=2))

    def change(self, n_before: int) -> Change:
        coefficients, covariance, weights = self._with_step(n_before)
        return _of_mixture(coefficients[:, -1], covariance[:, -1, -1], weights)

    def slope(self) -> Change:
        coefficients, covariance, weights = self._fit(self.plain, self.weighed_plain)
        return _of_mixture(coefficients[:, 1], covariance[:, 1, 1], weights)

    def contrast(self, weights: tuple[float, ...]) -> Change:
        import numpy as np

        coefficients, covariance, by = self._fit(self.plain, self.weighed_plain)
        n, of = len(weights), np.array(weights)
        spreads = np.einsum("i,gij,j->g", of, covariance[:, :n, :n], of)
        return _of_mixture(coefficients[:, :n] @ of, spreads, by)

    def expected(self, n_before: int) -> tuple[Expected, ...]:
        import numpy as np

        coefficients, covariance, weights = self._with_step(n_before)
        found = []
        for row in self.plain:
            means = coefficients[:, :-1] @ row
            spreads = np.einsum("i,gij,j->g", row, covariance[:, :-1, :-1], row)
            found.append(_of_mixture(means, spreads, weights))
        return tuple(Expected(*(self.middle + end for end in (each.by, each.low, each.high))) for each in found)


def _of_mixture(means: Array, variances: Array, weights: Array) -> Change:
    import numpy as np

    counts = weights > 1e-7 * weights.max()
    means, spreads, weights = means[counts], np.sqrt(np.maximum(variances[counts], 0.0)), weights[counts]
    weights = weights / weights.sum()
    low, high = (mixture_quantile(level, means, spreads, weights) for level in (0.025, 0.975))
    return Change(float(means @ weights), low, high, mixture_tail(means, spreads, weights))
