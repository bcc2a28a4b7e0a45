"""What is said of the quality of real data: what is true of it, and no false alarm."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from wholeservice.app import settings
from wholeservice.app.workspace import current_data, ingest_workspace
from wholeservice.pages import source, sources
from wholeservice.pages.base import Data

ROOT = Path(__file__).resolve().parents[2]
ABOUT_SOURCES = ("F130", "F131", "F132", "F133", "F134", "F135")

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def data(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The workspace of examples/govuk, without its store."""
    folder = tmp_path_factory.mktemp("govuk") / "govuk"
    shutil.copytree(ROOT / "examples" / "govuk", folder, ignore=shutil.ignore_patterns(".wholeservice"))
    declared, problems = settings.load(folder, overrides=[f"data={real_data / 'govuk'}"])
    assert not problems
    ingest_workspace(declared)
    return current_data(declared)


def test_the_only_finding_is_that_the_samples_of_one_service_ended_years_before(data):
    """Volumes go on to September 2017; journey, ratings and channels of Carer's Allowance ended in 2013 and 2014."""
    found = [each for each in data.findings if each.code in ABOUT_SOURCES]
    assert [(each.code, each.entity) for each in found] == [("F130", "dwp-carers-allowance-new-claims")]
    late = {each.source: each.rhythm.newest_on for each in data.sources if each.is_late}
    assert late == {
        "carers-journey": dt.date(2014, 6, 1), "carers-ratings": dt.date(2014, 6, 3), "carers-channels": dt.date(2013, 12, 8),
    }  # fmt: skip


def test_every_source_adds_up(data):
    """Rows read are those of each file; all 705 names of the volumes are known; every page of a source builds."""
    rows = {each.name: each for each in sources.build(data).sources}
    for each in rows.values():
        assert each.reading.kept + each.reading.known + each.reading.superseded + each.reading.refused == each.reading.read
    volumes = rows["transaction-volumes"]
    assert (volumes.reading.read, volumes.n_known, volumes.n_names, volumes.n_facts) == (734, 705, 705, 20555)
    assert (rows["estate"].newest, rows["estate"].days_missing) == (None, None)
    page = source.build(data, "transaction-volumes")
    assert page.days_title == "No day is missing: 1 Apr 2011 to 30 Sep 2017"
    assert page.n_services == 705
