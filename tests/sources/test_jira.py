"""
Jira's issues: which stays a changelog makes, what is not known of it, and what is refused.

The files have the shape that developer.atlassian.com/cloud/jira/platform/rest/v3 describes: a page of the issue search with
expand=changelog, the changelog of one issue, the changelogs of many, and the statuses.
"""

from __future__ import annotations

import json

import pytest

from wholeservice.mapping.guard import Guard
from wholeservice.mapping.pseudonyms import Pseudonyms

DECLARED = """
work:
  kind: jira
  file: "*.json"
  statuses:
    In Dev: { stage: dev, state: active }
"""
NEW, DOING, DONE = ("1", "To Do", "new"), ("2", "In Dev", "indeterminate"), ("9", "Closed", "done")


def status(key, name, category):
    return {"id": key, "name": name, "statusCategory": {"key": category}}


def moved(what, old=None, old_name=None, new=None, new_name=None, **more):
    return {"field": what, "from": old, "fromString": old_name, "to": new, "toString": new_name, **more}


def to(old, new):
    return moved("status", old[0], old[1], new[0], new[1])


def history(n, day, *items, at="10:00:00"):
    return {"id": str(n), "created": f"2026-03-{day:02}T{at}.000+0000", "author": {"displayName": "Ann Lee"},
            "items": list(items)}  # fmt: skip


def issue(key="PAY-1", now=DONE, *histories, number=10, total=None, created="2026-03-01", **fields):
    return {
        "id": str(number), "key": key,
        "fields": {"created": f"{created}T09:00:00.000+0000", "updated": "2026-04-01T09:00:00.000+0000", "status": status(*now),
                   "issuetype": {"name": "Story"}, "project": {"key": key.partition("-")[0]}, **fields},
        "changelog": {"total": len(histories) if total is None else total, "histories": list(histories)},
    }  # fmt: skip


def ingest(workspace, *issues, declared=DECLARED, name="a.json", more=None):
    workspace.write(name, json.dumps({"issues": list(issues)} if more is None else more))
    (report,) = workspace.ingest(declared).sources
    assert report.kept + report.known + report.superseded + report.refused == report.read
    return report


def told(report):
    return {each.code: each.what for each in report.problems}


def work(workspace, *columns):
    found = workspace.rows("work", "from_at", "to_at", *(columns or ("stage", "state")))
    day = lambda at: at and (at.day if (at.hour, at.minute) == (10, 0) else f"{at.day} {at:%H:%M}")  # noqa: E731
    return [
        (day(from_at), day(to_at), *rest) for from_at, to_at, *rest in sorted(found, key=lambda row: (row[0], row[1] is None))
    ]


def test_a_changelog_becomes_the_stays_of_an_item(workspace):
    """The last change comes first in the file; a declared status wins, the others mean what Jira's categories say."""
    report = ingest(workspace, issue("PAY-1", DONE, history(3, 5, to(DOING, DONE)), history(2, 2, to(NEW, DOING)),
                                     priority={"name": "High"}, components=[{"name": "Checkout"}],
                                     duedate="2026-03-04"))  # fmt: skip
    assert (report.problems, report.refused) == ((), 0)
    assert work(workspace) == [("1 09:00", 2, "To Do", "queued"), (2, 5, "dev", "active"), (5, None, "Closed", "done")]
    columns = ("item", "kind", "service", "about_part", "priority", "record")
    assert workspace.rows("items", *columns) == [("PAY-1", "feature", "PAY", "Checkout", "High", "10")]
    ((due_at, done_at),) = workspace.rows("items", "due_at", "done_at")
    assert (due_at.day, done_at.day) == (5, 5)  # due on the 4th: until its end


