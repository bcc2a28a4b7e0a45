"""How a value is spelled in a declaration: text, columns in braces, and how to read the result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.facts.mapping import EPOCH, EPOCH_MS, ISO, KEEP, MISSING, REFUSE, SECONDS_PER, VALUE_KEYS, Reading, Ref, Value
from wholeservice.facts.mapping_literals import cannot_be
from wholeservice.periods import parse_days
from wholeservice.sources.base import unknown_keys
from wholeservice.tables import DATE, INSTANT, NUMBERS, Column

_TEMPLATE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")


def items_of(node: Node | None) -> list[Node]:
    """Return the list that a node is; nothing gives an empty one."""
    return node.items if node else []


@dataclass(slots=True)
class Speller:
    """Reads values from nodes and collects what is wrong with them."""

    problems: list[Problem] = field(default_factory=list)

    def wrong(self, code: str, what: str, place: Place, **advice: str | None) -> None:
        self.problems.append(Problem(code, what, place, **advice))  # type: ignore[arg-type]

    def one_of(self, node: Node | None, key: str, known: tuple[str, ...]) -> str | None:
        if node is None:
            return None
        if node.text not in known:
            self.wrong("SRC113", f"'{node.text}' is not a way to say {key}", node.place, expected=f"one of {', '.join(known)}",
                       nearest=suggest(node.text or "", known), next_step="correct it or take it out")  # fmt: skip
            return None
        return node.text

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
            self.problems += _plus_problems(item, column)
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
        if "column" in fields:
            return Value((Ref((fields["column"].text or "").strip()),), own, fields["column"].place)
        return Value(self.template(fields["text"].text or "", fields["text"].place), own, fields["text"].place)

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

    # how to read -----------------------------------------------------------------------------------------------------

    def reading(self, node: Node, default: Reading) -> Reading:
        """Return the default with what *node* (a source or a value) says of missing, map, format, zone, decimal, unit."""
        fields = node.mapping
        missing = default.missing | {(item.text or "").strip() for item in items_of(fields.get("missing"))}
        is_value = "column" in fields or "text" in fields
        formats = tuple(self.format(item) for item in items_of(fields.get("format"))) if is_value else ()
        return Reading(
            missing=missing,
            map=self.map(fields.get("map")),
            otherwise=self.one_of(fields.get("otherwise"), "otherwise", (REFUSE, KEEP, MISSING)) or REFUSE,
            formats=formats or default.formats,
            zone=self.zone(fields.get("zone")) or default.zone,
            decimal=self.one_of(fields.get("decimal"), "decimal", (".", ",")) or default.decimal,
            unit=self.one_of(fields.get("unit"), "unit", tuple(SECONDS_PER)) or default.unit,
            plus_days=(parse_days(fields["plus"].text or "") or 0) if is_value and "plus" in fields else 0,
        )

    def map(self, node: Node | None) -> tuple[tuple[str, str | None], ...] | None:
        if node is None:
            return None
        if not node.mapping:
            self.wrong("SRC107", "map: has no pairs", node.place, expected="{what stands there: what it means}",
                       next_step="write pairs, or take it out")  # fmt: skip
        return tuple((key.strip(), value.text) for key, value in node.mapping.items())

    def format(self, node: Node) -> str:
        text = node.text or ""
        if "%" not in text and text not in (ISO, EPOCH, EPOCH_MS):
            self.wrong("SRC113", f"'{text}' is no format of a date", node.place,
                       expected="iso, epoch, epoch-ms, or like %d/%m/%Y",
                       next_step="write the format with % codes")  # fmt: skip
            return ISO
        return text

    def zone(self, node: Node | None) -> str | None:
        if node is None:
            return None
        try:
            return ZoneInfo(node.text or "").key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.wrong("SRC113", f"unknown time zone '{node.text}'", node.place, expected="a name such as Europe/London",
                       nearest=suggest(node.text or "", available_timezones()), next_step="correct the name")  # fmt: skip
            return None


def _plus_problems(node: Node, column: Column) -> list[Problem]:
    """Return what is wrong with `plus:` of a value."""
    if "plus" not in node.mapping:
        return []
    plus = node.mapping["plus"]
    if column.type not in (DATE, INSTANT):
        return [Problem("SRC113", f"plus: adds days, and {column.name} is a {column.type}", plus.place,
                        "plus: only on a date or an instant", next_step="take it out")]  # fmt: skip
    if parse_days(plus.text or "") is None:
        return [Problem("SRC113", f"'{plus.text}' is no number of days to add", plus.place, "days, as 1d, 7d or 1w",
                        next_step="write the number and d or w")]  # fmt: skip
    return []
