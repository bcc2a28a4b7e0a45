"""Every file in tests/cases/measures: facts in, numbers out. A new case needs no Python; docs/add_a_measure.md says how."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from measures.given import engine_with, organisation, prepared, service
from wholeservice import tables
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Cell, Measure, Statistics
from wholeservice.measures.compute import compute
from wholeservice.organisation.graph import Edge, Entity
from wholeservice.periods import parse_period
from wholeservice.units import COUNT, Amount

FOLDER = Path(__file__).parents[1] / "cases/measures"
CASES = [
    (path.stem, case) for path in sorted(FOLDER.glob("*.yaml")) for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
WINDOW = "calendar"


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case['says']}" for name, case in CASES])
def test_case(name: str, case: dict[str, Any]):
    """What the case says."""
    measure = next(each for each in MEASURES if each.name == name)
    rows = measured(measure, case)
    for expected in case.get("expect", ()):
        cell = cell_of(measure, expected, case.get("zone", "UTC"))
        assert cell in rows, f"{cell} is not among\n" + "\n".join(map(str, rows))
        assert_row(measure, rows[cell], expected)
    for absent in case.get("absent", ()):
        assert cell_of(measure, absent, case.get("zone", "UTC")) not in rows


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_measure_has_cases(measure: Measure):
    """A measure without a case is not tested; this says which file to write."""
    assert any(name == measure.name for name, _ in CASES), f"write tests/cases/measures/{measure.name}.yaml"


def measured(measure: Measure, case: dict[str, Any]) -> dict[Cell, Statistics]:
    """Return the sums of a case per cell."""
    known = organisation(*(entity_of(name, words or {}) for name, words in case["organisation"].items()), edges=edges_of(case))
    facts = {name: [fact_of(tables.BY_NAME[name], row) for row in rows] for name, rows in case["given"].items()}
    order = case.get("source-order", [])
    engine = prepared(engine_with(**facts), known, measure.needs, case.get("zone", "UTC"))
    return dict(compute(engine, known, zone=case.get("zone", "UTC"), source_order=order, measures=[measure]))


def entity_of(name: str, words: dict[str, Any]) -> Entity:
    words = {"kind": "service", "journey": "", **words}
    if stages := words.pop("stages", None):
        words["fields"] = {"stages": tuple(stages)}
    line = {"line": words.pop("line")} if "line" in words else {}
    if people := words.pop("people", None):
        words["fields"] = {"people": people, **line} if words["kind"] == "team" else {"volume": Amount(people, COUNT)}
    return service(name, **{each: tuple(value) if isinstance(value, list) else value for each, value in words.items()})


def edges_of(case: dict[str, Any], prefix: str = "") -> tuple[Edge, ...]:
    """Return whom the services of a case are for."""
    named = case.get("for", {}).items()
    return tuple(Edge(prefix + service, "for", prefix + consumer) for service, whom in named for consumer in whom)


def fact_of(table: tables.Table, row: dict[str, Any]) -> dict[str, Any]:
    """Return a fact; `period: 2026-01` stands for its two instants, a tally is a calendar count unless it says otherwise."""
    row = dict(row)
    if table is tables.TALLIES:
        row = {"window": WINDOW, "statistic": "count", **row}
    if "period" in row and (period := parse_period(row.pop("period"))):
        row |= {"from_at": period.from_at, "to_at": period.to_at}
    instants = {column.name for column in table.columns if column.type == tables.INSTANT}
    return {name: instant_of(value) if name in instants else value for name, value in row.items()}


def instant_of(value: Any) -> dt.datetime:
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def cell_of(measure: Measure, words: dict[str, Any], zone: str = "UTC") -> Cell:
    period = parse_period(words["period"], zone)
    assert period, words
    place = {name: words.get(name) for name in ("step", "channel", "segment", "currency")}
    return Cell(measure.name, words["entity"], period.from_at, period.to_at, words.get("window", WINDOW), **place)


def assert_row(measure: Measure, sums: Statistics, expected: dict[str, Any]) -> None:
    finished = measure.finish(sums)
    assert finished.value == (None if expected["value"] is None else pytest.approx(expected["value"], abs=5e-5)), (
        sums,
        expected,
    )
    for name in ("n", "numerator", "denominator", "clusters", "reporting", "expected"):
        assert getattr(sums, name) == expected.get(name, getattr(sums, name)), (name, sums)
    if "interval" in expected:
        interval = finished.interval
        assert (
            [round(interval.low, 3), round(interval.high, 3)] == expected["interval"]
            if interval
            else expected["interval"] is None
        )
