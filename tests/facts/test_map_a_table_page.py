"""docs/map_a_table.md is true: each mapping on it, run over the file above it, gives the facts printed below it."""

from __future__ import annotations

import pytest

from documented import PAGES, check_example, examples
from wholeservice.facts.mapping import KINDS, SOURCE_KEYS, VALUE_KEYS
from wholeservice.facts.mapping_words import table_of_words
from wholeservice.sources.table_options import OPTIONS
from wholeservice.tables import KEYS

NAME = "map_a_table.md"
PAGE = (PAGES / NAME).read_text(encoding="utf-8")


@pytest.mark.parametrize("example", examples(NAME), ids=str)
def test_every_example_gives_what_is_printed(workspace, example):
    """File, mapping and facts belong together, in any order of the facts."""
    check_example(workspace, example)


def test_the_page_names_every_key_and_every_field():
    """Whatever a declaration may say stands on the page: a new key or column is documented or this fails."""
    fields = {column for table in KINDS.values() for column in table.column_names if column not in KEYS}
    words = {*KINDS, *fields, *OPTIONS, *SOURCE_KEYS, *VALUE_KEYS}
    assert {word for word in words if f"`{word}`" not in PAGE} == set()


def test_the_page_lists_the_words_of_each_field():
    """The table of words is the one that the data gives; nobody has to read our code for it."""
    assert "\n".join(table_of_words()) in PAGE
    assert "tables.py" not in PAGE
