"""Cumulative flow, ageing work, cycle times and the follows map say what their data say, to scale, and no more."""

from __future__ import annotations

import datetime as dt
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.draw import ageing, cumulative_flow, cycle_scatter, follows_map
from wholeservice.draw.ageing import Ageing, AgeItem, AgeStage
from wholeservice.draw.cumulative_flow import CumulativeFlow, FlowDay, FlowStage
from wholeservice.draw.cycle_scatter import CycleScatter, Finished
from wholeservice.draw.follows_map import Activity, Follows, FollowsMap
from wholeservice.draw.layers import in_a_row, layers_of

DAY = 86400.0
FIRST = dt.date(2026, 1, 5)


def days(counts: list[tuple[int, ...] | None]) -> tuple[FlowDay, ...]:
    return tuple(FlowDay(FIRST + dt.timedelta(days=at), each) for at, each in enumerate(counts))


FLOW = CumulativeFlow("c", "A flow", (FlowStage("Do"), FlowStage("Wait", True)), days([(4, 2, 0), (6, 4, 2), (8, 5, 4)]))


def outlines(drawn: str, cls: str) -> list[list[float]]:
    """The heights of the corners of each band of a class: its foot, its upper edge a day each, its foot."""
    found = re.findall(rf'd="([^"]*)Z" class="{cls} segment"', drawn)
    return [[float(each.split()[1]) for each in d.removeprefix("M").split("L")] for d in found]


def test_a_band_is_as_high_as_what_is_in_its_stage():
    """Eight came in, five went on, four are done: the newest day has three in the first band and one in the second."""
    drawn = cumulative_flow.draw(FLOW)
    do, wait, done = (outlines(drawn, cls)[0] for cls in ("flow-work-1", "flow-wait-2", "people"))
    assert (wait[3] - do[3]) / (done[3] - wait[3]) == pytest.approx(3.0, rel=0.01)
    assert (done[4] - done[3]) / (done[3] - wait[3]) == pytest.approx(4.0, rel=0.01)
    assert [f">{words}<" in drawn for words in ("Do 3", "Wait 1", "Done 4")] == [True] * 3


def test_days_without_data_are_a_gap_and_no_day_is_zero():
    """The bands stop before it and begin again after it; a hatch stands between, and the table says not measured."""
    gap = CumulativeFlow("c", "t", FLOW.stages, days([(4, 2, 0), (6, 4, 2), None, None, (8, 5, 4), (9, 5, 4)]))
    drawn = cumulative_flow.draw(gap)
    assert len(outlines(drawn, "people")) == 2
    assert drawn.count('class="hatched"') == 1
    assert cumulative_flow.table(gap).rows[2][1:] == ("not measured",) * 3


def test_the_way_across_is_the_lead_time():
    """As many as are done now, four, had come in two days before; drawn once, as long as two days on the axis."""
    assert cumulative_flow.lead_days(FLOW) == 2.0
    drawn = cumulative_flow.draw(FLOW)
    across = re.findall(r'x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)" y2="[\d.]+" class="across"', drawn)
    whole = re.search(r'd="M([\d.]+) [^"]*L([\d.]+) [\d.]+" class="came-in"', drawn)
    assert len(across) == 1
    assert float(across[0][1]) - float(across[0][0]) == pytest.approx(float(whole[2]) - float(whole[1]), abs=0.2)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.integers(1, 5), st.integers(20, 40))
def test_the_way_across_finds_the_lead_time_of_a_steady_flow(lead, rate, n_days):
    """Items that come at an even rate and leave after the same time: whatever time and rate, it is found."""
    counts = [(rate * at, max(0, rate * (at - lead))) for at in range(n_days)]
    flow = CumulativeFlow("c", "t", (FlowStage("Do"),), days(counts))
    assert cumulative_flow.lead_days(flow) == pytest.approx(lead)


def test_a_lead_time_that_began_before_the_picture_is_not_told():
    """What went out had come in before the first day: nobody can say how long ago."""
    assert cumulative_flow.lead_days(CumulativeFlow("c", "t", (FlowStage("Do"),), days([(9, 3), (12, 5)]))) is None
    assert cumulative_flow.lead_days(CumulativeFlow("c", "t", (FlowStage("Do"),), days([None, None]))) is None


