"""River, emotion curve, channel matrix, ladder, forest and blueprint say what their data say, and no more."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.draw import blueprint, channel_matrix, drop_out, emotion, forest, journey, ladder, trend
from wholeservice.draw.blueprint import Blueprint, BlueprintBox, BlueprintLink
from wholeservice.draw.channel_matrix import Cell, Channel, ChannelMatrix
from wholeservice.draw.drop_out import River, RiverStep
from wholeservice.draw.emotion import Emotion, EmotionStep
from wholeservice.draw.forest import Forest, ForestRow
from wholeservice.draw.journey import Journey, JourneyStep
from wholeservice.draw.ladder import UNKNOWN, WAIT, WORK, Ladder, Rung
from wholeservice.draw.routes import Place, plan
from wholeservice.draw.trend import Flag, Trend, TrendPoint
from wholeservice.units import POINTS, SCORE, SHARE

RIVER = River("r", "A river", "people", (
    RiverStep("a", "Find", 1000), RiverStep("b", "Pay", 700, 200, 60), RiverStep("c", "Wait", None, 5, 5),
    RiverStep("d", "Go", 650, 1, 1), RiverStep("e", "Back", 900, 1, 1),
))  # fmt: skip
SIZES = {"left": 100.0, "box": 80.0, "corridor": 30.0, "height": 40.0, "top": 20.0, "track": 9.0, "gutter": 40.0, "lead": 22.0}


def test_who_left_is_split_and_the_rest_is_not_known():
    """Of 300 who left 200 could have been kept, 60 not, and of 40 nobody knows; the parts add up."""
    left = drop_out.leaving(RIVER, 1)
    assert (left.all, left.avoidable, left.anyway, left.unknown) == (300, 200, 60, 40)
    assert "300 left before it (200 avoidable, 60 anyway, 40 for reasons not measured)" in drop_out.says(RIVER)


def test_beside_a_step_that_is_not_measured_nobody_is_said_to_have_left():
    """Neither into it nor out of it; where more come than before nobody left, and no share above the whole is hidden."""
    assert [drop_out.leaving(RIVER, at).all for at in (0, 2, 3, 4)] == [None, None, None, 0]
    drawn = drop_out.draw(RIVER)
    assert drawn.count('class="drop-out avoidable"') == 2  # the mark and its explanation
    assert [row[1] for row in drop_out.table(RIVER).rows] == ["1,000", "700", "not measured", "650", "900"]


def test_reasons_of_more_than_all_who_left_do_not_make_the_river_wider():
    """Two counts that contradict each other are cut to those who left."""
    left = drop_out.leaving(River("r", "t", "people", (RiverStep("a", "A", 10), RiverStep("b", "B", 8, 5, 5))), 1)
    assert (left.all, left.avoidable, left.anyway, left.unknown) == (2, 2, 0, 0)


def test_leaving_is_known_only_between_two_sound_numbers():
    """Beside a step that nobody measures, or whose number cannot be true, nobody leaves; a detour loses nobody."""
    river = River("r", "t", "people", (
        RiverStep("a", "A", 1000), RiverStep("b", "B", 700, kept=0.7, base="a"),
        RiverStep("c", "C", 200, base="b", is_detour=True), RiverStep("d", "D", 650, base="b"),
        RiverStep("e", "E", 900, base="d", why_impossible="more than before"),
        RiverStep("f", "F", 500, base="e"),
    ))  # fmt: skip
    assert [drop_out.leaving(river, at).all for at in range(6)] == [None, 300, None, 50, None, None]
    drawn = drop_out.draw(river)
    assert "cannot be true" in drawn
    assert drawn.count('class="people passing"') == 2  # those who go past C, and the explanation
    assert [row[2] for row in drop_out.table(river).rows] == ["–", "70.0%", "28.6%", "92.9%", "–", "–"]


def test_everything_under_the_heads_of_a_journey_shares_its_columns():
    """The third step stands at the same place in the heads, the curve, the river and the matrix, which has one column less."""
    heads = Journey("j", "t", tuple(JourneyStep(each, f"/step/{each}") for each in "abc"), whole="All the way")
    across = journey.across(heads)
    middle = across.middle(2)
    assert 'href="/step/c"' in journey.draw(heads)
    assert "All the way" in journey.draw(heads)
    curve = emotion.draw(_emotion((70, 60), (70, 65), (70, 61)), across=across)
    assert f'<circle cx="{middle:g}"' in curve.replace('.0"', '"')
    assert curve.count("step-head") == 0
    river = drop_out.draw(River("r", "t", "people", tuple(RiverStep(each, each, 10) for each in "abc")), across=across)
    assert f'x="{across.x(2):g}"' in river.replace('.0"', '"')
    cells = (Cell(60, 80), Cell(61, 80), Cell(62, 80))
    matrix = channel_matrix.draw(ChannelMatrix("m", "t", SCORE, ("b", "c", "All"), (Channel("Web", cells),)), across=across)
    lefts = [float(each) for each in re.findall(r'<rect x="([\d.]+)"[^>]*class="cell (?!open few)[a-z-]*"', matrix)]
    assert across.x(2) + 2 in lefts
    assert across.x(3) + 2 in lefts


def test_band_height_is_people():
    """700 of 1,000 are seven tenths as high."""
    heights = [float(each) for each in re.findall(r'height="([\d.]+)" class="people"', drop_out.draw(RIVER))]
    assert heights[1] / heights[0] == pytest.approx(0.7, abs=0.001)


def _emotion(*pairs, direction=1) -> Emotion:
    return Emotion("e", "A curve", SCORE, tuple(EmotionStep(f"s{at}", *pair) for at, pair in enumerate(pairs)), (), direction)


def test_lines_of_the_curve_stop_where_nothing_was_measured():
    """Two stretches are two lines; the expectation goes on; the missing step is hatched and nowhere 0."""
    drawn = emotion.draw(_emotion((70, 60), (70, 65), (70, None), (70, 60), (70, 65)))
    assert drawn.count('<path d="M') - drawn.count("step-head") >= 3
    assert len(re.findall(r'class="curve"', drawn)) == 2 + 1  # and its explanation
    assert len(re.findall(r'<path[^>]*class="expected along"', drawn)) == 1
    assert 'class="hatched"' in drawn


def test_an_area_is_cut_where_the_lines_cross():
    """From 10 above to 10 below: half is won, half is lost, each a triangle."""
    drawn = emotion.draw(_emotion((50, 60), (50, 40)))
    won, lost = (re.findall(rf'd="([^"]*)" class="{cls}"', drawn) for cls in ("area-won", "area-lost"))
    assert [each.count("L") for each in won + lost] == [2, 2]
    xs = [{float(pair.split()[0]) for pair in re.split("[ML]", each.rstrip("Z"))[1:]} for each in won + lost]
    middle = max(xs[0])
    assert middle == min(xs[1]) == pytest.approx((min(xs[0]) + max(xs[1])) / 2)


def test_the_low_point_is_the_largest_shortfall_and_not_the_lowest_number():
    """40 where 45 was expected is better than 60 where 90 was; where less is better it is the other way round."""
    assert "what was expected: s1." in emotion.says(_emotion((45, 40), (90, 60), (60, 80)))
    assert "what was expected: s2." in emotion.says(_emotion((45, 40), (90, 60), (60, 80), direction=-1))
    assert "Lowest" not in emotion.says(_emotion((45, 46)))


def test_cells_tell_missing_from_not_offered():
    """A cell without a number is hatched, one that is not offered is a faint dot, and neither is counted as below."""
    matrix = ChannelMatrix("m", "t", SCORE, ("a", "b", "c"), (
        Channel("Web", (Cell(60, 80, 55, 65), Cell(None, 80), None)),
        Channel("Desk", (Cell(79, 80, 70, 88), Cell(90, 80, 85, 95), None)),
    ))  # fmt: skip
    assert channel_matrix.says(matrix) == (
        "4 places where a step meets a channel: 1 below what was expected, 1 at or above it, 1 too close to call, "
        "1 not measured."
    )
    rows = channel_matrix.table(matrix).rows
    assert rows[1][2:] == ("80 of 100", "not measured", "–", "–", "–")
    assert rows[2][3] == "not offered"
    assert channel_matrix.draw(matrix).count(": not offered</title>") == 2


def test_what_can_be_picked_is_a_link_with_a_name():
    """The keyboard reaches a cell that leads somewhere, and the picture is then a group of links, else one image."""
    linked = ChannelMatrix("m", "t", SCORE, ("a",), (Channel("Web", (Cell(60, 80, href="/step/a"),)),))
    plain = ChannelMatrix("m", "t", SCORE, ("a",), (Channel("Web", (Cell(60, 80),)),))
    assert 'href="/step/a" aria-label="Web, a: delivered 60 of 100, expected 80 of 100, −20 of 100"' in channel_matrix.draw(
        linked
    )
    assert 'role="group"' in channel_matrix.draw(linked)
    assert 'role="img"' in channel_matrix.draw(plain)


def test_ranks_are_shared_where_likely_ranges_meet():
    """A clear first; two that meet share 2–3; one that meets all has no rank; one not measured has none and stands last."""
    rows = (ForestRow("b", 4, 1, 6), ForestRow("none", None), ForestRow("a", 9, 8, 10), ForestRow("c", 3, 2, 5))
    ranked = forest.ranks(Forest("f", "t", POINTS, rows, is_ranked=True))
    assert [(rank, row.title) for rank, row in ranked] == [("1", "a"), ("2–3", "b"), ("2–3", "c"), ("–", "none")]
    unclear = (ForestRow("a", 9, 0, 10), ForestRow("b", 4, 1, 9))
    assert [rank for rank, _ in forest.ranks(Forest("f", "t", POINTS, unclear, is_ranked=True))] == ["–", "–"]
    fewer = Forest("f", "t", POINTS, (ForestRow("a", 9, 8, 10), ForestRow("b", 4, 3, 5)), direction=-1, is_ranked=True)
    assert [(rank, row.title) for rank, row in forest.ranks(fewer)] == [("1", "b"), ("2", "a")]


def test_levels_keep_their_order_and_wear_no_rank():
    """Without `is_ranked` nobody is first, whatever the numbers are."""
    shown = Forest("f", "t", SHARE, (ForestRow("low", 0.1, 0.05, 0.2), ForestRow("high", 0.9, 0.8, 0.95)), reference=None)
    assert [(rank, row.title) for rank, row in forest.ranks(shown)] == [("–", "low"), ("–", "high")]
    assert ">Rank<" not in forest.draw(shown)


def test_the_bar_of_a_ladder_is_to_scale_and_its_steps_are_not():
    """An hour of work in ten hours is a tenth of the bar; what no stage explains is hatched; stages are equally wide."""
    shown = Ladder("l", "t", (Rung("Do", WORK, 3600), Rung("Wait", WAIT, 7 * 3600, "Legal"), Rung("?", UNKNOWN, None)), 36000)
    assert {each.name: each.seconds for each in ladder.shares(shown)} == {"work": 3600, "Legal": 25200, "not known what": 7200}
    drawn = ladder.draw(shown)
    widths = [float(each) for each in re.findall(r'width="([\d.]+)" height="36" class="[^"]* segment"', drawn)]
    assert [each / sum(widths) for each in widths] == pytest.approx([0.1, 0.7, 0.2], abs=0.001)
    assert len({*re.findall(r'width="([\d.]+)" height="28"', drawn)}) == 1


def test_a_stage_that_is_not_measured_makes_the_whole_longer_than_the_bar():
    """Without the time from end to end the bar says that it is not the whole."""
    shown = Ladder("l", "t", (Rung("Do", WORK, 3600), Rung("?", UNKNOWN, None)))
    said = "at least 60 min in all: work 60 min. 1 of 2 stages not measured: the whole is longer than this."
    assert ladder.says(shown) == said
    assert re.findall(r'height="36" class="([^"]*)"', ladder.draw(shown)) == ["hatched", "bar-work segment"]


def test_a_box_that_nobody_measured_is_hatched_and_not_called_fine():
    """None is not 0: it says not measured, where 0 says nothing is lost."""
    boxes = (
        BlueprintBox("a", "A", "front", 0, None),
        BlueprintBox("b", "B", "back", 0, 0.0),
        BlueprintBox("c", "C", "back", 0, 0.1),
    )
    shown = Blueprint("b", "t", ("Pay",), boxes)
    assert [row[3] for row in blueprint.table(shown).rows] == ["not measured", "nothing", "−10.0 pp"]
    assert blueprint.says(shown) == "Pay: A (not measured), B, C (−10.0 pp)."


def test_a_box_of_which_something_else_is_known_is_not_hatched():
    """Its loss was not traced, which is neither nothing lost nor nothing measured."""
    box = BlueprintBox("a", "A", "front", 0, None, "97.0% work", who="Booking")
    shown = Blueprint("b", "t", ("Pay",), (box,))
    assert "hatched" not in blueprint.draw(shown)
    assert blueprint.table(shown).rows[0][3:] == ("not traced", "–", "97.0% work", "Booking")
    assert blueprint.says(shown) == "Pay: A, 97.0% work, Booking."


def test_pieces_for_paper_are_whole_in_themselves():
    """Eight steps that rest on one thing: each step once in all, the thing and its link in each piece, none too wide."""
    boxes = (*(BlueprintBox(f"s{at}", f"S{at}", "consumer", at) for at in range(8)), BlueprintBox("x", "X", "back", 3))
    links = tuple(BlueprintLink(f"s{at}", "x") for at in range(8))
    pieces = blueprint.pieces(Blueprint("b", "t", tuple(f"S{at}" for at in range(8)), boxes, links), 700)
    assert [step for each in pieces for step in each.steps] == [f"S{at}" for at in range(8)]
    assert len(pieces) > 1
    for each in pieces:
        ids = [box.id for box in each.boxes]
        assert ids.count("x") == 1
        assert len(each.links) == len(each.steps) == len(ids) - 1
        assert all(0 <= box.step < len(each.steps) for box in each.boxes)
        assert float(re.search(r'viewBox="\S+ \S+ (\S+)', blueprint.draw(each))[1]) <= 700
    assert blueprint.pieces(Blueprint("b", "t", (), ())) == ()


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=16),
    st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=20),
)
def test_no_link_runs_through_a_box(spots, links):
    """Every stretch of every link keeps out of every box, and every link that can be drawn is drawn."""
    places = {f"b{at}": Place(*spot) for at, spot in enumerate(spots)}
    pairs = [(f"b{one}", f"b{other}") for one, other in links]
    grid = plan(places, pairs, (5, 4), SIZES)
    assert set(grid.routes) == {pair for pair in pairs if pair[0] != pair[1] and set(pair) <= set(places)}
    for route in grid.routes.values():
        for (x1, y1), (x2, y2) in pairwise(route):
            for x, y in grid.spots.values():
                is_beside = max(x1, x2) <= x + 1 or min(x1, x2) >= x + SIZES["box"] - 1
                assert is_beside or max(y1, y2) <= y + 1e-6 or min(y1, y2) >= y + SIZES["height"] - 1e-6
    boxes = list(grid.spots.values())
    assert all(abs(a[0] - b[0]) >= SIZES["box"] or abs(a[1] - b[1]) >= SIZES["height"] for a, b in combinations(boxes, 2))


def test_flags_number_the_improvements_where_they_came():
    """Flags of one period share a pill; the words and the table name them; a flag beyond the periods is not drawn."""
    points = tuple(TrendPoint(f"m{at}", 0.5 + at / 100) for at in range(6))
    flags = (Flag(3, 4, "Desk opens at seven"), Flag(1, 2, "One form"), Flag(2, 2, "Text message"), Flag(9, 77, "Later"))
    shown = Trend("t", "A trend", SHARE, points, flags=flags)
    drawn = trend.draw(shown)
    assert re.findall(r'on-ink" text-anchor="middle">([^<]*)<', drawn) == ["1, 2", "3"]
    assert [row[4] for row in trend.table(shown).rows] == [
        "–",
        "–",
        "1: One form; 2: Text message",
        "–",
        "3: Desk opens at seven",
        "–",
    ]
    assert "2: Text message, m2." in trend.says(shown)


def test_a_trend_without_any_number_is_hatched():
    """Nothing measured is said, and is no line at 0."""
    drawn = trend.draw(Trend("t", "A trend", SHARE, (TrendPoint("a", None), TrendPoint("b", None))))
    assert "hatched" in drawn
    assert "None of 2 periods measured." in drawn
    assert "curve" not in drawn


def test_a_long_word_of_a_step_makes_the_columns_wider_and_is_not_cut():
    """Eleven steps would be 97 pixels wide, which is less than some of their words take."""
    titles = ("Eligibility", "Employment", "Self employment", "Consent and declaration", *"abcdefg")
    shown = Journey("j", "A claim", tuple(JourneyStep(each, each) for each in titles))
    assert "…" not in journey.draw(shown)
    assert journey.across(shown).size < 130
    assert journey.across(Journey("j", "Short", tuple(JourneyStep(each, each) for each in "abcdefghijk"))).size < 100
