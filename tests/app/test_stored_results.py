"""Results on disk: whole or not there, and read back as they were."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from app.small import ROWS, data
from pages import sample
from pages.test_absent import LUGGAGE
from wholeservice import tables
from wholeservice.app import stored_results
from wholeservice.app.asked import Asked
from wholeservice.app.workspace import newest_stored, results_folder
from wholeservice.errors import InputError, OutsideError
from wholeservice.mapping.columns import arrow_schema
from wholeservice.measures import MEASURES
from wholeservice.measures.compute import to_arrow


@pytest.fixture
def settings(small_workspace):
    return Asked(small_workspace).settings()


def save(settings, snapshot="0001-a.0.1"):
    from dataclasses import replace

    rows = stored_results.Rows(to_arrow(ROWS), arrow_schema(tables.SIGHTINGS).empty_table())
    found = replace(data(), snapshot=snapshot, sources=sample.sources(), absent=(LUGGAGE,))
    stored_results.save(results_folder(settings), found, rows, settings.folder / "organisation")


def test_what_was_stored_comes_back(settings):
    """Numbers, findings, loss maps, runs and the organisation that stood beside them."""
    save(settings)
    loaded = stored_results.load(results_folder(settings), "0001-a.0.1", MEASURES)
    assert loaded.findings == data().findings
    assert loaded.loss_maps == data().loss_maps
    assert loaded.runs == data().runs
    assert loaded.sources == sample.sources()
    assert loaded.absent == (LUGGAGE,)
    assert loaded.results.latest("completion", "stay", channel="web") == data().results.latest(
        "completion", "stay", channel="web"
    )
    assert loaded.organisation.entities["stay"].team == "booking"


def test_the_organisation_of_a_snapshot_is_the_one_it_was_made_with(settings):
    """A file that changes afterwards does not change what was stored."""
    save(settings)
    (settings.folder / "organisation" / "organisation.yaml").write_text("org: { name: Other }\n", encoding="utf-8")
    assert stored_results.load(results_folder(settings), "0001-a.0.1", MEASURES).organisation.name == "Small"


def test_a_write_that_fails_leaves_what_was_there(settings, monkeypatch):
    """The disk fills up half way: the older snapshot stays current, and nothing unfinished is left behind."""
    save(settings)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(OSError, match="No space left"):
        save(settings, "0002-b.0.1")
    results = results_folder(settings)
    assert stored_results.current(results) == "0001-a.0.1"
    assert sorted(path.name for path in results.iterdir()) == ["0001-a.0.1", "current"]


def test_saving_a_snapshot_twice_changes_nothing(settings):
    """Two processes that compute the same snapshot do no harm."""
    save(settings)
    before = (results_folder(settings) / "0001-a.0.1" / "findings.json").stat().st_mtime_ns
    save(settings)
    assert (results_folder(settings) / "0001-a.0.1" / "findings.json").stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["statistics.parquet", "findings.json", "loss_maps.json", "about.json", "sightings.parquet"])
def test_a_damaged_or_missing_file_is_told_with_the_way_out(settings, name):
    """Whichever file is cut or gone, the message names the folder to delete."""
    save(settings)
    file = results_folder(settings) / "0001-a.0.1" / name
    for damage in (lambda: file.write_bytes(file.read_bytes()[:-9]), file.unlink):
        damage()
        with pytest.raises(OutsideError, match="RES002") as caught:
            stored_results.load(results_folder(settings), "0001-a.0.1", MEASURES)
        assert "0001-a.0.1" in caught.value.problems[0].what


def test_the_server_takes_a_newer_snapshot_and_reads_none_twice(settings):
    """The same object while nothing is newer; the newer one as soon as it is there."""
    load_data = newest_stored(settings)
    with pytest.raises(InputError, match="RES001"):
        load_data()
    save(settings)
    first = load_data()
    assert load_data() is first
    save(settings, "0002-b.0.1")
    assert load_data().snapshot == "0002-b.0.1"


def test_a_definition_that_changes_gives_another_snapshot():
    """A new version of one measure, or one rule more, changes the name; the order of rules does not."""
    from dataclasses import replace

    before = stored_results.definitions_version(MEASURES, ["F101", "F102"])
    newer = [replace(MEASURES[0], version=MEASURES[0].version + 1), *MEASURES[1:]]
    assert stored_results.definitions_version(MEASURES, ["F102", "F101"]) == before
    assert stored_results.definitions_version(newer, ["F101", "F102"]) != before
    assert stored_results.definitions_version(MEASURES, ["F101"]) != before
