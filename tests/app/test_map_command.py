"""`wholeservice map` as a person meets it: what it prints where, what it writes, and that nothing it is given breaks it."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documented import check_example, examples
from wholeservice.app.cli import main
from wholeservice.app.map_file import Around, Wanted, find_out
from wholeservice.app.map_write import added
from wholeservice.documents import parse, plain
from wholeservice.errors import WholeserviceError

PAGE = "map_command.md"
_AT = "2026-03-01T10:00:00Z"
_XES = (
    '<log xes.version="1"><trace><string key="concept:name" value="1"/><event><string key="concept:name" value="a"/>'
    f'<date key="time:timestamp" value="{_AT}"/></event></trace></log>'
)
VISITS = "when,page,user_id,blah\n" + "".join(
    f"2026-03-0{n} 10:00,pay,u{n},{'stay' if n % 2 else 'stai'}\n" for n in range(1, 9)
)


def run(capsys, *arguments) -> tuple[int, str, str]:
    """Run the command and return (exit code, stdout, stderr)."""
    with pytest.raises(SystemExit) as stopped:
        main([*map(str, arguments)])
    return (stopped.value.code, *capsys.readouterr())


@pytest.fixture
def visits(tmp_path, monkeypatch):
    """A table outside of any workspace."""
    (tmp_path / "visits.csv").write_text(VISITS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# what is printed ----------------------------------------------------------------------------------------------------------


def test_the_declaration_alone_goes_to_stdout(capsys, visits):
    """What is piped into a file can be pasted; the rest is for the reader."""
    code, out, err = run(capsys, "map", "visits.csv")
    assert code == 0
    assert list(plain(parse(out, "x")[0])) == ["visits"]
    assert "One row is an interaction" in err
    assert "All 8 rows: 8 interactions" in err
    assert "not resolved: this folder is in no workspace" in err


def test_in_a_workspace_names_are_resolved_and_the_nearest_is_named(capsys, small_workspace):
    """`stay` is known, `stai` is not, and the column is recognised by its names."""
    (small_workspace / "visits.csv").write_text(VISITS, encoding="utf-8")
    code, out, err = run(capsys, "--workspace", small_workspace, "map", small_workspace / "visits.csv")
    assert code == 0
    assert 'service: "{blah}"' in out
    assert re.search(r"unknown\s+'stai'\s+4 interactions\s+nearest 'stay'", err)


def test_programs_get_all_of_it(capsys, visits):
    """JSON has the declaration, the columns, sums, reasons and facts; CSV the facts."""
    (visits / "visits.csv").write_text(VISITS + "31/31/2026,pay,u1,stay\n", encoding="utf-8")
    code, out, _ = run(capsys, "map", "visits.csv", "--format", "json", "--rows", "3")
    found = json.loads(out)
    assert code == 0
    assert (found["kind"], found["is_sure"], found["rows"]["read"], found["rows"]["refused"]) == ("interaction", True, 9, 1)
    assert [(each["code"], each["n"], each["value"]) for each in found["refused"]] == [("SRC154", 1, "31/31/2026")]
    assert len(found["facts"]) == 3
    assert plain(parse(found["declaration"], "x")[0])["visits"]["file"] == "visits.csv"
    _, out, _ = run(capsys, "map", "visits.csv", "--format", "csv")
    assert len(list(csv.DictReader(io.StringIO(out)))) == 8


def test_what_could_not_be_read_is_counted_over_the_whole_file(capsys, visits):
    """Not only the rows that are shown."""
    rows = "".join(f"2026-03-{n % 28 + 1:02},5\n" for n in range(500)) + "".join("2026-03-01,many\n" for _ in range(7))
    (visits / "a.csv").write_text("day,visits\n" + rows, encoding="utf-8")
    _, _, err = run(capsys, "map", "a.csv")
    assert "7 × column 'visits' is no number  at a.csv:502  'many'" in err


def test_nothing_that_says_what_a_row_is_has_exit_code_1(capsys, visits):
    """There is no declaration that makes facts, and what to do is said."""
    (visits / "a.csv").write_text("a,b\n1,2\n2,3\n3,5\n", encoding="utf-8")
    code, out, err = run(capsys, "map", "a.csv")
    assert code == 1
    assert "# facts:" in out
    assert "say what a row is: --as KIND" in err


@pytest.mark.parametrize(("name", "content", "expected"), [
    ("empty.csv", b"", "SRC121"), ("nothere.csv", None, "SRC120"), ("cut.csv.gz", b"\x1f\x8b\x08\x00", "SRC124"),
    ("x.parquet", b"a,b\n1,2\n", "SRC122"), ("db.sqlite", b"SQLite format 3\x00", "SRC207"), (".", None, "MAP001"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_told(capsys, visits, name, content, expected):
    """With the code that has a help page, and exit code 2."""
    if content is not None:
        (visits / name).write_bytes(content)
    code, _, err = run(capsys, "map", name)
    assert (code, expected in err) == (2, True)


@pytest.mark.parametrize(("name", "content", "kind"), [
    ("docker-compose.yml", "services:\n  web:\n    image: nginx\n    depends_on: [db]\n  db:\n    image: postgres", "compose"),
    ("log.xes", _XES, "xes"),
    ("e.jsonl", f'{{"specversion":"1.0","id":"1","source":"shop","type":"paid","time":"{_AT}"}}\n', "cloudevents"),
    ("o.json", '{"ocel:global-log":{},"ocel:events":{},"ocel:objects":{}}', "ocel"),
    ("p.jsonl", f'{{"uuid":"1","event":"$pageview","distinct_id":"a","timestamp":"{_AT}"}}\n', "posthog"),
    ("g.json", '{"event_date":"20260301","event_timestamp":"1772360100000000","event_name":"page_view"}\n' * 2, "ga4"),
    ("s.tsv", "shop\tweb\t\t2026-03-01 10:15:00.000\t\tpage_view\tc6ef3124-b53a-4b13-a233-0088f79dcbcb" + "\t" * 121
     + "page_view" + "\t" * 4 + "\n", "snowplow"),
    ("m.json", '[{"idVisit":"1","visitorId":"a","actionDetails":[{"type":"action","timestamp":1772360100}]}]', "matomo"),
    ("f.csv", "No.,Response ID,Timestamp,Finished,Survey ID,1. How was it?\n1,r1,2026-03-01 10:00:00,Yes,s,5\n", "formbricks"),
    ("l.csv", '"id";"submitdate";"lastpage";"startlanguage";"G01Q02"\n"1";"2026-03-01 10:00:00";"1";"en";"4"\n', "limesurvey"),
    ("j.json", '{"issues":[{"id":"1","key":"A-1","fields":{"created":"2026-03-01T10:00:00.000+0000","issuetype":{"name":"Bug"},'
     '"status":{"name":"Done"}},"changelog":{"total":0,"histories":[]}}]}', "jira"),
    ("h.json", '[{"number":1,"state":"closed","created_at":"2026-03-01T10:00:00Z","merged_at":null,"merge_commit_sha":"a",'
     '"head":{"sha":"b"},"base":{"ref":"main"},"url":"https://api.github.com/repos/a/b/pulls/1"}]', "github"),
    ("i.ndjson", '{"iid":1,"state":"opened","created_at":"2026-03-01T10:00:00Z","source_branch":"x","target_branch":"main"}\n',
     "gitlab"),
    ("commits.csv", f"sha,parents,author_date,commit_date,subject\n{'a' * 40},,{_AT},{_AT},x\n", "git"),
])  # fmt: skip
def test_what_is_more_than_a_table_is_recognised(capsys, visits, name, content, kind):
    """It is said which kind of source reads it, and the declaration is that of the source."""
    (visits / name).write_text(content, encoding="utf-8")
    code, out, err = run(capsys, "map", name)
    assert code == 0
    assert f"kind: {kind}" in out
    assert f"Read by the source {kind}" in err


def test_rows_of_a_database_are_proposed_a_mapping(capsys, visits):
    """The table with most rows, unless another is asked for."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(visits / "shop.db")) as connection:
        connection.executescript(
            "create table few (a); insert into few values (1); create table events (happened, page, user_id);"
        )
        connection.executemany(
            "insert into events values (?, ?, ?)", [(f"2026-03-0{n} 10:00", "pay", f"u{n}") for n in range(1, 9)]
        )
        connection.commit()
    code, out, err = run(capsys, "map", "shop.db")
    assert code == 0
    assert "url: sqlite:///shop.db" in out
    assert "table: events" in out
    assert "8 interactions" in err


