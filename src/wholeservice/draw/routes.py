"""Routes: boxes on a grid of layers and columns, and links that run between them without passing through any box.

Boxes of one layer and column stand side by side, ordered by what they are linked with. A link goes straight down where nothing
is in its way; else along a gutter, on a track that no other link uses there, and past each layer it skips through a corridor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Route = list[tuple[float, float]]
Pair = tuple[str, str]
N_SWEEPS, PORT, LANE_OF_CORRIDOR = 6, 14.0, 5.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box belongs: its layer and its column, from 0."""

    layer: int
    column: int


@dataclass(slots=True)
class Grid:
    """Where everything stands, in pixels: each box, the top of each layer, the gutter under it, each route."""

    sizes: Mapping[str, float]
    places: Mapping[str, Place]
    slots: dict[str, int] = field(default_factory=dict)  # of each box, counted over all columns
    first_slot: list[int] = field(default_factory=list)  # of each column, and one after the last
    tops: list[float] = field(default_factory=list)
    gutters: list[float] = field(default_factory=list)
    spots: dict[str, tuple[float, float]] = field(default_factory=dict)
    routes: dict[Pair, Route] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0

    def slot_x(self, slot: int) -> float:
        """Return the left edge of a slot."""
        return self.sizes["left"] + self.sizes["corridor"] + slot * (self.sizes["box"] + self.sizes["corridor"])

    def column(self, at: int) -> tuple[float, float]:
        """Return the left and right edge of a column."""
        return self.slot_x(self.first_slot[at]), self.slot_x(self.first_slot[at + 1] - 1) + self.sizes["box"]


@dataclass(slots=True)
class _Way:
    """One link before it has its tracks: x of each vertical stretch, one a gutter passed, and its two boxes."""

    pair: Pair
    top: int  # layer it leaves downwards
    foot: int  # layer it reaches; the same as `top` when both boxes share one
    xs: list[float]


def plan(places: Mapping[str, Place], links: Sequence[Pair], shape: tuple[int, int], sizes: Mapping[str, float]) -> Grid:
    """Return where boxes stand and links run.

    Shape    shape: number of layers and columns; sizes, in pixels: left, box, corridor, height, top, track, gutter, and lead,
             from a layer to its first track
    """
    grid = Grid(sizes, places)
    pairs = [pair for pair in dict.fromkeys(links) if pair[0] in places and pair[1] in places and pair[0] != pair[1]]
    _fill_slots(grid, pairs, shape)
    grid.width = grid.slot_x(grid.first_slot[-1])
    beside = [pair for pair in pairs if _is_beside(grid, pair)]
    ways = _ways(grid, [pair for pair in pairs if pair not in beside])
    tracks = _tracks(ways, shape[0])
    _stack(grid, tracks, shape[0])
    grid.routes = {way.pair: _route(grid, way, tracks) for way in ways} | {pair: _across(grid, pair) for pair in beside}
    return grid


def _is_beside(grid: Grid, pair: Pair) -> bool:
    """Say whether two boxes stand next to each other in one layer."""
    one, other = (grid.places[name] for name in pair)
    return one.layer == other.layer and abs(grid.slots[pair[0]] - grid.slots[pair[1]]) == 1


def _across(grid: Grid, pair: Pair) -> Route:
    left, right = sorted(pair, key=lambda name: grid.slots[name])
    y = grid.spots[left][1] + grid.sizes["height"] / 2
    return [(grid.spots[left][0] + grid.sizes["box"], y), (grid.spots[right][0], y)]


def _fill_slots(grid: Grid, pairs: Sequence[Pair], shape: tuple[int, int]) -> None:
    """Give every box a slot: a column is as many slots wide as its fullest layer; fewer boxes stand in its middle."""
    cells: dict[tuple[int, int], list[str]] = {}
    for name, place in grid.places.items():
        cells.setdefault((place.layer, place.column), []).append(name)
    wide = [max([1, *(len(cells.get((layer, column), ())) for layer in range(shape[0]))]) for column in range(shape[1])]
    grid.first_slot = [sum(wide[:column]) for column in range(shape[1] + 1)]
    linked: dict[str, list[str]] = {}
    for one, other in pairs:
        linked.setdefault(one, []).append(other)
        linked.setdefault(other, []).append(one)
    for sweep in range(N_SWEEPS):
        for (_, column), names in sorted(cells.items(), reverse=bool(sweep % 2)):
            if sweep:
                names.sort(key=lambda name: _mean_slot(grid, linked.get(name, []), name))
            start = grid.first_slot[column] + (wide[column] - len(names)) // 2
            grid.slots.update({name: start + at for at, name in enumerate(names)})


def _mean_slot(grid: Grid, linked: list[str], name: str) -> float:
    return sum(grid.slots[other] for other in linked) / len(linked) if linked else grid.slots[name]


def _ways(grid: Grid, pairs: Sequence[Pair]) -> list[_Way]:
    ends = [_downwards(grid, pair) for pair in pairs]
    ports = _ports(grid, ends)
    taken: dict[tuple[int, int], int] = {}
    ways = []
    for pair, (upper, lower) in zip(pairs, ends, strict=True):
        top, foot = grid.places[upper].layer, grid.places[lower].layer
        xs = [ports[upper, "down", pair]]
        for layer in range(top + 1, foot):
            xs.append(_passage(grid, layer, (xs[-1], ports[lower, "up", pair]), taken))
        xs.append(ports[lower, "down" if top == foot else "up", pair])
        ways.append(_Way(pair, top, foot, xs))
    return ways


def _downwards(grid: Grid, pair: Pair) -> Pair:
    one, other = pair
    return (other, one) if grid.places[other].layer < grid.places[one].layer else (one, other)


