"""The rows behind a number are the rows that were counted: for every registered measure, over all its cases."""

from __future__ import annotations

from typing import Any

import pytest

from measures.given import engine_with, organisation, prepared
from measures.test_cases import CASES, entity_of, fact_of
from wholeservice import tables
from wholeservice.engines.with_views import WithViews
from wholeservice.measures import MEASURES, behind
from wholeservice.measures.base import Cell, Measure
from wholeservice.measures.behind import Ground
from wholeservice.measures.compute import compute
from wholeservice.measures.roll_up import Tree

EVERY = 1_000_000
PER_CASE = 2  # cells that differ in what they are broken down by
COSTS, TAKE_UP = "cost-per-transaction", "channel-take-up"


def some_cases() -> list[tuple[str, dict[str, Any]]]:
    """Return of each measure one case for every kind of facts it is given, that with the most numbers."""
    by_size = sorted(CASES, key=lambda each: len(each[1].get("expect", ())))
    return [(name, case) for (name, _), case in {(name, frozenset(case["given"])): case for name, case in by_size}.items()]


@pytest.mark.parametrize(("name", "case"), some_cases(), ids=lambda each: each if isinstance(each, str) else each["says"])
def test_the_rows_behind_a_number_add_up_to_its_n(name: str, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    """What the rows of a cell add to n, and to what is measured, is what the cell was summed up to: events, tallies, money."""
    monkeypatch.setattr(behind, "LEAST_PEOPLE", 0)  # a case has few people
    measure = next(each for each in MEASURES if each.name == name)
    ground, sums = measured(measure, case)
    for cell in some_of(list(sums)):
        found = behind.behind(ground, measure, [cell], most=EVERY)
        assert sum(each.counts for each in found.rows) == found.n == sums[cell].n, cell
        assert len(found.rows) == found.n_rows > 0, cell
        assert all(each.where_from for each in found.rows), cell
        added = [each.adds for each in found.rows]
        if None not in added and name != COSTS and not (name == TAKE_UP and cell.channel):
            assert sum(added) == pytest.approx(sums[cell].numerator), cell


@pytest.mark.parametrize("name", ["completion", "step-conversion", "satisfaction"])
def test_the_rows_of_a_kind_of_people_are_theirs_alone(name: str, monkeypatch: pytest.MonkeyPatch):
    """Behind the number of a device, an hour or a kind of consumer stand the rows that it counts, at each step too."""
    monkeypatch.setattr(behind, "LEAST_PEOPLE", 0)
    measure, case = next(each for each in MEASURES if each.name == name), [case for of, case in CASES if of == name][-1]
    ground, sums = measured(measure, case)
    cells = [cell for cell in sums if cell.segment and cell.entity == "shop"]
    assert len(cells) > 3
    for cell in cells:
        rows = behind.behind(ground, measure, [cell], most=EVERY).rows
        assert (len(rows), sum(each.adds or 0.0 for each in rows)) == (sums[cell].n, sums[cell].numerator), cell


@pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.name)
def test_every_measure_says_its_units(measure: Measure):
    """No registered measure leaves a reader without the rows."""
    assert measure.units is not None


def measured(measure: Measure, case: dict[str, Any]) -> tuple[Ground, dict[Cell, Any]]:
    """Return where to look for the rows of a case, and its sums per cell."""
    known = organisation(*(entity_of(name, words or {}) for name, words in case["organisation"].items()))
    facts = {name: [fact_of(tables.BY_NAME[name], row) for row in rows] for name, rows in case["given"].items()}
    order, zone = case.get("source-order", []), case.get("zone", "UTC")
    engine = prepared(engine_with(**facts), known, measure.needs, zone)
    sums = dict(compute(engine, known, zone=zone, source_order=order, measures=[measure]))
    return Ground(WithViews(engine), Tree(known), zone, tuple(order)), sums


def some_of(cells: list[Cell]) -> list[Cell]:
    """Return a cell of each kind: by entity, by step and by channel, and by how long it is."""
    kinds = {(each.entity, each.step, each.channel, each.window, (each.to_at - each.from_at).days): each for each in cells}
    in_order = sorted(kinds, key=lambda kind: tuple(str(each) for each in kind))
    return [kinds[each] for each in in_order[:: max(1, -(-len(in_order) // PER_CASE))]]
