"""Promised items: each piece of work that has a due date which has come, and whether it was done by then.

An item that several records speak of is one: created when the first says, done when the last says, due as the newest known of
them says. What is not done lives until the newest instant that its source speaks of; whether its due date has come is asked of
that same instant, never of a clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import RECORD_KEYS

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def promised(facts: FactTables) -> IbisTable:
    """
    Return the items of known services whose due date has come.

    Shape    one row per entity and item: the columns of the newest known record of it, created_at, done_at (null: open),
             ends_at (when it was done, else the newest instant of its source) and is_late
    """
    import ibis

    newest = _newest(facts)
    i = facts.items
    i = i.filter(i.entity.notnull(), i.due_at.notnull())
    i = i.join(newest, i.source == newest.of).drop("of")
    one = ibis.window(group_by=[i.entity, i.item])
    latest = ibis.window(group_by=[i.entity, i.item], order_by=[i.known_at.desc(), *(i[key] for key in RECORD_KEYS)])
    i = i.mutate(
        created_at=i.created_at.min().over(one), done_at=i.done_at.max().over(one), newest_at=i.newest_at.max().over(one),
        nth=ibis.row_number().over(latest),
    )  # fmt: skip
    i = i.filter(i.nth == 0, i.due_at <= i.newest_at)
    ends_at = i.done_at.coalesce(i.newest_at)
    is_late = i.done_at.isnull() | (i.done_at > i.due_at)
    return i.mutate(ends_at=ends_at, is_late=is_late).drop("nth", "newest_at")


def _newest(facts: FactTables) -> IbisTable:
    """The newest instant that each source of items or work speaks of."""
    import ibis

    w, i = facts.work, facts.items
    told = w.select(w.source, told_at=ibis.greatest(w.from_at, w.to_at.coalesce(w.from_at)))
    told = told.union(i.select(i.source, told_at=ibis.greatest(i.created_at, i.done_at.coalesce(i.created_at))))
    return told.group_by(of=told.source).aggregate(newest_at=told.told_at.max())
