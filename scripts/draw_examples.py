"""Draw every diagram, in light and dark, and write docs/pictures.md: .venv/bin/python scripts/draw_examples.py"""

from __future__ import annotations

import datetime as dt
import inspect
import textwrap
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from flow_examples import AGEING, FLOW, FOLLOWS, LIFE, SCATTER, STREAM
from wholeservice.app import pictures
from wholeservice.draw import (
    ageing,
    blueprint,
    channel_matrix,
    cumulative_flow,
    cycle_scatter,
    day_strip,
    drop_out,
    emotion,
    follows_map,
    forest,
    gap,
    journey,
    ladder,
    life,
    loss_map,
    spark,
    standalone,
    trend,
    value_stream,
)
from wholeservice.draw.blueprint import Blueprint, BlueprintBox, BlueprintLink
from wholeservice.draw.channel_matrix import Cell, Channel, ChannelMatrix
from wholeservice.draw.columns import Phase
from wholeservice.draw.day_strip import DayStrip
from wholeservice.draw.drop_out import River, RiverStep
from wholeservice.draw.emotion import Emotion, EmotionStep
from wholeservice.draw.forest import Forest, ForestRow
from wholeservice.draw.gap import Gap
from wholeservice.draw.journey import Journey, JourneyStep
from wholeservice.draw.ladder import UNKNOWN, WAIT, WORK, Ladder, Rung
from wholeservice.draw.loss_map import LossDrawing
from wholeservice.draw.spark import Spark
from wholeservice.draw.trend import Flag, Trend, TrendPoint
from wholeservice.findings.losses import Box, LossMap, Ribbon
from wholeservice.periods import Period
from wholeservice.units import POINTS, SCORE, SHARE

DOCS = Path(__file__).resolve().parents[1] / "docs"
STEPS = ("Find", "Choose", "Pay", "Prepare", "Arrive", "Stay", "Leave", "Get help", "Come back")
HOUR, DAY = 3600.0, 86400.0

EMOTION = Emotion(
    "emotion", "Arrival undoes what the room then has to win back", SCORE,
    (
        EmotionStep("Find", 70, 74, 71, 77, "Is there a place I would like?"),
        EmotionStep("Choose", 72, 66, 63, 69, "Is it worth the price?"),
        EmotionStep("Pay", 80, 71, 68, 74, "Did it go through?"),
        EmotionStep("Prepare", 74, 58, 53, 63, "Do they know my needs?"),
        EmotionStep("Arrive", 82, 49, 45, 53, "Is my room ready when I come?"),
        EmotionStep("Stay", 80, 77, 74, 80, "Does it work, is it calm?"),
        EmotionStep("Leave", 76, None, question="Is the bill right?"),
        EmotionStep("Get help", 72, 56, 51, 61, "Does one call put it right?"),
        EmotionStep("Come back", 60, 57, 44, 65, "Do they still know me?", is_few=True),
    ),
    (Phase("Before", 3), Phase("On the way", 1), Phase("There", 3), Phase("After", 2)),
)  # fmt: skip
RIVER = River(
    "river", "Of 10,000 who look, 4,880 stay; 2,480 of those who left could have been kept", "people",
    (
        RiverStep("find", "Find", 10000), RiverStep("choose", "Choose", 7880, 610, 1510),
        RiverStep("pay", "Pay", 6170, 920, 790), RiverStep("prepare", "Prepare", 5210, 710, 250),
        RiverStep("arrive", "Arrive", 4970, 240, 0),
        RiverStep("stay", "Stay", 4880), RiverStep("leave", "Leave", None),
        RiverStep("help", "Get help", 1240, base="stay", is_detour=True), RiverStep("back", "Come back", 1390, 880, 1400),
    ),
)  # fmt: skip
GAPS: dict[str, tuple[float | None, ...]] = {
    "Website": (4, -6, -10, -14, None, None, None, -9, -2), "App": (7, -3, -4, -6, -11, 2, 1, -3, 1),
    "Phone": (0, -2, -12, -27, -22, -5, None, -24, -18), "Partner sites": (1, -9, -8, 0, None, None, None, 0, 0),
    "Front desk": (None, None, None, -9, -36, -4, -8, -12, None),
}  # fmt: skip
SPREAD = {"Website": 2, "App": 3, "Phone": 6, "Partner sites": 3, "Front desk": 5}


