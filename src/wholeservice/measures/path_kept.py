"""
Path kept: the share of attempts whose way through the service is one that its journey foresees.

Formula   attempts whose path the typed journey allows / attempts with a path. A path is the steps in the order in which they
          were visited, visits at the same step in a row being one stay. Who stops on the way has kept to it; who goes back
          without `retry`, skips what is not `optional` or goes where the journey has no step has not
Unit      share          Grain  one row per entity, period and channel, and per kind of consumer, device and hour
Counts    attempts that began in the period and are old enough to judge, clustered by consumer
Leaves out  attempts that were at no step; journeys in which so much may be done at once that nearly every order is allowed. A
          source that does not tell of every step makes kept paths look broken: see first how many events each step has
Source    conformance of event logs to a model (van der Aalst, Process Mining, 2016, chapter 8), a path as a whole or not at
          all; Wilson 1927 and Kish 1965 for the interval. Neither more nor less is better by itself: often it is the journey
          that should follow the people
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.kinds import KINDS, with_hour
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts whose path the journey allows or not; those that went as it foresees are hits."""
    import ibis

    a, p = facts.attempts, facts.paths
    rows = p.filter(p.is_kept.notnull()).join(a.filter(a.is_matured), ["entity", "attempt"])
    hit, who = rows.is_kept.ifelse(1.0, 0.0), rows.consumer.coalesce(rows.attempt)
    rows = rows.mutate(unit_at=rows.started_at, cluster=who, hit=hit, weight=ibis.literal(1.0))
    return (Units("attempts", with_hour(facts, rows, rows.started_at), by=("channel",), alone=KINDS),)


MEASURE = Measure(
    name="path-kept", title="Attempts that went as the journey foresees", unit=SHARE, better="neither",
    needs=("paths", "attempts"), units=units, finish=finish_share, words=("journey-kept", "conformance"),
    version=2,
)  # fmt: skip
