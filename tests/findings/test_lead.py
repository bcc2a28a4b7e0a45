"""A lead is told where it is, and seldom where there is none: series made with a known lag, and series made without one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from findings.cases import MEASURES
from findings.weeks import chance, led, weekly
from wholeservice.findings.lead import LEADS, LEAST_WEEKS, NO_LEAD, OUTCOMES, TOO_FEW, Lead, find_leads, leads_of
from wholeservice.measures.results import Results

N_PAIRS = 200


def trends(draw: np.random.Generator, n_weeks: int) -> tuple[list[float], list[float]]:
    both = (0.2 * np.arange(n_weeks) + draw.normal(size=n_weeks) for _ in range(2))
    one, other = both
    return list(one), list(other)


def noise(draw: np.random.Generator, n_weeks: int) -> tuple[list[float], list[float]]:
    return list(draw.normal(size=n_weeks)), list(draw.normal(size=n_weeks))


def walks(draw: np.random.Generator, n_weeks: int) -> tuple[list[float], list[float]]:
    return list(draw.normal(size=n_weeks).cumsum()), list(draw.normal(size=n_weeks).cumsum())


def season(draw: np.random.Generator, n_weeks: int) -> tuple[list[float], list[float]]:
    """Both follow the year, the outcome a fortnight later, and otherwise have nothing to do with each other."""
    year = 6 * np.sin(2 * np.pi * np.arange(n_weeks + 2) / 52.18)
    return list(year[2:] + draw.normal(size=n_weeks)), list(year[:-2] + draw.normal(size=n_weeks))


def found_in(score: list[float], outcome: list[float]) -> Lead:
    (found,) = find_leads("satisfaction", {"completion": (score, outcome)})
    return found


def test_a_known_lag_is_found_and_its_strength_is_that_of_the_last_third():
    """The outcome follows by three weeks; r is recomputed here from the last third alone, with numpy."""
    score, outcome = led(7, 80)
    found = found_in(score, outcome)
    assert (found.verdict, found.lag, found.outcome) == (LEADS, 3, "completion")
    before, after = np.diff(score), np.diff(outcome)
    cut = round(79 * 2 / 3)
    assert found.n_weeks == 79 - cut
    assert found.strength == pytest.approx(np.corrcoef(before[cut - 3 : -3], after[cut:])[0, 1])
    assert found.interval.low < found.strength < found.interval.high


@pytest.mark.parametrize(("n_weeks", "least"), [(36, 0.6), (52, 0.8)])
def test_a_strong_lead_is_mostly_found(n_weeks, least):
    """With the lag right in nearly all; of 36 weeks about 7 in 10, of a year 9 in 10."""
    found = [found_in(*led(seed, n_weeks)) for seed in range(N_PAIRS // 2)]
    assert sum(each.verdict == LEADS and each.lag == 3 for each in found) / len(found) >= least
    assert sum(each.verdict == LEADS and each.lag != 3 for each in found) <= 2


@pytest.mark.parametrize("make", [trends, noise, walks], ids=lambda each: each.__name__)
def test_what_has_nothing_to_do_with_each_other_is_seldom_a_lead(make):
    """At most 3 in 100 of 200 pairs, as the docstring states; the levels of two trends agree by more than 0.8 all the same."""
    pairs = [make(chance(seed), 52) for seed in range(N_PAIRS)]
    assert sum(found_in(*pair).verdict == LEADS for pair in pairs) / N_PAIRS <= 0.03
    if make is trends:
        assert np.mean([np.corrcoef(*pair)[0, 1] for pair in pairs]) > 0.8


def test_a_season_that_both_share_is_no_lead_once_two_years_are_known():
    """Over 156 weeks the season is taken out; with one year it stays in, and that is said."""
    found = [found_in(*season(chance(seed), 156)) for seed in range(N_PAIRS // 2)]
    assert sum(each.verdict == LEADS for each in found) <= 3
    assert not found[0].has_season
    assert found_in(*season(chance(1), 52)).has_season


def test_an_outcome_that_moves_first_or_in_the_same_week_is_not_led():
    """The same series the other way round, and one series twice."""
    later, sooner = led(7, 80)
    assert found_in(sooner, later).verdict == NO_LEAD
    same = found_in(sooner, sooner)
    assert (same.verdict, same.lag, round(same.strength, 6)) == (NO_LEAD, 0, 1)


def test_a_score_that_never_changes_leads_nothing():
    """No spread is no association, and no error."""
    found = found_in([0.8] * 60, led(7, 60)[1])
    assert (found.verdict, found.strength) == (NO_LEAD, 0)


@pytest.mark.parametrize(("n_weeks", "verdict"), [(LEAST_WEEKS - 1, TOO_FEW), (LEAST_WEEKS, LEADS)])
def test_too_few_weeks_are_said_to_be_too_few(n_weeks, verdict):
    """A lead without noise is seen at 36 weeks, and not looked for at 35."""
    assert found_in(*led(3, n_weeks, noise=0.0)).verdict == verdict


def test_each_outcome_has_a_lag_of_its_own_chosen_without_the_last_third():
    """Completion follows by three weeks and volume by five; adoption follows too but in the last third, which is noise."""
    score, outcome = led(5, 90, noise=0.0)
    slow = [*chance(3).normal(size=2), *outcome[:-2]]
    other = [*outcome[:62], *chance(1).normal(size=28).cumsum()]
    pairs = {"completion": (score, outcome), "adoption": (score, other), "volume": (score, slow)}
    found = find_leads("satisfaction", pairs)
    assert [(each.outcome, each.verdict, each.lag) for each in found] == [
        ("completion", LEADS, 3), ("adoption", NO_LEAD, 3), ("volume", LEADS, 5),
    ]  # fmt: skip
    assert all(alone == replace(each, verdict=alone.verdict, is_sure=alone.is_sure)
               for each in found for alone in find_leads("satisfaction", {each.outcome: pairs[each.outcome]}))  # fmt: skip


def test_four_outcomes_raise_no_more_false_leads_than_one():
    """Of 200 services whose outcomes have nothing to do with the score at most 6 have a lead; judged one by one more would."""
    n_led, n_led_alone = 0, 0
    for seed in range(N_PAIRS):
        draw, make = chance(seed), (trends, noise, walks)[seed % 3]
        score, _ = make(draw, 52)
        found = find_leads("satisfaction", {name: (score, make(draw, 52)[1]) for name in OUTCOMES})
        n_led += any(each.verdict == LEADS for each in found)
        n_led_alone += any(each.lag and each.interval.low > 0 for each in found)
    assert n_led <= 6 < n_led_alone


def test_how_sure_one_outcome_must_be_depends_on_how_many_were_looked_at():
    """A lead that is just sure alone is none beside three outcomes of nothing but chance; the r and its range stay the same."""
    draws = ((seed, led(seed, 52, noise=1.0)) for seed in range(200))
    seed, pair = next((seed, pair) for seed, pair in draws if 0.0125 < found_in(*pair).chance < 0.025 and found_in(*pair).lag)
    beside = {name: (pair[0], noise(chance(1000 + seed), 52)[1]) for name in OUTCOMES[1:]}
    alone, (among, *others) = found_in(*pair), find_leads("satisfaction", {"completion": pair, **beside})
    assert alone.verdict == LEADS
    assert among == replace(alone, verdict=NO_LEAD, is_sure=False)
    assert len(others) == 3


def test_weeks_without_a_number_are_left_out_and_not_taken_for_nothing():
    """Every tenth week is missing: a zero in its place would drown the lead."""
    score, outcome = led(7, 100)
    gaps = [None if week % 10 == 4 else each for week, each in enumerate(score)]
    found = found_in(gaps, outcome)
    assert (found.verdict, found.lag, found.n_known) == (LEADS, 3, 90)
    assert found_in([each or 0.0 for each in gaps], outcome).strength < found.strength


def test_weeks_are_matched_by_when_they_were_and_over_summer_time():
    """Completion begins five weeks later than the score, and the clock changes: the lag is still three weeks."""
    score, outcome = led(7, 80)
    rows = [*weekly("satisfaction", score), *weekly("completion", outcome, skipped=5)]
    (found,) = leads_of(Results(MEASURES, rows), "stay")
    assert (found.verdict, found.score, found.outcome, found.lag, found.n_known) == (LEADS, "satisfaction", "completion", 3, 75)
    assert leads_of(Results(MEASURES, rows), "spa") == ()
