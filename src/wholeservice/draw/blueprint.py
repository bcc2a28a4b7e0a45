"""Blueprint: what people see, do and meet in each step, and what stands behind it, in lanes with the lines between them.

A box stands in its lane and step. A link leaves one box downwards and reaches the other from above; on its way it runs in the
gutters between lanes, each stretch on a track of its own, and passes a lane it skips through the corridor between two boxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
GUTTER, LINE = 40.0, 18.0  # between two lanes, and how far under the upper one its line runs
THINNEST, THICKEST = 1.3, 9.0


@dataclass(frozen=True, slots=True)
class BlueprintBox:
    """Something in a lane (`evidence`, `consumer`, `front`, `back`, `support`) and a step, counted from 0.

    `lost` is what is lost there, above 0; None is not measured. `note` is said under its name, `href` is where it leads.
    """

    id: str
    title: str
    lane: str
    step: int
    lost: float | None = 0.0
    note: str = ""
    href: str | None = None


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
    steps = [part for at, title in enumerate(blueprint.steps) for part in _step(grid, at, title)]
    is_picked = any(box.href for box in blueprint.boxes)
    sheet = svg.Drawing(blueprint.id, blueprint.title, says(blueprint), grid.width, grid.height, is_interactive=is_picked)
    return svg.figure(sheet, *steps, *lanes, *links, *boxes)


def says(blueprint: Blueprint) -> str:
    """Return every step with its boxes from front to back."""
    names = [lane for lane, _, _ in LANES]
    parts = []
    for at, step in enumerate(blueprint.steps):
        inside = sorted((box for box in blueprint.boxes if box.step == at), key=lambda box: names.index(box.lane))
        parts.append(f"{step}: " + (", ".join(_box_says(blueprint, box) for box in inside) or "nothing declared"))
    return "; ".join(parts) + "."


def table(blueprint: Blueprint) -> svg.Table:
    """Return every box with its lane, step, what is lost there and what it leads to."""
    titles = {box.id: box.title for box in blueprint.boxes}
    named = {lane: name for lane, name, _ in LANES}
    rows = []
    for box in blueprint.boxes:
        leads = [titles[link.to_id] for link in blueprint.links if link.from_id == box.id and link.to_id in titles]
        step = blueprint.steps[box.step] if box.step < len(blueprint.steps) else "–"
        rows.append((box.title, named[box.lane], step, _lost(blueprint, box), ", ".join(leads) or "–"))
    return svg.Table(blueprint.title, ("Name", "Lane", "Step", "Lost there", "Leads to"), tuple(rows))


def _lost(blueprint: Blueprint, box: BlueprintBox) -> str:
    return NOT_MEASURED if box.lost is None else signed(-box.lost, blueprint.unit) if box.lost else "nothing"


def _box_says(blueprint: Blueprint, box: BlueprintBox) -> str:
    lost = f" ({_lost(blueprint, box)})" if box.lost is None or box.lost > 0 else ""
    return f"{box.title}{lost}" + (f", {box.note}" if box.note else "")


def _places(blueprint: Blueprint) -> dict[str, Place]:
    names = [lane for lane, _, _ in LANES]
    return {box.id: Place(names.index(box.lane), box.step) for box in blueprint.boxes if box.step < len(blueprint.steps)}


def _grid(blueprint: Blueprint) -> Grid:
    pairs = [(link.from_id, link.to_id) for link in blueprint.links]
    sizes = {"left": LEFT, "box": BOX, "corridor": CORRIDOR, "height": HEIGHT, "top": TOP, "track": TRACK, "gutter": GUTTER,
             "lead": LINE + 4}  # fmt: skip
    return plan(_places(blueprint), pairs, (len(LANES), max(1, len(blueprint.steps))), sizes)


def _routes(blueprint: Blueprint, grid: Grid) -> Iterator[tuple[BlueprintLink, Route]]:
    """Links with loss are drawn last, so that they lie on top."""
    for link in sorted(blueprint.links, key=lambda each: each.lost):
        route = grid.routes.get((link.from_id, link.to_id))
        if route:
            yield link, route


def _step(grid: Grid, at: int, title: str) -> Iterator[Markup]:
    left, right = grid.column(at)
    words = svg.shorten(title, svg.HEAD, right - left)
    yield svg.titled(title, svg.text((left + right) / 2, 16, words, svg.HEAD, anchor="middle"))


def _lane(blueprint: Blueprint, grid: Grid, at: int) -> Iterator[Markup]:
    lane, name, line = LANES[at]
    name = f"{blueprint.who} do" if lane == "consumer" else name
    middle = grid.tops[at] + HEIGHT / 2
    lines = svg.wrap(name, svg.HEAD, LEFT - 20, 2)
    for index, words in enumerate(lines):
        yield svg.text(0, middle + 5 + 17 * (index - (len(lines) - 1) / 2), words, svg.HEAD)
    if line:
        y = grid.tops[at - 1] + HEIGHT + LINE
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
    x, y = grid.spots[box.id]
    parts = [svg.rect(x, y, BOX, HEIGHT, "stage-box", rx=5)]
    if box.lost is None:
        parts.append(svg.rect(x, y, BOX, HEIGHT, "hatched", rx=5))
    elif box.lost > 0:
        parts = [svg.rect(x, y, BOX, HEIGHT, "stage-box hot", rx=5)]
    parts += _box_text(blueprint, box, (x, y))
    return svg.linked(box.href, _box_says(blueprint, box), *parts)


def _box_text(blueprint: Blueprint, box: BlueprintBox, spot: tuple[float, float]) -> Iterator[Markup]:
    """The name on up to two lines, and under it what is lost, or what else must be said."""
    x, y = spot[0] + BOX / 2, spot[1]
    tone = "halo" if box.lost is None else ""
    under = NOT_MEASURED if box.lost is None else signed(-box.lost, blueprint.unit) if box.lost > 0 else ""
    under = svg.first_that_fits((", ".join(filter(None, (under, box.note))), under), svg.TINY, BOX - 16) if under else box.note
    lines = svg.wrap(box.title, svg.NODE, BOX - 12, 2)
    first = y + HEIGHT / 2 + 4.5 - 8 * (len(lines) - 1) - (8 if under else 0)
    if under:
        yield svg.text(x, first + 16 * len(lines), svg.shorten(under, svg.TINY, BOX - 16), svg.TINY, anchor="middle", tone=tone)
    for at, words in enumerate(lines):
        yield svg.text(x, first + 16 * at, words, svg.NODE, anchor="middle", tone=tone)
