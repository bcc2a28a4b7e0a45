"""What is said of the quality of real data: what is true of it, and no false alarm."""

from __future__ import annotations

import datetime as dt

import pytest

from wholeservice.pages import source, sources

ABOUT_SOURCES = ("F130", "F131", "F132", "F133", "F134", "F135")

pytestmark = pytest.mark.real_data


def test_the_only_finding_is_that_the_samples_of_one_service_ended_years_before(govuk):
    """Volumes go on to September 2017; journey, ratings and channels of Carer's Allowance ended in 2013 and 2014."""
    found = [each for each in govuk.findings if each.code in ABOUT_SOURCES]
    assert [(each.code, each.entity) for each in found] == [("F130", "dwp-carers-allowance-new-claims")]
    late = {each.source: each.rhythm.newest_on for each in govuk.sources if each.is_late}
    assert late == {
        "carers-journey": dt.date(2014, 6, 1), "carers-ratings": dt.date(2014, 6, 3), "carers-channels": dt.date(2013, 12, 8),
    }  # fmt: skip


def test_every_source_adds_up(govuk):
    """Rows read are those of each file; all 705 names of the volumes are known; every page of a source builds."""
    rows = {each.name: each for each in sources.build(govuk).sources}
    for each in rows.values():
        assert each.reading.kept + each.reading.known + each.reading.superseded + each.reading.refused == each.reading.read
    volumes = rows["transaction-volumes"]
    assert (volumes.reading.read, volumes.n_known, volumes.n_names, volumes.n_facts) == (734, 705, 705, 20555)
    assert (rows["estate"].newest, rows["estate"].days_missing) == (None, None)
    page = source.build(govuk, "transaction-volumes")
    assert page.days_title == "No day is missing: 1 Apr 2011 to 30 Sep 2017"
    assert page.n_services == 705
