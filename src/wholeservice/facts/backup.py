"""Backup and restore of a store: one tar file of what runs pin, with a checksum of everything in it.

    store/<table>/...          the log of each table up to what is pinned, and the data files that are pinned
    store/world, pseudonyms    whose facts these are, and what tells whether the secret is the right one
    runs.json                  the runs
    others                     what the caller adds: settings, the list of the forgotten
    manifest.json, .sha256     size and checksum of each of these; last, so that a backup that was cut short has none

What is pinned never changes, so a backup needs no lock and an ingest may go on. Restoring reads the whole file first and
touches nothing unless every byte is right; then the store is put together in a folder of its own, and takes its place by a
rename.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from wholeservice.errors import InputError, OutsideError, Problem
from wholeservice.facts import delta_log, durable, runs
from wholeservice.facts.maintenance import verify
from wholeservice.facts.pinned import pinned_files
from wholeservice.facts.runs import Run
from wholeservice.facts.store_problems import readable

if TYPE_CHECKING:
    from wholeservice.facts.store import Store

FORMAT = 1
STORE, RUNS, MANIFEST, SEAL = "store", "runs.json", "manifest.json", "manifest.sha256"
MARKS = ("world", "pseudonyms")
MAX_TEXT = 2**26  # bytes of a manifest or a list of runs that are read at once
_CHUNK = 2**20
_NAME = re.compile(r"[\w.@ +-]+(?:/[\w.@ +-]+)*")

CODES = {
    "BAK101": "The backup cannot be used: it is no backup of Wholeservice, was cut short, or is damaged. Nothing was touched."
    " Take another copy of it, or an older backup.",
    "BAK102": "A store with facts stands where the backup would be restored. `--force` moves it aside first, and deletes"
    " nothing.",
    "BAK103": "There is nothing to back up: nothing was ever ingested.",
    "BAK104": "A file stands where the backup would be written. A backup never writes over another one: name a new file.",
    "BAK105": "A file that the backup needs went away while it was made: a vacuum, or `forget`, ran at the same time. Do it"
    " again.",
}


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What is in a backup."""

    runs: tuple[Run, ...]
    n_files: int
    n_bytes: int


