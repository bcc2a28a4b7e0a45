"""Columns that the newest reading of a source hardly fills any more, held against its readings before."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.facts.quality import Emptied, Share
from wholeservice.facts.told_twice import SAMPLED_FROM, sampled
from wholeservice.tables import KNOWN_AT

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine

READINGS_COMPARED = 12
MIN_ROWS, MIN_SHARE = 20, 0.1  # of a reading that is compared; that a column was filled at the least
ENOUGH_READINGS, HALF, UNLIKELY = 5, 0.5, 1e-5


def emptied(
    engine: Engine, table: tables.Table, rows: IbisTable, readings: Mapping[str, Mapping[dt.datetime, int]]
) -> Iterator[tuple[str, Emptied]]:
    """Yield source and column; *readings*: source -> when its rows became known -> how many. Columns that hold an instant are
    left out: what has not ended yet has none.
    """
    compared = {source: sorted(known)[-READINGS_COMPARED:] for source, known in readings.items() if len(known) > 1}
    if not compared:
        return
    since = min(each[0] for each in compared.values())
    n_rows = sum(n for known in readings.values() for at, n in known.items() if at >= since)
    newer = rows.filter(rows.known_at >= since)
    newer = sampled(newer) if n_rows > SAMPLED_FROM else newer
    columns = [each.name for each in table.columns
               if not each.required and each.type != tables.INSTANT and each.name in rows.columns]  # fmt: skip
    filled = {name: newer[name].count() for name in columns}
    by_source: dict[str, list[Mapping[str, Any]]] = {}
    for row in engine.run(newer.group_by(newer.source, newer.known_at).aggregate(n_rows=newer.count(), **filled)).to_pylist():
        by_source.setdefault(row["source"], []).append(row)
    for source, known in compared.items():
        readings_of_it = sorted(by_source.get(source, ()), key=lambda each: each[KNOWN_AT])
        if readings_of_it and readings_of_it[-1][KNOWN_AT] == known[-1]:
            yield from ((source, each) for each in _of(table.name, columns, readings_of_it[-1], readings_of_it[:-1]))


def _of(
    table: str, columns: Sequence[str], newest: Mapping[str, Any], before: Sequence[Mapping[str, Any]]
) -> Iterator[Emptied]:
    """A column is emptied when nothing is in it, though every earlier reading had something; or less than half of the least."""
    large = [each for each in before if each["n_rows"] >= MIN_ROWS]
    n_rows = newest["n_rows"]
    if n_rows < MIN_ROWS or not large:
        return
    for name in columns:
        least = min(each[name] / each["n_rows"] for each in large)
        is_enough = newest[name] == 0 or len(large) >= ENOUGH_READINGS
        is_less = least >= MIN_SHARE and newest[name] / n_rows < HALF * least
        if is_enough and is_less and _chance_of_at_most(newest[name], n_rows, least) <= UNLIKELY:
            filled, of = sum(each[name] for each in large), sum(each["n_rows"] for each in large)
            yield Emptied(table, name, Share(newest[name], n_rows), Share(filled, of))


def _chance_of_at_most(k: int, n: int, share: float) -> float:
    """Chance of at most *k* of *n* when each is one with the probability *share*; *k* is below half of what is expected.

    >>> round(_chance_of_at_most(1, 10, 0.5), 4)
    0.0107
    """
    if n > 1000:
        return 0.0  # half of a tenth of a thousand lies five standard deviations below it
    return sum(math.comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k + 1))
