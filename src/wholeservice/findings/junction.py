"""The junction: each place where loss starts, beside the stream that could change it, and why it still lasts.

One record a place of a loss map. Its size comes from the map, its days from `daily`, its beginning from `began`, its pieces
from `open_time`. Who must act is everybody on the way to the change: the team that runs the place, the supplier that provides
it, the policies that bind it, and whoever its work waited for. Reach is the share of these that one owner commands; a loss that
no owner commands whole takes several of them together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from wholeservice.findings.losses import ATTEMPTS, CHANNEL, ITEMS, SEVERAL, Box, LossMap
from wholeservice.findings.open_time import KNOWN_WAITING, UNSEEN, WAITING
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Organisation, edges_in, team_of
from wholeservice.organisation.remit import owner_of, remit, stream_of, team_streams

FELT = ("step", CHANNEL, SEVERAL)
"""Kinds of boxes where loss is felt, or that are several places: nobody changes these."""
MOST = 12  # places of a map, the largest first
BY_DAY, BY_RATE = "by day", "by rate"
"""How what was lost so far is known: each day by itself, or as the period of the map lost."""
EXTRACT = "lasting"


@dataclass(frozen=True, slots=True)
class OpenPiece:
    """One piece of the open time. `on`: the entity waited for, or a name that stands for none; `lost` while it lasted."""

    state: str
    from_at: dt.datetime
    to_at: dt.datetime
    lost: float
    on: str | None = None
    item: str | None = None
    through: tuple[str, ...] = ()
    is_circle: bool = False

    @property
    def days(self) -> float:
        return (self.to_at - self.from_at).total_seconds() / 86400


@dataclass(frozen=True, slots=True)
class Usual:
    """How long a stream usually takes from knowing of a defect or a need to having changed it, in days; None: not reached."""

    stream: str
    median_days: float | None
    p85_days: float | None
    n_changed: int
    n_open: int


@dataclass(frozen=True, slots=True)
class Actor:
    """One who must act: a team, supplier or policy. `is_within`: the owner of the loss commands it; None: nobody owns it."""

    entity: str
    kind: str
    owner: str | None
    is_within: bool | None
    why: str  # RUNS, PROVIDES, BINDS or WAITED_FOR


RUNS, PROVIDES, BINDS, WAITED_FOR = "runs it", "provides it", "binds it", "was waited for"


@dataclass(frozen=True, slots=True)
class OpenTime:
    """
    One place of one loss map, and how long it stays open. Sizes are in the unit of the map's units (people, calls, items).

    share          of the map's loss: starts here or below, in the unit of the target
    per_day        what it loses a day now: over the period of the map
    began_at       since when (`is_at_least`: it may be longer); ended_at: when it was gone; known_by: what first told of it
    lost           so far, over the pieces, which add up to it; `basis` says how the days are known
    n_older        items about the place that came up before the loss did, and are not taken for work on it
    before         (from, to) of an earlier spell, where it had been gone in between
    """

    entity: str
    need: str
    box: str
    title: str
    kind: str
    claim: str
    is_named: bool
    of: str
    share: float
    share_range: tuple[float, float] | None
    alone: float | None
    per_day: float
    began_at: dt.datetime
    is_at_least: bool
    ended_at: dt.datetime | None
    known_at: dt.datetime | None
    known_by: str | None
    until: dt.datetime
    lost: float
    basis: str
    pieces: tuple[OpenPiece, ...]
    items: tuple[str, ...]
    n_older: int
    stream: str | None
    owner: str | None
    team: str | None
    actors: tuple[Actor, ...]
    usual: Usual | None
    before: tuple[dt.datetime, dt.datetime] | None = None

    @property
    def days(self) -> float:
        return (self.until - self.began_at).total_seconds() / 86400

    @property
    def reach(self) -> float | None:
        """The share of those who must act whom the owner commands; None where nobody owns it, or nobody is known to act."""
        if self.owner is None or not self.actors:
            return None
        return sum(bool(each.is_within) for each in self.actors) / len(self.actors)

    @property
    def takes_several(self) -> bool:
        """Whether no single owner commands all who must act."""
        owners = {each.owner for each in self.actors}
        return len(owners) > 1 or (self.reach is not None and self.reach < 1)

    @property
    def is_past(self) -> bool | None:
        """Whether it is known for longer than the stream takes for 85 of 100; None where that is not known."""
        if self.known_at is None or self.usual is None or self.usual.p85_days is None:
            return None
        return (self.until - self.known_at).total_seconds() / 86400 > self.usual.p85_days

    @property
    def waited(self) -> float:
        """What was lost once it was known, while nobody was at work on it."""
        return sum(each.lost for each in self.pieces if each.state in KNOWN_WAITING)


def places_of(drawn: LossMap) -> list[Box]:
    """Return the boxes of a map that somebody could change, the largest first."""
    found = [box for box in drawn.boxes if box.kind not in FELT and box.starts_here + box.not_traced > 0]
    return sorted(found, key=lambda box: (-(box.starts_here + box.not_traced), box.id))[:MOST]


def counted_in(drawn: LossMap, measure: str | None) -> str:
    """Return what the units of a map are: people try a service, calls are made to a part, items are asked for."""
    if drawn.of == ITEMS:
        return ITEMS
    return ATTEMPTS if measure in ("completion", "step-conversion") else "calls"


def acting_stream(organisation: Organisation, place: str) -> str | None:
    """Return the value stream that could change a place: that of its team, else its own."""
    team = team_of(organisation, place)
    return (team_streams(organisation).get(team) if team else None) or stream_of(organisation, place)


def owner_who_acts(organisation: Organisation, place: str) -> str | None:
    """Return who owns the change of a place: the owner of the stream that could make it, else who answers for the place."""
    entity, stream = organisation.entities.get(place), acting_stream(organisation, place)
    if entity is not None and entity.kind == kinds.POLICY:
        return owner_of(organisation, place)
    return (owner_of(organisation, stream) if stream else None) or owner_of(organisation, place)


def actors_of(
    organisation: Organisation, place: str, owner: str | None, pieces: Sequence[OpenPiece], of_supplier: Mapping[str, str]
) -> tuple[Actor, ...]:
    """
    Return everybody who must act for a place to change, each once, the nearest first.

    Shape    of_supplier: what is provided from outside -> who provides it
    """
    reach = remit(organisation, owner) if owner else frozenset()
    found: dict[str, Actor] = {}
    for entity, why in _on_the_way(organisation, place, pieces, of_supplier):
        known = organisation.entities.get(entity)
        if known is not None and entity not in found:
            within = None if owner is None else entity in reach
            found[entity] = Actor(entity, known.kind, owner_of(organisation, entity), within, why)
    return tuple(found.values())


def _on_the_way(
    organisation: Organisation, place: str, pieces: Sequence[OpenPiece], of_supplier: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    team, entity = team_of(organisation, place), organisation.entities.get(place)
    if entity is not None and entity.kind in (kinds.POLICY, kinds.SUPPLIER):
        yield place, BINDS if entity.kind == kinds.POLICY else PROVIDES
    if team:
        yield team, RUNS
    if place in of_supplier:
        yield of_supplier[place], PROVIDES
    yield from ((edge.from_id, BINDS) for edge in edges_in(organisation, place, "binds"))
    for each in sorted((each for each in pieces if each.on), key=lambda each: -each.lost):
        waited = organisation.entities.get(each.on or "")
        if waited is not None:
            yield team_of(organisation, waited.id) or waited.id, WAITED_FOR


def suppliers_of(organisation: Organisation) -> dict[str, str]:
    """Return what is provided from outside -> who provides it, and each supplier that stands for what it provides."""
    return {edge.to_id: edge.from_id for edge in organisation.edges if edge.relation == "provides"}


def longest_wait(found: OpenTime) -> OpenPiece | None:
    """Return the piece of waiting for somebody in which most was lost."""
    return max((each for each in found.pieces if each.state == WAITING), key=lambda each: each.lost, default=None)


def once(found: Sequence[OpenTime]) -> list[tuple[OpenTime, tuple[OpenTime, ...]]]:
    """
    Return each place once with the other maps it stands in: one loss is seen from several needs, and must not count twice.

    Shape    the map in which it loses most people stands for it, of calls where no map counts people; largest first
    """
    by_box: dict[str, list[OpenTime]] = {}
    for each in sorted(found, key=lambda each: (each.of != ATTEMPTS, -each.per_day, each.entity, each.need)):
        by_box.setdefault(each.box, []).append(each)
    return [(mine[0], tuple(mine[1:])) for mine in by_box.values()]


@dataclass(frozen=True, slots=True)
class Lasting:
    """What rules get of one place that surely loses: a row without pieces. Days are whole numbers where they are written."""

    box: str
    title: str
    entity: str
    need: str
    of: str
    per_day: float
    lost: float
    days: float
    is_at_least: bool
    is_known: bool
    state: str  # of the newest piece
    n_items: int
    team: str | None
    owner: str | None
    actors: tuple[tuple[str, str, str | None], ...]  # entity, why, owner
    takes_several: bool
    from_at: dt.datetime
    to_at: dt.datetime


def lasting_rows(found: Sequence[OpenTime]) -> list[dict[str, Any]]:
    """Return the extract of rules: the places that surely lose something and still do, each once."""
    kept = [each for each, _ in once(found) if each.is_named and each.ended_at is None]
    return [
        asdict(Lasting(
            each.box, each.title, each.entity, each.need, each.of, each.per_day, each.lost, each.days, each.is_at_least,
            each.known_at is not None, each.pieces[-1].state if each.pieces else UNSEEN, len(each.items), each.team, each.owner,
            tuple((actor.entity, actor.why, actor.owner) for actor in each.actors), each.takes_several, each.began_at,
            each.until,
        ))
        for each in kept
    ]  # fmt: skip


UNITS = {ATTEMPTS: ("person", "people"), ITEMS: ("item", "items")}


SMALLEST_TOLD = 0.1


def amount(n: float, of: str) -> str:
    """Write a number of people, calls or items; small ones keep a digit, and what is lost is never written as none.

    >>> amount(1.24, ATTEMPTS), amount(524.3, ATTEMPTS), amount(1.0, "calls"), amount(0.3, ITEMS), amount(749_000, ATTEMPTS)
    ('1.2 people', '524 people', '1 call', '0.3 items', '749,000 people')
    >>> amount(0.03, ITEMS), amount(0.0, ITEMS)
    ('under 0.1 items', '0 items')
    """
    one, many = UNITS.get(of, ("call", "calls"))
    if 0 < n < SMALLEST_TOLD / 2:
        return f"under {SMALLEST_TOLD} {many}"
    number = f"{n:.1f}".removesuffix(".0") if n < 9.95 else f"{n:,.0f}"
    return f"{number} {one if number == '1' else many}"
