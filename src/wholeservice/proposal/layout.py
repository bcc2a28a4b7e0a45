"""How a table is laid out: its encoding, what stands between cells, which line is the header, where rows of JSON are."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

DELIMITERS = (",", ";", "\t", "|")
N_LOOKED_AT = 200  # rows
N_COMPARED = 20  # rows with which the header is compared
MAX_LEVELS = 4  # of a JSON document in which lists are looked for
N_PREAMBLE = 40  # lines among which the header is looked for
_MUCH = 3  # a list inside is meant when it has so many times more objects than the list around it
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\d{1,2}:\d\d.*|(?:19|20)\d\d-(?:\d\d|Q\d|W\d\d)")
_NUMBER = re.compile(r"[-+(]?[$€£]?\s?\d[\d.,' ]*\s?[%€£$)]?")
_UNIT = re.compile(r"[(\[].*[)\]]|\{.*\}|%|text|number|date|integer|string|float", re.IGNORECASE)

Row = tuple[int, Sequence[str]]
"""(line it starts at, its cells)"""


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a text table. `header` is None where there is none; `encoding` None is UTF-8; `notes` say why."""

    encoding: str | None = None
    delimiter: str = ","
    header: int | None = 1
    skip: int = 0
    notes: tuple[tuple[str, str], ...] = ()

    def note(self, key: str) -> str:
        """Return why a key is as it is."""
        return dict(self.notes).get(key, "")


def layout_of(start: bytes, *, is_tsv: bool = False) -> Layout:
    """
    Return how the table that begins with these bytes is laid out.

    >>> layout_of(b"a;b\\n1,5;2\\n2,5;3\\n").delimiter, layout_of(b"Export of March\\n\\na,b\\n1,2\\n3,4\\n").header
    (';', 3)
    >>> layout_of(b"1,2\\n3,4\\n").header, layout_of("a,b\\nHélène,1\\n".encode("cp1252")).encoding
    (None, 'cp1252')
    """
    encoding = _encoding(start)
    text = start.decode(encoding or "utf-8-sig", errors="replace")
    lines = text.splitlines()[: N_LOOKED_AT + N_PREAMBLE]
    if len(lines) > 2 and not text.endswith("\n"):
        lines = lines[:-1]  # it may be half a line
    delimiter = "\t" if is_tsv else _delimiter(lines)
    header, skip, notes = header_of(_rows(lines, delimiter))
    told = [("encoding", f"these bytes are no UTF-8; read as {encoding}, look at letters with accents")] if encoding else []
    return Layout(encoding, delimiter, header, skip, (*told, *notes))


