"""Public event logs through the sources `xes` and `ocel`: cases, events and variants as others counted them."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from ingested import Workspace

pytestmark = pytest.mark.real_data


@dataclass(frozen=True)
class Log:
    """A log and what is known of it. `more` is what its declaration says besides the file."""

    path: str
    n_cases: int
    n_events: int
    n_variants: int | None
    more: str = ""


LOGS = {
    "incidents": Log("volvo-itsm/07_bpic2013_incidents.xes.gz", 7554, 65533, None, ", states: { Unmatched: queued }"),
    "problems": Log("volvo-itsm/06_bpic2013_closed.xes.gz", 1487, 6660, None, ", states: { Unmatched: queued }"),
    "loan": Log("loan/bpic2012.xes.gz", 13087, 262200, 4366),
    "helpdesk": Log("process-small/helpdesk.xes.gz", 4580, 21348, 226),
    "permits": Log("process-small/receipt_env_permit.xes.gz", 1434, 8577, 116),
    "running-example": Log("process-small/running-example.xes", 6, 42, 6),
}
OCEL = ("process-small/ocel/ocel20_example.jsonocel", "process-small/ocel/ocel20_example.sqlite")
RECRUITING = "process-small/ocel/recruiting-red.jsonocel.gz"


@pytest.fixture(scope="module")
def ingested(real_data, tmp_path_factory):
    """Ingest a log once, with the mapping that its rows usually have."""
    known: dict[str, tuple[Workspace, Any, list[dict]]] = {}

    def run(name: str):
        if name not in known:
            log = LOGS[name]
            workspace = Workspace(tmp_path_factory.mktemp(name))
            report = workspace.ingest(f"log: {{ kind: xes, file: {real_data / log.path}{log.more} }}")
            known[name] = (workspace, report, work(workspace))
        return known[name]

    return run


def work(workspace: Workspace) -> list[dict]:
    """Return the stays of all cases, each case in the order of its events."""
    rows = workspace.store.read(workspace.store.latest(), "work").to_pylist()
    return sorted(rows, key=lambda row: (row["item"], row["from_at"], int(row["part"].partition("#")[2] or 1)))


def traces(rows: list[dict]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["item"], []).append(row["stage"])
    return {item: tuple(stages) for item, stages in found.items()}


@pytest.mark.parametrize("name", LOGS)
def test_every_case_and_event_is_in(ingested, name):
    """One item per trace, one stay per event, nothing refused, and the variants that others count."""
    workspace, report, rows = ingested(name)
    (source,) = report.sources
    log = LOGS[name]
    assert (source.read, source.kept, source.refused, source.quarantined) == (log.n_events, log.n_events, 0, 0)
    assert len(rows) == log.n_events
    assert len(set(workspace.rows("items", "item"))) == len(workspace.rows("items", "item")) == log.n_cases
    variants = set(traces(rows).values())
    assert log.n_variants in (None, len(variants))


@pytest.mark.parametrize("name", ["loan", "incidents", "permits"])
def test_the_lines_are_those_of_the_file(ingested, real_data, name):
    """`where_from` leads to the `<event>` of the row: counted by a plain search for lines."""
    rows = ingested(name)[2]
    with gzip.open(real_data / LOGS[name].path, "rt", encoding="utf-8") as lines:
        expected = {number for number, line in enumerate(lines, 1) if line.strip() == "<event>"}
    assert {int(row["where_from"].rpartition(":")[2]) for row in rows} == expected


def test_values_are_those_of_a_plain_search(ingested, real_data):
    """Resources, times and statuses of the incidents, as a regular expression finds them."""
    rows = ingested("incidents")[2]
    with gzip.open(real_data / LOGS["incidents"].path, "rt", encoding="utf-8") as file:
        text = file.read().partition("<trace>")[2]
    expected = Counter(re.findall(r'key="org:group" value="([^"]*)"', text))
    assert Counter(row["team"] for row in rows if row["team"]) == expected
    names = Counter(re.findall(r'<event>.*?key="concept:name" value="([^"]*)".*?</event>', text, re.DOTALL))
    assert Counter(row["stage"] for row in rows) == names == {
        "Accepted": 40117, "Completed": 13867, "Queued": 11544, "Unmatched": 5,
    }  # fmt: skip


def test_statuses_of_incidents_tile_the_case(ingested):
    """A status lasts until the next event of the case: no gap, no overlap, and only an unfinished case stays open."""
    rows = ingested("incidents")[2]
    gaps = [
        (one["item"], one["to_at"], other["from_at"])
        for one, other in pairwise(rows)
        if one["item"] == other["item"] and one["to_at"] != other["from_at"]
    ]
    assert gaps == []
    assert Counter(row["state"] for row in rows) == {
        "active": 30239 + 2035, "queued": 11544 + 3221 + 5, "done": 6115 + 5716, "blocked": 4217 + 1533 + 493 + 313 + 101,
        "returned": 1,
    }  # fmt: skip


def test_an_incident_ends_with_its_last_status(ingested, real_data):
    """done_at is there exactly for the cases whose last event is Resolved, Closed or Cancelled."""
    workspace = ingested("incidents")[0]
    with gzip.open(real_data / LOGS["incidents"].path, "rt", encoding="utf-8") as file:
        histories = file.read().split("<trace>")[1:]
    last = [re.findall(r'key="lifecycle:transition" value="([^"]*)"', each)[-1] for each in histories]
    expected = sum(each in ("Resolved", "Closed", "Cancelled") for each in last)
    assert sum(done is not None for done in workspace.rows("items", "done_at")) == expected


def test_loan_work_starts_and_ends_where_the_log_says(ingested):
    """24 activities; a start lasts until its completion, a completion is an instant, and no time is invented."""
    rows = ingested("loan")[2]
    assert len({row["stage"] for row in rows}) == 24
    states = Counter(row["state"] for row in rows)
    assert states == {"done": 164506, "active": 71376, "queued": 26318}
    assert all(row["to_at"] == row["from_at"] for row in rows if row["state"] == "done")
    started = [row for row in rows if row["state"] == "active"]
    assert not any(row["to_at"] and row["to_at"] < row["from_at"] for row in started)
    assert sum(row["to_at"] is not None for row in started) > 71_000


def test_variants_of_the_running_example_are_those_of_a_peer(ingested, real_peers):
    """PM4Py's variants, with their counts."""
    expected = json.loads((real_peers / "pm4py" / "expected.json").read_text())["running-example"]
    found = Counter(" > ".join(trace) for trace in traces(ingested("running-example")[2]).values())
    assert found == expected["variants"]
    items = ingested("running-example")[0].rows("items", "item", "created_at")
    assert len(items) == expected["cases"]


