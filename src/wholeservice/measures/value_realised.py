"""
Value realised: the share of attempts in which people got what they came for, found it good and accepted the price, all three.

Formula   attempts in which all three answers are above the middle of their scale / attempts in which all three are known.
          Beside it, over the same attempts, the share of each: `value-outcome`, `value-experience`, `value-price`
Unit      share          Grain  one row per entity, period, step and channel
Counts    answers of one person about one attempt (where no attempt is named, those asked together) to the instruments
          `outcome`, `experience` (or one of satisfaction) and `price`, which is money and time; clustered by consumer. Of
          several answers to one, all must be good
Leaves out  attempts that lack one of the three. The product or the least of three shares is another number: it need not be
          the same people who are content with each
Interval  Wilson, clustered by consumer
Source    Tedder (value is an outcome, at an experience and a price that the same person accepts)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.units import Units, union_all
from wholeservice.measures.value import judged
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Count attempts of which all three are known, and those in which all three are good."""
    return union_all([each.summed(periods) for each in units(facts)])


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts of which all three are known; those in which all three are good are hits."""
    return judged(facts)


MEASURE = Measure(
    name="value-realised", title="People for whom it was worth it", unit=SHARE, better="higher", needs=("answers",),
    query=query, units=units, finish=finish_share, words=("value",), patch=None,
)  # fmt: skip
