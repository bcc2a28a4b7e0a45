"""Which number a target is held against, and how far it lies from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from findings.cases import MEASURES, cell_of
from wholeservice.findings.base import Facts
from wholeservice.findings.target_missed import check
from wholeservice.findings.target_result import result_of
from wholeservice.measures.base import Measure, Statistics, Value
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Need
from wholeservice.organisation.load import load_texts
from wholeservice.organisation.targets import parse_target
from wholeservice.uncertainty import Interval
from wholeservice.units import POINTS, SCORE, Unit


def spread_of_a_tenth(sums: Statistics) -> Value:
    return Value(sums.numerator, Interval(sums.numerator - 0.1, sums.numerator + 0.1, "by hand"), sums.n)


def plain(name: str, unit: Unit) -> Measure:
    return Measure(name, name.title(), unit, "higher", (), lambda facts: (), spread_of_a_tenth)


MORE = (*MEASURES, plain("ease", POINTS), plain("usability", SCORE), plain("cost", Unit("money", "", "money")))


def held_against(target: str, *rows, zone: str = "UTC"):
    need = Need("easy", "stay", "Be easy", targets=(parse_target(target),))
    return result_of(Results(MORE, rows), need, need.targets[0], zone)


def row(measure: str, period: str, value: float, n: float = 100, **where):
    return cell_of(measure, "stay", period, **where), Statistics(n=n, numerator=value, denominator=n)


@pytest.mark.parametrize(
    ("window", "chosen"),
    [
        ("7d", "week"),
        ("28d", "week"),  # a month is longer than 28 days
        ("29d", "month"),  # whole months count as 30.4 days, and 5 % of slack makes a month do for 29
        ("30d", "month"),
        ("90d", "quarter"),
        ("365d", "year"),
        ("364d", "year"),
        ("1d", "week"),  # nothing is short enough: the shortest there is
    ],
)
def test_the_longest_period_that_is_not_longer(window, chosen):
    """Of week, month, quarter and year the longest that fits into the window; the shortest when none fits."""
    periods = {"week": "2026-03-02..2026-03-09", "month": "2026-02", "quarter": "2026-Q1", "year": "2025"}
    rows = [row("ease", period, index) for index, period in enumerate(periods.values())]
    found = held_against(f"ease >= 4 over {window}", *rows)
    assert list(periods)[round(found.point.value.value)] == chosen
    assert found.is_own_window == (window in ("7d", "30d", "365d"))


def test_of_alike_periods_the_newest():
    """February is no shorter than March, and the newest month is taken whatever its length."""
    months = [row("ease", f"2026-0{month}", month) for month in (1, 3, 2)]
    assert held_against("ease >= 4 over 30d", *months).point.value.value == 3


def test_a_rolling_window_of_another_length_is_not_the_own_window():
    """28 days asked and 20 rolling days there: taken as the longest within, but it is said."""
    found = held_against("ease >= 4 over 28d", row("ease", "2026-03-01..2026-03-21", 1, window="rolling"))
    assert not found.is_own_window


def test_summer_time_does_not_make_a_window_shorter():
    """Four weeks over the change to summer time are 28 civil days, though an hour is missing."""
    found = held_against(
        "ease >= 4 over 28d",
        row("ease", "2026-03-09..2026-04-06", 1, window="rolling", zone="Europe/London"),
        zone="Europe/London",
    )
    assert found.is_own_window


def test_a_period_without_a_number_is_not_taken():
    """The newest period has nothing in it: the one before is held against the target."""
    months = [row("completion", "2026-02", 50), (cell_of("completion", "stay", "2026-03"), Statistics())]
    assert held_against("completion >= 90% over 30d", *months).point.value.value == 0.5


@pytest.mark.parametrize(
    ("target", "level"),
    [
        ("completion >= 90% over 30d", 0.9),
        ("completion >= 4.5 of 5 over 30d", 0.875),  # (4.5 - 1) / (5 - 1)
        ("ease >= 4.5 of 5 over 30d", 4.5),
        ("usability >= 68 over 30d", 68),
        ("cost <= 1.10 EUR over 30d", 1.10),
    ],
)
def test_the_level_is_put_into_the_unit_of_the_number(target, level):
    """A share stays a share, a place on a scale from 1 becomes a share of the scale, money keeps its currency."""
    measure = parse_target(target).measure
    found = held_against(target, row(measure, "2026-02", 50, currency="EUR" if measure == "cost" else None))
    assert found.level == pytest.approx(level)


@pytest.mark.parametrize(
    "target",
    ["completion >= 90s over 30d", "cost <= 1.10 GBP over 30d", "cost <= 90% over 30d", "completion >= 1 of 1 over 30d"],
)
def test_what_cannot_be_compared_is_not_judged(target):
    """A time is not held against a share, nor pounds against euros, and a scale from 1 to 1 is none."""
    measure = parse_target(target).measure
    assert held_against(target, row(measure, "2026-02", 50, currency="EUR")) is None


@pytest.mark.parametrize(
    ("target", "gap", "low", "high"), [("ease >= 4 over 30d", 1, 0.9, 1.1), ("ease <= 2 over 30d", 1, 0.9, 1.1)]
)
def test_the_gap_is_positive_when_it_is_missed(target, gap, low, high):
    """3 against at least 4, and 3 against at most 2, are both missed by 1."""
    found = held_against(target, row("ease", "2026-02", 3))
    assert (found.gap, found.gap_interval.low, found.gap_interval.high) == pytest.approx((gap, low, high))
    assert found.is_missed


def test_answers_on_a_scale_are_points_and_not_people():
    """A number that comes with a histogram, or of answers, is never multiplied with how many came."""
    text = (
        "org: { name: L, purpose: P, north-star: N }\nservices: { stay: { needs: { easy: { says: E, targets: [ %s ] } } } }\n"
    )
    organisation, _ = load_texts({"organisation/x.yaml": text % "completion >= 90% over 30d"})
    volume = (cell_of("volume", "stay", "2026-02"), Statistics(n=2800, numerator=2800))
    as_of = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    people = {}
    for name, histogram in (("score", (0.0, 100.0)), ("share", ()), ("answers", ())):
        measures = [replace(each, needs=(name,)) for each in MEASURES]
        number = (cell_of("completion", "stay", "2026-02"), Statistics(100, 50, 100, histogram=histogram))
        found = list(check(Facts(organisation, Results(measures, [number, volume]), "UTC", as_of, {})))
        people[name] = found[0].people
    assert people == {"score": None, "answers": None, "share": pytest.approx(0.4 * 2800)}
