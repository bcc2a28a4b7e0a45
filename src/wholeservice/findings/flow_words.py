"""What findings about flow have in common: the time they look at, who could act, and how lengths are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from wholeservice.derived.streams import is_shown
from wholeservice.findings.base import Facts
from wholeservice.findings.flow_extracts import LOOKED_AT
from wholeservice.findings.scope import who_can_act
from wholeservice.findings.wording import title_of
from wholeservice.organisation.kinds import TEAM
from wholeservice.periods import Period, label
from wholeservice.uncertainty import Interval
from wholeservice.units import SECONDS, SHARE, write

if TYPE_CHECKING:
    from wholeservice.measures.base import Cell

Row = TypeVar("Row")
DAY_S = 86400


def rows(facts: Facts, extract: str, row: type[Row]) -> Iterator[Row]:
    """Yield the rows of an extract, of streams and teams that are known."""
    for each in facts.extracts.get(extract, []):
        yield row(**each)


def looked_at(facts: Facts) -> Period | None:
    """Return the time that the extracts about flow are of."""
    row: dict[str, Any] | None = next(iter(facts.extracts.get(LOOKED_AT, [])), None)
    return Period(row["from_at"], row["to_at"]) if row else None


def number(facts: Facts, measure: str, entity: str, step: str | None = None) -> Cell | None:
    """Return the newest number of a measure that stands behind a line of evidence: at the stage, where that has one."""
    found = facts.results.latest(measure, entity, step=step) or facts.results.latest(measure, entity)
    return found.cell if found else None


def when(facts: Facts) -> str:
    """Write that time: `24 Feb to 24 Aug 2026`."""
    period = looked_at(facts)
    return label(period, facts.zone) if period else ""


def acting(facts: Facts, team: str | None, entity: str | None) -> str | None:
    """Return who could act: a team of five people or more, else who answers for the thing."""
    known = facts.organisation.entities.get(team) if team else None
    if known and known.kind == TEAM and is_shown(known):
        return known.id
    who = who_can_act(facts, entity) if entity else None
    found = facts.organisation.entities.get(who) if who else None
    return None if found and found.kind == TEAM and not is_shown(found) else who


def place(facts: Facts, entity: str | None, stage: str | None) -> str:
    """Name what is waited for: a service, else a stage; never a team."""
    known = facts.organisation.entities.get(entity) if entity else None
    if entity and not (known and known.kind == TEAM):
        return title_of(facts, entity)
    return f"the stage ‘{stage}’" if stage else "something that another team has"


def long(seconds: float) -> str:
    """Write a length; a sum over many items in whole days.

    >>> long(1278720.0), long(199584000.0)
    ('14.8 d', '2,310 d')
    """
    return f"{seconds / DAY_S:,.0f} d" if seconds >= 100 * DAY_S else write(seconds, SECONDS)


def percent(share: float) -> str:
    """Write a share in whole percent, or in tenths where it is small: `38%`, `4.2%`."""
    return f"{share:.0%}" if share >= 0.1 else write(share, SHARE)


def interval(low: float | None, high: float | None, method: str = "weeks as clusters") -> Interval | None:
    """Return how far a number could be off, where that can be said."""
    return Interval(low, high, method) if low is not None and high is not None else None


def from_to(low: float | None, high: float | None) -> str:
    """Say how far a length could be off: `; it could be from 9 d to 12 d`."""
    return f"; it could be from {long(low)} to {long(high)}" if low is not None and high is not None else ""
