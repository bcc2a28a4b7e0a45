"""What every engine promises, held to on each: it keeps tables, computes expressions, and answers alike."""

from __future__ import annotations

import datetime as dt
import math
import os
from dataclasses import dataclass

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from commit import first_seed
from engines.golden import ZONE, Golden, computed, golden
from wholeservice.derived import DERIVED
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.engines.spark_engine import SparkEngine
from wholeservice.facts.assessment import assess
from wholeservice.mapping import quarantine
from wholeservice.measures import MEASURES
from wholeservice.measures.rows import Row

INSTANT = pa.timestamp("us", tz="UTC")


N_LOTS = 3
ASKED = MEASURES if os.environ.get("WHOLESERVICE_ALL_MEASURES") else MEASURES[first_seed() % N_LOTS :: N_LOTS]
"""Spark takes seconds for each measure: a third of them, another one with each commit; WHOLESERVICE_ALL_MEASURES=1 asks all."""


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_a_table_that_was_never_added_is_named(engine):
    """The error is a KeyError with the name."""
    with pytest.raises(KeyError, match="nowhere"):
        engine.table("nowhere")


def test_parquet_files_of_two_versions_are_one_table(engine, tmp_path):
    """A column that the older file lacks is missing in its rows, and comes after those it has."""
    pq.write_table(pa.table({"z": [1]}), tmp_path / "old.parquet")
    pq.write_table(pa.table({"b": ["x"], "z": [2]}), tmp_path / "new.parquet")
    engine.add("t", [tmp_path / "old.parquet", tmp_path / "new.parquet"])
    assert engine.table("t").columns == ("z", "b")
    assert engine.run(engine.table("t").order_by("z")).to_pylist() == [{"z": 1, "b": None}, {"z": 2, "b": "x"}]


def test_a_path_means_one_file(engine, tmp_path):
    """Letters that could stand for others do not: `?`, `[1]` and `{a,b}` are part of a folder's name."""
    folder = tmp_path / "a? [1]* {b,c} 100%"
    folder.mkdir()
    pq.write_table(pa.table({"a": [1]}), folder / "rows.parquet")
    engine.add("t", [folder / "rows.parquet"])
    assert engine.run(engine.table("t")).to_pylist() == [{"a": 1}]


def test_a_table_may_be_replaced_by_an_expression_over_itself(engine, tmp_path):
    """It is computed before it is dropped, whatever it was made of."""
    pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "t.parquet")
    engine.add("t", [tmp_path / "t.parquet"])
    for expected in ([2, 3], [3, 4]):
        t = engine.table("t")
        engine.add("t", t.select(a=t.a + 1))
        assert sorted(engine.run(engine.table("t")).column("a").to_pylist()) == expected
    assert engine.names() == {"t"}


def test_no_files_are_no_table(engine):
    """An empty list adds nothing, and takes away what had the name."""
    engine.add("t", pa.table({"a": [1]}))
    engine.add("t", [])
    assert engine.names() == frozenset()


def test_every_type_comes_back_as_it_went_in(engine):
    """Types, missing values, instants to the microsecond, and a number that is none: it is not a missing one."""
    rows = pa.table(
        {
            "text": ["ß", None],
            "instant": pa.array([at("2026-07-01T23:30:00.000001"), None], INSTANT),
            "day": pa.array([dt.date(1969, 12, 31), None]),
            "number": [math.inf, None],
            "whole": pa.array([2**62, None], pa.int64()),
            "flag": [True, None],
            "numbers": pa.array([[1.5, None], None], pa.list_(pa.float64())),
        }
    )
    engine.add("t", rows)
    found = engine.run(engine.table("t"))
    assert found.schema.equals(rows.schema)
    assert sorted(found.to_pylist(), key=repr) == sorted(rows.to_pylist(), key=repr)


