"""
GitHub's issues, pull requests and deployments: which stays they make, what delivered what, and what is refused.

The files have the shape of docs.github.com/rest, of what `gh pr list --json` prints, and of the archive of a migration.
"""

from __future__ import annotations

import json
import re

import pytest

from wholeservice.mapping.guard import Guard
from wholeservice.mapping.pseudonyms import Pseudonyms

API = "https://api.github.com/repos/acme/shop"
DECLARED = 'hub: { kind: github, file: "*.json" }'


def at(day, hour=10):
    return f"2026-03-{day:02}T{hour:02}:00:00Z"


def issue(n, day=1, **more):
    return {"url": f"{API}/issues/{n}", "repository_url": API, "number": n, "title": "Pay", "state": "open", "labels": [],
            "created_at": at(day), "updated_at": at(30), "closed_at": None, "user": {"login": "ann"}, **more}  # fmt: skip


def pull(n, day=2, merged=None, sha=None, **more):
    return {"url": f"{API}/pulls/{n}", "number": n, "state": "closed" if merged else "open", "draft": False,
            "user": {"login": "ann"}, "created_at": at(day), "updated_at": at(30), "closed_at": merged and at(merged),
            "merged_at": merged and at(merged),
            "merge_commit_sha": sha or f"m{n}", "head": {"ref": "x", "sha": f"h{n}"}, "base": {"ref": "main", "sha": "b0"},
            "body": None, **more}  # fmt: skip


def event(name, n, day, hour=10, **more):
    return {"id": day * 100 + hour, "event": name, "created_at": at(day, hour), "actor": {"login": "bob"},
            "issue": {"url": f"{API}/issues/{n}", "number": n}, **more}  # fmt: skip


def review(n, day, state, who="bob", hour=10):
    return {"id": day, "user": {"login": who, "type": "User"}, "state": state, "submitted_at": at(day, hour),
            "pull_request_url": f"{API}/pulls/{n}", "body": "ok"}  # fmt: skip


def commit(sha, day, *parents, rewritten=None):
    return {"sha": sha, "url": f"{API}/commits/{sha}", "parents": [{"sha": each} for each in parents],
            "commit": {"author": {"name": "Ann Lee", "email": "ann@example.com", "date": at(day)},
                       "committer": {"date": at(rewritten or day)}}}  # fmt: skip


def deployment(n, sha, day, *states, environment="production"):
    return [
        {"id": n, "sha": sha, "ref": "main", "task": "deploy", "environment": environment, "created_at": at(day),
         "statuses_url": f"{API}/deployments/{n}/statuses", "url": f"{API}/deployments/{n}"},
        *({"id": n * 10 + i, "state": state, "created_at": at(day, hour), "deployment_url": f"{API}/deployments/{n}"}
          for i, (state, hour) in enumerate(states)),
    ]  # fmt: skip


def ingest(workspace, *records, declared=DECLARED, name="a.json"):
    (workspace.folder / name).parent.mkdir(parents=True, exist_ok=True)
    workspace.write(name, json.dumps(list(records)))
    (report,) = workspace.ingest(declared).sources
    assert report.kept + report.known + report.superseded + report.refused == report.read
    return report


def told(report):
    return {each.code: each.what for each in report.problems}


def work(workspace, *columns):
    found = sorted(
        workspace.rows("work", "from_at", "to_at", *(columns or ("stage", "state"))), key=lambda r: (r[0], r[1] is None)
    )
    return [(begin.day, end and end.day, *rest) for begin, end, *rest in found]


def links(workspace, relation):
    return [each[::2] for each in workspace.rows("links", "from_ref", "relation", "to_ref") if each[1] == relation]


MERGED = [
    pull(7, 3, merged=8, body="Closes #5"), commit("h7", 2, "c1", rewritten=6), commit("c1", 1, "b0"),
    event("review_requested", 7, 4, requested_reviewer={"login": "bob"}), review(7, 5, "CHANGES_REQUESTED"),
    event("review_requested", 7, 6, requested_reviewer={"login": "bob"}), review(7, 7, "APPROVED"),
]  # fmt: skip


