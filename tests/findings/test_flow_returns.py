"""Work that comes back: what is sent back late, thrown to and fro, put down; each beside what only looks like it."""

from __future__ import annotations

import pytest

from findings.flow_made import flow, life
from wholeservice.findings.flow_returns import put_down, sent_back, thrown

DAY = 86400
TO_REVIEW = [("build", "active", 4), ("test", "active", 1), ("review", "active", 1)]


def test_what_a_review_sends_back_costs_until_it_has_passed_again():
    """Waiting 2 days, building 3, testing 1, in the queue 4, review 1: eleven days, five of them work."""
    back = [
        ("build", "returned", 2),
        ("build", "active", 3),
        ("test", "active", 1),
        ("review", "queued", 4),
        ("review", "active", 1),
    ]
    lives = [life("one", [*TO_REVIEW, *back, ("release", "active", 1)]), life("two", [*TO_REVIEW, ("release", "active", 1)])]
    (found,) = sent_back(flow(*lives))
    assert (found.stage, found.back_to, found.between, found.team) == ("review", "build", ("test",), "security")
    assert (found.n_reached, found.n_back, found.n_open) == (2, 1, 0)
    assert (found.seconds, found.worked_s) == (11 * DAY, 5 * DAY)


def test_what_is_still_on_its_way_back_is_said():
    """Sent back, built again and not yet reviewed: it costs what it was so far."""
    item = life("one", [*TO_REVIEW, ("In Dev", "active", 3), ("test", "queued", 2)], is_open=True)
    (found,) = sent_back(flow(item))
    assert (found.n_back, found.n_open, found.seconds) == (1, 1, 5 * DAY)


def test_what_the_stage_before_finds_is_not_found_late():
    """Testing sends back to building, over nothing: no stage between could have found it."""
    item = life("one", [("build", "active", 4), ("test", "active", 1), ("build", "active", 1), ("test", "active", 1)])
    assert list(sent_back(flow(item))) == []


def test_a_second_time_adds_to_the_cost_and_not_to_the_items():
    """Sent back twice: one item, four days."""
    item = life(
        "one", [*TO_REVIEW, ("build", "active", 1), ("review", "active", 1), ("build", "active", 1), ("review", "active", 1)]
    )
    (found,) = sent_back(flow(item))
    assert (found.n_back, found.seconds) == (1, 4 * DAY)


def test_to_and_fro_is_three_hand_overs_between_the_same_two():
    """A, B, A, B at no declared stage: from the first time B has it to the last hand-over are six days."""
    told = [("active", 2, "booking"), ("queued", 3, "platform"), ("active", 3, "Booking"), ("active", 1, "platform")]
    stays = [("open", state, days, None, team) for state, days, team in told]
    (found,) = thrown(flow(life("one", stays), life("two", stays[:3])))
    assert (found.n_items, found.n_thrown, found.pairs) == (2, 1, (("booking", "platform", 1),))
    assert found.seconds == 6 * DAY


def test_what_goes_from_stage_to_stage_and_back_is_not_to_and_fro():
    """Built, reviewed, built, reviewed: that is sent back; and a walk through three teams is no game of two."""
    stages = [("build", "active", 1, None, "booking"), ("review", "active", 1, None, "security")] * 2
    three = [("open", "active", 1, None, team) for team in ("booking", "platform", "security") * 2]
    assert list(thrown(flow(life("one", stages), life("two", three)))) == []


def begun(item: str, begins: float, pause: float, **more: str):
    return life(item, [("build", "active", 1), ("build", "queued", pause), ("build", "active", 1)], begins, **more)


def test_what_is_put_down_for_a_later_and_more_urgent_one_counts():
    """It lies for three days; a day after, an urgent one is begun that came later."""
    low, urgent = begun("low", 0, 3, priority="P3"), life("high", [("build", "active", 1)], 2, priority="Critical")
    (found,) = put_down(flow(low, urgent))
    assert (found.team, found.n_items, found.n_put_down, found.n_urgent, found.seconds) == ("booking", 2, 1, 1, 3 * DAY)


@pytest.mark.parametrize("other", [
    {"priority": "low"}, {"priority": "whatever"}, {"priority": "urgent", "begins": 4.0},
    {"priority": "urgent", "team": "platform"},
])  # fmt: skip
def test_a_pause_alone_is_not_put_down(other):
    """What is begun meanwhile is less urgent, says no priority, comes after the pause, or is another team's."""
    begins = other.pop("begins", 2.0)
    low, second = begun("low", 0, 3, priority="normal"), life("other", [("build", "active", 1)], begins, **other)
    assert list(put_down(flow(low, second))) == []
