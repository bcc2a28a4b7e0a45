"""What the places of a life are called: a stage and what was done or waited for there, or time of which nothing is recorded."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wholeservice.findings.losses import CHANNEL, INTERVAL, NOT_OBSERVED, PASSES_ON, UNRECORDED, UNTIL, WAIT, WORK
from wholeservice.findings.propagation import AT_OR_BELOW, STARTS_HERE
from wholeservice.findings.waits import Piece, Tile
from wholeservice.organisation.graph import Organisation

UNKNOWN = "unknown"
ONLY_ENDS = "when each step began: only when it was recorded is known, so work and waiting cannot be told apart"
WHY_HELD = "what was waited for, where something was held up and nobody wrote down by what"
WAITS = {"queued": "waiting to be taken up", "returned": "sent back", "done": "done, not yet closed"}
NOWHERE = {
    "before": "Nothing recorded before the first step", "after": "Nothing recorded after the last step",
    "all": "Nothing recorded at all",
}  # fmt: skip
LACKS = {
    "before": "what happened before the first step that is recorded",
    "after": "what happened after the last step that is recorded",
    "all": "any step of those of which none is recorded",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of lives. `about`: the entity that could act there; `lacks`: the data that would tell more, if any."""

    id: str
    kind: str
    title: str
    claim: str
    about: str = ""
    lacks: str = ""

    @property
    def is_start(self) -> bool:
        """Loss starts here, and not only here or below."""
        return self.claim == STARTS_HERE


class Speller:
    """Names places, and remembers them: `spots` holds all that were named so far, by id."""

    def __init__(self, entity: str, organisation: Organisation, places: Iterable[Mapping[str, Any]]) -> None:
        self.spots: dict[str, Spot] = {}
        self._whole = entity
        self._organisation = organisation
        self._place = {row["item"]: row["place"] for row in places}

    def unrecorded(self) -> set[str]:
        """Return the places of which nothing is recorded."""
        return {spot.id for spot in self.spots.values() if spot.claim == NOT_OBSERVED}

    def channel(self, channel: str | None) -> str:
        """Return the box of the channel that items came by."""
        title = channel[:1].upper() + channel[1:] if channel else "Channel not recorded"
        return self._kept(Spot(f"channel:{channel or ''}", CHANNEL, title, PASSES_ON))

    def through(self, piece: Piece) -> list[str]:
        """Return the boxes of the waits that a piece of time lies in, the outermost first."""
        inner = [*(item for item, _ in piece.through), piece.item][1:]
        boxes = []
        for depth, ((_, tile), waited_for) in enumerate(zip(piece.through, inner, strict=True)):
            place = self._named(self._place.get(waited_for))
            title = f"{_stage(tile)}waiting for {place}"
            boxes.append(self._kept(Spot(f"wait:{depth}:{tile.stage or ''}:{place}", WAIT, _capital(title), PASSES_ON)))
        return boxes

    def spot(self, unit: str, piece: Piece, lives: Mapping[str, Sequence[Tile]]) -> Spot:
        """Return where a piece of the life of *unit* was spent."""
        inside = self._named(self._place.get(piece.item)) if piece.item != unit else ""
        if piece.tile is None or (piece.tile.state is None and inside):
            title, lacks = f"Nothing recorded by {inside}", f"what {inside} did while others waited for it"
            return self._spot(Spot(f"dark:{inside}", UNRECORDED, title, NOT_OBSERVED, self._about(piece.item), lacks))
        if piece.tile.state is None:
            title, lacks = _gap(piece.tile, lives[unit])
            return self._spot(Spot(title, UNRECORDED, title, NOT_OBSERVED, self._whole, lacks))
        if piece.circle:
            who = ", ".join(sorted({self._named(self._place.get(each)) for each in piece.circle}))
            return self._spot(Spot(f"circle:{who}", WAIT, f"Waits that go round in a circle: {who}", STARTS_HERE))
        return self._spot(self._of_tile(piece.tile, inside))

    def _of_tile(self, tile: Tile, inside: str) -> Spot:
        before = f"{inside}: " if inside else ""
        about = self._entity(tile.team) or (self._entity(inside) if inside else self._whole)
        name = f"{inside}:{tile.kind}:{tile.state}:{tile.stage or ''}"
        if tile.kind == WORK:
            return Spot(name, WORK, _capital(f"{before}{_stage(tile)}worked on"), STARTS_HERE, about)
        if tile.kind == UNKNOWN:
            is_told = tile.state != UNKNOWN or not tile.stage
            until = f"{_stage(tile)}{tile.state}" if is_told else f"{UNTIL}‘{tile.stage}’"
            return Spot(name, INTERVAL, _capital(before + until), AT_OR_BELOW, about, ONLY_ENDS)
        if tile.waits_on:
            whom = self._named(tile.waits_on) if self._entity(tile.waits_on) else "something that is not recorded"
            name, lacks = f"{inside}:{WAIT}:{tile.stage or ''}:{whom}", f"what {whom} did while others waited for it"
            title = f"{before}{_stage(tile)}waiting for {whom}"
            return Spot(name, WAIT, _capital(title), AT_OR_BELOW, self._entity(tile.waits_on), lacks)
        words = WAITS.get(tile.state or "")
        lacks = "" if words else WHY_HELD
        title = f"{before}{_stage(tile)}{words or 'held up'}"
        return Spot(name, WAIT, _capital(title), STARTS_HERE if words else AT_OR_BELOW, about, lacks)

    def _spot(self, spot: Spot) -> Spot:
        self._kept(spot)
        return self.spots[spot.id]

    def _kept(self, spot: Spot) -> str:
        self.spots.setdefault(spot.id, spot)
        return spot.id

    def _about(self, item: str) -> str:
        return self._entity(self._place.get(item))

    def _entity(self, name: str | None) -> str:
        """Return the id of what a name stands for; nothing where it is not declared."""
        found = self._organisation
        if name is None or name in found.entities:
            return name or ""
        alias = found.aliases.get(name) or found.aliases.get(name.strip().lower())
        return alias or next((each.id for each in found.entities.values() if each.title == name), "")

    def _named(self, name: str | None) -> str:
        entity = self._organisation.entities.get(self._entity(name))
        return entity.title if entity else name or "another item"


def _gap(tile: Tile, life: Sequence[Tile]) -> tuple[str, str]:
    """Return what a piece of an own life is called of which nothing is recorded, and the data that would tell of it."""
    at = bisect_left(life, tile.from_us, key=lambda each: each.from_us)
    if len(life) == 1:
        return NOWHERE["all"], LACKS["all"]
    if at == 0:
        return NOWHERE["before"], LACKS["before"]
    if at == len(life) - 1:
        return NOWHERE["after"], LACKS["after"]
    step = f"‘{life[at - 1].stage}’" if life[at - 1].stage else "a step"
    return f"Nothing recorded between {step} and the next step", f"what happened between {step} and the next step"


def _stage(tile: Tile) -> str:
    return f"{tile.stage}: " if tile.stage else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
