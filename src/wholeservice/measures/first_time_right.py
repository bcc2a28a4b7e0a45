"""
First time right: the share of finished attempts that needed no repeat, no contact and no second try at a step.

Formula   finished attempts without any of the three / finished attempts:
            a repeat   the same consumer begins again at the same service within 7 days of finishing
            a contact  the same consumer asks for help with the service between the start and 7 days after finishing
            a failure  a step failed before the end was reached: it was tried again, or got round
Unit      share          Grain  one row per entity, period and channel, and per kind of consumer, device and hour
Counts    attempts by the day they began, clustered by consumer, once 7 days have passed since they finished
Leaves out  attempts without a consumer; services of which no contact is linked to a consumer, and attempts from before the
          first such contact: a number without contacts would be too good. It cannot see a return that nobody recorded, help
          that was got elsewhere, or whether a repeat was a new wish: where people come often, it is too low
Interval  Wilson, clustered by consumer
Source    Wang & Strong 1996; lean %C&A (Martin & Osterling 2013); Wilson 1927 and Kish 1965
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import FAILED, whole_seconds
from wholeservice.engines.base import once_more
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.kinds import KINDS, with_hour
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

AFTER_S = 7 * 86400
KEY = ("entity", "attempt")


def units(facts: FactTables) -> tuple[Units, ...]:
    """Finished attempts of which it can be known; those after which there was nothing more to do are hits."""
    import ibis

    done = _done(facts)
    wrong = _repeated(facts, done).union(_in_contact(facts, done), _failed(facts, done)).distinct().mutate(is_wrong=True)
    d = done.left_join(wrong, list(KEY)).drop("entity_right", "attempt_right")
    right = d.is_wrong.isnull().ifelse(1.0, 0.0)
    rows = d.mutate(unit_at=d.started_at, cluster=d.consumer, hit=right, weight=ibis.literal(1.0))
    return (Units("attempts", with_hour(facts, rows, rows.started_at), by=("channel",), alone=KINDS),)


def _done(facts: FactTables) -> IbisTable:
    """Finished attempts of known consumers, old enough, at services whose contacts were known of by then."""
    a, k = facts.attempts, facts.contacts
    newest = a.aggregate(newest_at=a.last_at.max())
    k = k.filter(k.consumer.notnull(), k.entity.notnull())
    known = k.group_by(contacts_of=k.entity).aggregate(since_at=k.happened_at.min())
    a = a.filter(a.consumer.notnull(), a.finished_at.notnull()).cross_join(newest)
    a = a.filter(whole_seconds(a.newest_at) - whole_seconds(a.finished_at) >= AFTER_S)
    a = a.join(known, [a.entity == known.contacts_of, a.started_at >= known.since_at])
    return a.drop("newest_at", "contacts_of", "since_at")


def _repeated(facts: FactTables, done: IbisTable) -> IbisTable:
    again = once_more(facts.attempts)
    gap_s = whole_seconds(again.started_at) - whole_seconds(done.finished_at)
    same = [done.entity == again.entity, done.consumer == again.consumer, done.attempt != again.attempt]
    return done.semi_join(again, [*same, gap_s >= 0, gap_s <= AFTER_S]).select(*KEY)


def _in_contact(facts: FactTables, done: IbisTable) -> IbisTable:
    k = facts.contacts
    late_s = whole_seconds(k.happened_at) - whole_seconds(done.finished_at)
    same = [done.entity == k.entity, done.consumer == k.consumer, k.happened_at >= done.started_at]
    return done.semi_join(k, [*same, late_s <= AFTER_S]).select(*KEY)


def _failed(facts: FactTables, done: IbisTable) -> IbisTable:
    v = facts.visits
    v = v.filter(v.outcome == FAILED)
    return done.semi_join(v, [done.entity == v.entity, done.attempt == v.attempt, v.happened_at <= done.finished_at]).select(
        *KEY
    )


MEASURE = Measure(
    name="first-time-right", title="Right the first time", unit=SHARE, better="higher",
    needs=("attempts", "visits", "contacts"), units=units, finish=finish_share,
    version=2, patch=None,  # whether an attempt was right is seen in others of the same person
)  # fmt: skip
