"""The usual mistakes give another number than ours, on data chosen so that right and wrong never coincide."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Statistics
from wholeservice.measures.compute import compute
from wholeservice.measures.results import Point, Results
from wholeservice.organisation.graph import Organisation
from wholeservice.periods import ROLLING

HOUR = dt.timedelta(hours=1)
JANUARY = {"from_at": at("2026-01-01"), "to_at": at("2026-02-01"), "window": "calendar", "statistic": "count"}


def measured(name: str, tallies: list[dict[str, Any]], known: Organisation) -> Results:
    measure = next(each for each in MEASURES if each.name == name)
    engine = prepared(engine_with(tallies=[{**JANUARY, **row} for row in tallies]), known, measure.needs)
    return Results(MEASURES, compute(engine, known, zone="UTC", source_order=["test"], measures=[measure]))


def number(point: Point | None) -> float:
    assert point
    assert point.value.value is not None
    return point.value.value


def test_an_average_of_averages_is_another_number():
    """One use at £101 and 99 at £1 cost £2 each, not £51."""
    known = organisation(service("dear"), service("cheap"))
    rows = [
        {"entity": name, "of": of, "value": value, "statistic": "count" if of == "transactions" else "mean"}
        for name, uses, cost in (("dear", 1, 101), ("cheap", 99, 1))
        for of, value in (("transactions", uses), ("costs", cost))
    ]
    found = measured("cost-per-transaction", rows, known)
    wrong = sum(number(found.latest("cost-per-transaction", name)) for name in ("dear", "cheap")) / 2
    assert (number(found.latest("cost-per-transaction", known.name)), wrong) == (2, 51)


def test_rolling_windows_are_never_summed():
    """Two rolling years that share nine months stay two points of one series; their sum appears nowhere."""
    years = [("2025-01-01", "2026-01-01", 1200), ("2025-04-01", "2026-04-01", 1300)]
    rows = [
        {"entity": "a", "of": "transactions", "value": value, "from_at": at(first), "to_at": at(after), "window": ROLLING}
        for first, after, value in years
    ]
    known = organisation(service("a", parent="unit"), service("unit", kind="unit"))
    found = measured("volume", rows, known)
    for entity in ("a", "unit", known.name):
        assert [number(point) for point in found.series("volume", entity)] == [1200, 1300]
        assert 2500 not in {sums.numerator for _, sums in found.rows("volume", entity)}


def test_overlapping_windows_say_nothing_of_variation():
    """Four windows that step by a month but last three hold one independent step: no interval is made of them."""
    rows = [
        {"entity": "a", "of": "transactions", "value": 100 + month, "window": ROLLING,
         "from_at": at(f"2026-0{month}-01"), "to_at": at(f"2026-0{month + 3}-01")}
        for month in range(1, 5)
    ]  # fmt: skip
    newest = measured("volume", rows, organisation(service("a"))).latest("volume", "a")
    assert newest
    assert newest.value.interval is None


def test_a_missing_number_read_as_0_is_another_number():
    """A service that stopped reporting leaves take-up at 90 % and lowers coverage; as a 0 it would be 45 %."""
    rows = [
        {"entity": "a", "of": "transactions", "value": 100},
        {"entity": "a", "of": "transactions", "value": 90, "channel": "digital"},
        {"entity": "b", "of": "transactions", "value": 100},
        {"entity": "b", "of": "transactions", "value": None, "channel": "digital"},
    ]
    known = organisation(service("a"), service("b"))
    point = measured("channel-take-up", rows, known).latest("channel-take-up", known.name)
    wrong = sum(row["value"] or 0 for row in rows if "channel" in row) / 200
    assert (number(point), wrong) == (0.9, 0.45)
    assert point
    assert (point.statistics.reporting, point.statistics.expected) == (1, 2)


def test_a_child_counted_twice_is_another_number():
    """The parent's 10 already hold the child's 4: above them stand 10, not 14."""
    known = organisation(service("unit", kind="unit"), service("parent", parent="unit"), service("child", parent="parent"))
    rows = [{"entity": name, "of": "transactions", "value": value} for name, value in (("parent", 10), ("child", 4))]
    found = measured("volume", rows, known)
    assert [number(found.latest("volume", name)) for name in ("parent", "unit", known.name)] == [10, 10, 10]


def test_an_optional_step_as_base_is_another_number():
    """A tenth ask for help and half pay: pay is 50 % of find, not 500 % of help, and finishing is no product of the two."""
    rows = [
        {"entity": "a", "of": "visits", "step": step, "value": value}
        for step, value in (("find", 200), ("help", 20), ("pay", 100))
    ]
    known = organisation(service("a", "find help? pay"))
    found = measured("step-conversion", rows, known)
    assert number(found.latest("step-conversion", "a", step="pay")) == 0.5
    assert number(found.latest("step-conversion", "a", step="help")) == 0.1


def test_two_sources_added_is_another_number():
    """The register says 100 and the website 90 of the same January: 100, not 190, and the difference is told."""
    known = organisation(service("a"))
    rows = [
        {**JANUARY, "entity": "a", "of": "transactions", "value": value, "source": source}
        for source, value in (("z", 100), ("b", 90))
    ]
    engine = prepared(engine_with(tallies=rows), known, ["tallied", "attempts", "visits", "reached", "disagreements"])
    volume = [each for each in MEASURES if each.name == "volume"]
    found = Results(MEASURES, compute(engine, known, zone="UTC", source_order=["z", "b"], measures=volume))
    assert number(found.latest("volume", "a")) == 100
    (told,) = engine.run(engine.table("disagreements")).to_pylist()
    assert (told["source_a"], told["value_a"], told["source_b"], told["value_b"]) == ("b", 90, "z", 100)


def told_and_kept(rows: list[dict[str, Any]], known: Organisation) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the disagreements among tallies, and the tallies that are left to be used."""
    engine = prepared(engine_with(tallies=rows), known, ["tallied", "disagreements"])
    told, kept = (engine.run(engine.table(name)).to_pylist() for name in ("disagreements", "tallied"))
    return told, kept


