"""Give a table a new version in which some of its files are others: many small ones merged, or rows that hold less.

The version is on the disk when it is returned, and nobody reads it until a run pins it (`Store.pin`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice.facts import delta_log, durable, staging
from wholeservice.facts.committing import Before, Old
from wholeservice.facts.delta_log import DataFile
from wholeservice.facts.runs import Run
from wholeservice.facts.staging import Disk, Folder, StagedFile, Writer

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.facts.store import Store

Change = Callable[["pa.Table"], "pa.Table"]


class Rewriting:
    """Rewrites tables of a store that is locked. *before*: the newest run, which stands until another one is pinned."""

    def __init__(self, store: Store, before: Run, folder: Folder) -> None:
        self._store, self._folder, self._at = store, folder, int(before.committed_at.timestamp() * 1000)
        self._before = Before(store.path, before, store.table)

    def files(self, name: str) -> tuple[Old, ...]:
        """Return the files of a table that the newest run pins."""
        return self._before.files(name)

    def replace(self, name: str, old: Sequence[Old], change: Change | None = None) -> int:
        """Write the rows of some files anew, apart by source, each batch of them changed; return the version."""
        schema = self._before.schema(name)
        if schema is None:
            raise FileNotFoundError(self._store.path / name)
        new = self._written(old, schema, change)
        self._store.reached(f"wrote {name} anew")
        return self._publish(name, old, new)

    def _written(
        self, old: Sequence[Old], schema: pa.Schema, change: Change | None
    ) -> list[tuple[tuple[str, str] | None, StagedFile]]:
        writers: dict[tuple[str, str] | None, Writer] = {}
        with Disk(self._store.path) as disk:
            for each in old:
                if each.sources not in writers:
                    writers[each.sources] = Writer(self._folder, disk)
                for rows in batches(each.path):
                    whole = staging.with_schema(rows, schema)
                    writers[each.sources].add(change(whole) if change else whole)
            return [(sources, file) for sources, writer in writers.items() for file in writer.close()]

    def _publish(self, name: str, old: Sequence[Old], new: list[tuple[tuple[str, str] | None, StagedFile]]) -> int:
        folder = self._store.path / name
        added = []
        for sources, file in new:
            path = folder / file.path.name
            file.path.rename(path)
            added.append(DataFile(path.name, path.stat().st_size, file.n_rows, sources))
        durable.settle_folder(folder)
        self._store.reached(f"moved the files of {name}")
        version = delta_log.append(folder, self._at, add=added, remove=[each.path.name for each in old])
        self._store.reached(f"wrote the log of {name}")
        return version


def batches(path: Path, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """Yield the rows of a file in batches; of *columns* those that it has."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        there = None if columns is None else [each for each in columns if each in file.schema_arrow.names]
        for batch in file.iter_batches(batch_size=staging.ROWS_PER_GROUP, columns=there):
            yield pa.Table.from_batches([batch])
