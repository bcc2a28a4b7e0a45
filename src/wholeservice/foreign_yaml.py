"""
YAML that other programs wrote: several documents, anchors, merge keys (`<<`) and tags, never larger than the bounds.

Values are the Nodes of `documents`, and scalars stay text: the version `1.10` is no number. They are built from the
parser's events one by one: nothing recurses, and what is too deep or unfolds into too much is refused before it is built.
Pure: text in, nodes out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem

MAX_CHARACTERS = 64 * 2**20  # of a text
MAX_SCALAR = 4 * 2**20  # characters of one value
MAX_DEPTH = 100
MAX_NODES = 1_000_000  # of one document, where what an alias stands for counts each time
_MAX_LINE = 2000  # characters of a line that a place shows
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE = "<<"


def read_foreign(text: str, file: str) -> tuple[list[Node], list[Problem]]:
    """
    Read every document of a YAML text.

    Shape    (the root of each document that is not empty, problems in file order); what stands before a mistake is given.
             A merge key's fields come after the mapping's own, which win; of a key that stands twice the first is kept, with a
             warning. `plain(node)` gives dicts, lists and text; `node.tag` is a tag of the program's own, such as `!reset`

    >>> from wholeservice.documents import plain
    >>> roots, problems = read_foreign("a: &a {x: 1.10}\\nb: {y: on, <<: *a}\\n---\\n[1]", "x.yaml")
    >>> [plain(root) for root in roots], problems
    ([{'a': {'x': '1.10'}, 'b': {'y': 'on', 'x': '1.10'}}, ['1']], [])
    """
    if len(text) > MAX_CHARACTERS:
        return [], [_too_large(Place(file), f"it has {len(text):,} characters", f"at most {MAX_CHARACTERS:,}")]
    builder = _Builder(file, text.splitlines())
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except _BeyondBounds as error:
        builder.problems.append(error.problem)
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        builder.problems.append(_not_yaml(error, builder))
    return builder.roots, builder.problems


class _BeyondBounds(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being filled. `key` is that of the value to come; None: a key is to come."""

    place: Place
    anchor: str | None
    tag: str | None
    first: int  # nodes of the document before this one
    items: list[Node] | None = None
    fields: dict[str, Node] = field(default_factory=dict)
    key_places: dict[str, Place] = field(default_factory=dict)
    merged: list[Node] = field(default_factory=list)
    key: Node | None = None

    def close(self) -> Node:
        if self.items is not None:
            return Node(self.items, self.place, tag=self.tag)
        for node in self.merged:
            for name, value in node.mapping.items():
                if name not in self.fields:
                    self.fields[name] = value
                    self.key_places[name] = (node.key_places or {}).get(name, value.place)
        return Node(self.fields, self.place, self.key_places, self.tag)


class _Builder:
    """Puts nodes together as the events come. `anchors` holds (node, how many nodes it is)."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file, self.lines = file, lines
        self.roots: list[Node] = []
        self.problems: list[Problem] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.n_nodes = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self.anchors, self.n_nodes = {}, 0
        elif isinstance(event, yaml.ScalarEvent):
            self.add(self.scalar(event), event.anchor, 1)
        elif isinstance(event, yaml.AliasEvent):
            self.add(*self.meant(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            self.start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self.open.pop()
            self.add(done.close(), done.anchor, 1, self.n_nodes - done.first + 1)

    def start(self, event: yaml.CollectionStartEvent) -> None:
        place = self.place(event)
        if len(self.open) >= MAX_DEPTH:
            raise _BeyondBounds(_too_large(place, "it nests too deep", f"at most {MAX_DEPTH} levels"))
        items: list[Node] | None = [] if isinstance(event, yaml.SequenceStartEvent) else None
        if event.anchor is not None:
            self.anchors.pop(event.anchor, None)
        self.open.append(_Open(place, event.anchor, _own_tag(event.tag), self.n_nodes, items))

    def scalar(self, event: yaml.ScalarEvent) -> Node:
        place = self.place(event)
        if len(event.value) > MAX_SCALAR:
            raise _BeyondBounds(_too_large(place, "this value is too long", f"at most {MAX_SCALAR:,} characters"))
        is_null = not event.style and event.value in _NULL
        return Node(None if is_null else str(event.value), place, tag=_own_tag(event.tag))

    def meant(self, event: yaml.AliasEvent) -> tuple[Node, None, int]:
        """Return what an alias stands for, and its size."""
        if event.anchor not in self.anchors:
            self.problems.append(_no_anchor(str(event.anchor), self.place(event)))
            return Node(None, self.place(event)), None, 1
        node, size = self.anchors[event.anchor]
        return node, None, size

    def add(self, node: Node, anchor: str | None, n_new: int, size: int = 1) -> None:
        """Put a finished node where it belongs; *n_new* nodes more than were counted."""
        self.n_nodes += n_new
        if self.n_nodes > MAX_NODES:
            raise _BeyondBounds(_too_large(node.place, "it unfolds into too much", f"at most {MAX_NODES:,} values"))
        if anchor is not None:
            self.anchors[anchor] = (node, size)
        if not self.open:
            self.roots += [] if node.value is None else [node]
            return
        around = self.open[-1]
        if around.items is not None:
            around.items.append(node)
        elif around.key is None:
            around.key = node
        else:
            self.put(around, around.key, node)
            around.key = None

    def put(self, around: _Open, key: Node, value: Node) -> None:
        name = "" if key.value is None else key.text
        if name is None:
            self.problems.append(_unclear_key("a list or mapping cannot be a key here; it was left out", key.place))
        elif name == _MERGE:
            around.merged += [each for each in value.items if isinstance(each.value, dict)]
        elif name in around.fields:
            first = around.key_places[name].line
            self.problems.append(_unclear_key(f"'{name[:60]}' stands here twice; the one at line {first} counts", key.place))
        else:
            around.fields[name], around.key_places[name] = value, key.place

    def place(self, event: yaml.NodeEvent) -> Place:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return Place(self.file)
        text = self.lines[start.line] if start.line < len(self.lines) else ""
        length = end.column - start.column if end.line == start.line else len(text) - start.column
        return Place(self.file, start.line + 1, start.column + 1, max(1, min(length, _MAX_LINE)), text[:_MAX_LINE])


def _own_tag(tag: str | None) -> str | None:
    return tag if tag is not None and tag.startswith("!") and tag != "!" else None


def _too_large(place: Place, what: str, expected: str) -> Problem:
    what, next_step = f"this YAML is out of bounds: {what}", "split it, or convert it to JSON"
    return Problem("SRC125", what, place, expected, next_step=next_step)


def _no_anchor(name: str, place: Place) -> Problem:
    return Problem("SRC122", f"'*{name[:60]}' stands for nothing that is complete here", place, f"an &{name[:60]} before it",
                   next_step="write the value out")  # fmt: skip


def _unclear_key(what: str, place: Place) -> Problem:
    return Problem("SRC199", what, place, "each key once, as a text", next_step="correct the file", severity="warning")


def _not_yaml(error: Exception, builder: _Builder) -> Problem:
    place, words = Place(builder.file), str(error).splitlines()
    what = "half a character" if isinstance(error, UnicodeEncodeError) else words[0] if words else "unreadable"
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        line, column = error.problem_mark.line, error.problem_mark.column
        text = builder.lines[line][:_MAX_LINE] if line < len(builder.lines) else ""
        what, place = str(error.problem), Place(builder.file, line + 1, column + 1, 1, text)
    next_step = "look just before for a missing colon or quote"
    return Problem("SRC122", f"this is not YAML: {what}", place, "YAML", next_step=next_step)
