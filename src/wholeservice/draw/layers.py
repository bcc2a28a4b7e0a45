"""Layers of a graph that goes in circles: what mostly comes later stands farther right, and few lines lead back.

A row of all nodes is made so that little weight leads backwards in it: what nothing leads to comes first, what leads nowhere
last, and of the rest the one that gives most more than it gets. Each node then stands one layer after the last it follows on,
or, where that would make too many layers, after the one it follows on most often. Ties keep the order given.
Source: Eades, Lin & Smyth 1993, with weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

MOST = 24  # layers of the longest way

Edge = tuple[str, str, int]
Weights = dict[str, int]


def layers_of(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Return the layer of every node, from 0.

    >>> layers_of(["build", "notice", "review"], [("notice", "build", 9), ("build", "review", 8), ("review", "build", 2)])
    {'notice': 0, 'build': 1, 'review': 2}
    """
    row = in_a_row(nodes, edges)
    at = {node: index for index, node in enumerate(row)}
    before: dict[str, list[tuple[str, int]]] = {node: [] for node in nodes}
    for start, end, weight in edges:
        if at[start] < at[end]:
            before[end].append((start, weight))
    layers: dict[str, int] = {}
    for node in row:
        layers[node] = max((layers[other] + 1 for other, _ in before[node]), default=0)
    if max(layers.values(), default=0) < MOST:
        return layers
    for node in row:
        most = max(before[node], key=lambda pair: (pair[1], -at[pair[0]]), default=None)
        layers[node] = layers[most[0]] + 1 if most else 0
    return layers


def in_a_row(nodes: Sequence[str], edges: Sequence[Edge]) -> list[str]:
    """Return the nodes in a row in which little weight leads backwards.

    Each round looks at every node that is left: a few hundred nodes take some milliseconds.
    """
    gives: dict[str, Weights] = {node: {} for node in nodes}
    gets: dict[str, Weights] = {node: {} for node in nodes}
    for start, end, weight in edges:
        if start != end:
            gives[start][end] = gives[start].get(end, 0) + weight
            gets[end][start] = gets[end].get(start, 0) + weight
    first: list[str] = []
    last: list[str] = []
    left = dict.fromkeys(nodes)
    while left:
        source = next((each for each in left if not gets[each]), None)
        sink = next((each for each in left if not gives[each]), None) if source is None else None
        taken = source if source is not None else sink if sink is not None else _gives_most(left, gives, gets)
        (last if sink is not None else first).append(taken)
        for other in gives[taken]:
            del gets[other][taken]
        for other in gets[taken]:
            del gives[other][taken]
        del left[taken]
    return first + last[::-1]


def _gives_most(left: Iterable[str], gives: Mapping[str, Weights], gets: Mapping[str, Weights]) -> str:
    return max(left, key=lambda each: sum(gives[each].values()) - sum(gets[each].values()))
