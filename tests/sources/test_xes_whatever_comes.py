"""Event logs that are broken, dangerous or drawn at random: refused with a place, or read without losing anything."""

from __future__ import annotations

import datetime as dt
import gzip
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.xes_logs import ONE, Reading, event, life, log, problem_of, reader, trace
from wholeservice.errors import InputError, Problem
from wholeservice.sources import files, xes_parser, xes_tree


@pytest.fixture
def read(tmp_path):
    return reader(tmp_path)


# what must not be read -------------------------------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        ("", "a.xes", "SRC121"),
        (b"\x1f\x8b", "a.xes", "SRC122"),
        ("<!DOCTYPE html><html></html>", "a.xes", "SRC122"),
        ("case,event\n", "a.xes", "SRC161"),
        ('<?xml version="1.0"?><pnml></pnml>', "a.xes", "SRC122"),
        ('<?xml version="1.0" encoding="klingon"?><log/>', "a.xes", "SRC122"),
        (ONE.replace("<log>", LAUGHS + "<log>"), "a.xes", "SRC160"),
        (ONE.replace("<log>", '<!DOCTYPE log SYSTEM "file:///etc/passwd"><log>'), "a.xes", "SRC160"),
        (ONE.replace("look", "&a;"), "a.xes", "SRC161"),
        (ONE[:-40], "a.xes", "SRC124"),
        (ONE.replace("</log>", ""), "a.xes", "SRC124"),
        (ONE.replace("</event>", "", 1), "a.xes", "SRC161"),
        (ONE.replace("look", "a < b"), "a.xes", "SRC161"),
        (ONE.encode().replace(b"look", b"caf\xe9"), "a.xes", "SRC161"),
        (ONE + "<log/>", "a.xes", "SRC161"),
        (gzip.compress(ONE.encode() * 50, mtime=0)[:60], "a.xes.gz", "SRC124"),
        ("<log>" + "<list key='a'>" * 60, "a.xes", "SRC125"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(read, content, name, code):
    """Empty, something else, cut off, broken, dangerous: one problem with the next step, and nothing committed."""
    assert problem_of(read, content, "", name).code == code


def test_nothing_of_a_broken_log_is_committed(workspace):
    """What was known stays."""
    workspace.write("a.xes", ONE)
    workspace.ingest("a: { kind: xes, file: a.xes }")
    workspace.write("a.xes", ONE.replace("</log>", trace("B", event("x"))))
    report = workspace.ingest("a: { kind: xes, file: a.xes }")
    assert [each.code for each in report.problems] == ["SRC124"]
    assert set(workspace.rows("work", "item")) == {"A"}


def test_sizes_are_bounded(read, monkeypatch):
    """A value, a trace, a packed file and the number of keys end within the bounds."""
    monkeypatch.setattr(xes_parser, "BLOCK", 200)
    monkeypatch.setattr(xes_parser, "MAX_TOKEN", 2000)
    assert problem_of(read, log(trace("A", event("x" * 9000)))).code == "SRC125"
    monkeypatch.setattr(xes_parser, "MAX_TRACE", 5000)
    assert problem_of(read, log(trace("A", *[event("x")] * 200))).code == "SRC125"
    monkeypatch.setattr(xes_parser, "MAX_KEYS", 20)
    many = event("x", **{f"k{number}": "1" for number in range(30)})
    assert problem_of(read, log(trace("A", many))).code == "SRC125"
    monkeypatch.setattr(files, "MAX_FREE", 1000)
    monkeypatch.setattr(files, "MAX_RATIO", 2)
    assert problem_of(read, gzip.compress(log(*[trace("A", event("x"))] * 500).encode()), "", "a.xes.gz").code == "SRC125"


def test_memory_does_not_grow_with_the_file(read, monkeypatch):
    """Each block is given before the next is read: never more than a block of traces at a time."""
    monkeypatch.setattr(xes_parser, "BLOCK", 4000)
    sizes = []
    taken = xes_tree.Tree.take

    def counted(tree):
        block = taken(tree)
        sizes.append(block.n_events if block else 0)
        return block

    monkeypatch.setattr(xes_tree.Tree, "take", counted)
    monkeypatch.setattr(xes_parser, "read_flat", lambda block, line: None)
    found = read(log(*[trace(str(number), event("x")) for number in range(2000)]))
    assert len(found.rows) == 2000
    assert 0 < max(sizes) < 60


# whatever comes --------------------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\t\n&<>\"' "), max_size=8)
KEYS = st.sampled_from(["a", "b c", "org:resource", "é", "case:x", "lifecycle:transition"])
ZONES = st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=-9, minutes=30))])
FIRST, LAST = dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)  # noqa: DTZ001  (the zone is drawn)
INSTANTS = st.datetimes(FIRST, LAST, timezones=ZONES)
EVENTS = st.fixed_dictionaries({"concept:name": TEXTS.filter(str.strip), "time:timestamp": INSTANTS}, optional={})
LOGS = st.lists(st.lists(st.tuples(EVENTS, st.dictionaries(KEYS, TEXTS)), min_size=1, max_size=4), min_size=1, max_size=4)


