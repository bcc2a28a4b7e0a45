"""What a derived table is: a pure function from facts (and derived tables before it) to one more table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.facts.identity import FactTables

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine

PRODUCTION = ("production", "prod", "live")
"""What sources call the environment that consumers meet; a row without an environment is production too."""

RECORD_KEYS = ("source", "record", "part")
"""The identity of a row: the last word on order where the facts themselves do not say."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A registered derived table. `needs` names the tables it reads; `build` gives an Ibis expression or an Arrow table."""

    name: str
    needs: tuple[str, ...]
    build: Callable[[FactTables], Any]


def derive(engine: Engine, derived: Sequence[Derived]) -> None:
    """Build each derived table into the engine, in the order given."""
    for each in derived:
        engine.add(each.name, each.build(FactTables(engine)))


def in_production(rows: IbisTable) -> IbisTable:
    """Keep what happened where consumers are: other environments are seen, and never mixed in."""
    return rows.filter(rows.environment.isnull() | rows.environment.strip().lower().isin(PRODUCTION))
