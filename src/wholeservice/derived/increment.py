"""Derive again only what new facts touch: the rest of each table is taken from what was kept of an earlier run.

A table is kept in three pieces, all of them tables of the engine: `whole_NAME` as it was made in full, `gone_KEYS` the keys of
which nothing in it counts any more, `later_NAME` the rows that stand in their place. So the table is whole − gone + later, and
the next step only adds to the last two. What is touched is found by comparing the files of two pinned runs, row by row:

    visits, attempts, reached   entity and thread of each interaction that came or went, or whose person is another now
    exposures                   the trace of each call that came or went

is_matured looks at all attempts: it is said anew of all of them, and those of which it changed count as changed. An attempt
that two threads share by its name cannot be told by its thread; then, as always in doubt, everything is derived again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.derived import maturity
from wholeservice.derived.base import thread_of
from wholeservice.derived.instead import Instead
from wholeservice.engines.with_views import WithViews
from wholeservice.facts.identity import RESOLVED_PREFIX, FactTables, resolved, with_all_columns
from wholeservice.facts.identity_people import ALIASES

if TYPE_CHECKING:
    from ibis.expr.types import StringColumn
    from ibis.expr.types import Table as IbisTable

WHOLE, LATER, GONE, BEFORE = "whole_", "later_", "gone_", "before_"
NEXT = "next_"
VISITS, ATTEMPTS, REACHED, EXPOSURES = "visits", "attempts", "reached", "exposures"
THREADS, TRACES = "threads", "traces"
KEYS = {THREADS: ("entity", "thread"), ATTEMPTS: ("entity", "attempt"), TRACES: ("attempt",)}
KEYED = {VISITS: THREADS, ATTEMPTS: THREADS, REACHED: ATTEMPTS,
         EXPOSURES: TRACES}  # fmt: skip
"""Derived table -> the keys by which its rows are replaced."""

USUAL, NEWEST = "usual", "newest"
EVENTS = (tables.INTERACTIONS, tables.ANSWERS, tables.CALLS)
MOST = 0.25  # of the rows: when more came and went, all is derived again
_ROW = (tables.SOURCE, tables.RECORD, tables.PART, tables.DIGEST, tables.KNOWN_AT)
_UNSEEN = (tables.WHERE_FROM, tables.DIGEST)  # what no derived table reads

Files = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Changes:
    """
    What an increment touched. *old* and *new*: the rows of the units whose sums are to be taken out, and put in.

    Shape    fact or derived table -> rows; a table that is not there was not touched. `attempts` has all attempts of each
             person (or attempt, where nobody is known) of which any changed, `reached` theirs, `visits` of touched threads
    """

    old: Mapping[str, IbisTable]
    new: Mapping[str, IbisTable]
    n_attempts: int
    n_derived: int  # of these, derived again

    @property
    def share(self) -> float:
        """The share of attempts that were derived again."""
        return self.n_derived / self.n_attempts if self.n_attempts else 0.0


def advance(engine: WithViews, before: Files, now: Files) -> Changes | None:
    """
    Make the tables in `KEYED` of this run out of the kept pieces; return None when all must be derived again.

    Shape    the engine holds the facts of now with their names resolved as views, the pieces, `before_aliases`, `before_usual`
             and `before_newest`; *before* and *now*: fact table -> the files of the run the pieces are of, and of this one
    """
    changed = {table.name: _changed(engine, table, before, now) for table in EVENTS}
    if _is_too_much(engine, changed):
        return None
    some = {name: rows for name, rows in changed.items() if rows is not None}
    old: dict[str, IbisTable] = {}
    new: dict[str, IbisTable] = {}
    if not _visits_again(engine, some.get(tables.INTERACTIONS.name), old, new):
        return None
    _calls_again(engine, some.get(tables.CALLS.name), before, old, new)
    _answers_again(engine, some.get(tables.ANSWERS.name), before, old, new)
    derived_again = engine.table(NEXT + "own_attempts") if ATTEMPTS in new else None
    n_derived = _count(engine, derived_again) if derived_again is not None else 0
    return Changes(old, new, _count(engine, engine.table(ATTEMPTS)), n_derived)


def current(engine: WithViews, name: str, step: str = "") -> IbisTable:
    """Return a derived table out of its pieces: those that were kept, or with NEXT those that this increment made."""
    keys = KEYED[name]
    whole, later = engine.table(WHOLE + name), engine.table(step + LATER + name)
    gone = engine.table(step + GONE + keys)
    return whole.anti_join(gone, list(KEYS[keys])).union(later.select(whole.columns))


# which facts changed ------------------------------------------------------------------------------------------------------


def _changed(engine: WithViews, table: tables.Table, before: Files, now: Files) -> IbisTable | None:
    """Keep the rows that came or went, as the sources wrote them; None when there are none."""
    old, new = set(before.get(table.name, ())), set(now.get(table.name, ()))
    came = _rows(engine, table, "came_", sorted(new - old))
    went = _rows(engine, table, "went_", sorted(old - new))
    parts = [each for each in (came, went) if each is not None]
    if came is not None and went is not None:
        parts = [came.anti_join(went, list(_ROW)), went.anti_join(came, list(_ROW))]
    parts += _of_other_people(engine, table, before)
    if not parts:
        return None
    first, *rest = parts
    rows = _keep(engine, "changed_" + table.name, first.union(*rest) if rest else first)
    return rows if _count(engine, rows) else None


def _rows(engine: WithViews, table: tables.Table, prefix: str, files: Sequence[str]) -> IbisTable | None:
    """Return the rows of some files with every column of today, in its order; None without files."""
    if not files:
        return None
    _keep(engine, prefix + table.name, list(files))
    side = WithViews(engine)
    side.add(table.name, engine.table(prefix + table.name))
    return with_all_columns(side, table).select(list(table.column_names))


def _of_other_people(engine: WithViews, table: tables.Table, before: Files) -> list[IbisTable]:
    """Rows whose alias stands for another person than before: they changed although no row did."""
    now, then = engine.table(ALIASES), engine.table(BEFORE + ALIASES)
    if "consumer" not in table.column_names or not _count(engine, _apart(now, then)):
        return []
    aliases = _apart(now, then).select(changed_alias="alias").distinct()
    both = [with_all_columns(engine, table), _rows(engine, table, BEFORE, before.get(table.name, ()))]
    rows = [each.select(list(table.column_names)) for each in both if each is not None]
    return [each.semi_join(aliases, each.consumer == aliases.changed_alias) for each in rows]


def _apart(one: IbisTable, other: IbisTable) -> IbisTable:
    """Rows of either that the other does not have."""
    return one.anti_join(other, one.columns).union(other.anti_join(one, one.columns))


def _is_too_much(engine: WithViews, changed: Mapping[str, IbisTable | None]) -> bool:
    return any(
        rows is not None and _count(engine, rows) > MOST * max(1, _count(engine, engine.table(name)))
        for name, rows in changed.items()
    )


def _resolved(engine: WithViews, table: tables.Table, rows: IbisTable, aliases: str) -> IbisTable:
    """Return rows with their names resolved, by the aliases of then or of now."""
    side = WithViews(engine)
    side.add(table.name, rows)
    side.add(ALIASES, engine.table(aliases))
    return resolved(side, table)


def _both_ways(engine: WithViews, table: tables.Table, rows: IbisTable) -> list[IbisTable]:
    return [_resolved(engine, table, rows, aliases) for aliases in (BEFORE + ALIASES, ALIASES)]


# visits, attempts and reached ---------------------------------------------------------------------------------------------


def _visits_again(engine: WithViews, changed: IbisTable | None, old: dict[str, IbisTable], new: dict[str, IbisTable]) -> bool:
    """Derive the touched threads again; False when threads cannot be told apart by their attempts."""
    _touch_threads(engine, changed)
    threads = engine.table("touched_" + THREADS)
    was_visits = current(engine, VISITS)
    old_visits = _keep(engine, "old_visits", was_visits.semi_join(threads, list(KEYS[THREADS])))
    own = _derived(engine, threads)
    both = old_visits.select("entity", "attempt").union(own[VISITS].select("entity", "attempt")).distinct()
    touched = _keep(engine, "touched_" + ATTEMPTS, both)
    was = current(engine, ATTEMPTS)
    shared = was.anti_join(threads, list(KEYS[THREADS])).semi_join(touched, ["entity", "attempt"])
    if _count(engine, shared):
        return False
    for name, rows in own.items():
        _replace(engine, name, engine.table("touched_" + KEYED[name]), rows)
    is_other = _judge(engine)
    if changed is not None or is_other:
        old[VISITS], new[VISITS] = old_visits, own[VISITS]
        _people_again(engine, touched, old, new)
    return True


def _touch_threads(engine: WithViews, changed: IbisTable | None) -> None:
    import pyarrow as pa

    if changed is None:
        text = pa.array([], pa.string())
        engine.add("touched_" + THREADS, pa.table(dict.fromkeys(KEYS[THREADS], text)))
        return
    keys = [
        rows.select(rows.entity, thread=thread_of(rows)).filter(lambda t: t.entity.notnull(), lambda t: t.thread.notnull())
        for rows in _both_ways(engine, tables.INTERACTIONS, changed)
    ]
    _keep(engine, "touched_" + THREADS, keys[0].union(keys[1]).distinct())


def _derived(engine: WithViews, threads: IbisTable) -> dict[str, IbisTable]:
    """Keep the visits, attempts and steps reached of some threads, made of their own facts."""
    rows = FactTables(engine).interactions
    rows = rows.drop([name for name in _UNSEEN if name in rows.columns])
    facts = rows.mutate(thread=thread_of(rows)).semi_join(threads, list(KEYS[THREADS])).drop("thread")
    given = {tables.INTERACTIONS.name: _keep(engine, "touched_" + tables.INTERACTIONS.name, facts)}
    found: dict[str, IbisTable] = {}
    for name in (VISITS, ATTEMPTS, REACHED):
        made = _build(name)(Instead(engine, {**given, **found}))
        made = made.drop("is_matured") if name == ATTEMPTS else made
        found[name] = _keep(engine, NEXT + "own_" + name, made)
    return found


def _replace(engine: WithViews, name: str, touched: IbisTable, rows: IbisTable) -> None:
    """Make the next pieces of a table: what stood for the touched keys goes, *rows* come."""
    keys = KEYED[name]
    if NEXT + GONE + keys not in engine.names():
        _keep(engine, NEXT + GONE + keys, engine.table(GONE + keys).union(touched.select(list(KEYS[keys]))).distinct())
    later = engine.table(LATER + name)
    stays = later.anti_join(touched, list(KEYS[keys]))
    _keep(engine, NEXT + LATER + name, stays.union(rows.select(later.columns)))
    engine.add(name, current(engine, name, NEXT))


def _judge(engine: WithViews) -> bool:
    """Say of all attempts anew whether they are matured; return whether that could change any."""
    told = engine.table(ATTEMPTS)
    usual, newest = _keep(engine, USUAL, maturity.usual(told)), _keep(engine, NEWEST, maturity.newest(told))
    engine.add(ATTEMPTS, maturity.judged(told, usual, newest))
    return any(_count(engine, _apart(engine.table(each), engine.table(BEFORE + each))) for each in (USUAL, NEWEST))


def _people_again(engine: WithViews, touched: IbisTable, old: dict[str, IbisTable], new: dict[str, IbisTable]) -> None:
    """Keep all attempts of the people of whom any attempt changed: people, not attempts, are what sums are made over."""
    name = ATTEMPTS
    then = maturity.judged(current(engine, name), engine.table(BEFORE + USUAL), engine.table(BEFORE + NEWEST))
    now = engine.table(name)
    then, now = (each.mutate(who=each.consumer.coalesce(each.attempt)) for each in (then, now))
    flipped = _flipped(engine)
    parts = [each.semi_join(touched, ["entity", "attempt"]) for each in (then, now)]
    people = [each.select("entity", "who") for each in (*parts, flipped)]
    who = _keep(engine, "touched_people", people[0].union(*people[1:]).distinct())
    for side, given, step in ((old, then, ""), (new, now, NEXT)):
        prefix = "new_" if step else "old_"
        mine = _keep(engine, prefix + name, given.semi_join(who, ["entity", "who"]).drop("who"))
        steps = current(engine, REACHED, step)
        side[name] = mine
        side[REACHED] = _keep(engine, prefix + "reached", steps.semi_join(mine, ["entity", "attempt"]))


def _flipped(engine: WithViews) -> IbisTable:
    """Attempts that were too young to judge before and are not now, or the other way round."""
    a = current(engine, ATTEMPTS, NEXT)
    a = maturity.judged(a, engine.table(BEFORE + USUAL), engine.table(BEFORE + NEWEST)).rename(was_matured="is_matured")
    a = maturity.judged(a, engine.table(USUAL), engine.table(NEWEST)).filter(lambda t: t.is_matured != t.was_matured)
    return a.mutate(who=a.consumer.coalesce(a.attempt))


# calls and answers --------------------------------------------------------------------------------------------------------


def _calls_again(
    engine: WithViews, changed: IbisTable | None, before: Files, old: dict[str, IbisTable], new: dict[str, IbisTable]
) -> None:
    """Derive the exposures of touched traces again."""
    name, table = EXPOSURES, tables.CALLS
    if changed is None:
        for piece in (LATER + name, GONE + TRACES):
            engine.add(NEXT + piece, engine.table(piece))
        engine.add(name, current(engine, name))
        return
    traces = _keep(engine, "touched_" + TRACES, changed.select(attempt="trace").distinct())
    calls = FactTables(engine).calls
    mine = _keep(engine, "new_calls", calls.semi_join(traces, calls.trace == traces.attempt))
    own = _keep(engine, NEXT + "own_" + name, _build(name)(Instead(engine, {table.name: mine})))
    _replace(engine, name, traces, own)
    new[table.name] = mine
    were = _rows(engine, table, BEFORE, before.get(table.name, ()))
    if were is not None:
        were = were.semi_join(traces, were.trace == traces.attempt)
        old[table.name] = _keep(engine, "old_calls", _resolved(engine, table, were, BEFORE + ALIASES))


def _answers_again(
    engine: WithViews, changed: IbisTable | None, before: Files, old: dict[str, IbisTable], new: dict[str, IbisTable]
) -> None:
    """Keep all answers of the people of whom any answer came or went."""
    table = tables.ANSWERS
    if changed is None:
        return
    keys = [rows.select(rows.entity, who=answered_by(rows)) for rows in _both_ways(engine, table, changed)]
    who = _keep(engine, "touched_answers", keys[0].union(keys[1]).distinct())
    were = _rows(engine, table, BEFORE, before.get(table.name, ()))
    sides = [(new, "new_answers", engine.table(RESOLVED_PREFIX + table.name))]
    if were is not None:
        sides.append((old, "old_answers", _resolved(engine, table, were, BEFORE + ALIASES)))
    for side, name, rows in sides:
        rows = rows.mutate(who=answered_by(rows))
        side[table.name] = _keep(engine, name, rows.semi_join(who, ["entity", "who"]).drop("who"))


def answered_by(answers: IbisTable) -> StringColumn:
    """Return who answered: the person, else the record, so that nobody is taken for somebody else."""
    return answers.consumer.coalesce(answers.source.concat(":", answers.record, ":", answers.part))


def _count(engine: WithViews, rows: IbisTable) -> int:
    return int(engine.run(rows.count().name("n").as_table())["n"][0].as_py())


def _keep(engine: WithViews, name: str, rows: Any) -> IbisTable:
    """Add a table that is computed now, once, and return it."""
    engine.add(name, engine.run(rows) if hasattr(rows, "to_pyarrow") else rows)
    return engine.table(name)


def _build(name: str) -> Callable[[FactTables], Any]:
    from wholeservice.derived import DERIVED

    return next(each.build for each in DERIVED if each.name == name)