def test_a_pull_request_goes_from_its_first_commit_to_production(workspace):
    """Coding begins when the first commit was authored, not when it was last rewritten; asked, sent back, asked again,
    approved, merged, deployed."""
    report = ingest(workspace, *MERGED, *deployment(1, "m7", 9, ("in_progress", 10), ("success", 12)))
    assert (report.problems, report.refused) == ((), 0)
    assert work(workspace) == [
        (1, 3, "code", "active"), (3, 4, "code", "active"), (4, 5, "review", "queued"), (5, 6, "code", "returned"),
        (6, 7, "review", "queued"), (7, 8, "merge", "queued"), (8, 9, "deploy", "queued"), (9, None, "done", "done"),
    ]  # fmt: skip
    ((name, kind, service, began, done),) = workspace.rows("items", "item", "kind", "service", "created_at", "done_at")
    assert (name, kind, service, began.day, done.day) == ("acme/shop#7", "change", "shop", 1, 8)
    assert links(workspace, "fixes") == [("item:acme/shop#7", "item:acme/shop#5")]
    assert links(workspace, "delivers") == [("deployment:acme/shop/deployments/1", "item:acme/shop#7")]
    assert links(workspace, "part-of") == [("item:c1", "item:acme/shop#7"), ("item:h7", "item:acme/shop#7")]
    columns = ("deployment", "service", "environment", "artefact", "version", "method", "result")
    assert workspace.rows("deployments", *columns) == [
        ("acme/shop/deployments/1", "shop", None, "m7", "main", "deploy", "succeeded")
    ]


def test_the_same_export_twice_changes_nothing(workspace):
    """A pull request is one record, replaced as a whole when more is known of it."""
    records = [*MERGED, *deployment(1, "m7", 9, ("success", 12))]
    first = ingest(workspace, *records)
    again = ingest(workspace, *reversed(records))
    assert (again.known, again.superseded, again.kept, again.refused) == (first.read, 0, 0, 0)
    ingest(workspace, *records, pull(8, 10), name="b.json")
    assert workspace.rows("items", "record") == ["acme/shop#7", "acme/shop#8"]


def test_what_gh_prints_makes_the_same(workspace):
    """Commits, reviews and the issues it closes stand inside of it; when reviews were asked for does not, which is told."""
    printed = {"number": 7, "url": "https://github.com/acme/shop/pull/7", "isDraft": False, "state": "MERGED",
               "author": {"login": "ann"},
               "createdAt": at(3), "mergedAt": at(8), "closedAt": at(8), "baseRefName": "main", "headRefOid": "h7",
               "mergeCommit": {"oid": "m7"}, "labels": [{"name": "enhancement"}],
               "commits": [{"oid": "c1", "authoredDate": at(1), "committedDate": at(2)}],
               "reviews": [{"author": {"login": "bob"}, "state": "COMMENTED", "submittedAt": at(5)},
                           {"author": {"login": "ann"}, "state": "COMMENTED", "submittedAt": at(4)}],
               "closingIssuesReferences": [{"number": 5, "url": "https://github.com/acme/shop/issues/5"}]}  # fmt: skip
    report = ingest(workspace, printed)
    assert set(told(report)) == {"SRC243"}
    assert work(workspace) == [
        (1, 3, "code", "active"),
        (3, 5, "review", "queued"),
        (5, 8, "review", "active"),
        (8, None, "done", "done"),
    ]
    assert links(workspace, "fixes") == [("item:acme/shop#7", "item:acme/shop#5")]
    report = ingest(workspace, printed, declared=DECLARED[:-1] + ", statuses: { opened: { stage: code, state: active } } }")
    assert report.problems == ()
    assert work(workspace)[1] == (3, 5, "code", "active")


