"""Running all rules: one that fails stops nothing, and the order is stable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.find import find
from wholeservice.measures.results import Results
from wholeservice.organisation.load import load_texts
from wholeservice.periods import parse_period
from wholeservice.units import COUNT

ORGANISATION, _ = load_texts({"organisation/x.yaml": "org: { name: Land, purpose: To serve, north-star: people served }\n"})
FACTS = Facts(ORGANISATION, Results((), ()), "UTC", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), {})
MONTH, DAY = parse_period("2026-06"), parse_period("2026-06-01..2026-06-02")


def rule(code: str, *found: Finding) -> Rule:
    return Rule(code, f"rule {code}", lambda facts: iter(found))


def titles(*rules: Rule) -> list[str]:
    return [each.title for each in find(FACTS, rules)]


def test_a_rule_that_fails_becomes_a_finding_and_stops_no_other():
    """What was found before the failure stays, the failure is told, and the next rule still speaks."""

    def check(facts: Facts) -> Iterator[Finding]:
        yield Finding("F901", "a", "found before")
        raise ZeroDivisionError("by nothing")

    found = find(FACTS, [Rule("F901", "broken", check), rule("F902", Finding("F902", "b", "still here"))])
    assert [each.title for each in found][:2] == ["found before", "still here"]
    assert (found[2].code, found[2].about_data) == ("F100", True)
    assert "F901" in found[2].title
    assert found[2].evidence == (Evidence("ZeroDivisionError: by nothing"),)


def test_most_people_a_day_come_first_then_size():
    """300 people in a month are fewer than 20 in a day; without people, the larger size comes first."""
    month = Finding("F901", "a", "10 a day", people=300, period=MONTH, size=9, unit=COUNT)
    day = Finding("F901", "b", "20 a day", people=20, period=DAY, size=1, unit=COUNT)
    large, small = (Finding("F901", "c", f"size {size}", size=size, unit=COUNT) for size in (3, 2))
    assert titles(rule("F901", small, month, large, day)) == ["20 a day", "10 a day", "size 3", "size 2"]


def test_what_is_wrong_with_the_data_stands_apart():
    """However large, a finding about the data comes after all findings about services."""
    data = Finding("F901", "a", "data", people=10**9, period=DAY, about_data=True)
    assert titles(rule("F901", data, Finding("F901", "b", "service"))) == ["service", "data"]


def test_the_order_does_not_depend_on_the_order_of_the_rules():
    """Equal findings are ordered by code, entity, step, need and title."""
    one, two = Finding("F901", "a", "x", step="pay"), Finding("F902", "a", "y")
    assert titles(rule("F901", one), rule("F902", two)) == titles(rule("F902", two), rule("F901", one)) == ["x", "y"]


def test_nothing_measured_and_nothing_declared_finds_nothing():
    """An empty organisation without results is no reason to speak, and no rule fails on it."""
    assert find(FACTS) == ()
