"""Facts that stand twice: under two records of one source, or in two sources. Numbers may count them twice.

A fact is a repeat when all that it says is the same, and something tells it from its like: two visits of nobody in
particular in one second are two visits; of somebody, they are one, told twice. Of a large table a sixteenth is compared, drawn
by the fact's own content, so that its twin is drawn with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.facts.quality import Repeated

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine

SAMPLED_FROM, SAMPLE, N_SAMPLE = 500_000, "0", 16  # rows; then the facts whose digest begins so: 1 of 16
TIMES_CHANCE, WEEK_S, COARSE = 5, 7 * 86400, 0.5

OWN_NAMES: Mapping[str, Callable[[IbisTable], Any]] = {
    tables.INTERACTIONS.name: lambda t: t.consumer.coalesce(t.attempt, t.visit),
    tables.ANSWERS.name: lambda t: t.consumer.coalesce(t.attempt),
    tables.CONTACTS.name: lambda t: t.contact.coalesce(t.consumer),
    tables.ITEMS.name: lambda t: t.item,
    tables.WORK.name: lambda t: t.item,
    tables.DEPLOYMENTS.name: lambda t: t.deployment,
    tables.INCIDENTS.name: lambda t: t.incident,
    tables.CALLS.name: lambda t: t.trace,
    tables.MONEY.name: lambda t: t.entity,
}
"""What tells a fact from its like. Numbers that others counted never add up across sources, and what is seen twice is
confirmed: neither is repeated."""

SAID_OF_PEOPLE: Mapping[str, tuple[Callable[[IbisTable], Any], tuple[str, ...]]] = {
    tables.INTERACTIONS.name: (lambda t: t.happened_at, ("service", "step", "channel")),
    tables.ANSWERS.name: (lambda t: t.asked_at, ("service", "score", "question")),
    tables.CONTACTS.name: (lambda t: t.happened_at, ("service", "contact", "channel")),
    tables.WORK.name: (lambda t: t.from_at, ("item", "state")),
}
"""By which instant and what else a fact about people is told, where two sources may hold it: aliases differ by source."""

_BETWEEN = "\x1f"  # between the parts of an example; no name holds it


def told_twice(
    engine: Engine, table: tables.Table, rows: IbisTable, n_rows: Mapping[str, int]
) -> Iterator[tuple[str, Repeated]]:
    """Yield source and what of it is repeated; *n_rows*: source -> its rows in the table."""
    if table.name not in OWN_NAMES:
        return
    is_sample = sum(n_rows.values()) > SAMPLED_FROM
    told = rows.filter(OWN_NAMES[table.name](rows).notnull())
    facts = sampled(told) if is_sample else told
    facts = facts.group_by(facts.digest, facts.source, facts.record).aggregate(n=facts.count())
    queries = [_within(facts)]
    if len(n_rows) > 1:
        queries.append(_across_people(told, table, is_sample=is_sample) if table.name in SAID_OF_PEOPLE else _across(facts))
    found = [row for query in queries for row in engine.run(query).to_pylist()]
    if not found:
        return
    of = {row["source"]: row["n"] for row in engine.run(facts.group_by(facts.source).aggregate(n=facts.count())).to_pylist()}
    for row in found:
        n, (one, two) = int(row["n"]), row["example"].split(_BETWEEN)
        yield row["last"], Repeated(table.name, row["first"], n, max(n, of.get(row["last"], 0)), is_sample, one, two)


def sampled(rows: IbisTable) -> IbisTable:
    """Return a sixteenth of the facts, wherever they stand."""
    return rows.filter(rows.digest.startswith(SAMPLE))


def _within(facts: IbisTable) -> IbisTable:
    """Facts that one source tells under more than one record."""
    told = facts.group_by(facts.digest, facts.source).aggregate(
        records=facts.count(), one=facts.record.min(), two=facts.record.max()
    )
    told = told.filter(told.records > 1)
    return told.group_by(first=told.source, last=told.source).aggregate(
        n=(told.records - 1).sum(), example=told.one.concat(_BETWEEN, told.two).min()
    )


def _across(facts: IbisTable) -> IbisTable:
    """Facts that two sources tell alike; of each two, the one whose name comes later repeats the other."""
    others = facts.rename("{name}_b")
    both = facts.join(others, [facts.digest == others.digest_b, facts.source < others.source_b])
    return both.group_by(first=both.source, last=both.source_b).aggregate(
        n=both.count(), example=both.record.concat(_BETWEEN, both.record_b).min()
    )


def _across_people(rows: IbisTable, table: tables.Table, *, is_sample: bool) -> IbisTable:
    """
    Facts about people that two sources tell alike: at the same second, with the same words.

    Chance makes some alike, too: about as many as are alike when one source is moved by a week. What is not several times as
    much is left out, and so are days without a time, of which too many are alike to tell.
    """
    import ibis

    instant, words = SAID_OF_PEOPLE[table.name]
    said = {name: rows[name].cast("string").coalesce("") for name in words}
    told = rows.select(rows.source, rows.record, at=instant(rows).epoch_seconds().floor().cast("int64"), **said)
    told = told.filter(told.at % N_SAMPLE == 0) if is_sample else told
    told = told.group_by(["source", "at", *said]).aggregate(n=told.count(), record=told.record.min())
    pairs = _same_but_for(told, words, 0).union(_same_but_for(told, words, WEEK_S))
    here = pairs.shift == 0
    found = pairs.group_by(pairs.first, pairs.last).aggregate(
        n=here.ifelse(pairs.n, 0).sum(), moved=here.ifelse(0, pairs.n).sum(),
        coarse=(pairs.n > 1).cast("int64").mean(), example=ibis.cases((here, pairs.example)).min(),
    )  # fmt: skip
    found = found.filter(found.n > TIMES_CHANCE * found.moved, found.coarse < COARSE)
    return found.select("first", "last", "n", "example")


def _same_but_for(told: IbisTable, words: tuple[str, ...], shift: int) -> IbisTable:
    import ibis

    others = told.rename("{name}_b")
    same = [told[name] == others[f"{name}_b"] for name in words]
    both = told.join(others, [told.at == others.at_b + shift, told.source < others.source_b, *same])
    return both.select(
        first=both.source, last=both.source_b, n=ibis.least(both.n, both.n_b), shift=ibis.literal(shift, "int64"),
        example=both.record.concat(_BETWEEN, both.record_b),
    )  # fmt: skip
