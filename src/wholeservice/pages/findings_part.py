"""Findings as pages list them: their number, their title in plain words, how large, how many people, and what to try next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wholeservice.draw.axes import likely
from wholeservice.findings.base import Finding
from wholeservice.organisation.graph import Organisation, descendants
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import when
from wholeservice.units import COUNT, difference_unit, write


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding in a list; `number` is its place among all of this snapshot and opens it."""

    number: int
    title: str
    entity: str
    of: str
    is_page: bool  # the entity has a page
    kind: str  # of the entity, which says what its page is
    size: str | None  # worse by
    range_written: str | None
    people: str | None
    period: str | None
    try_next: str
    about_data: bool


def finding_row(data: Data, number: int, finding: Finding) -> FindingRow:
    """Return the row of a finding; *number* counts from 1 over all findings."""
    entity = data.organisation.entities.get(finding.entity)
    spread, unit = finding.interval, finding.unit
    size = None if finding.size is None or unit is None else write(finding.size, difference_unit(unit))
    range_written = likely(spread.low, spread.high, difference_unit(unit)).removeprefix("likely ") if spread and unit else None
    people = None if finding.people is None else f"{write(finding.people, COUNT)} people"
    return FindingRow(
        number, finding.title, finding.entity, entity.title if entity else finding.entity, entity is not None,
        entity.kind if entity else "",
        None if finding.about_data else size, range_written or None, people,
        when(data, finding.period) if finding.period else None, finding.try_next, finding.about_data,
    )  # fmt: skip


def rows(data: Data, *, about_data: bool | None = None, of: Iterable[str] | None = None) -> tuple[FindingRow, ...]:
    """Return finding rows in the order found; *of* keeps those of some entities."""
    kept = None if of is None else frozenset(of)
    return tuple(
        finding_row(data, number, finding)
        for number, finding in enumerate(data.findings, 1)
        if about_data in (None, finding.about_data) and (kept is None or finding.entity in kept)
    )


def around(organisation: Organisation, entity: str) -> frozenset[str]:
    """Return an entity and everything inside it."""
    return frozenset((entity, *descendants(organisation, entity)))
