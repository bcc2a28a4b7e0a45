"""Object-centric logs: JSON of both versions and SQLite give the same rows; what breaks a rule is told row by row."""

from __future__ import annotations

import copy
import datetime as dt
import gzip
import json
import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wholeservice.documents import parse
from wholeservice.errors import InputError, Problem, WholeserviceError
from wholeservice.sources import SOURCES
from wholeservice.sources.base import Batch, Context

(OCEL,) = (source for source in SOURCES if source.name == "ocel")

SMALL = {
    "objectTypes": [
        {"name": "order", "attributes": [{"name": "price", "type": "float"}]}, {"name": "parcel", "attributes": []},
    ],
    "eventTypes": [
        {"name": "place", "attributes": [{"name": "channel", "type": "string"}]}, {"name": "pack", "attributes": []},
    ],
    "objects": [
        {"id": "o1", "type": "order", "relationships": [{"objectId": "p1", "qualifier": "sent as"}],
         "attributes": [{"name": "price", "time": "2026-03-02T12:00:00Z", "value": 38.5},
                        {"name": "price", "time": "1970-01-01T00:00:00Z", "value": 40.5}]},
        {"id": "p1", "type": "parcel"},
    ],
    "events": [
        {"id": "e2", "type": "pack", "time": "2026-03-03T09:00:00Z",
         "relationships": [{"objectId": "o1", "qualifier": "what"}, {"objectId": "p1", "qualifier": "into"}]},
        {"id": "e1", "type": "place", "time": "2026-03-02T10:00:00+01:00", "attributes": [{"name": "channel", "value": "web"}],
         "relationships": [{"objectId": "o1", "qualifier": "what"}]},
    ],
}  # fmt: skip

SCRIPT = """
CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);
CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
CREATE TABLE event (ocel_id TEXT, ocel_type TEXT);
CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);
CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);
CREATE TABLE event_Place (ocel_id TEXT, ocel_time TIMESTAMP, channel TEXT);
CREATE TABLE event_Pack (ocel_id TEXT, ocel_time TIMESTAMP);
CREATE TABLE object_Order (ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT, price REAL);
CREATE TABLE object_Parcel (ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT);
INSERT INTO event_map_type VALUES ('place', 'Place'), ('pack', 'Pack');
INSERT INTO object_map_type VALUES ('order', 'Order'), ('parcel', 'Parcel');
INSERT INTO event VALUES ('e2', 'pack'), ('e1', 'place');
INSERT INTO object VALUES ('o1', 'order'), ('p1', 'parcel');
INSERT INTO event_object VALUES ('e2', 'o1', 'what'), ('e2', 'p1', 'into'), ('e1', 'o1', 'what');
INSERT INTO object_object VALUES ('o1', 'p1', 'sent as');
INSERT INTO event_Place VALUES ('e1', '2026-03-02 09:00:00', 'web');
INSERT INTO event_Pack VALUES ('e2', '2026-03-03 09:00:00');
INSERT INTO object_Order VALUES ('o1', '1970-01-01 00:00:00', NULL, 40.5), ('o1', '2026-03-02 12:00:00', 'price', 38.5);
INSERT INTO object_Parcel VALUES ('p1', '1970-01-01 00:00:00', NULL);
"""


def database(script: str = SCRIPT) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        return connection.serialize()


def changed(**parts: object) -> str:
    return json.dumps({**copy.deepcopy(SMALL), **parts})


OLD = json.dumps({
    "ocel:objects": {
        "o1": {"ocel:type": "order", "ocel:ovmap": {"price": 40.5}}, "p1": {"ocel:type": "parcel", "ocel:ovmap": {}},
    },
    "ocel:events": {
        "e1": {"ocel:activity": "place", "ocel:timestamp": "2026-03-02T09:00:00Z", "ocel:omap": ["o1"],
               "ocel:vmap": {"channel": "web"}},
        "e2": {"ocel:activity": "pack", "ocel:timestamp": "2026-03-03T09:00:00Z", "ocel:omap": ["o1", "p1"], "ocel:vmap": {}},
    },
})  # fmt: skip


