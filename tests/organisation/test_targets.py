"""Targets: what they say and how they are read."""

from __future__ import annotations

import datetime as dt

import pytest

from wholeservice.errors import Problem
from wholeservice.organisation.graph import Target
from wholeservice.organisation.targets import parse_target


def read(text: str) -> Target:
    target = parse_target(text)
    assert isinstance(target, Target), target
    return target


def test_a_target_with_everything():
    """Every piece of the grammar lands in its field."""
    target = read("p95 search-time < 800ms over 4w @ find in app for guest from 2026-01-01")
    assert (target.quantile, target.measure, target.op, target.direction) == (0.95, "search-time", "<", -1)
    assert (target.level.number, target.window_days) == (0.8, 28)
    assert (target.step, target.channel, target.consumer, target.from_on) == ("find", "app", "guest", dt.date(2026, 1, 1))


def test_a_target_with_the_least():
    """Measure, operator, level and window are enough; the rest is not said."""
    target = read("completion>=90% over 28d")
    assert (target.measure, target.level.number, target.direction, target.quantile) == ("completion", 0.9, 1, None)
    assert (target.step, target.channel, target.consumer, target.from_on) == (None, None, None, None)


@pytest.mark.parametrize(
    ("text", "number", "top", "symbol"),
    [
        ("ease >= 4.5 of 5 over 90d", 4.5, 5.0, ""),
        ("cost <= 1.10 EUR over 90d", 1.1, None, "EUR"),
        ("volume > 1.5M over 7d", 1.5e6, None, ""),
    ],
)
def test_levels_are_read_as_people_type_them(text: str, number: float, top: float | None, symbol: str):
    """Scales, money and thousands."""
    level = read(text).level
    assert (level.number, level.top, level.unit.symbol) == (number, top, symbol)


def test_the_tail_comes_in_any_order():
    """`in app @ pay` says the same as `@ pay in app`."""
    one, other = read("completion >= 9% over 7d in app @ pay"), read("completion >= 9% over 7d @pay in app")
    assert (one.step, one.channel) == (other.step, other.channel) == ("pay", "app")


@pytest.mark.parametrize(
    ("text", "quantile"), [("median wait < 2min over 7d", 0.5), ("p99.9 wait < 2s over 7d", 0.999), ("wait < 2s over 7d", None)]
)
def test_quantiles(text: str, quantile: float | None):
    """A quantile stands before the measure, as p95 or median."""
    found = read(text).quantile
    assert found == (pytest.approx(quantile) if quantile else None)


@pytest.mark.parametrize(
    "text",
    ["", " ", "completion", "completion >=", "completion >= 90%", "completion >= 90% over",
     "completion >= 90% over 0d", ">= 90% over 28d", "p0 wait < 2s over 7d", "completion => 90% over 28d",
     "completion >= 90% over 28d @", "completion >= 90% over 99999d",
     f"completion >= {'9' * 400} over 28d"],
)  # fmt: skip
def test_what_is_no_target_is_a_problem(text: str):
    """Anything else gives ORG030 with the grammar as next step, and never an exception."""
    problem = parse_target(text)
    assert isinstance(problem, Problem)
    assert problem.code == "ORG030"
    assert "[quantile] measure op" in (problem.next_step or "")


@pytest.mark.parametrize(("level", "nearest"), [("5m", "5 min"), ("90 percent", "90 %"), ("lots", None)])
def test_a_unit_of_another_name_is_told_with_the_one_to_write(level: str, nearest: str | None):
    """`5m` is no time in a target: the message lists the units of time and says `5 min`, which is one."""
    problem = parse_target(f"time-to-convert < {level} over 28d")
    assert isinstance(problem, Problem)
    assert problem.nearest == nearest
    assert "ms, s, min, h, d or w" in (problem.expected or "")
    assert nearest is None or isinstance(parse_target(f"time-to-convert < {nearest} over 28d"), Target)
