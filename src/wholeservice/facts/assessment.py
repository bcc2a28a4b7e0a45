"""Assess the facts of every source in one run: a handful of queries over its tables, then plain arithmetic.

The engine only counts: rows by reading, by quarter of an hour, by name; what stands twice (`told_twice`) and columns that went
empty (`emptied`) are looked for in a sample where a table is large.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.errors import suggest
from wholeservice.facts.emptied import emptied
from wholeservice.facts.identity import RESOLVED_PREFIX, foreign_column
from wholeservice.facts.known_steps import STEP, KnownSteps, known_steps, says_own_step
from wholeservice.facts.quality import Emptied, Repeated, Rests, Share, SourceQuality, TableRows, Unknown, readings_of
from wholeservice.facts.rhythm import DAY, Gap, Span, gaps, holes, rhythm, spans
from wholeservice.facts.told_twice import told_twice
from wholeservice.mapping import quarantine
from wholeservice.periods import civil, instant
from wholeservice.tables import KNOWN_AT

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine
    from wholeservice.facts.runs import Run
    from wholeservice.organisation.graph import Organisation

MAX_UNKNOWN = 12  # names that stand for nothing which are told of a source
MAX_LOOKED = 50_000  # cells and rows in quarantine whose reasons are counted
MAX_DAYS = 20_000  # of a history; what is older is left out of rhythm and gaps
QUARTER_S = 900  # every zone's days begin at a quarter of an hour
MIN_ADVANCES = 3  # readings that brought newer facts, from which a source is known to follow the calendar

INSTANTS = {
    tables.INTERACTIONS.name: lambda t: t.happened_at,
    tables.ANSWERS.name: lambda t: t.answered_at.coalesce(t.asked_at),
    tables.CONTACTS.name: lambda t: t.happened_at,
    tables.ITEMS.name: lambda t: t.created_at,
    tables.WORK.name: lambda t: t.from_at,
    tables.DEPLOYMENTS.name: lambda t: t.deployed_at,
    tables.INCIDENTS.name: lambda t: t.started_at,
    tables.CALLS.name: lambda t: t.started_at,
    tables.JUDGEMENTS.name: lambda t: t.judged_at,
}
"""When a row of a table came about. Sightings and links hold while nothing else is said: they have no rhythm."""

PERIODS = {tables.TALLIES.name: lambda t: (t.from_at, t.to_at), tables.MONEY.name: lambda t: (t.from_on, t.to_on)}


@dataclass(slots=True)
class _Seen:
    """What the tables hold of one source, counted."""

    arrivals: dict[str, dict[dt.datetime, tuple[int, dt.date | None]]] = field(default_factory=dict)
    """table -> when known -> (rows, the newest day they speak of)"""
    counts: dict[dt.date, int] = field(default_factory=dict)  # day -> rows of events
    periods: list[Span] = field(default_factory=list)
    repeated: list[Repeated] = field(default_factory=list)
    emptied: list[Emptied] = field(default_factory=list)
    names: dict[str, tuple[str | None, int]] = field(default_factory=dict)  # name -> (entity, rows)
    steps: dict[tuple[str, str], int] = field(default_factory=dict)  # (entity, step, or the name of none) -> rows

    @property
    def latest(self) -> dt.datetime | None:
        """When its newest reading that changed anything became known."""
        return max((max(each) for each in self.arrivals.values()), default=None)


def assess(
    engine: Engine, organisation: Organisation, runs: Sequence[Run], refused: pa.Table, zone: str,
    *, declared: Iterable[str] = (),
) -> tuple[SourceQuality, ...]:  # fmt: skip
    """
    Assess every source that has facts, was ever read or is declared.

    Shape    *engine* holds the tables of the newest of *runs* with their names resolved; *runs* oldest first; *refused* is the
             quarantine; the sources in the order of *declared*, then by name. The improvement log is none of them: people
             write when they have something to say, and no other source is late because they wrote today
    """
    seen: dict[str, _Seen] = {}
    names = [each for each in tables.TABLES if each.name in engine.names()]
    n_rows = _arrivals(engine, names, zone, seen)
    _days(engine, [each for each in names if n_rows.get(each.name)], zone, seen)
    for table in names:
        if n_rows.get(table.name):
            _named(engine, table, seen)
            _compared_with_others(engine, table, seen)
    order = dict.fromkeys([*declared, *sorted({*seen, *readings_of(runs)} - {tables.LOG})])
    known = _Known(_known_names(organisation), known_steps(organisation))
    judged = [_judged(name, seen.get(name) or _Seen(), runs, zone) for name in order]
    compared = _compared(judged)
    return tuple(_with_names(each, seen.get(each.source) or _Seen(), refused, known) for each in compared)


# counting -----------------------------------------------------------------------------------------------------------------


def _rows(engine: Engine, table: tables.Table) -> IbisTable:
    """The table with its names resolved where there is one: it is in memory already."""
    resolved = RESOLVED_PREFIX + table.name
    return engine.table(resolved if resolved in engine.names() else table.name)


def _arrivals(engine: Engine, names: Sequence[tables.Table], zone: str, seen: dict[str, _Seen]) -> dict[str, int]:
    """Note when rows became known; return the rows of each table."""
    n_rows: dict[str, int] = {}
    for table in names:
        rows = _rows(engine, table)
        rows = rows.select(rows.source, rows.known_at, newest=_newest(table, rows))
        found = rows.group_by(rows.source, rows.known_at).aggregate(n=rows.count(), newest=rows.newest.max())
        for row in engine.run(found).to_pylist():
            newest = row["newest"]
            day = civil(newest, zone) if isinstance(newest, dt.datetime) else newest
            day = day - DAY if day is not None and table.name in PERIODS else day  # a period ends before its end
            arrivals = seen.setdefault(row["source"], _Seen()).arrivals.setdefault(table.name, {})
            arrivals[row[KNOWN_AT]] = (row["n"], day)
            n_rows[table.name] = n_rows.get(table.name, 0) + row["n"]
    return n_rows


def _newest(table: tables.Table, rows: IbisTable) -> Any:
    import ibis

    if table.name in INSTANTS:
        return INSTANTS[table.name](rows)
    return PERIODS[table.name](rows)[1] if table.name in PERIODS else ibis.null("timestamp('UTC')")


def _days(engine: Engine, names: Sequence[tables.Table], zone: str, seen: dict[str, _Seen]) -> None:
    for table in names:
        rows = _rows(engine, table)
        if table.name in INSTANTS:
            came = rows.select(rows.source, at=INSTANTS[table.name](rows)).filter(lambda t: t.at.notnull())
            quarter = (came.at.epoch_seconds() / QUARTER_S).floor().cast("int64")
            found = came.group_by(came.source, quarter=quarter).aggregate(n=came.count())
            _add_days(engine.run(found), zone, seen)
        elif table.name in PERIODS:
            begins, ends = PERIODS[table.name](rows)
            for row in engine.run(rows.select(rows.source, begins=begins, ends=ends).distinct()).to_pylist():
                seen[row["source"]].periods.append(_span(row["begins"], row["ends"], zone))


def _add_days(found: pa.Table, zone: str, seen: dict[str, _Seen]) -> None:
    """Add up quarters of an hour to civil days of the zone."""
    import numpy as np

    if not found.num_rows:
        return
    seconds = found["quarter"].to_numpy() * QUARTER_S
    newest = max(0, int(seconds.max()))
    days, starts = _civil_days(max(int(seconds.min()), newest - MAX_DAYS * 86400), newest, zone)
    at = np.searchsorted(starts, seconds, side="right") - 1
    numbers = found["n"].to_numpy()
    for source in set(found["source"].to_pylist()):
        mine = np.asarray(found["source"].to_pylist(), object) == source
        mine &= at >= 0
        totals = np.bincount(at[mine], weights=numbers[mine], minlength=len(days))
        counts = seen[source].counts
        for index in np.flatnonzero(totals):
            counts[days[index]] = counts.get(days[index], 0) + int(totals[index])


def _civil_days(first_s: int, last_s: int, zone: str) -> tuple[list[dt.date], Any]:
    """Return the civil days that hold these seconds since 1970, and the second at which each begins."""
    import numpy as np

    first, last = (civil(_EPOCH + dt.timedelta(seconds=each), zone) for each in (first_s, last_s))
    days = [first + number * DAY for number in range((last - first).days + 1)]
    return days, np.array([instant(day, zone).timestamp() for day in days])


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _span(begins: Any, ends: Any, zone: str) -> Span:
    if not isinstance(begins, dt.datetime):
        return Span(begins, max(begins + DAY, ends))
    first, last = civil(begins, zone), civil(ends - dt.timedelta(microseconds=1), zone)
    return Span(first, max(first, last) + DAY)


def _compared_with_others(engine: Engine, table: tables.Table, seen: dict[str, _Seen]) -> None:
    """Note facts that stand twice, and columns that the newest reading of a source no longer fills."""
    rows = _rows(engine, table)
    readings = {
        source: {at: n for at, (n, _) in each.arrivals[table.name].items()}
        for source, each in seen.items() if table.name in each.arrivals
    }  # fmt: skip
    for source, repeated in told_twice(engine, table, rows, {name: sum(known.values()) for name, known in readings.items()}):
        seen[source].repeated.append(repeated)
    for source, column in emptied(engine, table, rows, readings):
        if max(readings[source]) == seen[source].latest:
            seen[source].emptied.append(column)


def _named(engine: Engine, table: tables.Table, seen: dict[str, _Seen]) -> None:
    """Note the names that facts use, what they stand for, and how many rows each has."""
    column = foreign_column(table)
    if column is None:
        return
    import ibis

    rows = _rows(engine, table)
    step = rows[STEP] if STEP in rows.columns and says_own_step(table) else ibis.null("string")
    named = rows.select(rows.source, rows.entity, foreign=rows[column], at=step).filter(lambda t: t.foreign.notnull())
    found = named.group_by(named.source, named.foreign, named.entity, named["at"]).aggregate(n=named.count())
    for row in engine.run(found).to_pylist():
        names, foreign = seen[row["source"]].names, row["foreign"].strip()
        names[foreign] = (row["entity"], names.get(foreign, (None, 0))[1] + row["n"])
        at = (row["at"] or "").strip()
        if row["entity"] and at:
            steps = seen[row["source"]].steps
            steps[row["entity"], at] = steps.get((row["entity"], at), 0) + row["n"]


# judging ------------------------------------------------------------------------------------------------------------------


def _judged(source: str, seen: _Seen, runs: Sequence[Run], zone: str) -> SourceQuality:
    run = runs[-1]
    last_days = [each.after_on - DAY for each in seen.periods]
    found = rhythm([*seen.counts, *last_days])
    covered = spans([*(Span(day, day + DAY) for day in seen.counts), *seen.periods])
    rows = [
        TableRows(table, sum(n for n, _ in known.values()), known[seen.latest][0] if seen.latest in known else 0)
        for table, known in seen.arrivals.items()
    ]
    as_of_on = civil(run.committed_at, zone)
    lag = _lag(seen, zone)
    return SourceQuality(
        source=source, run=run.id, as_of=run.committed_at, as_of_on=as_of_on,
        compared_on=as_of_on, lag_days=lag or 0, follows_calendar=lag is not None, tables=tuple(rows), rhythm=found,
        spans=covered, gaps=_gaps(seen), repeated=tuple(sorted(seen.repeated, key=lambda each: (-each.n_rows, each.table))),
        emptied=tuple(seen.emptied), readings=readings_of(runs).get(source, ()),
    )  # fmt: skip


def _gaps(seen: _Seen) -> tuple[Gap, ...]:
    """Days without events that no period covers; where there are only periods, days between them."""
    if not seen.counts:
        return holes(seen.periods)
    merged = spans(seen.periods)
    return tuple(
        gap for gap in gaps(seen.counts)
        if not any(each.first_on <= gap.first_on and gap.after_on <= each.after_on for each in merged)
    )  # fmt: skip


def _lag(seen: _Seen, zone: str) -> int | None:
    """Return how old the newest facts usually are when they come; None when too few readings brought newer facts to say."""
    newest: dict[dt.date, dt.date] = {}
    for known in seen.arrivals.values():
        for at, (_, day) in known.items():
            on = civil(at, zone)
            if day is not None:
                newest[on] = max(newest.get(on, day), day)
    lags, furthest = [], dt.date.min
    for on, day in sorted(newest.items()):
        if day > furthest:
            lags.append(max(0, (on - day).days))
            furthest = day
    return round(median(lags)) if len(lags) >= MIN_ADVANCES else None


def _compared(judged: Sequence[SourceQuality]) -> Iterator[SourceQuality]:
    """Yield each source with the day up to which its silence is counted."""
    newest = max((each.rhythm.newest_on for each in judged if each.rhythm), default=None)
    for each in judged:
        on = each.as_of_on if newest is None else min(newest, each.as_of_on)
        yield each if each.follows_calendar else replace(each, compared_on=on)


def _known_names(organisation: Organisation) -> list[str]:
    """Every name that stands for something: ids, titles and aliases. Of two that are as near, the id is suggested."""
    titles = [each.title for each in organisation.entities.values()]
    return [*titles, *organisation.aliases, *organisation.entities]


@dataclass(frozen=True, slots=True)
class _Known:
    """What names can stand for: things, and the steps of those that have a journey."""

    names: list[str]
    steps: dict[str, KnownSteps]

    def lost(self, seen: _Seen) -> list[Unknown]:
        """Return the names of a source that stand for nothing, most rows first, without what is nearest."""
        names = [Unknown(name, n) for name, (entity, n) in seen.names.items() if entity is None]
        steps = [
            Unknown(step, n, step_of=entity) for (entity, step), n in seen.steps.items()
            if entity in self.steps and not self.steps[entity].knows(step)
        ]  # fmt: skip
        return sorted([*names, *steps], key=lambda each: (-each.n_rows, each.name, each.step_of or ""))

    def with_nearest(self, lost: Unknown) -> Unknown:
        """Return it with the known name that comes nearest."""
        steps = self.steps.get(lost.step_of or "")
        return replace(lost, nearest=steps.nearest(lost.name) if steps else suggest(lost.name, self.names))

    def seen_of(self, seen: _Seen, entity: str) -> tuple[str, ...]:
        """Return the steps of an entity that its facts name."""
        steps = self.steps.get(entity)
        return tuple(sorted({name for (of, name) in seen.steps if of == entity and steps and steps.step(name)}))


def _with_names(each: SourceQuality, seen: _Seen, refused: pa.Table, known: _Known) -> SourceQuality:
    import pyarrow.compute as pc

    lost = known.lost(seen)
    n_names = len(seen.names) + sum(entity in known.steps for entity, _ in seen.steps)
    rests: dict[str, int] = {}
    for entity, n in seen.names.values():
        if entity is not None:
            rests[entity] = rests.get(entity, 0) + n
    ordered = sorted(rests.items(), key=lambda pair: (-pair[1], pair[0]))
    mine = refused.filter(pc.equal(refused["source"], each.source)).slice(0, MAX_LOOKED)
    return replace(
        each,
        names=Share(n_names - len(lost), n_names),
        waiting=Share(sum(one.n_rows for one in lost), sum(n for _, n in seen.names.values())),
        unknown=tuple(known.with_nearest(one) for one in lost[:MAX_UNKNOWN]),
        rests=tuple(Rests(entity, n, known.seen_of(seen, entity)) for entity, n in ordered),
        reasons=quarantine.reasons(mine, each.source), n_looked=mine.num_rows,
    )  # fmt: skip
