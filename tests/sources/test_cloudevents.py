"""Files of CloudEvents: what an event is, what is one event, what it becomes, and what is refused within bounds."""

from __future__ import annotations

import base64
import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

USUAL = "shop:\n  kind: cloudevents\n  file: '{file}'\n"
AT, LATER, LATEST = "2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z", "2026-03-01T14:00:00Z"


def event(**given):
    """An event; what is given as None is left out."""
    whole = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "com.example.paid", "time": AT, **given}
    return {name: value for name, value in whole.items() if value is not None}


def cdevent(kind, subject, at=AT, *, content=None, **given):
    data = {"context": {"id": "x"}, "subject": {"id": subject, "content": content or {}}}
    return event(id=f"{kind} {subject} {at}", type=f"dev.cdevents.{kind}.0.2.0", subject=subject, time=at, data=data, **given)


def ingest(workspace, *events, more="", file="events.jsonl"):
    """Write events as lines (text stays as it is), ingest them and return the report of the source."""
    lines = [each if isinstance(each, str) else json.dumps(each) for each in events]
    workspace.write(file, "\n".join(lines) + "\n")
    (report,) = workspace.ingest(USUAL.format(file="*.jsonl") + more).sources
    assert report.kept + report.known + report.superseded + report.refused == report.read
    return report


def codes(report):
    return {reason.code: reason.n for reason in report.reasons}


def test_an_event_becomes_an_interaction(workspace):
    """Service is the source, step the type, attempt the subject; where it stands is file and line."""
    report = ingest(workspace, event(subject="order-1"), "", event(id="2"))
    assert (report.read, report.kept, report.refused) == (2, 2, 0)
    assert workspace.rows("interactions", "record", "service", "step", "attempt", "where_from") == [
        ("/shop|1", "/shop", "com.example.paid", "order-1", "events.jsonl:1"),
        ("/shop|2", "/shop", "com.example.paid", None, "events.jsonl:3"),
    ]  # fmt: skip


def test_an_event_that_is_delivered_twice_is_one(workspace):
    """The same source and id: one interaction, both rows accounted for; also when it comes in another file later."""
    report = ingest(workspace, event(), event(), event(source="/other"))
    assert (report.read, report.facts, report.empty) == (3, 2, 1)
    report = ingest(workspace, event(), event(id="2"), file="later.jsonl")
    assert (report.read, report.kept) == (5, 1)
    assert len(workspace.rows("interactions", "record")) == 3


def test_two_events_with_one_id_that_differ_are_told(workspace):
    """The first was taken; the other is in quarantine and not added up with it."""
    report = ingest(workspace, event(), event(type="com.example.refunded"))
    assert codes(report) == {"SRC216": 1}
    assert workspace.rows("interactions", "step") == ["com.example.paid"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (event(id=None), "SRC211"), (event(source=""), "SRC211"), (event(type=7), "SRC211"),
        (event(specversion=None), "SRC211"),
        (event(specversion="0.3"), "SRC212"), (event(specversion="2.0"), "SRC212"), (event(time=None), "SRC213"),
        (event(data_base64="???"), "SRC214"), (event(data_base64="AAAA", data=1), "SRC214"), (event(data_base64=7), "SRC214"),
        (event(time="soon"), "SRC154"), ("not json", "SRC156"), ("7", "SRC211"), ("null", "SRC211"), ("{}", "SRC211"),
        ('{"a": 1' + "0" * 5000 + "}", "SRC156"),
        ('{"id": "\\ud800", "specversion": "1.0", "source": "a", "type": "b"}', "SRC211"),
        ("[" * 100_000, "SRC217"), (event(data=json.loads("[" * 60 + "]" * 60)), None),
        (event(data=json.loads('{"a":' * 60 + "1" + "}" * 60)), "SRC217"),
        (event(data={str(n): n for n in range(3000)}), "SRC217"),
    ],
    ids=lambda each: str(each)[:40],
)  # fmt: skip
def test_what_is_no_event_is_refused_alone(workspace, wrong, code):
    """One refused, with its code and its line; the event beside it is kept."""
    report = ingest(workspace, wrong, event(id="good"))
    assert codes(report) == ({code: 1} if code else {})
    assert "/shop|good" in workspace.rows("interactions", "record")
    if code and code != "SRC154":
        assert report.reasons[0].place == "events.jsonl:1"