def test_an_archive_of_a_migration_makes_the_same(workspace):
    """There everything is an address, and the state of a review a number; what else it holds is passed over."""
    site = "https://github.com/acme/shop"
    ingest(
        workspace,
        {"type": "pull_request", "url": f"{site}/pull/7", "user": "https://github.com/ann", "created_at": at(3),
         "merged_at": at(8),
         "closed_at": at(8), "base": {"ref": "main", "sha": "b0"}, "head": {"ref": "x", "sha": "h7"}, "labels": []},
        {"type": "issue_event", "event": "review_requested", "pull_request": f"{site}/pull/7", "created_at": at(4)},
        {"type": "pull_request_review", "pull_request": f"{site}/pull/7", "user": "https://github.com/bob", "state": 40,
         "submitted_at": at(5)},
        {"type": "issue", "url": f"{site}/issues/5", "user": "https://github.com/ghost", "created_at": at(1),
         "closed_at": at(9), "labels": [f"{site}/labels/bug"]},
        {"type": "issue_event", "event": "closed", "issue": f"{site}/issues/5", "created_at": at(9)},
        {"type": "issue_comment", "url": f"{site}/issues/5#issuecomment-1", "body": "ann@example.com"}, {"type": "user"},
    )  # fmt: skip
    assert work(workspace, "item", "stage", "state") == [
        (1, 9, "acme/shop#5", "opened", "queued"), (3, 4, "acme/shop#7", "code", "active"),
        (4, 5, "acme/shop#7", "review", "queued"), (5, 8, "acme/shop#7", "merge", "queued"),
        (8, None, "acme/shop#7", "done", "done"), (9, None, "acme/shop#5", "closed", "done"),
    ]  # fmt: skip
    assert workspace.rows("items", "item", "kind") == [("acme/shop#5", "defect"), ("acme/shop#7", "change")]


def test_drafts_robots_and_several_reviewers(workspace):
    """A draft is coded on; a robot's comment is no review, and to ask it asks nobody; one who wants changes outweighs one who
    approves, until nobody does."""
    robot = {**review(7, 4, "COMMENTED"), "user": {"login": "lint[bot]", "type": "Bot"}}
    ingest(workspace, pull(7, 2), commit("h7", 2), event("ready_for_review", 7, 3), robot,
           event("review_requested", 7, 4, requested_reviewer={"login": "Copilot", "type": "Bot"}),
           event("review_requested", 7, 5, requested_team={"slug": "core"}), review(7, 6, "APPROVED"),
           review(7, 7, "CHANGES_REQUESTED", "eve"), review(7, 8, "COMMENTED"), review(7, 9, "APPROVED", "eve"))  # fmt: skip
    assert work(workspace) == [(2, 3, "code", "active"), (3, 5, "code", "active"), (5, 6, "review", "queued"),
                               (6, 7, "merge", "queued"), (7, 9, "code", "returned"), (9, None, "merge", "queued")]  # fmt: skip


def test_a_pull_request_that_is_not_merged_ends_without_being_done(workspace):
    """It is returned, its end is known, and a verdict says why; reopened, it goes on."""
    closed = pull(7, 2, closed_at=at(4), state="closed")
    ingest(workspace, closed, event("closed", 7, 4), pull(8, 2), event("closed", 8, 4), event("reopened", 8, 5),
           event("review_requested", 8, 6))  # fmt: skip
    assert [row for row in work(workspace, "item", "state") if row[2][-1] == "7"] == [
        (2, 4, "acme/shop#7", "active"), (4, None, "acme/shop#7", "returned"),
    ]  # fmt: skip
    assert [(name[-1], done and done.day) for name, done in workspace.rows("items", "item", "done_at")] == [
        ("7", 4),
        ("8", None),
    ]
    assert workspace.rows("judgements", "about", "verdict") == [("item:acme/shop#7", "not done: closed without being merged")]