WITH_A_VIEW = SCRIPT.replace("CREATE TABLE event (", "CREATE TABLE events (").replace("INTO event V", "INTO events V")
WITH_A_VIEW += "CREATE VIEW event AS SELECT * FROM events;"


class Reading:
    """What a file gave: rows by kind, what was refused, what was told."""

    def __init__(self, folder, content: str | bytes, yaml: str = "", name: str = "a.ocel") -> None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        node, _ = parse(f"file: {name}\n{yaml}", "wholeservice.yaml")
        options, _ = OCEL.load(node)
        self.rows, self.refused, self.told = [], [], []
        for raw in OCEL.read(options, Context(folder), None):
            if isinstance(raw, Batch):
                cells = zip(*(column.to_pylist() for column in raw.columns), strict=True)
                self.rows += [
                    {name: cell for name, cell in zip(raw.header.names, each, strict=True) if cell is not None}
                    for each in cells
                ]
            else:
                assert isinstance(raw, Problem)
                (self.told if raw.severity == "warning" else self.refused).append(raw)

    def of(self, row: str) -> list[dict]:
        return [each for each in self.rows if each["row"] == row]


@pytest.fixture
def read(tmp_path):
    return lambda content, yaml="", name="a.ocel": Reading(tmp_path, content, yaml, name)


def problem_of(read, *arguments) -> Problem:
    with pytest.raises(WholeserviceError) as caught:
        read(*arguments)
    (problem,) = caught.value.problems
    assert problem.next_step
    return problem


@pytest.mark.parametrize(
    ("content", "name"),
    [(json.dumps(SMALL), "a.jsonocel"), (gzip.compress(json.dumps(SMALL).encode()), "a.json.gz"), (database(), "a.sqlite"),
     (database(), "named_wrongly.json"), (gzip.compress(database()), "a.sqlite.gz")],
)  # fmt: skip
def test_both_formats_give_the_same_rows(read, content, name):
    """What a file is, is seen in its content, packed or not."""
    found = read(content, "", name)
    assert (found.refused, found.told) == ([], [])
    nine, next_day = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)
    order = {"record": "object:o1", "object:id": "o1", "object:type": "order"}
    assert found.of("object")[0] == {
        "row": "object", **order, "price": 40.5, "object:first": nine, "object:last": next_day, "object:events": 2,
    }  # fmt: skip
    (change,) = found.of("change")
    assert (change["change:time"].hour, change["change:attribute"], change["change:value"]) == (12, "price", "38.5")
    assert found.of("object-relation") == [
        {"row": "object-relation", **order, "to:id": "p1", "to:type": "parcel", "qualifier": "sent as"}
    ]
    assert [(each["event:id"], each["event:time"], each.get("channel")) for each in found.of("event")] == [
        ("e1", nine, "web"), ("e2", next_day, None),
    ]  # fmt: skip
    taken = [
        (each["event:id"], each["object:id"], each["relation:nth"], each.get("relation:until")) for each in found.of("relation")
    ]
    assert taken == [("e1", "o1", 0, next_day), ("e2", "o1", 1, None), ("e2", "p1", 0, None)]


def test_the_older_version_is_read(read):
    """It has no qualifiers, no changes and declares no types."""
    found = read(OLD)
    assert (found.refused, found.told) == ([], [])
    assert [(each["event:id"], each["object:id"]) for each in found.of("relation")] == [
        ("e1", "o1"),
        ("e2", "o1"),
        ("e2", "p1"),
    ]
    assert found.of("object")[0]["price"] == 40.5


def test_an_event_without_an_instant_is_refused_with_its_relations(read):
    """The other event is kept, and is the first of the order."""
    events = copy.deepcopy(SMALL["events"])
    events[1]["time"] = "soon"
    found = read(changed(events=events))
    assert [(each.code, each.place.text) for each in found.refused] == [("SRC171", "e1")]
    assert [(each["event:id"], each["relation:nth"]) for each in found.of("relation")] == [("e2", 0), ("e2", 0)]


