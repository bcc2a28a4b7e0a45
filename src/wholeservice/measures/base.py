"""What a measure is: units that sum up to additive statistics, and a pure finish that turns them into a value.

The engine only ever computes sums and counts, so that engines agree exactly and roll-up is addition. One row of
statistics has the columns of `Statistics`; a value, its interval and the reason when there is none come from `finish`.
"""

from __future__ import annotations

import datetime as dt
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from wholeservice.measures.units import union_all
from wholeservice.uncertainty import Interval
from wholeservice.units import Unit

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.measures.units import Units

SAMPLE, FULL_COUNT = "sample", "full count"


@dataclass(frozen=True, slots=True)
class Statistics:
    """Sufficient statistics of one measure in one cell; every field is a sum, so cells add up.

    n              units counted (attempts, answers, transactions ...)
    numerator      sum of what is measured over the units
    denominator    sum of what it is measured against; equals n for a mean or share of single units
    squares        sum of squares of what is measured, for the spread of a mean
    clusters       consumers; cluster_* are the sums over consumers of (numerator², numerator·denominator, denominator²)
    reporting      parts (services, sources) that gave a number; `expected` those that should have
    histogram      counts per point of a scale, lowest first; empty where there is no scale
    durations      counts per length of time (`measures.durations`): (bucket, ended, still lasting), only buckets that have
                   any, lowest first. Apart from `histogram`, since of some 800 buckets a cell fills a few dozen
    """

    n: float = 0.0
    numerator: float = 0.0
    denominator: float = 0.0
    squares: float = 0.0
    clusters: float = 0.0
    cluster_aa: float = 0.0
    cluster_ab: float = 0.0
    cluster_bb: float = 0.0
    reporting: float = 0.0
    expected: float = 0.0
    histogram: tuple[float, ...] = ()
    durations: tuple[tuple[int, float, float], ...] = ()

    def __add__(self, other: Statistics) -> Statistics:
        # Written out, since a roll-up does this some hundred thousand times.
        return Statistics(
            self.n + other.n,
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.squares + other.squares,
            self.clusters + other.clusters,
            self.cluster_aa + other.cluster_aa,
            self.cluster_ab + other.cluster_ab,
            self.cluster_bb + other.cluster_bb,
            self.reporting + other.reporting,
            self.expected + other.expected,
            tuple(a + b for a, b in zip_longest(self.histogram, other.histogram, fillvalue=0.0)),
            _joined(self.durations, other.durations, 1.0) if self.durations or other.durations else (),
        )

    def __sub__(self, other: Statistics) -> Statistics:
        taken = {each.name: getattr(self, each.name) - getattr(other, each.name) for each in fields(self)[:-2]}
        both = zip_longest(self.histogram, other.histogram, fillvalue=0.0)
        durations = _joined(self.durations, other.durations, -1.0)
        return Statistics(**taken, histogram=tuple(a - b for a, b in both), durations=durations)


def _joined(
    one: tuple[tuple[int, float, float], ...], other: tuple[tuple[int, float, float], ...], sign: float
) -> tuple[tuple[int, float, float], ...]:
    """Add the counts of durations, or take the others out; a bucket with nothing left is none."""
    counts = {bucket: (ended, lasting) for bucket, ended, lasting in one}
    for bucket, ended, lasting in other:
        before = counts.get(bucket, (0.0, 0.0))
        counts[bucket] = (before[0] + sign * ended, before[1] + sign * lasting)
    return tuple((bucket, *counts[bucket]) for bucket in sorted(counts) if any(counts[bucket]))


@dataclass(frozen=True, slots=True)
class Value:
    """A finished number. `value` is None exactly when `why_missing` says why; the interval says what it is of."""

    value: float | None
    interval: Interval | None
    n: float
    why_missing: str | None = None

    @property
    def is_few(self) -> bool:
        """Few units behind it: draw it hollow."""
        return self.n < 30


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Where and when a statistic was taken. `None` in step, channel or segment means all of them together."""

    measure: str
    entity: str
    from_at: dt.datetime
    to_at: dt.datetime
    window: str
    step: str | None = None
    channel: str | None = None
    segment: str | None = None
    currency: str | None = None


Query = Callable[[Any, "IbisTable"], "IbisTable"]
"""(facts, periods) -> one row per entity, period and breakdown, with the columns of Cell (less `measure`) and Statistics.

`facts` gives an Ibis table per fact and derived table (`facts.tallies`, `facts.attempts`), names already resolved to
entities; `periods` has from_at, to_at, window. Tallies bring their own periods."""

Finish = Callable[[Statistics], Value]

Sums = dict["Cell", Statistics]
OfUnits = Callable[[Any], "tuple[Units, ...]"]
"""facts -> the single units that are summed up, each kind apart: what a page shows when somebody asks for the rows."""

Patch = Callable[[Sums, Sums, Sums], Sums]
"""(sums, those of what went, those of what came) -> the sums now. All from events, over some of the units and all periods."""


def patch_sums(sums: Sums, went: Sums, came: Sums) -> Sums:
    """Take out what went and put in what came: right for sums over units that do not look at each other.

    >>> from datetime import datetime, UTC
    >>> here = Cell("m", "a", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC), "calendar")
    >>> patch_sums({here: Statistics(n=3, numerator=2)}, {here: Statistics(n=1)}, {})[here].n
    2
    """
    found = dict(sums)
    for cell, gone in went.items():
        found[cell] = found[cell] - gone
    for cell, here in came.items():
        found[cell] = found[cell] + here if cell in found else here
    return {cell: each for cell, each in found.items() if each.n}


@dataclass(frozen=True, slots=True)
class Measure:
    """A registered measure. `words` are the other words a target may call it by; `version` grows when numbers change."""

    name: str
    title: str  # plain words for a page: "People who finish"
    unit: Unit
    better: str  # "higher", "lower" or "neither"
    needs: tuple[str, ...]  # fact and derived tables
    units: OfUnits
    finish: Finish
    basis: str = SAMPLE  # SAMPLE, or FULL_COUNT: then the interval is variation between periods
    words: tuple[str, ...] = ()
    version: int = 1
    own_query: Query | None = None  # where there is more to it than the sums of its units
    at: Callable[[Statistics, float], Value] | None = None  # the value that a share of the units lie below; None: no such
    patch: Patch | None = patch_sums  # how changed units change the sums; None: they are all summed again
    only_with: tuple[str, ...] = ()  # of `needs`: one of these must have rows; none named: any of all
    kept: Callable[[Cell, Any], bool] | None = None  # (cell from events, `never_seen.EverSeen`): is it a number? None: each is
    own_help: str | None = None  # where several measures share a file; None: the docstring of the file is its help

    def query(self, facts: Any, periods: IbisTable) -> IbisTable:
        """Return one row per entity, period and breakdown, as `Query` says it: the sums of its units, or what its own gives."""
        if self.own_query is not None:
            return self.own_query(facts, periods)
        return union_all([each.summed(periods) for each in self.units(facts)])

    @property
    def help(self) -> str:
        """Return its help page: its own, or the docstring of the file in which its units stand."""
        return inspect.cleandoc(self.own_help or sys.modules[self.units.__module__].__doc__ or "")
