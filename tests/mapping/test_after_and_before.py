"""An instant is said as another one and a duration; the calendar has no part in it."""

from __future__ import annotations

import datetime as dt

import pytest

TALLY = 'tally: {{ entity: a, of: visits, statistic: count, value: 1, window: calendar, from_at: "{{at}}", to_at: {0} }}'


@pytest.mark.parametrize(
    ("cells", "said", "expected"),
    [
        ("2026-03-01T10:00:00Z,90", '{ column: at, after: "{took}" }', "2026-03-01 10:01:30"),
        ("2026-03-01T10:00:00Z,90", "{ column: at, after: { column: took, unit: min } }", "2026-03-01 11:30:00"),
        ("2026-03-01,25:10:00", '{ column: at, after: "{took}" }', "2026-03-02 01:10:00"),
        ("2026-03-01T10:00:00Z,1h 30m", '{ column: at, plus: 1d, before: "{took}" }', "2026-03-02 08:30:00"),
        ("2026-03-01T10:00:00Z,0.0000005", '{ column: at, after: { column: took, unit: h } }', "2026-03-01 10:00:00.001800"),
        ("2026-03-01T10:00:00Z,7", '{ column: at, after: { text: "{took}:00:00" } }', "2026-03-01 17:00:00"),
    ],
)  # fmt: skip
def test_a_duration_moves_an_instant(facts_of, cells, said, expected):
    """Bare numbers are in their unit, words say their own; what passes midnight is the next day."""
    (found,) = facts_of(f"at,took\n{cells}\n", TALLY.format(said), "tallies", "to_at")
    assert found == dt.datetime.fromisoformat(expected).replace(tzinfo=dt.UTC)


def test_an_hour_after_is_not_the_next_hour_of_the_clock(facts_of):
    """Summer time begins at 02:00 on 29 March in Amsterdam: two hours after 01:30 is 04:30 there, not 03:30."""
    (found,) = facts_of("at,took\n2026-03-29 01:30,2\n", TALLY.format("{ column: at, after: { column: took, unit: h } }"),
                        "tallies", "to_at", more="  zone: Europe/Amsterdam\n")  # fmt: skip
    assert found == dt.datetime(2026, 3, 29, 2, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("took", ["soon", "-5", "1e300", "99999999999999"])
def test_what_is_no_duration_is_refused_with_its_row(workspace, took):
    """A negative or endless duration never becomes an instant, and never stops the other rows."""
    workspace.write("a.csv", f"at,took\n2026-03-01,{took}\n2026-03-02,60\n")
    fact = 'interaction: { service: s, happened_at: { column: at, before: "{took}" } }'
    report = workspace.ingest(f"a:\n  file: a.csv\n  facts:\n    - {fact}\n")
    (source,) = report.sources
    assert (source.read, source.kept, source.refused) == (2, 1, 1)
    assert workspace.rows("quarantine", "place") == ["a.csv:2"]


def test_only_an_instant_is_moved(workspace):
    """A number has no before and after; a column that is not there is told by its name."""
    workspace.write("a.csv", "at,took\n2026-03-01,1\n")
    problems = workspace.check('a:\n  file: a.csv\n  facts:\n    - tally: { entity: a, of: visits, statistic: count, '
                                'value: { column: took, after: "{took}" }, from_at: "{at}", to_at: "{at}" }\n')  # fmt: skip
    assert [each.code for each in problems if "after" in each.what] == ["SRC113"]
    fact = 'interaction: { service: s, happened_at: { column: at, after: "{tok}" } }'
    (problem,) = workspace.check(f"a:\n  file: a.csv\n  facts:\n    - {fact}\n")
    assert (problem.code, problem.nearest) == ("SRC108", "took")
