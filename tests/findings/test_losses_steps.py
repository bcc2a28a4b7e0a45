"""The map of counts per step: exact between steps, and silent about what lies behind them."""

import datetime as dt

import pytest

from wholeservice.findings.losses import LossMap
from wholeservice.findings.step_losses import trace_steps
from wholeservice.measures.base import Cell, Statistics
from wholeservice.organisation.graph import Step
from wholeservice.periods import Period
from wholeservice.units import SHARE

START = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
END = START + dt.timedelta(days=7)
ASKED = LossMap("s", "need", "completion >= 80%", SHARE, 1, 0.8, 0.5, 0.3, None, 1000, Period(START, END))
JOURNEY = (Step("find", "Find"), Step("extras", "Extras", "optional"), Step("pay", "Pay"), Step("done", "Done"))


def counted(**reached):
    """*step*=(people at it, people at the step before)."""
    return [
        (Cell("step-conversion", "s", START, END, "calendar", step), Statistics(n=before, numerator=at, denominator=before))
        for step, (at, before) in reached.items()
    ]


def test_each_step_loses_those_who_did_not_come_to_the_next():
    """1000 found, 700 paid, 500 were done: 30 points are lost at finding and 20 at paying; extras may be skipped."""
    found = trace_steps(ASKED, JOURNEY, counted(extras=(100, 1000), pay=(700, 1000), done=(500, 700)))
    assert {box.id: box.not_traced for box in found.boxes} == pytest.approx({"find": 0.3, "pay": 0.2})
    assert (found.top, found.unexplained, dict(found.by_rung)["untraced"]) == ((), 0.3, 1.0)
    assert found.missing[0].could_explain == pytest.approx(0.5)


def test_more_people_than_came_lose_nobody():
    """A counter that started late shows more people at the end than before it: a finding about the data, not a loss below 0."""
    found = trace_steps(ASKED, JOURNEY, counted(pay=(700, 1000), done=(900, 700)))
    assert {box.id: box.flow_in for box in found.boxes} == pytest.approx({"find": 0.3, "pay": 0.0})


def test_steps_that_nobody_counted_draw_no_map():
    """Without counts there is a reason, not an empty drawing."""
    assert trace_steps(ASKED, JOURNEY, []).why_no_map == "the steps before the end were not counted in this period"
