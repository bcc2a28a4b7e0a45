"""From a file of stays to stored flows and stories: what is stored is read back, and a small team is in none of it."""

from __future__ import annotations

from pathlib import Path

from app.test_incremental import run
from wholeservice.app import stored_results
from wholeservice.measures import MEASURES

SETTINGS = """name: Inn
sources:
  board:
    file: stays.csv
    record: [item, nth]
    facts:
      - item: { item: "{item}", kind: wish, service: inn, stream: change, created_at: "{made}", done_at: "{done}" }
      - work: { item: "{item}", stage: "{stage}", state: "{state}", from_at: "{from}", to_at: "{to}", waits_on: "{waits}" }
"""
ORGANISATION = """org: { name: Inn, purpose: x, north-star: y }
value-streams:
  change: { owner: ann, stages: [{ stage: build, kind: value-adding }, { stage: check }] }
services:
  inn: { stream: change, team: crew }
teams:
  crew: { people: 6, stream: change }
  trio: { people: 3 }
"""
STAYS = """item,nth,made,done,stage,state,from,to,waits
a,1,2026-03-02T08:00:00Z,2026-03-03T08:00:00Z,build,active,2026-03-02T08:00:00Z,2026-03-02T20:00:00Z,
a,2,2026-03-02T08:00:00Z,2026-03-03T08:00:00Z,check,blocked,2026-03-02T20:00:00Z,2026-03-03T08:00:00Z,trio
b,1,2026-03-03T08:00:00Z,,build,active,2026-03-03T08:00:00Z,,
c,1,2026-03-04T23:30:00Z,,build,queued,2026-03-04T23:30:00Z,,
"""


def test_flows_and_stories_are_stored_and_a_small_team_is_not_named(tmp_path: Path):
    """The item took a day, half of it work; that it waited for a team of three is told as another team, without its name."""
    (tmp_path / "organisation").mkdir()
    (tmp_path / "organisation" / "organisation.yaml").write_text(ORGANISATION, encoding="utf-8")
    (tmp_path / "wholeservice.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "stays.csv").write_text(STAYS, encoding="utf-8")
    run(tmp_path, "ingest")
    run(tmp_path, "measure")
    results = tmp_path / ".wholeservice" / "results"
    snapshot = stored_results.current(results) or ""
    data = stored_results.load(results, snapshot, MEASURES)
    flows = {each.entity: each for each in data.flows}
    assert set(flows) == {"change", "crew", "inn"}
    told = flows["change"]
    assert (told.n_done, told.lead.mean_s, told.process.mean_s) == (1, 86400.0, 43200.0)
    assert [(each.stage, each.cause, each.on_entity) for each in told.causes] == [(None, "team", None)]
    assert [(each.item, each.age_s) for each in told.open] == [("b", 39.5 * 3600.0), ("c", None)]
    assert {item: len(story.pieces) for item, story in data.stories.items()} == {"a": 2, "b": 1, "c": 0}
    for name in (stored_results.FLOWS, stored_results.STORIES):
        assert "trio" not in (results / snapshot / name).read_text(encoding="utf-8")
