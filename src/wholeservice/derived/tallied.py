"""Tallies, each said once per source: of rows of one source about the same thing the newest counts, and none are added.

Which source wins is decided per measure and cell, so that both halves of a ratio come from the same one.

Shape    the columns of `tallies`; `of`, `statistic` and `window` in lower case; only rows whose entity is known
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import RECORD_KEYS, Derived

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def build(facts: FactTables) -> IbisTable:
    """Keep the newest row of each source about each thing."""
    import ibis

    t = facts.tallies
    t = t.mutate(of=t.of.strip().lower(), statistic=t.statistic.strip().lower(), window=t.window.strip().lower())
    t = t.filter(t.entity.notnull())
    same = [t.source, t.entity, t.of, t.statistic, t.step, t.channel, t.segment, t.window, t.from_at, t.to_at, t.currency]
    newest_first = [t.known_at.desc(), *(t[key].desc() for key in RECORD_KEYS)]
    t = t.mutate(nth=ibis.row_number().over(ibis.window(group_by=same, order_by=newest_first)))
    return t.filter(t.nth == 0).drop("nth")


TALLIED = Derived(name="tallied", needs=("tallies",), build=build)
