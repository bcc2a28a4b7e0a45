"""
Time to first success: how long it takes from people's first contact with a service until half of them first got to an end.

Formula   the Kaplan–Meier median of the time from a consumer's first event at the service to the first attempt that reaches an
          end, all attempts before it included; those who are not there yet count for as long as they were seen
Unit      seconds          Grain  one row per entity and period of the first contact, and per kind of
          consumer and device, which are those of the first attempt
Counts    consumers, each once, by buckets of time 1.6 to 3.1 % wide: at most 1.6 % from a time that was observed
Leaves out  events without a consumer. Who came before the data begin looks new in them. No number where fewer than half got
          there while they were seen: half is then not known yet, and may never be
Interval  Greenwood's variance, on the log of the log; none where its upper end was not seen
Source    Tedder; Kaplan & Meier 1958; Greenwood 1926; Brookmeyer & Crowley 1982
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import whole_seconds
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_waiting
from wholeservice.measures.people import ALONE, of_the_first
from wholeservice.measures.units import PEOPLE, Units
from wholeservice.units import SECONDS

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Consumers by their first contact; those who got to an end are hits."""
    import ibis

    a = facts.attempts
    newest = a.aggregate(newest_at=a.last_at.max())
    a = a.filter(a.consumer.notnull())
    c = a.group_by(a.entity, a.consumer).aggregate(unit_at=a.started_at.min(), done_at=a.finished_at.min())
    c = of_the_first(c, a).cross_join(newest)
    rows = c.mutate(
        cluster=c.consumer, hit=c.done_at.notnull().ifelse(1.0, 0.0), weight=ibis.literal(1.0),
        lasted_s=whole_seconds(c.done_at.coalesce(c.newest_at)) - whole_seconds(c.unit_at),
    )  # fmt: skip
    return (Units(PEOPLE, rows, alone=ALONE),)


MEASURE = Measure(
    name="time-to-first-success", title="How long until it first works out", unit=SECONDS, better="lower",
    needs=("attempts",), units=units, finish=finish_waiting,
    version=2, patch=None,  # an attempt changes what is known of another one of the same person; and those who wait, wait on
)  # fmt: skip