def test_a_deployment_delivers_all_that_was_merged_before_it_once(workspace):
    """By the branch: 7 and 8 by the first that has them, 9 by the next; going back delivers nothing and is a rollback; one that
    failed or has not ended delivers nothing either."""
    report = ingest(
        workspace, pull(7, 1, merged=2), pull(8, 1, merged=3), pull(9, 1, merged=5),
        pull(6, 1, merged=2, base={"ref": "old", "sha": "z"}),
        *deployment(1, "m8", 3, ("failure", 11)), *deployment(2, "m8", 4, ("success", 11), ("inactive", 12)),
        *deployment(3, "c9", 6, ("success", 11)), commit("c9", 6, "m9", "x"), *deployment(4, "m7", 7, ("success", 11)),
        *deployment(5, "m9", 8, ("pending", 11)), *deployment(6, "m8", 4, ("success", 13), environment="staging"),
        *deployment(7, "q", 9, ("success", 11)),
    )  # fmt: skip
    number = lambda ref: int(ref.rpartition("/")[2].rpartition("#")[2])  # noqa: E731
    assert sorted((number(a), number(b)) for a, b in links(workspace, "delivers")) == [(2, 7), (2, 8), (3, 9), (6, 7), (6, 8)]
    found = workspace.rows("deployments", "deployment", "environment", "method", "result")
    assert [(number(name), *rest) for name, *rest in found] == [
        (1, None, "deploy", "failed"), (2, None, "deploy", "succeeded"), (3, None, "deploy", "succeeded"),
        (4, None, "rollback", "succeeded"), (6, "staging", "deploy", "succeeded"), (7, None, "deploy", "succeeded"),
    ]  # fmt: skip
    assert told(report)["SRC240"] == "1 deployments did not end in these files, so they are none yet: acme/shop/deployments/5"
    assert "acme/shop/deployments/7" in told(report)["SRC241"]


def test_only_what_is_merged_where_production_gets_it_waits_for_a_deployment(workspace):
    """A branch that no deployment takes, and another repository, end with the merge; what was told of a deployment stays when
    it is exported again without its statuses."""
    far = {"url": "https://api.github.com/repos/acme/far/pulls/1", "base": {"ref": "main", "sha": "z"}}
    records = [pull(7, 1, merged=2), pull(8, 1, merged=5), pull(9, 1, merged=3, base={"ref": "old", "sha": "z"}),
               {**pull(1, 1, merged=3), **far}, *deployment(1, "m7", 4, ("success", 11))]  # fmt: skip
    ingest(workspace, *records)
    last = {row[2][-3:]: row[3] for row in work(workspace, "item", "stage")}
    assert last == {"p#7": "done", "p#8": "deploy", "p#9": "done", "r#1": "done"}
    ingest(workspace, *records[:-1])
    assert workspace.rows("deployments", "result") == ["succeeded"]


def test_runs_of_a_workflow_can_be_deployments(workspace):
    """Those that are declared; another workflow and a run that was cancelled are none."""

    def run(n, name, how):
        return {"id": n, "name": name, "run_number": n, "head_sha": "m7", "head_branch": "main", "event": "push",
                "conclusion": how, "updated_at": at(9), "url": f"{API}/actions/runs/{n}"}  # fmt: skip

    pages = {"total_count": 3, "workflow_runs": [run(1, "Deploy shop", "success"), run(2, "Tests", "success"),
                                                 run(3, "Deploy shop", "cancelled")]}  # fmt: skip
    report = ingest(workspace, pull(7, 2, merged=8), pages, declared=DECLARED[:-1] + ', deploys: { "Deploy*": production } }')
    assert links(workspace, "delivers") == [("deployment:acme/shop/runs/1", "item:acme/shop#7")]
    assert "SRC240" in told(report)


def test_an_issue_goes_through_the_labels_that_are_its_statuses(workspace):
    """The one that was put on last counts; closed as not planned is no work done; who has it is a stay of its own."""
    declared = DECLARED[:-1] + ', statuses: { "board: dev": { stage: dev, state: active }, "board: wait": blocked } }'
    label = lambda name: {"label": {"name": name}}  # noqa: E731
    report = ingest(
        workspace, issue(5, closed_at=at(9), state_reason="not_planned", labels=[{"name": "bug"}],
                         milestone={"due_on": at(20, 7)}),
        event("labeled", 5, 2, **label("board: dev")), event("assigned", 5, 3, assignee={"login": "bob"}),
        event("labeled", 5, 4, **label("board: wait")), event("unlabeled", 5, 6, **label("board: wait")),
        event("labeled", 5, 7, **label("bug")), event("closed", 5, 9), issue(6, labels=[{"name": "board: dev"}]),
        declared=declared,
    )  # fmt: skip
    assert work(workspace, "stage", "state", "resource") == [
        (1, 2, "opened", "queued", None), (2, 3, "dev", "active", None), (3, 4, "dev", "active", "bob"),
        (4, 6, "board: wait", "blocked", "bob"), (6, 9, "dev", "active", "bob"), (9, None, "closed", "returned", "bob"),
    ]  # fmt: skip
    ((due, done),) = [each[1:] for each in workspace.rows("items", "item", "due_at", "done_at") if each[0] == "acme/shop#5"]
    assert (due.day, done.day) == (21, 9)
    assert workspace.rows("judgements", "verdict") == ["not done: not planned"]
    assert "acme/shop#6" in told(report)["SRC237"]


