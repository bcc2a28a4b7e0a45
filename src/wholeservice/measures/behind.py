"""The rows behind one number: which single units, tallies and lines of money were summed up to it.

Asked again of the query that made the number, over the facts of its entities and its period alone, so that what is shown is
what was counted. Of several sources the one that won; of a sum over services, days or hours the rows of each of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

from wholeservice import tables
from wholeservice.derived.instead import Instead
from wholeservice.engines.with_views import WithViews, run_named
from wholeservice.facts.identity import FactTables
from wholeservice.measures.add_up import made_of
from wholeservice.measures.base import Cell, Measure, Statistics
from wholeservice.measures.behind_rows import (
    LEAST_PEOPLE,
    Behind,
    RowBehind,
    counted_row,
    is_of_people,
    kind_of,
    unit_rows,
    who_of,
)
from wholeservice.measures.compute import PERIODS, best_source, by_source, periods_of
from wholeservice.measures.counted import BEHIND, UNDER
from wholeservice.measures.kinds import HOUR, hours_of, what_of
from wholeservice.measures.kinds import kind_of as kind_of_people
from wholeservice.measures.never_seen import VISITS, ever_seen
from wholeservice.measures.roll_up import Tree, added_to
from wholeservice.measures.rows import rows_of, sources_of
from wholeservice.periods import civil

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.measures.units import Units

TALLIED = "tallied"
ASKED = "asked_"  # before the names of the tables that hold what one question is about
NARROWED = ("attempts", "visits", "reached", tables.ANSWERS.name, tables.CALLS.name)
FEW = f"Fewer than {LEAST_PEOPLE} people stand behind it: a row of one of them could tell who it was, so none is shown."

Span = tuple[dt.datetime, dt.datetime]
Rows = Mapping[int, SimpleNamespace]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where rows are looked up: an engine with the derived tables and the periods of a snapshot, and how sums were added up."""

    engine: WithViews
    tree: Tree
    zone: str
    source_order: tuple[str, ...]


@dataclass(slots=True)
class _Of:
    """What one source gave for one cell: the sums, and the numbers of the rows over and under the line."""

    sums: Statistics
    over: list[int] = field(default_factory=list)
    under: list[int] = field(default_factory=list)


BySource = Mapping[str | None, _Of]


@dataclass(slots=True)
class _Made:
    """What a number is made of: rows that sources counted; single units of some entities in some spans of time."""

    counted: list[RowBehind] = field(default_factory=list)
    units: list[Cell] = field(default_factory=list)

    def spans(self) -> Mapping[Span, set[str]]:
        """Return which entities in which periods; one that goes on where another ended is one with it."""
        found: dict[Span, set[str]] = {}
        for cell in self.units:
            begins_at = cell.from_at
            for (begin, end), entities in found.items():
                if end == begins_at and cell.entity in entities:
                    entities.discard(cell.entity)
                    begins_at = begin
            found.setdefault((begins_at, cell.to_at), set()).add(cell.entity)
        return found


def behind(ground: Ground, measure: Measure, cells: Sequence[Cell], *, first: int = 0, most: int = 100) -> Behind:
    """
    Return the rows behind a number, from place *first* (0 is the first) on, at most so many.

    Shape    *cells* differ in their period only: most numbers are of one, some of several that were added up. What sources
             counted comes first, then single units by their instant. `n` and `n_rows` are of all of them. Rows of fewer than
             `LEAST_PEOPLE` people are counted and not given
    """
    made = _made(ground, measure, cells)
    units = _units_of(ground, measure, cells[0], made)
    n_of_units, n_units, n_people = _size(ground, units)
    counted = sorted(made.counted, key=lambda row: (row.at, row.entity, row.channel or "", row.says))
    n, n_rows = sum(each.counts for each in counted) + n_of_units, len(counted) + n_units
    if units and n_units and is_of_people(units) and n_people < LEAST_PEOPLE:
        return Behind(n, n_rows, n_people, (), FEW)
    given = counted[first : first + most]
    if units and n_units and most > len(given):
        given += unit_rows(ground.engine, units, max(0, first - len(counted)), most - len(given))
    return Behind(n, n_rows, n_people if units and n_units and is_of_people(units) else None, tuple(given))


def _made(ground: Ground, measure: Measure, cells: Sequence[Cell]) -> _Made:
    """Return what a number is made of; the query of the measure is asked only where tallies or money could be in it."""
    all_of = replace(cells[0], from_at=min(each.from_at for each in cells), to_at=max(each.to_at for each in cells))
    entities = {all_of.entity} | (set() if all_of.step else ground.tree.below(all_of.entity))
    found = _Made()
    rows, _ = _counted_facts(ground, measure, all_of, entities)
    if rows:
        for cell in cells:
            _add_made(found, ground, measure, cell, entities)
        return found
    own = _kept(ground, measure, all_of, _own(_with_units(ground, measure, cells, entities), all_of, ground.tree))
    for cell in sorted(cells, key=lambda each: each.from_at):
        for entity in own:
            found.units.append(replace(cell, entity=entity))
    return found


