"""Tiles of real and published logs: what is not worked on adds up to the waiting that others computed."""

from __future__ import annotations

import csv
import datetime as dt
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ingested import Workspace
from measures.given import organisation, prepared
from wholeservice.engines.duckdb_engine import DuckdbEngine

pytestmark = pytest.mark.real_data

MANUAL = """\
log:
  file: log.csv
  facts:
    - work: { item: "{case_id}", stage: "{Activity}", state: active, from_at: "{start_time}", to_at: "{end_time}" }
"""
FLUXICON = """\
log:
  file: log.csv
  facts:
    - work: { item: "{case:concept:name}", stage: "{Activity}", state: active,
              from_at: "{start_timestamp}", to_at: "{time:timestamp}" }
"""
SECOND = dt.timedelta(seconds=1)


def tiles(workspace: Workspace, content: bytes, mapping: str) -> list[dict[str, Any]]:
    workspace.write("log.csv", content)
    workspace.ingest(mapping)
    run = workspace.store.latest()
    assert run is not None
    engine = DuckdbEngine()
    for name, files in workspace.store.files(run).items():
        engine.add(name, files)
    prepared(engine, organisation(), ["tiles"])
    found = engine.run(engine.table("tiles")).to_pylist()
    engine.close()
    return [{**row, "lasted_s": (row["to_at"] - row["from_at"]) / SECOND} for row in found]


@pytest.mark.parametrize(("number", "waited_s"), [(1, 18_900), (2, 21_600), (3, 75_600)])
def test_what_is_not_worked_on_is_the_published_waiting(workspace: Workspace, real_peers: Path, number: int, waited_s: int):
    """Between the first and the last activity of a case, all that is no work is the waiting between its activities."""
    folder = real_peers / "waiting-time-logs"
    rows = tiles(workspace, (folder / f"manual_log_{number}.csv").read_bytes(), MANUAL)
    waiting = sum(row["lasted_s"] for row in rows if row["kind"] == "unknown" and not row["is_open"])
    with (folder / f"manual_log_{number}_expected.csv").open(encoding="utf-8", newline="") as stream:
        published = sum(float(row["wt_total_seconds"]) for row in csv.DictReader(stream))
    assert waiting == published == waited_s


@pytest.mark.parametrize(("log", "n_cases"), [("Production.csv", 225), ("PurchasingExample.csv", 608)])
def test_work_of_real_logs_adds_up(workspace: Workspace, real_data: Path, log: str, n_cases: int):
    """Work of each case is the union of its activities, parallel ones counted once; its pieces follow one another."""
    content = (real_data / "waiting-time" / log).read_bytes()
    rows = tiles(workspace, content, FLUXICON)
    expected = union_by_case(list(csv.DictReader(content.decode().splitlines())))
    assert len(expected) == n_cases
    worked = dict.fromkeys(expected, 0.0)
    for row in rows:
        worked[row["item"]] += row["lasted_s"] if row["kind"] == "work" else 0.0
    assert worked == expected
    by_case = sorted(rows, key=lambda row: (row["item"], row["from_at"]))
    same = [(one, other) for one, other in pairwise(by_case) if one["item"] == other["item"]]
    assert all(one["to_at"] == other["from_at"] for one, other in same)


def union_by_case(rows: list[dict[str, str]]) -> dict[str, float]:
    spans: dict[str, list[tuple[dt.datetime, dt.datetime]]] = {}
    for row in rows:
        ends = (dt.datetime.fromisoformat(row[name]) for name in ("start_timestamp", "time:timestamp"))
        spans.setdefault(row["case:concept:name"], []).append(tuple(ends))  # type: ignore[arg-type]
    found = dict.fromkeys(spans, 0.0)
    for case, mine in spans.items():
        covered_to = min(mine)[0]
        for start, end in sorted(mine):
            found[case] += max((end - max(start, covered_to)) / SECOND, 0.0)
            covered_to = max(covered_to, end)
    return found
