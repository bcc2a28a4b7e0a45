"""The cells of one batch: found by column, read once, whatever number of facts asks for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.mapping.moments import ELAPSED, shifted
from wholeservice.mapping.pieces import inside
from wholeservice.mapping.plan import LISTED, Cell, Inside
from wholeservice.mapping.read import Read, Why, any_of, none_of
from wholeservice.mapping.values import as_text, read, trimmed
from wholeservice.mapping.wide import ABSENT

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class Columns:
    """Columns of which only those that are asked for are picked from: rows that `where:` selects, values of a list."""

    arrays: tuple[pa.Array, ...] | Columns
    pick: Callable[[pa.Array], pa.Array] | None = None
    _picked: dict[int, pa.Array] = field(default_factory=dict)

    def __getitem__(self, position: int) -> pa.Array:
        if self.pick is None:
            return self.arrays[position]
        if position not in self._picked:
            self._picked[position] = self.pick(self.arrays[position])
        return self._picked[position]


@dataclass(slots=True)
class Cells:
    """Cells of *n* rows. `listed` are the values of the list that these rows were made of, one each."""

    columns: Columns
    n: int
    listed: Any = None
    _raw: dict[tuple[Any, frozenset[str]], Read] = field(default_factory=dict)
    _read: dict[tuple[Cell, str, str | None], Read] = field(default_factory=dict)
    _nothing: Any = None

    @property
    def nothing(self) -> pa.Array:
        """A mask that holds in no row."""
        if self._nothing is None:
            self._nothing = none_of(self.n)
        return self._nothing

    def column(self, position: int) -> pa.Array:
        """Return a column as it stands; one that is not there is missing in every row."""
        import pyarrow as pa

        if position == ABSENT:
            return pa.nulls(self.n, pa.string())
        return self.listed if position == LISTED else self.columns[position]

    def cell(self, cell: Cell, column: tables.Column) -> Read:
        """Read a cell of every row as the type of a column; the same cell is read once."""
        key = (cell, column.type, column.unit)
        if key not in self._read:
            found = self._one_for_all(cell, column) if cell.literal is not None else self._each(cell, column)
            for duration, sign in ((cell.after, 1), (cell.before, -1)):
                found = shifted(found, self.cell(duration, ELAPSED), sign) if duration else found
            for further in cell.otherwise:
                found = _or_else(found, self.cell(further, column))
            self._read[key] = found
        return self._read[key]

    def _one_for_all(self, cell: Cell, column: tables.Column) -> Read:
        import pyarrow as pa

        one = read(pa.array([cell.literal], pa.string()), column, cell.reading)
        refused = pa.repeat(pa.scalar(True), self.n) if one.refused[0].as_py() else self.nothing
        return Read(pa.repeat(one.values[0], self.n), refused)

    def _each(self, cell: Cell, column: tables.Column) -> Read:
        import pyarrow.compute as pc

        raw = self._found(cell.parts, cell.reading.missing)
        own = read(raw.values, column, cell.reading)
        if not any_of(raw.refused):
            return own
        return Read(own.values, pc.or_(own.refused, raw.refused), (*raw.why, *own.why), own.currency)

    def raw(self, cell: Cell) -> pa.Array:
        """Return the cells as they stand: one column, or texts and columns joined (missing when one of them is)."""
        import pyarrow as pa

        if cell.literal is not None:
            return pa.repeat(pa.scalar(cell.literal), self.n)
        return self._found(cell.parts, cell.reading.missing).values

    def part(self, part: str | int | Inside, missing: frozenset[str]) -> Read:
        """Return a column as it stands, what lies inside the JSON in it, or a text as often as there are rows."""
        import pyarrow as pa

        repeated = isinstance(part, str)
        return Read(pa.repeat(pa.scalar(part), self.n), self.nothing) if repeated else self._found((part,), missing)

    def shown(self, cell: Cell) -> pa.Array:
        """Return what stands in the file, to show it where it was refused: of a path into JSON the whole cell."""
        import pyarrow.compute as pc

        raw = as_text(self.raw(cell))
        first = next((part for part in cell.parts if isinstance(part, Inside)), None)
        return raw if first is None else pc.coalesce(raw, as_text(self.column(first.column)))

    def _found(self, parts: tuple[str | int | Inside, ...], missing: frozenset[str]) -> Read:
        key = (parts, missing)
        if key not in self._raw:
            self._raw[key] = self._part(parts[0], missing) if len(parts) == 1 else self._joined(parts, missing)
        return self._raw[key]

    def _part(self, part: Any, missing: frozenset[str]) -> Read:
        """Return one column, or what lies inside the JSON in it."""
        if isinstance(part, Inside):
            return inside(as_text(trimmed(self.column(part.column), missing)), part.path)
        return Read(self.column(part), self.nothing)

    def _joined(self, parts: tuple[str | int | Inside, ...], missing: frozenset[str]) -> Read:
        import pyarrow as pa
        import pyarrow.compute as pc

        why: list[Why] = []
        refused, texts = self.nothing, []
        for part in parts:
            if isinstance(part, str):
                texts.append(pa.scalar(part))
                continue
            one = self._part(part, missing)
            refused, why = pc.or_(refused, one.refused), [*why, *one.why]
            texts.append(as_text(trimmed(one.values, missing)))
        return Read(pc.binary_join_element_wise(*texts, "", null_handling="emit_null"), refused, tuple(why))

    def numbers(self, cells: tuple[Cell, ...], column: tables.Column) -> Read:
        """Return one list per row; a list with a missing number is missing."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.is_list(cells):
            return Read(self.raw(cells[0]).cast(pa.list_(pa.float64())), self.nothing)
        reads = [self.cell(cell, column) for cell in cells]
        lacks = refused = self.nothing
        for each in reads:
            lacks, refused = pc.or_(lacks, pc.is_null(each.values)), pc.or_(refused, each.refused)
        stacked = pa.concat_arrays([each.values for each in reads])
        order = np.arange(self.n * len(reads)).reshape(len(reads), self.n).T.ravel()
        offsets = pa.array(np.arange(0, self.n * len(reads) + 1, len(reads)), pa.int32())
        return Read(pa.ListArray.from_arrays(offsets, stacked.take(pa.array(order)), mask=lacks), refused)

    def is_list(self, cells: tuple[Cell, ...]) -> bool:
        """Say whether a column of lists, as Parquet has them, is the whole field."""
        import pyarrow as pa

        return len(cells) == 1 and cells[0].literal is None and pa.types.is_list(self.raw(cells[0]).type)