Ports = dict[tuple[str, str, Pair], float]


def _ports(grid: Grid, ends: Sequence[Pair]) -> Ports:
    """Spread the links of a box over its edges in the order of their other ends; one that goes straight on has the middle."""
    wanted: dict[tuple[str, str], list[tuple[int, Pair]]] = {}
    for upper, lower in ends:
        side = "down" if grid.places[upper].layer == grid.places[lower].layer else "up"
        for pair in {(upper, lower), (lower, upper)}:
            wanted.setdefault((upper, "down"), []).append((grid.slots[lower], pair))
            wanted.setdefault((lower, side), []).append((grid.slots[upper], pair))
    ports: Ports = {}
    for (name, side), each in wanted.items():
        others = sorted({(slot, tuple(sorted(pair))) for slot, pair in each})
        step = min(PORT, (grid.sizes["box"] - 24) / max(1, len(others)))
        middle = grid.slot_x(grid.slots[name]) + grid.sizes["box"] / 2
        straight = [at for at, (slot, _) in enumerate(others) if slot == grid.slots[name]]
        centre = straight[0] if straight else (len(others) - 1) / 2
        step = min(step, (grid.sizes["box"] / 2 - 10) / max(1.0, centre, len(others) - 1 - centre))
        for at, (_, both) in enumerate(others):
            x = middle + (at - centre) * step
            ports[name, side, (both[0], both[1])] = ports[name, side, (both[1], both[0])] = x
    return ports


def _passage(grid: Grid, layer: int, ends: tuple[float, float], taken: dict[tuple[int, int], int]) -> float:
    """Return an x where a link passes a layer: straight on where no box is in the way, else the nearest corridor."""
    boxes = [grid.slot_x(slot) for name, slot in grid.slots.items() if grid.places[name].layer == layer]
    for x in (ends[1], ends[0]):
        if all(not left - 6 <= x <= left + grid.sizes["box"] + 6 for left in boxes):
            return x
    pitch = grid.sizes["box"] + grid.sizes["corridor"]
    detours = [(sum(abs(_corridor(grid, at, pitch) - end) for end in ends), at) for at in range(grid.first_slot[-1] + 1)]
    nearest = min(detours)[1]
    n_taken = taken[layer, nearest] = taken.get((layer, nearest), -1) + 1
    aside = (n_taken + 1) // 2 * (1 if n_taken % 2 else -1) * LANE_OF_CORRIDOR
    room = grid.sizes["corridor"] / 2 - 6
    return _corridor(grid, nearest, pitch) + max(-room, min(room, aside))


def _corridor(grid: Grid, at: int, pitch: float) -> float:
    """The middle of the corridor left of a slot."""
    return grid.sizes["left"] + grid.sizes["corridor"] / 2 + at * pitch


Tracks = dict[tuple[int, Pair], tuple[int, int]]
"""For each gutter and link: the track it runs on there, and how many tracks that gutter has."""


def _tracks(ways: Sequence[_Way], n_layers: int) -> Tracks:
    """Give every level stretch a track of its gutter that no stretch beside it uses, the shortest first."""
    found: Tracks = {}
    for gutter in range(n_layers):
        stretches = []
        for way in ways:
            at = gutter - way.top
            if (way.top <= gutter < way.foot) or (way.top == way.foot == gutter):
                low, high = sorted((way.xs[at], way.xs[at + 1]))
                if high - low > 0.5:
                    stretches.append((high - low, low, high, way.pair))
        tracks: list[list[tuple[float, float]]] = []
        placed = []
        for _, low, high, pair in sorted(stretches):
            free = (at for at, used in enumerate(tracks) if all(high + 4 < left or right + 4 < low for left, right in used))
            track = next(free, len(tracks))
            if track == len(tracks):
                tracks.append([])
            tracks[track].append((low, high))
            placed.append((pair, track))
        found |= {(gutter, pair): (track, len(tracks)) for pair, track in placed}
    return found


def _stack(grid: Grid, tracks: Tracks, n_layers: int) -> None:
    """Set the layers under one another; a gutter grows with its tracks, the last one is there only for what runs in it."""
    n_tracks = {gutter: n for (gutter, _), (_, n) in tracks.items()}
    y = grid.sizes["top"]
    for layer in range(n_layers):
        grid.tops.append(y)
        n = n_tracks.get(layer, 0)
        is_last = layer == n_layers - 1
        gutter = grid.sizes["lead"] + (n + 1) * grid.sizes["track"] if n else 8.0
        grid.gutters.append(gutter if is_last else max(grid.sizes["gutter"], gutter))
        y += grid.sizes["height"] + grid.gutters[-1]
    grid.height = y
    grid.spots = {name: (grid.slot_x(slot), grid.tops[grid.places[name].layer]) for name, slot in grid.slots.items()}


def _route(grid: Grid, way: _Way, tracks: Tracks) -> Route:
    """The corners of a link, from the foot of the upper box to the head of the lower one."""
    points = [(way.xs[0], grid.tops[way.top] + grid.sizes["height"])]
    for at, (x, next_x) in enumerate(pairwise(way.xs)):
        gutter = way.top + at
        if (gutter, way.pair) in tracks:
            track, n = tracks[gutter, way.pair]
            lead = grid.sizes["lead"]
            y = grid.tops[gutter] + grid.sizes["height"] + lead + (grid.gutters[gutter] - lead) * (track + 1) / (n + 1)
            points += [(x, y), (next_x, y)]
    is_level = way.top == way.foot
    points.append((way.xs[-1], grid.tops[way.foot] + (grid.sizes["height"] if is_level else 0.0)))
    return points
