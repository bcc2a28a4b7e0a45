"""Between what and what the share of failed deployments lies is said beside it."""

from __future__ import annotations

from app.small import data, row
from wholeservice.app.measured import Question, ask, ranges

FAILED = "change-fail-rate"


def told(*rules: tuple[str, float]):
    rows = [row(FAILED, 2, 10), *(row(FAILED, n, 10, segment=f"rule:{rule}") for rule, n in rules)]
    found = data(tuple(rows))
    return ranges(found, ask(found, Question(FAILED, "stay")))


def test_the_smallest_and_the_largest_of_the_rules_are_the_range():
    """Whoever sees 20 % sees at once that it is 10 or 40 % by other rules."""
    (said,) = told(("told", 1), ("linked", 2), ("after", 4))
    assert "between 10.0% and 40.0%, by how a failure is attributed" in said


def test_one_rule_alone_is_no_range():
    """Nothing is said where only one rule can tell."""
    assert told(("told", 2)) == []
