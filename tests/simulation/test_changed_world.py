"""What improvements mended, planted into facts: who is lost before it, what goes with them, and what stays as it was."""

from __future__ import annotations

import datetime as dt

import pytest

from measures.given import organisation
from wholeservice.improvements.base import Number
from wholeservice.simulation.changed_world import Mended, before_it_was_mended, sizes_of
from wholeservice.simulation.run import simulate
from wholeservice.simulation.world import STARTS_ON, SimulatedPart, SimulatedStep, Survey, World
from wholeservice.simulation.world import Question as Asked

DAYS, SEED = 56, 5
MENDED = (Mended("I-1", Number("step-conversion", "stay", "leave"), "pay", 21, 0.2),)
STEPS = tuple(SimulatedStep(each, {"": (f"{each}-part",)}, 0.05) for each in ("find", "pay", "leave"))
PARTS = {f"{each.id}-part": SimulatedPart(f"{each.id}-part") for each in STEPS}
SURVEYS = tuple(Survey(each, each, 0.5, 0.5, (Asked("csat", "?"),)) for each in ("pay", "leave"))
WORLD = World(
    "stay", organisation(), STEPS, PARTS, {"web": 1.0}, n_days=DAYS, attempts_per_day=40, surveys=SURVEYS,
)  # fmt: skip


@pytest.fixture(scope="module")
def before_and_after():
    """The facts as they were drawn, and as they are with what was mended on day 21 planted."""
    drawn = simulate(WORLD, SEED)
    return drawn, before_it_was_mended(drawn, DAYS, SEED, MENDED)


def day(at: dt.datetime) -> int:
    return (at.date() - STARTS_ON).days


def test_a_fifth_more_give_up_before_the_day_and_nobody_after_it(before_and_after):
    """Of all who came to pay before day 21, a fifth more leave there; from then on not a row differs."""
    drawn, changed = before_and_after
    assert sizes_of(drawn, changed, MENDED)["I-1"] == pytest.approx(0.2, abs=0.03)
    for table in ("interactions", "calls", "answers"):
        rows, left = getattr(drawn, table), getattr(changed, table)
        since = {id(each) for each in rows if day(each.known_at) >= 22}
        assert since == {id(each) for each in left if day(each.known_at) >= 22}
        assert len(left) < len(rows)


def test_who_gives_up_does_nothing_more(before_and_after):
    """What they did later is gone with its calls and questions; they are asked half an hour after they left."""
    drawn, changed = before_and_after
    was = {(each.attempt, each.step): each.outcome for each in drawn.interactions}
    gone = {each.attempt: each.happened_at for each in changed.interactions
            if each.outcome == "left" and was[each.attempt, each.step] != "left"}  # fmt: skip
    assert gone
    assert {each.step for each in changed.interactions if each.attempt in gone} == {"find", "pay"}
    assert {each.step for each in changed.calls if each.trace in gone} == {"find", "pay"}
    asked = [each for each in changed.answers if each.attempt in gone]
    assert {each.step for each in asked} == {"pay"}
    assert all(each.asked_at == gone[each.attempt] + dt.timedelta(minutes=30) for each in asked)
    n_more = changed.lost_otherwise["step:pay"] - drawn.lost_otherwise["step:pay"]
    assert n_more == len(gone)


def test_who_came_again_in_the_newest_four_weeks_is_left_as_he_was(before_and_after):
    """Else the first success of somebody could move into those weeks, and a number of them with it."""
    drawn, _ = before_and_after
    newest = {each.consumer for each in drawn.interactions if day(each.happened_at) >= DAYS - 28}
    rows = [[each for each in facts.interactions if each.consumer in newest] for facts in before_and_after]
    assert rows[0] == rows[1]


def test_a_start_in_the_newest_four_weeks_and_an_unknown_step_change_nothing():
    """Such a scenario is played as it is drawn."""
    drawn = simulate(WORLD, SEED)
    late = Mended("I-1", MENDED[0].number, "pay", DAYS - 27, 0.2)
    nowhere = Mended("I-1", MENDED[0].number, "sing", 21, 0.2)
    for each in (late, nowhere):
        changed = before_it_was_mended(drawn, DAYS, SEED, (each,))
        assert (changed.interactions, changed.calls, changed.answers) == (drawn.interactions, drawn.calls, drawn.answers)
