"""An engine that computes some of its tables where they are used: what is only looked at in part need not be made whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice.engines.written import Queries, WritesDown, Written

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine


class WithViews:
    """
    The tables of another engine, and views over them: an expression that is added is computed where it is used.

    A view hides a table of the same name and changes nothing in the other engine; files and Arrow tables go there.

    >>> import pyarrow as pa
    >>> from wholeservice.engines.duckdb_engine import DuckdbEngine
    >>> engine = WithViews(DuckdbEngine())
    >>> engine.add("numbers", pa.table({"n": [1, 2, 3]}))
    >>> engine.add("large", engine.table("numbers").filter(engine.table("numbers").n > 1))
    >>> engine.run(engine.table("large")).num_rows
    2
    """

    def __init__(self, engine: Engine, queries: Queries | None = None) -> None:
        self._engine = engine
        self._views: dict[str, IbisTable] = {}
        self.queries = Queries() if queries is None else queries

    def table(self, name: str) -> IbisTable:
        """Return the named table or view."""
        return self._views[name] if name in self._views else self._engine.table(name)

    def names(self) -> frozenset[str]:
        """Return the names of tables and views."""
        return self._engine.names() | frozenset(self._views)

    def add(self, name: str, rows: Any) -> None:
        """Add a view where *rows* is an expression, else a table to the engine below."""
        if hasattr(rows, "to_pyarrow"):
            self._views[name] = rows
            return
        self.uncover(name)
        self._engine.add(name, rows)

    def uncover(self, name: str) -> None:
        """Take away the view of this name, if there is one: the table below is seen again."""
        self._views.pop(name, None)

    def run(self, expression: IbisTable) -> pa.Table:
        """Compute the expression."""
        return self._engine.run(expression)

    @property
    def below(self) -> Engine:
        """The engine that holds the tables."""
        return self._engine


def run_named(views: WithViews, name: str, make: Callable[[], IbisTable]) -> pa.Table:
    """
    Compute an expression that is the same whenever the tables it reads have the same columns, whatever their rows are.

    *make*   builds it; not called where the query is written down already, among the `queries` of *views*
    """
    engine = views.below
    return engine.run_written(_written(views, engine, name, make)) if isinstance(engine, WritesDown) else engine.run(make())


def add_named(views: WithViews, name: str, make: Callable[[], IbisTable], *, of: str = "") -> None:
    """Do the same as a table, which is computed now, once. *of* tells apart expressions for a table of the same name."""
    engine = views.below
    if not isinstance(engine, WritesDown):
        views.add(name, engine.run(make()))
        return
    engine.add_written(name, _written(views, engine, f"{name} {of}", make))
    views.uncover(name)


def _written(views: WithViews, engine: WritesDown, name: str, make: Callable[[], IbisTable]) -> Written:
    known = views.queries.get(name)
    if known is None or not all(_columns(views, each) == columns for each, columns in known.reads.items()):
        known = views.queries[name] = engine.written(make())
    return known


def _columns(engine: WithViews, name: str) -> str:
    return str(engine.table(name).schema()) if name in engine.names() else ""
