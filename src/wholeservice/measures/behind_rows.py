"""One row behind a number, as somebody may see it: when, where, what came of it, and where the raw record lies.

A person is a few letters of a pseudonym, and only in a crowd: see `LEAST_PEOPLE`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import DONE, RECORD_KEYS, thread_of
from wholeservice.facts.identity import FactTables
from wholeservice.measures.counted import COUNT, HISTOGRAM
from wholeservice.tables import ANSWERS, CALLS

if TYPE_CHECKING:
    from ibis.expr.types import StringColumn

    from wholeservice.engines.base import Engine
    from wholeservice.measures.units import Units

LEAST_PEOPLE = 5
"""Of fewer people no single row is shown: whoever knows one of them could tell which row is theirs."""

N_LETTERS = 6  # of a pseudonym that are shown: enough to see that two rows are of one person
ATTEMPTS, VISITS = "attempts", "visits"
ONE_OF = {ATTEMPTS: "attempt", VISITS: "visit", ANSWERS.name: "answer", CALLS.name: "call"}
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


def counted_row(row: Mapping[str, Any], *, is_counted: bool) -> RowBehind:
    """Return a tally or a line of money; *is_counted* says that it is part of n."""
    if "from_on" in row:
        at, until = (dt.datetime.combine(row[name], dt.time(), dt.UTC) for name in ("from_on", "to_on"))
        kind, says = SPENT, f"{row['flow']}{', ' + row['kind'] if row['kind'] else ''}: {row['amount']:,.10g} {row['currency']}"
    else:
        at, until = (row[name].astimezone(dt.UTC) for name in ("from_at", "to_at"))
        kind, says = COUNTED, _of_tally(row)
    n = _n_of(row) if is_counted else 0.0
    return RowBehind(kind, at, until, row["entity"], row.get("step"), row.get("channel"), says, n, None, None, row["source"],
                     row["where_from"])  # fmt: skip


def _of_tally(row: Mapping[str, Any]) -> str:
    if row["statistic"] == HISTOGRAM:
        return f"{row['of']}, lowest first: {', '.join(f'{each:,.10g}' for each in row['histogram'])}"
    over = f" of {row['denominator']:,.10g}" if row["denominator"] is not None else ""
    value = row["value"] if row["value"] is not None else row["numerator"]
    return f"{row['of']}, {row['statistic']}: {value:,.10g}{over}{' ' + row['currency'] if row['currency'] else ''}"


def _n_of(row: Mapping[str, Any]) -> float:
    if row["statistic"] == HISTOGRAM:
        return float(sum(row["histogram"]))
    return float(row["value"] if row["statistic"] == COUNT else row["denominator"])


def unit_rows(engine: Engine, units: Units, first: int, most: int) -> list[RowBehind]:
    """Return single units in the order of time, from place *first* on, at most so many."""
    keys = {ATTEMPTS: ("attempt",), VISITS: ("attempt", "nth")}.get(units.of, RECORD_KEYS)
    rows = units.rows
    more = ("step", "channel", "consumer", "outcome", "last_step", "thread", "started_at", "happened_at", "score", "scale_min",
            "scale_max", "failed", "source", "where_from")  # fmt: skip
    kept = ["entity", "unit_at", "hit", "weight", *(name for name in more if name in rows.columns)]
    page = rows.order_by("unit_at", "entity", *keys).limit(most, offset=first).select(kept)
    given = engine.run(page)
    places = _places(engine, units.of, given) if units.of in (ATTEMPTS, VISITS) else {}
    return [_unit(units.of, row, places.get(number)) for number, row in enumerate(given.to_pylist())]


def _places(engine: Engine, of: str, page: Any) -> dict[int, tuple[str, str]]:
    """Where the event that a visit is, or that an attempt began with, came from: number of the row -> source and place."""
    import pyarrow as pa

    begun = page.column("started_at" if of == ATTEMPTS else "happened_at")
    if not len(begun):
        return {}
    asked = {"n": pa.array(range(len(begun))), "of": page.column("entity"), "whose": page.column("thread"), "begun_at": begun}
    engine.add(PLACE, pa.table(asked))
    bounds = pa.compute.min_max(begun).as_py()
    p, i = engine.table(PLACE), FactTables(engine).interactions
    i = i.filter(i.happened_at >= bounds["min"], i.happened_at <= bounds["max"])
    found = p.join(i, [p["of"] == i.entity, p.whose == thread_of(i), p.begun_at == i.happened_at])
    found = found.group_by("n").aggregate(first=found.source.concat("\n", found.where_from).min())
    return {row["n"]: tuple(row["first"].split("\n", 1)) for row in engine.run(found).to_pylist()}


def _unit(of: str, row: Mapping[str, Any], place: tuple[str, str] | None) -> RowBehind:
    source, where_from = place or (row.get("source"), row.get("where_from"))
    hit, weight = row["hit"], row["weight"]
    return RowBehind(
        ONE_OF.get(of, of), row["unit_at"].astimezone(dt.UTC), None, row["entity"], row.get("step"), row.get("channel"),
        "; ".join(_says(of, row)), 1.0, hit * weight, shortened(row.get("consumer")), source, where_from,
    )  # fmt: skip


def _says(of: str, row: Mapping[str, Any]) -> Iterator[str]:
    """Say what came of a unit."""
    if of == ATTEMPTS:
        yield row["outcome"] if row["outcome"] == DONE or not row["last_step"] else f"{row['outcome']} at {row['last_step']}"
    elif of == VISITS:
        yield row["outcome"] or "seen"
    elif of == ANSWERS.name:
        yield f"{row['score']:g} on a scale from {row['scale_min']:g} to {row['scale_max']:g}"
    elif of == CALLS.name:
        yield "failed" if row["failed"] else "worked"
    if row["weight"] != 1:
        yield f"stands for {row['weight']:,.10g}"


def shortened(alias: str | None) -> str | None:
    """Return the first letters of a pseudonym, never all of it, nor any of what is none.

    >>> shortened("p_fW40RXCTcDJINJ7j_baJmA"), shortened("maya")
    ('p_fW40…', 'somebody')
    """
    from wholeservice.mapping.pseudonyms import is_alias

    return None if alias is None else f"{alias[:N_LETTERS]}…" if is_alias(alias) else "somebody"