def test_two_rows_of_one_source_are_told_and_none_is_chosen():
    """Two foreign names of one service disagree: neither 5, 7 nor 12 is known. A later reading of a record is a revision."""
    known = organisation(service("a"), aliases={"shop": "a"})
    row = {**JANUARY, "of": "transactions"}
    rows = [{**row, "entity": "a", "value": 5, "record": "r1"}, {**row, "entity": "Shop", "value": 7, "record": "r2"}]
    (told,), kept = told_and_kept(rows, known)
    assert (told["source_a"], told["value_a"], told["source_b"], told["value_b"]) == ("test: r1/0", 5, "test: r2/0", 7)
    assert kept == []
    later = {**row, "entity": "a", "value": 9, "record": "r1", "known_at": at("2026-03-01")}
    told, (kept_one,) = told_and_kept([rows[0], later], known)
    assert (told, kept_one["value"]) == ([], 9)
    told, (kept_one,) = told_and_kept([rows[0], {**rows[1], "value": 5, "known_at": at("2026-03-01")}], known)
    assert (told, kept_one["value"]) == ([], 5)


def test_of_three_records_the_last_does_not_win_silently():
    """10, 20 and 5 of one January are 35, 20 or 5: no number, and the two farthest apart are told, whenever they were read."""
    rows = [
        {**JANUARY, "entity": "a", "of": "transactions", "value": value, "known_at": at(f"2026-02-0{day}")}
        for day, value in ((1, 10), (2, 20), (3, 5))
    ]
    told, kept = told_and_kept(rows, organisation(service("a")))
    assert [{each["value_a"], each["value_b"]} for each in told] == [{5, 20}]
    assert kept == []


def test_a_thousand_records_of_one_day_are_told_once():
    """Delays of single flights given as tallies of one day: no number, and one row about it instead of half a million."""
    rows = [{**JANUARY, "entity": "a", "of": "delay", "value": value, "record": f"r{value:04}"} for value in range(1000)]
    (told,), kept = told_and_kept(rows, organisation(service("a")))
    assert {told["value_a"], told["value_b"]} == {0, 999}
    assert kept == []


@pytest.mark.parametrize(
    ("one", "other", "told_of"),
    [
        ({"statistic": "mean", "value": 4, "denominator": 10}, {"statistic": "mean", "value": 4, "denominator": 90}, (10, 90)),
        (
            {"statistic": "histogram", "value": None, "histogram": [1, 2, 3]},
            {"statistic": "histogram", "value": None, "histogram": [1, 3, 2]},
            (2, 3),
        ),
    ],
    ids=["denominator", "histogram"],
)
def test_records_with_one_value_may_still_disagree(one, other, told_of):
    """The same mean over 10 and over 90, or as many answers spread otherwise: no number, and what differs is told."""
    rows = [{**JANUARY, "entity": "a", "of": "answers", **each} for each in (one, other)]
    (told,), kept = told_and_kept(rows, organisation(service("a")))
    assert (told["value_a"], told["value_b"]) == told_of
    assert kept == []


