"""Tries: the attempts of one person at a service, joined where the service follows people rather than attempts.

An attempt goes on with what the one before it began, in whatever channel, until an end was reached or the time that the journey
may take has passed between the starts of the two. A try is known by the attempt in which it began, its entry. It is old
enough to judge when that time has passed since its entry. An attempt of nobody who is known is a try of its own.

Shape    one row per attempt of such a service: tried_in (entity), tried (attempt), entry (attempt), is_old
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import whole_seconds

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def is_by_consumer(facts: FactTables) -> bool:
    """Say whether any service follows people."""
    rules = facts.funnel_rules
    return bool(facts.run(rules.filter(rules.by_consumer).limit(1)).num_rows)


def tries(facts: FactTables) -> IbisTable:
    """Say of each attempt in which attempt its try began, and whether that is long enough ago."""
    import ibis

    a, rules = facts.attempts, facts.funnel_rules
    newest = a.aggregate(newest_s=whole_seconds(a.last_at.max()))
    a = a.inner_join(rules.filter(rules.by_consumer), [a.entity == rules.rule_of])
    a = a.mutate(who=a.consumer.coalesce(a.attempt), is_known=a.consumer.notnull(), at_s=whole_seconds(a.started_at))
    whose, order = [a.entity, a.is_known, a.who], [a.started_at, a.attempt]
    inside = ibis.window(group_by=whose, order_by=order)
    a = a.mutate(
        place=ibis.row_number().over(inside), last_s=a.at_s.lag().over(inside),
        was_finished=a.finished_at.notnull().lag().over(inside),
    )  # fmt: skip
    is_new = a.last_s.isnull() | a.was_finished.fill_null(False) | (a.at_s - a.last_s > a.span_s)
    a = a.mutate(begun=is_new.ifelse(a.place, None))
    until_here = ibis.window(group_by=[a.entity, a.is_known, a.who], order_by=a.place, rows=(None, 0))
    a = a.mutate(begun=a.begun.max().over(until_here))
    entry = a.filter(a.place == a.begun)
    entry = entry.select(
        entry_of=entry.entity, entry_who=entry.who, was_known=entry.is_known, entry_place=entry.place,
        entry=entry.attempt, entry_s=entry.at_s,
    )  # fmt: skip
    same = [a.entity == entry.entry_of, a.is_known == entry.was_known, a.who == entry.entry_who, a.begun == entry.entry_place]
    joined = a.inner_join(entry, same).cross_join(newest)
    is_old = joined.newest_s - joined.entry_s >= joined.span_s
    return joined.select(tried_in=joined.entity, tried=joined.attempt, entry=joined.entry, is_old=is_old)
