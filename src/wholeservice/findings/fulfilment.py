"""The loss map where the work is the attempt: why permits, loans or claims were late, split over the time their lives took.

A unit is an item that was due. It is late when its tiles together are longer than it was allowed to take. An origin is a kind
of tile: a stage, and what was done or waited for there; where an item waited for another, that one's tiles stand in for it
(`waits`). Its reference is its usual length: what half of the items done in time, of the same channel, took there at most.
Mending an origin never makes it longer than it was. Time of which nothing is recorded is a box of its own, and never named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median_low
from typing import TYPE_CHECKING, Any

from wholeservice.findings.confidence import judge
from wholeservice.findings.fulfilment_words import Speller, Spot
from wholeservice.findings.losses import (
    ASSUMED,
    FITTED,
    ITEMS,
    LINKED,
    NOT_OBSERVED,
    PASSES_ON,
    SEVERAL,
    TIMED,
    UNRECORDED,
    Box,
    LossMap,
    MissingData,
    Ribbon,
)
from wholeservice.findings.propagation import AT_OR_BELOW
from wholeservice.findings.shapley import Split, split_sum
from wholeservice.findings.waits import Piece, Tile, pieces
from wholeservice.organisation.graph import Organisation
from wholeservice.uncertainty import Interval
from wholeservice.units import SECONDS, write

if TYPE_CHECKING:
    from wholeservice.derived.lived import Lived

MIN_USUAL = 8  # fewer items done in time that have a kind of tile do not say how long it usually is
MOST_BOXES = 12  # recorded origins that are drawn apart
LEAST_DRAWN = 0.01  # of what is lost: a smaller origin is drawn with others
SECOND_US = 1_000_000
SMALLER, GAPS = "smaller", "gaps"  # origins that are drawn together: what is recorded, and what is not


@dataclass(frozen=True, slots=True)
class Unit:
    """One item that was due: where its time went. `over` is by how much it was late, and 0 or less when it was not."""

    item: str
    channel: str | None
    cluster: int  # items due on one day are taken for alike
    over: int
    pieces: tuple[tuple[Spot, Piece], ...]

    @property
    def lengths(self) -> dict[str, int]:
        """How long it was at each origin."""
        found: Counter[str] = Counter()
        for spot, piece in self.pieces:
            found[spot.id] += piece.length
        return dict(found)


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual length of one origin: by channel where enough were done in time there, else of all; None: hardly any had it."""

    of_all: int | None
    by_channel: Mapping[str | None, int]

    def at(self, channel: str | None) -> int:
        """Return the reference for an item of a channel; where nobody knows what is usual, all of the time counts."""
        return self.by_channel.get(channel, self.of_all or 0)


