"""From single units (attempts, answers, calls) to additive statistics per period and breakdown.

A unit is a row with entity, unit_at (when it counts), cluster (whose units are alike), hit (what is measured) and weight, and
whatever it is broken down by. A measure that says its units as `Units` counts and shows the very same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

PERIOD = ("from_at", "to_at", "window")
UNIT = ("entity", "unit_at", "cluster", "hit", "weight", "counts")
"""The columns of a unit; `counts` only where what a unit adds to the denominator is not its weight."""


@dataclass(frozen=True, slots=True)
class Units:
    """
    The single units of a measure: rows of the table *of*, each with all its columns and those of a unit.

    by, always, alone   what they are broken down by, as `sum_units` takes it
    beside              breakdowns that say what is measured, and leave in all that it is measured against
    """

    of: str
    rows: IbisTable
    by: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    def summed(self, periods: IbisTable) -> IbisTable:
        """Sum them up per entity, period and breakdown."""
        return sum_units(self.rows, periods, by=self.by, always=self.always, alone=self.alone)


def sum_units(
    units: IbisTable, periods: IbisTable, *, by: Iterable[str] = (), always: Iterable[str] = (), alone: Iterable[str] = ()
) -> IbisTable:
    """Sum units per entity and period: once over all of them, and once for each combination of the breakdowns.

    What stands in *alone* is broken down by itself and not crossed with the others, so that cells do not multiply.

    Shape    one row per cell: entity, period, every name of *by* (null: all together) and *always*, the fields of `Statistics`
    """
    needed = [name for name in (*UNIT, *by, *always, *alone) if name in units.columns]
    return sum_dated(in_periods(units.select(*dict.fromkeys(needed)), periods), by=by, always=always, alone=alone)


def sum_dated(dated: IbisTable, *, by: Iterable[str] = (), always: Iterable[str] = (), alone: Iterable[str] = ()) -> IbisTable:
    """Sum units that have their period already, as `sum_units` does.

    Shape    a column `counts` is what a unit adds to the denominator, where that is not its weight
    """
    always, by = tuple(always), tuple(by)
    crossed = [chosen for size in range(len(by) + 1) for chosen in combinations(by, size)]
    return union_all([_summed(dated, (*always, *chosen)) for chosen in [*crossed, *((name,) for name in alone)]])


def in_periods(units: IbisTable, periods: IbisTable) -> IbisTable:
    """Repeat each unit for every period it counts in: from the start, before the end."""
    inside = [units.unit_at >= periods.from_at, units.unit_at < periods.to_at]
    return units.join(periods, inside)


def union_all(parts: list[IbisTable]) -> IbisTable:
    """Put tables under one another; a column that one of them lacks is missing (null) in its rows."""
    import ibis

    types = {name: kind for part in parts for name, kind in part.schema().items()}
    whole = [
        part.mutate(**{name: ibis.null(kind) for name, kind in types.items() if name not in part.columns}) for part in parts
    ]
    first, *others = (part.select(sorted(types)) for part in whole)
    return first.union(*others) if others else first


def _summed(units: IbisTable, named: tuple[str, ...]) -> IbisTable:
    keys = ["entity", *PERIOD, *named]
    rows = units.filter([units[name].notnull() for name in named]) if named else units
    per_cluster = rows.group_by([*keys, "cluster"]).aggregate(
        n=rows.count().cast("float64"),
        numerator=(rows.hit * rows.weight).sum(),
        denominator=(rows.counts if "counts" in rows.columns else rows.weight).sum(),
        squares=(rows.hit * rows.hit * rows.weight).sum(),
    )
    c = per_cluster
    return c.group_by(keys).aggregate(
        n=c.n.sum(), numerator=c.numerator.sum(), denominator=c.denominator.sum(), squares=c.squares.sum(),
        clusters=c.count().cast("float64"), cluster_aa=(c.numerator * c.numerator).sum(),
        cluster_ab=(c.numerator * c.denominator).sum(), cluster_bb=(c.denominator * c.denominator).sum(),
    )  # fmt: skip
