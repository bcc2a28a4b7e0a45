"""Load a mapping from its declaration: every mistake becomes a problem with its place. Reads no file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.facts.mapping import (
    FACT_KEYS,
    FIELDS_KEY,
    KINDS,
    SAME,
    Bound,
    Condition,
    FactMapping,
    Reading,
    Ref,
    TableMapping,
    Value,
)  # fmt: skip
from wholeservice.facts.mapping_spelling import Speller, items_of
from wholeservice.facts.mapping_words import check_fixed
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
        record=tuple(Value((Ref(item.text),), reading, item.place) for item in items_of(fields.get("record")) if item.text),
        where=tuple(loader.conditions(fields.get("where"))),
        each=tuple(loader.bindings(fields["each"])) if "each" in fields else (),
        is_all=loader.one_of(fields.get("absent"), "absent", ("keep", "delete")) == "delete",
        reading=reading,
        place=node.place,
    )
    return mapping, loader.problems


class _Loader(Speller):
    """Reads facts, conditions and bindings on top of values."""

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
        lacking = [column.name for column in columns.values() if column.required and column.name not in fields]
        if lacking and not is_same:
            self.wrong("SRC106", f"this fact lacks {', '.join(lacking)}", entry.place, expected="every required field",
                       next_step=f'add {lacking[0]}: with a text, or a column in braces: "{{COLUMN}}"')  # fmt: skip
        where = tuple(self.conditions(entry.mapping.get("where")))
        fields = {name: values for name, values in fields.items() if values}
        made = FactMapping(table, fields, where, is_same, reading, entry.place)
        self.problems += check_fixed(made)
        return made

    def unknown_field(self, name: str, table: Table, columns: Mapping[str, Column], place: Place) -> None:
        why = "is set by the store" if name in KEYS else "is no field"
        self.wrong("SRC105", f"'{name}' {why} of {table.row.__name__.lower()}", place, expected=f"one of: {', '.join(columns)}",
                   nearest=None if name in KEYS else suggest(name, columns),
                   next_step="correct the name or take the line out")  # fmt: skip

    def conditions(self, node: Node | None) -> Iterator[Condition]:
        for name, test in (node.mapping if node else {}).items():
            condition = self.condition(Ref(name.strip()), test)
            if condition is None:
                self.wrong("SRC116", f"this condition on '{name}' is not understood", test.place,
                           expected="a text, a list, is: present, is: missing, not: [...] or matches: PATTERN",
                           next_step="write one of these")  # fmt: skip
            else:
                yield condition
        if node is not None and not node.mapping:
            self.wrong("SRC116", "where: has no conditions", node.place, expected="{COLUMN: TEXT}", next_step="add one")

    def condition(self, column: Ref, node: Node) -> Condition | None:
        if not node.mapping:
            texts = tuple(item.text or "" for item in node.items)
            return Condition(column, "in", texts, node.place) if texts else None
        if len(node.mapping) != 1:
            return None
        (kind, test), = node.mapping.items()  # fmt: skip
        texts = tuple(item.text or "" for item in test.items)
        if kind == "is" and texts in (("present",), ("missing",)):
            return Condition(column, texts[0], (), node.place)
        if kind == "not" and texts:
            return Condition(column, "not-in", texts, node.place)
        if kind == "matches" and len(texts) == 1 and _is_pattern(texts[0]):
            return Condition(column, "matches", texts, node.place)
        return None

    def bindings(self, node: Node) -> Iterator[dict[str, Bound]]:
        names: frozenset[str] | None = None
        for entry in node.items:
            bound = {key: Bound(value.text, value.place) for key, value in entry.mapping.items() if value.text is not None}
            names = names if names is not None else frozenset(bound)
            if not bound or frozenset(bound) != names:
                differing = ", ".join(sorted(names ^ frozenset(bound))) or "nothing"
                self.wrong("SRC111", f"this entry of each: differs from the first in {differing}", entry.place,
                           expected=f"the names {', '.join(sorted(names))}",
                           next_step="give every entry the same names")  # fmt: skip
                continue
            yield bound


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
