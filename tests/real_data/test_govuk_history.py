"""Six dated revisions of one file of GOV.UK: what was known when, and how much was revised afterwards."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import gzip
import io
import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from wholeservice.app.cli import main
from wholeservice.facts.store import Store

pytestmark = pytest.mark.real_data

LONDON = ZoneInfo("Europe/London")
MISSING = {"", "-", "#REF!"}
WINDOWS = [
    ("2011-04-01", "2012-04-01"), ("2012-01-01", "2013-01-01"), ("2012-04-01", "2013-04-01"), ("2012-07-01", "2013-07-01"),
    ("2012-10-01", "2013-10-01"), ("2013-01-01", "2014-01-01"), ("2013-04-01", "2014-04-01"), ("2013-07-01", "2014-07-01"),
    ("2013-10-01", "2014-10-01"), ("2014-01-01", "2015-01-01"), ("2014-04-01", "2015-04-01"), ("2014-07-01", "2015-07-01"),
    ("2014-10-01", "2015-10-01"), ("2015-01-01", "2016-01-01"), ("2015-04-01", "2016-04-01"), ("2015-07-01", "2016-07-01"),
    ("2015-10-01", "2016-10-01"), ("2016-01-01", "2017-01-01"), ("2016-04-01", "2017-04-01"), ("2016-07-01", "2017-07-01"),
    ("2016-10-01", "2017-10-01"),
]  # fmt: skip
"""The rolling year of each column of volumes, in order; an earlier revision has fewer of them."""

FACTS = """\
    facts:
      - sighting: { kind: service, name: "{Slug}", title: "{Name of service}" }
      - tally: { entity: "{Slug}", of: transactions, statistic: count, value: "{volume}",
                 from_at: "{from}", to_at: "{to}", window: rolling }
"""


def rows_of(file: Path) -> list[dict[str, str]]:
    """Read a revision on our own: header names without outer blanks, cells as they stand."""
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as stream:
        head, *rows = csv.reader(stream)
    return [dict(zip((name.strip() for name in head), row, strict=True)) for row in rows]


def volumes_of(file: Path) -> dict[tuple[str, str], float]:
    """Return (slug, first day of the window) -> volume, as the revision says it."""
    rows = rows_of(file)
    columns = [name for name in rows[0] if re.fullmatch(r"\d{4}-Q\d Vol\.", name)]
    return {
        (row["Slug"].strip(), WINDOWS[index][0]): float(row[column].replace(",", ""))
        for row in rows for index, column in enumerate(columns) if row[column].strip() not in MISSING
    }  # fmt: skip


def declaration(file: Path) -> str:
    """Return the workspace's file for one revision: its columns, by their names."""
    names = list(rows_of(file)[0])
    labels = [name.removesuffix(" Vol.") for name in names if re.fullmatch(r"\d{4}-Q\d Vol\.", name)]
    each = "\n".join(
        f'      - {{ volume: "{label} Vol.", from: {first}, to: {last} }}'
        for label, (first, last) in zip(labels, WINDOWS, strict=False)
    )
    head = (
        f"name: GOV.UK\nzone: Europe/London\nsources:\n  services:\n    file: {file}\n    record: [Slug]\n    absent: delete\n"
    )
    return f'{head}    missing: ["-", "#REF!"]\n    each:\n{each}\n{FACTS}'


@pytest.fixture(scope="module")
def revisions(real_data) -> dict[str, Path]:
    files = sorted((real_data / "govuk" / "history").glob("services.*.csv.gz"))
    if len(files) != 6:
        pytest.skip("the six revisions of services.csv are not there")
    return {file.name.split(".")[1]: file for file in files}


