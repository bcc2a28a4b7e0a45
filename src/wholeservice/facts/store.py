"""The store: Delta tables and pinned runs. A run commits every table and, last, one row that pins all versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """One committed ingest: what it pinned and counted. `id` names the snapshot; readers pin one run and never look again."""

    id: str
    committed_at: dt.datetime
    versions: Mapping[str, int]  # table -> Delta version
    cursors: Mapping[str, str]  # source -> cursor, as the source wrote it
    counts: tuple[Mapping[str, object], ...]  # per source: read, kept, known, superseded, refused, resolved, names
