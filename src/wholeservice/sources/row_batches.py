"""Rows that are objects on their way into batches of columns: few enough at once that memory cannot grow without bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wholeservice.sources.base import LINE, Batch, Header
from wholeservice.sources.nested import columns_of

ROWS_PER_BATCH, NAMES_PER_BATCH, CHARACTERS_PER_BATCH = 2**14, 1000, 2**24


@dataclass(slots=True)
class Rows:
    """Rows on their way into a batch, all of one file. The columns *always* are there in each, also where no row has them."""

    always: tuple[str, ...]
    rows: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    n_characters: int = 0

    @property
    def is_full(self) -> bool:
        is_long = self.n_characters >= CHARACTERS_PER_BATCH
        return is_long or len(self.rows) >= ROWS_PER_BATCH or len(self.names) >= NAMES_PER_BATCH

    def add(self, row: dict[str, Any], number: int) -> None:
        self.rows.append(row)
        self.numbers.append(number)
        self.names.update(row)
        self.n_characters += sum(len(value) for value in row.values() if isinstance(value, str))

    def batch(self, file: str, counts_in: str = LINE) -> Batch:
        """Return what was added as a batch of the file of that name, and start anew."""
        import pyarrow as pa

        blank = dict.fromkeys(self.always)
        columns = columns_of([{**blank, **row} for row in self.rows])
        numbers = pa.array(self.numbers, pa.int64())
        self.rows, self.numbers, self.names, self.n_characters = [], [], set(), 0
        return Batch(Header(file, tuple(columns), is_open=True), tuple(columns.values()), numbers, counts_in)


@dataclass(slots=True)
class Batcher:
    """Rows of several files, in turn; a batch comes out whenever the file changes or enough rows are there."""

    rows: Rows
    file: str | None = None
    counts_in: str = LINE

    def add(self, row: dict[str, Any], file: str, number: int, counts_in: str) -> Iterator[Batch]:
        """Take a row in; yield the batch that is full by it, or that another file ends."""
        if (file, counts_in) != (self.file, self.counts_in):
            yield from self.rest()
            self.file, self.counts_in = file, counts_in
        self.rows.add(row, number)
        if self.rows.is_full:
            yield from self.rest()

    def rest(self) -> Iterator[Batch]:
        """Yield what was not yielded yet."""
        if self.rows.rows and self.file is not None:
            yield self.rows.batch(self.file, self.counts_in)
