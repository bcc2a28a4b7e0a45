"""Layered layout where the layer of each node is given by the domain. Our own: the same graph always gives the same picture.

`order` looks for few weighted crossings: barycentre sweeps from several starts, then swaps of neighbours as long as one
helps. `place` puts every node close to its neighbours' mean without overlap (pool adjacent violators). An edge that skips
layers runs through bends, one in each layer between. Source: Sugiyama, Tagawa & Toda 1981; Ayer et al. 1955.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

N_SWEEPS, N_STARTS, N_PULLS = 16, 6, 40
MOST_LOOKED_AT = 4_000
"""Spots of all sweeps together: of a large graph fewer orders are looked at, in half a dozen sweeps at least."""
LEAST_SWEEPS = 6
_LEAST = 1e-9  # fewer crossings than that are none


@dataclass(frozen=True, slots=True)
class Bend:
    """Where an edge crosses a layer it skips."""

    from_id: str
    to_id: str
    layer: int


Spot = str | Bend


@dataclass(slots=True)
class Layout:
    """Rows of spots per layer, in order; the chain of spots of each edge; weighted neighbours one layer before and after."""

    rows: list[list[Spot]]
    chains: dict[tuple[str, str], list[Spot]] = field(default_factory=dict)
    before: dict[Spot, list[tuple[Spot, float]]] = field(default_factory=dict)
    after: dict[Spot, list[tuple[Spot, float]]] = field(default_factory=dict)


def order(
    layers: Mapping[str, int], edges: Sequence[tuple[str, str, float]], *, fixed: Sequence[int] = (), n_starts: int = N_STARTS
) -> Layout:
    """Return the layout with the fewest weighted crossings found; layers in *fixed* keep their order.

    Shape    layers: node -> layer from 0; edges: (from, to, weight > 0); edges within a layer do not count;
             n_starts: orders from which it looks: fewer are faster, and cross a little more

    >>> order({"a": 0, "b": 0, "c": 1, "d": 1}, [("a", "d", 1), ("b", "c", 1)], fixed=(0,)).rows
    [['a', 'b'], ['d', 'c']]
    """
    layout = _chained(layers, edges)
    rows = _Rows(layout, fixed)
    rows.look(n_starts)
    rows.swap()
    layout.rows = [[rows.spots[at] for at in row] for row in rows.rows]
    return layout


def crossings(layout: Layout) -> float:
    """Return the sum over crossing pairs of edges of the product of their weights."""
    return _Rows(layout).crossings()


def place(layout: Layout, size: Callable[[Spot], float], gap: float) -> tuple[dict[Spot, float], float]:
    """Return the centre of every spot along its layer, and how long the longest layer is. Spots of a layer never overlap."""
    spots = [spot for row in layout.rows for spot in row]
    number = {spot: at for at, spot in enumerate(spots)}
    linked = [
        [(number[other], weight) for other, weight in layout.before.get(spot, []) + layout.after.get(spot, [])]
        for spot in spots
    ]
    sizes = [size(spot) for spot in spots]
    rows = [[number[spot] for spot in row] for row in layout.rows]
    centres, length = _stacked(rows, sizes, gap)
    rooms = [(row, _offsets(row, sizes, gap), sizes) for row in rows if row]
    n_pulls = min(N_PULLS, max(LEAST_SWEEPS, N_PULLS * MOST_LOOKED_AT // max(1, 2 * len(spots))))
    for pull in range(n_pulls):
        has_moved = False
        for room in rooms if pull % 2 == 0 else rooms[::-1]:
            has_moved = _pull(room, linked, centres, length) or has_moved
        if not has_moved:
            break
    return dict(zip(spots, centres, strict=True)), length


def _chained(layers: Mapping[str, int], edges: Sequence[tuple[str, str, float]]) -> Layout:
    layout = Layout([[node for node, layer in layers.items() if layer == index] for index in range(max(layers.values()) + 1)])
    for from_id, to_id, weight in edges:
        low, high = sorted((from_id, to_id), key=lambda node: layers[node])
        if layers[low] == layers[high]:
            continue
        bends = [Bend(from_id, to_id, layer) for layer in range(layers[low] + 1, layers[high])]
        for bend in bends:
            layout.rows[bend.layer].append(bend)
        chain: list[Spot] = [low, *bends, high]
        layout.chains[from_id, to_id] = chain
        for one, other in pairwise(chain):
            layout.after.setdefault(one, []).append((other, weight))
            layout.before.setdefault(other, []).append((one, weight))
    return layout


Linked = list[list[tuple[int, float]]]
"""Of each spot, by its number: (number of a neighbour, weight)."""


class _Rows:
    """The rows of a layout while it is put in order: spots are numbers, so that looking one up costs little."""

    def __init__(self, layout: Layout, fixed: Sequence[int] = ()) -> None:
        self.spots = [spot for row in layout.rows for spot in row]
        number = {spot: at for at, spot in enumerate(self.spots)}
        self.before = [[(number[other], weight) for other, weight in layout.before.get(spot, ())] for spot in self.spots]
        self.after = [[(number[other], weight) for other, weight in layout.after.get(spot, ())] for spot in self.spots]
        self.rows = [[number[spot] for spot in row] for row in layout.rows]
        self.fixed = fixed
        self.at = [0] * len(self.spots)
        self._set_places(self.rows)

    def _set_places(self, rows: Sequence[Sequence[int]]) -> None:
        for row in rows:
            for index, spot in enumerate(row):
                self.at[spot] = index

    def look(self, n_starts: int) -> None:
        """Keep the rows with the fewest crossings that sweeps from some starts come to."""
        n_sweeps = min(n_starts * N_SWEEPS, max(LEAST_SWEEPS, N_SWEEPS * MOST_LOOKED_AT // max(1, len(self.spots))))
        shuffle = random.Random(1).shuffle  # noqa: S311  a seeded layout, no secret
        best, fewest = [row[:] for row in self.rows], self.crossings()
        for start in range(n_starts):
            if fewest <= _LEAST or n_sweeps <= 0:
                break
            if start:
                for row in (row for index, row in enumerate(self.rows) if index not in self.fixed):
                    shuffle(row)
                self._set_places(self.rows)
            n_still = 0
            for sweep in range(min(N_SWEEPS, n_sweeps)):
                n_still = 0 if self._sweep(is_down=sweep % 2 == 0) else n_still + 1
                found = fewest if n_still else self.crossings()
                if found < fewest - _LEAST:
                    best, fewest = [row[:] for row in self.rows], found
                if n_still == 2:
                    break  # neither way moves anything any more
            n_sweeps -= N_SWEEPS
        self.rows = best
        self._set_places(self.rows)

    def _sweep(self, *, is_down: bool) -> bool:
        """Sort each layer by the mean place of its neighbours in the layer just sorted; say whether anything moved."""
        at, n_rows, has_moved = self.at, len(self.rows), False
        neighbours = self.before if is_down else self.after
        for index in range(1, n_rows) if is_down else range(n_rows - 2, -1, -1):
            if index in self.fixed:
                continue
            row, there = self.rows[index], max(1, len(self.rows[index - 1 if is_down else index + 1]))
            means = [_mean_place(at[spot] / len(row), neighbours[spot], at, there) for spot in row]
            order_now = sorted(range(len(row)), key=means.__getitem__)  # of equal means the first stays first
            if order_now != list(range(len(row))):
                has_moved = True
                row[:] = [row[place] for place in order_now]
                self._set_places([row])
        return has_moved

    def crossings(self) -> float:
        """Count with a tree of sums over the places of the next row: edges x log places."""
        at, total = self.at, 0.0
        for row, following in pairwise(self.rows):
            size = 1 << max(1, len(following)).bit_length()
            tree, passed = [0.0] * (2 * size), 0.0
            for spot in row:
                for other, weight in (ends := self.after[spot]):
                    total += weight * (passed - _up_to(tree, at[other] + size))
                for other, weight in ends:
                    passed += weight
                    node = at[other] + size
                    while node:
                        tree[node] += weight
                        node >>= 1
        return total

    def swap(self) -> None:
        """Swap neighbours within a layer as long as that removes crossings."""
        is_due = [index not in self.fixed for index in range(len(self.rows))]
        while any(is_due):
            for index, row in enumerate(self.rows):
                if is_due[index]:
                    is_due[index] = False
                    if self._swap_in(row):
                        for near in (index - 1, index, index + 1):
                            if 0 <= near < len(self.rows) and near not in self.fixed:
                                is_due[near] = True

    def _swap_in(self, row: list[int]) -> bool:
        at, is_better = self.at, False
        for left in range(len(row) - 1):
            one, other = row[left], row[left + 1]
            if self._gained(one, other) > _LEAST:
                row[left], row[left + 1] = other, one
                at[one], at[other] = left + 1, left
                is_better = True
        return is_better

    def _gained(self, one: int, other: int) -> float:
        """Crossings of the edges of two neighbours as they stand, less those when they have changed places."""
        at, gained = self.at, 0.0
        for neighbours in (self.before, self.after):
            ends = neighbours[other]
            for end, weight in neighbours[one]:
                place = at[end]
                for other_end, other_weight in ends:
                    apart = place - at[other_end]
                    if apart:
                        gained += weight * other_weight if apart > 0 else -weight * other_weight
        return gained


def _up_to(tree: Sequence[float], leaf: int) -> float:
    """Sum the tree's leaves from the first up to this one."""
    total = tree[leaf]
    while leaf > 1:
        if leaf & 1:
            total += tree[leaf - 1]
        leaf >>= 1
    return total


