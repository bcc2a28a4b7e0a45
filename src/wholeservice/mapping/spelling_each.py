"""How `each:` and `each-of:` are spelled: a list of periods, a rule over the header, and lists in a cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from wholeservice.documents import Node
from wholeservice.mapping.base import EACH_KEYS, FROM, TO, Bound, Reading, Ref, Value, Wide
from wholeservice.mapping.spelling import Speller
from wholeservice.mapping.wide import RANGE, names_in, pattern_mistake
from wholeservice.sources.base import unknown_keys

_MAX_RANGE = 10_000  # columns


class EachSpeller(Speller):
    """Reads periods and lists on top of values."""

    def periods(self, node: Node | None) -> tuple[dict[str, Bound], ...]:
        """Return the declared periods; none when a rule finds them."""
        return tuple(self.bindings(node)) if node is not None and not node.mapping else ()

    def bindings(self, node: Node) -> Iterator[dict[str, Bound]]:
        names: frozenset[str] | None = None
        for entry in node.items:
            bound = {key: made for key, value in entry.mapping.items() if (made := _bound(value)) is not None}
            names = names if names is not None else frozenset(bound)
            if not bound or frozenset(bound) != names:
                differing = ", ".join(sorted(names ^ frozenset(bound))) or "nothing"
                self.wrong("SRC111", f"this entry of each: differs from the first in {differing}", entry.place,
                           expected=f"the names {', '.join(sorted(names))}",
                           next_step="give every entry the same names")  # fmt: skip
                continue
            yield bound

    def wide(self, node: Node | None) -> Wide | None:
        """Return the rule of `each: { columns: ... }`, None when the periods are listed."""
        if node is None or not node.mapping:
            return None
        self.problems += unknown_keys(node, EACH_KEYS, "each:")
        fields = node.mapping
        columns = {
            name: Bound(each.text or "", each.place) for name, each in fields["columns"].mapping.items()
        } if "columns" in fields else {}  # fmt: skip
        if not columns:
            self.wrong("SRC140", "each: names no columns", node.place,
                       expected="columns: {NAME: '{from} ...'}, or a list of periods", next_step="add columns:")  # fmt: skip
        ranges = [name for name, bound in columns.items() if RANGE.fullmatch(bound.text.strip())]
        first_on = self.day(fields.get(FROM))
        lasts, every = (self.length(fields.get(key), key) for key in ("lasts", "every"))
        made = Wide(columns, node.place, first_on, lasts, every)
        for name, bound in columns.items():
            self.check_columns(name, bound, is_range=name in ranges)
        self.check_rule(node, made, ranges)
        return made

    def check_columns(self, name: str, bound: Bound, *, is_range: bool) -> None:
        mistake = None if is_range else pattern_mistake(bound.text)
        match = RANGE.fullmatch(bound.text.strip())
        if match and (int(match[2]) < int(match[1]) or int(match[1]) == 0 or match[3] == "0" or int(match[2]) > _MAX_RANGE):
            mistake = f"it is no range of positions from 1 to {_MAX_RANGE:,}"
        if name in (FROM, TO) or (not is_range and name in names_in(bound.text)):
            mistake = f"'{name}' is the name of something else in it"
        if mistake:
            self.wrong("SRC140", f"'{bound.text}' does not say which columns {name} are: {mistake}", bound.place,
                       expected="a header with the period in braces, as '{from} visits', or positions, as 3..242",
                       next_step="correct it")  # fmt: skip

    def check_rule(self, node: Node, rule: Wide, ranges: list[str]) -> None:
        """A range needs the day it starts on and how long a window is; a header says both."""
        lacks = [key for key in (FROM, "lasts") if key not in node.mapping]
        if ranges and (lacks or len(ranges) < len(rule.columns)):
            what = f"a range of columns lacks {' and '.join(lacks)}" if lacks else "ranges and headers are mixed under each:"
            self.wrong("SRC140", what, node.place, expected="for ranges: from: 2006-01-01 and lasts: 1m",
                       next_step="add it, or name the columns by their headers")  # fmt: skip
        if len({_span(rule.columns[name].text) for name in ranges}) > 1:
            self.wrong("SRC140", "the ranges under each: have different numbers of columns", node.place,
                       expected="ranges of one length, such as 2..62 by 3 and 3..63 by 3",
                       next_step="correct the ranges")  # fmt: skip
        for key in (FROM, "every"):
            if not ranges and key in node.mapping:
                self.wrong("SRC140", f"{key}: is for ranges of positions; here the headers say it", node.mapping[key].place,
                           expected="lasts: only, or nothing", next_step="take it out")  # fmt: skip
        texts = {frozenset(names_in(bound.text)) for bound in rule.columns.values()}
        if len(texts) > 1:
            self.wrong("SRC140", "the columns under each: name different things in braces", node.place,
                       expected="the same names in each, besides the period",
                       next_step="write two sources of the one file")  # fmt: skip

    def day(self, node: Node | None) -> dt.date | None:
        try:
            return dt.date.fromisoformat(node.text or "") if node is not None else None
        except ValueError:
            self.wrong("SRC113", f"'{node.text if node else ''}' is no day", node.place if node else None,
                       expected="a day, as 2006-01-01", next_step="write it as year-month-day")  # fmt: skip
            return None

    def lists(self, node: Node | None, reading: Reading) -> dict[str, Value]:
        """Return the lists in cells by the name of one of their values."""
        found: dict[str, Value] = {}
        for name, each in (node.mapping if node else {}).items():
            bare = Value((Ref((each.text or "").strip()),), reading, each.place)
            value = bare if each.text is not None else self.value(each, reading)
            if value is not None:
                found[name.strip()] = value
            for key in ("take", "extract", "map", "format", "default"):
                if key in each.mapping:
                    self.wrong("SRC107", f"{key}: is for one value, and this is a list", each.mapping[key].place,
                               expected="column: and split: only", next_step=f"say it where the value is used: "
                               f"{{ column: {name}, {key}: ... }}")  # fmt: skip
        if node is not None and not node.mapping:
            self.wrong("SRC107", "each-of: names no list", node.place, expected="{NAME: COLUMN}",
                       next_step="add one, or take it out")  # fmt: skip
        return found


def _span(text: str) -> int:
    """Return how many columns a range has."""
    match = RANGE.fullmatch(text.strip())
    return len(range(int(match[1]), int(match[2]) + 1, max(1, int(match[3] or 1)))) if match else 0


def _bound(node: Node) -> Bound | None:
    """Return what a name stands for in one entry: a column or a text, or `{text: ...}`, which never is a column."""
    said = node.mapping.get("text") if node.mapping else node
    return None if said is None or said.text is None else Bound(said.text, said.place, is_text=said is not node)
