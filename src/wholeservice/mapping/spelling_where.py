"""How a condition under `where:` is spelled: a text, a list, or what the cell must be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

from wholeservice.documents import Node
from wholeservice.mapping.base import FROM, Condition, Reading, Ref
from wholeservice.mapping.pieces import pattern_mistake
from wholeservice.mapping.spelling import Speller
from wholeservice.mapping.spelling_reading import items_of

NUMBERS = ("<", "<=", ">", ">=")
MOMENTS = (FROM, "after", "before")
HOW = ("format", "zone", "decimal")
CONDITIONS: dict[str, str] = {
    "is": "present or missing",
    "not": "a text or a list of texts that it must not be",
    "matches": "a pattern (RE2) that must match somewhere in it",
    "< <= > >=": "a number to compare with",
    "from": "that day or instant, or later",
    "after": "later than that instant; of a day, from the next day on",
    "before": "earlier than that day or instant",
}
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


class WhereSpeller(Speller):
    """Reads conditions on top of values."""

    def conditions(self, node: Node | None, reading: Reading) -> Iterator[Condition]:
        for name, test in (node.mapping if node else {}).items():
            column = Ref(name.strip())
            if test.mapping:
                yield from self.tests(column, test, reading)
            elif test.items:
                yield Condition(column, "in", tuple(item.text or "" for item in test.items), test.place)
            else:
                self.not_understood(name, test)
        if node is not None and not node.mapping:
            self.wrong("SRC116", "where: has no conditions", node.place, expected="{COLUMN: TEXT}", next_step="add one")

    def tests(self, column: Ref, node: Node, reading: Reading) -> Iterator[Condition]:
        """Yield the tests of one column; all must hold."""
        tests = {key: test for key, test in node.mapping.items() if key not in HOW}
        own = self.how(node, reading)
        found = [self.test(column, kind, test, own) for kind, test in tests.items()]
        if not found or None in found:
            self.not_understood(column.name, node)
        yield from (each for each in found if each is not None)

    def test(self, column: Ref, kind: str, node: Node, reading: Reading) -> Condition | None:
        texts = tuple(item.text or "" for item in items_of(node))
        if kind == "is" and texts in (("present",), ("missing",)):
            return Condition(column, texts[0], (), node.place)
        if kind == "not" and texts:
            return Condition(column, "not-in", texts, node.place)
        if len(texts) != 1:
            return None
        is_good = (
            (kind == "matches" and not pattern_mistake(texts[0]))
            or (kind in NUMBERS and _NUMBER.fullmatch(texts[0].strip()) is not None)
            or (kind in MOMENTS and _is_iso(texts[0].strip()))
        )
        return Condition(column, kind, texts, node.place, reading) if is_good else None

    def how(self, node: Node, reading: Reading) -> Reading:
        """Return how the cells of a comparison are read; what they are compared with is written in ISO and with a point."""
        fields = node.mapping
        formats = tuple(self.format(item) for item in items_of(fields.get("format")))
        return replace(
            reading,
            formats=formats or reading.formats,
            zone=self.zone(fields.get("zone")) or reading.zone,
            decimal=self.one_of(fields.get("decimal"), "decimal", (".", ",")) or reading.decimal,
        )

    def not_understood(self, name: str, node: Node) -> None:
        expected = 'a text, a list, is: present or missing, not: [...], matches: PATTERN, or a number to compare with (">": 5)'
        self.wrong("SRC116", f"this condition on '{name}' is not understood", node.place,
                   expected=f"{expected}, or from:, after:, before: a day", next_step="write one of these")  # fmt: skip


def _is_iso(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return text[4:5] == "-"
