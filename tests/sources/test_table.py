"""The table source: every format gives the same rows, and bad input gives a place and a next step, never a traceback."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wholeservice.documents import parse
from wholeservice.errors import InputError, Problem, WholeserviceError
from wholeservice.sources import SOURCES, delimited, files
from wholeservice.sources.base import Context

(TABLE,) = (source for source in SOURCES if source.name == "table")
CSV = "name,n\nstay,1\n shop ,2\n"


def declared(yaml: str):
    node, problems = parse(yaml, "wholeservice.yaml")
    assert node is not None
    options, own = TABLE.load(node)
    return options, problems + own


@pytest.fixture
def read(tmp_path):
    """Write a file and read it: (rows as dicts of what stands there, problems of rows, line numbers)."""

    def run(content: bytes | str, name: str = "a.csv", yaml: str = ""):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        options, problems = declared(f"file: {name}\n{yaml}")
        assert problems == []
        rows, refused, numbers = [], [], []
        for raw in TABLE.read(options, Context(tmp_path), None):
            if isinstance(raw, Problem):
                refused.append(raw)
                continue
            columns = [column.to_pylist() for column in raw.columns]
            rows += [dict(zip(raw.header.names, cells, strict=True)) for cells in zip(*columns, strict=True)]
            numbers += raw.numbers.to_pylist()
        return rows, refused, numbers

    return run


def problem_of(read, *arguments: str | bytes) -> Problem:
    with pytest.raises(WholeserviceError) as caught:
        read(*arguments)
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.next_step
    return problem


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", CSV),
        ("a.tsv", CSV.replace(",", "\t")),
        ("semicolons.csv", CSV.replace(",", ";")),
        ("bom.csv", b"\xef\xbb\xbf" + CSV.encode()),
        ("crlf.csv", CSV.replace("\n", "\r\n")),
        ("a.csv.gz", gzip.compress(CSV.encode(), mtime=0)),
        ("a.csv.zip", zipped(**{"inside.csv": CSV})),
    ],
)
def test_text_tables_are_read_the_same(read, name, content):
    """Whatever the delimiter, line ends or packing: text, untouched, with its line."""
    rows, refused, numbers = read(content, name)
    assert rows == [{"name": "stay", "n": "1"}, {"name": " shop ", "n": "2"}]
    assert (refused, numbers) == ([], [2, 3])


def test_a_row_over_several_lines_has_the_line_it_starts_at(read):
    """A line break inside quotes belongs to the cell; the next row's line counts it."""
    rows, _, numbers = read('name,n\n"a\nb",1\nc,2\n')
    assert rows[0]["name"] == "a\nb"
    assert numbers == [2, 4]


def test_header_and_skip_say_where_the_rows_are(read):
    """Lines above the header and rows of units below it are left out."""
    rows, _, numbers = read("Export of 2026\n\nname,n\n(text),(count)\nstay,1\n", "a.csv", "header: 3\nskip: 1\n")
    assert (rows, numbers) == ([{"name": "stay", "n": "1"}], [5])


def test_a_table_without_a_header_has_positions(read):
    """With header: none the first line is a row."""
    assert read("stay,1\nshop,2\n", "a.csv", "header: none\n")[2] == [1, 2]


@pytest.mark.parametrize(
    ("line", "code"),
    [("short", "SRC150"), ("a,1,more", "SRC151"), ("name,n", "SRC152"), ("a\x00,1", "SRC153"),
     ('"open,1', "SRC157"), ('"a"b,1', "SRC157")],
)  # fmt: skip
def test_a_bad_row_is_refused_and_the_rest_kept(read, line, code):
    """The row before and the row after are read; the bad one has its line, reason and raw text."""
    rows, refused, numbers = read(f"name,n\nbefore,1\n{line}\nafter,2\n")
    assert [row["name"] for row in rows] == ["before", "after"]
    assert numbers == [2, 4]
    assert [(each.code, each.place.line, each.place.text) for each in refused] == [(code, 3, line)]


