"""The quick reading of attempts gives what the plain one gives, box by box, and guesses no way that was seen."""

import random
from collections import defaultdict
from itertools import pairwise

import pytest

from findings import plain_propagation as plain
from wholeservice.findings.circles import circles
from wholeservice.findings.closure import Weights, inner_first, table_of
from wholeservice.findings.ends import trail_of
from wholeservice.findings.ledger import Pattern, account
from wholeservice.findings.propagation import ABSORBED, STARTS_HERE, Dependency, Plan, follow
from wholeservice.findings.shapley import split

STEP = "s.go"


def wired(chance, *, with_spares):
    """Twelve boxes, each of which uses some further behind; one way of using in four is not plain."""
    boxes = [STEP, *(f"b{i}" for i in range(12))]
    wiring = {}
    for at, box in enumerate(boxes[:-1]):
        used = chance.sample(boxes[at + 1 :], min(len(boxes) - at - 1, chance.randint(1, 4)))
        ways = ("all", "all", "retry", "optional", "any", "any") if with_spares else ("all", "all", "retry", "optional")
        how = [chance.choice(ways) for _ in used]
        wiring[box] = tuple(Dependency(to, each, "g" if each == "any" else None) for to, each in zip(used, how, strict=True))
    return wiring


def seen_of(chance, wiring, callers=(None, ABSORBED)):
    """Calls that failed or not, some of callers that are not known, or that did not mind."""
    calls = set()
    for box, uses in wiring.items():
        for each in uses:
            if chance.random() < 0.6:
                caller = chance.choice(callers) if callers and chance.random() < 0.15 else box
                calls.add((caller, each.to, chance.random() < 0.4))
    return frozenset(calls)


def plainly(seen, wiring):
    """Return origins, whether mending each saves it, what stays untraced and what was dark, as read box by box."""
    found = follow(plain.Attempt(seen, plain.Plan(wiring, frozenset({STEP}))), ((STEP,),))
    return _told(found, {box: set(dark) for box, dark in found.dark.items()})


def quickly(seen, wiring, plan=None):
    plan = plan or Plan(wiring, frozenset({STEP}))
    found = trail_of(seen, ((STEP,),), plan)
    return _told(found, {box: set(plan.named(dark)) for box, dark in found.dark.items()})


def _told(found, dark):
    shares = split(found.still_lost, (1.0,) * len(found.origins))
    by_box = {origin: each for origin, *each in zip(found.origins, shares.share, shares.alone, shares.last, strict=True)}
    return set(found.origins), pytest.approx(sum(map(sum, by_box.values()))), sorted(found.untraced), dark, by_box


@pytest.mark.parametrize("seed", range(300))
def test_shares_are_those_of_the_plain_reading(seed):
    """Three hundred random organisations and attempts: the same origins, shares, untraced steps and unseen boxes."""
    chance = random.Random(seed)
    wiring = wired(chance, with_spares=False)
    seen = seen_of(chance, wiring)
    origins, total, untraced, dark, by_box = quickly(seen, wiring)
    assert (origins, total, untraced, dark) == plainly(seen, wiring)[:4]
    for origin, numbers in plainly(seen, wiring)[4].items():
        assert by_box[origin] == pytest.approx(numbers)


@pytest.mark.parametrize("seed", range(100))
def test_spares_that_were_seen_are_read_the_same(seed):
    """With spares, and everything recorded, both readings agree too."""
    chance = random.Random(seed)
    wiring = wired(chance, with_spares=True)
    seen = frozenset((box, each.to, chance.random() < 0.4) for box, uses in wiring.items() for each in uses)
    assert quickly(seen, wiring)[4] == plainly(seen, wiring)[4]


@pytest.mark.parametrize("seed", range(20))
def test_what_one_attempt_says_is_not_taken_for_another(seed):
    """Forty attempts read by one plan, which keeps what boxes say by themselves, come out as each does by a plan of its own."""
    chance = random.Random(seed)
    wiring = wired(chance, with_spares=True)
    plan = Plan(wiring, frozenset({STEP}))
    for at in range(40):
        seen = seen_of(chance, wiring, callers=() if at % 2 else (None, ABSORBED))
        assert quickly(seen, wiring, plan) == quickly(seen, wiring)


def test_what_a_part_of_the_step_was_seen_to_call_is_not_dark_there():
    """The step was not seen to call the shop: in the first attempt the page called it, in the second nobody did."""
    wiring = {STEP: (Dependency("page"), Dependency("shop")), "page": (Dependency("shop"),), "shop": ()}
    plan = Plan(wiring, frozenset({STEP}))
    called = frozenset([(STEP, "page", False), ("page", "shop", False)])
    dark = [quickly(seen, wiring, plan)[3][STEP] for seen in (called, called - {("page", "shop", False)})]
    assert dark == [set(), {"shop"}]


@pytest.mark.parametrize("seed", range(50))
def test_circles_are_found_wherever_a_box_is_behind_itself(seed):
    """Boxes that reach themselves, found by walking from each, are those that are joined, and nothing else is."""
    chance = random.Random(seed)
    boxes = [f"b{i}" for i in range(8)]
    out = {box: chance.sample([each for each in boxes if each != box], chance.randint(0, 2)) for box in boxes[:-1]}
    behind = {box: set(out.get(box, ())) for box in boxes}
    for _ in boxes:
        behind = {box: far.union(*(behind[each] for each in far)) for box, far in behind.items()}
    joint = circles({box: tuple(Dependency(to) for to in used) for box, used in out.items()})
    assert set(joint) == {box for box in boxes if box in behind[box]}


