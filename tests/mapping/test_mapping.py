"""The mapping language: every mistake is a problem with its place, and check sees what the labels of columns say."""

from __future__ import annotations

import pytest

from wholeservice.documents import parse
from wholeservice.facts import ingest
from wholeservice.mapping.labels import days_of_label

FACTS = "  facts:\n    - "
CALL = 'interaction: { happened_at: "{when}", service: stay'


@pytest.mark.parametrize(
    ("yaml", "code", "place", "nearest"),
    [
        ("Big Source:\n  file: a.csv\n  facts: [ interaction: same ]\n", "SRC117", (1, 1), None),
        ("a:\n  kind: tabel\n", "SRC102", (2, 9), "table"),
        ("a:\n  fiel: a.csv\n  file: a.csv\n  facts: [ interaction: same ]\n", "SRC101", (2, 3), "file"),
        ("a:\n  facts: [ interaction: same ]\n", "SRC103", (2, 3), None),
        ("a:\n  file: a.csv\n", "SRC103", (2, 3), None),
        (f"a:\n  file: a.csv\n{FACTS}interactions: same\n", "SRC104", (4, 7), "interaction"),
        (f"a:\n  file: a.csv\n{FACTS}interacton: same\n", "SRC104", (4, 7), "interaction"),
        (f"a:\n  file: a.csv\n{FACTS}{CALL}, chanel: web }}\n", "SRC105", (4, 60), "channel"),
        (f"a:\n  file: a.csv\n{FACTS}{CALL}, source: web }}\n", "SRC105", (4, 60), None),
        (f"a:\n  file: a.csv\n{FACTS}interaction: {{ service: stay }}\n", "SRC106", (4, 7), None),
        (f"a:\n  file: a.csv\n{FACTS}{CALL}, step: '{{x' }}\n", "SRC107", (4, 66), None),
        (f"a:\n  file: a.csv\n{FACTS}{CALL}, step: [a, b] }}\n", "SRC107", (4, 66), None),
        (f"a:\n  file: a.csv\n{FACTS}{CALL}, step: {{ column: a, text: b }} }}\n", "SRC107", (4, 66), None),
        (f"a:\n  file: a.csv\n{FACTS}{CALL}, step: {{ column: a, colour: b }} }}\n", "SRC101", (4, 79), "column"),
        (f"a:\n  file: a.csv\n{FACTS}{CALL}, active_s: long }}\n", "SRC112", (4, 70), None),
        (f"a:\n  file: a.csv\n{FACTS}{CALL}, active_s: {{ column: a, unit: hours }} }}\n", "SRC113", (4, 89), None),
        (f"a:\n  file: a.csv\n  zone: Europe/Londn\n{FACTS}{CALL} }}\n", "SRC113", (3, 9), "Europe/London"),
        (f"a:\n  file: a.csv\n  where: {{ x: {{ is: blank }} }}\n{FACTS}{CALL} }}\n", "SRC116", (3, 15), None),
        (f"a:\n  file: a.csv\n  where: {{ x: {{ matches: '(' }} }}\n{FACTS}{CALL} }}\n", "SRC116", (3, 15), None),
        (f"a:\n  file: a.csv\n  each: [ {{ n: 1 }}, {{ m: 2 }} ]\n{FACTS}{CALL} }}\n", "SRC111", (3, 21), None),
        (f"a:\n  file: ${{dat}}/a.csv\n{FACTS}{CALL} }}\n", "SRC114", (2, 9), "data"),
    ],
)
def test_a_mistake_in_a_declaration_has_a_place_and_a_nearest(workspace, yaml, code, place, nearest):
    """One mistake gives one problem, where it stands, with what was expected."""
    (problem,) = workspace.load(yaml, data="/srv")[1]
    assert (problem.code, (problem.place.line, problem.place.column), problem.nearest) == (code, place, nearest)
    assert problem.expected
    assert problem.next_step


def test_all_mistakes_are_told_at_once(workspace):
    """Three mistakes in two sources give three problems; the sound source can be used."""
    declared, problems = workspace.load(
        "a:\n  file: a.csv\n  facts: [ x: same, { interaction: { service: s } } ]\nb:\n  file: b.csv\n  facts: [ call: same ]\n"
        "c:\n  facts: [ call: same ]\n"
    )
    assert [each.code for each in problems] == ["SRC104", "SRC106", "SRC103"]
    assert [each.name for each in declared] == ["b"]


