"""The page of a step: its numbers are those of the results, and what is not measured is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pages import sample, sample_asked
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Step
from wholeservice.pages import service, step
from wholeservice.uncertainty import wilson
from wholeservice.units import SHARE, write

N_MONTHS = 3


@pytest.fixture(scope="module")
def asked():
    """The hotel with more of everything."""
    return sample_asked.data()


@pytest.fixture(scope="module")
def pay(asked):
    """The step at which most is known."""
    return step.build(asked, "stay", "pay")


def test_come_go_on_and_leave_over_the_quarter(pay):
    """Three months of 6,170 come, 4,970 of them go on each month: not the newest month, not the share of the first step."""
    came, reached = N_MONTHS * sample.REACHED["pay"], N_MONTHS * sample.REACHED["arrive"]
    spread = wilson(reached, came)
    come, on, leave = pay.flows
    assert come.written == f"{came:,}"
    assert on.written == write(reached / came, SHARE)
    assert on.range_written == f"{write(spread.low, SHARE)} to {write(spread.high, SHARE)}"
    assert leave.written == write(1 - reached / came, SHARE)
    assert leave.range_written == f"{write(1 - spread.high, SHARE)} to {write(1 - spread.low, SHARE)}"
    assert leave.note.startswith(f"{came - reached:,} fewer than came")
    assert pay.period.endswith("3 periods")


def test_the_same_numbers_stand_on_the_page_of_the_service(asked, pay):
    """The picture of the journey and the page of the step never disagree."""
    drawn = {each.id: each for each in service.build(asked, "stay").band.journey.drawing.steps}
    assert pay.flows[0].written == f"{drawn['pay'].people:,.0f}"
    assert pay.flows[1].written == write(drawn["arrive"].kept, SHARE)


def test_a_channel_is_summed_over_the_same_periods_or_shown_for_its_newest(pay):
    """The web has all three months; the app lacks one, so its newest stands alone; phone and desk are not measured."""
    by = {row.channel: row for row in pay.channels}
    assert list(by) == ["web", "app", "phone", "desk"]
    whole = sum(sample_asked.PAY_BY_WEB.values())
    assert by["web"].come.value == whole
    assert by["web"].reached.value == pytest.approx(whole / (whole + 3000))
    assert by["web"].reached.n == whole + 3000
    assert (by["app"].come.value, by["app"].come.period) == (700, "Dec 2026")
    assert by["phone"].come is None
    assert pay.channels_title == "4 channels; phone and desk not measured"


def test_what_is_over_time_is_what_is_stored(asked, pay):
    """Every measure with a number at the step, the newest month with its own."""
    stored = {name: asked.results.latest(name, "stay", step="pay").value.value for name in asked.measures
              if asked.results.series(name, "stay", step="pay")}  # fmt: skip
    assert {each.number.measure: each.number.value for each in pay.trends} == stored
    assert set(stored) == {"volume", "step-conversion", "satisfaction"}


def test_needs_rules_parts_and_findings_are_those_of_the_step(pay):
    """Only targets that name it; the part that serves it with its calls at this step and what it calls."""
    assert [(need.id, [each.verdict for each in need.targets]) for need in pay.needs] == [("fast", ["met"])]
    assert pay.policies == (("Check of papers", "/service/id-check"),)
    (part,) = pay.parts
    assert (part.title, part.team, part.works.value, part.at_step) == ("Payment page", "Booking team", 0.97, True)
    assert part.calls == (
        ("Card payments", "/service/cards", "can use another"), ("Cash desk", "/service/cash", "can use another"),
        ("Price build-up with a rather long name", "/service/prices", "needs it"),
    )  # fmt: skip
    assert [each.title for each in pay.findings] == ["More leave at Pay than before"]
    assert pay.lost == ("−4.3 pp of the −6.0 pp missing from “I want to know what I will pay” is felt here",)


def test_what_nobody_measures_there_is_listed(pay):
    """Channels without a number; how it feels is asked, though not by channel, and so is known."""
    assert [each.what for each in pay.unmeasured] == ["How many come by phone and desk"]


def test_an_unmeasured_step_has_no_number_and_says_so(asked):
    """“Stay” is not counted: no zero anywhere."""
    page = step.build(asked, "stay", "stay")
    assert page.says == "Nobody measures how many people come here"
    assert [each.written for each in page.flows] == [None, None, None]
    assert "How many people come here" in [each.what for each in page.unmeasured]


def test_where_the_journey_ends_nobody_leaves(asked):
    """The last step has no share that goes on; what cannot be true has no number of those who leave."""
    assert step.build(asked, "stay", "thanks").flows[2].why == "the journey ends here"
    leave = step.build(asked, "stay", "leave").flows[2]
    assert leave.written is None
    assert "cannot be true" in leave.why


def test_from_a_step_that_may_be_left_out_nobody_is_said_to_leave(asked):
    """Who gets no help still arrives: the step has no share that goes on, and is no end either."""
    stay = asked.organisation.entities["stay"]
    help_ = Step("help", "Get help", "optional", (Step("ask", "Ask"),))
    longer = replace(stay, journey=(*stay.journey[:3], help_, *stay.journey[3:]))
    org = replace(asked.organisation, entities=dict(asked.organisation.entities) | {"stay": longer})
    other = replace(asked, organisation=org, snapshot="optional")
    page = step.build(other, "stay", "ask")
    assert page.is_optional
    assert page.flows[2].why == "people may come past here or not, so nobody is counted on from it"
    assert step.build(other, "stay", "pay").flows[1].note == "14,910 reach “Arrive and get the key”"


def test_what_only_one_channel_counted_is_said(asked):
    """All steps are counted by web alone: the period says so."""
    rows = ((replace(cell, channel="web"), sums) for cell, sums in sample.rows() if cell.step)
    page = step.build(replace(asked, results=Results(asked.measures.values(), rows), snapshot="web only"), "stay", "pay")
    assert page.period.endswith("by web only, 3 periods")


def test_neighbours_are_linked_and_unknown_steps_are_none(asked, pay):
    """Before it Choose, after it Arrive."""
    assert (pay.before.address, [each.address for each in pay.after]) == (
        "/service/stay/step/choose", ["/service/stay/step/arrive"],
    )  # fmt: skip
    assert step.build(asked, "stay", "nowhere") is None
    assert step.build(asked, "spa", "pay") is None
    assert step.build(asked, "nowhere", "pay") is None
