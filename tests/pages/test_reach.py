"""What rides on a part: followed to the whole services, steps and people; what can be done without is told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pages import sample_asked
from wholeservice.organisation.graph import Edge
from wholeservice.pages import service
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
    """A service by itself, a team and an unknown id have no reach."""
    assert reach_of(asked, "parking") is None
    assert reach_of(asked, "booking") is None
    assert reach_of(asked, "nowhere") is None
