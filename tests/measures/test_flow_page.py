"""docs/flow.md is true: its organisation is sound, its mapping gives the facts, and it names every measure of work."""

from __future__ import annotations

import pytest

from documented import BLOCK, PAGES, check_example, examples
from ingested import Workspace
from organisation.texts import codes_of
from wholeservice.measures import MEASURES

PAGE = "flow.md"
TEXT = (PAGES / PAGE).read_text(encoding="utf-8")


@pytest.mark.parametrize("example", examples(PAGE), ids=str)
def test_the_example_gives_the_facts_beside_it(workspace: Workspace, example):
    """What is printed is what comes out."""
    check_example(workspace, example)


def test_the_stream_on_the_page_has_nothing_wrong_with_it():
    """It can be pasted: stages, calendar, policy and aim."""
    declared = [content for kind, name, content in BLOCK.findall(TEXT) if kind == "yaml" and name.startswith("organisation/")]
    assert [codes_of(each) for each in declared] == [[], []]


def test_every_measure_of_items_is_named():
    """A new one is documented or this fails."""
    assert not [
        each.name
        for each in MEASURES
        if "lives" in each.needs and f"`{each.name}`" not in TEXT.replace("explain cycle-time`", "")
    ]