def test_relations_to_nothing_are_refused_one_by_one(read):
    """From events and from objects; the event itself and its other objects are kept."""
    objects, events = copy.deepcopy(SMALL["objects"]), copy.deepcopy(SMALL["events"])
    events[0]["relationships"].append({"objectId": "p9", "qualifier": "x"})
    objects[1]["relationships"] = [{"objectId": "o9", "qualifier": "x"}]
    found = read(changed(objects=objects, events=events))
    assert sorted((each.code, each.place.text) for each in found.refused) == [("SRC172", "o9"), ("SRC172", "p9")]
    assert len(found.of("relation")) == 3


@pytest.mark.parametrize(
    ("events", "what"),
    [([{"id": "e1", "type": "place", "time": "2026-03-02"}] * 2, "two events 'e1'"),
     ([{"type": "place"}], "no id"), ([7], "no object"),
     ([{"id": "e1"}], "no type"),
     ([{"id": "e1", "type": "place", "time": "2026-03-02", "relationships": [{}]}], "names no object")],
)  # fmt: skip
def test_what_is_not_as_the_standard_says_is_refused(read, events, what):
    """One row each; nothing else is lost."""
    found = read(changed(events=events))
    assert [each.code for each in found.refused] == ["SRC174"]
    assert what in found.refused[0].what
    assert len(found.of("object")) == 2


def test_types_and_attributes_that_are_not_declared_are_told_and_kept(read):
    """Counted once per kind."""
    found = read(changed(eventTypes=[{"name": "place", "attributes": []}]))
    assert [each.what for each in found.told] == [
        "the type 'place' declares no attribute 'channel': 1 times, first of 'e1'",
        "the type 'pack' is not declared: 1 times, first of 'e2'",
    ]
    assert len(found.of("event")) == 2


def test_an_object_without_events_is_told(workspace):
    """It makes no item, since nobody knows when it came to be; its relation is kept."""
    workspace.write("a.json", changed(events=SMALL["events"][1:]))
    report = workspace.ingest("a: { kind: ocel, file: a.json }")
    assert workspace.rows("items", "item") == ["o1"]
    assert workspace.rows("links", "from_ref", "to_ref") == [("items:o1", "items:p1")]
    assert "SRC175" in [each.code for each in report.problems]


def test_two_relations_of_one_pair_are_one_stay(workspace):
    """An object that takes part in two ways was there once."""
    events = copy.deepcopy(SMALL["events"])
    events[1]["relationships"].append({"objectId": "o1", "qualifier": "once more"})
    workspace.write("a.json", changed(events=events))
    workspace.ingest("a: { kind: ocel, file: a.json }")
    assert workspace.rows("work", "item", "stage") == [("o1", "pack"), ("o1", "place"), ("p1", "pack")]


def test_an_attribute_called_like_a_column_is_not_lost(read):
    """It is kept under another name."""
    events = [{**SMALL["events"][1], "attributes": [{"name": "row", "value": "mine"}]}]
    assert read(changed(events=events)).of("event")[0]["row of the log"] == "mine"


def test_half_a_character_is_replaced(read):
    """JSON can spell what no text can hold; a whole pair is the character it means."""
    content = json.dumps(SMALL).replace('"web"', '"w\\\\ud83d"').replace('"e2"', '"\\\\ud83d\\\\ude00"')
    found = read(content.replace("\\\\", "\\"))
    assert [each.get("channel") for each in found.of("event")] == ["w\ufffd", None]
    assert found.of("event")[1]["event:id"] == "\U0001f600"


