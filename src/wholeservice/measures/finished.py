"""Items of work as units: those that are done, by when they were; those there were in a period; the stages they went through.

Whom an item counts for says `derived.streams.by_holder`. A stage is that of the stream the item runs in, whatever name a source
has for it; a name that stands for none of its stages is kept as it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import RETURNED, seconds_between
from wholeservice.derived.streams import STAGES, by_holder

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, StringColumn, TimestampValue
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

LIVES, TILES, STEP = "lives", "tiles", "step"


def done(rows: IbisTable) -> IbisTable:
    """Return the items among *rows* that are done, and not given up, as units: each counts for itself, when it was done."""
    import ibis

    i = rows.filter(rows.done_at.notnull(), ~rows.is_given_up)
    return i.mutate(unit_at=i.done_at, cluster=i.item, hit=ibis.literal(1.0), weight=ibis.literal(1.0))


def done_items(facts: FactTables) -> IbisTable:
    """Return the items that are done, as units of each entity that they count for."""
    return done(by_holder(facts, facts.lives))


def present(from_at: str, to_at: str) -> Callable[[IbisTable, IbisTable], IbisTable]:
    """Return how items stand beside the periods in which they were: from one of their instants to another, both included."""
    return partial(_present, from_at=from_at, to_at=to_at)


def _present(rows: IbisTable, periods: IbisTable, *, from_at: str, to_at: str) -> IbisTable:
    return rows.join(periods, [rows[from_at] < periods.to_at, rows[to_at] >= periods.from_at])


def in_period(moment: TimestampValue, dated: IbisTable) -> BooleanValue:
    """Say of each row beside a period whether an instant of it lies in that period."""
    return ((moment >= dated.from_at) & (moment < dated.to_at)).fill_null(False)


def stage_tiles(facts: FactTables) -> IbisTable:
    """
    Return the tiles of items with the stage that each is in; those of no length, and those in no stage, are left out.

    Shape    the columns of `tiles` and: seconds, step (the stage), stage_no, stage_kind, stage_team, queue, policy (null where
             the stream declares none of this name), own_team (the item's), is_entry (the item was in another stage before, or
             in none), is_sent_back (it comes from a later stage, or is here as returned)
    """
    t, lives, s = facts.tiles, facts.lives, getattr(facts, STAGES)
    whose = lives.select(life_of=lives.item, in_stream=lives.stream, own_team=lives.team)
    t = t.filter(t.stage.notnull(), t.from_at < t.to_at)
    t = t.join(whose, t.item == whose.life_of).drop("life_of").mutate(loose=loose(t.stage))
    s = s.rename(declared="stage")
    t = t.left_join(s, [t.in_stream == s.stage_of, t.loose == s.stage_name]).drop("stage_of", "stage_name")
    t = t.mutate(seconds=seconds_between(t.from_at, t.to_at), step=t.declared.coalesce(t.stage.strip()))
    t = t.mutate(step_before=t.step.lag().over(_in_order(t)))
    known = t.filter(t.stage_no.notnull())
    known = known.select(no_of=known.item, no_at=known.from_at, no_before=known.stage_no.lag().over(_in_order(known)))
    t = t.left_join(known, [t.item == known.no_of, t.from_at == known.no_at]).drop("no_of", "no_at")
    is_earlier = (t.stage_no < t.no_before).fill_null(False)
    return t.mutate(
        is_entry=t.step_before.isnull() | (t.step_before != t.step), is_sent_back=is_earlier | (t.state == RETURNED)
    )


def _in_order(tiles: IbisTable) -> Any:
    """Return the window over the tiles of one item, in the order of time."""
    import ibis

    return ibis.window(group_by=tiles.item, order_by=tiles.from_at)


def loose(name: StringColumn) -> StringColumn:
    """Return names as stages are compared by them (`facts.identity.loose_name`)."""
    return name.strip().lower().replace("_", "-").replace(" ", "-")


def done_stages(facts: FactTables, through: IbisTable) -> IbisTable:
    """Return each item that is done beside each stage it went through, as units of its stream.

    Shape    *through*: one row per item and stage: through_of (the item), step, and what is known of it there
    """
    i = done(facts.lives)
    i = i.filter(i.stream.notnull()).mutate(entity=i.stream)
    return i.join(through, i.item == through.through_of).drop("through_of")


def earliest(rows: IbisTable) -> TimestampValue:
    """Return when an item is first known of: where it was done before it was created, when it was done."""
    import ibis

    return ibis.least(rows.life_from, rows.done_at.coalesce(rows.life_from))
