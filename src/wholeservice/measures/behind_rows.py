"""One row behind a number, as somebody may see it: when, where, what came of it, and where the raw record lies.

A person is a few letters of a pseudonym, and only in a crowd: see `LEAST_PEOPLE`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import DONE, RECORD_KEYS, thread_of, whole_seconds
from wholeservice.facts.identity import FactTables
from wholeservice.measures.counted import COUNT, HISTOGRAM
from wholeservice.measures.units import PEOPLE, RESPONSES
from wholeservice.tables import ANSWERS, CALLS, ITEMS, WHERE_FROM
from wholeservice.units import SECONDS, write

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import StringColumn
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine
    from wholeservice.measures.units import Units

LEAST_PEOPLE = 5
"""Of fewer people no single row is shown: whoever knows one of them could tell which row is theirs."""

N_LETTERS = 6  # of a pseudonym that are shown: enough to see that two rows are of one person
ATTEMPTS, VISITS, LIVES = "attempts", "visits", "lives"
ONE_OF = {ATTEMPTS: "attempt", VISITS: "visit", ANSWERS.name: "answer", CALLS.name: "call", ITEMS.name: "item",
          RESPONSES: "response",
          PEOPLE: "person", LIVES: "item", "deliveries": "deployment", "delivered": "change"}  # fmt: skip
KEYS = {
    ATTEMPTS: ("attempt",),
    VISITS: ("attempt", "nth"),
    RESPONSES: ("response", "place"),
    PEOPLE: ("consumer",),
    LIVES: ("item",),
}
OF_NOBODY = (LIVES, ITEMS.name, "deliveries", "delivered")
"""Units that tell of a service and of no person: however few, they are shown."""
MAYBE = ("step", "channel", "consumer", "lasted_s", "n", "n_asked", "has_met")
COUNTED, SPENT = "number", "money"
PLACE = "asked_place"


@dataclass(frozen=True, slots=True)
class RowBehind:
    """One row. `counts` is what it adds to n; `adds` what it adds to what is measured, None where that is the row's own number.

    `until` is set for what lasts (a number of a month); `who` is a part of a pseudonym. `where_from`: file:line or URL.
    """

    kind: str
    at: dt.datetime
    until: dt.datetime | None
    entity: str
    step: str | None
    channel: str | None
    says: str
    counts: float
    adds: float | None
    who: str | None
    source: str | None
    where_from: str | None


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a number: what they add to n, how many there are, of how many people, and some of them in order."""

    n: float = 0.0
    n_rows: int = 0
    n_people: int | None = None
    rows: tuple[RowBehind, ...] = ()
    why_hidden: str | None = None


def who_of(units: Units) -> StringColumn:
    """Return whose a unit is: the person's; where nobody is known, it is of the attempt, the record or the trace."""
    rows = units.rows
    return rows.consumer.coalesce(rows.attempt) if units.of in (ATTEMPTS, VISITS) else rows.cluster


def is_of_people(units: Units) -> bool:
    """Say whether people stand behind units, whom a row could give away. An item of work is none, and only teams of five or
    more have numbers (`derived.streams.is_shown`)."""
    return units.of not in OF_NOBODY


def kind_of(row: SimpleNamespace) -> str:
    """Say whether a row that a source counted is money, or another number."""
    return SPENT if hasattr(row, "amount") else COUNTED


def counted_row(row: SimpleNamespace, *, is_counted: bool) -> RowBehind:
    """Return a tally or a line of money, its columns as attributes; *is_counted* says that it is part of n."""
    kind = kind_of(row)
    if kind == SPENT:
        at, until = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (row.from_on, row.to_on))
        says = f"{row.flow}{f', {row.kind}' if row.kind else ''}: {row.amount:,.10g} {row.currency}"
        return RowBehind(kind, at, until, row.entity, None, None, says, 0.0, None, None, row.source, row.where_from)
    at, until = (each.astimezone(dt.UTC) for each in (row.from_at, row.to_at))
    n = _n_of(row) if is_counted else 0.0
    return RowBehind(kind, at, until, row.entity, row.step, row.channel, _of_tally(row), n, None, None, row.source,
                     row.where_from)  # fmt: skip


