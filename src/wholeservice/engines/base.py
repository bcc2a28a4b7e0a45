"""What an engine does: run a query over the tables of one pinned snapshot. It knows nothing of the domain.

Every engine gives the same rows, names and types for the same expression; tests/engines holds them to it. Where Ibis or an
engine differs in silence, the engine's own file puts it right, so that no expression elsewhere asks on what it runs.
docs/engines.md lists what an expression may use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable


class Engine(Protocol):
    """Runs Ibis expressions over named tables; every engine gives the same rows for the same expression."""

    def table(self, name: str) -> IbisTable:
        """Return the named table, whose columns may all be null. Raises KeyError with the name when it was never added."""

    def names(self) -> frozenset[str]:
        """Return the names of the tables it holds."""

    def add(self, name: str, rows: Any) -> None:
        """Add a table: Parquet files (list of paths), an Arrow table, or an Ibis expression to be materialised."""

    def run(self, expression: IbisTable) -> pa.Table:
        """Compute the expression; order is undefined unless the expression sorts. Types are those the expression declares."""


def once_more(table: IbisTable) -> IbisTable:
    """
    Return a table to join to itself, as its `view()` does, but the same each time: a query that was built again is known again.

    >>> import ibis
    >>> t = ibis.table({"n": "int64"}, name="t")
    >>> once_more(t).equals(once_more(t)), t.view().equals(t.view())
    (True, False)
    """
    from ibis.expr.operations import SelfReference

    return SelfReference(table.op(), 0).to_expr()
