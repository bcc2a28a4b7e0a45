"""Blueprint: what people see, do and meet in each step, and what stands behind it, in lanes with the lines between them.

A box stands in its lane and step. A link leaves one box downwards and reaches the other from above; on its way it runs in the
gutters between lanes, each stretch on a track of its own, and passes a lane it skips through the corridor between two boxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, signed
from wholeservice.draw.routes import Grid, Place, Route, plan
from wholeservice.draw.svg import Markup
from wholeservice.units import SHARE_POINTS, Unit

LANES = (
    ("evidence", "Evidence", ""), ("consumer", "People do", ""), ("front", "Front stage", "line of interaction"),
    ("back", "Back stage", "line of visibility"), ("support", "Support", "line of internal interaction"),
)  # fmt: skip
LEFT, BOX, CORRIDOR, HEIGHT, TOP, TRACK = 132.0, 148.0, 34.0, 58.0, 34.0, 9.0
SHEET = 1300.0  # what can be read across a sheet of paper
TALL = 76.0  # a box that says who can change it
GUTTER, LINE = 40.0, 18.0  # between two lanes, and how far under the upper one its line runs
THINNEST, THICKEST = 1.3, 9.0


@dataclass(frozen=True, slots=True)
class BlueprintBox:
    """Something in a lane (`evidence`, `consumer`, `front`, `back`, `support`) and a step, counted from 0.

    `lost` is what is lost there, above 0; None is not known, and the box is hatched unless a `note` says what else is measured.
    `note` is said under its name, `who` on a line of its own below that; `href` is where it leads.
    """

    id: str
    title: str
    lane: str
    step: int
    lost: float | None = 0.0
    note: str = ""
    href: str | None = None
    who: str = ""

    @property
    def is_dark(self) -> bool:
        """Nothing at all is measured of it."""
        return self.lost is None and not self.note


@dataclass(frozen=True, slots=True)
class BlueprintLink:
    """One box uses or leads to another; `lost` is the loss that passes along it."""

    from_id: str
    to_id: str
    lost: float = 0.0


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Boxes under the steps of a journey; loss is in `unit`. `who` names those who do the steps."""

    id: str
    title: str
    steps: tuple[str, ...]
    boxes: tuple[BlueprintBox, ...]
    links: tuple[BlueprintLink, ...] = ()
    who: str = "People"
    unit: Unit = SHARE_POINTS


def draw(blueprint: Blueprint) -> Markup:
    """Return the blueprint as an SVG as wide as its boxes need; a box with an address is a link that the keyboard reaches."""
    grid = _grid(blueprint)
    lanes = [part for at in range(len(LANES)) for part in _lane(blueprint, grid, at)]
    worst = max((link.lost for link in blueprint.links), default=0.0)
    links = [_link(blueprint, link, route, worst) for link, route in _routes(blueprint, grid)]
    boxes = [_box(blueprint, grid, box) for box in blueprint.boxes if box.id in grid.places]
    steps = [part for at in range(len(blueprint.steps)) for part in _step(blueprint, grid, at)]
    is_picked = any(box.href for box in blueprint.boxes)
    sheet = svg.Drawing(blueprint.id, blueprint.title, says(blueprint), grid.width, grid.height, is_interactive=is_picked)
    return svg.figure(sheet, *steps, *lanes, *links, *boxes)


def pieces(blueprint: Blueprint, width: float = SHEET) -> tuple[Blueprint, ...]:
    """Return the blueprint in pieces of neighbouring steps, each whole; one of several steps is no wider than *width*.

    A thing that steps of several pieces rest on stands in each of them.
    """
    found: list[Blueprint] = []
    first = 0
    for end in range(1, len(blueprint.steps) + 1):
        piece = _piece(blueprint, len(found) + 1, (first, end))
        if end - first > 1 and _grid(piece).width > width:
            found.append(_piece(blueprint, len(found) + 1, (first, end - 1)))
            first = end - 1
    return (*found, _piece(blueprint, len(found) + 1, (first, len(blueprint.steps)))) if blueprint.steps else ()


