"""Waits: each piece of waiting in the life of an item, with why it waited and what for.

What a stay says goes before what a stream declares, and that before what the times of others tell:

    what it waits on       an item or a team, service or policy that the stay names; the cause is what the stage's `queue` says,
                           else `approval` for a policy, `team` for what another team does, `dependency` for the rest
    returned               it was sent back: `rework`
    the stage's `queue`    what work that queues before the stage always waits for
    its team               all of it were busy with what was ready before (`contention`) or with what came later
                           (`prioritisation`), others that were begun with it were still to come (`batching`), or nobody of
                           it was at work (`unavailability`): `derived.waiting`; whether all were busy is told of teams of five
                           people or more only
    another team           the time is left over, and the team of the stage is not that of the item: `team`
    else                   `not recorded`

Time that nobody saw is no waiting and not here. The rows of one piece add up to its length exactly, in whole microseconds.

Key      none of its own: whether a team was busy is told by the work of others
Shape    one row per piece of waiting and cause: item, stage, stage_no, from_at, to_at (of the whole piece), seconds (of this
         cause), cause, on_item, on_entity (what it waited on, null: not known), stream, entity, team (the item's), is_open
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import WAITED, WORKED, Derived
from wholeservice.derived.calendars import ALWAYS, Calendar, Shift, laid_out
from wholeservice.derived.pool_lines import UNKNOWN, Pools, Visits
from wholeservice.derived.streams import LEAST_PEOPLE
from wholeservice.derived.waiting import causes
from wholeservice.engines.base import once_more
from wholeservice.facts.identity import NAMES

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.derived.calendars import Working
    from wholeservice.facts.identity import FactTables

REWORK, APPROVAL, TEAM, DEPENDENCY, NOT_RECORDED = "rework", "approval", "team", "dependency", "not recorded"
OF_POOL = ("batching", "contention", "prioritisation", "unavailability")
RETURNED, POLICY, A_TEAM = "returned", "policy", "team"
SECOND = 1_000_000
SHOWN = ("item", "stage", "stage_no", "from_at", "to_at", "on_item", "on_entity", "stream", "entity", "team", "is_open")


def build(facts: FactTables) -> pa.Table:
    """Say of each piece of waiting what it was for, and of what is left which of it the times of others explain."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pieces = facts.run(_pieces(facts).order_by("item", "from_at", "to_at"))
    is_wait = pc.equal(pieces["kind"], WAITED)
    told = pieces.filter(pc.and_(is_wait, pc.is_valid(pieces["cause"])))
    seconds = _length(told) / SECOND
    parts = [told.select(SHOWN).append_column("cause", told["cause"]).append_column("seconds", pa.array(seconds))]
    parts += _of_pools(facts, pieces)
    return pa.concat_tables(parts)


