"""Every store of a workspace: that of the facts, those of simulated worlds, and those that a restore moved aside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wholeservice.facts.store import Store


def stores_below(state: Path) -> list[Path]:
    """Return the folder of every store below the state of a workspace."""
    from wholeservice.facts.store import RUNS

    return sorted(path.parent for path in state.glob(f"**/{RUNS}") if path.is_dir())


def store_at(path: Path) -> Store:
    """Return the store in a folder, of whatever world it is."""
    from wholeservice.facts.store import WORLD, Store

    marker = path / WORLD
    kind, _, world = marker.read_text(encoding="utf-8").strip().partition(" ") if marker.is_file() else ("", "", "")
    return Store(path, world=world if kind == WORLD else None)
