"""The quick reading of attempts gives what the plain one gives, box by box, and guesses no way that was seen."""

import random
from collections import defaultdict

import pytest

from findings import plain_propagation as plain
from wholeservice.findings.circles import circles
from wholeservice.findings.closure import added_up, closures, members
from wholeservice.findings.ledger import Pattern, account
from wholeservice.findings.propagation import ABSORBED, Attempt, Dependency, Plan, follow
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
    found = follow(Attempt(seen, plan), ((STEP,),))
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


@pytest.mark.parametrize("seed", range(20))
def test_tables_are_added_up_as_one_by_one(seed):
    """Sums by byte are those of a loop over every bit, past one byte and with bits that are never set."""
    chance = random.Random(seed)
    sizes = {chance.getrandbits(40): chance.random() for _ in range(50)}
    one_by_one = defaultdict(float)
    for table, size in sizes.items():
        for at in members(table):
            one_by_one[at] += size
    assert added_up(sizes, 40) == pytest.approx(dict(one_by_one))


def test_boxes_in_a_circle_reach_each_other():
    """a uses b, b uses a and c: both reach all three."""
    found = closures({"a": ["b"], "b": ["a", "c"]}, {"a": 0, "b": 1, "c": 2})
    assert found == {"a": 0b111, "b": 0b111, "c": 0b100}
