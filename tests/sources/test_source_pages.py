"""Every kind of source has a page in docs/sources/, its options stand on it, and its examples give what is printed."""

from __future__ import annotations

import pytest

from documented import PAGES, check_example, examples
from wholeservice.sources import SOURCES

FOLDER = "sources"
PAGE_OF = {"table": "map_a_table.md"}
EXAMPLES = [(page.name, each) for page in sorted((PAGES / FOLDER).glob("*.md")) for each in examples(f"{FOLDER}/{page.name}")]


def page_of(name: str) -> str:
    return PAGE_OF.get(name, f"{FOLDER}/{name}.md")


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.name)
def test_every_source_has_a_page_with_examples(source):
    """The page is there, shows at least one example with its facts, and names every option."""
    text = (PAGES / page_of(source.name)).read_text(encoding="utf-8")
    assert examples(page_of(source.name))
    assert [option for option in source.options if f"`{option}`" not in text] == []


@pytest.mark.parametrize(("page", "example"), EXAMPLES, ids=str)
def test_every_example_gives_what_is_printed(workspace, page, example):
    """What the page says of its files is what ingest makes of them."""
    check_example(workspace, example)
