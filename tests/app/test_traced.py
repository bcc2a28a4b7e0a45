"""A loss map in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.small import data, drawn
from wholeservice.app import traced
from wholeservice.errors import InputError


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
