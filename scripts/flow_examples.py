"""What `draw_examples.py` draws of value streams and flow: made-up numbers of how Stayline changes what it offers."""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import replace

from wholeservice.draw import ageing, stages
from wholeservice.draw.ageing import Ageing, AgeItem, AgeStage
from wholeservice.draw.cumulative_flow import CumulativeFlow, FlowDay, FlowStage
from wholeservice.draw.cycle_scatter import CycleScatter, Finished
from wholeservice.draw.follows_map import Activity, Follows, FollowsMap
from wholeservice.draw.ladder import UNKNOWN, WAIT, WORK
from wholeservice.draw.life import Life, LifePiece
from wholeservice.draw.stages import NECESSARY, VALUE, WASTE, Asked, Return, Stage, Times, ValueStream, Wait

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
FIRST = dt.date(2026, 6, 1)


def _times(mean: float, median: float, p85: float) -> Times:
    return Times(mean, median, p85, 412)


_STREAM = ValueStream(
    "stream", "", (
        Stage("notice", "Notice", NECESSARY, "Care", _times(6 * MINUTE, 4 * MINUTE, 11 * MINUTE),
              _times(5 * HOUR, 3.5 * HOUR, 9 * HOUR), (Wait("batching", 4.9 * HOUR, "the weekly report"),), 3, 0.96, 0.96),
        Stage("understand", "Understand", VALUE, "Discovery", _times(2 * HOUR, 84 * MINUTE, 3.6 * HOUR),
              _times(14 * HOUR, 10 * HOUR, 25 * HOUR),
              (Wait("contention", 9 * HOUR, "analysts"), Wait("prioritisation", 3 * HOUR)), 8, 0.81, 0.78),
        Stage("decide", "Decide", NECESSARY, "Pricing", _times(20 * MINUTE, 14 * MINUTE, 36 * MINUTE),
              _times(62 * HOUR, 43 * HOUR, 112 * HOUR),
              (Wait("decision", 40 * HOUR, "Steering board"), Wait("budget", 18 * HOUR, "Finance")), 14, 0.9, 0.7),
        Stage("build", "Build", VALUE, "Booking", _times(16 * HOUR, 11 * HOUR, 29 * HOUR),
              _times(40 * HOUR, 28 * HOUR, 72 * HOUR),
              (Wait("environment", 12 * HOUR, "environments, Platform"), Wait("dependency", 8 * HOUR, "Rooms")), 6, 0.72, 0.5),
        Stage("review", "Review", VALUE, "Booking", _times(90 * MINUTE, 63 * MINUTE, 2.7 * HOUR),
              _times(26 * HOUR, 18 * HOUR, 47 * HOUR), (Wait("queue on another team", 12 * HOUR, "Security"),), 9, 0.85, 0.43),
        Stage("approve", "Approve", WASTE, "Change board", _times(9 * MINUTE, 6 * MINUTE, 16 * MINUTE),
              _times(55 * HOUR, 38 * HOUR, 99 * HOUR),
              (Wait("approval", 48 * HOUR, "Change board"), Wait("late review", 6 * HOUR, "Legal")), 21, 0.98, 0.42),
        Stage("release", "Release", NECESSARY, "Platform", _times(HOUR, 42 * MINUTE, 1.8 * HOUR), Times(),
              (Wait("release", 20 * HOUR, "the fortnightly train"), Wait("batching", None))),
    ), Times(21.1 * HOUR, 15 * HOUR, 40 * HOUR, 388), Times(231 * HOUR, 160 * HOUR, 400 * HOUR, 388),
    (Return("review", "build", 0.22), Return("approve", "review", 0.06), Return("build", "understand", None),
     Return("build", "build", 0.11)),
    (Asked("decide", "approval", "Finance"), Asked("decide", "approval", "Steering board"),
     Asked("approve", "policy", "Change policy"), Asked("approve", "approval", "Legal"),
     Asked("approve", "approval", "Data protection"), Asked("release", "environment", "Platform")),
)  # fmt: skip
STREAM = replace(_STREAM, title=stages.finding(_STREAM))
NAMES = tuple(stage.title for stage in STREAM.stages)
_FLOW_STAGES = tuple(
    FlowStage(name, name.startswith("Waits"))
    for name in ("Understand", "Waits for decision", "Build", "Review", "Waits for approval", "Release")
)


def _flow_days(pick: random.Random) -> tuple[FlowDay, ...]:
    """Three to five items come on each working day; waits last three times as long as work."""
    items = []
    for day in range(120):
        for _ in range(pick.randrange(2, 6) if day % 7 < 5 else 0):
            at, reached = float(day), []
            for stage in (*_FLOW_STAGES, FlowStage("Done")):
                reached.append(at)
                at += pick.expovariate(1 / (6 if stage.is_wait else 2))
            items.append(reached)
    counts = [tuple(sum(item[at] <= day for item in items) for at in range(len(_FLOW_STAGES) + 1)) for day in range(120)]
    return tuple(FlowDay(FIRST + dt.timedelta(days=at), None if 40 <= at < 48 else each) for at, each in enumerate(counts))