def _of_tally(row: SimpleNamespace) -> str:
    if row.statistic == HISTOGRAM:
        return f"{row.of}, lowest first: {', '.join(f'{each:,.10g}' for each in row.histogram)}"
    over = f" of {row.denominator:,.10g}" if row.denominator is not None else ""
    value = row.value if row.value is not None else row.numerator
    return f"{row.of}, {row.statistic}: {value:,.10g}{over}{f' {row.currency}' if row.currency else ''}"


def _n_of(row: SimpleNamespace) -> float:
    if row.statistic == HISTOGRAM:
        return float(sum(row.histogram))
    return float(row.value if row.statistic == COUNT else row.denominator)


def unit_rows(engine: Engine, units: Units, first: int, most: int) -> list[RowBehind]:
    """Return single units in the order of time, from place *first* on, at most so many."""
    page = units.rows.order_by("unit_at", "entity", *KEYS.get(units.of, RECORD_KEYS)).limit(most, offset=first)
    named = ["entity", "unit_at", "hit", "weight", *(each for each in MAYBE if each in page.columns)]
    given = engine.run(page.select(*named, **_more(units.of, page)))
    places = _places(engine, given, units.of) if units.of in (ATTEMPTS, VISITS, PEOPLE) else {}
    return [_unit(units.of, row, places.get(number)) for number, row in enumerate(given.to_pylist())]


def _more(of: str, rows: IbisTable) -> dict[str, Any]:
    """What is shown of one kind of unit: what came of it, and where it came from, or by what to find that."""
    if of == ATTEMPTS:
        return {"came": rows.outcome, "last": rows.last_step, "thread": rows.thread, "begun": rows.started_at}
    if of == VISITS:
        return {"came": rows.outcome, "thread": rows.thread, "begun": rows.happened_at}
    if of == PEOPLE:
        declared = {"place": rows.where_from} if WHERE_FROM in rows.columns else {}
        return {"thread": rows.consumer, "begun": rows.unit_at, **declared}
    if of == RESPONSES:
        return {"first": rows.place}
    place = {"source": rows.source, "place": rows.where_from}
    if of == LIVES:
        return {**place, "named": rows.item, "about": rows.kind, "done": rows.done_at, "since": rows.life_from}
    if of == ANSWERS.name:
        scale = {"low": rows.scale_min, "high": rows.scale_max}
        return {**place, **scale, "score": rows.score, "hoped": rows.expected}
    if of == ITEMS.name:
        late_s = whole_seconds(rows.ends_at) - whole_seconds(rows.due_at)
        return {**place, "item": rows.item, "is_open": rows.done_at.isnull(), "late_s": late_s}
    return {**place, "failed": rows.failed} if of == CALLS.name else place


def _places(engine: Engine, page: pa.Table, of: str) -> dict[int, tuple[str, str]]:
    """Where the event that a visit is, or that an attempt began with, came from: number of the row -> source and place."""
    import pyarrow as pa

    begun = page.column("begun")
    if not len(begun):
        return {}
    asked = {"n": pa.array(range(len(begun))), "of": page.column("entity"), "whose": page.column("thread"), "begun_at": begun}
    engine.add(PLACE, pa.table(asked))
    bounds = pa.compute.min_max(begun).as_py()
    p, i = engine.table(PLACE), FactTables(engine).interactions
    if of == PEOPLE:  # by the attempt of theirs that began then
        a = FactTables(engine).attempts
        theirs = p.join(a, [p["of"] == a.entity, p.whose == a.consumer, p.begun_at == a.started_at])
        p = theirs.select("n", "of", "begun_at", whose=theirs.thread)
    i = i.filter(i.happened_at >= bounds["min"], i.happened_at <= bounds["max"])
    found = p.join(i, [p["of"] == i.entity, p.whose == thread_of(i), p.begun_at == i.happened_at])
    found = found.group_by("n").aggregate(first=found.source.concat("\n", found.where_from).min())
    pairs = ((row["n"], row["first"].partition("\n")) for row in engine.run(found).to_pylist())
    return {number: (source, place) for number, (source, _, place) in pairs}