def test_the_same_export_twice_changes_nothing_and_a_newer_one_replaces_the_issue(workspace):
    """An issue is one record, by its id: also when it was moved to another project meanwhile."""
    first = issue("PAY-1", DOING, history(2, 2, to(NEW, DOING)))
    assert ingest(workspace, first).kept == 3
    report = ingest(workspace, first)
    assert (report.known, report.kept, report.superseded) == (3, 0, 0)
    later = issue("SHOP-7", DONE, history(2, 2, to(NEW, DOING)), history(3, 4, moved("Key", None, "PAY-1", None, "SHOP-7")),
                  history(4, 5, to(DOING, DONE)))  # fmt: skip
    assert ingest(workspace, later).superseded > 0
    assert workspace.rows("items", "item", "record") == [("SHOP-7", "10")]
    assert workspace.rows("work", "item", "stage") == [("SHOP-7", "Closed"), ("SHOP-7", "To Do"), ("SHOP-7", "dev")]


def test_of_two_copies_the_newest_counts_with_the_changes_of_both(workspace):
    """Also where the older one comes last: it is a row that makes no fact."""
    new = issue("PAY-1", DONE, history(3, 5, to(DOING, DONE)), total=2)
    old = issue("PAY-1", DOING, history(2, 2, to(NEW, DOING)))
    old["fields"]["updated"] = "2026-03-03T09:00:00.000+0000"
    report = ingest(workspace, new, old)
    assert (report.problems, report.empty) == ((), 1)
    assert work(workspace) == [("1 09:00", 2, "To Do", "queued"), (2, 5, "dev", "active"), (5, None, "Closed", "done")]


def test_a_changelog_cut_off_by_paging_is_told_and_nothing_is_made_up(workspace):
    """Before the first change that is there, nobody knows how the issue stood: no stay says so."""
    report = ingest(workspace, issue("PAY-1", DONE, history(9, 5, to(DOING, DONE)), history(8, 4, moved("Sprint")), total=45))
    assert told(report) == {"SRC236": "of 1 items the history is cut off by paging, so what was before is unknown: PAY-1"}
    assert work(workspace) == [(4, 5, "dev", "active"), (5, None, "Closed", "done")]


def test_a_changelog_on_its_own_completes_the_issue(workspace):
    """As the page of one issue, and as that of many, which has milliseconds since 1970."""
    lone = {"self": "https://x.example/rest/api/3/issue/PAY-1/changelog?startAt=0", "values": [history(2, 2, to(NEW, DOING))]}
    bulk = {"issueChangeLogs": [{"issueId": "10", "changeHistories": [
        {"id": "3", "created": 1772704800000, "items": [to(DOING, DONE)]}]}]}  # fmt: skip
    workspace.write("b.json", json.dumps(lone) + json.dumps(bulk))
    report = ingest(workspace, {**issue("PAY-1", DONE), "changelog": None})
    assert report.problems == ()
    assert work(workspace) == [("1 09:00", 2, "To Do", "queued"), (2, 5, "dev", "active"), (5, None, "Closed", "done")]


def test_an_issue_without_its_changelog_has_no_stays(workspace):
    """When it was done is what Jira says; since when it was in which status nobody says."""
    bare = {**issue(resolutiondate="2026-03-07T10:00:00.000+0000"), "changelog": None}
    report = ingest(workspace, bare)
    assert told(report) == {"SRC237": "1 items came without their history, so they have no stays: PAY-1"}
    assert workspace.rows("work", "stage") == []
    assert [at.day for at in workspace.rows("items", "done_at")] == [7]


def test_a_status_that_means_nothing_yet_is_kept_and_told(workspace):
    """Its stay has the status as its stage; a declared one that nothing was in is told with the nearest."""
    odd = ("7", "Limbo", "undefined")
    declared = DECLARED + "    In Limbo: active\n"
    report = ingest(workspace, issue("PAY-1", DONE, history(2, 2, to(NEW, odd)), history(3, 3, to(odd, NEW)),
                                     history(4, 4, to(NEW, odd)), history(5, 5, to(odd, DONE))), declared=declared)  # fmt: skip
    assert told(report)["SRC233"] == "2 stays are in statuses of which no stage is said: 'Limbo' 2"
    assert {(each.what, each.nearest) for each in report.problems if each.code == "SRC234"} == {
        ("nothing was ever in the status 'In Dev'", None), ("nothing was ever in the status 'In Limbo'", "limbo"),
    }  # fmt: skip
    assert [row[2:] for row in work(workspace)] == [
        ("To Do", "queued"), ("Limbo", "unknown"), ("To Do", "queued"), ("Limbo", "unknown"), ("Closed", "done"),
    ]  # fmt: skip