def _piece(blueprint: Blueprint, number: int, bounds: tuple[int, int]) -> Blueprint:
    """Keep the steps within the bounds and all that they rest on, under the first of them that needs it."""
    first, end = bounds
    at = {
        box.id: box.step - first for box in blueprint.boxes if first <= box.step < end and box.lane in ("evidence", "consumer")
    }
    queue = list(at)
    for id_ in queue:  # grows while it is walked
        for link in blueprint.links:
            if link.from_id == id_ and link.to_id not in at:
                at[link.to_id] = at[id_]
                queue.append(link.to_id)
    boxes = tuple(
        replace(box, step=box.step - first if first <= box.step < end else at[box.id])
        for box in blueprint.boxes if box.id in at
    )  # fmt: skip
    links = tuple(link for link in blueprint.links if {link.from_id, link.to_id} <= at.keys())
    id_, title = f"{blueprint.id}-{number}", f"{blueprint.title}, piece {number}"
    return replace(blueprint, id=id_, title=title, steps=blueprint.steps[first:end], boxes=boxes, links=links)


def says(blueprint: Blueprint) -> str:
    """Return every step with its boxes from front to back."""
    names = [lane for lane, _, _ in LANES]
    parts = []
    for at, step in enumerate(blueprint.steps):
        inside = sorted((box for box in blueprint.boxes if box.step == at), key=lambda box: names.index(box.lane))
        parts.append(f"{step}: " + (", ".join(_box_says(blueprint, box) for box in inside) or "nothing declared"))
    return "; ".join(parts) + "."


def table(blueprint: Blueprint) -> svg.Table:
    """Return every box with its lane, step, what is lost there, what it leads to, what else is known and who can change it."""
    titles = {box.id: box.title for box in blueprint.boxes}
    named = {lane: name for lane, name, _ in LANES}
    rows = []
    for box in blueprint.boxes:
        leads = [titles[link.to_id] for link in blueprint.links if link.from_id == box.id and link.to_id in titles]
        step = blueprint.steps[box.step] if box.step < len(blueprint.steps) else "–"
        rows.append((box.title, named[box.lane], step, _lost(blueprint, box), ", ".join(leads) or "–",
                     box.note or "–", box.who or "–"))  # fmt: skip
    header = ("Name", "Lane", "Step", "Lost there", "Leads to", "What is known", "More")
    return svg.Table(blueprint.title, header, tuple(rows))


def _lost(blueprint: Blueprint, box: BlueprintBox) -> str:
    if box.lost is None:
        return NOT_MEASURED if box.is_dark else "not traced"
    return signed(-box.lost, blueprint.unit) if box.lost else "nothing"


def _box_says(blueprint: Blueprint, box: BlueprintBox) -> str:
    lost = f" ({_lost(blueprint, box)})" if box.is_dark or box.lost else ""
    return ", ".join(filter(None, (f"{box.title}{lost}", box.note, box.who)))


def _height(blueprint: Blueprint) -> float:
    return TALL if any(box.who for box in blueprint.boxes) else HEIGHT


def _places(blueprint: Blueprint) -> dict[str, Place]:
    names = [lane for lane, _, _ in LANES]
    return {box.id: Place(names.index(box.lane), box.step) for box in blueprint.boxes if box.step < len(blueprint.steps)}


def _grid(blueprint: Blueprint) -> Grid:
    pairs = [(link.from_id, link.to_id) for link in blueprint.links]
    sizes = {"left": LEFT, "box": BOX, "corridor": CORRIDOR, "height": _height(blueprint), "top": TOP, "track": TRACK,
             "gutter": GUTTER, "lead": LINE + 4}  # fmt: skip
    return plan(_places(blueprint), pairs, (len(LANES), max(1, len(blueprint.steps))), sizes)


def _routes(blueprint: Blueprint, grid: Grid) -> Iterator[tuple[BlueprintLink, Route]]:
    """Links with loss are drawn last, so that they lie on top."""
    for link in sorted(blueprint.links, key=lambda each: each.lost):
        route = grid.routes.get((link.from_id, link.to_id))
        if route:
            yield link, route


