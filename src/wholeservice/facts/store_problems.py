"""What can go wrong with a store, said for people."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from wholeservice.errors import InputError, OutsideError, Problem

CODES = {
    "STO101": "Another ingest is writing to this store. One writes at a time; the second waits a while before it gives up. If"
    " the process that is named is gone, the lock is free already: try again.",
    "STO102": "There is no run of that name, or at that time, in this store. `wholeservice ingest` makes runs; each names a"
    " state that can be read again. A date means the end of that day.",
    "STO103": "The store cannot be read or written: the disk, its permissions, or a damaged file. Everything in it can be made"
    " again from the sources: move the folder away and ingest, or put a backup back.",
    "STO104": "The store cannot lie in a folder with a percent sign in its name: the table format reads it as percent code.",
    "STO105": "This store holds facts of another world. What was observed and what was simulated are never mixed: each world"
    " has a store of its own.",
    "STO106": "The name of a simulated world is that of its folder: small letters, digits and hyphens, as in `two-more-desks`.",
}


class StoreError(OutsideError):
    """The store's disk did not do what we need."""


@contextlib.contextmanager
def readable(path: Path) -> Iterator[None]:
    """Say what a failing disk or a damaged table means, instead of a traceback."""
    import pyarrow as pa
    from deltalake.exceptions import DeltaError

    try:
        yield
    except (OSError, DeltaError, pa.ArrowInvalid) as error:
        first_line = str(error).strip().partition("\n")[0][:300]
        raise StoreError(
            Problem("STO103", f"the store {path} cannot be used: {first_line}",
                    next_step="see to the disk, or move the folder away and ingest again")
        ) from error  # fmt: skip


def locked(path: Path, holder: str, wait_s: float) -> Problem:
    """Say who writes to the store."""
    return Problem("STO101", f"{holder} is writing to the store {path}, still after {wait_s:.0f} s",
                   expected="one writer at a time", next_step="wait until it is done, then ingest again")  # fmt: skip


def percent(path: Path) -> Problem:
    """Say that the folder's name cannot be borne."""
    return Problem("STO104", f"the folder {path.absolute()} has a percent sign in its name", expected="a folder without one",
                   next_step="rename the folder, or move the workspace")  # fmt: skip


def check_world(name: str) -> None:
    """Refuse a name that cannot be that of a world's folder. Raises InputError.

    >>> check_world("two-more-desks")
    """
    if not name[:1].isalnum() or set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise InputError(Problem("STO106", f"'{name}' cannot be the name of a world", expected="small letters, digits, hyphens",
                                 next_step="give the world another name"))  # fmt: skip


def other_world(path: Path, there: str, wanted: str) -> Problem:
    """Say that a store holds another world."""
    return Problem("STO105", f"the store {path} holds {there} facts, and these are {wanted}", expected=f"{there} facts",
                   next_step="use the store of that world")  # fmt: skip
