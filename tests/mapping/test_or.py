"""A time may stand in one of several columns: the first that has a value is it."""

from __future__ import annotations

import datetime as dt

import pytest

TALLY = 'tally: { entity: a, of: visits, statistic: count, value: 1, window: calendar, from_at: "2026-01-01", to_at: SAID }'
SAID = TALLY.replace("SAID", "{ column: one, or: [two, three] }")


@pytest.mark.parametrize(
    ("cells", "day"), [("2026-03-01,2026-03-02,2026-03-03", 1), (",2026-03-02,2026-03-03", 2), (",,2026-03-03", 3)]
)
def test_the_first_column_that_has_a_value_is_the_time(facts_of, cells, day):
    """Blank cells are passed over, whatever stands behind the first that is not."""
    (found,) = facts_of(f"one,two,three\n{cells}\n", SAID, "tallies", "to_at")
    assert found == dt.datetime(2026, 3, day, tzinfo=dt.UTC)


@pytest.mark.parametrize("cells", ["soon,2026-03-02,", ",soon,2026-03-03"])
def test_what_cannot_be_read_is_not_passed_over(workspace, cells):
    """A word where a day should be is refused with its row: the next column would be another day."""
    workspace.write("a.csv", f"one,two,three\n{cells}\n")
    report = workspace.ingest(f"a:\n  file: a.csv\n  facts:\n    - {SAID}\n")
    assert (report.sources[0].read, report.sources[0].refused) == (1, 1)


def test_only_a_time_stands_in_several_columns(workspace):
    """A number has one column; the problem says so."""
    workspace.write("a.csv", "one,two\n1,2\n")
    fact = "tally: { entity: a, of: visits, statistic: count, window: calendar, value: { column: one, or: [two] } }"
    problems = workspace.check(f"a:\n  file: a.csv\n  facts:\n    - {fact}\n")
    assert any(each.code == "SRC113" and "or:" in each.what for each in problems)
