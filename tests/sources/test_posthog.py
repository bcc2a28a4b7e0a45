"""
PostHog's exports: which event is a step, who is whom, who was asked and answered, and what is refused.

The files have the shape that posthog.com/docs/cdp/batch-exports/s3 (events model), posthog.com/docs/api/events and
posthog.com/docs/surveys/implementing-custom-surveys describe.
"""

from __future__ import annotations

import csv
import io
import json

import pytest

from wholeservice.mapping.guard import Guard
from wholeservice.mapping.pseudonyms import Pseudonyms

DECLARED = """
shop:
  kind: posthog
  file: "{file}"
  service: shop
  steps:
    "$pageview": nothing
    /rooms/*: find
    /pay: pay
    order paid: {{ step: pay, outcome: done }}
"""
ASKED = (
    DECLARED
    + """
  questions:
    q-nps: { instrument: nps, scale: [0, 10], step: stay, survey: s1 }
    $survey_response_1: { text: true, survey: s1 }
""".replace("{ ", "{{ ").replace(" }", " }}")
)


def event(n, name="$pageview", person="ann", at="10:00:00", **properties):
    return {
        "uuid": f"u{n}", "event": name, "distinct_id": person, "person_id": "p1",
        "timestamp": f"2026-03-01T{at}.000000+00:00", "created_at": "2026-03-01T12:00:00+00:00", "elements_chain": "",
        "properties": {"$lib": "web", "$session_id": "s", **properties}, "person_properties": {"email": "ann@example.com"},
    }  # fmt: skip


def view(n, path, **more):
    return event(n, **more, **{"$current_url": f"https://shop.example{path}"})


def ingest(workspace, *events, declared=DECLARED, file="events.jsonl"):
    """Write events as lines, ingest all files there are, and return the report of the source."""
    workspace.write(file, "".join(json.dumps(each) + "\n" for each in events))
    return again(workspace, declared)


def again(workspace, declared=DECLARED, file="*.jsonl"):
    (report,) = workspace.ingest(declared.format(file=file)).sources
    assert report.kept + report.known + report.superseded + report.refused == report.read
    return report


def codes(report):
    return {reason.code: reason.n for reason in report.reasons}


def test_views_and_events_become_the_steps_that_are_declared(workspace):
    """By path, whatever stands behind it, and by name; the same instant twice stays two events."""
    report = ingest(workspace, view(1, "/rooms/7?mail=ann@example.com"), view(2, "/pay/"), event(3, "order paid"), view(4, "/"))
    assert (report.read, report.facts, report.empty, report.problems) == (4, 3, 1, ())
    assert workspace.rows("interactions", "record", "step", "outcome", "channel", "visit", "consumer") == [
        ("u1", "find", None, "web", "s", "ann"), ("u2", "pay", None, "web", "s", "ann"),
        ("u3", "pay", "done", "web", "s", "ann"),
    ]  # fmt: skip


def test_events_that_mean_nothing_yet_are_counted_and_told(workspace):
    """With how often each came; a declared name that no event has is told with the nearest."""
    events = [event(1, "$autocapture"), event(2, "$autocapture"), event(3, "order payed"), view(4, "/pay")]
    report = ingest(workspace, *events)
    told = {each.code: each.what for each in report.problems}
    assert told["SRC223"] == "3 of 4 events mean no step: '$autocapture' 2, 'order payed' 1"
    assert [each.nearest for each in report.problems if each.code == "SRC219"] == ["order payed"]
    assert (report.facts, report.refused) == (1, 0)


def test_an_event_that_is_exported_twice_is_one(workspace):
    """Also in another file, and a late one is added to what is known."""
    report = ingest(workspace, view(1, "/pay"), view(1, "/pay"))
    assert (report.read, report.facts, report.empty) == (2, 1, 1)
    report = ingest(workspace, view(1, "/pay"), view(2, "/rooms/8/", at="09:00:00"), file="later.jsonl")
    assert (report.read, report.kept) == (4, 1)
    assert workspace.rows("interactions", "record") == ["u1", "u2"]


