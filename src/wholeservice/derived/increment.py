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
from wholeservice.derived.changed import (
    BEFORE,
    Files,
    Make,
    as_written,
    both_ways,
    count,
    keep,
    together,
    touched_facts,
    which,
)
from wholeservice.derived.instead import Instead
from wholeservice.derived.outcomes import unjudged
from wholeservice.derived.tries import is_by_consumer
from wholeservice.engines.with_views import WithViews, run_named
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

TOOK, USUAL, NEWEST, FLIPPED = "took", "usual", "newest", "flipped"
A_SECOND, FOREVER = dt.timedelta(seconds=1), dt.timedelta(days=36_500)
Some = Callable[["IbisTable"], "IbisTable"]
Sides = dict[str, Make]


@dataclass(frozen=True, slots=True)
class Changes:
    """
    What an increment touched. *old* and *new*: the rows of the units whose sums are to be taken out, and put in.

    Shape    fact or derived table -> rows; a table that is not there was not touched. `attempts` has all attempts of each
             person (or attempt, where nobody is known) of which any changed, as far as one period can hold them together with
             it; `reached` and `paths` theirs, `visits` of touched threads
    """

    old: Sides
    new: Sides
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
    changed.keep_others(engine)
    some = {table.name: rows for table in changed.EVENTS if (rows := changed.changed(engine, table)) is not None}
    if changed.is_too_much(engine, some):
        return None
    old: Sides = {}
    new: Sides = {}
    if not _visits_again(engine, some.get(tables.INTERACTIONS.name), old, new):
        return None
    if VISITS in new:
        _people_again(engine, longest, old, new)
    _calls_again(engine, some.get(tables.CALLS.name), old, new)
    _answers_again(engine, some.get(tables.ANSWERS.name), old, new)
    n_derived = count(engine, NEXT + "own_attempts") if ATTEMPTS in new else 0
    took = engine.table(TOOK)
    n_attempts = run_named(engine, "n_attempts", lambda: took.aggregate(n=took.n.sum().fill_null(0)))["n"][0].as_py()
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


def _visits_again(engine: WithViews, rows: IbisTable | None, old: Sides, new: Sides) -> bool:
    """Derive the touched threads again; False when threads cannot be told apart by their attempts."""
    if rows is None:
        _stay(engine, VISITS, ATTEMPTS, *OF_ATTEMPTS)
        for each in (TOOK, NEWEST):
            engine.add(each, engine.table(BEFORE + each))
        keep(engine, USUAL, lambda: maturity.usual(engine.table(TOOK)))
        engine.add(ATTEMPTS, _judged(engine, engine.table(ATTEMPTS)))
        return True
    threads = _touched_threads(engine, rows)
    was = _was(engine, threads)
    own = _derived(engine, threads)
    both = (was[ATTEMPTS], own[ATTEMPTS])
    keep(engine, "touched_" + ATTEMPTS, lambda: together([each.select(KEYS[ATTEMPTS]) for each in both]).distinct())
    if _is_shared(engine, threads):
        return False
    for name, made in own.items():
        _replace(engine, name, engine.table("touched_" + KEYED[name]), made)
    _judge(engine, was[ATTEMPTS], own[ATTEMPTS])
    old[VISITS], new[VISITS] = (lambda: was[VISITS]), (lambda: own[VISITS])
    return True


def _stay(engine: WithViews, *names: str) -> None:
    """Take the pieces as they were."""
    for name in names:
        for piece in (LATER + name, GONE + KEYED[name]):
            engine.add(NEXT + piece, engine.table(piece))
        engine.add(name, current(engine, name))


def _touched_threads(engine: WithViews, rows: IbisTable) -> IbisTable:
    def make() -> IbisTable:
        both = both_ways(engine, tables.INTERACTIONS, rows)
        found = together([each.select(each.entity, thread=thread_of(each)) for each in both]).distinct()
        return found.filter(found.entity.notnull(), found.thread.notnull())

    return keep(engine, "touched_" + THREADS, make)