def test_words_of_the_log_are_translated(workspace):
    """Kinds of items and qualifiers, where the declaration says so."""
    workspace.write("a.json", json.dumps(SMALL))
    report = workspace.ingest(
        "a: { kind: ocel, file: a.json, kinds: { order: request }, relations: { sent as: for }, ends: [pack] }"
    )
    assert report.problems == ()
    assert workspace.rows("items", "item", "kind") == [("o1", "request"), ("p1", None)]
    assert workspace.rows("links", "relation") == ["for"]
    assert all(workspace.rows("items", "done_at"))


# what must not be read or run ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "SRC121"),
        ("[]", "SRC170"),
        ('{"rows": []}', "SRC170"),
        ('{"events": {}, "objects": []}', "SRC170"),
        ("<log/>", "SRC170"),
        (b"PAR1", "SRC170"),
        ("nonsense", "SRC122"),
        (json.dumps(SMALL)[:-9], "SRC124"),
        ("[" * 100_000, "SRC125"),
        (json.dumps(SMALL).encode("utf-16"), "SRC122"),
        (database()[:5000], "SRC124"),
        (database("CREATE TABLE event (ocel_id TEXT);"), "SRC170"),
        (database(WITH_A_VIEW), "SRC170"),
        (database(SCRIPT.replace("'Pack')", "'Nothing')")), "SRC170"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_why(read, content, code):
    """Empty, something else, cut off: one problem with the next step. A view is no table: it would run what it says."""
    assert problem_of(read, content).code == code


def test_a_database_that_is_still_written_is_refused(tmp_path, read):
    """What stands in its log beside it would be missing."""
    (tmp_path / "a.sqlite-wal").write_bytes(b"pages")
    assert problem_of(read, database(), "", "a.sqlite").code == "SRC176"


def test_a_database_is_not_changed_by_reading(tmp_path, read):
    """No byte of it, and no file beside it."""
    before = database()
    read(before, "", "a.sqlite")
    assert (tmp_path / "a.sqlite").read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.sqlite"]


def test_names_of_tables_are_only_names(read):
    """A type whose table is called like a statement is read like any other."""
    script = SCRIPT.replace("event_Pack", '"event_P"";DROP TABLE event;--"').replace("'Pack'", "'P\";DROP TABLE event;--'")
    assert [each["event:id"] for each in read(database(script), "", "a.sqlite").of("event")] == ["e1", "e2"]


# whatever comes --------------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "type", "time", "name", "value", "objectId", "attributes", "relationships", "o1"]), inside, max_size=4),
    max_leaves=12,
)  # fmt: skip


def rows_or_problems(folders, content: str | bytes) -> Reading | tuple[Problem, ...]:
    """Read a file, or return why it cannot be read."""
    try:
        return Reading(folders.mktemp("ocel"), content)
    except InputError as error:
        return error.problems


FAST = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FAST
@given(st.sampled_from(list(SMALL)), JSON)
def test_any_json_is_read_or_refused(tmp_path_factory, part, value):
    """Whatever stands in place of a part of the log: rows, refused rows or an InputError, never a traceback."""
    found = rows_or_problems(tmp_path_factory, json.dumps({**SMALL, part: value}))
    assert all(each.next_step for each in found) if isinstance(found, tuple) else len(found.of("event")) <= 2


@FAST
@given(st.sampled_from(["objects", "events"]), st.lists(JSON, max_size=4))
def test_any_item_is_read_or_refused(tmp_path_factory, part, values):
    """Each entry is a row or a refused one."""
    found = Reading(tmp_path_factory.mktemp("ocel"), json.dumps({**SMALL, part: values}))
    n_own = len(found.of(part.removesuffix("s")))
    assert n_own + len(found.refused) >= len(values)


@FAST
@given(st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=40)), min_size=1, max_size=3))
def test_a_damaged_database_never_gives_a_traceback(tmp_path_factory, damages):
    """It is refused as a whole, or what can be read accounts for itself."""
    content = bytearray(database())
    for at, some in damages:
        content[at % len(content) : at % len(content) + len(some)] = some
    found = rows_or_problems(tmp_path_factory, bytes(content))
    assert all(each.next_step for each in found) if isinstance(found, tuple) else len(found.of("event")) <= 2
