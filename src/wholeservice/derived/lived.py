"""What was seen of the items behind one target: which were late, and the tiles of their lives and of what they waited for.

An item waits for another where one of its tiles names it; that item may wait in its turn, so the tiles of all of them are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice.derived.base import whole_seconds
from wholeservice.derived.promised import promised
from wholeservice.facts.identity import FactTables

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine
    from wholeservice.periods import Period

WANTED = "wanted_items"


@dataclass(frozen=True, slots=True)
class Lived:
    """
    What was seen of the items behind one target in one period, as Arrow tables in a fixed order; instants in microseconds.

    units   item, channel, due_day (since 1970), allowed_us (from its creation to its due date), took_us, is_late
    tiles   of these items and of all that they waited for: item, stage, state, kind, team, waits (for what item or
            team), from_us, to_us
    places  item, place: the service each of these items is about, else the team that has it (null: nobody says)
    """

    units: pa.Table
    tiles: pa.Table
    places: pa.Table


def observe_items(engine: Engine, entity: str, period: Period, channel: str | None = None) -> Lived:
    """Read what a loss map needs of the items of an entity that were due in *period*: those that `in-time` counts."""
    facts = FactTables(engine)
    p = promised(facts)
    p = p.filter(p.entity == entity, p.due_at >= period.from_at, p.due_at < period.to_at)
    p = p.filter(p.channel == channel) if channel else p
    units = p.select(
        p.item, p.channel, p.is_late, created=p.created_at, due=p.due_at, ended=p.ends_at,
        due_day=(whole_seconds(p.due_at) / 86400).floor().cast("int64"),
    )  # fmt: skip
    read = engine.run(units.order_by("item"))
    tiles = tiles_behind(engine, facts, read["item"])
    return Lived(_timed(read), tiles, _places(engine, facts, tiles["item"]))


def _timed(units: pa.Table) -> pa.Table:
    """Turn instants into how long it was allowed to take and how long it took; what ends before it begins took no time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    created, due, ended = (microseconds(units[name]) for name in ("created", "due", "ended"))
    took = pc.max_element_wise(pc.subtract(ended, created), pa.scalar(0, pa.int64()))
    kept = units.drop_columns(["created", "due", "ended"])
    return kept.append_column("allowed_us", pc.subtract(due, created)).append_column("took_us", took)


def microseconds(instants: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return instants as whole microseconds since 1970."""
    import pyarrow as pa

    return instants.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())


def tiles_behind(engine: Engine, facts: FactTables, items: pa.ChunkedArray) -> pa.Table:
    """Read the tiles of some items, of the items these waited for, and so on; each item once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts, known = [], items.slice(0, 0)
    while True:
        found = _tiles_of(engine, facts.tiles, items)
        parts.append(found)
        known = pa.chunked_array([*known.chunks, *items.chunks], pa.string())
        named = pc.unique(found["waits"].drop_null())
        items = pa.chunked_array([named.filter(pc.invert(pc.is_in(named, known.combine_chunks())))])
        if not len(items):
            return pa.concat_tables(parts)


def _tiles_of(engine: Engine, tiles: IbisTable, items: pa.ChunkedArray) -> pa.Table:
    import pyarrow as pa

    engine.add(WANTED, pa.table({"wanted": items.cast(pa.string())}))
    wanted = engine.table(WANTED)
    t = tiles.filter(tiles.to_at > tiles.from_at).join(wanted, tiles.item == wanted.wanted)
    columns = ("item", "stage", "state", "kind", "team", "from_at", "to_at")
    read = engine.run(t.select(*columns, waits=t.waits_on).order_by("item", "from_at"))
    kept = read.drop_columns(["from_at", "to_at"])
    return kept.append_column("from_us", microseconds(read["from_at"])).append_column("to_us", microseconds(read["to_at"]))


def _places(engine: Engine, facts: FactTables, items: pa.ChunkedArray) -> pa.Table:
    """Where each item belongs, as the newest known record of it says."""
    import pyarrow as pa
    import pyarrow.compute as pc

    engine.add(WANTED, pa.table({"wanted": pc.unique(items).cast(pa.string())}))
    wanted, i = engine.table(WANTED), facts.items
    i = i.join(wanted, i.item == wanted.wanted)
    place = i.entity.coalesce(i.service, i.team)
    return engine.run(i.group_by(i.item).aggregate(place=place.argmax(i.known_at)).order_by("item"))
