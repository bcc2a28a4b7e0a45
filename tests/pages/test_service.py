"""The page of a service says what its numbers say: nothing missing becomes zero, nothing unsure becomes sure."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pages import sample, sample_asked
from wholeservice.app import web
from wholeservice.app.web import render
from wholeservice.draw import drop_out, loss_map
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Edge, Entity, Need, Target
from wholeservice.pages import service
from wholeservice.units import parse_amount


@pytest.fixture(scope="module")
def page(data):
    """The page of the hotel's main service."""
    return service.build(data, "stay")


def test_an_unknown_id_has_no_page(data):
    """None becomes a page that says so."""
    assert service.build(data, "stey") is None


def test_needs_are_judged_by_their_whole_range_and_missed_ones_come_first(page):
    """Missed, too close to call (few answers), met, and two that nobody measures."""
    verdicts = [(need.id, need.verdict) for need in page.needs]
    assert verdicts == [
        ("sure-of-price", "missed"), ("easy", "cannot tell yet"), ("finish", "met"),
        ("quiet", "not measured"), ("known", "not measured"),
    ]  # fmt: skip
    assert (
        page.needs_title
        == "“I want to know what I will pay” is not met (−4.8 pp); 1 met, 1 too close to call and 2 not measured"
    )


def test_an_aim_of_the_organisation_is_not_a_need(page):
    """“Cost less” is not said by any consumer."""
    assert "lean" not in {need.id for need in page.needs}


def test_the_number_of_a_need_carries_all_it_needs_to_be_read(page):
    """3,768 of 4,000 in the newest month, three of four reporting: 94.2 %, never the mean of the months."""
    number = page.needs[0].targets[0].number
    assert (number.value, number.n, number.written) == (pytest.approx(0.942), 4000, "94.2%")
    assert (number.period, number.coverage, number.range_written) == ("Dec 2026", "3 of 4 report", "93.4% to 94.9%")
    assert number.how.snapshot == "run-7.0a1b2c3d.v1"


def test_what_nobody_measures_is_named_with_what_would_fill_it(page):
    """A need whose measure does not exist, one without a target, a dark step and three dark channels."""
    whats = [each.what for each in page.unmeasured]
    assert "Whether “Know me when I come back” is met" in whats
    assert "How many people reach Stay" in whats
    assert "How many come by app, phone and desk" in whats
    assert "What happens at Repairs" in whats
    assert all(each.fill for each in page.unmeasured)


def test_a_missing_month_is_a_gap_of_the_trend(page):
    """Two months without a number are two points without a value; 24 periods in all."""
    points = page.lead.trend.points
    assert [point.label for point in points if point.value is None] == ["Apr 2026", "May 2026"]
    assert len(points) == 24
    assert page.lead.trend.target == 0.99


def test_the_journey_sums_like_periods_and_flags_what_cannot_be_true(page):
    """Three months of each step; more at the last step than before it is impossible; a dark step stays dark."""
    steps = {step.id: step for step in page.band.journey.drawing.steps}
    assert (steps["find"].people, steps["choose"].people) == (30000, 23640)
    assert steps["choose"].kept == pytest.approx(0.788)
    assert steps["choose"].low < 0.788 < steps["choose"].high
    assert steps["stay"].people is None
    assert steps["thanks"].why_impossible == "more than at the step before (15,630 against 14,520)"
    assert steps["thanks"].remark == "More people say how it was than leave: 5,210 against 4,840"
    assert page.band.journey.title.startswith("Most leave between “Find” and “Choose”: 6,360 of 30,000")


def test_the_loss_says_where_it_starts_and_who_could_act(page):
    """The title names the one place that is separated from the others; a team stands beside it, never as the origin."""
    loss = page.losses[0]
    assert loss.title == "6.0 pp are missing; mending Price build-up with a rather long name alone would win back 1.8 pp"
    first = loss.origins[0]
    assert (first.title, first.share, first.alone, first.team) == (
        "Price build-up with a rather long name",
        "−2.0 pp",
        "+1.8 pp",
        "Pricing team",
    )
    assert loss.target == "Price paid is the price shown: at least 99.0%, over 30 days"
    assert [each.what for each in loss.missing] == ["calls to Guest records, linked to their attempt"]


def test_consumers_owner_and_channels_stand_at_the_top(page):
    """Whom it is for and what they do with it; the owner is derived from the stream."""
    assert [(c.title, c.does, c.volume) for c in page.consumers] == [("Guests", "pays, uses, judges", "4,100,000 a year")]
    assert page.owner == "Maya Okafor"
    assert page.team.title == "Booking team"


def test_a_service_without_any_number_says_so(data):
    """Nothing measured gives no lead, no series, and a page all the same."""
    page = service.build(data, "night-desk")
    assert page.lead is None
    assert page.series == ()
    assert page.needs_title == "Nobody has written down yet what people need from it"
    assert page.facts[0].value == "not written down"


