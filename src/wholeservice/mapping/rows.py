"""Turn raw rows into facts, whole columns at a time: select, read, leave out what is missing, quarantine what is wrong.

A cell that is missing gives no fact, never a zero: a fact is made when all its required fields have a value, a tally when
it has a value or a histogram, a relation when it has its other end. A cell that cannot be read goes to quarantine, and
the facts that need it are not made; the other facts of its row are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.mapping.base import CURRENCY_OF
from wholeservice.mapping.cells import Cells, Columns, View
from wholeservice.mapping.columns import arrow_schema
from wholeservice.mapping.currencies import clash, read_currency
from wholeservice.mapping.fingerprints import Occurrences, fingerprints, written
from wholeservice.mapping.guard import Guard
from wholeservice.mapping.guarded import Guarding, guarding
from wholeservice.mapping.lists import view_of_list
from wholeservice.mapping.plan import Cell, FactPlan, Plan
from wholeservice.mapping.read import Read, Why, any_of
from wholeservice.mapping.records import IDENTITY, named_records, records_by_content
from wholeservice.mapping.refused import Refusals
from wholeservice.mapping.where import chosen
from wholeservice.mapping.windows import not_after
from wholeservice.sources.base import Batch
from wholeservice.tables import DIGEST, KNOWN_AT, PART, RECORD, SOURCE, WHERE_FROM

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Mapped:
    """What one batch gave. Every selected row is refused (no fact, something unreadable) or stands in `records`."""

    facts: Mapping[str, list[pa.Table]]
    records: pa.Array
    quarantine: pa.Table
    n_refused: int
    n_left_out: int  # rows that `where:` did not select
    n_empty: int  # rows of `records` that gave no fact, because what they need is missing


def map_batch(source: str, plan: Plan, batch: Batch, occurrences: Occurrences, guard: Guard | None = None) -> Mapped:
    """Turn the rows of a batch into facts. *occurrences* counts equal rows over all batches of one reading; *guard* keeps
    people's own names and data out."""
    import pyarrow.compute as pc

    rows = _selected(source, plan, batch, occurrences, guarding(guard, plan) if guard else None)
    facts: dict[str, list[Any]] = {}
    for each in plan.facts:
        facts.setdefault(each.table.name, []).append(rows.fact(each))
    refused = pc.or_(rows.without_record, pc.and_not(rows.any_refused, rows.any_fact))
    staying = pc.invert(refused)
    n_empty = pc.and_not(staying, rows.any_fact).true_count
    quarantined = rows.refusals.table(rows.unnamed, plan.record)
    if rows.guarding:
        quarantined = rows.guarding.quarantine(quarantined, rows.refusals)
    return Mapped(facts, rows.records.filter(staying), quarantined, refused.true_count, len(batch.numbers) - rows.n, n_empty)


def _selected(source: str, plan: Plan, batch: Batch, occurrences: Occurrences, guarded: Guarding | None = None) -> _Rows:
    """Return the rows that `where:` selects. One whose cell cannot be compared is among them, to be refused."""
    import pyarrow.compute as pc

    everything = Cells(Columns(batch.columns), len(batch.numbers))
    selected, unclear = chosen(plan.where, everything)
    if selected is None:
        return _Rows(plan, Refusals(source, batch), everything, occurrences, guarded)
    columns = Columns(batch.columns, lambda column: column.filter(selected))
    numbers = batch.numbers.filter(selected)
    rows = _Rows(plan, Refusals(source, replace(batch, numbers=numbers)), Cells(columns, len(numbers)), occurrences, guarded)
    for cell, column, mask in unclear:
        unreadable = mask.filter(selected)
        rows.refusals.add(rows.view, cell, column, unreadable)
        rows.usable = pc.and_not(rows.usable, unreadable)
        rows.any_refused = pc.or_(rows.any_refused, unreadable)
    return rows