def test_one_id_of_two_events_is_told(workspace):
    """The first is taken; the other is in quarantine with its line."""
    report = ingest(workspace, view(1, "/pay"), view(1, "/pay", at="10:00:01"))
    assert codes(report) == {"SRC222": 1}
    assert report.reasons[0].place == "events.jsonl:2"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({**event(9), "uuid": None}, "SRC220"), ({**event(9), "event": " "}, "SRC220"), ([1], "SRC220"), (7, "SRC220"),
        ({**event(9), "timestamp": "soon"}, "SRC221"), ({**event(9), "timestamp": None}, "SRC221"),
        ({**view(9, "/pay"), "distinct_id": "\ud800"}, "SRC220"),
    ],
    ids=lambda each: str(each)[:30].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_what_is_no_event_is_refused_alone(workspace, wrong, code):
    """With its place and without its text, which may name people; the event beside it is kept."""
    report = ingest(workspace, wrong, view(1, "/pay"))
    assert codes(report) == {code: 1}
    assert (report.reasons[0].place, report.reasons[0].value) == ("events.jsonl:1", None)
    assert workspace.rows("interactions", "record") == ["u1"]


def test_identify_and_aliases_say_who_is_whom(workspace):
    """An anonymous id and an account, two ids of one person; an identify that joins nothing makes no link."""
    report = ingest(
        workspace, event(1, "$identify", **{"$anon_distinct_id": "cookie"}), event(2, "$create_alias", alias="booking"),
        event(3, "$merge_dangerously", alias="old"), event(4, "$identify"),
    )  # fmt: skip
    assert workspace.rows("links", "from_ref", "relation", "to_ref") == [
        ("consumer:booking", "same-as", "consumer:ann"), ("consumer:cookie", "same-as", "account:ann"),
        ("consumer:old", "same-as", "consumer:ann"),
    ]  # fmt: skip
    assert [each.what for each in report.problems if each.code == "SRC223"] == ["1 of 4 events mean no step: '$identify' 1"]


def test_the_same_events_in_every_format_are_the_same_facts(workspace, tmp_path):
    """JSON of the API, CSV and Parquet (properties as JSON text) say what JSON lines say."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    events = [view(1, "/rooms/7"), event(2, "order paid", at="10:00:05")]
    flat = [{**each, "properties": json.dumps(each["properties"]), "person_properties": "{}"} for each in events]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(flat[0]))
    writer.writeheader()
    writer.writerows(flat)
    workspace.write("a.csv", text.getvalue())
    api = [
        {**{key: each[key] for key in ("event", "distinct_id", "properties", "timestamp")}, "id": each["uuid"]}
        for each in events
    ]
    workspace.write("a.json", json.dumps({"next": None, "results": api}))
    pq.write_table(pa.Table.from_pylist(flat), tmp_path / "a.parquet")
    ingest(workspace, *events)
    for file in ("a.csv", "a.json", "a.parquet"):
        report = again(workspace, file=file)
        assert (report.read, report.known, report.refused) == (2, 2, 0), file


def shown(n, at, person="ann", **more):
    return event(n, "survey shown", person, at, **{"$survey_id": "s1", **more})


def sent(n, at, person="ann", **more):
    return event(n, "survey sent", person, at, **{"$survey_id": "s1", **more})


def test_who_was_asked_and_who_answered(workspace):
    """Shown and sent are one time of being asked; shown alone is asked without an answer."""
    report = ingest(
        workspace, sent(2, "10:05:00", **{"$survey_response_q-nps": 9, "$survey_response_1": "fine"}), shown(1, "10:00:00"),
        shown(3, "10:00:00", "bob"), event(4, "survey dismissed", "bob", "10:01:00", **{"$survey_id": "s1"}),
        sent(5, "10:00:00", **{"$survey_id": "s9"}), declared=ASKED,
    )  # fmt: skip
    assert workspace.rows("answers", "record", "consumer", "score", "scale_max", "step", "text") == [
        ("u1:$survey_response_1", "ann", None, None, None, "fine"), ("u1:q-nps", "ann", 9.0, 10.0, "stay", None),
        ("u3:$survey_response_1", "bob", None, None, None, None), ("u3:q-nps", "bob", None, 10.0, "stay", None),
    ]  # fmt: skip
    assert [each.isoformat()[11:19] if each else None for each in workspace.rows("answers", "answered_at")].count(None) == 2
    assert report.facts == 4


def test_partial_answers_of_one_submission_are_one_answer(workspace):
    """`survey sent` comes after each question and the dismissal repeats them: the newest counts, and nobody answers twice."""
    part = {"$survey_submission_id": "x", "$survey_response_q-nps": 3}
    ingest(
        workspace, shown(1, "10:00:00"), sent(2, "10:01:00", **part),
        sent(3, "10:02:00", **{**part, "$survey_response_q-nps": 4, "$survey_response_1": "slow"}),
        event(4, "survey dismissed", at="10:03:00", **{**part, "$survey_id": "s1", "$survey_response_q-nps": 4,
                                                       "$survey_partially_completed": True}),
        shown(5, "11:00:00"), sent(6, "11:01:00", **{"$survey_submission_id": "y", "$survey_response_q-nps": 10}),
        declared=ASKED,
    )  # fmt: skip
    assert workspace.rows("answers", "score", "record") == [
        (10.0, "u5:q-nps"), (4.0, "u1:q-nps"), (None, "u1:$survey_response_1"), (None, "u5:$survey_response_1"),
    ]  # fmt: skip


@pytest.mark.parametrize(("given", "code"), [(11, "SRC226"), ("-1", "SRC226"), ("ten", "SRC227"), ([1, 2], "SRC227")])
def test_an_answer_off_its_scale_is_refused_alone(workspace, given, code):
    """With the place of the event that says it; what else was answered is kept."""
    said = {"$survey_response_q-nps": given, "$survey_response_1": "x"}
    report = ingest(workspace, shown(1, "10:00:00"), sent(2, "10:05:00", **said), declared=ASKED)
    assert (codes(report), report.reasons[0].place) == ({code: 1}, "events.jsonl:2")
    assert workspace.rows("answers", "record") == ["u1:$survey_response_1"]


def test_a_mapping_of_its_own_names_properties(workspace):
    """`{properties.NAME}` is a column; one that no event has is told."""
    declared = """
