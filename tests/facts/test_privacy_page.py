"""The examples of docs/privacy.md are true."""

from __future__ import annotations

from typing import Any

import pytest

from documented import check_example, examples
from ingested import Workspace
from mapping.test_guard import bytes_below
from wholeservice.facts import ingest
from wholeservice.mapping.guard import Guard
from wholeservice.mapping.pseudonyms import Pseudonyms

SECRET = b"the secret of the examples in docs/privacy.md"


class Guarded(Workspace):
    """A workspace whose secret is that of the page."""

    def ingest(self, sources: str, **options: Any) -> ingest.Report:
        return super().ingest(sources, guards=lambda source: Guard(source, Pseudonyms(SECRET)), **options)


@pytest.mark.parametrize("example", examples("privacy.md"), ids=str)
def test_an_example_gives_the_facts_that_are_printed(tmp_path, example):
    """The files above it, its mapping, and the facts below it; what is personal in the files is nowhere in the store."""
    workspace = Guarded(tmp_path)
    check_example(workspace, example)
    below = bytes_below(workspace.store.path)
    assert not [each for each in (b"guest-", b"example.org", b"7946", b"1234 5678", b"8842") if each in below]
