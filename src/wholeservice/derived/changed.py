"""Which facts changed between two pinned runs, and the facts then and now of what they touch.

Files are compared, and of those that differ the rows. What a change touches is looked for in the columns as the sources wrote
them; names and people are resolved only of what was found, since that is what costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.engines.with_views import WithViews, run_named
from wholeservice.facts.identity import resolved, with_all_columns
from wholeservice.facts.identity_people import ALIASES

if TYPE_CHECKING:
    from ibis.expr.types import StringColumn
    from ibis.expr.types import Table as IbisTable

BEFORE, CAME, WENT, STAYED = "before_", "came_", "went_", "stayed_"
EVENTS = (tables.INTERACTIONS, tables.ANSWERS, tables.CALLS)
MOST = 0.25  # of the rows: when more came and went, all is derived again
_ROW = (tables.SOURCE, tables.RECORD, tables.PART, tables.DIGEST, tables.KNOWN_AT)

Files = Mapping[str, Sequence[str]]
Key = Callable[["IbisTable"], "StringColumn"]


def add_files(engine: WithViews, before: Files, now: Files) -> None:
    """Add the files of each table of events that came, went and stayed as tables of their own."""
    for table in EVENTS:
        old, new = set(before.get(table.name, ())), set(now.get(table.name, ()))
        for prefix, files in ((CAME, new - old), (WENT, old - new), (STAYED, old & new)):
            if files:
                engine.add(prefix + table.name, sorted(files))


def changed(engine: WithViews, table: tables.Table) -> IbisTable | None:
    """Keep the rows that came or went, as the sources wrote them; None when there are none."""
    came, went = _rows(engine, table, CAME), _rows(engine, table, WENT)
    parts = [each for each in (came, went) if each is not None]
    if came is not None and went is not None:
        parts = [came.anti_join(went, list(_ROW)), went.anti_join(came, list(_ROW))]
    parts += _of_other_people(engine, table)
    if not parts:
        return None
    rows = keep(engine, "changed_" + table.name, _together(parts))
    return rows if count(engine, rows) else None


def is_too_much(engine: WithViews, some: Mapping[str, IbisTable]) -> bool:
    """Say whether so much changed that deriving all of it again takes no longer."""
    return any(count(engine, rows) > MOST * max(1, count(engine, engine.table(name))) for name, rows in some.items())


def touched_facts(
    engine: WithViews, table: tables.Table, key: Key, touched: IbisTable, *, is_then: bool = True
) -> tuple[IbisTable | None, IbisTable]:
    """
    Return the facts of which the key, as the source wrote it, is among *touched*, with their names resolved: then, and now.

    Shape    touched: one column `touched`. With *is_then* False, only those of now
    """
    hits = {}
    for prefix in (STAYED, CAME, WENT) if is_then else (STAYED, CAME):
        rows = _rows(engine, table, prefix)
        if rows is not None:
            rows = rows.mutate(digest=_nothing(), where_from=_nothing())  # what nothing derived reads
            hits[prefix] = keep_named(engine, f"hits_{prefix}{table.name}", partial(_hits, rows, key, touched))
    then, now = ([hits[each] for each in some if each in hits] for some in ((STAYED, WENT), (STAYED, CAME)))
    after = resolved_by(engine, table, _together(now), ALIASES) if now else engine.table(table.name).limit(0)
    return (resolved_by(engine, table, _together(then), BEFORE + ALIASES) if then and is_then else None), after


def as_written(engine: WithViews, name: str, people: Callable[[], IbisTable]) -> IbisTable:
    """Keep the names and every alias, then or now, of some people: what a source may have written, as the column `touched`."""

    def make() -> IbisTable:
        known, touched = engine.table(ALIASES).union(engine.table(BEFORE + ALIASES)), people()
        aliases = known.semi_join(touched, known.person == touched.touched).select(touched="alias")
        return touched.union(aliases).distinct()

    return keep_named(engine, "written_" + name, make)


def both_ways(engine: WithViews, table: tables.Table, rows: IbisTable) -> list[IbisTable]:
    """Return rows with their names resolved by the aliases of then, and by those of now."""
    return [resolved_by(engine, table, rows, aliases) for aliases in (BEFORE + ALIASES, ALIASES)]


def resolved_by(engine: WithViews, table: tables.Table, rows: IbisTable, aliases: str) -> IbisTable:
    """Return rows with their names resolved, by one table of aliases."""
    side = WithViews(engine)
    side.add(table.name, rows)
    side.add(ALIASES, engine.table(aliases))
    return resolved(side, table)


def apart(one: IbisTable, other: IbisTable) -> IbisTable:
    """Rows of either that the other does not have."""
    return one.anti_join(other, one.columns).union(other.anti_join(one, one.columns))


def count(engine: WithViews, rows: IbisTable) -> int:
    """Return how many rows there are."""
    return int(engine.run(rows.count().name("n").as_table())["n"][0].as_py())


def keep(engine: WithViews, name: str, rows: IbisTable) -> IbisTable:
    """Add a table that is computed now, once, and return it."""
    engine.add(name, engine.run(rows))
    return engine.table(name)


def keep_named(engine: WithViews, name: str, make: Callable[[], IbisTable]) -> IbisTable:
    """Do the same by a query that is written down once: *make* must look at no rows."""
    engine.add(name, run_named(engine, name, make))
    return engine.table(name)


def _rows(engine: WithViews, table: tables.Table, prefix: str) -> IbisTable | None:
    """Return the rows of some files with every column of today, in its order; None without files."""
    if prefix + table.name not in engine.names():
        return None
    side = WithViews(engine)
    side.add(table.name, engine.table(prefix + table.name))
    return with_all_columns(side, table).select(list(table.column_names))


def _of_other_people(engine: WithViews, table: tables.Table) -> list[IbisTable]:
    """Rows whose alias stands for another person than before: they changed although no row did."""
    now, then = engine.table(ALIASES), engine.table(BEFORE + ALIASES)
    if "consumer" not in table.column_names or not count(engine, apart(now, then)):
        return []
    aliases = apart(now, then).select(changed_alias="alias").distinct()
    rows = [each for prefix in (STAYED, CAME, WENT) if (each := _rows(engine, table, prefix)) is not None]
    return [each.semi_join(aliases, each.consumer == aliases.changed_alias) for each in rows]


def _together(parts: Sequence[IbisTable]) -> IbisTable:
    first, *rest = parts
    return first.union(*rest) if rest else first


def _hits(rows: IbisTable, key: Key, touched: IbisTable) -> IbisTable:
    return rows.semi_join(touched, key(rows) == touched.touched)


def _nothing() -> Any:
    import ibis

    return ibis.null("string")
