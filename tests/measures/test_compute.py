"""Which periods are computed, what adds up, and that stored rows come back as they were."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.compute import compute, event_periods, extent, from_arrow, to_arrow, with_facts
from wholeservice.measures.results import Results
from wholeservice.measures.roll_up import roll_up
from wholeservice.organisation.graph import Need, Target
from wholeservice.periods import CALENDAR, ROLLING, Period
from wholeservice.units import SHARE, Amount

COMPLETION = next(each for each in MEASURES if each.name == "completion")


def events(*days: str):
    rows = [
        {"happened_at": at(day), "service": "shop", "consumer": f"c{number}", "step": "pay"} for number, day in enumerate(days)
    ]
    return prepared(engine_with(interactions=rows), organisation(service("shop", "find pay")), COMPLETION.needs)


def test_only_whole_weeks_count_and_windows_end_at_the_newest_complete_day():
    """The 20th is only half seen: its week is left out, the windows of a week end before it and step back without overlap.

    No whole month is covered, so the one the events touch is given.
    """
    periods = event_periods(extent(events("2026-01-05", "2026-01-20 12:00"), "UTC"), "UTC", {7})
    assert [each for each in periods if each.window == CALENDAR] == [
        Period(at("2026-01-01"), at("2026-02-01")),
        *(Period(at(f"2026-01-{day:02}"), at(f"2026-01-{day + 7:02}")) for day in (5, 12)),
    ]
    assert [each for each in periods if each.window == ROLLING] == [
        Period(at(f"2026-01-{day:02}"), at(f"2026-01-{day + 7:02}"), ROLLING) for day in (13, 6)
    ]


def test_a_day_seen_in_its_last_hour_is_complete():
    """At 23:10 in Amsterdam the day is complete; at 23:10 UTC in winter it is already the next one."""
    assert extent(events("2026-01-05", "2026-01-20 22:10"), "Europe/Amsterdam").complete_on == dt.date(2026, 1, 21)
    assert extent(events("2026-01-05", "2026-01-20 22:10"), "UTC").complete_on == dt.date(2026, 1, 20)
    assert extent(events("2026-01-05", "2026-01-20 23:10"), "Europe/Amsterdam").complete_on == dt.date(2026, 1, 21)


def test_windows_are_civil_days_also_over_a_change_of_clocks():
    """A window of 7 days over 29 March 2026 in Amsterdam begins and ends at midnight there and lasts 167 hours."""
    periods = event_periods(extent(events("2026-03-20", "2026-03-31 21:30"), "Europe/Amsterdam"), "Europe/Amsterdam", {7})
    (window,) = [each for each in periods if each.window == ROLLING]
    assert (window.from_at, window.to_at) == (at("2026-03-24 23:00"), at("2026-03-31 22:00"))


def test_targets_name_the_windows():
    """A need over 3 days gives rolling windows of 3 days; without needs there are none."""
    target = Target("", "completion", ">=", Amount(0.9, SHARE), 3)
    known = organisation(service("shop", "find pay"), needs=(Need("n", "shop", "", targets=(target,)),))
    engine = events("2026-01-05", "2026-01-06", "2026-01-09 12:00")
    rows = compute(engine, known, zone="UTC", source_order=[], measures=[COMPLETION])
    rolling = {(cell.from_at, cell.to_at) for cell, _ in rows if cell.window == ROLLING}
    assert rolling == {(at("2026-01-06"), at("2026-01-09"))}
    rows = compute(engine, known, zone="UTC", source_order=[], targets=(), measures=[COMPLETION])
    assert {cell.window for cell, _ in rows} == {CALENDAR}


def test_hours_of_calls_are_told_for_rolling_windows_only():
    """Only the windows that targets ask for have a number of each hour: 1 of 2 calls worked at ten, 1 of 1 at four."""
    target = Target("", "success", ">=", Amount(0.9, SHARE), 2)
    known = organisation(service("shop"), needs=(Need("n", "shop", "", targets=(target,)),))
    calls = [
        ("2026-01-05 10:00", True),
        ("2026-01-06 10:59:59", False),
        ("2026-01-06 16:00", False),
        ("2026-01-06 23:30", False),
    ]
    rows = [
        {"started_at": at(when), "service": "shop", "trace": when, "failed": failed, "duration_s": 1.0}
        for when, failed in calls
    ]
    measures = [each for each in MEASURES if each.name in ("success", "response-time")]
    found = dict(compute(engine_with(calls=rows), known, zone="UTC", source_order=[], measures=measures))
    hours = {
        (cell.measure, cell.segment): (sums.numerator, sums.n)
        for cell, sums in found.items()
        if cell.segment and cell.entity == "shop"
    }
    assert {cell.window for cell in found if cell.segment} == {ROLLING}
    assert hours[("success", "hour:10")] == (1, 2)
    assert hours[("success", "hour:16")] == hours[("response-time", "hour:10")] == (1, 1)
    assert len(hours) == 6


def test_without_any_facts_there_is_nothing():
    """An empty store gives no rows and no error."""
    assert compute(engine_with(), organisation(service("shop")), zone="UTC", source_order=[]) == []


def test_a_measure_without_a_table_it_cannot_do_without_is_not_asked():
    """Attempts without money or tallies are no costs: of three measures that need attempts, two are summed."""
    engine = events("2026-01-05", "2026-01-06")
    asked = [each for each in MEASURES if each.name in ("completion", "channel-take-up", "cost-per-transaction")]
    assert [each.name for each in with_facts(engine, asked)] == ["channel-take-up", "completion"]


def test_stored_rows_come_back_as_they_were():
    """Cells, sums and histograms survive being written down."""
    month = (at("2026-01-01"), at("2026-02-01"))
    rows = [
        (Cell("satisfaction", "a", *month, CALENDAR, "pay", "web", None, "GBP"), Statistics(3, 2, 3, histogram=(1, 2))),
        (Cell("volume", "b", *month, ROLLING), Statistics(1.5, reporting=1, expected=2)),
    ]
    assert from_arrow(to_arrow(rows)) == rows
    assert from_arrow(to_arrow([])) == []


def test_steps_stay_with_their_journey():
    """A step's number is not added to what holds the service: another service's pay is another step."""
    cell = Cell("step-conversion", "shop", at("2026-01-01"), at("2026-02-01"), CALENDAR, "pay")
    known = organisation(service("shop", parent="unit"), service("unit", kind="unit"))
    assert [cell.entity for cell, _ in roll_up([(cell, Statistics(1, 1, 1))], known)] == ["shop"]


def test_a_circle_of_parents_ends():
    """Two units that hold each other are a mistake in the declaration, not an endless loop."""
    known = organisation(
        service("shop", parent="a"), service("a", kind="unit", parent="b"), service("b", kind="unit", parent="a")
    )
    cell = Cell("volume", "shop", at("2026-01-01"), at("2026-02-01"), CALENDAR)
    found = {cell.entity: sums.numerator for cell, sums in roll_up([(cell, Statistics(1, 5, 1))], known)}
    assert found == {"shop": 5, "a": 5, "b": 5, known.name: 5}


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 100), min_size=1),
    st.lists(st.sampled_from("uvw"), min_size=6, max_size=6),
)
def test_the_sum_of_the_parts_is_the_whole(numbers: dict[str, int], homes: list[str]):
    """Whatever tree the services stand in, the units add up to the organisation, and coverage is never above 1."""
    units = [service(name, kind="unit") for name in "uvw"]
    services = [service(name, parent=home) for name, home in zip("abcdef", homes, strict=True)]
    known = organisation(*units, *services)
    month = (at("2026-01-01"), at("2026-02-01"), CALENDAR)
    rows = [(Cell("volume", name, *month), Statistics(number, number)) for name, number in numbers.items()]
    found = {cell.entity: sums for cell, sums in roll_up(rows, known)}
    whole = found[known.name]
    assert whole.numerator == sum(numbers.values()) == sum(found[unit].numerator for unit in "uvw" if unit in found)
    assert (whole.reporting, whole.expected) == (len(numbers), 6)


def test_a_series_never_mixes_calendar_and_rolling():
    """Asked for calendar windows of 7 days, the rolling ones of the same length stay out."""
    known = organisation(service("shop", "find pay"))
    engine = events("2026-01-05", "2026-01-07", "2026-01-20 12:00")
    target = Target("", "completion", ">=", Amount(0.9, SHARE), 7)
    rows = compute(engine, known, zone="UTC", source_order=[], targets=[target], measures=[COMPLETION])
    points = Results(MEASURES, rows).series("completion", "shop", days=7, window=CALENDAR)
    assert {point.cell.from_at.isoweekday() for point in points} == {1}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_help_pages_say_what_they_must(measure):
    """The help of every measure has its formula, unit, what it counts and leaves out, and the source; no two have the same."""
    page = measure.help
    assert [each.name for each in MEASURES if each.help == page] == [measure.name]
    assert all(word in page for word in ("Formula", "Unit", "Grain", "Counts", "Leaves out", "Source"))


def test_an_interval_holds_only_what_can_be():
    """Take-up that jumps between 20 % and 95 % varies beyond 100 %; the interval ends there."""
    months = [("2026-01-01", "2026-02-01", 20), ("2026-02-01", "2026-03-01", 95), ("2026-03-01", "2026-04-01", 30)]
    months.append(("2026-04-01", "2026-05-01", 90))
    rows = [
        (Cell("channel-take-up", "a", at(first), at(after), CALENDAR), Statistics(100, digital, 100, reporting=1))
        for first, after, digital in months
    ]
    newest = Results(MEASURES, rows).latest("channel-take-up", "a")
    assert newest
    assert newest.value.interval
    assert (newest.value.interval.low, newest.value.interval.high) == (0, 1)