def test_a_repository_is_read_by_git(capsys, visits):
    """A folder with .git in it."""
    subprocess.run(["git", "init", "-q", "."], cwd=visits, check=True)
    author = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b.c",
    }
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "x"], cwd=visits, check=True, env={**os.environ, **author})
    code, out, err = run(capsys, "map", ".")
    assert (code, "repository: ." in out.replace('"', ""), "1 items" in err) == (0, True, True)


# in a terminal -------------------------------------------------------------------------------------------------------------


def in_terminal(columns: int, *arguments: str, **environment: str) -> str:
    """Run the command in a terminal of so many columns and return what it shows."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "wholeservice", *arguments], stdin=terminal, stdout=terminal, stderr=terminal, env=env
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            chunk = os.read(controller, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    process.wait()
    os.close(controller)
    return shown.decode()


def _cells(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_longer_than_the_terminal(visits, columns):
    """Neither the declaration nor the facts wrap, and NO_COLOR is honoured."""
    wide = "a_rather_long_name_of_a_column_" * 2
    (visits / "a.csv").write_text(VISITS.replace("blah", wide), encoding="utf-8")
    shown = in_terminal(columns, "map", "a.csv", NO_COLOR="1")
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r\n", "\n")
    lines = [line for line in text.split("\n") if "\r" not in line]  # what shows progress is taken away again
    assert any(line.startswith("Next ") for line in lines)
    assert [line for line in lines if _cells(line) > columns and wide not in line] == []
    assert "\x1b[3" not in shown


def test_a_terminal_gets_colour_and_a_pipe_none(capsys, visits):
    """What is unsure stands out for somebody who looks."""
    assert "\x1b[33m" in in_terminal(100, "map", "visits.csv")
    _, out, err = run(capsys, "map", "visits.csv")
    assert "\x1b" not in out + err


def test_a_file_cannot_command_the_terminal(capsys, visits):
    """Control characters in names and values come out harmless."""
    evil = "\x1b[2J\x1b]0;owned\x07"
    rows = "".join(f"2026-03-0{n},{evil}{n},{evil}\n" for n in range(1, 9))
    (visits / "a.csv").write_text(f"when,user,{evil}\n{rows}x,y,{evil}\n", encoding="utf-8")
    _, out, err = run(capsys, "map", "a.csv")
    assert "\x1b" not in out + err
    assert "\x07" not in out + err


# what is written ------------------------------------------------------------------------------------------------------------

DECLARATIONS = (
    "name: x\n", "# nothing yet\n", "", "name: x\nsources:\n",
    "sources:\n  a:\n    file: a.csv\n    facts: [ answer: same ]\nzone: UTC\n",
    "sources:\n    a: { file: a.csv, facts: [ answer: same ] }\n\n\n# the end\nzone: UTC  # here\n",
    "sources:  # all of them\n  a: { file: a.csv, facts: [ answer: same ] }\n  # one more to come\n",
    "\ufeffname: x\r\nsources:\r\n  a: { file: a.csv, facts: [ answer: same ] }\r\nzone: UTC\r\n",
    "name: x",
)  # fmt: skip


def said(text: str) -> dict:
    root, problems = parse(text.lstrip("\ufeff"), "x")
    assert problems == []
    return plain(root) if root else {}


@pytest.mark.parametrize("before", DECLARATIONS, ids=repr)
def test_a_source_is_added_and_the_rest_stays_byte_for_byte(before):
    """Taking what was added out again gives the file as it was."""
    after = added(before, "b:\n  file: b.csv  # why\n")
    assert after is not None
    old = said(before)
    assert said(after) == {**old, "sources": {**(old.get("sources") or {}), "b": {"file": "b.csv"}}}
    more = len(after) - len(before)
    assert any(before == after[:at] + after[at + more :] for at in range(len(before) + 1))
    assert ("\r\n" in before) == (after.count("\n") == after.count("\r\n") > 0)


@pytest.mark.parametrize("before", [
    "sources: { a: { file: a.csv } }\n", "sources: [a]\n", "a: b: c\n", "- 1\n", "sources: text\n", "name: x\n...\n",
    "sources: ~\n",
], ids=repr)  # fmt: skip
def test_a_file_that_is_written_in_another_way_is_left_alone(before):
    """Where the place cannot be found for sure, nothing is written."""
    assert added(before, "b:\n  file: b.csv\n") is None


def test_write_adds_what_check_and_ingest_accept(capsys, small_workspace, monkeypatch):
    """The file says what it said, and one source more; then check finds nothing and ingest reads every row."""
    monkeypatch.chdir(small_workspace)
    (small_workspace / "visits.csv").write_text(VISITS, encoding="utf-8")
    before = (small_workspace / "wholeservice.yaml").read_bytes()
    code, out, err = run(capsys, "map", "visits.csv", "--write", "web")
    after = (small_workspace / "wholeservice.yaml").read_bytes()
    assert code == 0
    assert after.startswith(before)
    assert "it stands in wholeservice.yaml now" in err
    assert plain(parse(after.decode(), "x")[0])["sources"] == plain(parse(out, "x")[0])
    assert run(capsys, "check")[0] == 0
    code, out, _ = run(capsys, "ingest", "--format", "json")
    assert (code, json.loads(out)[0]["kept"]) == (0, 8)


def test_a_name_that_is_taken_is_refused(capsys, small_workspace, monkeypatch):
    """What somebody wrote is never replaced; nor does anything else change."""
    monkeypatch.chdir(small_workspace)
    (small_workspace / "visits.csv").write_text(VISITS, encoding="utf-8")
    run(capsys, "map", "visits.csv", "--write", "web")
    before = (small_workspace / "wholeservice.yaml").read_bytes()
    code, _, err = run(capsys, "map", "visits.csv", "--write", "web")
    assert (code, "MAP002" in err) == (2, True)
    code, _, err = run(capsys, "map", "visits.csv", "--write", "Not a name")
    assert (code, "SRC117" in err) == (2, True)
    assert (small_workspace / "wholeservice.yaml").read_bytes() == before


def test_without_write_nothing_is_written(capsys, small_workspace, monkeypatch):
    """Not even a folder for the store."""
    monkeypatch.chdir(small_workspace)
    (small_workspace / "visits.csv").write_text(VISITS, encoding="utf-8")
    before = {path: path.read_bytes() for path in small_workspace.rglob("*") if path.is_file()}
    run(capsys, "map", "visits.csv")
    assert {path: path.read_bytes() for path in small_workspace.rglob("*") if path.is_file()} == before


def test_write_outside_of_a_workspace_is_refused(capsys, visits):
    """There is no file to add it to."""
    code, _, err = run(capsys, "map", "visits.csv", "--write", "web")
    assert (code, "SET001" in err) == (2, True)


# the page --------------------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_is_printed(capsys, workspace, monkeypatch):
    """The file on docs/map_command.md gives the declaration below it, and that gives the facts below it."""
    (example,) = examples(PAGE)
    for _, name, content in example.before:
        workspace.write(name, content)
    monkeypatch.chdir(workspace.folder)
    assert run(capsys, "map", "visits.csv")[1] == example.mapping
    workspace.context = type(workspace.context)(workspace.folder, "UTC")
    check_example(workspace, example)


# anything ---------------------------------------------------------------------------------------------------------------------

_WORDS = ["2026-03-01", "01/02/2026", "1.250,00", "{a}", "${x}", "a: b", "# c", "-", "NULL", "1", "0", "true", "€ 5", "[1,2]",
          '{"a":1}', "a;b", "a@b.de", "\x00", "\n", '"', "'", "{", "}", "\ufeff", "2026", "Mar 2026", "12:00"]  # fmt: skip
_HEADERS = ["date", "id", "service", "amount", "visits", "status", "name", "traceId", "spanId", "startTime", "score", "from",
            "to", "type", "Jan", "Feb", "Mar", "2024", "2025", "2026", "month", "year"]  # fmt: skip
_cell = st.one_of(st.text(max_size=12), st.sampled_from(_WORDS), st.integers().map(str), st.floats().map(str))


@st.composite
def tables(draw) -> bytes:
    n = draw(st.integers(1, 6))
    header = draw(st.lists(st.one_of(_cell, st.sampled_from(_HEADERS)), min_size=n, max_size=n))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=draw(st.sampled_from(",;\t|")), escapechar="\\")
    writer.writerows([header, *draw(st.lists(st.lists(_cell, max_size=n + 1), max_size=8))])
    return out.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-16", "cp1252"])), "replace")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    content=st.one_of(tables(), st.binary(max_size=200)),
    suffix=st.sampled_from([".csv", ".csv", ".tsv", ".json", ".jsonl", ".yaml", ".txt"]),
)
def test_whatever_a_file_holds_there_is_a_declaration_or_a_problem_of_the_file(tmp_path, content, suffix):
    """No traceback, and never a problem in what was proposed."""
    path = tmp_path / f"x{suffix}"
    path.write_bytes(content)
    try:
        found = find_out(Wanted(path), Around(tmp_path), lambda doing: None)
        problems = parse(found.text(80), "x")[1]
    except WholeserviceError as error:
        problems = [each for each in error.problems if each.place and each.place.file == "the proposal"]
    assert problems == []


def test_five_thousand_columns_are_looked_at_in_bounded_time(tmp_path):
    """A column more costs a little more, and not as much as all before it."""
    import time

    def seconds(n: int) -> float:
        path = tmp_path / f"{n}.csv"
        row = ",".join(str(at % 97) for at in range(n))
        path.write_text(",".join(f"c{at}" for at in range(n)) + f"\n{row}\n{row}\n{row}\n", encoding="utf-8")
        before = time.process_time()
        find_out(Wanted(path), Around(tmp_path), lambda doing: None)
        return time.process_time() - before

    seconds(10)
    assert seconds(5000) < 20 * seconds(1000) + 1


def test_a_large_file_is_looked_at_as_long_as_was_said(tmp_path):
    """Then it is said how many rows were seen; what was not seen is not claimed."""
    path = tmp_path / "a.jsonl"
    rows = "".join(f'{{"when": "2026-03-01T10:00:00Z", "page": "pay", "user_id": "u{n}"}}\n' for n in range(200_000))
    path.write_text(rows, encoding="utf-8")
    found = find_out(Wanted(path, look_s=0.0), Around(tmp_path), lambda doing: None)
    assert not found.is_all
    assert 0 < found.n_looked_at < 200_000
