"""Work as rules about flow see it: lives of items with their tiles, by value stream, pieces apart from what they are pieces of.

Everything here is made once per snapshot, from `derived.flowing`; what rules get of it are sums over streams, stages and
services (`flow_extracts`), never a row about one person. Instants are whole microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wholeservice.derived.streams import is_shown
from wholeservice.facts.identity import loose_name
from wholeservice.findings.waits import WAIT, Tile
from wholeservice.organisation.graph import Organisation, resolve
from wholeservice.organisation.kinds import STREAM, TEAM
from wholeservice.uncertainty import Interval, cluster_standard_error

if TYPE_CHECKING:
    from wholeservice.derived.flowing import Flowing

SECOND_US, DAY_US, WEEK_US = 1_000_000, 86_400_000_000, 7 * 86_400_000_000
WORK = "work"
FEWEST_WEEKS = 8
Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Life:
    """One item of work. `is_alive`: in the time that is looked at; the others were only waited for."""

    item: str
    kind: str | None
    entity: str | None
    stream: str | None
    team: str | None
    priority: str | None
    created_us: int
    from_us: int
    to_us: int
    is_open: bool
    is_alive: bool
    where_from: str
    tiles: tuple[Tile, ...]
    came_to: str | None = None  # the team that had it first
    furthest_line: float | None = None  # of the teams that had it

    def spent(self, kind: str) -> int:
        """How long it was worked on, or waited."""
        return sum(each.to_us - each.from_us for each in self.tiles if each.kind == kind)


@dataclass(frozen=True)
class Flow:
    """
    All that was seen of work from one instant up to another. `pieces` maps an item to what it is a piece of; `causes` a wait,
    its item and when it begins, to why it waited: each cause with its seconds.
    """

    organisation: Organisation
    lives: Mapping[str, Life]
    pieces: Mapping[str, str]
    deliveries: Sequence[Mapping[str, Any]]
    from_us: int
    to_us: int
    causes: Mapping[tuple[str, int], Sequence[tuple[str, float]]] = field(default_factory=dict)
    _teams: dict[str, str | None] = field(default_factory=dict)
    _stages: dict[str, dict[str, int]] = field(default_factory=dict)

    @cached_property
    def tiles(self) -> dict[str, tuple[Tile, ...]]:
        """The tiles of each item that has any, as `waits.pieces` takes them."""
        return {item: life.tiles for item, life in self.lives.items() if life.tiles}

    @cached_property
    def by_stream(self) -> dict[str, list[Life]]:
        """Stream -> what was asked of it: items that were alive, without the pieces that others of the stream are cut into."""
        found: dict[str, list[Life]] = {}
        for life in self.lives.values():
            whole = self.lives.get(self.pieces.get(life.item, ""))
            if life.is_alive and life.stream and (whole is None or whole.stream != life.stream):
                found.setdefault(life.stream, []).append(life)
        return found

    def team(self, name: str | None) -> str | None:
        """Return the team that a stay names; None where it is not declared."""
        if name is not None and name not in self._teams:
            self._teams[name] = resolve(self.organisation, name, TEAM)
        return self._teams[name] if name is not None else None

    def shown(self, team: str | None) -> str | None:
        """Return a team that may be named: of five people or more."""
        entity = self.organisation.entities.get(team) if team else None
        return entity.id if entity and is_shown(entity) else None

    def stages(self, stream: str) -> dict[str, int]:
        """The place of each declared stage of a stream, by every name it goes by."""
        if stream not in self._stages:
            self._stages[stream] = self._stages_of(stream)
        return self._stages[stream]

    def _stages_of(self, stream: str) -> dict[str, int]:
        found: dict[str, int] = {}
        entity = self.organisation.entities.get(stream)
        declared = entity.fields.get("stages") if entity and entity.kind == STREAM else None
        for number, stage in enumerate(declared or ()):
            for name in (stage["stage"], *(stage.get("named") or ())):
                found.setdefault(loose_name(name), number)
        return found

    def stage_team(self, stream: str, number: int | None) -> str | None:
        """The team that a stage of a stream is declared to have."""
        entity = self.organisation.entities.get(stream)
        team = entity.fields["stages"][number].get("team") if entity and number is not None else None
        return team if team in self.organisation.entities else None

    def stage_titles(self, stream: str) -> list[str]:
        """The names of the stages of a stream, in order."""
        entity = self.organisation.entities.get(stream)
        return [each["stage"] for each in (entity.fields.get("stages") if entity else None) or ()]


def flow_of(seen: Flowing, organisation: Organisation, from_us: int, to_us: int) -> Flow:
    """Return what was seen, item by item."""
    tiles: dict[str, list[Tile]] = {}
    for row in seen.tiles.to_pylist():
        tile = Tile(row["from_us"], row["to_us"], row["kind"], row["state"], row["stage"], row["team"], row["waits"])
        tiles.setdefault(row["item"], []).append(tile)
    lives = {row["item"]: Life(**row, tiles=tuple(tiles.get(row["item"], ()))) for row in seen.items.to_pylist()}
    pieces = {row["item"]: row["whole"] for row in seen.pieces.to_pylist()}
    causes: dict[tuple[str, int], list[tuple[str, float]]] = {}
    for row in seen.causes.to_pylist():
        causes.setdefault((row["item"], row["from_us"]), []).append((row["cause"], row["seconds"]))
    return Flow(organisation, lives, pieces, seen.deliveries.to_pylist(), from_us, to_us, causes)


def waits_of(life: Life) -> Iterator[Tile]:
    """Yield the tiles in which an item waits."""
    return (each for each in life.tiles if each.kind == WAIT)


def stage_no(stages: Mapping[str, int], tile: Tile) -> int | None:
    """Return the place of the stage of a tile; None where it is not declared."""
    return stages.get(loose_name(tile.stage)) if tile.stage else None


def ratio(pairs: Sequence[tuple[int, float, float]]) -> tuple[float, Interval | None]:
    """
    Return the ratio of two sums over items and how far it could be off, items that began in one week being alike.

    Shape    pairs: (week, numerator, denominator) of each item; no interval under eight weeks
    Source   Cochran 1977, Sampling Techniques, 6.4, with the weeks as clusters

    >>> value, spread = ratio([(week, 1.0 + week % 2, 4.0) for week in range(8)])
    >>> round(value, 3), round(spread.low, 3), round(spread.high, 3)
    (0.375, 0.282, 0.468)
    """
    weeks: dict[int, tuple[float, float]] = {}
    for week, numerator, denominator in pairs:
        one, other = weeks.get(week, (0.0, 0.0))
        weeks[week] = one + numerator, other + denominator
    top, bottom = (sum(each[at] for each in weeks.values()) for at in (0, 1))
    if bottom <= 0:
        return 0.0, None
    squares = (sum(each[a] * each[b] for each in weeks.values()) for a, b in ((0, 0), (0, 1), (1, 1)))
    aa, ab, bb = squares
    error = cluster_standard_error(top, bottom, len(weeks), aa=aa, ab=ab, bb=bb)
    if error is None or len(weeks) < FEWEST_WEEKS:
        return top / bottom, None
    return top / bottom, Interval(max(0.0, top / bottom - Z_95 * error), top / bottom + Z_95 * error, "weeks as clusters")


def week_of(life: Life) -> int:
    """The week in which an item was created, counted from 1970."""
    return life.created_us // WEEK_US
