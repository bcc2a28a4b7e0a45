"""
GitLab's issues, merge requests and deployments: which stays they make, what delivered what, and what is refused.

The files have the shape of docs.gitlab.com/api, and of the export of a project: issues.ndjson, merge_requests.ndjson and
ci_pipelines.ndjson of tree/project.
"""

from __future__ import annotations

import json

import pytest

from wholeservice.mapping.guard import Guard
from wholeservice.mapping.pseudonyms import Pseudonyms

DECLARED = 'lab: { kind: gitlab, file: "*json" }'
SITE = "https://gitlab.example.com/acme/shop/-"


def at(day, hour=10):
    return f"2026-03-{day:02}T{hour:02}:00:00.000Z"


def issue(n, day=1, **more):
    return {"id": 1000 + n, "iid": n, "project_id": 5, "state": "opened", "created_at": at(day), "updated_at": at(30),
            "closed_at": None, "labels": [], "issue_type": "issue", "references": {"full": f"acme/shop#{n}"},
            "web_url": f"{SITE}/issues/{n}", **more}  # fmt: skip


def merge(n, day=3, merged=None, **more):
    return {"id": 2000 + n, "iid": n, "project_id": 5, "state": "merged" if merged else "opened", "draft": False,
            "created_at": at(day), "updated_at": at(30), "merged_at": merged and at(merged), "closed_at": None,
            "source_branch": "x", "target_branch": "main", "author": {"id": 1, "username": "ann"},
            "sha": f"h{n}", "merge_commit_sha": merged and f"m{n}", "references": {"full": f"acme/shop!{n}"},
            "description": None, **more}  # fmt: skip


def note(n, day, body, who="bob", *, system=True, kind="MergeRequest"):
    return {"id": day, "body": body, "system": system, "author": {"id": 2, "username": who}, "created_at": at(day),
            "noteable_type": kind, "noteable_iid": n, "project_id": 5}  # fmt: skip


def commit(sha, day, *parents):
    return {"id": sha, "short_id": sha, "parent_ids": list(parents), "authored_date": at(day), "committed_date": at(day + 3),
            "created_at": at(day), "author_name": "Ann Lee", "author_email": "ann@example.com"}  # fmt: skip


def deployment(n, sha, day, status="success", name="production", tier="production"):
    return {"id": n, "iid": n, "sha": sha, "ref": "main", "status": status, "created_at": at(day), "updated_at": at(day, 13),
            "environment": {"name": name, "tier": tier}, "user": {"username": "ann"},
            "deployable": {"finished_at": at(day, 12), "web_url": f"{SITE}/jobs/1", "pipeline": {"project_id": 5}}}  # fmt: skip


def ingest(workspace, *records, declared=DECLARED, name="a.json"):
    (workspace.folder / name).parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(json.dumps(each) for each in records) if name.endswith(".ndjson") else json.dumps(list(records))
    workspace.write(name, text)
    (report,) = workspace.ingest(declared).sources
    assert report.kept + report.known + report.superseded + report.refused == report.read
    return report


def told(report):
    return {each.code: each.what for each in report.problems}


def work(workspace, *columns):
    found = workspace.rows("work", "from_at", "to_at", *(columns or ("stage", "state")))
    found.sort(key=lambda row: (row[0], row[1] is None, *row[2:]))
    return [(begin.day, end and end.day, *rest) for begin, end, *rest in found]


def links(workspace, relation):
    return [each[::2] for each in workspace.rows("links", "from_ref", "relation", "to_ref") if each[1] == relation]


MERGED = [
    merge(7, 3, merged=8, description="Closes #5"), note(7, 4, "requested review from @bob"), note(7, 5, "requested changes"),
    note(7, 6, "requested review from @bob"), note(7, 7, "approved this merge request"), deployment(1, "m7", 9),
]  # fmt: skip