def test_who_skips_a_stage_went_past_it():
    """Three are done and two were seen in the stage before: no band is turned inside out."""
    drawn = cumulative_flow.draw(CumulativeFlow("c", "t", FLOW.stages, days([(5, 2, 3), (6, 2, 3)])))
    assert [f">{words}<" in drawn for words in ("Do 3", "Wait 0", "Done 3")] == [True] * 3


def test_years_of_days_stay_light():
    """Days nearer to each other than can be seen are left out, the first and the last never."""
    flow = CumulativeFlow("c", "t", FLOW.stages, days([(3 * at, 2 * at, at) for at in range(4000)]))
    assert len(cumulative_flow.draw(flow)) < 100_000


AGES = Ageing(
    "a", "Ages", (AgeStage("Do", (DAY, 2 * DAY, 3 * DAY, 5 * DAY)), AgeStage("Wait", None)),
    (
        AgeItem("A-1", 0, 4 * DAY), AgeItem("A-2", 0, 2 * DAY), AgeItem("A-3", 1, 12 * DAY, "Late", "/a"),
        AgeItem("A-4", 1, None),
    ), 10 * DAY, 0.85,
)  # fmt: skip


def test_items_stand_at_their_age_and_bands_at_theirs():
    """Two days are half as high as four, and a dot of three days would stand on the upper edge of the third band."""
    drawn = ageing.draw(AGES)
    floor = float(re.search(r'y1="([\d.]+)"', drawn)[1])
    dots = sorted(floor - float(y) for y in re.findall(r'cy="([\d.]+)" r="4.2"', drawn))
    assert [each / dots[0] for each in dots] == pytest.approx([1, 2, 6], abs=0.02)
    heights = {cls: float(high) for high, cls in re.findall(r'height="([\d.]+)" class="(age-\d)"', drawn)}
    assert [heights[f"age-{at}"] / heights["age-1"] for at in (2, 3, 4)] == pytest.approx([1, 1, 2], abs=0.02)


def test_only_what_is_older_than_expected_wears_its_name():
    """One item is late: its name is written and its dot differs; without an expectation nothing is late."""
    drawn = ageing.draw(AGES)
    assert [f">A-{at}<" in drawn for at in (1, 2, 3, 4)] == [False, False, True, False]
    assert drawn.count("dot down") == 1
    calm = Ageing("a", "t", AGES.stages, AGES.items)
    assert "dot down" not in ageing.draw(calm)
    assert "What people may expect is not stated" in ageing.says(calm)


def test_an_item_of_unknown_age_is_counted_and_not_drawn_at_zero():
    """Two are in the stage, one dot is drawn, and the head says so; the table says of it that it is not measured."""
    drawn = ageing.draw(AGES)
    assert drawn.count('r="4.2"') == 3
    assert ">1 of unknown age<" in drawn
    assert ("A-4", "–", "Wait", "not measured", "not measured") in ageing.table(AGES).rows


def test_a_stage_without_past_items_is_hatched():
    """No band is drawn where nothing was measured, and the words stand in it."""
    drawn = ageing.draw(AGES)
    assert drawn.count('class="hatched"') == 1
    assert ">not measured<" in drawn
    assert ageing.table(AGES).rows[1][4] == "older than 85 of 100"


def test_thousands_of_items_are_all_drawn_and_stay_light():
    """5,000 items: each is a dot of an outline or one that can be picked, and the picture is below 250 kB."""
    items = tuple(AgeItem(f"I-{at}", at % 2, (at % 997) * 0.02 * DAY, href=f"/{at}") for at in range(5000))
    drawn = ageing.draw(Ageing("a", "t", AGES.stages, items, 10 * DAY))
    outlined = sum(d.count("M") for d in re.findall(r'd="([^"]*)" class="dots[^"]*"', drawn))
    assert (outlined, drawn.count("<a ")) == (4700, 300)
    assert len(drawn) < 250_000


