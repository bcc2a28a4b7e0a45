"""A second file: its columns come by a key; what has no key is told once, and what has two is an error."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wholeservice.errors import InputError
from wholeservice.sources import joined

FIRST = "id,client_id\n1,C1\n2,C9\n3,\n4,C2\n5,C9\n"
SECOND = "code,name\nC1,Aurora\nC2,Borealis\n"
SOURCE = """\
a:
  file: a.csv
  record: [id]
  with:
    client: { file: SECOND, key: code, on: client_id }
  facts:
    - sighting: { kind: order, name: "{id}", title: "{client.name}" }
"""


@pytest.fixture
def ingested(workspace):
    """Ingest the two files; return (name, title) of each order and the report of the source."""

    def run(second: str | bytes = SECOND, name: str = "b.csv", first: str = FIRST, source: str = SOURCE):
        workspace.write("a.csv", first)
        workspace.write(name, second)
        report = workspace.ingest(source.replace("SECOND", name)).sources[0]
        return workspace.rows("sightings", "name", "title"), report

    return run


def test_columns_of_the_second_file_come_by_the_key(ingested):
    """Each row has its own client; a missing key and one that is not there leave the title missing."""
    rows, report = ingested()
    assert rows == [("1", "Aurora"), ("2", None), ("3", None), ("4", "Borealis"), ("5", None)]
    assert (report.read, report.kept, report.refused, report.quarantined) == (5, 5, 0, 0)


def test_keys_that_are_not_there_are_told_once(ingested):
    """Two of the four rows that have a key: how many, which, where the first stands, and what is near."""
    (problem,) = ingested(first=FIRST.replace("C9", "Auorra"), second=SECOND + "Aurora,again\n")[1].problems
    assert (problem.code, problem.severity, str(problem.place), problem.nearest) == ("SRC145", "warning", "a.csv:3", "Aurora")
    assert problem.what == "2 of 4 rows have a client_id that is not in b.csv: 'Auorra'"
    assert (problem.expected, bool(problem.next_step)) == ("one of its 3 keys", True)


def test_among_short_codes_nothing_is_near(ingested):
    """C11 is no mistyped C1: it is another airport."""
    (problem,) = ingested(first=FIRST.replace("C9", "C11"))[1].problems
    assert problem.nearest is None


def test_a_marker_of_missing_is_no_key(ingested):
    """`-` says that there is no client: nothing to tell."""
    rows, report = ingested(first="id,client_id\n1,-\n2,C1\n", source=SOURCE.replace("  record", "  missing: ['-']\n  record"))
    assert rows == [("1", None), ("2", "Aurora")]
    assert report.problems == ()


def test_a_key_that_stands_twice_is_an_error_with_its_lines(ingested, workspace):
    """To take one of them would be to guess: nothing is committed."""
    report = ingested("code,name\nC1,Aurora\nC2,x\nC1,Borealis\n")[1]
    (problem,) = report.problems
    assert (problem.code, problem.place.line) == ("SRC144", 5)
    assert "'C1' in line 2 and line 4" in problem.what
    assert workspace.store.latest() is None


def test_a_key_of_two_columns(ingested):
    """Department and name tell the rows apart, each alone does not."""
    source = SOURCE.replace("key: code, on: client_id", "key: [dep, code], on: [client_id, id]")
    rows, report = ingested("dep,code,name\nC1,1,one\nC1,2,two\n", source=source, first="id,client_id\n1,C1\n2,C1\n3,C1\n")
    assert rows == [("1", "one"), ("2", "two"), ("3", None)]
    assert "'C1 and 3'" in report.problems[0].what


def test_a_whole_number_is_one_key_in_every_format(ingested):
    """7 in a text file, a whole number in Parquet, and one of a workbook, where all numbers have a point."""
    for column in (pa.array([7, 8]), pa.array([7.0, 8.0]), pa.array(["7", "8"])):
        out = io.BytesIO()
        pq.write_table(pa.table({"code": column, "name": ["seven", "eight"]}), out)
        assert ingested(out.getvalue(), "b.parquet", "id,client_id\n1,7\n")[0] == [("1", "seven")]


def test_lines_of_json_say_only_what_they_have(ingested):
    """A column that comes late in the second file is missing for the others."""
    rows, _ = ingested('{"code": "C1"}\n{"code": "C2", "name": "Borealis"}\n', "b.jsonl")
    assert rows == [("1", None), ("2", None), ("3", None), ("4", "Borealis"), ("5", None)]


def test_the_second_file_is_no_part_of_what_a_row_is(ingested):
    """Without record: a row is known by its own content; a client who is renamed gives a revision, not a second row."""
    source = SOURCE.replace("  record: [id]\n", "")
    ingested(source=source)
    rows, report = ingested(SECOND.replace("Aurora", "Australis"), source=source)
    assert rows[0] == ("1", "Australis")
    assert (len(rows), report.superseded, report.known) == (5, 1, 4)


def test_rows_of_the_second_file_that_cannot_be_read_are_warnings(ingested):
    """They are no rows of this source: told once, with the line in the second file, and not counted as refused."""
    rows, report = ingested(SECOND + "C3\n,nobody\n")
    assert len(rows) == report.read == report.kept == 5
    assert {(each.code, each.severity) for each in report.problems} == {
        ("SRC150", "warning"), ("SRC145", "warning"), ("SRC146", "warning"),
    }  # fmt: skip
    assert [str(each.place) for each in report.problems if each.code == "SRC150"] == ["b.csv:4"]


@pytest.mark.parametrize(
    ("old", "new", "code", "nearest"),
    [
        ("key: code", "key: cod", "SRC108", "code"), ("on: client_id", "on: client", "SRC108", "client_id"),
        ("{client.name}", "{client.nam}", "SRC108", "client.name"), ("file: SECOND", "file: c.csv", "SRC120", "b.csv"),
    ],
)  # fmt: skip
def test_check_meets_the_mapping_with_both_headers(workspace, ingested, old, new, code, nearest):
    """A mistyped key, column or file is found before anything is read, and by ingest too."""
    source = SOURCE.replace(old, new).replace("SECOND", "b.csv")
    report = ingested(source=source)[1]
    problems = [each for each in workspace.check(source) if each.severity == "error"]
    assert [(each.code, each.nearest) for each in problems] == [(code, nearest)]
    assert [(each.code, each.nearest) for each in report.problems] == [(code, nearest)]


@pytest.mark.parametrize(
    ("declared", "code"),
    [("{}", "SRC140"), ("{ c: { file: b.csv } }", "SRC140"), ("{ c: { file: b.csv, key: [a, b], on: x } }", "SRC140"),
     ("{ c: { file: b.csv, key: a, keys: b } }", "SRC101"), ("{ c: { key: a } }", "SRC103"),
     ("{ c: { file: b.csv, key: a, with: {} } }", "SRC101")],
)  # fmt: skip
def test_a_second_file_that_is_declared_wrong_has_a_place(workspace, declared, code):
    """Every mistake is a problem with its line and what to do."""
    (problem, *_) = workspace.load(f"a:\n  file: a.csv\n  with: {declared}\n  facts: [ sighting: same ]\n")[1]
    assert (problem.code, problem.place.line) == (code, 3)
    assert problem.next_step


def test_a_second_file_that_is_too_large_is_refused(ingested, monkeypatch):
    """It is held in memory, so there is a bound, and it is said."""
    monkeypatch.setattr(joined, "MAX_ROWS", 1)
    (problem,) = ingested()[1].problems
    assert (problem.code, "at most 1 rows" in problem.expected) == ("SRC125", True)


def test_two_second_files(ingested, workspace):
    """The key of the second may be a column of the first that was added."""
    workspace.write("c.csv", "name,country\nAurora,NO\n")
    source = SOURCE.replace("  facts", "    land: { file: c.csv, key: name, on: client.name }\n  facts")
    assert ingested(source=source.replace("{client.name}", "{land.country}"))[0][0] == ("1", "NO")


def test_nothing_is_read_when_the_second_file_is_damaged(ingested):
    """A binary that is called CSV stops the source, with its name."""
    with pytest.raises(InputError):
        raise InputError(*ingested(b"PAR1\x00\x00", "b.csv")[1].problems)
