"""How failures travel: who explains whom, checked against a simulator that knows what really failed."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wholeservice.findings.ends import trail_of
from wholeservice.findings.ledger import Pattern, account, failure_rates
from wholeservice.findings.propagation import AT_OR_BELOW, STARTS_HERE, Dependency, Plan

STEP = "service.pay"


def trail(seen, uses, lost_at=((STEP,),)):
    """Follow an attempt lost at STEP; *uses* is {box: [dependency or id]}."""
    wiring = {box: tuple(d if isinstance(d, Dependency) else Dependency(d) for d in each) for box, each in uses.items()}
    plan = Plan(wiring, frozenset({STEP}))
    found = trail_of(frozenset(seen), lost_at, plan)
    return replace(found, dark={box: plan.named(table) for box, table in found.dark.items()})


def test_a_failure_is_followed_to_the_part_that_nothing_explains():
    """Three spans failed; only the last one is where it starts."""
    seen = [(STEP, "page", True), ("page", "checkout", True), ("checkout", "payments", True)]
    found = trail(seen, {STEP: ["page"], "page": ["checkout"], "checkout": ["payments"]})
    assert found.origins == (("payments", STARTS_HERE),)


def test_a_part_that_nobody_observes_makes_it_at_or_below():
    """When what a part uses was not seen, the loss is at or below it: naming the part would be a guess."""
    found = trail([(STEP, "checkout", True)], {STEP: ["checkout"], "checkout": ["payments"]})
    assert found.origins == (("checkout", AT_OR_BELOW),)
    assert found.dark == {"checkout": ("payments",)}


def test_a_part_seen_healthy_elsewhere_does_not_count_as_seen_here():
    """Another caller's healthy call says nothing of the call that was not recorded."""
    seen = [(STEP, "checkout", True), (STEP, "page", False), ("page", "payments", False)]
    found = trail(seen, {STEP: ["checkout", "page"], "checkout": ["payments"], "page": ["payments"]})
    assert found.origins == (("checkout", AT_OR_BELOW),)


def test_the_trail_looks_through_a_dark_part_to_a_failure_behind_it():
    """checkout -> (dark) gateway -> bank: the bank's failed call, of unknown caller, explains checkout."""
    seen = [(STEP, "checkout", True), (None, "bank", True)]
    found = trail(seen, {STEP: ["checkout"], "checkout": ["gateway"], "gateway": ["bank"]})
    assert found.origins == (("bank", STARTS_HERE),)
    assert ("checkout", "gateway") in found.edges
    assert ("gateway", "bank") in found.edges


def test_an_optional_part_that_failed_explains_nothing():
    """The noisy optional part failed, and yet the failure starts at its caller."""
    seen = [(STEP, "page", True), ("page", "advert", True)]
    found = trail(seen, {STEP: ["page"], "page": [Dependency("advert", "optional")]})
    assert found.origins == (("page", STARTS_HERE),)


def test_redundant_parts_explain_a_failure_only_together():
    """Either spare mended would have saved it: each has half the share, and mending one alone wins all of it."""
    uses = {STEP: ["page"], "page": [Dependency("a", "any", "g"), Dependency("b", "any", "g")]}
    both = [(STEP, "page", True), ("page", "a", True), ("page", "b", True)]
    assert set(trail(both, uses).origins) == {("a", STARTS_HERE), ("b", STARTS_HERE)}
    ledger = account([Pattern(frozenset(both), ((STEP,),), 10)], Plan(as_wiring(uses), frozenset({STEP})), lambda _: 1.0)
    assert (ledger.share["a", STARTS_HERE], ledger.alone["a"], ledger.last["a"]) == (5.0, 10.0, 0.0)
    one = [(STEP, "page", True), ("page", "a", True), ("page", "b", False)]
    assert trail(one, uses).origins == (("page", STARTS_HERE),)
    unseen = [(STEP, "page", True), ("page", "a", True)]
    assert trail(unseen, uses).origins == (("page", AT_OR_BELOW),)


def test_a_step_that_nothing_explains_is_untraced():
    """A person who left at a step where every part was healthy met something nobody recorded."""
    found = trail([(STEP, "page", False)], {STEP: ["page"]})
    assert (found.origins, found.untraced, found.dark) == ((), (STEP,), {STEP: ()})


def test_ways_of_a_choice_must_all_have_failed():
    """Card and invoice both failed: mending either would have saved the attempt."""
    seen = [("s.card", "cards", True), ("s.invoice", "invoices", True)]
    wiring = {"s.card": (Dependency("cards"),), "s.invoice": (Dependency("invoices"),)}
    steps = frozenset({"s.card", "s.invoice"})
    ledger = account([Pattern(frozenset(seen), (("s.card", "s.invoice"),), 4)], Plan(wiring, steps), lambda _: 1.0)
    assert (ledger.alone["cards"], ledger.alone["invoices"]) == (4.0, 4.0)
    ledger = account([Pattern(frozenset(seen), (("s.card",), ("s.invoice",)), 4)], Plan(wiring, steps), lambda _: 1.0)
    assert (ledger.alone["cards"], ledger.alone["invoices"]) == (0.0, 0.0)