@dataclass(slots=True)
class _Sums:
    """Sums over late items, in items."""

    share: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    alone: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    last: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    flow: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    ribbons: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    by_team: dict[tuple[str, str | None], float] = field(default_factory=lambda: defaultdict(float))
    stays_late: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # by channel box
    by_cluster: dict[int, dict[str, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    layer: dict[str, int] = field(default_factory=dict)
    late: int = 0


def trace_items(asked: LossMap, organisation: Organisation, lived: Lived) -> LossMap:
    """
    Draw up the map of a missed `in-time` target from the lives of the items behind it.

    Shape    asked: target, value, gap, n and period; lived: what `derived.lived` saw of the same entity and period
    Unit     share of the items that were due
    Errors   none: where nothing can be said the map says why (`why_no_map`)
    Source   docs/loss_map.md; gap = sum of the recorded origins' shares + unexplained - headroom
    """
    spell = Speller(asked.entity, organisation, lived.places.to_pylist())
    units = _units(lived, spell)
    if not any(unit.over > 0 for unit in units):
        return replace(asked, of=ITEMS, why_no_map="nothing was seen to be late in this period")
    usual = usual_lengths(units)
    sums = _Sums()
    for unit in units:
        if unit.over > 0:
            _enter(sums, unit, *split_unit(unit, usual), spell)
    return _drawn(asked, units, usual, sums, spell)


def _units(lived: Lived, spell: Speller) -> list[Unit]:
    lives = _lives(lived.tiles.to_pylist())
    units = []
    for row in lived.units.to_pylist():
        found = pieces(row["item"], lives) if row["item"] in lives else ()
        spotted = tuple((spell.spot(row["item"], piece, lives), piece) for piece in found)
        units.append(Unit(row["item"], row["channel"], row["due_day"], _over(row), spotted))
    return units


def _over(row: Mapping[str, Any]) -> int:
    """By how much an item was late; whether it was is as it was counted, also where it was due before it began."""
    over: int = row["took_us"] - row["allowed_us"]
    return max(1, over) if row["is_late"] else min(0, over)


def _lives(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Tile]]:
    lives: dict[str, list[Tile]] = defaultdict(list)
    for row in rows:
        tile = Tile(row["from_us"], row["to_us"], row["kind"], row["state"], row["stage"], row["team"], row["waits"])
        lives[row["item"]].append(tile)
    return dict(lives)


def usual_lengths(units: Iterable[Unit]) -> dict[str, Usual]:
    """Return of each origin how long it was at most in half of the items that were done in time and came to it."""
    known: dict[str, dict[str | None, list[int]]] = defaultdict(lambda: defaultdict(list))
    origins = set()
    for unit in units:
        origins |= set(unit.lengths)
        if unit.over <= 0:
            for origin, length in unit.lengths.items():
                known[origin][unit.channel].append(length)
    return {origin: _usual(known.get(origin, {})) for origin in sorted(origins)}


def _usual(lengths: Mapping[str | None, Sequence[int]]) -> Usual:
    every = [length for some in lengths.values() for length in some]
    by_channel = {channel: median_low(some) for channel, some in lengths.items() if len(some) >= MIN_USUAL}
    return Usual(median_low(every) if len(every) >= MIN_USUAL else None, by_channel)


def split_unit(unit: Unit, usual: Mapping[str, Usual]) -> tuple[tuple[str, ...], Split]:
    """Split one late item over the origins at which it was longer than usual: (origins, split in their order)."""
    excess = {origin: length - usual[origin].at(unit.channel) for origin, length in sorted(unit.lengths.items())}
    longer = {origin: more for origin, more in excess.items() if more > 0}
    return tuple(longer), split_sum(unit.over, tuple(longer.values()))


def _enter(sums: _Sums, unit: Unit, origins: Sequence[str], split: Split, spell: Speller) -> None:
    root, lengths = spell.channel(unit.channel), unit.lengths
    sums.late += 1
    sums.layer[root] = 0
    share = dict(zip(origins, split.share, strict=True))
    for origin, alone, last in zip(origins, split.alone, split.last, strict=True):
        sums.share[origin] += share[origin]
        sums.alone[origin] += alone
        sums.last[origin] += last
        sums.by_cluster[unit.cluster][origin] += share[origin]
    sums.stays_late[root] += 1.0 - split.together
    sums.flow[root] += 1.0
    for spot, piece in unit.pieces:
        size = share.get(spot.id, 0.0) * piece.length / lengths[spot.id]
        if size > 0:
            sums.by_team[spot.id, piece.tile.team if piece.tile else None] += size
            _send(sums, (root, *spell.through(piece), spot.id), size)


def _send(sums: _Sums, path: Sequence[str], size: float) -> None:
    for layer, (user, used) in enumerate(pairwise(path), 1):
        sums.ribbons[user, used] += size
        sums.flow[used] += size
        sums.layer[used] = max(sums.layer.get(used, 0), layer)


def _drawn(asked: LossMap, units: Sequence[Unit], usual: Mapping[str, Usual], sums: _Sums, spell: Speller) -> LossMap:
    n, dark = float(len(units)), spell.unrecorded()
    certain = judge(sums.share, [(each, 1.0) for each in sums.by_cluster.values()])
    top = () if dark & set(certain.top) else certain.top
    kept = _kept(sums, dark)
    half = {origin: certain.critical * error / n for origin, error in certain.standard_error.items()}
    had, of_late = Counter(origin for unit in units for origin in unit.lengths), _of_late(units)
    origins = [
        replace(
            _origin(sums, spell.spots[origin], n), interval=_interval(sums.share[origin] / n, half.get(origin)),
            reference=_reference(usual[origin], of_late.get(origin)), observed=had[origin] / n,
            is_named=origin in certain.named - dark, is_top=top == (origin,),
        )
        for origin in kept
    ]  # fmt: skip
    smaller = {SMALLER: set(sums.share) - kept - dark, GAPS: (set(sums.share) - kept) & dark}
    boxes = [*_passing(sums, spell, n), *origins, *_smaller(sums, smaller, n)]
    recorded = sum(size for origin, size in sums.share.items() if origin not in dark)
    residual = asked.gap - recorded / n
    return replace(
        asked, of=ITEMS, boxes=tuple(sorted(boxes, key=lambda box: (box.layer, -box.flow_in, box.id))),
        ribbons=tuple(_ribbons(sums, smaller, n)), unexplained=max(0.0, residual), headroom=max(0.0, -residual),
        by_rung=_by_rung(sums, recorded), top=top, missing=tuple(_missing(sums, units, spell, n)),
    )  # fmt: skip


def _kept(sums: _Sums, dark: set[str]) -> set[str]:
    """The origins that are drawn apart: the largest that are recorded, and the largest that are not; never all but one."""
    found = {origin for origin, size in sums.share.items() if size > 0}
    kept: set[str] = set()
    for kind in (found - dark, found & dark):
        largest = sorted(kind, key=lambda each: (-sums.share[each], each))
        n_large = min(MOST_BOXES, sum(sums.share[each] >= LEAST_DRAWN * sums.late for each in largest))
        kept |= set(largest[: n_large if len(largest) > n_large + 1 else None])
    return kept


def _origin(sums: _Sums, spot: Spot, n: float) -> Box:
    size = sums.share[spot.id] / n
    here, below = (size, 0.0) if spot.is_start else (0.0, size)
    teams = [(team, part / n) for (of, team), part in sums.by_team.items() if of == spot.id]
    return Box(
        spot.id, spot.kind, spot.title, sums.layer[spot.id], size, here, below, spot.claim, alone=sums.alone[spot.id] / n,
        last=sums.last[spot.id] / n, about=spot.about,
        by_team=tuple(sorted(teams, key=lambda each: (-each[1], each[0] or ""))),
    )  # fmt: skip


def _interval(size: float, half: float | None) -> Interval | None:
    return None if half is None else Interval(max(0.0, size - half), size + half, "simultaneous over all boxes")


def _of_late(units: Iterable[Unit]) -> dict[str, int]:
    """Return of each origin how long it was at most in half of the late items that came to it."""
    known: dict[str, list[int]] = defaultdict(list)
    for unit in units:
        if unit.over > 0:
            for origin, length in unit.lengths.items():
                known[origin].append(length)
    return {origin: median_low(lengths) for origin, lengths in known.items()}


def _reference(usual: Usual, of_late: int | None) -> str:
    late = f"; {write(of_late / SECOND_US, SECONDS)} in half of the late" if of_late is not None else ""
    if usual.of_all is None:
        return "hardly any that were done in time had it, so all of its time counts" + late
    span = write(usual.of_all / SECOND_US, SECONDS)
    by = ", by channel" if usual.by_channel else ""
    return f"its usual length: {span} at most in half of those done in time{by}" + late


def _passing(sums: _Sums, spell: Speller, n: float) -> Iterator[Box]:
    """Yield the boxes that loss passes through: the channels, and waits for other items."""
    for box, size in sums.flow.items():
        if box not in sums.share:
            spot, stays = spell.spots[box], sums.stays_late.get(box, 0.0) / n
            yield Box(box, spot.kind, spot.title, sums.layer[box], size / n, 0.0, stays, PASSES_ON, reference="", observed=1.0)


def _smaller(sums: _Sums, smaller: Mapping[str, set[str]], n: float) -> Iterator[Box]:
    for box, origins in smaller.items():
        found = [origin for origin in origins if sums.share[origin] > 0]
        size, is_dark = sum(sums.share[each] for each in sorted(found)) / n, box == GAPS
        title = f"{len(found)} smaller places" + (" with nothing recorded" if is_dark else "")
        if found:
            yield Box(
                box, UNRECORDED if is_dark else SEVERAL, title, max(sums.layer[each] for each in found), size, 0.0, size,
                NOT_OBSERVED if is_dark else AT_OR_BELOW, reference="the usual length of each", observed=1.0,
            )  # fmt: skip


def _ribbons(sums: _Sums, smaller: Mapping[str, set[str]], n: float) -> Iterator[Ribbon]:
    drawn: dict[tuple[str, str], float] = defaultdict(float)
    joined = {origin: box for box, origins in smaller.items() for origin in origins}
    for (user, used), size in sums.ribbons.items():
        drawn[user, joined.get(used, used)] += size / n
    yield from (Ribbon(*way, size) for way, size in sorted(drawn.items(), key=lambda each: (-each[1], each[0])))


def _by_rung(sums: _Sums, recorded: float) -> tuple[tuple[str, float], ...]:
    stays = sum(sums.stays_late.values())
    dark = sums.late - stays - recorded
    rows = [(LINKED, recorded), (TIMED, 0.0), (FITTED, 0.0), (ASSUMED, 0.0), ("within reference", stays), ("untraced", dark)]
    return tuple((rung, max(0.0, size) / sums.late) for rung, size in rows if rung != "within reference" or size > 1e-9)


def _missing(sums: _Sums, units: Sequence[Unit], spell: Speller, n: float) -> Iterator[MissingData]:
    """Yield what is not recorded, most promising first; sizes overlap."""
    rows: dict[str, float] = defaultdict(float)
    for origin, size in sums.share.items():
        if spell.spots[origin].lacks:
            rows[spell.spots[origin].lacks] += size
    stays = [piece for unit in units for _, piece in unit.pieces if piece.tile and piece.tile.state]
    nobody = sum(piece.tile is not None and piece.tile.team is None for piece in stays)
    dark = spell.unrecorded()
    without = sum(size for (origin, team), size in sums.by_team.items() if team is None and origin not in dark)
    if nobody and without:
        rows[f"who it was with: missing in {nobody:,} of {len(stays):,} pieces"] = without
    for what, size in sorted(rows.items(), key=lambda row: (-row[1], row[0]))[:5]:
        if size > 0:
            yield MissingData(what, size / n)
