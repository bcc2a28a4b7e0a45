"""
Response time: how long half of the calls to a part or internal service take at most.

Formula   the median duration of the calls that gave what was asked; a target may name another share (`p95 response-time`)
Unit      seconds          Grain  one row per entity called, period and step that made the call; for
          the windows that targets ask for, also per hour
Counts    calls in production, each as many as it stands for (1 / sampling), in buckets 1.6 to 3.1 % wide: a number is at most
          1.6 % from a duration that was recorded. A target for 95 of 100 is held against the calls of its whole window;
          quantiles of shorter periods are never averaged
Leaves out  calls that failed (a quick failure is no answer), and those of which no duration is known. The way between the
          consumer and the part is in no call
Interval  order statistics; calls of one trace are taken for as alike as can be
Source    Tene 2013, How NOT to Measure Latency; David & Nagaraja 2003, 7.1; Woodruff 1952; Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import in_production
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_durations
from wholeservice.measures.kinds import HOUR, with_hour
from wholeservice.measures.units import Units
from wholeservice.units import SECONDS

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Calls in production that worked."""
    import ibis

    c = in_production(facts.calls)
    c = c.filter(c.entity.notnull(), ~c.failed, c.duration_s >= 0)
    rows = c.mutate(
        unit_at=c.started_at, cluster=c.trace, lasted_s=c.duration_s, hit=ibis.literal(1.0), weight=c.weight.coalesce(1.0)
    )
    return (Units("calls", with_hour(facts, rows, rows.started_at), by=("step",), in_windows=((HOUR,),)),)


MEASURE = Measure(
    name="response-time", title="How long calls take", unit=SECONDS, better="lower", needs=("calls",),
    units=units, finish=finish_durations, at=finish_durations, words=("latency",), version=2,
)  # fmt: skip