def _cell(channel: str, at: int, difference: float | None) -> Cell | None:
    if difference is None:
        return None
    expected = EMOTION.steps[at].expected or 0.0
    if difference == 0:
        return Cell(None, expected)
    value, spread = expected + difference, SPREAD[channel] * (3 if at == 8 else 1)
    return Cell(value, expected, value - spread, value + spread, 400 / spread, at == 8)


MATRIX = ChannelMatrix(
    "matrix", "The phone and the desk lose most, between preparing and arriving", SCORE, STEPS,
    tuple(Channel(name, tuple(_cell(name, at, each) for at, each in enumerate(row))) for name, row in GAPS.items()),
)  # fmt: skip
FOREST = Forest(
    "forest", "Four services improved, two got worse, of two it is too close to call", POINTS,
    (
        ForestRow("Airport transfer", 6.2, 5.4, 7.1, 612), ForestRow("Lost property", 4.1, 3.4, 4.9, 240),
        ForestRow("Book and stay", 2.6, 1.4, 3.3, 9400), ForestRow("Conference", 2.1, 1.1, 3.1, 820),
        ForestRow("Wedding", 1.9, -2.8, 6.6, 44, is_few=True), ForestRow("Gift cards", 0.4, -1.2, 2.0, 1310),
        ForestRow("Room service", -1.8, -3.2, -0.4, 1120), ForestRow("Parking", -3.6, -5.4, -3.3, 980),
        ForestRow("Night desk", None, n=7, why="not measured: 7 answers, at least 30 needed"),
    ),
    "Improvement in 12 months, points with their likely range", is_ranked=True, counted="Answers",
)  # fmt: skip
LADDER = Ladder(
    "ladder", "47 minutes of work take three days", (
        Rung("Request comes in", WORK, 4 * 60), Rung("In the shared inbox", WAIT, 22 * HOUR, "somebody to take it"),
        Rung("Check", WORK, 12 * 60), Rung("Legal says yes or no", WAIT, 30 * HOUR, "Legal"), Rung("Prepare", WORK, 25 * 60),
        Rung("Weekend", WAIT, 9 * HOUR, "opening hours"), Rung("At the supplier", UNKNOWN, None),
        Rung("Confirm", WORK, 6 * 60), Rung("Post", WAIT, 5 * HOUR, "delivery"),
    ), 3 * DAY + 3 * HOUR,
)  # fmt: skip
BLUEPRINT = Blueprint(
    "blueprint", "Guests wait at the desk for a room that the property system has already released",
    ("Book", "Prepare", "Arrive", "Enter"),
    (
        BlueprintBox("mail", "Confirmation mail", "evidence", 0), BlueprintBox("remind", "Reminder", "evidence", 1),
        BlueprintBox("queue", "Queue at the desk", "evidence", 2), BlueprintBox("card", "Key card", "evidence", 3),
        BlueprintBox("pays", "Pays", "consumer", 0), BlueprintBox("asks", "Asks for early arrival", "consumer", 1),
        BlueprintBox("waits", "Waits 22 minutes", "consumer", 2, 0.041), BlueprintBox("opens", "Opens the room", "consumer", 3),
        BlueprintBox("notes", "Agent notes the request", "front", 1),
        BlueprintBox("looks", "Desk looks up the room", "front", 2, 0.026),
        BlueprintBox("hands", "Hands over the key", "front", 3), BlueprintBox("check", "Check payment", "back", 0),
        BlueprintBox("rekey", "Re-key into three records", "back", 1, 0.017),
        BlueprintBox("release", "Release the room", "back", 2, 0.026),
        BlueprintBox("gateway", "Payment gateway", "support", 0), BlueprintBox("records", "Guest records", "support", 1, None),
        BlueprintBox("property", "Property system", "support", 2, 0.043), BlueprintBox("locks", "Door locks", "support", 3),
    ),
    (
        BlueprintLink("mail", "pays"), BlueprintLink("remind", "asks"), BlueprintLink("queue", "waits"),
        BlueprintLink("card", "opens"),
        BlueprintLink("pays", "check"), BlueprintLink("asks", "notes"), BlueprintLink("waits", "looks", 0.041),
        BlueprintLink("opens", "hands"), BlueprintLink("looks", "hands"), BlueprintLink("notes", "rekey", 0.017),
        BlueprintLink("looks", "release", 0.026), BlueprintLink("check", "gateway"), BlueprintLink("rekey", "records"),
        BlueprintLink("rekey", "property", 0.017), BlueprintLink("release", "property", 0.026), BlueprintLink("hands", "locks"),
        BlueprintLink("pays", "records"),
    ),
    "Guests",
)  # fmt: skip
NUMBERS = (0.61, 0.60, 0.62, 0.63, 0.61, 0.58, None, None, 0.64, 0.66, 0.67, 0.66, 0.69, 0.71, 0.70, 0.73)
TREND = Trend(
    "trend", "73% now get through without help; two months were never counted", SHARE,
    tuple(
        TrendPoint(f"{dt.date(2025 + at // 12, at % 12 + 1, 1):%b %Y}", each, each and each - 0.02, each and each + 0.02, 900)
        for at, each in enumerate(NUMBERS)
    ),
    0.75, (Flag(1, 8, "One form instead of three"), Flag(2, 9, "Status by text message"), Flag(3, 12, "Desk opens at seven")),
)  # fmt: skip
JOURNEY = Journey(
    "journey", "Nine steps, and the whole way",
    tuple(JourneyStep(each.title, f"#{each.id}", each.id == "arrive") for each in RIVER.steps), "All the way to the end",
)  # fmt: skip
LOSS = LossDrawing("loss", "A third of the loss starts where prices are built up", LossMap(
    "stay", "sure-of-price", "price-as-shown >= 99% over 30d", SHARE, 1, 0.99, 0.93, 0.06, None, 4000,
    Period(dt.datetime(2026, 10, 1, tzinfo=dt.UTC), dt.datetime(2026, 11, 1, tzinfo=dt.UTC)),
    (
        Box("choose", "step", "Choose", 0, 0.011, 0, 0, "passes on"), Box("pay", "step", "Pay", 0, 0.043, 0, 0, "passes on"),
        Box("id", "policy", "ID check at desk", 1, 0.011, 0.011, 0, "starts here"),
        Box("page", "part", "Payment page", 1, 0.043, 0.006, 0, "starts here"),
        Box("search", "part", "Search page", 1, 0, 0, 0, "healthy"),
        Box("prices", "part", "Price build-up", 2, 0.027, 0.02, 0, "starts here"),
        Box("records", "service", "Guest records", 2, 0.01, 0, 0.01, "at or below"),
        Box("repairs", "service", "Repairs", 2, 0, 0, 0, "not observed"),
        Box("bank", "supplier", "Card bank", 3, 0.007, 0.007, 0, "starts here"),
    ),
    (
        Ribbon("choose", "id", 0.011), Ribbon("pay", "page", 0.043), Ribbon("page", "prices", 0.027, "timed"),
        Ribbon("page", "records", 0.01, "assumed"), Ribbon("prices", "bank", 0.007), Ribbon("search", "repairs", 0),
        Ribbon("choose", "search", 0),
    ),
    unexplained=0.006,
))  # fmt: skip
STRIP = DayStrip(
    "strip", "Nine days of November have no facts",
    ((dt.date(2026, 9, 1), dt.date(2026, 11, 4)), (dt.date(2026, 11, 13), dt.date(2026, 11, 22))),
    ((dt.date(2026, 11, 4), dt.date(2026, 11, 13)),),
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A diagram: its module, its data, and when to use it."""

    module: ModuleType
    shown: Any
    when: str
    width: float | None = None

    @property
    def name(self) -> str:
        return self.module.__name__.rpartition(".")[2]

    @property
    def markup(self) -> str:
        return str(self.module.draw(self.shown) if self.width is None else self.module.draw(self.shown, width=self.width))


EXAMPLES = (
    Example(emotion, EMOTION, "How a journey feels: where it falls short of what people expected, and by how much."),
    Example(drop_out, RIVER, "Who goes on and who leaves, where it is known whether leaving could have been avoided."),
    Example(
        journey, JOURNEY, "The steps of a journey as a row of links; curve, river and channels stand under it, in its columns."
    ),
    Example(
        channel_matrix, MATRIX, "The same step in several channels: which of them keeps the promise, which is not measured."
    ),
    Example(loss_map, LOSS, "What a missed target starts from: parts, policies, suppliers, waits."),
    Example(ladder, LADDER, "Where the time goes between a request and its answer: work, waits by cause, what nobody knows."),
    Example(
        value_stream, STREAM, "A value stream: the work and the waits of each stage by cause, who is asked, what goes back."
    ),
    Example(cumulative_flow, FLOW, "How much is in each stage of a value stream over time, and whether more comes than goes."),
    Example(ageing, AGEING, "Which items that are not done are older than past items were in the same stage."),
    Example(cycle_scatter, SCATTER, "How long finished items took, and whether what people may expect was kept."),
    Example(follows_map, FOLLOWS, "Which stage or step came straight after which, how often and after how long."),
    Example(life, LIFE, "One item from its begin to its end: each piece of work and each wait as long as it took."),
    Example(blueprint, BLUEPRINT, "What people see and do, and what stands behind each step."),
    Example(forest, FOREST, "Who changed most; also any list of numbers with likely ranges (then without ranks)."),
    Example(trend, TREND, "One measure over time, with the improvements that were made.", 620),
    Example(gap, Gap(SHARE, 1, 0.95, 0.87, 0.85, 0.89), "One target: promised and delivered."),
    Example(spark, Spark(SHARE, NUMBERS, "Jan 2025", "Apr 2026"), "A trend as small as a word, in a row of a table."),
    Example(day_strip, STRIP, "Which days have facts, and which lack them."),
)
TEXT = """\
# Pictures

Written by `python scripts/draw_examples.py`, which also draws the pictures; the numbers in them are made up.

A diagram is one module of `wholeservice.draw`: a frozen dataclass, `draw(...)` to SVG, `table(...)` to the same
numbers as rows, and most have `says(...)`, the picture in words, which is also its description for those who cannot
see it. They are pure: no file, no clock, no colour. `docs/look.md` says what a mark means; it means the same
everywhere.

What holds for each of them:

- Text is measured with the widths of Inter before it is set, and in Chromium no two texts lie on each other: also
  with long names, 1 or 30 steps, nobody, nothing measured, numbers of fifteen digits, Arabic, Hebrew, Chinese
  (`tests/draw/test_boxes.py`). What is shortened is whole in the table. A number is never shortened: it is written
  with fewer digits, or not at all.
- What is not measured is hatched and says so; what is not offered is a faint dot; neither is ever 0.
- Where something can be picked it is a link with a name, reached by keyboard, and the picture is a group; else it is
  one image.

## A picture as a file

```python
from wholeservice.app import pictures
from wholeservice.draw import gap
from wholeservice.units import SHARE

picture = pictures.as_svg(gap.draw(gap.Gap(SHARE, 1, 0.95, 0.87)), "dark")  # or "light", "print"
```

The file needs nothing from outside: colours are on the elements (`draw/standalone.py` resolves the tokens of the
style sheet), hatches and the letters of Inter that it uses are inside. `pictures.as_png(picture)` and
`pictures.as_pdf(picture)` need the extra `pip install 'wholeservice[export]'` and a Chromium: one installed by
`playwright install chromium`, or the one named in `WHOLESERVICE_CHROMIUM`. The extra is Playwright (Apache-2.0):
Chromium draws PNG and PDF exactly as the pages show them. Without it, open the SVG in any browser and print it.

## The diagrams



"""


def _section(example: Example) -> str:
    """One diagram: its picture in both themes, when to use it, its dataclass as it stands in the code."""
    name, title = example.name, example.name.replace("_", " ").capitalize()
    code = textwrap.dedent(inspect.getsource(type(example.shown)))
    home = inspect.getmodule(type(example.shown)) or example.module
    parts = [each for each in vars(home).values() if inspect.isclass(each) and each.__module__ == home.__name__]
    others = [each.__name__ for each in parts if each is not type(example.shown) and not each.__name__.startswith("_")]
    made_of = f"It is made of {', '.join(f'`{each}`' for each in others)}. " if others else ""
    data = f", its data `{home.__name__}`" if home is not example.module else ""
    return f"""### {title}

{example.when} {made_of}Module `wholeservice.draw.{name}`{data}.

<picture>
<source media="(prefers-color-scheme: dark)" srcset="pictures/{name}-dark.svg">
<img alt="{title}, an example" src="pictures/{name}-light.svg">
</picture>

```python
{code.strip()}
```
"""


def page() -> str:
    """Return docs/pictures.md."""
    return TEXT.rstrip() + "\n\n" + "\n".join(_section(each) for each in EXAMPLES)


def write() -> None:
    """Write the page and every picture in both themes."""
    (DOCS / "pictures").mkdir(exist_ok=True)
    for example in EXAMPLES:
        for theme in (standalone.LIGHT, standalone.DARK):
            picture = pictures.as_svg(example.markup, theme)
            (DOCS / "pictures" / f"{example.name}-{theme}.svg").write_text(picture + "\n", encoding="utf-8")
    (DOCS / "pictures.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
