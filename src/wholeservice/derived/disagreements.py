"""Disagreements: two numbers for one thing, from two sources, or from two records of one source read at the same time.

A later reading of the same source is a revision, not a disagreement. Numbers that differ by less than one in a million agree.

Shape    one row per pair: entity, of, step, channel, from_at, to_at, source_a, value_a, source_b, value_b; where both are of
         one source, its record is named behind it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import Derived

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

ROUNDING = 1e-6
SAME = ("entity", "of", "statistic", "step", "channel", "segment", "window", "from_at", "to_at", "currency")


def build(facts: FactTables) -> IbisTable:
    """Pair each number with every other one of the same thing."""
    return _between_sources(facts).union(_within_sources(facts))


def _between_sources(facts: FactTables) -> IbisTable:
    a = facts.tallied.mutate(said_by=facts.tallied.source)
    b = a.view()
    return _pairs(a, b, [a.said_by < b.said_by])


def _within_sources(facts: FactTables) -> IbisTable:
    t = facts.tallies
    a = t.mutate(of=t.of.strip().lower(), said_by=t.source.concat(": ", t.record, "/", t.part)).filter(t.entity.notnull())
    b = a.view()
    return _pairs(a, b, [a.source == b.source, a.known_at == b.known_at, a.said_by < b.said_by])


def _pairs(a: IbisTable, b: IbisTable, are_two: list[object]) -> IbisTable:
    same = [a[name].identical_to(b[name]) for name in SAME]
    apart = (a.value - b.value).abs() > ROUNDING * a.value.abs()
    pairs = a.join(b, [*same, *are_two, apart])
    return pairs.select(
        a.entity, a.of, a.step, a.channel, a.from_at, a.to_at,
        source_a=a.said_by, value_a=a.value, source_b=b.said_by, value_b=b.value,
    )  # fmt: skip


DISAGREEMENTS = Derived(name="disagreements", needs=("tallied", "tallies"), build=build)