def _kept(ground: Ground, measure: Measure, cell: Cell, entities: list[str]) -> list[str]:
    """Leave out those whose events give no number, as those of a service of which nobody was ever seen at an end."""
    if measure.kept is None or VISITS not in ground.engine.names():
        return entities
    seen = ever_seen(ground.engine)
    return [each for each in entities if measure.kept(replace(cell, entity=each), seen)]


def _add_made(found: _Made, ground: Ground, measure: Measure, cell: Cell, entities: set[str]) -> None:
    """Add what the number of a cell is made of, where sources counted something of the kind."""
    rows, facts = _counted_facts(ground, measure, cell, entities)
    kinds = sorted({kind_of(row) for row in rows.values()})
    cells = _lineage(ground, measure, cell, facts, kinds)
    events = []
    for each in _parts(ground, measure, cell, cells):
        source = best_source(measure, cells[each], ground.source_order)
        found.counted += _counted(cells[each][source], rows, source)
        if source is None:
            events.append(each)
    kept = set(_kept(ground, measure, cell, sorted({each.entity for each in events})))
    found.units += [each for each in events if each.entity in kept]


def _own(own: Iterable[str], cell: Cell, tree: Tree) -> list[str]:
    """The entities whose own numbers make that of the cell: itself, or those that are added to it."""
    known = set(own)
    if cell.entity in known:
        return [cell.entity]
    return sorted(each for each in known if cell.entity in added_to(each, known, tree))


# What sources counted ------------------------------------------------------------------------------------------------------


def _counted_facts(ground: Ground, measure: Measure, cell: Cell, entities: set[str]) -> tuple[Rows, Instead]:
    """Return tallies and money of the entities within the period by number, and facts in which they carry that number."""
    facts, ours = FactTables(ground.engine), sorted(entities)
    rows: dict[int, SimpleNamespace] = {}
    given = {}
    for name in (TALLIED, tables.MONEY.name):
        if name in measure.needs:
            some = ground.engine.run(_within(facts.__getattr__(name), cell, ground.zone, ours))
            numbers = range(len(rows), len(rows) + some.num_rows)
            rows |= dict(zip(numbers, (SimpleNamespace(**row) for row in some.to_pylist()), strict=True))
            ground.engine.add(ASKED + name, _numbered(some, numbers))
            given[name] = ground.engine.table(ASKED + name)
    return rows, Instead(ground.engine, given | _narrowed(ground, measure, ours))


def _narrowed(ground: Ground, measure: Measure, entities: list[str]) -> dict[str, IbisTable]:
    """Return the events of some entities. Which ones stands in a table, so that the query is the same for all of them.

    A measure of which no patch is made may look at events of others, so it gets them all.
    """
    import pyarrow as pa

    if measure.patch is None:
        return {}
    ground.engine.add(ASKED + "entities", pa.table({"ours": pa.array(entities, pa.string())}))
    facts, asked = FactTables(ground.engine), ground.engine.table(ASKED + "entities")
    needed = [name for name in NARROWED if name in measure.needs]
    return {name: rows.semi_join(asked, rows.entity == asked.ours) for name in needed for rows in [facts.__getattr__(name)]}


def _within(table: IbisTable, cell: Cell, zone: str, entities: list[str]) -> IbisTable:
    ours = table.filter(table.entity.isin(entities))
    if "amount" in ours.columns:  # money, by the day
        return ours.filter(ours.from_on >= civil(cell.from_at, zone), ours.to_on <= civil(cell.to_at, zone))
    return ours.filter(ours.from_at >= cell.from_at, ours.to_at <= cell.to_at)


def _numbered(rows: pa.Table, numbers: range) -> pa.Table:
    import pyarrow as pa

    return rows.append_column(BEHIND, pa.array([[each] for each in numbers], pa.list_(pa.int64())))


def _lineage(ground: Ground, measure: Measure, cell: Cell, facts: Instead, kinds: list[str]) -> Mapping[Cell, BySource]:
    """
    Ask the query of the measure what each number within the period is made of, source by source.

    *kinds*   of rows that sources counted; a query may leave out those that are not there
    """
    engine, periods = ground.engine, ground.engine.table(periods_of(measure))
    inside = periods.filter(periods.from_at >= cell.from_at, periods.to_at <= cell.to_at)
    engine.add(ASKED + PERIODS, engine.run(inside))
    table = run_named(engine, f"{measure.name} {kinds}", lambda: measure.query(facts, engine.table(ASKED + PERIODS)))
    found: dict[Cell, dict[str | None, _Of]] = {
        at: {source: _Of(sums) for source, sums in some.items()}
        for at, some in by_source(measure, table).items()
        if all(getattr(at, name) == getattr(cell, name) for name in ("step", "channel", "segment", "currency"))
    }
    empty = [None] * table.num_rows
    over, under = (table.column(name).to_pylist() if name in table.column_names else empty for name in (BEHIND, UNDER))
    for (at, _), source, above, below in zip(rows_of(table, measure.name), sources_of(table), over, under, strict=True):
        if at in found:
            found[at][source].over.extend(above or ())
            found[at][source].under.extend(below or ())
    return found


