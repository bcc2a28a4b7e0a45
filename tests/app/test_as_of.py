"""What was known when: `--known-on`, `--as-of`, and the page that explains them, executed."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
from pathlib import Path

import pytest

from documented import Said, walk
from web.conftest import BASE, TestClient
from wholeservice.app.as_of import known_at_of
from wholeservice.app.cli import main
from wholeservice.app.earlier import earlier_of
from wholeservice.app.settings import load
from wholeservice.app.web import create_app
from wholeservice.app.workspace import newest_stored
from wholeservice.errors import InputError
from wholeservice.facts.store import Run

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run a command in a workspace; return exit code and all that it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), pytest.raises(SystemExit) as stopped:
        main(["--workspace", str(folder), *arguments])
    return int(stopped.value.code or 0), printed.getvalue()


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> tuple[Path, list[Said]]:
    """The page's files in a workspace, and its commands typed in."""
    folder = tmp_path_factory.mktemp("as-of")
    return folder, walk("as_of.md", folder)


def test_the_page_shows_what_is_printed(page):
    """What stands under a command is all that it prints."""
    _, said = page
    assert len(said) == 5
    assert [each for each in said if not each.is_so] == []


def test_results_of_an_earlier_day_do_not_become_the_current_ones(page):
    """After asking for 2015 the pages still show the newest run; the earlier results are stored and not computed again."""
    folder, _ = page
    results = folder / ".wholeservice" / "results"
    run(folder, "measure")
    current = (results / "current").read_text(encoding="utf-8")
    assert current.startswith("0002-")
    _, first = run(folder, "measure", "volume", "--as-of", "2015-06-30", "--format", "csv")
    earlier = next(results.glob("0001-*"))
    written = (earlier / "about.json").stat().st_mtime_ns
    _, again = run(folder, "measure", "volume", "--as-of", earlier.name.partition(".")[0], "--format", "csv")
    assert first == again
    assert (results / "current").read_text(encoding="utf-8") == current
    assert (earlier / "about.json").stat().st_mtime_ns == written
    assert [each["id"][:4] for each in runs_of(earlier)] == ["0001"]


def test_the_pages_show_an_earlier_day_once_it_was_measured(page):
    """The fax of 2014 has a page as known at the beginning of 2016, and none now; the run list says what is stored."""
    folder, _ = page
    run(folder, "measure")
    run(folder, "measure", "--as-of", "2015-06-30")
    settings, _ = load(folder)
    app = create_app(newest_stored(settings), earlier=earlier_of(settings))
    client = TestClient(app, base_url=BASE)
    assert client.get("/service/fax").status_code == 404
    then = client.get("/service/fax.json?as_of=2016-01-01&period=2014")
    assert then.json()["series"][0]["number"]["written"] == "9"
    assert "As known on 30 Nov 2016" in client.get("/").text
    assert [each["is_measured"] for each in client.get("/runs.json").json()["runs"]] == [True, True]


def runs_of(results: Path) -> list[dict]:
    return json.loads((results / "about.json").read_text(encoding="utf-8"))["runs"]


def test_trace_asks_for_a_day_too(page):
    """What it says of a service without targets is the same; which run it is of stands above it."""
    folder, _ = page
    code, printed = run(folder, "trace", "stay", "--as-of", "2015-12-31")
    assert code == 0
    assert "As known on 2015-06-30 (run 0001-" in printed


@pytest.mark.parametrize("words", ["2015-06-29", "soon", "0001-nothing"])
def test_a_day_that_knew_nothing_is_told(page, words):
    """Before the first run there is no answer, and no guess; nor for a name that no run has."""
    folder, _ = page
    code, printed = run(folder, "measure", "--as-of", words)
    assert code == 2
    assert "STO1" in printed


@pytest.mark.parametrize(
    ("words", "zone", "expected"),
    [("2015-06-30", "UTC", "2015-06-30T00:00:00+00:00"), ("2015-06-30", "Europe/London", "2015-06-29T23:00:00+00:00"),
     ("2026-03-01", "UTC", "2026-03-01T00:00:00+00:00")],
)  # fmt: skip
def test_a_day_begins_in_the_zone_of_the_workspace(words, zone, expected):
    """A summer day of London begins an hour before that of Greenwich; today is a day too."""
    assert known_at_of(words, zone, None, NOW).isoformat() == expected


@pytest.mark.parametrize("words", ["2026-03-02", "30/06/2015", "2015", "yesterday", "2025-12-30"])
def test_a_day_that_cannot_be_is_refused(words):
    """In the future, no day, or before what the store knows (New Year's Eve 2025)."""
    newest = Run("0001-a", dt.datetime(2025, 12, 31, 9, tzinfo=dt.UTC), {}, {}, ())
    with pytest.raises(InputError) as caught:
        known_at_of(words, "UTC", newest, NOW)
    assert caught.value.problems[0].code == "ING003"


def test_the_day_of_the_newest_run_may_come_again():
    """Two files of one day are put in one after the other."""
    newest = Run("0001-a", dt.datetime(2025, 12, 31, 9, tzinfo=dt.UTC), {}, {}, ())
    assert known_at_of("2025-12-31", "UTC", newest, NOW) < newest.committed_at
