"""People as units: what kind they are is what their first attempt says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.kinds import DEVICE, SEGMENT

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

ALONE = (SEGMENT, DEVICE)
"""What people are broken down by. Not by hour: in which one somebody happens to come first says nothing of them."""


def of_the_first(people: IbisTable, attempts: IbisTable) -> IbisTable:
    """Add segment and device: those of the attempt that began at `unit_at`; of two that began at once, the first by name.

    Shape    *people* have entity, consumer and unit_at; what no such attempt says is missing
    """
    a = attempts
    told = a.group_by(told_of=a.entity, told_by=a.consumer, told_at=a.started_at).aggregate(
        segment=a.segment.min(), device=a.device.min()
    )
    same = [people.entity == told.told_of, people.consumer == told.told_by, people.unit_at == told.told_at]
    return people.left_join(told, same).drop("told_of", "told_by", "told_at")