def _pieces(facts: FactTables) -> IbisTable:
    """The pieces of work and of waiting, each with its stage, its pool, and the cause that is told or declared."""
    import ibis

    life, t = facts.lives, facts.tiles
    life = life.select(life_of=life.item, entity=life.entity, stream=life.stream, own_team=life.team)
    t = t.filter(t.kind.isin([WORKED, WAITED]), t.to_at > t.from_at)
    t = t.join(life, t.item == life.life_of)
    s, loose = facts.stages, t.stage.strip().lower().replace("_", "-").replace(" ", "-")
    t = t.left_join(s, [t.stream == s.stage_of, loose == s.stage_name], rname="declared_{name}")
    t = t.mutate(stage=t.declared_stage.coalesce(t.stage))
    t = _resolved(
        facts, _resolved(facts, t, t.team.strip().lower(), "did", "did_kind"), t.waits_on.strip().lower(), "met", "met_kind"
    )
    other = once_more(life)
    t = t.left_join(other, t.waits_on == other.life_of, rname="of_{name}")
    t = t.mutate(pool=t.did.coalesce(t.stage_team, t.own_team), on_item=t.of_life_of)
    of_other = t.met.notnull() & (t.met != t.own_team.coalesce("")) & (t.met_kind == A_TEAM)
    on_other_team = (t.of_own_team.notnull() & (t.of_own_team != t.own_team.coalesce(""))) | of_other
    is_on = t.on_item.notnull() | t.met.notnull()
    cause = ibis.cases(
        (is_on & t.queue.notnull(), t.queue),
        (t.met_kind == POLICY, APPROVAL),
        (is_on & on_other_team, TEAM),
        (is_on, DEPENDENCY),
        (t.state == RETURNED, REWORK),
        (t.queue.notnull(), t.queue),
        (t.pool.isnull(), NOT_RECORDED),
    )
    on_entity = t.of_entity.coalesce(t.of_own_team, t.of_stream, t.met, t.queue.notnull().ifelse(t.stage_meets, None))
    return t.select(
        t.item, t.stage, t.stage_no, t.from_at, t.to_at, t.kind, t.is_open, t.stream, t.entity, t.pool, t.resource, t.on_item,
        on_entity=on_entity, cause=cause, team=t.own_team,
    )  # fmt: skip


def _resolved(facts: FactTables, rows: IbisTable, name: Any, column: str, kind: str) -> IbisTable:
    """Add the entity that a name stands for, and its kind; null where it stands for none."""
    names, run = facts.__getattr__(NAMES), facts.run_in
    known = names.left_join(run, names.entity_id == run.run_of)
    known = known.select(**{f"{column}_name": known.name, column: known.entity_id, kind: known.kind})
    return rows.left_join(known, name == known[f"{column}_name"]).drop(f"{column}_name")


def _of_pools(facts: FactTables, pieces: pa.Table) -> list[pa.Table]:
    """Split what is neither told nor declared by what the pool was doing meanwhile."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    pieces = pieces.filter(pc.is_valid(pieces["pool"]))
    is_open_question = pc.and_(pc.equal(pieces["kind"], WAITED), pc.is_null(pieces["cause"])).to_numpy()
    if not is_open_question.any():
        return []
    item = pc.dictionary_encode(pieces["item"]).combine_chunks().indices.to_numpy()
    from_at, to_at = _instants(pieces["from_at"]), _instants(pieces["to_at"])
    is_work = pc.equal(pieces["kind"], WORKED).to_numpy()
    next_is_its_work = np.zeros(len(item), bool)
    next_is_its_work[:-1] = is_work[1:] & (item[1:] == item[:-1]) & (from_at[1:] == to_at[:-1])
    follows_wait = np.append(False, next_is_its_work[:-1] & ~is_work[:-1])
    waits = np.flatnonzero(~is_work)
    work = np.flatnonzero(is_work & ~follows_wait)
    taken = next_is_its_work[waits]
    visit = np.concatenate([waits, work])
    end = np.where(taken, to_at[np.minimum(waits + 1, len(item) - 1)], to_at[waits])
    doing = np.concatenate([np.where(taken, waits + 1, waits), work])  # the piece of work that the visit ends in
    pool_names, pool = _coded(pieces["pool"], doing)
    started = np.concatenate([to_at[waits], from_at[work]])
    enabled = np.concatenate([from_at[waits], from_at[work]])
    ended = np.concatenate([end, to_at[work]])
    worker = _workers(pieces, doing, is_work)
    stage = pc.fill_null(pieces["stage"], "").dictionary_encode().combine_chunks().indices.to_numpy()[doing]
    visits = Visits(pool, enabled, started, ended, worker, _begun_at_once(worker, stage, started))
    pools, calendars = _pools(facts, pool_names, int(from_at.min()), int(to_at.max()))
    found = causes(visits, pools, calendars)
    asked = np.flatnonzero(is_open_question[visit])
    rows = pieces.take(pa.array(visit[asked]))
    left = pc.if_else(pc.fill_null(pc.not_equal(rows["pool"], rows["team"]), False), TEAM, NOT_RECORDED)
    lengths = {cause: getattr(found, cause)[asked] for cause in OF_POOL}
    parts = [_part(rows, np.full(len(asked), cause, object), lengths[cause]) for cause in OF_POOL]
    return [*parts, _part(rows, left.to_numpy(zero_copy_only=False), found.unaccounted[asked], on=rows["pool"])]


def _part(rows: pa.Table, cause: Any, lengths: Any, on: Any = None) -> pa.Table:
    """The rows of one cause, those of no length left out; what is left over waited on the pool where that is another team."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    shown = rows.select(SHOWN)
    if on is not None:
        named = pc.if_else(pc.equal(pa.array(cause, pa.string()), TEAM), on, pc.cast(rows["on_entity"], pa.string()))
        shown = shown.set_column(SHOWN.index("on_entity"), "on_entity", named)
    shown = shown.append_column("cause", pa.array(cause, pa.string())).append_column("seconds", pa.array(lengths / SECOND))
    return shown.filter(pa.array(np.asarray(lengths) > 0))


