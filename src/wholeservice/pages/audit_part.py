"""What of a service or part is neither described nor measured: the audit, and one line of it for the page of the service."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wholeservice.findings.coverage import holes_of, summary
from wholeservice.findings.holes import Hole
from wholeservice.measures.asked import periods_of, unasked
from wholeservice.organisation.graph import Entity
from wholeservice.organisation.kinds import PART, SERVICE
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import plural
from wholeservice.periods import civil

SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """How many holes there are, the sentence that states them, and the page that lists them."""

    words: str
    says: str
    address: str


def audited(data: Data, entity: str) -> tuple[Hole, ...]:
    """Return the holes of an entity; what is measured of another period than a reader asked for is no hole."""
    return holes_of(data.organisation, unasked(data.results), entity, newest_day(data))


def newest_day(data: Data) -> dt.date | None:
    """Return the newest day that a number is of, never today; None without any number."""
    newest = next(iter(periods_of(data.results)), None)
    return civil(newest.to_at - SECOND, data.zone) if newest else None


def audit_line(data: Data, entity: Entity) -> AuditLine | None:
    """Return one line about what is missing of an entity; None of what is neither a service nor a part."""
    if entity.kind not in (SERVICE, PART):
        return None
    holes = audited(data, entity.id)
    words = f"{plural(len(holes), 'thing')} not described or not measured, by kind"
    return AuditLine(words, summary(holes), address("coverage", entity.id))
