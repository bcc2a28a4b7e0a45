"""Wait bars: what items wait for before each stage, hanging down from the ladder of a value stream, all to one scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import ladder, svg
from wholeservice.draw.columns import NARROWEST
from wholeservice.draw.ladder import UNKNOWN, WAIT, Ladder, Rung, Share
from wholeservice.draw.stages import (
    NOT_RECORDED,
    Stage,
    ValueStream,
    Wait,
    as_ladder,
    cause_words,
    length_words,
    unrecorded_s,
)
from wholeservice.draw.svg import Markup
from wholeservice.units import SECONDS, write

WAITS, LINE, APART = 168.0, 14.0, 3.0
STUB = 18.0  # pixels of a wait whose length nobody recorded: hatched, to no scale
LEAST = 44.0  # pixels that the words beside the bars take
UNSEEN = -1.0  # seconds: such a length


Part = tuple[Share, Wait | None]
"""A part of a bar, and the wait it is; none where nothing is recorded."""


@dataclass(frozen=True, slots=True)
class WaitBars:
    """The parts that hang under each stage, how many pixels a second is, and how wide a column."""

    parts: tuple[tuple[Part, ...], ...]
    per_second: float
    size: float


def wait_bars(stream: ValueStream, size: float) -> WaitBars:
    """Return the bars of all stages for columns of *size* pixels, so that the longest is as high as WAITS."""
    shown = as_ladder(stream)
    parts = tuple(tuple(_parts(shown, stage)) for stage in stream.stages)
    longest = max((sum(part.seconds for part, _ in each if part.seconds != UNSEEN) for each in parts), default=0.0)
    return WaitBars(parts, WAITS / longest if longest > 0 else 0.0, size)


def _parts(shown: Ladder, stage: Stage) -> Iterator[Part]:
    """The waits of a stage in their order, then what is not recorded; UNSEEN is a length nobody knows."""
    for wait in stage.waits:
        is_known = wait.cause not in ("", NOT_RECORDED)
        cls = ladder.rung_class(shown, Rung(stage.title, WAIT if is_known else UNKNOWN, wait.seconds, wait.cause))
        yield Share(cause_words(wait), cls, UNSEEN if wait.seconds is None else wait.seconds), wait
    rest = unrecorded_s(stage)
    if rest is None or rest > 0:
        yield Share(NOT_RECORDED, "hatched", UNSEEN if rest is None else rest), None


def draw_bar(bars: WaitBars, at: int, corner: tuple[float, float]) -> Iterator[Markup]:
    """Draw the waits of one stage below the corner of its column: parts by cause, each with its label beside it."""
    (left, y), wide = corner, _wide(bars)
    x, free = left + 4, y
    for part, wait in bars.parts[at]:
        high = _high(bars, part)
        yield svg.titled(_tip(part, wait), svg.rect(x, y, wide, high, f"{part.cls} hanging"))
        lines = _label(part, wait, _room(bars))
        top = max(free, y + min(high, 64.0) / 2 - LINE * len(lines) / 2)
        if top > y + high:
            yield svg.path(f"M{x + wide:.1f} {y + high / 2:.1f}L{x + wide + 5:.1f} {top + LINE / 2:.1f}", "leader")
        for line, (words, tone) in enumerate(lines):
            yield svg.text(x + wide + 7, top + 10.5 + LINE * line, words, svg.TINY, tone=tone)
        y, free = y + high, top + LINE * len(lines) + APART


def depth(bars: WaitBars) -> float:
    """Return how deep the bars of all stages hang, and their labels."""
    depths = [LEAST]
    for parts in bars.parts:
        y = free = 0.0
        for part, wait in parts:
            high, n_lines = _high(bars, part), len(_label(part, wait, _room(bars)))
            free = max(free, y + min(high, 64.0) / 2 - LINE * n_lines / 2) + LINE * n_lines + APART
            y += high
        depths += [y, free]
    return max(depths)


def _tip(part: Share, wait: Wait | None) -> str:
    if wait is None:
        return NOT_RECORDED if part.seconds == UNSEEN else f"{NOT_RECORDED}: {write(part.seconds, SECONDS)}"
    return f"{part.name}{f': {wait.on}' if wait.on else ''}, {length_words(wait.seconds)}"


def _label(part: Share, wait: Wait | None, room: float) -> list[tuple[str, str]]:
    """Cause and length of a part of a bar, then who or what is waited for."""
    time = NOT_RECORDED if part.seconds == UNSEEN else write(part.seconds, SECONDS)
    name = "" if part.name == NOT_RECORDED == time else part.name
    if svg.width(f"{name} {time}", svg.TINY) <= room:
        lines = [(f"{name} {time}".strip(), "")]
    else:
        lines = [(words, "") for words in svg.wrap(name, svg.TINY, room, 2)]
        lines += [(words, "") for words in svg.wrap(time, svg.TINY, room, 2)]
    return lines + ([(svg.shorten(wait.on, svg.TINY, room), "soft")] if wait and wait.on else [])


def _high(bars: WaitBars, part: Share) -> float:
    return STUB if part.seconds == UNSEEN else part.seconds * bars.per_second


def _wide(bars: WaitBars) -> float:
    return min(26.0, max(12.0, 12 + (bars.size - NARROWEST) * 0.26))


def _room(bars: WaitBars) -> float:
    return bars.size - _wide(bars) - 13
