"""What every registered rule promises, whoever wrote it."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from wholeservice.findings import RULES
from wholeservice.findings.base import Facts, Rule
from wholeservice.findings.find import find
from wholeservice.measures import MEASURES
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Organisation

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda each: each.code)


def nothing() -> Facts:
    empty = Organisation("Small", "", "", entities={}, edges=(), needs=(), aliases={}, hash="0")
    return Facts(empty, Results(MEASURES, ()), "UTC", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), extracts={})


@every_rule
def test_where_nothing_is_known_nothing_is_said(rule: Rule):
    """No organisation, no numbers and no extracts: no finding, and no error."""
    assert list(rule.check(nothing())) == []


@every_rule
def test_its_code_and_name_are_stable_words(rule: Rule):
    """F and three digits, and a name in plain words that heads its help page."""
    from wholeservice.findings.help_pages import help_of

    assert re.fullmatch(r"F\d{3}", rule.code)
    assert help_of(rule).startswith(f"{rule.code} {rule.name}")


def test_a_rule_that_fails_is_a_finding_and_the_others_still_speak():
    """A mistake of ours in one rule never hides what the others find."""

    def fails(facts):
        raise ZeroDivisionError("by zero")

    found = find(nothing(), [Rule("F999", "broken", fails), *RULES])
    assert [(each.code, each.about_data) for each in found] == [("F100", True)]
    assert "ZeroDivisionError" in found[0].evidence[0].says