def run(*arguments: str) -> tuple[int, str, str]:
    """Run a command and return (exit code, stdout, stderr)."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return int(stopped.value.code or 0), out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def history(tmp_path_factory, revisions) -> tuple[Path, list[dict]]:
    """A workspace that read all six revisions, oldest first, each as known on its day; and what each ingest reported."""
    folder = tmp_path_factory.mktemp("history")
    (folder / "organisation").mkdir()
    (folder / "organisation" / "org.yaml").write_text("org: { name: GOV.UK, purpose: x, north-star: y }\n", encoding="utf-8")
    reports = []
    for day, file in revisions.items():
        (folder / "wholeservice.yaml").write_text(declaration(file), encoding="utf-8")
        code, out, err = run("--workspace", str(folder), "ingest", "--known-on", day, "--format", "json")
        assert code == 0, err
        reports += json.loads(out)
    return folder, reports


def test_every_row_of_every_revision_is_accounted_for(history, revisions):
    """kept + known + superseded + refused = read = the rows of the file; nothing refused; what is gone is deleted."""
    _, reports = history
    slugs: set[str] = set()
    for report, file in zip(reports, revisions.values(), strict=True):
        now = {row["Slug"].strip() for row in rows_of(file)}
        assert report["kept"] + report["known"] + report["superseded"] + report["refused"] == report["read"] == len(now)
        assert (report["refused"], report["kept"], report["deleted"]) == (0, len(now - slugs), len(slugs - now))
        slugs = now
    assert [report["read"] for report in reports] == [776, 774, 759, 751, 743, 734]


def test_each_run_holds_what_its_file_said(history, revisions):
    """Every volume of every service in every window, in all six revisions, equals an independent reading of the file."""
    folder, _ = history
    store = Store(folder / ".wholeservice" / "store")
    for day, file in revisions.items():
        run_then = store.as_of(day, "Europe/London")
        assert run_then.committed_at.date() <= dt.date.fromisoformat(day)
        tallies = store.read(run_then, "tallies").to_pylist()
        found = {
            (row["entity"], str(row["from_at"].astimezone(LONDON).date())): row["value"]
            for row in tallies if row["channel"] is None
        }  # fmt: skip
        assert found == volumes_of(file)


REVISED = "dh-notifications", ("2015-01-01", "2016-01-01")


def measured(folder: Path, *options: str) -> dict[tuple[str, str], float]:
    """Return (service, first day of the window) -> volume, as `measure` prints it."""
    code, out, err = run("--workspace", str(folder), "measure", "volume", "--format", "csv", *options)
    assert code == 0, err
    return {
        (row["entity"], str(dt.datetime.fromisoformat(row["from"]).astimezone(LONDON).date())): float(row["value"])
        for row in csv.DictReader(io.StringIO(out)) if row["value"] and not row["channel"]
    }  # fmt: skip


def test_a_revised_number_is_what_each_day_knew(history, revisions):
    """The notifications of health care providers in 2015: 369,079, then 370,660, then 370,577."""
    folder, _ = history
    service, (first, last) = REVISED
    asked = ("--of", service, "--period", f"{first}..{last}")
    told = {day: volumes_of(file).get((service, first)) for day, file in revisions.items()}
    assert list(told.values()) == [None, 369_079, 370_660, 370_577, 370_577, 370_577]
    for day in ("2016-11-30", "2017-06-06"):
        assert measured(folder, *asked, "--as-of", day)[service, first] == told[day]
    assert measured(folder, *asked)[service, first] == 370_577
    # A day between two revisions knows the earlier one.
    assert measured(folder, *asked, "--as-of", "2017-10-01")[service, first] == told["2017-06-06"]


def test_measure_as_of_a_day_gives_what_the_file_of_then_said(history, revisions):
    """Every service and every window of 6 June 2017, also of services that are gone today; and today's results stay current."""
    folder, _ = history
    current = (folder / ".wholeservice" / "results" / "current").read_text(encoding="utf-8")
    found = measured(folder, "--period", "2011-01-01..2018-01-01", "--as-of", "2017-06-06")
    expected = volumes_of(revisions["2017-06-06"])
    assert {key: value for key, value in found.items() if key in expected} == expected
    gone = {slug for slug, _ in expected} - {slug for slug, _ in volumes_of(revisions["2018-09-07"])}
    assert gone
    assert (folder / ".wholeservice" / "results" / "current").read_text(encoding="utf-8") == current


def test_the_run_can_be_named_and_a_day_before_all_is_told(history):
    """A run's name is as good as a day; before the first revision nothing was known."""
    folder, _ = history
    service, (first, last) = REVISED
    name = Store(folder / ".wholeservice" / "store").runs()[1].id
    assert measured(folder, "--of", service, "--period", f"{first}..{last}", "--as-of", name)[service, first] == 369_079
    code, _, err = run("--workspace", str(folder), "measure", "--as-of", "2015-06-29")
    assert code == 2
    assert "STO" in err


def test_a_history_goes_forward(history, revisions):
    """The store cannot be told today what it should have known in 2016: it would change what a later day knew."""
    folder, _ = history
    code, _, err = run("--workspace", str(folder), "ingest", "--known-on", "2016-11-30")
    assert code == 2
    assert "ING003" in err
    assert "2018-09-07 or later" in err