def test_where_a_bad_item_stands_is_told_and_nothing_breaks():
    """An item of a stage that is not there is in the table alone."""
    shown = Ageing("a", "t", AGES.stages, (AgeItem("<b>", 9, DAY),))
    assert "<b>" not in ageing.draw(shown)
    assert ageing.table(shown).rows[0][2] == "not known"


def finished(n: int) -> tuple[Finished, ...]:
    pick = random.Random(7)
    kinds = ("feature", "feature", "feature", "fault", "fault", "risk", "debt", "chore")
    return tuple(
        Finished(f"I-{at}", FIRST + dt.timedelta(days=pick.randrange(365)), pick.lognormvariate(1.8, 0.8) * DAY,
                 pick.choice(kinds), f"/{at}")
        for at in range(n)
    )  # fmt: skip


LAST = FIRST + dt.timedelta(days=364)


def test_thousands_of_items_stay_light_and_it_is_said_how_many_dots_stand_for_them():
    """5,000 items are below 250 kB, and the number of dots said is the number drawn: outlines and links."""
    shown = CycleScatter("s", "t", FIRST, LAST, finished(5000), expected=(0.85, 12 * DAY))
    drawn = cycle_scatter.draw(shown)
    assert len(drawn) < 250_000
    said = int(re.search(r">([\d,]+) dots stand for 5,000 items", drawn)[1].replace(",", ""))
    outlined = sum(d.count("M") for d in re.findall(r'd="([^"]*)" class="mark-\d many"', drawn))
    assert (said, drawn.count("<a ")) == (outlined + 80, 80)


def test_few_items_are_all_drawn():
    """Two at the same day and time are one dot, and that is said; three apart are three."""
    same = (Finished("A", FIRST, DAY), Finished("B", FIRST, DAY), Finished("C", LAST, 5 * DAY))
    assert ">2 dots stand for 3 items; time on an even scale<" in cycle_scatter.draw(CycleScatter("s", "t", FIRST, LAST, same))
    assert ">2 items; time on an even scale<" in cycle_scatter.draw(CycleScatter("s", "t", FIRST, LAST, same[1:]))


def test_the_expectation_is_held_against_all_items_of_the_days():
    """Three of four took at most two days; one finished on another day does not count, one of exactly two days does."""
    times = (1.0, 1.5, 2.0, 9.0)
    items = tuple(Finished(f"I{at}", FIRST, each * DAY) for at, each in enumerate(times))
    outside = Finished("X", LAST + dt.timedelta(days=1), 99 * DAY)
    shown = CycleScatter("s", "t", FIRST, LAST, (*items, outside), ((0.5, 1.5 * DAY),), (0.85, 2 * DAY))
    assert cycle_scatter.kept_share(shown) == 0.75
    assert "expected 85% within 2 d, kept by 75.0%" in cycle_scatter.says(shown)
    assert [row[0] for row in cycle_scatter.table(shown).rows] == ["50% of all", "expected for 85%", "I3"]


@pytest.mark.parametrize(("is_log", "said"), [(False, "time on an even scale"), (True, "time on a scale of powers of ten")])
def test_the_scale_is_said_and_kept(is_log, said):
    """Lines at 1, 10 and 100 days: evenly spread by powers of ten, else ten times as far up."""
    within = tuple((share, number * DAY) for share, number in ((0.5, 1), (0.85, 10), (0.95, 100)))
    shown = CycleScatter("s", "t", FIRST, LAST, (Finished("A", FIRST, DAY),), within, is_log=is_log)
    drawn = cycle_scatter.draw(shown)
    low, middle, high = sorted((float(y) for y in re.findall(r'y2="([\d.]+)" class="share-line"', drawn)), reverse=True)
    assert (low - middle) / (low - high) == pytest.approx(0.5 if is_log else 9 / 99, abs=0.002)
    assert said in drawn


def test_kinds_beyond_four_share_a_mark():
    """Five kinds: the three most frequent have their own, the rest is called other kinds."""
    counts = {"risk": 1, "fault": 3, "feature": 4, "debt": 2, "chore": 1}
    items = tuple(Finished(f"{kind}{at}", FIRST, DAY, kind) for kind, n in counts.items() for at in range(n))
    shown = CycleScatter("s", "t", FIRST, LAST, items)
    assert cycle_scatter.kinds(shown) == ["feature", "fault", "debt", "other kinds"]
    assert [f">{name}<" in cycle_scatter.draw(shown) for name in ("debt", "other kinds", "risk")] == [True, True, False]


