"""Layered layout where the layer of each node is given by the domain. Our own: the same graph always gives the same picture.

`order` looks for few weighted crossings: barycentre sweeps from several starts, then swaps of neighbours as long as one
helps. `place` puts every node close to its neighbours' mean without overlap (pool adjacent violators). An edge that skips
layers runs through bends, one in each layer between. Source: Sugiyama, Tagawa & Toda 1981; Ayer et al. 1955.
"""

from __future__ import annotations

import bisect
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

N_SWEEPS, N_STARTS, N_PULLS = 16, 6, 40
_FAR = float("inf")


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
    shuffle = random.Random(1).shuffle  # noqa: S311  a seeded layout, no secret
    best, fewest = [row[:] for row in layout.rows], crossings(layout)
    for start in range(n_starts):
        if fewest == 0:
            break
        if start:
            for index, row in enumerate(layout.rows):
                if index not in fixed:
                    shuffle(row)
        for sweep in range(N_SWEEPS):
            _sweep(layout, is_down=sweep % 2 == 0, fixed=fixed)
            found = crossings(layout)
            if found < fewest:
                best, fewest = [row[:] for row in layout.rows], found
    layout.rows = best
    _swap(layout, fixed)
    return layout


def crossings(layout: Layout) -> float:
    """Return the sum over crossing pairs of edges of the product of their weights."""
    at = _positions(layout.rows)
    total = 0.0
    for row in layout.rows[:-1]:
        ends = sorted((at[spot], at[other], weight) for spot in row for other, weight in layout.after.get(spot, ()))
        seen: list[tuple[int, float]] = []
        for _, end, weight in ends:
            total += weight * sum(other for _, other in seen[bisect.bisect_right(seen, (end, _FAR)) :])
            bisect.insort(seen, (end, weight))
    return total


def place(layout: Layout, size: Callable[[Spot], float], gap: float) -> tuple[dict[Spot, float], float]:
    """Return the centre of every spot along its layer, and how long the longest layer is. Spots of a layer never overlap."""
    centres, length = _stacked(layout.rows, size, gap)
    for pull in range(N_PULLS):
        for row in layout.rows if pull % 2 == 0 else layout.rows[::-1]:
            if row:
                _pull(row, layout, centres, (size, gap, length))
    return centres, length


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


def _positions(rows: Sequence[Sequence[Spot]]) -> dict[Spot, int]:
    return {spot: index for row in rows for index, spot in enumerate(row)}


def _sweep(layout: Layout, *, is_down: bool, fixed: Sequence[int]) -> None:
    """Sort each layer by the mean place of its neighbours in the layer just sorted."""
    at = _positions(layout.rows)
    n_rows = len(layout.rows)
    neighbours = layout.before if is_down else layout.after
    for index in range(1, n_rows) if is_down else range(n_rows - 2, -1, -1):
        if index in fixed:
            continue
        row, there = layout.rows[index], max(1, len(layout.rows[index - 1 if is_down else index + 1]))
        means = {spot: _mean_place(spot, neighbours.get(spot, []), at, (len(row), there)) for spot in row}
        row.sort(key=lambda spot: (means[spot], at[spot]))
        at.update(_positions([row]))


def _mean_place(spot: Spot, linked: list[tuple[Spot, float]], at: Mapping[Spot, int], lengths: tuple[int, int]) -> float:
    if not linked:
        return at[spot] / lengths[0]
    return sum(at[other] / lengths[1] * weight for other, weight in linked) / sum(weight for _, weight in linked)


def _swap(layout: Layout, fixed: Sequence[int]) -> None:
    """Swap neighbours within a layer as long as that removes crossings."""
    at = _positions(layout.rows)
    is_better = True
    while is_better:
        is_better = False
        for index, row in enumerate(layout.rows):
            if index in fixed:
                continue
            for left in range(len(row) - 1):
                one, other = row[left], row[left + 1]
                if _between(layout, at, other, one) < _between(layout, at, one, other) - 1e-9:
                    row[left], row[left + 1] = other, one
                    at[one], at[other] = left + 1, left
                    is_better = True


def _between(layout: Layout, at: Mapping[Spot, int], one: Spot, other: Spot) -> float:
    """Crossings of the edges of two neighbours when *one* stands before *other*."""
    return sum(
        weight * other_weight
        for neighbours in (layout.before, layout.after)
        for end, weight in neighbours.get(one, ())
        for other_end, other_weight in neighbours.get(other, ())
        if at[end] > at[other_end]
    )


def _stacked(rows: list[list[Spot]], size: Callable[[Spot], float], gap: float) -> tuple[dict[Spot, float], float]:
    lengths = [sum(size(spot) for spot in row) + gap * max(0, len(row) - 1) for row in rows]
    longest = max(lengths)
    centres: dict[Spot, float] = {}
    for row, length in zip(rows, lengths, strict=True):
        at = (longest - length) / 2
        for spot in row:
            centres[spot] = at + size(spot) / 2
            at += size(spot) + gap
    return centres, longest


Room = tuple[Callable[[Spot], float], float, float]
"""Size of a spot, gap between two, length of the longest layer."""


def _pull(row: list[Spot], layout: Layout, centres: dict[Spot, float], room: Room) -> None:
    """Move the spots of a row towards their neighbours; those that would overlap move as one block."""
    size, gap, length = room
    offsets = [0.0]
    for one, other in pairwise(row):
        offsets.append(offsets[-1] + (size(one) + size(other)) / 2 + gap)
    blocks: list[tuple[float, float, list[int]]] = []
    for index, spot in enumerate(row):
        linked = layout.before.get(spot, []) + layout.after.get(spot, [])
        weight = sum(each for _, each in linked) or 1e-6
        want = sum(centres[other] * each for other, each in linked) / weight if linked else centres[spot]
        blocks.append((want - offsets[index], weight, [index]))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (at, heavy, tail), (at_before, heavy_before, head) = blocks.pop(), blocks.pop()
            both = heavy + heavy_before
            blocks.append(((at_before * heavy_before + at * heavy) / both, both, head + tail))
    lowest, highest = size(row[0]) / 2, length - offsets[-1] - size(row[-1]) / 2
    for at, _, indices in blocks:
        for index in indices:
            centres[row[index]] = min(max(at, lowest), max(lowest, highest)) + offsets[index]