def test_a_merge_request_goes_from_its_first_commit_to_production(workspace):
    """As its notes tell; its commits say whose they are by their folder; when they were authored counts."""
    workspace.write("a.json", json.dumps(MERGED))
    report = ingest(
        workspace,
        commit("h7", 2, "c1"),
        commit("c1", 1),
        name="merge_requests/7/commits.json",
        declared=DECLARED.replace('"*json"', '["*json", "merge_requests/*/*.json"]'),
    )
    assert (report.problems, report.refused) == ((), 0)
    assert work(workspace) == [
        (1, 3, "code", "active"), (3, 4, "code", "active"), (4, 5, "review", "queued"), (5, 6, "code", "returned"),
        (6, 7, "review", "queued"), (7, 8, "merge", "queued"), (8, 9, "deploy", "queued"), (9, None, "done", "done"),
    ]  # fmt: skip
    ((name, kind, service, began, done),) = workspace.rows("items", "item", "kind", "service", "created_at", "done_at")
    assert (name, kind, service, began.day, done.day) == ("acme/shop!7", "change", "shop", 1, 8)
    assert links(workspace, "fixes") == [("item:acme/shop!7", "item:acme/shop#5")]
    assert links(workspace, "delivers") == [("deployment:acme/shop/deployments/1", "item:acme/shop!7")]
    assert [to for _, to in links(workspace, "part-of")] == ["item:acme/shop!7"] * 2
    assert workspace.rows("deployments", "environment", "artefact", "result", "record") == [
        (None, "m7", "succeeded", "acme/shop/deployments/1")
    ]


def test_the_same_export_twice_changes_nothing(workspace):
    """In whatever order its files come; one that knows more replaces the merge request as a whole."""
    first = ingest(workspace, *MERGED)
    again = ingest(workspace, *reversed(MERGED))
    assert (again.known, again.superseded, again.kept, again.refused) == (first.read, 0, 0, 0)
    ingest(workspace, *MERGED[:-1])
    assert [row[2] for row in work(workspace)][-1] == "done"
    assert links(workspace, "delivers") == []


def test_the_export_of_a_project_makes_the_same(workspace):
    """There notes, events, commits and jobs lie inside; people are numbers, and the project has no name."""
    mine = {"iid": 7, "state": "merged", "created_at": at(3), "updated_at": at(9), "source_branch": "x",
            "target_branch": "main", "author_id": 1, "merge_commit_sha": "m7", "metrics": {"merged_at": at(8)},
            "description": "fixes #5",
            "merge_request_diff": {"merge_request_diff_commits": [{"sha": "c1", "authored_date": at(1)}]},
            "notes": [{"note": "requested review from @bob", "system": True, "author_id": 1, "created_at": at(4)},
                      {"note": "Looks odd", "system": False, "author_id": 2, "created_at": at(5)},
                      {"note": "Mine", "system": False, "author_id": 1, "created_at": at(6)},
                      {"note": "approved this merge request", "system": True, "author_id": 2,
                       "created_at": at(7)}]}  # fmt: skip
    ticket = {"iid": 5, "state": "closed", "created_at": at(1), "closed_at": at(9),
              "label_links": [{"label": {"title": "bug"}}],
              "resource_label_events": [{"action": "add", "created_at": at(2), "label": {"title": "workflow::dev"}}],
              "resource_state_events": [{"state": "closed", "created_at": at(9)}],
              "notes": [{"note": "closed via merge request !7", "system": True, "author_id": 1,
                         "created_at": at(9, 11)}]}  # fmt: skip
    pipeline = {"sha": "m7", "ref": "main", "status": "success", "stages": [{"name": "deploy", "statuses": [
        {"id": 3, "name": "to-production", "status": "success", "environment": "production", "finished_at": at(9)},
        {"id": 4, "name": "test", "status": "success", "finished_at": at(9)}]}]}  # fmt: skip
    declared = DECLARED[:-1] + ', project: acme/shop, statuses: { "workflow::dev": { stage: dev, state: active } } }'
    workspace.write("issues.ndjson", json.dumps(ticket))
    workspace.write("ci_pipelines.ndjson", json.dumps(pipeline))
    report = ingest(workspace, mine, declared=declared, name="merge_requests.ndjson")
    assert (report.problems, report.refused) == ((), 0)
    assert work(workspace, "item", "stage", "state") == [
        (1, 3, "acme/shop!7", "code", "active"), (1, 2, "acme/shop#5", "opened", "queued"),
        (2, 9, "acme/shop#5", "dev", "active"),
        (3, 4, "acme/shop!7", "code", "active"), (4, 5, "acme/shop!7", "review", "queued"),
        (5, 7, "acme/shop!7", "review", "active"), (7, 8, "acme/shop!7", "merge", "queued"),
        (8, 9, "acme/shop!7", "deploy", "queued"), (9, None, "acme/shop!7", "done", "done"),
        (9, None, "acme/shop#5", "closed", "done"),
    ]  # fmt: skip
    assert workspace.rows("deployments", "deployment", "result") == [("acme/shop/jobs/3", "succeeded")]
    assert links(workspace, "delivers") == [("deployment:acme/shop/jobs/3", "item:acme/shop!7")]


