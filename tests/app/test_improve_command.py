"""`wholeservice improve` as a person meets it, and what becomes of an entry: shown at once, and facts with the next ingest."""

from __future__ import annotations

import json
from dataclasses import replace

import pyarrow as pa
import pytest

from wholeservice.app import spool, stored_results
from wholeservice.app.asked import Asked
from wholeservice.app.cli import main
from wholeservice.app.improvement_log import improvements_of
from wholeservice.app.improvement_rows import improvements_in
from wholeservice.app.snapshots import open_engine
from wholeservice.app.workspace import ingest_workspace, newest_stored, store_of
from wholeservice.measures import MEASURES
from wholeservice.measures.compute import to_arrow
from wholeservice.measures.results import Results
from wholeservice.organisation.load import load
from wholeservice.pages.base import Data
from wholeservice.tables import ITEMS, JUDGEMENTS, LINKS, LOG, SIGHTINGS

VISITS = """\
sources:
  visits:
    file: visits.csv
    facts: [ interaction: { happened_at: "{day}", service: stay, step: "{step}", attempt: "{attempt}" } ]
"""
PROMISE = "completion of stay @ pay by 3pp until 2026-12-01"


def improve(capsys, folder, *arguments):
    """Run a command; return (exit code, stdout, stderr)."""
    with pytest.raises(SystemExit) as stopped:
        main(["--workspace", str(folder), "improve", *arguments])
    return (stopped.value.code, *capsys.readouterr())


def settings_of(folder):
    return Asked(folder).settings()


@pytest.fixture
def folder(small_workspace):
    """A workspace with four weeks of visits."""
    declared = small_workspace / "wholeservice.yaml"
    declared.write_text(declared.read_text(encoding="utf-8") + VISITS, encoding="utf-8")
    rows = [f"2026-03-{day:02},{step},a{day}" for day in range(1, 29) for step in ("find", "pay", "sleep")]
    (small_workspace / "visits.csv").write_text("\n".join(["day,step,attempt", *rows]) + "\n", encoding="utf-8")
    return small_workspace


def from_facts(folder):
    """Return the log as the facts of the newest run have it."""
    store = store_of(settings_of(folder))
    with open_engine(store, store.latest()) as engine:
        return improvements_in(engine, load(folder)[0])


def store_results(folder, *improvements):
    """Store results of a run without computing any: the pages need a snapshot, and what it knows of the log."""
    data = Data(load(folder)[0], Results(MEASURES, ()), (), {}, {}, (), "0001-a.b.c", "UTC", improvements=improvements)
    rows = stored_results.Rows(to_arrow(()), pa.table({each: pa.array([], pa.string()) for each in SIGHTINGS.column_names}))
    stored_results.save(folder / ".wholeservice" / "results", data, rows, folder / "organisation")


def test_what_is_written_is_shown_at_once_and_ingest_makes_the_same_of_it(capsys, folder):
    """Before the ingest the log comes from the spool, after it from the facts: the two are equal, field by field."""
    code, out, _ = improve(
        capsys, folder, "add", "--says", "Ask for the card last", "--where", "stay.pay", "--where", "booking",
        "--promise", PROMISE, "--priority", "wsjf value 8 time 5 risk 3 size 4", "--problem", "People leave\nat the card",
        "--owner", "Head of booking", "--judged-by", "volume of stay", "--compare-with", "stay",
        "--worth", "completion of stay by 1pp", "--by", "Booking team", "--start", "2026-03-15", "--deployment", "d-12",
    )  # fmt: skip
    assert (code, out) == (0, "IMP-1\n")
    assert improve(capsys, folder, "add", "--says", "N/A", "--daily", "--where", "stay")[1] == "IMP-2\n"
    assert improve(capsys, folder, "add", "--to", "IMP-1", "--learnt", "-", "--close", "without evidence")[1] == "IMP-1\n"
    before = improvements_of(settings_of(folder))
    assert [(each.id, each.says, each.where) for each in before] == [
        ("IMP-1", "Ask for the card last", ("step:stay.pay", "team:booking")), ("IMP-2", "N/A", ("service:stay",)),
    ]  # fmt: skip
    assert (before[0].learnt, before[0].closed, before[0].priority) == (("-",), "without evidence", ("wsjf", 4.0, None))
    report = ingest_workspace(settings_of(folder))
    assert [(each.source, each.refused) for each in report.sources] == [("visits", 0), (LOG, 0)]
    assert from_facts(folder) == before
    assert improvements_of(settings_of(folder)) == before


def test_an_ingest_that_dies_loses_nothing_and_a_repeated_one_adds_nothing(capsys, folder):
    """Stopped after each durable step of the commit in turn, then done again: the facts are there once."""
    improve(capsys, folder, "add", "--says", "Tidy up", "--daily", "--where", "stay")
    n_steps, settings = 0, settings_of(folder)
    while True:
        seen = []

        def reached(step, seen=seen, n_steps=n_steps):
            seen.append(step)
            if len(seen) > n_steps:
                raise KeyboardInterrupt

        try:
            ingest_workspace(settings, reached=reached)
            break
        except KeyboardInterrupt:
            n_steps += 1
        assert [each.says for each in improvements_of(settings)] == ["Tidy up"]
    assert n_steps > 3
    store = store_of(settings)
    run = ingest_workspace(settings).run
    assert [store.read(run, each.name).num_rows for each in (ITEMS, JUDGEMENTS, LINKS)] == [1, 1, 1]