def back_up(store: Store, target: Path, others: Mapping[str, bytes], *, is_all_runs: bool = False) -> BackedUp:
    """
    Write the newest run, or all, with everything it needs into a tar file; the file is there whole or not at all.

    *others*   name in the backup -> content
    Errors     InputError BAK103, BAK104; OutsideError BAK105 when files went away meanwhile, STO103
    """
    if target.exists():
        raise InputError(Problem("BAK104", f"{target} is there already", expected="a new file", next_step="name another file"))
    with readable(store.path):
        everything = store.runs()
        if not everything:
            raise InputError(Problem("BAK103", f"nothing was ingested into {store.path} yet", expected="at least one run",
                                     next_step="wholeservice ingest"))  # fmt: skip
        kept = everything if is_all_runs else everything[-1:]
    unfinished = target.with_name(target.name + durable.UNFINISHED)
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            n_files = _write(store, kept, others, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
        durable.settle_folder(target.parent.absolute())
    except FileNotFoundError as error:
        raise OutsideError(Problem("BAK105", f"{error.filename} went away while it was copied", expected="no vacuum meanwhile",
                                   next_step="do it again")) from error  # fmt: skip
    finally:
        unfinished.unlink(missing_ok=True)
    return BackedUp(tuple(kept), n_files, target.stat().st_size)


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that is whole: its runs and the names in it."""

    path: Path
    runs: tuple[Run, ...]
    names: frozenset[str]

    def read(self, name: str) -> bytes | None:
        """Return the content of a small file in it, None when it is not there."""
        if name not in self.names:
            return None
        with tarfile.open(self.path, "r:") as tar, _opened(tar, tar.getmember(name)) as file:
            return file.read(MAX_TEXT)


def check_backup(path: Path) -> Checked:
    """Read a backup from end to end and compare every byte with its manifest. Raises InputError BAK101; touches nothing."""
    sums: dict[str, tuple[int, str]] = {}
    texts: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                _check_member(member, sums)
                with _opened(tar, member) as file:
                    sums[member.name] = _sum(file)
                if member.name in (RUNS, MANIFEST, SEAL) and member.size <= MAX_TEXT:
                    with _opened(tar, member) as file:
                        texts[member.name] = file.read()
        return _checked(path, sums, texts)
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable(path, str(error).splitlines()[0][:200] if str(error) else type(error).__name__) from error


def unpack(checked: Checked, folder: Path) -> None:
    """Put the store of a backup together in a new *folder*, and look at it from end to end."""
    from wholeservice.facts.store import Store

    durable.make_folder(folder)
    with tarfile.open(checked.path, "r:") as tar:
        for member in tar:
            if member.name.startswith(f"{STORE}/"):
                path = folder.joinpath(*member.name.split("/")[1:])
                durable.make_folder(path.parent)
                with _opened(tar, member) as file, path.open("wb") as out:
                    shutil.copyfileobj(file, out, _CHUNK)
    durable.settle(path for path in sorted(folder.rglob("*")) if path.is_file())
    runs.rewrite(folder, checked.runs, ())
    found = verify(Store(folder))
    if found.problems:
        raise _unusable(checked.path, found.problems[0].what)


# writing -----------------------------------------------------------------------------------------------------------------


def _write(store: Store, kept: Sequence[Run], others: Mapping[str, bytes], file: IO[bytes]) -> int:
    sums: dict[str, tuple[int, str]] = {}
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, path in _store_files(store, kept):
            _add_file(tar, f"{STORE}/{name}", path, sums)
        texts = {RUNS: json.dumps([_plain(each) for each in kept]).encode(), **others}
        for name, content in texts.items():
            _add_text(tar, name, content)
            sums[name] = (len(content), hashlib.sha256(content).hexdigest())
        manifest = json.dumps({"format": FORMAT, "files": sums}, sort_keys=True).encode()
        _add_text(tar, MANIFEST, manifest)
        _add_text(tar, SEAL, hashlib.sha256(manifest).hexdigest().encode())
    return len(sums)


def _store_files(store: Store, kept: Sequence[Run]) -> Iterator[tuple[str, Path]]:
    """Yield name and path of every file that the runs need."""
    for mark in MARKS:
        if (store.path / mark).is_file():
            yield mark, store.path / mark
    newest: dict[str, int] = {}
    for run in kept:
        newest |= {name: max(version, newest.get(name, 0)) for name, version in run.versions.items()}
    for name, version in sorted(newest.items()):
        for path in delta_log.files_up_to(store.path / name, version):
            yield f"{name}/{delta_log.FOLDER}/{path.name}", path
    data = {(each.table, each.name) for files in pinned_files(store, kept).values() for each in files}
    for table, name in sorted(data):
        yield f"{table}/{name}", store.path / table / name


class _Summing:
    """A file that is summed up while it is copied."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sha, self.size = file, hashlib.sha256(), 0

    def read(self, n: int = -1) -> bytes:
        found = self._file.read(n)
        self.sha.update(found)
        self.size += len(found)
        return found


def _add_file(tar: tarfile.TarFile, name: str, path: Path, sums: dict[str, tuple[int, str]]) -> None:
    with path.open("rb") as file:
        summing = _Summing(file)
        entry = tarfile.TarInfo(name)
        entry.size = os.fstat(file.fileno()).st_size
        tar.addfile(entry, summing)
    sums[name] = (summing.size, summing.sha.hexdigest())


def _add_text(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def _plain(run: Run) -> dict[str, Any]:
    row = runs.row_of(run)
    return {**row, "at": row["at"].isoformat()}


# reading -----------------------------------------------------------------------------------------------------------------


def _check_member(member: tarfile.TarInfo, seen: Mapping[str, object]) -> None:
    """Refuse whatever a backup of ours never has: links, devices, and names that lead elsewhere."""
    parts = member.name.split("/")
    if not member.isreg() or member.issparse():
        raise ValueError(f"{member.name!r} is no plain file")
    if not _NAME.fullmatch(member.name) or any(part in (".", "..") or part != part.strip() for part in parts):
        raise ValueError(f"{member.name!r} is no name of a file in a backup")
    if member.name in seen:
        raise ValueError(f"{member.name!r} stands in it twice")


def _checked(path: Path, sums: dict[str, tuple[int, str]], texts: Mapping[str, bytes]) -> Checked:
    if MANIFEST not in texts or SEAL not in texts:
        raise ValueError("it has no manifest: it is no backup, or was cut short")
    if hashlib.sha256(texts[MANIFEST]).hexdigest().encode() != texts[SEAL]:
        raise ValueError("its manifest is damaged")
    manifest = json.loads(texts[MANIFEST])
    if manifest["format"] != FORMAT:
        raise ValueError(f"its format is {manifest['format']}, and this version reads {FORMAT}: use a newer Wholeservice")
    told = {name: (size, sha) for name, (size, sha) in manifest["files"].items()}
    found = {name: each for name, each in sums.items() if name not in (MANIFEST, SEAL)}
    wrong = sorted(name for name in {*told, *found} if told.get(name) != found.get(name))
    if wrong:
        raise ValueError(f"{len(wrong)} of its files are damaged, missing or not its own, such as {wrong[0]}")
    rows = [{**each, "at": dt.datetime.fromisoformat(each["at"])} for each in json.loads(texts[RUNS])]
    return Checked(path, runs.load(rows), frozenset(found))


def _opened(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(member)
    if file is None:
        raise ValueError(f"{member.name!r} cannot be read")
    return file


def _sum(file: IO[bytes]) -> tuple[int, str]:
    summing = _Summing(file)
    while summing.read(_CHUNK):
        pass
    return summing.size, summing.sha.hexdigest()


def _unusable(path: Path, why: str) -> InputError:
    return InputError(Problem("BAK101", f"the backup {path} cannot be used: {why}", expected="a whole backup",
                              next_step="take another copy, or an older backup"))  # fmt: skip
