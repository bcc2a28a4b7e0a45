"""What people say: the measured numbers in the order of the journey, and where nobody is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pages import sample, sample_asked
from wholeservice.findings.base import Finding
from wholeservice.measures.results import Results
from wholeservice.pages import feedback

RATE = replace(sample_asked.SATISFACTION, name=feedback.RATE, title="Who answered")


@pytest.fixture(scope="module")
def asked():
    """The hotel with more of everything, who was asked at Pay among it."""
    data = sample_asked.data()
    measures = {**data.measures, RATE.name: RATE}
    more = (sample.cell(RATE, "stay", 23, step="pay"), sample_asked.share(90, 450))
    rows = (*sample_asked.rows(), more, (sample.cell(sample_asked.SATISFACTION, "stay", 23, step="pay", channel="web"),
                                         sample_asked.share(30, 60)))  # fmt: skip
    left_out = Finding("F136", "kestrel", "12 answers of surveys in no number", about_data=True)
    elsewhere = Finding("F136", "spa", "7 answers of surveys in no number", about_data=True)
    return replace(data, measures=measures, results=Results(measures.values(), rows),
                   findings=(*data.findings, left_out, elsewhere), snapshot="feedback")  # fmt: skip


@pytest.fixture(scope="module")
def page(asked):
    """What guests say."""
    return feedback.build(asked, "stay")


def test_places_stand_in_the_order_of_the_journey(page):
    """The whole first, then each step; no level ranks them."""
    assert [each.step for each in page.places] == [None, *(id_ for id_, _ in sample.STEPS)]


def test_a_place_holds_the_measured_numbers(asked, page):
    """60 of 90 at Pay, 30 of 60 by web, 90 of 450 answered."""
    pay = next(each for each in page.places if each.step == "pay")
    said = next(each for each in pay.said if each.title == "How satisfied people are")
    by = {each.channel: each.number for each in said.channels}
    assert (said.number.value, said.number.n) == (60 / 90, 90)
    assert (by["web"].value, by["web"].n) == (0.5, 60)
    assert by["phone"] is None
    assert (pay.rate.value, pay.rate.n) == (0.2, 450)
    assert said.number.low == asked.results.latest("satisfaction", "stay", step="pay").value.interval.low


def test_where_nobody_is_asked_it_is_said_with_what_would_fill_it(page):
    """Only Pay is asked; by phone, app and desk nobody is asked even there."""
    dark = [title for id_, title in sample.STEPS if id_ != "pay"]
    assert [each.title for each in page.places if not each.said] == dark
    assert page.says == f"People are asked at 1 of {len(sample.STEPS)} steps; nobody is asked at {feedback.listed(dark)}"
    assert [each.what for each in page.unmeasured][1] == "What people say who come by app at Pay, phone at Pay and desk at Pay"
    assert any(each.what == "Whether those who answered are like the others" for each in page.unmeasured)


def test_left_out_answers_are_those_of_the_service_and_what_it_is_inside_of(page):
    """Those of the hotel group are told, those of another service are not, nor findings about anything else."""
    assert [each.title for each in page.findings] == ["12 answers of surveys in no number"]


def test_the_table_has_a_row_for_each_number_and_each_hole(asked, page):
    """A step where nobody is asked has a row without a value, and its reason."""
    sheet = feedback.PAGE.sheet(asked, page)
    rows = {row[:3]: row for row in sheet.rows}
    value, why = sheet.header.index("value"), sheet.header.index("why there is no value")
    assert rows["Pay", "web", "How satisfied people are"][value] == 0.5
    assert (rows["Choose", "all", "nobody is asked"][value], rows["Choose", "all", "nobody is asked"][why]) == (
        None, "not measured")  # fmt: skip


def test_a_service_of_which_nobody_is_asked_says_so(asked):
    """Without a journey there is but the whole; what is no service has no such page."""
    page = feedback.build(asked, "night-desk")
    assert (page.says, page.places[0].said, page.has_journey) == ("Nobody is asked anything", (), False)
    assert page.unmeasured[0].what == "How it is for those who use it"
    assert feedback.build(asked, "booking") is None
