"""Between what and what the share of failed deployments lies, by who says that one failed: no rule knows for sure."""

from __future__ import annotations

import datetime as dt

from wholeservice.derived.failing import RULES
from wholeservice.measures.kinds import MARK, RULE
from wholeservice.pages.base import Data
from wholeservice.units import write

FAIL_RATE = "change-fail-rate"


def attributed(data: Data, entity: str, from_at: dt.datetime, to_at: dt.datetime) -> str | None:
    """Return the range of the share in a period, in words; None where fewer than two rules have a number."""
    measure = data.measures.get(FAIL_RATE)
    found: list[float] = []
    for rule in RULES if measure else ():
        rows = data.results.rows(FAIL_RATE, entity, segment=f"{RULE}{MARK}{rule}")
        same = (sums for cell, sums in rows if (cell.from_at, cell.to_at) == (from_at, to_at))
        values = [measure.finish(sums).value for sums in same] if measure else []
        found += [value for value in values[:1] if value is not None]
    if measure is None or len(found) < 2:
        return None
    return f"between {write(min(found), measure.unit)} and {write(max(found), measure.unit)}, by how a failure is attributed"
