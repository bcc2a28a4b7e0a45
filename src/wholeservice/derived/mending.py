"""What is known of some places where loss starts: the work on them, what made them known, and how such work usually goes.

Made on asking, for the places of a snapshot's loss maps. Work is on a place when it is of the kind `defect` or `improvement`
and about it, when a link says that it `fixes` the place, or when it is of one of these kinds, or of none, and `improves` it. A
feature that improves a place in passing is not work on what is lost there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.derived.deployed import incidents
from wholeservice.derived.lived import WANTED, microseconds, tiles_behind
from wholeservice.facts.identity import FactTables, known_names

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine
    from wholeservice.organisation.graph import Organisation

MENDING = ("defect", "improvement")
FIXES, IMPROVES, ITEM = "fixes", "improves", "item:"
PLACES = ("part", "service", "policy", "supplier", "step")
INCIDENT, JUDGEMENT, CONTACT, ANSWER = "incident", "judgement", "contact", "answer"
TELLING = ("research finding", "cause", "failure demand")
"""Questions of which an answer about a place says that somebody knew."""
VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Mending:
    """
    What was seen, as Arrow tables in a fixed order; instants in microseconds.

    on         place, item: which work is on which place
    items      item, kind, entity, stream, team, known_us, created_us, done_us (null: not done), is_given_up, deployed_us (first
               time in production; null: not known), verdict_us (last verdict on it; null: none); of all in `on` and all that
               these waited for
    tiles      of these: item, stage, state, kind, team, waits, from_us, to_us
    causes     item, from_us, cause, on_entity, seconds: why a piece of waiting was one
    queues     stage_of, stage_name, queue: what work that queues before a stage waits for
    signs      place, at_us, until_us (null: not over), what (INCIDENT, ...): when somebody could know
    usual      stream, took_us, is_open: from becoming known to being done, of every defect and improvement
    """

    on: pa.Table
    items: pa.Table
    tiles: pa.Table
    causes: pa.Table
    queues: pa.Table
    signs: pa.Table
    usual: pa.Table


def observe_mending(engine: Engine, organisation: Organisation, places: Sequence[str]) -> Mending:
    """Read what is known of some places: ids of parts, services, policies or suppliers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    facts = FactTables(engine)
    on = _on(engine, facts, known_names(organisation), places)
    tiles = tiles_behind(engine, facts, pa.chunked_array([pc.unique(on["item"])]))
    items = _items(engine, facts, [*on["item"].to_pylist(), *tiles["item"].to_pylist()])
    causes = _causes(engine, facts, tiles["item"])
    s = facts.stages
    queues = engine.run(
        s.filter(s.queue.notnull()).select(s.stage_of, s.stage_name, s.queue).order_by(s.stage_of, s.stage_name)
    )
    return Mending(on, items, tiles, causes, queues, _signs(engine, facts, organisation, places), _usual(engine, facts))


def _on(engine: Engine, facts: FactTables, names: Mapping[str, str], places: Sequence[str]) -> pa.Table:
    """Return place and item of every piece of work on one of the places, each pair once."""
    import pyarrow as pa

    a = facts.lives
    about = engine.run(a.filter(a.kind.isin(MENDING)).select(place=a.entity, item=a.item, kind=a.kind)).to_pylist()
    k = facts.links
    relation = k.relation.strip().lower()
    linked = engine.run(
        k.filter(relation.isin([FIXES, IMPROVES]), k.from_ref.startswith(ITEM)).select(
            one=k.from_ref, other=k.to_ref, relation=relation
        )
    ).to_pylist()
    wanted = frozenset(places)
    pairs = {(row["place"], row["item"]) for row in about if row["place"] in wanted}
    ends = [(row, _place(row["other"], names)) for row in linked]
    ends = [(row, place) for row, place in ends if place in wanted]
    kinds = _kinds(engine, facts, [row["one"].removeprefix(ITEM) for row, _ in ends])
    for row, place in ends:
        item = row["one"].removeprefix(ITEM)
        if item in kinds and (row["relation"] == FIXES or kinds[item] in (*MENDING, None)):
            pairs.add((place or "", item))
    told = sorted(pairs)
    return pa.table({"place": pa.array([each for each, _ in told], pa.string()),
                     "item": pa.array([each for _, each in told], pa.string())})  # fmt: skip


def _place(ref: str, names: Mapping[str, str]) -> str | None:
    """Return the entity that a reference such as part:checkout stands for; None for any other."""
    kind, _, name = ref.partition(":")
    return names.get(name.strip().lower()) if kind.rstrip("s") in PLACES or kind == "policies" else None


def _kinds(engine: Engine, facts: FactTables, items: Sequence[str]) -> dict[str, str | None]:
    a = _wanted(engine, facts.lives, items)
    return {row["item"]: row["kind"] for row in engine.run(a.select(a.item, a.kind)).to_pylist()}


def _wanted(engine: Engine, rows: IbisTable, items: Sequence[str]) -> IbisTable:
    import pyarrow as pa

    engine.add(WANTED, pa.table({"wanted": pa.array(sorted(set(items)), pa.string())}))
    wanted = engine.table(WANTED)
    return rows.semi_join(wanted, rows.item == wanted.wanted)


