"""Read the words of a scenario: sections, numbers and names of the organisation; what is wrong is kept with its place."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from wholeservice.documents import Node
from wholeservice.errors import Problem, suggest
from wholeservice.units import Amount, parse_amount

EMPTY = Node(None, None)  # type: ignore[arg-type]


class Words:
    """A mapping of a scenario and the problems that are found while it is read."""

    def __init__(self, root: Node, problems: list[Problem]) -> None:
        self.root, self.problems = root, problems

    def known_fields(self, node: Node, fields: Collection[str]) -> None:
        """Note every key of a mapping that is not one of *fields*."""
        for key in node.mapping:
            if key not in fields:
                self.unknown("SIM002", key, fields, (node.key_places or {}).get(key, node.place))

    def section(self, name: str) -> dict[str, Node]:
        node = self.root.mapping.get(name)
        return node.mapping if node else {}

    def listed(self, name: str) -> list[Node]:
        node = self.root.mapping.get(name)
        return node.items if node else []

    def names(self, section: str, known: Any) -> frozenset[str]:
        return frozenset(name for each in self.listed(section) if (name := self.name(each, known)))

    def name(self, node: Node | None, known: Any) -> str | None:
        if node is None or node.text is None or node.text not in known:
            word, place = (node.text or "nothing", node.place) if node else ("nothing", self.root.place)
            self.unknown("SIM003", word, known, place)
            return None
        return node.text

    def number(self, node: Node | None, usual: float | None = None) -> float:
        if node is None:
            return usual or 0.0
        amount: Amount | None = parse_amount(node.text or "")
        if amount is None:
            self.problems.append(Problem("SIM004", f"'{node.text}' is no number, share or time", node.place,
                                         "a share (5%), a time (120ms) or digits",
                                         next_step="wholeservice explain SIM004"))  # fmt: skip
            return 0.0
        return amount.number

    def unknown(self, code: str, name: str, known: Any, place: Any) -> None:
        words = sorted(known) if isinstance(known, (set, frozenset)) else [*known]
        expected = "one of " + ", ".join(words[:12]) + (" ..." if len(words) > 12 else "")
        self.problems.append(Problem(code, f"unknown name '{name}'", place, expected, suggest(name, words),
                                     f"fix the name; wholeservice explain {code}"))  # fmt: skip