def test_an_event_without_time_can_have_one_in_its_data(workspace):
    """With a mapping that names another instant the attribute is not needed."""
    mapping = (
        '  facts: [ interaction: { happened_at: "{data.paid_at}", service: "{data.hotel.name}", channel: "{partnerid}" } ]\n'
    )
    report = ingest(
        workspace, event(time=None, partnerid="p1", data={"paid_at": AT, "hotel": {"name": "Aurora"}}), more=mapping
    )
    assert report.refused == 0
    assert workspace.rows("interactions", "service", "channel") == [("Aurora", "p1")]


def test_a_field_that_no_event_has_is_warned_of(workspace):
    """It is misspelt, or there was no such event: the others are read all the same."""
    mapping = """  facts:
    - interaction: { happened_at: "{time}", service: x, channel: "{data.hotle}" }
      where: { data.kind: { not: [test] } }
"""
    report = ingest(workspace, event(data={"hotel": "Aurora"}), more=mapping)
    assert {(each.code, each.severity) for each in report.problems} == {("SRC219", "warning")}
    assert "data.hotel" in [each.nearest for each in report.problems]
    assert report.kept == 1


def test_encoded_data_is_opened_where_it_is_text(workspace):
    """JSON becomes columns, text is text, other bytes stay as they are."""

    def encoded(content: bytes, kind: str, name: str):
        return event(id=name, datacontenttype=kind, data_base64=base64.b64encode(content).decode())

    mapping = """  facts:
    - contact: { happened_at: "{time}", service: x, words: "{data.n}", contact: "{data}", step: "{data_base64}" }
"""
    ingest(workspace, encoded(b'{"n": 7}', "application/json", "1"), encoded(b"hello", "text/plain", "2"),
           encoded(b"\xff\xfe", "image/png", "3"), more=mapping)  # fmt: skip
    assert workspace.rows("contacts", "record", "words", "contact", "step") == [
        ("/shop|1", "7", None, None), ("/shop|2", None, "hello", None), ("/shop|3", None, None, "//4="),
    ]  # fmt: skip


@pytest.mark.parametrize("events", [event(), [event(), event(id="2")]], ids=["one", "batch"])
def test_a_document_is_one_event_or_a_batch(workspace, events):
    """Packed or not, pretty or not; the place counts events and not lines."""
    workspace.write("events.json.gz", gzip.compress(json.dumps(events, indent=2).encode()))
    (report,) = workspace.ingest(USUAL.format(file="events.json.gz")).sources
    n = len(events) if isinstance(events, list) else 1
    assert (report.read, report.kept) == (n, n)
    assert workspace.rows("interactions", "where_from")[0] == "events.json.gz#1"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("e.json", "[", "SRC124"), ("e.json", '{"a": 1} {"b": 2}', "SRC122"), ("e.json", b"\xff\xfe", "SRC123"),
     ("e.json", "", "SRC121"),
     ("e.json", "[" * 100_000, "SRC125"), ("e.jsonl", "<!doctype html>", "SRC122"), ("e.jsonl", " \n", "SRC121"),
     ("nope", "", "SRC120")],
)  # fmt: skip
def test_a_file_that_is_none_stops_its_source_alone(workspace, name, content, code):
    """The problem names the file; nothing was taken, what was known stays."""
    if name != "nope":
        workspace.write(name, content)
    (report,) = workspace.ingest(USUAL.format(file=name)).sources
    assert [each.code for each in report.problems] == [code]
    assert not report.is_read


def test_captured_messages_are_events(workspace):
    """Binary mode: attributes in ce- headers (percent-coded) or ce_ headers of Kafka, data in the body."""
    http = {"headers": {"Ce-Id": ["1"], "ce-source": "/b%C3%A4r", "ce-type": "t", "ce-specversion": "1.0", "ce-time": AT,
                        "Content-Type": "application/json"}, "body": '{"n": 1}'}  # fmt: skip
    kafka = {"headers": [{"key": f"ce_{name}", "value": value} for name, value in event(id="2").items()], "value": {"n": 2}}
    mapping = '  facts: [ interaction: { happened_at: "{time}", service: "{source}", step: "{data.n}" } ]\n'
    ingest(workspace, http, kafka, more=mapping)
    assert workspace.rows("interactions", "service", "step") == [("/bär", "1"), ("/shop", "2")]