def test_a_unit_lists_what_is_inside_it_alphabetically(data):
    """Four services, by name; no level ranks them."""
    page = service.build(data, "kestrel")
    assert [row.title for row in page.children] == ["Book and stay", "Night desk", "Parking & <valet>", "Spa"]
    assert page.children_title == "Inside it: 4 services"


def test_one_period_is_not_a_trend():
    """With a single period nothing is compared."""
    data = sample.large(2, 1)
    assert service.build(data, "s1").series[0].words.startswith("One period measured")


def test_where_reasons_are_not_recorded_nobody_is_said_to_have_left_avoidably(page):
    """Detours and numbers that cannot be true lose nobody; why people left stays unknown."""
    river = page.band.journey
    steps = river.drawing.steps
    left = [each.title for at, each in enumerate(steps) if drop_out.leaving(river.drawing, at).all is not None]
    assert left == ["Choose", "Pay", "Arrive and get the key"]
    assert {(each.avoidable, each.anyway) for each in steps} == {(None, None)}
    assert river.leaving.startswith("15,480 of 30,000 visits (51.6%) leave between “Find” and “Leave”")


def test_a_loss_stands_beside_who_could_change_it_and_what_is_not_shown_is_said(data, page):
    """The share within the owner's reach is that of the places shown; a place of another owner names who must act too."""
    part = page.junction
    shown = [row.origin.title for row in part.rows]
    boxes = {box.title: box for each in data.loss_maps.values() if each.entity == "stay" for box in each.boxes}
    sizes = {title: boxes[title].starts_here + boxes[title].not_traced for title in shown}
    inside = {row.origin.title for row in part.rows if row.is_within}
    assert 0 < len(inside) <= len(shown)
    assert part.within == pytest.approx(sum(sizes[title] for title in inside) / sum(sizes.values()))
    assert all("inside Maya Okafor’s reach" in row.reach for row in part.rows if row.is_within)
    assert all("outside" in row.reach for row in part.rows if not row.is_within)
    assert page.facts[3].label == "Who could change it"


def test_what_is_not_offered_is_not_what_is_not_measured():
    """A step that only the desk serves is not offered by web; a step with nothing behind it is offered, and not measured."""
    data = sample.data()
    org = data.organisation
    porter = Entity("porter", "part", "Porter", parent="stay", channels=("desk",))
    known = replace(org, entities=org.entities | {"porter": porter}, edges=(*org.edges, Edge("porter", "at", "stay.arrive")))
    drawing = service.build(replace(data, organisation=known), "stay").band.matrix.drawing
    by_web = dict(zip(drawing.steps, drawing.channels[0].cells, strict=True))
    assert by_web["Arrive and get the key"] is None
    assert by_web["Pay"].value is None


def test_how_it_feels_is_held_against_what_is_promised_at_that_very_step():
    """60 of 90 at Pay; the promise is of Pay, so that no other step has an expectation."""
    data = sample_asked.data()
    target = Target("satisfaction >= 85% over 30d @ pay", "satisfaction", ">=", parse_amount("85%"), 30, step="pay")
    need = Need("kind", "stay", "Be kind when I pay", targets=(target,))
    org = replace(data.organisation, needs=(*data.organisation.needs, need))
    part = service.build(replace(data, organisation=org), "stay").band.feeling
    steps = {each.title: each for each in part.drawing.steps}
    assert (steps["Pay"].expected, steps["Pay"].delivered) == (0.85, pytest.approx(2 / 3))
    assert {each.expected for title, each in steps.items() if title != "Pay"} == {None}
    assert part.title.startswith("It feels furthest from what was promised at “Pay” (−18.3 pp)")
    band = service.build(replace(data, organisation=org), "stay").band
    assert [each.title for each in band.heads.steps if each.is_low] == ["Pay"]
    assert band.title.startswith("“Pay” feels furthest from what was promised; most leave between “Find”")


def test_a_change_is_sure_only_when_its_whole_range_is_on_one_side(page):
    """22,070 of 40,000 after 21,980: +0.22 pp, ±0.69 pp as for two shares apart, so nobody can tell."""
    row = next(each for each in page.changed.rows if each.title == "People who finish")
    assert (row.before.written, row.now.written, row.change, row.verdict) == ("54.9%", "55.2%", "+0.22 pp", "cannot tell")
    low, high = (float(each.replace("−", "-").removesuffix(" pp")) for each in row.range_written.split(" to "))
    error = 1.96 * (0.5495 * 0.4505 / 40000 + 0.55175 * 0.44825 / 40000) ** 0.5 * 100
    assert (low, high) == (pytest.approx(0.225 - error, abs=0.01), pytest.approx(0.225 + error, abs=0.01))


def test_what_came_last_is_said_of_the_sources_behind_the_service_only(page):
    """The bookings brought 4,900 facts about it; the desk's facts are about another service."""
    assert page.changed.came_says == "Read 2 Jan 2027, 08:30: new facts, 4,900 from bookings."


def with_boxes(data, **changes):
    """The sample, every box of its first map changed."""
    found = data.loss_maps[("stay", "sure-of-price")]
    boxes = tuple(replace(each, **changes) for each in found.boxes)
    return replace(data, loss_maps={("stay", "sure-of-price"): replace(found, boxes=boxes, top=())})