shop:
  kind: posthog
  file: "{file}"
  facts:
    - contact: {{ happened_at: "{{event.at}}", service: "{{properties.hotel}}", words: "{{properties.note}}" }}
"""
    report = ingest(workspace, event(1, hotel="Aurora"), declared=declared)
    assert workspace.rows("contacts", "service") == ["Aurora"]
    assert [each.what for each in report.problems if each.code == "SRC219"] == ["no record has 'properties.note'"]


def test_what_nests_deep_costs_nobody_else(workspace):
    """A value that can hardly be written again, in what the mapping names: it is accounted for, and the next is kept."""
    levels = 900
    deep = json.dumps(event(1, hotel="DEEP")).replace('"DEEP"', '{"a":' * levels + "1" + "}" * levels)
    workspace.write("events.jsonl", deep + "\n" + json.dumps(event(2, hotel="Aurora")) + "\n")
    made = 'facts: [ contact: { happened_at: "{event.at}", service: "{properties.hotel}" } ]'
    (report,) = workspace.ingest(f"shop:\n  kind: posthog\n  file: events.jsonl\n  {made}\n").sources
    assert report.kept + report.known + report.superseded + report.refused == report.read == 2
    assert "Aurora" in workspace.rows("contacts", "service")


def test_nothing_of_a_person_reaches_the_store_in_clear(workspace):
    """The id becomes a pseudonym, also in links; mail address, IP address and name are nowhere, nor in quarantine."""
    mail, address, name = secret = ("ann@example.com", "192.0.2.7", "Ann Example")
    known = {"$ip": address, "full_name": name, "$set": {"email": mail}}
    events = [
        view(1, f"/pay?mail={mail}", person=mail, **known), {**event(2, person=mail, **known), "timestamp": mail},
        event(3, "$identify", mail, **{"$anon_distinct_id": "cookie"}, **known), shown(4, "10:00:00", mail, **known),
        sent(5, "10:01:00", mail, **{"$survey_response_q-nps": f"{name} {mail}"}, **known),
    ]  # fmt: skip
    workspace.write("events.jsonl", "".join(json.dumps(each) + "\n" for each in events))
    workspace.ingest(ASKED.format(file="events.jsonl"), guards=lambda source: Guard(source, Pseudonyms(b"s" * 64)))
    run = workspace.store.latest()
    said = "".join(
        str(workspace.store.read(run, table).to_pylist()) for table in ("interactions", "links", "answers", "quarantine")
    )
    assert "'pay'" in said
    assert [each for each in secret if each in said] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("service: shop", "service:"), "SRC103"), (("steps:", "stps:"), "SRC101"), (("/pay: pay", "/pay: []"), "SRC224"),
        (("outcome", "outcom"), "SRC101"), (("instrument: nps", "instrument: npz"), "SRC225"),
        (("[0, 10]", "[10, 0]"), "SRC225"), (("instrument: nps, ", ""), "SRC225"),
    ],
)  # fmt: skip
def test_mistakes_of_the_declaration_are_told_before_anything_is_read(workspace, change, code):
    """Each with what was expected, or the next step."""
    _, problems = workspace.load(ASKED.format(file="a.jsonl").replace(*change))
    found = [each for each in problems if each.code == code]
    assert found
    assert all(each.expected or each.next_step for each in found)