def _items(engine: Engine, facts: FactTables, items: Sequence[str]) -> pa.Table:
    a = _wanted(engine, facts.lives, items)
    d = facts.delivered
    reached = d.group_by(brought=d.item).aggregate(deployed=d.deployed_at.min())
    j = facts.judgements
    j = j.filter(j.question.strip().lower() == VERDICT, j.about.startswith(ITEM))
    judged = j.group_by(judged=j.about.substr(len(ITEM))).aggregate(verdict=j.judged_at.max())
    a = a.left_join(reached, a.item == reached.brought).drop("brought")
    a = a.left_join(judged, a.item == judged.judged).drop("judged")
    said = a.select(
        a.item, a.kind, a.entity, a.stream, a.team, a.is_given_up, known_us=a.known_at.coalesce(a.created_at),
        created_us=a.created_at.coalesce(a.life_from), done_us=a.done_at, deployed_us=a.deployed, verdict_us=a.verdict,
    )  # fmt: skip
    return _timed(engine.run(said.order_by("item")), "known_us", "created_us", "done_us", "deployed_us", "verdict_us")


def _timed(read: pa.Table, *names: str) -> pa.Table:
    for name in names:
        read = read.set_column(read.column_names.index(name), name, microseconds(read[name]))
    return read


def _causes(engine: Engine, facts: FactTables, items: pa.ChunkedArray) -> pa.Table:
    w = _wanted(engine, facts.waits, items.to_pylist())
    read = engine.run(w.select(w.item, w.cause, w.on_entity, w.seconds, from_us=w.from_at).order_by("item", "from_us", "cause"))
    return _timed(read, "from_us")


def _usual(engine: Engine, facts: FactTables) -> pa.Table:
    """How long defects and improvements take, from known to done; what was given up or done before it was known is left out."""
    import pyarrow.compute as pc

    a = facts.lives
    a = a.filter(a.kind.isin(MENDING), a.stream.notnull(), ~a.is_given_up, ~a.is_backwards)
    known = a.known_at.coalesce(a.created_at)
    read = engine.run(a.select(a.item, a.stream, a.is_open, known_us=known, end_us=a.life_to).order_by("item"))
    read = _timed(read, "known_us", "end_us")
    read = read.append_column("took_us", pc.subtract(read["end_us"], read["known_us"]))
    return read.filter(pc.greater_equal(pc.fill_null(read["took_us"], -1), 0)).select(["stream", "took_us", "is_open"])


def _signs(engine: Engine, facts: FactTables, organisation: Organisation, places: Sequence[str]) -> pa.Table:
    """When somebody noticed harm at a place, judged it, or named it when asking for help or answering."""
    import pyarrow as pa

    rows = [
        *_noticed(engine, facts, places), *_judged(engine, facts, known_names(organisation), places),
        *_named(engine, facts, organisation, places),
    ]  # fmt: skip
    rows = sorted(rows, key=lambda row: tuple(map(str, row)))
    columns = list(zip(*rows, strict=True)) or [()] * 4
    instant = pa.timestamp("us", tz="UTC")
    return _timed(
        pa.table({"place": pa.array(columns[0], pa.string()), "at_us": pa.array(columns[1], instant),
                  "until_us": pa.array(columns[2], instant), "what": pa.array(columns[3], pa.string())}),
        "at_us", "until_us",
    )  # fmt: skip


Sign = tuple[str, Any, Any, str]


def _noticed(engine: Engine, facts: FactTables, places: Sequence[str]) -> Iterator[Sign]:
    i = incidents(facts)
    i = i.filter(i.entity.isin(list(places) or [""]))
    at = i.detected_at.coalesce(i.restored_at, i.started_at)
    for row in engine.run(i.select(i.entity, at=at, until=i.restored_at)).to_pylist():
        yield row["entity"], row["at"], row["until"], INCIDENT


def _judged(engine: Engine, facts: FactTables, names: Mapping[str, str], places: Sequence[str]) -> Iterator[Sign]:
    j = facts.judgements
    j = j.filter(j.question.strip().lower().isin(TELLING))
    for row in engine.run(j.select(j.about, at=j.judged_at)).to_pylist():
        place = _place(row["about"], names) or names.get(row["about"].strip().lower())
        if place in places:
            yield place or "", row["at"], row["at"], JUDGEMENT


def _named(engine: Engine, facts: FactTables, organisation: Organisation, places: Sequence[str]) -> Iterator[Sign]:
    """Each time people named a place in their words, where its title is of two words or more; the words go no further."""
    c, a = facts.contacts, facts.answers
    for place in places:
        title = organisation.entities[place].title.strip().lower() if place in organisation.entities else ""
        if " " not in title:
            continue
        for rows, words, at, what in ((c, c.words, c.happened_at, CONTACT), (a, a.text, a.answered_at, ANSWER)):
            found = rows.filter(words.lower().contains(title), at.notnull()).select(at=at).distinct()
            yield from ((place, row["at"], row["at"], what) for row in engine.run(found).to_pylist())
