"""Life: one item from its begin to its end, each piece of work and each wait as long as it took, over the days it took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import day_axis, ladder, svg
from wholeservice.draw.axes import NOT_MEASURED, Scale
from wholeservice.draw.columns import legend
from wholeservice.draw.ladder import UNKNOWN, WAIT, Ladder, Rung
from wholeservice.draw.svg import Markup
from wholeservice.units import SECONDS, write

TOP, BAR, FOOT, LINE, MARK = 26.0, 46.0, 28.0, 22.0, 300.0
UNSEEN = "not recorded"


@dataclass(frozen=True, slots=True)
class LifePiece:
    """One piece: `kind` is work, wait or unknown; a wait has a `cause` where that is known, and maybe a page."""

    stage: str
    kind: str
    from_at: dt.datetime
    to_at: dt.datetime
    cause: str = ""
    href: str | None = None

    @property
    def seconds(self) -> float:
        return (self.to_at - self.from_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Life:
    """Pieces in their order, in the time of the workspace; `is_open`: it goes on."""

    id: str
    title: str
    pieces: tuple[LifePiece, ...]
    is_open: bool = False


def draw(life: Life, *, width: float = 1240) -> Markup:
    """Return the bar as an SVG of *width* pixels; pieces that wait for something with a page are links."""
    shown, n_lines = _ladder(life), -(-len(ladder.shares(_ladder(life))) // max(1, int(width // MARK)))
    height = TOP + BAR + FOOT + n_lines * LINE + 6
    sheet = svg.Drawing(life.id, life.title, says(life), width, height, is_interactive=any(each.href for each in life.pieces))
    if not life.pieces:
        middle = svg.text(width / 2, TOP + BAR / 2 + 5, NOT_MEASURED, svg.SMALL, anchor="middle", tone="halo")
        return svg.figure(sheet, svg.rect(1, TOP, width - 2, BAR, "hatched", rx=3), middle)
    first, last = life.pieces[0].from_at, life.pieces[-1].to_at
    x = Scale(first.timestamp(), max(last.timestamp(), first.timestamp() + 1), 1, width - 1)
    return svg.figure(
        sheet, *_axis(first, last, x), *(part for each in life.pieces for part in _piece(life, shown, each, x)),
        *_stages(life, x), *_marks(shown, TOP + BAR + FOOT, width),
    )  # fmt: skip


def says(life: Life) -> str:
    """Return how long it took and each piece in words."""
    if not life.pieces:
        return "Nothing was recorded of its life."
    pieces = "; ".join(piece_says(each) for each in life.pieces)
    so_far = "so far " if life.is_open else ""
    return f"{so_far}{ladder.says(_ladder(life))} {pieces}.".strip()


def table(life: Life) -> svg.Table:
    """Return every piece in its order."""
    rows = tuple(
        (each.stage, f"{each.from_at:%-d %b %Y %H:%M}", _kind(each), each.cause or "–", write(each.seconds, SECONDS))
        for each in life.pieces
    )
    return svg.Table(life.title, ("Stage", "From", "What it was", "For", "Time"), rows)


def piece_says(piece: LifePiece) -> str:
    """Return a piece in words."""
    cause = f" for {piece.cause}" if piece.cause else ""
    return f"{piece.stage}: {_kind(piece)}{cause}, {write(piece.seconds, SECONDS)}"


def _kind(piece: LifePiece) -> str:
    return {WAIT: "waiting", UNKNOWN: UNSEEN}.get(piece.kind, piece.kind)


def _ladder(life: Life) -> Ladder:
    rungs = tuple(Rung(each.stage, each.kind, each.seconds, each.cause) for each in life.pieces)
    return Ladder(life.id, life.title, rungs, counted="pieces", unknown=UNSEEN)


def _axis(first: dt.datetime, last: dt.datetime, x: Scale) -> Iterator[Markup]:
    """Days, or the hours of a day where all was in one."""
    begin, end = first.date(), last.date()
    if (end - begin).days < 2:
        yield svg.text(x.from_px, TOP + BAR + 18, f"{first:%-d %b %Y %H:%M}", svg.SMALL, tone="soft")
        if x.to_px - x.from_px > 280:
            yield svg.text(x.to_px, TOP + BAR + 18, f"{last:%-d %b %Y %H:%M}", svg.SMALL, anchor="end", tone="soft")
        return
    midnights = [dt.datetime.combine(day, dt.time(), first.tzinfo).timestamp() for day in (begin, end)]
    days = Scale(begin.toordinal(), end.toordinal(), x(midnights[0]), x(midnights[1]))
    shown = begin + dt.timedelta(days=1)
    left = Scale(shown.toordinal(), end.toordinal(), days(shown.toordinal()), days.to_px)
    yield from day_axis.axis(shown, end, left, (TOP + BAR, TOP + BAR))


def _piece(life: Life, shown: Ladder, piece: LifePiece, x: Scale) -> Iterator[Markup]:
    left, right = x(piece.from_at.timestamp()), x(piece.to_at.timestamp())
    cls = ladder.rung_class(shown, Rung(piece.stage, piece.kind, piece.seconds, piece.cause))
    yield svg.linked(piece.href, piece_says(piece), svg.rect(left, TOP, max(0.6, right - left), BAR, f"{cls} segment"))


def _stages(life: Life, x: Scale) -> Iterator[Markup]:
    """The name of each stage over where it begins, as far as it fits before the next."""
    begins: list[tuple[str, float]] = []
    for each in life.pieces:
        if not begins or begins[-1][0] != each.stage:
            begins.append((each.stage, x(each.from_at.timestamp())))
    ends = [*(left for _, left in begins[1:]), x.to_px]
    for (stage, left), right in zip(begins, ends, strict=True):
        if svg.width(stage, svg.TINY) + 8 < right - left:
            yield svg.text(left + 2, TOP - 8, stage, svg.TINY, tone="soft")
        yield svg.line(left, TOP - 5, left, TOP, "rule")


def _marks(shown: Ladder, top: float, width: float) -> Iterator[Markup]:
    """Explain the parts of the bar, each with its time."""
    per_line = max(1, int(width // MARK))
    for at, each in enumerate(ladder.shares(shown)):
        words = write(each.seconds, SECONDS)
        name = svg.shorten(each.name, svg.TINY, MARK - 44 - svg.width(f" {words}", svg.TINY) - 4)
        x, y = at % per_line * MARK, top + at // per_line * LINE
        yield svg.titled(each.name, *legend([(each.cls, f"{name} {words}")], y, x=x, room=MARK - 12))
