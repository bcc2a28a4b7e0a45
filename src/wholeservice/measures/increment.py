"""Sum up again only what changed: sums are sums, so those of what went are taken out and those of what came are put in.

That gives the very same numbers only where adding is exact: all that is added are whole numbers, or fractions with few binary
digits. Weights and scores that are neither, and a measure whose units look at each other, are summed up in full. So are periods
that were none before, over the units in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from wholeservice.derived.changed import CHANGED, Make, count, keep, together, which
from wholeservice.derived.increment import Changes
from wholeservice.derived.instead import Instead
from wholeservice.derived.journeys import JOURNEYS
from wholeservice.engines.with_views import WithViews, run_named
from wholeservice.facts.identity import FactTables, with_all_columns
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Measure, Statistics
from wholeservice.measures.base import Sums as EventSums
from wholeservice.measures.compute import PERIODS, BySource, Sums, by_source, periods_of, summed, with_facts
from wholeservice.tables import ANSWERS, BY_NAME, CALLS

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine

SINCE, LASTING = "periods_since", "periods_lasting"
TALLIED = "tallied"
EVENTS = ("attempts", "visits", "reached", "paths", ANSWERS.name, CALLS.name)
SIGNED = (*EVENTS, TALLIED, JOURNEYS)
"""What a measure may read to be patched. Its query is the same whatever their rows are: it is written down."""
WENT, CAME = "-", "+"
FINEST = 1024.0  # the parts of a scale that add up exactly: halves, quarters ...
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """The sums of an earlier run from events, and the periods they are over."""

    sums: Mapping[str, EventSums]  # per measure
    periods: Any  # as `compute.periods_table` gives them


def sum_up_again(engine: WithViews, before: Before, changes: Changes, measures: Sequence[Measure] = MEASURES) -> Sums:
    """Return what `compute.sum_up` would, from the sums before; the engine holds the tables and `periods` of now."""
    periods = engine.run(engine.table(PERIODS))
    lasting = _in_both(engine, periods, before.periods)
    inexact = {name for name in (ANSWERS.name, CALLS.name) if name in changes.new and not _is_exact(engine, name)}
    is_tallied = count(engine, TALLIED) > 0
    changed, since = _changed(engine, changes), _recent(engine) if len(lasting) < periods.num_rows else None
    found: dict[str, BySource] = {}
    filled = with_facts(engine, measures)
    for measure in measures:
        kept = before.sums.get(measure.name, {})
        is_touched = is_tallied or any(name in changes.new or name in changes.old for name in measure.needs)
        if not kept and measure not in filled:
            continue
        if measure.patch is None or set(measure.needs) & inexact or set(measure.needs) - set(SIGNED):
            found[measure.name] = summed(FactTables(engine), measure, engine.table(periods_of(measure)))
            continue
        sums = {cell: each for cell, each in kept.items() if (cell.from_at, cell.to_at, cell.window) in lasting}
        cells: BySource = {}
        if is_touched:
            cells, sums = _patched(measure, sums, _summed(engine, changed, measure, LASTING))
        if since is not None:
            sums |= _of_events(_summed(engine, since, measure, SINCE))
        found[measure.name] = {cell: {None: each} for cell, each in sums.items()}
        for cell, by in cells.items():
            found[measure.name].setdefault(cell, {}).update(by)
    return found


def _summed(engine: WithViews, facts: FactTables, measure: Measure, periods: str) -> BySource:
    """Sum up a few rows; which, is in no query, so that it need be written down only once."""
    rows = run_named(engine, f"{measure.name} {periods}", lambda: measure.query(facts, engine.table(periods)))
    return by_source(measure, rows)


def events_only(sums: Sums) -> dict[str, EventSums]:
    """Return of each measure the sums from events, to be kept."""
    return {name: {cell: each[None] for cell, each in by_cell.items() if None in each} for name, by_cell in sums.items()}


def _patched(measure: Measure, kept: EventSums, summed_up: BySource) -> tuple[BySource, EventSums]:
    """Return the sums by sources that count for themselves, and those from events with what changed in them."""
    assert measure.patch is not None  # noqa: S101 - the caller looked
    cells: BySource = {}
    went: EventSums = {}
    came: EventSums = {}
    for cell, some in summed_up.items():
        counted: dict[str | None, Statistics] = {source: each for source, each in some.items() if source is not None}
        if counted:
            cells[cell] = dict(counted)
        if None in some:
            side = went if cell.entity.startswith(WENT) else came
            side[replace(cell, entity=cell.entity[1:])] = some[None]
    return cells, measure.patch(kept, went, came)


def _of_events(sums: BySource) -> EventSums:
    return {cell: each[None] for cell, each in sums.items() if None in each}


def _changed(engine: WithViews, changes: Changes) -> FactTables:
    """
    The facts with nothing of the events but what went and what came, told apart by a sign before the entity.

    One query over both: to write a query down takes longer than to run it over so few rows.
    """
    facts = FactTables(engine)
    given = {}
    for name in EVENTS:
        sides = {sign: rows[name] for sign, rows in ((WENT, changes.old), (CAME, changes.new)) if name in rows}
        of = "".join(sides) + (which(engine, BY_NAME[name]) if name in BY_NAME else "")
        given[name] = keep(engine, "signed_" + name, partial(_both, sides, facts, name), of=of)
    j = facts.journeys
    signed = [j.mutate(entity_id=_signed(sign, j.entity_id)) for sign in (WENT, CAME)]
    return Instead(engine, {**given, JOURNEYS: j.union(*signed)})


def _both(sides: Mapping[str, Make], facts: FactTables, name: str) -> IbisTable:
    made = {sign: make() for sign, make in sides.items()}
    parts = [rows.mutate(entity=_signed(sign, rows.entity)) for sign, rows in made.items()]
    return together([each.select(parts[0].columns) for each in parts] or [facts.__getattr__(name).limit(0)])


def _signed(sign: str, entity: Any) -> Any:
    import ibis

    return ibis.literal(sign).concat(entity)


def _recent(engine: Engine) -> FactTables:
    """The facts that can lie in the periods that are new, and no tallies: those bring their own periods."""
    facts, periods = FactTables(engine), engine.table(SINCE)
    bounds = engine.run(periods.aggregate(from_at=periods.from_at.min(), to_at=periods.to_at.max())).to_pylist()[0]
    from_at, to_at = bounds["from_at"], bounds["to_at"]
    a, v, r, k, c = facts.attempts, facts.visits, facts.reached, facts.answers, facts.calls
    answered_at = k.answered_at.coalesce(k.asked_at)
    given = {
        "attempts": a.filter(a.started_at >= from_at, a.started_at < to_at),
        "visits": v.filter(v.happened_at >= from_at, v.happened_at < to_at),
        "reached": r.filter(r.reached_at >= from_at),  # nothing is reached before the attempt begins
        ANSWERS.name: k.filter(answered_at >= from_at, answered_at < to_at),
        CALLS.name: c.filter(c.started_at >= from_at, c.started_at < to_at),
    }
    for name, rows in given.items():
        engine.add("recent_" + name, engine.run(rows))
    recent = {name: engine.table("recent_" + name) for name in given}
    return Instead(engine, {**recent, TALLIED: facts.tallied.limit(0)})


def _in_both(engine: Engine, periods: Any, before: Any) -> set[Key]:
    """Add the periods that were there before, and those that were not, as tables; return the former."""
    import pyarrow as pa

    rows = periods.to_pylist()
    known = {_key(each, *_MARKS) for each in before.to_pylist()}
    is_known = pa.array([_key(each, *_MARKS) in known for each in rows], pa.bool_())
    engine.add(LASTING, periods.filter(is_known))
    engine.add(SINCE, periods.filter(pa.compute.invert(is_known)))
    return {_key(each) for each, is_there in zip(rows, is_known.to_pylist(), strict=True) if is_there}


_MARKS = ("first_on", "after_on", "is_whole")


def _key(row: Mapping[str, Any], *more: str) -> Key:
    return tuple(row[name] for name in ("from_at", "to_at", "window", *more))


def _is_exact(engine: WithViews, name: str) -> bool:
    """Say whether all numbers of the facts that sums are made of add up exactly, in any order, now and before."""

    def make() -> IbisTable:
        parts = (with_all_columns(engine, BY_NAME[name]), engine.table(CHANGED + name))
        if name == CALLS.name:
            c = together([each.select(each.weight) for each in parts])
            return c.aggregate(is_broken=_is_broken(c.weight, 1.0).any(), n_widths=1)
        a = together([each.select(each.weight, each.score, each.scale_min, each.scale_max) for each in parts])
        score, width = a.score - a.scale_min, a.scale_max - a.scale_min
        is_broken = _is_broken(a.weight, 1.0) | _is_broken(score, 1.0) | _is_broken(score / width, FINEST)
        return a.aggregate(is_broken=is_broken.any(), n_widths=width.nunique())

    (found,) = run_named(engine, "exact " + name, make).to_pylist()
    return not found["is_broken"] and found["n_widths"] <= 1


def _is_broken(number: Any, parts: float) -> Any:
    return (number * parts != (number * parts).floor()).fill_null(False)