def _was(engine: WithViews, threads: IbisTable) -> dict[str, IbisTable]:
    """Keep the visits and attempts of some threads as they were. Most are new: which had any is looked for in two columns."""
    keys = list(KEYS[THREADS])

    def visits_of(some: IbisTable) -> IbisTable:
        return current(engine, VISITS, some=lambda v: v.semi_join(some, keys))

    known = keep(engine, "old_threads", lambda: visits_of(threads).select(keys).distinct())
    visits = keep(engine, "old_visits", lambda: visits_of(known))
    return {VISITS: visits, ATTEMPTS: keep(engine, "was_attempts", lambda: unjudged(visits))}


def _derived(engine: WithViews, threads: IbisTable) -> dict[str, IbisTable]:
    """Keep the visits, attempts and steps reached of some threads, made of their own facts."""
    written = as_written(engine, THREADS, lambda: threads.select(touched="thread").distinct())
    _, now = touched_facts(engine, tables.INTERACTIONS, thread_of, written, is_then=False)

    def facts() -> IbisTable:
        rows = now()
        return rows.mutate(thread=thread_of(rows)).semi_join(threads, list(KEYS[THREADS])).drop("thread")

    name, own = tables.INTERACTIONS.name, NEXT + "own_"
    given = {name: keep(engine, "touched_" + name, facts, of=which(engine, tables.INTERACTIONS))}
    visits = keep(engine, own + VISITS, lambda: _build(VISITS)(Instead(engine, given)))
    attempts = keep(engine, own + ATTEMPTS, lambda: unjudged(visits))
    for each in OF_ATTEMPTS:
        engine.add(own + each, _build(each)(Instead(engine, {VISITS: visits})))
    return {VISITS: visits, ATTEMPTS: attempts, **{each: engine.table(own + each) for each in OF_ATTEMPTS}}


def _is_shared(engine: WithViews, threads: IbisTable) -> bool:
    """Say whether a touched attempt belongs to another thread too: only one that is named like those that we name can."""
    touched = engine.table("touched_" + ATTEMPTS)
    alike = keep(engine, "alike", lambda: touched.filter(touched.attempt.contains("@")))
    if not count(engine, "alike"):
        return False

    def others() -> IbisTable:
        was = current(engine, ATTEMPTS, some=lambda a: a.semi_join(alike, list(KEYS[ATTEMPTS])))
        return was.anti_join(threads, list(KEYS[THREADS]))

    keep(engine, "sharing", others)
    return count(engine, "sharing") > 0


def _replace(engine: WithViews, name: str, touched: IbisTable, rows: IbisTable) -> None:
    """Make the next pieces of a table: what stood for the touched keys goes, *rows* come."""
    keys = KEYED[name]
    if NEXT + GONE + keys not in engine.names():
        gone = engine.table(GONE + keys)
        keep(engine, NEXT + GONE + keys, lambda: gone.union(touched.select(list(KEYS[keys]))).distinct())
    later = engine.table(LATER + name)
    keep(engine, NEXT + LATER + name, lambda: later.anti_join(touched, list(KEYS[keys])).union(rows.select(later.columns)))
    engine.add(name, current(engine, name, NEXT))


def _judge(engine: WithViews, was: IbisTable, own: IbisTable) -> None:
    """Say of all attempts anew whether they are matured, by what was known of all and what changed."""
    before = engine.table(BEFORE + TOOK)
    keep(engine, TOOK, lambda: _patched(before, maturity.took(was), maturity.took(own)))
    keep(engine, USUAL, lambda: maturity.usual(engine.table(TOOK)))
    known_at = engine.table(BEFORE + NEWEST)

    def newest() -> IbisTable:
        parts = {name: maturity.newest(rows).newest_at for name, rows in (("went_at", was), ("came_at", own))}
        return known_at.mutate(**{name: each.as_scalar() for name, each in parts.items()})

    ends = run_named(engine, "ends_of_all", newest).to_pylist()[0]
    is_gone = ends["went_at"] is not None and ends["went_at"] == ends["newest_at"]
    if is_gone and not (ends["came_at"] and ends["came_at"] >= ends["went_at"]):
        keep(engine, NEWEST, lambda: maturity.newest(engine.table(ATTEMPTS)), of="all")  # the newest is gone: look at all
    else:
        keep(engine, NEWEST, lambda: _latest(known_at.union(maturity.newest(own))))
    engine.add(ATTEMPTS, _judged(engine, engine.table(ATTEMPTS)))


