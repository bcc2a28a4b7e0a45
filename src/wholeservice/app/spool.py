"""The spool: a file that is only ever appended to, one line an entry. What is said to be kept is on the disk.

    .wholeservice/spool/improvements.jsonl

Whoever writes holds a lock, which death frees, so that entries of several processes never mix, and what an entry says may
depend on those before it (its id). A crash leaves the whole line or a part of it; the next writer ends that part first, and
readers set it aside. Reading takes no lock: lines are whole or seen as cut off, and the next reading has the rest.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wholeservice.app.settings import Settings
from wholeservice.errors import OutsideError, Problem
from wholeservice.facts.durable import make_folder, settle_folder
from wholeservice.facts.lock import Held, held
from wholeservice.sources.log_lines import Line, lines_in

FOLDER, IMPROVEMENTS = "spool", "improvements.jsonl"
WAIT_S = 20.0
MAX_BYTES = 256 * 1024  # of one entry: far more than a form can hold

Entry = Mapping[str, Any]
Make = Callable[[Sequence[Entry]], Entry]
"""The entries there are -> the one to keep. Called with the lock held; what it returns again is not written twice."""


def log_path(settings: Settings) -> Path:
    """Return the file that the improvement log of a workspace is written to."""
    return settings.state / FOLDER / IMPROVEMENTS


def append(path: Path, make: Make) -> Entry:
    """
    Keep one entry, and return it once it is on the disk; where *make* returns one that is there already, nothing is written.

    Errors   OutsideError IMP016 where it could not be written (nothing of it is kept then), IMP017 where the lock was held
    """
    try:
        make_folder(path.parent)
        with held(path.with_suffix(".lock"), WAIT_S, lambda words: None):
            return _append(path, make)
    except Held as error:
        raise OutsideError(Problem("IMP017", f"{error.holder} was writing to {path.name} for {WAIT_S:.0f} s",
                                   next_step="say it again; if it goes on, see what that program does")) from None  # fmt: skip
    except OSError as error:
        raise OutsideError(Problem("IMP016", f"{path.name} cannot be written: {error.strerror or error}",
                                   next_step="see that the disk has room, and who may write there")) from error  # fmt: skip


def _append(path: Path, make: Make) -> Entry:
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        content = _whole(descriptor)
        entries = [line.entry for line in lines_in(content) if line.entry is not None]
        entry = make(entries)
        if any(entry is each for each in entries):
            return entry
        is_torn = bool(content) and not content.endswith(b"\n")
        text = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if len(text) > MAX_BYTES:
            raise OutsideError(Problem("IMP016", f"the entry has {len(text):,} bytes", expected=f"at most {MAX_BYTES:,}",
                                       next_step="say it shorter"))  # fmt: skip
        _write(descriptor, (b"\n" if is_torn else b"") + text, len(content))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        settle_folder(path.parent)
    return entry


def _whole(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    parts, at = [], 0
    while at < size and (part := os.pread(descriptor, size - at, at)):
        parts.append(part)
        at += len(part)
    return b"".join(parts)


def _write(descriptor: int, text: bytes, size_before: int) -> None:
    """Write all of a text at the end; where the disk refuses a part of it, what was written of it is taken back."""
    written = 0
    try:
        while written < len(text):
            written += os.write(descriptor, text[written:])
    except OSError:
        os.ftruncate(descriptor, size_before)
        raise


def lines(path: Path) -> tuple[Line, ...]:
    """Return every line that was written so far; none where nothing ever was."""
    try:
        return tuple(lines_in(path.read_bytes()))
    except FileNotFoundError:
        return ()


def entries(path: Path) -> list[Entry]:
    """Return every whole entry that was written so far."""
    return [line.entry for line in lines(path) if line.entry is not None]


def mark(path: Path) -> str:
    """Return what changes whenever something was appended; it is cheap to ask."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_ino}-{found.st_size}"
