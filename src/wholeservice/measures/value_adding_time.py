"""
Value-adding time: of the time that finished work took and of which the worth is known, the share that added value.

Formula   Σ time worked on in stages that are value-adding / Σ time of which the worth is known, over items done in the period.
          Waiting adds no value, in whatever stage, and is waste; so is work in a stage that is waste; work in a stage that is
          necessary is that. What is neither here nor in `waste-time` is necessary
Unit      share          Grain  one row per entity and period, and per kind of work
Counts    items that were done in the period, clustered by item: one ratio of two sums
Leaves out  work in a stage of which nobody has said what kind it is, and time of which no source says how it was spent: how
          much of the time is known says `stage-kind-known`
Interval  Wilson, clustered by item
Source    Tedder, value to non-value; Womack & Jones 1996; Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.finished import LIVES, TILES, done_items
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.measures.value_of_time import KNOWN_S, VALUE_ADDING_S, value_of_time
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done, by how many seconds of them added value, of those of which the worth is known."""
    i = value_of_time(facts, done_items(facts))
    i = i.mutate(hit=i[VALUE_ADDING_S], counts=i[KNOWN_S])
    return (Units(LIVES, i.filter(i.counts > 0), alone=(WORK_KIND,)),)


MEASURE = Measure(
    name="value-adding-time", title="Time that adds value", unit=SHARE, better="higher", needs=(LIVES, TILES),
    units=units, finish=finish_share, patch=None,
)  # fmt: skip
