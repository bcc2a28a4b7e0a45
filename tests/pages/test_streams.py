"""The pages of value streams, items, and how a service changes: what they say, whom they name, and what they leave open."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from measures.lives_by_hand import A, B, C, at, flow, life, piece, wait
from pages import sample, sample_asked
from wholeservice.app import web
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Need, Target
from wholeservice.pages import PAGES, item, service, stream, streams, team
from wholeservice.pages.flow_numbers_part import NOT_KNOWN
from wholeservice.pages.flow_part import ageing_of
from wholeservice.pages.stream_map_part import finding_words, shares_words
from wholeservice.periods import CALENDAR
from wholeservice.units import parse_amount

PAGE = {each.name: each for each in PAGES}


@pytest.fixture(scope="module")
def asked():
    """The hotel with two finished items and one open one."""
    return sample_asked.data()


def test_the_title_says_how_much_work_takes_how_long_and_what_for(asked):
    """8 h of work take 21 h on average; most of the wait is for decisions."""
    page = stream.build(asked, "look-to-stay")
    assert page.says == "8 h of work takes 21 h; 53.8% of the wait is for a decision"
    assert page.map_title.startswith("An item is worked on for 38.1% of its time")
    assert page.coverage.startswith("2 items done from 2 Mar 2026 to 3 Mar 2026; 1 open at the end; of 100.0% of their time")
    assert [(each.title, each.right) for each in page.map.stages] == [("Decide", 1.0), ("Build", 1.0), ("Check it", 0.5)]
    assert [each.whom for each in page.map.asked] == ["Price build-up with a rather long name"]


def test_a_wait_names_who_answers_for_what_is_waited_for_and_a_team_only_as_who_can_act(asked):
    """Prices are of the pricing team; what nobody is named for is answered for by the owner of the stream."""
    rows = {each.what: each for each in stream.build(asked, "look-to-stay").waits}
    prices = rows["Price build-up with a rather long name"]
    assert (prices.stage, prices.mean, prices.n_now) == ("Check it", "5 h", 1)
    assert prices.team.title == "Pricing team"
    assert (rows["a decision"].owner, rows["a decision"].team) == ("Maya Okafor", None)


def test_what_is_expected_is_held_against_what_was_done_and_what_is_open(asked):
    """A took 8 h and B 20 h, C is 23 h old: of 85% within 10 h half is kept, and the open item is older."""
    assert stream.build(asked, "look-to-stay").expected is None
    level = parse_amount("10h")
    target = Target("p85 cycle-time <= 10h over 90d", "cycle-time", "<=", level, 90, quantile=0.85)
    needs = (*asked.organisation.needs, Need("soon", "look-to-stay", "soon", None, None, (target,), is_aim=True))
    page = stream.build(replace(asked, organisation=replace(asked.organisation, needs=needs)), "look-to-stay")
    assert page.scatter.title == "50.0% were done within 10 h; 85.0% is aimed at"
    assert page.ageing.title == "1 of 1 item under way is older than 10 h"
    assert page.ageing.expected_s == 36000.0


def test_a_stream_without_work_says_what_would_fill_it():
    """No number, no picture, and what to write down."""
    page = stream.build(sample.data(), "look-to-stay")
    assert (page.says, page.map, page.n_done) == ("No work was seen in it yet", None, 0)
    assert "Record the work in it as items and stays" in web.render(PAGE["stream"], page)


def test_work_that_nobody_saw_is_not_called_none(asked):
    """Of stays that say neither work nor wait, the page says that nobody wrote it down."""
    bare = flow(life("X", (piece("decide", "unknown", 0, 5), piece("build", "unknown", 5, 9))))
    page = stream.build(replace(asked, flows=(bare,), stories={}), "look-to-stay")
    assert page.says == "It takes 9 h; how much of that is work, nobody wrote down"
    assert [each.n_waiting for each in page.map.stages] == [None, None, None]
    html = web.render(PAGE["stream"], page)
    assert "No wait of these items was recorded" in html
    assert page.open == ()


def test_all_streams_stand_in_the_order_of_their_names_and_none_is_ranked(asked):
    """Each says what its work says, or that none was seen."""
    page = streams.build(asked)
    assert [(each.title, each.half, each.n_done) for each in page.streams] == [("Look to stay", "18 h", 2)]
    assert streams.build(sample.data()).streams[0].says is None


def test_an_item_leads_to_what_it_waited_for(asked):
    """B waited 10 h for E-1, whose own page can be opened; what nobody keeps has none."""
    page = item.build(asked, "B")
    assert page.says == "It took 24 h, 8 h of it work; it waited 10 h for E-1 (price build-up with a rather long name)"
    assert [(each.what, each.address, each.time) for each in page.waits] == [
        ("E-1", "/items/E-1", "10 h"), ("a decision", None, "4 h"), ("mending what came back", None, "2 h"),
    ]  # fmt: skip
    assert [(each.title, each.things[0].address) for each in page.ties] == [("It was held up by", "/items/E-1")]
    assert item.build(asked, "nobody") is None
    assert "what most of that was, nobody wrote down" in item.build(asked, "E-1").says


def test_a_team_shows_its_flow_from_five_people_up(asked):
    """A team whose size nobody wrote down, or of four people, says why its numbers are not shown."""
    assert team.build(asked, "pricing").flow.why_not.startswith("It is not written down how many people it has")
    entities = dict(asked.organisation.entities)
    entities["booking"] = replace(entities["booking"], fields={"people": 4})
    of_team = (replace(flow(A, B, C), entity="booking"),)
    small = replace(asked, organisation=replace(asked.organisation, entities=entities), flows=of_team)
    assert small.flows
    assert team.build(small, "booking").flow.numbers == ()
    assert team.build(small, "booking").flow.ageing is None
    assert "fewer than 5 people" in team.build(small, "booking").flow.why_not
    shown = team.build(replace(asked, flows=of_team), "booking").flow
    assert (shown.why_not, len(shown.ageing.items)) == (None, 1)


def test_a_service_says_how_it_changes_and_whose_work_waits_for_it(asked):
    """The prices are waited for by the stream, 5 h for each item; what has no stream and no work says nothing."""
    page = service.build(asked, "prices").changes
    assert [(each.to.title, each.mean, each.n_now) for each in page.waiters] == [("Look to stay", "5 h", 1)]
    assert page.stream.address == "/streams/look-to-stay"
    assert service.build(asked, "parking").changes is None


@pytest.mark.parametrize(("name", "given"), [("stream", {"entity": "look-to-stay"}), ("item", {"item": "B"}), ("streams", {})])
def test_the_same_numbers_stand_in_html_and_json(asked, name, given):
    """The sentence of the page stands in its data too, and no address leads outside."""
    built = PAGE[name].build(asked, **given)
    html = web.render(PAGE[name], built, path="/x").replace("\N{NO-BREAK SPACE}", " ")
    plain = json.loads(web.as_json(built))
    for words in [plain["says"]] if "says" in plain else [each["says"] for each in plain["streams"]]:
        assert words in html
    assert "http" not in html.replace("http://www.w3.org", "")


def test_of_what_no_stage_was_measured_none_takes_longest():
    """Items of one instant each, as a history without merges has them: no stage is the longest, and no time is told as 0 s."""
    moments = tuple(life(f"m{at}", (piece(None, "unknown", at, at),), created=at) for at in (1, 2, 3))
    told = flow(*moments)
    assert shares_words(told) == "The stages it goes through"
    assert finding_words(sample.data(), told) == "Of each item one instant was recorded: how long it takes is not known"


def test_what_is_all_waiting_is_not_called_unknown():
    """Ten hours in a queue and no work: it is known that all of it is waiting; where half is not seen, it is not."""
    waited = flow(life("w", (piece("decide", "queued", 0, 10),), (wait("decision", 0, 10),)))
    assert finding_words(sample.data(), waited) == "It takes 10 h, all of it waiting"
    half = flow(life("h", (piece("decide", "queued", 0, 5), piece("decide", "unknown", 5, 10)), (wait("decision", 0, 5),)))
    assert finding_words(sample.data(), half).endswith("how much of that is work, nobody wrote down")


def test_where_not_all_open_items_are_drawn_the_title_counts_all_of_them():
    """One of 771 is drawn: it is the oldest, and not all there is."""
    open_ones = replace(flow(A, B, C), n_open=771)
    assert ageing_of(open_ones, None).title == "The oldest 1 of 771 open items"


def test_a_stream_with_work_and_no_deployments_says_which_numbers_are_not_known_and_what_gives_them(asked):
    """Each number of delivery once, until it has one; a stream in which nothing is measured says nothing of it."""
    year = {"from_at": at(-24 * 365), "to_at": at(0), "window": CALENDAR}
    sums = Statistics(n=30, numerator=30, denominator=30, clusters=30, cluster_aa=30, cluster_ab=30, cluster_bb=30)

    def with_numbers(*names: str, flows=()) -> tuple[str, ...]:
        results = Results(MEASURES, [(Cell(name, "look-to-stay", **year), sums) for name in names])
        known = replace(asked, results=results, measures={each.name: each for each in MEASURES}, flows=flows or asked.flows)
        return stream.build(known, "look-to-stay").not_known

    assert with_numbers("rework") == tuple(NOT_KNOWN.values())
    others = [words for name, words in NOT_KNOWN.items() if name != "change-fail-rate"]
    assert list(with_numbers("rework", "change-fail-rate")) == others
    assert with_numbers() == ()
    requests, mixed = (
        tuple(replace(each, kinds=kinds) for each in asked.flows)
        for kinds in ((("request", 40),), (("change", 2), ("request", 40)))
    )
    assert with_numbers("rework", flows=requests) == ()  # what people ask for is decided, and nothing of it is deployed
    assert with_numbers("rework", flows=mixed) == tuple(NOT_KNOWN.values())
    assert {*NOT_KNOWN} <= {each.name for each in MEASURES}
