"""A small truth table of verdicts: wrong and confident no more often than 5 %, while what is large is found."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from wholeservice.improvements.base import IMPROVED, NO_EFFECT, UNCLEAR, WORSE
from wholeservice.simulation.changes import ALONE, SITUATIONS, is_wrong, judged, make_case, rates

QUICK = [each for each in SITUATIONS if each.n_before <= 40]
SEEDS = range(500, 512)


@pytest.fixture(scope="module")
def without_effect():
    """Every quick situation in which nothing was changed."""
    return [rates(each, 0.0, SEEDS) for each in QUICK]


def test_wrong_and_confident_no_more_often_than_one_in_twenty(without_effect):
    """Of all series in which nothing was changed, as few are called changed as a rate of 5 % gives by chance."""
    n, wrong = sum(each.n for each in without_effect), sum(round(each.wrong * each.n) for each in without_effect)
    assert wrong <= binom.ppf(0.999, n, 0.05)


def test_the_plain_comparison_of_before_and_after_is_wrong_where_ours_is_not(without_effect):
    """With a trend, and with a shock that the service beside had too, after against before is nearly always wrong."""
    by_name = {each.situation: each for each in without_effect}
    assert by_name["trend"].naive_wrong > 0.9
    assert by_name["a shock at the same date, beside a service that had it too"].naive_wrong > 0.9


@pytest.mark.parametrize("situation", QUICK[:3], ids=lambda each: each.name)
def test_a_change_of_eight_points_is_found(situation):
    """Eight points are found in most series."""
    found = rates(situation, 0.08, range(12))
    assert found.improved >= (0.3 if situation.name == "short" else 0.75)
    assert found.wrong == 0


@pytest.mark.parametrize("effect", [0.0, 0.08])
def test_what_nobody_can_tell_is_unclear_and_named(effect):
    """A shock on the very day with nothing to compare with: no verdict in any case, and the incident stands beside it."""
    cases = [judged(make_case(ALONE, effect, seed)) for seed in range(6)]
    assert [each.verdict for each in cases] == [UNCLEAR] * 6
    assert [(each.kind, each.of) for each in cases[0].rivals] == [("incident", "below")]


def test_an_incident_that_is_over_costs_little():
    """Eight points are found in most series though the first week fell by fifteen, and none where nothing was changed."""
    over = next(each for each in SITUATIONS if each.shock_over)
    assert rates(over, 0.08, SEEDS).improved >= 0.6
    assert rates(over, 0.0, SEEDS).wrong <= 1 / 12


def test_what_is_wrong_is_what_the_table_says_is_wrong():
    """Improved without an effect, worse with one, and no effect where it is worth having."""
    assert [is_wrong(IMPROVED, 0.0), is_wrong(WORSE, 0.04), is_wrong(NO_EFFECT, 0.04)] == [True, True, True]
    assert [is_wrong(IMPROVED, 0.04), is_wrong(NO_EFFECT, 0.02), is_wrong(NO_EFFECT, 0.0), is_wrong("unclear", 0.08)] == [
        False
    ] * 4