@pytest.mark.parametrize(
    ("field", "code", "nearest"),
    [("{serice}", "SRC108", "service"), ("{4}", "SRC110", None), ("{twice}", "SRC109", None), ("{service}", None, None)],
)
def test_columns_are_met_with_the_header_before_anything_is_read(workspace, field, code, nearest):
    """Unknown, out of range and ambiguous columns are problems of check, and of ingest."""
    workspace.write("a.csv", "service,twice,twice\nstay,1,2\n")
    source = f"a:\n  file: a.csv\n{FACTS}interaction: {{ happened_at: 2026-01-01, service: '{field}' }}\n"
    problems = workspace.check(source)
    assert [(each.code, each.nearest) for each in problems] == ([(code, nearest)] if code else [])
    assert workspace.ingest(source).problems == tuple(problems)


def test_a_bound_text_that_should_be_a_column_is_found(workspace):
    """Under each:, a text that is no column stands for itself; where a number is needed that is a mistake."""
    workspace.write("a.csv", "service,volume\nstay,1\n")
    tally = (
        'tally: { entity: stay, of: x, statistic: count, value: "{v}", '
        "from_at: 2026-01-01, to_at: 2026-02-01, window: calendar }"
    )
    (problem,) = workspace.check(f"a:\n  file: a.csv\n  each: [ {{ v: volum }} ]\n{FACTS}{tally}\n")
    assert (problem.code, problem.nearest) == ("SRC112", "volume")


def test_a_key_that_no_line_of_json_has_is_a_mistake_and_a_rare_one_is_not(workspace):
    """JSON says only what it has: a key may come late, but a key that never comes is mistyped."""
    workspace.write("a.jsonl", '{"s": "stay"}\n{"s": "shop", "by": "web"}\n')
    fact = "interaction: { happened_at: 2026-01-01, service: '{s}', channel: '{by}'"
    assert workspace.ingest(f"a:\n  file: a.jsonl\n{FACTS}{fact} }}\n").problems == ()
    assert workspace.rows("interactions", "service", "channel") == [("shop", "web"), ("stay", None)]
    (problem,) = workspace.ingest(f"a:\n  file: a.jsonl\n{FACTS}{fact}, step: '{{ste}}' }}\n").problems
    assert problem.code == "SRC108"


WIDE = """\
a:
  file: a.csv
  each:
    - {{ v: 1, from: 2013-01-01, to: 2014-01-01 }}
    - {{ v: 2, from: {start}-01-01, to: 2015-01-01 }}
    - {{ v: 3, from: 2015-01-01, to: 2016-01-01 }}
  facts:
    - tally: {{ entity: stay, of: x, statistic: count, value: "{{v}}", from_at: "{{from}}", to_at: "{{to}}", window: rolling }}
"""


def test_a_label_that_names_another_period_is_a_warning(workspace):
    """The header spans 24 months, the mapping declares 12: said with both, and the declared period is used."""
    workspace.write("a.csv", "January 2013 to December 2013,January 2014 to December 2015,2015\n1,2,3\n")
    (problem,) = workspace.check(WIDE.format(start=2014))
    assert (problem.code, problem.severity, problem.place.line) == ("SRC115", "warning", 5)
    assert "which is 2014-01-01 to 2015-12-31; the mapping declares 2014-01-01 to 2014-12-31" in problem.what
    workspace.ingest(WIDE.format(start=2014))
    assert {day.year for day in workspace.rows("tallies", "to_at")} == {2014, 2015, 2016}


def test_labels_that_all_count_in_another_way_are_said_once(workspace):
    """Quarters as labels of years: one warning for the table, not one per column."""
    workspace.write("a.csv", "2013-Q4,2014-Q4,2015-Q4\n1,2,3\n")
    (problem,) = workspace.check(WIDE.format(start=2014))
    assert "3 of 3 entries differ like this" in problem.what


