"""Rates per week: how many there were in a period, over its weeks. Between the first and the last, nothing in a period is a 0.

Before the first and after the last nobody knows whether there was nothing or nobody told of it: there is no number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import seconds_between
from wholeservice.measures.units import PERIOD

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

WEEK_S = 7 * 86400.0


def per_week(units: IbisTable, dated: IbisTable, periods: IbisTable) -> IbisTable:
    """
    Sum units up per entity and period: numerator is how many, denominator the weeks.

    Shape    *dated*: the units beside the periods they count in; a period that touches the time from the first to the last
             unit of an entity has a row, and no other
    """
    keys = ["entity", *PERIOD]
    seen = units.group_by(seen="entity").aggregate(first_at=units.unit_at.min(), last_at=units.unit_at.max())
    frame = seen.join(periods, [seen.first_at < periods.to_at, seen.last_at >= periods.from_at])
    frame = frame.select(
        "from_at", "to_at", "window", entity="seen", denominator=seconds_between(frame.from_at, frame.to_at) / WEEK_S
    )
    counted = dated.group_by(keys).aggregate(numerator=dated.hit.sum(), n=dated.count().cast("float64"))
    counted = counted.rename(**{f"of_{name}": name for name in keys})
    found = frame.left_join(counted, [frame[name] == counted[f"of_{name}"] for name in keys])
    found = found.mutate(numerator=found.numerator.fill_null(0.0), n=found.n.fill_null(0.0))
    return found.select(*keys, "numerator", "denominator", "n")
