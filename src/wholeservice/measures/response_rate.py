"""
Response rate: the share of those asked who answered.

Formula   responses with an answer / responses asked for. Questions asked together are one response
Unit      share          Grain  one row per entity, period, step and channel, and per kind of consumer, device and hour
Counts    questions by when they were asked, by their weight, clustered by consumer; or somebody else's counts of `answered`
          and `asked`
Leaves out  sources that never say whom they asked in vain: there everybody would seem to have answered. More answered than
          asked is kept as the source gives it: a finding about the data
Interval  Wilson, clustered by consumer
Source    OMB Circular A-11, section 280; AAPOR, Standard definitions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.answered import ALONE, BY, asked_of, responses_of, text_of, units_of
from wholeservice.measures.base import Measure
from wholeservice.measures.counted import counts, ratio, with_all_channels
from wholeservice.measures.finish import finish_share
from wholeservice.measures.units import RESPONSES, Units, union_all
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

ANSWERED, ASKED = ("answered",), ("asked",)


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Set those who answered against those who were asked."""
    told = ratio(counts(facts, ANSWERED), counts(facts, ASKED), "step", "channel")
    return union_all([*(each.summed(periods) for each in units(facts)), with_all_channels(told, "step")])


def units(facts: FactTables) -> tuple[Units, ...]:
    """What was asked together, of sources that say whom they asked in vain; what got an answer is a hit."""
    import ibis

    a = asked_of(facts)
    has_answer = a.answered_at.notnull() | a.score.notnull() | text_of(a).notnull()
    a = a.mutate(unit_at=a.asked_at, has_answer=has_answer)
    r = responses_of(a, source=a.source.min(), has_answer=a.has_answer.any())
    r = r.mutate(says_whom=(~r.has_answer).any().over(ibis.window(group_by=r.source)))
    r = r.filter(r.says_whom)
    return (Units(RESPONSES, units_of(r, r.has_answer.ifelse(1.0, 0.0)), by=BY, alone=ALONE),)


MEASURE = Measure(
    name="response-rate", title="Of those asked, who answered", unit=SHARE, better="neither", needs=("answers", "tallied"),
    own_query=query, units=units, finish=finish_share, version=2, patch=None,
)  # fmt: skip
