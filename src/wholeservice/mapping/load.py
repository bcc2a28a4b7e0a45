"""Load a mapping from its declaration: every mistake becomes a problem with its place. Reads no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.mapping.base import (
    CURRENCY_OF,
    FACT_KEYS,
    FIELDS_KEY,
    KINDS,
    SAME,
    FactMapping,
    Reading,
    Ref,
    TableMapping,
    Value,
)  # fmt: skip
from wholeservice.mapping.spelling_each import EachSpeller
from wholeservice.mapping.spelling_reading import items_of
from wholeservice.mapping.spelling_where import WhereSpeller
from wholeservice.mapping.words import check_fixed
from wholeservice.tables import KEYS, Column, Table


def load(name: str, node: Node, zone: str) -> tuple[TableMapping, list[Problem]]:
    """
    Load the mapping keys of one source's declaration.

    Shape    (the mapping with what could be understood, problems in the order they were met)
    """
    loader, fields = _Loader(), node.mapping
    reading = loader.reading(node, Reading(zone=zone))
    mapping = TableMapping(
        source=name,
        facts=tuple(loader.facts(fields.get("facts"), node, reading)),
        record=tuple(loader.record(fields.get("record"), reading)),
        where=tuple(loader.conditions(fields.get("where"), reading)),
        each=loader.periods(fields.get("each")),
        is_all=loader.one_of(fields.get("absent"), "absent", ("keep", "delete")) == "delete",
        reading=reading,
        place=node.place,
        wide=loader.wide(fields.get("each")),
        each_of=loader.lists(fields.get("each-of"), reading),
        may_lack=frozenset((each.text or "").strip() for each in items_of(fields.get("may-lack"))),
    )
    return mapping, loader.problems


class _Loader(EachSpeller, WhereSpeller):
    """Reads facts and records on top of values, conditions and bindings."""

    def record(self, node: Node | None, reading: Reading) -> Iterator[Value]:
        """Yield what tells records apart: bare columns, or columns with how to read them."""
        for item in items_of(node):
            if item.text is not None:
                yield Value((Ref(item.text.strip()),), reading, item.place)
            elif (value := self.value(item, reading)) is not None:
                yield value

    def facts(self, node: Node | None, source: Node, reading: Reading) -> Iterator[FactMapping]:
        if node is None or not node.items:
            self.wrong("SRC103", "this source makes no facts", source.place, expected="facts: with at least one entry",
                       next_step="add facts:, see docs/map_a_table.md")  # fmt: skip
        for entry in items_of(node):
            kinds = [key for key in entry.mapping if key not in FACT_KEYS]
            if len(kinds) != 1:
                self.wrong("SRC104", "an entry under facts: is one kind of fact", entry.place, expected="KIND: {FIELD: VALUE}",
                           next_step="write one kind per entry")  # fmt: skip
            elif kinds[0] not in KINDS:
                place = (entry.key_places or {}).get(kinds[0], entry.place)
                plurals = {table.name: kind for kind, table in KINDS.items()}
                nearest = plurals.get(kinds[0]) or suggest(kinds[0], KINDS)
                self.wrong("SRC104", f"'{kinds[0]}' is no kind of fact", place, expected=f"one of: {', '.join(KINDS)}",
                           nearest=nearest, next_step="correct the kind")  # fmt: skip
            else:
                yield self.fact(KINDS[kinds[0]], entry.mapping[kinds[0]], entry, reading)

    def fact(self, table: Table, node: Node, entry: Node, reading: Reading) -> FactMapping:
        columns = {column.name: column for column in table.columns if column.name not in KEYS}
        is_same = SAME in (node.text, node.mapping[FIELDS_KEY].text if FIELDS_KEY in node.mapping else None)
        fields: dict[str, tuple[Value, ...]] = {}
        for name, value in node.mapping.items():
            if name == FIELDS_KEY:
                continue
            if name not in columns:
                self.unknown_field(name, table, columns, (node.key_places or {})[name])
            elif value.value is not None:
                fields[name] = tuple(self.values(value, columns[name], reading))
        named = CURRENCY_OF.get(table.name, ("", ""))
        given = {*fields, named[0]} if named[1] in fields else {*fields}  # an amount may name its currency itself
        lacking = [column.name for column in columns.values() if column.required and column.name not in given]
        if lacking and not is_same:
            self.wrong("SRC106", f"this fact lacks {', '.join(lacking)}", entry.place, expected="every required field",
                       next_step=f'add {lacking[0]}: with a text, or a column in braces: "{{COLUMN}}"')  # fmt: skip
        where = tuple(self.conditions(entry.mapping.get("where"), reading))
        fields = {name: values for name, values in fields.items() if values}
        made = FactMapping(table, fields, where, is_same, reading, entry.place)
        self.problems += check_fixed(made)
        return made

    def unknown_field(self, name: str, table: Table, columns: Mapping[str, Column], place: Place) -> None:
        why = "is set by the store" if name in KEYS else "is no field"
        self.wrong("SRC105", f"'{name}' {why} of {table.row.__name__.lower()}", place, expected=f"one of: {', '.join(columns)}",
                   nearest=None if name in KEYS else suggest(name, columns),
                   next_step="correct the name or take the line out")  # fmt: skip
