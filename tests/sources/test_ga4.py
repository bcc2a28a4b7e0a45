"""
GA4's export to BigQuery: parameters as pairs, order within a batch, the running day beside the whole one, and no consent.

The files have the shape that support.google.com/analytics/answer/7029846 describes, as BigQuery writes it out: whole
numbers are text in JSON, and what is null is left out; in Parquet a list has `list` and `element` around it.
"""

from __future__ import annotations

import json

import pytest

DECLARED = """
shop:
  kind: ga4
  file: "{file}"
  service: shop
  steps:
    /rooms/*: find
    /pay: pay
    purchase: {{ step: pay, outcome: done }}
    user_engagement: nothing
"""
AT = 1_772_360_100_000_000  # 2026-03-01 10:15 UTC


def event(name="page_view", index=0, *, at=AT, person="123.456", session="7", page=None, **more):
    params = [{"key": "ga_session_id", "value": {"int_value": session}}] if session else []
    if page:
        params.append({"key": "page_location", "value": {"string_value": f"https://shop.example{page}"}})
    whole = {
        "event_date": "20260301", "event_timestamp": str(at), "event_name": name, "event_params": params, "platform": "WEB",
        "user_pseudo_id": person, "stream_id": "1", "device": {"category": "mobile"}, "geo": {"city": "Ghent"},
        "batch_page_id": "1772360099000", "batch_ordering_id": "1", "batch_event_index": str(index), **more,
    }  # fmt: skip
    return {key: value for key, value in whole.items() if value is not None}


def ingest(workspace, *events, file="events_20260301.json", files="*.json", declared=DECLARED):
    workspace.write(file, "".join(json.dumps(each) + "\n" for each in events))
    (report,) = workspace.ingest(declared.format(file=files)).sources
    assert report.kept + report.known + report.superseded + report.refused == report.read
    return report


def codes(report):
    return {reason.code: reason.n for reason in report.reasons}


def test_events_become_the_steps_that_are_declared(workspace):
    """By the page that they view, and by name; lines of JSON are read although the file is called .json."""
    report = ingest(
        workspace, event(page="/rooms/7?mail=a@b.c"), event("purchase", 1), event("user_engagement", 2), event("scroll", 3)
    )
    assert (report.read, report.facts, report.refused) == (4, 2, 0)
    assert workspace.rows("interactions", "step", "outcome", "channel", "consumer") == [
        ("find", None, "web", "123.456"), ("pay", "done", "web", "123.456"),
    ]  # fmt: skip
    assert [each.what for each in report.problems] == ["1 of 4 events mean no step: 'scroll' 1"]


def test_events_of_one_batch_are_in_the_order_of_the_browser(workspace):
    """All have one instant; the one that the journey has later came first here, and stands first."""
    ingest(workspace, event(page="/rooms/7", index=2), event(page="/pay", index=1))
    rows = sorted(workspace.rows("interactions", "happened_at", "step"))
    assert [(each.microsecond, step) for each, step in rows] == [(1, "pay"), (2, "find")]


def test_the_running_day_beside_the_whole_day_doubles_nothing(workspace):
    """The same event in events_intraday_ and events_ is one; a late one of the whole day is added."""
    ingest(workspace, event(page="/pay"), file="events_intraday_20260301.json")
    attributed = {"session_traffic_source_last_click": {"manual_campaign": {"source": "mail"}}}
    report = ingest(workspace, event(page="/pay", **attributed), event(page="/pay", index=4, at=AT - 9_000_000))
    assert (report.read, report.kept, report.refused, codes(report)) == (3, 1, 0, {})
    assert len(workspace.rows("interactions", "step")) == 2


def test_without_its_place_in_a_batch_an_event_is_known_by_what_it_says(workspace):
    """Exports before 2024 have no place: two that say the same are one, two pages at one instant are two."""
    old = {"batch_page_id": None, "batch_ordering_id": None, "batch_event_index": None}
    report = ingest(workspace, event(page="/pay", **old), event(page="/pay", **old), event(page="/rooms/1", **old))
    assert (report.read, report.facts, report.empty) == (3, 2, 1)


def test_a_session_is_one_of_its_browser(workspace):
    """Two people with one ga_session_id have two visits; one person with two has two."""
    ingest(workspace, event(page="/pay"), event(page="/pay", person="9.9"), event(page="/pay", session="8", index=1),
           event(page="/pay", index=2))  # fmt: skip
    assert len(set(workspace.rows("interactions", "visit"))) == 3


def test_without_consent_there_is_neither_person_nor_visit(workspace):
    """The event is counted all the same, and nobody is made up."""
    ingest(workspace, event(page="/pay", person=None))
    assert workspace.rows("interactions", "consumer", "visit", "step") == [(None, None, "pay")]


def test_a_browser_in_which_somebody_logged_in_is_that_account(workspace):
    """One link for each pair, since the first event that says it."""
    ingest(
        workspace,
        event(page="/pay", user_id="ann", at=AT + 5),
        event(page="/pay", user_id="ann"),
        event(page="/pay", person=None, user_id="x"),
    )
    assert [(*row[:2], row[2].microsecond) for row in workspace.rows("links", "from_ref", "to_ref", "happened_at")] == [
        ("consumer:123.456", "account:ann", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "code"),
    [(event(event_name=None), "SRC220"), (event(at="soon"), "SRC221"), (event(at=""), "SRC221"), (event(at=10**30), "SRC221"),
     (event(page="/rooms/1", index=0), "SRC222")],
    ids=["name", "soon", "none", "huge", "doubled"],
)  # fmt: skip
def test_what_is_no_event_is_refused_alone(workspace, wrong, code):
    """With its place; the event beside it is kept."""
    report = ingest(workspace, event(page="/pay"), wrong)
    assert (codes(report), report.reasons[0].place) == ({code: 1}, "events_20260301.json:2")
    assert workspace.rows("interactions", "step") == ["pay"]


@pytest.mark.parametrize("wrapped", [False, True])
def test_parquet_says_what_json_says(workspace, tmp_path, wrapped):
    """Numbers are numbers there, and lists may have `list` and `element` around them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    ingest(workspace, event(page="/pay"))
    row = event(page="/pay")
    params = [
        {"key": each["key"], "value": {"string_value": None, "int_value": None, **each["value"]}}
        for each in row["event_params"]
    ]
    params[0]["value"]["int_value"] = 7
    row |= {"event_timestamp": AT, "batch_event_index": 0, "batch_ordering_id": 1, "batch_page_id": 1772360099000}
    row["event_params"] = {"list": [{"element": each} for each in params]} if wrapped else params
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "a.parquet")
    (report,) = workspace.ingest(DECLARED.format(file="a.parquet")).sources
    assert (report.read, report.known, report.refused) == (1, 1, 0)


def test_a_mapping_of_its_own_names_parameters(workspace):
    """`{event_params.NAME}` is the value, whichever of its four fields holds it."""
    declared = """
shop:
  kind: ga4
  file: "{file}"
  facts:
    - contact:
        {{ happened_at: "{{event.at}}", service: "{{device.category}}", words: "{{event_params.ga_session_id}}" }}
"""
    ingest(workspace, event(), declared=declared)
    assert workspace.rows("contacts", "service", "words") == [("mobile", "7")]
