"""Why a loss stays open, judged blind: the cause is planted in how an organisation works, and reaches people only as days."""

from collections import Counter

import pytest

from commit import first_seed
from simulation.test_blind import CHANCE
from wholeservice.findings import open_time as words
from wholeservice.simulation import lasting as planted
from wholeservice.simulation.lasting import CAUSES, random_lasting
from wholeservice.simulation.lasting_blind import (
    BY_LOT,
    LONGEST,
    NO_RECORD,
    NOW,
    TOLD,
    claim,
    judge_lasting,
    lasting_table,
)
from wholeservice.simulation.verdicts import GROUP, RIGHT, WRONG, chance_of

N_ORGANISATIONS = 200
MAX_WRONG, MIN_RIGHT = 0.05, 0.95


@pytest.fixture(scope="module")
def cases():
    seed = first_seed()
    return judge_lasting(range(seed, seed + N_ORGANISATIONS))


def test_it_is_rarely_wrong_and_confident(cases):
    """However badly work is recorded, at most 5 % of each cell name another piece than the longest, within binomial limits."""
    cells = lasting_table(cases)
    assert {cell.evidence for cell in cells} == {told.name for told in TOLD}
    for cell in cells:
        assert chance_of(cell.verdicts.get(WRONG, 0), cell.n, MAX_WRONG) > CHANCE, cell


def test_what_is_recorded_is_found(cases):
    """With everything recorded at least 95 % name the longest piece, planted or not; with a tenth missing half of all do."""
    for evidence, least in ((TOLD[0].name, MIN_RIGHT), (TOLD[-1].name, 0.5)):
        mine = Counter(case.verdict for case in cases if case.evidence == evidence)
        missed = N_ORGANISATIONS - mine[RIGHT] - mine[GROUP]
        assert chance_of(missed, N_ORGANISATIONS, 1 - least) > CHANCE, (evidence, mine)


def test_each_cause_is_found(cases):
    """A wait for a team, an approval, a budget, an environment, recruiting behind it and too small a team are all named."""
    for cause in CAUSES:
        clear = [case for case in cases if case.evidence == TOLD[0].name and case.cause == cause and case.lead >= 1.2]
        assert len(clear) >= 5
        assert all(case.verdict == RIGHT for case in clear), cause


def test_every_naive_way_of_looking_is_beaten(cases):
    """The longest stay on the board, where it stands now, and a piece by lot are wrong more often."""
    for told in TOLD:
        mine = [case for case in cases if case.evidence == told.name]
        wrong = sum(case.verdict == WRONG for case in mine)
        for name in (LONGEST, NOW, BY_LOT):
            assert sum(case.naive[name] == WRONG for case in mine) > wrong, (told, name)


def test_what_nobody_recorded_may_be_the_largest():
    """Ten days of waiting and six of work: certain with three unrecorded, "A or B" with five, nothing with eleven."""
    waiting, working = ("waiting", "team"), ("worked on", None)
    for dark, said in ((3.0, (waiting,)), (5.0, (waiting, working)), (11.0, None)):
        assert claim({waiting: 10.0, working: 6.0, ("not recorded", None): dark}) == said
    assert claim({("nobody", None): 4.0, working: 3.0}) is None


def test_the_truth_is_told_in_the_same_words():
    """The generator must not know the findings, so it has their words once more."""
    for name in ("UNSEEN", "UNDECIDED", "UNFUNDED", "WAITING", "APPROVAL", "WORKED_ON", "RELEASED"):
        assert getattr(planted, name) == getattr(words, name)


def test_what_is_planted_is_only_time():
    """The truth adds up to the days that the loss is open; the same seed under another name is the same story."""
    for seed in range(12):
        one, other = random_lasting(seed, "a"), random_lasting(seed, "b")
        assert sum(one.truth.values()) == pytest.approx(one.now_day)
        assert list(one.truth.values()) == list(other.truth.values())
        assert max(each.from_day for each in one.stays) <= one.now_day
        assert not {NO_RECORD} & set(one.truth)
    assert {random_lasting(seed, "a").cause for seed in range(40)} == set(CAUSES)
