"""
Flow distribution: of the work that was done, the share of each kind (features, defects, debt, risk ...).

Formula   items of the kind done in the period / items done in the period of which the kind is known
Unit      share          Grain  one row per entity, period and kind of work; the kinds of one entity and period add up to 100 %
Counts    items, each as one, whatever its size. A kind that an entity had work of at another time is a true 0 here
Leaves out  items without a kind: how many there are says `throughput`, which counts them too
Interval  Wilson; each item counts for itself
Source    Flow distribution in the Flow Framework (Kersten 2018); Wilson 1927
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.finished import LIVES, done_items
from wholeservice.measures.kinds import MARK, WORK_KIND
from wholeservice.measures.units import PERIOD, Units, in_periods
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Set the items of each kind against those of all kinds."""
    import ibis

    (items,) = units(facts)
    dated = in_periods(items.rows.select("entity", "item", "kind", "unit_at"), periods)
    cell = ["entity", *PERIOD]
    whole = dated.group_by(cell).aggregate(n=dated.count().cast("float64"))
    known = items.rows.select(kind_of="entity", known="kind").distinct()
    some = dated.group_by([*cell, "kind"]).aggregate(n_kind=dated.count().cast("float64"))
    c = whole.join(known, whole.entity == known.kind_of)
    c = c.left_join(some, [*cell, (c.known, some.kind)])
    hits = c.n_kind.fill_null(0.0)
    return c.select(
        *(c[name] for name in cell), c.n, segment=ibis.literal(WORK_KIND + MARK).concat(c.known), numerator=hits,
        denominator=c.n, squares=hits, clusters=c.n, cluster_aa=hits, cluster_ab=hits, cluster_bb=c.n,
    )  # fmt: skip


def units(facts: FactTables) -> tuple[Units, ...]:
    """Items that are done and of which the kind is known: a kind is a share of all of them."""
    i = done_items(facts)
    return (Units(LIVES, i.filter(i.kind.notnull()), beside=(WORK_KIND,)),)


MEASURE = Measure(
    name="flow-distribution", title="Share of each kind of work", unit=SHARE, better="neither", needs=(LIVES,),
    own_query=query, units=units, finish=finish_share, patch=None,
)  # fmt: skip
