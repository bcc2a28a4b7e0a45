"""A second file beside a table: its columns are added to each row by a key, as `NAME.COLUMN`.

The second file is held in memory, so it is bounded. A key that stands in it twice would double or choose at random: it is
an error. A row whose key is not in it keeps its own columns; how many there were is told once, with examples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wholeservice.errors import InputError, Place, Problem, suggest
from wholeservice.sources.base import LINE, Batch, Header, Raw
from wholeservice.sources.table_options import Join, TableOptions

if TYPE_CHECKING:
    import pyarrow as pa

MAX_ROWS = 2_000_000
MAX_BYTES = 512 * 2**20  # of its cells
_MAX_SHOWN = 3  # keys or lines that a message names
_MAX_COMPARED = 10_000  # keys among which the nearest is sought
_MIN_LIKENED = 5  # letters; among short codes such as BQN every other one is near
_BETWEEN = "\0"

Rows = Callable[[TableOptions], Iterator[Raw]]


def joined(rows: Iterable[Raw], joins: tuple[Join, ...], read: Rows) -> Iterator[Raw]:
    """Yield the rows with the columns of the second files, and what was wrong with those as warnings at the end.

    Raises InputError for a second file that is too large, lacks its key, or has a key twice.
    """
    seconds = [_Second.of(join, read(join.options)) for join in joins]
    for raw in rows:
        if not isinstance(raw, Batch):
            yield raw
            continue
        for second in seconds:
            raw = second.added_to(raw)
        yield raw
    for second in seconds:
        yield from second.warnings()


def joined_header(header: Header, join: Join, second: Header | None) -> tuple[Header, list[Problem]]:
    """Return the header with the columns of a second file, and what is wrong with the key; unknown columns leave it open."""
    problems = [_no_column(name, header, join) for name in join.on if _at(name, header) is None and not header.is_open]
    if second is None:
        return Header(header.file, header.names, is_open=True), problems
    problems += [_no_column(name, second, join) for name in join.key if _at(name, second) is None and not second.is_open]
    names = (*header.names, *_names(join, second.names))
    return Header(header.file, names, header.is_open or second.is_open), problems


@dataclass(slots=True)
class _Second:
    """A second file in memory: where each key stands, and which keys were asked for in vain."""

    join: Join
    file: str
    columns: dict[str, Any]
    row_of: dict[str, int]
    told: list[Problem]
    lacking: dict[str, int] = field(default_factory=dict)
    n_lacking: int = 0
    n_asked: int = 0
    first: Place | None = None

    @classmethod
    def of(cls, join: Join, rows: Iterator[Raw]) -> _Second:
        batches, refused = _held(join, rows)
        if not batches:
            return cls(join, join.options.files[0], {}, {}, refused)
        keys, places = _keys_and_places(join, batches)
        row_of, n_keyless = _row_of(keys, places, join)
        if n_keyless:
            refused.append(Problem("SRC146", f"{n_keyless:,} rows of {batches[0].header.file} have no {_said(join.key)}",
                                   join.place, "a key in each row", next_step="nothing, if nobody asks for them",
                                   severity="warning"))  # fmt: skip
        return cls(join, batches[0].header.file, _together(batches), row_of, refused)

    def added_to(self, batch: Batch) -> Batch:
        """Return the batch with the columns of this file, null where its key is missing or not there."""
        import pyarrow as pa

        positions = [_at(name, batch.header) for name in self.join.on]
        if None in positions and not batch.header.is_open:
            lacking = next(name for name, at in zip(self.join.on, positions, strict=True) if at is None)
            raise InputError(_no_column(lacking, batch.header, self.join))
        if None in positions:
            texts = pa.nulls(len(batch.numbers), pa.string())
        else:
            texts = _key([batch.columns[at] for at in positions if at is not None], self.join.missing)
        encoded = texts.dictionary_encode()
        rows = pa.array([self.row_of.get(key) for key in encoded.dictionary.to_pylist()], pa.int64()).take(encoded.indices)
        self._note(texts, rows, batch)
        names = (*batch.header.names, *_names(self.join, tuple(self.columns)))
        columns = (*batch.columns, *(each.take(rows) for each in self.columns.values()))
        header = Header(batch.header.file, names, batch.header.is_open)
        return Batch(header, columns, batch.numbers, batch.counts_in, batch.n_joined + len(self.columns))

    def _note(self, keys: pa.Array, rows: pa.Array, batch: Batch) -> None:
        """Count the keys that were asked for in vain."""
        import pyarrow.compute as pc

        lacks = pc.and_(pc.is_valid(keys), pc.is_null(rows))
        self.n_asked += len(keys) - keys.null_count
        if not lacks.true_count:
            return
        self.n_lacking += lacks.true_count
        if self.first is None:
            self.first = Place(f"{batch.header.file}{batch.counts_in}{batch.numbers.filter(lacks)[0]}")
        if len(self.lacking) < _MAX_COMPARED:
            for each in pc.value_counts(keys.filter(lacks)).to_pylist():
                self.lacking[each["values"]] = self.lacking.get(each["values"], 0) + each["counts"]

    def warnings(self) -> Iterator[Problem]:
        """Yield what is to be told of this file, once."""
        yield from self.told
        if self.n_lacking:
            shown = ", ".join(f"'{_shown(key)}'" for key in list(self.lacking)[:_MAX_SHOWN])
            first, known = next(iter(self.lacking)), list(self.row_of)[:_MAX_COMPARED]
            what = (
                f"{self.n_lacking:,} of {self.n_asked:,} rows have a {_said(self.join.on)} that is not in {self.file}: {shown}"
            )
            yield Problem("SRC145", what, self.first, f"one of its {len(self.row_of):,} keys",
                          suggest(first, known) if len(first) >= _MIN_LIKENED else None,
                          f"their {self.join.name} columns are missing; add the keys, or see whether on: and key: are right",
                          severity="warning")  # fmt: skip


def _held(join: Join, rows: Iterator[Raw]) -> tuple[list[Batch], list[Problem]]:
    """Return all batches of the second file, and a warning of its rows that could not be read."""
    batches: list[Batch] = []
    refused: list[Problem] = []
    for raw in rows:
        if isinstance(raw, Problem):
            refused.append(raw)
        elif isinstance(raw, Batch):
            batches.append(raw)
            n_rows = sum(len(each.numbers) for each in batches)
            n_bytes = sum(column.nbytes for each in batches for column in each.columns)
            if n_rows > MAX_ROWS or n_bytes > MAX_BYTES:
                raise InputError(Problem("SRC125", f"{raw.header.file} is too large to be held beside a table", join.place,
                                         f"at most {MAX_ROWS:,} rows and {MAX_BYTES:,} bytes",
                                         next_step="take out rows and columns that nobody asks for"))  # fmt: skip
    if not refused:
        return batches, []
    first = refused[0]
    what = f"{len(refused):,} rows of {first.place.file if first.place else join.name} could not be read: {first.what}"
    return batches, [Problem(first.code, what, first.place, first.expected, severity="warning", next_step="mend them there")]


def _keys_and_places(join: Join, batches: list[Batch]) -> tuple[list[str | None], list[str]]:
    keys: list[str | None] = []
    places: list[str] = []
    for batch in batches:
        positions = [_at(name, batch.header) for name in join.key]
        lacking = [name for name, at in zip(join.key, positions, strict=True) if at is None]
        if lacking and not batch.header.is_open:
            raise InputError(_no_column(lacking[0], batch.header, join))
        columns = [batch.columns[at] for at in positions if at is not None]
        keys += [None] * len(batch.numbers) if lacking else _key(columns, join.missing).to_pylist()
        places += [f"{'line' if batch.counts_in == LINE else 'row'} {number}" for number in batch.numbers.to_pylist()]
    if not any(key is not None for key in keys):
        raise InputError(_no_column(join.key[0], batches[0].header, join))
    return keys, places


def _row_of(keys: list[str | None], places: list[str], join: Join) -> tuple[dict[str, int], int]:
    """Return the row of each key, and how many rows have none."""
    row_of: dict[str, int] = {}
    again: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        if key is not None and row_of.setdefault(key, row) != row:
            again.setdefault(key, [row_of[key]]).append(row)
    if again:
        key, rows = next(iter(again.items()))
        where = " and ".join(places[row] for row in rows[:_MAX_SHOWN]) + (" and more" if len(rows) > _MAX_SHOWN else "")
        raise InputError(Problem("SRC144", f"{join.options.files[0]} has {len(again):,} keys more than once, such as "
                                 f"'{_shown(key)}' in {where}", join.place, "each key once",
                                 next_step="name more columns under key: and on:, or mend the file"))  # fmt: skip
    return row_of, keys.count(None)


def _together(batches: list[Batch]) -> dict[str, pa.Array]:
    """Return the columns of all batches; where their types differ, as text."""
    import pyarrow as pa

    made: dict[str, pa.Array] = {}
    for name in dict.fromkeys(name for batch in batches for name in batch.header.names):
        parts = [
            batch.columns[batch.header.names.index(name)] if name in batch.header.names else pa.nulls(len(batch.numbers))
            for batch in batches
        ]
        kinds = {part.type for part in parts if not pa.types.is_null(part.type)}
        kind = kinds.pop() if len(kinds) == 1 else pa.string()
        made[name] = pa.concat_arrays([part.cast(kind) for part in parts])
    return made


def _key(columns: list[pa.Array], missing: frozenset[str]) -> pa.Array:
    """Return the key of each row as text; a whole number of a workbook is written like one of a text file."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = []
    for column in columns:
        if pa.types.is_floating(column.type) and pc.all(pc.equal(column, pc.round(column))).as_py():
            column = column.cast(pa.int64())
        text = pc.utf8_trim_whitespace(column.cast(pa.string()))
        is_missing = pc.is_in(text, pa.array(sorted(missing | {""})))
        texts.append(pc.if_else(is_missing, pa.scalar(None, pa.string()), text))
    return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, _BETWEEN, null_handling="emit_null")


def _at(name: str, header: Header) -> int | None:
    if name in header.names:
        return header.names.index(name)
    return int(name) - 1 if name.isdecimal() and 0 < int(name) <= len(header.names) else None


def _names(join: Join, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{join.name}.{name}" for name in names)


def _said(names: tuple[str, ...]) -> str:
    return " and ".join(names)


def _shown(key: str) -> str:
    return key.replace(_BETWEEN, " and ")[:60]


def _no_column(name: str, header: Header, join: Join) -> Problem:
    return Problem("SRC108", f"{header.file} has no column '{name}'", join.place, f"one of its {len(header.names)} columns",
                   suggest(name, header.names), "correct key: or on:")  # fmt: skip
