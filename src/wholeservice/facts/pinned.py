"""Which files the runs of a store pin: read from the logs of its tables, each entry once, however many runs there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from wholeservice.facts import delta_log, runs
from wholeservice.facts.runs import Run

if TYPE_CHECKING:
    from wholeservice.facts.store import Store


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """One data file as the log describes it. `n_rows` is None where the log does not say."""

    table: str
    name: str
    n_bytes: int
    n_rows: int | None


def pinned_files(store: Store, wanted: Iterable[Run]) -> dict[str, tuple[PinnedFile, ...]]:
    """Return the id of each run -> the files it pins."""
    wanted = list(wanted)
    versions: dict[str, set[int]] = {}
    for run in wanted:
        for name, version in run.versions.items():
            versions.setdefault(name, set()).add(version)
    found = {name: _at_versions(store, name, numbers) for name, numbers in versions.items()}
    return {run.id: tuple(each for name, version in run.versions.items() for each in found[name][version]) for run in wanted}


def files_of_runs(store: Store) -> dict[int, tuple[PinnedFile, ...]]:
    """Return version -> files of the table of runs itself, for its newest two: somebody may be reading the last but one."""
    newest = delta_log.newest(store.path / runs.NAME)
    return {} if newest is None else _at_versions(store, runs.NAME, {newest, max(0, newest - 1)})


def _at_versions(store: Store, name: str, versions: set[int]) -> dict[int, tuple[PinnedFile, ...]]:
    """Return version -> files of one table."""
    entries = dict(delta_log.entries(store.path / name))
    newest = max(versions)
    if any(version not in entries for version in range(newest + 1)):  # somebody's checkpoint stands for the first entries
        return {version: _by_library(store, name, version) for version in versions}
    found: dict[int, tuple[PinnedFile, ...]] = {}
    files: dict[str, PinnedFile] = {}
    for version in range(newest + 1):
        _follow(files, name, entries[version])
        if version in versions:
            found[version] = tuple(files.values())
    return found


def _follow(files: dict[str, PinnedFile], name: str, entry: Path) -> None:
    """Do what one entry of the log says."""
    for line in entry.read_text(encoding="utf-8").splitlines():
        action = json.loads(line)
        if "remove" in action:
            files.pop(unquote(action["remove"]["path"]), None)
        elif "add" in action:
            added = _file(name, action["add"])
            files[added.name] = added


def _file(name: str, add: Mapping[str, Any]) -> PinnedFile:
    stats = json.loads(add.get("stats") or "{}")
    return PinnedFile(name, unquote(add["path"]), int(add["size"]), stats.get("numRecords"))


def _by_library(store: Store, name: str, version: int) -> tuple[PinnedFile, ...]:
    import pyarrow as pa

    rows = pa.table(store.table(name, version).get_add_actions(flatten=True)).to_pylist()
    return tuple(PinnedFile(name, each["path"], each["size_bytes"], each.get("num_records")) for each in rows)
