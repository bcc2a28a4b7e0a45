"""Meet a mapping with the header of a file: every name becomes a position, or a problem with the nearest name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wholeservice.errors import Problem, suggest
from wholeservice.facts.mapping import Bound, Condition, FactMapping, Reading, Ref, TableMapping, Value
from wholeservice.facts.mapping_literals import cannot_be
from wholeservice.sources.base import Header
from wholeservice.tables import KEYS, Table

ABSENT = -1  # a column that an open header does not have in this batch: missing in every row


@dataclass(frozen=True, slots=True)
class Cell:
    """What a field is made of in one file: texts and columns (positions from 0) in turn, and how to read the result."""

    parts: tuple[str | int, ...]
    reading: Reading

    @property
    def literal(self) -> str | None:
        return "".join(map(str, self.parts)) if all(isinstance(part, str) for part in self.parts) else None


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on the column at a position."""

    column: int
    condition: Condition
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class FactPlan:
    """One fact of every row. `label` tells the facts of one row apart: the entry's number, and the period's."""

    table: Table
    cells: Mapping[str, tuple[Cell, ...]]
    where: tuple[Test, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A mapping as it applies to one file. `absent` are the names that its open header does not have (yet)."""

    facts: tuple[FactPlan, ...]
    where: tuple[Test, ...]
    record: tuple[Cell, ...]
    absent: frozenset[str]


def plan(mapping: TableMapping, header: Header) -> tuple[Plan, list[Problem]]:
    """Resolve the names of a mapping against a header. With problems the plan must not be used."""
    planner = _Planner(header, mapping.reading.missing)
    facts = [each for number, fact in enumerate(mapping.facts, 1) for each in planner.facts(fact, number, mapping.each)]
    made = Plan(
        facts=tuple(facts),
        where=tuple(planner.tests(mapping.where, {})),
        record=tuple(planner.cell(value, {}) for value in mapping.record),
        absent=frozenset(planner.absent),
    )
    return made, list(dict.fromkeys(planner.problems))


def absent_problem(name: str, mapping: TableMapping, header: Header) -> Problem:
    """Say that no batch of an open-ended file had the column."""
    return Problem("SRC108", f"no row of {header.file} has '{name}'", mapping.place, "a column of the file",
                   suggest(name, header.names), "correct the name")  # fmt: skip


def column_at(name: str, header: Header) -> int | None:
    """Return the position of a column given by its name, or else by its position from 1; None when neither fits."""
    if name in header.names:
        return header.names.index(name)
    is_position = name.isdecimal() and 0 < int(name) <= len(header.names)
    return int(name) - 1 if is_position else None


@dataclass(slots=True)
class _Planner:
    header: Header
    missing: frozenset[str]
    problems: list[Problem] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)

    def facts(self, fact: FactMapping, number: int, each: tuple[Mapping[str, Bound], ...]) -> list[FactPlan]:
        uses_bound = bool(each) and bool(fact.refs & each[0].keys())
        bindings = each if uses_bound else ({},)
        labels = [f"{number}.{index}" for index in range(1, len(each) + 1)] if uses_bound else [str(number)]
        return [self.fact(fact, label, bound) for label, bound in zip(labels, bindings, strict=True)]

    def fact(self, fact: FactMapping, label: str, bound: Mapping[str, Bound]) -> FactPlan:
        columns = {column.name: column for column in fact.table.columns}
        cells: dict[str, tuple[Cell, ...]] = {}
        if fact.is_same:
            same = [name for name in fact.table.column_names if name in self.header.names and name not in KEYS]
            cells = {name: (Cell((self.header.names.index(name),), fact.reading),) for name in same}
        for name, values in fact.fields.items():
            cells[name] = tuple(self.cell(value, bound) for value in values)
            for value, cell in zip(values, cells[name], strict=True):
                self.check_bound_text(value, cell, columns[name].name, fact)
        lacking = [column.name for column in fact.table.columns if column.required and column.name not in (*cells, *KEYS)]
        if lacking and not self.header.is_open:
            self.wrong("SRC106", f"{self.header.file} has no column {', '.join(lacking)}", fact,
                       next_step=f"add {lacking[0]}: to the entry", expected="every required field")  # fmt: skip
        return FactPlan(fact.table, cells, tuple(self.tests(fact.where, bound)), label)

    def cell(self, value: Value, bound: Mapping[str, Bound]) -> Cell:
        parts = tuple(self.part(part, value, bound) if isinstance(part, Ref) else part for part in value.parts)
        return Cell(parts, value.reading)

    def part(self, ref: Ref, value: Value | Condition, bound: Mapping[str, Bound]) -> str | int:
        if ref.name in bound:
            text = bound[ref.name].text.strip()
            if text.isdecimal() or text in self.header.names:
                return self.position(Ref(text), bound[ref.name])
            return text
        return self.position(ref, value)

    def position(self, ref: Ref, at: Value | Condition | Bound) -> int:
        index = column_at(ref.name, self.header)
        if index is not None and ref.name in self.header.names and self.header.names.count(ref.name) > 1:
            where = [str(number) for number, name in enumerate(self.header.names, 1) if name == ref.name]
            self.wrong("SRC109", f"{self.header.file} has {len(where)} columns '{ref.name}'", at,
                       expected=f"one of the positions {', '.join(where)}", next_step="use the position")  # fmt: skip
        if index is None and ref.name.isdecimal():
            self.wrong("SRC110", f"{self.header.file} has no column {ref.name}", at,
                       expected=f"a position from 1 to {len(self.header.names)}", next_step="correct it")  # fmt: skip
        elif index is None and self.header.is_open:
            self.absent.add(ref.name)
        elif index is None:
            self.wrong("SRC108", f"{self.header.file} has no column '{ref.name}'", at,
                       expected=f"one of its {len(self.header.names)} columns", nearest=suggest(ref.name, self.header.names),
                       next_step="correct the name, or use its position")  # fmt: skip
        return ABSENT if index is None else index

    def check_bound_text(self, value: Value, cell: Cell, name: str, fact: FactMapping) -> None:
        """A text bound under each: stands for itself; where a number is needed, a column was probably meant."""
        column = next(each for each in fact.table.columns if each.name == name)
        if value.literal is None and cell.literal is not None and cannot_be(cell.literal, column, cell.reading):
            self.wrong("SRC112", f"'{cell.literal}' is no {column.type} for {name}, and no column of {self.header.file}", value,
                       expected=f"a {column.type}, or a column", nearest=suggest(cell.literal, self.header.names),
                       next_step="correct the entry under each:")  # fmt: skip

    def tests(self, conditions: tuple[Condition, ...], bound: Mapping[str, Bound]) -> list[Test]:
        found = [(self.part(each.column, each, bound), each) for each in conditions]
        return [Test(index, each, self.missing) for index, each in found if isinstance(index, int)]

    def wrong(self, code: str, what: str, at: Value | Condition | Bound | FactMapping, **advice: str | None) -> None:
        self.problems.append(Problem(code, what, at.place, **advice))  # type: ignore[arg-type]
