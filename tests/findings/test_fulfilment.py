"""The fulfilment map: where the time of late items went, by hand, by brute force, and where the truth was planted."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import permutations

import pyarrow as pa
import pytest

from findings.lives_made import HOUR_US, asked, life, lived, simulated
from measures.given import organisation, service
from wholeservice.derived.lived import Lived
from wholeservice.findings.fulfilment import trace_items
from wholeservice.findings.losses import AT_OR_BELOW, NOT_OBSERVED, STARTS_HERE, LossMap
from wholeservice.findings.shapley import MAX_EXACT, split_sum
from wholeservice.findings.waits import Tile, pieces
from wholeservice.organisation.graph import Entity

KNOWN = organisation(service("permit"), service("advice", title="Legal advice"), Entity("money", "team", "Money"))
WORK, WAIT, UNKNOWN = "work", "wait", "unknown"


def traced(seen: Lived, level: float = 0.95) -> LossMap:
    return trace_items(asked(seen, level), KNOWN, seen)


def sizes(drawn: LossMap) -> dict[str, float]:
    """How much is lost where, by title."""
    return {
        box.title: round(box.starts_here + box.not_traced, 6) for box in drawn.boxes if box.starts_here + box.not_traced > 0
    }


def box(drawn: LossMap, title: str):
    return next(each for each in drawn.boxes if each.title == title)


def tiles_of(parts, begins=0) -> list[Tile]:
    return [
        Tile(row["from_us"] // HOUR_US, row["to_us"] // HOUR_US, row["kind"], row["state"], row["stage"], None, row["waits"])
        for row in life("", parts, begins)
    ]


def walked(lives) -> list[tuple[str, str | None, int, int]]:
    return [(each.item, each.tile and each.tile.stage, each.length, len(each.through)) for each in pieces("A", lives)]


# Waits ---------------------------------------------------------------------------------------------------------------------


def test_a_wait_is_what_the_other_item_did_meanwhile():
    """A waits from 2 to 10 for X, which lives from 4 to 20: two hours nobody recorded, then X's own tiles, cut to the wait."""
    a = tiles_of([("own", WORK, "active", 2), ("held", WAIT, "blocked", 8, "X"), ("own", WORK, "active", 1)])
    x = tiles_of([("queue", WAIT, "queued", 3), ("review", WORK, "active", 13)], begins=4)
    assert walked({"A": a, "X": x}) == [("A", "own", 2, 0), ("X", None, 2, 1), ("X", "queue", 3, 1), ("X", "review", 3, 1),
                                        ("A", "own", 1, 0)]  # fmt: skip


def test_what_was_waited_for_may_wait_in_its_turn():
    """A waits for X all day, X for Y from 3 to 9, and Y is done at 7: the last two hours of that are nobody's."""
    a = tiles_of([("held", WAIT, "blocked", 12, "X")])
    x = tiles_of([("draft", WORK, "active", 3), ("held", WAIT, "blocked", 6, "Y"), ("draft", WORK, "active", 3)])
    y = tiles_of([("measure", WORK, "active", 7)])
    assert walked({"A": a, "X": x, "Y": y}) == [
        ("X", "draft", 3, 1), ("Y", "measure", 4, 2), ("Y", None, 2, 2), ("X", "draft", 3, 1),
    ]  # fmt: skip


def test_a_circle_of_waits_stops_and_is_named():
    """A waits for X while X waits for A: eight hours of a circle of both; before that X worked for two."""
    a = tiles_of([("held", WAIT, "blocked", 10, "X")])
    x = tiles_of([("draft", WORK, "active", 2), ("held", WAIT, "blocked", 8, "A")])
    found = list(pieces("A", {"A": a, "X": x}))
    assert [(each.length, each.circle) for each in found] == [(2, frozenset()), (8, frozenset("AX"))]
    itself = {"A": tiles_of([("held", WAIT, "blocked", 4, "A")])}
    assert [(each.length, each.circle) for each in pieces("A", itself)] == [(4, frozenset("A"))]


def test_lengths_are_kept_whatever_waits_for_whatever():
    """Over random lives that wait for each other in any way, the pieces are as long as the tiles."""
    draw = random.Random(7)
    for _ in range(200):
        names = "ABCDE"
        lives = {}
        for name in names:
            parts = [
                ("s", draw.choice((WORK, WAIT, WAIT)), "blocked", draw.randint(1, 9), draw.choice([*names, "gone", None]))
                for _ in range(draw.randint(1, 6))
            ]
            lives[name] = tiles_of(parts, begins=draw.randint(0, 20))
        for name in names:
            whole = sum(tile.to_us - tile.from_us for tile in lives[name])
            assert sum(each.length for each in pieces(name, lives)) == whole
            assert all(each.length > 0 for each in pieces(name, lives))


