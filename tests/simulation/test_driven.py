"""What losses without any call go with, judged blind: an attribute is planted, another goes with it, or nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from commit import first_seed
from simulation.test_blind import CHANCE, MAX_WRONG
from wholeservice.simulation.blind import truth_table
from wholeservice.simulation.driven import random_driven
from wholeservice.simulation.driven_blind import ATTRIBUTED, NAIVE, judge_driven, recorded_attributes, verdict
from wholeservice.simulation.verdicts import FALSE_ALARM, GROUP, QUIET, RIGHT, UNNAMED, WRONG, chance_of

N_ORGANISATIONS = 30


@pytest.fixture(scope="module")
def cases():
    seed = first_seed()
    return [case for number in range(N_ORGANISATIONS) for case in judge_driven(seed + number)]


def test_a_wrong_driver_is_rarely_named(cases):
    """In every cell at most 5 % name what is harmless, or anything where nothing was planted, within binomial limits."""
    for cell in truth_table(cases):
        wrong = cell.verdicts.get(WRONG, 0) + cell.verdicts.get(FALSE_ALARM, 0)
        assert chance_of(wrong, cell.n, MAX_WRONG) > CHANCE, cell


def test_what_is_planted_is_found_and_more_often_than_by_eye(cases):
    """Something is named with every evidence, and the level that loses most is wrong more often."""
    for evidence in ATTRIBUTED:
        mine = [case for case in cases if case.evidence == evidence.name and case.n_causes]
        assert sum(case.verdict in (RIGHT, GROUP) for case in mine) >= 3, evidence
        wrong = sum(case.verdict == WRONG for case in mine)
        assert sum(case.naive[name] == WRONG for case in mine for name in NAIVE) > 2 * wrong, evidence


def test_the_decoy_goes_with_what_is_planted_and_loses_nothing_of_its_own():
    """Some attribute tells the planted one in most attempts; what is planted loses as many as the truth says."""
    driven = next(each for each in (random_driven(seed, follows=0.9) for seed in range(20)) if each.n_lost_by_it > 60)
    assert driven.planted
    said = driven.attributes[driven.planted]
    rates = [driven.is_lost[said == level].mean() for level in np.unique(said)]
    guilty = int(np.argmax(rates))
    beyond = (rates[guilty] - driven.is_lost[said != guilty].mean()) * (said == guilty).sum()
    assert beyond == pytest.approx(driven.n_lost_by_it, rel=0.5)
    alike = [((codes == 1) == (said == guilty)).mean() for name, codes in driven.attributes.items() if name != driven.planted]
    assert max(alike) > 0.85


def test_what_is_missing_is_told_of_nobody():
    """Three in ten attributes are not there, by lot, and the rest is as it was."""
    driven = random_driven(3, follows=0.6)
    kept, whole = recorded_attributes(driven, ATTRIBUTED[2], 3), recorded_attributes(driven, ATTRIBUTED[0], 3)
    for name, words in kept.items():
        assert sum(each is None for each in words) / len(words) == pytest.approx(0.3, abs=0.04)
        assert all(each in (None, full) for each, full in zip(words, whole[name], strict=True))


def test_verdicts_follow_the_truth():
    """The planted one alone is right, "A or B" a right group, any other one wrong, even beside the right one."""
    assert verdict([("plan",)], "plan") == RIGHT
    assert verdict([("plan", "form")], "plan") == GROUP
    assert verdict([("plan",), ("form",)], "plan") == WRONG
    assert verdict([], "plan") == UNNAMED
    assert verdict([("form",)], None) == FALSE_ALARM
    assert verdict([], None) == QUIET
