"""What the front keeps: teams of the front beside each other in like items, against sums made by hand and against chance."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from findings.flow_made import flow, life
from wholeservice.findings.flow_front import Kept, kept
from wholeservice.organisation.graph import Entity

FRONT, BEHIND = ("desk", "booking"), "platform"


def came(item: str, team: str, *, is_passed: bool, week: int = 0, **more):
    """A done item that came to a team and was passed on, or not."""
    stays = [("open", "active", 1, None, team)] + [("open", "active", 1, None, BEHIND)] * is_passed
    return life(item, stays, 7.0 * week, came_to=team, furthest_line=2.0 if is_passed else 1.0, **more)


def seen(lives) -> list[Kept]:
    """What is told of them, where desk and booking are the front."""
    made = flow(*lives)
    lines = {"desk": 1, "booking": 1, "third": 1, BEHIND: 2}
    teams = {name: Entity(name, "team", name.title(), fields={"people": 8, "line": line}) for name, line in lines.items()}
    known = replace(made.organisation, entities={**made.organisation.entities, **teams})
    return list(kept(replace(made, organisation=known)))


def group(name: str, team: str, n: int, n_passed: int, **more):
    """So many items of a team, spread over ten weeks."""
    return [came(f"{name}-{team}-{at}", team, is_passed=at < n_passed, week=at % 10, **more) for at in range(n)]


def test_a_team_is_held_against_the_others_in_like_items_alone():
    """Desk passes on 15 of 40 hard ones where booking passes on 30 of 40, and 0 of 10 easy ones where booking does 4 of 80.

    Of all its items desk passes on 15 of 50 (30 %), booking 34 of 120 (28 %): without likeness it would be booking that keeps.
    """
    lives = group("hard", "desk", 40, 15, entity="rooms") + group("hard", "booking", 40, 30, entity="rooms")
    lives += group("easy", "desk", 10, 0, entity="people") + group("easy", "booking", 80, 4, entity="people")
    (found,) = seen(lives)
    assert (found.n_items, found.n_passed, found.n_back) == (170, 49, 0)
    (keeper,) = found.keepers
    assert (keeper.team, keeper.n, keeper.n_passed, keeper.n_others, keeper.n_others_passed) == ("desk", 50, 15, 120, 34)
    assert keeper.expected == pytest.approx(40 * 30 / 40 + 10 * 4 / 80)
    assert 0 < keeper.low < (30.5 - 15) / 50 < keeper.high


def test_open_items_and_what_began_behind_are_left_out_and_what_came_back_is_told():
    """Two came to the front, of which one was passed on and came back; three are open, began behind, or of no known line."""
    back = came("back", "desk", is_passed=True)
    back = replace(back, tiles=(*back.tiles, replace(back.tiles[0], from_us=back.to_us, to_us=back.to_us + 1)))
    others = [came("open", "desk", is_passed=True, is_open=True), came("behind", BEHIND, is_passed=True)]
    unknown = replace(came("unknown", "desk", is_passed=False), furthest_line=None)
    (found,) = seen([back, came("kept", "desk", is_passed=False), *others, unknown])
    assert (found.n_items, found.n_passed, found.n_back, found.keepers) == (2, 1, 1, ())


def test_teams_that_pass_on_by_the_same_chance_are_hardly_ever_told_apart():
    """In 200 streams of three like teams one is named in at most eight: the limit is 2.5 of 100 (binomial, 95 %: up to 9)."""
    draw, n_named = random.Random(3), 0
    for _ in range(200):
        lives = [
            came(f"{team}{at}", team, is_passed=draw.random() < (0.5 if thing == "rooms" else 0.2), week=at % 20, entity=thing)
            for team in ("desk", "booking", "third")
            for at in range(40)
            for thing in [draw.choice(("rooms", "people"))]
        ]
        n_named += bool(seen(lives)[0].keepers)
    assert n_named <= 8


def test_a_team_that_never_passes_anything_on_is_not_surer_than_chance():
    """None of 30 where others pass on one of ten: three fewer are what chance gives, though the 30 are all alike."""
    lives = group("all", "desk", 30, 0, entity="rooms") + group("all", "booking", 100, 10, entity="rooms")
    assert seen(lives)[0].keepers == ()
