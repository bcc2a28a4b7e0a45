"""The pages of an owner and of a team: what is theirs, as the organisation says it; people are never ranked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pages import sample_asked
from wholeservice.organisation.graph import Entity, team_of
from wholeservice.organisation.remit import owner_of
from wholeservice.pages import owner, team
from wholeservice.pages.need_rows import need_rows


@pytest.fixture(scope="module")
def asked():
    """The hotel with more of everything."""
    return sample_asked.data()


@pytest.fixture(scope="module")
def maya(asked):
    """Who owns the stream that provides the stay."""
    return owner.build(asked, "Maya Okafor")


def test_an_owner_answers_for_what_the_organisation_derives(asked, maya):
    """Services and parts exactly as `owner_of` gives them; stream, policy and teams besides."""
    owned = {each.id for each in asked.organisation.entities.values() if owner_of(asked.organisation, each.id) == maya.name}
    kinds = {each: asked.organisation.entities[each].kind for each in owned}
    assert {each.row.entity for each in maya.services} == {each for each, kind in kinds.items() if kind in ("service", "part")}
    assert len(maya.others) == sum(kind in ("value-stream", "policy", "team", "unit") for kind in kinds.values())
    assert {each.title: each.note for each in maya.others}["Check of papers"] == "our own choice"
    assert {each.title: each.note for each in maya.others}["Look to stay"] == "its money is not written down"


def test_needs_are_counted_by_verdict_over_all_they_own(asked, maya):
    """As each service's own page has them."""
    verdicts = [each.verdict for holding in maya.services for each in need_rows(asked, holding.row.entity)]
    totals = tuple(sum(each.counts[place] for each in maya.services) for place in range(4))
    assert totals == tuple(verdicts.count(each) for each in ("met", "missed", "cannot tell yet", "not measured"))
    assert maya.needs_title == "Of 6 needs: 2 met, 1 missed, 1 too close to call and 2 not measured"
    assert [each.says for each in maya.missed] == ["I want to know what I will pay"]


def test_what_is_lost_there_is_the_map_and_where_it_starts(maya):
    """The need of the stay first, then its parts in which loss starts, largest first; no aim, nothing of others."""
    assert [(each.title, each.size, each.people) for each in maya.losses] == [
        ("Book and stay", "−6.0 pp", "84 people a day"),
        ("Price build-up with a rather long name", "−2.0 pp", None),
        ("Payment page", "−0.60 pp", None),
    ]


def test_services_are_alphabetical(maya):
    """No number orders them."""
    titles = [each.row.title for each in maya.services]
    assert titles == sorted(titles, key=str.casefold)


def test_a_long_list_is_cut_on_the_page_and_whole_in_the_table(asked):
    """Ninety services: the page shows eighty and says how many there are; the table has them all."""
    entities = dict(asked.organisation.entities)
    entities |= {f"s{i}": Entity(f"s{i}", "service", f"Service {i:02}", fields={"owner": "Ana"}) for i in range(90)}
    many = replace(asked, organisation=replace(asked.organisation, entities=entities), snapshot="many")
    page = owner.build(many, "Ana")
    assert (len(page.services), page.n_services) == (80, 90)
    assert len(owner.PAGE.sheet(many, page).rows) == 90


def test_an_unknown_owner_is_none(asked):
    """Not a service, not a part of a name."""
    assert owner.build(asked, "Maya") is None
    assert owner.build(asked, "stay") is None


def test_a_team_offers_what_names_it(asked):
    """As `team_of` gives it; each with who uses it, the steps it serves and the rules that bind a change."""
    page = team.build(asked, "booking")
    org = asked.organisation
    assert {each.entity for each in page.offers} == {
        each.id for each in org.entities.values() if each.kind in ("service", "part") and team_of(org, each.id) == "booking"
    }
    checkout = next(each for each in page.offers if each.entity == "checkout")
    assert (checkout.at, [each.title for each in checkout.changed_under]) == (("Pay",), ["Check of papers"])
    assert [each.note for each in checkout.changed_under] == ["Maya Okafor"]
    stay = next(each for each in page.offers if each.entity == "stay")
    assert [each.title for each in stay.consumers] == ["Guests"]


def test_how_to_ask_and_with_whom(asked):
    """What is declared stands there; the other team sees the same from its side."""
    page, other = team.build(asked, "booking"), team.build(asked, "pricing")
    assert page.ask == ("chat #booking",)
    assert [(each.title, each.note) for each in page.serves] == [("Pricing team", "they work on it together")]
    assert [(each.title, each.note) for each in other.served_by] == [("Booking team", "they work on it together")]
    assert [each.title for each in page.stages] == ["Look to stay"]
    assert page.owner == "Maya Okafor"


def test_what_is_not_written_down_is_said_with_how_to_fill_it(asked):
    """The pricing team declares nothing of itself; the booking team has written how to ask."""
    missing = {each.what: each.fill for each in team.build(asked, "pricing").not_written}
    assert "How to ask it for something" in missing
    assert missing["How many people it has"] == "Under teams: pricing: write “people: 7”."
    assert "How to ask it for something" not in {each.what for each in team.build(asked, "booking").not_written}


def test_only_a_team_has_a_page_of_a_team(asked):
    """A service and an unknown id have none."""
    assert team.build(asked, "stay") is None
    assert team.build(asked, "nowhere") is None