@pytest.mark.parametrize(
    ("label", "days"),
    [
        ("January 2012 to December 2012: volume", ("2012-01-01", "2013-01-01")),
        ("Total transactions\nJul - Sep 2012", ("2012-07-01", "2012-10-01")),
        ("Oct16-Sep17", None),
        ("Sept. 2014", ("2014-09-01", "2014-10-01")),
        ("2014-02", ("2014-02-01", "2014-03-01")),
        ("2014-Q4 Vol.", ("2014-10-01", "2015-01-01")),
        ("Budget 2014", ("2014-01-01", "2015-01-01")),
        ("room 20145", None),
        ("2014-13", None),
    ],
)
def test_the_period_in_a_label(label, days):
    """Months, spans of months, quarters and years are understood; numbers that merely look like years are not."""
    found = days_of_label(label)
    assert (tuple(map(str, found)) if found else None) == days


def test_check_needs_no_heavy_library(tmp_path):
    """Checking mappings against headers stays light."""
    import subprocess
    import sys

    (tmp_path / "a.csv").write_text("service\nstay\n")
    program = (
        "import sys; from pathlib import Path; from wholeservice.documents import parse\n"
        "from wholeservice.facts import ingest\n"
        "from wholeservice.sources.base import Context\n"
        "node, _ = parse('a: {file: a.csv, facts: [{sighting: {kind: service, name: \"{service}\"}}]}', 'x.yaml')\n"
        f"assert ingest.check(ingest.load(node, {{}}, 'UTC')[0], Context(Path({str(tmp_path)!r}))) == []\n"
        "print({'pyarrow', 'numpy', 'deltalake', 'ibis', 'duckdb'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_no_sources_is_no_error():
    """A workspace without sources has nothing to ingest."""
    assert ingest.load(None, {}, "UTC") == ((), [])
    assert ingest.load(parse("{}", "x.yaml")[0], {}, "UTC") == ((), [])


def test_a_corrected_row_without_a_record_stays_beside_the_old_one(workspace):
    """Nothing tells that the two are one: both are counted, unless the file is declared to be all there is."""
    fact = "interaction: { happened_at: 2026-01-01, service: '{s}', step: '{step}' }"
    source = f"a:\n  file: a.csv\n{FACTS}{fact}\n"
    workspace.write("a.csv", "s,step\nstay,fnd\nstay,pay\n")
    workspace.ingest(source)
    workspace.write("a.csv", "s,step\nstay,find\nstay,pay\n")
    workspace.ingest(source)
    assert workspace.rows("interactions", "step") == ["find", "fnd", "pay"]
    workspace.ingest(source.replace("  facts", "  absent: delete\n  facts"))
    assert workspace.rows("interactions", "step") == ["find", "pay"]


def test_a_column_that_the_file_may_lack_is_missing_and_any_other_a_mistake(workspace):
    """may-lack: names it; the next step of the problem says so."""
    workspace.write("a.csv", "s\nstay\n")
    source = f"a:\n  file: a.csv\n{FACTS}interaction: {{ happened_at: 2026-01-01, service: '{{s}}', step: '{{step}}' }}\n"
    (problem,) = workspace.check(source)
    assert (problem.code, "may-lack" in problem.next_step) == ("SRC108", True)
    workspace.ingest(source.replace("  facts", "  may-lack: [step]\n  facts"))
    assert workspace.rows("interactions", "service", "step") == [("stay", None)]


def test_a_record_may_be_part_of_a_cell_or_have_a_default(workspace):
    """`order 7` and `7` are one record; a row whose number cannot be found is refused once, with the cell."""
    workspace.write("a.csv", "ref,line,s\norder 7,,stay\n7,1,stay\nnone,1,stay\n")
    fact = "interaction: { happened_at: 2026-01-01, service: '{s}' }"
    record = "[{ column: ref, extract: '[0-9]+' }, { column: line, default: '1' }]"
    (report,) = workspace.ingest(f"a:\n  file: a.csv\n  record: {record}\n{FACTS}{fact}\n").sources
    assert workspace.rows("interactions", "record", "part") == [("7|1", "1#2"), ("7|1", "1")]
    assert (report.read, report.kept, report.refused, report.quarantined) == (3, 2, 1, 1)


def test_a_number_has_no_default(workspace):
    """Missing is never zero, not even when it is asked for."""
    fact = "answer: { asked_at: 2026-01-01, service: s, score: { column: n, default: '0' } }"
    (problem,) = workspace.load(f"a:\n  file: a.csv\n{FACTS}{fact}\n")[1]
    assert (problem.code, problem.expected) == ("SRC113", "a number that is missing stays missing")
