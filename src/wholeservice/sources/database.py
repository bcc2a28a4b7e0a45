"""
A database: any that SQLAlchemy has a dialect for, read only, whole or from where the last reading ended.

The rows of one table, or of one SELECT, in batches as the server sends them. Numbers, instants, days and flags stay what
they are. With `follow: COLUMN` a reading starts at the greatest value that the last one saw: at it and not after it, for
an equal value may come late; what comes twice changes nothing. A declaration that was changed is read from the start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from wholeservice.errors import InputError, OutsideError, Problem, suggest
from wholeservice.sources.base import ROW, Batch, Context, Cursor, Header, Raw, Source
from wholeservice.sources.database_columns import column
from wholeservice.sources.database_connection import connected, name_of, told
from wholeservice.sources.database_follow import Mark, condition, greater, mark_of, read_mark
from wholeservice.sources.database_options import OPTIONS, DatabaseOptions, load

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SINCE = "wholeservice_since"


def read(options: DatabaseOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield the rows in batches, and last how far they go. Raises InputError or OutsideError when they cannot be read."""
    since = read_mark(cursor, options.declared) if cursor else None
    with connected(options, context) as connection:
        check_table(connection, options)
        seen, n_rows = since, 0
        for names, rows in _batches(connection, options, since):
            at = _position(options, names)
            yield _batch(Header(name_of(options, context), names), rows, n_rows)
            n_rows += len(rows)
            if at is not None:
                seen = greater(seen, [row[at] for row in rows], options)
        if options.follow and seen:
            yield Cursor(mark_of(seen, options.declared))


def headers(options: DatabaseOptions, context: Context) -> tuple[list[Header], list[Problem]]:
    """Return the columns of an SQLite file. A server is not asked: `check` works without a network."""
    if not options.url.startswith("sqlite"):
        return [], []
    try:
        with connected(options, context) as connection:
            check_table(connection, options)
            names = _names(connection, options)
            _position(options, names)
            return [Header(name_of(options, context), names)], []
    except (InputError, OutsideError) as error:
        return [], list(error.problems)


def _batches(
    connection: Connection, options: DatabaseOptions, since: Mark | None
) -> Iterator[tuple[tuple[str, ...], Sequence[Sequence[Any]]]]:
    """Yield names and rows, some at a time, at least once. What the database says against it is raised as a problem."""
    from sqlalchemy import text

    statement, bound = _statement(connection, options, since)
    with told(connection, options):
        result = connection.execute(text(statement), bound, execution_options={"yield_per": options.batch})
        names = tuple(result.keys())
        is_empty = True
        for rows in result.partitions(options.batch):
            is_empty = False
            yield names, rows
        if is_empty:
            yield names, ()


def _names(connection: Connection, options: DatabaseOptions) -> tuple[str, ...]:
    """Return the columns without reading a row."""
    from sqlalchemy import text

    statement, bound = _statement(connection, options, None)
    with told(connection, options):
        result = connection.execution_options(stream_results=True, max_row_buffer=1).execute(text(statement), bound)
        return tuple(result.keys())


def _statement(connection: Connection, options: DatabaseOptions, since: Mark | None) -> tuple[str, dict[str, Any]]:
    """Return the SELECT with the values bound in it; names are quoted as the database's dialect does."""
    quote = connection.dialect.identifier_preparer.quote
    if options.table is not None:
        inner = f"SELECT * FROM {'.'.join(quote(part) for part in options.table)}"  # noqa: S608  (quoted by the dialect)
    else:
        inner = options.query or ""
    bound: dict[str, Any] = dict(options.parameters)
    if since is None or options.follow is None:
        return inner, bound
    followed = quote(options.follow)
    tail = f"WHERE {followed} >= :{SINCE} OR {followed} IS NULL"
    bound[SINCE] = condition(since, options)
    # The bracket stands on a line of its own, for the query may end in a comment.
    return (f"{inner} {tail}" if options.table else f"SELECT * FROM (\n{inner}\n) followed {tail}"), bound  # noqa: S608


def _batch(header: Header, rows: Sequence[Sequence[Any]], n_before: int) -> Batch:
    import pyarrow as pa

    cells = list(zip(*rows, strict=True)) if rows else [()] * len(header.names)
    numbers = pa.array(range(n_before + 1, n_before + len(rows) + 1), pa.int64())
    return Batch(header, tuple(column(list(each)) for each in cells), numbers, ROW)


def _position(options: DatabaseOptions, names: tuple[str, ...]) -> int | None:
    """Return where the followed column stands; None when none is followed. Databases differ in the case of names."""
    if options.follow is None:
        return None
    lowered = [name.lower() for name in names]
    if options.follow.lower() in lowered:
        return lowered.index(options.follow.lower())
    raise InputError(Problem("SRC209", f"there is no column '{options.follow}' to follow", options.place,
                             f"one of: {', '.join(names)}", suggest(options.follow, names), "correct follow:"))  # fmt: skip


def check_table(connection: Connection, options: DatabaseOptions) -> None:
    """Raise InputError with the nearest name when the table (or view) is not there."""
    from sqlalchemy import inspect

    if options.table is None:
        return
    with told(connection, options):
        *schema, name = options.table
        inspector = inspect(connection)
        if inspector.has_table(name, schema=schema[0] if schema else None):
            return
        known = tables_of(inspector, schema[0] if schema else None)
    raise InputError(Problem("SRC207", f"the database has no table '{'.'.join(options.table)}'", options.place,
                             f"one of: {', '.join(known[:20]) or 'none that this user sees'}", suggest(name, known),
                             "correct table:, or ask for the right to read it"))  # fmt: skip


def tables_of(inspector: Any, schema: str | None) -> list[str]:
    """Return the tables and views that the user sees."""
    return sorted({*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)})


SOURCE = Source(name="database", options=OPTIONS, load=load, headers=headers, read=read)