def header_of(rows: Sequence[Row]) -> tuple[int | None, int, list[tuple[str, str]]]:
    """
    Return which row is the header, how many to leave out below it, and why.

    The header is the first row that is as wide as most rows. It is none when its cells look like those below it.
    """
    rows = [row for row in rows if any(cell.strip() for cell in row[1])]
    if not rows:
        return 1, 0, []
    widths = Counter(_width(cells) for _, cells in rows)
    usual = max(widths, key=lambda width: (widths[width] * (width > 1), width))
    at = next((n for n, (_, cells) in enumerate(rows) if _width(cells) >= max(1, usual - usual // 5)), 0)
    number, cells = rows[at]
    below = [each for _, each in rows[at + 1 :] if _width(each) > 1 or usual == 1]
    if below and _is_data(cells, below):
        return None, 0, [("header", "the first row looks like the others, so columns are positions")]
    skip = next((n for n, each in enumerate(below[:3]) if not _is_odd(each, below[n + 1 :])), 0)
    notes = [("header", f"{number - 1} lines above it")] if number > 1 else []
    return number, skip, [*notes, *([("skip", "below the header stand units or names")] if skip else [])]


def _encoding(start: bytes) -> str | None:
    """Return the encoding where it is not UTF-8. A character that is cut off at the end is none of a mistake."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = start[0:400:2].count(0), start[1:400:2].count(0)
    if max(zeros) > 0.4 * len(start[:400]) / 2:
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    for encoding in ("utf-8", "cp1252"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(start)
        except UnicodeDecodeError:
            continue
        return None if encoding == "utf-8" else encoding
    return "latin-1"


def _delimiter(lines: list[str]) -> str:
    """Return the delimiter that gives most rows the same number of cells, more than one."""
    best, found = (0.0, 0), ","
    for each in DELIMITERS:
        widths = Counter(len(cells) for _, cells in _rows(lines, each) if any(cells))
        wide = {width: n for width, n in widths.items() if width > 1}
        if wide:
            width, n = max(wide.items(), key=lambda item: (item[1], item[0]))
            mark = (n / sum(widths.values()), width)
            if mark > best and (mark[0] > best[0] + 0.1 or width >= best[1]):
                best, found = mark, each
    return found


def _rows(lines: list[str], delimiter: str) -> list[Row]:
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    found: list[Row] = []
    while True:
        number = reader.line_num + 1
        try:
            found.append((number, next(reader)))
        except StopIteration:
            return found
        except csv.Error:
            continue


def _width(cells: Sequence[str]) -> int:
    """Return how many cells a row has up to its last that is not blank."""
    return max((n for n, cell in enumerate(cells, 1) if cell.strip()), default=0)


def _looks_typed(cell: str) -> str:
    """Say what a cell looks like: a date, a number, or neither."""
    text = cell.strip()
    return "date" if _DATE.fullmatch(text) else "number" if _NUMBER.fullmatch(text) else ""


def _is_data(cells: Sequence[str], below: list[Sequence[str]]) -> bool:
    """Say whether a row is one of data: a number or date where most of its column is one, and no cell twice or blank."""
    typed = [n for n in range(len(cells)) if _share_typed(below[:N_COMPARED], n) > 0.8]
    if any(re.fullmatch(r"(?:19|20)\d\d", cells[n].strip()) for n in typed):
        return False  # columns that are years
    return bool(typed) and all(_looks_typed(cells[n]) == _usual(below[:N_COMPARED], n) for n in typed)


def _usual(rows: list[Sequence[str]], at: int) -> str:
    """Return what most cells of a column look like."""
    found = Counter(_looks_typed(row[at]) for row in rows if at < len(row) and row[at].strip())
    return found.most_common(1)[0][0] if found else ""


def _is_odd(cells: Sequence[str], below: list[Sequence[str]]) -> bool:
    """Say whether a row below the header holds no data: words where all other rows have numbers or dates."""
    if len(below) < 2:
        return False
    filled = [n for n in range(len(cells)) if cells[n].strip()]
    below = below[:N_COMPARED]
    typed = [n for n in filled if _share_typed(below, n) >= 0.9]
    n_filled = sorted(sum(bool(cell.strip()) for cell in row) for row in below)[len(below) // 2]
    if len(filled) < 0.4 * n_filled and len(below) > 4:
        return not any(_looks_typed(cells[n]) for n in filled)
    strange = [n for n in typed if not _looks_typed(cells[n])]
    if strange and len(strange) == len(typed) and all(len(cells[n].strip()) > 1 for n in strange):
        return len(strange) > 1 or all(_UNIT.fullmatch(cells[n].strip()) for n in filled)
    return len(filled) > 1 and all(_UNIT.fullmatch(cells[n].strip()) for n in filled)


def _share_typed(rows: list[Sequence[str]], at: int) -> float:
    cells = [row[at] for row in rows if at < len(row) and row[at].strip()]
    return sum(bool(_looks_typed(cell)) for cell in cells) / len(cells) if cells else 0.0


def rows_in(document: Any) -> list[tuple[str, int]]:
    """
    Return the paths to lists of objects, the likeliest first, and how many objects each leads to.

    >>> rows_in({"data": [{"step": "pay", "values": [{"n": 1}, {"n": 2}, {"n": 3}]}], "query": {"collect": ["x"]}})
    [('data[].values[]', 3), ('data[]', 1)]
    >>> rows_in({"orders": [{"id": 1, "lines": [{"sku": 2}]}]})
    [('orders[]', 1), ('orders[].lines[]', 1)]
    """
    found = dict(_lists([document] if isinstance(document, dict) else document if isinstance(document, list) else [], ""))
    best: str | None = None
    for path, n in sorted(found.items(), key=lambda item: (item[0].count("[]"), -item[1])):
        is_inside = best is not None and path.startswith(best)
        if best is None or (n > _MUCH * found[best] if not is_inside else n >= _MUCH * found[best]):
            best = path
    return sorted(found.items(), key=lambda item: (item[0] != best, item[0].count("[]"), -item[1]))


def _lists(objects: list[Any], prefix: str, level: int = 0) -> Iterator[tuple[str, int]]:
    counts: dict[str, int] = {}
    inside: dict[str, list[Any]] = {}
    for each in objects[:N_LOOKED_AT]:
        if not isinstance(each, dict):
            continue
        for name, value in each.items():
            if not isinstance(name, str) or "." in name or "[" in name:
                continue
            path = f"{prefix}.{name}" if prefix else name
            if isinstance(value, list) and any(isinstance(one, dict) for one in value):
                counts[path] = counts.get(path, 0) + len(value)
                inside.setdefault(path, []).extend(value[:N_LOOKED_AT])
            elif isinstance(value, dict) and level < MAX_LEVELS:
                yield from _lists([value], path, level + 1)
    for path, n in counts.items():
        yield f"{path}[]", n
        if level < MAX_LEVELS:
            yield from _lists(inside[path], f"{path}[]", level + 1)
