"""What the time of items was worth: work counts as its stage is declared, and waiting is waste, in whatever stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import WORKED
from wholeservice.measures.finished import stage_tiles
from wholeservice.organisation.kinds import STAGE_KINDS

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

VALUE_ADDING, NECESSARY, WASTE = STAGE_KINDS
VALUE_ADDING_S, WASTE_S, KNOWN_S = "value_adding_s", "waste_s", "known_s"


def value_of_time(facts: FactTables, items: IbisTable) -> IbisTable:
    """Return items with how many seconds of their time added value, were waste, and have a known worth at all."""
    t = stage_tiles(facts)
    t = t.filter(t.kind == WORKED)
    worked = t.group_by(worth_of=t.item).aggregate(
        **{f"{name}_in_s": t.seconds.sum(where=t.stage_kind == kind).fill_null(0.0) for name, kind in _IN.items()}
    )
    i = items.left_join(worked, items.item == worked.worth_of)
    i = i.mutate(**{f"{name}_in_s": i[f"{name}_in_s"].fill_null(0.0) for name in _IN})
    i = i.mutate(**{VALUE_ADDING_S: i.adding_in_s, WASTE_S: i.waste_in_s + i.waited_s})
    known = i[VALUE_ADDING_S] + i.necessary_in_s + i[WASTE_S]
    return i.mutate(**{KNOWN_S: known}).drop("worth_of", *(f"{name}_in_s" for name in _IN))


_IN = {"adding": VALUE_ADDING, "necessary": NECESSARY, "waste": WASTE}