@pytest.mark.parametrize(("numerator", "is_kept"), [(100.9, True), (102, False), (98, False)])
def test_a_mean_that_contradicts_its_numerator_is_no_number(numerator, is_kept):
    """A mean of 10 over 10 is 100 in all, give or take a rounding; 102 is another mean, and neither of the two is known."""
    row = {**JANUARY, "entity": "a", "of": "costs", "statistic": "mean", "value": 10, "denominator": 10, "currency": "EUR"}
    told, kept = told_and_kept([{**row, "numerator": numerator}], organisation(service("a")))
    assert [each["value_b"] for each in told] == ([] if is_kept else [pytest.approx(numerator / 10)])
    assert [each["value"] for each in kept] == ([10] if is_kept else [])


def test_money_billed_and_effective_is_not_paid_twice():
    """One charge of 30 billed and 20 effective over two uses costs 10 each, not 25."""
    month = {"entity": "a", "from_on": dt.date(2026, 1, 1), "to_on": dt.date(2026, 2, 1), "flow": "spent", "currency": "EUR"}
    money = [{**month, "kind": kind, "amount": amount} for kind, amount in (("billed", 30), ("effective", 20))]
    seen = [{"happened_at": at(f"2026-01-0{day}"), "service": "a", "attempt": str(day), "step": "pay"} for day in (5, 6)]
    known = organisation(service("a", "find pay"))
    measure = next(each for each in MEASURES if each.name == "cost-per-transaction")
    engine = prepared(engine_with(money=money, interactions=seen), known, measure.needs)
    found = Results(MEASURES, compute(engine, known, zone="UTC", source_order=[], measures=[measure]))
    assert number(found.latest(measure.name, "a")) == 10


def test_hours_that_nobody_adds_up_are_another_number():
    """Two days of 24 hours of one each are two days of 24, not 48 points of 1; a day of 23 hours counted is no day."""
    hours = [at("2026-01-05") + dt.timedelta(hours=hour) for hour in range(71)]
    rows = [{"entity": "a", "of": "transactions", "value": 1, "from_at": each, "to_at": each + HOUR} for each in hours]
    found = measured("volume", rows, organisation(service("a")))
    assert [(point.cell.from_at, number(point)) for point in found.series("volume", "a")] == [
        (at("2026-01-05"), 24),
        (at("2026-01-06"), 24),
    ]
    alone = measured("volume", rows[:5], organisation(service("a")))
    assert [number(point) for point in alone.series("volume", "a")] == [1] * 5


def test_clusters_read_as_single_units_are_too_sure():
    """Ten attempts of each of ten people, each always alike: the interval is that of ten, not of a hundred."""
    alike = Statistics(n=100, numerator=50, denominator=100, clusters=10, cluster_aa=500, cluster_ab=500, cluster_bb=1000)
    finish = next(each.finish for each in MEASURES if each.name == "completion")
    clustered, plain = (
        finish(alike).interval,
        finish(Statistics(100, 50, 100, clusters=100, cluster_aa=50, cluster_ab=50, cluster_bb=100)).interval,
    )
    assert clustered
    assert plain
    assert clustered.high - clustered.low > 3 * (plain.high - plain.low)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_nothing_counted_gives_no_value_and_says_why(measure):
    """An empty denominator is never a 0."""
    value = measure.finish(Statistics())
    assert (value.value, value.interval) == (None, None)
    assert value.why_missing


def test_a_cut_off_month_is_no_fall_in_volume():
    """Two whole months of 31 and 28 visits and three days of the next: no third point."""
    days = [at(f"2026-0{month}-{day:02}") for month, n_days in ((1, 31), (2, 28), (3, 3)) for day in range(1, n_days + 1)]
    known = organisation(service("a"))
    rows = [{"happened_at": day, "service": "a", "consumer": f"c{number}"} for number, day in enumerate(days)]
    volume = next(each for each in MEASURES if each.name == "volume")
    engine = prepared(engine_with(interactions=rows), known, volume.needs)
    found = Results(MEASURES, compute(engine, known, zone="UTC", source_order=[], measures=[volume]))
    assert [number(point) for point in found.series("volume", "a", days=30)] == [31, 28]