def _step(blueprint: Blueprint, grid: Grid, at: int) -> Iterator[Markup]:
    """The name of a step, above what stands on top of its column."""
    (left, right), title = grid.column(at), blueprint.steps[at]
    here = {box.id: grid.places[box.id].layer for box in blueprint.boxes if box.step == at}
    top = [grid.spots[id_][0] + BOX / 2 for id_, layer in here.items() if layer == min(here.values())]
    middle = sum(top) / len(top) if top else (left + right) / 2
    words = svg.shorten(title, svg.HEAD, 2 * min(middle - left, right - middle))
    yield svg.titled(title, svg.text(middle, 16, words, svg.HEAD, anchor="middle"))


def _lane(blueprint: Blueprint, grid: Grid, at: int) -> Iterator[Markup]:
    lane, name, line = LANES[at]
    name = f"{blueprint.who} do" if lane == "consumer" else name
    middle = grid.tops[at] + _height(blueprint) / 2
    lines = svg.wrap(name, svg.HEAD, LEFT - 20, 2)
    for index, words in enumerate(lines):
        yield svg.text(0, middle + 5 + 17 * (index - (len(lines) - 1) / 2), words, svg.HEAD)
    if line:
        y = grid.tops[at - 1] + _height(blueprint) + LINE
        yield svg.line(0, y, grid.width, y, "lane-line solid" if lane == "back" else "lane-line")
        for index, words in enumerate(svg.wrap(line, svg.TINY, LEFT - 12, 2)):
            yield svg.text(0, y - 5 + 19 * index, words, svg.TINY, tone="soft")


def _link(blueprint: Blueprint, link: BlueprintLink, route: Route, worst: float) -> Markup:
    titles = {box.id: box.title for box in blueprint.boxes}
    names = f"{titles[link.from_id]} → {titles[link.to_id]}"
    if link.lost <= 0 or worst <= 0:
        return svg.titled(names, svg.path(svg.polyline(route), "wire", stroke_width=THINNEST))
    thick = 2 + (THICKEST - 2) * link.lost / worst
    words = f"{names}: {signed(-link.lost, blueprint.unit)} pass here"
    return svg.titled(words, svg.path(svg.polyline(route), "wire hot", stroke_width=thick))


def _box(blueprint: Blueprint, grid: Grid, box: BlueprintBox) -> Markup:
    (x, y), height = grid.spots[box.id], _height(blueprint)
    parts = [svg.rect(x, y, BOX, height, "stage-box hot" if box.lost else "stage-box", rx=5)]
    if box.is_dark:
        parts.append(svg.rect(x, y, BOX, height, "hatched", rx=5))
    parts += _box_text(blueprint, box, (x + BOX / 2, y + height / 2))
    return svg.linked(box.href, _box_says(blueprint, box), *parts)


def _box_text(blueprint: Blueprint, box: BlueprintBox, middle: tuple[float, float]) -> Iterator[Markup]:
    """The name on up to two lines, and under it what is lost, or what else must be said, and who can change it."""
    tone = "halo" if box.is_dark else ""
    lost = NOT_MEASURED if box.is_dark else signed(-box.lost, blueprint.unit) if box.lost else ""
    said = svg.first_that_fits((", ".join(filter(None, (lost, box.note))), lost), svg.TINY, BOX - 16) if lost else box.note
    under, lines = [each for each in (said, box.who) if each], svg.wrap(box.title, svg.NODE, BOX - 12, 2)
    first = middle[1] + 4.5 - 8 * (len(lines) + len(under) - 1)
    for at, words in enumerate((*lines, *under)):
        size = svg.NODE if at < len(lines) else svg.TINY
        short = words if at < len(lines) else svg.shorten(words, svg.TINY, BOX - 16)
        yield svg.text(middle[0], first + 16 * at, short, size, anchor="middle", tone=tone)