def test_pages_one_after_the_other_and_folders_that_say_the_number(workspace):
    """As `gh api --paginate` writes them, with --slurp and without; commits of a pull request do not say whose they are."""
    workspace.write("pulls.json", json.dumps([pull(7, 3)]) + "\n" + json.dumps([pull(8, 3)]))
    workspace.write("more.json", json.dumps([[pull(9, 3)], [pull(10, 3)]]))
    report = ingest(
        workspace,
        commit("z1", 1),
        commit("z2", 2),
        name="pulls/8/commits.json",
        declared=DECLARED.replace('"*.json"', '["*.json", "pulls/*/*.json"]'),
    )
    assert report.refused == 0
    assert [(name, day.day) for name, day in workspace.rows("items", "item", "created_at")] == [
        ("acme/shop#10", 3), ("acme/shop#7", 3), ("acme/shop#8", 1), ("acme/shop#9", 3),
    ]  # fmt: skip


def test_commits_of_the_main_line_are_none_of_a_pull_request(workspace):
    """Where all commits are exported: a pull request has what its branch point has not."""
    ingest(
        workspace, pull(7, 9, base={"ref": "main", "sha": "b2"}), commit("h7", 8, "b1"), commit("b2", 7, "b1"), commit("b1", 1)
    )
    assert links(workspace, "part-of") == [("item:h7", "item:acme/shop#7")]
    assert [began.day for began in workspace.rows("items", "created_at")] == [8]


def test_what_belongs_to_nothing_in_the_files_is_told(workspace):
    """Reviews of a pull request that is not exported, an event that does not say whose it is, a pull request only listed."""
    loose = {key: value for key, value in event("closed", 5, 3).items() if key != "issue"}
    report = ingest(workspace, issue(5), review(99, 3, "APPROVED"), loose, issue(6, pull_request={"url": f"{API}/pulls/6"}))
    assert told(report)["SRC244"].startswith("3 records belong to")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('[{"number": 1, "tit', "SRC124"),
        ("PK\x03\x04", "SRC122"),
        ("[1] {]", "SRC122"),
        ("", "SRC121"),
        ("[" * 100_000, "SRC125"),
    ],
    ids=["cut", "zip", "broken", "empty", "deep"],
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
        ({"message": "Bad credentials", "status": "401"}, "SRC230"), ({"id": 1, "name": "x"}, "SRC230"), (7, "SRC230"),
        (issue(9, created_at="soon"), "SRC230"), (issue(9, labels=[{"name": "priority: " + "x" * 20_000}]), "SRC231"),
    ],
    ids=lambda each: str(each)[:30],
)  # fmt: skip
def test_what_is_nothing_of_github_is_refused_alone(workspace, wrong, code):
    """With its place and without its text; what stands beside it is kept."""
    report = ingest(workspace, wrong, issue(5))
    assert [(each.code, each.place, each.value) for each in report.reasons] == [(code, "a.json:1", None)]
    assert workspace.rows("items", "item") == ["acme/shop#5"]


def test_people_are_only_pseudonyms(workspace):
    """No login, name or mail of authors, reviewers and assignees is stored."""
    workspace.write("a.json", json.dumps([*MERGED, issue(5, assignee={"login": "ann@example.com"})]))
    workspace.ingest(DECLARED, guards=lambda source: Guard(source, Pseudonyms(b"s" * 64)))
    run = workspace.store.latest()
    said = "".join(str(workspace.store.read(run, name).to_pylist()) for name in ("items", "work", "links", "quarantine"))
    assert re.findall(r"\b(?:Ann|ann|bob)\b|@", said) == []
    assert {alias[:2] for alias in workspace.rows("work", "resource") if alias} == {"p_"}
