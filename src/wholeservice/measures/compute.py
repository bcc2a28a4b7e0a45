"""Compute every measure over one snapshot: which periods, which source wins, and the sums per cell.

Events are cut into calendar months, ISO weeks and the rolling windows that targets ask for; tallies keep their own periods.
Sums of the same cell and source are added; of several sources one wins, and none are added to each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wholeservice.derived import DERIVED
from wholeservice.derived.base import derive
from wholeservice.derived.eligible import ELIGIBLE
from wholeservice.derived.journeys import JOURNEYS, add_journeys
from wholeservice.facts.identity import NAMES, FactTables, Unresolved, resolve, with_all_columns
from wholeservice.measures import MEASURES
from wholeservice.measures.add_up import add_up
from wholeservice.measures.base import FULL_COUNT, Cell, Measure, Statistics
from wholeservice.measures.never_seen import VISITS, ever_seen
from wholeservice.measures.roll_up import roll_up
from wholeservice.measures.rows import Row, from_arrow, rows_of, sources_of, to_arrow
from wholeservice.measures.units import union_all
from wholeservice.periods import Period, civil, instant, months_between, weeks_between, windows_before
from wholeservice.tables import ANSWERS, BY_NAME, CALLS, CONTACTS, DEPLOYMENTS, INCIDENTS, INTERACTIONS, ITEMS, LINKS, WORK

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.engines.base import Engine
    from wholeservice.organisation.graph import Organisation, Target

BySource = dict[Cell, dict[str | None, Statistics]]
Sums = Mapping[str, BySource]

PERIODS, WORK_PERIODS = "periods", "work_periods"
OF_WORK = frozenset(
    {"lives", "tiles", "waits", "deliveries", "delivered", ITEMS.name, WORK.name, DEPLOYMENTS.name, INCIDENTS.name, LINKS.name}
)
"""What a measure of the work reads, and nothing else: its periods are those in which work was seen, not consumers."""

EPOCH = dt.datetime(1970, 1, 5, tzinfo=dt.UTC)  # a Monday: windows of whole weeks end with one
Instants = Mapping[str, Callable[[Any], tuple[Any, Any]]]
EVENTS_AT: Instants = {
    INTERACTIONS.name: lambda i: (i.happened_at, i.happened_at),
    ANSWERS.name: lambda a: (a.answered_at.coalesce(a.asked_at),) * 2,
    CONTACTS.name: lambda k: (k.happened_at, k.happened_at),
    CALLS.name: lambda c: (c.started_at, c.started_at),
}
WORK_AT: Instants = {
    ITEMS.name: lambda i: (i.created_at, i.done_at.coalesce(i.created_at)),
    WORK.name: lambda w: (w.from_at, w.to_at.coalesce(w.from_at)),
    DEPLOYMENTS.name: lambda d: (d.deployed_at, d.deployed_at),
    INCIDENTS.name: lambda i: (i.started_at, i.restored_at.coalesce(i.started_at)),
}
__all__ = ["PERIODS", "Extent", "compute", "event_periods", "extent", "from_arrow", "periods_table", "prepare", "to_arrow"]


@dataclass(frozen=True, slots=True)
class Extent:
    """The civil days that events cover, in the workspace's zone: the first, and the day after the last."""

    first_on: dt.date
    after_on: dt.date
    complete_on: dt.date  # the day after the newest complete one


def prepare(engine: Engine, organisation: Organisation, zone: str = "UTC") -> tuple[Unresolved, ...]:
    """Resolve names and build the derived tables; return the names that stand for nothing. Civil days are those of *zone*."""
    unresolved = resolve(engine, organisation)
    add_journeys(engine, organisation, zone)
    derive(engine, DERIVED)
    return unresolved


def compute(
    engine: Engine, organisation: Organisation, *, zone: str, source_order: Sequence[str],
    targets: Iterable[Target] | None = None, measures: Sequence[Measure] = MEASURES, sums: Sums | None = None,
) -> list[Row]:  # fmt: skip
    """
    Compute the sums of every measure, and add them up to whatever holds the entities.

    Shape    rows in no order, each cell once. `targets` (default: all declared) name the rolling windows; `source_order`
             says which source wins where several count the same thing; the organisation's name stands for all of it.
             *sums*: as `sum_up` gives them, where that was done already
    """
    if NAMES not in engine.names():
        prepare(engine, organisation, zone)
    windows = windows_of(organisation, targets)
    if sums is None:
        add_periods(engine, windows, zone)
        sums = sum_up(engine, measures)
    sums = _where_seen(engine, measures, sums)
    rows = []
    for measure in measures:
        found = list(_of_best_source(measure, sums.get(measure.name, {}), source_order))
        known = {cell for cell, _ in found}
        rows += found + [row for row in add_up(measure, found, windows, zone) if row[0] not in known]
    return roll_up(rows, organisation)


