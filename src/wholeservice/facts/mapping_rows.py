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
from wholeservice.facts import quarantine
from wholeservice.facts.columns import arrow_schema
from wholeservice.facts.fingerprints import Occurrences, fingerprints, hash_texts, names_of, written
from wholeservice.facts.mapping import MISSING, REFUSE
from wholeservice.facts.mapping_literals import expected
from wholeservice.facts.mapping_plan import ABSENT, Cell, FactPlan, Plan, Test
from wholeservice.facts.mapping_values import Read, as_text, read, trimmed
from wholeservice.facts.mapping_windows import Window, not_after
from wholeservice.facts.supersede import DIGEST, KNOWN_AT, PART, RECORD, SOURCE, WHERE_FROM
from wholeservice.sources.base import Batch

if TYPE_CHECKING:
    import pyarrow as pa

_SEPARATOR, _ESCAPE = "|", "\\"
_TEXT = tables.Column(RECORD, tables.TEXT, required=True, meaning="identity of a record")


@dataclass(frozen=True, slots=True)
class Mapped:
    """What one batch gave. Every selected row is refused (no fact, something unreadable) or stands in `records`."""

    facts: Mapping[str, list[pa.Table]]
    records: pa.Array
    quarantine: pa.Table
    n_refused: int
    n_left_out: int  # rows that `where:` did not select
    n_empty: int  # rows of `records` that gave no fact, because what they need is missing


def map_batch(source: str, plan: Plan, batch: Batch, occurrences: Occurrences) -> Mapped:
    """Turn the rows of a batch into facts. *occurrences* counts equal rows over all batches of one reading."""
    import pyarrow.compute as pc

    n_all = len(batch.numbers)
    selected = _all_of(plan.where, batch)
    if selected is not None:
        columns = tuple(each.filter(selected) for each in batch.columns)
        batch = Batch(batch.header, columns, batch.numbers.filter(selected), batch.counts_in)
    rows = _Rows(source, plan, batch, occurrences)
    made = [(fact.table.name, rows.fact(fact)) for fact in plan.facts]
    facts: dict[str, list[Any]] = {}
    for name, table in made:
        facts.setdefault(name, []).append(table)
    refused = pc.or_(rows.without_record, pc.and_not(rows.any_refused, rows.any_fact))
    staying = pc.invert(refused)
    n_empty = int(pc.sum(pc.and_not(staying, rows.any_fact)).as_py() or 0)
    n_refused = int(pc.sum(refused).as_py() or 0)
    return Mapped(facts, rows.records.filter(staying), rows.quarantine(), n_refused, n_all - rows.n, n_empty)


