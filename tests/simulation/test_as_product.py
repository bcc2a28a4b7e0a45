"""What the truth table judges is the product: a crowd's columns tell the tracer what store and derived tables tell it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulation.as_product import Product, write_workspace
from wholeservice.app.settings import load
from wholeservice.app.workspace import current_data, ingest_workspace
from wholeservice.simulation.crowd import play
from wholeservice.simulation.evidence import EVIDENCE, IN_SPELLS, recorded
from wholeservice.simulation.observed import observe, observe_hours
from wholeservice.simulation.organisations import random_world
from wholeservice.simulation.traced import period_of, trace_crowd


def rows(table, columns):
    return sorted((tuple(row[name] for name in columns) for row in table.to_pylist()), key=repr)


def assert_same(mine, products, of, evidence):
    """Row by row, in whatever order; the product's tables carry columns more, which the tracer never reads."""
    for name in of:
        left, right = getattr(mine, name), getattr(products, name)
        assert set(right.column_names) - set(left.column_names) <= {"lost_step", "started_at", "began_at"}
        assert rows(left, left.column_names) == rows(right, left.column_names), (evidence.name, name)


def small_crowd(seed, *, in_spells=False):
    return play(replace(random_world(seed, in_spells=in_spells), attempts_per_day=20.0), seed)


@pytest.mark.parametrize(("seed", "levels", "in_spells"), [(4, EVIDENCE, False), (6, IN_SPELLS, True)])
def test_the_columns_say_what_the_derived_tables_say(seed, levels, in_spells):
    """With every kind of evidence, the tables that a map is made of are the same, row by row."""
    crowd = small_crowd(seed, in_spells=in_spells)
    product = Product(crowd)
    for evidence in levels:
        record = recorded(crowd, evidence, seed)
        observed, hours = product.seen(record, evidence)
        mine = observe(crowd, record, is_linked=evidence.is_linked)
        assert_same(mine, observed, ("units", "edges", "used"), evidence)
        my_hours = observe_hours(crowd, record, evidence, mine, period_of(crowd.world))
        assert (my_hours is None) == (hours is None), evidence.name
        assert_same(my_hours, hours, ("passed", "parts", "harm") if hours else (), evidence)


@pytest.mark.parametrize("number", [7])
def test_a_workspace_draws_the_same_map(number, tmp_path):
    """Ingested from files into a store and measured as a person would, a need's map is that of the columns."""
    evidence, seed = EVIDENCE[number], 143
    crowd = small_crowd(seed)
    record, level = recorded(crowd, evidence, seed), 1 - sum(crowd.lost_otherwise.values()) / crowd.n_attempts
    write_workspace(tmp_path, crowd, record, evidence, level)
    settings, problems = load(tmp_path)
    assert problems == []
    ingest_workspace(settings)
    found = current_data(settings).loss_maps[crowd.world.service, "done"]
    mine = trace_crowd(crowd, evidence, record, level)
    assert (found.n, found.top, found.period.from_at) == (mine.n, mine.top, mine.period.from_at)
    assert found.gap == pytest.approx(mine.gap)
    assert {box.id: (box.claim, round(box.flow_in, 9)) for box in found.boxes} == {
        box.id: (box.claim, round(box.flow_in, 9)) for box in mine.boxes
    }
    assert found.boxes
    assert not found.why_no_map
