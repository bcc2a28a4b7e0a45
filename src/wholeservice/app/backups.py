"""Back up a workspace and put it back: the store, the settings, the improvement log, the forgotten, if asked for the secret.

A restore never deletes: what stood there is moved into `.wholeservice/replaced-1`, `-2` ... Both stores change places in one
step, so that there always is one: killed half way it leaves the old one or the new one, and doing it again finishes it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice.app import secret, spool
from wholeservice.app.settings import FILE_NAME, STATE_FOLDER, Settings
from wholeservice.app.stored_results import FOLDER as RESULTS
from wholeservice.app.stores import store_at
from wholeservice.app.workspace import STORE, store_of
from wholeservice.errors import InputError, Problem

if TYPE_CHECKING:
    from wholeservice.facts.backup import BackedUp, Checked
    from wholeservice.facts.runs import Run
    from wholeservice.facts.store import Store

SETTINGS = "settings"
KEPT = (FILE_NAME, "organisation/**/*.yaml", "scenarios/**/*.yaml", ".gitignore")
LOG = f"{spool.FOLDER}/{spool.IMPROVEMENTS}"
UNFINISHED = "restoring-"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what a person should know of it, one line each."""

    runs: tuple[Run, ...]
    told: tuple[str, ...]


def back_up_workspace(settings: Settings, target: Path, *, is_all_runs: bool, with_secret: bool) -> BackedUp:
    """Write a backup of a workspace into a new file. Errors: see `facts.backup.back_up`."""
    from wholeservice.facts.backup import back_up

    others = {
        f"{SETTINGS}/{path.relative_to(settings.folder).as_posix()}": path.read_bytes() for path in _kept(settings.folder)
    }
    if (settings.state / secret.FORGOTTEN).is_file():
        others[secret.FORGOTTEN] = (settings.state / secret.FORGOTTEN).read_bytes()
    if spool.log_path(settings).is_file():
        others[LOG] = spool.log_path(settings).read_bytes()
    if with_secret:
        others[secret.FILE] = secret.text_of(settings.state).encode()
    return back_up(store_of(settings), target, others, is_all_runs=is_all_runs)


def restore_workspace(folder: Path, source: Path, *, is_forced: bool) -> Restored:
    """
    Put a backup back into the workspace in *folder*, or into a folder that is to become one.

    Errors   InputError BAK101 when not every byte is right, BAK102 when a store is there and it is not forced, PRV101 when
             somebody must be forgotten in it and the secret is missing; nothing that stands is touched then
    """
    from wholeservice.facts.backup import check_backup, unpack

    state = folder / STATE_FOLDER
    there = store_at(state / STORE)
    if there.latest() is not None and not is_forced:
        raise InputError(Problem("BAK102", f"{there.path} holds {len(there.runs())} runs", expected="an empty store",
                                 next_step="restore elsewhere, or say --force to move it aside"))  # fmt: skip
    checked = check_backup(source)
    told = list(_put_settings_back(checked, folder))
    state.mkdir(parents=True, exist_ok=True)
    told += _put_log_back(checked, state / LOG)
    for left in state.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)
    working = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=state))
    try:
        unpack(checked, working / STORE)
        told += _forget_again(checked, state, working / STORE)
        told += _swap(there, working / STORE, checked.read(secret.FILE))
    finally:
        shutil.rmtree(working)
    return Restored(store_at(state / STORE).runs(), tuple(told))


def _swap(there: Store, new: Path, given: bytes | None) -> Iterator[str]:
    """Move what stands aside and the new store into its place, while no other process writes."""
    from wholeservice.facts import durable

    state = there.path.parent
    with there.locked() as before:
        aside = next(each for each in (state / f"replaced-{n}" for n in count(1)) if not each.exists())
        aside.mkdir()
        if (state / RESULTS).exists():
            (state / RESULTS).rename(aside / RESULTS)
        is_other = given is not None and secret.put(state, given.decode(), aside)
        new.rename(aside / STORE)
        durable.settle_folder(aside)
        durable.settle_folder(state)
        durable.exchange(there.path, aside / STORE)
    if before is None and not is_other:
        shutil.rmtree(aside)
    else:
        yield f"What stood there is in {aside}; delete it when it is not needed any more."


def _put_settings_back(checked: Checked, folder: Path) -> Iterator[str]:
    """Write the settings of a backup where there are none; say which files that are there differ."""
    for name in sorted(each for each in checked.names if each.startswith(f"{SETTINGS}/")):
        path, content = folder / name.removeprefix(f"{SETTINGS}/"), checked.read(name) or b""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        elif path.read_bytes() != content:
            yield f"{path} is not as it was when the backup was made; it was left as it is."


def _put_log_back(checked: Checked, path: Path) -> Iterator[str]:
    """Write the improvement log where there is none; one that is there is only ever appended to."""
    from wholeservice.facts import durable

    content = checked.read(LOG)
    if content is None:
        return
    if not path.exists():
        durable.make_folder(path.parent)
        durable.publish(path, content)
    elif not path.read_bytes().startswith(content):
        yield f"{path} has other entries than when the backup was made; it was left as it is."


def _forget_again(checked: Checked, state: Path, new: Path) -> Iterator[str]:
    """Join both lists of the forgotten, and forget in the new store those whom the backup still knew."""
    from wholeservice.facts.forget import Forgetting, forget

    then = frozenset((checked.read(secret.FORGOTTEN) or b"").decode("ascii").split())
    since = secret.load_forgotten(state) - then
    if since:
        given = checked.read(secret.FILE)
        forget(store_at(new), Forgetting(since, secret.pseudonyms_in(new, state, given.decode() if given else None)))
        yield f"{len(since):,} people who were forgotten since were forgotten in it, too."
    secret.add_forgotten(state, then)


def _kept(folder: Path) -> list[Path]:
    return sorted(path for pattern in KEPT for path in folder.glob(pattern) if path.is_file() and not os.path.islink(path))
