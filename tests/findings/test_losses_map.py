"""The whole map: the identity of the gap, references, claims, confidence, and what is said of missing data."""

import datetime as dt
import random
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeservice.findings.confidence import judge
from wholeservice.findings.ledger import Pattern
from wholeservice.findings.losses import AT_OR_BELOW, HEALTHY, NOT_OBSERVED, STARTS_HERE, LossMap, Observations, Place, draw_up
from wholeservice.findings.propagation import Dependency
from wholeservice.periods import Period
from wholeservice.units import SHARE

STEP = "s.pay"
PERIOD = Period(dt.datetime(2026, 9, 1, tzinfo=dt.UTC), dt.datetime(2026, 9, 29, tzinfo=dt.UTC))
WIRING = {STEP: (Dependency("page"),), "page": (Dependency("bank"), Dependency("advert", "optional"))}
PLACES = {
    STEP: Place("step", "Pay"),
    "page": Place("part", "Page"),
    "bank": Place("supplier", "Bank"),
    "advert": Place("part", "Ad"),
}
OK = (STEP, "page", False)
BANK_DOWN = frozenset([(STEP, "page", True), ("page", "bank", True)])
PAGE_DOWN = frozenset([(STEP, "page", True), ("page", "bank", False)])
UNSEEN_BANK = frozenset([(STEP, "page", True)])
LOST = ((STEP,),)


def asked(lost, n=1000.0, level=0.99):
    """The question: *lost* of *n* attempts were lost, and the target is *level*."""
    value = 1 - lost / n
    return LossMap("s", "need", f"completion >= {level}", SHARE, 1, level, value, level - value, None, n, PERIOD)


def drawn(patterns, *, level=0.99, n_used=None, places=PLACES, n=1000.0):
    lost = sum(pattern.n for pattern in patterns if pattern.lost_at)
    seen = Observations(patterns, WIRING, places, n_used or {"page": n, "bank": n, "advert": n})
    return draw_up(asked(lost, n, level), seen)


def box(drawn_map, name):
    return next(each for each in drawn_map.boxes if each.id == name)


def test_the_gap_is_the_shares_and_the_unexplained_less_the_headroom():
    """60 lost at the bank, 25 at the page and 15 people left: gap 9 pp = 6.0 + 2.5 + 0.5 unexplained, 1 pp tolerated."""
    left = Pattern(frozenset([OK]), LOST, 15)
    found = drawn([Pattern(BANK_DOWN, LOST, 60), Pattern(PAGE_DOWN, LOST, 25), left])
    assert found.gap == pytest.approx(0.09)
    assert (box(found, "bank").starts_here, box(found, "page").starts_here) == pytest.approx((0.06, 0.025))
    assert (found.unexplained, found.headroom) == pytest.approx((0.005, 0.0))
    assert box(found, STEP).not_traced == pytest.approx(0.015)


def test_mending_everything_may_reach_beyond_the_target():
    """All 20 lost attempts start at the bank; the target tolerates 10: half a point of headroom, not a smaller share."""
    found = drawn([Pattern(BANK_DOWN, LOST, 20)])
    assert box(found, "bank").starts_here == pytest.approx(0.02)
    assert (found.unexplained, found.headroom) == pytest.approx((0.0, 0.01))


KINDS = st.sampled_from([BANK_DOWN, PAGE_DOWN, UNSEEN_BANK, frozenset([OK])])


@given(st.lists(st.tuples(KINDS, st.integers(1, 90)), min_size=1), st.floats(0.5, 1.0))
def test_the_identity_holds_for_any_mix(parts, level):
    """gap = sum of shares + unexplained - headroom, whatever was seen and whatever the target."""
    n = 10_000.0
    found = drawn([Pattern(seen, LOST, count) for seen, count in parts], level=level, n=n)
    shares = sum(each.starts_here + each.not_traced for each in found.boxes if each.kind != "step")
    assert found.gap == pytest.approx(shares + found.unexplained - found.headroom)


def test_a_part_at_its_own_target_loses_nothing():
    """The bank promised 5 % failures and fails in 6 %: a sixth of what it lost is its to win back, not all of it."""
    places = PLACES | {"bank": Place("supplier", "Bank", 0.05, "its own target: 95.0% of its calls succeed")}
    found = drawn([Pattern(BANK_DOWN, LOST, 60)], places=places)
    assert box(found, "bank").starts_here == pytest.approx(0.01)
    assert drawn([Pattern(BANK_DOWN, LOST, 45)], places=places).top == ()