@dataclass(slots=True)
class _Rows:
    """The rows of one batch, and what became of them so far."""

    source: str
    plan: Plan
    batch: Batch
    occurrences: Occurrences
    n: int = 0
    records: Any = None
    parts: Any = None
    without_record: Any = None
    any_fact: Any = None
    any_refused: Any = None
    refused: dict[tuple[Cell, tables.Column], Any] = field(default_factory=dict)
    no_windows: dict[tuple[Cell, Cell], tuple[Window, Any]] = field(default_factory=dict)
    _read: dict[tuple[Cell, str, str | None], Read] = field(default_factory=dict)

    def __post_init__(self) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        self.n = len(self.batch.numbers)
        nothing = pa.repeat(pa.scalar(False), self.n)
        self.any_fact = self.any_refused = nothing
        self.records, self.parts = self._identities()
        self.without_record = pc.is_null(self.records)

    # identity ----------------------------------------------------------------------------------------------------------

    def _identities(self) -> tuple[pa.Array, pa.Array | None]:
        """Return the record of each row, and which row of its record it is where a record may have several."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self.plan.record:
            columns = _named(self.batch)
            number = pa.array(self.occurrences.number(fingerprints(columns)))
            return pc.binary_join_element_wise(names_of(columns), _suffix(number, "-"), ""), None
        texts = [self._escaped(as_text(self.cell(cell, _TEXT).values)) for cell in self.plan.record]
        records = texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, _SEPARATOR, null_handling="emit_null")
        return records, _suffix(pa.array(self.occurrences.number(hash_texts(records))), "#")

    def _escaped(self, texts: pa.Array) -> pa.Array:
        import pyarrow.compute as pc

        if len(self.plan.record) == 1:
            return texts
        doubled = pc.replace_substring(texts, _ESCAPE, _ESCAPE * 2)
        return pc.replace_substring(doubled, _SEPARATOR, _ESCAPE + _SEPARATOR)

    # cells -------------------------------------------------------------------------------------------------------------

    def cell(self, cell: Cell, column: tables.Column) -> Read:
        """Read a cell of every row as the type of a column; the same cell is read once."""
        key = (cell, column.type, column.unit)
        if key not in self._read:
            self._read[key] = (
                self._one_for_all(cell, column) if cell.literal is not None else read(self.raw(cell), column, cell.reading)
            )
        return self._read[key]

    def _one_for_all(self, cell: Cell, column: tables.Column) -> Read:
        import pyarrow as pa

        one = read(pa.array([cell.literal], pa.string()), column, cell.reading)
        return Read(pa.repeat(one.values[0], self.n), pa.repeat(one.refused[0], self.n))

    def raw(self, cell: Cell) -> pa.Array:
        """Return the cells as they stand: one column, or texts and columns joined (missing when one of them is)."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if len(cell.parts) == 1 and isinstance(cell.parts[0], int):
            return _column(self.batch, cell.parts[0])
        missing = cell.reading.missing
        texts = [part if isinstance(part, str) else as_text(trimmed(_column(self.batch, part), missing)) for part in cell.parts]
        return pc.binary_join_element_wise(*(pa.scalar(each) if isinstance(each, str) else each for each in texts), "",
                                           null_handling="emit_null")  # fmt: skip

    def numbers(self, cells: tuple[Cell, ...], column: tables.Column) -> Read:
        """Return one list per row; a list with a missing number is missing."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._is_list(cells):
            return Read(self.raw(cells[0]).cast(pa.list_(pa.float64())), pa.repeat(pa.scalar(False), self.n))
        reads = [self.cell(cell, column) for cell in cells]
        lacks = refused = pa.repeat(pa.scalar(False), self.n)
        for each in reads:
            lacks, refused = pc.or_(lacks, pc.is_null(each.values)), pc.or_(refused, each.refused)
        stacked = pa.concat_arrays([each.values for each in reads])
        order = np.arange(self.n * len(reads)).reshape(len(reads), self.n).T.ravel()
        offsets = pa.array(np.arange(0, self.n * len(reads) + 1, len(reads)), pa.int32())
        return Read(pa.ListArray.from_arrays(offsets, stacked.take(pa.array(order)), mask=lacks), refused)

    def _is_list(self, cells: tuple[Cell, ...]) -> bool:
        """A column of lists, as Parquet has them, is the whole field."""
        import pyarrow as pa

        return len(cells) == 1 and cells[0].literal is None and pa.types.is_list(self.raw(cells[0]).type)

    # facts -------------------------------------------------------------------------------------------------------------

    def fact(self, fact: FactPlan) -> pa.Table:
        """Return the rows of one fact, with every column of its table."""
        import pyarrow as pa
        import pyarrow.compute as pc

        read_columns = {column.name: self._field(fact, column) for column in fact.table.columns if column.name in fact.cells}
        wanted = _all_of(fact.where, self.batch)
        wanted = pc.is_valid(self.records) if wanted is None else pc.and_(wanted, pc.is_valid(self.records))
        unreadable = pa.repeat(pa.scalar(False), self.n)
        for each in read_columns.values():
            unreadable = pc.or_(unreadable, each.refused)
        self._note_refused(fact, wanted)
        if found := not_after(fact.table, read_columns):
            window, is_wrong = found
            unreadable = pc.or_(unreadable, is_wrong)
            self._note_window(fact, window, pc.and_(wanted, is_wrong))
        keep = pc.and_(wanted, pc.and_not(_is_complete(fact.table, read_columns, self.n), unreadable))
        self.any_fact = pc.or_(self.any_fact, keep)
        self.any_refused = pc.or_(self.any_refused, pc.and_(wanted, unreadable))
        columns = {name: each.values.filter(keep) for name, each in read_columns.items()}
        return self._with_keys(fact, columns, keep)

    def _field(self, fact: FactPlan, column: tables.Column) -> Read:
        cells = fact.cells[column.name]
        return self.numbers(cells, column) if column.type == tables.NUMBERS else self.cell(cells[0], column)

    def _note_refused(self, fact: FactPlan, wanted: pa.Array) -> None:
        import pyarrow.compute as pc

        for column in fact.table.columns:
            cells = fact.cells.get(column.name, ())
            for cell in () if column.type == tables.NUMBERS and self._is_list(cells) else cells:
                refused = pc.and_(wanted, self.cell(cell, column).refused)
                key = (cell, column)
                before = next((mask for (other, _), mask in self.refused.items() if _is_same(other, cell)), None)
                if before is not None:
                    refused = pc.and_not(refused, before)
                if pc.any(refused).as_py():
                    self.refused[key] = pc.or_(self.refused[key], refused) if key in self.refused else refused

    def _note_window(self, fact: FactPlan, window: Window, is_wrong: pa.Array) -> None:
        """Several facts of a row may have one window: it is noted once."""
        import pyarrow.compute as pc

        key = (fact.cells[window.first][0], fact.cells[window.end][0])
        if key in self.no_windows:
            is_wrong = pc.or_(is_wrong, self.no_windows[key][1])
        if pc.any(is_wrong).as_py():
            self.no_windows[key] = (window, is_wrong)

    def _with_keys(self, fact: FactPlan, columns: Mapping[str, pa.Array], keep: pa.Array) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        schema, n = arrow_schema(fact.table), int(pc.sum(keep).as_py() or 0)
        label = pa.repeat(pa.scalar(fact.label), n)
        digest = written(fingerprints({**columns, PART: label}))
        part = label if self.parts is None else pc.binary_join_element_wise(label, self.parts.filter(keep), "")
        keys = {
            SOURCE: pa.repeat(pa.scalar(self.source), n),
            RECORD: self.records.filter(keep),
            PART: part,
            KNOWN_AT: pa.repeat(pa.scalar(0, pa.timestamp("us", "UTC")), n),  # the store says when
            WHERE_FROM: self.places(keep),
            DIGEST: digest,
        }
        given = {**columns, **keys}
        arrays = [given[each.name].cast(each.type) if each.name in given else pa.nulls(n, each.type) for each in schema]
        return pa.table(arrays, schema=schema)

    # places and quarantine ---------------------------------------------------------------------------------------------

    def places(self, keep: pa.Array) -> pa.Array:
        """Return `file:line` of each kept row."""
        import pyarrow as pa
        import pyarrow.compute as pc

        before = self.batch.header.file + self.batch.counts_in
        return pc.binary_join_element_wise(pa.scalar(before), self.batch.numbers.filter(keep).cast(pa.string()), "")

    def quarantine(self) -> pa.Table:
        """Return what was refused: each cell once."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found = [self._refused_cells(cell, column, mask) for (cell, column), mask in self.refused.items()]
        found += [self._refused_windows(ends, *each) for ends, each in self.no_windows.items()]
        if pc.any(self.without_record).as_py():
            names = " or ".join(repr(self._label(cell)) for cell in self.plan.record)
            place = self.places(self.without_record)
            reason = pa.repeat(pa.scalar(f"{names} is missing, which tells records apart"), len(place))
            found.append(self._quarantined(place, "SRC155", reason, pa.nulls(len(place), pa.string())))
        return pa.concat_tables(found) if found else quarantine.schema().empty_table()

    def _refused_cells(self, cell: Cell, column: tables.Column, mask: pa.Array) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        raw = pc.utf8_slice_codeunits(as_text(self.raw(cell).filter(mask)), 0, quarantine.MAX_RAW)
        is_mapped = cell.reading.map is not None and cell.reading.otherwise == REFUSE
        kind = "number" if column.type == tables.NUMBERS else column.type
        why = f"' is not named in map:, or is no {kind}" if is_mapped else f"' is no {kind}"
        before = f"column '{self._label(cell)}': '"
        reason = pc.binary_join_element_wise(
            pa.scalar(before), pc.utf8_slice_codeunits(raw, 0, quarantine.MAX_SHOWN), pa.scalar(why), ""
        )
        return self._quarantined(self.places(mask), "SRC154", reason, raw, expected(column, cell.reading))

    def _refused_windows(self, ends: tuple[Cell, Cell], window: Window, mask: pa.Array) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = [
            pa.repeat(pa.scalar(end.literal), self.n) if end.literal is not None else as_text(self.raw(end)) for end in ends
        ]
        raw = pc.binary_join_element_wise(*(each.filter(mask) for each in texts), " to ")
        reason = pa.repeat(pa.scalar(window.wrong), len(raw))
        return self._quarantined(self.places(mask), "SRC158", reason, raw, window.expected)

    def _quarantined(
        self, place: pa.Array, code: str, reason: pa.Array, raw: pa.Array, expected: str | None = None
    ) -> pa.Table:
        import pyarrow as pa

        n, schema = len(place), quarantine.schema()
        source, codes, needed = (pa.repeat(pa.scalar(each, pa.string()), n) for each in (self.source, code, expected))
        return pa.table([source, place, codes, reason, raw, needed, pa.nulls(n, schema[-1].type)], schema=schema)

    def _label(self, cell: Cell) -> str:
        names = self.batch.header.names
        return " ".join((names[part] or str(part + 1)) for part in cell.parts if isinstance(part, int) and part != ABSENT)


