"""
Worth of time known: of the time that finished work took, the share of which it is known whether it added value.

Formula   Σ (time waiting + time worked on in stages of which the kind is declared) / Σ time from created to done, over items
          done in the period
Unit      share          Grain  one row per entity and period, and per kind of work
Counts    items that were done in the period, clustered by item. It stands beside `value-adding-time` and `waste-time`
Leaves out  items that took no time
Interval  Wilson, clustered by item
Source    Wholeservice; Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.finished import LIVES, TILES, done_items
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.measures.value_of_time import KNOWN_S, value_of_time
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done, by how many seconds of their time have a known worth."""
    i = value_of_time(facts, done_items(facts))
    i = i.mutate(hit=i[KNOWN_S], counts=i.worked_s + i.waited_s + i.unseen_s)
    return (Units(LIVES, i.filter(i.counts > 0), alone=(WORK_KIND,)),)


MEASURE = Measure(
    name="stage-kind-known", title="Time whose worth is known", unit=SHARE, better="higher", needs=(LIVES, TILES),
    units=units, finish=finish_share, patch=None,
)  # fmt: skip
