"""Several values in a cell, parts of a cell, and JSON in a cell: what is not there is missing, what cannot be read is told."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wholeservice.mapping.base import Piece, Reading
from wholeservice.mapping.pieces import inside, pattern_mistake, values_of
from wholeservice.mapping.values import read
from wholeservice.tables import TEXT, Column

REFUSED = "refused"
NAMED = "a:\n  file: {file}\n  record: [id]\n  each-of: {{ tag: {{ column: tags{split} }} }}\n  facts:\n"
SEEN = '    - sighting: {{ kind: app, name: "{{id}}" }}\n'
NAMED += SEEN + '    - sighting: {{ kind: app, name: "{{id}}", relation: is, to_name: "{{tag}}" }}\n'


def texts(cells, piece, otherwise="refuse"):
    found = read(pa.array(cells), Column("x", TEXT, False, ""), Reading(piece=piece, otherwise=otherwise))
    return [
        REFUSED if refused else value
        for value, refused in zip(found.values.to_pylist(), found.refused.to_pylist(), strict=True)
    ]


def tagged(workspace):
    rows = workspace.rows("sightings", "name", "to_name", "part")
    return sorted((name, to, part) for name, to, part in rows if to is not None)


@pytest.mark.parametrize(
    ("piece", "values"),
    [
        (Piece("/", 1), ["a", "x", REFUSED, None]), (Piece("/", 2), [" b".strip(), None, REFUSED, None]),
        (Piece("/", -1), ["c", "z", REFUSED, None]), (Piece("/", 9), [REFUSED, REFUSED, REFUSED, None]),
        (Piece(extract="[a-z]"), ["a", "x", REFUSED, None]), (Piece(extract="([a-z])$"), ["c", "z", REFUSED, None]),
        (Piece("/", -1, "(.)"), ["c", "z", REFUSED, None]),
    ],
)  # fmt: skip
def test_a_piece_of_a_cell(piece, values):
    """A blank piece is missing; a piece that is not there is refused."""
    cells = ["a/ b/c", "x//z", "§", ""]
    found = texts(cells, piece)
    assert found[:2] + found[3:] == values[:2] + values[3:]
    assert found[2] == ("§" if piece in (Piece("/", 1), Piece("/", -1), Piece("/", -1, "(.)")) else REFUSED)


def test_otherwise_says_what_a_cell_without_the_part_means():
    """Kept as it is, or missing."""
    assert texts(["a/b", "c"], Piece("/", 2), "keep") == ["b", "c"]
    assert texts(["a/b", "c"], Piece("/", 2), "missing") == ["b", None]
    assert texts(["id 7", "none"], Piece(extract="[0-9]+"), "missing") == ["7", None]


@pytest.mark.parametrize(
    ("pattern", "mistake"),
    [("(?:a|b)+", None), ("[", "unterminated"), ("a(?=b)", "around"), ("(?<!a)b", "around"), (r"(a)\1", "back"),
     ("a++", "back"),
     ("(?P<x>a)(?P=x)", "back"), ("(a)(b)", "2 brackets"), ("a" * 501, "longer than 500")],
)  # fmt: skip
def test_patterns_are_those_that_cannot_hang(pattern, mistake):
    """Nothing looks around or back; RE2 takes time in proportion to the text."""
    found = pattern_mistake(pattern, 1)
    assert (found is None) if mistake is None else (mistake in found)


def test_one_fact_per_value_and_the_others_once(workspace):
    """Blank values give nothing; the part says which value it was, so that equal ones stay apart."""
    workspace.write("a.csv", "id,tags\n1,a; b;;a\n2,\n3,c\n")
    report = workspace.ingest(NAMED.format(file="a.csv", split=', split: ";"'))
    assert tagged(workspace) == [("1", "a", "2.1"), ("1", "a", "2.4"), ("1", "b", "2.2"), ("3", "c", "2.1")]
    assert (report.sources[0].read, report.sources[0].kept, report.sources[0].facts) == (3, 3, 7)


def test_a_value_taken_out_of_a_list_leaves_with_the_revision(workspace):
    """The record is replaced as a whole: the list of today is the list."""
    mapping = NAMED.format(file="a.csv", split=', split: ";"')
    workspace.write("a.csv", "id,tags\n1,a;b\n2,c\n")
    workspace.ingest(mapping)
    workspace.write("a.csv", "id,tags\n1,b\n2,c\n")
    (report,) = workspace.ingest(mapping).sources
    assert (report.superseded, report.known) == (1, 1)
    assert [(name, to) for name, to, _ in tagged(workspace)] == [("1", "b"), ("2", "c")]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_lists_of_json_and_of_parquet_are_lists(workspace, kind):
    """A JSON list in a CSV, a list in JSON lines, and a list column are the same."""
    rows = [{"id": "1", "tags": ["a", "b"]}, {"id": "2", "tags": []}, {"id": "3", "tags": None}]
    if kind == "parquet":
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(rows), workspace.folder / "a.parquet")
    elif kind == "jsonl":
        workspace.write("a.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    else:
        workspace.write("a.csv", 'id,tags\n1,"[""a"", ""b""]"\n2,[]\n3,\n')
    report = workspace.ingest(NAMED.format(file=f"a.{kind}", split=""))
    assert [(name, to) for name, to, _ in tagged(workspace)] == [("1", "a"), ("1", "b")]
    assert report.sources[0].refused == 0


def test_what_is_no_list_is_told_and_costs_only_its_own_facts(workspace):
    """`soon` is no JSON list: the service is seen all the same, and the row is kept."""
    workspace.write("a.csv", 'id,tags\n1,soon\n2,"[1, {""a"": 2}]"\n')
    (report,) = workspace.ingest(NAMED.format(file="a.csv", split="")).sources
    (reason,) = report.reasons
    assert (reason.code, reason.n, reason.what, reason.value) == ("SRC148", 1, "column 'tags' is no JSON list", "soon")
    assert "split:" in reason.expected
    assert (report.kept, report.refused, report.quarantined) == (2, 0, 1)
    assert [(name, to) for name, to, _ in tagged(workspace)] == [("2", "1"), ("2", '{"a": 2}')]


def test_a_row_that_is_nothing_but_an_unreadable_list_is_refused(workspace):
    """kept + known + superseded + refused = read, with lists too."""
    workspace.write("a.csv", "id,tags\n1,soon\n2,[]\n")
    mapping = NAMED.format(file="a.csv", split="").replace(SEEN.format(), "")
    (report,) = workspace.ingest(mapping).sources
    assert (report.read, report.kept + report.known, report.refused, report.empty) == (2, 1, 1, 1)


def test_objects_in_a_list_and_conditions_on_its_values(workspace):
    """A point leads into each object; where: may ask for a value of the list."""
    workspace.write("a.csv", 'id,tags\n1,"[{""k"": ""web"", ""n"": 2}, {""k"": ""app"", ""n"": ""x""}, {""n"": 3}]"\n')
    mapping = NAMED.format(file="a.csv", split="").replace('to_name: "{tag}" }', 'to_name: "{tag.k}", version: "{tag.n}" }')
    workspace.ingest(mapping)
    assert workspace.rows("sightings", "to_name", "version")[:2] == [("app", "x"), ("web", "2")]
    workspace.ingest(mapping.rstrip("\n") + "\n      where: { tag.k: { not: [app] } }\n")
    assert [row for row in workspace.rows("sightings", "to_name") if row] == ["web"]


def test_a_fact_of_two_lists_is_a_mistake(workspace):
    """Two lists of a row have nothing to do with each other; the line and what to do are said."""
    workspace.write("a.csv", "id,tags,others\n1,a,b\n")
    mapping = "a:\n  file: a.csv\n  each-of: { tag: tags, other: others }\n  facts:\n"
    mapping += '    - sighting: { kind: app, name: "{tag}", title: "{other}" }\n'
    (problem,) = workspace.check(mapping)
    assert (problem.code, problem.place.line) == ("SRC141", 5)
    assert problem.expected
    assert problem.next_step


@pytest.mark.parametrize(
    ("each_of", "code"),
    [("{ tag: { column: tags, split: '' } }", "SRC107"), ("{ tag: { column: tags, take: 1 } }", "SRC107"),
     ("{ tag: { column: tags, split: ';', take: 1 } }", "SRC107"), ("{ tag: { colum: tags } }", "SRC101"), ("tags", "SRC107")],
)  # fmt: skip
def test_a_list_that_is_declared_wrong_has_a_place(workspace, each_of, code):
    """Every mistake is a problem with what was expected."""
    problems = workspace.load(f"a:\n  file: a.csv\n  each-of: {each_of}\n  facts: [ sighting: same ]\n")[1]
    assert code in {each.code for each in problems}
    assert all(each.place.line == 3 and each.expected and each.next_step for each in problems)


@pytest.mark.parametrize(
    ("path", "value"),
    [("a", "1"), ("b.c", "x"), ("b.d.1", "7"), ("b.d.3", None), ("b.e", None),
     ("b", '{"c": "x", "d": [7, true]}'), ("b.d.2", "true"),
     ("p.q/r", "z"), ("b.d.x", REFUSED), ("a.b", None), ("f", "2"), ("n", None)],
)  # fmt: skip
def test_a_path_into_json(path, value):
    """By name, by position from 1, by a name that holds points; what is not there is missing."""
    cell = '{"a": 1, "b": {"c": "x", "d": [7, true]}, "p.q/r": "z", "f": 2.0, "n": null}'
    found = inside(pa.array([cell, None]), path)
    assert [REFUSED if found.refused[0].as_py() else found.values[0].as_py(), found.values[1].as_py()] == [value, None]


def test_json_in_a_csv_is_read_by_path(workspace):
    """`{Tags.application}` goes into the JSON of Tags; no JSON is refused once for each path, with the whole cell."""
    workspace.write("a.csv", 'id,Tags\n1,"{""application"": ""shop""}"\n2,{}\n3,oops\n4,NULL\n')
    fact = 'sighting: { kind: app, name: "{id}", title: "{Tags.application}" }'
    workspace.ingest(f"a:\n  file: a.csv\n  missing: ['NULL']\n  facts:\n    - {fact}\n")
    assert workspace.rows("sightings", "name", "title") == [("1", "shop"), ("2", None), ("4", None)]
    ((reason, raw),) = workspace.rows("quarantine", "reason", "raw")
    assert (reason, raw) == ("column 'Tags.application': 'oops' is no JSON in which 'application' can be", "oops")


def test_a_mistyped_column_before_a_point_has_a_nearest(workspace):
    """`Tgs.application` is no column, and Tags is near."""
    workspace.write("a.csv", "id,Tags\n1,{}\n")
    (problem,) = workspace.check('a:\n  file: a.csv\n  facts:\n    - sighting: { kind: app, name: "{Tgs.application}" }\n')
    assert (problem.code, problem.nearest) == ("SRC108", "Tags")


def test_deep_json_is_refused_within_bounds():
    """A cell that nests a hundred thousand levels deep is no JSON to us, and no crash."""
    deep = "[" * 100_000 + "]" * 100_000
    assert inside(pa.array([deep]), "a").refused.to_pylist() == [True]
    assert values_of(deep) is None
    assert inside(pa.array(['{"a": 1}']), ".".join("a" * 51)).refused.to_pylist() == [True]
    assert values_of(json.dumps([1] * 10_001)) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.lists(st.text(alphabet='ab;[]{}":,0 \\', max_size=12), min_size=1, max_size=6), st.booleans())
def test_any_text_is_a_list_or_told(tmp_path_factory, cells, is_split):
    """Whatever stands in the cells: no traceback, and every row is accounted for."""
    from ingested import Workspace

    workspace = Workspace(tmp_path_factory.mktemp("lists"))
    workspace.write("a.jsonl", "".join(json.dumps({"id": str(n), "tags": cell}) + "\n" for n, cell in enumerate(cells)))
    (report,) = workspace.ingest(NAMED.format(file="a.jsonl", split=', split: ";"' if is_split else "")).sources
    assert report.kept + report.known + report.superseded + report.refused == report.read == len(cells)