def test_served_pages_have_an_entry_as_soon_as_it_is_kept(capsys, folder):
    """Between two requests somebody writes on the command line: the next request shows it, with no ingest in between."""
    store_results(folder)
    newest = newest_stored(settings_of(folder), is_open=True)
    first = newest()
    assert (first.improvements, first.is_open, newest() is first) == ((), True, True)
    improve(capsys, folder, "add", "--says", "Tidy up", "--daily")
    second = newest()
    assert [each.says for each in second.improvements] == ["Tidy up"]
    assert (second.snapshot, newest() is second, second.is_open) == (first.snapshot, True, True)
    assert second.log_mark != first.log_mark


def test_what_is_wrong_keeps_nothing(capsys, folder):
    """All mistakes are told with the option they stand in, the exit code is 2, and the log stays as it was."""
    code, out, err = improve(
        capsys, folder, "add", "--says", "Tidy up", "--where", "sty", "--promise", "complet of stay by 3pp"
    )
    assert (code, out) == (2, "")
    assert "--where  IMP001  'sty' stands for nothing" in err
    assert "nearest   'stay'" in err
    assert "--promise  IMP003" in err
    assert improvements_of(settings_of(folder)) == ()


def test_the_list_is_ordered_by_what_the_workspace_chose(capsys, folder):
    """`improvements: { priority: wsjf }` puts the ratio first, though more have a cost of delay; the list says so."""
    for says, priority in (("One", "cost of delay 400 EUR"), ("Two", "cost of delay 900 EUR"),
                           ("Three", "wsjf value 1 time 1 risk 1 size 3")):  # fmt: skip
        improve(capsys, folder, "add", "--says", says, "--daily", "--priority", priority)
    _, out, err = improve(capsys, folder, "list", "--format", "json")
    assert [each["says"] for each in json.loads(out)] == ["Two", "One", "Three"]
    assert "2 of 3 have one" in err
    declared = folder / "wholeservice.yaml"
    declared.write_text(declared.read_text(encoding="utf-8") + "improvements: { priority: wsjf }\n", encoding="utf-8")
    code, out, err = improve(capsys, folder, "list", "--format", "csv")
    assert (code, out.splitlines()[1].split(",")[2]) == (0, "Three")
    assert "By wsjf: the workspace chose it." in err
    code, out, _ = improve(capsys, folder, "list")
    assert "not measured" in out


def test_a_priority_that_is_none_is_told(capsys, folder):
    """The settings file is told as everywhere, with the nearest word."""
    declared = folder / "wholeservice.yaml"
    declared.write_text(declared.read_text(encoding="utf-8") + "improvements: { priority: wsfj }\n", encoding="utf-8")
    code, _, err = improve(capsys, folder, "list")
    assert code == 2
    assert "SET007" in err
    assert "nearest   'wsjf'" in err


def test_an_entry_that_was_cut_off_is_told(capsys, folder):
    """The list and the ingest say so, and everything else is there."""
    improve(capsys, folder, "add", "--says", "Tidy up", "--daily")
    path = spool.log_path(settings_of(folder))
    path.write_bytes(path.read_bytes() + b'{"record":"IMP-2/2","rows":[{"row":"it')
    code, out, err = improve(capsys, folder, "list")
    assert code == 0
    assert "Tidy up" in out
    assert "improvements.jsonl:2  SRC245" in err
    report = ingest_workspace(settings_of(folder))
    assert [each.code for each in report.problems] == ["SRC245"]
    assert report.sources[1].refused == 0
    assert improve(capsys, folder, "add", "--says", "Again", "--daily")[1] == "IMP-2\n"


def test_ids_go_on_after_those_of_the_facts(capsys, folder):
    """A log that was lost after its ingest does not give an id twice."""
    improve(capsys, folder, "add", "--says", "Tidy up", "--daily")
    store_results(folder, *improvements_of(settings_of(folder)))
    spool.log_path(settings_of(folder)).unlink()
    assert improve(capsys, folder, "add", "--says", "Next", "--daily")[1] == "IMP-2\n"


def test_the_log_is_in_a_backup(capsys, folder, tmp_path):
    """What was written and not ingested yet comes back with the backup."""
    from wholeservice.app.backups import back_up_workspace, restore_workspace

    ingest_workspace(settings_of(folder))
    improve(capsys, folder, "add", "--says", "Tidy up", "--daily")
    back_up_workspace(settings_of(folder), tmp_path / "b.tar", is_all_runs=False, with_secret=False)
    restore_workspace(tmp_path / "new", tmp_path / "b.tar", is_forced=False)
    assert [each.says for each in improvements_of(settings_of(tmp_path / "new"))] == ["Tidy up"]
    settings = replace(settings_of(folder), folder=tmp_path / "new")
    assert spool.log_path(settings).read_bytes() == spool.log_path(settings_of(folder)).read_bytes()