def test_reading_again_changes_nothing(ingested, real_data):
    """Every event is known the second time."""
    name = "helpdesk"
    workspace, report, _ = ingested(name)
    again = workspace.ingest(f"log: {{ kind: xes, file: {real_data / LOGS[name].path} }}")
    assert (again.is_new, again.sources[0].known) == (False, report.sources[0].read)


@pytest.mark.parametrize("path", OCEL)
def test_ocel_example(real_data, workspace, path):
    """JSON and SQLite of one log give the same facts; the SQLite file has civil times of a zone one hour ahead."""
    report = workspace.ingest(f"log: {{ kind: ocel, file: {real_data / path}, zone: Europe/Rome }}")
    expected = json.loads((real_data / OCEL[0]).read_text())
    taken = [(event["time"], event["type"], one["objectId"]) for event in expected["events"] for one in event["relationships"]]
    found = workspace.rows("work", "from_at", "stage", "item")
    assert sorted((at.isoformat(), stage, item) for at, stage, item in found) == sorted(taken)
    objects = {each["id"]: each["type"] for each in expected["objects"]}
    assert dict(workspace.rows("items", "item", "stream")) == objects
    related = [
        (each["id"], one["objectId"], one["qualifier"]) for each in expected["objects"] for one in each.get("relationships", [])
    ]
    links = workspace.rows("links", "from_ref", "to_ref", "relation")
    assert links == sorted((f"items:{one}", f"items:{other}", word) for one, other, word in related)
    assert report.sources[0].refused == 0


def test_the_sqlite_example_counts_as_sqlite_does(real_data, workspace):
    """Rows of the tables, counted by the database itself."""
    with closing(sqlite3.connect(f"file:{real_data / OCEL[1]}?mode=ro&immutable=1", uri=True)) as connection:
        counted = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608
                   for name in ("event", "object", "event_object", "object_object")}  # fmt: skip
    report = workspace.ingest(f"log: {{ kind: ocel, file: {real_data / OCEL[1]} }}")
    changes = 3
    assert report.sources[0].read == sum(counted.values()) + changes
    assert len(workspace.rows("work", "item")) == counted["event_object"]


def test_recruiting_is_ocel_1(real_data, workspace):
    """6 607 events of 1 051 objects of six types, as the JSON itself says."""
    with gzip.open(real_data / RECRUITING, "rt", encoding="utf-8") as file:
        expected = json.load(file)
    workspace.ingest(f"log: {{ kind: ocel, file: {real_data / RECRUITING} }}")
    taken = Counter(name for each in expected["ocel:events"].values() for name in set(each["ocel:omap"]))
    assert Counter(workspace.rows("work", "item")) == taken
    assert dict(workspace.rows("items", "item", "stream")) == {
        name: each["ocel:type"] for name, each in expected["ocel:objects"].items() if name in taken
    }  # fmt: skip
