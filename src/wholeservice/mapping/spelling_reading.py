"""How a declaration says in what way cells are read: formats, units, parts of a cell, and what stands for nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.mapping.base import FORMATS, ISO, KEEP, MISSING, REFUSE, SECONDS_PER, Length, Piece, Reading
from wholeservice.mapping.lengths import parse_length
from wholeservice.mapping.pieces import pattern_mistake

_TAKE = re.compile(r"-?[1-9]\d{0,3}")
_FACTOR = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?|-?\.\d{1,15}")


def items_of(node: Node | None) -> list[Node]:
    """Return the list that a node is; nothing gives an empty one."""
    return node.items if node else []


@dataclass
class ReadingSpeller:
    """Reads how cells are read, and collects what is wrong with it."""

    problems: list[Problem] = field(default_factory=list)

    def wrong(self, code: str, what: str, place: Place | None, **advice: str | None) -> None:
        self.problems.append(Problem(code, what, place, **advice))  # type: ignore[arg-type]

    def one_of(self, node: Node | None, key: str, known: tuple[str, ...]) -> str | None:
        if node is None:
            return None
        if node.text not in known:
            self.wrong("SRC113", f"'{node.text}' is not a way to say {key}", node.place, expected=f"one of {', '.join(known)}",
                       nearest=suggest(node.text or "", known), next_step="correct it or take it out")  # fmt: skip
            return None
        return node.text

    def reading(self, node: Node, default: Reading) -> Reading:
        """Return the default with what *node* (a source or a value) says of how to read."""
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
            plus=(self.length(fields.get("plus"), "plus") if is_value else None) or Length(),
            times=self.times(fields.get("times")) if is_value else 1.0,
            default=fields["default"].text if is_value and "default" in fields else None,
            piece=self.piece(fields) if is_value else None,
        )

    def piece(self, fields: Mapping[str, Node]) -> Piece | None:
        """Return which part of the cell is meant, None for the whole."""
        split, take, extract = (fields.get(key) for key in ("split", "take", "extract"))
        if split is not None and not split.text:
            self.wrong("SRC107", "split: says nothing to split at", split.place, expected="what stands between the pieces",
                       next_step='write it in quotes: split: ";"')  # fmt: skip
            split = None
        if take is not None and (split is None or not _TAKE.fullmatch(take.text or "")):
            self.wrong("SRC107", f"take: {take.text} says no piece", take.place,
                       expected="beside split:, the number of a piece: 1 is the first, -1 the last",
                       next_step="correct it or take it out")  # fmt: skip
            take = None
        mistake = pattern_mistake(extract.text or "", 1) if extract is not None else None
        if extract is not None and mistake:
            self.wrong("SRC107", f"extract: is no pattern that can be used: {mistake}", extract.place,
                       expected="a pattern of RE2 with at most one bracket that captures: (?:...) captures nothing",
                       next_step="correct it")  # fmt: skip
            extract = None
        made = Piece(split.text if split else None, int(take.text or 0) if take else None, extract.text if extract else None)
        return made if made != Piece() else None

    def length(self, node: Node | None, key: str) -> Length | None:
        if node is None:
            return None
        length = parse_length(node.text or "")
        if length is None:
            self.wrong("SRC113", f"'{node.text}' is no stretch of the calendar for {key}:", node.place,
                       expected="days, weeks, months, quarters or years, as 1d, 1w, 1m, 1q or 1y",
                       next_step="write the number and its letter")  # fmt: skip
        return length

    def times(self, node: Node | None) -> float:
        text = "1" if node is None else node.text or ""
        if _FACTOR.fullmatch(text) and float(text):
            return float(text)
        self.wrong("SRC113", f"'{text}' is nothing to multiply by", node.place if node else None, expected="a number, as 1000",
                   next_step="write a number that is not zero")  # fmt: skip
        return 1.0

    def map(self, node: Node | None) -> tuple[tuple[str, str | None], ...] | None:
        if node is None:
            return None
        if not node.mapping:
            self.wrong("SRC107", "map: has no pairs", node.place, expected="{what stands there: what it means}",
                       next_step="write pairs, or take it out")  # fmt: skip
        return tuple((key.strip(), value.text) for key, value in node.mapping.items())

    def format(self, node: Node) -> str:
        text = node.text or ""
        if "%" not in text and text not in FORMATS:
            self.wrong("SRC113", f"'{text}' is no format of a date", node.place,
                       expected=f"{', '.join(FORMATS)}, or like %d/%m/%Y", nearest=suggest(text, FORMATS),
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
