"""YAML as a table: documents and items are rows with their line; whatever is wrong is told, and bounds hold."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wholeservice.documents import parse
from wholeservice.errors import InputError, Problem, WholeserviceError
from wholeservice.sources import SOURCES, yaml_table
from wholeservice.sources.base import Context

(TABLE,) = (source for source in SOURCES if source.name == "table")


@pytest.fixture
def read(tmp_path):
    """Write a YAML file and read it: (rows, what was told, lines)."""

    def run(content: str | bytes, more: str = "", name: str = "a.yaml"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        node, _ = parse(f"file: {name}\n{more}", "wholeservice.yaml")
        options, problems = TABLE.load(node)
        assert problems == []
        rows, told, lines = [], [], []
        for raw in TABLE.read(options, Context(tmp_path), None):
            if isinstance(raw, Problem):
                told.append(raw)
                continue
            columns = [column.to_pylist() for column in raw.columns]
            rows += [
                {name: cells[row] for name, cells in zip(raw.header.names, columns, strict=True) if cells[row] is not None}
                for row in range(len(raw.numbers))
            ]
            lines += raw.numbers.to_pylist()
        return rows, told, lines

    return run


def test_each_document_is_a_row_with_its_line(read):
    """Objects inside are columns `a.b`, lists are JSON, and values stay text: the version 1.10 is no number."""
    rows, told, lines = read("# hello\na: { b: 1.10, c: no }\nd: [x, 2]\n---\n---\na: { b: '' }\nd: ~\n")
    assert rows == [{"a.b": "1.10", "a.c": "no", "d": '["x", "2"]'}, {"a.b": ""}]
    assert (told, lines) == ([], [2, 6])


@pytest.mark.parametrize("name", ["a.yaml", "a.yml"])
def test_items_of_a_list_are_rows(read, name):
    """A file that is one list has a row per item, whatever its ending."""
    assert read("- n: 1\n- n: 2\n\n- { n: 3, o: { p: x } }\n", name=name)[::2] == (
        [{"n": "1"}, {"n": "2"}, {"n": "3", "o.p": "x"}], [1, 2, 4],
    )  # fmt: skip


def test_a_single_document_may_be_a_single_row(read):
    """A file that describes one thing is one row, and needs no rows:."""
    assert read("kind: Component\nmetadata: { name: shop }\n")[0] == [{"kind": "Component", "metadata.name": "shop"}]


def test_rows_lie_further_down(read):
    """`rows:` leads into each document; what is around a row comes with it."""
    content = "team: pay\nservices:\n  - name: a\n  - name: b\n---\nteam: find\nservices:\n  - { name: c, team: own }\n"
    rows, _, lines = read(content, "rows: services[]\n")
    assert [(row["name"], row["team"], row.get("services.team", row.get("outer.team"))) for row in rows] == [
        ("a", "pay", None), ("b", "pay", None), ("c", "own", "find"),
    ]  # fmt: skip
    assert lines == [3, 4, 8]


def test_a_document_without_rows_is_told_and_the_others_kept(read):
    """Of several documents one has no list there: it is a row that cannot be read, with its line."""
    rows, (problem,), _ = read("services: [{ n: 1 }]\n---\nother: 1\n", "rows: services[]\n")
    assert rows == [{"n": "1"}]
    assert (problem.code, problem.place.line, problem.severity) == ("SRC127", 3, "error")
    with pytest.raises(InputError):
        read("other: 1\n", "rows: services[]\n")


def test_anchors_and_merge_keys_are_written_out(read):
    """Own fields win over merged ones."""
    rows = read("- &base { team: pay, tier: 1 }\n- { <<: *base, name: a, tier: 2 }\n- { about: *base }\n")[0]
    assert rows[1:] == [{"name": "a", "tier": "2", "team": "pay"}, {"about.team": "pay", "about.tier": "1"}]


def test_a_billion_laughs_are_refused(read, monkeypatch):
    """Within one document, and over many that each stay just below."""
    lines = [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in itertools.pairwise("abcdefghij")]
    laughs = "\n".join(["a: &a [x, x, x, x, x, x, x, x, x]", *lines])
    with pytest.raises(InputError) as caught:
        read(laughs)
    assert [each.code for each in caught.value.problems] == ["SRC125"]
    monkeypatch.setattr(yaml_table, "MAX_VALUES", 20)
    with pytest.raises(InputError) as caught:
        read("---\na: &a [1, 2, 3]\nb: [*a, *a]\n" * 3)
    assert [each.code for each in caught.value.problems] == ["SRC125"]


@pytest.mark.parametrize(
    ("content", "code"),
    [("a: [1\n", "SRC122"), ("a: 1\n---\nb: {\n", "SRC122"), ("", "SRC121"), ("# nothing\n", "SRC121"), (b"PAR1abc", "SRC122"),
     (b"a: \xff\xfe\n", "SRC123"), ("- " * 3000, "SRC125"), ("a: *b\n", "SRC122"), ("- 1\n- 2\n", "SRC127"),
     ("text\n", "SRC127")],
)  # fmt: skip
def test_a_file_that_is_no_table_stops_its_source(read, content, code):
    """With a line where there is one, and what to do: half a file would look like a fall."""
    with pytest.raises(WholeserviceError) as caught:
        read(content)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.place.file == "a.yaml"
    assert problem.next_step


def test_a_key_that_stands_twice_is_a_warning(read):
    """The first counts, and the line of the second is said."""
    rows, (problem,), _ = read("a: 1\na: 2\n")
    assert rows == [{"a": "1"}]
    assert (problem.severity, problem.place.line) == ("warning", 2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(alphabet="ab:-[]{}&*<!|>'\"#, \n~", max_size=40))
def test_no_text_gives_a_traceback(read, content):
    """Whatever the characters: rows, or a problem for people."""
    try:
        rows, _, lines = read(content)
    except WholeserviceError as error:
        rows, lines = [{}] * len(error.problems), list(error.problems)
    assert len(rows) == len(lines)


@pytest.mark.parametrize("content", ["{}", "- {}\n- {}\n"])
def test_rows_that_say_nothing_are_rows_all_the_same(read, content):
    """A file of an empty mapping, or of two: as many rows, none of them made of anything, and no traceback."""
    rows, told, _ = read(content)
    assert (rows, told) == ([{}] * content.count("{}"), [])