def test_a_certain_claim_needs_what_is_behind_to_be_seen():
    """Without the bank's calls the loss is at or below the page, and the bank's calls are what is missing."""
    found = drawn([Pattern(UNSEEN_BANK, LOST, 60)], n_used={"page": 1000.0})
    page = box(found, "page")
    assert (page.claim, page.starts_here, page.not_traced) == (AT_OR_BELOW, 0.0, pytest.approx(0.06))
    assert box(found, "bank").claim == NOT_OBSERVED
    assert [each.what for each in found.missing] == ["calls of Bank"]
    assert found.missing[0].could_explain == pytest.approx(0.06)


def test_the_top_is_one_box_only_when_it_stands_clear_of_the_rest():
    """60 against 25 is clear; 40 against 35 is 'bank or page'; four alike are too many to name."""
    assert drawn([Pattern(BANK_DOWN, LOST, 60), Pattern(PAGE_DOWN, LOST, 25)]).top == ("bank",)
    assert drawn([Pattern(BANK_DOWN, LOST, 40), Pattern(PAGE_DOWN, LOST, 35)]).top == ("bank", "page")


def test_a_few_lost_attempts_name_nothing():
    """Four lost attempts are no ground for a claim, however pure."""
    assert drawn([Pattern(BANK_DOWN, LOST, 4)], level=1.0).top == ()


def test_what_nobody_saw_behind_a_step_may_be_the_largest():
    """200 attempts lost where no call was recorded: the traced 30 may not be called the top."""
    found = drawn([Pattern(BANK_DOWN, LOST, 30), Pattern(frozenset(), LOST, 200, is_linked=False)])
    assert found.top == (STEP,)
    assert box(found, STEP).claim == AT_OR_BELOW


def test_the_attempts_of_one_person_count_as_one_chance():
    """60 lost attempts of 60 people are certain; of 3 people they are not."""
    patterns = [Pattern(BANK_DOWN, LOST, 60)]
    seen = Observations(patterns, WIRING, PLACES, {"page": 1000.0, "bank": 1000.0}, consumers=[((0,) * 20, 3.0)])
    assert draw_up(asked(60), seen).top == ()
    assert drawn(patterns).top == ("bank",)


def by_coin(first, second):
    """How often the second is larger when each person weighs as an exponential number: as many heads among so many tosses."""
    n = first + second - 1
    return sum(comb(n, heads) for heads in range(first, n + 1)) / 2**n


@pytest.mark.parametrize("lost", [(9, 3), (8, 3), (5, 1), (5, 2), (30, 18), (30, 20), (12, 12)])
def test_the_top_is_the_fewest_that_hold_the_largest(lost):
    """Of two boxes the first alone is the top where the second is larger in at most 5 % of the draws, by another formula."""
    consumers = [({name: 1.0}, float(n)) for name, n in zip("ab", lost, strict=True)]
    found = judge({"a": lost[0], "b": lost[1]}, consumers)
    assert found.top == (("a",) if by_coin(*lost) <= 0.05 else ("a", "b"))
    if found.top == ("a",):
        assert "a" in found.named


def test_more_than_three_that_may_be_the_largest_are_no_claim():
    """Four boxes of ten people each: any may be the largest, so none is said to be; of three the map says one of them."""
    for n, said in ((3, 3), (4, 0)):
        boxes = "abcd"[:n]
        assert len(judge(dict.fromkeys(boxes, 10.0), [({box: 1.0}, 10.0) for box in boxes]).top) == said


def test_sampled_attempts_are_less_certain_than_recorded_ones():
    """Four recorded attempts that stand for forty are no ground for a claim that forty would be; six for sixty are."""
    assert drawn([Pattern(BANK_DOWN, LOST, 40, weight=10.0)], level=1.0).top == ()
    assert drawn([Pattern(BANK_DOWN, LOST, 40)], level=1.0).top == ("bank",)
    assert drawn([Pattern(BANK_DOWN, LOST, 60, weight=10.0)], level=1.0).top == ("bank",)