def test_where_nothing_can_be_won_back_a_line_says_so_and_no_table_of_unknowns(data):
    """Five rows of `not known` tell less than one sentence; what only goes with a loss is called that once."""
    loss = service.build(with_boxes(data, alone=None), "stay").losses[0]
    assert (loss.won, loss.why_no_won.partition(":")[0]) == ((), "What mending one place alone would win back is not known")
    beside = service.build(with_boxes(data, alone=None, claim="goes with"), "stay").losses[0]
    assert "need not be its cause" in beside.why_no_won
    assert {each.claim for each in beside.origins} == {"no proof of a cause"}


def test_a_loss_that_is_known_at_steps_only_is_not_called_untraced(data):
    """Nobody changes a step, so nobody is named who could; the map stands above all the same."""
    page = service.build(with_boxes(data, kind="step"), "stay")
    assert page.junction is None
    assert next(each.note for each in page.facts if each.anchor == "answers") == "the loss is not followed beyond the steps"


def test_where_nothing_is_known_of_any_step_one_sentence_stands_instead_of_three_empty_pictures(data):
    """The steps are declared and stay; what is not recorded, and what to connect, is said once."""
    page = service.build(replace(data, results=Results(data.measures.values(), [])), "stay")
    assert page.band.title == "Nobody recorded how people come through its 7 steps"
    assert page.band.dark.startswith("Not recorded: how many people come to each step")
    printed = render(service.PAGE, page)
    band = printed[printed.index('id="journey"') : printed.index('id="losses"')]
    assert (band.count("not measured"), band.count("as a table")) == (0, 0)
    assert all(f'id="{each}"' in band for each in ("feeling", "drop-out", "channels"))


def test_a_journey_of_which_anything_is_known_keeps_its_rows(page):
    """One measured step is enough: its holes are hatched where they are."""
    assert page.band.dark is None


def test_what_a_fold_says_of_a_loss_stands_on_paper(data):
    """A second map is folded on the screen and open on paper: by the style, and by the script in a browser that lacks it."""
    first = data.loss_maps[("stay", "sure-of-price")]
    second = replace(first, need="finish", gap=0.05, people_per_day=1.0)
    page = service.build(replace(data, loss_maps={("stay", each.need): each for each in (first, second)}), "stay")
    assert len(page.losses) == 2
    printed = render(service.PAGE, page)
    assert printed.count('<details class="more prints">') == 1
    assert printed.index('<details class="more prints">') < printed.rindex("Loss map of")
    style, script = ((Path(web.__file__).parent / "static" / name).read_text() for name in ("app.css", "app.js"))
    assert (
        ".scroll .diagram{width:auto;max-width:100%;height:auto;max-height:240mm}" in style
    )  # a map of 140 boxes on one sheet
    assert "@media print{details.prints::details-content{content-visibility:visible" in style
    assert 'addEventListener("beforeprint"' in script
    assert 'querySelectorAll("details.prints:not([open])")' in script


def test_the_place_where_most_is_lost_is_printed(data):
    """No class of a box of the map is one that paper hides: `top` was the bar of the page and the largest origin at once."""
    style = (Path(web.__file__).parent / "static" / "app.css").read_text()
    rules = [rule for sheet in re.findall(r"@media print(.*)", style) for rule in re.findall(r"([^{}]+){display:none}", sheet)]
    hidden = {each.strip() for rule in rules for each in rule.split(",")}
    drawn = loss_map.draw(service.build(data, "stay").losses[0].drawing)
    classes = {f".{each}" for words in re.findall(r'class="([^"]*)"', drawn) for each in words.split()}
    assert ".is-top" in classes
    assert "header.top" in hidden
    assert not hidden & classes


def test_below_a_loss_map_stands_what_is_drawn_in_it_and_nothing_else(data):
    """Where no loss passes from box to box there is no orange to follow, and no mark for it."""
    loss = service.build(data, "stay").losses[0]
    assert [each.swatch for each in loss.marks] == ["ribbon", "edge", "below", "thin", "hatched", "warm"]
    assert loss.way.startswith("Follow the orange from the step")
    found = data.loss_maps[("stay", "sure-of-price")]
    boxes = tuple(replace(each, claim="at or below", starts_here=0.0) for each in found.boxes)
    bare = replace(data, loss_maps={("stay", "sure-of-price"): replace(found, boxes=boxes, ribbons=(), unexplained=0.0)})
    loss = service.build(bare, "stay").losses[0]
    assert [each.swatch for each in loss.marks] == ["below", "warm"]
    assert loss.way.startswith("Each box is as high as what is lost there")
    fitted = tuple(replace(each, rung="fitted") for each in found.ribbons)
    beside = replace(data, loss_maps={("stay", "sure-of-price"): replace(found, ribbons=fitted)})
    assert "to what it goes with, which need not be its cause" in service.build(beside, "stay").losses[0].way