def test_an_issue_goes_through_the_labels_that_are_its_statuses(workspace):
    """By events that name it by its number in all of GitLab; an incident is a harm too; what was moved is not done here."""
    declared = DECLARED[:-1] + ', statuses: { "workflow::dev": { stage: dev, state: active } } }'
    label = {"resource_type": "Issue", "resource_id": 1005, "label": {"id": 1, "name": "workflow::dev"}}
    ingest(
        workspace, issue(5, due_date="2026-03-20", weight=3, state="closed", closed_at=at(9)),
        {**label, "action": "add", "created_at": at(2)}, {**label, "action": "remove", "created_at": at(4)},
        {"resource_type": "Issue", "resource_id": 1005, "state": "closed", "created_at": at(5)},
        {"resource_type": "Issue", "resource_id": 1005, "state": "reopened", "created_at": at(6)},
        {"resource_type": "Issue", "resource_id": 1005, "state": "closed", "created_at": at(9)},
        issue(6, issue_type="incident", closed_at=at(2)), issue(8, moved_to_id=77, closed_at=at(3)), declared=declared,
    )  # fmt: skip
    assert [row for row in work(workspace, "item", "stage", "state") if row[2] == "acme/shop#5"] == [
        (1, 2, "acme/shop#5", "opened", "queued"), (2, 4, "acme/shop#5", "dev", "active"),
        (4, 5, "acme/shop#5", "opened", "queued"), (5, 6, "acme/shop#5", "closed", "done"),
        (6, 9, "acme/shop#5", "opened", "queued"), (9, None, "acme/shop#5", "closed", "done"),
    ]  # fmt: skip
    assert [(each[0], each[1].day, each[2]) for each in workspace.rows("items", "item", "done_at", "size")] == [
        ("acme/shop#5", 9, 3.0), ("acme/shop#6", 2, None), ("acme/shop#8", 3, None),
    ]  # fmt: skip
    assert [(name, ended.day) for name, ended in workspace.rows("incidents", "incident", "restored_at")] == [("acme/shop#6", 2)]
    assert workspace.rows("judgements", "about", "verdict") == [("item:acme/shop#8", "not done: moved")]


def test_drafts_and_what_their_author_says(workspace):
    """The notes say when it was no draft any more; what its author says is no review; a discussion holds notes."""
    talk = {"id": "d", "individual_note": True, "notes": [note(7, 6, "Why?", "bob", system=False)]}
    ingest(workspace, merge(7, 2), note(7, 3, "marked this merge request as **ready**", "ann"),
           note(7, 4, "Done", "ann", system=False),
           note(7, 5, "requested review from @bob", "ann"), talk, note(9, 5, "closed", kind="Commit"))  # fmt: skip
    assert work(workspace) == [
        (2, 3, "code", "active"),
        (3, 5, "code", "active"),
        (5, 6, "review", "queued"),
        (6, None, "review", "active"),
    ]


