"""docs/map_a_table.md is true: each mapping on it, run over the file above it, gives the facts printed below it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wholeservice.facts.mapping import KINDS, SOURCE_KEYS, VALUE_KEYS
from wholeservice.facts.mapping_words import table_of_words
from wholeservice.sources.table_options import OPTIONS
from wholeservice.tables import KEYS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "map_a_table.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str, str, list[str]]]:
    """Return (name of the file, its content, the mapping, the printed facts) of each example."""
    found: list[tuple[str, str, str, list[str]]] = []
    file = ("", "")
    for kind, name, content in BLOCK.findall(PAGE):
        if name:
            file = (name, content)
        elif kind == "yaml":
            found.append((*file, content, []))
        elif kind == "facts":
            found[-1][3].append(content)
    return found


def printed(value: object) -> str:
    return "–" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)


@pytest.mark.parametrize(("name", "content", "mapping", "expected"), examples(), ids=[each[0] for each in examples()])
def test_every_example_gives_what_is_printed(workspace, name, content, mapping, expected):
    """File, mapping and facts belong together, in any order of the facts."""
    workspace.write(name, content)
    workspace.ingest(mapping)
    assert expected
    for block in expected:
        head, *rows = block.splitlines()
        table, _, columns = head.partition(": ")
        found = workspace.store.read(workspace.store.latest(), table).select(columns.split(" | ")).to_pylist()
        assert sorted(rows) == sorted(" | ".join(printed(value) for value in row.values()) for row in found)


def test_the_page_names_every_key_and_every_field():
    """Whatever a declaration may say stands on the page: a new key or column is documented or this fails."""
    fields = {column for table in KINDS.values() for column in table.column_names if column not in KEYS}
    words = {*KINDS, *fields, *OPTIONS, *SOURCE_KEYS, *VALUE_KEYS}
    assert {word for word in words if f"`{word}`" not in PAGE} == set()


def test_the_page_lists_the_words_of_each_field():
    """The table of words is the one that the data gives; nobody has to read our code for it."""
    assert "\n".join(table_of_words()) in PAGE
    assert "tables.py" not in PAGE
