"""Why a loss lasts: its open time is tiled without gap, and what was lost falls into the tile of its instant."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from findings.plain_open_time import state_at
from wholeservice.findings import open_time
from wholeservice.findings.open_time import (
    APPROVAL,
    DAY_US,
    NOBODY,
    RELEASED,
    UNDECIDED,
    UNFUNDED,
    UNSEEN,
    VERIFIED,
    WAITING,
    WORKED_ON,
    Lives,
    Loss,
    Mender,
    Span,
    begun_after,
    split_loss,
    tile_open_time,
)
from wholeservice.findings.waits import Tile

NOTHING = Lives({}, {}, {}, {})


def lives(tiles, causes=None, teams=None, queues=None) -> Lives:
    return Lives(tiles, causes or {}, teams or {}, queues or {})


def states(spans):
    return [(each.state, each.on, each.to_us - each.from_us) for each in spans]


def one_life(*pieces) -> list[Tile]:
    """Tiles one after another from 20 on: (length, kind, stage, waits_on)."""
    at, found = 20, []
    for length, kind, stage, waits in pieces:
        state = {"work": "active", "wait": "queued"}.get(kind)
        found.append(Tile(at, at + length, kind, state, stage, "own-team", waits))
        at += length
    return found


def test_from_beginning_to_known_nobody_saw_it_and_from_known_to_its_item_nobody_decided():
    """It began at 0, was known at 10, an item came at 20 and is worked on at once."""
    spans = tile_open_time(Loss(0, 10, None, 40), [Mender("a", 20)], lives({"a": one_life((20, "work", "build", None))}))
    assert states(spans) == [(UNSEEN, None, 10), (UNDECIDED, None, 10), (WORKED_ON, None, 20)]


def test_a_loss_nobody_is_recorded_to_have_known_is_unseen_all_along():
    """No sign and no item: nothing is made up."""
    assert states(tile_open_time(Loss(0, None, None, 40), [], NOTHING)) == [(UNSEEN, None, 40)]


def test_known_and_no_item_is_nobody_and_not_undecided():
    """An incident told of it, and no work came."""
    assert states(tile_open_time(Loss(0, 5, None, 40), [], NOTHING)) == [(UNSEEN, None, 5), (NOBODY, None, 35)]


def test_a_wait_for_an_item_is_followed_to_who_must_act():
    """a waits for b, b for c: the first 5 are c's, then b's own team is at work; a's own team is never waited for."""
    tiles = {
        "a": one_life((5, "work", "build", None), (15, "wait", "test", "b")),
        "b": [Tile(25, 30, "wait", "blocked", "set-up", "platform", "c"), Tile(30, 60, "work", "active", "set-up", "platform")],
        "c": [Tile(0, 60, "wait", "queued", "look", "people")],
    }
    spans = tile_open_time(Loss(0, 0, None, 40), [Mender("a", 20)], lives(tiles))
    assert states(spans)[1:] == [(WORKED_ON, None, 5), (WAITING, "people", 5), (WAITING, "platform", 10)]
    assert spans[-2].through == ("b", "c")


def test_an_approval_is_late_only_once_the_work_has_begun():
    """The same approval before the work is a decision not made."""
    queues = {("a", "approve"): "approval"}
    tiles = {"a": one_life((5, "wait", "approve", None), (5, "work", "build", None), (10, "wait", "approve", None))}
    spans = tile_open_time(Loss(20, 20, None, 40), [Mender("a", 20)], lives(tiles, queues=queues))
    assert states(spans) == [(UNDECIDED, None, 5), (WORKED_ON, None, 5), (APPROVAL, None, 10)]


def test_a_budget_that_is_waited_for_is_unfunded():
    """As the stage declares it."""
    tiles = {"a": one_life((20, "wait", "fund", None))}
    spans = tile_open_time(Loss(20, 20, None, 40), [Mender("a", 20)], lives(tiles, queues={("a", "fund"): "budget"}))
    assert states(spans) == [(UNFUNDED, None, 20)]