def _pools(facts: FactTables, names: list[str], from_at: int, to_at: int) -> tuple[Pools, list[Working]]:
    """How many people each pool has, unknown below five, and when it works."""
    import numpy as np

    declared = {row["team_of"]: row for row in facts.run(facts.teams).to_pylist()}
    pools = [declared.get(name, {}) for name in names]
    people = [int(each.get("people") or 0) for each in pools]
    calendars: list[Working] = []
    number = []
    for each in pools:
        number.append(len(calendars) if each.get("hours") else ALWAYS)
        calendars += [laid_out(_calendar(each["hours"]), from_at, to_at)] if each.get("hours") else []
    shown = [each if each >= LEAST_PEOPLE else UNKNOWN for each in people]
    return Pools(np.array(shown, np.int64), np.array(number, np.int64)), calendars


def _calendar(words: str) -> Calendar:
    said = json.loads(words)
    shifts = tuple(Shift(*each) for each in said["shifts"])
    return Calendar(said["zone"], shifts, frozenset(dt.date.fromisoformat(day) for day in said["holidays"]))


def _workers(pieces: pa.Table, doing: Any, is_work: Any) -> Any:
    """A number for who does the work a visit ends in; -1 where it is not known, or where it is not work."""
    import numpy as np
    import pyarrow.compute as pc

    codes = pc.fill_null(pc.dictionary_encode(pieces["resource"]).combine_chunks().indices, -1).to_numpy().astype(np.int64)
    return np.where(is_work[doing], codes[doing], -1)


def _begun_at_once(worker: Any, stage: Any, started: Any) -> Any:
    """
    The number of the batch of each visit, -1 for none: what one person began at one stage at the very same instant.

    What is done one after another without a pause may be a batch or a queue that is worked off: no log tells the two apart, so
    that is not called batching here (`derived.batching` is for logs of which it is known).
    """
    import numpy as np

    keys = np.stack([worker, stage, started])
    _, which, n = np.unique(keys, axis=1, return_inverse=True, return_counts=True)
    which = which.reshape(-1)
    return np.where((worker >= 0) & (n[which] > 1), which, -1)


def _coded(column: pa.ChunkedArray, at: Any) -> tuple[list[str], Any]:
    """The names in a column, and the number of that of each place asked for."""
    import numpy as np
    import pyarrow.compute as pc

    coded = pc.dictionary_encode(column).combine_chunks()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)[at]


def _instants(column: pa.ChunkedArray) -> Any:
    import pyarrow as pa

    return column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy()


def _length(rows: pa.Table) -> Any:
    return _instants(rows["to_at"]) - _instants(rows["from_at"])


WAITS = Derived(name="waits", needs=("tiles", "lives"), build=build)