def test_no_way_is_guessed_where_one_was_seen():
    """Nobody saw the help desk, which may call the shop; the page was seen to call it: that is the way drawn."""
    wiring = {STEP: (Dependency("page"),), "page": (Dependency("shop"), Dependency("help")), "help": (Dependency("shop"),),
              "shop": (Dependency("bank"),)}  # fmt: skip
    seen = frozenset([(STEP, "page", True), ("page", "shop", True), ("shop", "bank", True)])
    ledger = account([Pattern(seen, ((STEP,),), 8)], Plan(wiring, frozenset({STEP})), lambda _: 1.0)
    assert dict(ledger.ribbons) == {("shop", "bank"): 8, ("page", "shop"): 8, (STEP, "page"): 8}
    guessed = follow(plain.Attempt(seen, plain.Plan(wiring, frozenset({STEP}))), ((STEP,),))
    assert ("page", "help") in guessed.edges


def sent_back(trail, lost):
    """What flows over each pair of boxes in one attempt, sent back box by box along its trail; *lost*: what is lost where."""
    felt, flow, over = defaultdict(list), defaultdict(float, lost), defaultdict(float)
    for effect, cause in trail.edges:
        felt[cause].append(effect)
    for box in trail.order:
        for effect in felt[box]:
            flow[effect] += flow[box] / len(felt[box])
            over[effect, box] += flow[box] / len(felt[box])
    return over, flow, trail.dark


@pytest.mark.parametrize("seed", range(30))
def test_attempts_read_together_add_up_to_each_by_itself(seed):
    """Sixty attempts, three boxes in ten dark, spares among them: ribbons, flows and what was dark are the sums over all."""
    chance = random.Random(seed)
    wiring = wired(chance, with_spares=True)
    dark = set(chance.sample(sorted(wiring), 4)) - {STEP}
    seen = [darkened(seen_of(chance, wiring, callers=(None, ABSORBED) if at % 3 else ()), dark) for at in range(60)]
    patterns = [Pattern(each, ((STEP,),) if at % 2 else ((STEP, "b3"), ("b1",)), at + 1) for at, each in enumerate(seen)]
    plan = Plan(wiring, frozenset({STEP}))
    ledger = account(patterns, plan, lambda _: 1.0)
    over, into, unseen = defaultdict(float), defaultdict(float), defaultdict(float)
    for pattern, lost in zip(patterns, ledger.per_attempt, strict=True):
        trail = trail_of(pattern.seen, pattern.lost_at, Plan(wiring, frozenset({STEP})))
        for sums, sizes in zip((over, into), sent_back(trail, lost)[:2], strict=True):
            for key, size in sizes.items():
                sums[key] += size * pattern.n
        for box, table in trail.dark.items():
            for behind in plan.named(table):
                unseen[behind] += lost[box] * pattern.n
    for found, expected in ((ledger.ribbons, over), (ledger.flow_in, into), (ledger.dark, unseen)):
        assert {key: size for key, size in found.items() if size} == pytest.approx(
            {key: size for key, size in expected.items() if size}
        )


def darkened(seen, dark):
    """The same attempt, had the boxes in *dark* recorded nothing: what they called was called by somebody."""
    return frozenset((None if caller in dark else caller, to, failed) for caller, to, failed in seen if to not in dark)


@pytest.mark.parametrize("seed", range(60))
def test_boxes_in_circles_are_read_as_the_plain_way_reads_them(seed):
    """Three calls back close circles, and four boxes are dark: the same origins, untraced steps and unseen boxes."""
    chance = random.Random(seed)
    wiring = wired(chance, with_spares=seed % 2 == 0)
    boxes = sorted(set(wiring) - {STEP})
    for user, used in (chance.sample(boxes, 2) for _ in range(3)):
        if used not in [each.to for each in wiring[user]]:
            wiring[user] = (*wiring[user], Dependency(used))
    seen = darkened(seen_of(chance, wiring), set(chance.sample(boxes, 4)))
    assert quickly(seen, wiring)[:4] == plainly(seen, wiring)[:4]


def test_ways_through_the_dark_are_never_walked_one_by_one():
    """Twelve layers of thirty dark boxes, each of which uses all of the next: thirty to the twelfth ways, read at once."""
    layers = [[f"b{depth}-{i}" for i in range(30)] for depth in range(12)] + [["store"]]
    wiring = {STEP: tuple(map(Dependency, layers[0]))}
    for near, far in pairwise(layers):
        wiring |= dict.fromkeys(near, tuple(map(Dependency, far)))
    seen = [frozenset([(None, "store", True), *((None, f"b11-{i}", False) for i in range(at))]) for at in range(29)]
    ledger = account([Pattern(each, ((STEP,),), 1) for each in seen], Plan(wiring, frozenset({STEP})), lambda _: 1.0)
    assert dict(ledger.share) == {("store", STARTS_HERE): pytest.approx(29)}
    assert ledger.flow_in[STEP] == pytest.approx(29)
    assert ledger.ribbons["b4-7", "b5-3"] == pytest.approx(29 / 900)
    assert ledger.ribbons["b11-0", "store"] == pytest.approx(1 / 30)  # only the first attempt did not see it to be well


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_added_up_as_one_by_one(seed):
    """Sums over few bits and over many are those of a loop over every bit."""
    chance = random.Random(seed)
    weights = [chance.random() for _ in range(100)]
    for n in (0, 1, 20, 70):
        some = chance.sample(range(100), n)
        assert Weights(weights).of(table_of(some)) == pytest.approx(sum(weights[at] for at in some))


def test_a_box_comes_after_all_it_uses_unless_they_use_each_other():
    """a uses b, b uses c: c is first; where c uses a as well there is a circle."""
    assert inner_first({"a": ["b"], "b": ["c"]}, "abc") == (["c", "b", "a"], False)
    assert inner_first({"a": ["b"], "b": ["c"], "c": ["a"]}, "abc")[1]
