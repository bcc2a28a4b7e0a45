"""The improvement log of the example: its words refer to what is there, and its days lie in the simulated summer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from wholeservice.app.declared import measure_words
from wholeservice.improvements.base import WITHOUT_EVIDENCE
from wholeservice.improvements.entries import facts_of
from wholeservice.improvements.log import read_log
from wholeservice.improvements.numbers import change_units
from wholeservice.improvements.places import place_at
from wholeservice.improvements.priorities import order
from wholeservice.organisation.load import load
from wholeservice.simulation.changed_world import MENDED
from wholeservice.simulation.improvements_told import told_improvements
from wholeservice.simulation.world import STARTS_ON

STAYLINE = Path(__file__).resolve().parents[2] / "examples" / "stayline"
LOG = read_log(*facts_of(told_improvements("Europe/Amsterdam")))


def test_everything_it_names_is_declared():
    """Every place, number and unit stands for something; a log that `improve add` would refuse is no example."""
    organisation, units = load(STAYLINE)[0], measure_words()
    assert [reference for each in LOG for reference in each.where if place_at(organisation, reference) is None] == []
    numbers = [*(promise.number for each in LOG for promise in each.promises), *(one for each in LOG for one in each.judged_by)]
    assert [each for each in numbers if each.entity not in organisation.entities or each.measure not in units] == []
    assert all(promise.unit in change_units(units[promise.number.measure]) for each in LOG for promise in each.promises)


def test_it_is_a_log_as_people_keep_one():
    """Promised and daily ones, one that was closed without evidence, one that came from a finding; the dearest delay first."""
    assert [each.sort for each in LOG] == ["promised", "daily", *["promised"] * 4, "daily", "promised"]
    assert [each.id for each in LOG if each.closed == WITHOUT_EVIDENCE] == ["IMP-1"]
    assert [each.findings for each in LOG if each.findings] == [("finding:F101.book-and-stay",)]
    assert [each.id for each, _ in order(LOG, "cost of delay").groups[0].rows] == [
        "IMP-8",
        "IMP-4",
        "IMP-3",
        "IMP-6",
        "IMP-5",
        "IMP-1",
    ]


def test_what_was_mended_is_told_with_its_number_and_its_day():
    """What the world planted reached people on the day of the log, and is the number that was promised."""
    by_id = {each.id: each for each in LOG}
    for each in MENDED:
        told = by_id[each.improvement]
        assert [promise.number for promise in told.promises] == [each.number]
        assert told.started_at.astimezone(ZoneInfo("Europe/Amsterdam")).date() == STARTS_ON + dt.timedelta(days=each.on_day)


def test_its_days_lie_in_the_simulated_summer():
    """Nobody writes of days that were not simulated, and it starts on the days the world knows of."""
    first, last = STARTS_ON, STARTS_ON + dt.timedelta(days=84)
    days = [(entry.said_at or entry.at).date() for each in LOG for entry in each.entries]
    assert all(first <= day < last for day in days)
    (prices,) = [entry for each in LOG for entry in each.entries if entry.evidence == "prices@44"]
    assert prices.says == str(STARTS_ON + dt.timedelta(days=44))
