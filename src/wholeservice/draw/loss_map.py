"""Loss map: from the step where a missed target is felt to the places where the loss starts, and what nobody can explain.

Columns are layers, width is loss, one scale for all. A dark edge is the part that starts in a box, a dashed edge the part that
starts there or below; a grey hairline is a dependency that works; hatched is not observed; a dashed ribbon is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, likely, signed
from wholeservice.draw.layered import Bend, Layout, Spot, order, place
from wholeservice.draw.svg import Markup
from wholeservice.findings.losses import (
    ASSUMED,
    AT_OR_BELOW,
    CHANNEL,
    CIRCLE,
    DRIVER,
    GOES_WITH,
    INTERVAL,
    ITEMS,
    NOT_OBSERVED,
    SEVERAL,
    STARTS_HERE,
    TAKEN_FOR_GRANTED,
    UNRECORDED,
    WORK,
    Box,
    LossMap,
    Ribbon,
)
from wholeservice.units import SHARE, write

BOX, BETWEEN, TOP, SPACE = 156.0, 62.0, 46.0, 12.0
HEAD_LINE, MOST_HEAD_LINES, MOST_NAME_LINES = 18.0, 4, 3
LOSS_HEIGHT, TALLEST, HAIRLINE, NOTHING = 340.0, 46.0, 1.6, 1e-9
SMALLEST_DRAWN = 0.005  # of the gap
MOST_TOLD = 20  # places that the description of the drawing names
MANY = 100
"""Of more boxes the drawing is kept small: whole pixels, one line for all that works behind a box, each name said once."""
KINDS = {
    "step": "Journey step", "part": "Part", "service": "Service", "supplier": "Supplier", "policy": "Policy", "wait": "Wait",
    "interface": "Interface", CHANNEL: "Channel", WORK: "Work", INTERVAL: "Work or wait", UNRECORDED: "Not recorded",
    SEVERAL: "Smaller ones", DRIVER: "Goes with", CIRCLE: "Circle",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LossDrawing:
    """A loss map with the id and title it has on its page."""

    id: str
    title: str
    map: LossMap


@dataclass(frozen=True, slots=True)
class _Frame:
    boxes: dict[str, Box]
    layout: Layout
    centres: dict[Spot, float]
    column: float  # distance between columns
    per_loss: float  # pixels per unit of loss
    height: float
    width: float
    sizes: dict[str, float]  # of the boxes
    heads: list[list[str]]  # the lines above each column
    top: float  # where boxes begin

    @property
    def is_large(self) -> bool:
        return len(self.boxes) > MANY

    def figure(self, size: float) -> str:
        """Return a size as script reads it, to weigh how strongly a path lights up."""
        return f"{size:.3g}" if self.is_large else f"{size:.6g}"

    def thick(self, size: float) -> float:
        return max(HAIRLINE, size * self.per_loss)


def draw(drawing: LossDrawing, *, width: float = 1240) -> Markup:
    """Return the map as an SVG of buttons; each ribbon and box says its loss when pointed at."""
    frame = _frame(drawing.map, width)
    leaving, reaching = _ports(drawing.map, frame)
    drawn = [each for each in _thin_first(drawing.map) if each.size > 0 or not frame.is_large]
    works = list(_works(drawing.map, frame, (leaving, reaching))) if frame.is_large else []
    ribbons = [*works, *(_ribbon(drawing.map, frame, each, (leaving, reaching)) for each in drawn)]
    boxes = [_box(drawing.map, frame, box) for box in drawing.map.boxes]
    rest = _unexplained(drawing.map, frame)
    sheet = svg.Drawing(drawing.id, drawing.title, _says(drawing.map), frame.width, frame.height, is_interactive=True)
    return svg.figure(sheet, *_headings(frame), svg.group(*ribbons), *boxes, *rest)


def table(drawing: LossDrawing) -> svg.Table:
    """Return every box: what passes through, what starts there, what mending only it would win back."""
    loss_map, unit = drawing.map, drawing.map.unit

    def written(number: float | None) -> str:
        return "–" if number is None else signed(-number, unit) if number else write(0, unit)

    rows = [
        (box.title, KINDS.get(box.kind, box.kind), written(box.flow_in), written(box.starts_here), written(box.not_traced),
         _range(box, loss_map), written(box.alone), written(box.last), box.claim, write(box.observed, SHARE))
        for box in loss_map.boxes
    ]  # fmt: skip
    rows.append(("Unexplained", "", written(loss_map.unexplained), "–", "–", "–", "–", "–", "no origin claims it", "–"))
    header = ("Place", "Kind", "Lost through it", "Starts here", "Here or below", "Likely range", "Won back by mending it",
              "Left if only this stays", "What can be said", "Seen in")  # fmt: skip
    return svg.Table(drawing.title, header, tuple(rows))


def _range(box: Box, loss_map: LossMap) -> str:
    return "–" if box.interval is None else likely(-box.interval.high, -box.interval.low, loss_map.unit).removeprefix("likely ")


def _says(loss_map: LossMap) -> str:
    origins = [box for box in loss_map.boxes if _origin(box) > 0]
    told = sorted(origins, key=_origin, reverse=True)[:MOST_TOLD] if len(origins) > MOST_TOLD else origins
    starts = [f"{box.title} {signed(-_origin(box), loss_map.unit)}" for box in told]
    starts += [f"{len(origins) - len(told)} smaller ones, in the table"] if len(told) < len(origins) else []
    rest = f"; unexplained {signed(-loss_map.unexplained, loss_map.unit)}" if loss_map.unexplained > 0 else ""
    named = "; ".join(starts) or "no named place"
    way = "the channel to where the time went" if loss_map.of == ITEMS else "the step to what stands behind it"
    return f"Left to right, from {way}. Loss starts at: {named}{rest}."


def _origin(box: Box) -> float:
    return box.starts_here + box.not_traced


def _frame(loss_map: LossMap, width: float) -> _Frame:
    boxes = {box.id: box for box in loss_map.boxes}
    layers = {box.id: box.layer for box in loss_map.boxes}
    drawn = [ribbon for ribbon in loss_map.ribbons if ribbon.from_id in boxes and ribbon.to_id in boxes]
    felt = max((sum(box.flow_in for box in loss_map.boxes if box.layer == layer) for layer in {*layers.values()}), default=0.0)
    felt += loss_map.unexplained
    per_loss = LOSS_HEIGHT / felt if felt > NOTHING else 0.0
    weight = max(felt, 1e-9) * 0.01
    layout = order(layers, [(each.from_id, each.to_id, each.size + weight) for each in drawn], fixed=(0,))
    n_layers = len(layout.rows)
    column = max(BOX + BETWEEN, (width - BOX) / max(1, n_layers - 1)) if n_layers > 1 else BOX + BETWEEN
    column = min(column, BOX * 2)
    widths = {(each.from_id, each.to_id): max(HAIRLINE, each.size * per_loss) for each in drawn}
    sizes = {box.id: _size(box, per_loss) for box in loss_map.boxes}
    if len(boxes) > MANY:
        sizes = {box: float(round(size)) for box, size in sizes.items()}
    centres, length = place(
        layout, lambda spot: widths[spot.from_id, spot.to_id] if isinstance(spot, Bend) else sizes[spot], SPACE
    )
    rest = max(TALLEST, loss_map.unexplained * per_loss + 14) + 28 if _is_drawn(loss_map) else 0
    whole = max(column * (n_layers - 1) + BOX, 2 * BOX)
    heads = [_head(boxes, row, BOX if row is layout.rows[-1] else column - 12) for row in layout.rows]
    top = TOP + HEAD_LINE * (max(map(len, heads), default=1) - 1)
    return _Frame(boxes, layout, centres, column, per_loss, top + length + rest + 8, whole, sizes, heads, top)


def _size(box: Box, per_loss: float) -> float:
    lines = 16.0 * (len(svg.wrap(box.title, svg.NODE, BOX - 24, MOST_NAME_LINES)) - 1)
    return max(TALLEST + lines, box.flow_in * per_loss + 14)


def _thin_first(loss_map: LossMap) -> list[Ribbon]:
    """Hairlines lie under the loss; among the losses the wide ones lie under the thin ones."""
    return sorted(loss_map.ribbons, key=lambda ribbon: (ribbon.size > 0, -ribbon.size, ribbon.from_id, ribbon.to_id))


def _head(boxes: Mapping[str, Box], row: Sequence[Spot], room: float) -> list[str]:
    """Name the kinds of places in a column, on as many lines as they need."""
    here = [boxes[spot] for spot in row if isinstance(spot, str)]
    kinds = {box.kind for box in here if box.claim != TAKEN_FOR_GRANTED} or {box.kind for box in here}
    named = [name for kind, name in KINDS.items() if kind in kinds]
    named = [*named[:1], *(name.lower() for name in named[1:])]
    words = " or ".join(filter(None, (", ".join(named[:-1]), *named[-1:]))) or "Behind it"
    return svg.wrap(words, svg.HEAD, room, MOST_HEAD_LINES)


def _headings(frame: _Frame) -> Iterator[Markup]:
    rule = frame.top - TOP + 26
    for index, lines in enumerate(frame.heads):
        x = index * frame.column
        for at, words in enumerate(reversed(lines)):
            yield svg.text(x, rule - 10 - HEAD_LINE * at, words, svg.HEAD)
        yield svg.line(x, rule, x + BOX, rule, "rule")


Ports = dict[tuple[str, str], float]


def _ports(loss_map: LossMap, frame: _Frame) -> tuple[Ports, Ports]:
    """Where each ribbon leaves and reaches its boxes: in the order of the other ends, so that they do not cross there."""
    leaving: Ports = {}
    reaching: Ports = {}
    going: dict[str, list[Ribbon]] = {box.id: [] for box in loss_map.boxes}
    coming: dict[str, list[Ribbon]] = {box.id: [] for box in loss_map.boxes}
    for ribbon in loss_map.ribbons:
        if ribbon.from_id in frame.boxes and ribbon.to_id in frame.boxes:
            going[ribbon.from_id].append(ribbon)
            coming[ribbon.to_id].append(ribbon)
    for box in loss_map.boxes:
        outgoing, incoming = going[box.id], coming[box.id]
        kept = _origin(box) * frame.per_loss if outgoing else 0.0
        for each, end, ports in ((outgoing, 1, leaving), (incoming, -2, reaching)):
            each.sort(key=lambda ribbon: frame.centres[_next(ribbon, frame, end)])
            at = frame.centres[box.id] - (sum(frame.thick(ribbon.size) for ribbon in each) + (kept if end == 1 else 0.0)) / 2
            for ribbon in each:
                ports[ribbon.from_id, ribbon.to_id] = at + frame.thick(ribbon.size) / 2
                at += frame.thick(ribbon.size)
    return leaving, reaching


def _next(ribbon: Ribbon, frame: _Frame, end: int) -> Spot:
    chain = frame.layout.chains.get((ribbon.from_id, ribbon.to_id))
    return chain[end] if chain else ribbon.to_id if end == 1 else ribbon.from_id


def _ribbon(loss_map: LossMap, frame: _Frame, ribbon: Ribbon, ports: tuple[Ports, Ports]) -> Markup:
    key = ribbon.from_id, ribbon.to_id
    if key not in ports[0] or key not in ports[1]:
        return Markup("")
    d = _course(frame, ribbon, (ports[0][key], ports[1][key]))
    names = f"{frame.boxes[ribbon.from_id].title} → {frame.boxes[ribbon.to_id].title}"
    ends = {"data_from": ribbon.from_id, "data_to": ribbon.to_id, "data_size": frame.figure(ribbon.size)}
    if ribbon.size <= 0:
        return svg.titled(f"{names}: works, nothing lost", svg.path(d, "healthy"), class_="flow", **ends)
    words = f"{names}: {signed(-ribbon.size, loss_map.unit)} pass here; {ribbon.rung}"
    wide = frame.thick(ribbon.size)
    if frame.is_large and ribbon.rung != ASSUMED:
        return svg.element(
            "path", svg.element("title", words), d=d, class_=f"ribbon {ribbon.rung}", stroke_width=round(wide, 1), **ends
        )
    lines = [svg.path(d, f"ribbon {ribbon.rung}", stroke_width=wide)]
    if ribbon.rung == ASSUMED:
        lines = [svg.path(d, "ribbon edge", stroke_width=wide), svg.path(d, "ribbon assumed", stroke_width=max(0.5, wide - 2))]
    return svg.titled(words, *lines, class_="flow", **ends)


def _works(loss_map: LossMap, frame: _Frame, ports: tuple[Ports, Ports]) -> Iterator[Markup]:
    """One line for all that works behind a box: of many boxes nobody points at one of a thousand hairlines."""
    courses: dict[str, str] = {}
    for each in loss_map.ribbons:
        key = each.from_id, each.to_id
        if each.size <= 0 and key in ports[0] and key in ports[1]:
            courses[each.from_id] = courses.get(each.from_id, "") + _course(frame, each, (ports[0][key], ports[1][key]))
    for box, d in courses.items():
        yield svg.path(d, "healthy", data_from=box, data_size=0)


def _course(frame: _Frame, ribbon: Ribbon, ends: tuple[float, float]) -> str:
    """A curve from box to box, straight across each layer it skips; within one layer it bulges to the right."""
    boxes, chain = frame.boxes, frame.layout.chains.get((ribbon.from_id, ribbon.to_id))
    x1 = boxes[ribbon.from_id].layer * frame.column + BOX
    if chain is None:
        bulge = x1 + BETWEEN * 0.7
        y1, y2 = frame.top + ends[0], frame.top + ends[1]
        if frame.is_large:
            return f"M{x1:.0f} {y1:.0f}c{bulge - x1:.0f} 0 {bulge - x1:.0f} {y2 - y1:.0f} 0 {y2 - y1:.0f}"
        return f"M{x1:.1f} {y1:.1f}C{bulge:.1f} {y1:.1f} {bulge:.1f} {y2:.1f} {x1:.1f} {y2:.1f}"
    spots = [(x1, ends[0])]
    for bend in (spot for spot in chain if isinstance(spot, Bend)):
        spots += [(bend.layer * frame.column, frame.centres[bend]), (bend.layer * frame.column + BOX, frame.centres[bend])]
    spots.append((boxes[ribbon.to_id].layer * frame.column, ends[1]))
    if frame.is_large:
        return _in_whole_pixels([(x, frame.top + y) for x, y in spots], is_straight=ribbon.size <= 0)
    d = f"M{x1:.1f} {frame.top + ends[0]:.1f}"
    for index in range(0, len(spots) - 1, 2):
        (left, y1), (right, y2) = spots[index], spots[index + 1]
        middle = (left + right) / 2
        d += f"C{middle:.1f} {frame.top + y1:.1f} {middle:.1f} {frame.top + y2:.1f} {right:.1f} {frame.top + y2:.1f}"
        if index + 2 < len(spots):
            d += f"H{spots[index + 2][0]:.1f}"
    return d


def _in_whole_pixels(spots: Sequence[tuple[float, float]], *, is_straight: bool) -> str:
    """The same course, each stretch told from where the one before ended: half as long to write; a hairline is straight."""
    whole = [(round(x), round(y)) for x, y in spots]
    d = f"M{whole[0][0]} {whole[0][1]}"
    for index in range(0, len(whole) - 1, 2):
        (left, y1), (right, y2) = whole[index], whole[index + 1]
        curve = "l" if is_straight else f"c{(right - left) // 2} 0 {(right - left) // 2} {y2 - y1} "
        d += f"{curve}{right - left} {y2 - y1}"
        if index + 2 < len(whole):
            d += f"H{whole[index + 2][0]}"
    return d


def _box(loss_map: LossMap, frame: _Frame, box: Box) -> Markup:
    size = frame.sizes[box.id]
    x, y = box.layer * frame.column, frame.top + frame.centres[box.id] - size / 2
    if frame.is_large:
        x, y = float(round(x)), float(round(y))
    says = _box_says(loss_map, box)
    return svg.titled(
        says, svg.rect(x, y, BOX, size, "ground", rx=5), *_cover(box, (x, y, size)), *_edge(frame, box, (x, y, size)),
        *_labels(loss_map, box, (x, y, size)),
        class_=" ".join(filter(None, ("box", _heat(box, frame), box.kind, "is-top" if box.is_top else ""))), data_box=box.id,
        data_in=frame.figure(box.flow_in), tabindex=0, role="button",
        aria_label=None if frame.is_large else says, aria_pressed="false",
    )  # fmt: skip


def _heat(box: Box, frame: _Frame) -> str:
    share = box.flow_in * frame.per_loss / LOSS_HEIGHT
    return "hot" if share >= 0.15 else "warm" if box.flow_in > 0 else "unseen" if box.claim == NOT_OBSERVED else "well"


def _box_says(loss_map: LossMap, box: Box) -> str:
    kind = KINDS.get(box.kind, box.kind).lower()
    if box.flow_in <= 0:
        return f"{box.title}, {kind}: " + ("not observed" if box.claim == NOT_OBSERVED else "no loss passes here")
    parts = [f"{signed(-box.flow_in, loss_map.unit)} pass through"]
    if box.claim in (GOES_WITH, TAKEN_FOR_GRANTED):
        parts.append(
            "it goes with them, which proves no cause" if box.claim == GOES_WITH else "somebody assumes so, without data"
        )
    elif box.starts_here > 0:
        parts.append(f"{signed(-box.starts_here, loss_map.unit)} start here")
    if box.not_traced > 0:
        parts.append(f"{signed(-box.not_traced, loss_map.unit)} start here or below, not traced further")
    if box.interval is not None:
        parts.append(likely(-box.interval.high, -box.interval.low, loss_map.unit))
    if box.alone is not None:
        parts.append(f"mending only this wins back {write(box.alone, loss_map.unit)}")
    return f"{box.title}, {kind}: " + "; ".join(parts)


def _cover(box: Box, spot: tuple[float, float, float]) -> Iterator[Markup]:
    x, y, size = spot
    if box.claim == NOT_OBSERVED:
        yield svg.rect(x, y, BOX, size, "hatched", rx=5)
    elif box.claim in (AT_OR_BELOW, TAKEN_FOR_GRANTED):
        yield svg.rect(x, y, BOX, size, "hatched warm", rx=5)


def _edge(frame: _Frame, box: Box, spot: tuple[float, float, float]) -> Iterator[Markup]:
    """The part that starts here, on the right edge below what goes on to other boxes."""
    x, y, size = spot
    through = max(box.flow_in * frame.per_loss, 0.0)
    if box.claim in (GOES_WITH, TAKEN_FOR_GRANTED):
        return  # nothing is said to start there
    here, below = box.starts_here * frame.per_loss, box.not_traced * frame.per_loss
    top = y + size / 2 - through / 2 + max(0.0, through - here - below)
    if here > 0:
        yield svg.rect(x + BOX - 7, top, 7, max(1.5, here), "origin")
    if below > 0:
        yield svg.rect(x + BOX - 7, top + here, 7, max(1.5, below), "origin below")


def _labels(loss_map: LossMap, box: Box, spot: tuple[float, float, float]) -> Iterator[Markup]:
    """Name above, kind and loss on one line below; the loss always whole, the kind as far as it fits."""
    x, y, size = spot
    halo = "halo" if box.claim in (NOT_OBSERVED, AT_OR_BELOW) else ""
    names = svg.wrap(box.title, svg.NODE, BOX - 24, MOST_NAME_LINES)
    first = y + size / 2 - 8 * len(names) + 8 - (1 if len(names) == 1 else 0)
    for index, words in enumerate(names):
        yield svg.text(x + 10, first + 16 * index, words, svg.NODE, tone=halo)
    last, value = first + 16 * len(names) + 1, signed(-box.flow_in, loss_map.unit) if box.flow_in > 0 else ""
    if value:
        yield svg.text(x + BOX - 13, last, value, svg.NODE, anchor="end", tone=f"box-loss {halo}".strip())
    room = BOX - 30 - (svg.width(value, svg.NODE) + 4 if value else 0)
    yield svg.text(x + 10, last, _kind_words(box, room), svg.TINY, tone=f"box-kind {halo}".strip())


def _kind_words(box: Box, room: float) -> str:
    kind = KINDS.get(box.kind, box.kind).lower()
    choices = {
        NOT_OBSERVED: (NOT_MEASURED, "not seen"), AT_OR_BELOW: ("here or below", "or below"),
        STARTS_HERE: (f"{kind}, starts here", kind), GOES_WITH: ("goes with it",),
        TAKEN_FOR_GRANTED: (f"{kind}, assumed", "assumed"),
    }  # fmt: skip
    return svg.first_that_fits((*choices.get(box.claim, (kind,)), kind, ""), svg.TINY, room)


def _is_drawn(loss_map: LossMap) -> bool:
    """An unexplained rest that nobody could see in the drawing stays in its table."""
    return loss_map.unexplained > loss_map.gap * SMALLEST_DRAWN


def _unexplained(loss_map: LossMap, frame: _Frame) -> Iterator[Markup]:
    """What no origin claims: a hatched box at the foot of the first column, to the same scale, without made-up paths."""
    if not _is_drawn(loss_map):
        return
    size = max(TALLEST, loss_map.unexplained * frame.per_loss + 14)
    y = frame.height - size - 8
    lost = signed(-loss_map.unexplained, loss_map.unit)
    yield svg.titled(
        f"Unexplained: {lost}, no place claims it",
        svg.rect(0, y, BOX, size, "ground", rx=5), svg.rect(0, y, BOX, size, "hatched warm", rx=5),
        svg.text(10, y + size / 2 - 1, "Unexplained", svg.NODE, tone="halo"),
        svg.text(10, y + size / 2 + 16, "by any place", svg.TINY, tone="box-kind halo"),
        svg.text(BOX - 13, y + size / 2 + 16, lost, svg.NODE, anchor="end", tone="box-loss halo"),
        class_="box rest",
    )  # fmt: skip