def rows_or_problems(folders, content: bytes) -> Reading | tuple[Problem, ...]:
    """Read a file, or return why it cannot be read."""
    try:
        return Reading(folders.mktemp("xes"), content)
    except InputError as error:
        return error.problems


FAST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def attribute(key: str, value: object) -> str:
    if isinstance(value, dt.datetime):
        return f"<date key={quoted(key)} value={quoted(value.isoformat())}/>"
    return f"<string key={quoted(key)} value={quoted(str(value))}/>"


def quoted(text: str) -> str:
    """Always double quotes, and line ends as references, so that they survive."""
    return quoteattr(text, {"\n": "&#10;", "\t": "&#9;", '"': "&quot;"})


def written(traces) -> str:
    parts = []
    for number, events in enumerate(traces):
        inside = "".join(
            "<event>" + "".join(attribute(key, value) for key, value in {**more, **known}.items()) + "</event>\n"
            for known, more in events
        )  # fmt: skip
        parts.append(f"<trace>{attribute('concept:name', f'case {number}')}{inside}</trace>\n")
    return log(*parts)


@FAST
@given(LOGS)
def test_a_log_comes_back_as_it_was_written(tmp_path_factory, traces):
    """Every value of every event, in order of time, whatever letters it has; read flat or thoroughly."""
    folder = tmp_path_factory.mktemp("xes")
    content = written(traces)
    flat, thorough = (
        Reading(folder, content),
        Reading(folder, content.replace("</log>", "<!-- --></log>").replace("<trace>", "<trace >")),
    )
    expected = [
        (f"case {number}", known["time:timestamp"], known["concept:name"], more.get("b c"), more.get("é"))
        for number, events in enumerate(traces)
        for known, more in sorted(events, key=lambda each: each[0]["time:timestamp"])
    ]
    for found in (flat, thorough):
        names = ("case:id", "time:timestamp", "concept:name", "b c", "é")
        assert list(zip(*(found.column(name) for name in names), strict=True)) == expected
    assert [sorted(row.items(), key=repr) for row in flat.rows] == [sorted(row.items(), key=repr) for row in thorough.rows]


@FAST
@given(LOGS, st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=6)), min_size=1, max_size=4))
def test_damaged_bytes_never_give_a_traceback(tmp_path_factory, traces, damages):
    """What is broken is an InputError; what can still be read accounts for every event."""
    content = bytearray(written(traces).encode())
    for at, some in damages:
        content[at % len(content) : at % len(content) + len(some)] = some
    found = rows_or_problems(tmp_path_factory, bytes(content))
    if isinstance(found, tuple):
        assert all(each.next_step for each in found)
    else:
        assert len(found.rows) + len(found.refused) >= len(set(found.column("case:id")))


@FAST
@given(
    st.lists(
        st.sampled_from(["schedule", "assign", "start", "suspend", "resume", "complete", "withdraw", "Wait", "Closed"]),
        max_size=12,
    )
)
def test_no_stay_ends_before_it_begins(tmp_path_factory, transitions):
    """Whatever the order of transitions, every event has one row, and stays of an instance follow each other."""
    if not transitions:
        return
    found = Reading(tmp_path_factory.mktemp("xes"), life(*transitions))
    assert len(found.rows) == len(transitions)
    assert all(row["event:to"] is None or row["event:to"] >= row["time:timestamp"] for row in found.rows)
    assert all(row["event:started"] is None or row["event:started"] <= row["time:timestamp"] for row in found.rows)
