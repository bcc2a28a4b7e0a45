"""The page of an owner: all they answer for, what they command, how its needs stand, and what is lost there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Entity
from wholeservice.organisation.remit import misplaced_owners, owner_of, remit
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.entries import address_of, entries_of
from wholeservice.pages.findings_part import FindingRow, rows
from wholeservice.pages.holdings_part import (
    Holding,
    Loss,
    MissedNeed,
    Thing,
    holding_of,
    holdings_sheet,
    losses_at,
    missed_needs,
    needs_by_entity,
    needs_words,
    of_kinds,
    work_of,
)  # fmt: skip
from wholeservice.pages.numbers import listed, plural
from wholeservice.pages.reach_part import volume_words
from wholeservice.units import COUNT, write

MOST_SERVICES = 80


@dataclass(frozen=True, slots=True)
class OwnerPage:
    """All that is known of what somebody answers for. Nothing here judges the person."""

    name: str
    title: str
    needs_title: str
    services: tuple[Holding, ...]  # the first of them by name; the table for a spreadsheet holds all
    n_services: int
    missed: tuple[MissedNeed, ...]
    losses: tuple[Loss, ...]
    others: tuple[Thing, ...]  # value streams, policies, teams, units
    outside: tuple[Thing, ...]  # answered for, but run by teams that somebody else commands
    beyond: tuple[Thing, ...]  # commanded, but somebody else answers for it
    too_short: tuple[Thing, ...]  # services whose first or last step is out of reach
    findings: tuple[FindingRow, ...]
    snapshot: str


def build(data: Data, name: str) -> OwnerPage | None:
    """Return the page of an owner; None when nobody of this name owns anything."""
    if name not in entries_of(data).owners:
        return None
    org = data.organisation
    owned = _owned(data, name)
    commanded = remit(org, name)
    work, ids = work_of(owned), frozenset(each.id for each in owned)
    needs = needs_by_entity(data, work)
    services = tuple(holding_of(data, each, needs) for each in work[:MOST_SERVICES])
    beyond = work_of(org.entities[each] for each in commanded if each not in ids)
    misplaced = frozenset(misplaced_owners(org))
    short = [each for each in work if each.id in misplaced]
    return OwnerPage(
        name, _title(name, owned), needs_words(needs), services, len(work), missed_needs(work, needs), losses_at(data, ids),
        tuple(_others(data, owned)), _things(data, [each for each in work if each.id not in commanded]),
        _things(data, beyond), _things(data, short), rows(data, about_data=False, of=ids), data.snapshot,
    )  # fmt: skip


def _owned(data: Data, name: str) -> list[Entity]:
    return [each for each in data.organisation.entities.values() if owner_of(data.organisation, each.id) == name]


def _title(name: str, owned: list[Entity]) -> str:
    parts = [
        plural(len(found), one, many)
        for kind, one, many in (
            (kinds.SERVICE, "service", None), (kinds.PART, "part", None), (kinds.POLICY, "policy", "policies"),
            (kinds.STREAM, "value stream", None), (kinds.TEAM, "team", None), (kinds.UNIT, "unit", None),
        )
        if (found := of_kinds(owned, kind))
    ]  # fmt: skip
    return f"{name} answers for {listed(parts)}"


def _others(data: Data, owned: list[Entity]) -> Iterator[Thing]:
    for kind in (kinds.STREAM, kinds.POLICY, kinds.TEAM, kinds.UNIT):
        for each in of_kinds(owned, kind):
            yield Thing(kind.replace("-", " "), each.title, address_of(each), _note(data, each))


def _note(data: Data, entity: Entity) -> str | None:
    """What is declared of it that an owner is asked about."""
    fields = entity.fields
    if entity.kind == kinds.STREAM:
        fund = volume_words(fields.get("fund"))
        return f"funded with {fund}" if fund else "its money is not written down"
    if entity.kind == kinds.POLICY:
        return str(fields.get("basis") or "why it is so is not written down")
    if entity.kind == kinds.TEAM:
        people = fields.get("people")
        return f"{write(people, COUNT)} people" if isinstance(people, int | float) else None
    return None


def _things(data: Data, entities: list[Entity]) -> tuple[Thing, ...]:
    """Name who else comes in: the one who answers for it, or the team that runs it."""
    return tuple(Thing(each.kind, each.title, address_of(each), _who(data, each)) for each in entities)


def _who(data: Data, entity: Entity) -> str | None:
    team = data.organisation.entities.get(entity.team or "")
    answers = owner_of(data.organisation, entity.id)
    words = [f"{answers} answers for it"] if answers else ["nobody is named as its owner"]
    return "; ".join(words + ([f"{team.title} runs it"] if team else []))


def _sheet(data: Data, page: OwnerPage) -> Sheet:
    """All their services and parts."""
    work = work_of(_owned(data, page.name))
    needs = needs_by_entity(data, work)
    return holdings_sheet(holding_of(data, each, needs) for each in work)


PAGE = Page(path="/owner/{name}", name="owner", template="owner.html", build=build, sheet=_sheet, has_period=True)
