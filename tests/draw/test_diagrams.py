"""Diagrams say what their data say, never more, and no text lies on another whatever the data are."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from draw.boxes import outside, overlaps
from pages import sample
from wholeservice.draw import day_strip, gap, loss_map, spark, trend
from wholeservice.draw.day_strip import DayStrip
from wholeservice.draw.gap import Gap
from wholeservice.draw.loss_map import LossDrawing
from wholeservice.draw.spark import Spark
from wholeservice.draw.trend import Trend, TrendPoint
from wholeservice.findings.losses import Box, LossMap, Ribbon
from wholeservice.units import COUNT, SECONDS, SHARE, money

UNITS = st.sampled_from((SHARE, COUNT, SECONDS, money("GBP"), money("CHF")))
NUMBERS = st.floats(0.0001, 5e9, allow_nan=False)
NAMES = st.text("abcdefghij WMilÄ-", min_size=1, max_size=40).map(lambda name: name.strip() or "x")


@st.composite
def trends(draw: st.DrawFn) -> Trend:
    """A series with gaps, ranges and few, of any size and unit."""
    values = draw(st.lists(st.none() | NUMBERS, min_size=1, max_size=30).filter(lambda each: any(v is not None for v in each)))
    points = tuple(
        TrendPoint(f"Jan 20{i:02d} to Dec 20{i:02d}", v, v and v * 0.9, v and v * 1.1, 10, v is not None and v < 1)
        for i, v in enumerate(values)
    )
    return Trend("t", "A trend", draw(UNITS), points, draw(st.none() | NUMBERS))


@settings(max_examples=60, deadline=None)
@given(trends(), st.sampled_from((360, 396, 430)))
def test_no_text_of_a_trend_lies_on_another(shown, width):
    """Axis, periods, target and newest value keep apart, and inside the drawing."""
    drawn = trend.draw(shown, width=width)
    assert overlaps(drawn) == []
    assert outside(drawn) == []


def test_a_gap_stays_a_gap():
    """Two measured stretches are two lines with a hatch between them, and the missing period is nowhere 0."""
    points = (TrendPoint("a", 0.5), TrendPoint("b", 0.6), TrendPoint("c", None), TrendPoint("d", 0.7), TrendPoint("e", 0.8))
    drawn = trend.draw(Trend("t", "A trend", SHARE, points))
    assert drawn.count('class="curve"') == 2
    assert drawn.count("hatched") == 1
    assert trend.table(Trend("t", "A trend", SHARE, points)).rows[2] == ("c", "not measured", "–", "–")


def test_few_are_hollow():
    """A number behind which few stand is drawn hollow."""
    drawn = trend.draw(Trend("t", "A trend", SHARE, (TrendPoint("a", 0.5, is_few=True), TrendPoint("b", 0.6))))
    assert drawn.count("hollow") == 1


@settings(max_examples=80, deadline=None)
@given(UNITS, st.sampled_from((1, -1)), NUMBERS, st.none() | NUMBERS, st.floats(0, 0.5))
def test_no_text_of_a_gap_lies_on_another(unit, direction, level, value, spread):
    """Promise, delivery and difference keep apart."""
    low, high = (None, None) if value is None else (value * (1 - spread), value * (1 + spread))
    assert overlaps(gap.draw(Gap(unit, direction, level, value, low, high))) == []


@pytest.mark.parametrize(
    ("direction", "level", "low", "high", "verdict"),
    [(1, 0.9, 0.80, 0.89, "below"), (1, 0.9, 0.80, 0.91, "open"), (1, 0.9, 0.9, 0.95, "above"), (-1, 800, 900, 990, "below"),
     (-1, 800, 600, 700, "above")],
)  # fmt: skip
def test_a_verdict_needs_the_whole_range_on_one_side(direction, level, low, high, verdict):
    """Where the likely range touches both sides nothing is claimed; less can be better."""
    shown = Gap(SHARE, direction, level, (low + high) / 2, low, high)
    assert shown.verdict == verdict
    tone = {"below": "down", "above": "up", "open": "flat"}[verdict]
    assert f"whisker wide {tone}" in gap.draw(shown)


def test_what_is_not_measured_is_hatched_and_says_so():
    """No number, no dot, no zero."""
    drawn = gap.draw(Gap(SHARE, 1, 0.9, None))
    assert "hatched" in drawn
    assert "not measured" in drawn
    assert "dot" not in drawn
    assert ">0.0%" not in drawn


@st.composite
def loss_maps(draw: st.DrawFn) -> LossMap:
    """A random map over up to five layers, with loss that is conserved."""
    layers = [[f"n{layer}-{i}" for i in range(draw(st.integers(1, 5)))] for layer in range(draw(st.integers(1, 5)))]
    flow = {name: draw(st.floats(0, 0.1)) for name in layers[0]}
    here: dict[str, float] = {}
    ribbons: list[Ribbon] = []
    for near, far in zip(layers, [*layers[1:], []], strict=True):
        for name in near:
            amount, chosen = flow.get(name, 0.0), draw(st.lists(st.sampled_from(far), unique=True, max_size=3)) if far else []
            here[name] = amount * (draw(st.floats(0, 1)) if chosen else 1)
            for target in chosen:
                part = (amount - here[name]) / len(chosen)
                ribbons.append(Ribbon(name, target, part, draw(st.sampled_from(("linked", "timed", "fitted", "assumed")))))
                flow[target] = flow.get(target, 0.0) + part
    claims = st.sampled_from(("starts here", "at or below", "passes on", "not observed"))
    kinds = st.sampled_from(("part", "service", "supplier", "policy", "wait", "interface"))
    boxes = tuple(
        Box(name, "step" if not layer else draw(kinds), draw(NAMES), layer, flow.get(name, 0.0), here[name], 0.0, draw(claims))
        for layer, row in enumerate(layers) for name in row
    )  # fmt: skip
    base = sample.loss_map()
    return LossMap(
        "s", "n", "t", SHARE, 1, 0.9, 0.8, 0.1, None, 100, base.period, boxes, tuple(ribbons), draw(st.floats(0, 0.05))
    )


@settings(max_examples=60, deadline=None)
@given(loss_maps())
def test_no_text_of_a_loss_map_lies_on_another(shown):
    """Names, kinds and losses stay in their boxes, and boxes never overlap."""
    drawn = loss_map.draw(LossDrawing("m", "A map", shown))
    assert overlaps(drawn) == []
    assert outside(drawn) == []


def test_the_head_of_a_column_and_the_name_of_a_box_are_told_in_full():
    """Kinds of a last column, and a name of three lines, take the room they need; boxes begin below the longest head."""
    base = sample.loss_map()
    kinds = ("interval", "unrecorded", "several")
    last = tuple(
        Box(kind, kind, "Until ‘T06 Determine necessity of stop advice’", 1, 0.02, 0.02, 0, "at or below") for kind in kinds
    )
    first = Box("web", "channel", "Web", 0, 0.06, 0, 0, "passes on")
    ribbons = tuple(Ribbon("web", kind, 0.02) for kind in kinds)
    drawn = loss_map.draw(LossDrawing("m", "A map", replace(base, boxes=(first, *last), ribbons=ribbons, unexplained=0.0)))
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", drawn))
    assert "Work or wait, not recorded or smaller ones" in " ".join(
        reversed(re.findall(r'class="t-head"[^>]*>([^<]*)<', drawn))
    )
    assert "…" not in words
    assert (overlaps(drawn), outside(drawn)) == ([], [])


def many_boxes() -> LossMap:
    """Three hundred boxes in six columns and nine hundred dependencies, every third of which has a loss."""
    boxes = tuple(
        Box(f"b{at}", "part" if at >= 50 else "step", f"Service {at}", at // 50, 0.002, 0.001, 0.0, "starts here")
        for at in range(300)
    )
    pairs = [(at, (at // 50 + 1) * 50 + (at * step + step) % 50) for at in range(250) for step in (1, 7, 13, 29)][:900]
    ribbons = tuple(Ribbon(f"b{a}", f"b{b}", 0.0005 if index % 3 == 0 else 0.0) for index, (a, b) in enumerate(pairs))
    period = sample.loss_map().period
    return LossMap("s", "n", "t", SHARE, 1, 0.9, 0.8, 0.1, None, 100, period, boxes, ribbons)


def test_a_map_of_many_boxes_is_small_and_leaves_nothing_out():
    """Nothing overlaps; every loss is a ribbon with its words; what works is one line a box, with all that it leads to."""
    shown = many_boxes()
    drawn = loss_map.draw(LossDrawing("m", "A map", shown))
    assert overlaps(drawn) == []
    assert len(drawn.encode()) < 250_000
    assert drawn.count("pass here; linked</title></path>") == sum(each.size > 0 for each in shown.ribbons) == 300
    hairlines = re.findall(r'<path d="([^"]+)" class="healthy" data-from="b\d+"', drawn)
    assert sum(d.count("M") for d in hairlines) == 600
    assert len(hairlines) == len({each.from_id for each in shown.ribbons if not each.size})
    assert drawn.count('role="button"') == 300
    assert "280 smaller ones, in the table" in drawn


def test_the_map_draws_every_ribbon_to_scale_and_the_rest_apart():
    """Twice the loss is twice the width; a healthy dependency is a hairline; what nobody explains stands in its own box."""
    drawn = loss_map.draw(LossDrawing("m", "A map", sample.loss_map()))
    found = re.findall(
        r'data-size="([\d.]+)"><title>[^<]+</title><path d="[^"]+" class="ribbon linked" stroke-width="([\d.]+)"', drawn
    )
    widths = {float(size): float(wide) for size, wide in found}
    assert widths[0.043] / widths[0.011] == pytest.approx(0.043 / 0.011, rel=0.01)
    assert drawn.count('class="healthy"') == 3
    assert drawn.count('role="button"') == len(sample.loss_map().boxes)
    assert "Unexplained: −0.60 pp" in drawn


def test_the_table_of_a_map_holds_the_numbers_of_the_picture():
    """Every box is a row, and the unexplained part is one too."""
    rows = {row[0]: row for row in loss_map.table(LossDrawing("m", "A map", sample.loss_map())).rows}
    assert rows["Payment page"][2:4] == ("−4.3 pp", "−0.60 pp")
    assert rows["Unexplained"][2] == "−0.60 pp"
    assert len(rows) == 11


@st.composite
def day_strips(draw: st.DrawFn) -> DayStrip:
    """Stretches of days and gaps between them, over a week or over many years."""
    at, parts = dt.date(draw(st.integers(1990, 2026)), 3, 1), []
    for length in draw(st.lists(st.integers(1, 900), min_size=1, max_size=9)):
        after = at + dt.timedelta(days=length)
        parts.append((at, after))
        at = after
    return DayStrip("s", "Days", tuple(parts[::2]), tuple(parts[1::2]))


@settings(max_examples=40, deadline=None)
@given(day_strips())
def test_no_text_of_a_day_strip_lies_on_another(shown):
    """Months, years and days keep apart, and inside the drawing."""
    drawn = day_strip.draw(shown)
    assert overlaps(drawn) == []
    assert outside(drawn) == []


def test_a_day_strip_draws_days_to_scale_and_hatches_what_is_missing():
    """Ten days in March, ten missing, ten more in a row of 31: as wide as a third, and every stretch is in the table."""
    days = [dt.date(2026, 3, day) for day in (1, 11, 21, 31)]
    shown = DayStrip("s", "Days", ((days[0], days[1]), (days[2], days[3])), ((days[1], days[2]),))
    drawn = day_strip.draw(shown)
    widths = {cls: float(wide) for wide, cls in re.findall(r'width="([\d.]+)" height="16" class="(day-\w+)"', drawn)}
    assert widths["day-missing"] == widths["day-there"] == pytest.approx(widths["day-none"] * 10 / 31, abs=0.1)
    assert [row[1:] for row in day_strip.table(shown).rows] == [("missing", "10"), ("with facts", "10"), ("with facts", "10")]
    assert "hatched" in day_strip.draw(DayStrip("s", "Days", (), ()))


def test_a_spark_without_a_number_is_hatched():
    """Nothing measured is not a flat line at zero."""
    assert "hatched" in spark.draw(Spark(SHARE, (None, None), "a", "b"))
    assert spark.draw(Spark(SHARE, (0.1, 0.2, None, 0.3), "a", "b")).count("<path") == 1
