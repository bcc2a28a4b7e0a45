"""Policies, interfaces and suppliers as origins: what ended an attempt, what two sides did not agree on, who provides it."""

import datetime as dt

import pytest

from findings.test_trace import BANK, FINE, PERIOD, START, N, Told, keys, mapped
from simulation.as_product import arrow_rows
from wholeservice import tables
from wholeservice.derived.exposures import observe
from wholeservice.derived.ruled import observe_policies
from wholeservice.findings.losses import STARTS_HERE, LossMap
from wholeservice.findings.policies import with_policies
from wholeservice.findings.trace import trace
from wholeservice.measures.compute import prepare
from wholeservice.organisation.load import load_texts
from wholeservice.tables import Interaction, Judgement
from wholeservice.units import SHARE

ORGANISATION = """
org: { name: Small }
consumers: { guest: { outside: true } }
value-streams: { stream: { owner: ada } }
services:
  stay:
    for: { guest: [uses] }
    stream: stream
    journey: [find, pay, sleep]
    parts:
      search: { team: one, at: find }
      checkout: { team: one, at: pay, uses: [cards] }
policies:
  limit: { title: Card limit, owner: ada, basis: our own choice, binds: [stay.pay], outcomes: [Over-limit] }
  check-name: { owner: ada, basis: law, binds: [checkout] }
suppliers:
  bank: { title: Bank, provides: [cards], contract: { ends: 2027-03-31, cost: 0.11 EUR per booking } }
teams: { one: { type: stream-aligned } }
"""
NO_BANK = [FINE[0], ("pay", "2", None, "checkout", False), ("pay", "3", "2", "cards", False)]


@pytest.fixture(scope="module")
def organisation():
    found, problems = load_texts({"organisation/all.yaml": ORGANISATION})
    assert not [each for each in problems if each.severity == "error"]
    return found


class Ruled(Told):
    """Attempts that may end with an outcome of their own, and judgements of why one ended."""

    def __init__(self):
        super().__init__()
        self.judgements = []

    def ended(self, outcome, calls=()):
        """One attempt that came to pay and went no further, with this outcome."""
        self.attempt("pay", calls)
        last = self.interactions[-1]
        values = {name: getattr(last, name) for name in Interaction.__dataclass_fields__}
        self.interactions[-1] = Interaction(**values | {"outcome": outcome})
        return self

    def judged(self, attempt, verdict):
        row = {"about": f"attempts:{attempt}", "question": "cause", "verdict": verdict, "judged_at": START}
        self.judgements.append(Judgement(**keys(f"j{attempt}"), **row))

    def engine(self):
        engine = super().engine()
        engine.add("judgements", arrow_rows(tables.JUDGEMENTS, self.judgements))
        return engine


def drawn(story, organisation):
    engine = story.engine()
    prepare(engine, organisation)
    ended_by = observe_policies(engine, organisation, "stay", PERIOD)
    observed = with_policies(observe(engine, "stay", PERIOD), organisation, ended_by)
    lost, n = sum(row is not None for row in observed.units["lost_step"].to_pylist()), observed.units.num_rows
    asked = LossMap("stay", "need", "target", SHARE, 1, 1.0, 1 - lost / n, lost / n, None, n, PERIOD)
    found = trace(asked, organisation, observed)
    engine.close()
    return found, {box.id: box for box in found.boxes}


def story(n_ruled, outcome="over-limit", calls=NO_BANK):
    """Forty attempts, some of which ended with an outcome of a policy."""
    told = Ruled()
    for number in range(N):
        if number < n_ruled:
            told.ended(outcome, calls)
        else:
            told.attempt(None, NO_BANK)
    return told


def test_an_attempt_that_a_policy_ended_starts_at_the_policy(organisation):
    """Ten of forty went over the limit, with every part healthy: the loss starts at the policy, not at the step."""
    found, boxes = drawn(story(10), organisation)
    assert found.top == ("limit",)
    assert (boxes["limit"].kind, boxes["limit"].claim, boxes["limit"].layer) == ("policy", STARTS_HERE, 1)
    assert boxes["limit"].starts_here == pytest.approx(10 / 39)
    assert boxes["stay.pay"].not_traced == 0.0


def test_another_outcome_is_no_policys_doing(organisation):
    """People who were bored ended with a word that no policy has: the map has no policy at all."""
    _, boxes = drawn(story(10, "bored"), organisation)
    assert "limit" not in boxes


def test_a_policy_is_found_where_no_call_was_recorded(organisation):
    """What ended the attempt is known from its outcome: it needs no trace."""
    found, boxes = drawn(story(10, calls=()), organisation)
    assert boxes["limit"].starts_here == pytest.approx(10 / 39)
    assert dict(found.by_rung)["linked"] == pytest.approx(1.0)


def test_those_whom_the_policy_did_not_end_start_elsewhere(organisation):
    """Eight ended at the bank, ten at the limit: each keeps its own, and the policy was seen not to be what ended the eight."""
    told = story(10)
    for _ in range(8):
        told.attempt("pay", [FINE[0], ("pay", "2", None, "checkout", True), ("pay", "3", "2", "cards", True)])
    _, boxes = drawn(told, organisation)
    n = N + 8 - 1
    assert boxes["limit"].starts_here == pytest.approx(10 / n)
    assert boxes["bank"].starts_here + boxes["bank"].not_traced == pytest.approx((8 - 1) / n)


