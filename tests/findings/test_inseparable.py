"""Origins that no data tell apart are one group; money comes from what mending one alone wins, never from a share."""

from dataclasses import replace

import pytest

from findings.test_losses_map import PERIOD, PLACES, STEP, asked
from wholeservice.findings.inseparable import APART_IN_ATTEMPTS, APART_IN_TIME
from wholeservice.findings.joined_in_time import Timed, TimedLoss
from wholeservice.findings.ledger import Pattern
from wholeservice.findings.losses import STARTS_HERE, Observations, Place, draw_up
from wholeservice.findings.propagation import Dependency
from wholeservice.findings.worth import won_a_day
from wholeservice.organisation.load import load_texts

LOST = ((STEP,),)
BOTH_NEEDED = {STEP: (Dependency("page"), Dependency("bank"))}
SPARES = {STEP: (Dependency("page", "any", "g"), Dependency("bank", "any", "g"))}
BOTH = frozenset([(STEP, "page", True), (STEP, "bank", True)])
ONLY_BANK = frozenset([(STEP, "page", False), (STEP, "bank", True)])


def drawn(patterns, wiring=BOTH_NEEDED, timed=Timed()):  # noqa: B008 - never changed
    lost = sum(each.n for each in patterns)
    seen = Observations(patterns, wiring, PLACES, {"page": 1000.0, "bank": 1000.0}, timed=timed)
    return draw_up(asked(lost), seen)


def test_two_that_always_failed_together_are_one_group():
    """Page and bank failed in the same sixty attempts: "bank or page", and it takes attempts in which only one fails."""
    found = drawn([Pattern(BOTH, LOST, 60)])
    assert [(each.ids, each.separated_by) for each in found.together] == [(("bank", "page"), APART_IN_ATTEMPTS)]
    assert found.together[0].size == pytest.approx(0.06)
    assert set(found.top) == {"bank", "page"}
    assert [box.alone for box in found.boxes if box.id in found.top] == [0.0, 0.0]


def test_one_attempt_in_which_only_one_failed_separates_them():
    """In ten attempts the bank failed alone: the two are no group any more, and the bank is the larger."""
    found = drawn([Pattern(BOTH, LOST, 60), Pattern(ONLY_BANK, LOST, 10)])
    assert found.together == ()


def test_spares_that_failed_together_are_no_group():
    """Either mended is enough, so that nobody needs to know which: that is no "A or B"."""
    found = drawn([Pattern(BOTH, LOST, 60)], SPARES)
    assert found.together == ()


def test_parts_that_were_worse_in_the_same_hours_are_one_group():
    """Time gave half to each of two; it takes calls linked to the attempts, or hours in which only one was worse."""
    losses = tuple(TimedLoss("pay", part, STARTS_HERE, 15.0, (STEP, part), ("bank", "page")) for part in ("bank", "page"))
    timed = Timed(losses, {"bank": 30.0, "page": 30.0})
    found = drawn([Pattern(frozenset(), LOST, 60, is_linked=False)], timed=timed)
    assert [(each.ids, each.separated_by) for each in found.together] == [(("bank", "page"), APART_IN_TIME)]
    assert found.together[0].size == pytest.approx(0.03)


WORTH = """
org: { name: Small }
consumers: { guest: { outside: true } }
value-streams: { stream: { owner: ada } }
services:
  s: { for: { guest: [uses] }, stream: stream, worth: 40 EUR, journey: [pay] }
"""


def counted(loss_map):
    return replace(loss_map, people_per_day=loss_map.gap * loss_map.n / PERIOD.days)


def test_money_is_what_mending_one_alone_wins_times_the_worth():
    """60 of 1,000 in 28 days lost at the bank alone, each worth 40 EUR: 2.14 people and 85.71 EUR a day, range carried."""
    organisation, _ = load_texts({"organisation/all.yaml": WORTH})
    found = counted(drawn([Pattern(ONLY_BANK, LOST, 60)]))
    bank = next(box for box in found.boxes if box.id == "bank")
    won = won_a_day(organisation, found, bank)
    assert won.people == pytest.approx(60 / 28)
    assert (won.money, won.currency.name) == (pytest.approx(60 / 28 * 40), "EUR")
    assert won.money_interval.low == pytest.approx(bank.interval.low * 1000 / 28 * 40)
    assert won.money_interval.low < won.money < won.money_interval.high


def test_a_share_is_never_money():
    """Page and bank must both be mended: each has half the share, and mending one alone wins nothing, in money too."""
    organisation, _ = load_texts({"organisation/all.yaml": WORTH})
    found = counted(drawn([Pattern(BOTH, LOST, 60)]))
    assert [won_a_day(organisation, found, box) for box in found.boxes] == [None] * len(found.boxes)


def test_without_a_worth_there_is_no_money():
    """People are counted all the same; nobody's worth is guessed."""
    organisation, _ = load_texts({"organisation/all.yaml": WORTH.replace("worth: 40 EUR, ", "")})
    found = counted(drawn([Pattern(ONLY_BANK, LOST, 60)]))
    won = won_a_day(organisation, found, next(box for box in found.boxes if box.id == "bank"))
    assert (won.money, won.money_interval, won.currency) == (None, None, None)
    assert won.people == pytest.approx(60 / 28)


def test_calls_and_answers_are_no_people():
    """The map of a part counts calls: nobody knows how many people that is, so there are neither people nor money."""
    organisation, _ = load_texts({"organisation/all.yaml": WORTH})
    found = drawn([Pattern(ONLY_BANK, LOST, 60)])
    assert won_a_day(organisation, found, next(box for box in found.boxes if box.id == "bank")) is None


@pytest.mark.parametrize("worth", ["40", "0 EUR"])
def test_a_worth_that_is_no_money_is_told(worth):
    """A number without its currency, or nothing, is refused with what to write."""
    from wholeservice.organisation.check import check

    organisation, problems = load_texts({"organisation/all.yaml": WORTH.replace("40 EUR", worth)})
    assert {each.code for each in [*problems, *check(organisation)] if each.code == "ORG052"} == {"ORG052"}


def test_a_place_is_needed_for_each_box():
    """A supplier's contract is kept on its box."""
    places = PLACES | {"bank": Place("supplier", "Bank", note="a supplier; no contract is declared")}
    seen = Observations([Pattern(ONLY_BANK, LOST, 60)], BOTH_NEEDED, places, {"page": 1000.0, "bank": 1000.0})
    assert {box.id: box.note for box in draw_up(asked(60), seen).boxes}["bank"] == "a supplier; no contract is declared"