# Shares --------------------------------------------------------------------------------------------------------------------


def by_all_orders(over: int, excess: tuple[int, ...]) -> list[float]:
    """Which origin brings the sum to its limit, counted over every order."""
    counts: Counter[int] = Counter()
    orders = list(permutations(range(len(excess))))
    for order in orders:
        left = over
        for origin in order:
            left -= excess[origin]
            if left <= 0:
                counts[origin] += 1
                break
    return [counts[i] / len(orders) for i in range(len(excess))]


def test_shares_are_those_of_all_orders():
    """Against every order of up to six origins; what mends alone, and what stays when it is left, by their definitions."""
    draw = random.Random(11)
    for _ in range(150):
        excess = tuple(draw.randint(1, 9) for _ in range(draw.randint(1, 6)))
        over = draw.randint(1, sum(excess) + 2)
        found = split_sum(over, excess)
        assert found.share == pytest.approx(by_all_orders(over, excess))
        assert sum(found.share) == pytest.approx(found.together) == float(sum(excess) >= over)
        assert found.alone == tuple(float(each >= over) for each in excess)
        if found.together:
            assert found.last == tuple(float(sum(excess) - each < over) for each in excess)


def test_many_origins_are_sampled_close_to_the_truth():
    """Fourteen alike, half of them needed: a fourteenth each, within what 200 orders give; the sum is exact."""
    found = split_sum(7, (1,) * (MAX_EXACT + 2))
    assert sum(found.share) == pytest.approx(1.0)
    assert found.share == pytest.approx([1 / 14] * 14, abs=0.06)


# The map -------------------------------------------------------------------------------------------------------------------


def ten_in_time() -> dict[str, list[tuple]]:
    """Ten items: check 10 hours, advise 60; 70 of the 100 allowed."""
    return {f"ok{n}": [("check", WORK, "active", 10), ("advise", WORK, "active", 60)] for n in range(10)}


def test_the_longest_stage_is_not_blamed_for_its_usual_length():
    """
    Ten in time (check 10, advise 60), two late by 15 (check 55, advise 60): mending check takes 45 off, advise was as usual.
    The longest tile of each late item is advise, and 52 of 100 hours of theirs are.
    """
    late = {f"late{n}": [("check", WORK, "active", 55), ("advise", WORK, "active", 60)] for n in range(2)}
    seen = lived(ten_in_time() | late, 100.0)
    found = traced(seen)
    assert sizes(found) == {"Check: worked on": round(2 / 12, 6)}
    check = box(found, "Check: worked on")
    assert (check.claim, check.alone, check.last) == (STARTS_HERE, pytest.approx(2 / 12), pytest.approx(2 / 12))
    assert (
        check.reference
        == "its usual length: 10 h at most in half of those done in time, by channel; 2.29 d in half of the late"
    )
    assert longest_stage(seen) == "advise"


def test_the_gap_is_shares_and_unexplained_less_headroom():
    """Two late at check, one allowed 5 hours only (late as usual), 13 items: gap 0.95 - 10/13 = 2/13 + u."""
    seen = lived(ten_in_time() | {f"l{n}": [("check", WORK, "active", 70), ("advise", WORK, "active", 60)] for n in range(2)}
                 | {"hasty": [("check", WORK, "active", 10), ("advise", WORK, "active", 60)]}, 100.0)  # fmt: skip
    rows = seen.units.to_pylist()
    rows[-1] |= {"is_late": True, "allowed_us": 5 * HOUR_US}
    found = traced(replace(seen, units=pa.Table.from_pylist(rows)))
    assert sizes(found) == {"Check: worked on": round(2 / 13, 6), "Web": round(1 / 13, 6)}
    assert found.gap == pytest.approx(2 / 13 + found.unexplained - found.headroom)
    assert dict(found.by_rung)["within reference"] == pytest.approx(1 / 3)
    for each in found.boxes:  # in = starts here + not traced + out
        out = sum(ribbon.size for ribbon in found.ribbons if ribbon.from_id == each.id)
        assert each.flow_in == pytest.approx(each.starts_here + each.not_traced + out)


