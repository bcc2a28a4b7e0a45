"""ServiceNow and Azure DevOps by the mappings of their pages: read again, corrected, and with rows that are broken."""

from __future__ import annotations

import json

import pytest

from documented import examples

PAGES = ("sources/servicenow.md", "sources/azure_devops.md")


def write(workspace, page):
    """Write the files of a page; return its mapping and the content of each file."""
    (example,) = examples(page)
    for _, name, content in example.before:
        workspace.write(name, content)
    return example.mapping, {name: content for _, name, content in example.before}


@pytest.mark.parametrize("page", PAGES)
def test_the_same_export_twice_changes_nothing(workspace, page):
    """Each issue, state, promise and revision is a record of its own."""
    mapping, _ = write(workspace, page)
    first = workspace.ingest(mapping).sources
    again = workspace.ingest(mapping).sources
    assert [(each.known, each.kept, each.superseded, each.refused) for each in again] == [
        (each.read, 0, 0, 0) for each in first
    ]


def test_a_state_that_ended_meanwhile_replaces_the_open_one(workspace):
    """The metric instance is the record: its end supersedes that there was none; a word that means nothing yet is told."""
    mapping, files = write(workspace, PAGES[0])
    report = workspace.ingest(mapping).sources[1]
    assert [each.code for each in report.problems] == ["SRC118"]
    assert "Awaiting Parts" in report.problems[0].what
    ended = files["metric_instance.csv"].replace("2026-03-02 09:00:00,,false", "2026-03-02 09:00:00,2026-03-04 09:00:00,true")
    workspace.write("metric_instance.csv", ended)
    assert workspace.ingest(mapping).sources[1].superseded == 1
    ends = workspace.rows("work", "stage", "to_at")
    assert [at and at.day for stage, at in ends if stage == "On Hold"] == [4]


def test_a_broken_row_costs_that_row(workspace):
    """An instant that is none, with its place; the rows beside it are kept. A file that is cut off stops its source alone."""
    mapping, files = write(workspace, PAGES[1])
    revisions = json.loads(files["revisions.json"])
    revisions["value"][0]["ChangedDate"] = "soon"
    workspace.write("revisions.json", json.dumps(revisions))
    items, stays = workspace.ingest(mapping).sources
    assert (items.refused, stays.refused) == (0, 1)
    assert [(each.code, each.place) for each in stays.reasons] == [("SRC154", "revisions.json#1")]
    workspace.write("work_items.json", files["work_items.json"][:200])
    items, stays = workspace.ingest(mapping).sources
    assert [each.code for each in items.problems] == ["SRC124"]
    assert len(workspace.rows("items", "item")) == 2
    assert len(workspace.rows("work", "item")) == 4