def _latest(newest: IbisTable) -> IbisTable:
    return newest.aggregate(newest_at=newest.newest_at.max())


def _patched(took: IbisTable, went: IbisTable, came: IbisTable) -> IbisTable:
    parts = took.union(came.select(took.columns), went.mutate(n=-went.n).select(took.columns))
    summed = parts.group_by(parts.took_of, parts.took_s).aggregate(n=parts.n.sum())
    return summed.filter(summed.n != 0)


def _judged(engine: WithViews, attempts: IbisTable, step: str = "") -> IbisTable:
    return maturity.judged(attempts, engine.table(step + USUAL), engine.table(step + NEWEST))


def _people_again(engine: WithViews, longest: dt.timedelta, old: Sides, new: Sides) -> None:
    """Keep the attempts of the people of whom any attempt changed: people, not attempts, are what sums are made over.

    In a period in which none of a person's attempts changed, what is taken out of the sums is what is put in.
    """
    keep(engine, BEFORE + USUAL, lambda: maturity.usual(engine.table(BEFORE + TOOK)))
    own, touched, key = engine.table(NEXT + "own_attempts"), engine.table("touched_" + ATTEMPTS), list(KEYS[ATTEMPTS])
    whose = _whose(engine, longest)

    def theirs(attempts: IbisTable) -> IbisTable:
        is_near = [attempts.started_at >= whose.low, attempts.started_at <= whose.high]
        return attempts.semi_join(whose, [attempts.entity == whose.who_of, who(attempts) == whose.who, *is_near])

    then = keep(engine, "then_attempts", lambda: current(engine, ATTEMPTS, some=theirs))
    old[ATTEMPTS] = lambda: _judged(engine, then, BEFORE)
    new[ATTEMPTS] = lambda: _judged(engine, then.anti_join(touched, key).union(own.select(then.columns)))
    for name in OF_ATTEMPTS:
        make = partial(current, engine, name, some=lambda rows: rows.semi_join(then, key))
        old[name], new[name] = _with_own(engine, keep(engine, "then_" + name, make), name, touched)


def _with_own(engine: WithViews, then: IbisTable, name: str, touched: IbisTable) -> tuple[Make, Make]:
    """How to give the rows of some attempts as they were, and as they are: those of touched attempts were derived again."""
    own = engine.table(NEXT + "own_" + name)
    return lambda: then, lambda: then.anti_join(touched, list(KEYS[ATTEMPTS])).union(own.select(then.columns))


def _whose(engine: WithViews, longest: dt.timedelta) -> IbisTable:
    """Keep whose some attempts are, and between which instants others of theirs can lie in one period with one of them."""
    import pyarrow as pa

    names = ["was_attempts", NEXT + "own_attempts", *_flipped(engine)]

    def people() -> IbisTable:
        attempts = [engine.table(name) for name in names]
        p = together([each.select(who_of=each.entity, who=who(each), at=each.started_at) for each in attempts])
        return p.group_by("who_of", "who").aggregate(low=p["at"].min(), high=p["at"].max())

    found = run_named(engine, f"people of {' '.join(names)}", people)
    length = pa.scalar(longest, pa.duration("us"))
    low, high = pa.compute.subtract(found["low"], length), pa.compute.add(found["high"], length)
    engine.add("touched_people", pa.table({"who_of": found["who_of"], "who": found["who"], "low": low, "high": high}))
    return engine.table("touched_people")


