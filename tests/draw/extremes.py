"""Diagrams of extreme data: long and foreign names, one step or thirty, nobody, nothing measured, numbers of fifteen digits."""

from __future__ import annotations

from hypothesis import strategies as st

from wholeservice.draw.blueprint import LANES, Blueprint, BlueprintBox, BlueprintLink
from wholeservice.draw.channel_matrix import Cell, Channel, ChannelMatrix
from wholeservice.draw.columns import Phase
from wholeservice.draw.drop_out import River, RiverStep
from wholeservice.draw.emotion import Emotion, EmotionStep
from wholeservice.draw.forest import Forest, ForestRow
from wholeservice.draw.journey import Journey, JourneyStep
from wholeservice.draw.ladder import UNKNOWN, WAIT, WORK, Ladder, Rung
from wholeservice.draw.trend import Flag, Trend, TrendPoint
from wholeservice.units import COUNT, POINTS, SCORE, SECONDS, SHARE, money

NAMES = st.sampled_from(
    (
        "Pay", "x", "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", "Donaudampfschifffahrtsgesellschaft mbH",
        "Wir prüfen Ihren Antrag auf Wohnberechtigung und melden uns", "تقديم طلب الحصول على تصريح الإقامة", "בקשה להיתר",
        "申请居住许可证并等待回复", "居留許可の申請と返答を待つ", "Заявление на разрешение", "A & B <i>", "Łódź–Gdańsk 24/7",
        "WWWWWWWWWWWWWWWWWW",
        "Arrive", "🙂 🙂 🙂 🙂 help desk", "", "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    )
)  # fmt: skip
SIZES = st.sampled_from((1, 2, 5, 9, 30))
UNITS = st.sampled_from((SHARE, COUNT, SECONDS, SCORE, POINTS, money("GBP"), money("CHF")))
SCALES = st.sampled_from((0.0, 1e-6, 1.0, 100.0, 3e7, 9.87654321e14))


@st.composite
def numbers(draw: st.DrawFn, n: int) -> list[float | None]:
    """Numbers of one size, some of them missing: none, some or all."""
    scale, missing = draw(SCALES), draw(st.sampled_from((0, 0, 3, 10)))
    kept = draw(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9)), min_size=n, max_size=n))
    return [None if hole < missing else share * scale for share, hole in kept]


@st.composite
def rivers(draw: st.DrawFn) -> River:
    n = draw(SIZES)
    people, parts, names = draw(numbers(n)), draw(numbers(n)), draw(st.lists(NAMES, min_size=n, max_size=n))
    rows = enumerate(zip(names, people, parts, reversed(parts), strict=True))
    steps = tuple(
        RiverStep(f"s{at}", *each, is_detour=draw(st.booleans()), why_impossible=draw(st.sampled_from((None, None, "more"))))
        for at, each in rows
    )
    return River("r", draw(NAMES), "people", steps)


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    n = draw(SIZES)
    names = draw(st.lists(NAMES, min_size=n, max_size=n))
    steps = tuple(
        JourneyStep(name, draw(st.sampled_from((None, "/step"))), draw(st.booleans()), draw(st.none() | NAMES))
        for name in names
    )
    return Journey("j", draw(NAMES), steps, draw(st.none() | NAMES))


@st.composite
def emotions(draw: st.DrawFn) -> Emotion:
    n = draw(SIZES)
    names, expected, delivered = draw(st.lists(NAMES, min_size=n, max_size=n)), draw(numbers(n)), draw(numbers(n))
    steps = tuple(
        EmotionStep(name, one, other, other and other * 0.8, other and other * 1.3, draw(NAMES), draw(st.booleans()))
        for name, one, other in zip(names, expected, delivered, strict=True)
    )
    phases = draw(st.sampled_from(((), (Phase(draw(NAMES), 1), Phase(draw(NAMES), n - 1)))))
    return Emotion("e", draw(NAMES), draw(UNITS), steps, phases, draw(st.sampled_from((1, -1))))


@st.composite
def matrices(draw: st.DrawFn) -> ChannelMatrix:
    n, m = draw(st.sampled_from((1, 4, 30))), draw(st.sampled_from((1, 3)))
    channels = []
    for _ in range(m):
        pairs = zip(draw(numbers(n)), draw(numbers(n)), strict=True)
        cells = [
            Cell(value, level, value and value * 0.9, value and value * 1.1, value, href=draw(st.sampled_from((None, "/step"))))
            for value, level in pairs
        ]
        channels.append(Channel(draw(NAMES), tuple(draw(st.sampled_from((cell, cell, None))) for cell in cells)))
    steps = tuple(draw(st.lists(NAMES, min_size=n, max_size=n)))
    return ChannelMatrix("m", draw(NAMES), draw(UNITS), steps, tuple(channels), draw(st.sampled_from((1, -1))))


@st.composite
def forests(draw: st.DrawFn) -> Forest:
    n = draw(SIZES)
    sign = draw(st.sampled_from((1, -1)))
    rows = tuple(
        ForestRow(
            draw(NAMES),
            value and sign * value,
            value and sign * value - value,
            value and sign * value + value,
            value,
            draw(st.booleans()),
        )
        for value in draw(numbers(n))
    )
    reference = draw(st.sampled_from((0.0, None, 12.0)))
    return Forest("f", draw(NAMES), draw(UNITS), rows, draw(NAMES), reference, sign, draw(st.booleans()), draw(NAMES))


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    n = draw(SIZES)
    rungs = tuple(
        Rung(draw(NAMES), draw(st.sampled_from((WORK, WAIT, UNKNOWN))), seconds, draw(NAMES)) for seconds in draw(numbers(n))
    )
    return Ladder("l", draw(NAMES), rungs, draw(st.none() | SCALES))


@st.composite
def blueprints(draw: st.DrawFn) -> Blueprint:
    n = draw(st.sampled_from((1, 4, 12)))
    lanes = [lane for lane, _, _ in LANES]
    boxes = tuple(
        BlueprintBox(f"b{at}", draw(NAMES), draw(st.sampled_from(lanes)), draw(st.integers(0, n - 1)), lost, draw(NAMES),
                     draw(st.sampled_from((None, "/part"))), draw(st.sampled_from(("", "W" * 40, "Booking team"))))
        for at, lost in enumerate(draw(numbers(draw(st.sampled_from((0, 1, 12, 30))))))
    )  # fmt: skip
    ends = st.integers(0, 30).map(lambda at: f"b{at}")
    links = tuple(
        BlueprintLink(*each) for each in draw(st.lists(st.tuples(ends, ends, st.sampled_from((0.0, 0.2, 9.0))), max_size=25))
    )
    steps = tuple(draw(st.lists(NAMES, min_size=n, max_size=n)))
    return Blueprint("b", draw(NAMES), steps, boxes, links, draw(NAMES), draw(UNITS))


@st.composite
def flagged_trends(draw: st.DrawFn) -> Trend:
    n = draw(SIZES)
    points = tuple(
        TrendPoint(f"Jan 20{at:02d}", value, value and value * 0.9, value and value * 1.1)
        for at, value in enumerate(draw(numbers(n)))
    )
    flags = draw(st.lists(st.tuples(st.integers(1, 120), st.integers(0, n - 1), NAMES), max_size=15))
    return Trend("t", draw(NAMES), draw(UNITS), points, draw(st.none() | SCALES), tuple(Flag(*each) for each in flags))
