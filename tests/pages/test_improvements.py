"""The pages of the improvement log: promised beside measured, daily ones in one line, and the band of a service."""

from __future__ import annotations

from dataclasses import replace

import pytest

from improvements.told import PAY, item, link, said
from wholeservice.improvements.log import read_log
from wholeservice.pages import finding, improvement, improvements, service
from wholeservice.pages.base import Data


@pytest.fixture
def told(data) -> Data:
    """The sample organisation with a log of five."""
    f101 = next(each for each in data.findings if not each.about_data)
    log = read_log(
        [item(id_, days) for days, id_ in enumerate(("HELPED", "HARMED", "OPEN", "SHUT", "SMALL"))],
        [
            said("HELPED", "improvement", "Ask once"), said("HELPED", "promise", PAY, 1, value=3.0, unit="pp"),
            said("HELPED", "verdict", "improved", 9, value=2.5, unit="pp", evidence=PAY), said("HELPED", "started", "x", 2),
            said("HELPED", "priority", "cost of delay", value=500.0, unit="EUR a week"),
            said("HELPED", "learnt", "At night, too", 8),
            said("HARMED", "promise", PAY, value=1.0, unit="pp"), said("HARMED", "started", "x", 3),
            said("HARMED", "verdict", "improved", 8, evidence=PAY), said("HARMED", "verdict", "worse", 9, value=-1.5, unit="pp",
                                                                         evidence="ease of stay"),
            said("HARMED", "priority", "cost of delay", value=900.0, unit="EUR a week"),
            said("OPEN", "promise", "completion of stay", value=1.0, unit="pp", evidence="scenario:now"),
            said("SHUT", "promise", PAY, value=1.0, unit="pp"), said("SHUT", "closed", "without evidence", 6),
        ],
        [link("item:HELPED", "improves", "step:stay.pay"), link("item:SMALL", "improves", "service:stay"),
         link("item:OPEN", "improves", "service:gone"), link("item:HELPED", "for", f"finding:{f101.code}.{f101.entity}"),
         link("item:HARMED", "for", "finding:F101.no-longer"), link("item:SHUT", "improves", "step:stay.pay")],
    )  # fmt: skip
    return replace(data, improvements=log, prioritised_by="cost of delay")


def test_the_log_sets_promised_beside_measured(told):
    """The dearest delay first; what lacks one comes after under a title of its own; effects carry their sign and unit."""
    page = improvements.build(told)
    assert [(group.title, [row.id for row in group.rows]) for group in page.groups] == [
        (None, ["HARMED", "HELPED"]), ("No cost of delay is given", ["SHUT", "OPEN"]),
    ]  # fmt: skip
    assert page.ordered == "Ordered by cost of delay: the workspace chose it."
    assert (
        page.title
        == "4 improvements promised a better number; of 2 that were judged, 1 surely helped; 1 was closed without evidence"
    )
    harmed, helped = page.groups[0].rows
    assert [(each.by, each.verdict, each.effect, each.tone) for each in helped.promises] == [
        ("better by 3 pp", "improved", "+2.5 pp", "gain"),
    ]  # fmt: skip
    assert [(each.by, each.verdict, each.effect, each.tone) for each in harmed.promises] == [
        ("better by 1 pp", "improved", None, "gain"), ("nothing promised", "worse", "−1.5 pp", "loss"),
    ]  # fmt: skip
    shut, unstarted = page.groups[1].rows
    assert (shut.state, shut.is_unproven, shut.promises[0].verdict) == ("closed without evidence", True, "never judged")
    assert (unstarted.state, unstarted.since) == ("not started", "written down on 3 Mar 2026")
    assert (unstarted.promises[0].verdict, unstarted.promises[0].source) == ("not started", "simulated: now")
    assert [(row.id, row.is_measured, row.promises) for row in page.daily] == [("SMALL", False, ())]


def test_what_was_closed_as_unclear_is_counted_as_that(told):
    """Evidence that does not tell is neither evidence that it helped nor none at all."""
    more = ([], [said("HARMED", "closed", "unclear", 20), said("OPEN", "closed", "unclear", 20)], [])
    page = improvements.build(replace(told, improvements=read_log(*more, known=told.improvements)))
    assert page.title.endswith("; 2 were closed as unclear; 1 was closed without evidence")


def test_places_and_findings_have_pages_while_they_are_there(told):
    """What is no longer declared, or no longer found, keeps its name and leads nowhere."""
    page = improvements.build(told)
    harmed, helped = page.groups[0].rows
    assert [each.address for each in helped.where] == ["/service/stay/step/pay"]
    assert helped.findings[0].address.startswith("/finding/")
    assert (harmed.findings[0].title, harmed.findings[0].address) == ("F101.no-longer, which is no longer found", None)
    unstarted = page.groups[1].rows[1]
    assert [(each.title, each.address) for each in unstarted.where] == [("service:gone", None)]


def test_the_sheet_has_a_row_for_each_promise_and_each_daily_one(told):
    """Numbers stay numbers: a promise of 3 pp is 3.0 beside its unit."""
    page = improvements.build(told)
    sheet = improvements.PAGE.sheet(told, page)
    assert [row[0] for row in sheet.rows] == ["HARMED", "HELPED", "SMALL", "SHUT", "OPEN"]
    assert all(len(row) == len(sheet.header) for row in sheet.rows)
    helped = dict(zip(sheet.header, sheet.rows[1], strict=True))
    assert (helped["better by"], helped["unit"], helped["verdict"], helped["priority"]) == (3.0, "pp", "improved", 500.0)


def test_the_page_of_one_says_all_that_was_said(told):
    """Its history has every entry, oldest first, and who else solved its like is what surely helped and did no harm."""
    page = improvement.build(told, "SHUT")
    assert page.closed == "without evidence, on 7 Mar 2026"
    assert [(each.improvement.id, each.why) for each in page.alike] == [
        ("HELPED", "at the same place; promised the same, completion, at a step"),
    ]  # fmt: skip
    helped = improvement.build(told, "HELPED")
    assert [each.question for each in helped.history] == [
        "What is changed", "Priority", "Promise", "Reached people", "Learnt", "Verdict",
    ]  # fmt: skip
    assert helped.learnt == ("At night, too",)
    assert improvement.build(told, "NOBODY") is None


def test_a_finding_says_what_is_done_about_it(told):
    """Improvements that name it stand on its page; another finding has none of them."""
    number = next(number for number, each in enumerate(told.findings, 1) if not each.about_data)
    page = finding.build(told, str(number))
    assert [row.id for row in page.improvements] == ["HELPED"]
    others = [finding.build(told, str(each)) for each in range(1, len(told.findings) + 1)]
    assert [each.improvements for each in others if each.name != page.name and each.improvements] == []


def test_the_band_of_a_service_has_what_touches_it(told):
    """At it, at its steps, or promised for a number of it; another service has none of them."""
    band = service.build(told, "stay").improvements
    assert {row.id for row in band.promised} == {"HELPED", "HARMED", "OPEN", "SHUT"}
    assert [row.id for row in band.daily] == ["SMALL"]
    other = service.build(told, "night-desk").improvements
    assert (other.promised, other.title) == ((), "Nothing that we change has promised anything that can be measured")
