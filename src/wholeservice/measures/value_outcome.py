"""
Value outcome: of the attempts of which outcome, experience and price are known, the share that got what they came for.

Formula   attempts whose answer to `outcome` is above the middle of its scale / attempts in which all three
          are known
Unit      share          Grain  one row per entity, period, step and channel
Counts    what `value-realised` counts: the same attempts, of which it is one of three parts; clustered by consumer
Leaves out  attempts that lack one of the three
Interval  Wilson, clustered by consumer
Source    Tedder (output, outcome and value)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.answered import OUTCOME
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.units import Units, union_all
from wholeservice.measures.value import judged
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Count attempts of which all three are known, and those in which this one is good."""
    return union_all([each.summed(periods) for each in units(facts)])


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts of which all three are known; those in which this one is good are hits."""
    return judged(facts, (OUTCOME,))


MEASURE = Measure(
    name="value-outcome", title="Of those asked all three: got what they came for", unit=SHARE, better="higher",
    needs=("answers",), query=query, units=units, finish=finish_share, patch=None,
)  # fmt: skip