def test_the_schema_promises_nothing_about_missing_values(engine):
    """Tables of files and of rows can be put under one another: none says that it has no missing values."""
    engine.add("t", pa.table({"a": [1]}, schema=pa.schema([pa.field("a", pa.int64(), nullable=False)])))
    t = engine.table("t")
    engine.add("counted", t.aggregate(n=t.count()))
    assert all(kind.nullable for name in ("t", "counted") for kind in engine.table(name).schema().types)
    assert engine.run(engine.table("counted")).schema.equals(pa.schema([("n", pa.int64())]))


def answers(engine, rows: pa.Table, **asked) -> dict:
    """Add rows as `t` and return the one row of answers to the questions, each a function of `t`."""
    engine.add("t", rows)
    t = engine.table("t")
    (row,) = engine.run(t.aggregate(**{name: question(t) for name, question in asked.items()})).to_pylist()
    return row


def test_instants_are_utc(engine):
    """The session's zone is UTC, whatever the machine's: the hour and the day of an instant are those of UTC."""
    rows = pa.table({"seen_at": pa.array([at("2026-07-01T23:30")], INSTANT)})
    asked = {"seen_at": lambda t: t.seen_at.max(), "hour": lambda t: t.seen_at.hour().max()}
    assert answers(engine, rows, **asked) == {"seen_at": at("2026-07-01T23:30"), "hour": 23}


def test_seconds_keep_their_fraction_and_round_to_even(engine):
    """Seconds since 1970 are not cut off; made a whole number they are rounded, 0.5 down and 1.5 up."""
    rows = pa.table({"a": pa.array([at("1970-01-01T00:00:00.5"), at("1970-01-01T00:00:01.5")], INSTANT)})
    asked = {
        "took": lambda t: (t.a.max().epoch_seconds() - t.a.min().epoch_seconds() / 2).cast("float64"),
        "least": lambda t: t.a.min().epoch_seconds().cast("int64"),
        "most": lambda t: t.a.max().epoch_seconds().cast("int64"),
    }
    assert answers(engine, rows, **asked) == {"took": 1.25, "least": 0, "most": 2}


def test_blanks_of_every_kind_are_taken_off_and_letters_are_not(engine):
    """A tab is a blank; the v of `visits` is no vertical tab, nor the f of `pay off` a form feed."""
    rows = pa.table({"name": [" \t\x0b\x0cvisits of pay off\r\n"]})
    assert answers(engine, rows, name=lambda t: t.name.strip().max())["name"] == "visits of pay off"


def test_missing_is_not_the_same_as_no_number(engine):
    """NaN is a value; only null is missing."""
    rows = pa.table({"x": pa.array([math.nan, None, 1.0])})
    assert answers(engine, rows, lacking=lambda t: t.x.isnull().sum(), known=lambda t: t.x.notnull().sum()) == {
        "lacking": 1,
        "known": 2,
    }


def test_beyond_the_end_of_a_list_there_is_nothing(engine):
    """The fourth of two is missing, and so is the first of none."""
    rows = pa.table({"x": pa.array([[1.0, 2.0], []], pa.list_(pa.float64()))})
    asked = {"fourth": lambda t: t.x[3].max(), "second": lambda t: t.x[1].max()}
    assert answers(engine, rows, **asked) == {"fourth": None, "second": 2.0}


def test_the_row_of_the_least_key_is_found_even_when_its_answer_is_missing(engine):
    """argmin gives what stands there, also nothing; rows without a key come last."""
    rows = pa.table({"answer": [None, "b", "c"], "key": pa.array([1, 2, None], pa.int64())})
    asked = {
        "least": lambda t: t.answer.argmin(t.key),
        "most": lambda t: t.answer.argmax(t.key),
        "least_known": lambda t: t.answer.argmin(t.key, where=t.answer.notnull()),
        "keyless": lambda t: t.answer.argmax(t.key, where=t.answer == "c"),
    }
    assert answers(engine, rows, **asked) == {"least": None, "most": "b", "least_known": "b", "keyless": "c"}


