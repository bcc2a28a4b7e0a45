"""Event logs in XES: what stands in the file comes out, however it is spelled; bad input gives a place, never a traceback."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import re
import zipfile

import pytest

from sources.xes_logs import AT, ONE, day, event, life, log, problem_of, reader, trace
from wholeservice.sources import SOURCES

(XES,) = (source for source in SOURCES if source.name == "xes")
PREFIXED = re.compile(r"<(/?)(?=[a-z])")


@pytest.fixture
def read(tmp_path):
    return reader(tmp_path)


def test_a_row_is_an_event_with_its_line_and_its_case(read):
    """Attributes by their keys, those of the trace behind case:, and what the case is around the event."""
    found = read(ONE)
    assert found.column("concept:name") == found.column("event:step") == ["look", "pay"]
    assert found.column("case:concept:name") == found.column("case:id") == ["A", "A"]
    assert found.column("org:resource") == [None, "Ann"]
    assert found.column("event:nth") == [0, 1]
    assert found.column("event:since") == [None, day(9)]
    assert found.column("event:until") == [day(10), None]
    assert found.column("case:first") == [day(9)] * 2
    assert found.column("case:last") == [day(10)] * 2
    assert found.column("case:events") == [2, 2]
    assert found.lines == [4, 6]


@pytest.mark.parametrize(
    "spell",
    [
        lambda text: text.replace("<log>", '<log xmlns="http://www.xes-standard.org/" xes.version="2.0">'),
        lambda text: PREFIXED.sub(r"<\1x:", text).replace("<x:log", '<x:log xmlns:x="u"'),
        lambda text: text.replace('"', "'"),
        lambda text: text.replace('value="look"', 'value="l&#111;ok"'),
        lambda text: text.replace("/>", "></string>"),
        lambda text: text.replace("/>", " />"),
        lambda text: text.replace("<event>", "<event ><!-- </trace><trace> -->"),
        lambda text: text.replace("<log>", "<log><![CDATA[ <trace><event></event></trace> ]]>"),
        lambda text: text.replace("<log>", "<log><!-- <trace><event></event></trace> -->"),
        lambda text: text.replace('<string key="concept:name" value="look"/>', '<string value="look" key="concept:name"/>'),
        lambda text: text.replace("<string ", "<string\n  "),
        lambda text: text.replace(" ?>", "?>").replace("\n", "\r\n"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace('version="1.0"', 'version="1.0" encoding="ISO-8859-1"').encode("latin-1"),
        lambda text: text.replace("<trace>", "<trace><unknown><string key='x' value='y'/></unknown>"),
    ],
)  # fmt: skip
def test_whatever_the_spelling_the_rows_are_the_same(read, spell):
    """Namespaces, quotes, references, comments, CDATA, order of attributes, white space, encodings."""
    plain, found = read(ONE), read(spell(ONE))
    assert found.rows == plain.rows
    assert (found.refused, found.told) == ([], [])


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.xes.gz", lambda content: gzip.compress(content, mtime=0)), ("a.xes.zip", lambda content: zipped(content))],
)
def test_packed_logs_are_read(read, name, pack):
    """gzip and zip."""
    assert read(pack(ONE.encode()), "", name).rows == read(ONE).rows


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inside.xes", content)
    return out.getvalue()


def test_nested_attributes_lists_and_containers(read):
    """`a.b` for what is inside; a key that comes again holds all its values, none is lost."""
    inside = (
        '<event><string key="concept:name" value="x"><float key="sure" value="0.5"/></string>'
        f'<date key="time:timestamp" value="{AT}"/>'
        '<list key="items"><values><string key="sku" value="a"/><string key="sku" value="b"/></values></list>'
        '<container key="box"><int key="n" value="3"/><container key="in"><id key="of" value="z"/></container></container>'
        '<boolean key="gift" value="true"/><string key="empty" value=""/><string key="none"/></event>'
    )
    row = read(log(trace("A", inside))).rows[0]
    expected = {
        "concept:name": "x", "concept:name.sure": "0.5", "items.sku": '["a", "b"]', "box.n": "3", "box.in.of": "z",
        "gift": "true", "empty": "",
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected
    assert "none" not in row


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-02T09:00:00.000Z", day(9)),
        ("2026-03-02T09:00:00", day(9)),
        ("2026-07-02T09:00:00", dt.datetime(2026, 7, 2, 8, tzinfo=dt.UTC)),  # summer in London
        ("2026-03-02T14:30:00+05:30", day(9)),
        ("2026-03-02T04:00:00-0500", day(9)),
        ("2026-03-02 09:00 +00", day(9)),
        ("2026-03-02T09:00:00.1234567Z", dt.datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=dt.UTC)),
        ("2026-03-02", day(0)),
        ("2026-10-25T01:30:00", dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)),  # comes twice: the first is meant
        ("2026-03-29T01:30:00", dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC)),  # never came: the end of the gap
    ],
)
def test_dates_with_and_without_an_offset(read, text, instant):
    """Without one it is civil time in the zone of the source."""
    assert read(log(trace("A", event("x", text), event("y", AT)))).rows[[0, 1][instant > day(9)]]["time:timestamp"] == instant


def test_an_event_without_an_instant_is_refused_alone(read):
    """The others are kept and count among themselves; the refused ones have their lines and what they said."""
    found = read(log(trace("A", event("none", None), event("x"), event("bad", "soon"), event("y", "2026-03-02T10:00:00Z"))))
    assert found.column("event:step") == ["x", "y"]
    assert found.column("event:nth") == [0, 1]
    assert [(each.code, each.place.line, each.place.text) for each in found.refused] == [
        ("SRC162", 4, "none"),
        ("SRC162", 8, "soon"),
    ]


def test_a_trace_without_an_event_and_an_event_without_a_trace_are_refused(read):
    """Both are rows that say nothing of a case."""
    found = read(log(trace("A"), event("loose"), trace("B", event("x"))))
    assert found.column("case:id") == ["B"]
    assert sorted((each.code, each.place.line) for each in found.refused) == [("SRC163", 3), ("SRC163", 5)]


def test_two_traces_of_one_name_are_two_cases(read):
    """The second and third get a name that no other trace has; their own positions start from 0."""
    found = read(log(trace("A", event("x")), trace("A (2)", event("y")), trace("A", event("z")), trace("A", event("z"))))
    assert found.column("case:id") == ["A", "A (2)", "A (3)", "A (4)"]
    assert found.column("event:nth") == [0, 0, 0, 0]
    assert [(each.code, each.what[:2]) for each in found.told] == [("SRC164", "2 ")]


def test_a_trace_without_a_name_keeps_its_name_when_it_grows(read):
    """Made of what it says of itself and its first event; the identity extension goes first."""
    short, long = read(log(trace(None, event("x")))), read(log(trace("B", event("b")), trace(None, event("x"), event("y"))))
    assert short.column("case:id")[0] == long.column("case:id")[1] != read(log(trace(None, event("y")))).column("case:id")[0]
    assert [each.code for each in short.told] == ["SRC165"]
    named = trace(None, event("x")).replace("<trace>", '<trace><id key="identity:id" value="u-1"/>')
    assert read(log(named)).column("case:id") == ["u-1"]


def test_events_out_of_order_are_put_in_order_and_told(read):
    """Those of one instant stay as they stand."""
    found = read(log(trace("A", event("c", "2026-03-02T11:00:00Z"), event("a"), event("b")), trace("B", event("z"))))
    assert found.column("event:step") == ["a", "b", "c", "z"]
    assert found.lines == [6, 8, 4, 12]
    assert [(each.code, each.place.line) for each in found.told] == [("SRC166", 3)]


@pytest.mark.parametrize(
    ("transitions", "to"),
    [
        (("schedule", "start", "complete"), [10, 11, 11]),
        (("start", "suspend", "resume", "complete"), [10, 11, 12, 12]),
        (("START", "Complete"), [10, 10]),
        (("start by Ann", "start by Bob", "complete by Bob", "complete by Ann"), [12, 11, 11, 12]),
        (("start by Ann", "start by Ann", "complete by Ann", "complete by Ann"), [11, 12, 11, 12]),
        (("schedule by Boss", "start by Ann", "complete"), [10, 11, 11]),
        (("complete", "start"), [9, None]),
        (("start", "pi_abort", "complete"), [10, 10, 11]),
        (("In Progress", "Wait - User", "Closed"), [10, 11, 11]),
        (("Closed", "Reopened"), [10, None]),
    ],
)
def test_a_stay_ends_where_the_log_says_so(read, transitions, to):
    """At the next event of the same instance, first in first out, of one resource before others; never by guessing."""
    found = read(life(*transitions)).column("event:to")
    assert [each and each.hour for each in found] == to


def test_instances_are_told_apart_by_their_own_name(read):
    """concept:instance goes before any guess."""
    events = [
        event("do", f"2026-03-02T{hour:02}:00:00Z", lifecycle_transition=transition, concept_instance=instance)
        for hour, transition, instance in ((9, "start", "1"), (10, "start", "2"), (11, "complete", "2"), (12, "complete", "1"))
    ]
    found = read(log(trace("A", *events)))
    assert [each and each.hour for each in found.column("event:to")] == [12, 11, 11, 12]
    assert [each and each.hour for each in found.column("event:started")] == [9, 10, 10, 9]
    assert found.column("event:is-last") == [False, False, True, True]


@pytest.mark.parametrize(
    ("content", "yaml", "ended"),
    [
        (life("complete", "complete"), "", None),
        (life("complete", "complete"), "ends: [do]", 10),
        (life("complete", "complete"), "ends: [else]", None),
        (life("In Progress", "Closed"), "", 10),
        (life("Closed", "In Progress"), "", None),
        (life("In Progress", "gone"), "states: { Gone: done }", 10),
    ],
)
def test_a_case_ends_only_where_something_says_so(read, content, yaml, ended):
    """A declared last step, or a last status that is final; a completed activity ends no case."""
    assert {each and each.hour for each in read(content, yaml).column("case:ended")} == {ended}


def test_a_classifier_names_the_steps(read):
    """Its keys are joined; one that the log does not declare stops the source and names the nearest."""
    head = '<classifier name="Who" keys="concept:name \'my team\'"/>'
    content = log(trace("A", event("look").replace("</event>", '<string key="my team" value="desk"/></event>')), head=head)
    assert read(content, "classifier: Who").column("event:step") == ["look+desk"]
    problem = problem_of(read, content, "classifier: Whom")
    assert (problem.code, problem.nearest) == ("SRC169", "Who")


def test_what_a_log_promises_and_breaks_is_told(read):
    """The example under <global> is no default."""
    head = '<global scope="event"><string key="cost" value="UNKNOWN"/></global>'
    found = read(log(trace("A", event("x"), event("y", cost="1")), head=head))
    assert found.column("cost") == [None, "1"]
    assert [(each.code, "1 have not" in each.what) for each in found.told] == [("SRC168", True)]


def test_a_key_called_like_one_of_ours_is_not_lost(read):
    """It is kept under another name."""
    found = read(log(trace("A", event("x", event_nth="mine"))))
    assert (found.column("event:nth"), found.column("event:nth of the log")) == ([0], ["mine"])
    found = read(log(trace("A", event("x", case_concept_name="mine"))))
    assert (found.column("case:concept:name"), found.column("case:concept:name of the event")) == (["A"], ["mine"])


def test_interactions_are_whole_instances(workspace):
    """One per instance of an activity, from its start to its end."""
    workspace.write("a.xes", life("start", "complete", "complete", "start", "ate_abort"))
    workspace.ingest("a: { kind: xes, file: a.xes, as: interactions, service: stay }")
    found = workspace.rows("interactions", "happened_at", "ended_at", "outcome")
    assert [(at.hour, end and end.hour, outcome) for at, end, outcome in found] == [
        (11, None, None),
        (12, 13, "failed"),
        (9, 10, None),
    ]


def test_an_unknown_transition_is_refused_with_its_word(workspace):
    """The case and its other stays are kept; `states:` says what the word means."""
    workspace.write("a.xes", life("In Progress", "Dreaming", "Closed"))
    report = workspace.ingest("a: { kind: xes, file: a.xes }")
    assert [(each.kept, each.refused) for each in report.sources] == [(2, 1)]
    assert workspace.rows("quarantine", "raw") == ["dreaming"]
    workspace.ingest("a: { kind: xes, file: a.xes, states: { Dreaming: active } }")
    assert workspace.rows("work", "state") == ["active", "active", "done"]


def test_a_case_is_replaced_as_a_whole(workspace):
    """A case that grew says everything anew; the other one is known."""
    declared = "a: { kind: xes, file: a.xes }"
    workspace.write("a.xes", log(trace("A", event("x")), trace("B", event("y"))))
    workspace.ingest(declared)
    workspace.write("a.xes", log(trace("A", event("x"), event("z")), trace("B", event("y"))))
    report = workspace.ingest(declared)
    assert [(each.kept, each.known, each.superseded) for each in report.sources] == [(0, 1, 2)]
    assert workspace.rows("work", "item", "stage") == [("A", "x"), ("A", "z"), ("B", "y")]


@pytest.mark.parametrize(
    ("yaml", "code"),
    [("kind: xes", "SRC103"), ("kind: xes\nfile: a\nas: both", "SRC113"), ("kind: xes\nfile: a\nas: interactions", "SRC103"),
     ("kind: xes\nfile: a\nstates: { x: gone }", "SRC113"), ("kind: xes\nfile: a\nend: x", "SRC101")],
)  # fmt: skip
def test_a_wrong_declaration_is_told(workspace, yaml, code):
    """Every mistake has its place before anything is read."""
    _, problems = workspace.load("a:\n" + "".join(f"  {line}\n" for line in yaml.splitlines()))
    assert [each.code for each in problems] == [code]
    assert problems[0].place.line
