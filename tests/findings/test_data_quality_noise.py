"""Rules about data are silent on chance: readings that refuse, and fill their columns, as always."""

from __future__ import annotations

import datetime as dt
import random

from findings.cases import MEASURES
from measures.given import at, facts_table, organisation, service
from wholeservice import tables
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.facts.emptied import emptied
from wholeservice.facts.quality import Reading, SourceQuality
from wholeservice.findings import data_quality_refused
from wholeservice.findings.base import Facts
from wholeservice.measures.results import Results

SEED = 20260101
FIRST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
KNOWN = organisation(service("shop"))


def facts(*sources: SourceQuality) -> Facts:
    return Facts(KNOWN, Results(MEASURES, ()), "UTC", FIRST, {}, sources)


def reading(chance: random.Random, number: int, share: float) -> Reading:
    n_read = chance.randrange(100, 3000)
    refused = sum(chance.random() < share for _ in range(n_read))
    at = FIRST + dt.timedelta(days=number)
    return Reading(f"{number}", at, n_read, n_read - refused, 0, 0, refused, 0, refused)


def test_a_source_that_refuses_two_in_a_hundred_as_always_is_rarely_told():
    """200 sources with eight readings each, two in a hundred rows refused by chance: at most 5 in 100 are told."""
    chance, n_told = random.Random(SEED), 0
    for _ in range(200):
        readings = tuple(reading(chance, number, 0.02) for number in range(8))
        source = SourceQuality("till", "1", FIRST, FIRST.date(), FIRST.date(), readings=readings)
        n_told += any(True for _ in data_quality_refused.check(facts(source)))
    assert n_told <= 10


def test_a_column_that_is_filled_by_chance_is_rarely_told():
    """60 sources with seven readings of 20 to 60 answers, four columns filled in shares that wander: at most 3 are told."""
    chance, engine = random.Random(SEED), DuckdbEngine()
    rows, readings = [], {}
    for number in range(60):
        usual = {name: chance.choice([0.1, 0.3, 0.6, 0.95]) for name in ("channel", "step", "text", "ask")}
        for day in range(7):
            known_at = at(f"2026-01-{day + 1:02}")
            n_rows = chance.randrange(20, 60)
            readings.setdefault(f"s{number}", {})[known_at] = n_rows
            filled = {name: min(1.0, share * chance.uniform(0.7, 1.3)) for name, share in usual.items()}
            for _ in range(n_rows):
                cells = {name: "x" for name, share in filled.items() if chance.random() < share}
                rows.append({"asked_at": known_at, "known_at": known_at, "service": "shop", "source": f"s{number}", **cells})
    engine.add("answers", facts_table(tables.ANSWERS, rows))
    told = {source for source, _ in emptied(engine, tables.ANSWERS, engine.table("answers"), readings)}
    assert len(told) <= 3
