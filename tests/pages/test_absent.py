"""What people come for and no step serves, and what of a service is missing, as pages say it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from pages import sample
from web.conftest import BASE, TestClient
from wholeservice.app.web import create_app
from wholeservice.findings.absent import Absent, Month, Telling
from wholeservice.pages import coverage, service
from wholeservice.pages.base import Data

JULY, AUGUST, SEPTEMBER = (dt.date(2026, month, 1) for month in (7, 8, 9))
MONTHS = (Month(JULY, None, True), Month(AUGUST, 38, True), Month(SEPTEMBER, 41, False))
LUGGAGE = Absent(
    "stay", ("store", "<b>"), None, 64, 12, JULY, dt.date(2026, 9, 20), MONTHS, (Telling("contact", 112, 940),), ("desk",)
)


def with_luggage() -> Data:
    return replace(sample.data(), absent=(LUGGAGE,))


def test_an_absent_journey_says_its_people_in_the_newest_whole_month_and_of_how_much():
    """September is not whole and July is too few to tell, so that it is the 38 of August, not the 64 of all the time."""
    part = service.build(with_luggage(), "stay").absent
    (row,) = part.rows
    assert (row.label, row.people, row.when) == ("“store, <b>”", "38 people", "Aug 2026")
    assert (row.tellings, row.remark) == (("112 of 940 contacts",), "12 rows of unknown people besides")
    assert [each.people for each in row.months] == ["fewer than 5", "38", "41, in a part of it"]
    assert part.title == "38 people in Aug 2026 came for something that no step serves: “store, <b>”"


def test_without_a_whole_month_the_days_are_said():
    """A quarter that has only begun is no month: then it is everybody, in the days there are."""
    short = replace(LUGGAGE, months=(Month(JULY, 64, False),), after_on=dt.date(2026, 7, 9))
    (row,) = service.build(replace(sample.data(), absent=(short,)), "stay").absent.rows
    assert (row.people, row.when) == ("64 people", "1 Jul to 8 Jul 2026")


def test_without_data_it_says_what_would_fill_it_and_without_a_journey_nothing():
    """Nothing can be absent from a journey that nobody has described."""
    assert "not found" in service.build(sample.data(), "stay").absent.fill
    assert service.build(with_luggage(), "spa").absent is None


def test_words_of_people_are_text_on_the_page():
    """Whatever many people wrote is no markup."""
    page = TestClient(create_app(with_luggage), base_url=BASE).get("/service/stay").text
    assert "“store, &lt;b&gt;”" in page
    assert "112 of 940 contacts" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_audit_lists_by_kind_what_the_page_of_the_service_counts():
    """The line below “What nobody measures” has the number and the sentence of the audit it leads to."""
    audit, line = coverage.build(sample.data(), "stay"), service.build(sample.data(), "stay").audit
    assert line.says == audit.title
    assert line.words.startswith(f"{audit.n_holes} things")
    assert sum(len(group.rows) for group in audit.groups) == audit.n_holes
    assert line.address == "/coverage/stay"
    assert coverage.build(sample.data(), "guest") is None
    assert [each.address for each in audit.groups[2].rows[0].where] == ["/service/stay/step/stay"]


def test_the_audit_as_a_table_has_a_row_for_each_hole():
    """What cannot be said is an empty cell."""
    page = coverage.build(sample.data(), "stay")
    sheet = coverage.PAGE.sheet(sample.data(), page)
    assert len(sheet.rows) == page.n_holes
    assert sheet.rows[-1][:6] == ("Rules that bind it", "Which rules bind it", None, None, None, None)
