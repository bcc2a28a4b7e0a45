"""
Channel take-up: the share of what was completed that was completed in a channel; with no channel named, the digital ones.

Formula   completed in the channel / completed in all channels, both from one source and one window
Unit      share          Grain  one row per entity, period, channel (none: the digital channels together) and kind of consumer
Counts    transactions as a source counts them; else attempts that began in the period, are old enough to judge and were
          done, by the channel first seen
Leaves out  an entity and period in which either number is not known, or nothing was completed; the digital channels together
          where no channel seen is one of those that are known (web, app, phone, post, desk ...): then nobody knows which of
          them are digital, and that is said. A channel that counts more
          than all channels together is kept as the source gives it: above 100 % it is a finding about the data
Source    GOV.UK Service Standard, mandatory key performance indicators (digital take-up)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wholeservice.measures.base import FULL_COUNT, Cell, Measure, Statistics, Sums, Value
from wholeservice.measures.counted import (
    DIGITAL_CHANNELS,
    OTHER_CHANNELS,
    TRANSACTIONS,
    counts,
    digital,
    first_of,
    ratio,
    stated,
    totals,
)
from wholeservice.measures.finish import finish_ratio
from wholeservice.measures.units import PERIOD, Units, in_periods, union_all
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

KNOWN = (*DIGITAL_CHANNELS, *OTHER_CHANNELS)
NOT_KNOWN = "none of its channels is known to be digital or not: map them to web, app, phone, post, desk"
STATED = ("take-up", "digital take-up", "digital-take-up")


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Set each channel, and the digital ones together, against all channels."""
    return union_all([*_counted(facts), *_seen(facts, periods)])


def _counted(facts: FactTables) -> list[IbisTable]:
    amounts = counts(facts, TRANSACTIONS).filter(lambda t: t.step.isnull()).drop("step")
    everything = totals(amounts)
    by_channel = amounts.filter(amounts.channel.notnull())
    said = stated(facts, STATED).filter(lambda t: t.step.isnull()).drop("step", "currency")
    return [ratio(by_channel, everything), *first_of([ratio(digital(amounts), everything), said])]


def _seen(facts: FactTables, periods: IbisTable) -> list[IbisTable]:
    import ibis

    (attempts,) = units(facts)
    done = in_periods(attempts.rows.select("entity", "channel", "unit_at"), periods)
    cell = ["entity", *PERIOD]
    c = done.group_by([*cell, "channel"]).aggregate(numerator=done.count().cast("float64"))
    c = c.mutate(denominator=c.numerator.sum().over(ibis.window(group_by=[c[name] for name in cell])))
    c = c.mutate(n=c.denominator)
    is_digital, is_known = c.channel.isin(DIGITAL_CHANNELS), c.channel.isin(KNOWN)
    together = c.group_by([*cell, c.n]).aggregate(
        numerator=is_digital.ifelse(c.numerator, 0.0).sum(), denominator=is_known.any().ifelse(c.denominator.max(), 0.0)
    )
    return [c, together]


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts that were done, in whatever channel: a channel is a share of all of them."""
    import ibis

    a = facts.attempts
    a = a.filter(a.finished_at.notnull(), a.is_matured, a.channel.notnull())
    who, is_digital = a.consumer.coalesce(a.attempt), a.channel.isin(DIGITAL_CHANNELS).ifelse(1.0, 0.0)
    rows = a.mutate(unit_at=a.started_at, cluster=who, hit=is_digital, weight=ibis.literal(1.0))
    return (Units("attempts", rows, beside=("channel",)),)


def patch(sums: Sums, went: Sums, came: Sums) -> Sums:
    """Patch what was completed in each channel, and set it against all of them anew."""
    amounts: dict[Cell, float] = {}
    for part, sign in ((sums, 1), (went, -1), (came, 1)):
        for cell, each in part.items():
            if cell.channel is not None:
                amounts[cell] = amounts.get(cell, 0.0) + sign * each.numerator
    totals: dict[Cell, list[tuple[str | None, float]]] = {}
    for cell, amount in amounts.items():
        if amount:
            totals.setdefault(replace(cell, channel=None), []).append((cell.channel, amount))
    found: Sums = {}
    for cell, parts in totals.items():
        n = sum(amount for _, amount in parts)
        online = sum(amount for channel, amount in parts if channel in DIGITAL_CHANNELS)
        found[cell] = Statistics(n=n, numerator=online, denominator=n if any(each in KNOWN for each, _ in parts) else 0.0)
        for channel, amount in parts:
            found[replace(cell, channel=channel)] = Statistics(n=n, numerator=amount, denominator=n)
    return found


def finish(sums: Statistics) -> Value:
    """Finish a ratio; where nobody knows which channels are digital there is none.

    >>> finish(Statistics(n=40, denominator=0)).why_missing == NOT_KNOWN, finish(Statistics(numerator=1, denominator=4)).value
    (True, 0.25)
    """
    if sums.denominator <= 0 < sums.n:
        return Value(None, None, sums.n, NOT_KNOWN)
    return finish_ratio(replace(sums, n=sums.denominator))


MEASURE = Measure(
    name="channel-take-up", title="Share who use the digital channels", unit=SHARE, better="higher",
    needs=("tallied", "attempts"), own_query=query, units=units, finish=finish, basis=FULL_COUNT,
    words=("take-up", "digital-take-up", "takeup"), version=2, patch=patch,
)  # fmt: skip
