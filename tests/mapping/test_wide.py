"""Columns that are periods, found by a rule: every window, and everything that is odd about a header is told once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.documents import parse
from wholeservice.mapping import load as mapping_load
from wholeservice.mapping.plan import plan
from wholeservice.sources.base import Header

TALLY = 'tally: { entity: stay, of: v, statistic: count, value: "{n}", from_at: "{from}", to_at: "{to}", window: WINDOW }'
RULE = "file: a.csv\neach: {each}\nfacts:\n  - {tally}\n"


def load(each: str, window: str = "calendar"):
    node, _ = parse(RULE.format(each=each, tally=TALLY.replace("WINDOW", window)), "wholeservice.yaml")
    return mapping_load.load("a", node, "UTC")


def windows(each: str, *names: str):
    """Return (first, after) of each fact that the rule makes of a header, and what is told of it."""
    mapping, problems = load(each)
    assert problems == []
    made, told = plan(mapping, Header("a.csv", names))
    return [tuple(fact.cells[name][0].literal for name in ("from_at", "to_at")) for fact in made.facts], told


def test_two_hundred_and_forty_months_need_three_lines(workspace):
    """Twenty years of months, each with its own window, and its value in the right one."""
    months = [f"{year}-{month:02} visits" for year in range(2006, 2026) for month in range(1, 13)]
    workspace.write("a.csv", f"service,{','.join(months)}\nstay,{','.join(map(str, range(240)))}\n")
    tally = TALLY.replace("WINDOW", "calendar")
    workspace.ingest(f"a:\n  file: a.csv\n  each: {{ columns: {{ n: '{{from:%Y-%m}} visits' }} }}\n  facts:\n    - {tally}\n")
    rows = {value: (start, end) for value, start, end in workspace.rows("tallies", "value", "from_at", "to_at")}
    assert len(rows) == 240
    assert [f"{each:%Y-%m-%d}" for each in rows[0.0]] == ["2006-01-01", "2006-02-01"]
    assert [f"{each:%Y-%m-%d}" for each in rows[239.0]] == ["2025-12-01", "2026-01-01"]


@pytest.mark.parametrize(
    ("each", "names", "found"),
    [
        ("{ columns: { n: '{from} visits' } }", ["2026-Q1 visits"], [("2026-01-01", "2026-04-01")]),
        ("{ columns: { n: '{from}' } }", ["Mar  2026"], [("2026-03-01", "2026-04-01")]),
        ("{ columns: { n: '{from}' } }", ["2026-W01"], [("2025-12-29", "2026-01-05")]),
        ("{ columns: { n: '{from:%m/%y}' } }", ["03/26"], [("2026-03-01", "2026-04-01")]),
        ("{ columns: { n: '{from:%d.%m.%Y}' }, lasts: 1w }", ["02.03.2026"], [("2026-03-02", "2026-03-09")]),
        ("{ columns: { n: 'year to {to}' }, lasts: 1y }", ["Year to Mar 2026"], [("2025-04-01", "2026-04-01")]),
        ("{ columns: { n: '{from} to {to}' } }", ["April 2025 to March 2026"], [("2025-04-01", "2026-04-01")]),
        ("{ columns: { n: '2..3' }, from: 2026-01-31, lasts: 1m }", ["s", "a", "b"],
         [("2026-01-31", "2026-02-28"), ("2026-02-28", "2026-03-28")]),
        ("{ columns: { n: 1..5 by 2 }, from: 2026-01-01, lasts: 1y, every: 1q }", list("abcde"),
         [("2026-01-01", "2027-01-01"), ("2026-04-01", "2027-04-01"), ("2026-07-01", "2027-07-01")]),
    ],
)  # fmt: skip
def test_windows_of_every_kind(each, names, found):
    """Calendar and rolling, named by either end, in any usual spelling, or by position."""
    assert windows(each, *names) == (found, [])


def test_each_period_has_its_own_label_so_that_a_new_column_changes_no_other():
    """The part of a fact is its window and what the header says beside it, not where the column stands."""
    mapping, _ = load("{ columns: { n: '{from} {channel}' } }")
    before = {fact.label for fact in plan(mapping, Header("a.csv", ("2026-02 web", "2026-02 app")))[0].facts}
    after = {fact.label for fact in plan(mapping, Header("a.csv", ("2026-01 web", "2026-02 web", "2026-02 app")))[0].facts}
    assert after - before == {"1.2026-01-01/2026-02-01.web"}
    assert before <= after


@pytest.mark.parametrize(
    ("each", "names", "code", "severity", "what"),
    [
        ("{ columns: { n: '{from} visits' } }", ["2026-01 visits", "Mrt 2026 visits", "all visits"], "SRC143", "warning",
         "2 columns of a.csv are like '{from} visits' and name no period; left out, such as column 2, 'Mrt 2026 visits'"),
        ("{ columns: { n: '{from} n', m: '{from} m' } }", ["2026 n", "2026 m", "2027 n"], "SRC142", "warning",
         "1 of 2 periods of a.csv have no 'm', such as that of '2027 n'"),
        ("{ columns: { n: '{from} visits' } }", ["2026-01 visits", "2026-02 visits", "2026 visits"], "SRC115", "warning",
         "1 of 3 periods of a.csv are not as long as the others, such as '2026 visits', 2026-01-01 to 2026-12-31"),
        ("{ columns: { n: '{from} visits' } }", ["Jan 2026 visits", "2026-01 visits"], "SRC109", "error",
         "columns 1 and 2 of a.csv are both 'n' of one period"),
        ("{ columns: { n: '{from} visits' } }", ["service", "2026 visit"], "SRC108", "error",
         "a.csv has no column like '{from} visits'"),
        ("{ columns: { n: 2..4 }, from: 2026-01-01, lasts: 1m }", ["a", "b"], "SRC110", "error", "a.csv has no column 4"),
        ("{ columns: { n: 1..2 }, from: 9999-12-01, lasts: 1m }", ["a", "b"], "SRC140", "error",
         "the window of column 1 of the range lies beyond the calendar"),
    ],
)  # fmt: skip
def test_what_is_odd_about_a_header_is_told_once(each, names, code, severity, what):
    """With how many, an example, and what to do."""
    (problem,) = windows(each, *names)[1]
    assert (problem.code, problem.severity, problem.what) == (code, severity, what)
    assert problem.expected
    assert problem.next_step


@pytest.mark.parametrize(
    "each",
    [
        "{ column: { n: '{from}' } }", "{ columns: { n: visits } }", "{ columns: { n: '{from} {from}' } }",
        "{ columns: { n: '{from:%m}' } }", "{ columns: { n: 4..2 }, from: 2026-01-01, lasts: 1m }",
        "{ columns: { n: 0..2 }, from: 2026-01-01, lasts: 1m }", "{ columns: { n: 1..2 } }",
        "{ columns: { n: 1..2, m: '{from}' }, from: 2026-01-01, lasts: 1m }",
        "{ columns: { n: 1..2, m: 3..5 }, from: 2026-01-01, lasts: 1m }", "{ columns: { n: '{from}' }, from: 2026-01-01 }",
        "{ columns: { n: 1..2 }, from: soon, lasts: 1m }", "{ columns: { n: 1..2 }, from: 2026-01-01, lasts: long }",
        "{ columns: { from: '{from}' } }", "{ columns: { n: '{from} {a}', m: '{from} {b}' } }",
    ],
)  # fmt: skip
def test_a_rule_that_contradicts_itself_has_a_place(each):
    """Before any file is read: where it stands, what was expected, and what to do."""
    problems = load(each)[1]
    assert problems
    for problem in problems:
        assert problem.code in ("SRC101", "SRC113", "SRC140")
        assert problem.place.line == 2
        assert problem.expected
        assert problem.next_step


def test_labels_beside_a_range_are_compared_with_it(workspace):
    """The third column says March, and the range says it is the second month."""
    workspace.write("a.csv", "service,Jan 2026,Mar 2026\nstay,1,2\n")
    source = f"a:\n  file: a.csv\n  each: {{ columns: {{ n: 2..3 }}, from: 2026-01-01, lasts: 1m }}\n  facts:\n    - {TALLY}\n"
    (problem,) = workspace.check(source.replace("WINDOW", "calendar"))
    assert (problem.code, problem.severity) == ("SRC115", "warning")
    assert "2026-03-01 to 2026-03-31; the mapping declares 2026-02-01 to 2026-02-28" in problem.what


def test_what_a_rule_leaves_out_is_told_by_ingest_too(workspace):
    """Nobody has to run check first; the report warns, and the other columns are read."""
    workspace.write("a.csv", "service,Jan 2026,Mrt 2026\nstay,1,2\n")
    report = workspace.ingest(
        f"a:\n  file: a.csv\n  each: {{ columns: {{ n: '{{from}}' }} }}\n  facts:\n    - {TALLY}\n".replace(
            "WINDOW", "calendar"
        )
    )
    assert "SRC143" in [each.code for each in report.problems]
    assert workspace.rows("tallies", "value") == [1.0]


def test_a_rule_over_json_finds_columns_that_come_later(workspace):
    """Lines say only what they have; a period that never comes at all is a mistake."""
    workspace.write("a.jsonl", '{"s": "a", "2026-01": 1}\n{"s": "b", "2026-02": 2}\n')
    source = f"a:\n  file: a.jsonl\n  each: {{ columns: {{ n: '{{from}}' }} }}\n  facts:\n    - {TALLY}\n".replace(
        "WINDOW", "calendar"
    )
    assert workspace.ingest(source).problems == ()
    assert workspace.rows("tallies", "value") == [1.0, 2.0]
    (problem,) = workspace.ingest(source.replace("'{from}'", "'in {from}'")).problems
    assert (problem.code, "in {from}" in problem.what) == ("SRC108", True)


def test_a_word_bound_under_each_that_nothing_counts_is_told_by_check(workspace):
    """`calender` stands in an entry, not in the fact: it is found all the same, with its line."""
    workspace.write("a.csv", "v\n1\n")
    tally = TALLY.replace("WINDOW", '"{w}"')
    entry = "{ n: v, from: 2026-01-01, to: 2026-02-01, w: calender }"
    source = f"a:\n  file: a.csv\n  each:\n    - {entry}\n  facts:\n    - {tally}\n"
    (problem,) = workspace.check(source)
    assert (problem.code, problem.severity, problem.nearest, problem.place.line) == ("SRC118", "warning", "calendar", 4)
    assert workspace.check(source.replace("calender", "rolling")) == []


@settings(deadline=None)
@given(st.lists(st.text(alphabet="2026-01Q W{}:%Jan.to/", max_size=14), min_size=1, max_size=8), st.sampled_from(
    ["{from}", "{from} to {to}", "{from}{a}", "x {to}", "{from:%Y-%m}"]))  # fmt: skip
def test_no_header_gives_a_traceback(names, pattern):
    """Whatever stands in the header, there are windows that end after they start, or problems."""
    node, _ = parse(
        f"file: a.csv\neach: {{ columns: {{ n: '{pattern}' }}, lasts: 1m }}\nfacts:\n  - {TALLY}\n".replace(
            "WINDOW", "calendar"
        ),
        "x",
    )
    mapping, problems = mapping_load.load("a", node, "UTC")
    assert problems == []
    made, told = plan(mapping, Header("a.csv", tuple(names)))
    ends = [tuple(fact.cells[name][0].literal for name in ("from_at", "to_at")) for fact in made.facts]
    assert all(first < after for first, after in ends)
    assert ends or told


def test_a_year_and_its_first_month_are_two_facts(workspace):
    """They start on one day: the whole window is what tells the facts of a row apart."""
    workspace.write("a.csv", "Jan 2026,Feb 2026,2026\n1,2,9\n")
    each, tally = "{ columns: { n: '{from}' } }", TALLY.replace("WINDOW", "calendar")
    source = f"a:\n  file: a.csv\n  each: {each}\n  facts:\n    - {tally}\n"
    assert [each.code for each in workspace.ingest(source).problems] == ["SRC115"]
    assert len(set(workspace.rows("tallies", "record", "part"))) == 3
