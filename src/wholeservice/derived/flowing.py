"""What rules about flow look at: the lives of items of work, tile by tile, what they are pieces of, and what delivered them.

Looked at are items that were alive after an instant, whole, and all that these waited for. One that was done before it was
created has no life, and is left out. What reaches rules is sums over these, never a row about a person.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice.derived.base import in_production
from wholeservice.derived.lived import WANTED, microseconds, tiles_behind
from wholeservice.facts.identity import FactTables

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine

ITEM_REF, DEPLOYMENT_REF = "item:", "deployment:"
PART_OF, DELIVERS = "part-of", "delivers"


@dataclass(frozen=True, slots=True)
class Flowing:
    """
    What was seen of work that flows, as Arrow tables in a fixed order; instants in microseconds.

    items       item, kind, entity, stream, team, priority, created_us, from_us, to_us (of its life), is_open, is_alive (after
                the instant asked for; the others were only waited for), where_from, came_to, furthest_line
    tiles       of these items: item, stage, state, kind, team, waits, from_us, to_us
    pieces      item, whole: an item and the one it is a piece of
    deliveries  deployment, item, entity, at_us: what reached production with which deployment
    causes      item, from_us, cause, seconds: why each tile in which one of the items waits did so, as `derived.waits` says
    """

    items: pa.Table
    tiles: pa.Table
    pieces: pa.Table
    deliveries: pa.Table
    causes: pa.Table


def newest_work(engine: Engine) -> dt.datetime | None:
    """Return the newest instant that lives of items reach; None where there are none."""
    facts = FactTables(engine)
    found = engine.run(facts.lives.aggregate(newest_at=facts.lives.life_to.max()))["newest_at"][0].as_py()
    return found.astimezone(dt.UTC) if found else None


def observe_flow(engine: Engine, since: dt.datetime) -> Flowing | None:
    """Read the work that was alive at or after *since*; None where there is none."""
    import pyarrow.compute as pc

    facts = FactTables(engine)
    alive = facts.lives
    alive = alive.filter(alive.life_to >= since, alive.life_to > alive.life_from, ~alive.is_backwards)
    found = engine.run(alive.select("item").order_by("item"))
    if not found.num_rows:
        return None
    tiles = tiles_behind(engine, facts, found["item"])
    items = _items(engine, facts, tiles)
    is_alive = pc.is_in(items["item"], found["item"].combine_chunks())
    items = items.append_column("is_alive", is_alive)
    return Flowing(items, tiles, _pieces(engine, facts), _deliveries(engine, facts, since), _causes(engine, facts))


def _items(engine: Engine, facts: FactTables, tiles: pa.Table) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    engine.add(WANTED, pa.table({"wanted": pc.unique(tiles["item"]).cast(pa.string())}))
    wanted, a = engine.table(WANTED), facts.lives
    a = a.join(wanted, a.item == wanted.wanted)
    said = (a.item, a.kind, a.entity, a.stream, a.team, a.priority, a.is_open, a.where_from, a.came_to, a.furthest_line)
    instants = {"created_us": a.created_at, "from_us": a.life_from, "to_us": a.life_to}
    return _timed(engine.run(a.select(*said, **instants).order_by("item")), tuple(instants))


def _causes(engine: Engine, facts: FactTables) -> pa.Table:
    """Of the items that `_items` has asked for."""
    wanted, w = engine.table(WANTED), facts.waits
    w = w.join(wanted, w.item == wanted.wanted)
    w = w.group_by(w.item, w.from_at, w.cause).aggregate(seconds=w.seconds.sum())
    return _timed(
        engine.run(w.select("item", "cause", "seconds", from_us="from_at").order_by(["item", "from_us"])), ("from_us",)
    )


def _timed(read: pa.Table, names: tuple[str, ...]) -> pa.Table:
    """Turn instants into microseconds."""
    for name in names:
        read = read.set_column(read.column_names.index(name), name, microseconds(read[name]))
    return read


def _pieces(engine: Engine, facts: FactTables) -> pa.Table:
    links = _between(facts.links, ITEM_REF, PART_OF)
    return engine.run(links.select(item=links.one, whole=links.other).distinct().order_by(["item", "whole"]))


def _deliveries(engine: Engine, facts: FactTables, since: dt.datetime) -> pa.Table:
    links, d = _between(facts.links, DEPLOYMENT_REF, DELIVERS), in_production(facts.deployments)
    d = d.filter(d.deployed_at >= since)
    d = d.group_by(d.deployment).aggregate(at_us=d.deployed_at.min(), entity=d.entity.min())
    links = links.join(d, links.one == d.deployment)
    found = links.select(links.deployment, links.entity, links.at_us, item=links.other).distinct()
    return _timed(engine.run(found.order_by(["deployment", "item"])), ("at_us",))


def _between(links: IbisTable, from_kind: str, relation: str) -> IbisTable:
    """The links of one relation that lead to an item, with the names of both ends: one, other."""
    links = links.filter(
        links.relation.strip().lower() == relation, links.from_ref.startswith(from_kind), links.to_ref.startswith(ITEM_REF)
    )
    return links.mutate(one=links.from_ref.substr(len(from_kind)), other=links.to_ref.substr(len(ITEM_REF)))
