"""DuckDB in memory, through Ibis: the default engine.

Sessions run in UTC and never download an extension. Queries are Ibis expressions, or the text that Ibis made of one: no text
is ever put together here, so nothing in the data can become part of a query.
Ibis takes milliseconds to compile: never run it to answer a request. What it made of an expression is known to the next engine
of this process that is asked the same of tables with the same columns.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wholeservice.engines.written import Written

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

MOST_TEXTS = 1024
NO_DOWNLOADS = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


class DuckdbEngine:
    """An in-memory database of the tables given to it. See `engines.base.Engine`.

    Errors   KeyError with the name, for a table that was never added

    >>> import pyarrow as pa
    >>> engine = DuckdbEngine()
    >>> engine.add("numbers", pa.table({"n": [1, 2, 3]}))
    >>> engine.run(engine.table("numbers").aggregate(total=engine.table("numbers").n.sum())).to_pylist()
    [{'total': 6}]
    """

    def __init__(self, **config: Any) -> None:
        import ibis

        self._connection = ibis.duckdb.connect(":memory:", **{**NO_DOWNLOADS, **config})
        self._is_view: dict[str, bool] = {}
        self._known: dict[str, IbisTable] = {}  # asking for the columns of a table takes as long as a small query
        self._kinds: dict[str, Any] = {}  # the engine's name of a type -> the type

    def table(self, name: str) -> IbisTable:
        """Return the named table."""
        if name not in self._is_view:
            raise KeyError(name)
        if name not in self._known:
            self._known[name] = self._opened(name)
        return self._known[name]

    def names(self) -> frozenset[str]:
        """Return the names of the tables it holds."""
        return frozenset(self._is_view)

    def add(self, name: str, rows: Any) -> None:
        """Add or replace a table: a list of Parquet paths (read in place), an Arrow table, or an expression to compute once.

        An empty list adds nothing: no file says what the columns would be.
        """
        # An expression may read the table it replaces, so it is computed in full before anything is dropped.
        content = self.run(rows) if hasattr(rows, "to_pyarrow") else rows
        self._drop(name)
        is_view = isinstance(content, Sequence)
        if is_view and not content:
            return
        if is_view:
            self._connection.con.read_parquet([str(path) for path in content], union_by_name=True).create_view(name)
        else:
            # Promises nothing about nulls: files do not, and tables that promise differently cannot be put under one another.
            self._connection.con.from_arrow(content).create(name)
        self._is_view[name] = is_view

    def run(self, expression: IbisTable) -> pa.Table:
        """Compute the expression; order is undefined unless the expression sorts."""
        from ibis.backends.duckdb.converter import DuckDBPyArrowData

        found = self._connection.con.sql(_text(expression.op())).to_arrow_table()
        return expression.__pyarrow_result__(found, data_mapper=DuckDBPyArrowData)

    def written(self, expression: IbisTable) -> Written:
        """Write an expression down, so that it need not be compiled again."""
        from ibis.expr.operations import UnboundTable

        reads = {each.name: str(each.schema) for each in expression.op().find(UnboundTable)}
        text, gives = _text(expression.op()), expression.schema().to_pyarrow()
        made = self._connection.con.sql(text).limit(0).to_arrow_table().schema
        return Written(text, reads, gives, (made.names, made.types) == (gives.names, gives.types))

    def run_written(self, query: Written) -> pa.Table:
        """Compute what was written down."""
        return self._connection.con.sql(query.text).to_arrow_table().cast(query.gives)

    def add_written(self, name: str, query: Written) -> None:
        """Compute it, once, as a table; without a way through Arrow where the types are as they should be."""
        if name in query.reads or not query.is_plain:
            self.add(name, self.run_written(query))
            return
        self._drop(name)
        self._connection.con.sql(query.text).create(name)
        self._is_view[name] = False

    def close(self) -> None:
        """Give back the memory."""
        self._connection.disconnect()

    def _opened(self, name: str) -> IbisTable:
        """Return a table by its name and columns alone: an expression over it holds on to no connection."""
        import ibis
        from ibis.expr.schema import Schema

        rows, kinds = self._connection.con.table(name), self._connection.compiler.type_mapper
        for each in map(str, rows.types):
            if each not in self._kinds:
                self._kinds[each] = kinds.from_string(each, nullable=True)
        schema = Schema({column: self._kinds[str(each)] for column, each in zip(rows.columns, rows.types, strict=True)})
        return ibis.table(schema, name=name)

    def _drop(self, name: str) -> None:
        self._known.pop(name, None)
        if name in self._is_view:
            drop = self._connection.drop_view if self._is_view.pop(name) else self._connection.drop_table
            drop(name)


@functools.lru_cache(maxsize=MOST_TEXTS)
def _text(operation: Any) -> str:
    """Write an operation down as the query that computes it."""
    from ibis import options
    from ibis.backends.sql.compilers.duckdb import compiler

    fuses, options.sql.fuse_selects = options.sql.fuse_selects, False  # half the time, and DuckDB does that itself
    try:
        return str(compiler.to_sqlglot(operation.to_expr()).sql(dialect=compiler.dialect, copy=False))
    finally:
        options.sql.fuse_selects = fuses
