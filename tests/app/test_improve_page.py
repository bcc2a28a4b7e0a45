"""docs/improve.md is true: its commands are typed in, and its table has every option there is."""

from __future__ import annotations

import re

from documented import PAGES, walk
from wholeservice.app.improve_add import add
from wholeservice.improvements.base import QUESTIONS


def test_what_the_page_says_is_so(tmp_path):
    """Its commands print what stands below them; the list has both sorts, and what was closed without evidence."""
    said = walk("improve.md", tmp_path)
    assert [each for each in said if not each.is_so] == []
    lists = [each.printed for each in said if "improve list" in each.command]
    assert len(lists) == 2
    assert "not measured" in lists[0]
    assert "closed without evidence" in lists[1]


def test_the_page_names_every_option_and_every_question():
    """Who adds an option or a question says on the page what it means."""
    text = (PAGES / "improve.md").read_text(encoding="utf-8")
    table = set(re.findall(r"`(--[a-z-]+)`", text))
    assert {each.opts[0] for each in add.params} - {"--help"} <= table
    assert [each for each in QUESTIONS if f"`{each}`" not in text and each != "verdict"] == []
