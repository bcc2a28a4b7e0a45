"""A crowd played at once behaves as people played one by one: the same organisation loses the same where it is told to."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from wholeservice.organisation.graph import Organisation
from wholeservice.simulation.crowd import DONE, FAILED, LEFT, NEVER, play
from wholeservice.simulation.organisations import random_world
from wholeservice.simulation.run import simulate
from wholeservice.simulation.world import SimulatedPart, SimulatedStep, Trouble, Use, World

NOBODY = Organisation("x", "", "", {}, (), (), {}, "x")


def world(parts, steps=("a",), causes=(), decoys=(), **more):
    made = {part.id: part for part in parts}
    given = tuple(each if isinstance(each, SimulatedStep) else SimulatedStep("step", {"": (each,)}, 0.0) for each in steps)
    settings = {"attempts_per_day": 20.0, "n_days": 14} | more
    return World("s", NOBODY, given, made, {"app": 0.5, "web": 0.5}, causes=causes, decoys=decoys, **settings)


def of_part(crowd, name):
    return crowd.calls.part == crowd.parts.index(name)


def always(part, **more):
    return Trouble(part, 1.0, **more)


def test_what_a_part_must_have_fails_it_and_what_it_may_have_does_not():
    """b always fails: a fails where it needs b; where b is optional, or has c beside it, everybody is done."""
    for how, group, is_lost in (("all", None, True), ("optional", None, False), ("any", "g", False)):
        uses = (Use("b", how, group), *([Use("c", "any", "g")] if group else []))
        parts = [SimulatedPart("a", uses, fails_first=0.0), SimulatedPart("b"), SimulatedPart("c")]
        crowd = play(world(parts, causes=(always("b"),)), 1)
        assert crowd.calls.failed[of_part(crowd, "b")].all()
        assert (crowd.outcome == FAILED).all() == is_lost
        assert crowd.lost_by_cause == (Counter({"b": crowd.n_attempts}) if is_lost else Counter())
        assert not crowd.calls.starts_here[of_part(crowd, "a")].any()


def test_a_failure_that_nobody_feels_is_not_blamed_for_one_that_came_before():
    """a needs c, which fails, and then asks b, which fails too and is optional: all are lost at c, and none at b."""
    front = SimulatedPart("a", (Use("c"), Use("b", "optional")), calls_in_parallel=True)
    parts = [front, SimulatedPart("b"), SimulatedPart("c")]
    crowd = play(world(parts, causes=(always("b"),), decoys=(always("c"),)), 1)
    assert crowd.lost_by_cause == Counter()
    assert crowd.lost_otherwise["c"] == crowd.n_attempts


def test_a_retry_is_a_second_call_after_a_failed_first():
    """b fails half the time: a quarter of the attempts is lost, and as many calls fail again."""
    crowd = play(world([SimulatedPart("a", (Use("b", "retry"),)), SimulatedPart("b")], causes=(Trouble("b", 0.5),),
                       attempts_per_day=100.0), 1)  # fmt: skip
    n_first = np.bincount(crowd.calls.attempt[of_part(crowd, "b")])
    assert set(n_first) == {1, 2}
    assert (n_first == 2).mean() == pytest.approx(0.5, abs=0.06)
    assert (crowd.outcome == FAILED).mean() == pytest.approx(0.25, abs=0.05)


def test_calls_one_after_another_stop_at_the_first_failure():
    """a needs b, which always fails, then c: c is never called, unless they are called side by side."""
    for in_parallel in (False, True):
        parts = [
            SimulatedPart("a", (Use("b"), Use("c")), calls_in_parallel=in_parallel),
            SimulatedPart("b"),
            SimulatedPart("c"),
        ]
        crowd = play(world(parts, causes=(always("b"),)), 1)
        assert of_part(crowd, "c").any() == in_parallel


def test_a_trouble_strikes_when_and_where_it_says():
    """Only in the app, from day 3, in the first six hours of a day; the echo fails only once its cause has failed."""
    cause = always("a", channels=frozenset({"app"}), from_day=3, hours=frozenset(range(6)))
    echo = Trouble("e", 1.0, after="a")
    parts = [SimulatedPart("a", fails_first=0.0), SimulatedPart("e")]
    steps = (SimulatedStep("one", {"": ("f",)}, 0.0), SimulatedStep("two", {"": ("e",)}, 0.0))
    front = SimulatedPart("f", (Use("a", "optional"),))
    crowd = play(world([*parts, front], steps, causes=(cause,), decoys=(echo,), attempts_per_day=200.0), 1)
    failed = crowd.calls.attempt[of_part(crowd, "a") & crowd.calls.failed]
    assert len(failed)
    assert set(crowd.channel[failed]) == {crowd.channels.index("app")}
    hour = crowd.at_us[failed, 0] // 3_600_000_000
    assert hour.min() >= 72
    assert (hour % 24).max() < 6
    assert set(crowd.calls.attempt[of_part(crowd, "e") & crowd.calls.failed]) == set(failed)
    assert crowd.lost_otherwise == Counter({"e": len(failed), "step:one": 0, "step:two": 0})


def test_who_leaves_goes_no_further():
    """Half give up at the first step; the second is reached by the others only, and calls tell of the call that made them."""
    steps = (SimulatedStep("one", {"": ("a",)}, 0.5), SimulatedStep("two", {"": ("a",)}, 0.0))
    crowd = play(world([SimulatedPart("a", (Use("b"),)), SimulatedPart("b")], steps), 1)
    assert ((crowd.at_us[:, 1] != NEVER) == (crowd.outcome == DONE)).all()
    assert (crowd.outcome == LEFT).mean() == pytest.approx(0.5, abs=0.1)
    made = crowd.calls.parent[of_part(crowd, "b")]
    assert (crowd.calls.part[made] == 0).all()
    assert (crowd.calls.parent[of_part(crowd, "a")] == NEVER).all()
    assert (crowd.calls.attempt[made] == crowd.calls.attempt[of_part(crowd, "b")]).all()


@pytest.mark.parametrize("seed", [0, 4, 5])
def test_it_loses_as_many_as_people_played_one_by_one(seed):
    """Of random organisations with every kind of use and decoy: calls, failed calls by part, and losses by origin agree."""
    given = replace(random_world(seed), attempts_per_day=60.0)
    crowd, people = play(given, seed), simulate(given, seed)
    assert len(crowd.calls.part) / crowd.n_attempts == pytest.approx(len(people.calls) / people.n_attempts, rel=0.05)
    mine = Counter(crowd.parts[part] for part in crowd.calls.part[crowd.calls.failed])
    theirs = Counter(call.service for call in people.calls if call.failed)
    for part in crowd.parts:
        assert abs(mine[part] - theirs[part]) <= 5 * (mine[part] + theirs[part] + 1) ** 0.5, part
    for of in ("lost_by_cause", "lost_otherwise"):
        left, right = getattr(crowd, of), getattr(people, of)
        for origin in {*left, *right}:
            assert abs(left[origin] - right[origin]) <= 5 * (left[origin] + right[origin] + 1) ** 0.5, origin
