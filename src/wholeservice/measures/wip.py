"""
Work in progress: how many items were started and not yet done, on average over the period.

Formula   time that items were in progress within the period, added up / length of the period, as far as their source covers
          it. In progress from the first work on an item until it is done
Unit      count          Grain  one row per entity and period, and per kind of work
Counts    items in progress for any part of the period; n is how many these are. By Little's law, over a long time it is
          `throughput` per day times the mean time from the first work to done, in days
Leaves out  what waits to be started; items on which nobody was seen at work. An item that is open counts as long as its source
          tells of anything
Interval  the variation between periods: it is a full count, never a sample
Source    The Kanban Guide, 2025; Little 1961, Operations Research 9(3)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import seconds_between
from wholeservice.derived.streams import by_holder
from wholeservice.measures.base import FULL_COUNT, Measure, Statistics, Value
from wholeservice.measures.finish import NOTHING
from wholeservice.measures.finished import LIVES, present
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.units import COUNT

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items in progress in a period, by how many seconds of it; they count against its length."""
    lives = facts.lives
    seen = lives.group_by(told_by=lives.source).aggregate(seen_from=lives.life_from.min(), seen_to=lives.life_to.max())
    i = by_holder(facts, lives)
    i = i.filter(i.started_at.notnull())
    i = i.join(seen, i.source == seen.told_by).drop("told_by")
    i = i.mutate(unit_at=i.started_at, until_at=i.done_at.coalesce(i.life_to))
    return (Units(LIVES, i, alone=(WORK_KIND,), dated=_dated),)


def _dated(rows: IbisTable, periods: IbisTable) -> IbisTable:
    import ibis

    i = present("unit_at", "until_at")(rows, periods)
    from_at, to_at = ibis.greatest(i.from_at, i.seen_from), ibis.least(i.to_at, i.seen_to)
    i = i.mutate(
        cluster=i.item, weight=ibis.literal(1.0), counts=seconds_between(from_at, to_at),
        hit=seconds_between(ibis.greatest(from_at, i.unit_at), ibis.least(to_at, i.until_at)),
    )  # fmt: skip
    return i.filter(i.hit > 0)


def finish(sums: Statistics) -> Value:
    """Finish a mean number of items: each brings the length of the period, so that what several of them bring is n times it.

    >>> finish(Statistics(n=2, numerator=15, denominator=20)).value
    1.5
    """
    if sums.denominator <= 0:
        return Value(None, None, sums.n, NOTHING)
    return Value(sums.numerator * sums.n / sums.denominator, None, sums.n)


MEASURE = Measure(
    name="wip", title="Work in progress", unit=COUNT, better="lower", needs=(LIVES,), units=units,
    finish=finish, basis=FULL_COUNT, words=("work-in-progress", "flow-load"), patch=None,
)  # fmt: skip