def who(attempts: IbisTable) -> StringColumn:
    """Return whose an attempt is: the person's, else it stands for itself."""
    return attempts.consumer.coalesce(attempts.attempt)


def _flipped(engine: WithViews) -> list[str]:
    """Keep the attempts that are matured now and were not, or the other way, where there can be any; return that table."""
    between = [_cuts(engine, step) for step in (BEFORE, "")]
    cuts = [cut for each in between for cut in each]
    if not cuts or between[0] == between[1]:
        return []
    low, high = min(cuts) - A_SECOND, max(cuts) + A_SECOND  # instants are compared in whole seconds
    a = current(engine, ATTEMPTS, NEXT, lambda a: a.filter(a.started_at >= low, a.started_at <= high))
    a = _judged(engine, a, BEFORE).rename(was_matured="is_matured")
    a = _judged(engine, a)
    engine.add(FLIPPED, engine.run(a.filter(a.is_matured != a.was_matured)))
    return [FLIPPED]


def _cuts(engine: WithViews, step: str) -> list[dt.datetime]:
    """The instants up to which the attempts of each entity are matured, and of those whose attempts none finished."""
    newest, usual = (run_named(engine, f"all {step}{name}", partial(engine.table, step + name)) for name in (NEWEST, USUAL))
    newest_at = newest["newest_at"][0].as_py()
    if newest_at is None:
        return []
    waits = {each["usual_of"]: each["usual_s"] for each in usual.to_pylist()}
    least = float(maturity.PATIENCE_LEAST_S)
    second = newest_at.replace(microsecond=0)
    return [second - dt.timedelta(seconds=max(least, waits.get(each) or 0.0)) for each in (None, *sorted(waits))]


# calls and answers --------------------------------------------------------------------------------------------------------


def _calls_again(engine: WithViews, rows: IbisTable | None, old: Sides, new: Sides) -> None:
    """Derive the exposures of touched traces again."""
    name, table = EXPOSURES, tables.CALLS
    if rows is None:
        _stay(engine, name)
        return
    traces = keep(engine, "touched_" + TRACES, lambda: rows.select(attempt="trace").distinct())
    then, now = touched_facts(engine, table, lambda c: c.trace, traces.select(touched="attempt"))
    given = {table.name: keep(engine, "new_calls", now, of=which(engine, table))}
    _replace(engine, name, traces, keep(engine, NEXT + "own_" + name, lambda: _build(name)(Instead(engine, given))))
    new[table.name] = lambda: given[table.name]
    if then is not None:
        old[table.name] = then


def _answers_again(engine: WithViews, rows: IbisTable | None, old: Sides, new: Sides) -> None:
    """Keep all answers of the people of whom any answer came or went."""
    table = tables.ANSWERS
    if rows is None:
        return

    def people() -> IbisTable:
        both = both_ways(engine, table, rows)
        return together([each.select(who_of=each.entity, who=answered_by(each)) for each in both]).distinct()

    whose = keep(engine, "touched_answers", people)
    written = as_written(engine, table.name, lambda: whose.select(touched="who").distinct())

    def theirs(make: Make) -> IbisTable:
        answers = make()
        return answers.semi_join(whose, [answers.entity == whose.who_of, answered_by(answers) == whose.who])

    for side, given in zip((old, new), touched_facts(engine, table, answered_by, written), strict=True):
        if given is not None:
            side[table.name] = partial(theirs, given)


def answered_by(answers: IbisTable) -> StringColumn:
    """Return who answered: the person, else the record, so that nobody is taken for somebody else."""
    return answers.consumer.coalesce(answers.source.concat(":", answers.record, ":", answers.part))


def _build(name: str) -> Callable[[Any], Any]:
    from wholeservice.derived import DERIVED

    return next(each.build for each in DERIVED if each.name == name)
