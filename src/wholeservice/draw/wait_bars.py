"""Wait bars: what items wait for before each stage, hanging down from the ladder of a value stream, all to one scale."""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.draw import ladder, svg
from wholeservice.draw.columns import NARROWEST
from wholeservice.draw.ladder import UNKNOWN, WAIT, Rung, Share
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


def _parts(stream: ValueStream, stage: Stage) -> list[tuple[Share, Wait | None]]:
    """What hangs under a stage: its waits in their order, then what is not recorded; UNSEEN is a length nobody knows."""
    shown = as_ladder(stream)
    parts: list[tuple[Share, Wait | None]] = []
    for wait in stage.waits:
        is_known = wait.cause not in ("", NOT_RECORDED)
        cls = ladder.rung_class(shown, Rung(stage.title, WAIT if is_known else UNKNOWN, wait.seconds, wait.cause))
        parts.append((Share(cause_words(wait), cls, UNSEEN if wait.seconds is None else wait.seconds), wait))
    rest = unrecorded_s(stage)
    if rest is None or rest > 0:
        parts.append((Share(NOT_RECORDED, "hatched", UNSEEN if rest is None else rest), None))
    return parts


def bars(stream: ValueStream, at: int, corner: tuple[float, float], size: float) -> Iterator[Markup]:
    """Draw the waits of one stage in a column of *size* pixels: parts by cause, each with its label beside it."""
    stage, (left, y), wide = stream.stages[at], corner, _wide(size)
    x, free, room = left + 4, y, _room(size)
    for part, wait in _parts(stream, stage):
        high = _high(stream, part)
        yield svg.titled(_tip(part, wait), svg.rect(x, y, wide, high, f"{part.cls} hanging"))
        lines = _label(part, wait, room)
        top = max(free, y + min(high, 64.0) / 2 - LINE * len(lines) / 2)
        if top > y + high:
            yield svg.path(f"M{x + wide:.1f} {y + high / 2:.1f}L{x + wide + 5:.1f} {top + LINE / 2:.1f}", "leader")
        for line, (words, tone) in enumerate(lines):
            yield svg.text(x + wide + 7, top + 10.5 + LINE * line, words, svg.TINY, tone=tone)
        y, free = y + high, top + LINE * len(lines) + APART


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


def _high(stream: ValueStream, part: Share) -> float:
    return STUB if part.seconds == UNSEEN else part.seconds * _per_second(stream)


def _per_second(stream: ValueStream) -> float:
    """Pixels a second, so that the longest wait is as high as WAITS."""
    sums = [sum(part.seconds for part, _ in _parts(stream, each) if part.seconds != UNSEEN) for each in stream.stages]
    longest = max(sums, default=0.0)
    return WAITS / longest if longest > 0 else 0.0


def _wide(size: float) -> float:
    return min(26.0, max(12.0, 12 + (size - NARROWEST) * 0.26))


def _room(size: float) -> float:
    return size - _wide(size) - 13


def depth(stream: ValueStream, size: float) -> float:
    """Return how deep the bars of all stages hang, and their labels."""
    depths, room = [LEAST], _room(size)
    for stage in stream.stages:
        y = free = 0.0
        for part, wait in _parts(stream, stage):
            high, n_lines = _high(stream, part), len(_label(part, wait, room))
            free = max(free, y + min(high, 64.0) / 2 - LINE * n_lines / 2) + LINE * n_lines + APART
            y += high
        depths += [y, free]
    return max(depths)
