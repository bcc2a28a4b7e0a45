"""Where the time of one item went: its tiles, and where it waited for another item, what that one did meanwhile.

A tile that waits for item X is replaced by X's own tiles, cut to the wait; where X waits for Y, by Y's. Lengths are kept
exactly: the pieces of a life are as long as its tiles. A wait that comes back to an item it came from stops there, and says so.
Time of the wait in which X had no life (it was not begun, or done) is time that nobody recorded.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Tile:
    """One piece of a life, instants as whole numbers. `state` is None where no stay covers it."""

    from_us: int
    to_us: int
    kind: str  # work, wait or unknown
    state: str | None = None
    stage: str | None = None
    team: str | None = None
    waits_on: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """
    One piece of time at the end of a chain of waits. `through` holds (item, tile) of each wait it lies in, the outermost first.

    `tile` is None where *item*, which was waited for, had no life then; `circle` names the items that wait for each other.
    """

    item: str
    tile: Tile | None
    length: int
    through: tuple[tuple[str, Tile], ...] = ()
    circle: frozenset[str] = frozenset()


def pieces(item: str, lives: Mapping[str, Sequence[Tile]]) -> Iterator[Piece]:
    """
    Yield where the time of one item went, in order.

    Shape    lives: item -> its tiles, in order and without gap or overlap; only items that have any

    >>> lives = {"A": [Tile(0, 9, "wait", waits_on="X")], "X": [Tile(2, 5, "work", "active"), Tile(5, 20, "wait", "queued")]}
    >>> [(each.item, each.tile and each.tile.state, each.length) for each in pieces("A", lives)]
    [('X', None, 2), ('X', 'active', 3), ('X', 'queued', 4)]
    """
    waiting = [Piece(item, tile, tile.to_us - tile.from_us) for tile in reversed(lives[item])]
    while waiting:
        piece = waiting.pop()
        tile = piece.tile
        other = tile.waits_on if tile is not None and tile.kind == WAIT and not piece.circle else None
        if tile is None or other is None or other not in lives:
            yield piece
            continue
        chain = [each for each, _ in piece.through] + [piece.item]
        if other in chain:
            yield replace(piece, circle=frozenset(chain[chain.index(other) :]))
            continue
        through = (*piece.through, (piece.item, tile))
        waiting += reversed([replace(each, through=through) for each in _within(other, tile, lives[other])])


def _within(item: str, span: Tile, life: Sequence[Tile]) -> Iterator[Piece]:
    """Yield the tiles of a life cut to a span, and what of the span lies before and after it."""
    at = span.from_us
    first = bisect_right(life, span.from_us, key=lambda tile: tile.to_us)
    for tile in life[first:]:
        if tile.from_us >= span.to_us:
            break
        if tile.from_us > at:
            yield Piece(item, None, tile.from_us - at)
        start, end = max(at, tile.from_us), min(span.to_us, tile.to_us)
        yield Piece(item, replace(tile, from_us=start, to_us=end), end - start)
        at = end
    if at < span.to_us:
        yield Piece(item, None, span.to_us - at)
