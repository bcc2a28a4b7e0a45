"""Tiles: the life of each item of work cut into pieces, so that what it waited for and what was worked on add up exactly.

A life begins when the item was created (else with its first stay) and ends when it was done: as the item says, else when its
last stay began, if that is in the state `done`. An item that is not done lives until the newest instant that its sources speak
of, and its last piece is open. A stay without an end lasts as long as the life, if no stay of the item begins after it. Where
one does, it ended at the latest then, and nobody knows when: it has no length, and what no other stay covers is unknown.

Where several stays cover an instant, one has it: active before blocked, returned, queued, done and any other word; of equals
the one that began first. So parallel work is never waiting, and `n_parallel` says how many stays there were. What no stay
covers is unknown, not waiting. A stay is cut at both ends of the life, and its pieces say so; one that ends before it begins,
or of which nothing is left, is a clipped piece of no length. A stay of no length gives no piece.

Key      item, but for open lives, which end at the newest instant of their sources
Shape    one row per piece: item, stage, state (lower case), kind (work, wait, unknown), from_at, to_at, team, resource (nobody
         is ever shown it), waits_on, n_parallel, is_open (it has not ended yet), is_clipped
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import DONE, RECORD_KEYS, UNSEEN, WAITED, WORKED, Derived
from wholeservice.derived.tiling import Lives, Pieces, Stays, tile

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

SPAN = ("item", "from_at", "to_at")
KIND_OF = {"active": WORKED, "blocked": WAITED, "returned": WAITED, "queued": WAITED, DONE: WAITED}
"""What a state is, the one that counts most first. Any other word is unknown, and counts least."""


def build(facts: FactTables) -> pa.Table:
    """Cut the life of every item of work."""
    lives = facts.run(_lives(facts))
    stays = facts.run(_stays(facts))
    return _table(stays, lives, tile(_life_arrays(lives), _stay_arrays(stays, lives)))


def _stays(facts: FactTables) -> IbisTable:
    w = facts.work
    w = w.order_by(w.item, w.from_at, *(w[key] for key in RECORD_KEYS))
    return w.select(w.item, w.from_at, w.to_at, w.stage, w.team, w.resource, w.waits_on, state=w.state.strip().lower())


def _lives(facts: FactTables) -> IbisTable:
    """Each item with the beginning and the end of its life."""
    import ibis

    w, i = facts.work, facts.items
    created = i.group_by(i.item).aggregate(created_at=i.created_at.min(), said_done_at=i.done_at.max())
    is_done = w.state.strip().lower() == DONE
    began = w.group_by(item=w.item).aggregate(
        first_at=w.from_at.min(), last_at=w.from_at.max(), last_done_at=w.from_at.max(where=is_done)
    )
    seen = _newest(facts)
    a = seen.left_join(created, "item").drop("item_right").left_join(began, "item").drop("item_right")
    worked_done_at = (a.last_done_at == a.last_at).ifelse(a.last_done_at, None)
    a = a.mutate(ended_at=a.said_done_at.coalesce(worked_done_at))
    return a.select(
        a.item,
        life_from=a.created_at.coalesce(a.first_at),
        life_to=a.ended_at.coalesce(a.newest_at),
        is_open=a.ended_at.isnull(),
    ).order_by(ibis.asc("item"))


def _newest(facts: FactTables) -> IbisTable:
    """Each item with the newest instant that any of its sources speaks of."""
    import ibis

    w, i = facts.work, facts.items
    told = w.select(w.source, w.item, told_at=ibis.greatest(w.from_at, w.to_at.coalesce(w.from_at)))
    told = told.union(i.select(i.source, i.item, told_at=ibis.greatest(i.created_at, i.done_at.coalesce(i.created_at))))
    newest = told.group_by(of=told.source).aggregate(newest_at=told.told_at.max())
    by_source = told.select(told.source, told.item).distinct()
    by_source = by_source.join(newest, by_source.source == newest.of)
    return by_source.group_by(by_source.item).aggregate(newest_at=by_source.newest_at.max())


def _life_arrays(lives: pa.Table) -> Lives:
    return Lives(_microseconds(lives["life_from"]), _microseconds(lives["life_to"]))


def _stay_arrays(stays: pa.Table, lives: pa.Table) -> Stays:
    """Stays with the life each is in; one without an end lasts as long as the life if it is the last, else no time is sure."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    life = pc.index_in(stays["item"], lives["item"].combine_chunks()).to_numpy().astype(np.int64)
    known = pa.array(list(KIND_OF), pa.string())
    rank = pc.fill_null(pc.index_in(stays["state"], known), len(known)).to_numpy().astype(np.int64)
    from_at, life_to = _microseconds(stays["from_at"]), _microseconds(lives["life_to"])
    is_lasting = stays["to_at"].is_null().to_numpy()
    newest = np.full(lives.num_rows, np.iinfo(np.int64).min)
    np.maximum.at(newest, life, from_at)
    lasts_until = np.where(from_at == newest[life], np.maximum(from_at, life_to[life]), from_at)
    to_at = np.where(is_lasting, lasts_until, _microseconds(stays["to_at"]))
    return Stays(life, from_at, to_at, rank)


def _microseconds(instants: pa.ChunkedArray) -> Any:
    """Microseconds since 1970; 0 where there is none."""
    import pyarrow as pa

    return instants.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).fill_null(0).to_numpy()


def _table(stays: pa.Table, lives: pa.Table, pieces: Pieces) -> pa.Table:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    owner = pa.array(pieces.stay, pa.int64(), mask=pieces.stay < 0)
    given = stays.drop_columns(list(SPAN)).take(owner)
    kinds = pa.array([*KIND_OF.values(), UNSEEN], pa.string())
    rank = pc.fill_null(pc.index_in(given["state"], pa.array(list(KIND_OF), pa.string())), len(KIND_OF))
    is_last = pieces.to_at == _microseconds(lives["life_to"])[pieces.life]
    is_open = lives["is_open"].to_numpy()[pieces.life] & is_last & (pieces.to_at > pieces.from_at)
    instant = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "item": lives["item"].combine_chunks().take(pa.array(pieces.life, pa.int64())),
            **{name: given[name] for name in given.column_names},
            "kind": kinds.take(rank.combine_chunks()),
            "from_at": pa.array(pieces.from_at).cast(instant),
            "to_at": pa.array(pieces.to_at).cast(instant),
            "n_parallel": pa.array(pieces.n_parallel.astype(np.int64)),
            "is_open": pa.array(is_open),
            "is_clipped": pa.array(pieces.is_clipped),
        }
    )


TILES = Derived(name="tiles", needs=("work", "items"), build=build, key=("item",))
