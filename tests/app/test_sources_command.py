"""`wholeservice sources` prints what the page of sources shows, and is late by today's clock."""

from __future__ import annotations

import csv
import io
import json

import pytest

from wholeservice.app.cli import main

SOURCES = """
sources:
  visits:
    file: visits.csv
    record: [id]
    facts: [ interaction: { happened_at: "{at}", service: "{service}", step: find, channel: web } ]
  survey:
    file: survey.csv
    optional: true
    facts: [ answer: same ]
"""


def run(capsys, *arguments, code=0):
    with pytest.raises(SystemExit) as stopped:
        main([str(each) for each in arguments])
    printed = capsys.readouterr()
    assert stopped.value.code == code, printed.err
    return printed.out, printed.err


@pytest.fixture
def workspace(small_workspace, capsys):
    """Four days read one by one as they were known, with one name that is unknown and one row that cannot be read."""
    (small_workspace / "wholeservice.yaml").write_text(f"name: Small\nzone: Europe/Amsterdam\n{SOURCES}", encoding="utf-8")
    lines = ["id,at,service"]
    for day in range(1, 13):
        lines.append(f"{day},2026-03-{day:02}T12:00,{'stey' if day == 3 else 'stay'}")
        if day == 12:
            lines.append("99,yesterday,stay")
        if day in (3, 6, 9, 12):
            (small_workspace / "visits.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
            run(capsys, "--workspace", small_workspace, "ingest", "--known-on", f"2026-03-{day:02}", code=int(day == 12))
    return small_workspace


def test_the_list_of_sources_in_three_forms(workspace, capsys):
    """JSON and CSV hold the same raw counts; the table is for people; a source without facts has no zero rows."""
    as_json = json.loads(run(capsys, "--workspace", workspace, "sources", "--format", "json")[0])
    as_csv = list(csv.DictReader(io.StringIO(run(capsys, "--workspace", workspace, "sources", "--format", "csv")[0])))
    visits, survey = as_json
    assert [each["name"] for each in as_csv] == ["visits", "survey"]
    assert (visits["read"], visits["kept"], visits["known"], visits["superseded"], visits["refused"]) == (13, 3, 9, 0, 1)
    assert (visits["n_known"], visits["n_names"], visits["n_waiting"], visits["n_with_name"]) == (
        2,
        3,
        1,
        12,
    )  # the step counts as a name
    assert (survey["n_facts"], survey["newest"], survey["days_missing"]) == (0, None, None)
    table, said = run(capsys, "--workspace", workspace, "sources")
    assert "12 Mar 2026" in table
    assert "none yet" in table
    assert "last reading" in said


def test_a_source_that_follows_the_calendar_is_late_by_the_clock(workspace, capsys):
    """Nothing came since 12 March, and today is later; the stored results still speak of the day of the run."""
    visits, _ = json.loads(run(capsys, "--workspace", workspace, "sources", "--format", "json")[0])
    assert visits["is_late"] is True
    assert visits["freshness"].startswith("late: silent for ")
