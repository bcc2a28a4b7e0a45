"""Who could change a loss, and why it still lasts: each place where it starts beside the stream and owner that could change it.

The size of a loss says where to look; how long it stays open says why it is still there. What nobody recorded is hatched.
"""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.findings.junction import places_of
from wholeservice.findings.losses import CHANNEL, SEVERAL, Box, LossMap
from wholeservice.organisation.graph import Entity, team_of
from wholeservice.organisation.remit import owner_of, remit, stream_of, team_streams
from wholeservice.pages.base import Data
from wholeservice.pages.loss_part import Origin, origin_of, origins_of
from wholeservice.pages.open_part import OpenPicture, open_part
from wholeservice.units import SHARE, difference_unit, write

FELT = ("step", CHANNEL)
"""Kinds of places where loss is felt, and that nobody changes."""
OPEN_TIME = (
    "Since when each of these is known, and what has been done about it, is not recorded. Record the work on it as items, with "
    "a link to the place they mend; the days it has been unseen, undecided, waiting and worked on then stand here."
)


@dataclass(frozen=True, slots=True)
class JunctionRow:
    """One place where loss starts. `is_within`: the owner of the service commands it; None where nobody owns the service."""

    origin: Origin
    stream: str | None
    stream_title: str | None
    is_within: bool | None
    reach: str


@dataclass(frozen=True, slots=True)
class JunctionPart:
    """
    The rows, those that mending alone wins back most first; what share lies within the owner's reach; what is not shown.

    `fill` says what would tell more, or, with `open`, whose reach it is in.
    """

    title: str
    rows: tuple[JunctionRow, ...]
    within: float | None  # share of the rows' loss
    rest: str | None
    fill: str
    open: OpenPicture | None = None  # why these losses last; None: not known of results made before that was read


def junction_part(data: Data, entity: Entity, loss_map: LossMap | None) -> JunctionPart | None:
    """Return who could change the places of one loss map; None where no place is known to lose anything."""
    boxes = [box for box in origins_of(loss_map) if box.kind not in (*FELT, SEVERAL)] if loss_map else []
    if loss_map is None or not boxes:
        return None
    owner = owner_of(data.organisation, entity.id)
    rows = tuple(_row(data, loss_map, box, owner) for box in boxes)
    lost = [box.starts_here + box.not_traced for box in boxes]
    inside = sum(size for size, row in zip(lost, rows, strict=True) if row.is_within)
    within = None if owner is None or not sum(lost) else inside / sum(lost)
    own = [each for each in data.open_times if (each.entity, each.need) == (loss_map.entity, loss_map.need)]
    places = {box.id for box in places_of(loss_map)}
    lasting = own or [each for each in data.open_times if each.box in places]  # as people lose it, where that is known
    picture = open_part(data, lasting, f"{loss_map.entity}-{loss_map.need}")
    title = picture.title if picture else _title(rows, owner, within)
    return JunctionPart(
        title, rows, within, _rest(loss_map, boxes), _title(rows, owner, within) if picture else OPEN_TIME, picture
    )


def _row(data: Data, loss_map: LossMap, box: Box, owner: str | None) -> JunctionRow:
    org, origin, about = data.organisation, origin_of(data, loss_map, box), box.about or box.id
    team = team_of(org, about)
    stream = team_streams(org).get(team) if team else stream_of(org, about)
    title = org.entities[stream].title if stream and stream in org.entities else None
    is_within = None if owner is None else about in remit(org, owner)
    return JunctionRow(origin, stream, title, is_within, _reach(origin, owner, is_within=is_within))


def _reach(origin: Origin, owner: str | None, *, is_within: bool | None) -> str:
    if owner is None:
        return "nobody answers for the service"
    if is_within:
        return f"inside {owner}’s reach"
    others = origin.owner if origin.owner and origin.owner != owner else origin.team
    return f"outside {owner}’s reach" + (f"; {others} must act too" if others else "; nobody is named who could act")


def _title(rows: tuple[JunctionRow, ...], owner: str | None, within: float | None) -> str:
    if owner is None or within is None:
        return "Nobody answers for the service, so nobody is known who could change where it is lost"
    acting = sorted({row.origin.owner for row in rows if row.origin.owner} - {owner})
    words = f"{write(within, SHARE)} of what is lost at these places lies within {owner}’s reach"
    return words + (f"; for the rest {' and '.join(acting[:2])} must act too" if acting and within < 1 else "")


def _rest(loss_map: LossMap, shown: list[Box]) -> str | None:
    """What is lost elsewhere: at smaller places, and at steps behind which nothing was traced."""
    ids, unit = {box.id for box in shown}, difference_unit(loss_map.unit)
    others = [box for box in loss_map.boxes if box.id not in ids]
    steps = sum(box.starts_here + box.not_traced for box in others if box.kind in FELT)
    small = sum(box.starts_here + box.not_traced for box in others if box.kind not in FELT)
    parts = [f"{write(size, unit)} {words}" for size, words in
             ((steps, "not traced beyond the step where it is felt"), (small, "at smaller places")) if size > 0]  # fmt: skip
    return f"Not shown: {' and '.join(parts)}." if parts else None
