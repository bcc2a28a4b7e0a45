"""Which facts changed between two pinned runs, and the facts then and now of what they touch.

Files are compared, and of those that differ the rows. What a change touches is looked for in the columns as the sources wrote
them; names and people are resolved only of what was found, since that is what costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.engines.with_views import WithViews, add_named, run_named
from wholeservice.facts.identity import FactTables, resolved, with_all_columns
from wholeservice.facts.identity_people import ALIASES

if TYPE_CHECKING:
    from ibis.expr.types import StringColumn
    from ibis.expr.types import Table as IbisTable

BEFORE, CAME, WENT, STAYED, CHANGED = "before_", "came_", "went_", "stayed_", "changed_"
OTHERS = "other_people"
EVENTS = (tables.INTERACTIONS, tables.ANSWERS, tables.CALLS)
MOST = 0.25  # of the rows: when more came and went, all is derived again
_ROW = (tables.SOURCE, tables.RECORD, tables.PART, tables.DIGEST, tables.KNOWN_AT)

Files = Mapping[str, Sequence[str]]
Key = Callable[["IbisTable"], "StringColumn"]
Make = Callable[[], "IbisTable"]
"""Rows to be asked for when they are needed: building a query takes time even where it was written down."""


def add_files(engine: WithViews, before: Files, now: Files) -> None:
    """Add the files of each table of events that came, went and stayed as tables of their own."""
    for table in EVENTS:
        old, new = set(before.get(table.name, ())), set(now.get(table.name, ()))
        for prefix, files in ((CAME, new - old), (WENT, old - new), (STAYED, old & new)):
            if files:
                engine.add(prefix + table.name, sorted(files))


def changed(engine: WithViews, table: tables.Table) -> IbisTable | None:
    """Keep the rows that came or went, as the sources wrote them; None when there are none."""
    has_others = "consumer" in table.column_names and count(engine, OTHERS) > 0
    if not has_others and not _present(engine, table, (CAME, WENT)):
        return None
    name = CHANGED + table.name
    rows = keep(engine, name, partial(_changed, engine, table, has_others), of=f"{which(engine, table)} {has_others}")
    return rows if count(engine, name) else None


def keep_others(engine: WithViews) -> None:
    """Keep the aliases that stand for another person than before: their rows changed although none did."""
    now, then = engine.table(ALIASES), engine.table(BEFORE + ALIASES)
    keep(engine, OTHERS, lambda: apart(now, then).select(other="alias").distinct())


def is_too_much(engine: WithViews, names: Iterable[str]) -> bool:
    """Say of the tables that changed whether so much did that deriving all of it again takes no longer."""
    return any(count(engine, CHANGED + name) > MOST * max(1, count(engine, name)) for name in names)


def touched_facts(
    engine: WithViews, table: tables.Table, key: Key, touched: IbisTable, *, is_then: bool = True
) -> tuple[Make | None, Make]:
    """
    Find the facts of which the key, as the source wrote it, is among *touched*, with their names resolved: then, and now.

    Shape    touched: one column `touched`. With *is_then* False, only those of now
    """
    present = _present(engine, table, (STAYED, CAME, WENT) if is_then else (STAYED, CAME))
    hits = {prefix: f"hits_{prefix}{table.name}" for prefix in present}
    for prefix, name in hits.items():
        keep(engine, name, partial(_hits, engine, table, prefix, key, touched))
    then, now = ([hits[each] for each in some if each in hits] for some in ((STAYED, WENT), (STAYED, CAME)))
    return (
        partial(_resolved, engine, table, then, BEFORE + ALIASES) if then and is_then else None,
        partial(_resolved, engine, table, now, ALIASES),
    )


def which(engine: WithViews, table: tables.Table) -> str:
    """Return which kinds of files of a table there are: a query over its touched facts is another for each of them."""
    return " ".join(_present(engine, table, (STAYED, CAME, WENT)))


def as_written(engine: WithViews, name: str, people: Make) -> IbisTable:
    """Keep the names and every alias, then or now, of some people: what a source may have written, as the column `touched`."""

    def make() -> IbisTable:
        known, touched = engine.table(ALIASES).union(engine.table(BEFORE + ALIASES)), people()
        aliases = known.semi_join(touched, known.person == touched.touched).select(touched="alias")
        return touched.union(aliases).distinct()

    return keep(engine, "written_" + name, make)


def both_ways(engine: WithViews, table: tables.Table, rows: IbisTable) -> list[IbisTable]:
    """Return rows with their names resolved by the aliases of then, and by those of now."""
    return [resolved_by(engine, table, rows, aliases) for aliases in (BEFORE + ALIASES, ALIASES)]


def resolved_by(engine: WithViews, table: tables.Table, rows: IbisTable, aliases: str) -> IbisTable:
    """Return rows with their names resolved, by one table of aliases."""
    side = WithViews(engine)
    side.add(table.name, rows)
    side.add(ALIASES, engine.table(aliases))
    return resolved(side, table, is_few=True)


def together(parts: Sequence[IbisTable]) -> IbisTable:
    """Put tables of the same columns under one another."""
    first, *rest = parts
    return first.union(*rest) if rest else first


def apart(one: IbisTable, other: IbisTable) -> IbisTable:
    """Rows of either that the other does not have."""
    return one.anti_join(other, one.columns).union(other.anti_join(one, one.columns))


def count(engine: WithViews, name: str) -> int:
    """Return how many rows a table has."""
    found = run_named(engine, "n_" + name, lambda: engine.table(name).count().name("n").as_table())
    return int(found["n"][0].as_py())


def keep(engine: WithViews, name: str, make: Make, *, of: str = "") -> IbisTable:
    """Add a table that is computed now, once, and return it. *make*, *of*: see `add_named`."""
    add_named(engine, name, make, of=of)
    return engine.table(name)


def _present(engine: WithViews, table: tables.Table, prefixes: Iterable[str]) -> list[str]:
    return [prefix for prefix in prefixes if prefix + table.name in engine.names()]


def _rows(engine: WithViews, table: tables.Table, prefix: str) -> IbisTable:
    """Return the rows of some files with every column of today, in its order."""
    side = WithViews(engine)
    side.add(table.name, engine.table(prefix + table.name))
    return with_all_columns(side, table).select(list(table.column_names))


def _changed(engine: WithViews, table: tables.Table, has_others: bool) -> IbisTable:
    parts = [_rows(engine, table, prefix) for prefix in _present(engine, table, (CAME, WENT))]
    if len(parts) > 1:
        came, went = parts
        parts = [came.anti_join(went, list(_ROW)), went.anti_join(came, list(_ROW))]
    if has_others:
        others = engine.table(OTHERS)
        rows = [_rows(engine, table, prefix) for prefix in _present(engine, table, (STAYED, CAME, WENT))]
        parts += [each.semi_join(others, each.consumer == others.other) for each in rows]
    return together(parts)


def _hits(engine: WithViews, table: tables.Table, prefix: str, key: Key, touched: IbisTable) -> IbisTable:
    rows = _rows(engine, table, prefix)
    rows = rows.mutate(digest=_nothing(), where_from=_nothing())  # what nothing derived reads
    return rows.semi_join(touched, key(rows) == touched.touched)


def _resolved(engine: WithViews, table: tables.Table, names: Sequence[str], aliases: str) -> IbisTable:
    """Put tables of facts under one another and resolve their names; nothing of the facts of now when there are none."""
    if not names:
        return FactTables(engine).__getattr__(table.name).limit(0)
    return resolved_by(engine, table, together([engine.table(name) for name in names]), aliases)


def _nothing() -> Any:
    import ibis

    return ibis.null("string")
