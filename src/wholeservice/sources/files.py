"""Files as they come: found by pattern, plain or packed (.gz, .zip), never larger than the bounds, never half."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from wholeservice.errors import InputError, OutsideError, Place, Problem

MAX_UNPACKED = 64 * 2**30  # bytes that a packed file may unfold into
MAX_RATIO = 200  # and how many times its packed size, beyond the first MAX_FREE bytes
MAX_FREE = 64 * 2**20
MAX_WHOLE = 2**30  # bytes of a format that must be read as a whole: JSON, workbooks, packed Parquet
PACKED = (".gz", ".zip")
_BUFFER = 2**18
_IS_ENCRYPTED = 1

_SIGNATURES = ((b"PAR1", "Parquet"), (b"PK\x03\x04", "zip or a workbook"), (b"\x1f\x8b", "gzip"), (b"%PDF", "PDF"),
               (b"\xd0\xcf\x11\xe0", "an old workbook"), (b"SQLite format 3", "SQLite"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """One file to read. `name` is how it is called in places: relative to the workspace where it lies inside or near."""

    path: Path
    name: str
    member: str | None = None

    @property
    def bare_suffix(self) -> str:
        """The suffix that says the format: `.csv` of `a.csv.gz`."""
        suffixes = [each.lower() for each in self.path.suffixes]
        return next((each for each in reversed(suffixes) if each not in PACKED), "")

    @property
    def packing(self) -> str | None:
        return self.path.suffix.lower() if self.path.suffix.lower() in PACKED else None


def find(pattern: str, folder: Path) -> list[File]:
    """Return the files of a path or pattern (`*`, `?`, `[...]`, `**`), sorted; relative to *folder*."""
    path = Path(pattern).expanduser()
    if not any(mark in pattern for mark in "*?["):
        full = folder / path
        return [File(full, _name(full, folder))] if full.is_file() else []
    base = Path(path.anchor) if path.is_absolute() else folder
    relative = str(path.relative_to(path.anchor)) if path.is_absolute() else pattern
    while relative.startswith("../"):  # pathlib does not look above the folder it starts from
        base, relative = base.parent, relative[3:]
    return [File(each, _name(each, folder)) for each in sorted(base.resolve().glob(relative)) if each.is_file()]


def _name(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


@contextmanager
def opened(file: File) -> Iterator[io.BufferedReader]:
    """Open a file for reading, unpacked. Raises InputError when it is missing, empty, cut off, or too large when unpacked."""
    try:
        if file.path.stat().st_size == 0:
            raise InputError(empty(file))
        if file.packing == ".zip":
            with zipfile.ZipFile(file.path) as archive, archive.open(_member(archive, file)) as stream:
                yield io.BufferedReader(_Bounded(stream, file), _BUFFER)
        elif file.packing == ".gz":
            with gzip.open(file.path) as packed:
                yield io.BufferedReader(_Bounded(packed, file), _BUFFER)
        else:
            with file.path.open("rb") as stream:
                yield stream
    except (EOFError, zlib.error) as error:
        raise InputError(truncated(file, str(error))) from None
    except (gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError) as error:
        raise InputError(not_as_named(file, f"{error}")) from None
    except OSError as error:
        raise OutsideError(Problem("SRC120", f"cannot read it: {error.strerror or error}", Place(file.name),
                                   next_step="see that the file exists and may be read")) from None  # fmt: skip


class _Bounded(io.RawIOBase):
    """A packed stream that stops when it unfolds into too much."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, file: File) -> None:
        self._stream, self._file = stream, file
        self._n_read = 0
        self._limit = min(MAX_UNPACKED, MAX_FREE + MAX_RATIO * file.path.stat().st_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._n_read += len(chunk)
        if self._n_read > self._limit:
            raise InputError(too_large(self._file, f"it unfolds into more than {self._limit:,} bytes"))
        return len(chunk)


def _member(archive: zipfile.ZipFile, file: File) -> zipfile.ZipInfo:
    members = [each for each in archive.infolist() if not each.is_dir()]
    wanted = [each for each in members if file.member in (None, each.filename)]
    if len(wanted) == 1 and not wanted[0].flag_bits & _IS_ENCRYPTED:
        return wanted[0]
    if len(wanted) == 1:
        raise InputError(Problem("SRC122", "it is locked with a password", Place(file.name), "a file that can be read",
                                 next_step="unpack it"))  # fmt: skip
    names = ", ".join(each.filename for each in members[:5]) or "none"
    what = f"it holds {len(members)} files" if file.member is None else f"it does not hold '{file.member}'"
    raise InputError(Problem("SRC129", f"{what}: {names}", Place(file.name), "one file", next_step="name it with member:"))


def whole(file: File) -> bytes:
    """Return the whole content, unpacked. Raises InputError beyond MAX_WHOLE bytes."""
    with opened(file) as stream:
        content = stream.read(MAX_WHOLE + 1)
    if len(content) > MAX_WHOLE:
        raise InputError(too_large(file, f"it is larger than {MAX_WHOLE:,} bytes, and this format is read as a whole"))
    if not content.strip():
        raise InputError(empty(file))
    return content


def start(file: File) -> bytes:
    """Return the first bytes, unpacked, to see what the file is."""
    with opened(file) as stream:
        return stream.read(512)


def looks_like(beginning: bytes) -> str | None:
    """Say what a file is by its first bytes, None when they give nothing away.

    >>> looks_like(b"PAR1..."), looks_like(b" <!DOCTYPE html>"), looks_like(b"a,b")
    ('Parquet', 'a web page', None)
    """
    if beginning.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
        return "a web page"
    return next((name for signature, name in _SIGNATURES if beginning.startswith(signature)), None)


def empty(file: File) -> Problem:
    return Problem(
        "SRC121", "the file is empty", Place(file.name), "a header and rows", next_step="see whether its export failed"
    )


def truncated(file: File, detail: str, line: int | None = None) -> Problem:
    return Problem("SRC124", f"the file ends before it is complete: {detail}", Place(file.name, line), "a complete file",
                   next_step="copy or export it again")  # fmt: skip


def not_as_named(file: File, what: str) -> Problem:
    return Problem("SRC122", what, Place(file.name), f"what its name says: {file.path.suffix or 'a table'}",
                   next_step="give it its right name, or say format: in the declaration")  # fmt: skip


def too_large(file: File, what: str, line: int | None = None) -> Problem:
    return Problem("SRC125", what, Place(file.name, line), "a file within the bounds",
                   next_step="split it, or convert it to Parquet")  # fmt: skip
