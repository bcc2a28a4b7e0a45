"""The rows behind a number are the rows that were counted: for every registered measure, over all its cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pytest

from engines.golden import case_entities, case_rows
from measures.given import at, engine_with, organisation, prepared, service
from measures.test_cases import CASES, edges_of
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.engines.with_views import WithViews
from wholeservice.errors import Place
from wholeservice.measures import MEASURES, behind
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.behind import Ground
from wholeservice.measures.compute import compute
from wholeservice.measures.kinds import kind_of, span_of
from wholeservice.measures.results import Results
from wholeservice.measures.roll_up import Tree
from wholeservice.organisation.graph import Need, Target, whole_of
from wholeservice.periods import ROLLING
from wholeservice.units import SHARE, Amount

EVERY = 1_000_000
DECLARED_AT = Place("organisation.yaml", 1)
SOURCE_ORDER = ("register", "website")
COSTS, OF_ALL = "cost-per-transaction", ("channel-take-up", "flow-distribution")  # of a channel or a kind: a share of all
MAY_BE_NONE = ("deployment-frequency", "deployment-days")  # a week without any, between two with some


@dataclass(frozen=True)
class World:
    """All cases beside each other: where to look for rows, and the sums of each cell."""

    ground: Ground
    sums: Mapping[Cell, Statistics]


def some_cases() -> list[tuple[str, int]]:
    """Return of each measure one case for every kind of facts it is given, that with the most numbers."""
    by_size = sorted(range(len(CASES)), key=lambda number: len(CASES[number][1].get("expect", ())))
    kinds = {(CASES[number][0], frozenset(CASES[number][1]["given"])): number for number in by_size}
    return [(name, number) for (name, _), number in kinds.items() if CASES[number][1].get("expect")]


@pytest.fixture(scope="module")
def world() -> World:
    """Every case in one organisation, its services under names of their own, summed up once."""
    entities, edges, facts = [], [], {}
    for number, (_, case) in enumerate(CASES):
        entities += [replace(each, place=DECLARED_AT) for each in case_entities(case, prefix_of(number))]
        edges += edges_of(case, prefix_of(number))
        for name, rows in case_rows(case, prefix_of(number)).items():
            facts.setdefault(name, []).append(rows)
    known, engine = organisation(*entities, edges=tuple(edges)), DuckdbEngine()
    for name, parts in facts.items():
        engine.add(name, pa.concat_tables(parts))
    prepared(engine, known, {name for each in MEASURES for name in each.needs})
    sums = dict(compute(engine, known, zone="UTC", source_order=SOURCE_ORDER))
    return World(Ground(WithViews(engine), Tree(known), "UTC", SOURCE_ORDER), sums)


def prefix_of(number: int) -> str:
    return f"case{number}-"


@pytest.mark.parametrize(
    ("name", "number"), some_cases(), ids=lambda each: each if isinstance(each, str) else CASES[each][1]["says"]
)
def test_the_rows_behind_a_number_add_up_to_its_n(world: World, name: str, number: int, monkeypatch: pytest.MonkeyPatch):
    """What the rows of a cell add to n, and to what is measured, is what the cell was summed up to: events, tallies, money."""
    monkeypatch.setattr(behind, "LEAST_PEOPLE", 0)  # a case has few people
    measure = next(each for each in MEASURES if each.name == name)
    cells = some_of([cell for cell in world.sums if cell.measure == name and cell.entity.startswith(prefix_of(number))])
    assert cells
    for cell in cells:
        found, sums = behind.behind(world.ground, measure, [cell], most=EVERY), world.sums[cell]
        assert sum(each.counts for each in found.rows) == found.n == sums.n, cell
        assert len(found.rows) == found.n_rows, cell
        assert found.n_rows > 0 or (name in MAY_BE_NONE and sums.n == 0), cell
        assert all(each.where_from for each in found.rows), cell
        added = [each.adds for each in found.rows]
        if None not in added and name != COSTS and not (name in OF_ALL and (cell.channel or cell.segment)):
            assert sum(added) == pytest.approx(sums.numerator), cell


@pytest.mark.parametrize("name", ["completion", "step-conversion", "satisfaction"])
def test_the_rows_of_a_kind_of_people_are_theirs_alone(world: World, name: str, monkeypatch: pytest.MonkeyPatch):
    """Behind the number of a device, an hour or a kind of consumer stand the rows that it counts, at each step too."""
    monkeypatch.setattr(behind, "LEAST_PEOPLE", 0)
    measure = next(each for each in MEASURES if each.name == name)
    kinds = {(kind_of(cell.segment), cell.step is None): cell for cell in world.sums if cell.measure == name and cell.segment}
    assert len(kinds) >= 2
    for cell in kinds.values():
        rows = behind.behind(world.ground, measure, [cell], most=EVERY).rows
        added = sum(each.adds or 0.0 for each in rows)
        assert (len(rows), added) == (world.sums[cell].n, pytest.approx(world.sums[cell].numerator)), cell


def test_a_service_of_which_nobody_was_ever_seen_at_an_end_is_not_behind_a_sum(monkeypatch: pytest.MonkeyPatch):
    """The desk has no number of its own: that of the organisation is of the shop alone, and so are its rows, one not two."""
    monkeypatch.setattr(behind, "LEAST_PEOPLE", 0)
    january, later = "2026-01-05", "2026-02-05"
    seen = (("shop", "find", january), ("shop", "pay", january), ("desk", "ask", january), ("shop", "find", later))
    rows = [{"happened_at": at(day), "service": name, "attempt": name + day, "step": step} for name, step, day in seen]
    known, engine = organisation(service("shop", "find pay"), service("desk", "ask get")), engine_with(interactions=rows)
    measure = next(each for each in MEASURES if each.name == "completion")
    prepared(engine, known, measure.needs)
    sums = dict(compute(engine, known, zone="UTC", source_order=(), measures=[measure]))
    whole = next(
        each for each in sums if each.entity == whole_of(known) and each.segment is None and each.from_at < at(january)
    )
    found = behind.behind(Ground(WithViews(engine), Tree(known), "UTC", ()), measure, [whole])
    assert ([each.entity for each in found.rows], found.n, sums[whole].n) == (["shop"], 1, 1)
    engine.close()


def some_of(cells: list[Cell]) -> list[Cell]:
    """Return the shortest cell that is of everything together, and the longest of those most broken down."""
    in_order = sorted(cells, key=lambda each: (n_named(each), each.to_at - each.from_at, str(each)))
    return in_order[:1] + in_order[1:][-1:]


def n_named(cell: Cell) -> int:
    return sum(each is not None for each in (cell.step, cell.channel, cell.segment))


def test_hours_in_a_row_of_one_channel_have_their_number_and_its_rows(monkeypatch: pytest.MonkeyPatch):
    """By app from 19 to 22 h are two of five: not the web, not a minute before or after. Of a week, hours are not told."""
    monkeypatch.setattr(behind, "LEAST_PEOPLE", 0)
    starts = ("18:59", "app"), ("19:00", "app"), ("19:30", "web"), ("21:59", "app"), ("22:00", "app")
    seen = [
        {"happened_at": at(f"2026-01-05 {when}"), "service": "shop", "attempt": when, "step": "find", "channel": by}
        for when, by in starts
    ]
    late = {"happened_at": at("2026-01-12 23:30"), "service": "shop", "attempt": "late", "step": "pay"}
    target = Target("", "completion", ">=", Amount(0.9, SHARE), 8)
    known = organisation(service("shop", "find pay"), needs=(Need("n", "shop", "", targets=(target,)),))
    completion = next(each for each in MEASURES if each.name == "completion")
    engine = prepared(engine_with(interactions=[*seen, late]), known, completion.needs)
    results = Results(MEASURES, compute(engine, known, zone="UTC", source_order=(), measures=[completion]))
    ((cell, sums),) = results.rows("completion", "shop", channel="app", segment=span_of("19", 3))
    assert (cell.window, sums.n, sums.numerator, sums.expected) == (ROLLING, 2, 0, 1)
    rows = behind.behind(Ground(WithViews(engine), Tree(known), "UTC", ()), completion, [cell]).rows
    assert [each.at for each in rows] == [at("2026-01-05 19:00"), at("2026-01-05 21:59")]


def test_a_few_deployments_are_shown_since_they_are_nobody(world: World):
    """Behind a number of three deployments stand three rows: they tell of a service, not of a person."""
    measure = next(each for each in MEASURES if each.name == "deployment-frequency")
    cell = next(cell for cell, sums in world.sums.items() if cell.measure == measure.name and 0 < sums.n < behind.LEAST_PEOPLE)
    found = behind.behind(world.ground, measure, [cell], most=EVERY)
    assert (found.why_hidden, len(found.rows)) == (None, world.sums[cell].n)
    assert {each.kind for each in found.rows} == {"deployment"}
