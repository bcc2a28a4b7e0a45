"""A workspace of a few files and one declaration of sources, ingested in one call."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from wholeservice.documents import parse
from wholeservice.errors import Problem
from wholeservice.facts import ingest
from wholeservice.facts.store import Store
from wholeservice.sources.base import Context


class Workspace:
    """Files in a folder, a declaration of sources, and the store beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / ".wholeservice" / "store")
        self.context = Context(folder, "Europe/London")
        self.day = 0

    def write(self, name: str, content: str | bytes) -> None:
        (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def load(self, sources: str, **settings: str) -> tuple[tuple[ingest.Declared, ...], list[Problem]]:
        root, problems = parse(sources, "wholeservice.yaml")
        declared, own = ingest.load(root, settings, self.context.zone)
        return declared, problems + own

    def check(self, sources: str) -> list[Problem]:
        declared, problems = self.load(sources)
        return problems + ingest.check(declared, self.context)

    def ingest(self, sources: str, **options: Any) -> ingest.Report:
        """Ingest one day later than the last time, or at *known_at*."""
        declared, problems = self.load(sources)
        assert problems == []
        self.day += 1
        known_at = options.pop("known_at", dt.datetime(2026, 1, self.day, tzinfo=dt.UTC))
        options.setdefault("guards", lambda source: None)  # most tests look at the names as they are
        return ingest.ingest(declared, self.store, self.context, known_at, **options)

    def rows(self, table: str, *columns: str) -> list[Any]:
        """Return rows of the newest run, sorted: plain values when one column is asked for, else tuples."""
        run = self.store.latest()
        found = self.store.read(run, table).to_pylist() if run else []
        picked = [row[columns[0]] if len(columns) == 1 else tuple(row[name] for name in columns) for row in found]
        return sorted(picked, key=repr)
