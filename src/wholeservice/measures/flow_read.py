"""Reads the items that were done lately or are open, with their pieces and waits: what `flow_made` makes flows of.

Read are the items that are open or were done in the newest year, so many at most; what an item is tied to, and what it waits
for, is read with it. A team of fewer than five people is in none of it: to wait for it is to wait for another team.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import UNSEEN
from wholeservice.derived.streams import HOLDERS, RUN_IN, STAGES, by_holder
from wholeservice.derived.tiles import KIND_OF
from wholeservice.facts.identity import FactTables
from wholeservice.measures.flow_told import Tie

if TYPE_CHECKING:
    from wholeservice.engines.base import Engine

MOST = 20_000
"""So many items are read at most, the newest: enough for any picture, whatever the size of the store."""

WANTED, TEAM_KIND = "wanted_items", "team"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a life, in seconds since 1970."""

    stage: str | None  # as it was written
    state: str | None
    kind: str
    from_s: float
    to_s: float
    waits_on: str | None


@dataclass(frozen=True, slots=True)
class Wait:
    """One piece of waiting, or the part of it that has one cause: `seconds` of it."""

    from_s: float
    to_s: float
    seconds: float
    cause: str
    on_item: str | None
    on_entity: str | None


@dataclass(frozen=True, slots=True)
class Life:
    """One item with all that was seen of it."""

    item: str
    kind: str | None
    entity: str | None
    stream: str | None
    team: str | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    due_at: dt.datetime | None
    done_at: dt.datetime | None
    from_s: float
    to_s: float
    is_open: bool
    is_backwards: bool
    n_stays: int
    pieces: tuple[Piece, ...] = ()
    waits: tuple[Wait, ...] = ()
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """A stage as it is declared: the name it has, its kind, and what work that queues before it waits for."""

    name: str
    kind: str | None
    queue: str | None


@dataclass(frozen=True, slots=True)
class Work:
    """All that was read: items, the items that count for each entity, and the stages of each stream by the names they go by."""

    lives: Mapping[str, Life]
    held: Mapping[str, tuple[str, ...]]  # entity -> items
    stages: Mapping[str, tuple[Declared, ...]] = field(default_factory=dict)
    named: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # stream -> name, as names are compared -> stage


def read_work(engine: Engine, since: dt.datetime) -> Work:
    """Return the newest items that are open or were done since an instant."""
    import pyarrow as pa

    facts = FactTables(engine)
    stages, named = _stages(facts)
    rows = _rows(facts, since)
    if not rows:
        return Work({}, {}, stages, named)
    engine.add(WANTED, pa.table({"wanted": pa.array([row["item"] for row in rows], pa.string())}))
    hidden = _hidden(facts)
    pieces, waits, ties = _pieces(engine, facts), _waits(engine, facts, hidden), _ties(engine, facts)
    lives = {
        item: _life(row, pieces.get(item, ()), waits.get(item, ()), ties.get(item, ()), hidden=hidden)
        for item, row in ((row["item"], row) for row in rows)
    }
    return Work(lives, _held(engine, facts), stages, named)


def _rows(facts: FactTables, since: dt.datetime) -> list[dict[str, Any]]:
    import ibis

    i = facts.lives
    i = i.filter(i.is_open | (i.done_at >= ibis.literal(since)), i.life_from.notnull(), ~i.is_given_up)
    newest = i.order_by(i.life_to.desc(), i.life_from.desc(), i.item).limit(MOST)
    newest = newest.select(
        "item", "kind", "entity", "stream", "team", "life_from", "life_to", "is_open", "is_backwards", "n_stays",
        "last_at", "last_stage", "last_state", created=i.created_at, started=i.started_at, due=i.due_at, done=i.done_at,
    )  # fmt: skip
    return sorted(facts.run(newest).to_pylist(), key=lambda row: str(row["item"]))


def _life(
    row: Mapping[str, Any], pieces: Sequence[Piece], waits: Sequence[Wait], ties: Sequence[Tie], *, hidden: frozenset[str]
) -> Life:
    told = {name: row[name] for name in ("item", "kind", "entity", "stream", "is_open", "is_backwards", "n_stays")}
    return Life(
        **told, team=None if row["team"] in hidden else row["team"], created_at=row["created"] or row["life_from"],
        started_at=row["started"], due_at=row["due"], done_at=row["done"], from_s=row["life_from"].timestamp(),
        to_s=row["life_to"].timestamp(), pieces=(*pieces, *_just_begun(row)), waits=tuple(waits),
        ties=tuple(ties),
    )  # fmt: skip


