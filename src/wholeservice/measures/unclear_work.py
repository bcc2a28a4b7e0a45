"""Work that sources tell of in a way that nobody can follow: it is kept and counted as it is, and said, so that nothing is
lost in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice.derived.streams import STAGES
from wholeservice.measures.finished import loose

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

NO_STAGE, BACKWARDS, BLOCKS = "names_of_no_stage", "done_before_created", "blocks"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoStage:
    """One row of the extract: a name that a source has for a stage and that stands for none of the stream's."""

    source: str
    stream: str
    stage: str
    n_stays: int
    n_items: int
    where_from: str  # the first of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Backwards:
    """One row of the extract: so many items of one source about one thing were done before they were created."""

    source: str
    entity: str | None
    n: int
    item: str  # one of them
    where_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One row of the extract: a source says that one item cannot go on before another."""

    source: str
    from_ref: str
    to_ref: str
    where_from: str


def no_stage(facts: FactTables) -> IbisTable:
    """Return the columns of `NoStage`. A stream that declares no stages has none that a name could miss."""
    w, lives, s = facts.work, facts.lives, getattr(facts, STAGES)
    whose = lives.select(life_of=lives.item, stream=lives.stream)
    w = w.filter(w.stage.notnull(), w.stage.strip() != "")
    w = w.select(w.source, w.item, w.where_from, stage=w.stage.strip(), loose=loose(w.stage))
    w = w.join(whose, w.item == whose.life_of).drop("life_of")
    declaring, known = s.select(declares="stage_of").distinct(), s.select(known_of="stage_of", known_name="stage_name")
    w = w.semi_join(declaring, w.stream == declaring.declares)
    w = w.anti_join(known, [w.stream == known.known_of, w.loose == known.known_name])
    return w.group_by(w.source, w.stream, w.stage).aggregate(
        n_stays=w.count(), n_items=w.item.nunique(), where_from=w.where_from.min()
    )


def backwards(facts: FactTables) -> IbisTable:
    """Return the columns of `Backwards`."""
    i = facts.lives
    i = i.filter(i.is_backwards)
    return i.group_by(i.source, i.entity).aggregate(n=i.count(), item=i.item.min(), where_from=i.where_from.argmin(i.item))


def blocks(facts: FactTables) -> IbisTable:
    """Return the columns of `Block`, of items that block something and are blocked themselves: others are in no circle."""
    k = facts.links
    k = k.filter(k.relation.strip().lower() == BLOCKS)
    k = k.mutate(from_ref=k.from_ref.strip(), to_ref=k.to_ref.strip())
    blocked, blocking = k.select(blocked=k.to_ref).distinct(), k.select(blocking=k.from_ref).distinct()
    k = k.semi_join(blocked, k.from_ref == blocked.blocked).semi_join(blocking, k.to_ref == blocking.blocking)
    return k.group_by(k.source, k.from_ref, k.to_ref).aggregate(where_from=k.where_from.min())
