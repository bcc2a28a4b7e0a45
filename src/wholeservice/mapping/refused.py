"""What of one batch could not be read, each cell once, as rows of the quarantine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.mapping import quarantine
from wholeservice.mapping.base import Length
from wholeservice.mapping.cells import View
from wholeservice.mapping.literals import expected
from wholeservice.mapping.plan import LISTED, Cell, Inside
from wholeservice.mapping.read import Why, any_of
from wholeservice.mapping.values import as_text
from wholeservice.mapping.wide import ABSENT
from wholeservice.mapping.windows import Window
from wholeservice.sources.base import Batch

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class _Cells:
    """The refused cells of one kind: flags of the rows of a view."""

    view: View
    cell: Cell
    column: tables.Column
    rows: Any
    why: tuple[Why, ...]


@dataclass(slots=True)
class Refusals:
    """The refused cells and windows of a batch so far."""

    source: str
    batch: Batch
    cells: list[_Cells] = field(default_factory=list)
    windows: dict[tuple[Cell, Cell], tuple[View, Window, Any]] = field(default_factory=dict)

    def add(self, view: View, cell: Cell, column: tables.Column, rows: pa.Array, why: tuple[Why, ...] = ()) -> None:
        """Note refused cells, but for those that were noted before: several facts may read one cell."""
        import pyarrow.compute as pc

        for each in self.cells:
            if each.view is view and _is_same(each.cell, cell):
                rows = pc.and_not(rows, each.rows)
        if any_of(rows):
            self.cells.append(_Cells(view, cell, column, rows, why))

    def add_window(self, view: View, ends: tuple[Cell, Cell], window: Window, rows: pa.Array) -> None:
        """Note windows that end too early; several facts of a row may have one window, and it is noted once."""
        import pyarrow.compute as pc

        if ends in self.windows and self.windows[ends][0] is view:
            rows = pc.or_(rows, self.windows[ends][2])
        if any_of(rows):
            self.windows[ends] = (view, window, rows)

    def table(self, unnamed: pa.Array, record: tuple[Cell, ...]) -> pa.Table:
        """Return all that was noted, and the rows that name no record."""
        import pyarrow as pa

        found = [part for each in self.cells for part in self._cells(each)]
        found += [self._windows(ends, *each) for ends, each in self.windows.items()]
        if any_of(unnamed):
            names = " or ".join(repr(self.label(cell)) for cell in record)
            places = self.places(unnamed)
            reason = pa.repeat(pa.scalar(f"{names} is missing, which tells records apart"), len(places))
            found.append(self.quarantined(places, "SRC155", reason, pa.nulls(len(places), pa.string())))
        return pa.concat_tables(found) if found else quarantine.schema().empty_table()

    def places(self, keep: pa.Array, view: View | None = None) -> pa.Array:
        """Return `file:line` of each row of a view where *keep* holds."""
        import pyarrow as pa
        import pyarrow.compute as pc

        before = self.batch.header.file + self.batch.counts_in
        row = view.row if view is not None else None
        numbers = self.batch.numbers.filter(keep) if row is None else self.batch.numbers.take(row.filter(keep))
        return pc.binary_join_element_wise(pa.scalar(before), numbers.cast(pa.string()), "")

    def _cells(self, refused: _Cells) -> list[pa.Table]:
        """Return the refused cells of one kind, those with a reason of their own apart."""
        import pyarrow.compute as pc

        left, found = refused.rows, []
        for why in refused.why:
            rows = pc.and_(left, why.rows)
            if any_of(rows):
                found.append(self._told(refused, rows, why))
                left = pc.and_not(left, why.rows)
        if any_of(left):
            kind = "number" if refused.column.type == tables.NUMBERS else refused.column.type
            why = Why(left, f"is no {kind}", expected(refused.column, refused.cell.reading))
            found.append(self._told(refused, left, why))
        return found

    def _told(self, refused: _Cells, rows: pa.Array, why: Why) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        raw = pc.utf8_slice_codeunits(refused.view.cells.shown(refused.cell).filter(rows), 0, quarantine.MAX_RAW)
        if refused.column.is_alias:  # who it is stays outside
            raw = pa.nulls(len(raw), pa.string())
        before = pa.scalar(f"column '{self.label(refused.cell)}': '")
        shown = pc.utf8_slice_codeunits(raw, 0, quarantine.MAX_SHOWN)
        reason = pc.binary_join_element_wise(before, shown, pa.scalar(f"' {why.words}"), "", null_handling="replace")
        return self.quarantined(self.places(rows, refused.view), why.code, reason, raw, why.expected)

    def _windows(self, ends: tuple[Cell, Cell], view: View, window: Window, rows: pa.Array) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = [as_text(view.cells.raw(end)) for end in ends]
        raw = pc.binary_join_element_wise(*(each.filter(rows) for each in texts), " to ")
        reason = pa.repeat(pa.scalar(window.wrong), len(raw))
        return self.quarantined(self.places(rows, view), "SRC158", reason, raw, window.expected)

    def quarantined(self, place: pa.Array, code: str, reason: pa.Array, raw: pa.Array, expected: str | None = None) -> pa.Table:
        """Return rows of the quarantine."""
        import pyarrow as pa

        n, schema = len(place), quarantine.schema()
        source, codes, needed = (pa.repeat(pa.scalar(each, pa.string()), n) for each in (self.source, code, expected))
        return pa.table([source, place, codes, reason, raw, needed, pa.nulls(n, schema[-1].type)], schema=schema)

    def label(self, cell: Cell) -> str:
        """Return the names of the columns that a cell is made of."""
        return " ".join(self._name(part) for part in cell.parts if not isinstance(part, str) and part != ABSENT)

    def _name(self, part: int | Inside) -> str:
        if isinstance(part, Inside):
            return f"{self._name(part.column)}.{part.path}"
        return "value of a list" if part == LISTED else self.batch.header.names[part] or str(part + 1)


def _is_same(one: Cell, other: Cell) -> bool:
    """Say whether two cells are refused together: what is added to a day changes nothing in whether it is one."""
    return replace(one, reading=replace(one.reading, plus=Length())) == replace(
        other, reading=replace(other.reading, plus=Length())
    )