def test_a_quantile_is_exact(engine):
    """It lies between two values as far as their ranks say."""
    assert answers(engine, pa.table({"x": [1, 2, 10]}), q=lambda t: t.x.quantile(0.75)) == {"q": 6.0}


def test_places_in_a_window_follow_its_order(engine):
    """Numbers start at 0, missing values go where they are told to, and a running value looks back only."""
    engine.add("t", pa.table({"k": ["a", "a", "a"], "x": pa.array([2, None, 1], pa.int64())}))
    t = engine.table("t")
    order = [t.x.asc(nulls_first=True)]
    t = t.mutate(
        nth=ibis.row_number().over(ibis.window(group_by=t.k, order_by=order)),
        before=t.x.lag().over(ibis.window(group_by=t.k, order_by=order)),
        most=t.x.max().over(ibis.window(group_by=t.k, order_by=order, rows=(None, 0))),
    )
    found = [tuple(row.values()) for row in engine.run(t.drop("k").order_by("nth")).to_pylist()]
    assert found == [(None, 0, None, None), (1, 1, None, 1), (2, 2, 1, 2)]


def test_what_cannot_be_computed_stops(spark_session):
    """Spark's strict rules hold: a division by nothing is an error, not a missing value that nobody asked for."""
    engine = SparkEngine(spark_session)
    engine.add("t", pa.table({"a": [1.0], "b": [0.0]}))
    t = engine.table("t")
    with pytest.raises(Exception, match="DIVIDE_BY_ZERO"):
        engine.run(t.select(c=t.a / t.b))
    assert engine.run(t.select(c=t.a / t.b.nullif(0))).to_pylist() == [{"c": None}]


@dataclass
class Pair:
    """The same facts computed twice."""

    duckdb: DuckdbEngine
    spark: SparkEngine
    rows: dict[str, list[Row]]
    facts: Golden


@pytest.fixture(scope="module")
def pair(spark_session, tmp_path_factory) -> Pair:
    """Both engines after one pass over the golden facts: names, tables, and the measures of this commit."""
    facts = golden(tmp_path_factory.mktemp("golden"))
    duckdb, spark = DuckdbEngine(), SparkEngine(spark_session)
    rows = {"duckdb": computed(duckdb, facts, ASKED), "spark": computed(spark, facts, ASKED)}
    return Pair(duckdb, spark, rows, facts)


def test_every_table_is_the_same_row_by_row(pair):
    """Facts, resolved facts and derived tables: the same names, types and rows, and none of those that matter is empty."""
    assert pair.duckdb.names() == pair.spark.names()
    empty = set()
    for name in sorted(pair.duckdb.names()):
        one, other = (engine.run(engine.table(name)) for engine in (pair.duckdb, pair.spark))
        assert one.schema.equals(other.schema), name
        assert sorted(map(repr, one.to_pylist())) == sorted(map(repr, other.to_pylist())), name
        empty |= set() if one.num_rows else {name}
    assert not empty & {"aliases", "refused_links", *(each.name for each in DERIVED)}


@pytest.mark.parametrize("measure", ASKED, ids=lambda measure: measure.name)
def test_every_statistic_is_the_same(pair, measure):
    """Each sum in each cell is equal to the last bit: what is added up are whole numbers and halves, in any order."""
    one, other = ({cell: sums for cell, sums in rows if cell.measure == measure.name} for rows in pair.rows.values())
    assert one
    assert one == other


def test_the_quality_of_every_source_is_the_same(pair):
    """Rhythm, gaps, repeats and names are counted alike."""
    nothing = quarantine.schema().empty_table()
    one, other = (
        assess(engine, pair.facts.organisation, [pair.facts.run], nothing, ZONE) for engine in (pair.duckdb, pair.spark)
    )
    assert one == other
    assert {each.source for each in one} >= {"simulation", "register", "website"}
