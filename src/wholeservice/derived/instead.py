"""Facts of which some tables are others: the same query over a part of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wholeservice.facts.identity import FactTables

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine


class Instead(FactTables):
    """The tables of one snapshot as a query sees them, with *given* in the place of those of the same name."""

    def __init__(self, engine: Engine, given: Mapping[str, IbisTable]) -> None:
        super().__init__(engine)
        self._given = dict(given)

    def __getattr__(self, name: str) -> IbisTable:
        given = self.__dict__.get("_given", {})
        return given[name] if name in given else super().__getattr__(name)
