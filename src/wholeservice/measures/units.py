"""From single units (attempts, answers, calls) to additive statistics per period and breakdown.

A unit is a row with entity, unit_at (when it counts), cluster (whose units are alike), hit (what is measured) and weight, and
whatever it is broken down by. A measure that says its units as `Units` counts and shows the very same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from wholeservice.measures.durations import bucket_of
from wholeservice.measures.kinds import SEGMENT, named

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

PERIOD = ("from_at", "to_at", "window")
UNIT = ("entity", "unit_at", "cluster", "hit", "weight", "counts")
"""The columns of a unit; `counts` only where what a unit adds to the denominator is not its weight."""


RESPONSES, PEOPLE = "responses", "people"
"""Units that are no rows of a table: what one asked together, and who has attempts."""

Dated = Callable[["IbisTable", "IbisTable"], "IbisTable"]


@dataclass(frozen=True, slots=True)
class Units:
    """
    The single units of a measure: rows of the table *of*, each with all its columns and those of a unit.

    by, always, alone   what they are broken down by, as `sum_units` takes it
    beside              breakdowns that say what is measured, and leave in all that it is measured against
    dated               (rows, periods) -> the units, each beside its period: where what a unit is depends on the others of its
                        period, as for people. None: each counts by itself, by when it was. `n`, where a row of these has it,
                        is what it adds to n, and else 1
    lasted_s            in a column of this name, how long each lasted
    """

    of: str
    rows: IbisTable
    by: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    dated: Dated | None = None

    def in_periods(self, periods: IbisTable) -> IbisTable:
        """Return them beside the periods they count in."""
        return (self.dated or in_periods)(self.rows, periods)

    def summed(self, periods: IbisTable) -> IbisTable:
        """Sum them up per entity, period and breakdown."""
        if self.dated:
            return sum_dated(self.in_periods(periods), by=self.by, always=self.always, alone=self.alone)
        if "lasted_s" in self.rows.columns:
            return sum_durations(self.rows, periods, by=self.by, always=self.always)
        return sum_units(self.rows, periods, by=self.by, always=self.always, alone=self.alone)


def sum_units(
    units: IbisTable, periods: IbisTable, *, by: Iterable[str] = (), always: Iterable[str] = (), alone: Iterable[str] = ()
) -> IbisTable:
    """Sum units per entity and period: once over all of them, and once for each combination of the breakdowns.

    What stands in *alone* (`measures.kinds`) is broken down by itself and not crossed with the others, so that cells do not
    multiply.

    Shape    one row per cell: entity, period, every name of *by* (null: all together) and *always*, the fields of `Statistics`
    """
    needed = [name for name in (*UNIT, *by, *always, *alone) if name in units.columns]
    return sum_dated(in_periods(units.select(*dict.fromkeys(needed)), periods), by=by, always=always, alone=alone)


def sum_dated(dated: IbisTable, *, by: Iterable[str] = (), always: Iterable[str] = (), alone: Iterable[str] = ()) -> IbisTable:
    """Sum units that have their period already, as `sum_units` does.

    Shape    a column `counts` is what a unit adds to the denominator, where that is not its weight
    """
    always = tuple(always)
    crossed = [_summed(dated, each) for each in _breakdowns(by, always)]
    return union_all([*crossed, *(_summed(named(dated, kind), (*always, SEGMENT)) for kind in alone)])


def sum_durations(units: IbisTable, periods: IbisTable, *, by: Iterable[str] = (), always: Iterable[str] = ()) -> IbisTable:
    """Sum units that each lasted so many seconds: `lasted_s`; hit is 1 where it had ended then, and 0 where it still lasted.

    Shape    as `sum_units`, and in rows of their own the counts per bucket: rows of one cell are added
    """
    by, always = tuple(by), tuple(always)
    timed = units.select(*UNIT[:5], *by, *always, bucket=bucket_of(units.lasted_s))
    dated = in_periods(timed, periods)
    parts = [_counted_by_bucket(dated, each) for each in _breakdowns(by, always)]
    return union_all([sum_units(units, periods, by=by, always=always), *parts])


def sum_dated_durations(dated: IbisTable, *, alone: Iterable[str] = ()) -> IbisTable:
    """Sum units that have their period already, and that each lasted so many seconds in it, as `sum_durations` does."""
    alone, timed = tuple(alone), dated.mutate(bucket=bucket_of(dated.lasted_s))
    parts = [_counted_by_bucket(timed, ()), *(_counted_by_bucket(named(timed, kind), (SEGMENT,)) for kind in alone)]
    return union_all([sum_dated(dated, alone=alone), *parts])


def _breakdowns(by: Iterable[str], always: Iterable[str]) -> list[tuple[str, ...]]:
    always, by = tuple(always), tuple(by)
    return [(*always, *chosen) for size in range(len(by) + 1) for chosen in combinations(by, size)]


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


def _known(units: IbisTable, names: tuple[str, ...]) -> IbisTable:
    return units.filter([units[name].notnull() for name in names]) if names else units


def _counted_by_bucket(units: IbisTable, names: tuple[str, ...]) -> IbisTable:
    import ibis

    keys, rows = ["entity", *PERIOD, *names], _known(units, names)
    b = rows.group_by([*keys, "bucket"]).aggregate(
        ended=(rows.hit * rows.weight).sum(), lasting=((1.0 - rows.hit) * rows.weight).sum()
    )
    return b.group_by(keys).aggregate(durations=ibis.array([b.bucket, b.ended, b.lasting]).collect())


def _summed(units: IbisTable, names: tuple[str, ...]) -> IbisTable:
    """Sum units that stand beside the period they count in, by the names given; what lacks one of these is left out."""
    keys, rows = ["entity", *PERIOD, *names], _known(units, names)
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