@dataclass(slots=True)
class _Rows:
    """The rows of one batch, and what became of them so far."""

    plan: Plan
    refusals: Refusals
    cells: Cells
    occurrences: Occurrences
    guarding: Guarding | None = None
    n: int = 0
    view: Any = None
    records: Any = None
    parts: Any = None
    without_record: Any = None
    unnamed: Any = None  # those of them in which nothing was unreadable
    usable: Any = None
    any_fact: Any = None
    any_refused: Any = None
    views: dict[Cell, View] = field(default_factory=dict)

    def __post_init__(self) -> None:
        import pyarrow.compute as pc

        self.n, self.view = self.cells.n, View(self.cells)
        self.any_fact = self.any_refused = self.cells.nothing
        batch = self.refusals.batch
        if self.plan.record:
            self.records, self.parts = named_records(self.plan.record, self.cells, self.occurrences, self.guarding)
        else:
            own = batch.header.names[: len(batch.header.names) - batch.n_joined]
            self.records = records_by_content(own, self.cells, self.occurrences, self.guarding)
        self.without_record, self.usable = pc.is_null(self.records), pc.is_valid(self.records)
        self.unnamed = self.without_record
        for cell in self.plan.record:
            read = self.cells.cell(cell, IDENTITY)
            self.refusals.add(self.view, cell, IDENTITY, read.refused, read.why)
            self.unnamed = pc.and_not(self.unnamed, read.refused)

    def fact(self, fact: FactPlan) -> pa.Table:
        """Return the rows of one fact, with every column of its table."""
        import pyarrow.compute as pc

        view = self.view_for(fact.each_of)
        reads = {column.name: self._field(fact, column, view) for column in fact.table.columns if column.name in fact.cells}
        wanted, refused = self._wanted(fact, view)
        if self.guarding:
            reads, wanted = self.guarding.pass_on(fact, view, reads, wanted)
        unreadable = self._unreadable(fact, view, reads, wanted)
        keep = pc.and_(wanted, pc.and_not(_is_complete(fact.table, reads, view.cells), unreadable))
        self.any_fact = pc.or_(self.any_fact, view.up(keep, self.n))
        self.any_refused = pc.or_(self.any_refused, view.up(pc.or_(refused, pc.and_(wanted, unreadable)), self.n))
        return self._with_keys(fact, view, {name: each.values.filter(keep) for name, each in reads.items()}, keep)

    def view_for(self, each_of: Cell | None) -> View:
        """Return the rows of the batch, or one per value of a list in them; the same list is opened once."""
        import pyarrow.compute as pc

        if each_of is None:
            return self.view  # type: ignore[no-any-return]
        if each_of not in self.views:
            self.views[each_of], lists = view_of_list(self.cells, each_of)
            refused = pc.and_(self.usable, lists.refused)
            self.refusals.add(self.view, each_of, IDENTITY, refused, lists.why)
            self.any_refused = pc.or_(self.any_refused, refused)
        return self.views[each_of]

    def _field(self, fact: FactPlan, column: tables.Column, view: View) -> Read:
        """Read one field of a fact. Here a column is made, of whatever kind: what must be done to it is done here."""
        cells = fact.cells[column.name]
        if column.type == tables.NUMBERS:
            return view.cells.numbers(cells, column)
        read = view.cells.cell(cells[0], column)
        return self.guarding.read(view, cells[0], column, read) if self.guarding else read

    def _wanted(self, fact: FactPlan, view: View) -> tuple[pa.Array, pa.Array]:
        """Return which rows the fact is made of, and which cannot be told."""
        import pyarrow.compute as pc

        usable, refused = view.down(self.usable), view.cells.nothing
        passing, unclear = chosen(fact.where, view.cells)
        wanted = usable if passing is None else pc.and_(usable, passing)
        for cell, column, mask in unclear:
            mask = pc.and_(wanted, mask)
            self.refusals.add(view, cell, column, mask)
            refused = pc.or_(refused, mask)
        return (pc.and_not(wanted, refused) if unclear else wanted), refused

    def _unreadable(self, fact: FactPlan, view: View, reads: dict[str, Read], wanted: pa.Array) -> pa.Array:
        """Note what cannot be read of the wanted rows, and return which rows have something of it."""
        import pyarrow.compute as pc

        unreadable = view.cells.nothing
        for column in fact.table.columns:
            cells = fact.cells.get(column.name, ())
            if column.name in reads and any_of(reads[column.name].refused):
                unreadable = pc.or_(unreadable, reads[column.name].refused)
                for cell in cells:
                    read = view.cells.cell(cell, column)
                    self.refusals.add(view, cell, column, pc.and_(wanted, read.refused), read.why)
        unreadable = pc.or_(unreadable, self._currency(fact, view, reads, wanted))
        if found := not_after(fact.table, reads):
            window, is_wrong = found
            unreadable = pc.or_(unreadable, is_wrong)
            ends = (fact.cells[window.first][0], fact.cells[window.end][0])
            self.refusals.add_window(view, ends, window, pc.and_(wanted, is_wrong))
        return unreadable

    def _currency(self, fact: FactPlan, view: View, reads: dict[str, Read], wanted: pa.Array) -> pa.Array:
        """Take the currency that an amount names where the mapping declares none; refuse it where it differs from that."""
        import pyarrow.compute as pc

        currency, amount = CURRENCY_OF.get(fact.table.name, ("", ""))
        if amount not in reads:
            return view.cells.nothing
        refused, why = view.cells.nothing, tuple[Why, ...]()
        if currency not in reads:
            is_needed = next(each.required for each in fact.table.columns if each.name == currency)
            reads[currency] = read_currency(reads[amount], is_needed=is_needed)
            refused, why = reads[currency].refused, reads[currency].why
        elif differs := clash(reads[amount], reads[currency].values):
            refused, why = differs.rows, (differs,)
        if any_of(refused):
            column = next(each for each in fact.table.columns if each.name == amount)
            self.refusals.add(view, fact.cells[amount][0], column, pc.and_(wanted, refused), why)
        return refused

    def _with_keys(self, fact: FactPlan, view: View, columns: Mapping[str, pa.Array], keep: pa.Array) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        schema, n = arrow_schema(fact.table), keep.true_count
        label = pa.repeat(pa.scalar(fact.label), n)
        if view.number is not None:
            label = pc.binary_join_element_wise(label, view.number.filter(keep).cast(pa.string()), ".")
        parts = None if self.parts is None else view.down(self.parts).filter(keep)
        keys = {
            SOURCE: pa.repeat(pa.scalar(self.refusals.source), n),
            RECORD: view.down(self.records).filter(keep),
            PART: label if parts is None else pc.binary_join_element_wise(label, parts, ""),
            KNOWN_AT: pa.repeat(pa.scalar(0, pa.timestamp("us", "UTC")), n),  # the store says when
            WHERE_FROM: self.refusals.places(keep, view),
            DIGEST: written(fingerprints({**columns, PART: label})),
        }
        given = {**columns, **keys}
        arrays = [given[each.name].cast(each.type) if each.name in given else pa.nulls(n, each.type) for each in schema]
        return pa.table(arrays, schema=schema)


