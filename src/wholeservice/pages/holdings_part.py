"""Services and parts that somebody answers for or can change: how their needs stand, and what is lost in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wholeservice.draw.axes import signed
from wholeservice.findings.losses import STARTS_HERE, LossMap
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Entity
from wholeservice.pages.base import Data, Sheet
from wholeservice.pages.entries import address_of
from wholeservice.pages.listing import Row, by_title, row_of
from wholeservice.pages.loss_part import people_words
from wholeservice.pages.need_rows import MET, MISSED, OPEN, UNKNOWN, NeedRow, need_rows
from wholeservice.pages.numbers import listed, plural
from wholeservice.pages.sheet import LISTED, number_cells

VERDICTS = (MET, MISSED, OPEN, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Holding:
    """One service or part: its row in a list, and how many of its needs have each verdict, in the order of `VERDICTS`."""

    row: Row
    address: str
    counts: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class MissedNeed:
    """A need that is surely missed."""

    title: str
    address: str
    says: str
    difference: str | None
    target: str


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost at one of them: of its own need, or where a loss felt elsewhere starts."""

    title: str
    address: str
    says: str
    size: str
    people: str | None


@dataclass(frozen=True, slots=True)
class Thing:
    """Something else that is held: a policy, a value stream, a team, a unit."""

    kind: str
    title: str
    address: str
    note: str | None


Needs = Mapping[str, tuple[NeedRow, ...]]


def needs_by_entity(data: Data, entities: Iterable[Entity]) -> Needs:
    """Return the needs of each by its id, worked out once for all that is said of them."""
    return {each.id: need_rows(data, each.id) for each in entities}


def holding_of(data: Data, entity: Entity, needs: Needs) -> Holding:
    """Return a service or part with how its needs stand."""
    met, missed, undecided, unknown = _counts(needs[entity.id])
    return Holding(row_of(data, entity), address_of(entity), (met, missed, undecided, unknown))


def _counts(needs: Iterable[NeedRow]) -> list[int]:
    verdicts = [each.verdict for each in needs]
    return [verdicts.count(each) for each in VERDICTS]


def missed_needs(entities: Iterable[Entity], needs: Needs) -> tuple[MissedNeed, ...]:
    """Return the needs of them that are surely missed, in the order of their names."""
    found = []
    for entity in by_title(entities):
        for need in needs[entity.id]:
            target = next((each for each in need.targets if each.verdict == MISSED), None)
            if target:
                to = f"{address_of(entity)}#needs"
                found.append(MissedNeed(entity.title, to, need.says, target.difference, target.words))
    return tuple(found)


def losses_at(data: Data, ids: frozenset[str]) -> tuple[Loss, ...]:
    """Return what is lost in them: their own missed needs that were traced, then where losses of others start at them."""
    needs = {(each.service, each.id): each for each in data.organisation.needs}
    own: list[Loss] = []
    origins: list[tuple[float, Loss]] = []
    for loss in sorted(data.loss_maps.values(), key=lambda each: (-(each.people_per_day or 0.0), -each.gap)):
        of, need = data.organisation.entities.get(loss.entity), needs.get((loss.entity, loss.need))
        if of is None or loss.gap <= 0 or (need and need.is_aim):
            continue
        says, to = f"“{need.says if need else loss.need}”", f"{address_of(of)}#losses"
        if of.id in ids:
            own.append(Loss(of.title, to, says, signed(-loss.gap, loss.unit), _people(loss)))
        for box in loss.boxes:
            size = box.starts_here + box.not_traced
            if box.id in ids and box.id != of.id and size > 0:
                where = f"of {says} ({of.title}) starts here" + ("" if box.claim == STARTS_HERE else " or below")
                origins.append((size, Loss(box.title, to, where, signed(-size, loss.unit), None)))
    return (*own, *(each for _, each in sorted(origins, key=lambda each: (-each[0], each[1].title))))


def _people(loss: LossMap) -> str | None:
    """How many people a day; None where it is not known, or less than one."""
    return people_words(loss) if loss.people_per_day is not None and round(loss.people_per_day) else None


def needs_words(needs: Needs) -> str:
    """Say in one sentence how the needs of all of them stand."""
    met, missed, undecided, unknown = _counts(each for rows in needs.values() for each in rows)
    total = met + missed + undecided + unknown
    if not total:
        return "Nobody has written down what people need from any of it"
    parts = [(met, "met"), (missed, "missed"), (undecided, "too close to call"), (unknown, "not measured")]
    return f"Of {plural(total, 'need')}: " + listed([f"{n:,} {words}" for n, words in parts if n])


def of_kinds(entities: Iterable[Entity], *wanted: str) -> list[Entity]:
    """Return those of some kinds, in the order of a telephone book."""
    return by_title(each for each in entities if each.kind in wanted)


def work_of(entities: Iterable[Entity]) -> list[Entity]:
    """Return the services and parts among them."""
    return of_kinds(entities, kinds.SERVICE, kinds.PART)


def holdings_sheet(holdings: Iterable[Holding]) -> Sheet:
    """Return services and parts with their newest number and how many of their needs have each verdict."""
    header = (*LISTED, *(f"needs {each}" for each in VERDICTS))
    return Sheet(header, tuple(
        (each.row.entity, each.row.title, each.row.kind, each.row.within, *number_cells(each.row.number), *each.counts)
        for each in holdings
    ))  # fmt: skip
