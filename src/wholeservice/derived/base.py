"""What a derived table is: a pure function from facts (and derived tables before it) to one more table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.facts.identity import FactTables

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, FloatingValue, IntegerValue, StringColumn, TimestampValue
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine

PRODUCTION = ("production", "prod", "live")
"""What sources call the environment that consumers meet; a row without an environment is production too."""

DONE, FAILED, LEFT = "done", "failed", "left"
"""How an attempt ended, and what an event may say of it."""

WORKED, WAITED, UNSEEN = "work", "wait", "unknown"
"""What a piece of the life of an item was: `derived.tiles` says which states are which."""

ACTIVE, RETURNED = "active", "returned"
"""States of a stay: somebody is at work; it was sent back."""

RECORD_KEYS = ("source", "record", "part")
"""The identity of a row: the last word on order where the facts themselves do not say."""

TALLY_OF = ("source", "entity", "of", "statistic", "step", "channel", "segment", "window", "from_at", "to_at", "currency")
"""What two tallies of one source must share to be about the very same thing."""

ROUNDING = 1e-6
"""Numbers that differ by less, as a share of themselves, agree."""

MEAN, MEAN_ROUNDING = "mean", 0.01
"""A mean is written with few digits: its numerator may be so much off, as a share of mean times denominator."""


@dataclass(frozen=True, slots=True)
class Derived:
    """
    A registered derived table. `needs` names the tables it reads; `build` gives an Ibis expression or an Arrow table.

    `key` names the columns whose values say which rows can be made without the others: all rows of one key come from facts of
    that key alone, but for what the table's docstring names.
    """

    name: str
    needs: tuple[str, ...]
    build: Callable[[FactTables], Any]
    key: tuple[str, ...] = ()


def derive(engine: Engine, derived: Sequence[Derived]) -> None:
    """Build each derived table into the engine, in the order given."""
    for each in derived:
        engine.add(each.name, each.build(FactTables(engine)))


def in_production(rows: IbisTable) -> IbisTable:
    """Keep what happened where consumers are: other environments are seen, and never mixed in."""
    return rows.filter(rows.environment.isnull() | rows.environment.strip().lower().isin(PRODUCTION))


def whole_seconds(moment: TimestampValue) -> IntegerValue:
    """Return an instant as whole seconds since 1970, fractions cut off: engines round them differently when left to it."""
    return moment.epoch_seconds().floor().cast("int64")


def seconds_between(from_at: TimestampValue, to_at: TimestampValue) -> FloatingValue:
    """Return the seconds from one instant to another, fractions cut off each."""
    return (whole_seconds(to_at) - whole_seconds(from_at)).cast("float64")


def thread_of(events: IbisTable) -> StringColumn:
    """Return what holds events together that may be one attempt: its name, else the person, else the visit."""
    return events.attempt.coalesce(events.consumer, events.visit)


def newest_tallies(facts: FactTables) -> IbisTable:
    """Return the newest reading of each record's tallies: `of`, `statistic` and `window` in lower case, entity known."""
    import ibis

    t = facts.tallies
    t = t.mutate(of=t.of.strip().lower(), statistic=t.statistic.strip().lower(), window=t.window.strip().lower())
    t = t.mutate(newest_at=t.known_at.max().over(ibis.window(group_by=[t.source, t.record])))
    return t.filter(t.known_at == t.newest_at, t.entity.notnull()).drop("newest_at")


def is_contrary(tallies: IbisTable) -> BooleanValue:
    """Say of each tally whether it is a mean whose numerator is not what the mean and its denominator make."""
    t = tallies
    product = t.value * t.denominator
    is_off = (t.numerator - product).abs() > MEAN_ROUNDING * product.abs()
    return ((t.statistic == MEAN) & (t.denominator > 0) & is_off).fill_null(False)