def test_a_list_of_statuses_says_what_those_mean_that_nothing_is_in_now(workspace):
    """The statuses of a workflow are exported beside; a renamed status goes by what it is called now."""
    odd = ("7", "Limbo", "indeterminate")
    workspace.write("statuses.json", json.dumps([status(*odd), status("2", "Build", "indeterminate")]))
    report = ingest(workspace, issue("PAY-1", DONE, history(2, 2, to(NEW, odd)), history(3, 3, to(odd, DOING)),
                                     history(4, 4, to(DOING, DONE))))  # fmt: skip
    assert "SRC233" not in told(report)
    assert [row[2:] for row in work(workspace)][1:3] == [("Limbo", "active"), ("Build", "active")]


def test_what_stays_are_cut_at(workspace):
    """Who has it and whether it is flagged; a sprint and a status that is changed into itself cut nothing."""
    ingest(workspace, issue(
        "PAY-1", DOING, history(1, 2, to(NEW, DOING)), history(2, 3, moved("assignee", None, None, "u1", "Ann")),
        history(3, 4, moved("Flagged", None, None, "[1]", "Impediment")), history(4, 5, moved("Sprint", "1", "S1", "2", "S2")),
        history(5, 6, moved("Flagged", "[1]", "Impediment", None, None)),
        history(6, 7, moved("assignee", "u1", "Ann", None, None)),
        history(7, 8, to(DOING, DOING)),
    ))  # fmt: skip
    assert work(workspace, "stage", "state", "resource") == [
        ("1 09:00", 2, "To Do", "queued", None), (2, 3, "dev", "active", None), (3, 4, "dev", "active", "u1"),
        (4, 6, "dev", "blocked", "u1"), (6, 7, "dev", "active", "u1"), (7, None, "dev", "active", None),
    ]  # fmt: skip


def test_changes_of_one_instant_stay_in_the_order_in_which_they_were_made(workspace):
    """By their ids, 9 before 10; a status that lasted no time was still gone through."""
    mid = ("3", "In Review", "indeterminate")
    ingest(workspace, issue("PAY-1", DONE, history(10, 2, to(mid, DONE)), history(9, 2, to(NEW, mid))),
           declared=DECLARED + "    In Review: { stage: review, state: queued }\n")  # fmt: skip
    assert work(workspace) == [("1 09:00", 2, "To Do", "queued"), (2, 2, "review", "queued"), (2, None, "Closed", "done")]


def test_reopened_work_is_open_until_it_is_done_for_good(workspace):
    """Done is the first of the last statuses that mean done: Resolved, then Closed."""
    resolved = ("8", "Resolved", "done")
    ingest(workspace, issue("PAY-1", DONE, history(1, 2, to(NEW, resolved)), history(2, 3, to(resolved, DOING)),
                            history(3, 6, to(DOING, resolved)), history(4, 9, to(resolved, DONE))),
           issue("PAY-2", DOING, history(5, 2, to(NEW, resolved)), history(6, 3, to(resolved, DOING)), number=11))  # fmt: skip
    assert [(item, at and at.day) for item, at in workspace.rows("items", "item", "done_at")] == [("PAY-1", 6), ("PAY-2", None)]


def test_what_was_never_done_is_said_so(workspace):
    """A resolution such as Won't Do: its last stays are returned, and a verdict says why; when it ended is known."""
    ingest(workspace, issue("PAY-1", DONE, history(1, 2, to(NEW, DONE)), resolution={"name": "Won't Do"}))
    assert work(workspace)[-1] == (2, None, "Closed", "returned")
    assert workspace.rows("judgements", "about", "question", "verdict", "by") == [
        ("item:PAY-1", "verdict", "not done: Won't Do", "jira")
    ]


