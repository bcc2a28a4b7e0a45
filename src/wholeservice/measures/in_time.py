"""
In time: the share of items of work that were done by the day that was promised for them.

Formula   items done by their due date / items whose due date has come
Unit      share          Grain  one row per entity, period and channel
Counts    items that have a due date, each once, in the period it falls in. One that is not done counts as late from its due
          date on. Due dates and ends are instants: a due date that is only a day is the first instant of it, unless the mapping
          adds the day (`plus: 1d`)
Leaves out  items without a due date; items whose due date had not come when the newest row of their source was written, also
          those done by then: the early ones alone would be too good. It does not say whether the date itself was kept: an item
          that was given a later one is judged by that
Interval  Wilson
Source    ITIL service level management; Wilson 1927
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.promised import promised
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.units import Units
from wholeservice.tables import ITEMS
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items by the instant they were due; those done by then are hits."""
    import ibis

    p = promised(facts)
    rows = p.mutate(unit_at=p.due_at, cluster=p.item, hit=p.is_late.ifelse(0.0, 1.0), weight=ibis.literal(1.0))
    return (Units(ITEMS.name, rows, by=("channel",)),)


MEASURE = Measure(
    name="in-time", title="Done by the day promised", unit=SHARE, better="higher", needs=("items", "work"),
    units=units, finish=finish_share, words=("on-time", "done-in-time"), only_with=("items",),
    patch=None,  # whether a due date has come is known by the newest row of the source
)  # fmt: skip