def test_time_that_nobody_recorded_is_never_named():
    """Forty late in time after the last step: a box of its own, the largest, not observed; the map says what would tell."""
    ok = {f"ok{n}": [("check", WORK, "active", 10), (None, UNKNOWN, None, 20)] for n in range(60)}
    late = {f"late{n}": [("check", WORK, "active", 10), (None, UNKNOWN, None, 200)] for n in range(40)}
    found = traced(lived(ok | late, 100.0))
    dark = box(found, "Nothing recorded after the last step")
    assert (dark.claim, dark.is_named, dark.is_top, found.top) == (NOT_OBSERVED, False, False, ())
    assert dark.not_traced == pytest.approx(0.4)
    assert found.unexplained == pytest.approx(found.gap)
    assert dict(found.by_rung)["untraced"] == pytest.approx(1.0)
    assert found.missing[0].what == "what happened after the last step that is recorded"
    assert found.missing[0].could_explain == pytest.approx(0.4)


def test_a_gap_says_after_which_step_it_comes():
    """Ten late between check and send, one before anything: two gaps of their own. Thirty small ones are one box."""
    ok = {f"ok{n}": [("check", WORK, "active", 10), (None, UNKNOWN, None, 10), ("send", WORK, "active", 10)] for n in range(90)}
    late = {
        f"l{n}": [("check", WORK, "active", 10), (None, UNKNOWN, None, 200), ("send", WORK, "active", 10)] for n in range(10)
    }
    late["early"] = [(None, UNKNOWN, None, 200), ("send", WORK, "active", 10)]
    found = sizes(traced(lived(ok | late, 100.0)))
    assert found == {
        "Nothing recorded between ‘check’ and the next step": round(10 / 101, 6),
        "Nothing recorded before the first step": round(1 / 101, 6),
    }
    many = {
        f"m{n}": [(f"s{n}", WORK, "active", 10), (None, UNKNOWN, None, 200), ("send", WORK, "active", 10)] for n in range(30)
    }
    drawn = traced(lived(ok | many | {f"more{n}": late["l0"] for n in range(90)}, 100.0))
    together = box(drawn, "30 smaller places with nothing recorded")
    assert (together.claim, together.is_named, together.flow_in) == (NOT_OBSERVED, False, pytest.approx(30 / 210))
    assert sum(sizes(drawn).values()) == pytest.approx(120 / 210, abs=1e-4)


def test_a_stay_of_which_only_the_end_is_known_is_here_or_below():
    """It is the time until something was recorded, by whom where that is known; work and waiting cannot be told apart."""

    def permit(hours: float, team: str | None) -> list[tuple]:
        return [("T06", UNKNOWN, "unknown", hours, None, team)]

    units = {f"ok{n}": permit(10, "Group 1") for n in range(30)}
    units |= {f"a{n}": permit(300, "Group 1") for n in range(6)} | {f"b{n}": permit(300, None) for n in range(14)}
    found = traced(lived(units, 100.0))
    until = box(found, "Until ‘T06’")
    assert (until.claim, until.is_named, found.top) == (AT_OR_BELOW, True, (until.id,))
    assert until.said == "the time until ‘T06’ was recorded"
    assert until.by_team == ((None, pytest.approx(0.28)), ("Group 1", pytest.approx(0.12)))
    assert [each.what for each in found.missing][1] == "who it was with: missing in 14 of 50 pieces"


def test_loss_behind_a_wait_starts_in_the_other_item():
    """Each late permit waits 90 hours for advice, of which advice lies 80 in a queue of its own and is worked on for 10."""
    ok = {f"ok{n}": [("check", WORK, "active", 10), ("held", WAIT, "blocked", 12, f"x{n}")] for n in range(20)}
    others = [row for n in range(20) for row in life(f"x{n}", [("q", WAIT, "queued", 2), ("w", WORK, "active", 10)], 10)]
    late = {f"late{n}": [("check", WORK, "active", 10), ("held", WAIT, "blocked", 90, f"y{n}")] for n in range(20)}
    others += [row for n in range(20) for row in life(f"y{n}", [("q", WAIT, "queued", 80), ("w", WORK, "active", 10)], 10)]
    places = {f"{kind}{n}": "advice" for n in range(20) for kind in "xy"}
    found = traced(lived(ok | late, 60.0, others, places=places))
    assert sizes(found) == {"Legal advice: q: waiting to be taken up": 0.5}
    queue, wait = box(found, "Legal advice: q: waiting to be taken up"), box(found, "Held: waiting for Legal advice")
    assert (queue.layer, queue.about, wait.layer, wait.flow_in) == (2, "advice", 1, pytest.approx(0.5))
    assert found.top == (queue.id,)


