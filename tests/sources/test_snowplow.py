"""
Snowplow's enriched events: 131 fields in their order, events that are delivered twice, clocks, cookies, and what is refused.

The lines have the shape of docs.snowplow.io/docs/destinations/custom-streaming/enriched-tsv-format.
"""

from __future__ import annotations

import json

import pytest

from wholeservice.sources.snowplow_fields import FIELDS

DECLARED = """
shop:
  kind: snowplow
  file: "*.tsv"
  service: shop
  steps:
    /rooms/*: find
    /Pay screen: pay
    checkout/paid: { step: pay, outcome: done }
    page_ping: nothing
"""
SCHEMA = "iglu:com.snowplowanalytics.snowplow"


def event(n=1, name="page_view", *, page=None, at="2026-03-01 10:15:00.123", **given):
    """Return a line; what is not given is empty, as the pipeline writes it."""
    whole = {
        "app_id": "shop", "platform": "web", "event": name, "event_name": name, "event_id": f"0000-{n}",
        "user_ipaddress": "192.0.2.7", "collector_tstamp": "2026-03-01 10:16:00.000", "derived_tstamp": at,
        "domain_userid": "cookie", "domain_sessionid": "s1",
        "page_url": f"https://shop.example{page}?mail=ann@example.com" if page else "", "page_title": '"Rooms" at Aurora',
        "event_fingerprint": f"print-{n}", **given,
    }  # fmt: skip
    return "\t".join(whole.get(name) or "" for name in FIELDS)


def ingest(workspace, *lines, file="a.tsv", declared=DECLARED):
    workspace.write(file, "\n".join(lines) + "\n")
    (report,) = workspace.ingest(declared).sources
    assert report.kept + report.known + report.superseded + report.refused == report.read
    return report


def codes(report):
    return {reason.code: reason.n for reason in report.reasons}


def test_the_fields_are_those_of_the_format():
    """131 of them; a few whose place is known from elsewhere."""
    assert (len(FIELDS), len(set(FIELDS))) == (131, 131)
    assert [FIELDS.index(each) for each in ("event_id", "geo_latitude", "contexts", "true_tstamp")] == [6, 22, 52, 130]


def test_events_become_the_steps_that_are_declared(workspace):
    """By page, by screen, and structured ones by category and action; a quote in a value is no quote."""
    paid = event(2, "event", event="struct", se_category="checkout", se_action="paid")
    inner = {"schema": "iglu:com.snowplowanalytics.mobile/screen_view/jsonschema/1-0-0", "data": {"name": "Pay screen"}}
    screen = json.dumps({"schema": f"{SCHEMA}/unstruct_event/jsonschema/1-0-0", "data": inner})
    app = event(3, "screen_view", platform="mob", unstruct_event=screen)
    report = ingest(workspace, event(page="/rooms/7"), paid, app, event(4, "page_ping"), event(5, "link_click"))
    assert (report.read, report.facts, report.refused) == (5, 3, 0)
    assert workspace.rows("interactions", "record", "step", "outcome", "channel", "consumer", "visit") == [
        ("0000-1", "find", None, "web", "cookie", "s1"), ("0000-2", "pay", "done", "web", "cookie", "s1"),
        ("0000-3", "pay", None, "app", "cookie", "s1"),
    ]  # fmt: skip
    assert [each.what for each in report.problems] == ["1 of 5 events mean no step: 'link_click' 1"]


def test_an_event_that_is_delivered_twice_is_one(workspace):
    """Also where its second delivery has another instant, as a retry has; another fingerprint is another event, and refused."""
    again, other = event(page="/rooms/7", at="2026-03-01 10:15:00.200"), event(page="/rooms/9", event_fingerprint="print-9")
    report = ingest(workspace, event(page="/rooms/7"), again, other)
    assert (report.read, report.facts, report.empty, codes(report)) == (3, 1, 1, {"SRC222": 1})
    assert report.reasons[0].place == "a.tsv:3"


def test_without_a_fingerprint_the_device_says_whether_it_is_the_same(workspace):
    """One created at one instant of one page is one."""
    once = {"event_fingerprint": "", "dvce_created_tstamp": "2026-03-01 10:14:59.000"}
    report = ingest(workspace, event(page="/rooms/7", **once), event(page="/rooms/7", at="2026-03-01 10:15:09", **once))
    assert (report.facts, report.refused) == (1, 0)


def test_an_event_happened_when_its_clock_was_corrected_to(workspace):
    """`derived_tstamp`, in UTC; without it when it was collected."""
    ingest(workspace, event(page="/rooms/7"), event(2, page="/rooms/7", at=""))
    assert [f"{each:%H:%M:%S.%f}" for each in workspace.rows("interactions", "happened_at")] == [
        "10:15:00.123000",
        "10:16:00.000000",
    ]


def test_who_it_was_is_the_first_id_there_is(workspace):
    """A cookie, the session of an app, the cookie of the collector, the user; the id of nobody is none."""
    session = json.dumps(
        {"data": [{"schema": f"{SCHEMA}/client_session/jsonschema/1-0-2", "data": {"userId": "phone", "sessionId": "s2"}}]}
    )
    nobody, bare = "00000000-0000-0000-0000-000000000000", {"domain_userid": "", "domain_sessionid": "", "page": "/rooms/1"}
    ingest(
        workspace, event(1, contexts=session, **bare), event(2, network_userid="third", **bare),
        event(3, network_userid=nobody, user_id="ann", **bare), event(4, network_userid=nobody, **bare),
    )  # fmt: skip
    assert workspace.rows("interactions", "record", "consumer", "visit") == [
        ("0000-1", "phone", "s2"), ("0000-2", "third", None), ("0000-3", "ann", None), ("0000-4", None, None),
    ]  # fmt: skip


def test_a_browser_in_which_somebody_logged_in_is_that_account(workspace):
    """Once, since the first event that says it."""
    ingest(workspace, event(1, page="/rooms/1", user_id="ann", at="2026-03-01 11:00:00"), event(2, user_id="ann"))
    assert workspace.rows("links", "record", "from_ref", "to_ref") == [("0000-2:account", "consumer:cookie", "account:ann")]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("two\tfields", "SRC229"), (event(9) + "\tone more", "SRC229"), (event(9, event_id=""), "SRC220"),
        (event(9, name=""), "SRC220"), (event(9, at="soon", collector_tstamp=""), "SRC221"),
    ],
    ids=["short", "long", "id", "name", "time"],
)  # fmt: skip
def test_what_is_no_event_is_refused_alone(workspace, wrong, code):
    """With its line and without its text; the event beside it is kept."""
    report = ingest(workspace, wrong, event(page="/rooms/7"))
    assert (codes(report), report.reasons[0].place, report.reasons[0].value) == ({code: 1}, "a.tsv:1", None)
    assert workspace.rows("interactions", "record") == ["0000-1"]


def test_a_mapping_of_its_own_names_fields_and_entities(workspace):
    """`{geo_city}`, the first entity of a name, and what a self-describing event says."""
    contexts = json.dumps({"data": [{"schema": "iglu:org.schema/hotel/jsonschema/1-0-0", "data": {"name": "Aurora"}}]})
    declared = """
shop:
  kind: snowplow
  file: a.tsv
  facts: [ contact: { happened_at: "{event.at}", service: "{contexts.hotel.name}", words: "{geo_city}" } ]
"""
    ingest(workspace, event(contexts=contexts, geo_city="Ghent"), declared=declared)
    assert workspace.rows("contacts", "service", "words") == [("Aurora", "Ghent")]