def _is_complete(table: tables.Table, columns: Mapping[str, Read], cells: Cells) -> pa.Array:
    """Return which rows have all that a fact of this table cannot do without."""
    import pyarrow as pa
    import pyarrow.compute as pc

    complete = pa.repeat(pa.scalar(True), cells.n)
    for column in table.columns:
        if column.required and column.name not in tables.KEYS:
            there = pc.is_valid(columns[column.name].values) if column.name in columns else cells.nothing
            complete = pc.and_(complete, there)
    for needed in _needed(table, columns):
        present = cells.nothing
        for name in needed:
            present = pc.or_(present, pc.is_valid(columns[name].values))
        complete = pc.and_(complete, present)
    return complete


def _needed(table: tables.Table, columns: Mapping[str, Read]) -> Iterator[list[str]]:
    """Yield groups of columns of which at least one must have a value, besides the required ones."""
    if table is tables.TALLIES:
        yield [name for name in _names(tables.Tally.value, tables.Tally.histogram) if name in columns]  # type: ignore[misc]
    relation, other_end = _names(tables.Sighting.relation, tables.Sighting.to_name)  # type: ignore[misc]
    if table is tables.SIGHTINGS and relation in columns:
        yield [name for name in (other_end,) if name in columns]


def _names(*slots: Any) -> list[str]:
    """Return the names of columns given as attributes of their dataclass."""
    return [str(slot.__name__) for slot in slots]
