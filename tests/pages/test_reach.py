"""What rides on a part: followed to the whole services, steps and people; what can be done without is told apart."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from pages import sample_asked
from wholeservice.app.web import render
from wholeservice.findings import riding
from wholeservice.organisation.graph import Edge, Entity
from wholeservice.pages import service
from wholeservice.pages.numbers import when
from wholeservice.pages.reach_part import reach_of


@pytest.fixture(scope="module")
def asked():
    """The hotel with more of everything."""
    return sample_asked.data()


def with_edges(data, *edges):
    return replace(data, organisation=replace(data.organisation, edges=(*data.organisation.edges, *edges)))


def test_a_part_is_followed_to_the_whole_service_its_step_and_the_people(asked):
    """The price part is used by the payment page, which serves Pay of Book and stay, for guests."""
    reach = service.build(asked, "prices").reach
    assert reach.title == "1 whole service, 1 step and 1 kind of people ride on it"
    assert [each.entity for each in reach.users] == ["stay", "checkout"]
    assert [(each.title, each.within, each.is_hard) for each in reach.steps] == [("Pay", "Book and stay", True)]
    assert [(each.title, each.volume) for each in reach.people] == [("Guests", "4,100,000 a year")]
    assert reach.redundancy == "Nothing is declared that could stand in for it."


def test_what_can_stand_in_is_named_and_rides_no_longer_hard(asked):
    """Card payments or the cash desk, either will do: the step can do without each of them."""
    reach = reach_of(asked, "cards")
    assert reach.users[0].instead == ("Cash desk",)
    assert reach.redundancy == "Payment page can use Cash desk instead."
    assert [(each.title, each.is_hard) for each in reach.steps] == [("Pay", False)]
    assert [each.is_hard for each in (*reach.services, *reach.people)] == [False, False]


def test_an_optional_use_goes_on_without(asked):
    """The search page shows hints when there are some."""
    reach = reach_of(asked, "hints")
    assert reach.users[0].how == "goes on without it"
    assert reach.redundancy == "All that use it go on without it."
    assert not any(each.is_hard for each in (*reach.services, *reach.steps, *reach.people))


def test_a_supplier_is_reached_through_what_it_provides(asked):
    """The bank provides card payments."""
    reach = reach_of(asked, "bank")
    assert [each.entity for each in reach.users] == ["checkout"]
    assert [each.title for each in reach.services] == ["Book and stay"]


def test_a_circle_of_uses_ends_and_counts_each_once(asked):
    """Two that use each other are walked once."""
    reach = reach_of(with_edges(asked, Edge("prices", "uses", "cards"), Edge("cards", "uses", "prices")), "cards")
    assert [each.title for each in reach.services] == ["Book and stay"]
    assert len({each.address for each in reach.steps}) == len(reach.steps)


def test_what_it_uses_itself_stands_beside(asked):
    """The payment page with what can be used in place of what."""
    reach = reach_of(asked, "checkout")
    assert [(each.entity, each.instead) for each in reach.rests_on] == [
        ("cards", ("Cash desk",)), ("cash", ("Card payments",)), ("prices", ()),
    ]  # fmt: skip


def test_nothing_rides_on_what_is_used_by_nothing(asked):
    """A service by itself and an unknown id have no reach."""
    assert reach_of(asked, "parking") is None
    assert reach_of(asked, "nowhere") is None


def test_people_a_day_come_from_the_facts(asked):
    """How many attempts a day come to the step that is lost, of the newest period in which they were counted."""
    reach = reach_of(asked, "prices")
    pay = asked.results.latest("volume", "stay", step="pay")
    a_day = f"about {pay.value.value / pay.period.days:,.0f} attempts a day come to Pay ({when(asked, pay.period)})"
    assert reach.a_day == (f"Book and stay loses Pay; {a_day}",)
    assert reach.first == "It is felt first at Pay, step 3 of 7 of Book and stay."


def test_with_a_stand_in_no_step_is_lost(asked):
    """Card payments have the cash desk beside them: as on a loss map, one of two that stand in for each other loses nothing."""
    assert reach_of(asked, "cards").a_day == ()
    hit = riding.failing(asked.organisation, "cards")
    assert hit == {"cards"}


def test_both_of_two_that_stand_in_for_each_other_lose_the_step(asked):
    """A supplier of both card payments and the cash desk takes the payment page with it."""
    edges = (Edge("bank", "provides", "cash"),)
    assert {"cards", "cash", "checkout", "stay.pay"} <= riding.failing(with_edges(asked, *edges).organisation, "bank")


def test_a_team_takes_what_it_runs_with_it(asked):
    """What rides on the booking team is what rides on all that it runs."""
    reach = reach_of(asked, "booking")
    assert [each.title for each in reach.services] == ["Book and stay"]
    assert reach.redundancy == "When a team cannot act, what it runs stops as it would by itself."
    assert reach.plan == ""


def test_a_policy_stops_what_it_binds(asked):
    """A rule that binds a step stops that step, and nothing else."""
    rule = Entity("rule", "policy", "A rule")
    organisation = asked.organisation
    entities = {**organisation.entities, "rule": rule}
    edges = (*organisation.edges, Edge("rule", "binds", "stay.pay"))
    reach = reach_of(replace(asked, organisation=replace(organisation, entities=entities, edges=edges)), "rule")
    assert [(each.title, each.is_hard) for each in reach.steps] == [("Pay", True)]
    assert [each.title for each in reach.services] == ["Book and stay"]


def test_the_page_of_a_rule_says_what_it_binds_and_why_and_plans_for_no_day_it_stops(asked):
    """Nobody uses a rule, and it does not break: its page says whom it meets."""
    page = service.build(asked, "id-check")
    assert (page.policy.title, page.policy.basis) == ("It binds Book and stay: Pay and Payment page", "our own choice")
    assert [(each.note, each.address) for each in page.policy.binds] == [
        ("step", "/service/stay/step/pay"), ("part", "/service/checkout"),
    ]  # fmt: skip
    assert page.reach.title.endswith(" meet it")
    printed = render(service.PAGE, page)
    assert all(words in printed for words in ("Why it is so: our own choice.", "Whose work waits for it", "Who meets it"))
    assert all(words not in printed for words in ("No plan is declared", "Nothing is declared to use it", "ride on it"))
    assert service.build(asked, "checkout").policy is None


def test_a_plan_is_told_with_its_day_or_that_there_is_none(asked):
    """No plan is said plainly; a plan with its day, or that nobody wrote the day down."""
    assert reach_of(asked, "prices").plan == "No plan is declared for the day it stops."
    prices = asked.organisation.entities["prices"]
    for dated, words in ((dt.date(2026, 5, 1), "written 1 May 2026"), (None, "nobody says when that was written")):
        planned = replace(prices, fields={**prices.fields, "plan": {"says": "show last week's prices", "dated": dated}})
        entities = {**asked.organisation.entities, "prices": planned}
        told = reach_of(replace(asked, organisation=replace(asked.organisation, entities=entities)), "prices").plan
        assert told == f"The day it stops: show last week's prices ({words})."


def test_a_loss_that_passes_through_leads_back_to_who_feels_it(asked):
    """Every map of another service on which loss passes through it is named, with what starts there."""
    maps = {
        key: each for key, each in asked.loss_maps.items() if any(box.id == "checkout" and box.flow_in for box in each.boxes)
    }
    felt = reach_of(asked, "checkout").felt
    assert len(felt) == len(maps)
    assert all(each.address == "/service/stay#losses" for each in felt)
