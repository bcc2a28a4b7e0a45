"""
Throughput: how many items of work were done in a period.

Formula   items done in the period
Unit      count          Grain  one row per entity and period, and per kind of work (`--by kind`)
Counts    a full count: the interval is the variation between periods, never sampling. n is how many items there were in the
          period, done in it or not; so a period with work in it of which nothing was done is a true 0, and not left out
Leaves out  what is over and was not done, as a judgement says of it (`verdict`, `not done: ...`); periods in which there was no
          item at all: nobody knows whether anything was asked for. How large an item is: a large one counts as one
Source    The Kanban Guide, 2025; flow velocity in the Flow Framework (Kersten 2018)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.streams import by_holder
from wholeservice.measures.base import FULL_COUNT, Measure
from wholeservice.measures.finish import finish_count
from wholeservice.measures.finished import LIVES, earliest, in_period, present
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.units import COUNT

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that there were in a period; those done in it are hits."""
    i = by_holder(facts, facts.lives)
    i = i.mutate(unit_at=earliest(i), last_at=i.done_at.coalesce(i.life_to))
    return (Units(LIVES, i, alone=(WORK_KIND,), dated=_dated),)


def _dated(rows: IbisTable, periods: IbisTable) -> IbisTable:
    import ibis

    i = present("unit_at", "last_at")(rows, periods)
    return i.mutate(cluster=i.item, hit=(in_period(i.done_at, i) & ~i.is_given_up).ifelse(1.0, 0.0), weight=ibis.literal(1.0))


MEASURE = Measure(
    name="throughput", title="Work done", unit=COUNT, better="neither", needs=(LIVES,), units=units,
    finish=finish_count, basis=FULL_COUNT, words=("flow-velocity",), patch=None,
)  # fmt: skip