def _mean_place(own: float, linked: list[tuple[int, float]], at: Sequence[int], there: int) -> float:
    if not linked:
        return own
    places = weights = 0.0
    for other, weight in linked:
        places += at[other] / there * weight
        weights += weight
    return places / weights


def _stacked(rows: Sequence[Sequence[int]], sizes: Sequence[float], gap: float) -> tuple[list[float], float]:
    lengths = [sum(sizes[spot] for spot in row) + gap * max(0, len(row) - 1) for row in rows]
    longest = max(lengths)
    centres = [0.0] * len(sizes)
    for row, length in zip(rows, lengths, strict=True):
        at = (longest - length) / 2
        for spot in row:
            centres[spot] = at + sizes[spot] / 2
            at += sizes[spot] + gap
    return centres, longest


def _offsets(row: Sequence[int], sizes: Sequence[float], gap: float) -> list[float]:
    """How far each spot of a row stands from the first, where they stand as close as they may."""
    offsets = [0.0]
    for one, other in pairwise(row):
        offsets.append(offsets[-1] + (sizes[one] + sizes[other]) / 2 + gap)
    return offsets


Room = tuple[Sequence[int], Sequence[float], Sequence[float]]
"""The spots of a row, their offsets, and the sizes of all spots."""


def _pull(room: Room, linked: Linked, centres: list[float], length: float) -> bool:
    """Move the spots of a row towards their neighbours; those that would overlap move as one block. Say whether any moved."""
    row, offsets, sizes = room
    blocks: list[tuple[float, float, int]] = []  # where it starts, its weight, how many spots it has
    for index, spot in enumerate(row):
        at, weight = centres[spot], 1e-6
        if linked[spot]:
            weight = sum(each for _, each in linked[spot]) or 1e-6
            at = sum(centres[other] * each for other, each in linked[spot]) / weight
        at, n = at - offsets[index], 1
        while blocks and blocks[-1][0] > at:
            at_before, weight_before, n_before = blocks.pop()
            both = weight + weight_before
            at, weight, n = (at_before * weight_before + at * weight) / both, both, n + n_before
        blocks.append((at, weight, n))
    lowest, highest = sizes[row[0]] / 2, length - offsets[-1] - sizes[row[-1]] / 2
    index, has_moved = 0, False
    for at, _, n in blocks:
        start = min(max(at, lowest), max(lowest, highest))
        for spot in row[index : index + n]:
            centre = start + offsets[index]
            has_moved = has_moved or abs(centre - centres[spot]) > 1e-6
            centres[spot] = centre
            index += 1
    return has_moved
