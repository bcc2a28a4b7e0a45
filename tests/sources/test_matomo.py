"""
Matomo's log of visits: actions as steps, their order within a second, visits that go on, and its table in UTF-16.

The files have the shape of Live.getLastVisitsDetails: developer.matomo.org/api-reference/reporting-api, plugins/Live/API.php of
github.com/matomo-org/matomo, and matomo.org/faq/understanding-visits-and-action-levels-in-matomo.
"""

from __future__ import annotations

import json

import pytest

DECLARED = """
shop:
  kind: matomo
  file: "{file}"
  service: shop
  channel: web
  steps:
    /rooms/*: find
    /pay: pay
    checkout/failed: {{ step: pay, outcome: failed }}
    goal/Booked: {{ step: pay, outcome: done }}
"""
AT = 1_772_360_100  # 2026-03-01 10:15 UTC


def page(n, path, at=AT):
    return {
        "type": "action",
        "url": f"https://shop.example{path}",
        "pageId": n,
        "pageIdAction": "3",
        "timestamp": at,
        "pageTitle": "x",
    }


def visit(n=1, *actions, **more):
    return {
        "idSite": 1, "idVisit": str(n), "visitorId": "aabb", "visitIp": "192.0.2.0", "userId": None, "deviceType": "Desktop",
        "serverTimestamp": AT + 60, "firstActionTimestamp": AT, "actionDetails": list(actions), **more,
    }  # fmt: skip


def ingest(workspace, *visits, file="a.json", files="*.json"):
    workspace.write(file, json.dumps(list(visits)))
    return again(workspace, files)


def again(workspace, files):
    (report,) = workspace.ingest(DECLARED.format(file=files)).sources
    assert report.kept + report.known + report.superseded + report.refused == report.read
    return report


def codes(report):
    return {reason.code: reason.n for reason in report.reasons}


def test_actions_become_the_steps_that_are_declared(workspace):
    """Pages by path, events by category and action, goals by name; the goal that a page reached is beside it."""
    failed = {"type": "event", "eventCategory": "checkout", "eventAction": "failed", "pageId": 12, "timestamp": AT + 5}
    goal = {"type": "goal", "goalName": "Booked", "goalId": 2, "pageId": 11, "timestamp": AT + 9}
    report = ingest(
        workspace, visit(1, page(11, "/rooms/7?mail=a@b.c"), failed, goal, {"type": "download", "pageId": 13, "timestamp": AT})
    )
    assert (report.read, report.facts, report.refused) == (4, 3, 0)
    assert workspace.rows("interactions", "step", "outcome", "consumer", "visit", "channel") == [
        ("find", None, "aabb", "1", "web"), ("pay", "done", "aabb", "1", "web"), ("pay", "failed", "aabb", "1", "web"),
    ]  # fmt: skip
    assert [each.what for each in report.problems] == ["1 of 4 events mean no step: 'download' 1"]


def test_actions_of_one_second_keep_their_order(workspace):
    """The list of the visit says it; the journey or the number would say otherwise."""
    ingest(workspace, visit(1, page(100, "/pay"), page(99, "/rooms/7")))
    rows = sorted(workspace.rows("interactions", "happened_at", "step"))
    assert [(each.microsecond, step) for each, step in rows] == [(0, "pay"), (1, "find")]


def test_a_visit_that_goes_on_adds_only_what_is_new(workspace):
    """Exported again, later: its first actions are known; in one reading of both files too."""
    ingest(workspace, visit(1, page(11, "/rooms/7")))
    report = ingest(workspace, visit(1, page(11, "/rooms/7"), page(12, "/pay", AT + 9)), file="b.json")
    assert (report.read, report.kept, codes(report)) == (3, 1, {})
    assert len(workspace.rows("interactions", "step")) == 2


def test_a_visitor_who_logged_in_is_that_account(workspace):
    """Once for each pair."""
    ingest(workspace, visit(1, page(11, "/pay"), userId="ann"), visit(2, page(12, "/pay"), userId="ann"))
    assert workspace.rows("links", "from_ref", "to_ref") == [("consumer:aabb", "account:ann")]


@pytest.mark.parametrize("name", ["{field} (actionDetails {n})", "actionDetails_{n}_{field}"])
@pytest.mark.parametrize(
    ("file", "mark", "encoding"), [("a.csv", ",", "utf-16"), ("a.tsv", "\t", "utf-16"), ("a.csv", ",", "utf-8")]
)
def test_the_table_says_what_json_says(workspace, name, file, mark, encoding):
    """In UTF-16 with a mark, as Matomo writes it for a spreadsheet; actions are columns, empty where a visit has fewer."""
    ingest(workspace, visit(1, page(11, "/rooms/7"), page(12, "/pay", AT + 9)), visit(2, page(13, "/pay")))
    fields = ("type", "url", "pageId", "timestamp")
    names = ["idSite", "idVisit", "visitorId", "userId", *(name.format(field=each, n=n) for n in (0, 1) for each in fields)]
    rows = [names]
    for number, actions in ((1, [page(11, "/rooms/7"), page(12, "/pay", AT + 9)]), (2, [page(13, "/pay")])):
        cells = [str(each[field]) for each in actions for field in fields]
        rows.append(["1", str(number), "aabb", "", *cells, *[""] * (8 - len(cells))])
    workspace.write(file, ("\n".join(mark.join(row) for row in rows) + "\n").encode(encoding))
    report = again(workspace, file)
    assert (report.read, report.known, report.refused) == (3, 3, 0)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"result": "error", "message": "You must be logged in"}, "SRC220"), (7, "SRC220"),
        (visit(9, page(19, "/pay", "soon")), "SRC221"), (visit(9, {"type": "action", "pageId": 19}), "SRC221"),
        (visit(1, page(11, "/pay", AT + 1)), "SRC222"),
    ],
    ids=["error", "number", "soon", "timeless", "doubled"],
)  # fmt: skip
def test_what_is_no_visit_is_refused_alone(workspace, wrong, code):
    """With its place; the visit beside it is kept."""
    report = ingest(workspace, visit(1, page(11, "/rooms/7")), wrong)
    assert (codes(report), report.reasons[0].place) == ({code: 1}, "a.json:2")
    assert workspace.rows("interactions", "step") == ["find"]


def test_a_visit_without_actions_is_counted(workspace):
    """It is a row that makes no fact."""
    report = ingest(workspace, visit(1))
    assert (report.read, report.empty, report.refused) == (1, 1, 0)
