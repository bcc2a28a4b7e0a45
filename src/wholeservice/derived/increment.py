"""Derive again only what new facts touch: the rest of each table is taken from what was kept of an earlier run.

A table is kept in three pieces, all of them tables of the engine: `whole_NAME` as it was made in full, `gone_KEYS` the keys of
which nothing in it counts any more, `later_NAME` the rows that stand in their place. So the table is whole − gone + later, and
the next step only adds to the last two. What is touched is found by comparing the files of two pinned runs, row by row:

    visits, attempts, ...       entity and thread of each interaction that came or went, or whose person is another now
    exposures                   the trace of each call that came or went

is_matured looks at all attempts: it is said anew of all of them, and those of which it changed count as changed. An attempt
that two threads share by its name cannot be told by its thread; then, as always in doubt, everything is derived again. So it
is where a service follows people from attempt to attempt (`derived.tries`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.derived import changed, maturity
from wholeservice.derived.base import thread_of
from wholeservice.derived.changed import BEFORE, Files, as_written, both_ways, count, keep, keep_named, touched_facts
from wholeservice.derived.instead import Instead
from wholeservice.derived.outcomes import unjudged
from wholeservice.derived.tries import is_by_consumer
from wholeservice.engines.with_views import WithViews
from wholeservice.facts.identity import FactTables

if TYPE_CHECKING:
    from ibis.expr.types import StringColumn
    from ibis.expr.types import Table as IbisTable

WHOLE, LATER, GONE, NEXT = "whole_", "later_", "gone_", "next_"
VISITS, ATTEMPTS, EXPOSURES = "visits", "attempts", "exposures"
OF_ATTEMPTS = ("reached", "paths")
THREADS, TRACES = "threads", "traces"
KEYS = {THREADS: ("entity", "thread"), ATTEMPTS: ("entity", "attempt"), TRACES: ("attempt",)}
KEYED = {VISITS: THREADS, ATTEMPTS: THREADS, **dict.fromkeys(OF_ATTEMPTS, ATTEMPTS), EXPOSURES: TRACES}
"""Derived table -> the keys by which its rows are replaced."""

TOOK, USUAL, NEWEST = "took", "usual", "newest"
A_SECOND, FOREVER = dt.timedelta(seconds=1), dt.timedelta(days=36_500)
Some = Callable[["IbisTable"], "IbisTable"]


@dataclass(frozen=True, slots=True)
class Changes:
    """
    What an increment touched. *old* and *new*: the rows of the units whose sums are to be taken out, and put in.

    Shape    fact or derived table -> rows; a table that is not there was not touched. `attempts` has all attempts of each
             person (or attempt, where nobody is known) of which any changed, as far as one period can hold them together with
             it; `reached` and `paths` theirs, `visits` of touched threads
    """

    old: dict[str, IbisTable]
    new: dict[str, IbisTable]
    n_attempts: int
    n_derived: int  # of these, derived again

    @property
    def share(self) -> float:
        """The share of attempts that were derived again."""
        return self.n_derived / self.n_attempts if self.n_attempts else 0.0


def advance(engine: WithViews, before: Files, now: Files, longest: dt.timedelta = FOREVER) -> Changes | None:
    """
    Make the tables in `KEYED` of this run out of the kept pieces; return None when all must be derived again.

    Shape    the engine holds the facts of now with their names resolved as views, the pieces, `before_aliases`, `before_took`
             and `before_newest`; *before* and *now*: fact table -> the files of the run the pieces are of, and of this one;
             *longest*: no period in which attempts are summed up is longer
    """
    if is_by_consumer(FactTables(engine)):
        return None
    changed.add_files(engine, before, now)
    some = {table.name: rows for table in changed.EVENTS if (rows := changed.changed(engine, table)) is not None}
    if changed.is_too_much(engine, some):
        return None
    old: dict[str, IbisTable] = {}
    new: dict[str, IbisTable] = {}
    if not _visits_again(engine, some.get(tables.INTERACTIONS.name), old, new):
        return None
    if VISITS in new:
        _people_again(engine, longest, old, new)
    _calls_again(engine, some.get(tables.CALLS.name), old, new)
    _answers_again(engine, some.get(tables.ANSWERS.name), old, new)
    n_derived = count(engine, engine.table(NEXT + "own_attempts")) if ATTEMPTS in new else 0
    took = engine.table(TOOK)
    n_attempts = engine.run(took.aggregate(n=took.n.sum().fill_null(0)))["n"][0].as_py()
    return Changes(old, new, int(n_attempts), n_derived)


def current(engine: WithViews, name: str, step: str = "", some: Some = lambda rows: rows) -> IbisTable:
    """
    Return a derived table, or *some* rows of it, out of its pieces: those that were kept, or with NEXT those made now.

    What *some* keeps must not depend on other rows: it is asked of each piece before its gone rows are taken out.
    """
    keys = KEYED[name]
    whole, later = engine.table(WHOLE + name), engine.table(step + LATER + name)
    gone = engine.table(step + GONE + keys)
    return some(whole).anti_join(gone, list(KEYS[keys])).union(some(later.select(whole.columns)))


# visits, attempts and what is made of them --------------------------------------------------------------------------------


def _visits_again(engine: WithViews, rows: IbisTable | None, old: dict[str, IbisTable], new: dict[str, IbisTable]) -> bool:
    """Derive the touched threads again; False when threads cannot be told apart by their attempts."""
    if rows is None:
        _stay(engine, VISITS, ATTEMPTS, *OF_ATTEMPTS)
        for each in (TOOK, NEWEST):
            engine.add(each, engine.table(BEFORE + each))
        keep(engine, USUAL, maturity.usual(engine.table(TOOK)))
        engine.add(ATTEMPTS, _judged(engine, engine.table(ATTEMPTS)))
        return True
    threads = _touched_threads(engine, rows)
    was = _was(engine, threads)
    own = _derived(engine, threads)
    touched = was[ATTEMPTS].select(KEYS[ATTEMPTS]).union(own[ATTEMPTS].select(KEYS[ATTEMPTS])).distinct()
    touched = keep(engine, "touched_" + ATTEMPTS, touched)
    if _is_shared(engine, touched, threads):
        return False
    for name, made in own.items():
        _replace(engine, name, engine.table("touched_" + KEYED[name]), made)
    _judge(engine, was[ATTEMPTS], own[ATTEMPTS])
    old[VISITS], new[VISITS] = was[VISITS], own[VISITS]
    return True


def _stay(engine: WithViews, *names: str) -> None:
    """Take the pieces as they were."""
    for name in names:
        for piece in (LATER + name, GONE + KEYED[name]):
            engine.add(NEXT + piece, engine.table(piece))
        engine.add(name, current(engine, name))


def _touched_threads(engine: WithViews, rows: IbisTable) -> IbisTable:
    keys = [
        each.select(each.entity, thread=thread_of(each)).filter(lambda t: t.entity.notnull(), lambda t: t.thread.notnull())
        for each in both_ways(engine, tables.INTERACTIONS, rows)
    ]
    return keep(engine, "touched_" + THREADS, keys[0].union(keys[1]).distinct())


def _was(engine: WithViews, threads: IbisTable) -> dict[str, IbisTable]:
    """Keep the visits and attempts of some threads as they were."""
    visits = keep_named(
        engine, "old_visits", lambda: current(engine, VISITS, some=lambda v: v.semi_join(threads, list(KEYS[THREADS])))
    )
    return {VISITS: visits, ATTEMPTS: keep_named(engine, "was_attempts", lambda: unjudged(visits))}


def _derived(engine: WithViews, threads: IbisTable) -> dict[str, IbisTable]:
    """Keep the visits, attempts and steps reached of some threads, made of their own facts."""
    written = as_written(engine, THREADS, lambda: threads.select(touched="thread").distinct())
    _, rows = touched_facts(engine, tables.INTERACTIONS, thread_of, written, is_then=False)
    facts = rows.mutate(thread=thread_of(rows)).semi_join(threads, list(KEYS[THREADS])).drop("thread")
    given = {tables.INTERACTIONS.name: keep(engine, "touched_" + tables.INTERACTIONS.name, facts)}
    own = NEXT + "own_"
    visits = keep_named(engine, own + VISITS, lambda: _build(VISITS)(Instead(engine, given)))
    attempts = keep_named(engine, own + ATTEMPTS, lambda: unjudged(visits))
    for name in OF_ATTEMPTS:
        engine.add(own + name, _build(name)(Instead(engine, {VISITS: visits})))
    return {VISITS: visits, ATTEMPTS: attempts, **{name: engine.table(own + name) for name in OF_ATTEMPTS}}


def _is_shared(engine: WithViews, touched: IbisTable, threads: IbisTable) -> bool:
    """Say whether a touched attempt belongs to another thread too: only one that is named like those that we name can."""
    alike = keep(engine, "alike", touched.filter(touched.attempt.contains("@")))
    if not count(engine, alike):
        return False
    was = current(engine, ATTEMPTS, some=lambda a: a.semi_join(alike, list(KEYS[ATTEMPTS])))
    return count(engine, was.anti_join(threads, list(KEYS[THREADS]))) > 0


def _replace(engine: WithViews, name: str, touched: IbisTable, rows: IbisTable) -> None:
    """Make the next pieces of a table: what stood for the touched keys goes, *rows* come."""
    keys = KEYED[name]
    if NEXT + GONE + keys not in engine.names():
        gone = engine.table(GONE + keys)
        keep_named(engine, NEXT + GONE + keys, lambda: gone.union(touched.select(list(KEYS[keys]))).distinct())
    later = engine.table(LATER + name)
    keep_named(
        engine, NEXT + LATER + name,
        lambda: later.anti_join(touched, list(KEYS[keys])).union(rows.select(later.columns)),
    )  # fmt: skip
    engine.add(name, current(engine, name, NEXT))


def _judge(engine: WithViews, was: IbisTable, own: IbisTable) -> None:
    """Say of all attempts anew whether they are matured, by what was known of all and what changed."""
    before = engine.table(BEFORE + TOOK)
    keep_named(engine, TOOK, lambda: _patched(before, maturity.took(was), maturity.took(own)))
    keep_named(engine, USUAL, lambda: maturity.usual(engine.table(TOOK)))
    newest = {name: maturity.newest(rows).newest_at for name, rows in (("went_at", was), ("came_at", own))}
    known_at = engine.table(BEFORE + NEWEST)
    ends = engine.run(known_at.mutate(**{name: each.as_scalar() for name, each in newest.items()})).to_pylist()[0]
    is_gone = ends["went_at"] is not None and ends["went_at"] == ends["newest_at"]
    if is_gone and not (ends["came_at"] and ends["came_at"] >= ends["went_at"]):
        keep(engine, NEWEST, maturity.newest(engine.table(ATTEMPTS)))  # the newest event is gone: look at all
    else:
        both = known_at.union(maturity.newest(own))
        keep(engine, NEWEST, both.aggregate(newest_at=both.newest_at.max()))
    engine.add(ATTEMPTS, _judged(engine, engine.table(ATTEMPTS)))


def _patched(took: IbisTable, went: IbisTable, came: IbisTable) -> IbisTable:
    parts = took.union(came.select(took.columns), went.mutate(n=-went.n).select(took.columns))
    summed = parts.group_by(parts.took_of, parts.took_s).aggregate(n=parts.n.sum())
    return summed.filter(summed.n != 0)


def _judged(engine: WithViews, attempts: IbisTable, step: str = "") -> IbisTable:
    return maturity.judged(attempts, engine.table(step + USUAL), engine.table(step + NEWEST))


def _people_again(engine: WithViews, longest: dt.timedelta, old: dict[str, IbisTable], new: dict[str, IbisTable]) -> None:
    """Keep the attempts of the people of whom any attempt changed: people, not attempts, are what sums are made over.

    In a period in which none of a person's attempts changed, what is taken out of the sums is what is put in.
    """
    keep_named(engine, BEFORE + USUAL, lambda: maturity.usual(engine.table(BEFORE + TOOK)))
    own, touched, key = engine.table(NEXT + "own_attempts"), engine.table("touched_" + ATTEMPTS), list(KEYS[ATTEMPTS])
    whose = _whose(engine, [engine.table("was_attempts"), own, *_flipped(engine)], longest)

    def theirs(attempts: IbisTable) -> IbisTable:
        is_near = [attempts.started_at >= whose.low, attempts.started_at <= whose.high]
        return attempts.semi_join(whose, [attempts.entity == whose.who_of, who(attempts) == whose.who, *is_near])

    then = keep_named(engine, "then_attempts", lambda: current(engine, ATTEMPTS, some=theirs))
    now = then.anti_join(touched, key).union(own.select(then.columns))
    old[ATTEMPTS], new[ATTEMPTS] = _judged(engine, then, BEFORE), _judged(engine, now)
    for name in OF_ATTEMPTS:
        make = partial(current, engine, name, some=lambda rows: rows.semi_join(then, key))
        old[name] = keep_named(engine, "then_" + name, make)
        again = engine.table(NEXT + "own_" + name).select(old[name].columns)
        new[name] = old[name].anti_join(touched, key).union(again)


def _whose(engine: WithViews, attempts: list[IbisTable], longest: dt.timedelta) -> IbisTable:
    """Keep whose some attempts are, and between which instants others of theirs can lie in one period with one of them."""
    import pyarrow as pa

    first, *rest = (each.select(who_of=each.entity, who=who(each), at=each.started_at) for each in attempts)
    people = first.union(*rest) if rest else first
    found = engine.run(people.group_by("who_of", "who").aggregate(low=people["at"].min(), high=people["at"].max()))
    length = pa.scalar(longest, pa.duration("us"))
    low, high = pa.compute.subtract(found["low"], length), pa.compute.add(found["high"], length)
    engine.add("touched_people", pa.table({"who_of": found["who_of"], "who": found["who"], "low": low, "high": high}))
    return engine.table("touched_people")


def who(attempts: IbisTable) -> StringColumn:
    """Return whose an attempt is: the person's, else it stands for itself."""
    return attempts.consumer.coalesce(attempts.attempt)