def test_a_history_that_does_not_fit_is_told_and_left_open(workspace):
    """A status that was left without having been entered; one of today that no change leads to: then the last stay ends with
    the last change that is known."""
    mid = ("3", "In Review", "indeterminate")
    report = ingest(workspace, issue("PAY-1", DONE, history(1, 2, to(NEW, DOING)), history(2, 4, to(mid, DONE))),
                    issue("PAY-2", DONE, history(3, 3, to(NEW, DOING)), history(4, 5, moved("Rank")), number=11))  # fmt: skip
    assert told(report)["SRC239"].startswith("the history of 2 items has a gap")
    assert work(workspace, "item", "stage")[-1] == (4, None, "PAY-1", "Closed")
    assert (3, 5, "PAY-2", "dev") in work(workspace, "item", "stage")
    assert [at for item, at in workspace.rows("items", "item", "done_at") if item == "PAY-2"] == [None]


def test_a_history_older_than_its_issue_is_kept(workspace):
    """Imported issues are created when they were imported: the stays are those of the history, and that is told."""
    report = ingest(workspace, issue("PAY-1", DONE, history(1, 2, to(NEW, DOING)), history(2, 4, to(DOING, DONE)),
                                     created="2026-03-20"))  # fmt: skip
    assert told(report)["SRC238"].startswith("1 items")
    assert work(workspace) == [(2, 2, "To Do", "queued"), (2, 4, "dev", "active"), (4, None, "Closed", "done")]


BLOCKED = {"type": {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}}


def test_what_blocks_an_issue_is_what_it_waits_for(workspace):
    """While it waits, since the link was made and until the other one is done; once for both ends, by the name of today."""
    waiting = issue("PAY-1", NEW, history(1, 3, moved("Link", None, None, "OLD-2", "This issue is blocked by OLD-2")),
                    issuelinks=[{**BLOCKED, "inwardIssue": {"key": "SHOP-2"}}])  # fmt: skip
    other = issue("SHOP-2", DONE, history(2, 2, moved("Key", None, "OLD-2", None, "SHOP-2")), history(3, 6, to(NEW, DONE)),
                  number=11, issuelinks=[{**BLOCKED, "outwardIssue": {"key": "PAY-1"}},
                                         {**BLOCKED, "outwardIssue": {"key": "FAR-9"}}],
                  parent={"key": "SHOP-1"})  # fmt: skip
    ingest(workspace, waiting, other)
    mine = [row[:2] + row[3:] for row in work(workspace, "item", "waits_on") if row[2] == "PAY-1"]
    assert mine == [("1 09:00", 3, None), (3, 6, "SHOP-2"), (6, None, None)]
    assert workspace.rows("links", "from_ref", "relation", "to_ref") == [
        ("item:SHOP-2", "blocks", "item:FAR-9"), ("item:SHOP-2", "blocks", "item:PAY-1"),
        ("item:SHOP-2", "part-of", "item:SHOP-1"),
    ]  # fmt: skip


