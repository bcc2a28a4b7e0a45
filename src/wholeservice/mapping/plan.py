"""Meet a mapping with the header of a file: every name becomes a position, or a problem with the nearest name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from wholeservice.errors import Problem, suggest
from wholeservice.mapping.base import CURRENCY_OF, Bound, Condition, FactMapping, Reading, Ref, TableMapping, Value
from wholeservice.mapping.literals import cannot_be
from wholeservice.mapping.wide import ABSENT, entries_of
from wholeservice.sources.base import Header
from wholeservice.tables import KEYS, Table

LISTED = -2  # the value of a list under `each-of:`, one in each row


@dataclass(frozen=True, slots=True)
class Inside:
    """What lies at a path in the JSON of a column: `{Tags.application}`."""

    column: int
    path: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What a field is made of in one file: texts and columns (positions from 0) in turn, and how to read the result."""

    parts: tuple[str | int | Inside, ...]
    reading: Reading
    after: Cell | None = None
    before: Cell | None = None
    otherwise: tuple[Cell, ...] = ()

    @property
    def literal(self) -> str | None:
        return "".join(map(str, self.parts)) if all(isinstance(part, str) for part in self.parts) else None


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on the column at a position, on what lies inside of it, or on a text bound under `each:`."""

    column: str | int | Inside
    condition: Condition
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class FactPlan:
    """One fact of every row, or one per value of the list `each_of`. `label` tells the facts of one row apart: the entry's
    number, and the period's."""

    table: Table
    cells: Mapping[str, tuple[Cell, ...]]
    where: tuple[Test, ...]
    label: str
    each_of: Cell | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A mapping as it applies to one file. `absent` are the names that its open header does not have (yet)."""

    facts: tuple[FactPlan, ...]
    where: tuple[Test, ...]
    record: tuple[Cell, ...]
    absent: frozenset[str]


def plan(mapping: TableMapping, header: Header) -> tuple[Plan, list[Problem]]:
    """Resolve the names of a mapping against a header. With problems that are no mere warnings the plan must not be used."""
    entries, problems = entries_of(mapping, header)
    planner = _Planner(header, mapping, list(entries), list(problems))
    facts = [each for number, fact in enumerate(mapping.facts, 1) for each in planner.facts(fact, number)]
    if mapping.wide and header.is_open and not entries:
        planner.absent |= {bound.text for bound in mapping.wide.columns.values()}
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
                   suggest(name, header.names), "correct the name, or say may-lack: [NAME]")  # fmt: skip


def column_at(name: str, header: Header) -> int | None:
    """Return the position of a column given by its name, or else by its position from 1; None when neither fits."""
    if name in header.names:
        return header.names.index(name)
    is_position = name.isdecimal() and 0 < int(name) <= len(header.names)
    return int(name) - 1 if is_position else None


def split_path(name: str, known: Collection[str]) -> tuple[str, str] | None:
    """Return the longest of the known names that *name* starts with, and the path that goes on in its JSON.

    >>> split_path("Tags.application.name", ("Tags", "Id")), split_path("Tag.application", ("Tags", "Id"))
    (('Tags', 'application.name'), None)
    """
    steps = name.split(".")
    for n in range(len(steps) - 1, 0, -1):
        if ".".join(steps[:n]) in known:
            return ".".join(steps[:n]), ".".join(steps[n:])
    return None


def bound_name(ref: str, names: Collection[str]) -> tuple[str, str] | None:
    """Return which of *names* a reference is, or starts with, and the path that goes on in its JSON; None: another column."""
    return (ref, "") if ref in names else split_path(ref, names)


Names = Mapping[str, Bound]


@dataclass
class _Names:
    """Finds what names stand for, and collects those that stand for nothing."""

    header: Header
    mapping: TableMapping
    entries: list[tuple[str, Names]]
    problems: list[Problem] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    lists: frozenset[str] = frozenset()  # the names of lists that may be used where a name is met

    def part(self, ref: Ref, value: Value | Condition, bound: Names) -> str | int | Inside:
        if ref.name not in bound and ref.name in self.header.names and ref.name not in self.lists:
            return self.position(ref, value)
        name, path = bound_name(ref.name, {*bound, *self.lists}) or (ref.name, "")
        if name in self.lists:
            return Inside(LISTED, path) if path else LISTED
        if name in bound:
            found = self.bound(bound[name])
            return Inside(found, path) if path and isinstance(found, int) else found
        if column_at(name, self.header) is None and (within := split_path(name, self.header.names)):
            return Inside(self.position(Ref(within[0]), value), within[1])
        return self.position(ref, value)

    def bound(self, bound: Bound) -> str | int:
        """Return what a name under each: stands for in one entry: a column, or a text."""
        text = bound.text.strip()
        if bound.position is not None:
            return bound.position
        is_column = not bound.is_text and (text.isdecimal() or text in self.header.names)
        return self.position(Ref(text), bound) if is_column else text

    def position(self, ref: Ref, at: Value | Condition | Bound) -> int:
        index = column_at(ref.name, self.header)
        if index is not None and ref.name in self.header.names and self.header.names.count(ref.name) > 1:
            where = [str(number) for number, name in enumerate(self.header.names, 1) if name == ref.name]
            self.wrong("SRC109", f"{self.header.file} has {len(where)} columns '{ref.name}'", at,
                       expected=f"one of the positions {', '.join(where)}", next_step="use the position")  # fmt: skip
        if index is None and ref.name in self.mapping.may_lack:
            return ABSENT
        if index is None and ref.name.isdecimal():
            self.wrong("SRC110", f"{self.header.file} has no column {ref.name}", at,
                       expected=f"a position from 1 to {len(self.header.names)}", next_step="correct it")  # fmt: skip
        elif index is None and self.header.is_open:
            self.absent.add(ref.name)
        elif index is None:
            self.unknown(ref.name, at)
        return ABSENT if index is None else index

    def unknown(self, name: str, at: Value | Condition | Bound) -> None:
        nearest = suggest(name, self.header.names) or suggest(name.partition(".")[0], self.header.names)
        next_step = "correct the name, or use its position; a column that may be absent: may-lack: [NAME]"
        if name in self.mapping.each_of:
            next_step = "a list under each-of: stands only in facts; name a column"
        self.wrong("SRC108", f"{self.header.file} has no column '{name}'", at,
                   expected=f"one of its {len(self.header.names)} columns", nearest=nearest, next_step=next_step)  # fmt: skip

    def wrong(self, code: str, what: str, at: Value | Condition | Bound | FactMapping, **advice: str | None) -> None:
        self.problems.append(Problem(code, what, at.place, **advice))  # type: ignore[arg-type]


class _Planner(_Names):
    """Plans facts, cells and tests on top of names."""

    def facts(self, fact: FactMapping, number: int) -> list[FactPlan]:
        names = self.entries[0][1].keys() if self.entries else self.mapping.wide.columns if self.mapping.wide else ()
        if any(bound_name(ref, names) for ref in fact.refs):
            return [self.fact(fact, f"{number}.{label}", bound) for label, bound in self.entries]
        return [self.fact(fact, str(number), {})]

    def fact(self, fact: FactMapping, label: str, bound: Names) -> FactPlan:
        each_of = self.list_of(fact)
        columns = {column.name: column for column in fact.table.columns}
        cells: dict[str, tuple[Cell, ...]] = {}
        if fact.is_same:
            same = [name for name in fact.table.column_names if name in self.header.names and name not in KEYS]
            cells = {name: (Cell((self.header.names.index(name),), fact.reading),) for name in same}
        for name, values in fact.fields.items():
            cells[name] = tuple(self.cell(value, bound) for value in values)
            for value, cell in zip(values, cells[name], strict=True):
                self.check_bound_text(value, cell, columns[name].name, fact)
        given = {*cells, *KEYS} | ({CURRENCY_OF[fact.table.name][0]} if fact.table.name in CURRENCY_OF else set())
        lacking = [column.name for column in fact.table.columns if column.required and column.name not in given]
        if lacking and not self.header.is_open:
            self.wrong("SRC106", f"{self.header.file} has no column {', '.join(lacking)}", fact,
                       next_step=f"add {lacking[0]}: to the entry", expected="every required field")  # fmt: skip
        made = FactPlan(fact.table, cells, tuple(self.tests(fact.where, bound)), label, each_of)
        self.lists = frozenset()
        return made

    def list_of(self, fact: FactMapping) -> Cell | None:
        """Return the list of which the fact is made once per value, None when it uses none."""
        used = [name for name in self.mapping.each_of if any(bound_name(ref, (name,)) for ref in fact.refs)]
        if len(used) > 1:
            self.wrong("SRC141", f"one fact is made of two lists: {' and '.join(used)}", fact, expected="one list per entry",
                       next_step="write an entry for each list")  # fmt: skip
        made = self.cell(self.mapping.each_of[used[0]], {}) if used else None
        self.lists = frozenset(used)
        return made

    def cell(self, value: Value, bound: Names) -> Cell:
        parts = tuple(self.part(part, value, bound) if isinstance(part, Ref) else part for part in value.parts)
        after, before = (self.cell(each, bound) if each else None for each in (value.after, value.before))
        return Cell(parts, value.reading, after, before, tuple(self.cell(each, bound) for each in value.otherwise))

    def check_bound_text(self, value: Value, cell: Cell, name: str, fact: FactMapping) -> None:
        """A text bound under each: stands for itself; where a number is needed, a column was probably meant."""
        column = next(each for each in fact.table.columns if each.name == name)
        if value.literal is None and cell.literal is not None and cannot_be(cell.literal, column, cell.reading):
            self.wrong("SRC112", f"'{cell.literal}' is no {column.type} for {name}, and no column of {self.header.file}", value,
                       expected=f"a {column.type}, or a column", nearest=suggest(cell.literal, self.header.names),
                       next_step="correct the entry under each:")  # fmt: skip

    def tests(self, conditions: tuple[Condition, ...], bound: Names) -> list[Test]:
        return [Test(self.part(each.column, each, bound), each, self.mapping.reading.missing) for each in conditions]
