"""`wholeservice ingest` as a person meets it: why rows were refused, and which name was meant."""

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
    facts:
      - interaction: { happened_at: "{day}", service: "{service}" }
"""
BAD = "day,service\n2026-03-01,stay\n31/03/2026,stay\n30/03/2026,stay\n2026-03-02,stai\n"


def ingest(capsys, folder, rows, *options):
    """Declare one source, ingest it and return (exit code, stdout, stderr)."""
    declared = folder / "wholeservice.yaml"
    if "sources:" not in declared.read_text(encoding="utf-8"):
        declared.write_text(declared.read_text(encoding="utf-8") + SOURCES, encoding="utf-8")
    (folder / "visits.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["--workspace", str(folder), "ingest", *options])
    return (stopped.value.code, *capsys.readouterr())


def test_refused_rows_are_explained_and_the_exit_code_is_1(capsys, small_workspace):
    """How many, why, an example with its place and value, what was expected, and what to do."""
    code, _, err = ingest(capsys, small_workspace, BAD)
    assert code == 1
    assert "visits: 2 refused (SRC154): column 'day' is no instant" in err
    assert "example   visits.csv:3  '31/03/2026'" in err
    assert "expected  an instant as iso (2026-03-31)" in err
    assert "next      say in the mapping how it is read (format:" in err


def test_without_refused_rows_the_exit_code_is_0(capsys, small_workspace):
    """A sound file has no reasons to tell."""
    code, _, err = ingest(capsys, small_workspace, "day,service\n2026-03-01,stay\n")
    assert code == 0
    assert "refused" not in err


def test_the_reasons_are_in_json_and_csv(capsys, small_workspace):
    """Programs get the same reasons as people."""
    code, out, _ = ingest(capsys, small_workspace, BAD, "--format", "json")
    assert code == 1
    (reason,) = json.loads(out)[0]["reasons"]
    assert (reason["code"], reason["n"], reason["place"], reason["value"]) == ("SRC154", 2, "visits.csv:3", "31/03/2026")
    assert reason["expected"] == "an instant as iso (2026-03-31)"
    _, out, _ = ingest(capsys, small_workspace, BAD, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert json.loads(row["reasons"]) == [reason]


def test_a_name_that_stands_for_nothing_shows_the_nearest(capsys, small_workspace):
    """'stai' is a slip of 'stay'."""
    _, _, err = ingest(capsys, small_workspace, BAD)
    assert "'stai' in interactions (1 row) stands for nothing yet" in err
    assert "the nearest name is 'stay'" in err


def test_a_source_that_may_lack_its_file_is_named_and_no_trouble(capsys, small_workspace):
    """It is neither a warning nor a row of zeros: what it would have said is unknown."""
    later = "  letters:\n    file: letters.csv\n    optional: true\n    facts: [ interaction: same ]\n"
    (small_workspace / "wholeservice.yaml").write_text(
        (small_workspace / "wholeservice.yaml").read_text(encoding="utf-8") + SOURCES + later, encoding="utf-8"
    )
    code, out, err = ingest(capsys, small_workspace, "day,service\n2026-03-01,stay\n")
    assert code == 0
    assert "Nothing to read, and that is allowed: letters" in err
    assert "SRC130" not in err
    assert "letters" not in out