# what events become -------------------------------------------------------------------------------------------------------


def test_types_say_what_events_become(workspace):
    """The first pattern that fits counts; the others are interactions."""
    types = "  types: { com.example.called: contact, 'com.example.*': nothing }\n"
    ingest(workspace, event(type="com.example.called"), event(id="2"), event(id="3", type="org.other"), more=types)
    assert workspace.rows("contacts", "record") == ["/shop|1"]
    assert workspace.rows("interactions", "record") == ["/shop|3"]


def test_an_unknown_word_under_types_is_told(workspace):
    """With the nearest one."""
    _, problems = workspace.load(USUAL.format(file="x.jsonl") + "  types: { a: interation }\n")
    assert [(each.code, each.nearest) for each in problems] == [("SRC218", "interaction")]


def test_a_deployed_service_is_a_deployment(workspace):
    """Of the service that is its subject; production is left empty; a rollback was not planned."""
    content = {"environment": {"id": "production"}, "artifactId": "pkg:oci/shop@1"}
    ingest(workspace, cdevent("service.deployed", "shop", content=content),
           cdevent("service.rolledback", "shop", LATER, content=content),
           cdevent("service.upgraded", "shop", LATEST, content={**content, "environment": {"id": "test"}}),
           cdevent("service.published", "shop", content=content), cdevent("pipelinerun.finished", "p"))  # fmt: skip
    assert workspace.rows("deployments", "service", "environment", "artefact", "method", "planned", "result") == [
        ("shop", "test", "pkg:oci/shop@1", "upgrade", None, "succeeded"),
        ("shop", None, "pkg:oci/shop@1", "deploy", None, "succeeded"),
        ("shop", None, "pkg:oci/shop@1", "rollback", False, "succeeded"),
    ]  # fmt: skip
    assert workspace.rows("interactions", "record") == []


@pytest.mark.parametrize("kind", ["incident.detected.0.1.0-draft", "incident.detected.0.3.0", "incident.detected"])
def test_every_version_of_a_type_is_understood(workspace, kind):
    """The version stands behind the type, or nowhere."""
    ingest(workspace, event(type=f"dev.cdevents.{kind}", subject="i-1"))
    assert workspace.rows("incidents", "incident", "restored_at") == [("i-1", None)]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0)], ids=["in order", "backwards"])
def test_an_incident_is_one_fact_from_its_first_detection_to_its_end(workspace, order):
    """Detected, reported an hour later, resolved; another stays open. The order of the lines does not matter."""
    events = [cdevent("incident.detected", "i-1", AT, content={"service": {"id": "shop"}}),
              cdevent("incident.reported", "i-1", LATER),
              cdevent("incident.resolved", "i-1", LATEST), cdevent("incident.detected", "i-2", LATER)]  # fmt: skip
    report = ingest(workspace, *(events[index] for index in order))
    assert report.problems == ()
    rows = workspace.rows("incidents", "incident", "service", "started_at", "restored_at")
    found = [(name, service, str(start)[11:16], end and str(end)[11:16]) for name, service, start, end in rows]
    assert sorted(found) == [("i-1", "shop", "10:00", "14:00"), ("i-2", None, "12:00", None)]


def test_an_open_incident_is_closed_by_a_later_file_and_stays_closed_without_the_first(workspace):
    """Day two brings the end; on day three the file of day one is gone, and nothing is taken back."""
    ingest(workspace, cdevent("incident.detected", "i-1"), file="day1.jsonl")
    assert workspace.rows("incidents", "restored_at") == [None]
    report = ingest(workspace, cdevent("incident.resolved", "i-1", LATER), file="day2.jsonl")
    assert report.superseded == 1
    (workspace.folder / "day1.jsonl").unlink()
    (report,) = workspace.ingest(USUAL.format(file="*.jsonl")).sources
    assert [(each.code, each.severity) for each in report.problems] == [("SRC215", "warning")]
    assert [str(end)[11:16] for end in workspace.rows("incidents", "restored_at")] == ["12:00"]