def test_trailing_blank_cells_are_no_error(read):
    """Spreadsheets write them."""
    assert read("name,n\nstay,1,,\n")[0] == [{"name": "stay", "n": "1"}]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "SRC121"),
        ("a.json", b" \n", "SRC121"),
        ("a.csv", parquet(pa.table({"a": [1]})), "SRC122"),
        ("a.csv", b"<!DOCTYPE html><html>", "SRC122"),
        ("a.parquet", b"name,n\n", "SRC122"),
        ("a.xlsx", b"name,n\n", "SRC122"),
        ("a.json", b"name,n\nstay,1\n", "SRC122"),
        ("a.csv.gz", b"name,n\n", "SRC122"),
        ("a.csv.gz", gzip.compress(CSV.encode() * 999, mtime=0)[:40], "SRC124"),
        ("a.json", b'[{"a": 1}, {"a"', "SRC124"),
        ("a.parquet", parquet(pa.table({"a": [1]}))[:30], "SRC124"),
        ("a.json", b'{"rows": [{"a": 1}]}', "SRC127"),
        ("a.zip", zipped(**{"a.csv": CSV, "b.csv": CSV}), "SRC128"),
        ("a.csv.zip", zipped(**{"a.csv": CSV, "b.csv": CSV}), "SRC129"),
        ("a.dat", b"name,n\n", "SRC128"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(read, name, content, code):
    """Empty, not what its name says, cut off, ambiguous: one problem, with the next step."""
    assert problem_of(read, content, name).code == code


def test_another_encoding_is_found_with_its_byte_and_a_guess(read):
    """Byte 13 is é in cp1252; the line is the second, and saying the encoding helps."""
    content = "name,n\nfianc\xe9,1\n".encode("cp1252")
    problem = problem_of(read, content)
    assert (problem.code, problem.place.line, problem.nearest) == ("SRC123", 2, "cp1252")
    assert "byte 12 is not utf-8" in problem.what
    assert read(content, "a.csv", "encoding: cp1252\n")[0][0]["name"] == "fianc\xe9"


def test_a_bad_byte_far_into_a_large_file_is_found(read):
    """The position counts from the start of the file, also beyond the first block."""
    content = b"name,n\n" + b"stay,1\n" * 300_000 + b"caf\xe9,1\n"
    problem = problem_of(read, content)
    assert problem.what.startswith(f"byte {7 + 7 * 300_000 + 3:,} ")
    assert problem.place.line == 300_002


def test_sixteen_bit_text_is_recognised(read):
    """With or without its mark at the start."""
    assert problem_of(read, CSV.encode("utf-16")).nearest == "utf-16"
    assert problem_of(read, CSV.encode("utf-16-le")).nearest == "utf-16-le"
    assert read(CSV.encode("utf-16"), "a.csv", "encoding: utf-16\n")[0][0] == {"name": "stay", "n": "1"}


def test_a_file_that_is_missing_names_what_lies_beside_it(tmp_path):
    """The nearest name in the folder is offered."""
    (tmp_path / "bookings.csv").write_text(CSV)
    options, _ = declared("file: boookings.csv\n")
    with pytest.raises(InputError) as caught:
        list(TABLE.read(options, Context(tmp_path), None))
    assert (caught.value.problems[0].code, caught.value.problems[0].nearest) == ("SRC120", "bookings.csv")


def test_a_pattern_reads_all_its_files_in_order(tmp_path):
    """Each file has its own header; places name the file."""
    for month in ("02", "01"):
        (tmp_path / f"m-{month}.csv").write_text(CSV)
    options, _ = declared("file: m-*.csv\n")
    found = [raw.header.file for raw in TABLE.read(options, Context(tmp_path), None)]
    assert found == ["m-01.csv", "m-02.csv"]


def test_lines_and_packed_files_are_bounded(read, monkeypatch):
    """A line, a quote that never ends, or a packed file that unfolds into too much ends within the bounds."""
    monkeypatch.setattr(delimited, "MAX_LINE", 100)
    assert problem_of(read, "name,n\n" + "x" * 200).code == "SRC125"
    monkeypatch.setattr(files, "MAX_FREE", 1000)
    monkeypatch.setattr(files, "MAX_RATIO", 2)
    assert problem_of(read, gzip.compress(b"name,n\n" + b"a,1\n" * 5000), "a.csv.gz").code == "SRC125"
    assert problem_of(read, "[" * 100_000, "a.json").code in ("SRC125", "SRC124")


def test_an_open_quote_does_not_swallow_the_file(read, monkeypatch):
    """Beyond the bound of a row the line with the quote is refused and reading goes on behind it."""
    monkeypatch.setattr(delimited, "MAX_ROW", 50)
    rows, refused, _ = read('name,n\n"open,1\n' + "stay,1\n" * 20)
    assert len(rows) == 20
    assert [each.place.line for each in refused] == [2]


def test_json_rows_lie_where_the_path_leads(read):
    """Fields of what is around a row are beside its own; where both have a name, the outer one has its path."""
    document = {"data": [{"label": "pay", "n": 9, "values": [{"at": "2026-01-01", "n": 1}, {"at": "2026-01-02", "n": None}]}]}
    rows, _, numbers = read(json.dumps(document), "a.json", "rows: data[].values[]\n")
    assert rows == [
        {"label": "pay", "at": "2026-01-01", "n": 1, "data.n": 9},
        {"label": "pay", "at": "2026-01-02", "n": None, "data.n": 9},
    ]
    assert numbers == [1, 2]


def test_json_opens_objects_and_keeps_types(read):
    """Numbers stay numbers, exactly; an object inside is `a.b`; columns of mixed kinds are text."""
    rows, _, _ = read('[{"a": {"b": 9007199254740993}, "m": 1}, {"a": {"b": 2}, "m": "-"}]', "a.json")
    assert rows == [{"a.b": 9007199254740993, "m": "1"}, {"a.b": 2, "m": "-"}]


def test_json_lines_go_on_after_a_bad_line(read):
    """The bad line is refused with its number; keys may differ from line to line."""
    rows, refused, numbers = read('{"a": 1}\n{"a": \n\n[1]\n{"a": 2, "b": "x"}\n', "a.jsonl")
    assert rows == [{"a": 1, "b": None}, {"a": 2, "b": "x"}]
    assert numbers == [1, 5]
    assert [(each.code, each.place.line) for each in refused] == [("SRC156", 2), ("SRC156", 4)]


def test_parquet_keeps_numbers_instants_and_flags(read):
    """Native types come as they are; a struct is opened."""
    moment = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    table = pa.table(
        {
            "n": [1.5],
            "at": pa.array([moment], pa.timestamp("ns", "UTC")),
            "s": [{"x": True}],
            "d": pa.array(["a"]).dictionary_encode(),
        }
    )
    rows, _, _ = read(parquet(table), "a.parquet")
    assert rows == [{"n": 1.5, "at": moment, "s.x": True, "d": "a"}]


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """The smallest workbook that readers accept: numbers as numbers, text in place."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    numbered = list(enumerate(sheets, 1))
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        + "".join(f'<Override PartName="/xl/s{i}.xml" ContentType="{kinds}.worksheet+xml"/>' for i, _ in numbered) + "</Types>",
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, name in numbered) + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(f'<Relationship Id="r{i}" Type="{relations}/worksheet" Target="s{i}.xml"/>' for i, _ in numbered)
        + "</Relationships>",
    }  # fmt: skip
    for index, name in numbered:
        rows = "".join(
            f'<row r="{r}">' + "".join(_cell(f"{'ABCDE'[c]}{r}", value) for c, value in enumerate(row)) + "</row>"
            for r, row in enumerate(sheets[name], 1)
        )
        parts[f"xl/s{index}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    return zipped(**parts)


def _cell(place: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def test_a_workbook_is_read_by_sheet(read):
    """Numbers are numbers, an empty cell is missing, a mixed column is text, and an unknown sheet has a nearest."""
    content = workbook({"Notes": [["x"]], "Volumes": [["name", "n", "mixed"], ["stay", 40000, 1], ["shop", None, "-"]]})
    rows, _, numbers = read(content, "a.xlsx", "sheet: Volumes\n")
    assert rows == [{"name": "stay", "n": 40000.0, "mixed": "1"}, {"name": "shop", "n": None, "mixed": "-"}]
    assert numbers == [2, 3]
    problem = problem_of(read, content, "a.xlsx", "sheet: Volume\n")
    assert (problem.code, problem.nearest) == ("SRC131", "Volumes")


@pytest.mark.parametrize(
    ("yaml", "code"),
    [("format: exel", "SRC128"), ("optional: maybe", "SRC113"), ("header: zero", "SRC113"), ("encoding: utf-9", "SRC113")],
)
def test_an_option_that_is_not_understood_says_what_is(yaml, code):
    """The place is that of the value."""
    _, problems = declared(f"file: a.csv\n{yaml}\n")
    assert [(each.code, each.place.line) for each in problems] == [(code, 2)]
    assert problems[0].expected


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=200),
    name=st.sampled_from(["a.csv", "a.tsv", "a.json", "a.jsonl", "a.parquet", "a.xlsx", "a.csv.gz", "a.csv.zip"]),
)
def test_no_bytes_whatever_give_a_traceback(read, content, name):
    """Any file is read, refused by row, or refused whole with problems."""
    unusable: tuple[Problem, ...] = ()
    rows, refused, numbers = [], [], []
    try:
        rows, refused, numbers = read(content, name)
    except WholeserviceError as error:
        unusable = error.problems
    assert all(each.next_step for each in unusable)
    assert len(rows) == len(numbers)
    assert all(each.place.line for each in refused)
