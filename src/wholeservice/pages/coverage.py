"""The coverage audit of a service or part: what of it nobody has described or measured, by kind, and what would fill it."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.findings.coverage import summary
from wholeservice.findings.holes import KINDS, Hole, Spot
from wholeservice.organisation.kinds import PART, SERVICE
from wholeservice.pages.addresses import address
from wholeservice.pages.audit_part import audited
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.entries import address_of
from wholeservice.pages.numbers import plural


@dataclass(frozen=True, slots=True)
class Place:
    """A step or thing that a hole is at, and its page."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class HoleRow:
    """One hole; `concerns` says how much of the service, None where that cannot be said."""

    what: str
    fill: str
    where: tuple[Place, ...]
    concerns: str | None
    n: int | None
    of: int | None
    of_what: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The holes of one kind."""

    kind: str
    title: str
    rows: tuple[HoleRow, ...]


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """All the page says."""

    entity: str
    of: str
    of_address: str
    title: str
    n_holes: int
    reading: str
    groups: tuple[Group, ...]
    snapshot: str


def build(data: Data, entity: str) -> CoveragePage | None:
    """Return the audit of a service or part; None when there is none of this id."""
    found = data.organisation.entities.get(entity)
    if found is None or found.kind not in (SERVICE, PART):
        return None
    holes = audited(data, entity)
    return CoveragePage(
        entity=entity, of=found.title, of_address=address_of(found), title=summary(holes), n_holes=len(holes),
        reading=_reading(len(holes)), groups=tuple(_groups(data, holes)), snapshot=data.snapshot,
    )  # fmt: skip


def _reading(n_holes: int) -> str:
    words = "Nothing is guessed: what nobody has written down, or no source has told, is missing here."
    return f"{plural(n_holes, 'thing')} in all. {words}" if n_holes else words


def _groups(data: Data, holes: tuple[Hole, ...]) -> list[Group]:
    rows = {kind: tuple(_row(data, each) for each in holes if each.kind == kind) for kind in KINDS}
    return [Group(kind, KINDS[kind], found) for kind, found in rows.items() if found]


def _row(data: Data, hole: Hole) -> HoleRow:
    c = hole.concerns
    where = tuple(_place(data, each) for each in hole.where)
    return HoleRow(
        hole.what, hole.fill, where, c.words if c else None, c.n if c else None, c.of if c else None, c.what if c else None
    )


def _place(data: Data, spot: Spot) -> Place:
    if spot.step:
        return Place(spot.title, address("service", spot.entity, "step", spot.step))
    known = data.organisation.entities.get(spot.entity)
    return Place(spot.title, address_of(known) if known else address("service", spot.entity))


def _sheet(_: Data, page: CoveragePage) -> Sheet:
    header = ("kind", "what is missing", "where", "so many", "of so many", "of what", "what would fill it")
    return Sheet(header, tuple(_cells(group, each) for group in page.groups for each in group.rows))


def _cells(group: Group, row: HoleRow) -> tuple[object, ...]:
    where = ", ".join(place.title for place in row.where) or None
    return group.title, row.what, where, row.n, row.of, row.of_what, row.fill


PAGE = Page(path="/coverage/{entity}", name="coverage", template="coverage.html", build=build, sheet=_sheet)