def test_a_wait_for_what_nobody_records_says_so():
    """A team that is declared is named, and it is here or below; what stands for nothing is one box, whatever its names."""
    ok = {f"ok{n}": [("pay", WAIT, "blocked", 5, "money")] for n in range(20)}
    late = {f"late{n}": [("pay", WAIT, "blocked", 200, "money")] for n in range(20)}
    late |= {f"odd{n}": [("see", WAIT, "blocked", 200, f"ticket {n}")] for n in range(5)}
    found = traced(lived(ok | late, 60.0))
    assert sizes(found) == {
        "Pay: waiting for Money": round(20 / 45, 6),
        "See: waiting for something that is not recorded": 0.111111,
    }
    assert (box(found, "Pay: waiting for Money").about, box(found, "Pay: waiting for Money").claim) == ("money", AT_OR_BELOW)


def test_many_small_origins_are_drawn_as_one():
    """Twenty stages, each late in one item: the twelve first are apart, the other eight together, and none is lost."""
    ok = {f"ok{n}-{s}": [(f"s{s:02}", WORK, "active", 5)] for s in range(20) for n in range(8)}
    late = {f"l{s}": [(f"s{s:02}", WORK, "active", 500)] for s in range(20)}
    found = traced(lived(ok | late, 60.0))
    assert len(sizes(found)) == 13
    assert sizes(found)["8 smaller places"] == pytest.approx(8 / 180, abs=1e-6)
    assert sum(sizes(found).values()) == pytest.approx(20 / 180, abs=1e-5)


def test_late_is_what_was_counted_as_late():
    """One is open on the very instant it was due, and late; one was due and done before it began, and is not."""
    seen = lived(ten_in_time() | {"open": [("check", WORK, "active", 70), ("advise", WORK, "active", 30)]}, 100.0)
    rows = seen.units.to_pylist()
    rows[-1] |= {"is_late": True}
    rows.append(rows[0] | {"item": "early", "allowed_us": -5 * HOUR_US, "took_us": 0, "is_late": False})
    found = traced(replace(seen, units=pa.Table.from_pylist(rows)))
    assert sizes(found) == {"Check: worked on": round(1 / 12, 6)}


def test_without_anything_late_there_is_no_map():
    """The reason stands there instead."""
    assert traced(lived(ten_in_time(), 100.0)).why_no_map == "nothing was seen to be late in this period"


# Where the truth is known --------------------------------------------------------------------------------------------------


def test_it_is_never_wrong_and_confident_where_a_delay_was_planted():
    """
    Of 100 organisations with a delay planted in one stage of five, beside decoys, the one that is named alone is another in at
    most 5, and the right one in at least 90. Blaming the stage that took most of the time of late items is right half as often.
    """
    verdicts = Counter(verdict(seed, n=150) for seed in range(100))
    assert verdicts["wrong"] <= 5, verdicts
    assert verdicts["right"] >= 90, verdicts
    naive = sum(longest_stage(simulated(seed, PLANTED[seed % 4], n=150)) == PLANTED[seed % 4] for seed in range(100))
    assert naive < verdicts["right"] / 1.5


def test_it_says_less_and_nothing_wrong_where_two_tiles_in_five_are_not_recorded():
    """The time of which nothing is recorded is then as large as what can be traced: often no origin is named."""
    verdicts = Counter(verdict(seed, n=150, dark=0.4) for seed in range(40))
    assert verdicts["wrong"] == 0, verdicts
    assert 0 < verdicts["right"] < 30, verdicts


PLANTED = ("receive", "check", "decide", "send")


def verdict(seed: int, n: int, dark: float = 0.0) -> str:
    found = traced(simulated(seed, PLANTED[seed % 4], n=n, dark=dark))
    titles = [each.title for each in found.boxes if each.id in found.top]
    return "right" if titles == [f"{PLANTED[seed % 4].title()}: worked on"] else "wrong" if len(titles) == 1 else "unsure"


def longest_stage(seen: Lived) -> str | None:
    """The naive answer: the stage that took most of the time of late items."""
    late = {row["item"] for row in seen.units.to_pylist() if row["is_late"]}
    hours: Counter[str | None] = Counter()
    for row in seen.tiles.to_pylist():
        if row["item"] in late:
            hours[row["stage"]] += row["to_us"] - row["from_us"]
    return hours.most_common(1)[0][0]
