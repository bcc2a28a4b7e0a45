"""docs/map_a_table.md is true: each mapping on it, run over the file above it, gives the facts printed below it."""

from __future__ import annotations

import re

import pytest

from documented import PAGES, check_example, examples
from wholeservice.mapping.base import EACH_KEYS, FORMATS, KINDS, SOURCE_KEYS, VALUE_KEYS
from wholeservice.mapping.spelling_where import CONDITIONS
from wholeservice.mapping.words import table_of_words
from wholeservice.sources.table_options import JOIN_OPTIONS, OPTIONS
from wholeservice.tables import KEYS

NAME = "map_a_table.md"
PAGE = (PAGES / NAME).read_text(encoding="utf-8")
REFERENCE = (PAGES / "mapping_reference.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("example", examples(NAME), ids=str)
def test_every_example_gives_what_is_printed(workspace, example):
    """File, mapping and facts belong together, in any order of the facts."""
    check_example(workspace, example)


@pytest.mark.parametrize("keys", [OPTIONS, SOURCE_KEYS, VALUE_KEYS, EACH_KEYS, JOIN_OPTIONS])
def test_every_key_stands_in_a_list_with_what_it_says(keys):
    """A new key is documented or this fails, and so is one that changes its meaning."""
    escaped = {key: said.replace("|", r"\|") for key, said in keys.items()}  # as a table of Markdown needs it
    lines = {f"| `{key}` | {said} |" for key, said in escaped.items()}
    assert lines - set((PAGE + REFERENCE).splitlines()) == set()


def test_every_kind_and_field_stands_in_the_reference():
    """A new column of a fact is documented or this fails."""
    fields = {column for table in KINDS.values() for column in table.column_names if column not in KEYS}
    assert {word for word in (*KINDS, *fields) if f"`{word}`" not in REFERENCE} == set()
    assert {word for word in (*KINDS, *FORMATS) if f"`{word}`" not in PAGE} == set()


def test_every_condition_is_shown():
    """What may stand under where: is on the page, where it explains how rows are picked."""
    section = PAGE[PAGE.index("## Which rows") : PAGE.index("## Lists in a cell")]
    assert [word for key in CONDITIONS for word in key.split() if word not in section] == []


def test_the_reference_lists_the_words_of_each_field():
    """The table of words is the one that the data gives; nobody has to read our code for it."""
    assert "\n".join(table_of_words()) in REFERENCE
    assert "tables.py" not in PAGE + REFERENCE


def test_links_within_the_pages_lead_somewhere():
    """Each link to a heading of the two pages has its heading."""
    pages = {NAME: PAGE, "mapping_reference.md": REFERENCE}
    titles = {name: re.findall("^#+ (.*)$", text, re.MULTILINE) for name, text in pages.items()}
    anchors = {name: {re.sub("[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in titles[name]} for name in pages}
    links = [(page or own, anchor) for own in pages for page, anchor in re.findall(r"\]\(([a-z_.]*)#([a-z-]+)\)", pages[own])]
    assert [link for link in links if link[1] not in anchors[link[0]]] == []
    assert links
