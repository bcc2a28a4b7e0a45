"""Disagreements: two numbers for one thing, from two sources, from two records of one source, or within one record.

A later reading of the same record is a revision, not a disagreement. Numbers that differ by less than one in a million agree.
Where many records of one source say a number of the same thing, only those that say the least and the most are set against
each other: every pair of a thousand records would be half a million rows that tell nobody more. Of two records the first
thing that differs is told: the value, its numerator, its denominator, or the counts at a point of a scale. A mean may
contradict its own record by up to 1 %, since means are written rounded.

Shape    one row per pair: entity, of, step, channel, from_at, to_at, source_a, value_a, source_b, value_b; where both are of
         one source, its record is named behind it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import ROUNDING, TALLY_OF, Derived, is_contrary, newest_tallies

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, NumericValue
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

SAME = tuple(name for name in TALLY_OF if name != "source")


def build(facts: FactTables) -> IbisTable:
    """Pair each number with every other one of the same thing."""
    t = newest_tallies(facts)
    t = t.mutate(said_by=t.source.concat(": ", t.record, "/", t.part))
    return _between_sources(facts).union(_within_sources(t), _within_records(t))


def _between_sources(facts: FactTables) -> IbisTable:
    pairs = _pairs(facts.tallied.mutate(said_by=facts.tallied.source))
    pairs = pairs.filter(pairs.source != pairs.source_b, _is_apart(pairs.value, pairs.value_b))
    return _told(pairs, pairs.value, pairs.value_b)


def _within_sources(tallies: IbisTable) -> IbisTable:
    import ibis

    pairs = _pairs(_farthest_apart(tallies))
    pairs = pairs.filter(pairs.source == pairs.source_b)
    points = pairs.histogram.zip(pairs.histogram_b).filter(lambda each: ~each.f1.identical_to(each.f2))
    said = [
        (pairs.value, pairs.value_b),
        (pairs.numerator, pairs.numerator_b),
        (pairs.denominator, pairs.denominator_b),
        (points[0].f1.coalesce(0.0), points[0].f2.coalesce(0.0)),
    ]
    one, other = (ibis.cases(*((_is_apart(*both), both[side]) for both in said)) for side in (0, 1))
    told = _told(pairs, one, other)
    return told.filter(told.value_a.notnull())


def _farthest_apart(tallies: IbisTable) -> IbisTable:
    """Keep, of each thing a source counts, the records that say the least and the most of any of its numbers."""
    import ibis

    t = tallies.mutate(points=tallies.histogram.cast("string"))
    same = [t[name] for name in TALLY_OF]
    ranks = {}
    for number, name in enumerate(("value", "numerator", "denominator", "points")):
        orders = (t[name].asc(nulls_first=False), t[name].desc(nulls_first=False))
        for side, order in zip(("least", "most"), orders, strict=True):
            window = ibis.window(group_by=same, order_by=[order, t.said_by])
            ranks[f"{side}_{number}"] = t[name].notnull() & (ibis.row_number().over(window) == 0)
    marked = t.mutate(**ranks)
    return marked.filter(ibis.or_(*(marked[name] for name in ranks))).drop("points", *ranks)


def _within_records(tallies: IbisTable) -> IbisTable:
    """Means beside what their own numerator and denominator make."""
    t = tallies.filter(is_contrary(tallies))
    t = t.mutate(said_by_b=t.said_by.concat(", over its denominator"))
    return _told(t, t.value, t.numerator / t.denominator)


def _pairs(tallies: IbisTable) -> IbisTable:
    """Each two tallies of the same thing, once; the columns of the second end in `_b`."""
    others = tallies.rename("{name}_b")
    same = [tallies[name].identical_to(others[f"{name}_b"]) for name in SAME]
    return tallies.join(others, [*same, tallies.said_by < others.said_by_b])


def _is_apart(one: NumericValue, other: NumericValue) -> BooleanValue:
    return ((one - other).abs() > ROUNDING * one.abs()).fill_null(False)


def _told(pairs: IbisTable, one: NumericValue, other: NumericValue) -> IbisTable:
    p = pairs
    return p.select(
        p.entity, p.of, p.step, p.channel, p.from_at, p.to_at,
        source_a=p.said_by, value_a=one, source_b=p.said_by_b, value_b=other,
    )  # fmt: skip


DISAGREEMENTS = Derived(name="disagreements", needs=("tallied", "tallies"), build=build, key=("entity",))
