"""What is done to a small workspace while the disk fails: each act with the workspace that it is done to."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wholeservice.app.backups import back_up_workspace, restore_workspace
from wholeservice.app.forget_command import forget_in_workspace
from wholeservice.app.secret import pseudonyms_of
from wholeservice.app.settings import STATE_FOLDER, Settings, load
from wholeservice.app.workspace import ingest_workspace, store_of
from wholeservice.facts import delta_log, maintenance
from wholeservice.facts.committing import NAMES
from wholeservice.facts.forget import Forgetting
from wholeservice.tables import DIGEST

SETTINGS = """\
name: Fallen
zone: UTC
sources:
  web:
    file: web.csv
    record: [id]
    absent: delete
    facts:
      - interaction: { happened_at: "{at}", consumer: "{guest}", service: stay, step: "{step}" }
      - contact: { happened_at: "{at}", consumer: "{guest}", service: stay, words: "{step}" }
  work:
    file: work.csv
    record: [id]
    facts: [ sighting: { kind: service, name: "{name}" } ]
"""
State = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done to a workspace: `before` makes the workspace, `do` is what is watched."""

    name: str
    before: Callable[[Path], None]
    do: Callable[[Path], object]


def settings(folder: Path) -> Settings:
    return load(folder)[0]


def state_of(folder: Path) -> State | None:
    """Return all that the newest run says, read wholly; None when there is no run."""
    store = store_of(settings(folder))
    run = store.latest()
    if run is None:
        return None
    found = {name: sorted((_said(row) for row in store.read(run, name).to_pylist()), key=repr) for name in NAMES}
    return {name: rows for name, rows in found.items() if rows}


def _said(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return a row without what comes of the secret, which a workspace makes by lot when it is first needed."""
    return tuple("p_" if str(value).startswith("p_") else value for name, value in row.items() if name != DIGEST)


def is_content(folder: Path) -> bool:
    """Say whether `store verify` finds every file of every run whole."""
    return not maintenance.verify(store_of(settings(folder))).problems


def left_over(folder: Path) -> list[str]:
    """Return what a workspace holds that no run needs: none after an act that was done again."""
    store = store_of(settings(folder))
    staging = os.listdir(store.path / "staging") if (store.path / "staging").is_dir() else []
    return [*staging, *(each.name for each in (folder / STATE_FOLDER).glob("restoring-*"))]


def _write(folder: Path, web: dict[int, str], work: dict[int, str]) -> None:
    rows = "".join(f"{n},2026-01-01T10:00:{n:02d}Z,g{n % 3},{step}\n" for n, step in web.items())
    (folder / "web.csv").write_text("id,at,guest,step\n" + rows + "99,never,g1,refused\n" * ("x" in web.values()))
    (folder / "work.csv").write_text("id,name\n" + "".join(f"{n},{name}\n" for n, name in work.items()))


def _ingest(folder: Path, on: str) -> None:
    ingest_workspace(settings(folder), known_on=on)


def _new(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "wholeservice.yaml").write_text(SETTINGS)
    _write(folder, dict.fromkeys(range(6), "find"), {1: "a", 2: "b"})


def _ingested(folder: Path) -> None:
    _new(folder)
    _ingest(folder, "2026-01-01")


def _three_runs(folder: Path) -> None:
    _ingested(folder)
    for day in (2, 3):
        _write(folder, {n: "find" if n % day else "pay" for n in range(6 + day)}, {1: "a", 2: f"b{day}"})
        _ingest(folder, f"2026-01-0{day}")


def _to_compact(folder: Path) -> None:
    _ingested(folder)
    for day in (2, 3):
        _write(folder, dict.fromkeys(range(6 * day), "find"), {n: f"n{n}" for n in range(2 * day)})
        _ingest(folder, f"2026-01-0{day}")


def _to_append(folder: Path) -> None:
    _ingested(folder)
    _write(folder, dict.fromkeys(range(9), "find"), {1: "a", 2: "b", 3: "c"})


def _to_revise(folder: Path) -> None:
    _three_runs(folder)
    _write(folder, {n: "x" if n == 4 else "pay" for n in range(9)}, {1: "a2", 2: "b9"})


def _to_delete(folder: Path) -> None:
    _three_runs(folder)
    _write(folder, dict.fromkeys((1, 5), "find"), {1: "a", 2: "b"})


def _to_restore(folder: Path) -> None:
    _three_runs(folder)
    back_up_workspace(settings(folder), folder / "kept.tar", is_all_runs=True, with_secret=True)
    _write(folder, {2: "pay"}, {7: "z"})
    _ingest(folder, "2026-01-05")


def _forget(folder: Path) -> object:
    ours = settings(folder)
    names = pseudonyms_of(ours, store_of(ours))
    return forget_in_workspace(ours, Forgetting(frozenset([names.one("web", "g1")]), names))


def _ingest_summed_up(folder: Path) -> None:
    """Every version is summed up in a checkpoint, and the table of runs in one file."""
    from wholeservice.facts import runs

    delta_log.CHECKPOINT_EVERY, runs.MAX_FILES = 1, 2
    try:
        _ingest(folder, "2026-02-01")
    finally:
        delta_log.CHECKPOINT_EVERY, runs.MAX_FILES = 100, 32


def _with_forgotten(folder: Path) -> None:
    """A backup of before somebody was forgotten is put back."""
    _to_restore(folder)
    _forget(folder)


ACTS = (
    Act("first", _new, lambda folder: _ingest(folder, "2026-01-01")),
    Act("append", _to_append, lambda folder: _ingest(folder, "2026-02-01")),
    Act("revise", _to_revise, lambda folder: _ingest(folder, "2026-02-01")),
    Act("delete", _to_delete, lambda folder: _ingest(folder, "2026-02-01")),
    Act("sum up", _to_revise, _ingest_summed_up),
    Act("compact", _to_compact, lambda folder: maintenance.compact(store_of(settings(folder)))),
    Act("vacuum", _three_runs, lambda folder: maintenance.vacuum(store_of(settings(folder)), keep=maintenance.newest_runs(1))),
    Act("forget", _three_runs, _forget),
    Act("restore", _to_restore, lambda folder: restore_workspace(folder, folder / "kept.tar", is_forced=True)),
    Act("restore and forget", _with_forgotten, lambda folder: restore_workspace(folder, folder / "kept.tar", is_forced=True)),
)
BY_NAME = {each.name: each for each in ACTS}