MAP = FollowsMap(
    "m", "A map", tuple(Activity(each, each.title(), 10) for each in ("notice", "build", "review", "release", "drop")),
    (
        Follows("notice", "build", 50, DAY), Follows("build", "review", 60, DAY), Follows("review", "release", 40, DAY),
        Follows("review", "build", 20, None), Follows("notice", "drop", 1, DAY),
    ), 0.95,
)  # fmt: skip


def test_the_fewest_ways_that_cover_enough_are_drawn_and_the_rest_is_said():
    """170 of 171 times are four ways; the fifth, and the box that only it reaches, are left out and told."""
    part = follows_map.kept(MAP)
    assert (len(part.follows), [each.id for each in part.activities]) == (4, ["notice", "build", "review", "release"])
    drawn = follows_map.draw(MAP)
    assert "4 of 5 ways from one to the next are drawn, 99.4% of 171 times; 1 of 5 boxes" in drawn
    assert follows_map.table(MAP).rows[-1] == ("Notice", "Drop", "1", "24 h", "no")


def test_what_leads_back_is_drawn_as_a_return_and_the_rest_goes_right():
    """One of the four ways leads back; the others end farther right than they begin, and wider ones are more frequent."""
    drawn = follows_map.draw(MAP)
    ways = re.findall(r'd="M(\d+) [^"]*?([\d.]+) [\d.]+" class="follows" stroke-width="([\d.]+)"', drawn)
    assert [float(end) > float(start) for start, end, _ in ways] == [True] * 3
    assert sorted(float(each) / 11 * 60 for *_, each in ways) == pytest.approx([40, 50, 60], abs=0.6)
    assert drawn.count('class="goes-back"') == 1


def test_three_hundred_boxes_and_nine_hundred_ways_stay_light():
    """All of them drawn are below 250 kB."""
    pick = random.Random(2)
    pairs: dict[tuple[int, int], int] = {}
    while len(pairs) < 900:
        start = pick.randrange(300)
        end = (start + pick.choice((1, 1, 2, -3, 17))) % 300
        pairs[start, end] = 1 + pick.randrange(90)
    activities = tuple(Activity(f"a{at}", f"Activity number {at}", 9, DAY) for at in range(300))
    ways = tuple(Follows(f"a{start}", f"a{end}", n, DAY) for (start, end), n in pairs.items())
    assert len(follows_map.draw(FollowsMap("m", "t", activities, ways, 1.0))) < 250_000


def test_a_map_of_nothing_and_of_one_step_that_repeats():
    """Nothing seen is hatched and said; a step that follows on itself is one box with a way back."""
    assert "nothing was seen to follow on anything" in follows_map.draw(FollowsMap("m", "t", (), ()))
    one = FollowsMap("m", "t", (Activity("a", "<b>A & B</b>", 4),), (Follows("a", "a", 4),))
    drawn = follows_map.draw(one)
    assert "<b>" not in drawn
    assert drawn.count('class="goes-back"') == 1


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, str, int]]]:
    names = [f"n{at}" for at in range(draw(st.integers(1, 22)))]
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=60, unique=True))
    return names, [(start, end, draw(st.integers(1, 50))) for start, end in pairs]


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_at_most_half_of_the_weight_leads_backwards(graph):
    """What the method promises: every node once, and never more weight back than forth."""
    names, edges = graph
    row = in_a_row(names, edges)
    at = {name: index for index, name in enumerate(row)}
    assert sorted(row) == sorted(names)
    back = sum(weight for start, end, weight in edges if at[start] > at[end])
    assert 2 * back <= sum(weight for start, end, weight in edges if start != end)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_without_circles_every_way_goes_right(graph):
    """A graph whose ways all lead on in one order has none that leads back."""
    names, edges = graph
    onward = [(start, end, weight) for start, end, weight in edges if names.index(start) < names.index(end)]
    layers = layers_of(names[::-1], onward)
    assert all(layers[start] < layers[end] for start, end, _ in onward)
