"""Value stream map: the stages from a wish to what people get, the work and the waits of each, and one bar true to scale.

Stages are equally wide, so that each can be read; what an item waits for hangs under its stage, all to one scale. The bar below
is the whole time in its order. Times that are added up are means: halves and 85% of stages do not add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wholeservice.draw import ladder, svg
from wholeservice.draw.axes import NOT_MEASURED, Scale, fitting
from wholeservice.draw.columns import Columns, aside, columns, legend
from wholeservice.draw.ladder import BAR, UNKNOWN, WAIT, WORK, Ladder, Rung, Share
from wholeservice.draw.stages import (
    NECESSARY,
    NOT_RECORDED,
    SMALLEST,
    VALUE,
    WASTE,
    Return,
    Stage,
    Times,
    ValueStream,
    as_ladder,
    back_words,
    counted,
    says,
    stage_says,
    too_much,
    unrecorded_s,
)
from wholeservice.draw.stages import table as table
from wholeservice.draw.svg import Markup
from wholeservice.draw.wait_bars import WaitBars, depth, draw_bar, wait_bars
from wholeservice.units import COUNT, SECONDS, SHARE, Unit, write

BLOCKS = {VALUE: "bar-work", NECESSARY: "bar-necessary", WASTE: "hatched loss"}
HEAD, LANE, ROW, ASKED, N_ASKED = 86.0, 22.0, 18.0, 30.0, 2
STEP, TOTALS, NAMES, EMPTY = 84.0, 84.0, 20.0, 36.0


@dataclass(frozen=True, slots=True)
class _Lane:
    """A return as it is drawn: where it leaves and arrives, its label and the lane it runs in."""

    shown: Return
    from_x: float
    to_x: float
    words: str
    at: int


@dataclass(frozen=True, slots=True)
class _Frame:
    across: Columns
    end: float
    heads: float  # tops, from here down
    lanes: float
    facts: float
    step: float
    waits: float
    totals: float
    bar: float
    bars: WaitBars


FACTS: tuple[tuple[str, Unit], ...] = (
    ("Work: half within", SECONDS), ("Work: 85% within", SECONDS), ("Lead time: half within", SECONDS),
    ("Lead time: 85% within", SECONDS), ("Complete and accurate", SHARE), ("… at all stages up to it", SHARE),
    ("Items waiting now", COUNT), ("Items counted", COUNT),
)  # fmt: skip


def draw(stream: ValueStream, *, width: float = 1240) -> Markup:
    """Return the map as an SVG; many stages make it wider than *width*."""
    if not stream.stages:
        sheet = svg.Drawing(stream.id, stream.title, says(stream), width, EMPTY)
        return svg.figure(sheet, *_nothing(width))
    lanes = _lanes(stream, columns(len(stream.stages), width))
    frame = _frame(stream, lanes, width)
    marks, foot = _foot(stream, frame)
    sheet = svg.Drawing(
        stream.id, stream.title, says(stream), frame.end, foot, is_interactive=any(stage.href for stage in stream.stages)
    )
    stages = [part for at in range(len(stream.stages)) for part in _stage(stream, frame, at)]
    return svg.figure(
        sheet, *_asked(stream, frame), *_kinds(stream, frame), *stages, *_returns(stream, frame, lanes),
        *_fact_names(frame), *_ladder_line(stream, frame), *_totals(stream, frame), *_bar(stream, frame), *marks,
    )  # fmt: skip


def _nothing(width: float) -> Iterator[Markup]:
    words = svg.first_that_fits(("no stage is described", "no stage"), svg.SMALL, width - 16)
    yield svg.rect(1, 1, width - 2, EMPTY - 2, "hatched", rx=4)
    yield svg.text(width / 2, EMPTY / 2 + 4, words, svg.SMALL, anchor="middle", tone="halo")


def _foot(stream: ValueStream, frame: _Frame) -> tuple[list[Markup], float]:
    """What explains the bar, and where the drawing ends."""
    left, top = frame.across.left, frame.bar + BAR + 16
    marks, room = ladder.marks(as_ladder(stream), left, frame.end, top)
    notes = svg.wrap(too_much(stream), svg.SMALL, frame.end - left, 3)
    lines = [svg.text(left, top + room + 12 + 16 * at, words, svg.SMALL, tone="soft") for at, words in enumerate(notes)]
    return [*marks, *lines], top + room + 16 * len(notes) + 18


def _frame(stream: ValueStream, lanes: list[_Lane], width: float) -> _Frame:
    across = columns(len(stream.stages), width)
    most = _most_asked(stream)
    heads = (ASKED * min(most, N_ASKED) + (16 if most > N_ASKED else 0) + 26) if most else 4.0
    below = heads + HEAD
    facts = below + (LANE * (1 + max(each.at for each in lanes)) + 14 if lanes else 6) + 8
    step = facts + ROW * len(FACTS) + 22
    waits = step + STEP
    bars = wait_bars(stream, across.size)
    totals = waits + depth(bars) + 34
    return _Frame(
        across, max(across.width, across.left + 560), heads, below, facts, step, waits, totals, totals + TOTALS + NAMES, bars
    )


def _most_asked(stream: ValueStream) -> int:
    return max((sum(each.stage_id == stage.id for each in stream.asked) for stage in stream.stages), default=0)


def _asked(stream: ValueStream, frame: _Frame) -> Iterator[Markup]:
    """The flow of information: whom each stage asks, with an arrow down to it."""
    if not _most_asked(stream):
        return
    yield from aside("Who is asked", "approvals and policies", 12)
    for at, stage in enumerate(stream.stages):
        asked = [each for each in stream.asked if each.stage_id == stage.id]
        x, room = frame.across.middle(at), frame.across.size - 10
        if not asked:
            continue
        n_left, lines = len(asked) - N_ASKED, []
        for each in asked[:N_ASKED]:
            lines += [
                (svg.shorten(each.whom, svg.SMALL, room), svg.SMALL, ""),
                (svg.shorten(each.kind, svg.TINY, room), svg.TINY, "soft"),
            ]
        lines += [(f"and {n_left} more", svg.TINY, "soft")] if n_left > 0 else []
        parts, y = [], frame.heads - 28
        for words, kind, tone in reversed(lines):
            parts.append(svg.text(x, y, words, kind, anchor="middle", tone=tone))
            y -= 14 if kind is svg.TINY else 16
        parts.append(svg.path(f"M{x:.1f} {frame.heads - 22:.1f}v14", "asks"))
        parts.append(svg.path(_arrow(x, frame.heads - 2, 1), "asks-head"))
        yield svg.titled("; ".join(f"{stage.title} asks {each.whom}: {each.kind}" for each in asked), *parts)


def _arrow(x: float, y: float, down: int) -> str:
    """The head of an arrow with its point at (x, y), downwards or upwards."""
    return f"M{x:.1f} {y:.1f}l-4 {-7 * down}h8z"


def _kinds(stream: ValueStream, frame: _Frame) -> Iterator[Markup]:
    """Explain the kinds of stages that are drawn."""
    yield from aside("Stages", "", frame.heads + 12)
    there = [kind for kind in BLOCKS if any(stage.kind == kind for stage in stream.stages)]
    yield from legend([(BLOCKS[kind], kind) for kind in there], frame.heads + 26)


def _block(stage: Stage) -> str:
    return BLOCKS.get(stage.kind or "", "bar-unsaid")


def _facts(stage: Stage) -> tuple[float | None, ...]:
    return (
        stage.process.median_s, stage.process.p85_s, stage.lead.median_s, stage.lead.p85_s, stage.right, stage.rolled,
        stage.n_waiting, counted(stage),
    )  # fmt: skip


def _stage(stream: ValueStream, frame: _Frame, at: int) -> Iterator[Markup]:
    """One column: the head, its numbers, its step of the ladder and what hangs under it."""
    stage = stream.stages[at]
    parts = [
        *_head(stage, frame, at),
        *_fact_cells(stage, frame, at),
        *_step(stage, frame, at),
        *draw_bar(frame.bars, at, (frame.across.x(at), frame.waits)),
    ]
    yield svg.linked(stage.href, stage_says(stream, stage), *parts)


def _head(stage: Stage, frame: _Frame, at: int) -> Iterator[Markup]:
    x, wide, y = frame.across.x(at) + 3, frame.across.size - 6, frame.heads
    yield svg.rect(x, y, wide, HEAD, "stage-box", rx=4)
    yield svg.rect(x, y, wide, 7, _block(stage))
    for line, words in enumerate(svg.wrap(stage.title, svg.NODE, wide - 12, 2)):
        yield svg.text(x + 7, y + 25 + 16 * line, words, svg.NODE)
    yield svg.text(x + 7, y + 60, svg.shorten(stage.kind or "kind not said", svg.TINY, wide - 12), svg.TINY)
    yield svg.text(x + 7, y + 76, svg.shorten(stage.team or "no team named", svg.TINY, wide - 12), svg.TINY, tone="soft")


def _fact_names(frame: _Frame) -> Iterator[Markup]:
    for row, (name, _) in enumerate(FACTS):
        y = frame.facts + ROW * row
        yield svg.text(0, y + 13, name, svg.TINY, tone="soft")
        yield svg.line(0, y + ROW, frame.across.width, y + ROW, "gridline")


def _fact_cells(stage: Stage, frame: _Frame, at: int) -> Iterator[Markup]:
    """The numbers of a stage, one a row; what is not measured is hatched."""
    x, wide = frame.across.x(at) + 3, frame.across.size - 6
    for row, (number, (_, unit)) in enumerate(zip(_facts(stage), FACTS, strict=True)):
        y = frame.facts + ROW * row
        if number is None:
            yield svg.rect(x, y + 1.5, wide, ROW - 3, "hatched")
            yield svg.text(x + wide / 2, y + 13, NOT_MEASURED, svg.TINY, anchor="middle", tone="halo")
        else:
            yield svg.text(x + 7, y + 13.5, fitting(number, unit, svg.SMALL, wide - 10), svg.SMALL)


def _split(frame: _Frame, at: int) -> tuple[float, float, float]:
    """Where a column begins, where its wait ends and its work begins, and where it ends."""
    x = frame.across.x(at)
    return x, x + frame.across.size * 0.45, x + frame.across.size


def _ladder_line(stream: ValueStream, frame: _Frame) -> Iterator[Markup]:
    """Down while an item waits, up while somebody works on it."""
    yield from aside("Step by step", "mean of an item: work above, wait below", frame.step + 26)
    yield from aside("What it waits for", "before each stage, all to one scale", frame.waits + 12)
    points, high, low = [], frame.step + 38, frame.step + 56
    for at in range(len(stream.stages)):
        begin, middle, end = _split(frame, at)
        points += [(begin, low), (middle, low), (middle, high), (end, high)]
    if points:
        yield svg.path(svg.polyline(points), "ladder-line")


def _step(stage: Stage, frame: _Frame, at: int) -> Iterator[Markup]:
    """The work of a stage on its step, and how long it waits before it."""
    begin, middle, end = _split(frame, at)
    work, high = stage.process.mean_s, frame.step + 38
    yield svg.rect(middle, high - 15, end - middle - 1, 14, "hatched" if work is None else _block(stage))
    yield from _inside((begin, end), (middle + end) / 2, frame.step + 16, write(work, SECONDS), work is not None)
    waits, known = _wait_words(stage)
    yield from _inside((begin, end), (begin + middle) / 2, frame.step + 74, waits, known)


def _inside(ends: tuple[float, float], middle: float, y: float, words: str, is_known: bool) -> Iterator[Markup]:
    """A number in the middle of its step, moved as far as its column needs."""
    kind = svg.STRONG if is_known and svg.width(words, svg.STRONG) <= ends[1] - ends[0] - 8 else svg.SMALL
    words = svg.first_that_fits((words, words.removeprefix("at least "), "–"), kind, ends[1] - ends[0] - 6)
    half = svg.width(words, kind) / 2 + 3
    yield svg.text(min(max(middle, ends[0] + half), ends[1] - half), y, words, kind, anchor="middle")


def _wait_words(stage: Stage) -> tuple[str, bool]:
    """How long an item waits before a stage, and whether that is known."""
    rest, known = unrecorded_s(stage), [each.seconds for each in stage.waits if each.seconds is not None]
    if rest is None or (not known and stage.waits and not rest):
        return NOT_RECORDED, False
    whole = sum(known) + rest
    return ("at least " if len(known) < len(stage.waits) else "") + (write(whole, SECONDS) if whole else "no wait"), True


def _lanes(stream: ValueStream, across: Columns) -> list[_Lane]:
    """Returns in lanes, short ones nearest to the stages; no two of a lane meet, labels included."""
    order = {stage.id: at for at, stage in enumerate(stream.stages)}
    backs = [each for each in stream.returns if order.get(each.to_id, 1 << 30) <= order.get(each.from_id, -1)]
    backs.sort(key=lambda each: (order[each.from_id] - order[each.to_id], order[each.from_id], -(each.share or 0.0)))
    lanes: list[_Lane] = []
    taken: list[list[tuple[float, float]]] = []
    for nth, back in enumerate(backs):
        leaving = sum(other.from_id == back.from_id for other in backs[:nth])
        reaching = sum(other.to_id == back.to_id for other in backs[:nth])
        is_again = back.from_id == back.to_id
        from_x = across.middle(order[back.from_id]) + across.size * (0.38 if is_again else min(0.44, 0.14 + 0.09 * leaving))
        to_x = across.middle(order[back.to_id]) - across.size * (0.38 if is_again else min(0.44, 0.14 + 0.09 * reaching))
        known = "" if back.share is None else write(back.share, SHARE)
        choices = (
            (f"{known} {'again' if is_again else 'go back'}", known) if known else (f"share {NOT_MEASURED}", NOT_MEASURED, "?")
        )
        words = svg.first_that_fits(choices, svg.TINY, from_x - to_x - 12)
        at = next(
            (lane for lane, spans in enumerate(taken) if all(from_x + 6 < a or to_x - 6 > b for a, b in spans)), len(taken)
        )
        taken += [[]] if at == len(taken) else []
        taken[at].append((to_x, from_x))
        lanes.append(_Lane(back, from_x, to_x, words, at))
    return lanes


def _returns(stream: ValueStream, frame: _Frame, lanes: list[_Lane]) -> Iterator[Markup]:
    """Arrows under the stages, from where items leave to where they start again; the labels lie on all lines."""
    if lanes:
        yield from aside("Goes back", "of what a stage hands on", frame.lanes + 20)
    top = frame.lanes + 4
    for each in lanes:
        y = frame.lanes + 18 + LANE * each.at
        d = f"M{each.from_x:.1f} {top:.1f}V{y - 5:.1f}q0 5 -5 5H{each.to_x + 5:.1f}q-5 0 -5 -5V{top + 5:.1f}"
        cls = "return unknown" if each.shown.share is None else "return"
        yield svg.titled(
            back_words(stream, each.shown), svg.path(d, cls), svg.path(_arrow(each.to_x, frame.lanes + 2, -1), "return-head")
        )
    for each in lanes:
        y = frame.lanes + 18 + LANE * each.at
        yield svg.text((each.from_x + each.to_x) / 2, y + 4, each.words, svg.TINY, anchor="middle", tone="halo")


def _totals(stream: ValueStream, frame: _Frame) -> Iterator[Markup]:
    """The whole in three numbers."""
    yield from aside("From end to end", "of whole items", frame.totals + 12)
    work, whole = stream.process, stream.lead
    ratio = work.mean_s / whole.mean_s if work.mean_s is not None and whole.mean_s else None
    shown = (
        ("Lead time", write(whole.mean_s, SECONDS), _spread(whole)), ("Work in it", write(work.mean_s, SECONDS), _spread(work)),
        ("Activity ratio", write(ratio, SHARE), "work of the lead time"),
    )  # fmt: skip
    room = min(260.0, (frame.end - frame.across.left) / len(shown))
    for at, (name, number, words) in enumerate(shown):
        x = frame.across.left + at * room
        kind = svg.SMALL if number == NOT_MEASURED else svg.STRONG
        yield svg.text(x, frame.totals + 12, name, svg.TINY, tone="soft")
        yield svg.text(x, frame.totals + 30, number, kind)
        for line, part in enumerate(svg.wrap(words, svg.TINY, room - 12, 3)):
            yield svg.text(x, frame.totals + 46 + 14 * line, part, svg.TINY, tone="soft")


def _spread(times: Times) -> str:
    """The mean beside what half and 85% stay within."""
    parts = [f"{share} within {write(each, SECONDS)}" for share, each in (("half", times.median_s), ("85%", times.p85_s))
             if each is not None]  # fmt: skip
    counted = "" if times.n is None else f"{times.n:,} counted"
    return ", ".join(filter(None, ("mean", *parts, counted)))


def _bar(stream: ValueStream, frame: _Frame) -> Iterator[Markup]:
    """Work and waits in their order, as long as they are, with the names of stages where they fit over them."""
    shown = as_ladder(stream)
    known = [_share(shown, rung) for rung in shown.rungs if rung.seconds]
    rest = max(0.0, (shown.whole_s or 0.0) - sum(each.seconds for each in known))
    known += [Share("not explained by any stage", "hatched", rest)] if rest >= SMALLEST else []
    x = Scale(0, 1, frame.across.left, frame.end)
    yield from aside("True to scale", ladder.whole_words(shown, known), frame.bar + 12)
    yield from ladder.bar(known, ladder.whole_s(shown, known), x, frame.bar, ladder.missing(shown))
    drawn = sum(each.seconds for each in known) / (1 - (ladder.UNTIMED if ladder.missing(shown) else 0.0))
    at = 0.0
    for stage in stream.stages if known else ():
        spent = sum(rung.seconds or 0.0 for rung in as_ladder(replace(stream, stages=(stage,))).rungs)
        left, wide = x(at / drawn), spent / drawn * (x.to_px - x.from_px)
        if wide > svg.width(stage.title, svg.TINY) + 8:
            yield svg.text(left + 2, frame.bar - 7, stage.title, svg.TINY, tone="soft")
        if at:
            yield svg.line(left, frame.bar - 5, left, frame.bar, "rule")
        at += spent


def _share(shown: Ladder, rung: Rung) -> Share:
    name = {WORK: "work", WAIT: rung.cause, UNKNOWN: NOT_RECORDED}[rung.kind]
    return Share(f"{rung.title}, {name}", ladder.rung_class(shown, rung), rung.seconds or 0.0)
