"""Earlier results for the pages: which stored ones are those of a run, and how many stay in memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pages import sample
from wholeservice.app import stored_results
from wholeservice.app.earlier import MOST, earlier_of
from wholeservice.app.settings import Settings
from wholeservice.app.workspace import results_folder


@pytest.fixture
def settings(tmp_path) -> Settings:
    """A workspace with results of four runs, of which the first was measured three times."""
    found = Settings(tmp_path, "Small", "UTC", {}, None)
    stored = ("0001-a.new.2", "0001-a.old.1", "0001-a.old.2", "0002-b.new.2", "0003-c.old.1", "0004-d.new.2")
    for at, name in enumerate(stored):
        folder = results_folder(found) / name
        folder.mkdir(parents=True)
        os.utime(folder, (at, at))
    (results_folder(found) / "unfinished-x.y.z.tmp").write_text("no results", encoding="utf-8")
    stored_results.make_current(results_folder(found), "0004-d.new.2")
    return found


def test_of_several_results_of_a_run_those_counted_as_now_are_shown(settings):
    """The first run has some with the organisation and definitions of now; the third only others, which do; the ninth none."""
    results = results_folder(settings)
    assert stored_results.of_run(results, "0001-a") == "0001-a.new.2"
    assert stored_results.of_run(results, "0003-c") == "0003-c.old.1"
    assert stored_results.of_run(results, "0009-x") is None
    assert stored_results.runs_stored(results) == {"0001-a", "0002-b", "0003-c", "0004-d"}
    stored_results.make_current(results, "0004-d.other.3")
    assert stored_results.of_run(results, "0001-a") == "0001-a.old.2"  # the one stored last


def test_a_workspace_without_results_has_none(tmp_path):
    """Also where nothing was ever stored."""
    earlier = earlier_of(Settings(tmp_path, "Small", "UTC", {}, None))
    assert earlier.load("0001-a") is None
    assert earlier.measured() == frozenset()


def test_only_a_few_stay_in_memory_the_one_looked_at_longest_ago_goes(settings, monkeypatch):
    """Each is read once while it stays; a third one puts out the one nobody looked at for longest."""
    read: list[str] = []

    def load(results: Path, snapshot: str, measures: object) -> object:
        read.append(snapshot[:4])
        return sample.data()

    monkeypatch.setattr(stored_results, "load", load)
    earlier = earlier_of(settings)
    for run in ("0001-a", "0002-b", "0001-a", "0003-c", "0001-a", "0002-b"):
        earlier.load(run)
    assert MOST == 2
    assert read == ["0001", "0002", "0003", "0002"]
    assert earlier.load("0002-b") is earlier.load("0002-b")