def test_a_shared_part_is_one_origin_however_many_paths_lead_to_it():
    """Two callers felt the same failure: one origin, its share split over the two paths."""
    uses = {STEP: ["x", "y"], "x": ["db"], "y": ["db"]}
    seen = frozenset([(STEP, "x", True), (STEP, "y", True), ("x", "db", True), ("y", "db", True)])
    ledger = account([Pattern(seen, ((STEP,),), 8)], Plan(as_wiring(uses), frozenset({STEP})), lambda _: 1.0)
    assert dict(ledger.share) == {("db", STARTS_HERE): 8.0}
    assert ledger.ribbons == {("x", "db"): 4.0, ("y", "db"): 4.0, (STEP, "x"): 4.0, (STEP, "y"): 4.0}


def test_failure_rates_count_harmless_failures_too():
    """A failure that a retry or an option absorbed still says how often the part fails."""
    uses = as_wiring({STEP: ["page"], "page": [Dependency("advert", "optional")]})
    harmless = Pattern(frozenset([(STEP, "page", False), ("page", "advert", True)]), (), 30)
    assert failure_rates([harmless], {"advert": 100.0}, uses) == {"advert": 0.3}


def as_wiring(uses):
    return {box: tuple(d if isinstance(d, Dependency) else Dependency(d) for d in each) for box, each in uses.items()}


@st.composite
def worlds(draw):
    """A random acyclic wiring of up to seven boxes behind one step, and the boxes that fail of themselves."""
    n = draw(st.integers(2, 7))
    uses = {STEP: [Dependency("b0")]}
    for i in range(n):
        below = [f"b{j}" for j in range(i + 1, n)]
        chosen = draw(st.lists(st.sampled_from(below), unique=True, max_size=3)) if below else []
        hows = [draw(st.sampled_from(["all", "all", "any", "optional"])) for _ in chosen]
        uses[f"b{i}"] = [Dependency(to, how, "g" if how == "any" else None) for to, how in zip(chosen, hows, strict=True)]
    failing = draw(st.frozensets(st.sampled_from([f"b{i}" for i in range(n)]), min_size=1, max_size=5))
    return {box: tuple(each) for box, each in uses.items()}, failing


def fails(box, uses, failing):
    """The simulator: a box fails of itself, or when something it must have fails, or all of a redundant group."""
    group = [fails(d.to, uses, failing) for d in uses.get(box, ()) if d.how == "any"]
    needed = [fails(d.to, uses, failing) for d in uses.get(box, ()) if d.how == "all"]
    return box in failing or any(needed) or (bool(group) and all(group))


@given(worlds())
def test_shares_equal_those_of_a_simulator_that_knows_what_failed(world):
    """Mending boxes in every order in the simulator gives the very shares that the calls alone give."""
    uses, failing = world
    # A failure behind which another one stands cannot be told from the calls; the simulator leaves it out.
    visible = frozenset(box for box in failing if not fails(box, uses, failing - {box}))
    assume(visible and fails(STEP, uses, visible))
    seen = frozenset((box, d.to, fails(d.to, uses, visible)) for box in uses for d in uses[box])
    ledger = account([Pattern(seen, ((STEP,),), 1)], Plan(uses, frozenset({STEP})), lambda _: 1.0)
    expected = dict.fromkeys(visible, 0.0)
    orders = list(permutations(sorted(visible)))
    for order in orders:
        left = set(visible)
        for box in order:
            before = fails(STEP, uses, left)
            left.discard(box)
            expected[box] += (before - fails(STEP, uses, left)) / len(orders)
    found = {box: ledger.share.get((box, STARTS_HERE), 0.0) for box in visible}
    assert found == pytest.approx(expected)
    assert sum(ledger.share.values()) == pytest.approx(1.0)


@given(worlds())
def test_what_goes_into_a_box_starts_there_or_goes_on(world):
    """At every box: in = starts here + not traced further + what goes out."""
    uses, failing = world
    visible = frozenset(box for box in failing if not fails(box, uses, failing - {box}))
    assume(visible and fails(STEP, uses, visible))
    seen = frozenset((box, d.to, fails(d.to, uses, visible)) for box in uses for d in uses[box])
    ledger = account([Pattern(seen, ((STEP,),), 3)], Plan(uses, frozenset({STEP})), lambda _: 1.0)
    for box, flow in ledger.flow_in.items():
        starts = sum(share for (each, _), share in ledger.share.items() if each == box) + ledger.untraced.get(box, 0.0)
        out = sum(size for (from_id, _), size in ledger.ribbons.items() if from_id == box)
        assert flow == pytest.approx(starts + out)