def test_types_become_kinds_and_fields_what_they_hold(workspace):
    """An incident is a harm as well; a type without a kind has none, which is told; what is declared wins."""
    declared = DECLARED + "  kinds: { Chore: debt, Epic: nothing }\n  fields: { team: customfield_1, size: customfield_2 }\n"
    kinds = {"Bug": 1, "Chore": 2, "Epic": 3, "Task": 4, "[System] Incident": 5}
    issues = [issue(f"PAY-{n}", DONE, history(n, 2, to(NEW, DONE)), number=n, issuetype={"name": name},
                    customfield_1={"value": "Booking"}, customfield_2=3.0) for name, n in kinds.items()]  # fmt: skip
    report = ingest(workspace, *issues, declared=declared)
    assert told(report)["SRC235"] == "1 items are of types that no kind is said of: Task"
    assert workspace.rows("items", "item", "kind", "team", "size") == [
        ("PAY-1", "defect", "Booking", 3.0), ("PAY-2", "debt", "Booking", 3.0), ("PAY-3", None, "Booking", 3.0),
        ("PAY-4", None, "Booking", 3.0), ("PAY-5", "defect", "Booking", 3.0),
    ]  # fmt: skip
    ((name, started, restored),) = workspace.rows("incidents", "incident", "started_at", "restored_at")
    assert (name, started.day, restored.day) == ("PAY-5", 1, 2)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"issues": [{"id": "1", "key": "A-1", "fie', "SRC124"), ("PK\x03\x04", "SRC122"), ("{]", "SRC122"), (" ", "SRC121"),
        ('[{"n": ' + "9" * 5000 + "}]", "SRC122"), ("[" * 100_000, "SRC125"), (b'["\xff"]', "SRC123"),
    ],
    ids=lambda each: str(each)[:12],
)  # fmt: skip
def test_a_file_that_cannot_be_read_costs_nothing_that_is_known(workspace, content, code):
    """The source stops with the place and the next step, before anything is taken."""
    ingest(workspace, issue("PAY-1", NEW))
    workspace.write("b.json", content)
    (report,) = workspace.ingest(DECLARED).sources
    assert [(each.code, each.place.file, bool(each.next_step)) for each in report.problems] == [(code, "b.json", True)]
    assert workspace.rows("items", "item") == ["PAY-1"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"errorMessages": ["no permission"]}, "SRC230"), ({"number": 1, "title": "x"}, "SRC230"), ([7], "SRC230"),
        ({**issue("B-1"), "key": None}, "SRC230"), (issue("B-1", created="soon"), "SRC230"),
        (issue("B-1", ("1", "x" * 20_000, "new")), "SRC231"), (issue("B-1", ("1", "\ud800", "new")), "SRC231"),
        ({"values": [], "self": "https://x.example/rest/api/3/statuses"}, "SRC230"),
    ],
    ids=lambda each: str(each)[:30].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_what_is_no_issue_is_refused_alone(workspace, wrong, code):
    """With its place and without its text, which names people; the issue beside it is kept."""
    report = ingest(workspace, more=[wrong, issue("PAY-1", NEW, number=1)])
    assert [(each.code, each.place, each.value) for each in report.reasons] == [(code, "a.json:1", None)]
    assert workspace.rows("items", "item") == ["PAY-1"]


def test_people_are_only_pseudonyms(workspace):
    """Whoever has it, and whoever changed it: no name and no mail is stored."""
    named = issue("PAY-1", DOING, history(1, 2, to(NEW, DOING), moved("assignee", None, None, "ann@example.com", "Ann Lee")),
                  assignee={"name": "ann@example.com", "displayName": "Ann Lee"},
                  creator={"displayName": "Ann Lee"})  # fmt: skip
    workspace.write("a.json", json.dumps([named]))
    workspace.ingest(DECLARED, guards=lambda source: Guard(source, Pseudonyms(b"s" * 64)))
    run = workspace.store.latest()
    said = "".join(str(workspace.store.read(run, name).to_pylist()) for name in ("items", "work", "links", "quarantine"))
    assert "Ann" not in said
    assert "@" not in said
    assert {alias[:2] for alias in workspace.rows("work", "resource") if alias} == {"p_"}


def test_mistakes_in_the_declaration_are_told_with_their_place(workspace):
    """A state and a kind that are none, with the nearest; a field that is not read."""
    problems = workspace.check(
        "work: { kind: jira, file: none.json, statuses: { A: { state: qeued }, B: active, C: { stage: x } },"
        " kinds: { X: bug }, fields: { squad: customfield_1 } }"
    )
    assert [(each.code, each.nearest) for each in problems if each.code != "SRC120"] == [
        ("SRC232", "queued"), ("SRC232", None), ("SRC232", None), ("SRC101", None),
    ]  # fmt: skip
