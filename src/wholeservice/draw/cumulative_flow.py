"""Cumulative flow: how many items have reached each stage by each day; the height of a band is what is in its stage.

The upper edge is what came in, the lower edge of the last band what went out. The way across from one to the other, at the
height of the newest that went out, is about how long an item takes; it is marked once. Days without data are gaps.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from wholeservice.draw import day_axis, svg
from wholeservice.draw.axes import NOT_MEASURED, Scale, short, ticks
from wholeservice.draw.svg import Markup
from wholeservice.units import COUNT, SECONDS, write

TOP, BOTTOM, LABEL, LEAST, WIDEST = 30.0, 30.0, 17.0, 3.0, 200.0
DAY = 86400.0
SEEN = 2.5  # pixels between two days that are both drawn


@dataclass(frozen=True, slots=True)
class FlowStage:
    """One stage; `is_wait` is one in which nobody works on an item."""

    title: str
    is_wait: bool = False


@dataclass(frozen=True, slots=True)
class FlowDay:
    """One day. `reached` counts the items that have reached each stage, and then the end, by then; None is no data."""

    on: dt.date
    reached: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class CumulativeFlow:
    """Stages in their order and days, oldest first. The first stage is where items arrive, after the last they are done."""

    id: str
    title: str
    stages: tuple[FlowStage, ...]
    days: tuple[FlowDay, ...]
    who: str = "items"


@dataclass(frozen=True, slots=True)
class _Frame:
    width: float
    height: float
    x: Scale
    y: Scale
    marks: list[float]
    right: float  # where the names of bands begin


def draw(flow: CumulativeFlow, *, width: float = 1240, height: float = 420) -> Markup:
    """Return the bands as an SVG of *width* by *height* pixels."""
    sheet = svg.Drawing(flow.id, flow.title, says(flow), width, height)
    if not _known(flow):
        return svg.figure(sheet, *_nothing(width, height))
    frame = _frame(flow, width, height)
    runs = list(_runs(flow))
    return svg.figure(
        sheet, *_axis(flow, frame), *_gaps(flow, frame), *(part for run in runs for part in _bands(flow, frame, run)),
        *_lead(flow, frame), *_names(flow, frame), *_rates(flow, frame),
    )  # fmt: skip


def says(flow: CumulativeFlow) -> str:
    """Return what came in and went out, what is where now, and how long it takes."""
    known = _known(flow)
    if not known:
        return f"None of {len(flow.days)} days measured."
    first, last = known[0], known[-1]
    came, went = (_counts(last)[at] - _counts(first)[at] for at in (0, -1))
    inside = ", ".join(f"{stage.title} {number:,}" for stage, number in zip(flow.stages, _inside(last), strict=True))
    n_missing = len(flow.days) - len(known)
    lead = lead_days(flow)
    takes = "How long an item takes is not seen in these days." if lead is None else f"An item takes about {_days(lead)}."
    return (
        f"From {day_axis.written(first.on)} to {day_axis.written(last.on)}: {came:,} {flow.who} came in, {went:,} went out. "
        f"Now in each stage: {inside}. {takes} {n_missing} of {len(flow.days)} days not measured."
    )


def table(flow: CumulativeFlow) -> svg.Table:
    """Return every day with what had reached each stage."""
    rows = tuple(
        (day_axis.written(day.on), *(write(None if day.reached is None else day.reached[at], COUNT) for at in range(_n(flow))))
        for day in flow.days
    )
    return svg.Table(flow.title, ("Day", *(stage.title for stage in flow.stages), "Done"), rows)


def lead_days(flow: CumulativeFlow) -> float | None:
    """Return the days from when as many had come in as have gone out now until now; None where that was before the first day.

    Where items leave in the order in which they came it is the lead time of the newest that went out, else about the mean.

    >>> on = dt.date(2026, 1, 1)
    >>> days = tuple(FlowDay(on + dt.timedelta(days=at), (2 * at, max(0, 2 * at - 6))) for at in range(9))
    >>> lead_days(CumulativeFlow("f", "", (FlowStage("Do"),), days))
    3.0
    """
    known = _known(flow)
    if not known:
        return None
    level, newest = _counts(known[-1])[-1], known[-1].on.toordinal()
    if level <= _counts(known[0])[-1] or level < _counts(known[0])[0]:
        return None
    before = known[0]
    for day in known:
        came, had = _counts(day)[0], _counts(before)[0]
        if came >= level:
            share = (level - had) / (came - had) if came > had else 1.0
            return newest - (before.on.toordinal() + share * (day.on - before.on).days)
        before = day
    return None


def _n(flow: CumulativeFlow) -> int:
    return len(flow.stages) + 1


def _known(flow: CumulativeFlow) -> list[FlowDay]:
    return [day for day in flow.days if day.reached is not None]


def _counts(day: FlowDay) -> tuple[int, ...]:
    """What has reached each stage: who reached a later one went past it, whether or not anyone saw that."""
    counts = day.reached or ()
    return tuple(max(counts[at:]) for at in range(len(counts)))


def _inside(day: FlowDay) -> list[int]:
    """How many are in each stage: those who reached it and not the next."""
    counts = _counts(day)
    return [here - after for here, after in pairwise(counts)]


def _days(days: float) -> str:
    return write(days * DAY, SECONDS)


def _nothing(width: float, height: float) -> Iterator[Markup]:
    yield svg.rect(1, TOP, width - 2, height - TOP - BOTTOM, "hatched", rx=4)
    yield svg.text(width / 2, height / 2 + 4, NOT_MEASURED, svg.SMALL, anchor="middle", tone="halo")


def _frame(flow: CumulativeFlow, width: float, height: float) -> _Frame:
    known = _known(flow)
    most = max(max(_counts(day)) for day in known)
    least = min(_counts(day)[-1] for day in known)
    marks = ticks(least, max(most, least + 4))
    left = max(svg.width(short(mark, COUNT), svg.SMALL) for mark in marks) + 10
    names = max(svg.width(f"{name} {number}", svg.SMALL) for name, number in _labels(flow))
    right = width - min(names, width * 0.3, WIDEST) - 6
    x = day_axis.scale(flow.days[0].on, flow.days[-1].on, left + 4, right - 10)
    return _Frame(width, height, x, Scale(marks[0], marks[-1], height - BOTTOM, TOP), marks, right)


def _labels(flow: CumulativeFlow) -> list[tuple[str, str]]:
    """What stands beside each band, from the first stage to what is done: its name, and how many are in it."""
    last = _known(flow)[-1]
    named = [(stage.title, write(number, COUNT)) for stage, number in zip(flow.stages, _inside(last), strict=True)]
    return [*named, ("Done", write(_counts(last)[-1], COUNT))]


def _axis(flow: CumulativeFlow, frame: _Frame) -> Iterator[Markup]:
    for mark in frame.marks:
        yield svg.line(frame.x.from_px, frame.y(mark), frame.x.to_px, frame.y(mark), "gridline")
        yield svg.text(frame.x.from_px - 6, frame.y(mark) + 4, short(mark, COUNT), svg.SMALL, anchor="end", tone="soft")
    yield from day_axis.axis(flow.days[0].on, flow.days[-1].on, frame.x, (TOP, frame.height - BOTTOM))


def _runs(flow: CumulativeFlow) -> Iterator[list[FlowDay]]:
    """Yield each unbroken stretch of days with data."""
    run: list[FlowDay] = []
    for day in (*flow.days, FlowDay(dt.date.max, None)):
        if day.reached is not None:
            run.append(day)
        elif run:
            yield run
            run = []


def _gaps(flow: CumulativeFlow, frame: _Frame) -> Iterator[Markup]:
    """Hatch from the last day with data to the next one."""
    runs = list(_runs(flow))
    first, last = flow.days[0].on, flow.days[-1].on
    ends = [(first, runs[0][0].on), *((one[-1].on, other[0].on) for one, other in pairwise(runs)),
            (runs[-1][-1].on, last)]  # fmt: skip
    top, foot = frame.y.to_px, frame.y.from_px
    for begin, end in ends:
        left, right = frame.x(begin.toordinal()), frame.x(end.toordinal())
        if begin == end:
            continue
        yield svg.titled(NOT_MEASURED, svg.rect(left, top, right - left, foot - top, "hatched"))
        if svg.width(NOT_MEASURED, svg.SMALL) + 12 < right - left:
            yield svg.text((left + right) / 2, foot - 10, NOT_MEASURED, svg.SMALL, anchor="middle", tone="halo")


def _bands(flow: CumulativeFlow, frame: _Frame, run: list[FlowDay]) -> Iterator[Markup]:
    """The bands of a stretch of days, each from its upper edge down to the foot, so that the next one covers all but it.

    What came in lies above them, what went out under the last but one; one day alone is a column.
    """
    run = _seen(run, frame)
    at = [frame.x(day.on.toordinal()) for day in run]
    if len(run) == 1:
        run, at = run * 2, [at[0] - LEAST / 2, at[0] + LEAST / 2]
    counts = [_counts(day) for day in run]
    edges = [[frame.y(each[stage]) for each in counts] for stage in range(_n(flow))]
    foot = frame.y.from_px
    for index, edge in enumerate(edges):
        outline = [(at[0], foot), *zip(at, edge, strict=True), (at[-1], foot)]
        name = flow.stages[index].title if index < len(flow.stages) else "Done"
        yield svg.titled(name, svg.path(svg.polygon(outline), f"{_class(flow, index)} segment"))
    for edge, cls in ((edges[0], "came-in"), (edges[-1], "went-out")):
        yield svg.path(svg.polyline([*zip(at, edge, strict=True)]), cls)


def _seen(run: list[FlowDay], frame: _Frame) -> list[FlowDay]:
    """Leave out days that lie nearer to each other than anyone can see; the first and the last of a stretch stay."""
    per_day = (frame.x.to_px - frame.x.from_px) / max(1.0, frame.x.high - frame.x.low)
    step = max(1, int(SEEN / per_day))
    return run if step == 1 else [*run[:-1:step], run[-1]]


def _class(flow: CumulativeFlow, index: int) -> str:
    """Two tints of work and two of waits in turn, so that neighbours differ; done is grey."""
    if index == len(flow.stages):
        return "people"
    return f"flow-{'wait' if flow.stages[index].is_wait else 'work'}-{index % 2 + 1}"


def _lead(flow: CumulativeFlow, frame: _Frame) -> Iterator[Markup]:
    """The way across from what came in to what went out, once."""
    days = lead_days(flow)
    if not days:
        return
    newest = _known(flow)[-1]
    y, right = frame.y(_counts(newest)[-1]), frame.x(newest.on.toordinal())
    left = frame.x(newest.on.toordinal() - days)
    yield svg.line(left, y, right, y, "across")
    yield svg.line(left, y - 5, left, y + 5, "tick")
    yield svg.line(right, y - 5, right, y + 5, "tick")
    words = svg.first_that_fits(
        (f"about {_days(days)} from in to out", f"about {_days(days)}"), svg.SMALL, right - frame.x.from_px - 8
    )
    half = svg.width(words, svg.SMALL) / 2
    middle = min(max((left + right) / 2, frame.x.from_px + half), right - half - 4)
    yield svg.text(middle, min(y + 18, frame.y.from_px - 26), words, svg.SMALL, anchor="middle", tone="halo")


def _names(flow: CumulativeFlow, frame: _Frame) -> Iterator[Markup]:
    """The name of each band beside its newest day with what is in it now, moved apart where bands are thin."""
    last = _known(flow)[-1]
    edges = [frame.y(each) for each in _counts(last)] + [frame.y.from_px]
    middles = [(upper + lower) / 2 + 4 for upper, lower in pairwise(edges)]
    lowest = frame.y.from_px + 4
    for at in range(len(middles) - 1, -1, -1):
        middles[at] = min(middles[at], lowest - LABEL * (len(middles) - 1 - at))
    reached = TOP - LABEL
    for at, (y, (name, number)) in enumerate(zip(middles, _labels(flow), strict=True)):
        y = max(y, reached + LABEL)
        if y > lowest + 1:
            break
        side = frame.x(last.on.toordinal())
        yield svg.path(f"M{side:.1f} {(edges[at] + edges[at + 1]) / 2:.1f}L{frame.right - 3:.1f} {y - 4:.1f}", "leader")
        room = frame.width - frame.right - svg.width(f" {number}", svg.SMALL)
        yield svg.text(frame.right, y, f"{svg.shorten(name, svg.SMALL, room)} {number}".strip(), svg.SMALL)
        reached = y


def _rates(flow: CumulativeFlow, frame: _Frame) -> Iterator[Markup]:
    """How many came in and went out a day, over the picture."""
    known = _known(flow)
    n_days = (known[-1].on - known[0].on).days
    if not n_days:
        return
    shown: tuple[tuple[str, str], ...]
    came, went = ((_counts(known[-1])[at] - _counts(known[0])[at]) / n_days for at in (0, -1))
    shown = (("came-in", f"came in, {write(came, COUNT)} a day"), ("went-out", f"went out, {write(went, COUNT)} a day"))
    if any(stage.is_wait for stage in flow.stages):
        shown = (*shown, ("flow-work", "worked on"), ("flow-wait", "waits"))
    x = 0.0
    for cls, words in shown:
        words = svg.first_that_fits((words, words.partition(",")[0]), svg.SMALL, frame.width - x - 28)
        if words:
            is_line = cls in ("came-in", "went-out")
            if is_line:
                yield svg.line(x, 10, x + 20, 10, cls)
            else:
                yield svg.rect(x, 4, 10, 12, f"{cls}-1")
                yield svg.rect(x + 10, 4, 10, 12, f"{cls}-2")
            yield svg.text(x + 26, 14, words, svg.SMALL)
            x += 26 + svg.width(words, svg.SMALL) + 20
