"""Open time: each place where loss starts beside the stream that could change it, and the days it has stayed open.

A bar is as long as the loss has been open and as high as what it loses a day, so that its area is what was lost so far; its
parts say what it waited for. ▼ is where it became known; below, from there on, how long this stream usually takes: ◆ half, | 85
of 100. Bars that would be thinner than a reader sees are drawn `THINNEST` high.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.svg import Markup

CLASSES = {
    "unseen": "hatched", "undecided": "open-undecided", "unfunded": "open-unfunded", "waiting": "open-waiting",
    "late approval": "open-approval", "worked on": "open-worked", "being released": "open-released",
    "being verified": "open-verified", "nobody": "open-nobody", "not recorded": "hatched warm",
}  # fmt: skip
"""What state a part is in -> its class in the style sheet."""
ON_DARK = ("late approval", "being released", "being verified")
UNSEEN, WORK = "unseen", ("worked on", "being released", "being verified")

WIDTH, TOP, HEAD = 1168.0, 72.0, 26.0
BOX, RIBBON, STREAM, REACH, DAYS, DAYS_END = 214.0, 276.0, 452.0, 590.0, 612.0, 1004.0
TALLEST, THINNEST, ROW = 50.0, 6.0, 70.0
INSIDE = 15.0  # a bar as high as this has room for words


@dataclass(frozen=True, slots=True)
class OpenPart:
    """One part of a bar: what it was, how many days, what was lost in it, what to write there (the best first) and to say."""

    state: str
    days: float
    lost: float
    labels: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class OpenRow:
    """
    One place. Days count from when the loss began.

    share, kind, note    what is lost, what it is, how far off that could be
    stream, owner        None: no stream, nobody is named
    reach                share of those who must act whom the owner commands; None: not known
    known_days           when it became known; median_days and p85_days: by when this stream has usually changed it
    """

    letter: str
    title: str
    kind: str
    note: str
    share: str
    per_day: float
    per_day_words: str
    stream: str | None
    owner: str | None
    usual: str
    reach: float | None
    reach_words: str
    others: str
    parts: tuple[OpenPart, ...]
    days: float
    is_at_least: bool
    known_days: float | None
    median_days: float | None
    p85_days: float | None
    is_past: bool
    lost: str
    product: str
    href: str | None = None
    is_below: bool = False


@dataclass(frozen=True, slots=True)
class OpenTimes:
    """All rows, and the sum below them: its words, and the share of all that was lost in each state."""

    id: str
    title: str
    rows: tuple[OpenRow, ...]
    sum_title: str
    sum_note: str
    owners: str
    within: float | None
    within_words: str
    states: tuple[tuple[str, float], ...]  # state -> share, in the order in which they follow
    sum_lost: str
    sum_unit: str


@dataclass(frozen=True, slots=True)
class _Frame:
    per_day_px: float  # of height, per unit of loss a day
    days_px: float  # of width, per day
    last_day: float
    tops: tuple[float, ...]
    heights: tuple[float, ...]


def draw(shown: OpenTimes) -> Markup:
    """Return the picture as an SVG."""
    frame = _frame(shown)
    foot = (frame.tops[-1] + frame.heights[-1] if shown.rows else TOP) + 14
    drawing = svg.Drawing(shown.id, shown.title, says(shown), WIDTH, foot + 92, any(each.href for each in shown.rows))
    parts: list[Markup] = [*_header(), *_axis(frame, foot)]
    for row, top, high in zip(shown.rows, frame.tops, frame.heights, strict=True):
        parts += [*_place(row, top), *_stream(row, top, frame), *_reach(row, top), *_bar(row, top, frame), *_lost(row, top)]
        parts.append(svg.line(0, top + high - 1, WIDTH, top + high - 1, "gridline"))
    return svg.figure(drawing, *parts, *_sum(shown, foot))


def says(shown: OpenTimes) -> str:
    """Return the picture in words: each place with its days and what was lost."""
    rows = "; ".join(f"{each.title}: {each.days:,.0f} days, {each.lost}" for each in shown.rows)
    return f"Each place where loss starts, the stream that could change it, and how long it has been open. {rows}."


def table(shown: OpenTimes) -> svg.Table:
    """Return the numbers: one row a part of a bar, the place named at each."""
    header = ("Place", "What it was", "Days", "Lost meanwhile", "Who could change it", "Answers for that")
    rows = tuple(
        (row.title, part.says, f"{part.days:,.1f}", f"{part.lost:,.1f}", row.stream or "no stream", row.owner or "nobody")
        for row in shown.rows
        for part in row.parts
    )
    return svg.Table("Where the open time of each loss went", header, rows)


def _frame(shown: OpenTimes) -> _Frame:
    most = max((row.per_day for row in shown.rows), default=1.0) or 1.0
    ends = [max(row.days, min(row.p85_days or 0.0, 1.5 * row.days)) for row in shown.rows]
    last = max([1.0, *ends])
    per_px = TALLEST / most
    heights = tuple(max(ROW, _thick(row, per_px) + 48.0) for row in shown.rows)
    tops = tuple(TOP + sum(heights[:at]) for at in range(len(heights)))
    return _Frame(per_px, (DAYS_END - DAYS) / last, last, tops, heights)


def _thick(row: OpenRow, per_px: float) -> float:
    return max(THINNEST, row.per_day * per_px)


def _header() -> Iterator[Markup]:
    yield svg.rect(0, 0, BOX, HEAD, "junction-what")
    yield svg.rect(BOX, 0, RIBBON - BOX, HEAD, "junction-meets")
    yield svg.rect(RIBBON, 0, WIDTH - RIBBON, HEAD, "junction-how")
    yield svg.text(10, 17.5, "What people lose", svg.STRONG)
    yield svg.text((BOX + RIBBON) / 2, 17.5, "meets", svg.STRONG, anchor="middle")
    yield svg.text(RIBBON + 10, 17.5, "How it is changed", svg.STRONG)
    heads = (
        (0, "Where it starts", "start"), (RIBBON, "Stream and its owner", "start"), ((BOX + RIBBON) / 2, "a day", "middle"),
        (STREAM + 12, "In the owner’s reach", "start"), (WIDTH, "Lost so far", "end"),
    )  # fmt: skip
    for x, words, anchor in heads:
        yield svg.text(x, 50, words, svg.TINY, anchor=anchor, tone="soft")


def _axis(frame: _Frame, foot: float) -> Iterator[Markup]:
    step = _step(frame.last_day)
    yield svg.text(DAYS, 50, "Days open", svg.TINY, tone="soft")
    free = DAYS + svg.width("Days open", svg.TINY) + 10
    for number in range(int(frame.last_day / step) + 1):
        x, words = DAYS + number * step * frame.days_px, f"{number * step:,.0f}"
        yield svg.line(x, 58, x, foot - 14, "gridline")
        if x - svg.width(words, svg.TINY) / 2 > free:
            yield svg.text(x, 50, words, svg.TINY, anchor="middle", tone="soft")
    yield svg.line(0, 62, WIDTH, 62, "gridline")


def _step(last: float) -> float:
    return next((each for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if last / each <= 8), 2000.0)


def _place(row: OpenRow, top: float) -> Iterator[Markup]:
    """The box of a place: its letter and name, what it loses and how far off that could be."""
    y, high = top + 2, ROW - 12
    room = BOX - 26 - svg.width(row.share, svg.NODE) - 10  # for how sure that is: the name has a line of its own
    yield svg.linked(
        row.href, f"{row.title}: {row.share}, {row.kind}",
        svg.rect(0, y, BOX, high, "open-place below" if row.is_below else "open-place", rx=5),
        svg.rect(9, y + 8, 17, 17, "open-letter", rx=3),
        svg.text(17.5, y + 20.5, row.letter, svg.TINY, anchor="middle", tone="on-mark"),
        svg.text(34, y + 21, svg.shorten(row.title, svg.NODE, BOX - 46), svg.NODE),
        svg.text(BOX - 13, y + 52, row.share, svg.NODE, anchor="end", tone="loss"),
        svg.text(10, y + 37, svg.shorten(row.kind, svg.TINY, BOX - 24), svg.TINY, tone="soft"),
        svg.text(10, y + 51, svg.shorten(row.note, svg.TINY, room), svg.TINY, tone="soft"),
    )  # fmt: skip


def _stream(row: OpenRow, top: float, frame: _Frame) -> Iterator[Markup]:
    y, high, middle = top + 2, ROW - 12, top + 2 + (ROW - 12) / 2
    thick = min(_thick(row, frame.per_day_px), high)
    yield svg.rect(BOX - 6, middle - thick / 2, 6, thick, "origin below" if row.is_below else "origin")
    yield svg.rect(BOX, middle - thick / 2, RIBBON - BOX, thick, "junction-meets")
    words = svg.first_that_fits((row.per_day_words,), svg.TINY, RIBBON - BOX - 4)
    at = middle + 4 if thick >= INSIDE else middle - thick / 2 - 4
    yield svg.text((BOX + RIBBON) / 2, at, words, svg.TINY, anchor="middle")
    wide = STREAM - RIBBON
    yield svg.rect(RIBBON, y, wide, high, "open-stream" if row.owner else "open-stream nobody", rx=5)
    yield svg.text(RIBBON + 10, y + 19, svg.shorten(row.stream or "no stream is named", svg.NODE, wide - 18), svg.NODE)
    owner = svg.shorten(row.owner or "no owner is named", svg.TINY, wide - 18)
    yield svg.text(RIBBON + 10, y + 35, owner, svg.TINY, tone="soft" if row.owner else "loss")
    yield svg.text(RIBBON + 10, y + 50, svg.shorten(row.usual, svg.TINY, wide - 18), svg.TINY, tone="soft")


def _reach(row: OpenRow, top: float) -> Iterator[Markup]:
    """How many of those who must act the owner commands, and who else must."""
    x, wide = STREAM + 12, REACH - STREAM - 18
    yield svg.text(x, top + 18, svg.shorten(row.reach_words, svg.TINY, wide), svg.TINY)
    yield from _share_bar(row.reach, x, top + 26, wide)
    for at, words in enumerate(svg.wrap(row.others, svg.TINY, wide, 2)):
        yield svg.text(x, top + 48 + 13 * at, words, svg.TINY, tone="soft")


def _share_bar(share: float | None, x: float, y: float, wide: float) -> Iterator[Markup]:
    own = wide * (share or 0.0)
    if own < wide:
        yield svg.rect(x + own, y, wide - own, 8, "hatched" if share is None else "reach-rest")
    if share:
        yield svg.rect(x, y, wide * share, 8, "reach-own")


def _bar(row: OpenRow, top: float, frame: _Frame) -> Iterator[Markup]:
    """The open time to scale, with ▼ where it became known and the usual time below."""
    y, thick = top + 17, _thick(row, frame.per_day_px)
    at, below = 0.0, False
    for part in row.parts:
        x, wide = DAYS + at * frame.days_px, part.days * frame.days_px
        yield svg.titled(part.says, svg.rect(x, y, max(0.4, wide), thick, f"{CLASSES.get(part.state, 'hatched')} segment"))
        if part.state == "worked on":
            yield svg.rect(x, y + thick - min(3.0, thick / 3), max(0.4, wide), min(3.0, thick / 3), "open-foot")
        words = svg.first_that_fits(part.labels, svg.TINY, wide - 6)
        if words and thick >= INSIDE:
            tone = "on-mark" if part.state in ON_DARK else "halo" if "hatched" in CLASSES.get(part.state, "hatched") else ""
            yield svg.text(x + wide / 2, y + thick / 2 + 4, words, svg.TINY, anchor="middle", tone=tone)
        elif words:
            below = True
            yield svg.text(x + wide / 2, y + thick + 12, words, svg.TINY, anchor="middle", tone="soft")
        at += part.days
    yield svg.rect(DAYS, y, row.days * frame.days_px, thick, "open-frame")
    words = f"{'≥ ' if row.is_at_least else ''}{row.days:,.0f} d"
    yield svg.text(DAYS + row.days * frame.days_px + 7, y + thick / 2 + 4.5, words, svg.NODE)
    if row.known_days is not None:
        x = DAYS + row.known_days * frame.days_px
        yield svg.path(f"M{x - 5:.1f} {y - 9:.1f}h10l-5 7z", "open-known")
    yield from _usual(row, y + thick + (20 if below else 10), frame)


def _usual(row: OpenRow, y: float, frame: _Frame) -> Iterator[Markup]:
    """From becoming known: ◆ by when half were changed, | by when 85 of 100."""
    if row.known_days is None or row.median_days is None:
        return
    last = min(row.p85_days if row.p85_days is not None else frame.last_day, frame.last_day)
    left, middle, right = (DAYS + each * frame.days_px for each in (row.known_days, min(row.median_days, frame.last_day), last))
    yield svg.line(left, y, right, y, "open-usual")
    yield svg.line(left, y - 3, left, y + 3, "open-usual")
    yield svg.path(f"M{middle:.1f} {y - 4.5:.1f}l4 4.5l-4 4.5l-4 -4.5z", "open-known")
    if row.p85_days is not None and row.p85_days <= frame.last_day:
        yield svg.line(right, y - 5, right, y + 5, "tick")
    if row.is_past:
        yield svg.text(right + 7, y + 4, "past its 85 %", svg.TINY, tone="loss")


def _lost(row: OpenRow, top: float) -> Iterator[Markup]:
    room = WIDTH - DAYS_END - 92
    yield svg.text(WIDTH, top + 30, svg.shorten(row.lost, svg.HEAD, room), svg.HEAD, anchor="end", tone="loss")
    product = svg.first_that_fits((row.product, row.product.replace(" ", "")), svg.TINY, room)
    yield svg.text(WIDTH, top + 47, product or svg.shorten(row.product, svg.TINY, room), svg.TINY, anchor="end", tone="soft")


def _sum(shown: OpenTimes, foot: float) -> Iterator[Markup]:
    """All places together: in which state how much of it was lost."""
    yield svg.line(0, foot - 8, WIDTH, foot - 8, "rule")
    yield svg.text(0, foot + 16, svg.shorten(shown.sum_title, svg.STRONG, RIBBON - 8), svg.STRONG)
    for at, words in enumerate(svg.wrap(shown.sum_note, svg.TINY, RIBBON - 12, 3)):
        yield svg.text(0, foot + 33 + 14 * at, words, svg.TINY, tone="soft")
    for at, words in enumerate(svg.wrap(shown.owners, svg.TINY, STREAM - RIBBON - 8, 2)):
        yield svg.text(RIBBON, foot + 16 + 15 * at, words, svg.TINY, tone="soft")
    x, wide = STREAM + 12, REACH - STREAM - 18
    yield from _share_bar(shown.within, x, foot + 8, wide)
    for at, words in enumerate(svg.wrap(shown.within_words, svg.TINY, wide, 3)):
        yield svg.text(x, foot + 33 + 14 * at, words, svg.TINY, tone="soft")
    yield from _states(shown, foot + 6)
    yield svg.text(WIDTH, foot + 22, shown.sum_lost, svg.HEAD, anchor="end", tone="loss")
    yield svg.text(WIDTH, foot + 38, svg.shorten(shown.sum_unit, svg.TINY, 90), svg.TINY, anchor="end", tone="soft")


def _states(shown: OpenTimes, y: float) -> Iterator[Markup]:
    at, wide = DAYS, DAYS_END - DAYS
    for state, share in shown.states:
        cls = CLASSES.get(state, "hatched")
        yield svg.titled(f"{state}: {share:.0%}", svg.rect(at, y, wide * share, 24, f"{cls} segment"))
        if state == "worked on":
            yield svg.rect(at, y + 21, wide * share, 3, "open-foot")
        words = svg.first_that_fits((f"{share:.0%}",), svg.TINY, wide * share - 4)
        if words:
            tone = "on-mark" if state in ON_DARK else "halo" if "hatched" in cls else ""
            yield svg.text(at + wide * share / 2, y + 16, words, svg.TINY, anchor="middle", tone=tone)
        at += wide * share
    yield svg.rect(DAYS, y, wide, 24, "open-frame")
    yield from _brackets(shown.states, y + 30)


def _brackets(states: Sequence[tuple[str, float]], y: float) -> Iterator[Markup]:
    """Below: unseen, known but nobody at work on it, in work; each name where it fits."""
    groups = (
        ("unseen", [share for state, share in states if state == UNSEEN]),
        ("known, but waiting", [share for state, share in states if state != UNSEEN and state not in WORK]),
        ("in work", [share for state, share in states if state in WORK]),
    )
    at, free, wide = DAYS, DAYS, DAYS_END - DAYS
    for name, shares in groups:
        size = sum(shares) * wide
        if size > 2:
            yield svg.path(f"M{at + 1:.1f} {y - 3:.1f}v5H{at + size - 1:.1f}v-5", "open-bracket")
            words = f"{name} {sum(shares):.0%}"
            left = max(free, min(at + size / 2 - svg.width(words, svg.TINY) / 2, WIDTH - 140 - svg.width(words, svg.TINY)))
            yield svg.text(left, y + 17, words, svg.TINY, tone="loss" if name.startswith("known") else "soft")
            free = left + svg.width(words, svg.TINY) + 10
        at += size
