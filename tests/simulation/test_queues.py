"""Queues before teams: who is next, who waits for whom, and what a theory of queues says of the mean wait."""

from __future__ import annotations

import random

import pytest

from wholeservice.simulation.queues import After, Hold, Queues, Steps, Ticket, Until, Work


def ticket(name: str, **more: object) -> Ticket:
    return Ticket(name, "feature", "stream", "team", 0.0, **more)  # type: ignore[arg-type]


def begin(queues: Queues, name: str, *steps: object, **more: object) -> Ticket:
    return queues.begin(ticket(name, **more), iter(steps))  # type: ignore[arg-type]


def stays(of: Ticket) -> list[tuple[object, ...]]:
    """Return the stays that took time: stage, state, from, to, worker or what is waited for."""
    return [
        (s.stage, s.state, s.from_s, s.to_s, s.worker or s.waits_on) for s in of.stays if s.to_s is None or s.to_s > s.from_s
    ]


def test_the_more_urgent_goes_first_and_of_equals_the_first():
    """One person, three items at once: the second is urgent, so it goes before the third that came earlier than it."""
    queues = Queues({"team": 1})
    for name, priority in (("a", 2), ("b", 2), ("c", 0)):
        begin(queues, name, Work("team", "build", 10), priority=priority)
    queues.run(100)
    assert [each.done_s for each in queues.tickets] == [10, 30, 20]
    assert stays(queues.tickets[1]) == [("build", "queued", 0, 20, None), ("build", "active", 20, 30, "team-1")]


def test_an_item_waits_until_the_last_of_those_it_needs():
    """One needs 5 and the other 9: two stays, blocked by each until it is done, and it goes on at 9."""
    queues = Queues({"one": 1, "other": 1})
    needed = tuple(begin(queues, team, Work(team, "build", length)) for team, length in (("one", 5), ("other", 9)))
    whole = begin(queues, "whole", After("build", needed), Hold("approve", 1))
    queues.run(100)
    assert stays(whole) == [
        ("build", "blocked", 0, 5, "one"), ("build", "blocked", 0, 9, "other"), ("approve", "active", 9, 10, None),
    ]  # fmt: skip


def test_who_leaves_ends_what_they_do_and_who_joins_takes_the_next():
    """Of two people one leaves at 1, at the end of what they do; the third item waits until somebody joins at 15."""
    queues = Queues({"team": 2})
    team = queues.teams["team"]
    for length in (10, 100, 5):
        begin(queues, f"of {length}", Work("team", "build", length))
    queues.at(1, lambda: queues.leave(team))
    queues.at(15, lambda: queues.join(team))
    queues.run(1000)
    assert stays(queues.tickets[2]) == [("build", "queued", 0, 15, None), ("build", "active", 15, 20, "team-3")]


def test_what_lasts_at_the_end_has_no_end():
    """It ends at 50: the stay that would last until 60 is open, and so is the item."""
    queues = Queues({})
    waiting = begin(queues, "a", Until("decide", 60))
    queues.run(50)
    assert (stays(waiting), waiting.done_s) == ([("decide", "queued", 0, None, None)], None)


def test_somebody_who_is_free_joins_in():
    """A paired item has two people while a second is free, and parallel stays; nobody joins in while others wait."""
    queues = Queues({"team": 2})
    pair = begin(queues, "pair", Work("team", "build", 10), is_paired=True)
    queues.run(100)
    assert stays(pair) == [("build", "active", 0, 10, "team-1"), ("build", "active", 0, 6, "team-2")]


@pytest.mark.parametrize(("n_workers", "expected"), [(1, 1.0), (2, 1 / 15)])
def test_the_mean_wait_is_that_of_theory(n_workers: int, expected: float):
    """Random arrivals and lengths, half as many as one person could do: M/M/1 waits 1 service time, M/M/2 a fifteenth."""
    draw, queues = random.Random(4), Queues({"team": n_workers})

    def steps() -> Steps:
        yield Work("team", "build", draw.expovariate(1))

    at_s = 0.0
    for _ in range(12_000):
        at_s += draw.expovariate(0.5)
        queues.at(at_s, lambda: queues.begin(ticket("a"), steps()))
    queues.run(float("inf"))
    waited = sum(each.stays[0].to_s - each.stays[0].from_s for each in queues.tickets if each.stays[0].to_s)
    assert waited / len(queues.tickets) == pytest.approx(expected, rel=0.08)
