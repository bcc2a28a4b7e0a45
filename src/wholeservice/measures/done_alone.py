"""
Done alone: the share of finished work that one team did without waiting on another.

Formula   items done in the period on which one team alone worked and that never waited on another / items done in the period
Unit      share          Grain  one row per entity and period, and per kind of work
Counts    items of which a stay says which team worked on them. Waiting on another: a stay says that it waits on something
          (`waits_on`) that is not the item's own team nor of it, or the item queues in the stage of another team. What it waits
          on may be a team, a service or part, whose team then counts, or an item; a name that stands for none of these counts
          as another
Leaves out  items of which nobody knows which team worked on them. Waits that no source records
Interval  Wilson; each item counts for itself
Source    Axiologik; loosely coupled teams, dora.dev; Wilson 1927
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import WAITED
from wholeservice.derived.streams import RUN_IN, named
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.finished import LIVES, TILES, done_items
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done and of which it is known who worked on them; those done by one team alone are hits."""
    i, waits = done_items(facts), _waits(facts)
    i = i.filter(i.n_teams > 0).left_join(waits, i.item == waits.waits_of).drop("waits_of")
    is_alone = (i.n_teams == 1) & ~i.is_waiting.fill_null(False)
    return (Units(LIVES, i.mutate(hit=is_alone.ifelse(1.0, 0.0)), alone=(WORK_KIND,)),)


def _waits(facts: FactTables) -> IbisTable:
    """Each item that waited, and whether it ever did so on another team than its own: waits_of, is_waiting."""
    t, lives, run = facts.tiles, facts.lives, getattr(facts, RUN_IN)
    own = lives.select(own_of=lives.item, own_team=lives.team)
    t = t.filter(t.kind == WAITED, t.from_at < t.to_at)
    t = t.select(t.item, t.team, t.waits_on, waits_for=t.waits_on)
    t = t.join(own, t.item == own.own_of).drop("own_of")
    t = named(facts, named(facts, t, "team"), "waits_for")
    whose = run.select(whose=run.run_of, its_team=run.by_team)
    t = t.left_join(whose, t.waits_for == whose.whose).drop("whose")
    other = lives.select(other=lives.item, others_team=lives.team)
    t = t.left_join(other, t.waits_on == other.other).drop("other")
    awaited = t.its_team.coalesce(t.others_team)
    is_on_other = t.waits_on.notnull() & ~(awaited == t.own_team).fill_null(False)
    in_other = (t.team != t.own_team).fill_null(False)
    return t.group_by(waits_of=t.item).aggregate(is_waiting=(is_on_other | in_other).any())


MEASURE = Measure(
    name="done-alone", title="Done by one team alone", unit=SHARE, better="higher", needs=(LIVES, TILES),
    units=units, finish=finish_share, patch=None,
)  # fmt: skip
