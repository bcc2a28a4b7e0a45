"""Home, findings, measures and data: what moved is told apart from noise and from who reports."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pages import sample
from wholeservice.app.web import TEMPLATES
from wholeservice.measures.results import Results
from wholeservice.pages import PAGES, finding, findings, home, measure, measures
from wholeservice.pages import data as data_page
from wholeservice.pages.loss_part import loss_parts


def test_home_opens_on_what_surely_moved(data):
    """Parking rose from 48 % to 64 % in the last month; the spa fell a year ago and did not move since."""
    page = home.build(data)
    assert [(move.entity, move.change, move.is_better) for move in page.overview.moves] == [("parking", "+16.0 pp", True)]
    assert page.moved_title == "People who finish moved most at Parking & <valet>: 48.0% to 64.0%"
    assert page.overview.moves[0].people == pytest.approx(160)


def test_a_change_of_who_reports_is_not_a_move(data):
    """The same change with fewer reporters is counted apart and not shown as performance; few answers are no comparison."""
    rows = [
        (
            cell,
            replace(sums, reporting=2.0)
            if cell.entity == "parking" and cell == sample.cell(sample.COMPLETION, "parking", 23)
            else sums,
        )
        for cell, sums in sample.rows()
    ]
    changed = replace(data, results=Results(sample.MEASURES.values(), rows), snapshot="fewer report")
    page = home.build(changed)
    assert page.overview.moves == ()
    assert page.overview.n_reporting_changed == 1
    assert page.moved_title == "Nothing surely moved since last time: in all 6 comparisons the likely ranges overlap"


def test_home_names_where_most_people_can_be_won_back(data):
    """The map by people a day; the finding about the same need is not told twice."""
    page = home.build(data)
    assert page.won_title == "Most can be won back at Book and stay: 84 people a day"
    assert len(page.overview.won_back) == 1


def test_what_can_be_won_back_says_of_when_of_how_many_and_how_sure(data):
    """As the page of the service says it; of a finding its own range and period."""
    loss, found = loss_parts(data, "stay")[0], home.build(data).overview.won_back[0]
    assert found.basis == f"{loss.target}; likely {loss.gap_range}; {loss.period}, {loss.n} counted"
    alone = home.build(replace(data, loss_maps={}, snapshot="no map")).overview.won_back[0]
    assert alone.basis == "likely 5.0 pp to 6.6 pp; Dec 2026"


def test_services_are_listed_by_name_found_by_words_and_paged():
    """734 services in pages of forty; a query keeps those that hold every word; a page beyond the last is the last."""
    large = sample.large(734, 2)
    page = home.build(large)
    assert (page.n_services, page.n_found, page.n_pages, len(page.services)) == (734, 734, 19, 40)
    assert [row.title for row in page.services] == sorted(row.title for row in page.services)
    assert home.build(large, page="19").services[-1].title == "Service number 99"
    assert home.build(large, page="99").page == 19
    assert home.build(large, page="x").page == 1
    assert [row.title for row in home.build(large, q="NUMBER 73").services][:2] == ["Service number 173", "Service number 273"]


def test_findings_about_the_data_stand_apart(data):
    """One of each; numbers count over all findings, so that they open the right one."""
    page = findings.build(data)
    assert page.title == "1 finding about services, 1 about the data itself"
    assert (page.about_services[0].number, page.about_data[0].number) == (1, 2)
    assert page.about_services[0].size == "5.8 pp"


def test_a_finding_opens_its_evidence(data):
    """The number behind the evidence is the measured one; who could act is named by title."""
    page = finding.build(data, "1")
    assert page.evidence[0].number.written == "94.2%"
    assert page.evidence[0].where_from == "bookings.csv:12"
    assert page.who_title == "Pricing team"
    assert finding.build(data, "3") is None
    assert finding.build(data, "0") is None
    assert finding.build(data, "one") is None


def test_the_help_of_a_measure_is_the_docstring_of_its_module(data):
    """What stands at the top of the file is what the page says."""
    page = measure.build(data, "completion")
    assert page.says == "A small hotel organisation with results made by hand, and a large one to measure speed with."
    assert page.n_entities == 3
    assert measure.build(data, "nps") is None
    assert measures.build(data).title == "6 measures, 5 of them with numbers" or len(measures.build(data).measures) == 6


def test_labelled_help_is_split_into_entries():
    """A label, its words over several lines, and a second label on the same line."""
    says, entries = measure.read_help(
        "Volume: how often.\n\nFormula   a count\n          of uses\nUnit      count     Grain  a week"
    )
    assert says == "Volume: how often."
    assert [(entry.label, entry.words) for entry in entries] == [
        ("Formula", "a count of uses"),
        ("Unit", "count; Grain: a week"),
    ]


def test_a_run_reports_what_was_refused(data):
    """Counts as the store noted them; a count that is not there stays unknown."""
    page = data_page.build(data)
    assert page.title == "The newest run read 5,120 rows from 1 source; 20 rows refused and kept aside, with place and reason"
    run = dict(data.runs[0]) | {"counts": ({"source": "bookings", "read": 5},)}
    assert data_page.build(replace(data, runs=(run,))).runs[0].sources[0].refused is None


def test_every_page_is_registered_with_its_template():
    """Each has its own address, name and template."""
    assert len({page.path for page in PAGES}) == len({page.name for page in PAGES}) == len(PAGES)
    assert all((TEMPLATES / page.template).is_file() for page in PAGES)
