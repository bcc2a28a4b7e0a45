"""The page on measuring experience: its example is run, and it names every instrument that measures read."""

from __future__ import annotations

import re

import pytest

from documented import PAGES, check_example, examples
from ingested import Workspace
from wholeservice.measures import MEASURES
from wholeservice.measures.answered import KNOWN, SUS_ITEMS

PAGE = "measure_experience.md"


@pytest.mark.parametrize("example", examples(PAGE), ids=str)
def test_the_example_gives_the_facts_beside_it(workspace: Workspace, example):
    """What is printed is what comes out."""
    check_example(workspace, example)


def test_every_instrument_and_every_measure_of_answers_is_named():
    """A new word is documented or this fails, and so is one that nobody reads."""
    text = (PAGES / PAGE).read_text(encoding="utf-8")
    table = text[text.index("| instrument") : text.index("Every answer needs")]
    first = {word for line in table.strip().splitlines()[2:] for word in re.findall(r"`([a-z0-9-]+)`", line.split("|")[1])}
    assert first == {*KNOWN} - {*SUS_ITEMS[1:-1]}
    assert not [each.name for each in MEASURES if "answers" in each.needs and f"`{each.name}`" not in text]
