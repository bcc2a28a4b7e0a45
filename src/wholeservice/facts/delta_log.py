"""The log of a Delta table, written by us: each version is one file of JSON lines, on the disk before anybody can see it.

The library reads tables; it writes log files without bringing them to the disk, so that a power failure can leave a version
that nobody can read. Here an entry gets its name when its content is safe (`durable.publish`).

Source   the Delta transaction log protocol, reader version 1 and writer version 2
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.facts import durable

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable
    from pyarrow.dataset import Dataset

SOURCE = tables.KEYS[0]
FOLDER = "_delta_log"
_ENTRY = re.compile(r"(\d{20})\.json")
_OF_VERSION = re.compile(r"(\d{20})\.")
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\.parquet")
_LAST_CHECKPOINT = "_last_checkpoint"
CHECKPOINT_EVERY = 100  # versions


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file of a table: its name in the table's folder, its size, and what the log says of its rows."""

    name: str
    n_bytes: int
    n_rows: int
    source: tuple[str, str] | None = None  # the first and last source by name; None: not known


def newest(table: Path) -> int | None:
    """Return the newest version that the log has an entry of, None when there is no table."""
    return max((version for version, _ in entries(table)), default=None)


def dataset(table: DeltaTable, folder: Path) -> Dataset:
    """
    Return a table's rows, to be read as they are asked for, by Arrow's own file system.

    That of the library calls Python from threads that Arrow started: a process that ends meanwhile is aborted, with exit code
    134, although all its work is done.
    """
    from pyarrow import fs

    return table.to_pyarrow_dataset(filesystem=fs.SubTreeFileSystem(str(folder.absolute()), fs.LocalFileSystem()))


def append(
    table: Path, at: int, *, add: Iterable[DataFile] = (), remove: Iterable[str] = (), schema: pa.Schema | None = None
) -> int:
    """
    Write the next version, durably. The files of *add* must be in the folder and on the disk.

    *at*       instant in milliseconds, for the record
    *schema*   for the first version, and whenever the columns are others than before
    """
    last = newest(table)
    version = 0 if last is None else last + 1
    actions: list[dict[str, Any]] = [{"commitInfo": {"timestamp": at, "operation": "WRITE", "engineInfo": "wholeservice"}}]
    if version == 0:
        durable.make_folder(table / FOLDER)
        actions.append({"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}})
    if schema is not None:
        actions.append({"metaData": _metadata(table, at, schema)})
    actions += [{"remove": {"path": name, "deletionTimestamp": at, "dataChange": True}} for name in remove]
    actions += [{"add": _add(each, at)} for each in add]
    durable.publish(_path(table, version), "".join(json.dumps(each) + "\n" for each in actions).encode())
    return version


def settle(table: Path, after: int | None, to: int) -> None:
    """Bring versions that somebody else wrote to the disk: the data files they add, then the log, then the names."""
    paths = [_path(table, version) for version, _ in entries(table) if (after is None or version > after) and version <= to]
    durable.settle(table / name for path in paths for name in added(path) if (table / name).is_file())
    durable.settle(paths)
    durable.settle_folder(table)
    durable.settle_folder(table.parent)


def added(entry: Path) -> Iterator[str]:
    """Yield the names of the data files that one entry of a log adds."""
    for line in entry.read_text(encoding="utf-8").splitlines():
        action = json.loads(line)
        if "add" in action:
            yield action["add"]["path"]  # nobody here gives a file a name that needs percent code


def is_due(version: int) -> bool:
    """Say whether the log should be summed up at this version."""
    return version > 0 and version % CHECKPOINT_EVERY == 0


def checkpoint(table: Path, version: int, folder: Path) -> None:
    """
    Sum up the log so far in one file, so that a long log is quick to read. Only for versions that a run pins.

    *folder*   a new folder for the work: the library writes there, and what it wrote gets its name here when it is safe
    """
    from deltalake import DeltaTable

    last = max((found for found, _ in _checkpoints(table) if found < version), default=-1)
    copy = folder / FOLDER
    copy.mkdir(parents=True)
    recent = [path for found, path in entries(table) if last < found <= version]
    for path in [*(path for found, path in _checkpoints(table) if found == last), *recent]:
        (copy / path.name).write_bytes(path.read_bytes())
    DeltaTable(str(folder), version=version).create_checkpoint()
    for path in (*copy.glob(f"{version:020d}.checkpoint*.parquet"), copy / _LAST_CHECKPOINT):
        durable.publish(table / FOLDER / path.name, path.read_bytes())


def drop_after(table: Path, version: int) -> None:
    """
    Take out the versions after *version*, which a writer that died left behind.

    Only for versions that no run pins: a reader of a pinned version never looks at them, and they need not be readable.
    """
    found = [(path, _OF_VERSION.match(path.name)) for path in (table / FOLDER).iterdir()]
    late = [path for path, match in found if match and int(match[1]) > version]
    (table / FOLDER / _LAST_CHECKPOINT).unlink(missing_ok=True)  # only a hint, and it may point too far
    for path in sorted(late, reverse=True):  # from the newest, so that there is never a gap
        path.unlink()
    durable.settle_folder(table / FOLDER)


def entries(table: Path) -> list[tuple[int, Path]]:
    """Return version and file of each entry of a log, oldest first."""
    folder = table / FOLDER
    names = [(path, _ENTRY.fullmatch(path.name)) for path in folder.iterdir()] if folder.is_dir() else []
    return sorted((int(found[1]), path) for path, found in names if found)


def _checkpoints(table: Path) -> list[tuple[int, Path]]:
    names = [(path, _CHECKPOINT.fullmatch(path.name)) for path in (table / FOLDER).iterdir()]
    return sorted((int(found[1]), path) for path, found in names if found)


def files_up_to(table: Path, version: int) -> list[Path]:
    """Return all that the log needs to be read up to a version: entries and, where others made some, checkpoints."""
    names = ((path, _OF_VERSION.match(path.name)) for path in (table / FOLDER).iterdir())
    return sorted(path for path, found in names if found and int(found[1]) <= version)


def _path(table: Path, version: int) -> Path:
    return table / FOLDER / f"{version:020d}.json"


def _metadata(table: Path, at: int, schema: pa.Schema) -> Mapping[str, Any]:
    import hashlib

    from deltalake import Schema

    return {
        "id": str(_uuid(hashlib.sha256(f"{table.absolute()}".encode()).digest())),
        "format": {"provider": "parquet", "options": {}},
        "schemaString": Schema.from_arrow(schema).to_json(),
        "partitionColumns": [],
        "configuration": {},
        "createdTime": at,
    }


def _uuid(digest: bytes) -> Any:
    from uuid import UUID

    return UUID(bytes=digest[:16], version=4)


def _add(file: DataFile, at: int) -> Mapping[str, Any]:
    stats: dict[str, Any] = {"numRecords": file.n_rows}
    if file.source:
        first, last = file.source
        stats |= {"minValues": {SOURCE: first}, "maxValues": {SOURCE: last}, "nullCount": {SOURCE: 0}}
    return {"path": file.name, "partitionValues": {}, "size": file.n_bytes, "modificationTime": at, "dataChange": True,
            "stats": json.dumps(stats)}  # fmt: skip
