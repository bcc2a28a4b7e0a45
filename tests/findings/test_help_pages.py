"""The help page of a rule is its docstring: a headline and four parts."""

from __future__ import annotations

import pytest

from wholeservice.findings import RULES
from wholeservice.findings.help_pages import HEADINGS, parts_of


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_help_page_has_a_headline_and_four_parts(rule):
    """Each part is there once, in order, and says something."""
    parts = parts_of(rule)
    assert tuple(parts) == ("", *HEADINGS)
    assert all(len(text) > 20 for text in parts.values())
    assert parts[""].startswith(f"{rule.code} {rule.name}: ")
