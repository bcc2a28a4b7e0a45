"""What people said or looked for that stands at no step of the journey: contacts, free answers, unknown steps and dead ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice.derived.base import in_production
from wholeservice.measures.units import union_all

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

CONTACT, ANSWER, SEARCH, DEAD_END = "contact", "answer", "search", "dead end"
DEAD_ENDS = ("dead end", "not found", "nothing found", "no result", "no results")
"""What an event may say of itself where there was nothing for the person; with `-` or `_` for the blank, too."""

MOST = 50_000
"""The newest rows are read, so many at most: enough to see what many people come for, whatever the size of the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One row: who came when for what. `words` are theirs, or the name of the step that no journey has; `step` is known."""

    source: str
    entity: str
    origin: str
    words: str | None
    step: str | None
    consumer: str | None
    said_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How many rows of one origin there are of an entity in all, at a step or not, and when the first and last of them was."""

    entity: str
    origin: str
    n: int
    first_at: dt.datetime
    last_at: dt.datetime


def said(facts: FactTables, since: dt.datetime) -> IbisTable:
    """Return the newest rows since an instant that stand at no step: the columns of `Said`, in no order."""
    s = union_all([_lost(facts, each) for each in _heard(facts, since)])
    columns = [s.source, s.entity, s.origin, s.words, s.step, s.consumer, s.said_at]
    return s.order_by(s.said_at.desc(), s.source, s.record, s.part).limit(MOST).select(columns)


def heard(facts: FactTables, since: dt.datetime) -> IbisTable:
    """Return how many rows there are since an instant by entity and origin: the columns of `Heard`."""
    h = union_all([each.select(each.entity, each.origin, each.said_at) for each in _heard(facts, since)])
    return h.group_by([h.entity, h.origin]).aggregate(n=h.count(), first_at=h.said_at.min(), last_at=h.said_at.max())


def _heard(facts: FactTables, since: dt.datetime) -> list[IbisTable]:
    """Everything that could be heard, of what has a journey; dead ends are searches that say so."""
    import ibis

    c, a, i = facts.contacts, facts.answers, in_production(facts.interactions)
    no = ibis.literal(value=False)
    c = c.mutate(origin=ibis.literal(CONTACT), said_at=c.happened_at, is_dead=no)
    a = a.filter(a.text.notnull())
    a = a.mutate(origin=ibis.literal(ANSWER), said_at=a.answered_at.coalesce(a.asked_at), words=a.text, is_dead=no)
    is_dead = i.outcome.strip().lower().re_replace("[-_ ]+", " ").isin(DEAD_ENDS).fill_null(False)
    i = i.mutate(origin=ibis.literal(SEARCH), said_at=i.happened_at, words=ibis.null("string"), is_dead=is_dead)
    return [
        each.filter(each.entity.notnull(), each.said_at >= ibis.literal(since)).select(
            each.source, each.record, each.part, each.entity, each.origin, each.words, each.step, each.consumer, each.said_at,
            each.is_dead,
        )
        for each in (c, a, i)
    ]  # fmt: skip


def _lost(facts: FactTables, rows: IbisTable) -> IbisTable:
    """Keep what stands at no step and at no end of a journey, or was a dead end; its words, or the name of its step."""
    import ibis

    known, ends = facts.step_names, facts.ends
    known = known.select(step_of=known.entity_id, known_step=known.step_id).distinct()
    journeys = known.select(has_journey=known.step_of).distinct()
    r = rows.join(journeys, rows.entity == journeys.has_journey)
    r = r.left_join(known, [r.entity == known.step_of, r.step == known.known_step])
    r = r.left_join(ends, [r.entity == ends.entity_id, r.step.strip().lower() == ends.end_name])
    is_search, at_none = r.origin == SEARCH, r.known_step.isnull() & r.end_name.isnull()
    r = r.filter(_is_lost(r.is_dead, is_search, at_none, r.step.notnull()))
    words = is_search.ifelse(at_none.ifelse(r.step, None), r.words)
    r = r.mutate(origin=r.is_dead.ifelse(ibis.literal(DEAD_END), r.origin), words=words)
    return r.select(r.source, r.record, r.part, r.entity, r.origin, r.words, r.consumer, r.said_at, step=r.known_step)


def _is_lost(is_dead: BooleanValue, is_search: BooleanValue, at_none: BooleanValue, has_step: BooleanValue) -> BooleanValue:
    return is_dead | (at_none & (~is_search | has_step))