def _parts(ground: Ground, measure: Measure, cell: Cell, cells: Mapping[Cell, BySource]) -> Iterator[Cell]:
    """Yield the cells that sources or events gave, which added up make that of *cell*: by service, and by time."""
    series: dict[str, list[tuple[Cell, Statistics]]] = {}
    for at, some in cells.items():
        series.setdefault(at.entity, []).append((at, some[best_source(measure, some, ground.source_order)].sums))
    parts = {}
    for entity, rows in series.items():
        here = replace(cell, entity=entity)
        if found := [here] if here in cells else [at for at, _ in made_of(measure, rows, here, ground.zone)]:
            parts[entity] = found
    for entity in _own(parts, cell, ground.tree):
        yield from parts[entity]


def _counted(of: _Of, rows: Rows, source: str | None) -> Iterator[RowBehind]:
    """Yield the rows one cell is made of: n is what they are measured against, where that is another row."""
    is_over_counted = source is not None and not of.under
    yield from (counted_row(rows[each], is_counted=is_over_counted) for each in of.over)
    yield from (counted_row(rows[each], is_counted=True) for each in of.under)


# Single units --------------------------------------------------------------------------------------------------------------


def _named(cell: Cell) -> dict[str, str]:
    """Return what a cell is broken down by, and which of its kind it is."""
    named = {name: value for name in ("step", "channel") if (value := getattr(cell, name)) is not None}
    return named if cell.segment is None else named | {kind_of_people(cell.segment): what_of(cell.segment)}


def _is_of(units: Units, named: set[str]) -> bool:
    """Say whether units are broken down so: by what is crossed, by what stands alone, or as in a rolling window."""
    by = named - set(units.always)
    alone = [{kind} for kind in units.alone] + [set(each) for each in units.in_windows]
    return set(units.always) <= named and (by <= {*units.by, *units.beside} or by in alone)


def _units_of(ground: Ground, measure: Measure, cell: Cell, made: _Made) -> Units | None:
    """Return the single units that a number is made of: those that are broken down the way its cell is."""
    named, kinds = _named(cell), measure.units(FactTables(ground.engine)) if made.units else ()
    kind = next((each for each in kinds if _is_of(each, set(named))), None)
    if kind is None:
        return None
    rows = _dated(ground, kind, made, periods_of(measure)) if kind.dated else _inside(kind, made)
    hours = hours_of(cell.segment or "")
    narrowed = [
        rows[name].isin(hours) if name == HOUR else rows[name] == value
        for name, value in sorted(named.items())
        if name not in kind.beside
    ]
    return replace(kind, rows=rows.filter(narrowed) if narrowed else rows)


def _inside(kind: Units, made: _Made) -> IbisTable:
    """Return the rows of units that count each by itself, by when they were."""
    import ibis

    at, entity = kind.rows.unit_at, kind.rows.entity
    spans = [entity.isin(sorted(ours)) & (at >= begin) & (at < end) for (begin, end), ours in made.spans().items()]
    return kind.rows.filter(ibis.or_(*spans))


def _dated(ground: Ground, kind: Units, made: _Made, periods: str) -> IbisTable:
    """Return the rows of units that are what they are among the others of their period, once for each period."""
    import ibis

    ours = sorted({each.entity for each in made.units})
    rows = replace(kind, rows=kind.rows.filter(kind.rows.entity.isin(ours))).in_periods(ground.engine.table(periods))
    spans: dict[tuple[Span, str], list[str]] = {}
    for each in made.units:
        spans.setdefault(((each.from_at, each.to_at), each.window), []).append(each.entity)
    asked = [
        rows.entity.isin(sorted(some)) & (rows.from_at == begin) & (rows.to_at == end) & (rows.window == window)
        for ((begin, end), window), some in spans.items()
    ]
    return rows.filter(ibis.or_(*asked))


def _with_units(ground: Ground, measure: Measure, cells: Sequence[Cell], entities: set[str]) -> set[str]:
    """Return which of some entities have units in the periods of some cells."""
    cell = cells[0]
    if entities == {cell.entity}:
        return entities
    every = _Made(units=[replace(each, entity=entity) for each in cells for entity in sorted(entities)])
    units = _units_of(ground, measure, cell, every)
    found = ground.engine.run(units.rows.select("entity").distinct()).column("entity").to_pylist() if units else ()
    return set(found)


def _size(ground: Ground, units: Units | None) -> tuple[float, int, int]:
    """Return what units add to n, how many there are, and of how many people (or attempts, where nobody is known)."""
    if units is None:
        return 0, 0, 0
    rows = units.rows
    n = rows.n.sum() if "n" in rows.columns else rows.count()
    (found,) = ground.engine.run(rows.aggregate(n=n, n_rows=rows.count(), people=who_of(units).nunique())).to_pylist()
    return found["n"] or 0, found["n_rows"], found["people"]