def test_a_judgement_of_the_cause_names_a_policy(organisation):
    """Somebody judged ten failures to be the name check's, which binds the checkout: it stands behind the part that failed."""
    told = Ruled()
    for number in range(N):
        told.attempt("pay" if number < 10 else None, [FINE[0], ("pay", "2", None, "checkout", number < 10), NO_BANK[2]])
        if number < 10:
            told.judged(f"a{number}", "Check name")
    found, boxes = drawn(told, organisation)
    assert boxes["check-name"].starts_here == pytest.approx(10 / 39)
    assert {(r.from_id, r.to_id) for r in found.ribbons if r.size} == {("stay.pay", "checkout"), ("checkout", "check-name")}


def test_what_a_supplier_provides_is_met_in_its_name(organisation):
    """Calls name what is provided; the box is the supplier, once, with its contract."""
    told = Ruled()
    for number in range(N):
        is_lost = number < 10
        calls = [FINE[0], ("pay", "2", None, "checkout", is_lost), ("pay", "3", "2", "cards", is_lost)]
        told.attempt("pay" if is_lost else None, calls)
    found, boxes = drawn(told, organisation)
    assert (found.top, boxes["bank"].kind) == (("bank",), "supplier")
    assert "cards" not in boxes
    assert boxes["bank"].note == "a supplier, which provides Cards; contract ends 31 Mar 2027; it costs €0.11 a booking"


TWO_SIDES = [FINE[0], ("pay", "2", None, "checkout", True), ("pay", "3", "2", "gate", True), ("pay", "4", "3", "gate", False)]
AGREED = [FINE[0], ("pay", "2", None, "checkout", False), ("pay", "3", "2", "gate", False), ("pay", "4", "3", "gate", False)]
BOTH_FAILED = [*TWO_SIDES[:3], ("pay", "4", "3", "gate", True)]
WITH_GATE = ORGANISATION.replace("uses: [cards] }", "uses: [gate] }\n      gate: { title: Gate, team: one }")


@pytest.fixture(scope="module")
def gated():
    return load_texts({"organisation/all.yaml": WITH_GATE})[0]


def lost_with(n_lost, calls, also=0):
    told = Told()
    for number in range(N):
        lost_by = calls if number < n_lost else BOTH_FAILED if number < n_lost + also else None
        told.attempt("pay" if lost_by else None, lost_by or AGREED)
    return told


def test_a_call_that_failed_on_one_side_only_starts_between_the_two(gated):
    """The checkout saw ten calls fail which the gate answered well: neither of them is named, the interface is."""
    found, boxes = mapped(lost_with(10, TWO_SIDES), gated)
    assert found.top == ("checkout → gate",)
    box = boxes["checkout → gate"]
    assert (box.kind, box.title, box.claim) == ("interface", "Checkout → Gate", STARTS_HERE)
    assert box.starts_here == pytest.approx(10 / 39)
    assert boxes["gate"].flow_in == boxes["checkout"].starts_here == 0.0
    assert boxes["checkout"].layer < box.layer < boxes["gate"].layer


def test_a_call_that_failed_on_both_sides_starts_at_the_part(gated):
    """Where the gate failed too, it is the gate; its own record of the call is no call to itself."""
    found, boxes = mapped(lost_with(10, BOTH_FAILED), gated)
    assert found.top == ("gate",)
    assert not [box for box in boxes if "→" in box]


def test_the_interface_and_the_part_are_told_apart(gated):
    """Ten disagreed and twelve failed on both sides: the flow to the gate goes through the box between."""
    found, boxes = mapped(lost_with(10, TWO_SIDES, also=12), gated)
    assert boxes["checkout → gate"].starts_here == pytest.approx(10 / 39)
    assert boxes["gate"].starts_here == pytest.approx(12 / 39)
    sizes = {(r.from_id, r.to_id): r.size for r in found.ribbons if r.size}
    assert sizes["checkout", "checkout → gate"] == pytest.approx(22 / 39)
    assert sizes["checkout → gate", "gate"] == pytest.approx(12 / 39)


def test_one_side_alone_says_nothing_of_an_interface(organisation):
    """Calls told by one side are what they were."""
    told = Told()
    for number in range(N):
        told.attempt("pay" if number < 10 else None, BANK if number < 10 else FINE)
    _, boxes = mapped(told, organisation)
    assert not [box for box in boxes if "→" in box]


@pytest.mark.parametrize(("word", "why"), [
    ("failed", "it is said of any loss"), ("not-wanted", "it is a legitimate end of Stay, and what ends well is no loss"),
    ("over-limit", "it is already that of 'limit'"), ("done", "it means that all went well"),
])  # fmt: skip
def test_an_outcome_that_cannot_be_a_policys_doing_is_told(word, why):
    """A word for any loss, for an end that is fine, or of another policy would blame the wrong rule."""
    text = ORGANISATION.replace("binds: [checkout] }", f"binds: [checkout], outcomes: [{word}] }}")
    _, problems = load_texts({"organisation/all.yaml": text.replace("sleep]", "sleep]\n    ends: [not-wanted]")})
    from wholeservice.organisation.check import check

    found, _ = load_texts({"organisation/all.yaml": text.replace("sleep]", "sleep]\n    ends: [not-wanted]")})
    told = [each for each in [*problems, *check(found)] if each.code == "ORG051"]
    assert len({each.what for each in told}) == 1
    assert told[0].what.endswith(why)


def test_the_period_is_that_of_the_question(organisation):
    """An attempt that began before the period is none of this map's."""
    engine = story(10).engine()
    prepare(engine, organisation)
    later = type(PERIOD)(START + dt.timedelta(days=2), PERIOD.to_at)
    assert len(observe_policies(engine, organisation, "stay", PERIOD)) == 10
    assert len(observe_policies(engine, organisation, "stay", later)) == 6
    engine.close()
