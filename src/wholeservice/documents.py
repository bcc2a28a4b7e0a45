"""YAML with positions: every key and value knows its file, line and column, and every scalar stays text.

YAML 1.2 in spirit: `on`, `no` and `1.10` are text; only the reader of a field knows its type. Parsed with PyYAML's C
composer; aliases are refused beyond a bound, so that a small file cannot unfold into a large one. Pure: text in, nodes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from wholeservice.errors import Place, Problem

MAX_NODES = 2_000_000
MAX_DEPTH = 100
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|(?:^|\s)#[^\n]*")
_DEEP_LINE = re.compile(r"^(?:[-?:] |[ \t]){300}", re.MULTILINE)
_BRACKET = re.compile(r"[\[{\]}]")


@dataclass(frozen=True, slots=True)
class Node:
    """One YAML value: `value` is a dict of Nodes, a list of Nodes, text, or None for null. `place` is where it stands.

    `key_places` says where each key of a mapping stands; `tag` is a tag of another program's own, such as `!reset`.
    """

    value: dict[str, Node] | list[Node] | str | None
    place: Place
    key_places: Mapping[str, Place] | None = None
    tag: str | None = None

    @property
    def mapping(self) -> dict[str, Node]:
        """Return the mapping, or an empty one when this is something else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """Return the list; a single value counts as a list of one, null as none."""
        if isinstance(self.value, list):
            return self.value
        return [] if self.value is None else [self]

    @property
    def text(self) -> str | None:
        """Return the text of a scalar, None for null and for anything else."""
        return self.value if isinstance(self.value, str) else None


Plain = dict[str, "Plain"] | list["Plain"] | str | None


def plain(node: Node) -> Plain:
    """Return the node without positions: dicts, lists and text."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def parse(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """Parse one YAML document; problems instead of exceptions.

    Shape    (root node or None when empty or broken, problems in file order)

    >>> root, problems = parse("a: on\\nb: [1.10]", "x.yaml")
    >>> plain(root), problems
    ({'a': 'on', 'b': ['1.10']}, [])
    """
    if _is_too_deep(text):
        return None, [_too_deep(file)]
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        return None, [_syntax_problem(error, text, file)]
    except (RecursionError, UnicodeEncodeError) as error:
        return None, [_too_deep(file) if isinstance(error, RecursionError) else _half_a_character(file)]
    if root is None:
        return None, []
    reader = _Reader(file, text.splitlines())
    return reader.node(root), reader.problems


class _Reader:
    """Turns raw nodes into ours. What an alias stands for is built once and shared; its size counts each time."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file, self.lines = file, lines
        self.problems: list[Problem] = []
        self.done: dict[int, Node] = {}
        self.sizes: dict[int, int] = {}
        self.open_nodes: set[int] = set()

    def node(self, raw: yaml.Node) -> Node:
        if id(raw) in self.done:
            return self.done[id(raw)]
        place = self.place(raw)
        if isinstance(raw, yaml.ScalarNode):
            is_null = not raw.style and raw.value in _NULL  # the C composer gives '' where the Python one gives None
            node = Node(None if is_null else str(raw.value), place)
        elif id(raw) in self.open_nodes:
            self.problems.append(_too_large(place))
            return Node(None, place)
        else:
            self.open_nodes.add(id(raw))
            node = self._mapping(raw, place) if isinstance(raw, yaml.MappingNode) else self._list(raw, place)
        self.done[id(raw)] = node
        self._weigh(raw, place)
        return node

    def _weigh(self, raw: yaml.Node, place: Place) -> None:
        inside = [] if isinstance(raw, yaml.ScalarNode) else raw.value
        inner = [each[1] if isinstance(raw, yaml.MappingNode) else each for each in inside]
        self.sizes[id(raw)] = 1 + sum(self.sizes.get(id(each), 1) for each in inner)
        if self.sizes[id(raw)] > MAX_NODES:
            self.problems.append(_too_large(place))
            self.done[id(raw)], self.sizes[id(raw)] = Node(None, place), 1

    def place(self, raw: yaml.Node) -> Place:
        line, column = raw.start_mark.line, raw.start_mark.column
        text = self.lines[line] if line < len(self.lines) else ""
        same_line = raw.end_mark.line == line
        length = raw.end_mark.column - column if same_line else len(text) - column
        return Place(self.file, line + 1, column + 1, max(1, length), text)

    def _list(self, raw: yaml.Node, place: Place) -> Node:
        return Node([self.node(child) for child in raw.value], place)

    def _mapping(self, raw: yaml.MappingNode, place: Place) -> Node:
        children: dict[str, Node] = {}
        key_places: dict[str, Place] = {}
        for raw_key, raw_value in raw.value:
            key_place = self.place(raw_key)
            key = str(raw_key.value) if isinstance(raw_key, yaml.ScalarNode) else ""
            if key in children:
                self.problems.append(_twice(key, key_place, key_places[key]))
                continue
            children[key], key_places[key] = self.node(raw_value), key_place
        return Node(children, place, key_places)


def _twice(key: str, place: Place, first: Place) -> Problem:
    return Problem("ORG002", f"'{key}' stands here twice; first at line {first.line}", place,
                   "each key once", next_step="merge the two or rename one")  # fmt: skip


def _is_too_deep(text: str) -> bool:
    """Say whether a text nests so deep that the parser itself could give way (it recurses, in C)."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return _DEEP_LINE.search(text) is not None
    depth = deepest = 0
    for match in _BRACKET.finditer(_QUOTED.sub("", text)):
        depth = depth + 1 if match[0] in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest > MAX_DEPTH or _DEEP_LINE.search(text) is not None


def _too_deep(file: str) -> Problem:
    return Problem("ORG003", "this document nests too deep", Place(file), f"at most {MAX_DEPTH} levels",
                   next_step="declare the inner things on their own; wholeservice explain ORG003")  # fmt: skip


def _half_a_character(file: str) -> Problem:
    return Problem("ORG005", "this file is not UTF-8 text: half a character", Place(file), "text in UTF-8",
                   next_step="save it as UTF-8; wholeservice explain ORG005")  # fmt: skip


def _too_large(place: Place) -> Problem:
    return Problem("ORG003", "this document refers to itself or unfolds into too much", place,
                   f"at most {MAX_NODES:,} values", next_step="write the values out instead of using anchors")  # fmt: skip


def _syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = str(getattr(error, "problem", None) or error).splitlines()[0]
    if mark is None:
        return Problem("ORG001", f"this is not YAML: {what}", Place(file), next_step="check the file's encoding and content")
    lines = text.splitlines()
    line_text = lines[mark.line] if mark.line < len(lines) else ""
    place = Place(file, mark.line + 1, mark.column + 1, 1, line_text)
    return Problem("ORG001", f"this is not YAML: {what}", place, next_step="look just before for a missing colon or quote")


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, in document order."""
    yield node
    children = node.mapping.values() if isinstance(node.value, dict) else node.value if isinstance(node.value, list) else ()
    for child in children:
        yield from walk(child)