def test_deployments_that_failed_or_have_not_ended(workspace):
    """A failed one delivers nothing; one that runs is none yet; a merge without a merge commit is known by its head."""
    fast = {**merge(7, 1, merged=2), "merge_commit_sha": None}
    report = ingest(workspace, fast, deployment(1, "h7", 3, "failed"), deployment(2, "h7", 4),
                    deployment(3, "h7", 5, "running"),
                    deployment(4, "h7", 4, name="review/x", tier="development"))  # fmt: skip
    assert sorted(one[-1] for one, _ in links(workspace, "delivers")) == ["2", "4"]
    assert workspace.rows("deployments", "environment", "result") == [
        ("review/x", "succeeded"), (None, "failed"), (None, "succeeded"),
    ]  # fmt: skip
    assert told(report)["SRC240"].endswith("acme/shop/deployments/3")


@pytest.mark.parametrize(
    ("content", "code"),
    [('[{"iid": 1, "sta', "SRC124"), ("PK\x03\x04", "SRC122"), ("[1] {]", "SRC122"), ("", "SRC121")],
    ids=["cut", "zip", "broken", "empty"],
)
def test_a_file_that_cannot_be_read_costs_nothing_that_is_known(workspace, content, code):
    """The source stops with the place and the next step, before anything is taken."""
    ingest(workspace, issue(5))
    workspace.write("b.json", content)
    (report,) = workspace.ingest(DECLARED).sources
    assert [(each.code, each.place.file, bool(each.next_step)) for each in report.problems] == [(code, "b.json", True)]
    assert workspace.rows("items", "item") == ["acme/shop#5"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"message": "401 Unauthorized"}, "SRC230"), ({"id": 1, "name": "x"}, "SRC230"), (7, "SRC230"),
        (issue(9, created_at="soon"), "SRC230"), ({**issue(9), "iid": "x"}, "SRC230"),
        (issue(9, labels=["priority::" + "x" * 20_000]), "SRC231"),
    ],
    ids=lambda each: str(each)[:30],
)  # fmt: skip
def test_what_is_nothing_of_gitlab_is_refused_alone(workspace, wrong, code):
    """With its place and without its text; what stands beside it is kept. A broken line of an export costs that line."""
    report = ingest(workspace, wrong, issue(5))
    assert [(each.code, each.place, each.value) for each in report.reasons] == [(code, "a.json:1", None)]
    assert workspace.rows("items", "item") == ["acme/shop#5"]


def test_a_broken_line_of_an_export_costs_that_line(workspace):
    """The lines around it are kept; notes of what is not there are told."""
    workspace.write("a.ndjson", json.dumps(issue(5)) + '\n{"iid": 6, "sta\n' + json.dumps(issue(7)))
    report = ingest(workspace, note(99, 3, "approved this merge request"))
    assert [(each.code, each.place) for each in report.reasons] == [("SRC156", "a.ndjson:2")]
    assert workspace.rows("items", "item") == ["acme/shop#5", "acme/shop#7"]
    assert told(report)["SRC244"].startswith("1 records belong to")


def test_people_are_only_pseudonyms(workspace):
    """No user name, name, mail or word of anybody is stored."""
    workspace.write("a.json", json.dumps([*MERGED, note(7, 6, "Call ann@example.com", system=False), issue(5)]))
    workspace.ingest(DECLARED, guards=lambda source: Guard(source, Pseudonyms(b"s" * 64)))
    run = workspace.store.latest()
    said = "".join(str(workspace.store.read(run, name).to_pylist()) for name in ("items", "work", "links", "quarantine"))
    assert [each for each in ("Ann", "'ann'", "bob", "@", "Call") if each in said] == []
    assert {alias[:2] for alias in workspace.rows("work", "resource") if alias} == {"p_"}