def _just_begun(row: Mapping[str, Any]) -> list[Piece]:
    """The stay in which an open item is that began at the newest instant of all: it has no length yet."""
    if not row["is_open"] or row["last_at"] is None or row["last_at"] < row["life_to"]:
        return []
    at_s = row["last_at"].timestamp()
    return [Piece(row["last_stage"], row["last_state"], KIND_OF.get(row["last_state"], UNSEEN), at_s, at_s, None)]


def _hidden(facts: FactTables) -> frozenset[str]:
    """Teams that have no numbers of their own."""
    run, holders = getattr(facts, RUN_IN), getattr(facts, HOLDERS)
    teams = {row["run_of"] for row in facts.run(run.filter(run.kind == TEAM_KIND).select("run_of")).to_pylist()}
    return frozenset(teams - {row["holder"] for row in facts.run(holders.select("holder").distinct()).to_pylist()})


def _pieces(engine: Engine, facts: FactTables) -> dict[str, list[Piece]]:
    t, wanted = facts.tiles, engine.table(WANTED)
    t = t.join(wanted, t.item == wanted.wanted).filter(lambda each: each.to_at > each.from_at)
    t = t.select("item", "stage", "state", "kind", "from_at", "to_at", waits=t.waits_on)
    found: dict[str, list[Piece]] = {}
    for row in facts.run(t.order_by("item", "from_at", "to_at")).to_pylist():
        begun, ended = row["from_at"].timestamp(), row["to_at"].timestamp()
        piece = Piece(row["stage"], row["state"], row["kind"], begun, ended, row["waits"])
        found.setdefault(row["item"], []).append(piece)
    return found


def _waits(engine: Engine, facts: FactTables, hidden: frozenset[str]) -> dict[str, list[Wait]]:
    """The waits as `derived.waits` tells them."""
    w, wanted = facts.waits, engine.table(WANTED)
    w = w.join(wanted, w.item == wanted.wanted)
    w = w.select("item", "from_at", "to_at", "seconds", "cause", "on_item", "on_entity")
    found: dict[str, list[Wait]] = {}
    for row in facts.run(w.order_by("item", "from_at", "to_at", "cause")).to_pylist():
        on_entity = None if row["on_entity"] in hidden else row["on_entity"]
        wait = Wait(
            row["from_at"].timestamp(), row["to_at"].timestamp(), row["seconds"], row["cause"], row["on_item"], on_entity
        )
        found.setdefault(row["item"], []).append(wait)
    return found


def _ties(engine: Engine, facts: FactTables) -> dict[str, list[Tie]]:
    """What each item is linked to, either way."""
    k, wanted = facts.links, engine.table(WANTED)
    refs = wanted.select(ref=wanted.wanted.re_replace("^", "item:"), of=wanted.wanted)
    found: dict[str, list[Tie]] = {}
    for mine, other, is_from in ((k.from_ref, k.to_ref, True), (k.to_ref, k.from_ref, False)):
        rows = k.join(refs, mine == refs.ref).select("of", "relation", at=k.happened_at, other=other)
        for row in facts.run(rows.order_by("of", "relation", "other")).to_pylist():
            table, _, name = row["other"].partition(":")
            tie = Tie(row["relation"].strip().lower(), is_from, table, name or table, row["at"])
            found.setdefault(row["of"], []).append(tie)
    return found


def _held(engine: Engine, facts: FactTables) -> dict[str, tuple[str, ...]]:
    lives, wanted = facts.lives, engine.table(WANTED)
    lives = lives.join(wanted, lives.item == wanted.wanted).select("item", "entity", "stream", "team")
    found: dict[str, list[str]] = {}
    for row in facts.run(by_holder(facts, lives).select("item", "entity").order_by("entity", "item")).to_pylist():
        found.setdefault(row["entity"], []).append(row["item"])
    return {entity: tuple(items) for entity, items in found.items()}


def _stages(facts: FactTables) -> tuple[dict[str, tuple[Declared, ...]], dict[str, dict[str, int]]]:
    """The stages of each stream in their order, and which of them each name stands for."""
    rows = facts.run(getattr(facts, STAGES).order_by("stage_of", "stage_no")).to_pylist()
    places: dict[str, dict[int, Declared]] = {}
    named: dict[str, dict[str, int]] = {}
    for row in rows:
        of = places.setdefault(row["stage_of"], {})
        of.setdefault(row["stage_no"], Declared(row["stage"], row["stage_kind"], row["queue"]))
        named.setdefault(row["stage_of"], {})[row["stage_name"]] = list(of).index(row["stage_no"])
    return {stream: tuple(of.values()) for stream, of in places.items()}, named