def windows_of(organisation: Organisation, targets: Iterable[Target] | None = None) -> set[int]:
    """Return the lengths in days of the rolling windows that targets ask for (default: all that are declared)."""
    declared = [target for need in organisation.needs for target in need.targets]
    return {target.window_days for target in (declared if targets is None else targets)}


def add_periods(engine: Engine, windows: Iterable[int], zone: str) -> pa.Table:
    """Add the tables `periods` and `work_periods`, in which events and work are summed up; return the former."""
    windows, seen, work = set(windows), _seen(engine), work_extent(engine, zone)
    periods = event_periods(_extent(seen, zone), zone, windows)
    rows = periods_table(periods, _extent({name: each for name, each in seen.items() if name == INTERACTIONS.name}, zone), zone)
    engine.add(PERIODS, rows)
    engine.add(WORK_PERIODS, periods_table(event_periods(work, zone, windows), work, zone))
    return rows


def periods_of(measure: Measure) -> str:
    """Return the name of the table of periods in which a measure is summed up."""
    return WORK_PERIODS if set(measure.needs) <= OF_WORK else PERIODS


def sum_up(engine: Engine, measures: Sequence[Measure] = MEASURES) -> Sums:
    """Return the sums of every measure that has facts, apart by source (None: from events)."""
    facts = FactTables(engine)
    asked = with_facts(engine, measures)
    return {each.name: summed(facts, each, engine.table(periods_of(each))) for each in asked}


def extent(engine: Engine, zone: str) -> Extent | None:
    """Return the days that the events cover; None when there are none. A day is complete when something was seen in its last
    hour or later."""
    return _extent(_seen(engine), zone)


def work_extent(engine: Engine, zone: str) -> Extent | None:
    """Return the days in which work was seen, as `extent` does for events."""
    return _extent(_seen(engine, WORK_AT), zone)


def _extent(seen: Mapping[str, tuple[dt.datetime, dt.datetime]], zone: str) -> Extent | None:
    if not seen:
        return None
    oldest_at, newest_at = min(first for first, _ in seen.values()), max(last for _, last in seen.values())
    newest_on = civil(newest_at, zone)
    after_on = newest_on + dt.timedelta(days=1)
    is_complete = instant(after_on, zone) - newest_at <= dt.timedelta(hours=1)
    return Extent(civil(oldest_at, zone), after_on, after_on if is_complete else newest_on)


def event_periods(covered: Extent | None, zone: str, windows: Iterable[int]) -> list[Period]:
    """Return the whole months and weeks that events cover, and whole windows of each length before the newest complete day.

    Where the events fill no whole month or week, those they touch are given: a part is better than nothing.
    """
    if covered is None:
        return []
    from_at, to_at = instant(covered.first_on, zone), instant(covered.after_on, zone)
    rolling = [each for days in sorted(set(windows)) for each in _windows(covered, days, zone)]
    months, weeks = (list(cut(from_at, to_at, zone)) for cut in (months_between, weeks_between))
    return [*_whole_or_all(months, covered, zone), *_whole_or_all(weeks, covered, zone), *rolling]


def _whole_or_all(periods: list[Period], covered: Extent, zone: str) -> list[Period]:
    return [each for each in periods if _covers(covered, each, zone)] or periods


def periods_table(periods: Sequence[Period], covered: Extent | None, zone: str) -> pa.Table:
    """Return from_at, to_at, window, the civil days first_on and after_on, and is_whole.

    A period is whole when it lies within *covered*, the days of the interactions.
    """
    import pyarrow as pa

    rows = [
        {
            "from_at": each.from_at, "to_at": each.to_at, "window": each.window,
            "first_on": civil(each.from_at, zone), "after_on": civil(each.to_at, zone),
            "is_whole": covered is not None and _covers(covered, each, zone),
        }
        for each in periods
    ]  # fmt: skip
    instant_type, date = pa.timestamp("us", tz="UTC"), pa.date32()
    types = [
        ("from_at", instant_type),
        ("to_at", instant_type),
        ("window", pa.string()),
        ("first_on", date),
        ("after_on", date),
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema([*types, ("is_whole", pa.bool_())]))


