"""The help page of a rule is its docstring, and the documentation is written from it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from wholeservice.findings import RULES
from wholeservice.findings.help_pages import HEADINGS, parts_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_help_page_has_a_headline_and_four_parts(rule):
    """Each part is there once, in order, and says something."""
    parts = parts_of(rule)
    assert tuple(parts) == ("", *HEADINGS)
    assert all(len(text) > 20 for text in parts.values())
    assert parts[""].startswith(f"{rule.code} {rule.name}: ")


def test_the_page_of_findings_is_up_to_date():
    """docs/findings.md is what the rules say of themselves."""
    written = runpy.run_path(str(ROOT / "scripts" / "write_findings_page.py"))["findings_page"]()
    assert written == (ROOT / "docs" / "findings.md").read_text(encoding="utf-8"), "run: make docs"