def test_of_two_items_the_one_that_is_furthest_on_has_the_instant():
    """While b is worked on, that a still waits does not make the loss wait."""
    tiles = {"a": one_life((5, "work", "build", None), (15, "wait", "build", None)),
             "b": [Tile(28, 34, "work", "active", "build", "other")]}  # fmt: skip
    menders = [Mender("a", 20), Mender("b", 28, done_us=34, is_given_up=True)]
    spans = tile_open_time(Loss(20, 20, None, 40), menders, lives(tiles))
    assert states(spans) == [(WORKED_ON, None, 5), (WAITING, "own-team", 3), (WORKED_ON, None, 6), (WAITING, "own-team", 6)]


def test_a_late_approval_of_one_is_further_on_than_the_wait_of_another():
    """a waits for its approval after it was built, b for its team: the loss is as near to its end as a is."""
    tiles = {"a": one_life((5, "work", "build", None), (15, "wait", "approve", None)),
             "b": one_life((5, "work", "build", None), (15, "wait", "build", None))}  # fmt: skip
    known = lives(tiles, queues={("a", "approve"): "approval"})
    spans = tile_open_time(Loss(20, 20, None, 40), [Mender("b", 20), Mender("a", 20)], known)
    assert states(spans)[1:] == [(APPROVAL, None, 15)]