def _unit(of: str, row: Mapping[str, Any], found: tuple[str, str] | None) -> RowBehind:
    source, place = found or _told(row)
    kind = COUNTED if _is_declared(of, row) else ONE_OF.get(of, of)
    return RowBehind(
        kind, row["unit_at"].astimezone(dt.UTC), None, row["entity"], row.get("step"), row.get("channel"),
        "; ".join(_says(of, row)), row.get("n", 1.0), row["hit"] * row["weight"], shortened(row.get("consumer")), source, place,
    )  # fmt: skip


def _told(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the source and the place that a row brings itself."""
    if "first" in row:
        source, _, place = row["first"].partition("\n")
        return source, place
    return row.get("source"), row.get("place")


def _is_declared(of: str, row: Mapping[str, Any]) -> bool:
    """Say whether a row is how many people there are, and none of them."""
    return of == PEOPLE and row["consumer"] is None


def _says(of: str, row: Mapping[str, Any]) -> Iterator[str]:
    """Say what came of a unit."""
    yield from _came(of, row)
    if of != PEOPLE and row.get("lasted_s") is not None:
        yield f"{'for' if of == LIVES else 'took'} {write(row['lasted_s'], SECONDS)}"
    if row["weight"] not in (0, 1):
        yield f"stands for {row['weight']:,.10g}"


def _came(of: str, row: Mapping[str, Any]) -> Iterator[str]:
    if of == ATTEMPTS:
        yield row["came"] if row["came"] == DONE or not row["last"] else f"{row['came']} at {row['last']}"
    elif of == VISITS:
        yield row["came"] or "seen"
    elif of == ANSWERS.name:
        yield f"{row['score']:g}" + ("" if row["low"] is None else f" on a scale from {row['low']:g} to {row['high']:g}")
        if row["hoped"] is not None:
            yield f"expected {row['hoped']:g}"
        if row.get("has_met") is not None:
            yield "met a failure" if row["has_met"] else "met none, beside those who did"
    elif of == RESPONSES:
        yield "1 question" if (row["n_asked"] or 1) == 1 else f"{row['n_asked']} questions asked together"
    elif of == LIVES:
        yield f"{row['named']}, {row['about']}" if row["about"] else str(row["named"])
        yield f"open since {row['since']:%Y-%m-%d}" if row["done"] is None else f"done {row['done']:%Y-%m-%d}"
    elif of == CALLS.name:
        yield "failed" if row["failed"] else "worked"
    elif of == ITEMS.name:
        yield f"{row['item']}: {_kept(row)}"
    elif _is_declared(of, row):
        yield f"the number of people declared: {row['n']:,.10g}"
    elif of == PEOPLE:
        yield _of_person(row)


def _kept(row: Mapping[str, Any]) -> str:
    """Say how an item stands to the day it was due, which has come."""
    span = write(abs(row["late_s"]), SECONDS)
    if row["is_open"]:
        return f"not done, {span} after it was due"
    if not row["hit"]:
        return f"done {span} late"
    return f"done {span} before it was due" if row["late_s"] else "done when it was due"


def _of_person(row: Mapping[str, Any]) -> str:
    """Say what is known of a person."""
    if row.get("lasted_s") is not None:
        return f"{'got there after' if row['hit'] else 'not there yet, seen for'} {write(row['lasted_s'], SECONDS)}"
    if "n" in row:
        return "came in the period"
    return "came back" if row["hit"] else "did not come back"


def shortened(alias: str | None) -> str | None:
    """Return the first letters of a pseudonym, never all of it, nor any of what is none.

    >>> shortened("p_fW40RXCTcDJINJ7j_baJmA"), shortened("maya")
    ('p_fW40…', 'somebody')
    """
    from wholeservice.mapping.pseudonyms import is_alias

    return None if alias is None else f"{alias[:N_LETTERS]}…" if is_alias(alias) else "somebody"
