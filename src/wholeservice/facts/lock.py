"""The lock of a store: one process writes, others wait a while. Death frees it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

POLL_S = 0.05
TELL_EVERY_S = 5.0

Waiting = Callable[[str], None]
"""Called with one line for people, now and then while a lock is waited for."""


class Held(Exception):
    """Another process held the lock all the time. `holder` says which, as far as it said so itself."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(holder)


@contextlib.contextmanager
def held(path: Path, wait_s: float, waiting: Waiting) -> Iterator[None]:
    """Hold the lock file *path*; wait at most *wait_s* seconds for it. Raises Held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _take(descriptor, wait_s, waiting)
        while not _is_there(descriptor, path):  # a restore put another store in its place meanwhile
            os.close(descriptor)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            _take(descriptor, wait_s, waiting)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)  # closing frees the lock, and so does dying


def is_free(path: Path) -> bool:
    """Say whether nobody holds the lock file: also when it is not there."""
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        return _is_taken(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def taken(path: Path) -> Iterator[bool]:
    """Hold a lock file that nobody else holds, without waiting; yields whether that went. It is made where it is not there."""
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except FileNotFoundError:  # the folder is gone
        yield False
        return
    try:
        yield _is_taken(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)


def _take(descriptor: int, wait_s: float, waiting: Waiting) -> None:
    import fcntl

    start = time.monotonic()
    told_at: float | None = None
    while not _is_taken(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB):
        waited = time.monotonic() - start
        who = holder_name(os.pread(descriptor, 100, 0).decode(errors="replace"))
        if waited >= wait_s:
            raise Held(who)
        if told_at is None or waited - told_at >= TELL_EVERY_S:
            told_at = waited
            waiting(f"waiting for {who}, which writes to the store: {waited:.0f} s of at most {wait_s:.0f} s")
        time.sleep(min(POLL_S, max(0.0, wait_s - waited)))


def holder_name(said: str) -> str:
    """Return who holds a lock, from what the lock file says.

    >>> holder_name("4711"), holder_name("")
    ('process 4711', 'another process')
    """
    return f"process {said.strip()}" if said.strip().isdigit() else "another process"


def _is_there(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _is_taken(descriptor: int, how: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, how)
    except OSError:
        return False
    return True


def hold(path: Path) -> int | None:
    """Make a lock file and hold it until the descriptor is closed; None when the file was taken away in the meantime."""
    import fcntl

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    if path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino:
        return descriptor
    os.close(descriptor)
    return None
