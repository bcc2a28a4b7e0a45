"""What every registered derived table promises, whoever wrote it."""

from __future__ import annotations

import pytest

from wholeservice import tables
from wholeservice.derived import DERIVED
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.measures.compute import prepare
from wholeservice.organisation.graph import Organisation


@pytest.fixture(scope="module")
def empty_engine():
    engine = DuckdbEngine()
    prepare(engine, Organisation("Small", "", "", entities={}, edges=(), needs=(), aliases={}, hash="0"))
    yield engine
    engine.close()


@pytest.mark.parametrize("derived", DERIVED, ids=lambda each: each.name)
def test_empty_facts_give_an_empty_table(derived, empty_engine):
    """With no facts the table is there, with its columns and no rows."""
    table = empty_engine.run(empty_engine.table(derived.name))
    assert table.num_rows == 0
    assert table.column_names


def test_each_is_built_after_what_it_needs(empty_engine):
    """The order of DERIVED is the order of building: what a table reads is there already, or stands before it."""
    known = empty_engine.names() - {each.name for each in DERIVED}
    early = []
    for each in DERIVED:
        early += [f"{each.name} needs {name}" for name in each.needs if name not in known]
        known |= {each.name}
    assert early == []


def test_no_derived_table_takes_the_name_of_a_fact_table():
    """A name says whether a row happened or was derived."""
    assert {each.name for each in DERIVED} & set(tables.BY_NAME) == set()
