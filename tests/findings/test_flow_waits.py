"""Whose work items wait for, and where those waits end: small lives whose days are counted by hand."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from findings.flow_made import flow, life
from wholeservice.findings.flow import ratio
from wholeservice.findings.flow_waits import CIRCLE, splits, waited_for

DAY = 86400


def for_environment(number: int, days: float = 10.0):
    """A feature that waits for an environment, of which six tenths are a wait for people."""
    place = life(f"env-{number}", [("set-up", "blocked", 0.6 * days, "post"), ("set-up", "active", 0.4 * days)], 7 * number + 1,
                 kind="request", entity="environments", stream="places", team="platform")  # fmt: skip
    feature = life(f"f-{number}", [("build", "active", 1), ("test", "blocked", days, f"env-{number}"), ("test", "active", 2)],
                   7 * number)  # fmt: skip
    return feature, place


POST = life("post", [("agree", "queued", 200)], entity="people", stream=None, team="finders")


def test_a_wait_is_followed_to_where_it_ends():
    """Ten items wait ten days each for an environment: six days of each are the notice of somebody new, four the setting up."""
    lives = [each for number in range(10) for each in for_environment(number)]
    (found,) = (each for each in waited_for(flow(*lives, POST)) if each.stream == "stay")
    assert (found.entity, found.team, found.n_waited, found.n_items) == ("environments", "platform", 10, 10)
    assert (found.seconds, found.of_seconds) == (100 * DAY, 100 * DAY)
    ends = {(entity, stage): share for entity, stage, share in found.ends}
    assert ends == {("people", "agree"): pytest.approx(0.6), ("environments", "set-up"): pytest.approx(0.4)}


def test_what_a_team_waits_for_of_itself_is_no_wait_for_another():
    """Its own queue, and another item of its own team and stream, are left out; they count among all waiting."""
    own = life("own", [("build", "active", 3)])
    one = life("one", [("build", "queued", 4, None, "Booking"), ("build", "blocked", 3, "own"), ("build", "active", 1)])
    other = life("two", [("test", "active", 1), ("review", "queued", 5, None, "security"), ("review", "active", 1)])
    (found,) = waited_for(flow(own, one, other))
    assert (found.entity, found.stage, found.team) == (None, "review", "security")
    assert (found.seconds, found.of_seconds) == (5 * DAY, 12 * DAY)


def test_a_stage_has_the_team_that_is_declared_where_the_stay_names_none():
    """A tool that does not say who it waits for: the stream says that security reviews."""
    item = life("one", [("Review", "queued", 5), ("review", "active", 1)])
    (found,) = waited_for(flow(item))
    assert (found.team, found.seconds) == ("security", 5 * DAY)


def test_what_was_sent_back_or_is_nobodys_is_no_wait_for_another():
    """Five days returned to a stage of security are rework, as its waits say; of an item of no team nobody knows who waits."""
    back = life("one", [("review", "returned", 5), ("review", "queued", 2), ("review", "active", 1)])
    nobodys = life("two", [("review", "queued", 9), ("review", "active", 1)], team=None)
    made = replace(flow(back, nobodys), causes={("one", 0): [("rework", 5.0 * DAY)]})
    (found,) = waited_for(made)
    assert (found.team, found.seconds, found.of_seconds, found.n_waited) == ("security", 2 * DAY, 16 * DAY, 1)


def test_why_it_waited_is_told_by_its_own_shares():
    """Six days in a queue, of which security was busy for three and not at work for one; four more nobody asked about."""
    one = life("one", [("review", "queued", 6), ("review", "active", 1), ("review", "queued", 4)])
    causes = {("one", 0): [("contention", 3.0 * DAY), ("unavailability", 1.0 * DAY), ("team", 2.0 * DAY)]}
    (found,) = waited_for(replace(flow(one), causes=causes))
    assert found.longest_at == "test:1"
    assert dict(found.causes) == {
        "contention": pytest.approx(0.3),
        "unavailability": pytest.approx(0.1),
        "team": pytest.approx(0.2),
    }


def test_a_circle_stops_and_is_named():
    """A feature waits for an environment, which waits for the feature."""
    place = life("env", [("set-up", "blocked", 8, "one")], entity="environments", stream="places", team="platform")
    one = life("one", [("test", "blocked", 8, "env")])
    (found,) = (each for each in waited_for(flow(place, one)) if each.stream == "stay")
    assert found.seconds == 8 * DAY
    assert found.ends == ((CIRCLE, "environments, rooms", 1.0),)


def test_a_busy_team_that_nobody_waits_for_is_never_told():
    """Its items are worked on without a pause, one after another."""
    lives = [
        life(f"busy-{number}", [("set-up", "active", 5)], 5 * number, stream="places", team="platform") for number in range(30)
    ]
    assert list(waited_for(flow(*lives))) == []


def test_the_interval_takes_items_of_one_week_for_alike():
    """Forty items of eight weeks, all of a week alike, say no more than eight; and of seven weeks nothing."""
    draw = random.Random(20260101)
    weeks = [draw.random() for _ in range(8)]
    many = [(week, weeks[week], 1.0) for week in range(8) for _ in range(5)]
    few = [(week, weeks[week], 1.0) for week in range(8)]
    assert ratio(many)[1].low == pytest.approx(ratio(few)[1].low)
    assert ratio(many[:35])[1] is None


def test_pieces_of_three_teams_are_a_split_and_are_not_asked_for_themselves():
    """Two pieces are worked on for two days of eight; the last piece is the platform's, and pieces count for no stream."""
    parts = [
        life("a", [("build", "queued", 3), ("build", "active", 1)], 1, entity="rooms", team="booking"),
        life("b", [("build", "queued", 3), ("build", "active", 1)], 1, entity="whole", team="security"),
        life("c", [("build", "queued", 7), ("build", "active", 1)], 1, entity="environments", team="platform"),
    ]
    item = life(
        "one", [("build", "active", 1), ("build", "blocked", 4, "a"), ("build", "blocked", 4, "c"), ("build", "active", 1)]
    )
    world = flow(item, *parts, pieces={"a": "one", "b": "one", "c": "one"})
    (found,) = splits(world)
    assert (found.n_split, found.n_items, found.seconds, found.worked_s) == (1, 1, 8 * DAY, 2 * DAY)
    assert found.last == (("environments", 1),)


def test_pieces_of_two_teams_or_one_after_another_are_no_split():
    """Two teams, and three teams of whom each begins when the one before is done."""
    two = [
        life(name, [("build", "active", 2)], team=team)
        for name, team in (("a", "booking"), ("b", "platform"), ("c", "platform"))
    ]
    row = [
        life(f"r-{team}", [("build", "active", 2)], 2 * at, team=team)
        for at, team in enumerate(("booking", "platform", "security"))
    ]
    wholes = [life("one", [("build", "blocked", 2, "a")]), life("two", [("build", "blocked", 6, "r-booking")])]
    pieces = {"a": "one", "b": "one", "c": "one", **{each.item: "two" for each in row}}
    assert list(splits(flow(*two, *row, *wholes, pieces=pieces))) == []
