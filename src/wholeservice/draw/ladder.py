"""Ladder: a value stream as equal steps for reading, waits above and work below, and one bar true to scale under it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, Scale
from wholeservice.draw.columns import Columns, aside, columns, legend
from wholeservice.draw.svg import Markup
from wholeservice.units import SECONDS, SHARE, write

WORK, WAIT, UNKNOWN = "work", "wait", "unknown"
NAMES, UPPER, LOWER, BLOCK = 60.0, 92.0, 140.0, 30.0
BAR_TOP, BAR = 236.0, 36.0
N_CAUSES = 4  # that have a colour of their own; the others are one
OTHER = "other waits"
MARK = 300.0  # pixels of one mark explained
UNTIMED = 0.12  # of the bar, hatched at its end when stages have no time


@dataclass(frozen=True, slots=True)
class Rung:
    """One stage: `kind` is work, wait or unknown; `seconds` None is not measured; a wait has a `cause`."""

    title: str
    kind: str
    seconds: float | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Stages in their order. `whole_s` is the time from end to end where that is known: what no stage explains is hatched.

    `counted` is what the stages are called together, `unknown` what time is called of which nobody knows what it was.
    """

    id: str
    title: str
    rungs: tuple[Rung, ...]
    whole_s: float | None = None
    counted: str = "stages"
    unknown: str = "not known what"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the whole time: its name, class and seconds."""

    name: str
    cls: str
    seconds: float


def draw(ladder: Ladder, *, width: float = 1240) -> Markup:
    """Return the ladder and its bar as an SVG; many stages make it wider than *width*."""
    across, known = columns(len(ladder.rungs), width), shares(ladder)
    end = max(across.width, across.left + 560)
    rungs = [part for at, rung in enumerate(ladder.rungs) for part in _rung(ladder, rung, across, at)]
    explained, room = marks(ladder, across.left, end, BAR_TOP + BAR + 16)
    sheet = svg.Drawing(ladder.id, ladder.title, says(ladder), end, BAR_TOP + BAR + 34 + room)
    return svg.figure(
        sheet, *aside("Step by step", "every stage equally wide", NAMES + 20), *_line(ladder, across), *rungs,
        *aside("True to scale", whole_words(ladder, known), BAR_TOP + 12),
        *bar(known, whole_s(ladder, known), Scale(0, 1, across.left, end), BAR_TOP, missing(ladder)), *explained,
    )  # fmt: skip


def says(ladder: Ladder) -> str:
    """Return the whole time and what it is spent on."""
    known = shares(ladder)
    parts = ", ".join(f"{each.name} {_of(each, whole_s(ladder, known))}" for each in known)
    unseen = missing(ladder)
    return f"{whole_words(ladder, known)}: {parts or NOT_MEASURED}." + (f" {unseen}." if unseen else "")


def table(ladder: Ladder) -> svg.Table:
    """Return every stage with its kind, time and cause."""
    rows = [(rung.title, rung.kind, write(rung.seconds, SECONDS), rung.cause or "–") for rung in ladder.rungs]
    rest = _unexplained(ladder)
    rows += [("Not explained by any stage", UNKNOWN, write(rest, SECONDS), "–")] if rest else []
    return svg.Table(ladder.title, ("Stage", "Kind", "Time", "Waits for"), tuple(rows))


def shares(ladder: Ladder) -> list[Share]:
    """Return the whole time as parts: work, waits by cause from the longest, the rest of the waits, what nobody knows."""
    causes = _causes(ladder)
    parts = [Share("work", "bar-work", _sum(ladder, WORK))]
    parts += [Share(cause, f"bar-wait-{at + 1}", seconds) for at, (cause, seconds) in enumerate(causes[:N_CAUSES])]
    parts.append(Share(OTHER, "bar-wait-other", sum(seconds for _, seconds in causes[N_CAUSES:])))
    parts.append(Share(ladder.unknown, "hatched", _sum(ladder, UNKNOWN) + _unexplained(ladder)))
    return [each for each in parts if each.seconds > 0]


def _causes(ladder: Ladder) -> list[tuple[str, float]]:
    found: dict[str, float] = {}
    for rung in ladder.rungs:
        if rung.kind == WAIT:
            found[_cause(rung)] = found.get(_cause(rung), 0.0) + (rung.seconds or 0.0)
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _cause(rung: Rung) -> str:
    return rung.cause or "waiting, cause not recorded"


def _sum(ladder: Ladder, kind: str) -> float:
    return sum(rung.seconds or 0.0 for rung in ladder.rungs if rung.kind == kind)


def _unexplained(ladder: Ladder) -> float:
    return max(0.0, (ladder.whole_s or 0.0) - sum(rung.seconds or 0.0 for rung in ladder.rungs))


def missing(ladder: Ladder) -> str:
    """Return that the bar is not the whole: without the time end to end, stages that are not measured are not in it."""
    n_missing = sum(rung.seconds is None for rung in ladder.rungs)
    if not n_missing or ladder.whole_s is not None:
        return ""
    return f"{n_missing} of {len(ladder.rungs)} {ladder.counted} not measured: the whole is longer than this"


def whole_words(ladder: Ladder, known: list[Share]) -> str:
    """Return the whole time in words."""
    whole = sum(each.seconds for each in known)
    return ("at least " if missing(ladder) else "") + f"{write(whole, SECONDS)} in all" if known else NOT_MEASURED


def whole_s(ladder: Ladder, known: list[Share]) -> float | None:
    """Return the time from end to end; None when stages without a time make it longer than what is known."""
    return None if missing(ladder) else sum(each.seconds for each in known)


def _of(each: Share, whole: float | None) -> str:
    time = write(each.seconds, SECONDS)
    return time if whole is None else f"{time}, {write(each.seconds / whole, SHARE)}"


def _level(rung: Rung) -> float:
    return LOWER if rung.kind == WORK else UPPER


def _line(ladder: Ladder, across: Columns) -> Iterator[Markup]:
    """The ladder itself: along the foot of each wait, along the head of each piece of work."""
    points = []
    for index, rung in enumerate(ladder.rungs):
        y = LOWER if rung.kind == WORK else UPPER + BLOCK
        points += [(across.x(index), y), (across.x(index) + across.size, y)]
    if points:
        yield svg.path(svg.polyline(points), "ladder-line")


def _rung(ladder: Ladder, rung: Rung, across: Columns, index: int) -> Iterator[Markup]:
    x, y, room, middle = across.x(index), _level(rung), across.size - 8, across.middle(index)
    time = write(rung.seconds, SECONDS)
    parts = [svg.rect(x + 3, y + 1, across.size - 6, BLOCK - 2, rung_class(ladder, rung))]
    lines = svg.wrap(rung.title, svg.NODE, room, 3)
    parts += [
        svg.text(middle, NAMES - 44 + 16 * (at + 3 - len(lines)), each, svg.NODE, anchor="middle")
        for at, each in enumerate(lines)
    ]
    below = LOWER + BLOCK + 18 if rung.kind == WORK else UPPER - 8
    kind = svg.SMALL if rung.seconds is None else svg.STRONG
    parts.append(svg.text(middle, below, svg.first_that_fits((time, "–"), kind, room), kind, anchor="middle"))
    words = rung.cause if rung.kind == WAIT else "" if rung.kind == WORK else ladder.unknown
    for at, each in enumerate(svg.wrap(words, svg.TINY, room, 2)):
        parts.append(svg.text(middle, UPPER + BLOCK + 17 + 15 * at, each, svg.TINY, anchor="middle", tone="soft"))
    cause = f", waits for {rung.cause}" if rung.cause else ""
    yield svg.titled(f"{rung.title}: {rung.kind}, {time}{cause}", *parts)


def rung_class(ladder: Ladder, rung: Rung) -> str:
    """Return the class a stage is drawn in: work, its cause, or hatched where it is not known."""
    if rung.seconds is None or rung.kind == UNKNOWN:
        return "hatched"
    if rung.kind == WORK:
        return "bar-work"
    at = [cause for cause, _ in _causes(ladder)].index(_cause(rung))
    return f"bar-wait-{at + 1}" if at < N_CAUSES else "bar-wait-other"


def bar(known: list[Share], whole: float | None, x: Scale, top: float, unseen: str = "") -> Iterator[Markup]:
    """Draw parts of a whole to one scale; what nobody timed, said by *unseen*, is a hatched end that is not to scale."""
    drawn, at = sum(each.seconds for each in known), 0.0
    if known and whole is None:
        rest = (x.to_px - x.from_px) * UNTIMED
        yield svg.titled(unseen, svg.rect(x.to_px - rest, top, rest, BAR, "hatched"))
        x = replace(x, to_px=x.to_px - rest)
    if not known:
        yield svg.rect(x.from_px, top, x.to_px - x.from_px, BAR, "hatched", rx=3)
        yield svg.text((x.from_px + x.to_px) / 2, top + BAR / 2 + 5, NOT_MEASURED, svg.SMALL, anchor="middle", tone="halo")
    for each in known:
        left, wide = x(at / drawn), each.seconds / drawn * (x.to_px - x.from_px)
        yield svg.titled(f"{each.name}: {_of(each, whole)}", svg.rect(left, top, wide, BAR, f"{each.cls} segment"))
        at += each.seconds


def marks(ladder: Ladder, left: float, end: float, top: float) -> tuple[list[Markup], float]:
    """Explain the parts of the bar, each with its time and share, from *top*; return that and the height it takes."""
    known, per_line = shares(ladder), max(1, int((end - left) // MARK))
    whole, parts = whole_s(ladder, known), []
    for at, each in enumerate(known):
        words = _of(each, whole)
        name = svg.shorten(each.name, svg.TINY, max(60.0, MARK - 44 - svg.width(f" {words}", svg.TINY) - 4))
        y, x = top + at // per_line * 22, left + at % per_line * MARK
        parts.append(svg.titled(each.name, *legend([(each.cls, f"{name} {words}")], y, x=x, room=MARK - 12)))
    n_lines = -(-len(known) // per_line)
    if missing(ladder):
        parts.append(svg.text(left, top + n_lines * 22 + 12, missing(ladder), svg.SMALL, tone="soft"))
    return parts, max(1, n_lines) * 22 + (22 if missing(ladder) else 0)
