"""How fast work comes and goes: ages, load, requests, gates and batches, counted by hand and against noise."""

from __future__ import annotations

import random

import pytest

from findings.flow_made import facts_with, flow, life
from wholeservice.findings import ageing_work, overload
from wholeservice.findings.flow_pace import (
    AGED,
    LOADED,
    Loaded,
    aged,
    batched,
    gated,
    loaded,
    median_and_range,
    quantile,
    requested,
)

DAY = 86400
SEED = 20260101


def test_a_quantile_is_the_smallest_that_so_many_do_not_exceed():
    """Of twenty lengths 1 to 20: half take 10 at most, 85 in 100 take 17."""
    assert (quantile(range(1, 21), 0.5), quantile(range(1, 21), 0.85), quantile([7], 0.85)) == (10, 17, 7)


def test_the_range_of_a_median_is_between_two_of_the_lengths():
    """Ten lengths: from the second to the ninth, as a binomial table says; of one nothing is known."""
    lengths = [each * 1_000_000 for each in range(1, 11)]
    assert median_and_range(lengths) == (5.0, 2.0, 9.0)
    assert median_and_range(lengths[:1])[1:] == (None, None)


def test_open_items_are_old_beside_those_that_were_done():
    """Twenty were done in 1 to 20 days, so 17 is the limit; two of three open ones are older. Beyond 17 lie 6 of 210 days."""
    done = [life(f"d{days}", [("build", "active", days)]) for days in range(1, 21)]
    still = [life(f"o{days}", [("test", "queued", days)], is_open=True) for days in (3, 18, 40)]
    (found,) = aged(flow(*done, *still))
    assert (found.n_done, found.n_open, found.n_old, found.limit_s, found.oldest_s) == (20, 3, 2, 17 * DAY, 40 * DAY)
    assert found.usual == pytest.approx(6 / 210)
    assert found.stages == (("test", 2),)


def test_what_came_and_left_is_counted_by_whole_weeks_up_to_the_end():
    """One item a week for 26 weeks, each done after 10 days; the newest is open. Twelve came in twelve weeks, and left."""
    lives = [
        life(f"i{week}", [("build", "active", min(10, 182 - 7 * week - 3))], 7 * week + 3, is_open=week > 24)
        for week in range(26)
    ]
    found = {each.entity: each for each in loaded(flow(*lives))}
    assert found["stay"].came == (1,) * 12
    assert found["stay"].left == (1,) * 12
    assert found["stay"].n_open == 1
    assert set(found) == {"stay", "booking"}


def test_a_team_of_two_has_no_load_of_its_own():
    """It would be that of persons."""
    assert {each.entity for each in loaded(flow(life("i", [("build", "active", 1)], team="pair")))} == {"stay"}


def test_requests_are_what_others_ask_for_and_are_done():
    """Two done and one open; an item of its own that nobody waits for is none of them."""
    place = {"entity": "environments", "stream": "places", "team": "platform"}
    asked = [life(f"e{days}", [("set-up", "queued", days), ("set-up", "active", 1)], kind="debt", **place) for days in (4, 6)]
    still = life("open", [("set-up", "queued", 50)], kind="request", is_open=True, **place)
    own = life("own", [("set-up", "queued", 90), ("set-up", "active", 9)], kind="debt", **place)
    users = [life(f"u{days}", [("test", "blocked", days + 1, f"e{days}")]) for days in (4, 6)]
    (found,) = requested(flow(*asked, still, own, *users))
    assert (found.entity, found.n, found.n_askers, found.work_s, found.wait_s) == ("environments", 2, 1, DAY, 4 * DAY)


def test_a_gate_lets_pass_what_goes_on_and_holds_what_goes_back():
    """Three came to the approval: one went on after two days, one went back, one is still there and does not count."""
    first = [("build", "active", 1), ("approve", "queued", 2)]
    lives = [life("on", [*first, ("release", "active", 1)]), life("back", [*first, ("build", "active", 1), *first]),
             life("there", first, is_open=True)]  # fmt: skip
    (found,) = gated(flow(*lives))
    assert (found.stage, found.policy, found.n, found.n_passed) == ("approve", "approval", 2, 1)


def test_what_waits_for_its_batch_is_the_wait_just_before():
    """Ready for three days and one in one batch, and at once alone; the release itself and the queue before are no wait."""
    built = ("build", "active", 2)
    lives = [
        life("a", [("build", "queued", 9), built, ("release", "queued", 3), ("release", "active", 0.02)]),
        life("b", [built, ("release", "queued", 1)]), life("c", [built]),
    ]  # fmt: skip
    day = 86_400_000_000
    rows = [("d1", "a", 14.02), ("d1", "b", 3), ("d2", "c", 2)]
    deliveries = [{"deployment": name, "item": item, "entity": "rooms", "at_us": round(at * day)} for name, item, at in rows]
    (found,) = batched(flow(*lives, deliveries=deliveries))
    assert (found.n_items, found.n_deployments, found.batch) == (3, 2, pytest.approx(5 / 3))
    assert (found.small_s, found.large_s) == (0.0, 2 * DAY)


def test_steady_streams_are_rarely_called_overloaded():
    """600 streams to which as much comes by chance as leaves: at most one in a hundred speaks; not so where it grows."""
    draw = random.Random(SEED)

    def row(per_week: float) -> Loaded:
        came, left = ([sum(draw.random() < share / 50 for _ in range(50)) for _ in range(12)] for share in (per_week, 8.0))
        return Loaded("stay", tuple(came), tuple(left), 20, 0, 1)

    assert sum(is_said(overload, LOADED, row(8.0)) for _ in range(600)) <= 6
    assert sum(is_said(overload, LOADED, row(16.0)) for _ in range(50)) >= 45


def test_steady_streams_with_long_tails_are_rarely_called_old():
    """300 streams whose times spread widely and where nothing changes: at most two in a hundred speak."""
    draw, n_loud = random.Random(SEED), 0
    for _ in range(300):
        lives = []
        for number in range(150):
            created, takes = draw.uniform(-120, 180), 8 * draw.lognormvariate(0, 1)
            if created + takes > 0:
                is_open = created + takes > 182
                days = min(182 - created, takes)
                lives.append(life(f"i{number}", [("build", "active", days)], created, is_open=is_open))
        n_loud += any(is_said(ageing_work, AGED, each) for each in aged(flow(*lives)))
    assert n_loud <= 6


def is_said(rule, extract: str, row: object) -> bool:
    """Whether a rule speaks of a row."""
    return bool(list(rule.check(facts_with(extract, row))))
