"""docs/identity.md says what happens: its links, followed, give its persons."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa

from wholeservice.facts.identity_people import follow

PAGE = (Path(__file__).parents[2] / "docs/identity.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d) \| (\S+) \| (\S+) \| (followed|refused) \|$", re.MULTILINE)
PERSON = re.compile(r"^\| ([a-z]+(?:-\d)?) \| ([a-z]+(?:-\d)?) \|$", re.MULTILINE)


def test_the_example_of_the_page_holds():
    """The seven links of the page make its three persons, and refuse the two it says."""
    links = ROW.findall(PAGE)
    columns = {"source": "s", "record": "{0}", "where_from": "{0}", "from_ref": "{1}", "to_ref": "{2}"}
    table = pa.table({name: [form.format(*link) for link in links] for name, form in columns.items()})
    aliases, refused = follow(table)
    head, *persons = PERSON.findall(PAGE)
    assert head == ("alias", "person")
    assert {row["alias"]: row["person"] for row in aliases.to_pylist()} == dict(persons)
    assert refused.column("record").to_pylist() == [link[0] for link in links if link[3] == "refused"] == ["3", "6"]