def _named(batch: Batch) -> dict[str, Any]:
    """Return the columns under names that are all different; numbers as text, since whether a JSON or workbook column is
    whole numbers, numbers or text depends on its other rows, and the identity of a row must not."""
    import pyarrow as pa

    named: dict[str, Any] = {}
    for position, (name, values) in enumerate(zip(batch.header.names, batch.columns, strict=True)):
        is_temporal = pa.types.is_temporal(values.type) or pa.types.is_nested(values.type)
        named[name if name and name not in named else f"{name}#{position}"] = values if is_temporal else as_text(values)
    return named


def _is_same(one: Cell, other: Cell) -> bool:
    """Say whether two cells are refused together: what is added to a day changes nothing in whether it is one."""
    return one.parts == other.parts and replace(one.reading, plus_days=0) == replace(other.reading, plus_days=0)


def _suffix(number: pa.Array, mark: str) -> pa.Array:
    """Return "" for the first and, say, "-2" for the second."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.binary_join_element_wise(pa.scalar(mark), number.cast(pa.string()), "")
    return pc.if_else(pc.greater(number, 1), text, pa.scalar(""))


def _column(batch: Batch, position: int) -> pa.Array:
    import pyarrow as pa

    return pa.nulls(len(batch.numbers), pa.string()) if position == ABSENT else batch.columns[position]


def _all_of(tests: tuple[Test, ...], batch: Batch) -> pa.Array | None:
    """Return which rows pass every test, None when there is no test."""
    import pyarrow.compute as pc

    passing = None
    for test in tests:
        one = _passes(test, batch)
        passing = one if passing is None else pc.and_(passing, one)
    return passing


def _passes(test: Test, batch: Batch) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = as_text(trimmed(_column(batch, test.column), test.missing))
    kind, texts = test.condition.kind, test.condition.texts
    if kind in ("present", MISSING):
        return pc.is_valid(text) if kind == "present" else pc.is_null(text)
    if kind == "matches":
        return pc.fill_null(pc.match_substring_regex(text, texts[0]), False)
    inside = pc.is_in(text, pa.array([each.strip() for each in texts], pa.string()))
    return inside if kind == "in" else pc.invert(inside)


def _is_complete(table: tables.Table, columns: Mapping[str, Read], n: int) -> pa.Array:
    """Return which rows have all that a fact of this table cannot do without."""
    import pyarrow as pa
    import pyarrow.compute as pc

    complete = pa.repeat(pa.scalar(True), n)
    for column in table.columns:
        if column.required and column.name not in tables.KEYS:
            complete = (
                pc.and_(complete, pc.is_valid(columns[column.name].values))
                if column.name in columns
                else pa.repeat(pa.scalar(False), n)
            )
    for needed in _needed(table, columns):
        present = pa.repeat(pa.scalar(False), n)
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