FLOW = CumulativeFlow("flow", "More comes in than goes out, and most of it waits", _FLOW_STAGES, _flow_days(random.Random(3)))  # noqa: S311  a seeded example


def _ageing(pick: random.Random) -> Ageing:
    past = tuple(
        AgeStage(name, None if name == "Review" else (1.2 * at * DAY, 2 * at * DAY, 3.4 * at * DAY, 5.2 * at * DAY), 412)
        for at, name in enumerate(NAMES, 1)
    )
    where = [pick.choice((0, 1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 5, 5, 6)) for _ in range(64)]
    items = tuple(
        AgeItem(f"STAY-{100 + at}", stage, None if at == 7 else pick.expovariate(1 / (2.2 * (stage + 1))) * DAY, href=f"#{at}")
        for at, stage in enumerate(where)
    )
    shown = Ageing("ageing", "", past, items, 21 * DAY, 0.85)
    title = f"{len(ageing.late(shown))} of {len(items)} items are older than the 21 days that people may expect"
    return replace(shown, title=title)


AGEING = _ageing(random.Random(3))  # noqa: S311  a seeded example


def _scatter(pick: random.Random) -> CycleScatter:
    kinds = ("feature", "feature", "feature", "fault", "fault", "risk", "debt")
    items = tuple(
        Finished(f"STAY-{at}", FIRST + dt.timedelta(days=pick.randrange(180)), pick.lognormvariate(math.log(6), 0.8) * DAY,
                 pick.choice(kinds), f"#{at}")
        for at in range(180)
    )  # fmt: skip
    times = sorted(each.seconds for each in items)
    within = tuple((share, times[math.ceil(share * len(times)) - 1]) for share in (0.5, 0.7, 0.85, 0.95))
    last = FIRST + dt.timedelta(days=179)
    shown = CycleScatter("scatter", "", FIRST, last, items, within, (0.85, 12 * DAY))
    kept = sum(each <= 12 * DAY for each in times)
    return replace(shown, title=f"{kept} of {len(items)} items were done within the 12 days that people may expect")


SCATTER = _scatter(random.Random(3))  # noqa: S311  a seeded example
_BEGUN = dt.datetime(2026, 7, 6, 9, tzinfo=dt.UTC)
_PIECES = (("decide", WAIT, 45, "a decision"), ("decide", WORK, 1, ""), ("build", WORK, 70, ""), ("build", UNKNOWN, 30, ""),
           ("test", WAIT, 260, "Environments"), ("test", WORK, 9, ""), ("review", WAIT, 40, "Security review"),
           ("review", WORK, 24, ""), ("build", WAIT, 20, "mending what came back"), ("build", WORK, 12, ""),
           ("release", WAIT, 62, "Release room"), ("release", WORK, 1, ""))  # fmt: skip
_ENDS = [sum(hours for _, _, hours, _ in _PIECES[: at + 1]) for at in range(len(_PIECES))]
LIFE = Life(
    "life", "A wish that was worked on for five days took three and a half weeks, most of it for somewhere to try it",
    tuple(
        LifePiece(stage, kind, _BEGUN + dt.timedelta(hours=end - hours), _BEGUN + dt.timedelta(hours=end), cause)
        for (stage, kind, hours, cause), end in zip(_PIECES, _ENDS, strict=True)
    ),
)  # fmt: skip
FOLLOWS = FollowsMap(
    "follows", "One in four reviews sends the work back to building", (
        *(Activity(name.lower(), name, n, median) for name, n, median in zip(
            NAMES, (420, 455, 390, 470, 510, 360, 340),
            (4 * MINUTE, 84 * MINUTE, None, 11 * HOUR, 63 * MINUTE, 6 * MINUTE, 42 * MINUTE), strict=True)),
        Activity("drop", "Dropped", 60),
    ), (
        Follows("notice", "understand", 400, 5 * HOUR), Follows("understand", "decide", 350, 2 * DAY),
        Follows("decide", "build", 310, 3 * DAY), Follows("build", "review", 460, 10 * HOUR),
        Follows("review", "approve", 320, 2 * DAY), Follows("approve", "release", 330, 6 * HOUR),
        Follows("review", "build", 120, DAY), Follows("understand", "build", 50, DAY), Follows("decide", "drop", 48, 9 * DAY),
        Follows("decide", "understand", 40, 4 * DAY), Follows("build", "build", 33, 2 * HOUR),
        Follows("approve", "review", 22, DAY), Follows("notice", "build", 18, HOUR), Follows("review", "release", 15, HOUR),
    ), 0.97,
)  # fmt: skip
