"""From single units (attempts, answers, calls) to additive statistics per period and breakdown.

A unit is a row with entity, unit_at (when it counts), cluster (whose units are alike), hit (what is measured) and weight, and
whatever it is broken down by. A measure that says its units as `Units` counts and shows the very same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from wholeservice.measures.durations import bucket_of
from wholeservice.measures.kinds import KINDS, SEGMENT, WORK_KIND, named
from wholeservice.periods import ROLLING

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

PERIOD = ("from_at", "to_at", "window")
NAMED = (*KINDS, WORK_KIND)  # breakdowns that a cell names in `segment`
UNIT = ("entity", "unit_at", "cluster", "hit", "weight", "counts")
"""The columns of a unit; `counts` only where what a unit adds to the denominator is not its weight."""


RESPONSES, PEOPLE = "responses", "people"
"""Units that are no rows of a table: what one asked together, and who has attempts."""

Dated = Callable[["IbisTable", "IbisTable"], "IbisTable"]


@dataclass(frozen=True, slots=True)
class Units:
    """
    The single units of a measure: rows of the table *of*, each with all its columns and those of a unit.

    by          what they are broken down by: each combination of these, and all together
    always      what every number of theirs is of: it is known of each unit, and crossed with all the rest
    alone       kinds of people (`measures.kinds`), each by itself and not crossed with *by*, so that cells do not multiply
    in_windows  more breakdowns, each as it is, told for rolling windows only
    beside      breakdowns that say what is measured, and leave in all that it is measured against
    dated       (rows, periods) -> the units, each beside its period: where what a unit is depends on the others of its
                period, as for people. None: each counts by itself, by when it was. `n`, where a row of these has it, is what it
                adds to n, and else 1
    lasted_s    in a column of this name, how long each lasted; hit is 1 where it had ended then, and 0 where it still lasted
    """

    of: str
    rows: IbisTable
    by: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    in_windows: tuple[tuple[str, ...], ...] = ()
    beside: tuple[str, ...] = ()
    dated: Dated | None = None

    def in_periods(self, periods: IbisTable) -> IbisTable:
        """Return them beside the periods they count in."""
        return (self.dated or in_periods)(self.rows, periods)

    def summed(self, periods: IbisTable) -> IbisTable:
        """
        Sum them up per entity, period and breakdown.

        Shape    one row per cell: entity, period, every name of *by* and *always* (null: all together), segment, and the fields
                 of `Statistics`; of lengths of time, the counts per bucket in rows of their own: rows of one cell are added. A
                 column `counts` is what a unit adds to the denominator, where that is not its weight
        """
        dated = self.in_periods(periods) if self.dated else in_periods(self._needed(), periods)
        parts = list(self.broken_down(dated))
        counted = parts if "bucket" in dated.columns else []
        return union_all([*(sum_by(*each) for each in parts), *(counted_by_bucket(*each) for each in counted)])

    def broken_down(self, dated: IbisTable) -> Iterator[tuple[IbisTable, tuple[str, ...]]]:
        """Yield, for each breakdown, those units beside their period of which it is known, and the columns to sum them by."""
        crossed = [chosen for size in range(len(self.by) + 1) for chosen in combinations(self.by, size)]
        for names in (*crossed, *((kind,) for kind in self.alone)):
            yield _known(dated, (*self.always, *names))
        for names in self.in_windows:
            yield _known(dated.filter(dated.window == ROLLING), (*self.always, *names))

    def _needed(self) -> IbisTable:
        names = (*UNIT, *self.by, *self.always, *self.alone, *(name for each in self.in_windows for name in each))
        needed = list(dict.fromkeys(name for name in names if name in self.rows.columns))
        buckets = {"bucket": bucket_of(self.rows.lasted_s)} if "lasted_s" in self.rows.columns else {}
        return self.rows.select(*needed, **buckets)


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


def _known(units: IbisTable, names: tuple[str, ...]) -> tuple[IbisTable, tuple[str, ...]]:
    """Return the units of which all this is known, and the columns it stands in: a kind of people or work is in `segment`."""
    for kind in NAMED:
        units = named(units, kind) if kind in names else units
    columns = tuple(SEGMENT if name in NAMED else name for name in names)
    return units.filter([units[name].notnull() for name in columns]) if columns else units, columns


def counted_by_bucket(units: IbisTable, names: tuple[str, ...]) -> IbisTable:
    """Count units that stand beside the period they count in by how long they lasted: `bucket`."""
    import ibis

    keys = ["entity", *PERIOD, *names]
    b = units.group_by([*keys, "bucket"]).aggregate(
        ended=(units.hit * units.weight).sum(), lasting=((1.0 - units.hit) * units.weight).sum()
    )
    return b.group_by(keys).aggregate(durations=ibis.array([b.bucket, b.ended, b.lasting]).collect())


def sum_by(units: IbisTable, names: tuple[str, ...]) -> IbisTable:
    """Sum units that stand beside the period they count in, by the names given."""
    keys = ["entity", *PERIOD, *names]
    per_cluster = units.group_by([*keys, "cluster"]).aggregate(
        n=units.count().cast("float64"),
        numerator=(units.hit * units.weight).sum(),
        denominator=(units.counts if "counts" in units.columns else units.weight).sum(),
        squares=(units.hit * units.hit * units.weight).sum(),
    )
    c = per_cluster
    return c.group_by(keys).aggregate(
        n=c.n.sum(), numerator=c.numerator.sum(), denominator=c.denominator.sum(), squares=c.squares.sum(),
        clusters=c.count().cast("float64"), cluster_aa=(c.numerator * c.numerator).sum(),
        cluster_ab=(c.numerator * c.denominator).sum(), cluster_bb=(c.denominator * c.denominator).sum(),
    )  # fmt: skip
