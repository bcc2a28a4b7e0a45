"""The secret of a workspace, which its pseudonyms are made with, and the list of those who were forgotten.

    .wholeservice/secret        64 hexadecimal digits, made at first need, readable by its owner only
    .wholeservice/forgotten     one alias per line
    .wholeservice/store/pseudonyms    tells whether a store's pseudonyms were made with the secret that is there now

The environment variable WHOLESERVICE_SECRET wins over the file: for several machines, and for builds that keep no files. The
secret is never printed, logged or, unless asked for, put into a backup.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice.errors import InputError, OutsideError, Place, Problem

if TYPE_CHECKING:
    from wholeservice.app.settings import Settings
    from wholeservice.facts.store import Store
    from wholeservice.mapping.guard import Guard
    from wholeservice.mapping.pseudonyms import Pseudonyms

FILE, FORGOTTEN, MARK, VARIABLE = "secret", "forgotten", "pseudonyms", "WHOLESERVICE_SECRET"
MIN_LETTERS = 32
_N_BYTES = 32
_PLAIN = "plain"


def guards_of(settings: Settings, store: Store) -> Callable[[str], Guard]:
    """
    Return what makes the guard of a source: nobody enters the store under their own name, and nobody forgotten at all.

    The list of the forgotten is read whenever a guard is made. Errors: InputError PRV101 to PRV104
    """
    from wholeservice.mapping.guard import Guard

    pseudonyms, is_salted = _checked_pseudonyms(settings, store)
    return lambda source: Guard(source, pseudonyms, load_forgotten(settings.state), is_salted=is_salted)


def pseudonyms_of(settings: Settings, store: Store) -> Pseudonyms:
    """Return what makes the aliases of this workspace. Errors: InputError PRV101 to PRV104"""
    return _checked_pseudonyms(settings, store)[0]


def pseudonyms_in(store: Path, state: Path, given: str | None) -> Pseudonyms:
    """Return what made the aliases of a store elsewhere, with the secret that is *given* or that of this workspace."""
    from wholeservice.mapping.pseudonyms import Pseudonyms

    text = given or _given(state)
    if text is None:
        raise InputError(_missing(state))
    pseudonyms = Pseudonyms(text.strip().encode())
    if (_read(store / MARK) or pseudonyms.check).partition(" ")[0] != pseudonyms.check:
        raise InputError(_other(state))
    return pseudonyms


def text_of(state: Path) -> str:
    """Return the secret itself: only for a backup that is asked to hold it. Raises InputError PRV101."""
    found = _given(state)
    if found is None:
        raise InputError(_missing(state))
    return found


def put(state: Path, text: str, aside: Path) -> bool:
    """Put a secret in its place, and one that differs aside; return whether there was one."""
    there = _read(state / FILE)
    is_other = there is not None and there != text.strip()
    if is_other:
        (state / FILE).rename(aside / FILE)
    if there is None or is_other:
        _write(state, text.strip())
    return is_other


def load_forgotten(state: Path) -> frozenset[str]:
    """Return the aliases of those who were forgotten."""
    try:
        return frozenset((state / FORGOTTEN).read_text(encoding="ascii").split())
    except FileNotFoundError:
        return frozenset()


def add_forgotten(state: Path, aliases: frozenset[str]) -> None:
    """Add aliases to the list of the forgotten, durably."""
    from wholeservice.facts import durable

    known = load_forgotten(state)
    if not aliases <= known:
        durable.make_folder(state)
        durable.publish(state / FORGOTTEN, "".join(f"{each}\n" for each in sorted(known | aliases)).encode("ascii"))


def _checked_pseudonyms(settings: Settings, store: Store) -> tuple[Pseudonyms, bool]:
    from wholeservice.facts import durable
    from wholeservice.mapping.pseudonyms import Pseudonyms

    mark = _read(store.path / MARK)
    secret = _given(settings.state)
    if mark and secret is None:
        raise InputError(_missing(settings.state))
    pseudonyms = Pseudonyms((secret or _made(settings.state)).encode())
    if mark:
        check, _, how = mark.partition(" ")
        if check != pseudonyms.check:
            raise InputError(_other(settings.state))
        return pseudonyms, how != _PLAIN
    is_new = store.latest() is None
    if not is_new and _holds_names(store):
        raise InputError(_from_before(store.path))
    durable.make_folder(store.path)
    durable.publish(store.path / MARK, (pseudonyms.check + ("" if is_new else f" {_PLAIN}") + "\n").encode("ascii"))
    return pseudonyms, is_new


def _holds_names(store: Store) -> bool:
    """Say whether the newest run holds people as their sources name them."""
    from wholeservice import tables
    from wholeservice.mapping.pseudonyms import is_alias

    run = store.latest()
    for table in tables.TABLES if run is not None else ():
        for column in table.columns:
            if column.is_alias:
                values = store.read(run, table.name)[column.name].unique().drop_null()  # type: ignore[arg-type]
                if any(not is_alias(each) for each in values.to_pylist()):
                    return True
    return False


def _given(state: Path) -> str | None:
    """Return the secret that is there, None when there is none."""
    text = os.environ.get(VARIABLE) or _read(state / FILE)
    if text is not None and len(text.strip()) < MIN_LETTERS:
        raise InputError(_too_short(state, VARIABLE if os.environ.get(VARIABLE) else str(state / FILE)))
    return text.strip() if text is not None else None


def _made(state: Path) -> str:
    """Make the secret, unless another process was faster."""
    _write(state, secrets.token_hex(_N_BYTES))
    found = _given(state)
    if found is None:
        raise OutsideError(_missing(state))
    return found


def _write(state: Path, text: str) -> None:
    """Write the secret for its owner only, never over one that is there: on the disk before it has its name."""
    from wholeservice.facts import durable

    durable.make_folder(state)
    unfinished = state / f"{FILE}.{os.getpid()}{durable.UNFINISHED}"
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, state / FILE)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
    durable.settle_folder(state)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def _missing(state: Path) -> Problem:
    return Problem("PRV101", "the secret is missing, and the store holds pseudonyms", Place(str(state / FILE)),
                   f"the file, or {VARIABLE}", next_step="put it back; wholeservice explain PRV101 says more")  # fmt: skip


def _other(state: Path) -> Problem:
    return Problem("PRV102", "the store's pseudonyms were made with another secret", Place(str(state / FILE)),
                   "the secret that the store was made with", next_step=f"put it back, or set {VARIABLE} to it")  # fmt: skip


def _from_before(store: Path) -> Problem:
    return Problem("PRV103", f"the store {store} holds people as their sources name them", expected="pseudonyms",
                   next_step=f"move the folder {store.parent.name} away and ingest again")  # fmt: skip


def _too_short(state: Path, where: str) -> Problem:
    return Problem("PRV104", f"the secret in {where} is too short", expected=f"at least {MIN_LETTERS} letters",
                   next_step="put the right one there")  # fmt: skip
