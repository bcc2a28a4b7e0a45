"""How a value is spelled in a declaration: text, columns in braces, and how to read the result."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wholeservice.documents import Node
from wholeservice.errors import Place
from wholeservice.mapping.base import VALUE_KEYS, Piece, Reading, Ref, Value
from wholeservice.mapping.literals import cannot_be
from wholeservice.mapping.spelling_reading import ReadingSpeller
from wholeservice.sources.base import unknown_keys
from wholeservice.tables import DATE, INSTANT, NUMBERS, TEXT, Column

_TEMPLATE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")


class Speller(ReadingSpeller):
    """Reads values on top of how they are read."""

    def values(self, node: Node, column: Column, reading: Reading) -> Iterator[Value]:
        if isinstance(node.value, list) and column.type != NUMBERS:
            self.wrong("SRC107", f"{column.name} takes one value, not a list", node.place, expected="one value",
                       next_step="join columns in one text: '{a} {b}'")  # fmt: skip
            return
        for item in node.items:
            value = self.value(item, reading)
            if value is None:
                continue
            self.check_literal(value, column)
            self.check_for(item, value, column)
            yield value

    def value(self, node: Node, reading: Reading) -> Value | None:
        if node.text is not None:
            return Value(self.template(node.text, node.place), reading, node.place)
        fields = node.mapping
        if len(fields) == 1 and next(iter(fields.values())).value is None:  # {Name}, which YAML reads as a mapping
            return Value((Ref(next(iter(fields)).strip()),), reading, node.place)
        self.problems += unknown_keys(node, VALUE_KEYS, "a value")
        own = self.reading(node, reading)
        if ("column" in fields) == ("text" in fields) or (fields.get("column") or fields["text"]).text is None:
            self.wrong("SRC107", "a value has either column: or text:", node.place,
                       expected="column: NAME, or text: '{NAME} ...'", next_step="say one of the two")  # fmt: skip
            return None
        said = fields.get("column") or fields["text"]
        parts = (Ref((said.text or "").strip()),) if "column" in fields else self.template(said.text or "", said.place)
        after, before = (self.value(fields[key], reading) if key in fields else None for key in ("after", "before"))
        further = fields["or"].items if "or" in fields else ()
        otherwise = tuple(Value((Ref(each.text.strip()),), own, each.place) for each in further if each.text)
        return Value(parts, own, said.place, after, before, otherwise)

    def template(self, text: str, place: Place) -> tuple[str | Ref, ...]:
        parts: list[str | Ref] = []
        for match in _TEMPLATE.finditer(text):
            if match[1] is not None:
                parts.append(Ref(match[1].strip()))
            elif match[0] in ("{", "}"):
                self.wrong("SRC107", f"a single '{match[0]}' stands in '{text}'", place,
                           expected="braces in pairs around a column",
                           next_step="close the brace, or double it if it is meant as itself")  # fmt: skip
            else:
                parts.append({"{{": "{", "}}": "}"}.get(match[0], match[0]))
        return tuple(parts) or ("",)

    def check_literal(self, value: Value, column: Column) -> None:
        if value.literal is not None and cannot_be(value.literal, column, value.reading):
            self.wrong("SRC112", f"'{value.literal}' is no {column.type} for {column.name}", value.place,
                       expected=f"a {column.type}, or a column in braces",
                       next_step="if it is a column, put it in braces")  # fmt: skip

    def check_for(self, node: Node, value: Value, column: Column) -> None:
        """Refuse a way of reading that this column cannot have: days added to a number, a text in place of a missing one."""
        fields, numbers = node.mapping, column.type not in (DATE, INSTANT, TEXT)
        if "plus" in fields and column.type not in (DATE, INSTANT):
            self.wrong("SRC113", f"plus: adds days, and {column.name} is a {column.type}", fields["plus"].place,
                       expected="plus: only on a date or an instant", next_step="take it out")  # fmt: skip
        if "or" in fields and column.type not in (DATE, INSTANT):
            self.wrong("SRC113", f"or: names further columns of a time, and {column.name} is a {column.type}",
                       fields["or"].place, expected="or: only on a date or an instant", next_step="take it out")  # fmt: skip
        for key in ("after", "before") if column.type != INSTANT else ():
            if key in fields:
                self.wrong("SRC113", f"{key}: moves an instant by a duration, and {column.name} is a {column.type}",
                           fields[key].place, expected=f"{key}: only on an instant", next_step="take it out")  # fmt: skip
        if "default" in fields and numbers:
            self.wrong("SRC113", f"default: stands for a missing cell, and {column.name} is a {column.type}",
                       fields["default"].place, expected="a number that is missing stays missing",
                       next_step="take it out; a fact without it is not made")  # fmt: skip
        if (value.reading.piece or Piece()).split is not None and "take" not in fields:
            self.wrong("SRC107", "split: gives several values, and a field has one", fields["split"].place,
                       expected="take: 1 for the first piece, -1 for the last",
                       next_step="add take:; or put the list under each-of: for a fact per value")  # fmt: skip
