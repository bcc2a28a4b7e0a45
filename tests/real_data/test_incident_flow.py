"""Incidents of a car maker: every life is tiled exactly, and what goes to and fro between teams is what a plain count says."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path

import pytest

from ingested import Workspace
from measures.given import organisation, prepared
from wholeservice.app.snapshots import flow_seen
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.findings.flow_returns import THROWN
from wholeservice.organisation.graph import Edge, Entity, Organisation

pytestmark = pytest.mark.real_data

LOG = "volvo-itsm/07_bpic2013_incidents.xes.gz"
STATES = (
    "in progress: active, in call: active, assigned: queued, awaiting assignment: queued, wait - user: blocked, wait: blocked, "
    "wait - implementation: blocked, wait - vendor: blocked, wait - customer: blocked, resolved: done, closed: done, "
    "cancelled: done, unmatched: queued, unknown: queued"
)
MAPPING = """
log:
  kind: xes
  file: {file}
  record: ["case:id"]
  facts:
    - item: {{ item: "{{case:id}}", kind: request, service: help, created_at: "{{case:first}}", done_at: "{{case:last}}" }}
      where: {{ "event:is-last": "true" }}
    - work: {{ item: "{{case:id}}", stage: "{{concept:name}}", from_at: "{{time:timestamp}}", to_at: "{{event:until}}",
              team: "{{org:group}}", state: {{ column: "event:transition", map: {{ {states} }} }} }}
"""


@pytest.fixture(scope="module")
def histories(real_data: Path) -> dict[str, list[tuple[dt.datetime, str | None]]]:
    """Of each case its events, found by regular expressions and nothing of ours: when, and which team."""
    with gzip.open(real_data / LOG, "rt", encoding="utf-8") as file:
        traces = file.read().split("<trace>")[1:]
    return {re.search(r'concept:name" value="([^"]*)"', trace)[1]: _events(trace) for trace in traces}  # type: ignore[index]


def _events(trace: str) -> list[tuple[dt.datetime, str | None]]:
    found = []
    for event in re.findall(r"<event>(.*?)</event>", trace, re.DOTALL):
        group = re.search(r'org:group" value="([^"]*)"', event)
        moment = re.search(r'time:timestamp" value="([^"]*)"', event)
        found.append((dt.datetime.fromisoformat(moment[1]), group[1] if group else None))  # type: ignore[index]
    return sorted(found, key=lambda each: each[0])


def known() -> Organisation:
    stream, service = Entity("incidents", "value-stream", "Incidents"), Entity("help", "service", "Help")
    return organisation(stream, service, edges=(Edge("help", "runs-in", "incidents"),))


@pytest.fixture(scope="module")
def engine(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> DuckdbEngine:
    workspace = Workspace(tmp_path_factory.mktemp("incidents"))
    workspace.ingest(MAPPING.format(file=real_data / LOG, states=STATES))
    run, made = workspace.store.latest(), DuckdbEngine()
    for name in ("items", "work"):
        made.add(name, workspace.store.read(run, name))
    return prepared(made, known(), ["lives", "waits", "delivered"])


def test_every_life_is_tiled_without_gap_or_overlap(engine: DuckdbEngine, histories):
    """Of all 7,554 the pieces follow each other from the first event to the last: they are as long as a plain reading says."""
    tiles: dict[str, list[tuple[dt.datetime, dt.datetime]]] = {}
    for row in engine.run(engine.table("tiles").order_by("item", "from_at", "to_at")).to_pylist():
        tiles.setdefault(row["item"], []).append((row["from_at"], row["to_at"]))
    assert len(histories) == 7554
    long = {item: events for item, events in histories.items() if events[-1][0] > events[0][0]}
    assert set(long) <= set(tiles)
    wrong = [
        item for item, events in long.items()
        if (tiles[item][0][0], tiles[item][-1][1]) != (events[0][0], events[-1][0])
        or any(one[1] != other[0] for one, other in zip(tiles[item], tiles[item][1:], strict=False))
    ]  # fmt: skip
    assert wrong == []


def test_what_goes_to_and_fro_is_what_a_plain_count_says(engine: DuckdbEngine, histories):
    """Two teams that had it in turn, A B A B, of those that were alive in the newest half year."""
    (found,) = flow_seen(engine, known())[THROWN]
    newest = max(events[-1][0] for events in histories.values())
    alive = {item: events for item, events in histories.items() if events[-1][0] >= newest - dt.timedelta(days=182.5)}
    plain = sum(_is_thrown([team for _, team in events if team]) for events in alive.values())
    assert (found["n_items"], len(alive)) == (7553, 7554)  # one has a single event, and so no piece
    assert found["n_thrown"] == plain == 402


def _is_thrown(teams: list[str]) -> bool:
    """Say whether four holders in a row are two teams in turn."""
    held = [team for at, team in enumerate(teams) if not at or teams[at - 1] != team]
    return any(held[at] == held[at + 2] and held[at + 1] == held[at + 3] for at in range(len(held) - 3))
