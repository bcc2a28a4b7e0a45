"""One CSV and one entry under facts:, ingested in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ingested import Workspace


@pytest.fixture
def facts_of(workspace: Workspace) -> Callable[..., list[Any]]:
    """Ingest one CSV with one entry under facts:, and return the named columns of the table."""

    def made(content: str, facts: str, table: str, *columns: str, more: str = "") -> list[Any]:
        workspace.write("a.csv", content)
        report = workspace.ingest(f"a:\n  file: a.csv\n{more}  facts:\n    - {facts}\n")
        assert report.problems == ()
        return workspace.rows(table, *columns)

    return made
