"""An entry of the improvement log is no work and no rhythm: it moves no period, and makes no other source late."""

from __future__ import annotations

import datetime as dt

from wholeservice.app.snapshots import open_engine
from wholeservice.facts.assessment import assess
from wholeservice.facts.identity import FactTables, resolve
from wholeservice.facts.ingest import built_in, ingest
from wholeservice.mapping import quarantine
from wholeservice.measures.compute import work_extent
from wholeservice.organisation.graph import Organisation
from wholeservice.tables import LOG

SMALL = Organisation("Small", "", "", entities={}, edges=(), needs=(), aliases={}, hash="0")
BACKLOG = """
backlog:
  file: items.csv
  facts: [ item: { item: "{item}", kind: "{kind}", service: "{service}", created_at: "{created}" } ]
"""
LINE = """{"record":"IMP-1/1","rows":[{"row":"item","item":"IMP-1","kind":"improvement","created":"2026-11-30T08:00:00Z"},
{"row":"judgement","about":"item:IMP-1","question":"improvement","verdict":"Tidy up","judged":"2026-11-30T08:00:00Z"}]}
"""


def test_what_is_only_said_is_no_work_and_makes_no_source_late(workspace):
    """The backlog ends in March, somebody writes in November: work was seen until March, and the backlog is not late by that.

    An improvement of a tracker, which has a service, is work as before.
    """
    rows = [f"D-{day},{'improvement' if day == 28 else 'defect'},stay,2026-03-{day:02}" for day in range(1, 29)]
    workspace.write("items.csv", "\n".join(["item,kind,service,created", *rows]) + "\n")
    workspace.write("log.jsonl", LINE.replace("},\n{", "},{"))
    declared, _ = workspace.load(BACKLOG)
    every = (*declared, built_in(LOG, "{ kind: improvements, file: log.jsonl }", "UTC"))
    known_at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    report = ingest(every, workspace.store, workspace.context, known_at, guards=lambda source: None)
    assert [(each.source, each.refused, each.facts) for each in report.sources] == [("backlog", 0, 28), (LOG, 0, 2)]
    run = workspace.store.latest()
    with open_engine(workspace.store, run) as engine:
        resolve(engine, SMALL)
        assert work_extent(engine, "UTC").after_on == dt.date(2026, 3, 29)
        assert engine.run(FactTables(engine).items).num_rows == 28
        (quality,) = assess(engine, SMALL, [run], workspace.store.read(run, quarantine.NAME), "UTC", declared=["backlog"])
    assert (quality.source, quality.compared_on, quality.is_late) == ("backlog", dt.date(2026, 3, 28), False)