def _windows(covered: Extent, days: int, zone: str) -> Iterator[Period]:
    """
    Civil windows, none over another: the newest, the one before it, and before those the ones that end on a fixed grid of days.

    So the older ones stay where they are when a day is added, and their sums need not be made again. A day of 23 or 25 hours
    is a day.
    """
    utc, length = dt.UTC, dt.timedelta(days=days)
    ends, begins = (dt.datetime.combine(day, dt.time(), utc) for day in (covered.complete_on, covered.first_on))
    newest = list(windows_before(ends, max(begins, ends - 2 * length), days))
    before = ends - len(newest) * length
    on_grid = before - (before - EPOCH) % length
    for each in [*newest, *windows_before(on_grid, begins, days)]:
        yield replace(each, from_at=instant(each.from_at.date(), zone), to_at=instant(each.to_at.date(), zone))


def _covers(covered: Extent, period: Period, zone: str) -> bool:
    return instant(covered.first_on, zone) <= period.from_at and period.to_at <= instant(covered.after_on, zone)


def _seen(engine: Engine, instants: Instants | None = None) -> dict[str, tuple[dt.datetime, dt.datetime]]:
    """The oldest and the newest instant of each table of events, as the sources wrote them: names have no part in it."""
    import ibis

    parts = []
    for name, at in (EVENTS_AT if instants is None else instants).items():
        rows = with_all_columns(engine, BY_NAME[name])
        oldest_at, newest_at = at(rows)
        parts.append(rows.aggregate(of=ibis.literal(name), oldest_at=oldest_at.min(), newest_at=newest_at.max()))
    rows = engine.run(union_all(parts)).to_pylist()
    return {each["of"]: (each["oldest_at"], each["newest_at"]) for each in rows if each["newest_at"] is not None}


def with_facts(engine: Engine, measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Return the measures of which any needed table has rows; a query over nothing takes a tenth of a second too."""
    needed = {each.name: set(each.only_with or each.needs) - {JOURNEYS, ELIGIBLE} for each in measures}
    facts, names = FactTables(engine), sorted(set().union(*needed.values()))
    filled = {name for name in names if engine.run(facts.__getattr__(name).limit(1)).num_rows}
    return tuple(each for each in measures if needed[each.name] & filled)


def summed(facts: FactTables, measure: Measure, periods: Any) -> BySource:
    """Return the sums of one measure per cell and source."""
    return by_source(measure, facts.run(measure.query(facts, periods)))


def by_source(measure: Measure, rows: pa.Table) -> BySource:
    """Return what the query of a measure gave per cell and source; rows of the same cell and source are added."""
    found: BySource = {}
    for (cell, sums), source in zip(rows_of(rows, measure.name), sources_of(rows), strict=True):
        by = found.setdefault(cell, {})
        by[source] = by[source] + sums if source in by else sums
    return found


def _where_seen(engine: Engine, measures: Sequence[Measure], sums: Sums) -> Sums:
    """Return the sums without those of events that say of a step or an end at which nobody was ever seen that all were lost.

    It looks at the whole store, so it is done here and not in the queries, which an increment asks of a few rows.
    """
    held = [each for each in measures if each.kept and any(None in by for by in sums.get(each.name, {}).values())]
    if not held or VISITS not in engine.names():
        return sums
    seen, found = ever_seen(engine), dict(sums)
    for measure in held:
        left = {cell: by if measure.kept(cell, seen) else _said(by) for cell, by in sums[measure.name].items()}  # type: ignore[misc]
        found[measure.name] = {cell: by for cell, by in left.items() if by}
    return found


def _said(by: dict[str | None, Statistics]) -> dict[str | None, Statistics]:
    """What sources say of a cell themselves, without what events do."""
    return {source: each for source, each in by.items() if source is not None}


def _of_best_source(measure: Measure, found: BySource, source_order: Sequence[str]) -> Iterator[Row]:
    """The sums of one measure per cell, of the source that wins."""
    for cell, by_source in found.items():
        yield cell, replace(by_source[best_source(measure, by_source, source_order)], reporting=1.0, expected=1.0)


def best_source(measure: Measure, sources: Iterable[str | None], source_order: Sequence[str]) -> str | None:
    """Return which of several sources of one cell wins (None: events)."""
    return min(sources, key=lambda source: _rank(measure, source, source_order))


def _rank(measure: Measure, source: str | None, source_order: Sequence[str]) -> tuple[int, str]:
    """Events go before tallies, since they carry their spread; a full count goes before events, which may be a part of it."""
    if source is None:
        return (len(source_order) + 1 if measure.basis == FULL_COUNT else -1, "")
    return (source_order.index(source) if source in source_order else len(source_order), source)
