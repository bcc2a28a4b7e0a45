"""
Waste: of the time that finished work took and of which the worth is known, the share that was waiting or waste.

Formula   Σ (time waiting + time worked on in stages that are waste) / Σ time of which the worth is known, over items done in
          the period
Unit      share          Grain  one row per entity and period, and per kind of work
Counts    as `value-adding-time`, with which and the necessary time it adds up to 100 %
Leaves out  as `value-adding-time`
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
from wholeservice.measures.value_of_time import KNOWN_S, WASTE_S, value_of_time
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done, by how many seconds of them were waste, of those of which the worth is known."""
    i = value_of_time(facts, done_items(facts))
    i = i.mutate(hit=i[WASTE_S], counts=i[KNOWN_S])
    return (Units(LIVES, i.filter(i.counts > 0), alone=(WORK_KIND,)),)


MEASURE = Measure(
    name="waste-time", title="Time that is waste", unit=SHARE, better="lower", needs=(LIVES, TILES), units=units,
    finish=finish_share, patch=None,
)  # fmt: skip
