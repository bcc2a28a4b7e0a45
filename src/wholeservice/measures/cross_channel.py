"""
Cross-channel: the share of attempts that needed more than one channel.

Formula   attempts with events in two channels or more / attempts of which at least one channel is known
Unit      share          Grain  one row per entity, period and channel, and per kind of consumer, device and hour;
          the channel of an attempt is the first one seen in it
Counts    attempts that began in the period and are old enough to judge, clustered by consumer. Attempts are what the service
          says they are (`attempt:`): where a change of channel begins another attempt, the two are not one here
Leaves out  attempts of which no channel is known. A source that tells of one channel only makes this look small: it is the
          least that is so
Source    the channel shift of the GOV.UK Service Manual: people who cannot finish where they began. Neither more nor less is
          better by itself: a change may be meant, as from the web to the desk; Wilson 1927 and Kish 1965 for the interval
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
    """Attempts that are old enough to judge; those of several channels are hits."""
    import ibis

    a = facts.attempts
    a = a.filter(a.is_matured, a.channels_used > 0)
    several = (a.channels_used > 1).ifelse(1.0, 0.0)
    rows = a.mutate(unit_at=a.started_at, cluster=a.consumer.coalesce(a.attempt), hit=several, weight=ibis.literal(1.0))
    return (Units("attempts", with_hour(facts, rows, rows.started_at), by=("channel",), alone=KINDS),)


MEASURE = Measure(
    name="cross-channel", title="Attempts that needed more than one channel", unit=SHARE, better="neither",
    needs=("attempts",), units=units, finish=finish_share, words=("channel-switch", "several-channels"),
    version=2,
)  # fmt: skip
