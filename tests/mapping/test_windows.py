"""A window must end after it starts; a file with only a day says how long its window is."""

from __future__ import annotations

import datetime as dt

import pytest

from wholeservice.facts import committing, staging
from wholeservice.facts.committing import table_schema
from wholeservice.mapping import quarantine
from wholeservice.mapping.windows import WINDOWS
from wholeservice.tables import TABLES

TALLY = "tally: { entity: stay, of: visits, statistic: count, value: '{n}', window: calendar,"
NOT_AFTER = "the window ends when it starts: to_at is not after from_at; both ends are written, the end is exclusive"


def refused(workspace):
    rows = workspace.store.read(workspace.store.latest(), quarantine.NAME).to_pylist()
    return [(row["place"], row["code"], row["reason"], row["raw"]) for row in rows]


def test_every_fact_with_two_ends_is_known():
    """A table that gets columns from_ and to_ of a moment is looked at too, or this fails."""
    ends = {
        table.row: [name for name in table.column_names if name.startswith(("from_", "to_")) and name.endswith(("_at", "_on"))]
        for table in TABLES
    }
    assert {row: [window.first, window.end] for row, window in WINDOWS.items()} == {row: v for row, v in ends.items() if v}


def test_a_tally_whose_window_is_empty_or_negative_is_refused(workspace):
    """Empty and negative windows go to quarantine with the reason; two facts of one row note it once; the good row stays."""
    workspace.write("a.csv", "from,to,n\n2026-03-01,2026-03-02,1\n2026-03-02,2026-03-02,2\n2026-03-03,2026-03-01,4\n")
    tally = f"{TALLY} from_at: '{{from}}', to_at: '{{to}}' }}"
    (report,) = workspace.ingest(f"a:\n  file: a.csv\n  facts:\n    - {tally}\n    - {tally}\n").sources
    assert (report.read, report.kept, report.refused) == (3, 1, 2)
    assert workspace.rows("tallies", "value") == [1.0, 1.0]
    assert refused(workspace) == [
        ("a.csv:3", "SRC158", NOT_AFTER, "2026-03-02 to 2026-03-02"),
        ("a.csv:4", "SRC158", NOT_AFTER, "2026-03-03 to 2026-03-01"),
    ]


def test_money_over_no_day_is_refused(workspace):
    """The day itself as the day after the last is no period; a fixed text as the end is told as it stands."""
    workspace.write("a.csv", "day,n\n2026-03-01,1\n2026-03-02,2\n")
    money = "money: { from_on: '{day}', to_on: 2026-03-02, entity: stay, flow: spent, amount: '{n}', currency: EUR }"
    workspace.ingest(f"a:\n  file: a.csv\n  facts: [ {money} ]\n")
    assert workspace.rows("money", "amount") == [1.0]
    assert [(place, raw) for place, _, _, raw in refused(workspace)] == [("a.csv:3", "2026-03-02 to 2026-03-02")]


def test_a_stay_may_be_over_at_once_but_not_before(workspace):
    """An item passes through a state within a second, and one that is still there has no end; none ends before it begins."""
    workspace.write("a.csv", "item,to\na,2026-03-02\nb,2026-03-01\nc,\n")
    work = "work: { item: '{item}', state: queued, from_at: 2026-03-02, to_at: '{to}' }"
    workspace.ingest(f"a:\n  file: a.csv\n  facts: [ {work} ]\n")
    assert workspace.rows("work", "item") == ["a", "c"]
    assert [(place, raw) for place, _, _, raw in refused(workspace)] == [("a.csv:3", "2026-03-02 to 2026-03-01")]


def test_a_file_with_only_a_day_can_be_mapped(workspace):
    """The window of a day ends at the next midnight of the zone, also on the day of 23 hours."""
    workspace.write("a.csv", "day,n\n2026-03-29,5\n")
    workspace.ingest(f"a:\n  file: a.csv\n  facts:\n    - {TALLY} from_at: '{{day}}', to_at: {{ column: day, plus: 1d }} }}\n")
    (window,) = workspace.rows("tallies", "from_at", "to_at")
    assert window == (dt.datetime(2026, 3, 29, tzinfo=dt.UTC), dt.datetime(2026, 3, 29, 23, tzinfo=dt.UTC))


def test_a_bad_day_is_told_once_though_it_is_both_ends(workspace):
    """The start and the start plus a day are one cell: it is in quarantine once."""
    workspace.write("a.csv", "day,n\nsoon,5\n2026-03-29,6\n")
    workspace.ingest(f"a:\n  file: a.csv\n  facts:\n    - {TALLY} from_at: '{{day}}', to_at: {{ column: day, plus: 1w }} }}\n")
    assert [(place, code) for place, code, _, _ in refused(workspace)] == [("a.csv:2", "SRC154")]


@pytest.mark.parametrize(
    ("field", "place", "what"),
    [
        ("to_at: { column: day, plus: one }", (4, 42), "'one' is no stretch of the calendar for plus:"),
        ("to_at: { column: day, plus: 1 }", (4, 42), "'1' is no stretch of the calendar for plus:"),
        ("value: { column: day, plus: 1d }", (4, 42), "plus: adds days, and value is a number"),
    ],
)
def test_a_bad_length_has_a_place_and_what_was_expected(workspace, field, place, what):
    """`plus:` takes days or weeks, and stands only on a moment."""
    rest = "entity: a, of: b, statistic: count, window: calendar, from_at: 2026-01-01"
    rest += ", value: 1" if field.startswith("to_at") else ", to_at: 2026-02-01"
    (problem,) = workspace.load(f"a:\n  file: a.csv\n  facts:\n  - tally: {{ {field}, {rest} }}\n")[1]
    assert (problem.code, problem.what, (problem.place.line, problem.place.column)) == ("SRC113", what, place)
    assert problem.expected
    assert problem.next_step


def test_a_quarantine_of_an_older_version_is_read_and_replaced(workspace, monkeypatch):
    """A store from before a column was added still reads, with the column missing, and takes the next reading."""
    source = f"a:\n  file: a.csv\n  facts:\n    - {TALLY} from_at: '{{day}}', to_at: 2026-04-01 }}\n"
    older = quarantine.schema().remove(quarantine.COLUMNS.index("expected"))
    workspace.write("a.csv", "day,n\nsoon,5\n")
    with monkeypatch.context() as before:
        add = staging.Stage.add
        before.setattr(committing, "table_schema", lambda name: older if name == quarantine.NAME else table_schema(name))
        before.setattr(
            staging.Stage, "add",
            lambda self, name, rows: add(self, name, rows.select(older.names) if name == quarantine.NAME else rows),
        )  # fmt: skip
        workspace.ingest(source)
    assert [row["expected"] for row in workspace.store.read(workspace.store.latest(), quarantine.NAME).to_pylist()] == [None]
    workspace.ingest(source)
    (row,) = workspace.store.read(workspace.store.latest(), quarantine.NAME).to_pylist()
    assert (row["raw"], row["expected"]) == ("soon", "an instant as iso (2026-03-31)")
