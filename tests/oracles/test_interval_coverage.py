"""Each interval holds the truth about as often as it says: counted over seeded simulations, within binomial limits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap

from wholeservice.measures.base import Statistics
from wholeservice.measures.finish import finish_score, finish_share
from wholeservice.uncertainty import Interval, bca_of_counts, between_periods, clustered_share, mean_from_sums, wilson

N_RUNS = 2000
POINTS = np.linspace(0, 1, 5)
ANSWERS = np.array([0.08, 0.1, 0.17, 0.3, 0.35])


def coverage(draw: Callable[[np.random.Generator], Interval | None], truth: float, n_runs: int = N_RUNS) -> int:
    """Return how many of the runs give an interval that holds the truth."""
    generator = np.random.default_rng(7)
    intervals = [draw(generator) for _ in range(n_runs)]
    return sum(each is not None and each.covers(truth) for each in intervals)


def assert_about_95(hits: int, n_runs: int = N_RUNS, *, least: float = 0.93, most: float = 0.985) -> None:
    """The true coverage may lie between *least* and *most*: neither end is refuted at one in a thousand."""
    assert binomtest(hits, n_runs, least, alternative="less").pvalue > 0.001, hits / n_runs
    assert binomtest(hits, n_runs, most, alternative="greater").pvalue > 0.001, hits / n_runs


@pytest.mark.parametrize(("n", "share"), [(12, 0.3), (60, 0.9), (400, 0.03)])
def test_wilson(n: int, share: float):
    """A share of single units."""
    assert_about_95(coverage(lambda rng: wilson(rng.binomial(n, share), n), share))


@pytest.mark.parametrize(("n_people", "alike"), [(20, 1.0), (60, 2.0), (200, 5.0)])
def test_a_clustered_share(n_people: int, alike: float):
    """People with one to eight attempts, each with a chance of their own; smaller *alike* means more alike."""

    def draw(rng: np.random.Generator) -> Interval | None:
        attempts = rng.integers(1, 9, n_people)
        done = rng.binomial(attempts, rng.beta(0.7 * alike, 0.3 * alike, n_people)).astype(float)
        return clustered_share(
            done.sum(), attempts.sum(), n=attempts.sum(), clusters=n_people,
            aa=(done**2).sum(), ab=(done * attempts).sum(), bb=(attempts**2).sum(),
        )  # fmt: skip

    assert_about_95(coverage(draw, 0.7), least=0.925)


def test_ignoring_clusters_would_cover_far_less():
    """The same people read as single attempts: the plain interval holds the truth in less than four of five runs."""

    def draw(rng: np.random.Generator) -> Interval | None:
        attempts = rng.integers(1, 9, 60)
        return wilson(rng.binomial(attempts, rng.beta(0.7, 0.3, 60)).sum(), attempts.sum())

    assert coverage(draw, 0.7) < 0.8 * N_RUNS


@pytest.mark.parametrize("n", [30, 200])
def test_a_mean_from_sums(n: int):
    """Answers on a skewed five-point scale."""

    def draw(rng: np.random.Generator) -> Interval | None:
        answers = rng.choice(POINTS, n, p=ANSWERS)
        return mean_from_sums(n, answers.sum(), (answers**2).sum())

    assert_about_95(coverage(draw, float(POINTS @ ANSWERS)))


def test_few_answers_by_bootstrap():
    """Twenty answers: BCa is known to be a little too short for few units, and stays above nine in ten."""

    def draw(rng: np.random.Generator) -> Interval | None:
        return bca_of_counts(rng.multinomial(20, ANSWERS).tolist(), POINTS.tolist(), np.random.default_rng(1))

    assert_about_95(coverage(draw, float(POINTS @ ANSWERS), 1000), 1000, least=0.90)


def test_the_bootstrap_agrees_with_scipy():
    """The same BCa interval as scipy's from the answers one by one, within what drawing moves it."""
    counts = [2, 3, 4, 5, 11]
    answers = np.repeat(POINTS, counts)
    theirs = bootstrap((answers,), np.mean, n_resamples=20000, method="BCa", random_state=np.random.default_rng(5))
    ours = bca_of_counts(counts, POINTS.tolist(), np.random.default_rng(5))
    assert ours
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.015)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.015)


def test_the_same_answers_always_give_the_same_interval():
    """The bootstrap of a finished score is seeded."""
    sums = Statistics(n=12, numerator=8, denominator=12, squares=6.5, histogram=(1, 1, 2, 5, 3))
    assert finish_score(sums) == finish_score(sums)
    assert finish_score(sums).interval


@pytest.mark.parametrize("n_periods", [4, 12])
def test_between_periods(n_periods: int):
    """How far the level of the newest period could be from what was seen, from the periods before."""
    assert_about_95(coverage(lambda rng: between_periods(list(rng.normal(100, 8, n_periods))), 100), most=0.995)


def test_weights_shrink_what_a_sample_tells():
    """A thousand calls of which a hundred stand for ninety each tell less than a thousand alike."""
    worked = np.concatenate([np.ones(880), np.zeros(20), np.ones(95), np.zeros(5)])
    weight = np.concatenate([np.ones(900), np.full(100, 90.0)])
    a, b = worked * weight, weight
    uneven = Statistics(1000, a.sum(), b.sum(), 0, 1000, (a * a).sum(), (a * b).sum(), (b * b).sum())
    even = Statistics(1000, 950, 1000, 0, 1000, 950, 950, 1000)
    widths = [finish_share(sums).interval.high - finish_share(sums).interval.low for sums in (uneven, even)]
    assert widths[0] > 2 * widths[1]
