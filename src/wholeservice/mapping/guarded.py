"""The columns of one batch on their way past the guard: each cell once for each purpose, and what was withheld of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.mapping.cells import View
from wholeservice.mapping.guard import Guard, mask_refused
from wholeservice.mapping.plan import Cell, FactPlan, Plan
from wholeservice.mapping.quarantine import WITHHELD
from wholeservice.mapping.read import Read
from wholeservice.mapping.refused import Refusals

if TYPE_CHECKING:
    import pyarrow as pa

EXPECTED = "no personal data; a column that names a person is mapped to consumer: or resource:"


@dataclass(slots=True)
class _Withheld:
    """What was withheld of a cell: its kind for each row of a view, and the rows that are told."""

    view: View
    cell: Cell
    kinds: Any
    rows: Any


@dataclass(slots=True)
class Guarding:
    """One batch before its guard."""

    guard: Guard
    people: tuple[frozenset[object], ...]  # what the cells are made of that name persons
    withheld: list[_Withheld] = field(default_factory=list)
    _done: dict[tuple[int, Cell, str], tuple[Read, Any]] = field(default_factory=dict)
    _views: list[View] = field(default_factory=list)  # kept, so that no other gets their number

    def record(self, cell: Cell, texts: pa.Array) -> pa.Array:
        """Return one part of what tells records apart; a part of somebody's name counts as the person."""
        return self.guard.record(texts, is_person=any(person & frozenset(cell.parts) for person in self.people))

    def read(self, view: View, cell: Cell, column: tables.Column, read: Read) -> Read:
        """Return a column of a fact as it may be stored; a required cell that is withheld counts as refused."""
        import pyarrow.compute as pc

        key = (id(view), cell, column.name)
        if key not in self._done:
            guarded = self.guard.field(column, read.values, is_person=self._is_person(cell))
            self._views.append(view)
            self._done[key] = (replace(read, values=guarded.values), guarded.kinds)
        found, kinds = self._done[key]
        if kinds is None or not column.required:
            return found
        return replace(found, refused=pc.or_(found.refused, pc.is_valid(kinds)))

    def pass_on(self, fact: FactPlan, view: View, reads: dict[str, Read], wanted: pa.Array) -> tuple[dict[str, Read], pa.Array]:
        """Note what was withheld of a fact; return what was read without those who were forgotten, and what is left wanted."""
        import pyarrow.compute as pc

        self._note(view, {name: cells[0] for name, cells in fact.cells.items()}, wanted)
        columns, gone = self.guard.forget(fact.table, {name: each.values for name, each in reads.items()})
        reads = {name: replace(each, values=columns[name]) for name, each in reads.items()}
        return reads, wanted if gone is None else pc.and_not(wanted, gone)

    def _note(self, view: View, cells: dict[str, Cell], wanted: pa.Array) -> None:
        """Note what was withheld of cells, in the rows that are wanted; the same cell once."""
        import pyarrow.compute as pc

        for name, cell in cells.items():
            _, kinds = self._done.get((id(view), cell, name), (None, None))
            if kinds is None:
                continue
            rows = pc.and_(wanted, pc.is_valid(kinds))
            for each in self.withheld:
                if each.view is view and each.cell == cell:
                    rows = pc.and_not(rows, each.rows)
            self.withheld.append(_Withheld(view, cell, kinds, rows))

    def quarantine(self, refused: pa.Table, refusals: Refusals) -> pa.Table:
        """Return the quarantine of the batch: what was refused, masked, and what was withheld, without its value."""
        import pyarrow as pa

        return pa.concat_tables([mask_refused(refused), *(self._told(each, refusals) for each in self.withheld)])

    def _told(self, withheld: _Withheld, refusals: Refusals) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        places = refusals.places(withheld.rows, withheld.view)
        before, after = f"column '{refusals.label(withheld.cell)}' looks like a ", ", and was not stored"
        kinds = withheld.kinds.filter(withheld.rows)
        reason = pc.binary_join_element_wise(pa.scalar(before), kinds, pa.scalar(after), "")
        return refusals.quarantined(places, WITHHELD, reason, pa.nulls(len(places), pa.string()), EXPECTED)

    def _is_person(self, cell: Cell) -> bool:
        """Say whether all that some person is named by is in a cell."""
        return any(person <= frozenset(cell.parts) for person in self.people)


def guarding(guard: Guard, plan: Plan) -> Guarding:
    """Return the guarding of one batch that is mapped by *plan*."""
    cells = [
        fact.cells[column.name][0] for fact in plan.facts for column in fact.table.columns
        if column.is_alias and column.name in fact.cells
    ]  # fmt: skip
    people = {frozenset(part for part in cell.parts if not isinstance(part, str)) for cell in cells}
    return Guarding(guard, tuple(each for each in people if each))
