"""Follows map: what comes straight after what; boxes are stages or steps, lines say how often, and how long passed between.

Only the most frequent ways from one to the next are drawn, until they make up so much of all; what is left out is said. Lines
go from left to right; what leads back goes below and is orange.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.layered import N_STARTS, Bend, Layout, Spot, order, place
from wholeservice.draw.layers import layers_of
from wholeservice.draw.svg import Markup
from wholeservice.units import COUNT, SECONDS, SHARE, write

BOX, BETWEEN, FARTHEST, HIGH, SPACE = 118.0, 68.0, 150.0, 46.0, 26.0
THINNEST, THICKEST, NOTE = 1.0, 11.0, 17.0
N_BENDS, LARGE = (
    200,
    150,
)  # places where long lines are kept clear of boxes; more take longer than anyone waits; boxes of a large map
N_TITLED, N_LABELS = 120, 100
READ = "In a box: how often, and within what time half were done. On a line: how often, and within what time half went on."
LABEL, CLEAR = 13.0, 7.0  # pixels of a line of a label, and between two labels


@dataclass(frozen=True, slots=True)
class Activity:
    """One stage or step: how often it was done, and how long half of the times took at most; None is not measured."""

    id: str
    title: str
    n: int
    median_s: float | None = None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Follows:
    """How often one came straight after another, and the seconds that half of the times passed at most in between."""

    from_id: str
    to_id: str
    n: int
    median_s: float | None = None


@dataclass(frozen=True, slots=True)
class FollowsMap:
    """Activities in a usual order, and what follows what. `coverage` is the share of all these times that is to be drawn."""

    id: str
    title: str
    activities: tuple[Activity, ...]
    follows: tuple[Follows, ...]
    coverage: float = 0.9


@dataclass(frozen=True, slots=True)
class Kept:
    """What is drawn of a map: the most frequent ways, and the activities on them; `share` is theirs of all times."""

    activities: tuple[Activity, ...]
    follows: tuple[Follows, ...]
    share: float | None


@dataclass(frozen=True, slots=True)
class _Frame:
    layers: dict[str, int]
    layout: Layout
    centres: dict[Spot, float]
    highs: dict[str, float]
    column: float
    length: float
    most: int  # times of the most frequent way
    most_done: int  # and activity
    titles: dict[str, str]

    def left(self, id_: str) -> float:
        return self.layers[id_] * self.column

    def thick(self, n: int) -> float:
        return max(THINNEST, THICKEST * n / self.most)


@dataclass(frozen=True, slots=True)
class _Line:
    """A way as it is drawn: its path, the head of its arrow, where its label may stand, and how low it goes."""

    way: Follows
    d: str
    head: str
    labels: tuple[tuple[float, float], ...]
    is_back: bool
    lowest: float


def draw(shown: FollowsMap, *, width: float = 1240) -> Markup:
    """Return the map as an SVG; many layers make it wider than *width*."""
    part = kept(shown)
    if not part.activities:
        sheet = svg.Drawing(shown.id, shown.title, says(shown), width, HIGH)
        return svg.figure(sheet, *_nothing(width))
    frame = _frame(part, width)
    lines = list(_lines(part, frame))
    floor = max([frame.length, *(each.lowest for each in lines)]) + 12
    whole = max(max(frame.layers.values()) * frame.column + BOX, 2 * BOX + 120)
    notes = [*svg.wrap(READ, svg.SMALL, whole, 3), *svg.wrap(_left_out(shown, part), svg.SMALL, whole, 4)]
    sheet = svg.Drawing(
        shown.id, shown.title, says(shown), whole, floor + NOTE * len(notes) + 10,
        is_interactive=any(each.href for each in part.activities),
    )  # fmt: skip
    return svg.figure(
        sheet, *_drawn(lines, frame), *(_box(frame, each) for each in part.activities), *_labels(lines, frame, whole),
        *(svg.text(0, floor + NOTE * (at + 1), words, svg.SMALL, tone="soft") for at, words in enumerate(notes)),
    )  # fmt: skip


def kept(shown: FollowsMap) -> Kept:
    """Return the most frequent ways that make up `coverage` of all times, and the activities they touch.

    >>> steps = (Activity("a", "A", 9), Activity("b", "B", 9), Activity("c", "C", 1))
    >>> kept(FollowsMap("m", "", steps, (Follows("a", "b", 9), Follows("a", "c", 1)), 0.8)).share
    0.9
    """
    known = {each.id for each in shown.activities}
    ways = [each for each in shown.follows if each.n > 0 and each.from_id in known and each.to_id in known]
    ways.sort(key=lambda each: (-each.n, each.from_id, each.to_id))
    whole, sum_n, chosen = sum(each.n for each in ways), 0, []
    for way in ways:
        if sum_n >= shown.coverage * whole:
            break
        chosen.append(way)
        sum_n += way.n
    touched = {id_ for way in chosen for id_ in (way.from_id, way.to_id)}
    activities = [each for each in shown.activities if each.id in touched or not ways]
    return Kept(tuple(activities), tuple(chosen), sum_n / whole if whole else None)


def says(shown: FollowsMap) -> str:
    """Return the most frequent ways in words, and what is left out."""
    part, titles = kept(shown), {each.id: each.title for each in shown.activities}
    first = "; ".join(_way_words(titles, each) for each in part.follows[:12])
    return f"{first}. {_left_out(shown, part)}" if first else "Nothing was seen to follow on anything."


def table(shown: FollowsMap) -> svg.Table:
    """Return all that follows on something, the most frequent first, drawn or not."""
    titles = {each.id: each.title for each in shown.activities}
    drawn = {(each.from_id, each.to_id) for each in kept(shown).follows}
    ways = sorted(shown.follows, key=lambda each: (-each.n, each.from_id, each.to_id))
    rows = tuple(
        (titles.get(each.from_id, each.from_id), titles.get(each.to_id, each.to_id), write(each.n, COUNT),
         write(each.median_s, SECONDS), "yes" if (each.from_id, each.to_id) in drawn else "no")
        for each in ways
    )  # fmt: skip
    return svg.Table(shown.title, ("From", "To", "Times", "Half within", "Drawn"), rows)


def _way_words(titles: dict[str, str], way: Follows) -> str:
    """One way in words."""
    start, end = titles.get(way.from_id, way.from_id), titles.get(way.to_id, way.to_id)
    where = f"{start} again" if way.from_id == way.to_id else f"{start} to {end}"
    time = "how long is not measured" if way.median_s is None else f"half within {write(way.median_s, SECONDS)}"
    return f"{where}: {write(way.n, COUNT)}, {time}"


def _left_out(shown: FollowsMap, part: Kept) -> str:
    """How much of all is drawn, and what is not."""
    if part.share is None:
        return "Nothing was seen to follow on anything."
    n_all, n_times = len(shown.follows), sum(each.n for each in shown.follows)
    drawn = f"{len(part.follows):,} of {n_all:,} ways from one to the next are drawn"
    words = f"{drawn}, {write(part.share, SHARE)} of {n_times:,} times"
    n_gone = len(shown.activities) - len(part.activities)
    return words + (f"; {n_gone:,} of {len(shown.activities):,} boxes are on none of them and left out." if n_gone else ".")


def _nothing(width: float) -> Iterator[Markup]:
    words = svg.first_that_fits(("nothing was seen to follow on anything", "nothing seen"), svg.SMALL, width - 16)
    yield svg.rect(1, 1, width - 2, HIGH - 2, "hatched", rx=4)
    yield svg.text(width / 2, HIGH / 2 + 4, words, svg.SMALL, anchor="middle", tone="halo")


def _frame(part: Kept, width: float) -> _Frame:
    ways = [(each.from_id, each.to_id, each.n) for each in part.follows]
    layers = layers_of([each.id for each in part.activities], ways)
    most = max((each.n for each in part.follows), default=1)
    highs = {each.id: HIGH + 16 * (len(svg.wrap(each.title, svg.NODE, BOX - 16, 2)) - 1) for each in part.activities}
    laid, n_bends = [], 0
    for from_id, to_id, n in ways:
        span = layers[to_id] - layers[from_id]
        if span == 1 or (span > 1 and n_bends + span - 1 <= N_BENDS):
            laid.append((from_id, to_id, n / most + 0.05))
            n_bends += span - 1
    layout = order(layers, laid, n_starts=1 if len(layers) > LARGE else N_STARTS)
    centres, length = place(layout, lambda spot: 6.0 if isinstance(spot, Bend) else highs[spot], SPACE)
    n_layers, titles = len(layout.rows), {each.id: each.title for each in part.activities}
    column = min(BOX + FARTHEST, max(BOX + BETWEEN, (width - BOX) / max(1, n_layers - 1)))
    return _Frame(layers, layout, centres, highs, column, length, most, max(each.n for each in part.activities), titles)


def _lines(part: Kept, frame: _Frame) -> Iterator[_Line]:
    """Every way as a line; those that leave or reach the same side of a box stand apart there."""
    leaving, reaching = _ports(part, frame, is_leaving=True), _ports(part, frame, is_leaving=False)
    for way in part.follows:
        span = frame.layers[way.to_id] - frame.layers[way.from_id]
        pair = way.from_id, way.to_id
        yield _forward(way, frame, leaving[pair], reaching[pair]) if span > 0 else _back(way, frame)


def _ports(part: Kept, frame: _Frame, *, is_leaving: bool) -> dict[tuple[str, str], float]:
    """Where each line to the right leaves or reaches its box: in the order of the other ends."""
    by_box: dict[str, list[Follows]] = {}
    for way in part.follows:
        if frame.layers[way.to_id] > frame.layers[way.from_id]:
            by_box.setdefault(way.from_id if is_leaving else way.to_id, []).append(way)
    ports: dict[tuple[str, str], float] = {}
    for id_, ways in by_box.items():
        ways.sort(key=lambda way: _next(way, frame, is_leaving))
        gap = min(12.0, (frame.highs[id_] - 14) / max(1, len(ways) - 1))
        for at, way in enumerate(ways):
            ports[way.from_id, way.to_id] = frame.centres[id_] + gap * (at - (len(ways) - 1) / 2)
    return ports


def _next(way: Follows, frame: _Frame, is_leaving: bool) -> float:
    chain: Sequence[Spot] = frame.layout.chains.get((way.from_id, way.to_id), (way.from_id, way.to_id))
    return frame.centres[chain[1] if is_leaving else chain[-2]]


def _forward(way: Follows, frame: _Frame, y1: float, y2: float) -> _Line:
    """From the right of a box to the left of one farther right, through the bends that keep it clear of others."""
    chain = frame.layout.chains.get((way.from_id, way.to_id), [])
    bends = [(each.layer * frame.column, frame.centres[each]) for each in chain if isinstance(each, Bend)]
    x, y, d = frame.left(way.from_id) + BOX, y1, f"M{frame.left(way.from_id) + BOX:.0f} {y1:.1f}"
    end = frame.left(way.to_id)
    labels = []
    for left, at in (*bends, (end - 6, y2)):
        middle = (x + left) / 2
        d += f"C{middle:.0f} {y:.1f} {middle:.0f} {at:.1f} {left:.0f} {at:.1f}"
        if left - x < 2 * FARTHEST:
            labels += [((x + left) / 2, (y + at) / 2)]
        x, y = left, at
        if left < end - 6:
            d, x = f"{d}h{BOX:.0f}", left + BOX
            labels.append((left + BOX / 2, at))
    return _Line(way, d, f"M{end:.0f} {y2:.1f}l-8-4.5v9z", tuple(labels), False, max(y1, y2, *(at for _, at in bends), 0.0))


def _back(way: Follows, frame: _Frame) -> _Line:
    """From the foot of a box below the boxes to the foot of one farther left, or of the same layer, or of itself."""
    x1, x2 = frame.left(way.from_id) + BOX * 0.62, frame.left(way.to_id) + BOX * 0.38
    y1, y2 = (frame.centres[id_] + frame.highs[id_] / 2 for id_ in (way.from_id, way.to_id))
    dip = max(y1, y2) + (36 if way.from_id == way.to_id else 20) + min(90.0, abs(x1 - x2) * 0.1)
    d = f"M{x1:.0f} {y1:.1f}C{x1:.0f} {dip:.1f} {x2:.0f} {dip:.1f} {x2:.0f} {y2 + 6:.1f}"
    low = (y1 + y2 + 6 * dip) / 8
    return _Line(way, d, f"M{x2:.0f} {y2:.1f}l-4.5 8h9z", (((x1 + x2) / 2, low),), True, low + 22)


def _drawn(lines: list[_Line], frame: _Frame) -> Iterator[Markup]:
    """The thin lines under the thick ones; the frequent ones say what they are; all heads of a kind are one path."""
    for nth, each in reversed([*enumerate(lines)]):
        cls = "goes-back" if each.is_back else "follows"
        thick = round(frame.thick(each.way.n), 1)
        drawn = svg.path(each.d, cls, stroke_width=None if thick == THINNEST else thick)
        yield svg.titled(_way_words(frame.titles, each.way), drawn) if nth < N_TITLED else drawn
    for is_back, cls in ((False, "follows-head"), (True, "goes-back-head")):
        heads = "".join(each.head for each in lines if each.is_back == is_back)
        if heads:
            yield svg.path(heads, cls)


def _box(frame: _Frame, each: Activity) -> Markup:
    x, high = frame.left(each.id), frame.highs[each.id]
    y = frame.centres[each.id] - high / 2
    time = "how long is not measured" if each.median_s is None else f"half within {write(each.median_s, SECONDS)}"
    count = write(each.n, COUNT)
    words = svg.first_that_fits((f"{count}, {write(each.median_s, SECONDS)}", count, f"{each.n:.2g}"), svg.TINY, BOX - 16)
    words = count if each.median_s is None and svg.width(count, svg.TINY) <= BOX - 16 else words
    lines = svg.wrap(each.title, svg.NODE, BOX - 16, 2)
    return svg.linked(
        each.href, f"{each.title}: {count}, {time}", svg.rect(x, y, BOX, high, "stage-box", rx=4),
        *(svg.text(x + 8, y + 18 + 16 * at, part, svg.NODE) for at, part in enumerate(lines)),
        svg.text(x + 8, y + high - 11, words, svg.TINY, tone="soft"),
        svg.rect(x, y + high - 4, BOX * each.n / max(1, frame.most_done), 4, "count-bar"),
    )  # fmt: skip


def _labels(lines: list[_Line], frame: _Frame, whole: float) -> Iterator[Markup]:
    """How often above a line, how long below it, the frequent ones first, where neither a box nor another label stands."""
    taken = [
        (frame.left(id_) - 2, frame.left(id_) + BOX + 2, frame.centres[id_] - high / 2, frame.centres[id_] + high / 2)
        for id_, high in frame.highs.items()
    ]
    for each in lines[:N_LABELS]:
        count, half = write(each.way.n, COUNT), frame.thick(each.way.n) / 2
        both = (count,) if each.way.median_s is None else (count, write(each.way.median_s, SECONDS))
        for words, (x, y) in ((words, at) for words in (both, both[:1]) for at in each.labels):
            wide = max(svg.width(part, svg.TINY) for part in words) / 2 + 2
            spot = (x - wide, x + wide, y - half - LABEL, y + half + (LABEL if len(words) > 1 else 0.0))
            if spot[0] < 0 or spot[1] > whole or spot[2] < 0 or _meets(spot, taken):
                continue
            taken.append((spot[0], spot[1], spot[2] - CLEAR, spot[3] + CLEAR))
            for part, foot in zip(words, (y - half - 3, y + half + 10.5), strict=False):
                yield svg.text(x, foot, part, svg.TINY, anchor="middle", tone="halo")
            break


def _meets(spot: tuple[float, float, float, float], taken: list[tuple[float, float, float, float]]) -> bool:
    return any(spot[0] < b and spot[1] > a and spot[2] < d and spot[3] > c for a, b, c, d in taken)
