"""A loss map in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.small import data, drawn
from findings.lives_made import asked, lived
from wholeservice.app import traced
from wholeservice.errors import InputError
from wholeservice.findings.fulfilment import trace_items
from wholeservice.pages.junction_part import junction_part
from wholeservice.pages.loss_part import loss_parts, loss_title


def test_the_headline_says_need_gap_and_origin():
    """The need in the consumer's words, the number with n and period, the gap with its interval, and the origin."""
    said = "\n".join(traced.headline(data(), drawn()))
    for words in ('"Do not make me work for it"', "80.0%", "n = 100", "10.0 pp", "2.0 pp to 18.0 pp", "starts at The bank"):
        assert words in said


def test_two_origins_that_the_data_does_not_separate_are_both_named():
    """ "A or B" is said where nothing tells them apart, and nothing is named where nothing can be."""
    said = traced.headline(data(), replace(drawn(), top=("bank", "part-1")))[-1]
    assert "starts at The bank or at or below Part 1: the data" in said
    assert traced.headline(data(), replace(drawn(), top=()))[-1].strip() == "no origin can be named for certain"


def test_a_target_that_is_met_draws_no_map():
    """The reason stands there instead."""
    said = traced.headline(data(), replace(drawn(), gap=-0.05, why_no_map="the target is met"))
    assert "the target is met" in said[1]
    assert said[-1] == "  no map: the target is met"


def test_small_boxes_are_summed_and_never_dropped():
    """Eight of ten boxes are listed; the other two, of 0.2 points each, are summed in a line."""
    shown = traced.origin_rows(drawn())
    assert [each["box"].id for each in shown][:2] == ["bank", "part-0"]
    assert len(shown) == 8
    assert next(traced.footnotes(drawn())) == "and 2 smaller: 0.40 pp together (all with --format csv)"


def test_what_is_claimed_of_a_box_is_written_with_care():
    """An origin that chance could explain says so, and what is below is not claimed to be here."""
    shown = {each["box"].id: each for each in traced.origin_rows(replace(drawn(), boxes=drawn().boxes[:1]))}
    (claim,) = [column for column in traced.origin_columns(drawn()) if column.key == "claim"]
    assert claim.text(shown["part-0"]) == "here or below"
    bank = drawn().boxes[-1]
    assert claim.text({"box": bank}) == "here"
    assert claim.text({"box": replace(bank, is_named=False)}) == "here, or by chance"


def test_what_is_unexplained_and_what_would_tell_more_is_said():
    """The residual, the evidence and the missing data each have a line."""
    said = "\n".join(traced.footnotes(drawn()))
    assert "unexplained: 0.20 pp" in said
    assert "98.0% linked and 2.0% untraced" in said
    assert "would tell more: calls of rooms (up to 1.0 pp)" in said


def test_rows_hold_the_raw_shares():
    """JSON and CSV hold shares of attempts, largest origin first."""
    rows = traced.rows(drawn(), "s")
    assert (rows[0]["box"], rows[0]["starts_here"], rows[0]["alone"], rows[0]["is_named"]) == ("bank", 0.08, 0.07, True)
    assert len(rows) == 10


def test_an_unknown_need_is_answered_with_the_nearest():
    """`--need esy` asks whether `easy` was meant."""
    with pytest.raises(InputError) as caught:
        traced.maps_of(data(), "stay", "esy")
    assert [(each.code, each.nearest) for each in caught.value.problems] == [("ASK004", "easy")]


def late_items():
    """Items: sixty in time; twenty late until the check, fifteen of them with a team; twenty where nothing is recorded."""
    units = {f"ok{n}": [("check", "unknown", "unknown", 10, None, "Alpha"), (None, "unknown", None, 10)] for n in range(60)}
    for n in range(20):
        team = "Alpha" if n < 15 else None
        units[f"c{n}"] = [("check", "unknown", "unknown", 200, None, team), (None, "unknown", None, 10)]
        units[f"d{n}"] = [("check", "unknown", "unknown", 10, None, "Alpha"), (None, "unknown", None, 400)]
    return units


def test_a_map_of_items_says_how_many_were_late_and_who_they_were_with():
    """Twenty of eighty were late, the target allows four; the origin is the time until the check, and a team is no origin."""
    units = {item: parts for item, parts in late_items().items() if item[0] != "d"}
    seen = lived(units, 100.0)
    found = replace(trace_items(asked(seen), data().organisation, seen), entity="stay", need="easy")
    said = "\n".join(traced.headline(data(), found))
    assert "20 of 80 items were late; the target allows 4" in said
    assert said.endswith("starts at or below the time until ‘check’ was recorded")
    assert "who it was with: Until ‘check’: 18.8 pp with Alpha and 6.2 pp not written down" in list(traced.footnotes(found))
    part = loss_parts(replace(data(), loss_maps={("stay", "easy"): found}), "stay")[0]
    won = "mending the time until ‘check’ was recorded, or something below it, alone would win back 25.0 pp"
    assert part.title == f"20.0 pp are missing; {won}, 5.0 pp beyond the target"
    assert part.allowed.startswith("In all 25.0% fall short, and the target lets 5.0% do so: ")
    assert part.people == "16 items more than the target allows"
    assert part.way.startswith("Follow the orange from the channel")
    assert (part.rungs[0].share, part.rungs[0].words) == ("100.0%", "linked: the recorded life of the same item")
    assert [rung.share for rung in part.rungs[1:]] == ["0.0%"] * 4  # what is not there is said as well


def test_time_of_which_nothing_is_recorded_is_said_and_not_called_an_origin():
    """As much is lost there as until the check: neither is the top."""
    seen = lived(late_items(), 100.0)
    found = replace(trace_items(asked(seen), data().organisation, seen), entity="stay", need="easy", top=())
    by_size = replace(found, boxes=tuple(each for each in found.boxes if each.kind == "unrecorded"))
    said = "the largest part is time with nothing recorded after the last step"
    assert traced.headline(data(), by_size)[-1].strip() == f"no origin can be named for certain: {said}"
    assert loss_title(by_size) == f"35.0 pp are missing; {said}"
    assert next(each for each in traced.origin_rows(found) if each["box"].kind == "unrecorded")["box"].is_named is False


def test_who_could_act_is_said_of_items_too():
    """The service itself, where the team of a piece of time is not declared; a channel is nobody's to change."""
    seen = lived(late_items(), 100.0)
    known = data()
    drawn_up = trace_items(replace(asked(seen), entity="stay"), known.organisation, seen)
    part = junction_part(known, known.organisation.entities["stay"], drawn_up)
    assert part is not None
    assert sorted(each.origin.title for each in part.rows) == ["Nothing recorded after the last step", "Until ‘check’"]
    assert {each.reach for each in part.rows} == {"nobody answers for the service"}
    assert all(each.about == "stay" for each in drawn_up.boxes if each.starts_here + each.not_traced > 0)