def test_what_was_done_is_looked_at_for_two_weeks_and_then_nobody_is_on_it():
    """Done on day 1, in production on day 2, the loss goes on: day 16 ends what may still be hoped of it."""
    day = DAY_US
    tiles = {"a": [Tile(0, day, "work", "active", "build", "own-team")]}
    mender = Mender("a", 0, done_us=day, deployed_us=2 * day)
    spans = tile_open_time(Loss(0, 0, None, 30 * day), [mender], lives(tiles))
    assert [(each.state, each.to_us // day) for each in spans] == [
        (WORKED_ON, 1), (RELEASED, 2), (VERIFIED, 16), (NOBODY, 30),
    ]  # fmt: skip
    judged = tile_open_time(Loss(0, 0, None, 30 * day), [replace(mender, verdict_us=5 * day)], lives(tiles))
    assert [(each.state, each.to_us // day) for each in judged][2:] == [(VERIFIED, 5), (NOBODY, 30)]


def test_a_loss_that_ends_before_its_item_is_done_ends_there():
    """What the item does afterwards belongs to no loss."""
    tiles = {"a": one_life((30, "work", "build", None))}
    spans = tile_open_time(Loss(0, 10, 30, 60), [Mender("a", 20)], lives(tiles))
    assert spans[-1].to_us == 30


def test_an_item_older_than_the_loss_is_not_work_on_it_unless_nobody_can_tell():
    """Known 50 before it began: another fault, but where the data begin with the loss it counts; done before never does."""
    older, done = (Mender("a", 50), 50), (Mender("b", 10, done_us=90), 10)
    assert begun_after([older, done], 100, 20, is_at_least=False) == [False, False]
    assert begun_after([older, done], 100, 20, is_at_least=True) == [True, False]
    assert begun_after([(Mender("c", 85), 85)], 100, 20, is_at_least=False) == [True]


def test_what_was_lost_falls_into_its_instant_and_not_evenly_over_the_days():
    """10 on the first day, 90 on the second: half of the time has a tenth of the loss."""
    spans = (Span(0, 24, UNSEEN), Span(24, 48, UNDECIDED))
    assert split_loss(spans, [0, 24, 48], [10.0, 90.0]) == (10.0, 90.0)
    assert split_loss((Span(0, 36, UNSEEN), Span(36, 48, UNDECIDED)), [0, 24, 48], [10.0, 90.0]) == (55.0, 45.0)


def made(seed: int):
    """A loss with one to three items that wait for each other at random, in circles too; instants are small."""
    draw = random.Random(seed)
    names = ["a", "b", "c", "d"]
    tiles, causes, queues = {}, {}, {("a", "decide"): "decision", ("b", "pay"): "budget", ("a", "ship"): "release",
                                     ("b", "ask"): "approval", ("a", "ask"): "review"}  # fmt: skip
    for name in draw.sample(names, draw.randint(1, 4)):
        at = draw.randint(0, 40)
        life = []
        for _ in range(draw.randint(1, 6)):
            length, kind = draw.randint(1, 15), draw.choice(["work", "wait", "wait", "unknown"])
            stage = draw.choice(["decide", "pay", "ask", "build", "ship", None])
            waits = draw.choice([None, None, *names]) if kind == "wait" else None
            state = draw.choice(["queued", "blocked", "done"]) if kind == "wait" else "active" if kind == "work" else None
            life.append(Tile(at, at + length, kind, state, stage, draw.choice([None, "t1", "t2"]), waits))
            if kind == "wait" and draw.random() < 0.3:
                causes[name, at] = (draw.choice(["contention", "decision", "approval", "budget", "team"]),
                                    draw.choice([None, "x"]))  # fmt: skip
            at += length
        tiles[name] = life
    menders = []
    for name in draw.sample(names, draw.randint(0, 3)):
        first, last = (tiles[name][0].from_us, tiles[name][-1].to_us) if name in tiles else (draw.randint(0, 50), None)
        done = draw.choice([None, last])
        deployed = draw.choice([None, last + draw.randint(0, 9)]) if done else None
        verdict = draw.choice([None, last + draw.randint(0, 25)]) if done else None
        menders.append(Mender(name, first, done, draw.random() < 0.2, deployed, verdict))
    began = draw.randint(0, 30)
    known = draw.choice([None, began, began + draw.randint(0, 40)])
    loss = Loss(began, known, draw.choice([None, began + draw.randint(1, 60)]), began + 70)
    return loss, sorted(menders, key=lambda each: each.created_us), lives(tiles, causes, {"b": "t3"}, queues)


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_each_instant_is_what_it_is_when_asked_alone(first, monkeypatch):
    """Against a plain reading, instant by instant: state, whom it waits for, and what was lost; the tiles leave no gap."""
    monkeypatch.setattr("findings.plain_open_time.DAY_US", 1)
    monkeypatch.setattr(open_time, "DAY_US", 1)  # two weeks are fourteen instants
    for seed in range(first, first + 100):
        loss, menders, known = made(seed)
        spans = tile_open_time(loss, menders, known)
        assert (spans[0].from_us, spans[-1].to_us) == (loss.began_us, loss.until_us)
        assert all(one.to_us == other.from_us for one, other in pairwise(spans))
        plain = {at: state_at(loss, menders, known, at) for at in range(loss.began_us, loss.until_us)}
        told = {at: (each.state, each.on) for each in spans for at in range(each.from_us, each.to_us)}
        assert told == plain, seed
        check_lost(spans, loss, random.Random(seed))


def check_lost(spans, loss, draw) -> None:
    """Days of seven instants; each instant has its part of the day; the parts of a tile add up to what the tile has."""
    days = list(range(loss.began_us // 7 * 7, loss.until_us + 7, 7))
    lost = [draw.uniform(0, 9) for _ in days[1:]]
    inside = [[at for at in range(day, day + 7) if loss.began_us <= at < loss.until_us] for day in days[:-1]]
    each = {at: amount / len(instants) for amount, instants in zip(lost, inside, strict=True) for at in instants}
    found = split_loss(spans, days, lost)
    assert found == pytest.approx([sum(each[at] for at in range(span.from_us, span.to_us)) for span in spans])
    assert sum(found) == pytest.approx(sum(amount for amount, instants in zip(lost, inside, strict=True) if instants))