def test_a_change_is_an_item_with_its_work(workspace):
    """Created and merged: done, with one stay between. Abandoned: ended, returned, and a verdict says that it was not done.
    Merged alone: its end is known."""
    ingest(workspace, cdevent("change.created", "c1"), cdevent("change.merged", "c1", LATER),
           cdevent("change.created", "c2"), cdevent("change.abandoned", "c2", LATER), cdevent("change.merged", "c3", LATER),
           cdevent("ticket.created", "t1"))  # fmt: skip
    assert [(item, kind, done is not None) for item, kind, done in workspace.rows("items", "item", "kind", "done_at")] == [
        ("c1", "change", True), ("c2", "change", True), ("t1", "request", False),
    ]  # fmt: skip
    assert workspace.rows("judgements", "about", "verdict") == [("item:c2", "not done: abandoned")]
    assert [(item, state, end is not None) for item, state, end in workspace.rows("work", "item", "state", "to_at")] == [
        ("c1", "active", True), ("c1", "done", False), ("c2", "active", True), ("c2", "returned", False), ("c3", "done", False),
        ("t1", "queued", False),
    ]  # fmt: skip


def test_a_deployment_delivers_the_change_that_its_artefact_was_packaged_of(workspace):
    """The first into an environment that did not fail; where nothing was packaged, by the chain of events."""
    live, test = ({"environment": {"id": each}, "artifactId": "pkg:oci/shop@1"} for each in ("production", "test"))
    chained, by_chain = cdevent("change.merged", "c2"), cdevent("service.deployed", "mail", LATER)
    chained["data"]["context"]["chainId"] = by_chain["data"]["context"]["chainId"] = "chain"
    ingest(
        workspace, cdevent("service.deployed", "again", "2026-12-31T10:00:00Z", content=live),
        cdevent("service.deployed", "shop", LATER, content=live), cdevent("service.upgraded", "tried", LATER, content=test),
        cdevent("artifact.packaged", "pkg:oci/shop@1", content={"change": {"id": "c1"}}), by_chain, chained,
        cdevent("service.deployed", "alone", LATER),
    )  # fmt: skip
    found = workspace.rows("links", "from_ref", "relation", "to_ref")
    assert sorted((one.split()[1], relation, to) for one, relation, to in found) == [
        ("mail", "delivers", "item:c2"), ("shop", "delivers", "item:c1"), ("tried", "delivers", "item:c1"),
    ]  # fmt: skip


def test_a_run_of_a_pipeline_can_be_a_deployment_that_failed(workspace):
    """Where `types:` says so: by its outcome, and of the service that its pipeline is called after."""
    run = lambda how: cdevent("pipelinerun.finished", how, content={"outcome": how, "pipelineName": "shop"})  # noqa: E731
    ingest(workspace, run("success"), run("failure"), run("cancel"),
           more='  types: { "dev.cdevents.pipelinerun.finished.*": deployment }\n')  # fmt: skip
    assert workspace.rows("deployments", "service", "result") == [("shop", "failed"), ("shop", "succeeded"), ("shop", None)]


def test_a_ticket_says_what_kind_it_is_and_how_urgent(workspace):
    """A type that nobody knows is a request."""
    ingest(workspace, cdevent("ticket.created", "t1", content={"ticketType": "bug", "priority": "high", "group": "booking"}),
           cdevent("ticket.created", "t2", content={"ticketType": "thing"}))  # fmt: skip
    assert workspace.rows("items", "item", "kind", "priority", "team") == [
        ("t1", "defect", "high", "booking"), ("t2", "request", None, None),
    ]  # fmt: skip


def test_events_with_ever_new_fields_stay_within_bounds(workspace):
    """Keys that are ids make columns that only one event has; batches are cut before that grows without bound."""
    report = ingest(workspace, *(event(id=str(n), data={f"k{n}-{i}": i for i in range(100)}) for n in range(200)))
    assert (report.read, report.kept) == (200, 200)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["id", "source", "type", "specversion", "time", "subject", "data", "data_base64", "headers", "x"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(ANYTHING, st.dictionaries(NAMES, ANYTHING), st.dictionaries(NAMES, ANYTHING).map(lambda d: event(**d))),
        max_size=6,
    )
)
def test_whatever_stands_there_is_accounted_for(tmp_path_factory, values):
    """No exception, and kept + known + superseded + refused = read, for any JSON on any line."""
    from ingested import Workspace

    workspace = Workspace(tmp_path_factory.mktemp("any"))
    lines = [json.dumps(each) for each in values]
    report = ingest(workspace, *lines, event(id="last"))
    n_events = sum(len(each) if isinstance(each, list) else 1 for each in values)
    assert report.read + report.left_out == n_events + 1
