"""
Success: the share of calls to a part or internal service that gave what was asked.

Formula   calls that did not fail / calls, each as many as it stands for (1 / sampling)
Unit      share          Grain  one row per entity called, period and step that made the call; for
          the windows that targets ask for, also per hour
Counts    calls in production, clustered by trace: calls of one trace are alike
Leaves out  other environments. A retry that worked does not undo the call that failed
Source    Google SRE workbook, service level indicators; Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import in_production
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.kinds import HOUR, with_hour
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Calls in production; those that did not fail are hits."""
    c = in_production(facts.calls)
    c = c.filter(c.entity.notnull())
    worked = c.failed.ifelse(0.0, 1.0)
    rows = c.mutate(unit_at=c.started_at, cluster=c.trace, hit=worked, weight=c.weight.coalesce(1.0))
    return (Units("calls", with_hour(facts, rows, rows.started_at), by=("step",), in_windows=((HOUR,),)),)


MEASURE = Measure(
    name="success", title="Calls that worked", unit=SHARE, better="higher", needs=("calls",),
    units=units, finish=finish_share, words=("success-rate",), version=2,
)  # fmt: skip
