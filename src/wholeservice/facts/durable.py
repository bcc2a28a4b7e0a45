"""Files that survive the plug being pulled: the content is on the disk before its name is, and its name before anybody is told.

A file system keeps what it is told in memory for a while, content and names apart. `fsync` of a file brings its content to
the disk, `fsync` of a folder the names in it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

UNFINISHED = ".unfinished"
_HERE, _SWAP = -100, 2  # AT_FDCWD of Linux; RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


def publish(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, also after a power failure. What stood under this name is replaced."""
    unfinished = path.with_name(path.name + UNFINISHED)
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    settle_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, each with its name on the disk."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    settle_folder(path.parent)


def exchange(one: Path, other: Path) -> None:
    """
    Let two folders change places, durably, in one step: whoever looks sees one or the other under each name, never none.

    Where the system cannot do it in one step (a file system that is neither of Linux nor of macOS) there are three.
    """
    try:
        _exchange_at_once(one, other)
    except (OSError, AttributeError):
        between = other.with_name(other.name + UNFINISHED)
        one.rename(between)
        other.rename(one)
        between.rename(other)
    settle_folder(other.parent)
    settle_folder(one.parent)


def settle(paths: Iterable[Path]) -> None:
    """Bring files that others wrote to the disk: their content, then their names."""
    folders = dict.fromkeys(path.parent for path in _settled(paths))
    for folder in folders:
        settle_folder(folder)


def settle_file(path: Path) -> None:
    """Bring the content of one file to the disk; its name is another matter."""
    _sync(path, os.O_RDONLY)


def settle_folder(path: Path) -> None:
    """Bring the names in a folder to the disk."""
    _sync(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))


def _exchange_at_once(one: Path, other: Path) -> None:
    """Call what Python has no name for. Raises OSError where the file system cannot, AttributeError where the system cannot."""
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        result = library.renamex_np(*paths, _SWAP)
    else:
        result = library.renameat2(_HERE, paths[0], _HERE, paths[1], _SWAP)
    if result != 0:
        raise OSError(ctypes.get_errno(), "cannot exchange", str(one))


def _settled(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        settle_file(path)
        yield path


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