@dataclass(frozen=True, slots=True)
class View:
    """Rows that a fact is made of: those of the batch, or one per value of a list in it.

    `row` is the row of the batch that each comes from, `number` which value of its list it is, from 1; None: the batch itself.
    """

    cells: Cells
    row: pa.Array | None = None
    number: pa.Array | None = None

    def down(self, of_batch: pa.Array) -> pa.Array:
        """Return what is said of the rows of the batch, for each row of the view."""
        return of_batch if self.row is None else of_batch.take(self.row)

    def up(self, mask: pa.Array, n: int) -> pa.Array:
        """Return in which of the *n* rows of the batch a mask of the view holds at least once."""
        import numpy as np
        import pyarrow as pa

        if self.row is None:
            return mask
        found = np.zeros(n, bool)
        found[np.asarray(self.row.filter(mask))] = True
        return pa.array(found)


def _or_else(first: Read, second: Read) -> Read:
    """Take the second where the first is missing; where the first cannot be read it stays refused."""
    import pyarrow.compute as pc

    is_missing = pc.and_not(pc.is_null(first.values), first.refused)
    values = pc.if_else(is_missing, second.values, first.values)
    return Read(values, pc.or_(first.refused, pc.and_(is_missing, second.refused)), (*first.why, *second.why), first.currency)
