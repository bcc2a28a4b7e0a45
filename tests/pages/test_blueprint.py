"""The blueprint of a service: each thing once, in its lane, with the numbers of the results and the losses of the map."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pages import sample, sample_asked
from wholeservice.organisation.graph import SEEN, Edge, Entity, Organisation, Step
from wholeservice.pages import blueprint, service
from wholeservice.pages.blueprint_part import MOST_IN_CELL, behind


@pytest.fixture(scope="module")
def asked():
    """The hotel with more of everything."""
    return sample_asked.data()


@pytest.fixture(scope="module")
def page(asked):
    """Its blueprint."""
    return blueprint.build(asked, "stay")


def organisation(*edges: Edge, channels: tuple[str, ...] = (), n_more: int = 0) -> Organisation:
    """A shop of two steps; `desk` may have channels of its own, and `n_more` parts serve the first step, too."""
    entities = [
        Entity("shop", "service", "Shop", journey=(Step("look", "Look"), Step("pay", "Pay"))),
        *(Entity(each, "part", each, parent="shop") for each in ("page", "stock", "till")),
        Entity("desk", "part", "Desk", parent="shop", channels=channels), Entity("bank", "supplier", "Bank"),
        Entity("cards", "part", "Cards"), Entity("staff", "service", "Staff rota"), Entity("rule", "policy", "Rule"),
        *(Entity(f"more-{n}", "part", f"More {n}", parent="shop") for n in range(n_more)),
    ]  # fmt: skip
    more = tuple(Edge(f"more-{n}", "at", "shop.look") for n in range(n_more))
    return Organisation("S", "", "", {each.id: each for each in entities}, (*edges, *more), (), {}, "1")


AT = (Edge("page", "at", "shop.look"), Edge("desk", "at", "shop.look"), Edge("desk", "at", "shop.pay"),
      Edge("page", "uses", "desk"), Edge("till", "at", "shop.pay"), Edge("till", "uses", "desk"), Edge("till", "uses", "cards"),
      Edge("page", "uses", "stock", SEEN), Edge("stock", "uses", "staff"), Edge("bank", "provides", "cards"),
      Edge("rule", "binds", "shop.pay"))  # fmt: skip


def lanes(org: Organisation) -> dict[str, tuple[str, int]]:
    found = behind(org, "shop", ("look", "pay"), lambda _: 0.0)
    return {each.entity: (each.lane, each.step) for each in found.placed}


def test_front_is_what_people_meet_back_what_that_uses_support_what_carries_it():
    """A desk behind another part at both of its steps is back stage; a part of a supplier and a service inside are support."""
    assert lanes(organisation(*AT)) == {
        "page": ("front", 0), "desk": ("back", 0), "stock": ("back", 0), "staff": ("support", 0), "till": ("front", 1),
        "cards": ("support", 1), "rule": ("front", 1),
    }  # fmt: skip


def test_a_part_with_channels_of_its_own_faces_people():
    """So does one that at any of its steps nothing stands before."""
    assert lanes(organisation(*AT, channels=("phone",)))["desk"] == ("front", 0)
    without = tuple(each for each in AT if (each.from_id, each.to_id) != ("till", "desk"))
    assert lanes(organisation(*without))["desk"] == ("front", 0)


def test_a_thing_that_several_steps_need_stands_once_with_a_line_from_each():
    """The desk serves both steps; which links nobody declared is kept."""
    found = behind(organisation(*AT), "shop", ("look", "pay"), lambda _: 0.0)
    assert [each.from_id for each in found.wires if each.to_id == "desk"] == ["shop.look", "shop.pay", "page", "till"]
    assert [(each.from_id, each.to_id) for each in found.wires if each.is_seen] == [("page", "stock")]


def test_where_there_is_no_room_what_weighs_least_is_left_out_and_said():
    """Six parts in front of one step: four stay, the two that lose most among them, and no line leads to nothing."""
    weights = {"page": 0.2, "more-4": 0.1}
    found = behind(organisation(*AT, n_more=5), "shop", ("look", "pay"), lambda each: weights.get(each, 0.0))
    front = [each.entity for each in found.placed if (each.lane, each.step) == ("front", 0)]
    assert len(front) == MOST_IN_CELL
    assert {"page", "more-4"} <= set(front)
    assert set(found.left_out) == {f"more-{n}" for n in range(5)} - set(front)
    named = {each.entity for each in found.placed} | {"shop.look", "shop.pay"}
    assert {end for each in found.wires for end in (each.from_id, each.to_id)} <= named


def test_circles_of_use_end():
    """Two parts that use each other are placed once each."""
    org = organisation(*AT, Edge("staff", "uses", "page"), Edge("stock", "uses", "stock"))
    assert sorted(lanes(org)) == ["cards", "desk", "page", "rule", "staff", "stock", "till"]


def test_people_are_those_of_the_journey(asked, page):
    """The same numbers as on the page of the service."""
    drawn = service.build(asked, "stay").band.journey.drawing.steps
    rows = [each for each in page.rows if each.lane == "consumer"]
    assert [each.people for each in rows] == [each.people for each in drawn]
    assert rows[0].kept is None
    assert rows[1].kept == drawn[1].kept


def test_loss_is_that_of_the_map(page):
    """Boxes and lines carry what flows there; what the map did not observe and nobody counts is dark, never zero."""
    by = {each.id: each for each in page.drawing.boxes}
    ribbons = {(each.from_id, each.to_id): each.lost for each in page.drawing.links}
    assert (by["stay.pay"].lost, by["checkout"].lost, by["prices"].lost) == (0.043, 0.043, 0.027)
    assert (ribbons["stay.pay", "checkout"], ribbons["checkout", "prices"]) == (0.043, 0.027)
    assert (by["cards"].lost, by["cards"].is_dark) == (None, True)
    assert page.says.startswith("Most of what is lost runs through Payment page (−4.3 pp)")
    assert page.loss_of == "“I want to know what I will pay”, which falls 6.0 pp short"


def test_the_state_of_a_part_is_how_often_its_calls_worked(asked, page):
    """All of it, not at one step; the team that can act stands with it."""
    row = next(each for each in page.rows if each.title == "Payment page")
    assert row.works.value == asked.results.latest("success", "checkout").value.value
    assert row.team.title == "Booking team"
    assert next(each.who for each in page.drawing.boxes if each.id == "checkout") == "Booking team"


def test_what_a_supplier_provides_names_the_supplier(asked):
    """Where no team of ours runs it; the name, not the id."""
    bank = Entity("bank", "supplier", "Card bank")
    bare = replace(asked.organisation.entities["cards"], team=None)
    changed = replace(asked.organisation, entities={**asked.organisation.entities, "bank": bank, "cards": bare})
    page = blueprint.build(replace(asked, organisation=changed), "stay")
    assert next(each.who for each in page.drawing.boxes if each.id == "cards") == "Card bank"


def test_without_a_map_nothing_is_said_to_be_lost(asked):
    """A loss that nobody traced is not a loss of nothing."""
    page = blueprint.build(replace(asked, loss_maps={}), "stay")
    assert {each.lost for each in page.rows} == {None}
    assert page.loss_of is None
    works = next(each for each in page.drawing.boxes if each.id == "checkout")
    assert (works.lost, works.is_dark) == (None, False)


def test_evidence_is_dark_where_no_channel_is_counted(page):
    """Web and app are counted at Pay; nobody counts any channel at the other steps."""
    by = {each.step: each.is_dark for each in page.rows if each.lane == "evidence"}
    assert by["Pay"] is False
    assert sum(by.values()) == len(sample.STEPS) - 1
    assert any(each.what.startswith("By which channel people come to Find") for each in page.unmeasured)


def test_what_is_at_no_step_is_named_and_not_drawn(page):
    """The sample's rooms and feed belong to the stay, and nobody said at which step; prices are used by Pay through a part."""
    assert {"Room release", "Room status feed"} <= {each.title for each in page.unplaced}
    assert {each.title for each in page.unplaced}.isdisjoint(each.title for each in page.rows)


def test_a_service_without_a_journey_says_what_would_draw_it(asked):
    """No boxes, and no page at all for what is no service or part."""
    page = blueprint.build(asked, "spa")
    assert (page.has_journey, page.rows) == (False, ())
    assert page.says == "Nobody has written down the steps people go through"
    assert blueprint.build(asked, "booking") is None
    assert blueprint.build(asked, "nobody") is None


def test_a_journey_of_very_many_steps_is_cut_and_says_so(asked):
    """Thirty steps: the first twenty-four are drawn."""
    long = replace(asked.organisation.entities["stay"], journey=tuple(Step(f"s{n}", f"S{n}") for n in range(30)))
    changed = replace(asked.organisation, entities={**asked.organisation.entities, "stay": long})
    page = blueprint.build(replace(asked, organisation=changed), "stay")
    assert (len(page.drawing.steps), page.n_steps_left_out) == (24, 6)
