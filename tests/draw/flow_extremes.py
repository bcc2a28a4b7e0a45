"""Value streams and flows of extreme data: one stage or thirty, nothing recorded, five minutes in 300 days, foreign names."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate

from hypothesis import strategies as st

from draw.extremes import NAMES
from wholeservice.draw.ageing import Ageing, AgeItem, AgeStage
from wholeservice.draw.cumulative_flow import CumulativeFlow, FlowDay, FlowStage
from wholeservice.draw.cycle_scatter import CycleScatter, Finished
from wholeservice.draw.follows_map import Activity, Follows, FollowsMap
from wholeservice.draw.ladder import UNKNOWN, WAIT, WORK
from wholeservice.draw.life import Life, LifePiece
from wholeservice.draw.open_time import CLASSES, OpenPart, OpenRow, OpenTimes
from wholeservice.draw.stages import NECESSARY, NOT_RECORDED, VALUE, WASTE, Asked, Return, Stage, Times, ValueStream, Wait

FIRST = dt.date(2025, 11, 3)
SIZES = st.sampled_from((1, 2, 7, 20))
SECONDS = st.sampled_from((0.0, 0.5, 300.0, 7000.0, 90_000.0, 300 * 86400.0))
TIMES = st.builds(Times, *[st.none() | SECONDS] * 3, st.sampled_from((None, 0, 12, 1_234_567)))
SHARES = st.none() | st.sampled_from((0.0, 0.00004, 0.123, 1.0))
CAUSES = st.sampled_from(
    ("batching", "contention", "queue on another team", "approval", "late review", "environment", "", NOT_RECORDED)
)
WAITS = st.lists(st.builds(Wait, CAUSES, st.none() | SECONDS, NAMES), max_size=5).map(tuple)


@st.composite
def streams(draw: st.DrawFn) -> ValueStream:
    n = draw(SIZES)
    kinds, links = st.sampled_from((VALUE, NECESSARY, WASTE, None)), st.sampled_from((None, "/stage"))
    stages = tuple(
        Stage(f"s{at}", draw(NAMES), draw(kinds), draw(st.none() | NAMES), draw(TIMES), draw(TIMES), draw(WAITS),
              draw(st.sampled_from((None, 0, 3, 98_765))), draw(SHARES), draw(SHARES), draw(links))
        for at in range(n)
    )  # fmt: skip
    ids = st.integers(0, n).map(lambda at: f"s{at}")
    returns = tuple(draw(st.lists(st.builds(Return, ids, ids, SHARES), max_size=8)))
    asked = tuple(draw(st.lists(st.builds(Asked, ids, st.sampled_from(("approval", "policy")), NAMES), max_size=6)))
    return ValueStream("v", draw(NAMES), stages, draw(TIMES), draw(TIMES), returns, asked)


@st.composite
def flows(draw: st.DrawFn) -> CumulativeFlow:
    n, n_days = draw(SIZES), draw(st.sampled_from((1, 2, 9, 40, 900)))
    most = draw(st.sampled_from((0, 1, 40, 2_000_000)))
    rates = [most * (n + 1 - at) // (n + 1) for at in range(n + 1)]
    missing = draw(st.sets(st.integers(0, n_days), max_size=4)) | draw(st.sampled_from((set(), set(range(n_days)))))
    counts = [*accumulate([tuple(rates)] * n_days, lambda one, other: tuple(map(sum, zip(one, other, strict=True))))]
    days = tuple(FlowDay(FIRST + dt.timedelta(days=at), None if at in missing else counts[at]) for at in range(n_days))
    stages = tuple(FlowStage(draw(NAMES), draw(st.booleans())) for _ in range(n))
    return CumulativeFlow("c", draw(NAMES), stages, days)


@st.composite
def ageings(draw: st.DrawFn) -> Ageing:
    n = draw(SIZES)
    base = draw(SECONDS)
    left = st.none() | st.just((base, base * 2, base * 3, base * 5))
    stages = tuple(AgeStage(draw(NAMES), draw(left), draw(st.none() | st.just(12))) for _ in range(n))
    ages = draw(st.lists(st.tuples(st.integers(0, n - 1), st.none() | SECONDS, NAMES), max_size=40))
    items = tuple(AgeItem(f"{name[:12]}-{at}", stage, age, name, "/item") for at, (stage, age, name) in enumerate(ages))
    return Ageing("a", draw(NAMES), stages, items, draw(st.none() | SECONDS), draw(st.none() | st.just(0.85)))


@st.composite
def scatters(draw: st.DrawFn) -> CycleScatter:
    n_days = draw(st.sampled_from((0, 1, 12, 90, 2500)))
    rows = draw(st.lists(st.tuples(st.integers(0, n_days), SECONDS, NAMES), max_size=40))
    items = tuple(
        Finished(f"{name[:14]}-{at}", FIRST + dt.timedelta(days=day), seconds, draw(NAMES), draw(st.sampled_from((None, "/i"))))
        for at, (day, seconds, name) in enumerate(rows)
    )
    within = tuple((share, draw(SECONDS)) for share in draw(st.sampled_from(((), (0.5, 0.7, 0.85, 0.95)))))
    expected = draw(st.none() | st.tuples(st.just(0.85), SECONDS))
    last = FIRST + dt.timedelta(days=n_days)
    return CycleScatter("f", draw(NAMES), FIRST, last, items, within, expected, draw(st.booleans()))


@st.composite
def follows_maps(draw: st.DrawFn) -> FollowsMap:
    n = draw(st.sampled_from((0, 1, 2, 8, 25)))
    activities = tuple(
        Activity(f"a{at}", draw(NAMES), draw(st.integers(0, 10**7)), draw(st.none() | SECONDS), draw(st.none() | st.just("/a")))
        for at in range(n)
    )
    ids = st.integers(0, max(0, n - 1)).map(lambda at: f"a{at}")
    pairs = draw(st.lists(st.tuples(ids, ids), max_size=3 * n, unique=True))
    ways = tuple(Follows(*pair, draw(st.integers(0, 99_999)), draw(st.none() | SECONDS)) for pair in pairs)
    return FollowsMap("m", draw(NAMES), activities, ways, draw(st.sampled_from((0.3, 0.9, 1.0))))


@st.composite
def lives(draw: st.DrawFn) -> Life:
    at, pieces = dt.datetime(2025, 11, 3, 8, 30, tzinfo=dt.UTC), []
    for _ in range(draw(st.sampled_from((0, 1, 3, 30)))):
        kind, then = draw(st.sampled_from((WORK, WAIT, UNKNOWN))), at + dt.timedelta(seconds=draw(SECONDS))
        cause = draw(st.just("") | NAMES) if kind == WAIT else ""
        pieces.append(LifePiece(draw(NAMES), kind, at, then, cause, draw(st.sampled_from((None, "/items/a")))))
        at = then
    return Life("l", draw(NAMES), tuple(pieces), draw(st.booleans()))


@st.composite
def open_times(draw: st.DrawFn) -> OpenTimes:
    """From one place to seven, open for an hour or ten years, losing next to nothing or millions, owned by nobody."""
    rows = tuple(draw(open_rows(at)) for at in range(draw(st.sampled_from((1, 2, 7)))))
    weights = {state: draw(st.sampled_from((0.0, 0.0, 1.0, 30.0))) for state in CLASSES}
    whole = sum(weights.values()) or 1.0
    states = tuple((state, each / whole) for state, each in weights.items() if each)
    lost, unit = draw(st.sampled_from(("0.4", "9,999", "2.34 m"))), draw(st.sampled_from(("people so far", "calls so far")))
    names = [draw(NAMES) for _ in range(5)]
    return OpenTimes("o", names[0], rows, *names[1:4], draw(SHARES), names[4], states, lost, unit)


@st.composite
def open_rows(draw: st.DrawFn, at: int) -> OpenRow:
    lengths = draw(st.lists(st.sampled_from((0.0, 0.04, 1.0, 14.0, 203.0, 3650.0)), min_size=1, max_size=12))
    parts = tuple(
        OpenPart(draw(st.sampled_from(tuple(CLASSES))), days, days, (f"{draw(NAMES)} {days:.0f}", f"{days:.0f}"), draw(NAMES))
        for days in lengths
    )
    days = sum(lengths)
    known = draw(st.none() | st.sampled_from((0.0, 0.5, 1.0)))
    known = None if known is None else known * days
    median, p85 = (None if known is None else draw(st.none() | st.just(known + each)) for each in (12.0, 90.0))
    size = draw(st.sampled_from((0.0, 0.3, 14.5, 2_000_000.0)))
    few = st.sampled_from(("0.4", "9,999", "2.34 m"))
    return OpenRow(
        chr(65 + at), draw(NAMES), draw(NAMES), draw(NAMES), draw(st.sampled_from(("−0.01 pp", "−99.9 pp"))), size, draw(few),
        draw(st.none() | NAMES), draw(st.none() | NAMES), draw(NAMES), draw(SHARES), draw(NAMES), draw(NAMES), parts, days,
        draw(st.booleans()), known, median, p85, draw(st.booleans()), draw(few), f"{draw(few)} × {days:,.0f} d",
        draw(st.sampled_from((None, "/service/a"))), draw(st.booleans()),
    )  # fmt: skip
