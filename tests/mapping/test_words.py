"""Words that no measure understands are told, in the mapping and in the file; the facts are made all the same."""

from __future__ import annotations

import dataclasses

import pytest

from wholeservice.mapping.words import WORDS

TALLY = "tally: {{ entity: stay, of: visits, value: '{{n}}', from_at: 2026-01-01, to_at: 2026-02-01, {} }}"


def source(fields):
    return f"a:\n  file: a.csv\n  facts:\n    - {TALLY.format(fields)}\n"


def test_the_words_are_those_that_the_meaning_of_the_column_names():
    """The list beside the mapping cannot drift from what tables.py says of the column."""
    for each in WORDS:
        meaning = next(f.metadata["meaning"] for f in dataclasses.fields(each.row) if f.name == each.field)
        assert [word for word in each.words if word not in meaning] == []


@pytest.mark.parametrize(
    ("fact", "field", "nearest"),
    [
        (TALLY.format("window: calender, statistic: count"), "window", "calendar"),
        (TALLY.format("window: calendar, statistic: counts"), "statistic", "count"),
        (TALLY.format("window: calendar, statistic: { column: n, map: { x: averge, y: mean } }"), "statistic", None),
        (
            "money: { from_on: 2026-01-01, to_on: 2026-02-01, entity: s, flow: spend, amount: 1, currency: EUR }",
            "flow",
            "spent",
        ),
        ("incident: { incident: i, started_at: 2026-01-01, detected_by: monitoring }", "detected_by", "monitor"),
        ("work: { item: i, from_at: 2026-01-01, state: blockd }", "state", "blocked"),
    ],
)
def test_check_warns_of_a_fixed_word_with_the_nearest(workspace, fact, field, nearest):
    """One warning with its place; the source can be read all the same."""
    declared, (problem,) = workspace.load(f"a:\n  file: a.csv\n  facts:\n    - {fact}\n")
    assert (problem.code, problem.severity, problem.nearest) == ("SRC118", "warning", nearest)
    assert f"no {field} of" in problem.what
    assert problem.place.line == 4
    assert [each.name for each in declared] == ["a"]


def test_known_words_and_columns_are_no_warning(workspace):
    """What the words say, what a column may hold, and what is missing are nothing to warn of."""
    assert workspace.load(source("window: rolling, statistic: '{s}'"))[1] == []
    assert workspace.load(source("window: calendar, statistic: { column: s, map: { n: count, x: } }"))[1] == []


def test_a_word_of_the_file_is_a_warning_of_ingest_and_no_refusal(workspace):
    """Both rows are facts; the report names the word and how many rows hold it."""
    workspace.write("a.csv", "n,s\n1,count\n2,Median\n3,Median\n")
    report = workspace.ingest(source("window: calendar, statistic: '{s}'"))
    assert workspace.rows("tallies", "value") == [1.0, 2.0, 3.0]
    (problem,) = report.problems
    assert (problem.code, problem.severity) == ("SRC118", "warning")
    assert "'Median' is no statistic of tally" in problem.what
    assert "2 rows" in problem.what
    assert report.sources[0].is_read
