"""
Permissions per change: how many times finished work needed the say of somebody outside its team.

Formula   passes of items done in the period through a stage that asks for permission / items done in the period. A stage asks
          where what queues before it waits for an approval, a decision or a budget (`queue`), or where it meets a policy
          (`meets`); a pass also asks where a stay in it says that it waits on another team (`waits_on`)
Unit      count          Grain  one row per entity and period, and per kind of work
Counts    items of which a stay in a stage is known. Each pass asks once, whatever its reasons; who comes again asks again. A
          stage whose team is the item's own asks nobody outside, unless it meets a policy
Leaves out  waiting on another item: that is work, not leave to work. What is agreed in talks that no source records
Interval  t; each item counts for itself
Source    RunMyProcess
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.streams import RUN_IN, named
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_mean
from wholeservice.measures.finished import LIVES, TILES, done_items, stage_tiles
from wholeservice.measures.kinds import WORK_KIND
from wholeservice.measures.units import Units
from wholeservice.organisation.kinds import TEAM
from wholeservice.units import COUNT

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


ASKING = ("approval", "decision", "budget")
"""What may queue before a stage that is somebody's leave (`organisation.kinds.QUEUES`)."""


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done and that were seen in a stage, by how many permissions they needed."""
    i, asked = done_items(facts), _asked(facts)
    i = i.join(asked, i.item == asked.asked_of).drop("asked_of")
    return (Units(LIVES, i.mutate(hit=i.n_asked.cast("float64")), alone=(WORK_KIND,)),)


def _asked(facts: FactTables) -> IbisTable:
    """Each item that was seen in a stage, and in how many passes it had to ask: asked_of, n_asked."""
    import ibis

    run, t = getattr(facts, RUN_IN), stage_tiles(facts)
    t = named(facts, t.mutate(waits_for=t.waits_on), "waits_for")
    teams = run.filter(run.kind == TEAM).select(team_id=run.run_of)
    t = t.left_join(teams, t.waits_for == teams.team_id)
    is_own = (t.stage_team == t.own_team).fill_null(False)
    is_asking = (t.queue.isin(ASKING).fill_null(False) & ~is_own) | t.policy.notnull()
    is_on_other = t.team_id.notnull() & ~(t.team_id == t.own_team).fill_null(False)
    so_far = ibis.window(group_by=t.item, order_by=t.from_at, following=0)
    t = t.mutate(asks=is_asking | is_on_other, nth=t.is_entry.cast("int64").sum().over(so_far))
    passes = t.group_by(t.item, t.nth).aggregate(asks=t.asks.any())
    return passes.group_by(asked_of=passes.item).aggregate(n_asked=passes.asks.sum())


MEASURE = Measure(
    name="permissions-per-change", title="Permissions a change needs", unit=COUNT, better="lower", needs=(LIVES, TILES),
    units=units, finish=finish_mean, patch=None,
)  # fmt: skip
