"""The layered layout has few crossings, never lets boxes overlap, and is the same every time."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.draw.layered import Bend, crossings, order, place


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, int], list[tuple[str, str, float]]]:
    """Nodes in up to five layers with weighted edges, some of which skip layers."""
    layers = {f"n{i}": draw(st.integers(0, 4)) for i in range(draw(st.integers(1, 25)))}
    names = sorted(layers)
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=40, unique=True))
    return layers, [(a, b, 1.0 + i % 3) for i, (a, b) in enumerate(pairs) if layers[a] < layers[b]]


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_every_node_is_placed_once_and_none_overlap(graph):
    """Each layer holds its nodes and its bends, and between two neighbours the gap is kept."""
    layers, edges = graph
    layout = order(layers, edges)
    assert sorted(each for row in layout.rows for each in row if isinstance(each, str)) == sorted(layers)
    centres, length = place(layout, lambda spot: 2.0 if isinstance(spot, Bend) else 20.0, 5.0)
    for row in layout.rows:
        sizes = {spot: 2.0 if isinstance(spot, Bend) else 20.0 for spot in row}
        for one, other in pairwise(row):
            assert centres[other] - centres[one] >= (sizes[one] + sizes[other]) / 2 + 5 - 1e-6
        assert all(
            centres[spot] - sizes[spot] / 2 >= -1e-6 and centres[spot] + sizes[spot] / 2 <= length + 1e-6 for spot in row
        )


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_crossings_are_those_counted_pair_by_pair(graph):
    """The tree of sums gives what looking at every two edges gives."""
    layout = order(*graph, n_starts=1)
    at = {spot: index for row in layout.rows for index, spot in enumerate(row)}
    total = 0.0
    for row in layout.rows:
        edges = [(at[spot], at[end], weight) for spot in row for end, weight in layout.after.get(spot, ())]
        total += sum(a * b for low, high, a in edges for other, end, b in edges if low < other and high > end)
    assert abs(crossings(layout) - total) < 1e-6


def test_a_graph_without_crossings_is_drawn_without_any():
    """A tangled order of a ladder is untangled; a fixed layer keeps its order."""
    names = [f"a{i}" for i in range(8)]
    layers = dict.fromkeys(names, 0) | {f"b{i}": 1 for i in (3, 1, 7, 0, 5, 2, 6, 4)}
    layout = order(layers, [(f"a{i}", f"b{i}", 1.0) for i in range(8)], fixed=(0,))
    assert layout.rows[0] == names
    assert crossings(layout) == 0


def test_the_same_graph_gives_the_same_picture():
    """Nothing is left to chance, and the layout beats the order it was given."""
    pick = random.Random(4)
    layers = {f"n{i}": i % 5 for i in range(60)}
    edges = [(a, b, 1.0) for a in layers for b in layers if layers[b] == layers[a] + 1 and pick.random() < 0.12]
    first, second = order(layers, edges), order(layers, edges)
    given_order = order(layers, edges, fixed=range(5))
    assert first.rows == second.rows
    assert crossings(first) < 0.6 * crossings(given_order)