def _flipped(engine: WithViews) -> list[IbisTable]:
    """The attempts that are matured now and were not, or the other way; looked for only where they can lie."""
    between = [_cuts(engine, step) for step in (BEFORE, "")]
    cuts = [cut for each in between for cut in each]
    if not cuts or between[0] == between[1]:
        return []
    low, high = min(cuts) - A_SECOND, max(cuts) + A_SECOND  # instants are compared in whole seconds
    a = current(engine, ATTEMPTS, NEXT, lambda a: a.filter(a.started_at >= low, a.started_at <= high))
    a = _judged(engine, a, BEFORE).rename(was_matured="is_matured")
    a = _judged(engine, a)
    return [a.filter(a.is_matured != a.was_matured)]


def _cuts(engine: WithViews, step: str) -> list[dt.datetime]:
    """The instants up to which the attempts of each entity are matured, and of those whose attempts none finished."""
    (newest,) = engine.run(engine.table(step + NEWEST)).to_pylist()
    if newest["newest_at"] is None:
        return []
    waits = {each["usual_of"]: each["usual_s"] for each in engine.run(engine.table(step + USUAL)).to_pylist()}
    least = float(maturity.PATIENCE_LEAST_S)
    second = newest["newest_at"].replace(microsecond=0)
    return [second - dt.timedelta(seconds=max(least, waits.get(each) or 0.0)) for each in (None, *sorted(waits))]


