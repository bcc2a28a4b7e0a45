"""The change since a date: held to plain least squares, to exact normal theory, and to dates at which nothing was changed."""

from __future__ import annotations

import numpy as np
import pytest

from wholeservice.improvements.interrupted import (
    Change,
    Periods,
    _widening,
    can_tell,
    change_since,
    expected_without,
    placebo,
    slope_of,
)  # fmt: skip


def periods(values, variance=0.0, seasons=()) -> Periods:
    return Periods(tuple(range(len(values))), tuple(values), (variance,) * len(values), tuple(seasons))


def least_squares(values, n_before: int) -> float:
    """The step of an ordinary regression on level, trend and step, in plain normal equations."""
    n = len(values)
    x = np.array([[1.0, t, float(t >= n_before)] for t in range(n)])
    return float(np.linalg.solve(x.T @ x, x.T @ np.array(values))[2])


def test_a_step_on_a_trend_is_told_from_the_trend():
    """Values that rise by 1 a period and jump by 5 give 5, where the difference of the means says 15."""
    values = [float(t) + (5.0 if t >= 12 else 0.0) + (0.1 if t % 2 else -0.1) for t in range(20)]
    found = change_since(periods(values), 12)
    assert found.by == pytest.approx(5.0, abs=0.2)
    assert found.low > 4.0
    assert np.mean(values[12:]) - np.mean(values[:12]) == pytest.approx(15.0, abs=0.1)


def test_independent_noise_gives_the_step_of_least_squares():
    """Where noise shows no persistence, the estimate is near that of the plain regression, and covers it."""
    values = list(np.random.default_rng(5).normal(0, 1, 40))
    found = change_since(periods(values), 25)
    assert found.by == pytest.approx(least_squares(values, 25), abs=0.25)
    assert found.low < least_squares(values, 25) < found.high


def test_sampling_alone_gives_about_the_interval_of_normal_theory():
    """Values without any noise between periods beyond a large known sampling error: the width is that of known variances."""
    n, n_before, variance = 40, 25, 4.0
    values = [0.3 * (-1) ** t for t in range(n)]  # far calmer than their sampling error: no room for more noise
    found = change_since(periods(values, variance), n_before)
    x = np.array([[1.0, t, float(t >= n_before)] for t in range(n)])
    exact = 1.96 * np.sqrt(variance * np.linalg.inv(x.T @ x)[2, 2])
    assert (found.high - found.low) / 2 == pytest.approx(exact, rel=0.25)
    assert (found.high - found.low) / 2 >= exact


def test_noise_that_lasts_widens_the_interval_of_plain_regression():
    """Of 60 series without a change, in which a bad week brings the next, plain regression calls many changed, ours few."""
    generator, plain, ours = np.random.default_rng(11), 0, 0
    for _ in range(60):
        noise = np.zeros(24)
        for at in range(24):
            noise[at] = 0.75 * noise[at - 1] * (at > 0) + generator.normal()
        x = np.column_stack([np.ones(24), np.arange(24), np.arange(24) >= 16])
        step, rest = np.linalg.lstsq(x, noise, rcond=None)[:2]
        error = np.sqrt(rest[0] / 21 * np.linalg.inv(x.T @ x)[2, 2])
        plain += abs(step[2]) > 2.08 * error  # Student's t with 21 degrees of freedom
        ours += change_since(periods(noise), 16).is_alarm
    assert plain >= 12
    assert ours <= 6


def test_a_season_of_the_week_is_no_change():
    """Four Sundays lower than other days move nothing; without the season in the model they would."""
    days = range(70)
    values = [(-5.0 if day % 7 in (5, 6) else 0.0) + (0.2 if day % 3 else -0.2) for day in days]
    seasons = [tuple(float(day % 7 == each) for each in range(1, 7)) for day in days]
    with_season, without = change_since(periods(values, 0, seasons), 54), change_since(periods(values), 54)
    assert abs(with_season.by) < 0.3
    assert with_season.high - with_season.low < (without.high - without.low) / 3


def test_a_missing_period_keeps_its_place():
    """A hole of ten periods in a trend is no step: places count, not rows."""
    at = [*range(10), *range(20, 30)]
    found = change_since(Periods(tuple(at), tuple(float(t) + 0.1 * (-1) ** t for t in at), (0.0,) * 20), 10)
    assert found.low < 0 < found.high
    assert abs(found.by) < 0.3


def test_the_line_without_the_change_goes_on_as_before():
    """It is the trend of before, with a range that widens the further it is from what was measured."""
    values = [2.0 * t + (9.0 if t >= 12 else 0.0) + (0.5 if t % 2 else -0.5) for t in range(20)]
    lines = expected_without(periods(values), 12)
    assert lines[15].value == pytest.approx(30.0, abs=1.5)
    assert lines[15].low < 30 < lines[15].high
    assert lines[19].high - lines[19].low > lines[6].high - lines[6].low


def test_a_large_level_costs_no_digits():
    """The same series a billion higher changes by the same."""
    values = list(np.random.default_rng(2).normal(0, 1, 20))
    low, high = change_since(periods(values), 12), change_since(periods([each + 1e9 for each in values]), 12)
    assert high.by == pytest.approx(low.by, abs=1e-4)
    assert high.low == pytest.approx(low.low, rel=1e-3)


def test_earlier_dates_tell_how_often_this_series_would_be_called_changed():
    """A step long before the start is found by looking at its date, and the intervals are widened until none is left."""
    before = [*([0.0, 0.2, -0.2, 0.1] * 2), *([5.0, 5.2, 4.8, 5.1] * 3)]
    found = placebo(periods(before))
    assert found.n_dates == 20 - 5 - 3 + 1
    assert found.n_alarms == 1  # more than 1 in 20 of 13 dates
    assert found.factor > 1
    assert not change_since(periods(before), 8).widened(found.factor * 1.001).is_alarm
    calm = placebo(periods([0.3, -0.1, 0.2, -0.4, 0.0, 0.1, -0.2, 0.35, -0.3, 0.05, 0.15, -0.25]))
    assert (calm.n_alarms, calm.factor) == (0, 1.0)


def test_the_widening_leaves_one_date_in_twenty_alarming():
    """Of 20 dates the second largest need counts, of 19 the largest; what does not alarm asks for nothing."""
    alarming = [Change(float(size), size - 1.0, size + 1.0, 0.0) for size in (3, 2)]
    calm = [Change(0.5, -0.5, 1.5, 0.5)] * 18
    assert _widening([*alarming, *calm]) == pytest.approx(2.0)
    assert _widening([*alarming, *calm[:17]]) == pytest.approx(3.0)
    assert _widening(calm) == 1.0
    assert alarming[0].widened(3.0).low == pytest.approx(0.0)


def test_too_few_periods_tell_nothing():
    """Five before and three after can tell; one fewer on either side cannot, and asking is an error."""
    assert can_tell(5, 3)
    assert not can_tell(4, 9)
    assert not can_tell(9, 2)
    with pytest.raises(ValueError, match="too few"):
        change_since(periods([1.0, 2.0, 1.0, 2.0, 1.0, 2.0]), 4)


def test_a_slope_is_found_with_its_range():
    """Values that rise by 2 a period rise by 2; level ones by nothing for certain."""
    wave = [0.3, -0.3, 0.1, -0.2, 0.25, -0.1, 0.0, 0.15, -0.3, 0.2]
    rising = slope_of(periods([2.0 * t + each for t, each in enumerate(wave)]))
    assert rising.low < 2.0 < rising.high
    assert rising.low > 1.5
    assert not slope_of(periods(wave)).is_alarm