def test_boxes_that_use_each_other_become_one():
    """page and bank call one another: the loss starts at both together, and none of it goes missing."""
    wiring = WIRING | {"bank": (Dependency("page"),)}
    seen = frozenset([(STEP, "page", True), ("page", "bank", True), ("bank", "page", True)])
    found = draw_up(asked(60), Observations([Pattern(seen, LOST, 60)], wiring, PLACES, {"page": 9.0, "bank": 9.0}))
    assert box(found, "bank + page").starts_here == pytest.approx(0.06)
    assert box(found, "bank + page").title == "Bank + Page"


def test_a_healthy_part_is_drawn_and_loses_nothing():
    """What works is on the map too, joined by a ribbon without size."""
    found = drawn([Pattern(BANK_DOWN, LOST, 60)])
    assert (box(found, "advert").claim, box(found, "advert").flow_in) == (HEALTHY, 0.0)
    assert [each.size for each in found.ribbons if each.to_id == "advert"] == [0.0]
    assert (box(found, "bank").claim, box(found, "bank").layer) == (STARTS_HERE, 2)


def test_what_is_left_alone_is_what_only_that_box_would_lose():
    """Two spares failed together 30 times: with the other mended none is lost, so leaving one alone loses nothing."""
    wiring = {STEP: (Dependency("page"),), "page": (Dependency("bank", "any", "g"), Dependency("advert", "any", "g"))}
    both = frozenset([(STEP, "page", True), ("page", "bank", True), ("page", "advert", True)])
    only_page = frozenset([(STEP, "page", True), ("page", "bank", False), ("page", "advert", False)])
    patterns = [Pattern(both, LOST, 30), Pattern(only_page, LOST, 20)]
    found = draw_up(asked(50), Observations(patterns, wiring, PLACES, {"page": 1000.0, "bank": 1000.0, "advert": 1000.0}))
    assert (box(found, "bank").alone, box(found, "bank").last) == pytest.approx((0.03, 0.0))
    assert (box(found, "page").alone, box(found, "page").last) == pytest.approx((0.02, 0.02))


def test_the_columns_run_from_the_step_to_what_is_furthest_behind():
    """The step is column 0; a box stands one column behind the furthest that uses it."""
    found = drawn([Pattern(BANK_DOWN, LOST, 60)])
    assert {each.id: each.layer for each in found.boxes} == {STEP: 0, "page": 1, "bank": 2, "advert": 2}


def test_at_most_five_kinds_of_missing_data_are_named():
    """The five that would explain most come first; a list of all would help nobody."""
    hidden = [f"part-{i}" for i in range(7)]
    wiring = {STEP: (Dependency("page"),), "page": tuple(map(Dependency, hidden))}
    places = PLACES | {each: Place("part", each) for each in hidden}
    found = draw_up(asked(60), Observations([Pattern(UNSEEN_BANK, LOST, 60)], wiring, places, {"page": 1000.0}))
    assert [each.what for each in found.missing] == [f"calls of part-{i}" for i in range(5)]


def test_shares_of_evidence_add_up_to_the_whole_loss():
    """Linked, within reference and untraced are shares of all that was lost."""
    found = drawn([Pattern(BANK_DOWN, LOST, 60), Pattern(frozenset([OK]), LOST, 40)])
    assert dict(found.by_rung) == pytest.approx({"linked": 0.6, "timed": 0.0, "fitted": 0.0, "assumed": 0.0, "untraced": 0.4})


def test_named_boxes_are_wrong_in_at_most_five_percent_of_chance():
    """Twenty boxes whose true excess is nothing: at most one run in twenty may name any of them (binomial limit)."""
    draw = random.Random(7)
    runs, n_named = 300, 0
    for _ in range(runs):
        # Each box loses what a Poisson count exceeds its expectation by: chance only.
        counts = [sum(draw.random() < 0.04 for _ in range(1000)) for _ in range(20)]
        excess = {f"b{i}": max(0.0, count - 40.0) for i, count in enumerate(counts)}
        consumers = [({f"b{i}": 1.0}, float(count)) for i, count in enumerate(counts)]
        n_named += bool(judge(excess, consumers).named)
    assert n_named <= 300 * 0.05 + 3 * (300 * 0.05 * 0.95) ** 0.5