# calls and answers --------------------------------------------------------------------------------------------------------


def _calls_again(engine: WithViews, rows: IbisTable | None, old: dict[str, IbisTable], new: dict[str, IbisTable]) -> None:
    """Derive the exposures of touched traces again."""
    name, table = EXPOSURES, tables.CALLS
    if rows is None:
        _stay(engine, name)
        return
    traces = keep(engine, "touched_" + TRACES, rows.select(attempt="trace").distinct())
    then, now = touched_facts(engine, table, lambda c: c.trace, traces.select(touched="attempt"))
    new[table.name] = keep(engine, "new_calls", now)
    given = Instead(engine, {table.name: new[table.name]})
    own = keep_named(engine, NEXT + "own_" + name, lambda: _build(name)(given))
    _replace(engine, name, traces, own)
    if then is not None:
        old[table.name] = then


def _answers_again(engine: WithViews, rows: IbisTable | None, old: dict[str, IbisTable], new: dict[str, IbisTable]) -> None:
    """Keep all answers of the people of whom any answer came or went."""
    table = tables.ANSWERS
    if rows is None:
        return
    keys = [each.select(who_of=each.entity, who=answered_by(each)) for each in both_ways(engine, table, rows)]
    whose = keep(engine, "touched_answers", keys[0].union(keys[1]).distinct())
    written = as_written(engine, table.name, lambda: whose.select(touched="who").distinct())
    for side, given in zip((old, new), touched_facts(engine, table, answered_by, written), strict=True):
        if given is not None:
            side[table.name] = given.semi_join(whose, [given.entity == whose.who_of, answered_by(given) == whose.who])


def answered_by(answers: IbisTable) -> StringColumn:
    """Return who answered: the person, else the record, so that nobody is taken for somebody else."""
    return answers.consumer.coalesce(answers.source.concat(":", answers.record, ":", answers.part))


def _build(name: str) -> Callable[[Any], Any]:
    from wholeservice.derived import DERIVED

    return next(each.build for each in DERIVED if each.name == name)
