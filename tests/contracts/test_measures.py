"""What every registered measure promises, whoever wrote it."""

from __future__ import annotations

from dataclasses import fields

import pytest

from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.measures import MEASURES
from wholeservice.measures.base import FULL_COUNT, SAMPLE, Cell, Measure, Statistics
from wholeservice.measures.compute import PERIODS, compute, periods_table, prepare
from wholeservice.organisation.graph import Entity, Organisation, Step

every_measure = pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.name)

COLUMNS_OF_A_CELL = {each.name for each in fields(Cell)} - {"measure"}
COLUMNS_OF_SUMS = {each.name for each in fields(Statistics)}
NOT_BY_KIND = {
    "adoption": "how many people there are is declared for all of them together",
    "channel-take-up": "a channel is a share of all of them",
    "completion-by-path": "it is told by path, which is not crossed with anything",
    "cost-per-transaction": "money says no attempt",
    "experience-in-failure": "an answer counts against others beside it, of whatever kind",
    "response-bias": "an answer is weighed among all others",
}


@pytest.fixture(scope="module")
def nothing_happened():
    """An engine that holds every fact table, all of them empty, and the smallest organisation."""
    organisation = Organisation(
        name="Small",
        purpose="",
        north_star="",
        entities={"stay": Entity("stay", "service", "Stay", journey=(Step("find", "Find"), Step("pay", "Pay")))},
        edges=(),
        needs=(),
        aliases={},
        hash="0",
    )
    engine = DuckdbEngine()
    prepare(engine, organisation)
    engine.add(PERIODS, periods_table([], None, "UTC"))
    yield engine, organisation
    engine.close()


@every_measure
def test_nothing_happened_gives_no_number(measure: Measure, nothing_happened):
    """With empty tables there is no row: not a zero, and not an error."""
    engine, organisation = nothing_happened
    assert compute(engine, organisation, zone="UTC", source_order=(), measures=[measure]) == []


@every_measure
def test_nothing_counted_is_missing_with_a_reason(measure: Measure):
    """Sums over nothing finish as None with a reason, never as 0."""
    value = measure.finish(Statistics())
    assert value.value is None
    assert value.why_missing
    assert value.interval is None


@every_measure
def test_the_query_yields_cells_and_sums_only(measure: Measure, nothing_happened):
    """A query has one row per cell with sums: its columns are those of Cell and Statistics, and the source."""
    from wholeservice.facts.identity import FactTables

    engine, _ = nothing_happened
    columns = set(measure.query(FactTables(engine), engine.table(PERIODS)).columns)
    assert columns <= COLUMNS_OF_A_CELL | COLUMNS_OF_SUMS | {"source"}
    assert {"entity", "from_at", "to_at", "window"} <= columns


@every_measure
def test_it_needs_only_tables_that_exist(measure: Measure, nothing_happened):
    """What a measure says it reads is a fact table, a derived table or a table of the organisation."""
    engine, _ = nothing_happened
    assert set(measure.needs) <= engine.names()


@every_measure
def test_it_says_how_it_is_to_be_read(measure: Measure):
    """Unit, direction, basis, plain title and version are declared in the words the pages know."""
    assert measure.unit.kind in {"count", "share", "share-change", "seconds", "money", "points", "rate"}
    assert measure.better in {"higher", "lower", "neither"}
    assert measure.basis in {SAMPLE, FULL_COUNT}
    assert measure.title[0].isupper()
    assert measure.version >= 1


def test_no_word_means_two_measures():
    """A word in a target names one measure."""
    words = [word.lower() for measure in MEASURES for word in {measure.name, *measure.words}]
    assert sorted(words) == sorted(set(words))


@every_measure
def test_whatever_knows_the_kind_of_people_is_told_by_it(measure: Measure, nothing_happened):
    """Attempts, answers and people are told by kind of consumer and device, and calls by hour; what is not says why."""
    from wholeservice.facts.identity import FactTables
    from wholeservice.measures.compute import WORK_PERIODS, periods_of
    from wholeservice.measures.kinds import DEVICE, HOUR, SEGMENT

    if periods_of(measure) == WORK_PERIODS:
        return  # work is of no kind of people
    found = measure.units(FactTables(nothing_happened[0]))
    told = [{*each.alone, *(name for names in each.in_windows for name in names)} for each in found]
    asked = {HOUR} if {each.of for each in found} == {"calls"} else {SEGMENT, DEVICE}
    assert any(asked <= each for each in told) == (measure.name not in NOT_BY_KIND)
