"""Changelogs of a real Jira (31 issues of a public sample), and the status histories that Apache DevLake makes of them."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import defaultdict

DECLARED = "work: { kind: jira, file: issues.json }"


def rows(folder, name):
    """Yield the rows that are of Jira: one story beside them is of another tool."""
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        yield from (each for each in csv.DictReader(stream) if "jira:JiraIssue:" in each.get("issue_id", each.get("id", "")))


def exported(folder):
    """Return the issues as Jira's own search would give them: the last change first."""
    histories = defaultdict(dict)
    for each in rows(folder, "raw_tables/issue_changelogs.csv"):
        item = {"field": each["field_name"], "fieldId": each["field_id"], "fromString": each["original_from_value"] or None,
                "toString": each["original_to_value"] or None}  # fmt: skip
        if each["field_name"] == "assignee":
            item |= {"from": item["fromString"], "to": item["toString"]}
        number = each["id"].split(":")[3]
        history = histories[each["issue_id"]].setdefault(number, {"id": number, "created": each["created_date"], "items": []})
        history["items"].append(item)
    for each in rows(folder, "raw_tables/issues.csv"):
        changes = sorted(histories[each["id"]].values(), key=lambda one: one["created"], reverse=True)
        yield {"id": each["id"], "key": each["issue_key"], "changelog": {"histories": changes, "total": len(changes)},
               "fields": {"created": each["created_date"], "status": {"name": each["original_status"]},
                          "issuetype": {"name": each["original_type"]}}}  # fmt: skip


def test_our_stays_begin_where_the_status_history_of_devlake_does(workspace, real_peers):
    """Of 31 issues every status, the instant at which it was entered, and which one is that of today. Of an issue that was
    never in another status DevLake says that it is in none today; ours is in the one."""
    folder = real_peers / "devlake" / "issue_trace" / "e2e"
    issues = list(exported(folder))
    workspace.write("issues.json", json.dumps({"issues": issues}))
    (report,) = workspace.ingest(DECLARED).sources
    assert report.refused == 0
    keys = {each["id"]: each["key"] for each in issues}
    expected = sorted(
        (
            keys[each["issue_id"]],
            dt.datetime.fromisoformat(each["start_date"]),
            each["original_status"],
            each["is_current_status"],
        )
        for each in rows(folder, "snapshot_tables/issue_status_history.csv")
    )
    assert len(expected) == 196
    changed = {item for item in keys.values() if len([each for each in expected if each[0] == item]) > 1}
    expected = [(*each[:3], each[3] if each[0] in changed else "1") for each in expected]
    ours: list[list[object]] = []
    stays = sorted(
        workspace.rows("work", "item", "from_at", "stage", "to_at"), key=lambda row: (row[0], row[1], row[3] is None)
    )
    for item, from_at, stage, to_at in stays:
        if ours and ours[-1][0] == item and ours[-1][2] == stage:  # the same status in other hands
            ours[-1][3] = "1" if to_at is None else "0"
        else:
            ours.append([item, from_at, stage, "1" if to_at is None else "0"])
    assert sorted(map(tuple, ours)) == expected
